"""The course in nbgrader, end to end: released, handed in by an LMS, marked, told, and counted."""

import csv
import io
import json
import re
import shutil
import subprocess
import sys
import time
import zipfile
from datetime import datetime
from functools import partial

import classroom
import collect
import course as courses
import gradebook
import lessons
import marking
import nbformat
import notebooks
import pytest
import sandbox
import tables
from test_site import browser, faults, needs_browser  # noqa: F401  a fixture
from trial import LIMITS, Notebook

from lrdecay_lib import exercises

SECTIONS = courses.sections()
every_section = pytest.mark.parametrize("number", SECTIONS)
FULL = sum(marking.POINTS * exercise.stars for exercise in SECTIONS[4])


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
        if "".join(courses.answer(e).split("SOLUTION")[1].split("###")[0].split())
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
        assert text.count('class="line"') >= courses.LINES
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
        "class/section_4.html",
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


def submission(folder, name, solved=(), slip=False):
    """A notebook as it is handed in, as bytes."""
    copy = Notebook(notebook(folder, "release", name))
    for exercise in SECTIONS[int(name.removeprefix("section_"))]:
        if solved == "all" or exercise.id in solved:
            copy.answer(exercise.id, exercise.source)
    if slip:
        copy.answer("4.3.3", SLIP)
    return copy.bytes()


SLIP = (
    "def my_half_life(decay_factor, decay_steps):\n"
    "    return -decay_steps / np.log(decay_factor)"
)
SLIP_IS = "In this time the rate falls to 1/e, about 0.37, not to one half."
HALF = [exercise.id for exercise in SECTIONS[4][:4]]
EARNED = sum(marking.POINTS * exercise.stars for exercise in SECTIONS[4][:4])


def hand_in(folder, student, name, content):
    path = folder / "submitted" / student / name / f"{name}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def grade(folder, **options):
    return classroom.grade(folder, limits=LIMITS, **options)


@pytest.fixture(scope="module")
def marked(course):
    """What `make grade` says of a small class, and the course afterwards."""
    hand_in(course, "ada", "section_4", submission(course, "section_4", "all"))
    hand_in(
        course, "ben", "section_4", submission(course, "section_4", HALF, slip=True)
    )
    hand_in(course, "ben", "section_1", submission(course, "section_1", "all"))
    eve = hand_in(
        course, "eve", "section_4", submission(course, "section_4", HALF)[:-900]
    )
    (eve.parent / "timestamp.txt").write_text("2026-12-01 14:00:00 UTC")
    assert classroom.due(course, 4, "2026-12-01 12:30 UTC") is None
    return grade(course)


def table(folder, name="grades.csv"):
    return list(csv.DictReader((folder / name).read_text("utf-8").splitlines()))


def grades(folder):
    return {
        (row["student_id"], row["assignment"]): (
            float(row["score"]),
            float(row["max_score"]),
        )
        for row in table(folder)
    }


def feedback(folder, student, name="section_4"):
    page = folder / "feedback" / student / name / f"{name}.html"
    return " ".join(page.read_text(encoding="utf-8").split())


def test_everybody_gets_what_was_earned(course, marked):
    assert marked is None
    found = grades(course)
    assert found["ada", "section_4"] == (FULL, FULL)
    assert found["ben", "section_4"] == (EARNED, FULL) and 0 < EARNED < FULL
    assert found["eve", "section_4"] == (EARNED, FULL), (
        "a damaged file costs what is missing"
    )
    assert found["ben", "section_1"][0] == found["ben", "section_1"][1] > 0


def test_feedback_says_what_was_wrong(course, marked):
    assert SLIP_IS in feedback(course, "ben")
    assert "is right" in feedback(course, "ada") and "is wrong" not in feedback(
        course, "ada"
    )
    assert "Your file is damaged" in feedback(course, "eve")


def test_the_page_on_the_class_counts_slips(course, marked):
    page = (course / "class" / "section_4.html").read_text(encoding="utf-8")
    assert f"1 ×: {SLIP_IS}" in page and "3 handed in" in page


def test_lateness_is_told(course, marked):
    late = {row["student_id"]: row["hours_late"] for row in table(course)}
    assert late["eve"] == "1.50" and late["ada"] == ""
    log = sorted(course.glob("logs/*.log"))[0].read_text(encoding="utf-8")
    line = next(line for line in log.splitlines() if "eve, section_4: " in line)
    assert f"section_4: {EARNED} of " in line and "1.50 hours late" in line


