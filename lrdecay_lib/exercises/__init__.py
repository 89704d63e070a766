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
import ctypes
import difflib
import dis
import importlib
import inspect
import io
import pkgutil
import re
import sys
import textwrap
import threading
import warnings
from contextlib import redirect_stdout
from dataclasses import dataclass
from numbers import Integral, Real

import numpy as np

__all__ = ["get", "every", "hide_solutions", "Exercise", "Result"]

_hidden = False  # whether solutions wait until the marks are given
_DECLARED = {}  # id -> Exercise, of the modules that were imported
ROUNDING = (
    1e-14  # what rounding may leave of a 0, as in the difference of two equal sums
)
SLIP_RTOL = (
    1e-4  # how near a slip an answer must be: 1.96 and 1.959964 are the same slip
)
TIME_LIMIT = 5.0  # seconds for all questions together; an answer needs a few hundredths


def get(name):
    """The exercise with this id, for example ``"3.2.1"``: lesson 3.2, exercise 1.

    Raises:
        ValueError: if there is none; the message lists the nearest ids.
    """
    name = str(name)
    lesson = name.rpartition(".")[0]
    for module in _modules():
        if (
            lesson_of(module) == lesson
        ):  # only what is needed: a lesson depends on its own exercises
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
    return [module.name for module in pkgutil.iter_modules(__path__)]


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
        plain = re.sub(
            r"\*\*(\S[^*`]*)\*\*", r"\1", self.markdown
        )  # bold, but not a power in code
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


def _words(value, digits=6):
    """A value in a message: short, and the same on every machine, so never a memory address."""
    if isinstance(value, (bool, np.bool_)):
        return str(bool(value))
    if isinstance(value, Integral) and abs(value) < 10**15:
        return str(int(value))
    if isinstance(value, Real):
        try:
            return f"{0.0 if abs(value) < ROUNDING else float(value):.{digits}g}"
        except OverflowError:
            return "a number above 1e308"
    if isinstance(value, np.ndarray) and value.ndim == 0:
        return _words(value.item(), digits)
    if isinstance(value, np.ndarray):
        if value.size > 8:
            return f"an array of shape {value.shape}"
        inner = (
            ", ".join(_words(row, digits) for row in value)
            .replace("array(", "")
            .replace(")", "")
        )
        return f"array([{inner}])"
    if isinstance(value, (tuple, list)) and len(value) <= 8:
        inner = ", ".join(_words(item, digits) for item in value)
        return f"[{inner}]" if isinstance(value, list) else f"({inner})"
    if value is None or isinstance(value, str):
        return textwrap.shorten(repr(value), 60)
    if isinstance(value, Named):
        return value.label
    return (
        "a function" if callable(value) else f"a value of type {type(value).__name__}"
    )


# --- asking ---------------------------------------------------------------------------


class _TimeUp(BaseException):
    """Raised in the learner's function when its time is up; not an Exception, so it is hardly
    caught."""


@dataclass
class _Fault:
    """Instead of a value: why there is none to compare."""

    sentence: str
    attempted: bool = True


