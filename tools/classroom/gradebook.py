"""nbgrader's gradebook and feedback: what was marked is written there, and all that is told is read
from there, so that report, feedback and tables say one thing.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

import nbformat
from nbgrader.utils import parse_utc

SCRIPT = re.compile(r"<script\b.*?</script\s*>", re.DOTALL | re.IGNORECASE)
# nothing of a page of feedback runs and nothing is loaded, whatever a student wrote
GUARD = (
    '<meta http-equiv="Content-Security-Policy" '
    "content=\"default-src 'none'; style-src 'unsafe-inline'\">"
)
# nbgrader's links and comments are too pale to read for some, and its long lines scroll where no
# key reaches
READABLE = (
    "<style>a { color: #0b4f8a; text-decoration: underline } .panel-heading { "
    "background: #1f4e79 !important }\n"
    ".panel-heading, .panel-heading a { color: #fff !important } pre { white-space: "
    "pre-wrap; word-break: normal; overflow-wrap: anywhere }\n"
    "pre span[style] { color: inherit !important } .highlight .c1 { color: #35635f } "
    ".highlight .ow { color: #6b1fb3 } "
    ".highlight .ne { color: #a52a20 } .highlight .err { border: none; color: inherit }"
    "</style>\n"
)


class Refused(Exception):
    """Points that cannot be: more than an exercise is worth, or fewer than none."""


@dataclass
class Row:
    """What the gradebook holds of a submission. Times are in UTC, without a zone, as nbgrader
    keeps them.

    Attributes:
        by_hand: ids of the exercises whose points a teacher has given.
        problem: why the points cannot be, or "".
        marked: whether there are points at all.
    """

    student_id: str
    last_name: str
    first_name: str
    assignment: str
    score: float
    most: float
    submitted: datetime | None
    due: datetime | None
    by_hand: tuple
    problem: str
    marked: bool = True

    @property
    def seconds_late(self):
        """0 in time; None where one of the two times is not known."""
        if self.submitted is None or self.due is None:
            return None
        return max((self.submitted - self.due).total_seconds(), 0)


def handed_in(folder):
    """When a submission was handed in, by the timestamp.txt beside it; and what is wrong with
    that file, or ""."""
    path = folder / "timestamp.txt"
    if not path.exists():
        return None, ""
    text = path.read_text(encoding="utf-8", errors="replace").strip()
    try:
        found = parse_utc(text)
        if not 1990 <= found.year <= 2200:
            raise ValueError
    except (ValueError, OverflowError, TypeError, AttributeError):
        said = " ".join(text[:40].split())
        return (
            None,
            f"timestamp.txt holds no time ({said!r}), so lateness is not known.",
        )
    return found, ""


def in_utc(text):
    """A date and time that a teacher wrote; without a zone it is this machine's."""
    from dateutil import parser

    found = parser.parse(text)
    return found.astimezone(UTC).replace(tzinfo=None)


def store(book, record, submitted):
    """Write a `marking.Record` into the gradebook; raises `Refused` before anything is written."""
    for id, mark in record.marks.items():
        if not 0 <= mark.points <= mark.most:
            raise Refused(f"{id}: {mark.points:g} of {mark.most:g} points")
    book.update_or_create_student(record.student_id)
    submission = book.update_or_create_submission(
        record.assignment, record.student_id, timestamp=submitted
    )
    for notebook in submission.notebooks:
        for grade in notebook.grades:
            mark = record.marks.get(grade.name.removeprefix("check-").replace("-", "."))
            if mark is None:
                continue
            if mark.points > grade.max_score:
                raise Refused(
                    f"{grade.name}: {mark.points:g} of {grade.max_score:g} points"
                )
            grade.auto_score = float(mark.points)
            # as nbgrader does: what was given by hand stays, and is to be looked at again
            grade.needs_manual_grade = grade.manual_score is not None
        for comment in notebook.comments:
            id = comment.name.removeprefix("answer-").replace("-", ".")
            untried = id in record.marks and record.marks[id].outcome == "not attempted"
            comment.auto_comment = "No response." if untried else None
    book.db.commit()


def row(submission):
    """A `Row` of nbgrader's submission."""
    grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
    beyond = [
        f"{grade.name}: {score:g} of {grade.max_score:g}"
        for grade in grades
        for score in (grade.auto_score, grade.manual_score)
        if score is not None and not 0 <= score <= grade.max_score
    ]
    score, most = submission.score, submission.max_score
    if score > most and not beyond:
        beyond = [f"{score:g} of {most:g} with extra credit"]
    student = submission.student
    return Row(
        student.id,
        student.last_name or "",
        student.first_name or "",
        submission.assignment.name,
        score,
        most,
        submission.timestamp,
        submission.duedate,
        tuple(
            sorted(
                grade.name.removeprefix("check-").replace("-", ".")
                for grade in grades
                if grade.manual_score is not None or grade.extra_credit
            )
        ),
        "; ".join(beyond),
        any(not (grade.auto_score is grade.manual_score is None) for grade in grades),
    )


def rows(book):
    """All submissions, in the order of assignments and students."""
    found = [row(one) for work in book.assignments for one in work.submissions]
    return sorted(found, key=lambda one: (one.assignment, one.student_id))


def write_marked(folder, record, notebook):
    """Put the marked notebook where nbgrader's feedback and formgrader look for it."""
    name = record.assignment
    path = folder / "autograded" / record.student_id / name / f"{name}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    nbformat.write(notebook, fresh)
    fresh.replace(path)


def feedback(course, folder, student_id, name):
    """Write the page to give back; returns what went wrong, or ""."""
    import course as course_module

    result = course.generate_feedback(name, student_id)
    if not result["success"]:
        return course_module.reason(result)
    page = folder / "feedback" / student_id / name / f"{name}.html"
    text = SCRIPT.sub("", page.read_text(encoding="utf-8"))
    text = text.replace("<head>", f"<head>\n{GUARD}", 1)
    text = text.replace("</head>", READABLE + "</head>", 1)
    page.write_text(text.replace("<html>", '<html lang="en">', 1), encoding="utf-8")
    return ""
