"""The lessons' exercises as a course in nbgrader: one assignment for each section, and a sheet to
print for each lesson.

    python tools/maintain/classroom.py make [FOLDER]              write the course
    python tools/maintain/classroom.py grade [FOLDER] [SECTION]   mark what was submitted

FOLDER is _build/classroom if none is given. After `make` it holds `release/` for the students,
`sheets/` to print and `source/` with the solutions. Submissions go into
submitted/STUDENT/section_4/section_4.ipynb; `grade` marks them and writes `feedback/` and
`grades.csv`. Neither deletes a submission or a mark.
"""

import argparse
import ast
import html
import logging
import os
import re
import sys
import warnings
from pathlib import Path

import lessons
import nbformat
import pages
import yaml
from markdown_it import MarkdownIt

from lrdecay_lib import exercises

POINTS = 2  # for each star of an exercise
LINES = 4  # to write on, on a printed sheet, for each star
STUB = "..."  # what the students find in place of a solution; a check takes it for "not attempted"

CONFIG = f'''\
# nbgrader reads this file. Change what you like: `make classroom` does not write it again.
c = get_config()  # noqa: F821
c.CourseDirectory.course_id = "learning-rate-decay"
c.ClearSolutions.code_stub = {{"python": "{STUB}"}}
c.OverwriteCells.add_missing_cells = True  # a check that was deleted is put back
c.Execute.timeout = 20  # seconds for a cell; a check stops an answer after
{exercises.TIME_LIMIT:g} by itself '''


def sections():
    """The exercises of each section: number -> list, in the order of the lessons."""
    grouped = {}
    for exercise in exercises.every().values():
        grouped.setdefault(int(exercise.id.split(".")[0]), []).append(exercise)
    return grouped


# --- assignments ----------------------------------------------------------------------


def answer(exercise):
    """The cell for the answer: the learner's stub with the library's solution between
    nbgrader's marks."""
    source, begin, end = exercise.source, "### BEGIN SOLUTION", "### END SOLUTION"
    if exercise.reference is not exercise.solver:  # a value
        value = source.split(" = ", 1)[1]
        return f"{exercise.name} = (\n    {begin}\n    {value}\n    {end}\n)"
    first = ast.parse(source).body[0].body[0].lineno  # line of the function's body
    body = "\n".join(source.splitlines()[first - 1 :])
    return exercise.stub.removesuffix(STUB) + f"{begin}\n{body}\n    {end}"


def check(exercise):
    """The cell that marks: the same judge as in the lesson, and the same words."""
    return (
        f"# {POINTS * exercise.stars} points. This cell is put back before marking, so "
        "a change of it has no effect.\n"
        "from lrdecay_lib import exercises\n\n"
        f'result = exercises.get("{exercise.id}").judge({exercise.name})\n'
        'assert result.outcome == "right", result\n'
        "print(result)"
    )


def marked(cell, name, exercise, **roles):
    """The cell with what nbgrader must know of it."""
    cell["id"] = grade_id = f"{name}-{exercise.id.replace('.', '-')}"
    cell.metadata["nbgrader"] = {
        "schema_version": 3,
        "grade_id": grade_id,
        "grade": False,
        "solution": False,
        "locked": False,
        "task": False,
        **roles,
    }
    return cell


