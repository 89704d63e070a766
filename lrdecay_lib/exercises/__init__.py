"""The lessons' exercises: a check that says what is wrong and why, hints, and worked solutions.

    >>> exercise = get("4.3.3")
    >>> exercise.judge(lambda decay_factor, decay_steps: 0.0).outcome
    'wrong'

``exercise`` shows its task; ``check(answer)`` shows what `judge` finds; ``hint()`` gives the next
hint and ``solution()`` a worked one. Every output is the same on every machine, so notebooks can
store it.

An exercise is one call of `add` after the function that solves it, in the module named as its
lesson is. Both the answer and the solution are asked the same questions (``probes``). The wrong
answers that are usual stand beside it as functions that are wrong in the same way (``slips``): who
agrees with one on every question has made that slip, and is told.
"""

from __future__ import annotations

import copy
import difflib
import importlib
import inspect
import itertools
import math
import pkgutil
import re
import sys
import textwrap
import warnings
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .asking import (
    ROUNDING,
    TIME_LIMIT,
    WAIT_LIMIT,
    Answers,
    Fault,
    Named,
    Questions,
    Value,
    in_words,
    seen,
)

__all__ = ["get", "every", "hide_solutions", "Exercise", "Result", "Answers", "Named"]

_hidden = False  # whether solutions wait until the marks are given
_DECLARED = {}  # id -> Exercise, of the modules that were imported
# how near a slip an answer must be: 1.96 and 1.959964 are the same slip
SLIP_RTOL = 1e-4


def get(name):
    """The exercise with this id, for example ``"3.2.1"``: lesson 3.2, exercise 1.

    Raises:
        ValueError: if there is none; the message lists the nearest ids.
    """
    name = str(name)
    lesson = name.rpartition(".")[0]
    for module in _modules():
        # only what is needed: a lesson depends on its own exercises
        if lesson_of(module) == lesson:
            importlib.import_module(f"{__name__}.{module}")
    if name not in _DECLARED:
        known = every()
        near = [other for other in known if other.startswith(name + ".")]
        near = near or difflib.get_close_matches(name, known, n=3, cutoff=0.0)
        raise ValueError(
            f"there is no exercise {name!r}; the nearest are {', '.join(near)}"
        )
    return _DECLARED[name]


def every():
    """All exercises: id -> `Exercise`, in the order of the lessons."""
    for module in _modules():
        importlib.import_module(f"{__name__}.{module}")
    return dict(sorted(_DECLARED.items()))


def hide_solutions():
    """From now on, in this Python session, `Exercise.solution` says only that solutions are shown
    after marking.

    The notebooks of a class call it. Checks and hints stay. It is a fence and no lock: the
    library's source is open.
    """
    global _hidden
    _hidden = True


def _modules():
    names = [module.name for module in pkgutil.iter_modules(__path__)]
    return [name for name in names if name.startswith("lesson_")]


def lesson_of(module):
    """The number of the lesson that a module's name begins with: ``lesson_04_2_deriving`` holds
    those of 4.2."""
    return ".".join(str(int(part)) for part in re.findall(r"(?<=_)\d+(?=_)", module))


# --- what is shown --------------------------------------------------------------------


class _Text:
    """Markdown that also reads well as plain text: notebooks take the one, terminals the other."""

    def __init__(self, markdown):
        self.markdown = markdown

    def _repr_markdown_(self):
        return self.markdown

    def __repr__(self):
        # bold, but not a power in code
        plain = re.sub(r"\*\*(\S[^*`]*)\*\*", r"\1", self.markdown)
        parts = re.split(r"(```.*?```)", plain, flags=re.S)
        for i in range(0, len(parts), 2):  # code is left as it is
            parts[i] = "\n\n".join(
                textwrap.fill(
                    paragraph, 96, break_long_words=False, break_on_hyphens=False
                )
                for paragraph in parts[i].split("\n\n")
            )
        return re.sub(r"```(python)?\n?", "", "".join(parts)).strip()


class Result(_Text):
    """What `Exercise.judge` found: ``outcome`` is "right", "wrong" or "not attempted"; its text
    says why.

    ``curves`` is None, or the names and rates that `Exercise.check` draws.
    """

    def __init__(self, outcome, markdown, curves=None):
        super().__init__(markdown)
        self.outcome = outcome
        self.curves = curves


