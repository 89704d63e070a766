"""The lessons' exercises: a check that says what is wrong and why, hints, and worked solutions.

    >>> exercise = get("4.3.3")
    >>> exercise.judge(lambda decay_factor, decay_steps: 0.0).outcome
    'wrong'

``exercise`` shows its task; ``check(answer)`` shows what `judge` finds; ``hint()`` gives the next hint and
``solution()`` a worked one. Every output is the same on every machine, so notebooks can store it.

An exercise is one call of `_add` after the function that solves it. Both the answer and the solution are
asked the same questions (``probes``). The wrong answers that are usual stand beside it as functions that
are wrong in the same way (``slips``): who agrees with one on every question has made that slip, and is told.
"""

from __future__ import annotations

import copy
import ctypes
import dis
import difflib
import inspect
import io
import math
import re
import sys
import textwrap
import threading
import warnings
from contextlib import redirect_stdout
from dataclasses import dataclass
from numbers import Integral, Real

import numpy as np

from .schedules import Exponential, Warmup

__all__ = ["get", "EXERCISES", "Exercise", "Result"]

EXERCISES = {}  # id -> Exercise, in the order of the lessons
SLIP_RTOL = 1e-4  # how near a slip an answer must be: 1.96 and 1.959964 are the same slip
TIME_LIMIT = 5.0  # seconds for all questions together; an answer needs a few hundredths


def get(name):
    """The exercise with this id, for example ``"3.2.1"``: lesson 3.2, exercise 1.

    Raises:
        ValueError: if there is none; the message lists the nearest ids.
    """
    name = str(name)
    if name not in EXERCISES:
        near = [known for known in EXERCISES if known.startswith(name + ".")]
        near = near or difflib.get_close_matches(name, EXERCISES, n=3, cutoff=0.0)
        raise ValueError(f"there is no exercise {name!r}; the nearest are {', '.join(near)}")
    return EXERCISES[name]


# --- what is shown ------------------------------------------------------------------------------


class _Text:
    """Markdown that also reads well as plain text: notebooks take the one, terminals the other."""

    def __init__(self, markdown):
        self.markdown = markdown

    def _repr_markdown_(self):
        return self.markdown

    def __repr__(self):
        plain = re.sub(r"\*\*(\S[^*`]*)\*\*", r"\1", self.markdown)  # bold, but not a power in code
        parts = re.split(r"(```.*?```)", plain, flags=re.S)
        for i in range(0, len(parts), 2):  # code is left as it is
            parts[i] = "\n\n".join(textwrap.fill(paragraph, 96, break_long_words=False, break_on_hyphens=False)
                                   for paragraph in parts[i].split("\n\n"))
        return re.sub(r"```(python)?\n?", "", "".join(parts)).strip()


class Result(_Text):
    """What `Exercise.judge` found: ``outcome`` is "right", "wrong" or "not attempted"; its text says why.

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


def _words(value, digits=6):
    """A value in a message: short, and the same on every machine, so never a memory address."""
    if isinstance(value, (bool, np.bool_)):
        return str(bool(value))
    if isinstance(value, Integral) and abs(value) < 10**15:
        return str(int(value))
    if isinstance(value, Real):
        try:
            return f"{float(value):.{digits}g}"
        except OverflowError:
            return "a number above 1e308"
    if isinstance(value, np.ndarray) and value.ndim == 0:
        return _words(value.item(), digits)
    if isinstance(value, np.ndarray):
        if value.size > 8:
            return f"an array of shape {value.shape}"
        inner = ", ".join(_words(row, digits) for row in value).replace("array(", "").replace(")", "")
        return f"array([{inner}])"
    if isinstance(value, (tuple, list)) and len(value) <= 8:
        inner = ", ".join(_words(item, digits) for item in value)
        return f"[{inner}]" if isinstance(value, list) else f"({inner})"
    if value is None or isinstance(value, str):
        return textwrap.shorten(repr(value), 60)
    if isinstance(value, _Named):
        return value.label
    return "a function" if callable(value) else f"a value of type {type(value).__name__}"


# --- asking -------------------------------------------------------------------------------------


class _TimeUp(BaseException):
    """Raised in the learner's function when its time is up; not an Exception, so it is hardly caught."""


@dataclass
class _Fault:
    """Instead of a value: why there is none to compare."""

    sentence: str
    attempted: bool = True


def _within(seconds, job):
    """Run ``job()`` for at most ``seconds``.

    In a thread of its own, because that works in a notebook, in a test and on Windows alike, and comes back
    even when the loop cannot be stopped. A thread is stopped by raising in it, which CPython offers in C only.
    """
    def run():
        try:
            job()
        except _TimeUp:
            pass

    thread = threading.Thread(target=run, daemon=True)
    # a warning is no verdict, and print would be repeated for every question
    with warnings.catch_warnings(), redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        thread.start()
        try:
            thread.join(seconds)
        finally:
            if thread.is_alive():
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident),
                                                           ctypes.py_object(_TimeUp))
                thread.join(1.0)


# what Python says -> what it means here
COMMON_ERRORS = {
    "truth value of an array": "`if`, `and`, `min` and `max` need one number, and here an array came. Use "
                               "arithmetic, `np.where`, `np.minimum` or `np.maximum`, which take both.",
    "only length-1 arrays": "`int`, `float` and `math` take one number, and here an array came.",
    "only 0-dimensional arrays": "`int`, `float` and `math` take one number, and here an array came.",
    "too many indices": "An array of shape (n,) has one axis, so `[:, 0]` finds no second one.",
    "positional argument": "The function must take the arguments that the task names, in that order.",
    "NoneType": "Something in it is None: is a `return` missing?",
}


def _line(error, answer):
    """Which line of the learner's function raised it, in words, if it was one of them."""
    code, line, trace = getattr(answer, "__code__", None), "", error.__traceback__
    while code and trace:
        if trace.tb_frame.f_code is code:
            line = f" in its line {trace.tb_lineno - code.co_firstlineno + 1}"
        trace = trace.tb_next
    return line


def _ask(use, answer, question, call):
    """The answer's value for one question, or a `_Fault`, which `use` may return too."""
    given = copy.deepcopy(question)
    try:
        value = use(answer, *given)
    except _TimeUp:
        raise
    except NotImplementedError:
        return _Fault("", attempted=False)
    except BaseException as error:  # sys.exit too; an interrupt from the keyboard does not come to this thread
        said = re.sub(r" at 0x[0-9a-fA-F]+", "", str(error)).replace("`", "'")
        meaning = next((f" {words}" for key, words in COMMON_ERRORS.items() if key in said), "")
        said = f": `{textwrap.shorten(said, 200)}`" if said.strip() else ""  # as code: it may hold <, _ and *
        return _Fault(f"{call} raises {type(error).__name__}{_line(error, answer)}{said}.{meaning}")
    for before, after in zip(question, given):
        if isinstance(before, np.ndarray) and not np.array_equal(before, after):
            return _Fault(f"{call} changes the array it is given, so its caller's data is spoilt. "
                          "Make a new array instead of writing into the argument (`+=` and `[...] =` write).")
    return value


def _floats(value):
    """``value`` as a float array, or None if it is not made of real numbers."""
    try:
        array = np.asarray(float(value) if isinstance(value, Real) else value)
    except (ValueError, OverflowError):  # rows of unequal length; an int beyond all floats
        return None
    return array.astype(float) if array.dtype.kind in "biuf" else None