def assignment(number, chosen):
    """The teacher's notebook of a section: for each exercise its task, its solution, and the
    cell that marks it."""
    total = POINTS * sum(exercise.stars for exercise in chosen)
    markdown, code = nbformat.v4.new_markdown_cell, nbformat.v4.new_code_cell
    address = yaml.safe_load(
        (lessons.ROOT / "_config.yml").read_text(encoding="utf-8")
    )["repository"]["url"]
    cells = [
        markdown(
            f"# Section {number}\n\n{pages.SECTIONS[number]}. {len(chosen)} exercises, "
            f"{total} points.\n\n"
            "Write your answer in place of the dots. The cell below each answer says "
            "whether it is right, and if "
            'not, why; for help run `exercises.get("...").hint()` with the number of '
            "the exercise. Before you hand "
            "in: restart the kernel, run all cells, and save. Do not rename the file.",
            id="about",
        ),
        code(
            "# The book's library. In Colab, where it is missing, it is installed "
            "first.\ntry:\n    import lrdecay_lib\n"
            f"except ModuleNotFoundError:\n    %pip install --quiet git+{address}\n\n"
            "import math\n\nimport numpy as np\n\nfrom lrdecay_lib import "
            "exercises\nfrom lrdecay_lib.schedules import *\n\n"
            "exercises.hide_solutions()  # they are shown after marking; hints stay",
            id="imports",
        ),
    ]
    for exercise in chosen:
        cells += [
            marked(markdown(exercise._repr_markdown_()), "task", exercise, locked=True),
            marked(code(answer(exercise)), "answer", exercise, solution=True),
            marked(
                code(check(exercise)),
                "check",
                exercise,
                grade=True,
                locked=True,
                points=POINTS * exercise.stars,
            ),
        ]
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata["kernelspec"] = {
        "name": "python3",
        "display_name": "Python 3",
        "language": "python",
    }
    return notebook


# --- sheets ---------------------------------------------------------------------------

