"""Every exercise's check is tried with its solution, its stub, usual slips, hostile answers and
mutants.

The tests are the same for all exercises, and a new exercise is tested as soon as it is declared.
"""

import copy
import dataclasses
import doctest
import gc
import math
import os
import pickle
import re
import signal
import subprocess
import sys
import threading
import time
from decimal import Decimal
from fractions import Fraction
from operator import attrgetter
from pathlib import Path

import mutants
import numpy as np
import pytest

from lrdecay_lib import exercises, figures
from lrdecay_lib.exercises import (
    asking,
    lesson_03_2_step_decay,
    lesson_04_3_worked_example,
)

EXERCISES = exercises.every()
run = mutants.run

ALL = pytest.mark.parametrize("exercise", EXERCISES.values(), ids=EXERCISES)
FUNCTIONS = pytest.mark.parametrize(
    "exercise",
    [e for e in EXERCISES.values() if callable(e.reference)],
    ids=[e.id for e in EXERCISES.values() if callable(e.reference)],
)


def directly(job):
    """As `asking.Questions.ask` runs a job, without a process of its own: thousands are quick. A
    loop that never ends, as some mutants are, is ended by a signal."""
    answers = asking.Answers("asked")

    def write(part, value):
        getattr(answers, part).extend(value if part == "rates" else [value])

    def stop(*_):
        answers.ended = "computed"
        raise asking._TimeUp

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, asking.TIME_LIMIT)
    try:
        asking._quietly(lambda: job(write))
    except asking._TimeUp:
        pass
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
    return answers


@pytest.fixture(autouse=True)
def quick(monkeypatch, request):
    if "own_process" not in request.fixturenames:
        monkeypatch.setattr(asking, "_in_process", directly)
    monkeypatch.setattr(asking, "TIME_LIMIT", 2.0)
    monkeypatch.setattr(asking, "WAIT_LIMIT", 30.0)


@pytest.fixture
def own_process():
    """Each answer is asked in a process of its own, as in use."""


def short(monkeypatch, computing=0.1, waiting=0.5):
    monkeypatch.setattr(asking, "TIME_LIMIT", computing)
    monkeypatch.setattr(asking, "WAIT_LIMIT", waiting)


def is_sentence(result):
    text = result.markdown
    assert not re.search(r"0x[0-9a-f]{4}|Traceback|File \"|NameError", text), text
    assert text.rstrip()[-1] in ".?!", text
    assert len(text) < 900, text
    return True


# --- what every exercise must do ------------------------------------------------------


@ALL
def test_is_declared_whole(exercise):
    assert re.fullmatch(r"\d+(\.\d+)+", exercise.id)
    assert exercise.stars in {1, 2, 3}
    assert f"`{exercise.name}" in exercise.task, "the task names what to write"
    assert exercise.why and len(exercise.hints) >= 2 and len(exercise.slips) >= 3


@ALL
def test_solution_is_right(exercise):
    assert exercise.judge(exercise.reference).outcome == "right"
    assert exercise.judge(run(exercise.source, exercise.solver)).outcome == "right", (
        "and so is the code it shows"
    )


@ALL
def test_stub_is_not_attempted(exercise):
    result = exercise.judge(run(exercise.stub, exercise.solver))
    assert result.outcome == "not attempted" and is_sentence(result)
    for nothing in (None, ..., lambda *question: None):
        assert exercise.judge(nothing).outcome == "not attempted"


@FUNCTIONS
def test_other_stubs_are_not_attempted(exercise):
    head = (
        exercise.stub.rsplit("\n", 1)[0]
        if exercise.stub.startswith("def")
        else f"def {exercise.name}(update):"
    )
    for body in (
        "pass",
        '"""A docstring."""',
        "return None",
        "raise NotImplementedError",
    ):
        answer = run(f"{head}\n    {body}", exercise.solver)
        assert exercise.judge(answer).outcome == "not attempted", body


@ALL
def test_every_slip_has_its_own_message(exercise):
    messages = [message for _, message in exercise.slips]
    assert len(set(messages)) == len(messages)
    for slip, message in exercise.slips:
        result = exercise.judge(slip)
        assert result.outcome == "wrong" and message in result.markdown, result
        assert is_sentence(result)