def _within(seconds, job):
    """Run ``job()`` for at most ``seconds``.

    In a thread of its own, because that works in a notebook, in a test and on Windows alike, and
    comes back even when the loop cannot be stopped. A thread is stopped by raising in it, which
    CPython offers in C only.
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
                ctypes.pythonapi.PyThreadState_SetAsyncExc(
                    ctypes.c_ulong(thread.ident), ctypes.py_object(_TimeUp)
                )
                thread.join(1.0)


ONE_NUMBER = (
    "`int`, `float` and `math` take one number, and here an array came. `//` and NumPy's "
    "functions take both."
)
# what Python says -> what it means here
COMMON_ERRORS = {
    "truth value of an array": "`if`, `and`, `min` and `max` need one number, and here an array "
    "came. Use arithmetic, `np.where`, `np.minimum` or `np.maximum`, "
    "which take both.",
    "only length-1 arrays": ONE_NUMBER,
    "only 0-dimensional arrays": ONE_NUMBER,
    "be broadcast": "NumPy compares two shapes from their last axis backwards. `[:, None]` puts "
    "an axis of length 1 at the end of one.",
    "instances of 'list'": "A list came, which does not compare or calculate element by element. "
    "`np.asarray` makes an array of it.",
    "too many indices": "An array of shape (n,) has one axis, so `[:, 0]` finds no second one.",
    "positional argument": "The function must take the arguments that the task names, in that "
    "order.",
    "NoneType": "Something in it is None: is a `return` missing?",
}


WRITING = {"array": "`+=` and `[...] =`", "list": "`.sort`, `.append` and `[...] =`"}


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
    # sys.exit too; an interrupt from the keyboard does not come to this thread
    except BaseException as error:
        said = re.sub(r" at 0x[0-9a-fA-F]+", "", str(error)).replace("`", "'")
        meaning = next(
            (f" {words}" for key, words in COMMON_ERRORS.items() if key in said), ""
        )
        said = (
            f": `{textwrap.shorten(said, 200)}`" if said.strip() else ""
        )  # as code: it may hold <, _ and *
        return _Fault(
            f"{call} raises {type(error).__name__}{_line(error, answer)}{said}.{meaning}"
        )
    for before, after in zip(question, given):
        kind = "array" if isinstance(before, np.ndarray) else "list"
        if not (
            np.array_equal(before, after)
            if kind == "array"
            else before == after or not isinstance(before, list)
        ):
            return _Fault(
                f"{call} changes the {kind} it is given, so its caller's data is spoilt. Make "
                f"a new {kind} instead of writing into the argument ({WRITING[kind]} write)."
            )
    return value


def _floats(value):
    """``value`` as a float array, or None if it is not made of real numbers."""
    try:
        array = np.asarray(float(value) if isinstance(value, Real) else value)
    except (
        ValueError,
        OverflowError,
    ):  # rows of unequal length; an int beyond all floats
        return None
    return array.astype(float) if array.dtype.kind in "biuf" else None


WHOLE = "a whole number (an int; `np.ceil` and `/` give floats)"


def _misfit(value, wanted):
    """What is wanted, in words, if ``value`` is of another kind or shape than ``wanted``; else
    ""."""
    array = _floats(value)
    if isinstance(wanted, np.ndarray) and wanted.ndim:
        return (
            ""
            if array is not None and array.shape == wanted.shape
            else f"an array of shape {wanted.shape}"
        )
    if isinstance(wanted, tuple):
        return (
            ""
            if array is not None and array.shape == (len(wanted),)
            else f"a tuple of {len(wanted)} numbers"
        )
    value = value.item() if isinstance(value, np.ndarray) and value.ndim == 0 else value
    if isinstance(wanted, (bool, np.bool_)):
        return "" if isinstance(value, (bool, np.bool_)) else "True or False"
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, Real):
        return "one number"
    if isinstance(wanted, Integral) and not isinstance(value, Integral):
        return WHOLE
    return ""


def _close(value, wanted, rtol, overall=False):
    """Whether two values agree: each element to ``rtol`` of itself, or all to that of the
    largest."""
    value, wanted = _floats(value), _floats(wanted)
    if value is None or wanted is None or value.shape != wanted.shape:
        return False
    largest = (
        np.max(np.abs(wanted), initial=0.0)
        if overall and np.isfinite(wanted).all()
        else 0.0
    )
    return np.allclose(
        value, wanted, rtol=rtol, atol=max(rtol * largest, ROUNDING), equal_nan=True
    )


def _same(value, other):
    """Whether two answers to one question are one answer. Faults and odd types count as the
    same."""
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
    return (
        answer is None
        or answer is Ellipsis
        or code is not None
        and all(
            step.opname == "RESUME"
            or step.argval is None
            and step.opname in {"NOP", "LOAD_CONST", "RETURN_CONST", "RETURN_VALUE"}
            for step in dis.get_instructions(code)
        )
    )


# --- an exercise ----------------------------------------------------------------------


class Named:
    """A schedule as part of a question.

    Its label, which messages use, is its own code unless a formula is given. Its remark is what to
    think of when an answer is wrong about it in no usual way.
    """

    def __init__(self, label, formula=None, remark=""):
        self.label, self.formula, self.remark = (
            label,
            formula or eval(label, {"np": np}),
            remark,
        )

    def __call__(self, update):
        rates = self.formula(np.asarray(update, dtype=float))
        return rates if np.ndim(update) else float(rates)


def _call(answer, *question):
    return answer(*question) if callable(answer) else answer


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
        return (
            self.solver if inspect.signature(self.solver).parameters else self.solver()
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
        last = (
            "That was the last."
            if _hidden
            else "That was the last; `solution()` shows one way."
        )
        after = f"{left} more: `hint()` again." if left else last
        _show(
            _Text(
                f"**Hint {number} of {len(self.hints)}.** {self.hints[number - 1]}\n\n{after}"
            )
        )

    def solution(self):
        """Show a worked solution and why it is right; after `hide_solutions`, one sentence."""
        if _hidden:
            _show(
                _Text(
                    f"**{self.id}**: the solution is shown after marking; `hint()` "
                    "helps until then."
                )
            )
            return
        _show(
            _Text(
                f"**A solution of {self.id}.** {self.why}\n\n```python\n{self.source}\n```"
            )
        )

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
            figure, _, alt = figures.schedules(
                {
                    name: lambda t, rates=rates: rates
                    for name, rates in result.curves.items()
                },
                t,
                display=False,
            )
            figures.show(figure, alt)

    def judge(self, answer):
        """What `check` shows, as a `Result`, without showing it: for tests and for marking."""
        if _is_stub(answer):
            return self._not_attempted()
        if callable(self.reference) != callable(answer):
            kind = "function" if callable(self.reference) else "number"
            given = _words(answer)
            return self._wrong(
                f"A {kind} is wanted, and {given} was given. "
                + (
                    f"Pass `{self.name}` itself, without brackets and arguments."
                    if callable(self.reference)
                    else "Pass the value itself."
                )
            )
        return self._compare(answer)

    def _compare(self, answer):
        calls = [
            f"`{self.asked.format(*map(_words, question))}`" for question in self.probes
        ]
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
            asked = (
                calls[len(first)]
                if len(first) < len(wanted)
                else calls[len(wanted) - 1 - len(again)]
            )
            return self._wrong(
                f"{asked} was stopped: there was no answer within {TIME_LIMIT:g} seconds. "
                "Does a loop in it never end, or wait for something that never happens?"
            )
        curves = self._curves(reference, rates)
        if any(isinstance(value, _Fault) and not value.attempted for value in first):
            return self._not_attempted()
        for call, value, later in zip(calls, first, again[::-1]):
            if not _same(value, later):
                values = " and ".join(
                    "an error" if isinstance(v, _Fault) else _words(v)
                    for v in (value, later)
                )
                return self._wrong(
                    f"{call} is not always the same: asked twice, it gave {values}. It "
                    "remembers earlier calls, or it draws at random. Compute the value from "
                    "the arguments alone.",
                    curves,
                )
        problems = [
            self._problem(*row) for row in zip(self.probes, calls, first, wanted)
        ]
        worst = next((i for i, problem in enumerate(problems) if problem), None)
        if worst is None:
            asked = (
                f" on {len(calls)} questions, each asked twice"
                if callable(answer)
                else ""
            )
            return Result(
                "right",
                f"**{self.id} is right.** `{self.name}` agrees with the specification{asked}.",
                curves,
            )
        told = (
            ""
            if isinstance(first[worst], _Fault)
            else self._misconception(first, wanted)
        )
        return self._wrong(problems[worst] + told, curves)

    def _problem(self, question, call, value, wanted):
        """What is wrong with one value, in a sentence; None if nothing is."""
        if isinstance(value, _Fault):
            return value.sentence
        verb = "gives" if question else "is"
        misfit = _misfit(value, wanted)
        if misfit == WHOLE and isinstance(value, Real) and self.tell:
            return (
                f"{call} {verb} {_words(value)} as a {type(value).__name__}, where the whole "
                f"number {wanted} is wanted: an int. `/` and `np.ceil` give floats."
            )
        if misfit:
            if value is None:
                return f"{call} {verb} None, where {misfit} is wanted. Is the `return` missing?"
            kind = f"a value of type {type(value).__name__}"
            if hasattr(value, "__next__"):
                return (
                    f"{call} {verb} {kind}, where {misfit} is wanted. It holds no values "
                    "yet: make a list of it."
                )
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
            index = tuple(
                np.argwhere(~np.isclose(value, wanted, rtol=self.rtol, atol=0.0))[0]
            )
            call, value, wanted = (
                f"{call}[{', '.join(map(str, index))}]",
                value[index],
                wanted[index],
            )
            call = call.replace("`[", "[") + "`"
        digits = 6 if _words(value) != _words(wanted) else 15
        sentence = f"{call} {verb} {_words(value, digits)}"
        if self.tell:
            return f"{sentence}; it should be {_words(wanted, digits)}."
        return f"{sentence}, which is " + (
            "too large."
            if value > wanted
            else "too small."
            if value < wanted
            else "not a number."
        )

    def _misconception(self, first, wanted):
        """The message of the first slip that gives the answer's values; failing that, what else
        can be said."""
        rows = [
            row
            for row in zip(self.probes, first, wanted)
            if not isinstance(row[1], _Fault)
        ]
        fitting = [row for row in rows if not _misfit(row[1], row[2])]
        wrong = [row for row in fitting if not _close(row[1], row[2], self.rtol)]
        # then values that do not fit are another matter, and so may be questions of another kind
        if wrong:
            kind = _kind(wrong[0][0])
            groups = fitting, [row for row in fitting if _kind(row[0]) == kind]
        else:  # the fitting values are right, so only those that do not fit can tell
            groups = [rows] * (len(rows) > len(fitting))
        for rows in groups:
            for slip, message in self.slips:
                if all(self._agrees(slip, row) for row in rows):
                    return f"\n\n{message}"
        if not wrong:  # what does not fit has been said
            return ""
        if all(_close(row[1], row[2], SLIP_RTOL) for row in wrong):
            return (
                "\n\nThe first digits agree: is something rounded on the way, or computed "
                "in float32?"
            )
        for (
            slip,
            message,
        ) in (
            self.slips
        ):  # two slips in one answer: the one that explains most of what is wrong
            others = {id(row) for row in fitting if not self._agrees(slip, row)}
            told = len(wrong) - len(others)
            if 2 * told > len(wrong) and others <= {id(row) for row in wrong[1:]}:
                return (
                    f"\n\nIn {told} of the {len(wrong)} questions that it fails, it looks "
                    f"like this: {message}"
                )
        remark = next(
            (part.remark for part in wrong[0][0] if isinstance(part, Named)), ""
        )
        return "\n\n" + (remark or "It is none of the usual slips; `hint()` may help.")

    def _agrees(self, slip, row):
        return _close(row[1], self._asked(slip, row[0]), SLIP_RTOL, overall=True)

    def _asked(self, answer, question):
        """What our own function answers; None where a slip raises, as some must."""
        try:
            with np.errstate(all="ignore"), warnings.catch_warnings():
                warnings.simplefilter("ignore")  # a slip may take the mean of nothing
                return self.use(answer, *copy.deepcopy(question))
        except ArithmeticError:
            return None

    def _curves(self, reference, rates):
        """The rates to draw; None if there are none, or the answer's cannot be drawn."""
        if not rates or isinstance(rates[0], _Fault):
            return None
        rates = _floats(rates[0])
        if (
            rates is None
            or rates.shape not in {(), (self.updates,)}
            or not np.isfinite(rates).all()
        ):
            return None
        return {
            "specification": self.curve(reference, np.arange(self.updates)),
            "yours": rates * np.ones(self.updates),
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
        use: how an answer is asked, if not as ``answer(*probe)``; ``asked`` is how a message
            writes that, with ``{}`` for each part of the probe.
        curve: ``curve(answer, t)``, the rates to draw for the update indices ``t =
            arange(updates)``.
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