def _in_notebook():
    return "IPython" in sys.modules and sys.modules["IPython"].get_ipython() is not None


def _show(text):
    if _in_notebook():
        from IPython.display import display

        display(text)
    else:
        print(text)


# --- comparing ------------------------------------------------------------------------


def _close(value, wanted, rtol, overall=False):
    """Whether two arrays agree: each element to ``rtol`` of itself, or all to that of the
    largest. As `np.allclose` with ``equal_nan``, in a tenth of its time on a few numbers."""
    if value is None or wanted is None or value.shape != wanted.shape:
        return False
    size = np.abs(wanted)
    finite = size < np.inf
    largest = size.max(initial=0.0) if overall and finite.all() else 0.0
    atol = max(rtol * largest, ROUNDING)
    near = finite & (np.abs(value - wanted) <= atol + rtol * size)
    return bool((near | _equal(value, wanted)).all())


def _equal(value, wanted):
    return (value == wanted) | ((value != value) & (wanted != wanted))


def _distance(value, wanted):
    """How far two arrays of one shape lie apart, as a share of the second's largest element."""
    if value is None or wanted is None or value.shape != wanted.shape:
        return math.inf
    apart = np.where(_equal(value, wanted), 0.0, np.abs(value - wanted))
    worst = np.max(np.where(np.isnan(apart), np.inf, apart), initial=0.0)
    if worst <= ROUNDING:
        return 0.0
    finite = np.abs(wanted[np.isfinite(wanted)])
    return float(worst / max(np.max(finite, initial=0.0), 1e-300))


def _same(value, other):
    """Whether two answers to one question are one answer. What is no number counts as the
    same."""
    if isinstance(value, Fault) or isinstance(other, Fault):
        return isinstance(value, Fault) and isinstance(other, Fault)
    if value.array is None or other.array is None:
        return value.array is None and other.array is None
    return np.array_equal(value.array, other.array, equal_nan=True)


@dataclass
class _Row:
    """One question, what was given, what is wanted, and how they compare.

    ``place`` is the question's among all; ``kind`` is the shapes of its arguments.
    """

    place: int
    probe: tuple
    call: str
    value: object
    wanted: Value
    rtol: float

    def __post_init__(self):
        self.kind = tuple(np.shape(part) for part in self.probe)
        self.status = self._status()

    def _status(self):
        """ "fault": there is no value. "misfit": not as many numbers as wanted, or no numbers.
        "wrong": other numbers. "odd": the right numbers, in another type. Else "right"."""
        value, wanted = self.value, self.wanted
        if isinstance(value, Fault):
            return "fault"
        if value.array is None or value.shape != wanted.shape:
            return "misfit"
        close = _close(value.array, wanted.array, self.rtol)
        # True counts as 1, and is meant so only where it was asked for
        mixed = not wanted.shape and value.all_are(bool) != wanted.all_are(bool)
        if mixed:
            return "odd" if close else "misfit"
        if not close:
            return "wrong"
        return "odd" if value.odd or self.is_cut_short else "right"

    @property
    def is_cut_short(self):
        """Whether a float was given where a whole number is wanted."""
        whole = not self.wanted.shape and self.wanted.all_are(int)
        return whole and not self.value.all_are(int) and not self.value.odd

    @property
    def wants(self):
        """What is wanted, in words."""
        if self.wanted.type == "tuple":
            return f"a tuple of {self.wanted.shape[0]} numbers"
        if self.wanted.shape:
            return f"an array of shape {tuple(self.wanted.shape)}"
        if self.wanted.all_are(bool):
            return "True or False"
        return "one number"

    @property
    def name(self):
        """What is wanted, in a word."""
        if self.wanted.type == "tuple":
            return "tuple"
        if self.wanted.shape:
            return "array"
        return "value" if self.wanted.all_are(bool) else "number"

    @property
    def parts(self):
        """The arrays that the given value consists of, one level down."""
        value = self.value
        if value.parts or value.array is None:
            return [part.array for part in value.parts]
        array = value.array if self.wanted.shape else value.array.ravel()
        return list(np.atleast_1d(array))


