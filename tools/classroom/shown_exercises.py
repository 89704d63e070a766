"""The exercises as a student's process sees them while it is marked: their tasks and hints.

`course.library` puts this in place of the book's own module, so that no solution, no usual wrong
answer and no comparison is anywhere that a student's code can look.
"""

import json
from pathlib import Path

__all__ = ["get", "every", "hide_solutions", "Exercise", "Result"]

_TOLD = json.loads(Path(__file__).with_name("tasks.json").read_text(encoding="utf-8"))


class Result:
    """Instead of a verdict, which is given elsewhere."""

    outcome = "right"  # so that a check in the notebook stops nothing; it marks nothing either
    curves = None

    def __init__(self, id):
        self.markdown = f"{id} is judged after your notebook has run."

    def __repr__(self):
        return self.markdown


class Exercise:
    """One exercise: what it asks for, and no answer."""

    def __init__(self, id, title, stars, task, hints):
        self.id, self.title, self.stars, self.task = id, title, stars, task
        self.hints, self.hinted = tuple(hints), 0

    def __repr__(self):
        return f"Exercise {self.id} {'★' * self.stars} {self.title}\n\n{self.task}"

    def _repr_markdown_(self):
        return repr(self)

    def judge(self, answer):
        return Result(self.id)

    def check(self, answer):
        print(self.judge(answer))

    def hint(self):
        print(self.hints[self.hinted % len(self.hints)])
        self.hinted += 1

    def solution(self):
        print(f"{self.id}: the solution is shown after marking.")


_EXERCISES = {told["id"]: Exercise(**told) for told in _TOLD}


def get(name):
    if str(name) not in _EXERCISES:
        raise ValueError(f"there is no exercise {str(name)!r}")
    return _EXERCISES[str(name)]


def every():
    return dict(_EXERCISES)


def hide_solutions():
    pass