def scaled(value, factor):
    """``value`` times ``factor``; for a function, a function whose values are; truths and
    counts as they are."""
    if callable(value):
        return lambda *question: scaled(value(*question), factor)
    if isinstance(value, tuple):
        return tuple(scaled(part, factor) for part in value)
    return value if isinstance(value, (bool, np.bool_, int)) else value * factor


@ALL
def test_the_tolerance_takes_rounding_and_nothing_more(exercise):
    exact = isinstance(
        exercise.questions.use(exercise.reference, *exercise.probes[0]),
        (bool, np.bool_, int),
    )
    assert exercise.rtol <= 1e-4
    assert (
        exercise.judge(scaled(exercise.reference, 1 + exercise.rtol / 10)).outcome
        == "right"
    )
    assert exercise.judge(
        scaled(exercise.reference, 1 + exercise.rtol * 10)
    ).outcome == ("right" if exact else "wrong")


@ALL
def test_hints_come_one_at_a_time_and_say_how_many_are_left(
    exercise, monkeypatch, capsys
):
    monkeypatch.setattr(exercise, "hinted", 0)
    number = len(exercise.hints)
    for i in range(number + 1):
        exercise.hint()
        said = capsys.readouterr().out
        assert said.startswith(f"Hint {i % number + 1} of {number}.")
        left = number - 1 - i % number
        assert (f"{left} more" if left else "the last") in said


@ALL
def test_solution_shows_the_code_that_was_tested(exercise, capsys):
    exercise.solution()
    assert exercise.source in capsys.readouterr().out


@ALL
def test_reads_well_as_plain_text(exercise):
    plain = repr(exercise)
    assert (
        exercise.id in plain
        and exercise.title in plain
        and plain.count("★") == exercise.stars
    )
    assert max(map(len, plain.splitlines())) <= 100
    assert exercise._repr_markdown_().startswith("**")
    assert "```" not in plain


# --- right values in another dress ----------------------------------------------------


def each(change):
    """The numbers of a value, one or many, changed one by one; truths and counts as they are."""

    def changed(value):
        if isinstance(value, (bool, np.bool_)):
            return value
        if isinstance(value, (tuple, np.ndarray)):
            return np.array([change(float(x)) for x in np.ravel(value)]).reshape(
                np.shape(value)
            )
        return value if isinstance(value, int) else change(float(value))

    return changed


def series(value):
    return pytest.importorskip("pandas").Series(np.ravel(value))


def nested(value, make):
    if np.ndim(value):
        return [nested(part, make) for part in value]
    return make(value)


ROUNDED = "wanted. Is something rounded|digits agree|round"
ANOTHER_TYPE = (
    "The value is right, but|The value is right, its type is not|as a truth value it"
)
ANOTHER_SHAPE = "the shape is not|give that alone|numbers are right|rates are right"
# a dress for the right value -> the only other thing than "right" that may be said of it
DRESSES = {
    "float32": (each(np.float32), ROUNDED),
    "float16": (each(lambda x: np.float16(x) if abs(x) < 6e4 else x), ROUNDED),
    "6 digits": (each(lambda x: float(f"{x:.5e}")), ROUNDED),
    "4 digits": (each(lambda x: float(f"{x:.3e}")), ROUNDED),
    "3 digits": (each(lambda x: float(f"{x:.2e}")), ROUNDED),
    "6 decimals": (each(lambda x: round(x, 6)), ROUNDED),
    "4 decimals": (each(lambda x: round(x, 4)), ROUNDED),
    "off by 1e-6": (each(lambda x: x * (1 + 1e-6)), ROUNDED),
    "list": (lambda v: np.asarray(v).tolist(), ""),
    "0-d array": (np.asarray, ""),
    "series": (series, ANOTHER_SHAPE),
    "masked": (np.ma.masked_array, ""),
    "all masked": (lambda v: np.ma.masked_array(v, mask=True), ANOTHER_TYPE),
    "fractions": (lambda v: nested(v, lambda x: Fraction(float(x))), ANOTHER_TYPE),
    "decimals": (lambda v: nested(v, lambda x: Decimal(float(x))), ANOTHER_TYPE),
    "complex": (lambda v: np.asarray(v) + 0j, ANOTHER_TYPE),
    "Python's complex": (lambda v: nested(v, complex), ANOTHER_TYPE),
    "objects": (lambda v: np.array(v, dtype=object), ANOTHER_TYPE),
    "text": (lambda v: nested(v, lambda x: repr(np.asarray(x).item())), ANOTHER_TYPE),
    "array of text": (lambda v: np.array(v).astype("U40"), ANOTHER_TYPE),
    "np.bool_ or float64": (lambda v: np.array(v)[()], ""),
    "float": (lambda v: np.asarray(v, dtype=float)[()], ANOTHER_TYPE),
    "int for a truth": (lambda v: int(v) if isinstance(v, bool) else v, ANOTHER_TYPE),
    "in a tuple": (lambda v: (v,), ANOTHER_SHAPE),
    "with a second value": (lambda v: (v, 0.123), ANOTHER_SHAPE),
    "after another value": (lambda v: [0.123, v], ANOTHER_SHAPE),
    "a column": (lambda v: np.reshape(v, (-1, 1)), ANOTHER_SHAPE),
    "iterator": (lambda v: iter(np.ravel(v).tolist()), "make a list of it"),
}