def _described(value):
    """What a value is, in words, for one that does not fit."""
    if value.shape is None or not value.shape:
        plain = value.words in {"None", "True", "False"} or value.words.startswith("a ")
        number = value.shape is not None and not value.odd
        if plain or number and value.type in {"int", "float"}:
            return value.words
        if len(value.parts) > 1 and value.type in {"list", "tuple"}:
            shown = value.words + ", " if "value of type" not in value.words else ""
            return f"{shown}a {value.type} of {len(value.parts)} values,"
        return f"{value.words}, a value of type {value.type},"
    names = {"ndarray": "an array", "list": "a list", "tuple": "a tuple"}
    name = names.get(value.type, f"a value of type {value.type} and")
    return f"{name} of shape {tuple(value.shape)}"


def _type_is_odd(row):
    """The sentences about a right value of a type that is not wanted."""
    value = row.value
    known = {
        "text": "as text. Leave out `str` and the quotation marks.",
        "complex": "as a complex number. `.real` gives its real part, which is all of it here.",
        "Decimal": "as a Decimal, which does not calculate with floats. `float` makes one of it.",
        "objects": "as Python objects in an array, with which NumPy does not calculate as with "
        "numbers. `.astype(float)` makes numbers of them.",
    }
    if value.odd.endswith("masked"):
        why = f"{value.odd}, which means that it is missing."
    elif value.odd:
        why = known[value.odd]
    elif value.all_are(bool):
        why = f"{value.words} counts as {value.numbers[0]:d}, but its type is bool."
        return f"where {row.wants} is wanted. The value is right in so far as {why}"
    else:
        why = f"the type is {value.type}. A comparison gives True or False, and so does `bool`."
        return f"where {row.wants} is wanted. As a truth value it is right, but {why}"
    return f"where {row.wants} is wanted. The value is right, but it stands there {why}"


def _has_decimals(numbers, wanted, decimals):
    """Whether each number is the wanted one, rounded to so many decimals (an array: one count for
    each)."""
    unit = 10.0**-decimals
    steps = numbers / unit
    whole = np.abs(steps - np.rint(steps)) < 1e-6 * np.maximum(1, np.abs(steps) * 1e-9)
    return whole & (np.abs(numbers - wanted) <= unit * (0.5 + 1e-6))


def _rounding(rows, least):
    """How the answer's numbers are the wanted ones rounded, in words, if one way of rounding to
    at least ``least`` digits explains them all; else ""."""
    numbers = np.concatenate([row.value.array.ravel() for row in rows])
    wanted = np.concatenate([row.wanted.array.ravel() for row in rows])
    infinite = ~np.isfinite(wanted)
    if not np.array_equal(numbers[infinite], wanted[infinite], equal_nan=True):
        return ""
    numbers, wanted = numbers[~infinite], wanted[~infinite]
    if not np.isfinite(numbers).all():
        return ""
    near = lambda other: np.allclose(numbers, other, rtol=1e-12, atol=ROUNDING)
    for kind, digits in (("float32", 7), ("float16", 3)):
        if near(wanted.astype(kind).astype(float)):
            return f"{digits} digits, as many as {kind} holds"
    size = np.floor(np.log10(np.where(wanted == 0, 1.0, np.abs(wanted))))
    for digits in range(12, least - 1, -1):
        if _has_decimals(numbers, wanted, digits - 1 - size).all():
            return f"{digits} digits"
        if _has_decimals(numbers, wanted, digits).all():
            return f"{digits} decimals"
    return ""


def _pattern(rows, rtol):
    """What all given numbers have in common beside the wanted ones, in a sentence; else ""."""
    given = np.concatenate([row.value.array.ravel() for row in rows])
    wanted = np.concatenate([row.wanted.array.ravel() for row in rows])
    if (
        len(set(wanted)) < 2
        or not np.isfinite([given, wanted]).all()
        or not given.any()
    ):
        return ""
    largest = np.argmax(np.abs(wanted))
    factor = given[largest] / wanted[largest]
    if _close(given, factor * wanted, rtol):
        if math.isclose(factor, -1.0, rel_tol=rtol):
            return "Each value has the wrong sign."
        return f"Each value is the wanted one times {in_words(factor)}."
    extra = given[largest] - wanted[largest]
    if _close(given, wanted + extra, rtol, overall=True):
        size = "large" if extra > 0 else "small"
        return f"Each value is too {size} by {in_words(abs(extra))}."
    for change, how in ((np.trunc, "cut off"), (np.rint, "rounded")):
        if np.array_equal(given, change(wanted)):
            return f"Each value is the wanted one, {how} to a whole number."
    return ""


