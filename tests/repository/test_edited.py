"""Nothing of a reader's or an author's is overwritten unseen, and the site shows only what is in
step."""

import os
import subprocess
import sys

import edited
import execute
import lessons
import nbformat
import pytest
import render

TEXT = """\
---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  name: python3
  display_name: Python 3
  language: python
---

# 1 A lesson

Some words, and [another lesson](02_other.ipynb), and [the ledger](../../book/ledger.md#claim-1-a).

```{code-cell} ipython3
x = 1 + 1
print(x)
```

```{code-cell} ipython3
:tags: [hide-input]

x
```
"""

UNIT = 0.25  # as if this machine had been measured


@pytest.fixture
def book(tmp_path, monkeypatch):
    """A book of one lesson, up to date; running a lesson stores what `x` is, without a kernel."""
    chapters = tmp_path / "chapters" / "en"
    chapters.mkdir(parents=True)
    (chapters / "01_lesson.md").write_text(TEXT)
    monkeypatch.setattr(lessons, "ROOT", tmp_path)
    monkeypatch.setattr(lessons, "CHAPTERS", tmp_path / "chapters")
    monkeypatch.setattr(lessons.texts, "__defaults__", (tmp_path / "chapters",))
    monkeypatch.setattr(execute.pages, "write_ledger", lambda: None)
    (tmp_path / "_config.yml").write_text(
        (render.lessons.LIBRARY.parent / "_config.yml").read_text()
    )

    def run(notebook, on_cell=None):
        names = {}
        for count, cell in enumerate(lessons.code_of(notebook), start=1):
            exec(cell.source.replace("print(x)", ""), names)
            cell.execution_count = count
            cell.outputs = [
                nbformat.v4.new_output("stream", name="stdout", text=f"{names['x']}\n")
            ]
        return 1.0

    monkeypatch.setattr(execute, "run", run)
    monkeypatch.setattr(execute, "unit", lambda: UNIT)
    monkeypatch.setattr(execute, "LOG", tmp_path / "_build" / "execute.log")
    assert execute.main([]) is None
    return tmp_path


def lesson(book, suffix="ipynb"):
    return book / "chapters" / "en" / f"01_lesson.{suffix}"


def change(book, doctor):
    """Change the stored notebook as a program such as JupyterLab would."""
    notebook = nbformat.read(lesson(book), as_version=4)
    doctor(notebook)
    nbformat.write(notebook, lesson(book))


def edit_code(notebook):
    notebook.cells[1].source = "x = 1 + 2\nprint(x)"


def edit_prose(notebook):
    notebook.cells[0].source += "\n\nOne more sentence."


def add_a_code_cell(notebook):
    notebook.cells.insert(2, nbformat.v4.new_code_cell("x = 7"))


def add_prose_at_the_end(notebook):
    notebook.cells.append(nbformat.v4.new_markdown_cell("The end."))


def remove_a_cell(notebook):
    del notebook.cells[1]


def swap_cells(notebook):
    notebook.cells[0], notebook.cells[1] = notebook.cells[1], notebook.cells[0]


def tag_a_cell(notebook):
    notebook.cells[1].metadata["tags"] = ["hide-input"]


def make_code_prose(notebook):
    notebook.cells[2] = nbformat.v4.new_markdown_cell("x")


EDITS = [
    edit_code,
    edit_prose,
    add_a_code_cell,
    add_prose_at_the_end,
    remove_a_cell,
    swap_cells,
    tag_a_cell,
    make_code_prose,
]


def change_a_digit(notebook):
    notebook.cells[1].outputs[0].text = "3\n"


def lose_an_output(notebook):
    notebook.cells[1].outputs = []


def add_an_output(notebook):
    notebook.cells[2].outputs.append(
        nbformat.v4.new_output("stream", name="stderr", text="a warning")
    )


def exchange_outputs(notebook):
    notebook.cells[1].outputs, notebook.cells[2].outputs = (
        [nbformat.v4.new_output("display_data", {"text/plain": "2"})],
        notebook.cells[1].outputs,
    )


def set_the_seconds(notebook):  # which is no cell and no output
    notebook.metadata["lrdecay"]["outputs"] = "0" * 64