SHEET = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
@page {{ size: A4; margin: 18mm 20mm; }}
body {{ font: 11pt/1.5 Georgia, serif; max-width: 42em; margin: 2em auto; padding: 0 1em; color:
#000; background: #fff; }} h1 {{ font-size: 16pt; margin: 0 0 .6em; }}
h2 {{ font-size: 12pt; margin: 1.6em 0 .3em; }}
code, pre {{ font: 10pt ui-monospace, Menlo, Consolas, monospace; overflow-wrap: anywhere;
white-space: pre-wrap; }} .who {{ display: flex; flex-wrap: wrap; gap: .6em 2em; }}
.who span {{ flex: 1 1 10em; border-bottom: 1px solid #666; }}
.line {{ height: 8.5mm; border-bottom: 1px solid #bbb; }}
section {{ break-inside: avoid; }}
@media print {{ body {{ margin: 0; padding: 0; max-width: none; }} }}
</style>
<main>
<h1>{title}</h1>
<p class="who"><span>Name:</span><span>Date:</span><span>Points (of {points}):</span></p>
{tasks}
</main>
</html>
"""


def lines(number):
    """Room to write by hand."""
    return ['<div class="line"></div>'] * number


def investigations(words):
    """The paragraphs "To investigate" of a lesson's text, for paper: without links, formulas in
    plain letters."""
    found = re.findall(
        r"^\*\*To investigate\.\*\* *(.+?)(?=\n\n|\Z)", words, re.MULTILINE | re.DOTALL
    )
    plain = [re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", paragraph) for paragraph in found]
    return [
        re.sub(
            r"\$([^$]+)\$",
            lambda formula: f"*{formula[1]}*".replace("\\lambda", "λ"),
            paragraph,
        )
        for paragraph in plain
    ]


def sheet(title, chosen, open_questions=()):
    """A page to print: the tasks of a lesson, each with the first line of its answer, then what
    to investigate, with room."""
    tasks = []
    for exercise in chosen:
        points = POINTS * exercise.stars
        tasks += [
            "<section>",
            f"<h2>{exercise.id} {html.escape(exercise.title)} ({points} points)</h2>",
            MarkdownIt().render(exercise.task),
            f"<pre>{html.escape(exercise.stub.removesuffix(STUB).rstrip())}</pre>",
            *lines(LINES * exercise.stars),
            "</section>",
        ]
    for question in open_questions:
        tasks += [
            "<section>",
            "<h2>To investigate</h2>",
            MarkdownIt().render(question),
            "<p>I expect, because:</p>",
            *lines(LINES),
            "<p>I found:</p>",
            *lines(LINES),
            "</section>",
        ]
    points = POINTS * sum(exercise.stars for exercise in chosen)
    return SHEET.format(title=html.escape(title), points=points, tasks="\n".join(tasks))


def of_lesson(text):
    """The exercises that the text of a lesson sets."""
    return [
        exercises.get(name)
        for name in dict.fromkeys(
            re.findall(r'exercises\.get\("([\d.]+)"\)\.check', text)
        )
    ]


# --- the course -----------------------------------------------------------------------


def nbgrader(folder):
    """nbgrader's own interface to the course in a folder, with the configuration that stands
    there."""
    from nbgrader.apps.api import NbGraderAPI
    from nbgrader.coursedir import CourseDirectory
    from sqlalchemy.exc import SAWarning
    from traitlets.config import PyFileConfigLoader

    warnings.filterwarnings(
        "ignore", category=SAWarning
    )  # about nbgrader's own use of its database
    config = PyFileConfigLoader("nbgrader_config.py", path=str(folder)).load_config()
    # the lessons' kernel: this environment's Python, whatever kernels the machine has besides
    os.environ["JUPYTER_PATH"] = str(lessons.KERNELS)
    config.Execute.kernel_name = "lesson"
    # nbgrader calls `alembic` by its name, and `make` does not activate the environment
    os.environ["PATH"] = os.pathsep.join(
        [str(Path(sys.executable).parent), os.environ.get("PATH", "")]
    )
    course = CourseDirectory(config=config, root=str(folder.resolve()))
    quiet = logging.getLogger(
        "classroom"
    )  # what nbgrader says is in each step's result
    quiet.propagate = False
    quiet.addHandler(logging.NullHandler())
    return NbGraderAPI(course, config=config, log=quiet)


def reason(result):
    """The last error that nbgrader met before a step failed, in one line."""
    errors = re.findall(
        r"^ *(?:\w+\.)*(\w*(?:Error|Exception)): (.+)$",
        result.get("log", "") + result["error"],
        re.MULTILINE,
    )
    told = [
        f"{name}: {words}" for name, words in errors if name != "NbGraderException"
    ]  # that says only "see above"
    return told[-1] if told else "nbgrader gave no reason"


def make(folder):
    """Write the course; returns a sentence if something could not be made."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "nbgrader_config.py").exists():
        (folder / "nbgrader_config.py").write_text(CONFIG, encoding="utf-8")
    for number, chosen in sections().items():
        path = folder / "source" / f"section_{number}" / f"section_{number}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(assignment(number, chosen), path)
    (folder / "sheets").mkdir(exist_ok=True)
    sheets = 0
    for text in lessons.texts(lessons.CHAPTERS):
        words = text.read_text(encoding="utf-8")
        chosen = of_lesson(words)
        if text.parent.name == "en" and chosen:
            title = re.search(r"^# (.*)", words, re.MULTILINE).group(1)
            (folder / "sheets" / f"{text.stem}.html").write_text(
                sheet(title, chosen, investigations(words)), encoding="utf-8"
            )
            sheets += 1
    (folder / "submitted").mkdir(exist_ok=True)
    course, failed = nbgrader(folder), []
    for number in sections():
        result = course.generate_assignment(f"section_{number}")
        if not result["success"]:
            failed.append(f"section_{number}: {reason(result)}")
    if failed:
        return "These assignments were not released:\n" + "\n".join(failed)
    print(
        f"{len(sections())} assignments for the students in {folder / 'release'}, "
        f"{sheets} sheets to print in {folder / 'sheets'}.\n"
        "Put what they hand in into "
        f"{folder / 'submitted'}/STUDENT/section_4/section_4.ipynb, and run `make "
        "grade`."
    )
    return None


FORGERY = re.compile(
    r"\.(judge|solver|source|reference|solution|_compare)\b|_DECLARED|\bResult\b"
)
ELSEWHERE = re.compile(r'<script[^>]*\bsrc="https?:[^>]*>\s*</script>')


# nbgrader's links and comments are too pale to read for some, and its long lines scroll where no
# key reaches
READABLE = (
    "<style>a { color: #0b4f8a; text-decoration: underline } .panel-heading { "
    "background: #1f4e79 !important }\n"
    ".panel-heading, .panel-heading a { color: #fff !important } pre { white-space: "
    "pre-wrap; overflow-wrap: anywhere }\n"
    "pre span[style] { color: inherit !important } .highlight .c1 { color: #35635f } "
    ".highlight .ne { color: #a52a20 }</style>\n"
)


def looks_forged(notebook):
    """Whether an answer reaches for the library's judge or its solutions: somebody should look
    at it."""
    return any(
        FORGERY.search(cell.source)
        for cell in notebook.cells
        if cell.cell_type == "code"
        and not cell.metadata.get("nbgrader", {})
        .get("grade_id", "")
        .startswith("check-")
    )


def mark(course, path):
    """Mark one submitted notebook and write its feedback; returns what nbgrader says, with
    "success"."""
    name, student = path.stem, path.parent.parent.name
    if not path.exists():
        found = (
            ", ".join(sorted(other.name for other in path.parent.iterdir()))
            or "nothing"
        )
        return {
            "success": False,
            "error": f"FileNotFoundError: {path.name} is looked for, and there is {found}",
        }
    result = course.autograde(name, student)
    if result["success"]:
        result = course.generate_feedback(name, student)
    if result[
        "success"
    ]:  # nbgrader's page asks another host for MathJax, and no task has a formula
        page = (
            Path(course.coursedir.root) / "feedback" / student / name / f"{name}.html"
        )
        text = ELSEWHERE.sub("", page.read_text(encoding="utf-8")).replace(
            "</head>", READABLE + "</head>", 1
        )
        page.write_text(text.replace("<html>", '<html lang="en">', 1), encoding="utf-8")
    return result


def grade(folder, section=None):
    """Mark what was submitted, with feedback and a table of grades; returns a sentence if
    something was not marked."""
    from nbgrader.plugins.export import CsvExportPlugin

    if not (folder / "gradebook.db").exists():
        return f"There is no course in {folder}: run `make classroom` first."
    submitted = sorted(
        path for path in folder.glob("submitted/*/section_*") if path.is_dir()
    )
    chosen = [
        path
        for path in submitted
        if section is None or path.name == f"section_{section}"
    ]
    if not chosen:
        return (
            "Nothing was submitted: "
            f"{folder / 'submitted'}/STUDENT/section_{section or 4}/section_{section or 4}.ipynb "
            "is looked for."
        )
    course, failed = nbgrader(folder), []
    for path in chosen:
        notebook = path / f"{path.name}.ipynb"
        result, who = mark(course, notebook), f"{path.parent.name}, {path.name}"
        if not result["success"]:
            failed.append(f"{who}: {reason(result)}")
            continue
        with course.gradebook as book:
            points = book.find_submission(path.name, path.parent.name)
            print(f"{who}: {points.score:g} of {points.max_score:g}")
        if looks_forged(lessons.read_notebook(notebook)):
            print(
                f"{who}: look at this one, an answer names the library's judge or its solutions"
            )
    with course.gradebook as book:
        CsvExportPlugin(
            to=str(folder / "grades.csv"),
            assignment=sorted({path.name for path in submitted}),
            log=course.log,
        ).export(book)
    print(
        f"The grades are in {folder / 'grades.csv'}, the feedback is in {folder / 'feedback'}."
    )
    return (
        "\n".join(["These could not be marked, and have no points:", *failed])
        if failed
        else None
    )


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("step", choices=["make", "grade"])
    parser.add_argument(
        "folder", nargs="?", type=Path, default=Path("_build", "classroom")
    )
    parser.add_argument("section", nargs="?", type=int)
    given = parser.parse_args(arguments)
    folder = given.folder.expanduser()
    return make(folder) if given.step == "make" else grade(folder, given.section)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
