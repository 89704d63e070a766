"""Asking an answer the questions of its exercise, and writing down what it gave as plain data.

What is here knows no solution. `Questions.ask` can run where a student's code runs, and
`Exercise.judge_answers` judges elsewhere what it wrote down:

    >>> questions = Questions("0", "double", ((1.0,), (2.0,)))
    >>> answers = questions.ask(lambda x: 2 * x)
    >>> [value.numbers for value in Answers.from_json(answers.to_json()).first]
    [[2.0], [4.0]]
"""

from __future__ import annotations

import builtins
import copy
import ctypes
import dis
import faulthandler
import gc
import json
import math
import os
import re
import select
import signal
import sys
import textwrap
import threading
import time
import warnings
from contextlib import redirect_stderr, redirect_stdout, suppress
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from functools import cached_property
from numbers import Complex, Integral, Real

import numpy as np

# seconds for all questions together; an answer needs a few hundredths
# of the answer's own processor time, so that a busy machine takes nothing away
TIME_LIMIT = 5.0
WAIT_LIMIT = 20.0  # on the clock, for an answer that sleeps or waits
# of a value that are written down; no exercise wants a tenth of it
MOST_NUMBERS = 10_000
# what rounding may leave of a 0, as in the difference of two equal sums
ROUNDING = 1e-14


# --- questions ------------------------------------------------------------------------


class Named:
    """A schedule as part of a question.

    Its label, which messages use, is its own code unless that is given apart. Its remark is what
    to think of when an answer is wrong about it in no usual way.
    """

    def __init__(self, label, code=None, remark=""):
        self.label, self.code, self.remark = label, code or label, remark
        self.formula = eval(self.code, {"np": np})

    def __call__(self, update):
        rates = self.formula(np.asarray(update, dtype=float))
        return rates if np.ndim(update) else float(rates)

    def __reduce__(self):  # a lambda cannot be pickled, its code can
        return Named, (self.label, self.code, self.remark)


@dataclass(frozen=True)
class Questions:
    """All that is needed to ask an answer, and nothing that tells one; it can be pickled.

    Attributes:
        id, name: of the exercise, and of the function or value that is its answer.
        probes: tuples of arguments, each a question.
        asked: how a message writes a question, with ``{}`` for each argument.
        of_function: whether a function is wanted, or else a value.
        returns_function: whether a probe's last argument goes to the function that the answer
            returns.
        curve, updates: where the answer is drawn, it is also asked ``answer(t, *curve)`` for each
            ``t`` in ``range(updates)``.
    """

    id: str
    name: str
    probes: tuple
    asked: str = ""
    of_function: bool = True
    returns_function: bool = False
    curve: tuple | None = None
    updates: int = 0

    def calls(self):
        """How a message writes each question."""
        places = ", ".join(["{}"] * len(self.probes[0]))
        asked = self.asked or (f"{self.name}({places})" if places else self.name)
        return [f"`{asked.format(*map(in_words, probe))}`" for probe in self.probes]

    def use(self, answer, *probe):
        """What an answer gives for a probe; a `Fault` where there is nothing to compare."""
        if not callable(answer):
            return answer
        if not self.returns_function:
            return answer(*probe)
        function = answer(*probe[:-1])
        if function is not None and not callable(function):
            return Fault(
                f"`{self.name}` gives {in_words(function)}, where a function is wanted: define "
                "one inside it, or write a `lambda`, and return that."
            )
        return function if function is None else function(probe[-1])

    def ask(self, answer):
        """Ask each question, then all once more and backwards: a function of its arguments alone
        gives the same again.

        Nothing that the answer does ends the caller. It has `TIME_LIMIT` seconds of processor
        time and `WAIT_LIMIT` seconds on the clock for all questions together. Where the system
        can fork, it runs in a process of its own, which can be ended whatever it does; elsewhere
        in a thread, which cannot while it holds Python's lock, as ``sum(range(10**15))`` does.

        Returns:
            `Answers`.
        """
        if is_stub(answer):
            return Answers("nothing")
        if callable(answer) != self.of_function:
            return Answers("other", words=in_words(answer))
        job = lambda write: self._answer_all(answer, write)
        if not hasattr(os, "fork"):
            return _in_thread(job)
        answers = _in_process(job)
        # a library with threads of its own may wait for ever in the copy, where they are missing
        threaded = {"tensorflow", "jax", "torch"} & set(sys.modules)
        return _in_thread(job) if answers.ended == "waited" and threaded else answers

    def _answer_all(self, answer, write):
        """Ask everything, and ``write(part, value)`` each value as soon as it is known."""
        asked = list(zip(self.probes, self.calls()))
        for part, questions in (("first", asked), ("again", asked[::-1])):
            for probe, call in questions:
                value = self._ask(answer, probe, call)
                write(part, value if isinstance(value, Fault) else seen(value))
        if self.curve is not None:
            try:
                rates = [seen(answer(t, *self.curve)) for t in range(self.updates)]
            except _TimeUp:
                raise
            except BaseException:  # sys.exit too: what cannot be drawn is not drawn
                return
            plain = all(rate.shape == [] and not rate.odd for rate in rates)
            rates = [float(rate.numbers[0]) for rate in rates if plain]
            if rates and np.isfinite(rates).all():
                write("rates", rates)

    def _ask(self, answer, probe, call):
        """The answer's value for one question, or a `Fault`."""
        given = copy.deepcopy(probe)
        try:
            value = self.use(answer, *given)
        except _TimeUp:
            raise
        except NotImplementedError:
            return Fault("", attempted=False)
        # sys.exit too; an interrupt from the keyboard does not come here
        except BaseException as error:
            said = re.sub(r" at 0x[0-9a-fA-F]+", "", str(error)).replace("`", "'")
            meaning = next(
                (f" {words}" for key, words in COMMON_ERRORS.items() if key in said), ""
            )
            # as code: it may hold <, _ and *
            said = f": `{textwrap.shorten(said, 200)}`" if said.strip() else ""
            return Fault(
                f"{call} raises {type(error).__name__}{_line(error, answer)}{said}.{meaning}"
            )
        for before, after in zip(probe, given):
            kind = "array" if isinstance(before, np.ndarray) else "list"
            if not (
                np.array_equal(before, after)
                if kind == "array"
                else before == after or not isinstance(before, list)
            ):
                return Fault(
                    f"{call} changes the {kind} it is given, so its caller's data is spoilt. "
                    f"Make a new {kind} instead of writing into the argument "
                    f"({WRITING[kind]} write)."
                )
        return value


