"""Marks one submission: its code runs in the `sandbox`, its values are judged here.

What comes from the student's process is text and numbers. Right answers, comparison and points
never leave this process, and nothing that the student wrote is run in it.
"""

import re
import time
from dataclasses import asdict, dataclass, field
from html import escape

import notebooks
from notebooks import Remark
from sandbox import Ended

from lrdecay_lib.exercises.asking import Answers

POINTS = 2  # for each star of an exercise
BUDGET = 300.0  # seconds on the clock for all attempts to run a notebook
REACHES = {
    "names the library's judge or its solutions": (
        r"\.(judge\w*|solver|source|reference|solution|_compare|questions)\b|_DECLARED"
        r"|\bResult\b|exercises\.(lesson_|section_|asking)|exercises\.get\s*=|lesson_\d"
    ),
    "reaches for files, processes, the network or Python itself": (
        r"\b(subprocess|socket|ctypes|gradebook|requests|urllib|shutil|pathlib|glob|gc|inspect"
        r"|importlib|pkgutil|_getframe|input_transformer\w*|open\(|os\.|threading)|/proc/"
    ),
    "replaces functions of a library": r"\b(np|numpy|math|exercises|a|e)(\.\w{1,50}){1,4} *=(?!=)",
}
OWN = re.compile(
    r"exercises\.get\(.{0,40}?\)\.(judge|solution)\(|^\s*#.*$", re.MULTILINE
)


@dataclass
class Mark:
    """What one exercise is worth: its "outcome", points and what the judge says."""

    outcome: str
    points: int
    most: int
    words: str


@dataclass
class Record:
    """All that is known of a marked submission, as plain data.

    Attributes:
        marks: id of an exercise -> `Mark`.
        teacher, student: sentences for them.
        read: whether there was a notebook to mark.
    """

    student_id: str
    assignment: str
    marks: dict
    teacher: list = field(default_factory=list)
    student: list = field(default_factory=list)
    read: bool = True

    @property
    def points(self):
        return sum(mark.points for mark in self.marks.values())

    @property
    def most(self):
        return sum(mark.most for mark in self.marks.values())

    def plain(self):
        return asdict(self)

    @classmethod
    def of(cls, plain):
        marks = {id: Mark(**mark) for id, mark in plain["marks"].items()}
        return cls(**{**plain, "marks": marks})


def mark(path, student_id, section, sandbox):
    """Mark the notebook at ``path``.

    Args:
        section: a `course.Section`, with its exercises and the notebook that was released.
        sandbox: where its code runs.

    Returns:
        A `Record`, and the notebook to be shown.
    """
    chosen = {exercise.id: exercise for exercise in section.exercises}
    try:
        submission = notebooks.read(path)
    except notebooks.Unreadable as why:
        return _unread(student_id, section, path.name, str(why))
    released = [notebooks.clean(cell) for cell in section.release.cells]
    names = {id: exercise.name for id, exercise in chosen.items()}
    placed, remarks = notebooks.place(submission.cells, released, names)
    run = Run(placed, chosen, section.imports)
    run.perform(sandbox)
    marks = {}
    for id, exercise in chosen.items():
        result, most = run.results[id], POINTS * exercise.stars
        right = result.outcome == "right"
        marks[id] = Mark(result.outcome, most if right else 0, most, unwrapped(result))
    remarks = [*submission.remarks, *remarks, *run.remarks, *suspicions(placed)]
    record = Record(
        student_id,
        section.name,
        marks,
        [remark.teacher for remark in remarks if remark.teacher],
        [remark.student for remark in remarks if remark.student],
    )
    return record, show(section, placed, run.outputs, record)


def _unread(student_id, section, name, why):
    """The record of a submission in which there is nothing to mark."""
    marks = {
        exercise.id: Mark(
            "not attempted",
            0,
            POINTS * exercise.stars,
            f"{exercise.id} is not marked: there was no notebook to read.",
        )
        for exercise in section.exercises
    }
    told = f"{f'The file {name} ' if name else ''}{why}, so nothing could be marked."
    advice = " Save your notebook in Jupyter or Colab as .ipynb, and hand it in again."
    record = Record(student_id, section.name, marks, [told], [told + advice], False)
    return record, show(section, [], [], record)


def show(section, placed, outputs, record):
    """The notebook of the feedback."""
    said = [f"- {escape(sentence, quote=False)}" for sentence in record.student]
    about = "\n".join(["**About your file**", "", *said]) if said else ""
    verdicts = {
        id: (mark.outcome == "right", mark.words) for id, mark in record.marks.items()
    }
    return notebooks.assemble(section.release, placed, outputs, verdicts, about)


