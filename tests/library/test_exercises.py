"""Every exercise's check is tried with its solution, its stub, usual slips, hostile answers and
mutants.

The tests are the same for all exercises, and a new exercise is tested as soon as it is declared.
"""

import copy
import doctest
import math
import re
import subprocess
import sys
import threading
import time
from fractions import Fraction
from pathlib import Path

import mutants
import numpy as np
import pytest

from lrdecay_lib import exercises, figures
from lrdecay_lib.exercises import lesson_03_2_step_decay, lesson_04_3_worked_example

EXERCISES = exercises.every()
run = mutants.run

ALL = pytest.mark.parametrize("exercise", EXERCISES.values(), ids=EXERCISES)
FUNCTIONS = pytest.mark.parametrize(
    "exercise",
    [e for e in EXERCISES.values() if callable(e.reference)],
    ids=[e.id for e in EXERCISES.values() if callable(e.reference)],
)


@pytest.fixture(autouse=True)
def short_limit(monkeypatch):
    monkeypatch.setattr(exercises.asking, "TIME_LIMIT", 2.0)
    monkeypatch.setattr(exercises.asking, "WAIT_LIMIT", 30.0)


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
        exercise.questions.use(exercise.reference, *exercise.probes[0]), (bool, np.bool_, int)
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
def test_messages_are_the_same_every_time(exercise):
    for answer in [exercise.reference, *(slip for slip, _ in exercise.slips)]:
        first, second = exercise.judge(answer), exercise.judge(answer)
        assert (first.outcome, first.markdown, repr(first)) == (
            second.outcome,
            second.markdown,
            repr(second),
        )


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


HOSTILE = {
    loops: "stopped",
    swallows: "stopped",
    raises: "RuntimeError in its line 2",
    recurses: "RecursionError",
    leaves: "SystemExit",
    interrupts: "KeyboardInterrupt",
    forgets_to_return: "return",
    takes_too_few: "arguments that the task names",
}


@pytest.mark.parametrize("answer", HOSTILE, ids=lambda answer: answer.__name__)
@FUNCTIONS
def test_hostile_answers_get_a_sentence(exercise, answer, monkeypatch):
    if HOSTILE[answer] == "stopped":
        monkeypatch.setattr(exercises.asking, "TIME_LIMIT", 0.05)
        monkeypatch.setattr(exercises.asking, "WAIT_LIMIT", 0.2)
    running = threading.active_count()
    result = exercise.judge(answer)
    assert result.outcome == "wrong" and is_sentence(result)
    assert HOSTILE[answer] in result.markdown, result
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


def left_in_a_loop(share, half_life):
    left, updates = 1.0, 0
    while 1 - left < share:
        left, updates = left * 0.5 ** (1 / half_life), updates + 1
    return updates


@pytest.mark.parametrize(
    "name, answer",
    [
        ("0.1", lambda spread, reach: math.ceil(4 * spread**2 / reach**2)),
        ("0.2", lambda losses: losses.mean(0).argmin() not in (0, losses.shape[1] - 1)),
        ("2.1.1", lambda hessian: 2 / np.linalg.norm(hessian, 2)),
        (
            "3.1.2",
            lambda update, peak, length: (
                peak * np.cos(np.pi * np.mod(update, length) / length / 2) ** 2
            ),
        ),
        ("3.3.1", left_in_a_loop),
        (
            "3.4.4.1",
            lambda r, discount: [
                sum(discount ** (k - t) * r[k] for k in range(t, len(r)))
                for t in range(len(r))
            ],
        ),
        ("4.2.1", lambda factor, steps: -np.expm1(np.log(factor) / steps)),
        (
            "6.2.2",
            lambda rates, distance: np.searchsorted(np.cumsum(rates), distance) + 1,
        ),
        ("6.3.2", lambda factor, share: math.ceil(math.log(share, factor))),
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
        "a function of the epoch is wanted"
        in EXERCISES["5.3.1"].judge(lambda schedule, n: 0.1).markdown
    )


def test_a_number_that_is_not_whole_is_told_with_its_value():
    assert (
        "gives 0.5 as a float, where the whole number 3 is wanted"
        in EXERCISES["8.4.1.2"].judge(lambda n: n / 2).markdown
    )


def test_the_time_limit_holds_in_another_thread_too(monkeypatch):
    monkeypatch.setattr(exercises.asking, "TIME_LIMIT", 0.1)
    results = []
    thread = threading.Thread(
        target=lambda: results.append(EXERCISES["4.3.3"].judge(loops))
    )
    thread.start()
    thread.join(5)
    assert "stopped" in results[0].markdown


# --- mutants --------------------------------------------------------------------------


@ALL
def test_mutants_of_the_solution_are_rejected(exercise, record_property):
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
def test_what_cannot_be_drawn_is_not_drawn(answer, monkeypatch):
    monkeypatch.setattr(exercises.asking, "TIME_LIMIT", 0.1)
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