def is_stub(answer):
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


ONE_NUMBER = (
    "`int`, `float` and `math` take one number, and here an array came. `//` and NumPy's "
    "functions take both."
)
# what Python says -> what it means here
COMMON_ERRORS = {
    "truth value of an array": "`if`, `and`, `min` and `max` need one number, and here an array "
    "came. Use arithmetic, `np.where`, `np.minimum` or `np.maximum`, which take both.",
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
    "input in a check": "The values to work with are the function's arguments.",
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


# --- values as plain data -------------------------------------------------------------


@dataclass
class Fault:
    """Instead of a value: why there is none to compare."""

    sentence: str
    attempted: bool = True


@dataclass
class Value:
    """What an answer gave for one question.

    Attributes:
        words: the value in a message.
        type: the name of its type.
        shape: of the numbers in it, ``[]`` for one; None if it does not consist of numbers.
        numbers: all of them in order, as int, float and bool; none if there are more than
            `MOST_NUMBERS`.
        odd: why these numbers are not the value itself, for example "text"; else "".
        parts: a `Value` for each item of a short list or tuple that is no array, as its items
            differ in shape.
    """

    words: str
    type: str
    shape: list | None = None
    numbers: list = field(default_factory=list)
    odd: str = ""
    parts: list = field(default_factory=list)

    @cached_property
    def array(self):
        """The numbers as a float array, or None."""
        if self.shape is None or len(self.numbers) != math.prod(self.shape):
            return None
        return np.array(self.numbers, dtype=float).reshape(self.shape)

    def all_are(self, kind):
        """Whether all numbers are whole (int) or truth values (bool)."""
        return all(type(number) is kind for number in self.numbers)


def in_words(value, digits=6):
    """A value in a message: short, and the same on every machine, so never a memory address."""
    if value is np.ma.masked:
        return "--"
    if isinstance(value, (bool, np.bool_)):
        return str(bool(value))
    if isinstance(value, Integral) and abs(value) < 10**15:
        return str(int(value))
    if isinstance(value, (Real, Decimal)):
        try:
            number = float(value)
            return f"{0.0 if abs(number) < ROUNDING else number:.{digits}g}"
        except (OverflowError, ArithmeticError):
            return "a number above 1e308" if value > 0 else "a number below -1e308"
    if isinstance(value, Complex):
        value = complex(value)
        return f"{value.real:.{digits}g}{value.imag:+.{digits}g}j"
    if isinstance(value, np.ndarray) and value.ndim == 0:
        return in_words(value.item(), digits)
    if isinstance(value, np.ndarray):
        if value.size > 8:
            return f"an array of shape {value.shape}"
        if isinstance(value, np.matrix):  # whose rows are matrices
            value = np.asarray(value)
        rows = [in_words(row, digits) for row in value]
        if value.ndim > 1:
            rows = [row.removeprefix("array(").removesuffix(")") for row in rows]
        return f"array([{', '.join(rows)}])"
    if isinstance(value, (tuple, list)) and len(value) <= 8:
        inner = ", ".join(in_words(item, digits) for item in value)
        comma = "," if len(value) == 1 else ""
        return f"[{inner}]" if isinstance(value, list) else f"({inner}{comma})"
    if isinstance(value, str):
        value = str(value)  # of NumPy's own kind, too
    if value is None or isinstance(value, (str, bytes)):
        return textwrap.shorten(repr(value), 60)
    if isinstance(value, Named):
        return value.label
    if callable(value) and not hasattr(type(value), "__array__"):
        return "a function"
    return f"a value of type {type(value).__name__}"


def seen(value, with_parts=True):
    """An answer's value as a `Value`: also of tensors, series, text and objects that hold
    numbers, and of what cannot even be shown, as a list that holds itself."""
    kind = type(value).__name__[:60]
    result = Value(f"a value of type {kind}", kind)
    with suppress(Exception):
        words = in_words(value)
        result.words = words if len(words) <= 200 else result.words
    if hasattr(type(value), "__next__"):
        result.odd = "an iterator"
        return result
    is_function = callable(value) and not hasattr(type(value), "__array__")
    if is_function or isinstance(value, (dict, set, frozenset, bytes)):
        return result
    try:
        if hasattr(value, "detach"):  # a torch tensor that may need a gradient
            value = value.detach().cpu()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exact = isinstance(value, (Complex, Decimal, list, tuple))
            array = np.asarray(value, dtype=object if exact else None)
            if exact and array.ndim and not any(map(_is_odd, array.flat)):
                array = np.asarray(value)
        if array.size > MOST_NUMBERS:
            result.shape = list(array.shape)
            return result
        masked = np.ma.getmaskarray(value) if np.ma.isMaskedArray(value) else None
        if masked is not None and masked.any():
            result.odd = f"{int(masked.sum())} of {masked.size} masked"
        numbers, odd = [], set()
        for item in array.ravel().tolist():
            number, why = _number(item)
            numbers.append(number)
            odd.add(why)
    except Exception:  # it is no array, its rows differ in length, or one is no number
        if with_parts and isinstance(value, (list, tuple)) and len(value) <= 8:
            result.parts = [seen(item, with_parts=False) for item in value]
        return result
    if not exact and array.dtype.kind == "O" and not result.odd:
        result.odd = "objects"  # that NumPy cannot calculate with as with numbers
    result.shape, result.numbers = list(array.shape), numbers
    result.odd = result.odd or next(filter(None, sorted(odd)), "")
    if not array.ndim and not result.odd and not isinstance(value, (str, bytes)):
        result.words = in_words(numbers[0] if abs(numbers[0]) < 1.7e308 else value)
    return result


def _is_odd(item):
    return not isinstance(item, (Integral, float, np.bool_))


def _number(item):
    """An element as int, float or bool, and in a word what it was instead of one; raises if it
    is no number at all."""
    if isinstance(item, (bool, np.bool_)):
        return bool(item), ""
    if isinstance(item, str):
        text = item.strip()
        if text in {"True", "False"}:
            return text == "True", "text"
        whole = re.fullmatch(r"[+-]?\d{1,15}", text)
        return (int(text) if whole else float(text)), "text"
    largest = sys.float_info.max
    if isinstance(item, Integral):
        return min(max(int(item), -int(largest)), int(largest)), ""
    if isinstance(item, Complex) and not isinstance(item, Real):
        if item.imag:
            raise ValueError("not real")
        return float(item.real), "complex"
    if isinstance(item, Real):
        with suppress(OverflowError):
            return float(item), ""
        return largest if item > 0 else -largest, ""
    if isinstance(item, Decimal):
        return float(item), "Decimal"
    array = np.asarray(item)  # a tensor or an array in a list
    if array.ndim or array.dtype.kind == "O":
        raise ValueError("not a number")
    return _number(array.item())


@dataclass
class Answers:
    """What an answer gave to all questions, as plain data.

    Attributes:
        kind: "nothing" was written yet, it is "other" than what was asked for (a value for a
            function, or the other way round; ``words`` says what), or it was "asked".
        first, again: a `Value` or a `Fault` for each question; ``again`` backwards.
        rates: those to draw, or none.
        ended: why the values are not complete: "computed" or "waited" too long, "busy" (a machine
            that gave it too little time), or a sentence's end; else "".
    """

    kind: str
    words: str = ""
    first: list = field(default_factory=list)
    again: list = field(default_factory=list)
    rates: list = field(default_factory=list)
    ended: str = ""

    @classmethod
    def none(cls, why):
        """For a marker whose process with the answer ended: ``why`` completes "it ...", as
        "needed more than 1 GB of memory"."""
        return cls("asked", ended=why)

    def to_json(self):
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text):
        """The answers that `to_json` wrote.

        Raises:
            ValueError: if ``text`` is none of what it writes, for what came from a student's
                process is not to be trusted.
        """
        try:
            data = json.loads(text)
            result = cls(**data)
            result.first = [_from_plain(item) for item in result.first]
            result.again = [_from_plain(item) for item in result.again]
            _is_fine(all(map(_is_text, (result.kind, result.words, result.ended))))
            _is_fine(result.kind in {"nothing", "other", "asked"})
            rates = np.array(result.rates, dtype=float)
            _is_fine(rates.ndim == 1 and np.isfinite(rates).all())
        except (TypeError, ValueError, OverflowError, RecursionError) as error:
            raise ValueError(f"these are no answers to questions: {error}") from None
        return result


