"""`make reproduce` notes the numbers behind printed digits, and says how near they came to turning
over."""

import ast
import builtins

import arm64
import lessons
import pytest
import reproduce
import spy
from execute import run

TEXT = """\
# A lesson

```{code-cell} ipython3
value, words = 0.12344999, "no number"
print(f"{value:.4f}, {value:.1%}, {words:>12}, {3:d}, {2.5:.3g}")
```
"""


@pytest.mark.parametrize(
    ("value", "spec", "unit"),
    [
        (0.1234, ".2f", 0.01),
        (0.1234, "+.1%", 0.001),
        (1234.5, ".3g", 10.0),
        (0.001234, ".3g", 1e-5),
        (1234.5, ",.0f", 1.0),
        (1234.5, ".2e", 10.0),
        (0.5, "f", 1e-6),
        (0.0, ".3g", None),
        (float("nan"), ".2f", None),
        (1.5, ">12", None),
    ],
)
def test_the_unit_is_that_of_the_last_printed_digit(value, spec, unit):
    assert reproduce.unit_of(value, spec) == (unit and pytest.approx(unit))


def test_numbers_are_noted_on_their_way_into_the_text(monkeypatch):
    noted = []
    monkeypatch.setattr(
        builtins, "__note__", lambda *pair: noted.append(pair) or pair[0], raising=False
    )
    source = "text = f'{x:.2f} and {x} and {x:{width}}'"
    names = {"x": 0.125, "width": 8}
    exec(compile(spy.noting(ast.parse(source)), "cell", "exec"), names)
    assert names["text"] == "0.12 and 0.125 and    0.125" and noted == [(0.125, ".2f")]


def found(*values, visible=()):
    notes = [(0, value, ".4f") for value in values]
    return {"notes": notes, "visible": list(visible), "moved": 0.0, "share": 0.0}


def test_the_digit_in_most_danger_is_named():
    plain, moved = found(0.3, 0.12344999), found(0.3, 0.12345001)
    danger, border, drift, cell, printed = reproduce.nearest(moved, plain)
    assert (printed, cell) == ("0.1235", 0)
    assert border == pytest.approx(1e-4, rel=1e-3) and drift == pytest.approx(
        2e-4, rel=1e-3
    )
    assert danger > 1, "it did turn over"
    assert reproduce.nearest(plain, plain)[0] < 1e-3


@pytest.fixture
def text(tmp_path, monkeypatch):
    """A lesson that was run, where results of other ways may be kept."""
    (tmp_path / "book").mkdir()
    text = tmp_path / "book" / "01_lesson.md"
    text.write_text(TEXT)
    notebook = lessons.from_text(text)
    run(notebook)
    lessons.write_notebook(notebook, text.with_suffix(".ipynb"))
    monkeypatch.setattr(
        reproduce, "place", lambda text, way: tmp_path / f"{text.stem} {way}.json"
    )
    monkeypatch.setattr(lessons, "texts", lambda: [text])
    monkeypatch.setenv("LESSON_START", "")
    return text


def test_a_lesson_is_run_compared_and_remembered(text, capsys):
    assert reproduce.known(text, "AVX2") is None
    reproduce.one(text, "AVX2")
    words, same = reproduce.line(text, "AVX2")
    assert same and "01_lesson, AVX2: same; points moved by 0" in words
    assert "nearest digit 0.1234 in code cell 0, 0.0001 of a unit" in words
    assert [spec for _, _, spec in reproduce.known(text, "AVX2")["notes"]] == [
        ".4f",
        ".1%",
        ".3g",
    ]
    assert reproduce.main(["--table", "--ways", "AVX2"]) == 0
    assert "| 01_lesson | 0 |" in capsys.readouterr().out

    notebook = text.with_suffix(".ipynb")
    notebook.write_text(notebook.read_text().replace("0.1234", "0.1235"))
    assert reproduce.known(text, "AVX2") is None, (
        "what was found is about another notebook"
    )
    reproduce.one(text, "AVX2")
    words, same = reproduce.line(text, "AVX2")
    assert not same and "DIFFERENT" in words and "0.1234 for 0.1235" in words
    assert reproduce.main(["--table", "--ways", "AVX2"]) == 1
    assert "| **1 seen** |" in capsys.readouterr().out


def test_a_lesson_that_does_not_run_is_a_result(text):
    notebook = lessons.read_notebook(text.with_suffix(".ipynb"))
    text.write_text(TEXT.replace("print", "1 / 0; print"))
    lessons.write_notebook(notebook, text.with_suffix(".ipynb"))
    reproduce.one(text, "AVX")
    assert "ended with CellExecutionError" in reproduce.line(text, "AVX")[0]


def test_what_each_machine_found_is_kept_until_the_notebook_changes(
    text, tmp_path, monkeypatch
):
    monkeypatch.setattr(reproduce, "STORE", tmp_path / "stored.json")
    monkeypatch.setattr(reproduce, "TABLE", tmp_path / "table.md")
    for way, machine in (("AVX", "one machine"), ("AVX2", "another machine")):
        monkeypatch.setattr(
            reproduce, "machine_at_work", lambda way, machine=machine: machine
        )
        reproduce.one(text, way)
        reproduce.main(["--store"])
        reproduce.place(text, way).unlink()  # each machine has only its own results
    table = reproduce.TABLE.read_text()
    assert "| lesson | AVX | AVX2 |" in table and "| 01_lesson | 0 | 0 |" in table
    assert "Run on: another machine; one machine." in table
    assert reproduce.main(["--table", "--ways", "AVX", "AVX2"]) == 0

    asked = []
    monkeypatch.setattr(
        reproduce.subprocess, "run", lambda command, **how: asked.append(command[-1])
    )
    reproduce.main(["--missing", "--ways", "AVX", "AVX2", "SSE4.2"])
    assert asked == ["SSE4.2"]

    notebook = text.with_suffix(".ipynb")
    notebook.write_text(notebook.read_text().replace("0.1234", "0.1235"))
    assert reproduce.main(["--table", "--ways", "AVX", "AVX2"]) == 1
    reproduce.main(["--store"])
    assert "one machine" not in reproduce.STORE.read_text()


def test_only_what_the_environment_makes_can_be_asked_of_the_tests():
    """Else a run would be stored under the name of a way in which it was not made."""
    assert reproduce.IN_TESTS == ["as it is", "SSE4.2", "AVX", "AVX2", "AVX-512"]


def test_no_stored_run_of_a_present_notebook_shows_something_else():
    seen = {
        (lesson, way): row["visible"]
        for lesson, rows in reproduce.stored().items()
        for way, row in rows.items()
        if row["visible"]
    }
    assert not seen


def test_what_emulation_needs_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(arm64, "PLACE", tmp_path / "arm64")
    monkeypatch.setattr(arm64.shutil, "which", lambda name: None)
    with pytest.raises(
        SystemExit, match="install Debian's qemu-user-static and deboot"
    ):
        arm64.kernels()


def test_an_unknown_lesson_is_named():
    assert "no lesson whose file name begins with 99" in reproduce.main(
        ["99", "--table"]
    )
