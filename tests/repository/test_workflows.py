"""What runs each week elsewhere: the workflows name what exists, and their scripts find what
broke."""

import http.server
import os
import re
import subprocess
import sys
import threading

import lessons
import links
import nbformat
import pytest
import yaml

WORKFLOWS = sorted((lessons.ROOT / ".github" / "workflows").glob("*.yml"))
SCRIPTS = lessons.ROOT / ".github"


def habits(text, workflow):
    """What a workflow does that could do harm, or could run for ever, as sentences."""
    if workflow.get("permissions") != {}:
        yield "it gives rights to all its jobs; each job names its own"
    if "concurrency" not in workflow:
        yield "two of its runs can go on at once"
    for name, action, version in re.findall(
        r"uses: ([\w/-]+)@(\S+)(?: +# (v[\d.]+))?", text
    ):
        if not re.fullmatch("[0-9a-f]{40}", action) or not version:
            yield f"{name} is not pinned by commit with its version beside it"
    for name, job in workflow["jobs"].items():
        rights = job.get("permissions", {})
        if not 0 < job.get("timeout-minutes", 0) <= 180:
            yield f"{name} has no time limit"
        if "permissions" not in job or rights == "write-all":
            yield f"{name} does not say which rights it needs"
        if "write" in rights.values() and "docker" in str(job["steps"]):
            yield f"{name} runs a foreign image beside a token that may write"
        for step in job["steps"]:
            keeps = step.get("with", {}).get("persist-credentials") is not False
            if "actions/checkout" in step.get("uses", "") and keeps:
                yield f"{name} leaves its token in the checkout"


def faults(text):
    """What a workflow names that is not there, as sentences."""
    workflow = yaml.safe_load(text)
    for entry in (
        (workflow[True].get("schedule") or [])
        if isinstance(workflow[True], dict)
        else []
    ):  # YAML reads `on` as True
        if not re.fullmatch(
            r"(\d+|\*) (\d+|\*) (\d+|\*) (\d+|\*) [0-6*]", entry.get("cron", "")
        ):
            yield f"{entry} is no cron line"
    makefile = (lessons.ROOT / "Makefile").read_text()
    yield from habits(text, workflow)
    for job in workflow["jobs"].values():
        for step in job["steps"]:
            run = step.get("run", "")
            for target in re.findall(r"(?:^|[;&|] ?)make ([\w-]+)", run, re.MULTILINE):
                if not re.search(rf"^{target}:", makefile, re.MULTILINE):
                    yield f"there is no make {target}"
            for name in re.findall(r"\.(?:github|ci)/[\w./-]+", run):
                if not (lessons.ROOT / name).is_file():
                    yield f"there is no {name}"
            for name in re.findall(r"^\.(?:github|ci)/[\w./-]+", run, re.MULTILINE):
                if not os.access(lessons.ROOT / name, os.X_OK):
                    yield f"{name} cannot be run"
            rights = job.get("permissions", {})
            if "open_issue" in run and rights.get("issues") != "write":
                yield "it may not open an issue"


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_workflows_name_what_exists(path):
    assert not list(faults(path.read_text()))


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("make links", "make link"),
        (".github/run_lessons docker", ".github/run_lesson docker"),
        ("23 4 * * 1", "every monday"),
        ("issues: write", "issues: read"),
        ("permissions: {}", "permissions: write-all"),
        ("concurrency:", "concurrent:"),
        ("timeout-minutes: 60", "timeout-hours: 1"),
        ("persist-credentials: false", "persist-credentials: true"),
        ("checkout@11bd71901bbe5b1630ceea73d27597364c9af683", "checkout@v4"),
        ("  # v4.2.2", ""),
        (
            "timeout-minutes: 180\n    permissions:\n      contents: read",
            "timeout-minutes: 180\n    permissions:\n      contents: write",
        ),
        ("/.github/run_lesson.py", "/.github/run_a_lesson.py"),
    ],
)
def test_a_fault_is_noticed(right, wrong):
    text = (lessons.ROOT / ".github" / "workflows" / "weekly.yml").read_text()
    assert right in text and list(faults(text.replace(right, wrong)))


def test_ci_runs_on_two_kinds_of_processors_and_every_python():
    import environment

    book = yaml.safe_load(
        (lessons.ROOT / ".github" / "workflows" / "book.yml").read_text()
    )
    matrix = book["jobs"]["test"]["strategy"]["matrix"]
    assert sorted("arm" in runner for runner in matrix["runner"]) == [False, True]
    assert matrix["python"] == [
        f"3.{minor}"
        for minor in range(environment.OLDEST[1], environment.NEWEST[1] + 1)
    ]


@pytest.mark.parametrize(
    "path", sorted(SCRIPTS.rglob("*.yml")), ids=lambda path: path.stem
)
def test_forms_and_robots_can_be_read(path):
    assert isinstance(yaml.safe_load(path.read_text()), dict)
    if path.parent.name == "ISSUE_TEMPLATE" and path.stem != "config":
        form = yaml.safe_load(path.read_text())
        assert form["name"] and form["description"]
        ids = [entry["id"] for entry in form["body"]]
        assert ids and len(ids) == len(set(ids))