def _from_plain(item):
    """The `Fault` or `Value` that `asdict` wrote; raises if it is of another form."""
    if "sentence" in item:
        result = Fault(**item)
        _is_fine(isinstance(result.attempted, bool) and _is_text(result.sentence, 2000))
        return result
    result = Value(**item)
    _is_fine(all(map(_is_text, (result.words, result.type, result.odd))))
    _is_fine({type(number) for number in result.numbers} <= {int, float, bool})
    _is_fine(len(result.numbers) <= MOST_NUMBERS and len(result.parts) <= 8)
    sizes = result.shape or []
    _is_fine(all(type(size) is int and 0 <= size < 2**40 for size in sizes))
    result.array  # raises where the numbers make none  # noqa: B018
    result.parts = [_from_plain(part) for part in result.parts]
    _is_fine(all(isinstance(p, Value) and not p.parts for p in result.parts))
    return result


def _is_text(value, most=1000):
    return isinstance(value, str) and len(value) < most


def _is_fine(fine):
    if not fine:
        raise ValueError("a value is of another form")


# --- ending what does not end ---------------------------------------------------------


class _TimeUp(BaseException):
    """Raised in the learner's function when its time is up; not an Exception, so it is hardly
    caught."""


class _Nowhere:
    """Takes what is printed, and keeps nothing of it."""

    def write(self, text):
        return len(text)

    def flush(self):
        pass


