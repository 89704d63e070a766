"""The lessons' exercises as a course in nbgrader: one assignment for each section, a sheet to print
for each lesson, and the library that students' code may see while it is marked.
"""

import ast
import html
import json
import logging
import os
import re
import shutil
import sys
import warnings
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "make_book"))
import lessons
import nbformat
import pages
import yaml
from markdown_it import MarkdownIt
from marking import POINTS

from lrdecay_lib import exercises

LINES = 4  # to write on, on a printed sheet, for each star
STUB = "..."  # what the students find in place of a solution; a check takes it for "not attempted"
HERE = Path(__file__).resolve().parent

CONFIG = f'''\
# nbgrader reads this file. Change what you like but the last five lines: `make classroom` does not
# write it again.
c = get_config()  # noqa: F821
c.CourseDirectory.course_id = "learning-rate-decay"
c.ClearSolutions.code_stub = {{"python": "{STUB}"}}

# nbgrader itself would run students' code with your rights; `make grade` shuts it in.
from nbgrader.preprocessors import NbGraderPreprocessor
class MarkedElsewhere(NbGraderPreprocessor):
    def preprocess(self, *_): raise RuntimeError("mark with `make grade`, which shuts code in")
c.Autograde.sanitize_preprocessors = c.Autograde.autograde_preprocessors = [MarkedElsewhere]
'''


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
        f"# {POINTS * exercise.stars} points. This cell tells you; marks do not come from it, so "
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

    # about nbgrader's own use of its database
    warnings.filterwarnings("ignore", category=SAWarning)
    config = PyFileConfigLoader("nbgrader_config.py", path=str(folder)).load_config()
    # nbgrader calls `alembic` by its name, and `make` does not activate the environment
    os.environ["PATH"] = os.pathsep.join(
        [str(Path(sys.executable).parent), os.environ.get("PATH", "")]
    )
    course = CourseDirectory(config=config, root=str(folder.resolve()))
    # what nbgrader says is in each step's result
    quiet = logging.getLogger("classroom")
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
        "What they hand in is taken in by `make collect FROM=zip-or-folder`, and marked by "
        "`make grade`."
    )
    return None


# --- what marking needs ---------------------------------------------------------------


@dataclass
class Section:
    """An assignment: its number, and what was released in a course's folder."""

    number: int
    folder: Path

    @property
    def name(self):
        return f"section_{self.number}"

    @property
    def path(self):
        return self.folder / "release" / self.name / f"{self.name}.ipynb"

    @cached_property
    def release(self):
        return nbformat.read(self.path, as_version=4)

    @cached_property
    def exercises(self):
        """The exercises that were released; the book may have more by now."""
        known = {exercise.id: exercise for exercise in sections()[self.number]}
        labels = [
            cell.metadata.get("nbgrader", {}).get("grade_id", "")
            for cell in self.release.cells
        ]
        ids = [
            label.removeprefix("check-").replace("-", ".")
            for label in labels
            if label.startswith("check-")
        ]
        return [known[id] for id in ids if id in known]

    @cached_property
    def imports(self):
        """The code of the first cell, which every notebook begins with even if it was deleted."""
        return next(
            lessons.without_magics(cell.source)
            for cell in self.release.cells
            if cell.get("id") == "imports"
        )


def library(folder):
    """Write into a folder what a student's process may import: the book's library without the
    solutions, and the program that runs a notebook."""
    rooms = folder / "lrdecay_lib"
    shutil.copytree(
        lessons.LIBRARY, rooms, ignore=shutil.ignore_patterns("lesson_*", "__pycache__")
    )
    shutil.copy(HERE / "shown_exercises.py", rooms / "exercises" / "__init__.py")
    told = [
        {key: getattr(one, key) for key in ("id", "title", "stars", "task", "hints")}
        for one in exercises.every().values()
    ]
    (rooms / "exercises" / "tasks.json").write_text(json.dumps(told), encoding="utf-8")
    shutil.copy(HERE / "student.py", folder)
    for path in (folder, *folder.rglob("*")):  # a container runs it as somebody else
        path.chmod(0o755 if path.is_dir() else 0o644)
    return folder
