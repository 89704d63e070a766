"""The repository as a whole: one address, no host of a package index, no path of a machine, a
true README."""

import re
import shutil
import subprocess

import lessons
import move
import pytest
import render
import yaml

ROOT = lessons.ROOT
ADDRESS = yaml.safe_load((ROOT / "_config.yml").read_text())["repository"]["url"]
# repositories that are not ours and may be named, for example as references
OTHERS = {
    "huggingface/accelerate",
    "huggingface/pytorch-image-models",
    "ageron/handson-ml2",
    "ageron/handson-ml3",
    "google-research/tuning_playbook",
    "pytorch/pytorch",
    "tensorflow/tensorflow",
    "owner/name",
}  # the last is nobody's: it shows the form


NOT_OURS = {
    ".git",
    ".venv",
    "_build",
    "classroom",
    "edited",
    "generated",
    "__pycache__",
    ".hypothesis",
    ".ipynb_checkpoints",
    ".ruff_cache",
}


def names_without_git(root):
    """What a zip of the sources holds, apart from what is built in it."""
    for path in sorted(root.rglob("*")):
        parts = path.relative_to(root).parts
        built = NOT_OURS - ({"classroom"} if parts[0] == "tests" else set())
        if path.is_file() and not built & set(parts) and ".egg-info" not in str(path):
            yield path.relative_to(root).as_posix()