OUTPUTS = [
    change_a_digit,
    lose_an_output,
    add_an_output,
    exchange_outputs,
    set_the_seconds,
]


def test_the_seconds_are_stored_with_the_machines_unit(book):
    stored = lessons.read_notebook(lesson(book)).metadata["lrdecay"]
    assert (stored["seconds"], stored["unit"]) == (1.0, UNIT)


def test_the_machine_is_measured():
    assert 0 < execute.unit(repeats=1) < 600


@pytest.mark.parametrize("doctor", EDITS)
@pytest.mark.parametrize("text_too", [False, True], ids=["", "text_changed_too"])
def test_an_edited_notebook_is_left_alone_and_said(book, doctor, text_too, capsys):
    change(book, doctor)
    if text_too:
        lesson(book, "md").write_text(TEXT.replace("Some words", "Other words"))
    before = lesson(book).read_bytes(), lesson(book, "md").read_bytes()
    for chosen in ([], ["01"]):
        said = execute.main(chosen)
        printed = capsys.readouterr().out
        assert "01_lesson" in said and "left as they were" in said
        assert (
            "01_lesson.md is the source" in printed
            and "make take LESSON=01_lesson" in printed
        )
        assert len(printed.strip().splitlines()) == 1
    assert "01_lesson.md is the source" in render.main([])
    assert before == (lesson(book).read_bytes(), lesson(book, "md").read_bytes())


@pytest.mark.parametrize("doctor", EDITS)
def test_take_writes_the_edits_into_the_text(book, doctor, capsys):
    change(book, doctor)
    notebook = lessons.read_notebook(lesson(book))
    assert edited.main(["take", "01"], book) is None
    assert "01_lesson.md holds the cells" in capsys.readouterr().out
    text = lesson(book, "md").read_text()
    assert text.startswith(TEXT.split("# 1 A lesson")[0])
    assert lessons.words_of(lessons.from_text(lesson(book, "md"))) == lessons.words_of(
        notebook
    )
    if doctor is not swap_cells:  # links are again from file to file
        assert "(02_other.ipynb)" in text and "(../../book/ledger.md#claim-1-a)" in text
    if doctor is not swap_cells and doctor is not remove_a_cell:
        assert execute.main([]) is None
        assert lessons.in_step(lesson(book, "md"), lesson(book))
        assert not lessons.edits(lessons.read_notebook(lesson(book)))


def test_taking_prose_runs_nothing(book, monkeypatch, capsys):
    change(book, edit_prose)
    assert edited.main(["take", "01"], book) is None
    assert "need not be run" in capsys.readouterr().out
    monkeypatch.setattr(execute, "run", None)
    assert execute.main([]) is None and not (book / "edited").exists()


def test_taking_keeps_what_the_text_had(book, capsys):
    change(book, edit_code)
    other = TEXT.replace("Some words", "Other words")
    lesson(book, "md").write_text(other)
    assert edited.main(["take", "01"], book) is None
    assert "The text had changes of its own" in capsys.readouterr().out
    assert [path.read_text() for path in (book / "edited").glob("*.md")] == [other]
    assert "1 + 2" in lesson(book, "md").read_text()


def test_take_writes_a_text_for_a_notebook_without_one(book, capsys):
    lesson(book, "md").unlink()
    assert edited.main(["take", "01"], book) is None
    assert lesson(book, "md").read_text() == TEXT
    assert execute.main([]) is None


def test_what_a_text_cannot_hold_is_not_taken(book, capsys):
    def paste_a_picture(notebook):
        notebook.cells[0]["attachments"] = {"a.png": {"image/png": "iVBORw0KGgo="}}

    change(book, paste_a_picture)
    before = lesson(book).read_bytes()
    assert edited.main(["take", "01"], book) is None
    assert "see its cell 0" in capsys.readouterr().out
    assert (
        lesson(book).read_bytes() == before and lesson(book, "md").read_text() == TEXT
    )


