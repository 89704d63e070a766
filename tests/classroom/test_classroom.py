"""The course in nbgrader, end to end: released, answered well, half and with malice, marked,
told, and counted."""

import csv
import re

import classroom
import lessons
import nbformat
import pytest
from test_site import browser, faults, needs_browser  # noqa: F401  a fixture

from lrdecay_lib import exercises

SECTIONS = classroom.sections()
every_section = pytest.mark.parametrize("number", SECTIONS)


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course as `make classroom` writes it, with less patience."""
    folder = tmp_path_factory.mktemp("course")
    folder.joinpath("nbgrader_config.py").write_text(
        re.sub(r"timeout = \d+", "timeout = 12", classroom.CONFIG), encoding="utf-8"
    )
    assert classroom.make(folder) is None
    return folder


def notebook(folder, edition, name):
    return nbformat.read(folder / edition / name / f"{name}.ipynb", as_version=4)


def cells(notebook):
    """nbgrader's cells by their names."""
    return {
        cell.metadata.nbgrader.grade_id: cell
        for cell in notebook.cells
        if "nbgrader" in cell.metadata
    }


@pytest.fixture(autouse=True)
def solutions_are_shown(monkeypatch):
    """Afterwards again: the notebooks, which these tests run in this process, hide them."""
    monkeypatch.setattr(exercises, "_hidden", False)


def run(notebook):
    """Run the code in this process; what each check said: id -> "" or the error's words."""
    names, said = {}, {}
    for cell in lessons.code_of(notebook):
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        try:
            exec(lessons.without_magics(cell.source), names)
            said[grade_id] = ""
        except AssertionError as error:
            said[grade_id] = str(error)
    return {name: words for name, words in said.items() if name.startswith("check-")}


# --- what the students get ------------------------------------------------------------


@every_section
def test_the_teachers_notebook_is_right(course, number):
    said = run(notebook(course, "source", f"section_{number}"))
    assert len(said) == len(SECTIONS[number])
    assert not any(said.values()), said


@every_section
def test_the_students_notebook_waits_for_answers(course, number):
    said = run(notebook(course, "release", f"section_{number}"))
    assert len(said) == len(SECTIONS[number])
    assert all("is not attempted yet" in words for words in said.values()), said


@every_section
def test_each_exercise_is_a_task_an_answer_and_a_check(course, number):
    found = cells(notebook(course, "release", f"section_{number}"))
    assert len(found) == 3 * len(SECTIONS[number])
    for exercise in SECTIONS[number]:
        name = exercise.id.replace(".", "-")
        task, answer, check = (
            found[f"{kind}-{name}"] for kind in ("task", "answer", "check")
        )
        assert exercise.task in task.source and task.metadata.nbgrader.locked
        assert answer.metadata.nbgrader.solution and not answer.metadata.nbgrader.locked
        assert "".join(answer.source.split()).replace("(...)", "...") == "".join(
            exercise.stub.split()
        )
        assert (
            check.metadata.nbgrader.locked
            and check.metadata.nbgrader.points == 2 * exercise.stars
        )


def test_in_class_solutions_wait_and_hints_do_not(course, capsys):
    first = SECTIONS[4][0]
    run(notebook(course, "release", "section_4"))
    first.solution()
    said = capsys.readouterr().out
    assert "after marking" in said and said.count("\n") == 1
    for _ in first.hints:
        first.hint()
    said = capsys.readouterr().out
    assert (
        all(repr(exercises._Text(hint))[:40] in said for hint in first.hints)
        and "solution" not in said
    )


def solved_in(text):
    """The exercises whose solution the text holds, whatever its blanks and line breaks."""
    bare = "".join(text.split())
    return [
        e.id
        for e in exercises.every().values()
        if "".join(classroom.answer(e).split("SOLUTION")[1].split("###")[0].split())
        in bare
    ]


def test_no_solution_leaves_the_teachers_folder(course):
    text = "\n".join(
        cell.source
        for number in SECTIONS
        for cell in notebook(course, "source", f"section_{number}").cells
    )
    assert len(solved_in(text)) == len(exercises.every()), "this test can find them"
    for number in SECTIONS:
        released = "\n".join(
            cell.source
            for cell in notebook(course, "release", f"section_{number}").cells
        )
        assert not solved_in(released) and "SOLUTION" not in released
    for sheet in course.glob("sheets/*.html"):
        assert not solved_in(sheet.read_text(encoding="utf-8")), sheet.name