def is_told_the_truth(exercise, change, may_be_said):
    """The right value, ``change``d, is right, or what may be said of it is said and no slip."""
    reference, questions = exercise.reference, exercise.questions
    if questions.returns_function:
        answer = lambda *q: lambda x: change(reference(*q)(x))
    elif callable(reference):
        answer = lambda *q: change(reference(*q))
    else:
        answer = change(reference)
    result = exercise.judge(answer)
    if result.outcome == "right":
        return
    assert is_sentence(result) and re.search(
        may_be_said or "nothing", result.markdown, re.I
    ), result
    # a slip may be that very shape, as one column for a row, or consist in rounding
    own = {message for _, message in exercise.slips if "round" not in message.lower()}
    shape = may_be_said.startswith(ANOTHER_SHAPE)
    assert shape or not any(message in result.markdown for message in own), result


@pytest.mark.parametrize("dress", DRESSES)
@ALL
def test_a_right_value_gets_no_wrong_diagnosis(exercise, dress):
    is_told_the_truth(exercise, *DRESSES[dress])


@pytest.mark.parametrize(
    "change, told",
    [
        (lambda v: (v, 0.5), "a tuple of 2 values, where an array of shape (3,) is "
         "wanted. The array in place 0 of it is right: give that alone."),
        (lambda v: {"result": v}, "a value of type dict, where an array"),
        (lambda v: [v, v], "a list of shape (2, 3), where an array of shape (3,) is "
         "wanted. The array in place 0 of it is right"),
        (lambda v: np.append(v, 7.0), "Its first numbers are right; leave out the rest."),
        (lambda v: np.append(7.0, v), "Its last numbers are right; leave out the rest."),
        (lambda v: v[:-1], "These are right, but 1 is missing at the end."),
        (lambda v: v[2:], "These are right, but 2 are missing at the start."),
        (lambda v: v[:0], "an array of shape (0,), where an array of shape (3,) is wanted."),
        (np.matrix, "of shape (1, 3), where an array of shape (3,) is "
         "wanted. The numbers are right, the shape is not."),
        (lambda v: (v, np.mean), "The array in place 0 of it is right"),
        (lambda v: (-v, 0.5), "a tuple of 2 values, where an array of shape (3,) is wanted."),
    ],
    ids="second dict twice more before short late empty matrix function wrong".split(),
)  # fmt: skip
def test_where_the_right_numbers_stand_is_told(change, told):
    question = np.array([3.0, 2.0, 1.5]), np.array([1.5, 2.0, 3.0])
    exercise = dataclasses.replace(EXERCISES["5.2.1"], probes=(question,), slips=())
    answer = lambda target, prediction: change(exercise.solver(target, prediction))
    result = exercise.judge(answer)
    assert told in result.markdown and is_sentence(result), result
    assert ("right" in told) == ("right" in result.markdown)


@pytest.mark.parametrize(
    "change, told",
    [
        (lambda v: 100 * v, "Each value is the wanted one times 100."),
        (lambda v: v / 3, "Each value is the wanted one times 0.333333."),
        (lambda v: -v, "Each value has the wrong sign."),
        (lambda v: v + 1, "Each value is too large by 1."),
        (lambda v: v - 0.25, "Each value is too small by 0.25."),
        (int, "Each value is the wanted one, cut off to a whole number."),
        (round, "Each value is the wanted one, rounded to a whole number."),
        (lambda v: v**2, "none of the usual slips"),
        (lambda v: 0, "none of the usual slips"),
        (lambda v: math.inf * v, "none of the usual slips"),
        (lambda v: 100 * v if v > 2 else v, "none of the usual slips"),
    ],
    ids="percent third sign one quarter cut whole square zero infinite some".split(),
)
def test_what_all_wrong_values_have_in_common_is_told(change, told):
    half_life = EXERCISES["4.3.3"].solver
    exercise = dataclasses.replace(
        EXERCISES["4.3.3"], probes=((0.5, 1), (0.9, 1), (0.25, 4)), slips=(), tell=True
    )
    assert told in exercise.judge(lambda *q: change(half_life(*q))).markdown
    untold = dataclasses.replace(exercise, tell=False)
    assert "Each value" not in untold.judge(lambda *q: change(half_life(*q))).markdown