def test_only_what_is_new_is_marked(course, marked, capsys):
    before = {path: path.read_bytes() for path in course.glob("marks/*/*.json")}
    assert grade(course) is None
    said = capsys.readouterr().out
    assert "4 were marked before" in said and "ada, section_4" not in said
    assert {path: path.read_bytes() for path in before} == before
    assert grade(course, student="ada", section=4) is None
    said = capsys.readouterr().out
    assert (
        "ada, section_4: 28 of 28" in said.replace(str(FULL), "28")
        and "ben" not in said
    )
    assert "tested just now" in said or "NOT shut in" in said


def test_a_second_attempt_that_cannot_be_read_tells_one_truth(course, marked, capsys):
    path = hand_in(course, "ada", "section_4", b"%PDF-1.7")
    said = grade(course)
    assert said.splitlines()[1].startswith(
        "ada, section_4: The file section_4.ipynb is a PDF"
    )
    assert f"ada, section_4: 0 of {FULL}" in capsys.readouterr().out
    assert grades(course)["ada", "section_4"] == (0, FULL)
    assert "(Score: 0.0 /" in feedback(course, "ada") and "is a PDF" in feedback(
        course, "ada"
    )
    assert "could not be marked" in grade(course), "and it is said again while it lasts"
    path.write_bytes(submission(course, "section_4", "all"))
    assert grade(course) is None
    assert grades(course)["ada", "section_4"] == (FULL, FULL)


def test_a_page_that_cannot_be_written_costs_no_other_anything(
    made, tmp_path, monkeypatch, capsys
):
    """What the pool cannot do is said of that student, and is done by the next run."""
    course = shutil.copytree(made, tmp_path / "course")
    name = "section_2"
    for student in ("adamson", "zimmer"):
        hand_in(course, student, name, submission(course, name))
    monkeypatch.setattr(
        classroom, "write_feedback", partial(divmod)
    )  # takes two numbers
    said = grade(course)
    text = capsys.readouterr().out
    for student in ("adamson", "zimmer"):
        assert f"{student}, {name}: the page of feedback could not be written" in text
        assert f"{student}, {name}: marking it failed" in said
    monkeypatch.undo()
    assert not grade(course)
    assert {path.parent.name for path in course.glob("marks/*/*.json")} == {
        "adamson",
        "zimmer",
    }


def test_points_by_hand_stay_and_more_than_there_are_is_refused(course, marked, capsys):
    def give(points):
        with courses.nbgrader(course).gradebook as book:
            found = book.find_grade("check-4-3-3", "section_4", "section_4", "ben")
            found.manual_score = points
            book.db.commit()

    give(1.0)
    assert grade(course, student="ben", section=4) is None
    assert "4.3.3 keeps the points that you gave by hand" in capsys.readouterr().out
    assert grades(course)["ben", "section_4"] == (EARNED + 1, FULL)
    give(472.0)
    assert "ben, section_4: check-4-3-3: 472 of 2" in grade(course)
    assert [row["score"] for row in table(course) if row["student_id"] == "ben"] == [
        "6",
        "",
    ]
    give(None)
    record = classroom.read_record(course / "marks" / "ben" / "section_4.json")
    record.marks["4.3.3"].points = 472
    with courses.nbgrader(course).gradebook as book, pytest.raises(gradebook.Refused):
        gradebook.store(book, record, None)
    assert grade(course, student="ben", section=4) is None
    assert grades(course)["ben", "section_4"] == (EARNED, FULL)


def test_nbgraders_own_autograde_runs_nothing(course, marked, tmp_path):
    source = f"open({str(tmp_path / 'run')!r}, 'w').close()"
    copy = Notebook(notebook(course, "release", "section_4")).before("4.1.1", source)
    hand_in(course, "mal", "section_4", copy.bytes())
    result = courses.nbgrader(course).autograde("section_4", "mal")
    assert not result["success"] and "make grade" in result["log"] + result["error"]
    assert not (tmp_path / "run").exists()
    classroom.write_tables(
        course, gradebook.rows(courses.nbgrader(course).gradebook), {}
    )
    assert [row["score"] for row in table(course) if row["student_id"] == "mal"] == [""]
    shutil.rmtree(course / "submitted" / "mal")
    with courses.nbgrader(course).gradebook as book:
        book.remove_student("mal")
        classroom.write_tables(course, gradebook.rows(book), {})