def test_commits_are_checked_by_the_locked_ruff():
    config = yaml.safe_load((lessons.ROOT / ".pre-commit-config.yaml").read_text())
    hooks = [hook for repository in config["repos"] for hook in repository["hooks"]]
    assert {repository["repo"] for repository in config["repos"]} == {"local"}
    assert all(hook["entry"].startswith(".venv/bin/") for hook in hooks)
    import check

    for hook in hooks:
        if "check.py" in hook["entry"]:
            assert hook["entry"].split()[-1] in check.PARTS


def test_check_names_tests_that_exist():
    import check

    for name in check.QUICK:
        assert (lessons.ROOT / "tests" / name).exists(), name


def test_a_lesson_that_breaks_is_named(tmp_path):
    """As the workflow does it, with this Python in the place of Colab's."""
    (tmp_path / ".github").mkdir()
    (tmp_path / ".github" / "run_lessons").write_bytes(
        (SCRIPTS / "run_lessons").read_bytes()
    )
    (tmp_path / "chapters" / "en").mkdir(parents=True)
    for name, source in {
        "01_good": "1 + 1",
        "02_bad": "import a_package_that_colab_lost",
        "03_good": "print(2)",
    }.items():
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
        nbformat.write(notebook, tmp_path / "chapters" / "en" / f"{name}.ipynb")
    command = [
        "bash",
        tmp_path / ".github" / "run_lessons",
        sys.executable,
        SCRIPTS / "run_lesson.py",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (
        done.returncode == 1
        and "01_good: ran" in done.stdout
        and "03_good: ran" in done.stdout
    )
    problems = (tmp_path / "problems.txt").read_text()
    assert (
        "02_bad: a cell failed with ModuleNotFoundError: No module named "
        "'a_package_that_colab_lost'"
        in problems
        and "good" not in problems
    )
    (tmp_path / "chapters" / "en" / "02_bad.ipynb").unlink()
    assert (
        subprocess.run(command, capture_output=True, check=False).returncode == 0
        and not (tmp_path / "problems.txt").exists()
    )
    unable = subprocess.run(
        [*command[:2], "no-such-program"], capture_output=True, text=True, check=False
    )
    assert (
        unable.returncode == 1 and "01_good" in (tmp_path / "problems.txt").read_text()
    )


@pytest.mark.parametrize(
    ("open_already", "opened"),
    [("Another", True), ("It broke", False), ("It broke again", True)],
)
def test_one_issue_at_a_time(tmp_path, open_already, opened):
    (tmp_path / "gh").write_text(
        f"#!/bin/sh\nif [ $2 = list ]; then echo '{open_already}'; else echo \"$@\" "
        f">{tmp_path}/opened; cat >>{tmp_path}/opened; fi\n"
    )
    (tmp_path / "gh").chmod(0o755)
    (tmp_path / "problems.txt").write_text("02_bad: why\n")
    there = {
        "PATH": f"{tmp_path}:{os.environ['PATH']}",
        "GITHUB_SERVER_URL": "https://github.com",
        "GITHUB_REPOSITORY": "owner/name",
        "GITHUB_RUN_ID": "7",
    }
    subprocess.run(
        [SCRIPTS / "open_issue", "It broke", tmp_path / "problems.txt"],
        env=os.environ | there,
        check=True,
        capture_output=True,
    )
    assert (tmp_path / "opened").exists() == opened
    if opened:
        issue = (tmp_path / "opened").read_text()
        assert (
            "--title It broke" in issue
            and "02_bad: why" in issue
            and "owner/name/actions/runs/7" in issue
        )


def test_a_link_that_leads_nowhere_is_found(tmp_path):
    """By the checker itself, asking a site of ours: a page that is gone counts, and one that
    refuses programs does not."""

    class Site(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_error(int(self.path[1:])) if self.path != "/200" else (
                self.send_response(200),
                self.end_headers(),
            )

        do_HEAD = do_GET

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    site = f"http://127.0.0.1:{server.server_port}"
    (tmp_path / "_config.yml").write_text("execute: {execute_notebooks: 'off'}\n")
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: index\n")
    (tmp_path / "index.md").write_text(
        "# A page\n\n"
        + " ".join(f"[{code}]({site}/{code})" for code in (200, 403, 404, 410))
        + " [site](http://no-such-host.invalid/)\n"
    )
    number, lines = links.check(tmp_path)
    server.shutdown()
    assert number == 5 and len(lines) == 3, lines
    assert all(
        any(word in line for line in lines) for word in ("/404", "/410", "no-such-host")
    )
    assert (tmp_path / "_build" / "linkcheck" / "broken.txt").read_text().count(
        "\n"
    ) == 3