def tracked():
    """The text files that belong to the project: tracked, or new and not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    inside = (ROOT / ".git").exists() and listed.returncode == 0
    names = listed.stdout.split("\n") if inside else names_without_git(ROOT)
    for name in filter(None, names):
        path = ROOT / name
        if path.is_file() and path.suffix not in {".png", ".ico", ".svg"}:
            yield name, path.read_text(encoding="utf-8")


def strange_addresses(texts):
    """What the (name, text) pairs call the repository, wherever that is not what _config.yml
    calls it."""
    home = ADDRESS.removeprefix("https://github.com/")
    link = re.compile(
        r"(?:github\.com|colab\.research\.google\.com/github|raw\.githubusercontent\.com)"
        r"/([\w.-]+/[\w.-]+?)(?=\.git\b|[^\w.-]|\.$|\.\s|$)"
        r"(?!/(?:issues|pull|discussions)/\d)"  # a report that is cited is nobody's home
    )
    return [
        f"{name} names {found}"
        for name, text in texts
        for found in link.findall(text)
        if found not in {home, *OTHERS}
    ]


def test_every_link_to_the_repository_agrees_with_config():
    wrong = strange_addresses(
        (name, text)
        for name, text in tracked()
        if name != "tests/repository/test_repository.py"
    )
    assert not wrong, (
        f"the repository is {ADDRESS} (set in _config.yml): mend {wrong}, or add a foreign "
        "one to OTHERS; to move the book, run `make repository URL=...`"
    )


@pytest.fixture
def moved(tmp_path):
    """A copy of the book, and what its files hold."""
    shutil.copytree(
        ROOT,
        tmp_path / "book",
        ignore=shutil.ignore_patterns(
            ".git",
            ".venv",
            "_build",
            "generated",
            "*.egg-info",
            "__pycache__",
            ".pytest_cache",
            ".hypothesis",
            ".ipynb_checkpoints",
        ),
    )
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path / "book", check=True)
    return tmp_path / "book", lambda: {
        path: path.read_bytes()
        for path in (tmp_path / "book").rglob("*")
        if path.is_file() and ".git" not in path.parts
    }


@pytest.mark.slow
def test_the_book_moves_to_another_address(moved):
    """Everywhere, without making a lesson stale or touching what it printed; there, there
    again, and back."""
    root, holds = moved
    before, home = holds(), ADDRESS.removeprefix("https://github.com/")
    sentence, done = move.move("https://github.com/some-body/decay.2.git/", root)
    assert done and "https://github.com/some-body/decay.2," in sentence
    after = holds()
    changed = {
        path.relative_to(root).as_posix()
        for path in before
        if before[path] != after[path]
    }
    assert {
        "_config.yml",
        "README.md",
        "CITATION.cff",
        "book/how_to_read.md",
        "book/teaching.md",
    } <= changed
    old_site = f"{home.split('/')[0]}.github.io/{home.split('/')[1]}"
    for words in (home, old_site):
        assert not [
            path for path, content in after.items() if words.encode() in content
        ]
    assert lessons.site(root) == "https://some-body.github.io/decay.2"
    for text in lessons.texts():
        copy = root / text.relative_to(ROOT)
        notebook, old = (
            lessons.read_notebook(path.with_suffix(".ipynb")) for path in (copy, text)
        )
        assert {
            copy.relative_to(root).as_posix(),
            copy.with_suffix(".ipynb").relative_to(root).as_posix(),
        } <= changed
        assert lessons.code_digest(lessons.from_text(copy)) == lessons.code_digest(
            lessons.from_text(text)
        ), text.stem
        assert lessons.in_step(copy, copy.with_suffix(".ipynb")) == lessons.in_step(
            text, text.with_suffix(".ipynb")
        )
        assert [cell.get("outputs") for cell in notebook.cells] == [
            cell.get("outputs") for cell in old.cells
        ]
        if "cells" in old.metadata["lrdecay"]:
            assert lessons.edits(notebook) == lessons.edits(old)
    sentence, done = move.move("https://github.com/some-body/decay.2", root)
    assert done and "already" in sentence and holds() == after
    assert move.move(ADDRESS, root)[1]
    mine = (
        root / "tests" / "repository" / "test_repository.py"
    )  # names the other address
    assert {**holds(), mine: None} == {**before, mine: None}


def test_a_domain_of_its_own_stays(moved):
    root, _ = moved
    config = root / "_config.yml"
    config.write_text(
        config.read_text().replace(lessons.site(), "https://decay.example.org")
    )
    assert move.move("https://github.com/some-body/decay", root)[1]
    assert lessons.site(root) == "https://decay.example.org"


def test_the_book_follows_an_address_changed_by_hand(moved):
    root, holds = moved
    config = root / "_config.yml"
    config.write_text(
        config.read_text().replace(ADDRESS, "https://github.com/some-body/decay")
    )
    assert move.move("https://github.com/some-body/decay", root)[1]
    assert (
        "git+https://github.com/some-body/decay\n" in (root / "README.md").read_text()
    )


def test_a_bad_address_moves_nothing(moved):
    root, holds = moved
    before = holds()
    for address in (
        "",
        "decay",
        "https://example.org/some-body/decay",
        "https://github.com/some-body",
        "https://github.com/some-body/decay/tree/main",
        "https://github.com/some body/decay",
    ):
        sentence, done = move.move(address, root)
        assert (
            not done
            and "make repository URL=https://github.com/owner/name" in sentence
            and holds() == before
        ), address


def test_a_book_without_git_is_left_alone(moved, monkeypatch):
    root, holds = moved
    before = holds()
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    sentence, done = move.move("https://github.com/some-body/decay", root)
    assert not done and "Nothing was changed" in sentence and holds() == before


@pytest.mark.parametrize(
    "text",
    [
        "pip install git+https://github.com/lrdecay/learning-rate-decoy",
        "see https://github.com/lrdecya/learning-rate-decay.",
        "https://colab.research.google.com/github/someone/learning-rate-decay/blob/main/a.ipynb",
    ],
)
def test_a_changed_link_is_noticed(text):
    assert (
        len(
            strange_addresses(
                [("page", text), ("page", f"{ADDRESS} and {ADDRESS}.git")]
            )
        )
        == 1
    )


def test_no_package_index_is_named():
    for name, text in tracked():
        if (
            "lock" in name
            or name in {"Makefile", ".ci/run", "pyproject.toml"}
            or name.startswith(".github/")
        ):
            assert not re.search(
                r"https?://|index-url|find-links",
                text.replace("https://github.com", ""),
            ), name


def test_every_locked_package_has_hashes():
    requirements = re.split(
        r"\n(?=\S)", (ROOT / "requirements.lock").read_text().strip()
    )
    assert len(requirements) > 100
    for requirement in requirements:
        assert "==" in requirement and "--hash=sha256:" in requirement, (
            requirement.splitlines()[0]
        )


def test_no_path_of_a_machine():
    for name, text in tracked():
        if not name.startswith("tests/") and name != "requirements.lock":
            found = re.search(r"(?<![\w./~])/(?:home|root|work|tmp|Users)/\w", text)
            assert not found, f"{name} holds {found.group(0)}"


def test_readers_get_ranges_and_the_book_gets_pins():
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = project["dependencies"] + sum(
        project["optional-dependencies"].values(), []
    )
    assert not [line for line in wanted if "==" in line]


def test_commands_of_the_readme_exist():
    readme, makefile = (ROOT / "README.md").read_text(), (ROOT / "Makefile").read_text()
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", readme, re.MULTILINE))
    assert {"book", "test"} <= named
    assert all(re.search(rf"^{name}:", makefile, re.MULTILINE) for name in named), named


def pages_of_the_book():
    """The pages of the site without its address, as the table of contents names them."""
    contents = yaml.safe_load((ROOT / "_toc.yml").read_text())
    named = [entry["file"] for part in contents["parts"] for entry in part["chapters"]]
    return {f"{name}.html" for name in [contents["root"], *named]} | {"index.html"}


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_links_of_the_readme_lead_somewhere(name):
    """In the repository, and on the published site to pages that are made at build time."""
    readme = (ROOT / name).read_text()
    for page in re.findall(re.escape(lessons.site()) + r"/?([\w./-]*)", readme):
        assert not page or page in {*pages_of_the_book(), render.NOTEBOOKS}, page
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", readme) + re.findall(
        r'src="(?!https?:)([^"]+)', readme
    ):
        assert (ROOT / target).exists(), f"{name} links to {target}, which is not there"


@pytest.mark.parametrize("source", lessons.texts(), ids=lambda path: path.stem)
def test_citations_stand_in_the_reference_list(source):
    """A lesson cites by a link to a DOI or an arXiv id, and the reference list has that id."""
    bibliography = (ROOT / "book" / "references.bib").read_text().lower()
    for kind, key in re.findall(
        r"https://(doi\.org|arxiv\.org/abs)/([^\s)]+)", source.read_text()
    ):
        assert key.lower() in bibliography, (
            f"{source.name} cites {kind}/{key}, which is not in references.bib"
        )


def test_every_lesson_is_in_the_table_of_contents():
    contents = (ROOT / "_toc.yml").read_text()
    for text in lessons.texts():
        assert f"chapters/{text.parent.name}/{text.stem}" in contents, (
            f"{text.name} is not in _toc.yml"
        )