def test_a_second_make_keeps_submissions_marks_and_configuration(course, marked):
    before = grades(course), (course / "nbgrader_config.py").read_text()
    assert courses.make(course) is None
    assert (course / "submitted" / "eve" / "section_4" / "section_4.ipynb").exists()
    assert grade(course, section=1) is None
    assert (grades(course), (course / "nbgrader_config.py").read_text()) == before


def test_what_is_not_there_is_said(tmp_path):
    steps = [grade(tmp_path), classroom.take(tmp_path, tmp_path)]
    for said in (*steps, classroom.due(tmp_path, 4, "")):
        assert "run `make classroom` first" in said
    (tmp_path / "gradebook.db").touch()
    assert "Nothing was submitted" in grade(tmp_path)
    assert "is not there" in classroom.take(tmp_path, tmp_path / "no.zip")
    (tmp_path / "no.zip").write_text("no")
    assert "neither a folder nor a zip" in classroom.take(tmp_path, tmp_path / "no.zip")
    assert "is no date" in classroom.due(tmp_path, 4, "tomorrow")


# --- from an LMS ----------------------------------------------------------------------


def packed(path, files):
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


@pytest.fixture
def bare(tmp_path, made):
    """A folder in which a course could be; collecting needs no more."""
    (tmp_path / "course").mkdir()
    return tmp_path / "course"


def placed(folder):
    return sorted(
        path.parent.parent.name for path in folder.glob("submitted/*/section_*/*.ipynb")
    )


CANVAS = "lovelaceada_LATE_{0}_900_section_4-2.ipynb"
# fmt: off
NAMES = [  # path in the zip, and whose it is
    ("lovelaceada_101_900_section_4.ipynb", "lovelaceada"),
    ("lovelaceada_LATE_101_900_section_4-2.ipynb", "lovelaceada"),
    ("Ada Lovelace_102_assignsubmission_file_/section_4.ipynb", "Ada_Lovelace"),
    ("Ada Lovelace_102_assignsubmission_file_section_4.ipynb", "Ada_Lovelace"),
    ("Ünal Öz_7_assignsubmission_file/my notebook.ipynb", "Ünal_Öz"),
    ("ada/section_4.ipynb", "ada"),
    ("ada/section_4/section_4.ipynb", "ada"),
    ("class/ada/section_4.ipynb", "ada"),
    ("ada_section_4.ipynb", "ada"),
    ("section_4_ada.ipynb", "ada"),
    ("section_4 - ada (1).ipynb", "ada"),
    ("ada.ipynb", "ada"),
    ("ada/Untitled.ipynb", "ada"),
    ("ada\\section_4.ipynb", "ada"),
    ("../../../etc/section_4.ipynb", "etc"),
    ("/abs/ada/section_4.ipynb", "ada"),
    ("ada/section_4.ipynb.txt", "ada"),
    ("section_4.ipynb", None),
    ("section_4 (2).ipynb", None),
    ("ada/section_4.pdf", None),
    ("...section_4.ipynb", None),
]
# fmt: on


@pytest.mark.parametrize("path, whose", NAMES)
def test_whose_a_file_is(bare, made, tmp_path, path, whose):
    content = submission(made, "section_4")
    source = packed(tmp_path / "x.zip", {path: content})
    said, lost = collect.collect(source, bare, set(SECTIONS))
    assert placed(bare) == ([whose] if whose else []), (said, lost)
    assert len(lost) == (whose is None)
    outside = set(tmp_path.rglob("*")) - {tmp_path / "x.zip", bare}
    assert all(bare in path.parents for path in outside)


def test_one_student_again_and_two_of_one_name(bare, made, tmp_path):
    first, second = (submission(made, "section_4", solved) for solved in ((), "all"))
    moodle = "Ada Lovelace_{}_assignsubmission_file_/section_4.ipynb"
    path = bare / "submitted/Ada_Lovelace/section_4/section_4.ipynb"
    collect.collect(packed(tmp_path / "1.zip", {moodle.format(1): first}), bare, {4})
    said, _ = collect.collect(
        packed(tmp_path / "2.zip", {moodle.format(1): first}), bare, {4}
    )
    assert said == ["Ada_Lovelace, section_4: as before."]
    said, _ = collect.collect(
        packed(tmp_path / "3.zip", {moodle.format(1): second}), bare, {4}
    )
    assert "placed anew" in said[0] and path.read_bytes() == second
    assert (bare / "earlier/Ada_Lovelace/section_4-1.ipynb").read_bytes() == first
    collect.collect(packed(tmp_path / "4.zip", {moodle.format(2): first}), bare, {4})
    assert placed(bare) == ["Ada_Lovelace", "Ada_Lovelace-2"]
    assert path.read_bytes() == second


