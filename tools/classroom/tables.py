"""What a teacher takes out: tables of points for a learning management system, and a page on the
class.
"""

import csv
import html
import io
from collections import Counter

from lrdecay_lib import exercises

FORMULA = tuple("=+-@\t\r\n＝＋－＠")


def safe(cell):
    """A cell that no spreadsheet takes for a formula."""
    text = str(cell)
    if isinstance(cell, str) and text.lstrip(" ").startswith(FORMULA):
        return "'" + text
    return text


def written(rows):
    """Rows as CSV, as RFC 4180 has it."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerows([[safe(cell) for cell in row] for row in rows])
    return file.getvalue()


def points(row):
    return f"{row.score:g}" if row.marked and not row.problem else ""


def time(moment):
    return "" if moment is None else f"{moment:%Y-%m-%d %H:%M:%S}"


def hours(row, late_by_name):
    """How late it was: hours, "yes" where only that is known, 0, or nothing."""
    if row.seconds_late is not None:
        return f"{row.seconds_late / 3600:.2f}" if row.seconds_late else "0"
    return "yes" if late_by_name else ""


def grades(rows, known):
    """One row for each student and assignment."""
    table = [
        "assignment student_id last_name first_name score max_score submitted_utc due_utc "
        "hours_late by_hand".split()
    ]
    for row in rows:
        entry = known.get(row.student_id, {})
        table.append(
            [
                row.assignment,
                row.student_id,
                row.last_name or entry.get("name", ""),
                row.first_name,
                points(row),
                f"{row.most:g}",
                time(row.submitted),
                time(row.due),
                hours(row, row.assignment in entry.get("late", [])),
                " ".join(row.by_hand),
            ]
        )
    return written(table)


def by_student(rows, known):
    """One row for each student, one column for each assignment, as most systems import it."""
    names = sorted({row.assignment for row in rows})
    table = [["student_id", "name", *names]]
    for student in sorted({row.student_id for row in rows}):
        own = {row.assignment: row for row in rows if row.student_id == student}
        name = known.get(student, {}).get("name", "")
        cells = [points(own[one]) if one in own else "" for one in names]
        table.append([student, name, *cells])
    return written(table)


def canvas(rows, known):
    """Canvas's table, for those whose files came from there; None if there are none."""
    mine = [row for row in rows if known.get(row.student_id, {}).get("lms") == "canvas"]
    if not mine:
        return None
    names = sorted({row.assignment for row in mine})
    most = {row.assignment: f"{row.most:g}" for row in mine}
    table = [["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *names]]
    table.append(["Points Possible", "", "", "", "", *(most[name] for name in names)])
    for student in sorted({row.student_id for row in mine}):
        own = {row.assignment: row for row in mine if row.student_id == student}
        entry = known[student]
        cells = [points(own[one]) if one in own else "" for one in names]
        table.append(
            [entry.get("name", student), entry.get("id", ""), "", "", "", *cells]
        )
    return written(table)


def moodle(rows, known):
    """Moodle's grading worksheet: assignment -> table, for those whose files came from there."""
    tables = {}
    for row in rows:
        entry = known.get(row.student_id, {})
        if entry.get("lms") == "moodle":
            head = [["Identifier", "Full name", "Grade", "Maximum grade"]]
            tables.setdefault(row.assignment, head).append(
                [
                    f"Participant {entry.get('id', '')}",
                    entry.get("name", ""),
                    points(row),
                    f"{row.most:g}",
                ]
            )
    return {name: written(table) for name, table in tables.items()}


# --- the class ------------------------------------------------------------------------

PAGE = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 60em; margin: 2em auto; padding: 0 1em;
color: #111; background: #fff; }}
table {{ border-collapse: collapse; width: 100%; }}
th, td {{ border-bottom: 1px solid #bbb; padding: .4em .6em; text-align: left; }}
th, td {{ vertical-align: top; }}
td.number {{ text-align: right; }}
</style>
<main>
<h1>{title}</h1>
<p>{summary}</p>
<h2>Exercises, hardest first</h2>
<table>
<thead><tr><th scope="col">Exercise</th><th scope="col">Right</th><th scope="col">Wrong</th>
<th scope="col">Not attempted</th><th scope="col">Most frequent slips</th></tr></thead>
<tbody>
{rows}
</tbody>
</table>
</main>
</html>
"""


def slip_of(exercise, words):
    """The misconception that a judge's words name, or "" if they name none."""
    flat = " ".join(words.split())
    # a message on paper has lost its bold, and nothing else
    for _, message in exercise.slips:
        if " ".join(message.replace("**", "").split()) in flat.replace("**", ""):
            return message
    return ""


def of_class(name, records):
    """The page on an assignment: which exercises were hard, and which slips were frequent.

    Args:
        records: the `marking.Record` of each student who handed it in.
    """
    ids = list(dict.fromkeys(id for record in records for id in record.marks))
    found = []
    for id in ids:
        exercise = exercises.get(id)
        marks = [record.marks[id] for record in records if id in record.marks]
        outcomes = Counter(mark.outcome for mark in marks)
        slips = Counter(
            slip_of(exercise, mark.words) for mark in marks if mark.outcome == "wrong"
        )
        slips.pop("", None)
        told = "".join(
            f"<li>{number} ×: {html.escape(message)}</li>"
            for message, number in slips.most_common(3)
        )
        cells = "".join(
            f'<td class="number">{outcomes[outcome]}</td>'
            for outcome in ("right", "wrong", "not attempted")
        )
        listed = f"<ul>{told}</ul>" if told else ""
        line = (
            f'<tr><th scope="row">{id} {html.escape(exercise.title)}</th>{cells}'
            f"<td>{listed}</td></tr>"
        )
        found.append((outcomes["right"] / len(marks), ids.index(id), line))
    total = [record.points for record in records]
    most = records[0].most if records else 0
    summary = (
        f"{len(records)} handed in. Mean {sum(total) / len(total):.1f} of {most} points, by the "
        "checks alone; what you gave by hand is in the gradebook."
        if records
        else "Nobody handed anything in."
    )
    lines = "\n".join(line for *_, line in sorted(found))
    title = f"{name.replace('_', ' ').capitalize()}: how the class did"
    return PAGE.format(title=title, summary=summary, rows=lines)


def one_line(text):
    """A sentence fit for a line of a terminal and a log."""
    flat = " ".join(text.split())
    return "".join(c if c.isprintable() else "?" for c in flat)