def _no_input(*_):
    raise EOFError("no input in a check")


def _in_process(job):
    """``job(write)`` in a copy of this process. The system ends it when its time is up, whatever
    it does then; a crash and `os._exit` end the copy alone."""
    read_end, write_end = os.pipe()
    with warnings.catch_warnings():
        # that threads are not copied: see `Questions.ask`
        warnings.simplefilter("ignore")
        child = os.fork()
    if not child:
        try:
            os.close(read_end)
            faulthandler.disable()  # a crash is told in words
            # a function of TensorFlow that was garbage before the copy was made crashes the copy
            # that collects it, and the learner would be told that it was theirs
            gc.freeze()
            os.setpgid(0, 0)  # so that what it starts can be ended with it
            for timer, name, seconds in (
                (signal.ITIMER_PROF, signal.SIGPROF, TIME_LIMIT),
                (signal.ITIMER_REAL, signal.SIGALRM, WAIT_LIMIT),
            ):
                signal.signal(name, signal.SIG_DFL)  # ends the process, in C
                signal.pthread_sigmask(signal.SIG_UNBLOCK, {name})
                signal.setitimer(timer, seconds)
            with open(write_end, "wb", buffering=0) as pipe:
                _quietly(lambda: job(_line_writer(pipe)))
                pipe.write(_DONE)
        finally:
            os._exit(0)
    os.close(write_end)
    said, last = b"", time.monotonic() + TIME_LIMIT + WAIT_LIMIT
    try:
        while not said.endswith(_DONE):
            left = last - time.monotonic()
            if left <= 0 or not select.select([read_end], [], [], left)[0]:
                break
            more = os.read(read_end, 1 << 16)
            if not more:
                break
            said += more
    finally:
        os.close(read_end)
        status, seconds = _reap(child)
    return _collected(said, status, seconds)