def test_the_last_attempt_counts_and_lateness_is_known(bare, made, tmp_path):
    first, second = (submission(made, "section_4", solved) for solved in ((), "all"))
    names = {
        "lovelaceada_LATE_101_900_section_4-2.ipynb": second,
        "lovelaceada_101_899_section_4-1.ipynb": first,
        "hoppergrace_102_901_section_4.ipynb": first,
    }
    said, lost = collect.collect(packed(tmp_path / "x.zip", names), bare, {4})
    assert not lost and any("left out" in line for line in said)
    path = bare / "submitted/lovelaceada/section_4/section_4.ipynb"
    assert path.read_bytes() == second
    known = collect.read_known(bare)
    assert (
        known["lovelaceada"]["late"] == ["section_4"]
        and not known["hoppergrace"]["late"]
    )


def test_one_command_takes_a_zip_and_marks_it(course, marked, tmp_path, capsys):
    files = {
        "kimlee_LATE_77_1_section_4.ipynb": submission(course, "section_4", HALF),
        "Ünal Öz_7_assignsubmission_file_/a (1).ipynb": submission(
            course, "section_4", "all"
        ),
        "Ünal Öz_7_assignsubmission_file_/essay.pdf": b"%PDF",
    }
    source = packed(tmp_path / "x.zip", files)
    said = classroom.main(["grade", str(course), "--from", str(source)])
    assert said.splitlines()[1:] == [
        "Ünal Öz_7_assignsubmission_file_/essay.pdf is no notebook."
    ]
    assert f"kimlee, section_4: {EARNED} of {FULL}, late" in capsys.readouterr().out
    assert ["kimlee", "77", "", "", "", str(EARNED)] in [
        list(row.values()) for row in table(course, "lms/canvas.csv")
    ]
    rows = table(course, "lms/moodle_section_4.csv")
    assert [row["Grade"] for row in rows if row["Full name"] == "Ünal Öz"] == [
        str(FULL)
    ]
    assert "is right" in feedback(course, "Ünal_Öz")


def test_a_roster_decides_who_is_who(bare, made, tmp_path):
    (bare / "students.csv").write_text(
        "student_id,last_name,first_name,email\nal1,Lovelace,Ada,a.lovelace@uni.example\n"
        "gh2,Hopper,Grace,gh@uni.example\nah3,Hopper,Anna,ah@uni.example\n"
    )
    content = submission(made, "section_4")
    names = [
        "lovelaceada_5_6_section_4.ipynb",
        "Grace Hopper_5_assignsubmission_file_/section_4.ipynb",
        "ah3_section_4.ipynb",
        "hopper_section_4.ipynb",
        "mallory/section_4.ipynb",
    ]
    said, lost = collect.collect(
        packed(tmp_path / "x.zip", dict.fromkeys(names, content)), bare, {4}
    )
    assert placed(bare) == ["ah3", "al1", "gh2"]
    assert "could be of ah3 or gh2" in lost[0] and "mallory, who is not in" in lost[1]


def test_what_a_notebook_holds_says_its_section(bare, made, tmp_path):
    content = submission(made, "section_3")
    names = {
        "ada/section_4.ipynb": content,
        "ben/section_99.ipynb": b"{}",
        "eve/x.ipynb": b"{}",
    }
    names["zoe/section_4.ipynb"] = b"%PDF"
    said, lost = collect.collect(packed(tmp_path / "x.zip", names), bare, set(SECTIONS))
    assert (bare / "submitted/ada/section_3/section_3.ipynb").exists()
    assert "is called section 4 and holds section 3" in said[0]
    assert len(lost) == 2 and placed(bare) == ["ada", "zoe"]