def holds_itself():
    values = []
    values.append(values)
    return values


class Mute(float):
    """A number that cannot be written."""

    def __format__(self, _):
        raise ValueError


class Closed:
    """An object that tells nothing about itself."""

    def __getattr__(self, name):
        raise RuntimeError(name)

    def __call__(self):
        return 60


# what no message may break at -> how it is named where the int 60 is wanted
STRANGE = {
    "holds itself": (holds_itself(), "gives a value of type list"),
    "is deep": ([[[[[[[[["long " * 11] * 8] * 8]]]]]]], "gives a value of type list"),
    "cannot be written": (Mute(0.5), "gives 0.5 as a value of type Mute"),
    "is closed": (Closed(), "gives a function"),
    "nan": (Decimal("NaN"), "gives nan; it should be 60"),
    "huge": (10**400, "gives a number above 1e308; it should be 60"),
    "huge below 0": (-(10**5001), "gives a number below -1e308; it should be 60"),
    "a large int": (10**16, "gives 1e+16; it should be 60"),
    "a huge fraction": (Fraction(10**400, 3), "above 1e308 as a value of type Fraction"),
}  # fmt: skip


@pytest.mark.parametrize("name", STRANGE)
def test_no_value_breaks_its_own_message(name):
    value, told = STRANGE[name]
    answers = EXERCISES["0.1"].questions.ask(lambda *question: value)
    answers = asking.Answers.from_json(answers.to_json())
    result = EXERCISES["0.1"].judge_answers(answers)
    assert result.outcome == "wrong" and told in result.markdown and is_sentence(result)


# --- hostile answers ------------------------------------------------------------------


def loops(*question):
    while True:
        pass


def swallows(*question):
    while True:
        try:
            time.sleep(0.01)
        except Exception:
            pass


def raises(*question):
    raise RuntimeError(object())


def recurses(*question):
    return recurses(*question)


def leaves(*question):
    sys.exit("bye")


def interrupts(*question):
    raise KeyboardInterrupt


def forgets_to_return(*question):
    len(question)


def takes_too_few():
    return 1.0


ENDLESS = [loops, swallows]
HOSTILE = {
    raises: "RuntimeError in its line 2",
    recurses: "RecursionError",
    leaves: "SystemExit",
    interrupts: "KeyboardInterrupt",
    forgets_to_return: "return",
    takes_too_few: "arguments that the task names",
}


@pytest.mark.parametrize("answer", HOSTILE, ids=lambda answer: answer.__name__)
@FUNCTIONS
def test_hostile_answers_get_a_sentence(exercise, answer):
    result = exercise.judge(answer)
    assert result.outcome == "wrong" and is_sentence(result)
    assert HOSTILE[answer] in result.markdown, result


@pytest.mark.parametrize("answer", ENDLESS, ids=lambda answer: answer.__name__)
@FUNCTIONS
def test_endless_answers_are_stopped(exercise, answer, monkeypatch, own_process):
    short(monkeypatch, 0.05, 0.2)
    running = threading.active_count()
    result = exercise.judge(answer)
    assert result.outcome == "wrong" and is_sentence(result)
    assert "stopped" in result.markdown, result
    assert threading.active_count() == running, "the loop has really ended"


@pytest.mark.parametrize(
    "value",
    [
        "0.1",
        [1, "2"],
        {},
        1j,
        object(),
        np.array(["a"]),
        [[1], [2, 3]],
        np.zeros((2, 2, 2)),
        10**5000,
        math.nan,
        -math.inf,
        "long " * 1000,
    ],
    ids=[
        "str",
        "list",
        "dict",
        "complex",
        "object",
        "strings",
        "ragged",
        "cube",
        "huge",
        "nan",
        "inf",
        "long",
    ],
)
@pytest.mark.filterwarnings("error")
@ALL
def test_wrong_types_get_a_sentence(exercise, value):
    answer = (lambda *question: value) if callable(exercise.reference) else value
    result = exercise.judge(answer)
    assert result.outcome == "wrong" and is_sentence(result)