def _misfit(value, wanted):
    """What is wanted, in words, if ``value`` is of another kind or shape than ``wanted``; else ""."""
    array = _floats(value)
    if isinstance(wanted, np.ndarray) and wanted.ndim:
        return "" if array is not None and array.shape == wanted.shape else f"an array of shape {wanted.shape}"
    if isinstance(wanted, tuple):
        return "" if array is not None and array.shape == (len(wanted),) else f"a tuple of {len(wanted)} numbers"
    value = value.item() if isinstance(value, np.ndarray) and value.ndim == 0 else value
    if isinstance(wanted, (bool, np.bool_)):
        return "" if isinstance(value, (bool, np.bool_)) else "True or False"
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, Real):
        return "one number"
    if isinstance(wanted, Integral) and not isinstance(value, Integral):
        return "a whole number (an int; `np.ceil` and `/` give floats)"
    return ""


def _close(value, wanted, rtol, overall=False):
    """Whether two values agree: each element to ``rtol`` of itself, or all to that of the largest."""
    value, wanted = _floats(value), _floats(wanted)
    if value is None or wanted is None or value.shape != wanted.shape:
        return False
    largest = np.max(np.abs(wanted), initial=0.0) if overall and np.isfinite(wanted).all() else 0.0
    return np.allclose(value, wanted, rtol=rtol, atol=rtol * largest, equal_nan=True)


def _same(value, other):
    """Whether two answers to one question are one answer. Faults and odd types count as the same."""
    value, other = _floats(value), _floats(other)
    if value is None or other is None:
        return value is other
    return np.array_equal(value, other, equal_nan=True)


def _kind(question):
    """The shapes of a question's arguments."""
    return tuple(np.shape(part) for part in question)


def _is_stub(answer):
    """Whether nothing has been written yet: ``...``, None, or a function of nothing but those."""
    code = getattr(answer, "__code__", None)
    return answer is None or answer is Ellipsis or code is not None and all(
        step.opname == "RESUME" or step.argval is None
        and step.opname in {"NOP", "LOAD_CONST", "RETURN_CONST", "RETURN_VALUE"}
        for step in dis.get_instructions(code))


# --- an exercise --------------------------------------------------------------------------------


class _Named:
    """A schedule as part of a question.

    Its label, which messages use, is its own code unless a formula is given. Its remark is what to think of when
    an answer is wrong about it in no usual way.
    """

    def __init__(self, label, formula=None, remark=""):
        self.label, self.formula, self.remark = label, formula or eval(label, {"np": np}), remark

    def __call__(self, update):
        rates = self.formula(np.asarray(update, dtype=float))
        return rates if np.ndim(update) else float(rates)


def _call(answer, *question):
    return answer(*question) if callable(answer) else answer


@dataclass(repr=False)
class Exercise:
    """One exercise; see `_add` for its parts."""

    id: str
    title: str
    stars: int
    task: str
    solver: object
    why: str
    hints: tuple
    probes: tuple
    slips: tuple
    use: object = _call
    curve: object = None
    updates: int = 0
    asked: str = ""
    rtol: float = 1e-9
    tell: bool = True
    hinted: int = 0

    def __post_init__(self):
        if not self.asked:
            places = ", ".join(["{}"] * len(self.probes[0]))
            self.asked = f"{self.name}({places})" if places else self.name

    @property
    def name(self):
        return self.solver.__name__

    @property
    def reference(self):
        """The right answer: a function, or a value where the solver takes no argument."""
        return self.solver if inspect.signature(self.solver).parameters else self.solver()

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
        after = f"{left} more: `hint()` again." if left else "That was the last; `solution()` shows one way."
        _show(_Text(f"**Hint {number} of {len(self.hints)}.** {self.hints[number - 1]}\n\n{after}"))

    def solution(self):
        """Show a worked solution and why it is right."""
        _show(_Text(f"**A solution of {self.id}.** {self.why}\n\n```python\n{self.source}\n```"))

    def check(self, answer):
        """Show whether the answer is right, wrong or not attempted; where it is wrong, the input that failed,
        what it gave, and the misconception this shows; for a schedule also its curve beside the specification.
        """
        result = self.judge(answer)
        _show(result)
        if result.curves and _in_notebook():
            from . import figures

            t = np.arange(self.updates)
            figure, _, alt = figures.schedules(
                {name: lambda t, rates=rates: rates for name, rates in result.curves.items()}, t, display=False)
            figures.show(figure, alt)

    def judge(self, answer):
        """What `check` shows, as a `Result`, without showing it: for tests and for marking."""
        if _is_stub(answer):
            return self._not_attempted()
        if callable(self.reference) != callable(answer):
            kind = "function" if callable(self.reference) else "number"
            given = _words(answer)
            return self._wrong(f"A {kind} is wanted, and {given} was given. "
                               + (f"Pass `{self.name}` itself, without brackets and arguments."
                                  if callable(self.reference) else "Pass the value itself."))
        return self._compare(answer)

    def _compare(self, answer):
        calls = [f"`{self.asked.format(*map(_words, question))}`" for question in self.probes]
        reference = self.reference
        wanted = [self._asked(reference, question) for question in self.probes]
        first, again, rates = [], [], []

        def ask():
            for question, call in zip(self.probes, calls):
                first.append(_ask(self.use, answer, question, call))
            # once more, backwards: a function of its arguments alone gives the same again
            for question, call in zip(self.probes[::-1], calls[::-1]):
                again.append(_ask(self.use, answer, question, call))
            if self.curve:
                rates.append(_ask(self.curve, answer, (np.arange(self.updates),), ""))

        _within(TIME_LIMIT, ask)
        if len(again) < len(wanted):
            asked = calls[len(first)] if len(first) < len(wanted) else calls[len(wanted) - 1 - len(again)]
            return self._wrong(f"{asked} was stopped: there was no answer within {TIME_LIMIT:g} seconds. "
                               "Does a loop in it never end, or wait for something that never happens?")
        curves = self._curves(reference, rates)
        if any(isinstance(value, _Fault) and not value.attempted for value in first):
            return self._not_attempted()
        for call, value, later in zip(calls, first, again[::-1]):
            if not _same(value, later):
                values = " and ".join("an error" if isinstance(v, _Fault) else _words(v) for v in (value, later))
                return self._wrong(
                    f"{call} is not always the same: asked twice, it gave {values}. It remembers earlier calls, or "
                    "it draws at random. Compute the value from the arguments alone.", curves)
        problems = [self._problem(*row) for row in zip(self.probes, calls, first, wanted)]
        worst = next((i for i, problem in enumerate(problems) if problem), None)
        if worst is None:
            asked = f" on {len(calls)} questions, each asked twice" if callable(answer) else ""
            return Result("right", f"**{self.id} is right.** `{self.name}` agrees with the specification{asked}.",
                          curves)
        told = "" if isinstance(first[worst], _Fault) else self._misconception(first, wanted)
        return self._wrong(problems[worst] + told, curves)

    def _problem(self, question, call, value, wanted):
        """What is wrong with one value, in a sentence; None if nothing is."""
        if isinstance(value, _Fault):
            return value.sentence
        verb = "gives" if question else "is"
        misfit = _misfit(value, wanted)
        if misfit:
            if value is None:
                return f"{call} {verb} None, where {misfit} is wanted. Is the `return` missing?"
            kind = f"a value of type {type(value).__name__}"
            if isinstance(value, np.ndarray):
                kind = f"an array of shape {value.shape}"
            elif isinstance(value, list) and _floats(value) is not None:
                kind = f"a list of shape {np.shape(value)}"
            elif isinstance(value, Real) and not isinstance(wanted, Integral):
                kind = "one number"
            return f"{call} {verb} {kind}, where {misfit} is wanted."
        if _close(value, wanted, self.rtol):
            return None
        if np.ndim(wanted):  # the first element that is wrong
            value, wanted = _floats(value), _floats(wanted)
            index = tuple(np.argwhere(~np.isclose(value, wanted, rtol=self.rtol, atol=0.0))[0])
            call, value, wanted = f"{call}[{', '.join(map(str, index))}]", value[index], wanted[index]
            call = call.replace("`[", "[") + "`"
        digits = 6 if _words(value) != _words(wanted) else 15
        sentence = f"{call} {verb} {_words(value, digits)}"
        if self.tell:
            return f"{sentence}; it should be {_words(wanted, digits)}."
        return f"{sentence}, which is " + ("too large." if value > wanted else "too small." if value < wanted else
                                           "not a number.")

    def _misconception(self, first, wanted):
        """The message of the first slip that gives the answer's values; failing that, what else can be said."""
        rows = [row for row in zip(self.probes, first, wanted) if not isinstance(row[1], _Fault)]
        fitting = [row for row in rows if not _misfit(row[1], row[2])]
        wrong = [row for row in fitting if not _close(row[1], row[2], self.rtol)]
        if wrong:  # then values that do not fit are another matter, and so may be questions of another kind
            kind = _kind(wrong[0][0])
            groups = fitting, [row for row in fitting if _kind(row[0]) == kind]
        else:  # the fitting values are right, so only those that do not fit can tell
            groups = [rows] * (len(rows) > len(fitting))
        for rows in groups:
            for slip, message in self.slips:
                if all(_close(row[1], self._asked(slip, row[0]), SLIP_RTOL, overall=True) for row in rows):
                    return f"\n\n{message}"
        if not wrong:  # what does not fit has been said
            return ""
        remark = next((part.remark for part in wrong[0][0] if isinstance(part, _Named)), "")
        return "\n\n" + (remark or "It is none of the usual slips; `hint()` may help.")

    def _asked(self, answer, question):
        """What our own function answers; None where a slip raises, as some must."""
        try:
            with np.errstate(all="ignore"):
                return self.use(answer, *copy.deepcopy(question))
        except ArithmeticError:
            return None

    def _curves(self, reference, rates):
        """The rates to draw; None if there are none, or the answer's cannot be drawn."""
        if not rates or isinstance(rates[0], _Fault):
            return None
        rates = _floats(rates[0])
        if rates is None or rates.shape not in {(), (self.updates,)} or not np.isfinite(rates).all():
            return None
        return {"specification": self.curve(reference, np.arange(self.updates)),
                "yours": rates * np.ones(self.updates)}

    def _wrong(self, why, curves=None):
        return Result("wrong", f"**{self.id} is wrong.** {why}", curves)

    def _not_attempted(self):
        return Result("not attempted", f"**{self.id} is not attempted yet.** {self.task}\n\n"
                                       "`hint()` helps you to start.")