_DONE = b'["done", null]\n'


def _line_writer(pipe):
    own = os.getpid()

    def write(part, value):
        if os.getpid() != own:  # a copy that the answer made of itself
            os._exit(0)
        plain = value if isinstance(value, list) else asdict(value)
        pipe.write(json.dumps([part, plain]).encode() + b"\n")

    return write


def _reap(child):
    """How the copy ended, and its processor time; it and what it started are gone afterwards."""
    for _ in range(100):
        pid, status, usage = os.wait4(child, os.WNOHANG)
        if pid:
            break
        time.sleep(0.005)
    else:
        os.kill(child, signal.SIGKILL)
        _, status, usage = os.wait4(child, 0)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child, signal.SIGKILL)
    return status, usage.ru_utime + usage.ru_stime


def _collected(said, status, seconds):
    """The answers from the lines that the copy wrote, and why there are no more."""
    answers = Answers("asked")
    for line in said.splitlines():
        with suppress(Exception):  # a line is cut off, or not ours
            part, plain = json.loads(line)
            if part == "rates":
                answers.rates = plain
            elif part in {"first", "again"}:
                getattr(answers, part).append(_from_plain(plain))
    if not said.endswith(_DONE):
        name = os.WIFSIGNALED(status) and signal.Signals(os.WTERMSIG(status)).name
        answers.ended = {
            False: "ended Python itself instead of giving an answer",
            "SIGPROF": "computed",
            "SIGALRM": "waited",
            "SIGKILL": "was ended by the system, perhaps because it took too much memory",
        }.get(name, f"made Python itself crash ({name})")
        if name == "SIGALRM" and seconds > WAIT_LIMIT / 20:
            answers.ended = "busy"
        if name == "SIGKILL" and seconds >= TIME_LIMIT:
            answers.ended = "computed"
    return answers


def _in_thread(job):
    """``job(write)`` in a thread, which is stopped by raising in it; CPython offers that in C
    only."""
    answers = Answers("asked")

    def write(part, value):
        if part == "rates":
            answers.rates = value
        else:
            getattr(answers, part).append(value)

    def run():
        if hasattr(time, "pthread_getcpuclockid"):  # else the whole process is timed
            clocks.append(time.pthread_getcpuclockid(threading.get_ident()))
        with suppress(_TimeUp):
            job(write)

    def clock():
        return time.clock_gettime(clocks[0]) if clocks else time.process_time()

    def start_and_wait():
        before, begun = time.process_time(), time.monotonic()
        thread.start()
        try:
            while thread.is_alive() and not answers.ended:
                thread.join(min(0.05, TIME_LIMIT))
                with suppress(OSError):  # it has just ended, and its clock with it
                    if time.monotonic() - begun > WAIT_LIMIT:
                        answers.ended = "waited"
                    elif clock() - (0 if clocks else before) > TIME_LIMIT:
                        answers.ended = "computed"
        finally:
            if thread.is_alive():
                ctypes.pythonapi.PyThreadState_SetAsyncExc(
                    ctypes.c_ulong(thread.ident), ctypes.py_object(_TimeUp)
                )
                thread.join(1.0)

    thread, clocks = threading.Thread(target=run, daemon=True), []
    _quietly(start_and_wait)
    return copy.deepcopy(answers)  # what a thread that goes on still writes is not read


def _quietly(job):
    """Run ``job()``: a warning is no verdict, print would be repeated for every question, and
    nobody sees what `input` asks."""
    kept, builtins.input = builtins.input, _no_input
    try:
        with (
            warnings.catch_warnings(),
            redirect_stdout(_Nowhere()),
            redirect_stderr(_Nowhere()),
        ):
            warnings.simplefilter("ignore")
            job()
    finally:
        builtins.input = kept
