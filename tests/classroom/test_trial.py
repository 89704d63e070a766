"""A class of eighty and more, honest, careless, cheating and hostile, marked at once: each gets
what it has earned, and nothing else in the world is changed."""

import hashlib
import os
import re
import shutil
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import classroom
import course as courses
import lessons
import nbformat
import psutil
import pytest
import sandbox
import trial

# as of no other test, so that a process of this class is known by its command
LIMITS = replace(trial.LIMITS, output=20_001)


def digests(*folders):
    """Checksums of all files in folders: path -> digest."""
    found = {}
    for folder in folders:
        for path in sorted(Path(folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                found[str(path)] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def strangers():
    """Processes of this machine that run a student's program, or what one of them has left."""
    found = []
    for one in psutil.process_iter(["cmdline"]):
        words = " ".join(one.info["cmdline"] or [])
        if '"output": 20001' in words or re.search(r"sleep\D{1,3}987", words):
            found.append(words)
    return found


class Marked:
    """The class, after it was marked: what was said, and what had changed."""

    def __init__(self, course):
        self.course = course
        room = Path(tempfile.mkdtemp(prefix="library-"))
        room.chmod(0o755)
        self.box = sandbox.choose(courses.library(room / "library"))
        shutil.rmtree(room)
        self.shut_in = self.box.kind == "bubblewrap"
        release = nbformat.read(course / "release/section_4/section_4.ipynb", 4)
        other = nbformat.read(course / "release/section_3/section_3.ipynb", 4)
        self.cases = [
            case
            for case in trial.members(release, other, str(course))
            if self.shut_in or case.kind in {"honest", "careless"}
        ]
        for case in self.cases:
            place = course / "submitted" / case.student / "section_4"
            place.mkdir(parents=True)
            for name, content in case.files:
                (place / name).write_bytes(content)
            if case.content is not None:
                (place / case.name).write_bytes(case.content)
        watched = [
            course / name for name in ("submitted", "release", "source", "sheets")
        ]
        watched += [lessons.LIBRARY, lessons.ROOT / "tools"]
        before, home = digests(*watched), set(os.listdir(Path.home()))
        room = tempfile.mkdtemp(prefix="rooms-")
        kept, tempfile.tempdir = tempfile.tempdir, room
        start = time.monotonic()
        try:
            self.problems = classroom.grade(course, limits=LIMITS) or ""
        finally:
            tempfile.tempdir = kept
        self.seconds = time.monotonic() - start
        self.changed = digests(*watched) != before
        self.left = strangers()
        self.new = [*(set(os.listdir(Path.home())) - home), *os.listdir(room)]
        shutil.rmtree(room)

    def record(self, case):
        job = classroom.Job(self.course, case.student, 4, "")
        return classroom.read_record(job.record)

    def table(self):
        """What became of each, as a table, with the time that it took."""
        lines = [
            "| who | points | the student reads | the teacher sees |",
            "|---|---|---|---|",
        ]
        for case in self.cases:
            record = self.record(case)
            told, seen = (
                " ".join(words) or "" for words in (record.student, record.teacher)
            )
            cells = [case.student, f"{record.points} of {record.most}", told, seen]
            lines.append(
                "| " + " | ".join(cell.replace("|", "/") for cell in cells) + " |"
            )
        lines += ["", f"{len(self.cases)} notebooks in {self.seconds:.0f} seconds."]
        return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def marked(course):
    found = Marked(course)
    folder = lessons.ROOT / "_build"
    folder.mkdir(exist_ok=True)
    (folder / "classroom_trial.md").write_text(found.table(), encoding="utf-8")
    return found


def test_the_class_is_large(marked):
    assert len(marked.cases) >= (80 if marked.shut_in else 50)
    assert len({case.student for case in marked.cases}) == len(marked.cases)


def test_hostile_code_was_run(marked):
    if not marked.shut_in:
        pytest.skip(
            f"{marked.box.why}: cheating and hostile students' code was NOT run"
        )
    assert {case.kind for case in marked.cases} >= {"cheating", "hostile"}


def test_each_gets_what_it_has_earned(marked):
    wrong = []
    for case in marked.cases:
        record = marked.record(case)
        if case.points is not None and record.points != case.points:
            lost = {id: one.words for id, one in record.marks.items() if not one.points}
            wrong.append(
                (case.student, record.points, case.points, record.teacher, lost)
            )
    assert not wrong, "\n".join(map(str, wrong))


def test_what_is_wrong_is_said(marked):
    silent = []
    for case in marked.cases:
        record = marked.record(case)
        for wanted, said in (
            (case.teacher, record.teacher),
            (case.told, record.student),
        ):
            if wanted and not re.search(wanted, " ".join(said)):
                silent.append((case.student, wanted, said))
    assert not silent, "\n".join(map(str, silent))


def test_who_did_as_asked_is_told_nothing(marked):
    for case in marked.cases:
        if case.kind == "honest" and not case.told and not case.teacher:
            record = marked.record(case)
            assert not record.student and not record.teacher, (case.student, record)


def test_nothing_else_is_touched(marked):
    assert not marked.changed
    assert not marked.left, "nothing is left running"
    assert not marked.new, "no file is left outside"


def test_report_gradebook_feedback_and_table_say_one_thing(marked):
    import csv

    with open(marked.course / "grades.csv", encoding="utf-8", newline="") as file:
        table = {row["student_id"]: row for row in csv.DictReader(file)}
    log = next(marked.course.glob("logs/*.log")).read_text(encoding="utf-8")
    for case in marked.cases:
        points = marked.record(case).points
        page = (
            marked.course / "feedback" / case.student / "section_4" / "section_4.html"
        )
        text = page.read_text(encoding="utf-8")
        assert float(table[case.student]["score"]) == points
        assert f"(Score: {points:.1f} / {trial.FULL:.1f})" in text, case.student
        assert f"{case.student}, section_4: {points} of {trial.FULL}" in log


def test_feedback_runs_and_loads_nothing(marked):
    for page in marked.course.glob("feedback/*/*/*.html"):
        text = page.read_text(encoding="utf-8")
        assert not re.search(
            r"<(script|iframe|object|embed|svg)\b", text, re.IGNORECASE
        ), page
        tags = re.findall(r"<[a-z][^<>]*>", text, re.IGNORECASE)
        active = [
            tag for tag in tags if re.search(r"\s(on\w+|src|srcset|data)\s*=", tag)
        ]
        assert not active, (page, active)
        links = [re.search(r'href="([^"]*)"', tag) for tag in tags if "href" in tag]
        assert all(link[1].startswith("#") for link in links), page
        assert "default-src 'none'" in text


def test_the_same_class_gives_the_same_marks(marked):
    files = ("grades.csv", "lms/by_student.csv", "class/section_4.html")
    before = [(marked.course / name).read_bytes() for name in files]
    records = {path: path.read_bytes() for path in marked.course.glob("marks/*/*.json")}
    for student in ("h_half", "z_exits" if marked.shut_in else "c_moved_last"):
        classroom.grade(marked.course, student=student, limits=LIMITS)
    assert [(marked.course / name).read_bytes() for name in files] == before
    assert {path: path.read_bytes() for path in records} == records
    assert len(records) == len(marked.cases)
