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
            if "open_issue" in run and workflow["permissions"].get("issues") != "write":
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
        ("/.github/run_lesson.py", "/.github/run_a_lesson.py"),
    ],
)
def test_a_fault_is_noticed(right, wrong):
    text = (lessons.ROOT / ".github" / "workflows" / "weekly.yml").read_text()
    assert right in text and list(faults(text.replace(right, wrong)))


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