def test_every_exercise_is_on_the_sheet_of_its_lesson(course):
    found = []
    for sheet in course.glob("sheets/*.html"):
        text = sheet.read_text(encoding="utf-8")
        assert not re.search(r"https?:|<script|<link", text), (
            "a sheet prints without a network"
        )
        found += re.findall(r"<h2>([\d.]+) ", text)
        assert text.count('class="line"') >= classroom.LINES
    assert sorted(found) == sorted(exercises.every())


def test_every_investigation_is_on_the_sheet_of_its_lesson(course):
    asked = 0
    for sheet in course.glob("sheets/*.html"):
        words = (lessons.CHAPTERS / "en" / f"{sheet.stem}.md").read_text(
            encoding="utf-8"
        )
        text = sheet.read_text(encoding="utf-8")
        assert text.count("<h2>To investigate</h2>") == words.count(
            "To investigate."
        ), sheet.name
        assert not re.search(r"[$\\]|href=", text), (
            "no formula and no link is left raw on paper"
        )
        asked += words.count("To investigate.")
    assert asked > 20


@needs_browser
@pytest.mark.parametrize(
    "page_name",
    [
        "sheets/08_2_4_state_driven.html",
        "sheets/04_2_deriving.html",
        "feedback/ben/section_1/section_1.html",
        "feedback/eve/section_4/section_4.html",
    ],
)
def test_nobody_is_shut_out_of_the_classroom(course, marked, browser, page_name):
    page = browser.new_page(color_scheme="light")
    page.goto((course / page_name).as_uri())
    assert not faults(page)
    page.close()


def test_commands_of_the_guide_exist():
    guide, makefile = (
        (lessons.ROOT / name).read_text(encoding="utf-8")
        for name in ("book/teaching.md", "Makefile")
    )
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", guide, re.MULTILINE))
    assert {"classroom", "grade"} <= named
    assert all(re.search(rf"^{name}:", makefile, re.MULTILINE) for name in named), named


# --- handing in and marking -----------------------------------------------------------


def hand_in(course, student, name, change, edition="release"):
    copy = notebook(course, edition, name)
    change(copy, cells(copy))
    path = course / "submitted" / student / name / f"{name}.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(copy, path)


def half(notebook, found):
    for exercise in SECTIONS[4][:4]:
        found[f"answer-{exercise.id.replace('.', '-')}"].source = exercise.source
    slip = (
        "def my_half_life(decay_factor, decay_steps):\n    return -decay_steps / "
        "np.log(decay_factor)"
    )
    found["answer-4-3-3"].source = slip


def hostile(notebook, found):
    found[
        "answer-4-1-1"
    ].source = "def mean_share(schedule, updates):\n    while True:\n        pass"
    found["answer-4-1-2"].source = "while True:\n    pass"
    found["answer-4-1-3"].source = "import a_module_that_is_not_there"
    found["answer-4-2-1"].source = "raise SystemExit"
    found["check-4-2-2"].source = "print('right')"
    found["check-4-2-3"].source = "100"
    found["check-4-2-3"].metadata.nbgrader.points = 100
    notebook.cells.remove(found["check-4-3-1"])
    found["answer-4-3-3"].source = exercises.get("4.3.3").source


def unlocked(notebook, found):
    found["check-4-3-2"].metadata.nbgrader.update(grade=False, locked=False)


def deadly(notebook, found):
    found["answer-4-1-1"].source = "import os\nos._exit(1)"


@pytest.fixture(scope="module")
def marked(course):
    """What `make grade` says of a class in which two have ill will, and the course afterwards."""
    hand_in(course, "ada", "section_4", lambda *_: None, "source")
    hand_in(course, "ben", "section_4", half)
    hand_in(course, "ben", "section_1", lambda *_: None, "source")
    hand_in(course, "eve", "section_4", hostile)
    hand_in(course, "ida", "section_4", unlocked)
    hand_in(course, "mal", "section_4", deadly)
    hand_in(course, "zoe", "section_4", lambda *_: None, "source")
    (course / "submitted" / "tom" / "section_4").mkdir(parents=True)
    (course / "submitted" / "tom" / "section_4" / "section_4 (1).ipynb").write_text(
        "{}"
    )
    return classroom.grade(course)


