"""Each lesson: its notebook is up to date, in step with its text, and keeps the rules that
nbval cannot see."""

import statistics

import lessons
import nbformat
import notebook_guards
import pages
import pytest
from execute import run

TEXTS = lessons.texts()
every_lesson = pytest.mark.parametrize("text", TEXTS, ids=[text.stem for text in TEXTS])


def test_there_are_lessons():
    assert TEXTS, "no lesson was found under chapters/"


def test_no_notebook_without_its_text():
    orphans = [
        path.name
        for path in lessons.CHAPTERS.glob("*/*.ipynb")
        if not path.with_suffix(".md").exists()
    ]
    assert not orphans, (
        f"these notebooks have no text: {orphans}; delete them, or restore the .md"
    )


@every_lesson
def test_notebook_is_up_to_date(text):
    assert not lessons.is_stale(text, text.with_suffix(".ipynb")), (
        f"{text.name} or the library it imports changed since its notebook was run: "
        "run `make execute`, look at the result, and commit the notebook"
    )


@every_lesson
def test_notebook_is_in_step_with_its_text(text):
    assert lessons.in_step(text, text.with_suffix(".ipynb")), (
        f"{text.name} and its notebook do not say the same: edit the .md, run `make "
        "execute`, commit both"
    )


@every_lesson
def test_notebook_keeps_the_rules(text):
    problems = notebook_guards.problems(
        lessons.read_notebook(text.with_suffix(".ipynb")), text.stem
    )
    assert not problems, f"{text.stem}: " + "; ".join(problems)


@every_lesson
def test_notebook_was_run_in_time(text):
    """By the seconds that are stored with it, in units of the machine that took them, so that
    neither a slow machine nor a busy one fails a test. 150 units are a minute where a unit is
    0.4 s."""
    run = lessons.read_notebook(text.with_suffix(".ipynb")).metadata["lrdecay"]
    units, most = run["seconds"] / run["unit"], 300 if text.stem in pages.HEAVY else 150
    assert units <= most, (
        f"{text.stem} took {units:.0f} units of time: make it smaller, run it on a quiet machine, "
        "or list it with a reason in pages.HEAVY"
    )


def test_few_lessons_are_heavy():
    assert len(pages.HEAVY) <= 3 and set(pages.HEAVY) <= {text.stem for text in TEXTS}


def test_visible_cells_are_short():
    """A reader sees the question, the experiment and the figure; helpers are folded."""
    lines = [
        count
        for text in TEXTS
        for count in notebook_guards.visible_lines(
            lessons.read_notebook(text.with_suffix(".ipynb"))
        )
    ]
    assert statistics.median(lines) <= 6, (
        f"the visible code cells of all lessons have {statistics.median(lines)} lines in the "
        "median, more than 6: fold what only defines helpers (tags: [hide-input])"
    )


def test_reasons_name_cells_that_exist():
    for lesson, number in notebook_guards.MAY_IGNORE_OUTPUT:
        notebook = lessons.read_notebook(lessons.CHAPTERS / "en" / f"{lesson}.ipynb")
        assert "nbval-ignore-output" in notebook.cells[number].metadata.get(
            "tags", []
        ), (lesson, number)


def test_lessons_run_alone_with_the_installed_library(pytestconfig):
    """nbval's kernels work in an empty folder, beside nothing but the wheel and what Colab
    ships (see the import guard)."""
    if not pytestconfig.getoption("nbval", False):
        pytest.skip("the lessons run in this way only under nbval")
    asked = lessons.from_text(lessons.texts()[0])
    asked.cells = [
        nbformat.v4.new_code_cell(
            "import os, lrdecay_lib\nprint(lrdecay_lib.__file__, os.listdir())"
        )
    ]
    run(asked)
    printed = asked.cells[0].outputs[0].text
    alone = lessons.ROOT / "_build" / "alone"
    assert printed.startswith(str(alone / "installed")) and printed.rstrip().endswith(
        "[]"
    ), printed