@ALL
def test_a_function_for_a_value_and_a_value_for_a_function_get_a_sentence(exercise):
    result = exercise.judge(0.1 if callable(exercise.reference) else lambda: 0.1)
    assert (
        result.outcome == "wrong"
        and is_sentence(result)
        and "is wanted" in result.markdown
    )


@FUNCTIONS
def test_an_answer_that_keeps_state_is_found(exercise):
    asked = []

    def answer(*question):
        asked.append(question)
        return exercise.reference(
            *asked[0] if len(asked) > len(exercise.probes) else question
        )

    result = exercise.judge(answer)
    assert result.outcome == "wrong" and "remembers" in result.markdown, result


@FUNCTIONS
def test_an_answer_that_changes_its_input_is_found(exercise):
    def answer(*question):
        value = copy.deepcopy(exercise.reference(*question))
        for part in question:
            if isinstance(part, np.ndarray):
                part.flat[0] += 1
        return value

    arrays = any(
        isinstance(part, np.ndarray)
        for question in exercise.probes
        for part in question
    )
    result = exercise.judge(answer)
    assert result.outcome == ("wrong" if arrays else "right")
    assert ("changes the array" in result.markdown) == arrays
    assert exercise.judge(exercise.reference).outcome == "right", (
        "the questions themselves are not spoilt"
    )


def test_some_exercise_gives_arrays():
    assert any(
        isinstance(part, np.ndarray)
        for e in EXERCISES.values()
        for q in e.probes
        for part in q
    )


def test_prints_and_warnings_of_an_answer_are_not_shown(capsys, recwarn):
    def answer(update, initial_rate, decay_steps, decay_factor):
        print("here")
        np.log(-1.0)
        return lesson_03_2_step_decay.step_decay(
            update, initial_rate, decay_steps, decay_factor
        )

    assert EXERCISES["3.2.1"].judge(answer).outcome == "right"
    assert capsys.readouterr() == ("", "") and not recwarn.list


def test_a_message_of_python_is_shown_as_code():
    """Markdown would swallow ``<lambda>``."""
    assert "`test_a_message" in EXERCISES["4.3.3"].judge(lambda f: 1.0).markdown


def test_a_fraction_is_a_number():
    assert (
        EXERCISES["4.3.1"]
        .judge(Fraction(lesson_04_3_worked_example.rate_after_25000()))
        .outcome
        == "right"
    )


def test_slips_are_recognised_among_questions_of_one_kind():
    """The spread of the prediction, and columns not laid out: two slips, and the first is told."""
    result = EXERCISES["5.4.1"].judge(
        lambda y, p: 1 - np.sum((y - p) ** 2) / np.sum((p - p.mean()) ** 2)
    )
    assert "spread in the quotient is that of the prediction" in result.markdown


def test_an_answer_wrong_in_its_own_way_is_sent_to_the_hints():
    assert (
        "none of the usual slips"
        in EXERCISES["4.3.3"].judge(lambda f, d: 123.0).markdown
    )
    remark = (
        EXERCISES["3.2.2"]
        .judge(lambda schedule, steps: schedule(50) != schedule(40))
        .markdown
    )
    assert "is_step_decay(" in remark and "usual" not in remark


def test_of_two_slips_in_one_answer_the_one_that_explains_most_is_told():
    def answer(target, initial_rate, decay_factor, decay_steps):
        return int(
            decay_steps * math.log(target / initial_rate) / math.log(decay_factor)
        )

    message = EXERCISES["4.3.2"].judge(answer).markdown
    assert (
        "In 6 of the 7 questions that it fails, it looks like this: One update too early"
        in message
    )


def test_single_precision_is_no_slip():
    def answer(update, initial_rate, decay_steps, decay_factor):
        return np.float32(initial_rate) * np.float32(decay_factor) ** (
            update // decay_steps
        )

    assert "float32" in EXERCISES["3.2.1"].judge(answer).markdown


def test_a_list_that_is_changed_is_found():
    def answer(updates, losses, target):
        losses.sort()
        return math.inf

    assert "changes the list it is given" in EXERCISES["6.1.1"].judge(answer).markdown