@pytest.mark.parametrize("doctor", OUTPUTS)
def test_outputs_changed_by_hand_are_not_shown(book, doctor, capsys):
    change(book, doctor)
    before = lesson(book).read_bytes()
    said = render.main([])
    assert "01_lesson.ipynb" in said and "no run of its cells gave" in said
    assert "not built" in said and not (book / "_build" / "html").exists()
    assert "01_lesson" in execute.main([])
    assert "make aside LESSON=01_lesson" in capsys.readouterr().out
    assert lesson(book).read_bytes() == before


def test_aside_keeps_the_notebook_and_trusts_the_text(book, capsys):
    change(book, change_a_digit)
    before = lesson(book).read_bytes()
    assert edited.main(["aside", "01"], book) is None
    (copy,) = (book / "edited").iterdir()
    assert copy.read_bytes() == before and copy.name in capsys.readouterr().out
    assert execute.main([]) is None
    assert (
        lessons.code_of(lessons.read_notebook(lesson(book)))[0].outputs[0].text == "2\n"
    )


def test_what_programs_write_by_themselves_is_no_edit(book):
    """JupyterLab, VS Code and Colab leave marks in a notebook that nobody changed."""

    def save(notebook):
        notebook.metadata["kernelspec"]["display_name"] = "Another"
        notebook.metadata["colab"] = {"provenance": []}
        for cell in notebook.cells:
            cell.metadata.update(
                scrolled=True, id="ab12", tags=cell.metadata.get("tags", [])
            )
        notebook.cells[1].execution_count = 41
        notebook.cells[1].metadata["execution"] = {"iopub.status.busy": "now"}

    change(book, save)
    assert not lessons.edits(lessons.read_notebook(lesson(book)))
    lesson(book, "md").write_text(TEXT.replace("Some words", "Other words"))
    assert execute.main([]) is None
    notebook = lessons.read_notebook(lesson(book))
    assert [cell.execution_count for cell in lessons.code_of(notebook)] == [1, 2]
    assert "Other words" in notebook.cells[0].source


def test_a_notebook_that_we_did_not_write_is_left_alone(book, capsys):
    def forget(notebook):
        del notebook.metadata["lrdecay"]

    change(book, forget)
    before = lesson(book).read_bytes()
    assert "01_lesson" in execute.main([])
    assert "was not written by `make execute`" in capsys.readouterr().out
    assert lesson(book).read_bytes() == before


def test_a_notebook_saved_while_its_lesson_runs_is_left_alone(
    book, monkeypatch, capsys
):
    run = execute.run

    def meanwhile(notebook, on_cell):
        change(book, edit_code)
        return run(notebook, on_cell)

    monkeypatch.setattr(execute, "run", meanwhile)
    assert "01_lesson" in execute.main(["01"])
    assert "saved by another program" in capsys.readouterr().out
    assert "1 + 2" in lesson(book).read_text()


def test_a_text_changed_while_its_lesson_runs_is_stale(book, monkeypatch):
    run = execute.run

    def meanwhile(notebook, on_cell):
        lesson(book, "md").write_text(TEXT.replace("1 + 1", "1 + 3"))
        return run(notebook, on_cell)

    monkeypatch.setattr(execute, "run", meanwhile)
    execute.main(["01"])
    assert lessons.is_stale(lesson(book, "md"), lesson(book))
    assert "01_lesson is not what its text" in render.main([])


@pytest.mark.parametrize("change_text", ["1 + 3", "1+1  # why"])
def test_the_site_waits_for_a_lesson_that_is_not_in_step(book, change_text):
    lesson(book, "md").write_text(TEXT.replace("1 + 1", change_text))
    assert "01_lesson is not what its text" in render.main([])
    lesson(book).unlink()
    assert "01_lesson has never been run" in render.main([])


# --- files that cannot be read --------------------------------------------------------

CONFLICT = "<<<<<<< HEAD\n1\n=======\n2\n>>>>>>> theirs\n"
BROKEN_NOTEBOOKS = {
    "truncated": lambda words: words[: len(words) // 2],
    "conflict": lambda words: words.replace(
        b'"metadata"', CONFLICT.encode() + b'"metadata"', 1
    ),
    "empty": lambda words: b"",
    "a list": lambda words: b"[]",
    "not UTF-8": lambda words: words.replace(b"Some", b"\xe9\xe8"),
    "no cells": lambda words: b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}}',
    "of the future": lambda words: words.replace(b'"nbformat": 4', b'"nbformat": 9'),
    "zeros": lambda words: b"\0" * 100,
}
BROKEN_TEXTS = {
    "conflict": lambda words: words + CONFLICT.encode(),
    "not UTF-8": lambda words: words + b"\xe9",
    "front matter": lambda words: words.replace(b"jupytext:", b"jupytext: [", 1),
}


