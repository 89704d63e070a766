"""The version moves with each commit, and each lesson asks for one that exists."""

import re
import runpy
import shutil
import subprocess
import tomllib

import lessons
import notebook_guards
import pytest
import setuptools
import yaml
from packaging.version import Version

GIT = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org"]
FIRST_CELL = """\
# The book's library. In Colab, where it is missing or older, it is installed first.
from importlib.metadata import PackageNotFoundError, version

from packaging.version import Version

try:
    ready = Version(version("lrdecay_lib")) >= Version("0.3")
except PackageNotFoundError:
    ready = False
if not ready:
    %pip install --quiet --upgrade git+https://github.com/lrdecay/learning-rate-decay"""


def release():
    return re.search(
        r'^RELEASE = "(.*)"$', (lessons.ROOT / "setup.py").read_text(), re.M
    )[1]


@pytest.fixture
def sources(tmp_path):
    """As much of the repository as its version depends on."""
    root = tmp_path / "sources"
    root.mkdir()
    for name in ("setup.py", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(lessons.ROOT / name, root)
    (root / "lrdecay_lib" / "exercises").mkdir(parents=True)
    for folder in ("lrdecay_lib", "lrdecay_lib/exercises"):
        (root / folder / "__init__.py").touch()
    return root


def version_of(root):
    """What setup.py hands to setuptools."""
    given = {}
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(setuptools, "setup", given.update)
        runpy.run_path(str(root / "setup.py"))
    return Version(given["version"])


def commit(root):
    subprocess.run([*GIT, "init", "-q"], cwd=root, check=True)
    subprocess.run([*GIT, "add", "."], cwd=root, check=True)
    subprocess.run([*GIT, "commit", "-qm", "x", "--allow-empty"], cwd=root, check=True)


def test_without_git_it_is_the_release(sources):
    assert version_of(sources) == Version(release())
    commit(sources.parent)  # a repository around it counts commits of its own
    assert version_of(sources) == Version(release())
    (sources / ".git").write_text("gitdir: /nowhere\n")
    assert version_of(sources) == Version(release())


def test_each_commit_moves_it(sources):
    commit(sources)
    first = version_of(sources)
    commit(sources)
    assert Version(release()) < first < version_of(sources)
    assert first.post == 1 and not first.local
    shallow = sources.parent / "shallow"  # which counts too few, so it counts nothing
    subprocess.run(
        ["git", "clone", "-q", "--depth=1", f"file://{sources}", shallow], check=True
    )
    assert version_of(shallow) == Version(release())


def test_a_source_distribution_keeps_its_own(sources):
    (sources / "PKG-INFO").write_text("Metadata-Version: 2.4\nVersion: 0.2.0.post7\n")
    assert str(version_of(sources)) == "0.2.0.post7"


def test_the_release_is_named_alike_everywhere():
    citation = yaml.safe_load((lessons.ROOT / "CITATION.cff").read_text())
    assert str(citation["version"]) == release()
    newest = re.search(
        r"^## (\d\S*)", (lessons.ROOT / "CHANGELOG.md").read_text(), re.M
    )
    assert newest and newest[1] == release()
    project = tomllib.loads((lessons.ROOT / "pyproject.toml").read_text())["project"]
    assert project["dynamic"] == ["version"]


def asked_for(source):
    return re.findall(r'version\("lrdecay_lib"\)\) >= Version\("([^"]+)"\)', source)


def test_no_lesson_asks_for_more_than_there_is():
    for text in lessons.texts():
        for wanted in asked_for(text.read_text()):
            assert Version(wanted) <= Version(release()), text.name


def test_the_first_cell_asks_for_a_version():
    assert asked_for(FIRST_CELL) == ["0.3"]
    assert "git+https://github.com/lrdecay/learning-rate-decay" in FIRST_CELL
    bare = lessons.nbformat.v4.new_notebook(
        cells=[lessons.nbformat.v4.new_code_cell(FIRST_CELL)]
    )
    moved = lessons.nbformat.v4.new_notebook(
        cells=[
            lessons.nbformat.v4.new_code_cell(
                FIRST_CELL.replace("lrdecay/learning-rate-decay", "some-body/decay")
            )
        ]
    )
    assert lessons.code_digest(bare) == lessons.code_digest(moved)
    assert not list(notebook_guards.imports_only_what_colab_has(bare))


@pytest.mark.parametrize(
    ("installed", "installs"),
    [
        ("0.1.0", True),
        ("0.2.0.post7", True),
        ("0.3.0.post1", False),
        ("0.3.0", False),
        ("0.10.0", False),
        (None, True),
    ],
)
def test_the_first_cell_installs_where_it_must(installed, installs, monkeypatch):
    import importlib.metadata

    def version(name):
        if installed is None:
            raise importlib.metadata.PackageNotFoundError(name)
        return installed

    monkeypatch.setattr(importlib.metadata, "version", version)
    asked = []
    source = re.sub(r"%pip (.*)", r"pip('\1')", FIRST_CELL)
    exec(source, {"pip": asked.append})
    assert bool(asked) == installs