def test_a_zip_of_evil_makes_no_link_and_fills_no_disk(
    bare, made, tmp_path, monkeypatch
):
    monkeypatch.setattr(notebooks, "LARGEST", 10_000)
    link = zipfile.ZipInfo("ada/section_4.ipynb")
    link.external_attr = 0o120777 << 16
    source = tmp_path / "x.zip"
    with zipfile.ZipFile(source, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(link, "/etc/passwd")
        archive.writestr("ben/section_4.ipynb", b" " * 10**8)
        archive.writestr("__MACOSX/ben/._section_4.ipynb", b"x")
    said, lost = collect.collect(source, bare, {4})
    assert placed(bare) == ["ben"] and not lost
    assert (bare / "submitted/ben/section_4/section_4.ipynb").stat().st_size == 10_001


@pytest.mark.parametrize(
    "name", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", " =1", "＝1"]
)
def test_no_spreadsheet_calculates_a_name(name):
    row = gradebook.Row("a", name, "", "section_4", 1, 2, None, None, (), "")
    known = {"a": {"name": name, "lms": "canvas", "id": name, "late": []}}
    known_m = {"a": {**known["a"], "lms": "moodle"}}
    texts = [tables.grades([row], known), tables.by_student([row], known)]
    texts += [tables.canvas([row], known), *tables.moodle([row], known_m).values()]
    for text in texts:
        for line in csv.reader(io.StringIO(text, newline="")):
            assert not any(
                cell.lstrip(" ").startswith(tables.FORMULA) for cell in line
            ), line


def test_tables_of_the_two_systems():
    row = gradebook.Row("a", "", "", "section_4", 3.5, 28, None, None, (), "")
    other = gradebook.Row(
        "b", "", "", "section_1", 2, 8, None, datetime(2026, 12, 1), (), ""
    )
    known = {"a": {"name": "lovelaceada", "lms": "canvas", "id": "101", "late": []}}
    known["b"] = {"name": "Grace Hopper", "lms": "moodle", "id": "7", "late": []}
    assert list(csv.reader(tables.canvas([row, other], known).splitlines())) == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "section_4"],
        ["Points Possible", "", "", "", "", "28"],
        ["lovelaceada", "101", "", "", "", "3.5"],
    ]
    assert list(
        csv.reader(tables.moodle([row, other], known)["section_1"].splitlines())
    ) == [
        ["Identifier", "Full name", "Grade", "Maximum grade"],
        ["Participant 7", "Grace Hopper", "2", "8"],
    ]


# fmt: off
TRAPS = {  # notebooks that are made to keep the marker busy
    "deep": "[" * 10**6,
    "dictionaries": '{"cells": [' + '{"a":' * 10**5,
    "unclosed": '{"cells": [' + '{"x":[' * 900 + "{}," * 10**6,
    "strings": '{"cells": [' + '{"' * 10**6,
    "numbers": '{"cells": [' + "9" * 10**6,
    "cells": json.dumps({"cells": [{"cell_type": "code", "source": "x"}] * 10**5}),
    "dots": json.dumps({"cells": [{"cell_type": "code", "source": "a." * 10**5}] * 20}),
    "brackets": json.dumps({"cells": [{"cell_type": "code", "source": "(" * 10**5}] * 20}),
    "minus": json.dumps({"cells": [{"cell_type": "code", "source": "-" * 10**5 + "1"}] * 20}),
    "gets": json.dumps({"cells": [{"cell_type": "code", "source": "exercises.get(" * 7000}] * 9}),
    "ticks": json.dumps({"cells": [{"cell_type": "markdown", "source": "`" * 10**5}] * 20}),
}
# fmt: on


@pytest.mark.parametrize("trap", TRAPS)
def test_no_file_keeps_the_marker_busy(tmp_path, trap):
    path = tmp_path / "section_4.ipynb"
    path.write_text(TRAPS[trap], encoding="utf-8")
    names = {exercise.id: exercise.name for exercise in SECTIONS[4]}
    begin = time.process_time()
    try:
        found = notebooks.read(path)
        placed, _ = notebooks.place(found.cells, [], names)
        marking.suspicions(placed)
        assert sum(len(notebooks.shown(one.cell.source)) for one in placed) < 10**7
    except notebooks.Unreadable:
        pass
    assert time.process_time() - begin < 30


# --- the sandbox ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    room = tmp_path_factory.mktemp("library")
    room.chmod(0o755)
    return courses.library(room / "library")


def test_the_library_of_a_students_process_holds_no_answer(library):
    text = "\n".join(
        path.read_text(encoding="utf-8")
        for path in library.rglob("*")
        if path.suffix in {".py", ".json"}
    )
    flat = " ".join(text.split())
    assert not list(library.rglob("lesson_*"))
    for exercise in exercises.every().values():
        body = courses.answer(exercise).split("SOLUTION")[1].split("###")[0]
        if len(body.split()) > 6:  # shorter ones stand in many a function
            assert " ".join(body.split()) not in flat, exercise.id
        assert all(message not in text for _, message in exercise.slips), exercise.id