def suspicions(placed):
    """What a teacher may want to look at. It has no effect on the marks."""
    found = []
    for what, pattern in REACHES.items():
        where = [
            one.exercise or "the beginning"
            for one in placed
            if one.cell.kind == "code"
            and one.role in {"answer", "other"}
            and re.search(pattern, OWN.sub("", one.cell.source))
        ]
        if where:
            listed = ", ".join(dict.fromkeys(where))
            found.append(
                Remark(
                    f"Look at {listed}: the code {what}. It had no effect on the marks."
                )
            )
    return found


class Run:
    """The run of a notebook, cell by cell, with each exercise asked where its check stands.

    What ends the process costs itself: it is left out, and the rest is run again without it.

    Attributes:
        outputs: text of each cell.
        results: id -> what the judge found.
        remarks: on what could not be run.
    """

    def __init__(self, placed, chosen, imports):
        self.placed, self.chosen, self.imports = placed, chosen, imports
        self.outputs, self.results, self.remarks = [""] * len(placed), {}, []
        self.steps = []
        for i, one in enumerate(placed):
            if one.cell.kind == "code" and one.role in {"answer", "other"}:
                self.steps.append(("run", i))
            elif one.role == "check" and one.exercise:
                self.steps.append(("ask", one.exercise))
        asked = {}
        for i, (kind, what) in enumerate(self.steps):
            if kind == "ask":
                asked[what] = i
        for (
            id
        ) in chosen:  # who has no check, or moved the answer behind it, is asked last
            later = self.steps[asked.get(id, -1) + 1 :]
            own = [
                kind == "run" and placed[what].exercise == id for kind, what in later
            ]
            if id not in asked or any(own):
                self.steps.append(("ask", id))

    def perform(self, sandbox):
        """Run and ask everything, with as many processes as it takes."""
        lost, deadline = set(), time.monotonic() + BUDGET
        while True:
            step = None
            with sandbox.start() as process:
                try:
                    process.run(self.imports)
                    for step in self.steps:
                        if time.monotonic() > deadline:
                            return self._out_of_time()
                        if step not in lost:
                            self._do(process, *step)
                    return
                except Ended as end:
                    if step is None:
                        raise
                    lost.add(step)
                    self._lose(*step, str(end))

    def _do(self, process, kind, what):
        if kind == "run":
            ran = process.run(self.placed[what].cell.source)
            self.outputs[what] = ran["output"]
            if ran["error"].startswith("TimeUp"):
                self._stopped(what, "computed for too long, and was stopped")
            return
        before = self.results.get(what)
        if before is None or before.outcome != "right":
            exercise = self.chosen[what]
            self.results[what] = judge(exercise, process.ask(exercise.questions))

    def _lose(self, kind, what, why):
        if kind == "ask":
            exercise = self.chosen[what]
            self.results[what] = exercise.judge_answers(Answers.none(why))
            self.remarks.append(
                Remark(f"{what}: when it was asked, its process {why}.")
            )
            return
        self.outputs[what] += f"\nThis cell was left out: its process {why}.\n"
        self._stopped(what, f"was left out, as its process {why}")

    def _stopped(self, i, what):
        where = self.placed[i].exercise or "the beginning"
        said = Remark(f"A cell of {where} {what}.", f"A cell of {where} {what}.")
        if said not in self.remarks:
            self.remarks.append(said)

    def _out_of_time(self):
        missing = [
            id
            for id in self.chosen
            if id not in self.results or self.results[id].outcome == "not attempted"
        ]
        words = f"was not asked, as the notebook had used up its {BUDGET:g} seconds"
        for id in missing:
            self.results[id] = self.chosen[id].judge_answers(Answers.none(words))
        sentence = f"After {BUDGET:g} seconds these were not run any more: "
        sentence += (
            f"{', '.join(missing)}." if missing else "cells after the last answer."
        )
        self.remarks.append(Remark(sentence, sentence))


def unwrapped(result):
    """The judge's words as plain text, one line for each paragraph: the page wraps them."""
    return re.sub(r"(?<!\n)\n(?!\n)", " ", repr(result))


def judge(exercise, text):
    """What the judge says of answers that came over as text."""
    try:
        return exercise.judge_answers(Answers.from_json(text))
    except (
        Exception
    ):  # whatever a hostile process writes, it is judged, and only its own
        return exercise.judge_answers(Answers.none("gave what is no answer"))
