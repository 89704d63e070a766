"""`make colab` tells what matters beside other versions from what does not, and keeps it."""

import json

import colab
import lessons
import pages
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output


def lesson(said="loss 0.12", verdict="supported", drawn="<svg/>", warned=None):
    row = {"claim": "0.1-a", "verdict": verdict}
    figure = {"image/svg+xml": drawn, "text/plain": "A line from 1 to 0.2."}
    outputs = [
        new_output("stream", name="stdout", text=said),
        new_output("display_data", figure),
        new_output("display_data", {pages.CLAIM: row, "text/plain": "Verdict"}),
    ]
    if warned:
        outputs.insert(0, new_output("stream", name="stderr", text=warned))
    return new_notebook(cells=[new_code_cell("run()", outputs=outputs)])


@pytest.mark.parametrize(
    ("beside", "matters"),
    [
        (lesson(), []),
        (lesson(drawn="<svg><g/></svg>"), []),
        (lesson(warned="/somewhere/keras.py:3: UserWarning"), []),
        (lesson(said="loss 0.13"), [False]),
        (lesson(verdict="open"), [True]),
        (lesson(said="loss 0.13", verdict="open"), [True]),
    ],
)
def test_a_verdict_matters_and_a_digit_is_told(beside, matters):
    found = list(colab.differences(beside, lesson()))
    assert [matter for matter, _ in found] == matters
    assert all("code cell 0" in words for _, words in found)


@pytest.fixture
def book(tmp_path, monkeypatch):
    """Three lessons, and a store of their own."""
    texts = [tmp_path / f"0{n}_lesson.md" for n in range(3)]
    for text in texts:
        lessons.write_notebook(lesson(), text.with_suffix(".ipynb"))
    monkeypatch.setattr(lessons, "texts", lambda: texts)
    monkeypatch.setattr(colab, "STORE", tmp_path / "rows.json")
    monkeypatch.setattr(colab, "TABLE", tmp_path / "table.md")
    monkeypatch.setattr(colab, "environment", lambda *_: (tmp_path, "Keras 3.10"))
    monkeypatch.setattr(lessons, "KERNELS", tmp_path)
    monkeypatch.setattr(colab, "tried", lambda text: [])
    return texts


def test_what_was_found_is_kept_until_the_lesson_changes(book, monkeypatch):
    ran = []
    monkeypatch.setattr(colab, "tried", lambda text: ran.append(text.stem) or [])
    assert colab.main("oldest") == 0 and ran == ["00_lesson", "01_lesson", "02_lesson"]
    lessons.write_notebook(lesson("loss 0.1"), book[1].with_suffix(".ipynb"))
    assert colab.main("oldest") == 0 and ran[3:] == ["01_lesson"]
    assert colab.main("oldest", "3.11", "02") == 0 and ran[4:] == ["02_lesson"]
    assert colab.main("newest") == 0 and len(ran) == 8
    assert "Of 3 lessons 3 print the same" in colab.TABLE.read_text(encoding="utf-8")


def test_another_verdict_fails_and_stands_in_the_table(book, monkeypatch):
    found = {"00_lesson": [(False, "a digit"), (False, "a digit")], "01_lesson": []}
    found["02_lesson"] = [(True, "a verdict"), (False, "a digit")]
    monkeypatch.setattr(colab, "tried", lambda text: found[text.stem])
    assert colab.main("oldest") == 1
    table = colab.TABLE.read_text(encoding="utf-8")
    assert "| 00_lesson | 2 cells | not run |" in table
    assert "| 02_lesson | **failed, or another verdict** | not run |" in table
    assert "- oldest: Keras 3.10" in table and "- newest: not tried" in table
    assert json.loads(colab.STORE.read_text(encoding="utf-8"))["00_lesson"]
    found["02_lesson"] = []  # and only what failed is run again
    found["00_lesson"] = found["01_lesson"] = None
    assert colab.main("oldest") == 0
    assert "02_lesson | the same" in colab.TABLE.read_text(encoding="utf-8")


def test_a_wrong_word_gets_a_sentence(book):
    assert "must be oldest or newest; got new" in colab.main("new")
    assert "no lesson whose file name begins with 9" in colab.main(
        "oldest", "3.11", "9"
    )