@pytest.mark.parametrize("damage", BROKEN_NOTEBOOKS.values(), ids=BROKEN_NOTEBOOKS)
def test_a_broken_notebook_is_named_in_a_sentence(book, damage, capsys):
    lesson(book).write_bytes(damage(lesson(book).read_bytes()))
    before = lesson(book).read_bytes()
    assert "01_lesson" in execute.main([])
    printed = capsys.readouterr().out.strip()
    assert "chapters/en/01_lesson.ipynb" in printed and "\n" not in printed, printed
    assert "git checkout" in printed or "UTF-8" in printed
    assert "chapters/en/01_lesson.ipynb" in render.main([])
    assert "chapters/en/01_lesson.ipynb" in edited.main(["take", "01"], book)
    assert lesson(book).read_bytes() == before


@pytest.mark.parametrize("damage", BROKEN_TEXTS.values(), ids=BROKEN_TEXTS)
def test_a_broken_text_is_named_in_a_sentence(book, damage, capsys):
    lesson(book, "md").write_bytes(damage(lesson(book, "md").read_bytes()))
    assert "01_lesson" in execute.main([])
    printed = capsys.readouterr().out.strip()
    assert "chapters/en/01_lesson.md" in printed and "\n" not in printed, printed
    assert "chapters/en/01_lesson.md" in render.main([])


def test_a_text_that_an_editor_saved_in_another_way_is_the_same_text(book):
    for words in (TEXT.replace("\n", "\r\n").encode(), b"\xef\xbb\xbf" + TEXT.encode()):
        lesson(book, "md").write_bytes(words)
        assert not lessons.is_stale(lesson(book, "md"), lesson(book))
        assert lessons.in_step(lesson(book, "md"), lesson(book))


def test_code_that_is_no_python_is_named_by_its_lesson(book, capsys, monkeypatch):
    lesson(book, "md").write_text(TEXT.replace("1 + 1", "1 +"))

    def fail(notebook, on_cell):
        raise execute.CellExecutionError("", "SyntaxError", "invalid syntax")

    monkeypatch.setattr(execute, "run", fail)
    before = lesson(book).read_bytes()
    assert "01_lesson" in execute.main([])
    assert "01_lesson: a cell failed with SyntaxError" in capsys.readouterr().out
    assert lesson(book).read_bytes() == before


def test_a_notebook_is_written_at_once_or_not_at_all(book, monkeypatch):
    before = lesson(book).read_bytes()

    def fail(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", fail)
        with pytest.raises(OSError):
            lessons.write_whole(lesson(book), "half")
    assert lesson(book).read_bytes() == before
    assert sorted(path.name for path in lesson(book).parent.iterdir()) == [
        "01_lesson.ipynb",
        "01_lesson.md",
    ]


def test_every_lesson_survives_the_way_there_and_back():
    """`make take` of a notebook that nobody edited would write the very text."""
    for text in sorted((lessons.LIBRARY.parent / "chapters").glob("*/*.md")):
        assert lessons.to_text(lessons.from_text(text), text) == text.read_text(), (
            text.stem
        )


def test_a_library_of_another_folder_is_refused(tmp_path):
    """As it happens when a folder is copied with its environment."""
    tools = tmp_path / "tools" / "make_book"
    tools.mkdir(parents=True)
    (tools / "lessons.py").write_bytes(
        (lessons.LIBRARY.parent / "tools" / "make_book" / "lessons.py").read_bytes()
    )
    done = subprocess.run(
        [sys.executable, "-c", "import lessons"],
        cwd=tools,
        env={**os.environ, "PYTHONPATH": str(lessons.LIBRARY.parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert (
        "library of another folder" in done.stderr and "make environment" in done.stderr
    )
