"""Every guard and every comparison is seen failing: a good notebook passes, and each doctored
one is caught."""

import json
import shutil

import jupytext
import lessons
import nbformat
import notebook_guards
import pytest
from execute import run

TEXT = """\
# A lesson

> **Question.** Does a guard bark?

**Afterwards you can**

- trust the guards of this book, because you have seen each of them fail when it should.

**Time.** 1 minute to read, under 60 [units of time](a.md) to run.

```{code-cell} ipython3
import numpy as np

from lrdecay_lib import figures
```

First a number, which a change of a single digit would make wrong, and which nbval has to compare
with a fresh run.

```{code-cell} ipython3
print(f"a third is {1 / 3:.6f}")
```

Then a figure, in which a single point may be moved, and which has to be compared as well, point by
point.

```{code-cell} ipython3
figure, axes = figures.new(xlabel="update")
axes.plot(np.arange(10.0) ** 2)
figures.show(figure, "A rising curve.")
```

**Exercise 1.** Read on. **Exercise 2.** And on.

## What we saw

A few words, so that there is enough prose for the code above, as the rule on the rhythm of a
lesson asks for it, with some to spare.

## Exercises

## Further reading
"""


@pytest.fixture(scope="module")
def good():
    notebook = jupytext.reads(TEXT, fmt="md:myst")
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    run(notebook)
    return notebook


@pytest.fixture
def notebook(good):
    return nbformat.from_dict(nbformat.reads(nbformat.writes(good), as_version=4))


def test_the_good_notebook_passes(notebook):
    assert notebook_guards.problems(notebook) == []


def strip_outputs(notebook):
    for cell in lessons.code_of(notebook):
        cell.outputs, cell.execution_count = [], None


def lose_one_output(notebook):
    lessons.code_of(notebook)[1].outputs = []


def lose_the_figure(notebook):
    lessons.code_of(notebook)[2].outputs = []


def run_out_of_order(notebook):
    lessons.code_of(notebook)[1].execution_count = 7


def end_in_an_error(notebook):
    lessons.code_of(notebook)[1].outputs = [
        nbformat.v4.new_output("error", ename="ValueError", evalue="no", traceback=[])
    ]


def write_to_stderr(notebook):
    lessons.code_of(notebook)[1].outputs.append(
        nbformat.v4.new_output("stream", name="stderr", text="Warning")
    )


def print_last_bits(notebook):
    lessons.code_of(notebook)[1].outputs = [
        nbformat.v4.new_output("stream", name="stdout", text="They differ by 2.2e-16.")
    ]


def store_a_bitmap(notebook):
    lessons.code_of(notebook)[2].outputs[0].data = {"image/png": "iVBORw0KGgo="}


def lose_the_alternative_text(notebook):
    data = lessons.code_of(notebook)[2].outputs[0].data
    data["image/svg+xml"] = data["image/svg+xml"].replace(
        "dc:description", "dc:nothing"
    )


def ignore_an_output(notebook):
    lessons.code_of(notebook)[1].metadata["tags"] = ["nbval-ignore-output"]


def ignore_by_comment(notebook):
    lessons.code_of(notebook)[1].source += "  # NBVAL_IGNORE_OUTPUT"


def misspell_a_tag(notebook):
    lessons.code_of(notebook)[1].metadata["tags"] = ["nbval-ignore-ouput"]


def print_a_machine_path(notebook):
    lessons.code_of(notebook)[1].outputs[0].text = "saved in /home/me/book"


def use_a_directive(notebook):
    notebook.cells[0].source += "\n\n```{note}\nraw on GitHub\n```"


def use_a_role(notebook):
    notebook.cells[0].source += "\n\nsee {cite}`robbins1951`"


def use_a_target(notebook):
    notebook.cells[0].source += "\n\n(here)=\n"


def import_what_colab_lacks(notebook):
    lessons.code_of(notebook)[0].source += "\nimport hypothesis"


def import_what_stands_apart(notebook):
    lessons.code_of(notebook)[0].source += "\nimport optax"


def forget_the_question(notebook):
    notebook.cells[0].source = notebook.cells[0].source.replace("**Question.**", "")


def close_a_fold_without_a_blank_line(notebook):
    notebook.cells[-1].source += "\n<details>\n\nWords.\n\n</details>\n## Raw"


def take_too_long(notebook):
    notebook.metadata["lrdecay"] = {"seconds": 61.0, "unit": 1.0}


def fold_without_a_title(notebook):
    lessons.code_of(notebook)[1].metadata["tags"] = ["hide-input"]


def drop_the_prose(notebook):
    notebook.cells = [cell for cell in notebook.cells if cell.cell_type == "code"]


