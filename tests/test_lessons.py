"""Each lesson: its notebook is up to date, in step with its text, and keeps the rules that nbval cannot see."""

import shutil
import subprocess
import sys
from pathlib import Path

import lessons
import notebook_guards
import pytest
from execute import run

TEXTS = lessons.texts()
every_lesson = pytest.mark.parametrize("text", TEXTS, ids=[text.stem for text in TEXTS])


def test_there_are_lessons():
    assert TEXTS, "no lesson was found under chapters/"


def test_no_notebook_without_its_text():
    orphans = [path.name for path in lessons.CHAPTERS.glob("*/*.ipynb") if not path.with_suffix(".md").exists()]
    assert not orphans, f"these notebooks have no text: {orphans}; delete them, or restore the .md"


@every_lesson
def test_notebook_is_up_to_date(text):
    assert not lessons.is_stale(text, text.with_suffix(".ipynb")), (
        f"{text.name} or the library it imports changed since its notebook was run: "
        "run `make execute`, look at the result, and commit the notebook")


@every_lesson
def test_notebook_is_in_step_with_its_text(text):
    assert lessons.in_step(text, text.with_suffix(".ipynb")), (
        f"{text.name} and its notebook do not say the same: edit the .md, run `make execute`, commit both")


@every_lesson
def test_notebook_keeps_the_rules(text):
    problems = notebook_guards.problems(lessons.read_notebook(text.with_suffix(".ipynb")), text.stem)
    assert not problems, f"{text.stem}: " + "; ".join(problems)


def test_reasons_name_cells_that_exist():
    for lesson, number in notebook_guards.MAY_IGNORE_OUTPUT:
        notebook = lessons.read_notebook(lessons.CHAPTERS / "en" / f"{lesson}.ipynb")
        assert "nbval-ignore-output" in notebook.cells[number].metadata.get("tags", []), (lesson, number)


@pytest.fixture(scope="session")
def installed_library(tmp_path_factory):
    """The library as a reader gets it: from a wheel, without the repository around it."""
    folder, source = tmp_path_factory.mktemp("installed"), tmp_path_factory.mktemp("source")
    shutil.copytree(lessons.LIBRARY, source / "lrdecay_lib", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):  # building in the repository would leave a build folder
        shutil.copy(lessons.ROOT / name, source)
    subprocess.run([Path(sys.executable).with_name("uv"), "pip", "install", "--quiet", "--no-deps", "--no-build-isolation",
                    "--target", folder, source], check=True)
    return folder


@every_lesson
def test_lesson_runs_alone_with_the_installed_library(text, installed_library, monkeypatch):
    """Copied into an empty folder, beside nothing but the wheel and what Colab ships (see the import guard)."""
    monkeypatch.setenv("PYTHONPATH", str(installed_library))
    notebook = lessons.from_text(text)
    lessons.code_of(notebook)[0].source += "\nimport lrdecay_lib as library_in_use\nprint(library_in_use.__file__)"
    run(notebook)
    printed = lessons.code_of(notebook)[0].outputs[0].text
    assert printed.strip().startswith(str(installed_library)), printed