def grades(course):
    with open(course / "grades.csv", encoding="utf-8", newline="") as file:
        return {
            (row["student_id"], row["assignment"]): (
                float(row["score"]),
                float(row["max_score"]),
            )
            for row in csv.DictReader(file)
        }


def feedback(course, student, name="section_4"):
    return " ".join(
        (course / "feedback" / student / name / f"{name}.html")
        .read_text(encoding="utf-8")
        .split()
    )


def test_right_half_right_and_hostile_get_what_they_earned(course, marked):
    full = float(sum(2 * exercise.stars for exercise in SECTIONS[4]))
    earned = float(sum(2 * exercise.stars for exercise in SECTIONS[4][:4]))
    found = grades(course)
    assert found["ada", "section_4"] == (full, full)
    assert found["ben", "section_4"] == (earned, full) and 0 < earned < full
    assert found["eve", "section_4"] == (2.0, full), (
        "the one answer that is right, after all that was not"
    )
    assert found["zoe", "section_4"] == (full, full), (
        "who is marked after the hostile ones"
    )
    assert found["ben", "section_1"][0] == found["ben", "section_1"][1] > 0


def test_feedback_says_what_was_wrong(course, marked):
    page = feedback(course, "ben")
    assert "In this time the rate falls to 1/e, about 0.37, not to one half." in page
    assert "is right" in feedback(course, "ada") and "is wrong" not in feedback(
        course, "ada"
    )
    eve = feedback(course, "eve")
    assert "4.1.1 is wrong" in eve and "no answer within 5 seconds" in eve
    assert "CellTimeoutError" in eve and "a_module_that_is_not_there" in eve
    assert not re.search(r'src="https?:', page), (
        "feedback loads nothing from another host"
    )


def test_tampered_checks_are_put_back(course, marked):
    before, after = (
        cells(notebook(course / folder, "", "section_4"))
        for folder in ("release", "autograded/eve")
    )
    for name in ("check-4-2-2", "check-4-2-3", "check-4-3-1"):
        assert after[name].source.endswith(before[name].source), (
            "and a deleted one comes with a word on that"
        )
        assert (
            after[name].metadata.nbgrader.points
            == before[name].metadata.nbgrader.points
        )
        assert any(output.output_type == "error" for output in after[name].outputs), (
            name
        )


def test_who_could_not_be_marked_is_named_with_the_reason(course, marked):
    first, *rest = marked.splitlines()
    assert "could not be marked" in first
    assert rest == [
        "ida, section_4: RuntimeError: Inconsistent checksums for cell check-4-3-2",
        "mal, section_4: DeadKernelError: Kernel died",
        "tom, section_4: FileNotFoundError: section_4.ipynb is looked for, and there "
        "is section_4 (1).ipynb",
    ]
    assert grades(course)["mal", "section_4"][0] == 0


def test_a_second_make_keeps_submissions_marks_and_configuration(course, marked):
    before = grades(course), (course / "nbgrader_config.py").read_text()
    assert classroom.make(course) is None
    assert (course / "submitted" / "eve" / "section_4" / "section_4.ipynb").exists()
    assert classroom.grade(course, 1) is None
    assert (grades(course), (course / "nbgrader_config.py").read_text()) == before


def test_what_is_not_there_is_said(tmp_path):
    assert "run `make classroom` first" in classroom.grade(tmp_path)
    (tmp_path / "gradebook.db").touch()
    assert "Nothing was submitted" in classroom.grade(tmp_path)


@pytest.mark.parametrize(
    "source, forged",
    [
        ("answer = exercises.get('4.1.1').solver", True),
        ("exercises.Exercise.judge = lambda *_: exercises.Result('right', '')", True),
        ("exercises.get('4.1.1').hint()", False),
        ("def half_time(steps, power):\n    return steps / 2", False),
    ],
)
def test_an_answer_that_names_the_judge_is_noticed(course, source, forged):
    copy = notebook(course, "release", "section_4")
    cells(copy)["answer-4-1-1"].source = source
    assert classroom.looks_forged(copy) == forged