def test_the_sandbox_holds(library, tmp_path):
    secret = tmp_path / "gradebook.db"
    secret.write_text("secret")
    box = sandbox.choose(library)
    held = dict(box.test(secret, tmp_path))
    if box.kind == "limits":
        assert held["memory is bounded"] and held["processes are counted"]
        pytest.skip(f"{box.why}: only the limits were tested")
    assert all(held.values()), held
    assert list(tmp_path.iterdir()) == [secret]


def test_without_a_sandbox_the_warning_names_what_is_not_protected(
    library, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(sandbox.shutil, "which", lambda name: None)
    (tmp_path / "gradebook.db").write_text("secret")
    box = sandbox.choose(library)
    log = classroom.Log(tmp_path)
    assert box.kind == "limits" and classroom.try_sandbox(box, tmp_path, log)
    said = capsys.readouterr().out
    assert (
        said.startswith("WARNING: bubblewrap is not installed")
        and "NOT shut in" in said
    )
    assert (
        "the gradebook and the solutions are not read" in said.split("NOT PROTECTED")[1]
    )


def test_a_sandbox_that_leaks_marks_nothing(library, tmp_path, capsys):
    (tmp_path / "gradebook.db").write_text("secret")

    class Leaking(sandbox.Sandbox):
        def _bubblewrap(self, warm=False):
            return self._limits(str(tmp_path), warm)

    assert not classroom.try_sandbox(
        Leaking(library), tmp_path, classroom.Log(tmp_path)
    )
    assert "NOT PROTECTED" in capsys.readouterr().out


ENGINE = """#!{python}
import os, subprocess, sys
words = sys.argv[1:]
open({log!r}, "a").write(" ".join(words) + chr(10))
if words[0] == "run":
    library = words[words.index("--volume") + 1].split(":")[0]
    program = words[words.index("image") + 1:]
    own = [word.replace("/library", library) for word in program]
    os.execv(sys.executable, [sys.executable, *own])
"""


def test_a_container_is_shut_in_by_its_engine(library, tmp_path):
    log, engine = tmp_path / "log", tmp_path / "engine"
    engine.write_text(ENGINE.format(python=sys.executable, log=str(log)))
    engine.chmod(0o755)
    box = sandbox.choose(library, str(engine), "image", LIMITS)
    assert box.kind == "container"
    with box.start() as process:
        assert process.run("print(6 * 7)")["output"] == "42\n"
    first, *_, last = log.read_text().splitlines()
    for words in ("--network none", "--read-only", "--cap-drop ALL", "--user 65534:65534",
                  "--pids-limit 32", "--security-opt no-new-privileges", "--memory "):  # fmt: skip
        assert words in first
    assert f"{library}:/library:ro" in first and first.count("--volume") == 1
    assert last.startswith("rm --force student-")


def test_a_container_that_does_not_start_is_an_error(library, tmp_path):
    engine = tmp_path / "engine"
    engine.write_text("#!/bin/sh\necho 'no such image' >&2\nexit 125\n")
    engine.chmod(0o755)
    with pytest.raises(sandbox.Ended, match="did not start. no such image"):
        sandbox.choose(library, str(engine), "image", LIMITS)


def test_what_a_process_says_is_never_believed_but_read(library):
    with sandbox.choose(library, limits=LIMITS).start() as process:
        exercise = exercises.get("4.3.3")
        patch = "import lrdecay_lib.exercises.asking as a\na.Answers.to_json = lambda self: {!r}"
        texts = ["", "null", "[]", "{}", "x" * 10**6, "[" * 10**5, '{"kind": "right"}']
        texts += [
            '{"kind": "asked", "first": ' + rest
            for rest in ("5}", "[5]}", "[[1e999]]}")
        ]
        for text in texts:
            process.run(patch.format(text))
            result = marking.judge(exercise, process.ask(exercise.questions))
            assert result.outcome != "right", text


def test_the_command_line(tmp_path):
    program = lessons.ROOT / "tools" / "classroom" / "classroom.py"
    done = subprocess.run(
        [sys.executable, program, "grade", tmp_path, "4"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1 and "run `make classroom` first" in done.stderr