def test_a_generator_is_told():
    answer = lambda rewards, discount: (reward for reward in rewards)
    assert "make a list of it" in EXERCISES["3.4.4.1"].judge(answer).markdown


def by_hand(curvatures, optima, rate, local):
    """Where federated averaging rests, from two rounds instead of a formula."""

    def after_a_round(w):
        for_all = np.full(len(optima), w)
        for _ in range(local):
            for_all = for_all - rate * curvatures * (for_all - optima)
        return for_all.mean()

    start = after_a_round(0.0)
    return start / (1 - after_a_round(1.0) + start) - np.sum(
        curvatures * optima
    ) / np.sum(curvatures)


@pytest.mark.parametrize(
    "name, answer",
    [
        ("0.1", lambda spread, reach: max(5, math.ceil(4 * spread**2 / reach**2))),
        (
            "0.2",
            lambda ta, tb, ra, rb: (
                rb.mean(0)[tb.sum(0).argmin()] - ra.mean(0)[ta.sum(0).argmin()]
            ),
        ),
        ("2.1.1", lambda hessian: 2 / np.linalg.norm(hessian, 2)),
        (
            "3.1.2",
            lambda update, peak, length: (
                peak * np.cos(np.pi * np.mod(update, length) / length / 2) ** 2
            ),
        ),
        (
            "3.4.1.1",
            lambda shape, updates, rate: (
                rate * updates / sum(shape(t) for t in range(updates))
            ),
        ),
        (
            "3.4.4.1",
            lambda r, discount: [
                sum(discount ** (k - t) * r[k] for k in range(t, len(r)))
                for t in range(len(r))
            ],
        ),
        (
            "4.2.3",
            lambda rate, k, updates, parts: (
                rate * math.exp(parts * updates * math.log1p(-k / parts))
                if k < parts
                else rate * (1 - k / parts) ** (parts * updates)
            ),
        ),
        (
            "6.2.1.2",
            lambda rates, distance: np.searchsorted(np.cumsum(rates), distance) + 1,
        ),
        (
            "6.3.2",
            lambda peaks, diverged, share: max(
                (
                    peak
                    for i, peak in enumerate(peaks)
                    if all(20 * row.mean() < 20 * share for row in diverged[: i + 1])
                ),
                default=0.0,
            ),
        ),
        ("8.2.2.2", by_hand),
        (
            "8.4.3.1",
            lambda share, chance: next(
                n for n in range(1, 999) if 1 - (1 - share) ** n >= chance
            ),
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_right_answer_that_rounds_otherwise_is_right(name, answer):
    result = EXERCISES[name].judge(answer)
    assert result.outcome == "right", result


def test_a_value_for_the_function_within_is_told_in_words():
    assert (
        "where a function is wanted"
        in EXERCISES["5.3.1"].judge(lambda schedule, n: 0.1).markdown
    )


def test_a_number_that_is_not_whole_is_told_with_its_value():
    assert (
        "gives 0.5 as a float, where the whole number 3 is wanted"
        in EXERCISES["8.4.1.2"].judge(lambda n: n / 2).markdown
    )


def test_the_time_limit_holds_in_another_thread_too(monkeypatch, own_process):
    short(monkeypatch)
    results = []
    thread = threading.Thread(
        target=lambda: results.append(EXERCISES["4.3.3"].judge(loops))
    )
    thread.start()
    thread.join(5)
    assert "stopped" in results[0].markdown


HOLDS_ON = {
    "a loop": (loops, "Does a loop in it never end"),
    "a loop in C": (lambda *q: sum(range(10**15)), "Does a loop in it never end"),
    "a sleep": (lambda *q: time.sleep(1e6), "Does it sleep"),
    "a lock": (
        lambda *q: threading.Lock().acquire() and time.sleep(9),
        "Does it sleep",
    ),
    "leaving": (lambda *q: os._exit(0), "ended Python itself"),
    "a crash": (lambda *q: os.kill(os.getpid(), signal.SIGSEGV), "crash (SIGSEGV)"),
    "out of memory": (lambda *q: os.kill(os.getpid(), signal.SIGKILL), "memory"),
    "a child": (lambda *q: os.fork() and 0.5, "it should be"),
    "input": (lambda *q: float(input()), "EOFError"),
}


@pytest.mark.parametrize("name", HOLDS_ON)
def test_what_does_not_answer_is_ended_and_told_why(name, monkeypatch, own_process):
    answer, told = HOLDS_ON[name]
    # to fork a process that holds TensorFlow takes computing time, more on a busy machine
    short(monkeypatch, 5.0 if name == "a child" else 0.2, 2.0)
    begun = time.monotonic()
    result = EXERCISES["4.3.3"].judge(answer)
    assert result.outcome == "wrong" and is_sentence(result)
    assert re.search(re.escape(told), result.markdown), result
    assert time.monotonic() - begun < 30


def test_garbage_from_before_never_ends_a_copy(own_process):
    """As a function of TensorFlow does: collected in a copy, it takes the copy along."""
    own = os.getpid()

    class Deadly:
        def __init__(self):
            self.itself = self

        def __del__(self):
            if os.getpid() != own:
                os._exit(1)

    reference = EXERCISES["4.3.3"].reference

    def answer(*question):
        gc.collect()
        return reference(*question)

    gc.disable()
    try:
        Deadly()
        assert EXERCISES["4.3.3"].judge(answer).outcome == "right"
    finally:
        gc.enable()


@pytest.mark.parametrize("fork", [True, False])
def test_the_seconds_are_the_answers_own(fork, monkeypatch, own_process):
    """A machine that is busy with other work makes an answer wait, and not compute."""
    if not fork:
        monkeypatch.delattr(os, "fork")
    short(monkeypatch, 0.3, 30.0)
    reference = EXERCISES["4.3.3"].reference

    def answer(*question):
        time.sleep(0.05)
        return reference(*question)

    begun = time.monotonic()
    assert EXERCISES["4.3.3"].judge(answer).outcome == "right"
    assert time.monotonic() - begun > 0.3


@pytest.mark.parametrize("answer", [loops, swallows])
def test_without_fork_a_thread_is_stopped(answer, monkeypatch, own_process):
    monkeypatch.delattr(os, "fork")
    short(monkeypatch)
    running = threading.active_count()
    assert "stopped" in EXERCISES["4.3.3"].judge(answer).markdown
    assert threading.active_count() == running


# --- judging elsewhere ----------------------------------------------------------------


@ALL
def test_an_answer_is_judged_alike_every_time_and_elsewhere(exercise):
    """Questions go over as a pickle, answers come back as JSON, with the same message."""
    questions = pickle.loads(pickle.dumps(exercise.questions))
    for answer in [exercise.reference, *(slip for slip, _ in exercise.slips), None]:
        here = exercise.judge(answer)
        answers = asking.Answers.from_json(questions.ask(answer).to_json())
        elsewhere = exercise.judge_answers(answers)
        assert (here.outcome, here.markdown, repr(here)) == (
            elsewhere.outcome,
            elsewhere.markdown,
            repr(elsewhere),
        )
    result = exercise.judge_answers(asking.Answers.none("took too much memory"))
    assert result.outcome == "wrong" and "took too much memory" in result.markdown


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "{}",
        '{"kind": "right"}',
        '{"kind": "asked", "first": [1]}',
        '{"kind": "asked", "first": [{"words": "1", "type": "int", "numbers": ["1"]}]}',
        '{"kind": "asked", "first": [{"words": 1, "type": "int"}]}',
        '{"kind": "asked", "first": [{"sentence": 1}]}',
        '{"kind": "asked", "outcome": "right"}',
        '{"kind": "asked", "rates": ["x"]}',
        '{"kind": "asked", "rates": [[1.0], [2.0]]}',
        *(
            f'{{"kind": "asked", "first": [{{"words": "1", "type": "int", {part}}}]}}'
            for part in [
                f'"shape": [], "numbers": [{10**400}]',
                f'"shape": {[1] * 99}, "numbers": [1]',
                '"shape": [-1], "numbers": [1]',
                '"parts": [1]',
                '"parts": [{"sentence": "x"}]',
                '"parts": [{"words": "", "type": "", "parts": [{"words": "", "type": ""}]}]',
            ]
        ),
        "[" * 100_000,
    ],
)
def test_what_is_no_answers_is_refused(text):
    with pytest.raises(ValueError, match="no answers to questions"):
        asking.Answers.from_json(text)


def test_asking_needs_no_solution():
    code = (
        "import sys, lrdecay_lib.exercises.asking; "
        "print([m for m in sys.modules if 'exercises.lesson' in m])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert run.stdout == "[]\n"


# --- mutants --------------------------------------------------------------------------


@ALL
def test_mutants_of_the_solution_are_rejected(exercise, record_property, monkeypatch):
    short(monkeypatch, 0.2)
    found = mutants.judged(exercise)
    record_property("mutants", found.row)
    assert found.rejected >= 10
    assert sorted(found.survivors) == sorted(mutants.EQUAL.get(exercise.id, []))
    assert found.row in mutants.REPORT.read_text(encoding="utf-8"), "run `make mutants`"


# --- what is shown --------------------------------------------------------------------


def test_check_prints_what_judge_found_and_returns_nothing(capsys):
    exercise = exercises.get("4.3.3")
    assert exercise.check(lambda f, d: 0.0) is None
    assert capsys.readouterr().out == repr(exercise.judge(lambda f, d: 0.0)) + "\n"


def test_in_a_notebook_check_displays_and_draws(monkeypatch):
    shown = []
    monkeypatch.setattr(exercises, "_in_notebook", lambda: True)
    monkeypatch.setattr("IPython.display.display", shown.append)
    monkeypatch.setattr(
        figures,
        "show",
        lambda figure, alt: shown.append((figures.to_svg(figure, alt), alt)),
    )
    exercise = exercises.get("3.2.1")
    for _ in range(2):
        exercise.check(lesson_03_2_step_decay._sawtooth)
    result, (svg, alt) = shown[:2]
    assert (
        result.outcome == "wrong"
        and "specification" in alt
        and "yours" in alt
        and "<svg" in svg
    )
    assert shown[3] == (svg, alt), "the same picture every time"


@pytest.mark.parametrize(
    "answer",
    [raises, lambda *q: "0.1", lambda *q: np.inf, lambda *q: np.zeros(3), loops],
    ids=["raises", "str", "inf", "shape", "loops"],
)
def test_what_cannot_be_drawn_is_not_drawn(answer, monkeypatch, own_process):
    short(monkeypatch)
    assert exercises.get("3.2.1").judge(answer).curves is None


def test_drawn_curves_are_the_answers_own():
    curves = exercises.get("3.2.3").judge(lambda t: 0.2).curves
    assert list(curves) == ["specification", "yours"]
    assert np.array_equal(curves["yours"], np.full(450, 0.2))
    assert curves["specification"][[0, 25, 50, 149, 150]] == pytest.approx(
        [0, 0.1, 0.2, 0.2, 0.1]
    )


# --- finding an exercise --------------------------------------------------------------


def test_get_finds_by_id():
    assert exercises.get("3.2.1") is EXERCISES["3.2.1"]


@pytest.mark.parametrize(
    "name, near",
    [("3.2", "3.2.1, 3.2.2, 3.2.3"), ("3.2.9", "3.2."), (4.3, "4.3.1"), ("x", ".")],
)
def test_an_unknown_id_lists_near_ones(name, near):
    with pytest.raises(ValueError, match="there is no exercise") as caught:
        exercises.get(name)
    assert near in str(caught.value)


def test_the_lessons_use_the_declared_exercises():
    used = set()
    for lesson in sorted((Path(__file__).parents[2] / "chapters" / "en").glob("*.md")):
        text = lesson.read_text(encoding="utf-8")
        for name, answer in re.findall(
            r'exercises\.get\("([^"]+)"\)\.check\((\w+)\)', text
        ):
            exercise = exercises.get(name)
            assert answer == exercise.name and exercise.stub.splitlines()[0] in text, (
                lesson.name,
                name,
            )
            used.add(name)
    assert used == set(EXERCISES)


def test_importing_it_costs_no_tensorflow_no_matplotlib_no_scipy():
    code = (
        "import sys, lrdecay_lib.exercises; print({'tensorflow', 'matplotlib', 'scipy'} & "
        "set(sys.modules))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert run.stdout == "set()\n"


def test_doctest():
    assert doctest.testmod(exercises).failed == 0


# --- tensors --------------------------------------------------------------------------
# at the end: with their libraries in memory, a copy of this process costs ten times as much


@pytest.mark.parametrize("library", ["tensorflow", "jax", "torch"])
@ALL
def test_a_right_tensor_gets_no_wrong_diagnosis(exercise, library):
    module = pytest.importorskip(library)
    make = {"tensorflow": "constant", "jax": "numpy.asarray", "torch": "tensor"}
    is_told_the_truth(exercise, attrgetter(make[library])(module), ROUNDED)