@pytest.mark.parametrize(
    ("doctor", "words"),
    [
        (strip_outputs, "did not run once each"),
        (lose_one_output, "prints, but no output is stored"),
        (lose_the_figure, "draws, but no figure is stored"),
        (run_out_of_order, "did not run once each"),
        (end_in_an_error, "ended with ValueError"),
        (write_to_stderr, "wrote to stderr"),
        (store_a_bitmap, "stores a bitmap"),
        (lose_the_alternative_text, "has no alternative text"),
        (ignore_an_output, "no reason stands"),
        (ignore_by_comment, "turns a check off by a comment"),
        (misspell_a_tag, "has the unknown tag"),
        (print_a_machine_path, "holds a path of one machine"),
        (use_a_directive, "a MyST directive"),
        (print_last_bits, "prints 2.2e-16, the last bits"),
        (use_a_role, "a MyST role"),
        (use_a_target, "a MyST target"),
        (import_what_colab_lacks, "imports hypothesis"),
        (import_what_stands_apart, "the first code cell does not install it"),
        (close_a_fold_without_a_blank_line, "no blank line after </details>"),
        (forget_the_question, "has no '> **Question.**'"),
        (take_too_long, "promises to run in 60 units"),
        (fold_without_a_title, "does not begin with a title"),
        (drop_the_prose, "three code cells stand in a row"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_guard_catches(notebook, doctor, words):
    doctor(notebook)
    found = notebook_guards.problems(notebook)
    assert any(words in sentence for sentence in found), found


def test_a_changed_word_or_library_is_noticed(tmp_path):
    """One word of a text, one line of code, one line of the library: each is found, and found
    as what it is."""
    text, notebook_path = tmp_path / "lesson.md", tmp_path / "lesson.ipynb"
    library = tmp_path / "lrdecay_lib"
    shutil.copytree(
        lessons.LIBRARY, library, ignore=shutil.ignore_patterns("__pycache__")
    )
    text.write_text(TEXT)
    notebook = lessons.from_text(text)
    notebook.metadata["lrdecay"] = {
        "code": lessons.code_digest(notebook, library),
        "seconds": 1.0,
    }
    lessons.write_notebook(notebook, notebook_path)
    assert lessons.in_step(text, notebook_path) and not lessons.is_stale(
        text, notebook_path, library
    )

    text.write_text(TEXT.replace("First a number", "First one number"))
    assert not lessons.in_step(text, notebook_path) and not lessons.is_stale(
        text, notebook_path, library
    )

    text.write_text(TEXT.replace("1 / 3", "1 / 4"))
    assert lessons.is_stale(text, notebook_path, library)

    text.write_text(TEXT)
    with (library / "training.py").open(
        "a"
    ) as file:  # which this lesson does not import
        file.write("\nBLOWN_UP = 2\n")
    assert not lessons.is_stale(text, notebook_path, library)
    with (library / "figures.py").open(
        "a"
    ) as file:  # which it does, but a comment decides nothing
        file.write("\n# changed\n")
    assert not lessons.is_stale(text, notebook_path, library)
    with (library / "figures.py").open("a") as file:
        file.write("\nSTYLE['font.size'] = 11\n")
    assert lessons.is_stale(text, notebook_path, library)


@pytest.mark.parametrize(
    "own, row, stale",
    [("9-4", "8.3-a", True), ("9-4", "10.1-a", False), ("10.1-a", "10.2-a", True)],
)
def test_a_lesson_of_part_one_sums_up_part_one(tmp_path, own, row, stale):
    library = tmp_path / "lrdecay_lib"
    shutil.copytree(
        lessons.LIBRARY, library, ignore=shutil.ignore_patterns("__pycache__")
    )
    cell = f'claims = evidence.ledger()\nevidence.check("{own}", holds=True)'
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell)])
    before = lessons.code_digest(notebook, library)
    rows = json.loads((library / "ledger.json").read_text())
    next(one for one in rows if one["claim"] == row)["verdict"] = "not shown"
    (library / "ledger.json").write_text(json.dumps(rows))
    assert (lessons.code_digest(notebook, library) != before) == stale


def test_bare_code_drops_what_decides_no_output():
    source = (
        '"""Doc."""\n\ndef f(x):  # why\n    """More\n    doc."""\n    y = "# not a '
        'comment"\n\n    return y\n'
    )
    assert (
        lessons.bare_code(source)
        == 'def f(x):\n    y = "# not a comment"\n    return y'
    )


def test_library_files_follow_imports():
    names = {
        path.stem
        for path in lessons.library_files(["from lrdecay_lib import schedules"])
    }
    assert {
        "__init__",
        "schedules",
        "keras_schedule",
    } <= names and "training" not in names
    assert lessons.library_files(["import numpy"]) == []


def test_a_lesson_depends_on_its_own_exercises_only():
    cell = 'from lrdecay_lib import exercises\nexercises.get("4.3.1").check(...)'
    files = lessons.library_files([cell])
    names = {path.relative_to(lessons.LIBRARY).as_posix() for path in files}
    assert {"exercises/__init__.py", "exercises/lesson_04_3_worked_example.py"} <= names
    assert "exercises/lesson_04_2_deriving.py" not in names