def _add(id, solver, title, stars, task, **parts):
    """Declare an exercise.

    Args:
        id: lesson and number, as ``"3.2.1"``.
        solver: the solution, a function with a name and arguments as the learner's. If it takes no argument,
            the answer is the value it returns: a number, or a callable such as a schedule.
        title, task: Markdown; ``stars`` is 1 (easy) to 3.
        why: a sentence with the solution.
        hints: each gives a little more away.
        probes: tuples of arguments, each a question; the first to fail is told, so plain ones come first.
        slips: pairs of a wrong answer and the misconception it shows. A message says what is wrong, not the cure.
        use: how an answer is asked, if not as ``answer(*probe)``; ``asked`` is how a message writes that,
            with ``{}`` for each part of the probe.
        curve: ``curve(answer, t)``, the rates to draw for the update indices ``t = arange(updates)``.
        rtol: relative tolerance.
        tell: whether a wrong answer may be told the wanted value.
    """
    parts = {key: tuple(value) if key in {"hints", "probes", "slips"} else value for key, value in parts.items()}
    EXERCISES[id] = Exercise(id, title, stars, textwrap.dedent(task).strip(), solver, **parts)


# --- 3.2 Step by step: writing a step decay that is right ---------------------------------------


def step_decay(update, initial_rate, decay_steps, decay_factor):
    return initial_rate * decay_factor ** (update // decay_steps)


def _sawtooth(update, initial_rate, decay_steps, decay_factor):
    """What the article's function does: full rate at first, then a climb in each interval."""
    climb = initial_rate * decay_factor ** (decay_steps - update % decay_steps)
    return np.where(update < decay_steps, initial_rate, climb)


_add(
    "3.2.1", step_decay, "A step decay that is right", 1, """
    Write `step_decay(update, initial_rate, decay_steps, decay_factor)`: the learning rate of update `update`,
    counted from 0. It starts at `initial_rate`, is multiplied by `decay_factor` at update `decay_steps` and at
    every further multiple of it, and stays the same in between. `update` is a number of at least 0, or an array
    of them; for an array, return an array of the same shape.
    """,
    why="The number of finished intervals is a whole number, and the rate is a power of it; nothing needs to be "
        "remembered, and nothing needs a case of its own.",
    hints=["How many whole intervals of `decay_steps` updates are finished before update `update`? Write the "
           "answer for the updates 0, 99, 100 and 250, with `decay_steps` = 100.",
           "Each finished interval multiplies the rate once more. What does multiplying k times come to?",
           "Python's `//` counts whole intervals, for arrays too; `**` is the power."],
    probes=[*((t, 0.1, 100, 0.5) for t in (0, 1, 99, 100, 101, 199, 200, 250, 1000)),
            (20, 0.4, 7, 0.9), (35, 2, 5, 0.9),
            (np.arange(0, 400, 50), 0.1, 100, 0.5), (np.array([[0, 7], [21, 6]]), 0.4, 7, 0.9),
            (np.array([99.5, 100.0]), 0.1, 100, 0.5)],
    slips=[
        (_sawtooth,
         "After the first interval the rate drops and then climbs back, in every interval: a sawtooth, as in the "
         "article. The exponent must never get smaller; yours counts down inside each interval."),
        (lambda t, rate, steps, factor: rate * factor ** np.maximum(np.ceil(t / steps) - 1, 0),
         "Off by one at the boundary: update `decay_steps` is the first with the new rate, and yours still has "
         "the old one there. The updates 0 to `decay_steps` - 1 are already `decay_steps` updates."),
        (lambda t, rate, steps, factor: rate * factor ** ((t + 1) // steps),
         "Off by one at the boundary: the rate falls one update too early. Updates are counted from 0."),
        (lambda t, rate, steps, factor: rate * factor ** (t / steps),
         "The rate falls a little at every update: a smooth exponential. A step decay stands still between two "
         "multiples of `decay_steps`; only finished intervals count."),
        (lambda t, rate, steps, factor: rate * factor ** (t // steps + 1),
         "The rate is one step too low from the start: update 0 must have `initial_rate` itself."),
        (lambda t, rate, steps, factor: np.floor(rate * factor ** (t // steps)),
         "All your rates are whole numbers: the fraction was cut off. `int(...)` does so, `//` in the wrong "
         "place does, and so does writing into an array of integers, such as `np.zeros_like(update)`."),
        (lambda t, rate, steps, factor: rate * np.ones(np.shape(t)),
         "The rate never falls: yours is the same at every update."),
        (lambda t, rate, steps, factor: rate * factor ** (t >= steps),
         "The rate falls at the first multiple of `decay_steps` and never again."),
        (lambda t, rate, steps, factor: rate * factor ** np.ceil(t / steps),
         "An interval counts from its first update on, and must count only when it is finished. At update 0 and "
         "the ones after it none is."),
        (lambda t, rate, steps, factor: rate * np.where((t > 0) & (t % steps == 0), factor, 1.0),
         "The rate falls at the multiples of `decay_steps` themselves and is back one update later. It must stay "
         "down."),
        (lambda t, rate, steps, factor: rate * factor * (t // steps),
         "The count of finished intervals is multiplied, so the rate is 0 at first and then rises. Falling again "
         "and again by one factor is a power."),
        (lambda t, rate, steps, factor: rate * factor ** t,
         "The rate is multiplied at every update, not once in `decay_steps` updates."),
        (lambda t, rate, steps, factor: rate * (1 - factor) ** (t // steps),
         "`decay_factor` is the share that is left after a step, not the share that is lost."),
    ],
    curve=lambda answer, t: answer(t, 0.1, 100, 0.5), updates=400,
)


_STEPS = 10
_ZOO = [(_Named(label, formula, remark), _STEPS) for label, formula, remark in [
    ("a step decay by half", lambda t: 0.1 * 0.5 ** (t // _STEPS), "This one is right."),
    ("a constant", lambda t: 0.1 + 0 * t,
     "A constant goes from interval to interval by one factor as well, 1. Right is a factor below 1."),
    ("a smooth exponential", lambda t: 0.1 * 0.5 ** (t / _STEPS),
     "Its rate falls inside the intervals too, where nothing may change."),
    ("the article's sawtooth", lambda t: _sawtooth(t, 0.1, _STEPS, 0.9), "Its rate rises inside the intervals."),
    ("steps one update late", lambda t: 0.1 * 0.5 ** (np.maximum(t - 1, 0) // _STEPS),
     "Update `decay_steps` must be the first with the new rate; here it still has the old one."),
    ("steps one update early", lambda t: 0.1 * 0.5 ** ((t + 1) // _STEPS),
     "The last update of each interval must still have the interval's rate; here it has the next one's."),
    ("rising steps", lambda t: 0.1 * 1.1 ** (t // _STEPS), "A decay goes down: the factor must be below 1."),
    ("steps of half the length", lambda t: 0.1 * 0.5 ** (t // (_STEPS // 2)),
     "It also falls in the middle of each interval."),
    ("steps of twice the length", lambda t: 0.1 * 0.5 ** (t // (2 * _STEPS)),
     "At every other multiple of `decay_steps` it does not fall."),
    ("steps of equal height, not of equal factor", lambda t: np.maximum(0.1 - 0.005 * (t // _STEPS), 0.01),
     "It falls by the same amount at each step. The same factor is asked for: the quotient of two neighbours."),
    ("a step decay that starts again at update 50", lambda t: 0.1 * 0.5 ** (t % 50 // _STEPS),
     "At first it is right. Look at all ten intervals."),
    ("a smooth exponential near 1e-9", lambda t: 1e-9 * 0.5 ** (t / _STEPS),
     "Small rates must be told apart like large ones, so compare them relatively."),
    ("a step decay near 1e-9", lambda t: 1e-9 * 0.5 ** (t // _STEPS),
     "This one is right, though its rates are small."),
    ("a step decay with rounding errors of 1e-15", lambda t: 0.3 * 0.9 ** (t // _STEPS) * (1 + 1e-15 * (t % 3)),
     "This one is right: compare with a tolerance."),
    ("a step decay that also loses a part in a million at each update",
     lambda t: 0.1 * 0.5 ** (t // _STEPS) * 0.999999**t,
     "A part in a million is more than the tolerance of the task."),
]]


def _weak_test(intervals=10, rtol=1e-9, atol=0.0, between=True):
    """A test as `is_step_decay`, weakened in one way."""
    def test(schedule, steps):
        rows = schedule(np.arange(intervals * steps)).reshape(intervals, steps)
        factors = rows[1:, 0] / rows[:-1, 0]
        steady = np.allclose(factors, factors[0], rtol, atol) and factors[0] < 1
        return bool(np.allclose(rows, rows[:, :1], rtol, atol) and (steady or not between))
    return test


def is_step_decay(schedule, decay_steps):
    rates = np.array([schedule(t) for t in range(10 * decay_steps)]).reshape(10, decay_steps)
    first = rates[:, 0]  # of each interval
    factors = first[1:] / first[:-1]
    flat = np.allclose(rates, first[:, None], rtol=1e-9, atol=0)
    steady = np.allclose(factors, factors[0], rtol=1e-9, atol=0)
    return flat and steady and factors[0] < 1


_add(
    "3.2.2", is_step_decay, "A test that finds the sawtooth", 2, """
    Write `is_step_decay(schedule, decay_steps)`: True if `schedule(update)` is a right step decay, else False.
    Right means: the same rate in each interval of `decay_steps` updates, and from each interval to the next the
    same factor, between 0 and 1. Look at the first ten intervals. `schedule` takes a number or an array; all
    rates are above 0. Rates that differ by a part in 10⁹ or less count as equal.
    """,
    why="Laid out with one interval to a row, a step decay has equal columns, and its first column falls by one "
        "factor.",
    hints=["Two things must hold: inside an interval nothing changes, and from interval to interval one factor "
           "below 1. Test them one after the other.",
           "The rates of the first ten intervals, as an array of ten rows: `reshape(10, decay_steps)`. What must "
           "be true of each row, and what of the first column?",
           "`np.allclose(a, b, rtol=1e-9, atol=0)` compares with a relative tolerance. Without `atol=0`, all "
           "rates near 1e-9 count as equal."],
    probes=_ZOO,
    slips=[
        (lambda schedule, steps: True, "It says True to everything. A test is worth what it refuses."),
        (lambda schedule, steps: False, "It says False to everything, to right step decays too."),
        (lambda schedule, steps: bool(np.all(np.diff(schedule(np.arange(10 * steps))) <= 0)),
         "It asks only that the rate never rises. A smooth exponential never rises either, nor does a constant."),
        (lambda schedule, steps: schedule(steps) < schedule(0),
         "It looks at two updates only. Much can go wrong between them and after them."),
        (lambda schedule, steps: bool(np.all(np.diff(schedule(np.arange(0, 10 * steps, steps))) < 0)),
         "It looks only at the first update of each interval and sees nothing of what happens inside one."),
        (_weak_test(intervals=2), "It looks at the first two intervals only; what goes wrong later passes."),
        (_weak_test(between=False),
         "It asks only that nothing changes inside an interval. From one interval to the next anything goes."),
        (_weak_test(rtol=0),
         "It compares with `==`, and so it refuses a right schedule for its rounding errors."),
        (_weak_test(rtol=1e-5),
         "Its tolerance is too wide: `np.allclose` and `np.isclose` have `rtol=1e-5` unless told otherwise."),
        (_weak_test(atol=1e-8),
         "Its tolerance is absolute, so all small rates count as equal: `np.allclose` and `np.isclose` have "
         "`atol=1e-8` unless told otherwise. Rates as small as 1e-9 do occur at the end of a run."),
    ],
)


def warm_steps():
    return 0.2 * (Warmup(50) >> Exponential(0.5).every(100))


def _warm(start=50, rise=50, origin=50, peak=0.2, base=0.0, length=100):
    """The schedule of `warm_steps`, with one thing changed."""
    def schedule(t):
        t = np.asarray(t, dtype=float)
        falling = peak * 0.5 ** np.maximum((t - origin) // length, 0)
        return np.where(t < start, base + (peak - base) * np.minimum(t / rise, 1), falling)
    return schedule


_add(
    "3.2.3", warm_steps, "Warmup, then steps", 2, """
    Build the schedule `warm_steps`: a linear warmup from 0 at update 0 to the peak 0.2 at update 50; then the
    rate is halved every 100 updates, counted from the end of the warmup, for ever. Use the algebra of
    `lrdecay_lib.schedules` (`Warmup`, `Exponential`, `>>`, `.every`), or write any function of the update
    index.
    """,
    why="Each part starts its own clock where the part before it ends, so the steps are counted from the end of "
        "the warmup. The peak stands outside the brackets and scales both parts.",
    hints=["Build it from two parts with a peak of 1, put `>>` between them, and multiply by the peak last.",
           "`Exponential(factor)` is multiplied by `factor` at every update. `.every(n)` makes it stand still "
           "for n updates at a time.",
           "Python reads `0.2 * a >> b` as `(0.2 * a) >> b`. Put brackets around the chain."],
    probes=[(t,) for t in (0, 1, 25, 49, 50, 51, 100, 149, 150, 151, 249, 250, 1049, 1050)],
    slips=[
        (_warm(origin=0), "The steps are counted from update 0, so the first one after the warmup is cut short. "
                          "They are to be counted from the end of the warmup."),
        (_warm(start=0), "There is no warmup: the rate starts at the peak."),
        (_warm(peak=1.0), "The shape is right and the peak is not: yours is 1."),
        (_warm(length=50), "The rate is halved every 50 updates. That is the warmup's length; a step lasts 100."),
        (lambda t: 0.2 * np.where(t < 50, t / 50, 0.25 ** (max(t - 50, 0) // 100)),
         "Each step leaves a quarter of the rate. One half is wanted."),
        (lambda t: 0.2 * np.where(t < 50, (t + 1) / 50, 0.5 ** (max(t - 50, 0) // 100)),
         "Off by one in the warmup: at update 0 the rate is already above 0. It must be 0 there, and 0.2 at "
         "update 50."),
        (lambda t: (0.2 * (Warmup(50) >> Exponential(0.5))).every(100)(t),
         "`.every` stretches the warmup too. It belongs to the part after the warmup alone."),
        (_warm(length=1), "After the warmup the rate is halved at every update. Each value must be held for 100."),
        (lambda t: np.where(t < 50, _warm()(t), 0.2 * 0.5 ** (np.maximum(t - 50.0, 0) / 100)),
         "After the warmup the rate falls smoothly. It is to be halved at once, and then to stand still for 100 "
         "updates."),
        (_warm(rise=49),
         "Off by one in the warmup: the rate must reach the peak at update 50, and start from 0 at update 0."),
        (lambda t: _warm()(t + 1),
         "Off by one: your schedule is one update ahead. Updates are counted from 0."),
        (_warm(origin=51), "Off by one: the rate is halved one update late. Update 150 is the first with 0.1."),
        (lambda t: np.where(t <= 50, _warm()(t), 0.2), "After the warmup the rate stays at the peak."),
    ],
    curve=lambda answer, t: np.array([answer(int(update)) for update in t]), updates=450,
)


# --- 4.3 The worked example, worked -------------------------------------------------------------


def rate_after_25000():
    return 0.1 * 0.99 ** (25_000 / 10_000)


_add(
    "4.3.1", rate_after_25000, "The rate after 25,000 updates", 1, """
    With the numbers of the worked example, `0.1 * 0.99 ** (t / 10_000)`, how large is the smooth rate at update
    t = 25,000? Give `rate_after_25000` to five decimals or more, or let Python compute it.
    """,
    why="Two and a half times as many updates as `decay_steps` give the exponent 2.5.",
    hints=["How many times does `decay_steps` fit into 25,000? The exponent need not be whole.",
           "In one period the rate loses one part in a hundred. Should it be near 0.1 or near 0 after 2.5 "
           "periods?"],
    probes=[()],
    slips=[
        (0.1 * 0.99**2, "This is the staircase: it counts two finished periods. The smooth rate also falls "
                        "within a period."),
        (0.1 * 0.99**25_000, "The exponent is the number of updates. It must be the number of periods of 10,000 "
                             "updates."),
        (0.1 * 0.99 ** (1 / 2.5), "The exponent is upside down: later updates must give larger exponents."),
        (100 * 0.1 * 0.99**2.5, "This is in percent. A rate is the number itself."),
        (0.99**2.5, "This is the share of the rate that is left. The rate is that share of the initial rate."),
        (0.1 - 0.1 * 0.99**2.5, "This is how much the rate has fallen. The question is where it stands."),
        (0.1 * (1 - 0.01 * 2.5), "This is a straight line, or a rounded value. Each period takes one percent of "
                                 "what is left, not of the start; the difference shows in the fifth decimal."),
        (0.00004, "This is the article's figure for update 10,000. It cannot be: one period takes one percent."),
        (0.1 * math.exp(-0.01 * 2.5), "This takes -0.01 for the logarithm of 0.99, which holds only nearly. The "
                                      "power itself needs no logarithm."),
        (0.1 * 0.99, "This is the rate after one period, at update 10,000."),
        (0.1 * 0.99 * 2.5, "This multiplies by 2.5. Repeated multiplication is a power."),
        (0.1 * 0.01**2.5, "The rate keeps 0.99 of itself in a period; here it keeps 0.01."),
    ],
    rtol=2e-5, tell=False,
)


def updates_until(target, initial_rate, decay_factor, decay_steps):
    if target >= initial_rate:
        return 0
    return math.ceil(decay_steps * math.log(target / initial_rate) / math.log(decay_factor))


def _until(target, initial_rate, decay_factor, decay_steps):
    """The time that `updates_until` rounds up, as a float; below 0 where the target is above the start."""
    return decay_steps * math.log(target / initial_rate) / math.log(decay_factor)


_add(
    "4.3.2", updates_until, "How many updates until the rate is that low?", 2, """
    Write `updates_until(target, initial_rate, decay_factor, decay_steps)`: the first update t, as an int, at
    which the smooth rate `initial_rate * decay_factor ** (t / decay_steps)` is at or below `target`. It is 0 if
    the rate is there from the start. All arguments are above 0, and `decay_factor` is below 1.
    """,
    why="Solve the formula for t with a logarithm. The first whole update at or after that time is its ceiling.",
    hints=["Set the rate equal to `target` and solve for t. A logarithm brings the exponent down.",
           "log(target / initial_rate) / log(decay_factor) is the number of periods. How many updates is that?",
           "The time is rarely whole. Is the rate low enough at the whole update before it, or at the one after "
           "it? And what if `target` is above `initial_rate`?"],
    probes=[(0.05, 0.1, 0.9, 100), (0.09, 0.1, 0.99, 10_000), (0.3, 0.7, 0.5, 1), (0.01, 0.5, 0.96, 50),
            (0.0123, 1.0, 0.9, 7), (0.1, 0.1, 0.9, 100), (0.2, 0.1, 0.9, 100), (1.3, 2.0, 0.8, 30)],
    slips=[
        (lambda *a: math.floor(_until(*a)) if a[0] < a[1] else 0,
         "One update too early: there the rate is still above `target`. `int`, `//` and `round` do not round up."),
        (lambda *a: math.floor(_until(*a)) + 1 if a[0] <= a[1] else 0,
         "At `target` = `initial_rate` the rate is there from the start, which is update 0."),
        (lambda *a: math.ceil(_until(*a)),
         "Where `target` is above `initial_rate`, this counts updates before the start. There is no update below "
         "0."),
        (lambda *a: max(math.ceil(_until(*a[:3], 1)), 0),
         "This is the number of periods, not of updates: `decay_steps` is forgotten."),
        (lambda *a: math.ceil(_until(*a[:3], 1)),
         "This is the number of periods, not of updates; and it is below 0 where `target` is above "
         "`initial_rate`."),
        (lambda *a: max(math.ceil(_until(*a[:3], 1)), 0) * a[3],
         "This is the staircase's answer, a multiple of `decay_steps`. The smooth rate is there earlier."),
        (lambda *a: math.ceil(-_until(*a)),
         "The sign is wrong: the logarithm of a number below 1 is below 0. Look at the order within the quotient."),
        (lambda t, r, f, d: max(math.ceil(_until(t, 1.0, f, d)), 0),
         "`initial_rate` is forgotten: the rate falls from there, not from 1."),
        (lambda t, r, f, d: math.ceil(d * math.log(f) / math.log(t / r)) if t < r else 0,
         "The quotient is upside down: a lower target must take more updates, not fewer."),
        (lambda t, r, f, d: math.ceil(d * math.log10(t / r) / math.log(f)) if t < r else 0,
         "Two kinds of logarithm are mixed. Either will do, if it is the same above and below."),
        (lambda t, r, f, d: math.ceil(d * math.log(t) / math.log(r) / math.log(f)) if t < r else 0,
         "The logarithm of a quotient is a difference of logarithms, not their quotient."),
        (lambda t, r, f, d: max(math.ceil(_until(t, r, f, 1) / d), 0),
         "This divides by `decay_steps`. With longer periods, do the updates become fewer or more?"),
    ],
)


def my_half_life(decay_factor, decay_steps):
    return decay_steps * math.log(0.5) / math.log(decay_factor)


_add(
    "4.3.3", my_half_life, "The half-life", 1, """
    Write `my_half_life(decay_factor, decay_steps)`: the time in updates, as a float, in which the smooth rate
    `initial_rate * decay_factor ** (t / decay_steps)` halves.
    """,
    why="The initial rate cancels: halving takes the same time wherever it starts, and that is what makes it "
        "exponential.",
    hints=["Which equation says that the rate at time t is half of the initial rate? Cancel what stands on both "
           "sides.",
           "A logarithm of both sides gives t / `decay_steps`."],
    probes=[(0.5, 100), (0.25, 100), (0.9, 100), (0.99, 10_000), (0.7, 1), (0.999, 3.5)],
    slips=[
        (lambda f, d: -d * math.log(0.5) / math.log(f),
         "The sign is wrong: log(0.5) and log(`decay_factor`) are both below 0, so their quotient is above it."),
        (lambda f, d: math.log(0.5) / math.log(f),
         "This is the half-life in periods. Each period is `decay_steps` updates."),
        (lambda f, d: -d / math.log(f),
         "In this time the rate falls to 1/e, about 0.37, not to one half."),
        (lambda f, d: d * math.log(2) / (1 - f),
         "This holds only nearly, for factors near 1: it takes the share lost in a period for the logarithm."),
        (lambda f, d: d * 0.5 / (1 - f),
         "This takes the same amount off in each period, as a straight line does. Each takes the same share."),
        (lambda f, d: d * 0.5 / f, "Halving does not go by division: the rate is multiplied again and again."),
        (lambda f, d: -d * math.log10(2) / math.log(f),
         "Two kinds of logarithm are mixed. Either will do, if it is one."),
        (lambda f, d: float(math.ceil(d * math.log(0.5) / math.log(f))),
         "This is rounded up to a whole update. The half-life is a time and need not be whole."),
        (lambda f, d: math.log(0.5) / math.log(f) / d,
         "This divides by `decay_steps`. With longer periods, does halving take less time or more?"),
    ],
)


# --- 5.2 A training program that runs ---------------------------------------------------


def residuals(prediction, target):
    return np.ravel(target) - np.ravel(prediction)


_COLUMN = np.array([[1.0], [2.0], [4.0]])  # as a network with one output predicts
_ROW = np.array([1.5, 2.0, 3.0])


_add(
    "5.2.1", residuals, "Residuals of the right shape", 1, """
    Write `residuals(prediction, target)`: target minus prediction, one number for each of the n examples,
    always of shape (n,). Either argument may have shape (n,) or (n, 1): a network with one output predicts (n,
    1), and targets are often stored as (n,).
    """,
    why="Both are brought to one shape before they meet, so that broadcasting has nothing to stretch.",
    hints=["Print the shape of `np.ones((3, 1)) - np.ones(3)`. Where do its nine numbers come from?",
           "Broadcasting repeats an axis of length 1 to fit the other array. Give both arrays the same shape "
           "first.",
           "`np.ravel(a)` and `np.reshape(a, -1)` lay an array out along one axis."],
    probes=[(_ROW[::-1], _ROW), (_COLUMN, _ROW), (_ROW, _COLUMN), (_COLUMN, _COLUMN + 0.5),
            (np.array([[0.5]]), np.array([2.0])), (np.arange(5.0) ** 2, np.arange(5.0)[:, None])],
    slips=[
        (lambda p, y: y - p,
         "Between (n, 1) and (n,), NumPy pairs every prediction with every target: shape (n, n), and no error. A "
         "loss taken of that compares each prediction with all targets, so the best a model can do is to "
         "predict their mean. Two columns keep their shape (n, 1)."),
        (lambda p, y: p - y,
         "Shapes (n, 1) and (n,) give (n, n), every prediction paired with every target; and the sign is wrong: "
         "target minus prediction is wanted."),
        (lambda p, y: np.ravel(p) - np.ravel(y), "The sign is wrong: target minus prediction is wanted."),
        (lambda p, y: np.ravel(y - p),
         "The subtraction comes too early: it has already paired every prediction with every target, and the n × n "
         "numbers are only laid out in a row."),
        (lambda p, y: np.reshape(y, (-1, 1)) - np.reshape(p, (-1, 1)),
         "The numbers are right and stand in a column. Shape (n,) is wanted, which has one axis."),
        (lambda p, y: y - np.reshape(p, np.shape(y)),
         "The prediction takes the target's shape, so a target of shape (n, 1) gives a column. Shape (n,) is "
         "wanted always."),
        (lambda p, y: np.squeeze(y) - np.squeeze(p),
         "`np.squeeze` takes away every axis of length 1. With one example that is also the axis of the examples."),
        (lambda p, y: (np.ravel(y) - np.ravel(p)) ** 2, "These are squared residuals."),
        (lambda p, y: np.abs(np.ravel(y) - np.ravel(p)), "These are absolute values: the signs are lost."),
        (lambda p, y: float(np.mean(np.ravel(y) - np.ravel(p))),
         "This is their mean. One number for each example is wanted."),
    ],
)


def rates_of_a_run(schedule, epochs, updates_per_epoch):
    return schedule(np.arange(epochs * updates_per_epoch))


_LINEAR = _Named("lambda t: 0.4 * (1 - t / 900)")
_STEP = _Named("lambda t: 0.1 * 0.5 ** (t // 100)")


_add(
    "5.2.2", rates_of_a_run, "All rates of a run", 2, """
    Write `rates_of_a_run(schedule, epochs, updates_per_epoch)`: the rates that a run uses, one for each update,
    in order, as an array or a list. `schedule` is a function of the update index, a number or an array. The
    index is 0 at the first update of the run and is counted through all epochs.
    """,
    why="The optimizer counts through the run and knows nothing of epochs, so only the number of updates matters.",
    hints=["How many updates does the run have in all? Write down their indices for 2 epochs of 3 updates.",
           "`np.arange(n)` counts from 0 to n - 1, and `schedule` takes an array."],
    probes=[(_LINEAR, 1, 3), (_LINEAR, 2, 3), (_LINEAR, 3, 2), (_STEP, 5, 50), (_STEP, 1, 250)],
    slips=[
        (lambda schedule, epochs, n: np.tile(schedule(np.arange(n)), epochs),
         "The count begins again in every epoch, and with it the schedule: the article's fault. After the first "
         "epoch, which number has the next update?"),
        (lambda schedule, epochs, n: schedule(np.arange(epochs)),
         "There is one rate for each epoch, and the epoch's number went to the schedule as if it were an "
         "update's."),
        (lambda schedule, epochs, n: schedule(np.arange(epochs) * n),
         "There is one rate for each epoch. A run uses one for each update."),
        (lambda schedule, epochs, n: schedule(np.arange(n)), "These are the rates of the first epoch alone."),
        (lambda schedule, epochs, n: np.repeat(schedule(np.arange(epochs)), n),
         "The epoch's number went to the schedule as if it were an update's."),
        (lambda schedule, epochs, n: np.repeat(schedule(np.arange(epochs) * n), n),
         "Each epoch keeps the rate of its first update. The schedule is asked at every update."),
        (lambda schedule, epochs, n: schedule(np.arange(epochs * n) + 1),
         "The count begins at 1. The first update is number 0."),
        (lambda schedule, epochs, n: schedule(np.arange(epochs * n + 1)),
         "There is one rate too many: the last index is one below the number of updates."),
        (lambda schedule, epochs, n: schedule(np.arange(epochs * n - 1)),
         "The rate of the last update is missing."),
        (lambda schedule, epochs, n: schedule(np.arange(epochs * n).reshape(epochs, n)),
         "The rates are right and stand in a table, one row to an epoch. One after another is wanted."),
        (lambda schedule, epochs, n: schedule(np.add.outer(np.arange(n), n * np.arange(epochs)).ravel()),
         "All rates are there and not in order: the loop over the epochs must be the outer one."),
        (lambda schedule, epochs, n: schedule(np.multiply.outer(np.arange(epochs), np.arange(n)).ravel()),
         "The epoch's number is multiplied by the update's. How many updates lie before epoch e?"),
        (lambda schedule, epochs, n: schedule(np.add.outer(np.arange(epochs), np.arange(n)).ravel()),
         "Each epoch starts only one update later than the one before: epoch e begins after e whole epochs."),
    ],
)


# --- 5.3 Reading the program --------------------------------------------------------------------


def rate_per_epoch(schedule, updates_per_epoch):
    def rate(epoch):
        return schedule(epoch * updates_per_epoch)
    return rate


def _rate_of_epoch(answer, schedule, updates_per_epoch, epoch):
    rate = answer(schedule, updates_per_epoch)
    if rate is not None and not callable(rate):
        return _Fault(f"`rate_per_epoch` gives {_words(rate)}, where a function of the epoch is wanted: define one "
                      "inside it, or write a `lambda`, and return that.")
    return rate if rate is None else rate(epoch)


_add(
    "5.3.1", rate_per_epoch, "From updates to epochs", 2, """
    The Keras callback `LearningRateScheduler` asks a function of the epoch, counted from 0, for one rate, and
    uses it for the whole epoch. Write `rate_per_epoch(schedule, updates_per_epoch)`: it returns such a
    function. The rate of an epoch is the one that `schedule`, a function of the update index, has at the first
    update of that epoch.
    """,
    why="Epoch e begins after e whole epochs, so its first update has the index e times `updates_per_epoch`.",
    hints=["With 50 updates in an epoch, which updates belong to epoch 0, and which to epoch 1?",
           "A function may return a function: `def rate(epoch): ...` inside, then `return rate`."],
    probes=[*((_STEP, 50, epoch) for epoch in (0, 1, 2, 3, 10)),
            *((_LINEAR, 45, epoch) for epoch in (0, 1, 7, 19)),
            *((_Named("lambda t: np.minimum(t / 30, 1.0)"), 10, epoch) for epoch in (0, 1, 2, 3, 12))],
    slips=[
        (lambda schedule, n: schedule,
         "The epoch goes to the schedule as if it were an update, so the decay is `updates_per_epoch` times too "
         "slow."),
        (lambda schedule, n: lambda epoch: schedule((epoch + 1) * n - 1),
         "This is the rate of the last update of the epoch. The first is wanted."),
        (lambda schedule, n: lambda epoch: schedule((epoch + 1) * n),
         "This is the first update of the epoch after. Epochs are counted from 0."),
        (lambda schedule, n: lambda epoch: schedule(max((epoch - 1) * n, 0)),
         "This is one epoch behind: it takes the first epoch for number 1. Epochs are counted from 0."),
        (lambda schedule, n: lambda epoch: schedule(epoch * n + 1),
         "This is the second update of the epoch: updates are counted from 0 as well."),
        (lambda schedule, n: lambda epoch: schedule(epoch / n),
         "This divides. An epoch holds many updates, so the update index is larger than the epoch."),
        (lambda schedule, n: lambda epoch: schedule(epoch // n),
         "This divides and cuts off. An epoch holds many updates, so the update index is larger than the epoch."),
        (lambda schedule, n: lambda epoch: float(np.mean(schedule(np.arange(n) + epoch * n))),
         "This is the mean over the epoch. The rate of its first update is wanted."),
        (lambda schedule, n: lambda epoch: int(schedule(epoch * n)),
         "The rate is cut off to a whole number: learning rates are fractions."),
        (lambda schedule, n: lambda epoch: schedule(0),
         "Every epoch gets the rate of update 0, as if the schedule began again each time."),
    ],
    use=_rate_of_epoch, asked="rate_per_epoch({}, {})({})",
)


def count_updates(samples, batch_size, epochs):
    return math.ceil(samples / batch_size) * epochs


_add(
    "5.3.2", count_updates, "How many updates?", 1, """
    Write `count_updates(samples, batch_size, epochs)`: how many updates a training makes, as an int. Each epoch
    goes through all samples once, one update to a batch. A last batch that is not full is trained on as well,
    as `fit` does.
    """,
    why="An epoch has a whole number of batches, rounded up; the next epoch begins with a fresh batch.",
    hints=["How many batches do 10 samples make, 4 to a batch? How many updates are that in 3 epochs?",
           "`//` leaves the batch out that is not full. `math.ceil` rounds up, and gives an int."],
    probes=[(1000, 32, 25), (10, 4, 3), (64, 32, 3), (442, 16, 10), (5, 10, 2), (100, 100, 7), (3, 1, 4)],
    slips=[
        (lambda samples, size, epochs: samples // size * epochs,
         "The last batch of each epoch is left out where it is not full. `//` rounds down."),
        (lambda samples, size, epochs: math.ceil(samples * epochs / size),
         "Here a batch runs on into the next epoch. Each epoch begins with a fresh batch, so each is rounded by "
         "itself."),
        (lambda samples, size, epochs: samples * epochs // size,
         "This rounds only once, at the end, and down. Each epoch has its own last batch, full or not."),
        (lambda samples, size, epochs: (samples // size + 1) * epochs,
         "One too many in each epoch wherever the batches divide the samples evenly."),
        (lambda samples, size, epochs: math.ceil(samples / size), "These are the updates of one epoch."),
        (lambda samples, size, epochs: samples * epochs,
         "This is one update to a sample. A batch of samples makes one update."),
        (lambda samples, size, epochs: samples / size * epochs,
         "The number of batches in an epoch is whole: the last may be smaller, but is a batch."),
        (lambda samples, size, epochs: round(samples / size) * epochs,
         "`round` goes to the nearest whole number, so it leaves out a last batch that is less than half full."),
    ],
)


# --- 5.4 The result -----------------------------------------------------------------------------


def r_squared(target, prediction):
    target, prediction = np.ravel(target), np.ravel(prediction)
    left = np.sum((target - prediction) ** 2)
    spread = np.sum((target - target.mean()) ** 2)
    return 1 - left / spread


_Y = np.array([1.0, 2.0, 3.0, 4.0, 7.0])


def _ratio(left, spread):
    """A wrong R²: 1 minus ``left(y, p)`` over ``spread(y, p)``, with both laid out in a row."""
    return lambda y, p: float(1 - left(np.ravel(y), np.ravel(p)) / spread(np.ravel(y), np.ravel(p)))


def _missed(y, p):
    return np.sum((y - p) ** 2)


def _spread(y, p):
    return np.sum((y - y.mean()) ** 2)


_add(
    "5.4.1", r_squared, "R² of a regression", 2, """
    Write `r_squared(target, prediction)`: the share of the target's variance that the prediction explains. It
    is 1 for a perfect prediction, 0 for always predicting the target's mean, and below 0 for anything worse
    than that. Either argument may have shape (n,) or (n, 1).
    """,
    why="The mean is the rival: R² compares what is left of the squares with what the mean would leave.",
    hints=["How large is the sum of squared errors of the prediction, and how large would it be if the target's "
           "mean were predicted for everything?",
           "R² is 1 minus a quotient. Which of its two sums must be 0 for a perfect prediction?",
           "Before you subtract, bring both arguments to shape (n,)."],
    probes=[(_Y, _Y + [0.5, -0.5, 1.0, 0.0, -1.0]), (_Y, 0.5 * _Y), (_Y, _Y[::-1]), (_Y, np.full(5, 3.4)),
            (_Y, _Y + 1), (_Y, _Y[:, None] + 1), (_Y[:, None], 2 * _Y)],
    slips=[
        (lambda y, p: float(1 - np.sum((y - p) ** 2) / np.sum((y - np.mean(y)) ** 2)),
         "For shapes (n,) it is right. With (n, 1) beside (n,), the difference has shape (n, n): every target is "
         "compared with every prediction."),
        (lambda y, p: 100 * r_squared(y, p), "This is in percent. A perfect prediction must give 1."),
        (lambda y, p: 1 - r_squared(y, p),
         "This is the share that is left unexplained: a perfect prediction gives 0."),
        (lambda y, p: r_squared(p, y),
         "The spread in the quotient is that of the prediction. Has the order of the arguments changed? The "
         "rival is the target's mean."),
        (_ratio(_missed, lambda y, p: np.sum((y - p.mean()) ** 2)),
         "The spread is taken about the prediction's mean. The rival is the target's own mean."),
        (_ratio(_missed, lambda y, p: np.sum(y**2)),
         "The spread is taken about 0. The rival is the target's mean, so a prediction of the mean must give 0."),
        (lambda y, p: float(np.corrcoef(np.ravel(y), np.ravel(p))[0, 1] ** 2) if np.ptp(p) else math.nan,
         "This is the squared correlation. It forgives a prediction that is off by a constant, a factor or a "
         "sign; R² does not."),
        (lambda y, p: float(np.corrcoef(np.ravel(y), np.ravel(p))[0, 1]) if np.ptp(p) else math.nan,
         "This is the correlation: it forgives a prediction that is off by a constant or a factor."),
        (_ratio(lambda y, p: np.var(y - p), lambda y, p: np.var(y)),
         "This forgives a prediction that is off by a constant: `np.var` takes the mean of the errors away first."),
        (_ratio(lambda y, p: np.mean((y - p) ** 2), lambda y, p: 1),
         "This is 1 minus the mean squared error, which depends on the unit. It must be compared with the mean's "
         "error."),
        (_ratio(_missed, lambda y, p: np.var(y)),
         "A sum is divided by a mean, so the quotient is n times too large."),
        (_ratio(lambda y, p: np.mean((y - p) ** 2), lambda y, p: np.var(y, ddof=1)),
         "One is divided by n and the other by n - 1. Take both sums, or both means."),
        (lambda y, p: float(np.var(p) / np.var(y)),
         "This is the prediction's variance over the target's. A prediction can vary as much as the target and "
         "still be wrong everywhere: the errors must come in."),
        (lambda y, p: float(np.mean((np.ravel(y) - np.ravel(p)) ** 2)),
         "This is the mean squared error, which is 0 for a perfect prediction and depends on the unit."),
        (_ratio(lambda y, p: np.sum(np.abs(y - p)), lambda y, p: np.sum(np.abs(y - y.mean()))),
         "Absolute errors are compared. R² compares squares."),
        (_ratio(lambda y, p: np.sqrt(_missed(y, p)), lambda y, p: np.sqrt(_spread(y, p))),
         "Roots are compared. R² compares the squares themselves."),
    ],
)


def paired_interval(a, b):
    from scipy import stats

    difference = b - a
    n = len(difference)
    error = np.std(difference, ddof=1) / math.sqrt(n)
    reach = stats.t.ppf(0.975, df=n - 1) * error
    return difference.mean() - reach, difference.mean() + reach


def _interval(level=0.975, lost=1, ddof=1, root=True, paired=True):
    """An interval as `paired_interval`, but for what is given; ``lost`` degrees of freedom, None: normal."""
    def interval(a, b):
        from scipy import stats

        n = len(a)
        spread = np.std(b - a, ddof=ddof) if paired else math.hypot(np.std(a, ddof=1), np.std(b, ddof=1))
        freedom = math.inf if lost is None else n - lost if paired else 2 * n - 2
        reach = stats.t.ppf(level, freedom) * spread / (math.sqrt(n) if root else 1)
        return np.mean(b - a) - reach, np.mean(b - a) + reach
    return interval


_LOSS_A = np.array([0.52, 0.61, 0.48, 0.70, 0.55])  # of one rival over five seeds
_LOSS_B = np.array([0.50, 0.60, 0.45, 0.69, 0.52])


_add(
    "5.4.2", paired_interval, "A paired interval over seeds", 3, """
    `a` and `b` are the losses of two rivals, arrays of shape (n,), where `a[i]` and `b[i]` come from the same
    seed. Write `paired_interval(a, b)`: the ends (low, high) of the 95 % t-interval of the mean of b − a.
    `scipy.stats.t.ppf(q, df)` is the quantile function of the t-distribution.
    """,
    why="Pairing comes first: one difference per seed takes away what both rivals share, and n differences have "
        "n - 1 degrees of freedom.",
    hints=["Make one number of each seed first. The interval is then that of a mean of n numbers.",
           "The reach of the interval to each side is a quantile times the standard error. How does the standard "
           "error follow from the standard deviation of n numbers?",
           "95 % in the middle leaves 2.5 % on each side. The standard deviation of a sample divides by n - 1, "
           "which `np.std` does with `ddof=1`."],
    probes=[(_LOSS_A, _LOSS_B), (_LOSS_A, _LOSS_A[::-1] + 0.2), (np.array([1.0, 2.0]), np.array([1.5, 2.1])),
            (np.arange(12.0), np.arange(12.0) ** 1.1)],
    slips=[
        (lambda a, b: _interval()(b, a),
         "The sign is wrong: this is a − b. With losses, b − a below 0 says that b is better."),
        (_interval(lost=None), "The quantile is that of the normal distribution, 1.96. With a handful of seeds, "
                               "whose spread is itself estimated, the interval must be wider."),
        (_interval(lost=0), "The degrees of freedom are one too many: one is spent on the mean."),
        (_interval(level=0.95), "The quantile leaves 5 % on each side, so this is a 90 % interval."),
        (_interval(ddof=0), "The standard deviation is divided by n, as `np.std` does by default. Of a sample it "
                            "is n - 1."),
        (_interval(root=False), "The reach is that of single differences. The mean of n of them varies less."),
        (_interval(lost=None, ddof=0), "Two things make it too narrow: the normal quantile, 1.96, and a standard "
                                       "deviation divided by n."),
        (_interval(root=False, ddof=0), "The reach is that of single differences (the mean of n varies less), "
                                        "and the standard deviation is divided by n."),
        (_interval(paired=False), "The pairs are lost: this treats `a` and `b` as two independent samples, so "
                                  "what a seed does to both widens the interval."),
        (_interval(lost=None, paired=False),
         "The pairs are lost (`a` and `b` are treated as two independent samples), and the quantile is that of "
         "the normal distribution."),
        (_interval(lost=None, root=False),
         "The reach is that of single differences (the mean of n varies less), and the quantile is that of the "
         "normal distribution."),
        (_interval(lost=None, root=False, ddof=0),
         "Three things differ from a t-interval of the mean: the quantile is the normal one, the standard "
         "deviation is divided by n, and the reach is that of single differences."),
        (lambda a, b: tuple(np.percentile(b - a, [2.5, 97.5])),
         "These are percentiles of the differences: where single seeds lie. The interval of their mean is wanted."),
        (lambda a, b: _interval()(a, b)[::-1], "The ends are in the wrong order: (low, high) is wanted."),
        (lambda a, b: (_interval()(a, b)[0] - np.mean(b - a), _interval()(a, b)[1] - np.mean(b - a)),
         "This interval lies around 0. It must lie around the mean difference."),
        (lambda a, b: (np.mean(b - a), _interval()(a, b)[1] - np.mean(b - a)),
         "This is the mean and the reach. The two ends of the interval are wanted."),
        (lambda a, b: float(np.mean(b - a)), "This is the mean difference alone. How far could it be off?"),
    ],
)