# --- an exercise ----------------------------------------------------------------------


@dataclass(repr=False)
class Exercise:
    """One exercise; see `add` for its parts."""

    id: str
    title: str
    stars: int
    task: str
    solver: object
    why: str
    hints: tuple
    probes: tuple
    slips: tuple
    returns_function: bool = False
    curve: tuple | None = None
    updates: int = 0
    asked: str = ""
    rtol: float = 1e-9
    tell: bool = True
    hinted: int = 0

    @property
    def name(self):
        return self.solver.__name__

    @property
    def reference(self):
        """The right answer: a function, or a value where the solver takes no argument."""
        return (
            self.solver if inspect.signature(self.solver).parameters else self.solver()
        )

    @cached_property
    def questions(self):
        """All that is needed to ask an answer, without one: `Questions`."""
        return Questions(
            self.id,
            self.name,
            self.probes,
            self.asked,
            callable(self.reference),
            self.returns_function,
            self.curve,
            self.updates,
        )

    @property
    def source(self):
        """The code of the right answer, as `solution` shows it."""
        source = textwrap.dedent(inspect.getsource(self.solver)).strip()
        if self.reference is self.solver:
            return source
        return f"{self.name} = " + source.split("return ", 1)[1]

    @property
    def stub(self):
        """What the learner starts from."""
        if self.reference is not self.solver:
            return f"{self.name} = ..."
        return f"def {self.name}{inspect.signature(self.solver)}:\n    ..."

    def _text(self):
        stars = "★" * self.stars + "☆" * (3 - self.stars)
        return _Text(f"**Exercise {self.id}** {stars} **{self.title}**\n\n{self.task}")

    def _repr_markdown_(self):
        return self._text()._repr_markdown_()

    def __repr__(self):
        return repr(self._text())

    def hint(self):
        """Show the next hint; after the last, the first again."""
        number = self.hinted % len(self.hints) + 1
        self.hinted = number
        left = len(self.hints) - number
        shown = "" if _hidden else "; `solution()` shows one way"
        last = f"That was the last{shown}."
        after = f"{left} more: `hint()` again." if left else last
        head = f"**Hint {number} of {len(self.hints)}.**"
        _show(_Text(f"{head} {self.hints[number - 1]}\n\n{after}"))

    def solution(self):
        """Show a worked solution and why it is right; after `hide_solutions`, one sentence."""
        code = f"```python\n{self.source}\n```"
        text = f"**A solution of {self.id}.** {self.why}\n\n{code}"
        if _hidden:
            text = (
                f"**{self.id}**: the solution is shown after marking; `hint()` helps until "
                "then."
            )
        _show(_Text(text))

    def check(self, answer):
        """Show whether the answer is right, wrong or not attempted; where it is wrong, the input
        that failed, what it gave, and the misconception this shows; for a schedule also its curve
        beside the specification.
        """
        result = self.judge(answer)
        _show(result)
        if result.curves and _in_notebook():
            from .. import figures

            t = np.arange(self.updates)
            curves = {
                name: lambda t, rates=rates: rates
                for name, rates in result.curves.items()
            }
            figure, _, alt = figures.schedules(curves, t, display=False)
            figures.show(figure, alt)

    def judge(self, answer):
        """What `check` shows, as a `Result`, without showing it: for tests and for marking."""
        return self.judge_answers(self.questions.ask(answer))

    @np.errstate(all="ignore")  # huge and infinite values are compared too
    def judge_answers(self, answers):
        """As `judge`, of `Answers` that ``questions.ask(answer)`` gave, here or in a process of
        the answer's own."""
        if answers.kind == "nothing":
            return self._not_attempted()
        if answers.kind == "other":
            kind, how = "number", "Pass the value itself."
            if self.questions.of_function:
                kind = "function"
                how = f"Pass `{self.name}` itself, without brackets and arguments."
            return self._wrong(
                f"A {kind} is wanted, and {answers.words} was given. {how}"
            )
        calls, wanted = self.questions.calls(), self._wanted
        first, again = answers.first, answers.again[::-1]
        if any(isinstance(value, Fault) and not value.attempted for value in first):
            return self._not_attempted()
        if len(first) != len(wanted) or len(again) != len(wanted):
            return self._wrong(self._ended(answers, calls))
        curves = self._curves(answers.rates)
        for call, value, later in zip(calls, first, again):
            if not _same(value, later):
                values = " and ".join(
                    "an error" if isinstance(v, Fault) else v.words
                    for v in (value, later)
                )
                return self._wrong(
                    f"{call} is not always the same: asked twice, it gave {values}. It "
                    "remembers earlier calls, or it draws at random. Compute the value from "
                    "the arguments alone.",
                    curves,
                )
        rows = [
            _Row(*parts, self.rtol)
            for parts in zip(itertools.count(), self.probes, calls, first, wanted)
        ]
        worst = next((row for row in rows if row.status != "right"), None)
        if worst is None:
            asked = f" on {len(calls)} questions, each asked twice"
            return Result(
                "right",
                f"**{self.id} is right.** `{self.name}` agrees with the specification"
                f"{asked if self.questions.of_function else ''}.",
                curves,
            )
        told = "" if worst.status == "fault" else self._misconception(rows, worst)
        return self._wrong(self._problem(worst) + told, curves)

    def _ended(self, answers, calls):
        """Why there are no more answers, in a sentence."""
        asked = (calls + calls[::-1])[: len(answers.first) + len(answers.again) + 1][-1]
        if answers.ended == "computed":
            return (
                f"{asked} was stopped: there was no answer within {TIME_LIMIT:g} seconds of "
                "computing. Does a loop in it never end?"
            )
        if answers.ended == "busy":
            return (
                f"{asked} was stopped: there was no answer within {WAIT_LIMIT:g} seconds, in "
                f"which it could compute for less than {TIME_LIMIT:g}, as the machine does other "
                "work too, or the answer waits. Does a loop in it never end? If not, check again."
            )
        if answers.ended == "waited":
            return (
                f"{asked} was stopped: there was no answer within {WAIT_LIMIT:g} seconds, "
                "though it hardly computed. Does it sleep, or wait for something that never "
                "happens? If the machine is very busy, check again."
            )
        return f"{asked} {answers.ended or 'gave no answer'}."

    def _problem(self, row):
        """What is wrong with one value, in a sentence."""
        value, wanted, call = row.value, row.wanted, row.call
        if row.status == "fault":
            return value.sentence
        verb = "gives" if row.probe else "is"
        if row.status == "misfit":
            told = f"{call} {verb} {_described(value)}".removesuffix(",")
            told = f"{told}, where {row.wants} is wanted."
            if value.words == "None":
                return f"{told} Is the `return` missing?"
            if value.odd == "an iterator":
                return f"{told} It holds no values yet: make a list of it."
            return told
        if row.is_cut_short:
            known = "float" in value.type
            kind = f"a {value.type}" if known else f"a value of type {value.type}"
            aim = f"the whole number {wanted.words}" if self.tell else "a whole number"
            told = (
                f"{call} {verb} {value.words} as {kind}, where {aim} is wanted: an int."
            )
            right = row.status == "odd" and " The value is right, its type is not."
            hint = known and " `/` and `np.ceil` give floats."
            return told + (right or "") + (hint or "")
        if row.status == "odd":
            return f"{call} {verb} {value.words}, {_type_is_odd(row)}"
        number, aim = value.array, wanted.array
        if wanted.shape:  # the first element that is wrong
            fine = np.isclose(number, aim, self.rtol, ROUNDING, equal_nan=True)
            index = tuple(np.argwhere(~fine)[0])
            call = f"{call[:-1]}[{', '.join(map(str, index))}]`"
            number, aim = float(number[index]), float(aim[index])
        else:
            number, aim = value.numbers[0], wanted.numbers[0]
        digits = next(
            (n for n in (6, 15) if in_words(number, n) != in_words(aim, n)), 17
        )
        given = in_words(number, digits)
        if not wanted.shape and (value.odd or value.words.startswith("a number")):
            given = value.words
        if self.tell:
            return f"{call} {verb} {given}; it should be {in_words(aim, digits)}."
        size = "too large" if number > aim else "too small"
        size = "not a number" if math.isnan(number) else size
        return f"{call} {verb} {given}, which is {size}."

    def _misconception(self, rows, worst):
        """What else can be said of a wrong answer: that it is the right one rounded, or the
        message of the first slip that gives the same values."""
        rows = [row for row in rows if row.status != "fault"]
        fitting = [row for row in rows if row.status != "misfit"]
        wrong = [row for row in fitting if row.status == "wrong"]
        if not wrong:
            # the fitting values are right, so only those that do not fit can tell
            misfits = [row for row in rows if row.status == "misfit"]
            slip = misfits and self._slip(rows)
            return slip or (
                self._hidden_in(misfits) if worst.status == "misfit" else ""
            )
        counts = all(
            row.wanted.all_are(int) and (not row.wanted.shape or row.value.all_are(int))
            for row in wrong
        )
        numbers = not any(row.wanted.all_are(bool) for row in wrong)
        of = "all" if counts else round(-math.log10(self.rtol))  # digits
        rounded = lambda how: (
            f"\n\nThe value is right to {how}, and {of} are wanted. Is something rounded "
            "on the way?"
        )
        exact = self._slip(fitting, rtol=1e-12)
        if exact:  # also a slip that consists in rounding
            return exact
        how = numbers and _rounding(fitting, 4)
        if how:
            return rounded(how)
        # values that do not fit are another matter, and so may be questions of another kind
        same_kind = [row for row in fitting if row.kind == wrong[0].kind]
        slip = self._slip(fitting) or self._slip(same_kind)
        if slip:
            return slip
        how = numbers and _rounding(fitting, 2)
        if how:
            return rounded(how)
        scale = max(np.max(np.abs(row.wanted.array), initial=0.0) for row in fitting)
        off = max(
            _distance(row.value.array, row.wanted.array)
            if row.wanted.array.any()
            else np.max(np.abs(row.value.array)) / (scale or 1.0)
            for row in wrong
        )
        if numbers and not counts and off < 2e-3:
            return (
                f"\n\nThe first {max(math.floor(-math.log10(off)), 2)} digits agree, and {of} "
                "are wanted: is something rounded on the way, or computed in float32?"
            )
        # two slips in one answer: the one that explains most of what is wrong
        for slip, message in zip(self._slips, self.slips):
            if not self._explains(slip, wrong[:1]):
                continue
            told = [row for row in wrong if self._explains(slip, [row])]
            others = [row for row in fitting if not self._agrees(slip, row)]
            wrong_too = all(row.status == "wrong" for row in others)
            if 2 * len(told) > len(wrong) and wrong_too:
                return (
                    f"\n\nIn {len(told)} of the {len(wrong)} questions that it fails, it "
                    f"looks like this: {message[1]}"
                )
        if numbers and self.tell and len(fitting) == len(self.probes):
            pattern = _pattern(fitting, self.rtol)
            if pattern:
                return f"\n\n{pattern}"
        remark = next(
            (part.remark for part in wrong[0].probe if isinstance(part, Named)), ""
        )
        return "\n\n" + (remark or "It is none of the usual slips; `hint()` may help.")

    def _slip(self, rows, rtol=SLIP_RTOL):
        """The message of the first slip that explains all these values."""
        for slip, (_, message) in zip(self._slips, self.slips):
            if self._explains(slip, rows, rtol):
                return f"\n\n{message}"
        return ""

    def _explains(self, slip, rows, rtol=SLIP_RTOL):
        """Whether a slip gives these values, and is nearer to them than what is wanted is."""
        if not all(self._agrees(slip, row, rtol) for row in rows):
            return False
        off, off_slip = (
            max(_distance(row.value.array, aim(row)) for row in rows)
            for aim in (lambda row: row.wanted.array, lambda row: slip[row.place].array)
        )
        return off_slip < off / 2

    def _agrees(self, slip, row, rtol=SLIP_RTOL):
        told = slip[row.place]
        return told is not None and _close(
            row.value.array, told.array, rtol, overall=True
        )

    def _hidden_in(self, rows):
        """Where in values of another shape the right ones stand, in a sentence; else ""."""
        right = lambda given, aim: _close(given, aim, self.rtol)
        pairs = [(row.value.array, row.wanted.array) for row in rows]
        arrays = all(array is not None for array, _ in pairs)
        if arrays and all(right(array.ravel(), aim.ravel()) for array, aim in pairs):
            return " The numbers are right, the shape is not."
        for place, given in enumerate(zip(*(row.parts for row in rows))):
            if all(right(part, aim) for part, (_, aim) in zip(given, pairs)):
                names = {row.name for row in rows}
                name = names.pop() if len(names) == 1 else "value"
                return f" The {name} in place {place} of it is right: give that alone."
        if arrays and all(array.ndim == aim.ndim == 1 for array, aim in pairs):
            missing = len(pairs[0][1]) - len(pairs[0][0])
            for there, lost, step in (("first", "end", 1), ("last", "start", -1)):
                cut = [(a[::step][: len(b)], b[::step][: len(a)]) for a, b in pairs]
                if len(cut[0][0]) and all(right(a, b) for a, b in cut):
                    if missing < 0:
                        return f" Its {there} numbers are right; leave out the rest."
                    more = "1 is" if missing == 1 else f"{missing} are"
                    return f" These are right, but {more} missing at the {lost}."
        return ""

    @cached_property
    def _wanted(self):
        return [self._told(self.reference, probe) for probe in self.probes]

    @cached_property
    def _slips(self):
        """What each slip gives for each probe."""
        return [
            [self._told(slip, probe) for probe in self.probes] for slip, _ in self.slips
        ]

    def _told(self, answer, probe):
        """What our own function answers; None where a slip raises, as some must."""
        try:
            with np.errstate(all="ignore"), warnings.catch_warnings():
                warnings.simplefilter("ignore")  # a slip may take the mean of nothing
                return seen(self.questions.use(answer, *copy.deepcopy(probe)))
        except ArithmeticError:
            return None

    def _curves(self, rates):
        """The rates to draw; None if there are none."""
        if self.curve is None or len(rates) != self.updates:
            return None
        reference = self.reference
        return {
            "specification": np.array(
                [float(reference(t, *self.curve)) for t in range(self.updates)]
            ),
            "yours": np.array(rates, dtype=float),
        }

    def _wrong(self, why, curves=None):
        return Result("wrong", f"**{self.id} is wrong.** {why}", curves)

    def _not_attempted(self):
        return Result(
            "not attempted",
            f"**{self.id} is not attempted yet.** {self.task}\n\n"
            "`hint()` helps you to start.",
        )


def add(id, solver, title, stars, task, **parts):
    """Declare an exercise.

    Args:
        id: lesson and number, as ``"3.2.1"``.
        solver: the solution, a function with a name and arguments as the learner's. If it takes no
            argument, the answer is the value it returns: a number, or a callable such as a
            schedule.
        title, task: Markdown; ``stars`` is 1 (easy) to 3.
        why: a sentence with the solution.
        hints: each gives a little more away.
        probes: tuples of arguments, each a question; the first to fail is told, so plain ones come
            first.
        slips: pairs of a wrong answer and the misconception it shows. A message says what is
            wrong, not the cure.
        asked: how a message writes a question, with ``{}`` for each part of the probe.
        returns_function: whether the answer returns a function, which is asked with the last part
            of the probe.
        curve, updates: where the answer is drawn, it gives ``answer(t, *curve)`` for each ``t`` in
            ``range(updates)``.
        rtol: relative tolerance.
        tell: whether a wrong answer may be told the wanted value.
    """
    parts = {
        key: tuple(value) if key in {"hints", "probes", "slips"} else value
        for key, value in parts.items()
    }
    _DECLARED[id] = Exercise(
        id, title, stars, textwrap.dedent(task).strip(), solver, **parts
    )
