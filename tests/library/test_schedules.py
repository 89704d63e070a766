"""The laws of the schedule algebra, bad input, exact restarts, round trips (lessons 3 and 4)."""

import copy
import doctest
import json
import math
import pickle
import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import (
    SHAPE_NAMES,
    anything,
    ending,
    following,
    lengths,
    positive,
    shares,
)

from lrdecay_lib import schedules
from lrdecay_lib.schedules import (
    Anneal,
    Chain,
    Constant,
    Cosine,
    Cycle,
    Every,
    Exponential,
    Floor,
    InverseSqrt,
    InverseTime,
    Linear,
    Piecewise,
    Polynomial,
    Scale,
    Schedule,
    Shift,
    Until,
    Warmup,
    from_dict,
)

pytestmark = pytest.mark.filterwarnings(
    "error::RuntimeWarning"
)  # no root of a negative, no overflow

UPDATES = np.arange(400)


def same(a, b):
    """Equal at every update to 1e-12: an off-by-one anywhere shows."""
    np.testing.assert_allclose(a(UPDATES), b(UPDATES), rtol=1e-12, atol=1e-12)


# --- laws -----------------------------------------------------------------------------


@given(st.data())
def test_then_is_associative(data):
    a = data.draw(ending)
    b = data.draw(following(a))
    c = data.draw(following(b))
    assert (a >> b) >> c == a >> (b >> c)
    same((a >> b) >> c, a >> (b >> c))


@given(st.data())
def test_then_is_the_first_before_its_end_and_the_next_after_it(data):
    a = data.draw(ending)
    b = data.draw(following(a))
    expected = np.where(UPDATES < a.steps, a(UPDATES), b(UPDATES - a.steps))
    np.testing.assert_allclose((a >> b)(UPDATES), expected, rtol=1e-12, atol=1e-12)
    assert (a >> b).steps == a.steps + b.steps


@given(st.data(), positive)
def test_scaling_distributes_over_then(data, factor):
    a = data.draw(ending)
    b = data.draw(following(a))
    same(factor * (a >> b), factor * a >> factor * b)


@given(anything, positive, shares)
def test_floor_commutes_with_scale(schedule, factor, share):
    same(factor * schedule.floor(share), (factor * schedule).floor(share))


@given(anything, positive)
def test_scale_multiplies_and_division_undoes_it(schedule, factor):
    np.testing.assert_allclose(
        (factor * schedule)(UPDATES), factor * schedule(UPDATES), rtol=1e-12
    )
    assert factor * schedule == schedule * factor == np.float64(factor) * schedule
    same(factor * schedule / factor, schedule)


@given(anything, lengths, lengths)
def test_shifts_add_up(schedule, m, n):
    same(schedule.shift(m).shift(n), schedule.shift(m + n))
    np.testing.assert_array_equal(schedule.shift(n)(UPDATES), schedule(UPDATES + n))


@given(anything, st.integers(1, 60), st.integers(1, 60))
def test_every_holds_each_value_and_multiplies_up(schedule, m, n):
    np.testing.assert_array_equal(schedule.every(n)(UPDATES), schedule(UPDATES // n))
    same(schedule.every(m).every(n), schedule.every(m * n))
    assert schedule.every(n).steps == (
        None if schedule.steps is None else n * schedule.steps
    )


@given(
    ending.filter(lambda s: s.steps),
    st.integers(1, 4),
    st.integers(1, 3),
    st.sampled_from([1.0, 0.5]),
)
def test_cycle_runs_again_longer_and_lower(schedule, times, stretch, damp):
    cycled, start = schedule.cycle(times, stretch, damp), 0
    for run in range(times):
        length = schedule.steps * stretch**run
        t = np.arange(length)
        expected = damp**run * schedule(t / stretch**run)
        np.testing.assert_allclose(cycled(start + t), expected, rtol=1e-12, atol=1e-12)
        start += length
    assert cycled.steps == start
    assert cycled(start) == pytest.approx(
        damp ** (times - 1) * schedule(schedule.steps), rel=1e-12, abs=1e-12
    )


@given(anything)
def test_a_schedule_is_pure_and_indifferent_to_the_order_of_updates(schedule):
    forward = schedule(UPDATES)
    np.testing.assert_array_equal(schedule(UPDATES), forward)
    np.testing.assert_allclose(schedule(UPDATES[::-1])[::-1], forward, rtol=1e-14)
    np.testing.assert_allclose(
        [schedule(int(t)) for t in UPDATES[:100]], forward[:100], rtol=1e-14
    )
    np.testing.assert_allclose(
        schedule(UPDATES.reshape(20, 20)), forward.reshape(20, 20), rtol=1e-14
    )


@given(anything)
def test_values_are_finite_at_least_0_and_at_most_the_peak(schedule):
    values = schedule(np.concatenate([UPDATES, UPDATES / 7, [1e15]]))
    assert values.dtype == np.float64
    assert np.isfinite(values).all() and values.min() >= 0
    assert values.max() <= schedule.peak * (
        1 + 1e-12
    )  # share * x + (1 - share) * x may round up


@given(ending)
def test_the_value_at_steps_holds_for_ever(schedule):
    after = schedule.steps + np.array([0, 1, 2, 3, 7, 49, 10_000, 10**15, math.inf])
    np.testing.assert_array_equal(schedule(after), schedule(schedule.steps))


@given(anything)
def test_before_the_start_the_first_value_holds(schedule):
    np.testing.assert_array_equal(
        schedule(np.array([-1, -0.5, -10_000, -math.inf])), schedule(0)
    )


@given(anything)
def test_round_trips(schedule):
    assert eval(repr(schedule), vars(schedules)) == schedule
    text = json.dumps(schedule.to_dict())
    assert from_dict(json.loads(text)) == schedule
    assert json.dumps(from_dict(json.loads(text)).to_dict()) == text
    for again in (copy.deepcopy(schedule), pickle.loads(pickle.dumps(schedule))):
        assert (
            again == schedule
            and hash(again) == hash(schedule)
            and repr(again) == repr(schedule)
        )
        np.testing.assert_array_equal(again(UPDATES), schedule(UPDATES))


def test_equal_means_the_same_class_and_numbers():
    assert Constant(1) == Constant(1.0) == Constant(np.float64(1)) and hash(
        Constant(1)
    ) == hash(Constant(1.0))
    assert Cosine(np.int64(10)) == Cosine(10) != Cosine(11)
    assert Linear(10) != Polynomial(10, 2) and Linear(10) == Anneal(10)
    assert 0.1 * Cosine(10) != 0.2 * Cosine(10)
    assert (
        Piecewise([10], [1, 0.1])
        == Piecewise((10,), (1.0, 0.1))
        == Piecewise(np.array([10]), np.array([1, 0.1]))
    )
    assert len({Cosine(10), Cosine(10), Linear(10)}) == 2
    assert (Constant(0.5, 3) == 0.5) is False


def test_a_schedule_cannot_be_changed():
    with pytest.raises(AttributeError):
        Cosine(10).steps = 20


def test_a_number_gives_a_float_and_an_array_its_shape():
    cosine = 0.1 * Cosine(10)
    assert type(cosine(3)) is float and type(cosine(np.int64(3))) is float
    assert cosine([1, 2, 3]).shape == (3,) and cosine(np.zeros((2, 0, 3))).shape == (
        2,
        0,
        3,
    )
    assert cosine(np.arange(12, dtype=np.uint8).reshape(3, 4)).shape == (3, 4)


# --- the formulas, from the docstrings and the papers, evaluated by the math module ---

FORMULAS = {
    "linear": lambda p: 1 - p,
    "cosine": lambda p: (1 + math.cos(math.pi * p)) / 2,
    "polynomial": lambda p: (1 - p) ** 2,
    "1-sqrt": lambda p: 1 - math.sqrt(p),
    "tanh": lambda p: (
        (math.tanh(3) - math.tanh(9 * p - 6)) / (math.tanh(3) + math.tanh(6))
    ),
    "log": lambda p: 1 - math.log10(1 + 9 * p),
    "rex": lambda p: (1 - p) / (1 - p / 2),
}


@pytest.mark.parametrize("shape", SHAPE_NAMES)
def test_a_shape_follows_its_formula_and_meets_both_ends_exactly(shape):
    power = 2.0 if shape == "polynomial" else 1.0
    curve = Anneal(50, 0.3, 0.1, shape, power)
    for t in range(51):
        p = t / 50
        if shape == "exponential":
            expected = 0.3 * (0.1 / 0.3) ** p
        else:
            expected = 0.3 * FORMULAS[shape](p) + 0.1 * (1 - FORMULAS[shape](p))
        assert curve(t) == pytest.approx(expected, rel=1e-12)
    assert curve(0) == 0.3 and curve(50) == curve(51) == 0.1
    assert (np.diff(curve(np.arange(51))) < 0).all()
    rising = Anneal(50, 0.1, 0.3, shape, power)(np.arange(51))
    assert (np.diff(rising) > 0).all() and rising[-1] == 0.3


@pytest.mark.parametrize("steps", [1, 2, 3, 49, 98, 103, 1000])
@pytest.mark.parametrize("shape", sorted({*SHAPE_NAMES} - {"exponential"}))
def test_every_shape_that_falls_to_0_can_be_followed_by_a_rise_from_0(shape, steps):
    again = Anneal(steps, shape=shape) >> Warmup(5)
    assert again(steps) == 0 and again(steps + 5) == 1


def test_short_names():
    t = np.arange(30)
    np.testing.assert_allclose(
        Warmup(10, 0.2)(t), np.minimum(0.2 + 0.8 * t / 10, 1), rtol=1e-12
    )
    np.testing.assert_allclose(
        Polynomial(10, 3)(t), np.maximum(1 - t / 10, 0) ** 3, atol=1e-12
    )
    np.testing.assert_allclose(InverseSqrt(10)(t), 1 / np.sqrt(1 + t / 10), rtol=1e-12)
    vaswani = Warmup(10) >> InverseSqrt(10)  # min(t / n, sqrt(n / t)), from update 1 on
    np.testing.assert_allclose(
        vaswani(t[1:]), np.minimum(t[1:] / 10, np.sqrt(10 / t[1:])), rtol=1e-12
    )


def test_nothing_may_last_zero_updates_but_its_end_value_counts():
    assert Warmup(0)(0) == 1 and (Warmup(0) >> Cosine(10))(0) == 1
    assert (
        Cosine(0)(0) == 0
        and Cosine(10).shift(99)(0) == 0
        and Cosine(10).shift(99).steps == 0
    )


def test_extreme_rates_stay_finite():
    assert Anneal(2, 1e-300, 1e300, "exponential")(1) == pytest.approx(1, rel=1e-10)
    assert Anneal(2, 1e300, 1e-300, "exponential")(1) == pytest.approx(1, rel=1e-10)
    assert Anneal(2, 1e308, 1e308)(1) == pytest.approx(1e308)


# --- exact restarts -------------------------------------------------------------------


@pytest.mark.parametrize("stretch, times", [(1, 1000), (2, 40), (3, 25), (10, 13)])
@pytest.mark.parametrize("first", [1, 3, 10, 49, 100])
def test_every_restart_is_at_the_exact_sum_of_the_lengths(first, stretch, times):
    sgdr = Linear(first).cycle(times, stretch)
    start = 0
    for run in range(times):
        length = first * stretch**run  # Python's integers: exact
        assert sgdr(start) == 1
        assert sgdr(start + length - 1) == pytest.approx(1 / length, rel=1e-9)
        start += length
    assert sgdr.steps == start and sgdr(start) == 0


# --- bad input ------------------------------------------------------------------------

NOT_COUNTS = [-1, 10.0, 2.5, True, "10", None, math.nan, math.inf, 2**53 + 1, [10]]
NOT_RATES = [-0.1, math.nan, math.inf, -math.inf, True, "0.1", None, 10**400, 1j, [0.1]]
STEP = Cosine(10)


def rows(name, make, bad, shown=repr):
    """One case for each bad value: the name that the message must hold, and the value as it
    must show it."""
    return [
        pytest.param(name, make, value, shown(value), id=f"{name}={value!r:.20}")
        for value in bad
    ]


BAD = [
    *rows("value", Constant, NOT_RATES),
    *rows("steps", lambda v: Constant(1, v), [v for v in NOT_COUNTS if v is not None]),
    *rows("steps", Anneal, NOT_COUNTS),
    *rows("start", lambda v: Anneal(10, v), NOT_RATES),
    *rows("stop", lambda v: Anneal(10, 1, v), NOT_RATES),
    *rows("start", lambda v: Anneal(10, v, 1, "exponential"), [0, *NOT_RATES]),
    *rows("stop", lambda v: Anneal(10, 1, v, "exponential"), [0, *NOT_RATES]),
    *rows(
        "shape",
        lambda v: Anneal(10, shape=v),
        ["cos", "", None, 3, ["linear"], {}, "Cosine"],
    ),
    *rows("power", lambda v: Polynomial(10, v), [0, *NOT_RATES]),
    *rows("power", lambda v: Anneal(10, shape="cosine", power=v), [2.0]),
    *rows("factor", Exponential, [0, 1.1, *NOT_RATES]),
    *rows("timescale", lambda v: Exponential(0.5, v), [0, *NOT_RATES]),
    *rows("timescale", InverseTime, [0, *NOT_RATES]),
    *rows("power", lambda v: InverseTime(10, v), [0, *NOT_RATES]),
    *rows(
        "boundaries[0]",
        lambda v: Piecewise((v, 2**53), (1, 0.1, 0.01)),
        [0, *NOT_COUNTS],
    ),
    *rows(
        "boundaries",
        lambda v: Piecewise(v, (1, 0.1, 0.01)),
        [(20, 10), (10, 10), 10, None],
    ),
    *rows("boundaries", lambda v: Piecewise(v, (1,)), [()]),
    *rows(
        "values",
        lambda v: Piecewise((10, 20), v),
        [(1, 0.1), (1, 0.1, 0.01, 0.001), (), 0.1, None],
    ),
    *rows("values[1]", lambda v: Piecewise((10,), (1, v)), NOT_RATES),
    *rows("start", lambda v: Warmup(10, v), NOT_RATES),
    *rows("pieces", Chain, [(), "ab", None, STEP]),
    *rows("pieces[1]", lambda v: Chain((STEP, v)), [0.1, None, "x"]),
    *rows("factor", lambda v: Scale(STEP, v), NOT_RATES),
    *rows("factor", lambda v: v * STEP, [-0.1, math.nan, math.inf, True, 10**400]),
    *rows("factor * peak", lambda v: v * Constant(1e300), [1e300], lambda v: "inf"),
    *rows(
        "divisor",
        lambda v: STEP / v,
        [0, -0.1, math.nan, math.inf, True, Fraction(1, 10**400)],
    ),
    *rows("share", STEP.floor, [1.1, *NOT_RATES]),
    *rows("updates", STEP.shift, NOT_COUNTS),
    *rows("updates", STEP.every, [0, *NOT_COUNTS]),
    *rows("times", STEP.cycle, [0, *(v for v in NOT_COUNTS if v is not None)]),
    *rows("steps", STEP.until, NOT_COUNTS),
    *rows("stretch", lambda v: STEP.cycle(2, v), [0, *NOT_COUNTS]),
    *rows("damp", lambda v: STEP.cycle(2, 1, v), [0, 1.1, *NOT_RATES]),
    *rows("times", lambda v: STEP.cycle(v, 2), [54, 2**53]),
    *rows("steps of all cycles", STEP.cycle, [2**52], lambda v: str(10 * v)),
    *[
        row
        for kind in (
            lambda v: Scale(v, 1),
            lambda v: Floor(v, 0.1),
            lambda v: Shift(v, 1),
            lambda v: Every(v, 1),
            lambda v: Until(v, 1),
            lambda v: Cycle(v, 2),
        )
        for row in rows("schedule", kind, [0.1, None, "x", Cosine])
    ],
]


@pytest.mark.parametrize("name, make, value, shown", BAD)
def test_a_bad_argument_is_named_with_its_value(name, make, value, shown):
    with pytest.raises(ValueError) as caught:
        make(value)
    message = str(caught.value)
    assert name in message and shown in message
    assert "\n" not in message and caught.value.__cause__ is None


@pytest.mark.parametrize(
    "endless",
    [
        Constant(),
        Exponential(0.5),
        InverseTime(10),
        Warmup(5) >> Constant(),
        (Warmup(5) >> Constant()).every(3),
        0.1 * InverseSqrt(3),
    ],
    ids=repr,
)
def test_a_schedule_that_never_ends_can_be_neither_followed_nor_cycled(endless):
    assert endless.steps is None
    with pytest.raises(ValueError, match="never ends"):
        endless >> Constant(endless(0))
    with pytest.raises(ValueError, match="only a schedule that ends"):
        endless.cycle(2)


def test_a_schedule_of_no_steps_cannot_be_cycled():
    with pytest.raises(ValueError, match=r"of at least one step.*got Anneal\(steps=0"):
        Cosine(0).cycle(2)


def test_pieces_must_meet_and_the_precedence_slip_is_caught():
    with pytest.raises(
        ValueError, match=r"one ends at 0\.1, the next starts at 1.*peak \* \(a >> b\)"
    ):
        0.1 * Warmup(10) >> Cosine(90)
    with pytest.raises(ValueError, match="do not meet"):
        Cosine(10) >> Cosine(10)
    with pytest.raises(ValueError, match="do not meet"):
        Constant(1, 10) >> Constant(1 + 1e-8)
    assert (
        Constant(1, 10) >> Constant(1 + 1e-12)
    ).steps is None  # rounding is not a jump


@pytest.mark.parametrize(
    "slip",
    [
        lambda: "x" * STEP,
        lambda: STEP * "x",
        lambda: [0.1] * STEP,
        lambda: np.array([0.1, 0.2]) * STEP,
        lambda: STEP / "x",
        lambda: STEP >> 0.1,
        lambda: 0.1 >> STEP,
        lambda: STEP * STEP,
        lambda: STEP + STEP,
    ],
)
def test_what_has_no_meaning_is_a_type_error(slip):
    with pytest.raises(TypeError):
        slip()


@pytest.mark.parametrize(
    "junk, said",
    [
        (None, "must be a dict; got None"),
        ("Cosine", "must be a dict; got 'Cosine'"),
        ([{"class": "Constant"}], "must be a dict"),
        ({}, "class must be one of Anneal, .*; got None"),
        ({"class": "Cosine", "steps": 3}, "got 'Cosine'"),  # a short name, not a class
        ({"class": "Schedule"}, "got 'Schedule'"),
        ({"class": ["Anneal"]}, r"got \['Anneal'\]"),
        ({"class": {}}, "got {}"),
        (
            {"class": "Anneal", "steps": 3, "step": 4},
            "Anneal takes no argument named step",
        ),
        ({"class": "Anneal", "steps": 3, 7: 4}, "Anneal takes no argument named 7"),
        (
            {"class": "Exponential", "factor": 0.5, "steps": 4},
            "Exponential takes no argument named steps",
        ),
        ({"class": "Anneal"}, "Anneal needs the argument steps$"),
        ({"class": "Cycle"}, "Cycle needs the argument schedule$"),
        ({"class": "Anneal", "steps": -3}, "steps .*got -3"),
        ({"class": "Anneal", "steps": {"class": "Constant"}}, "steps .*got Constant"),
        ({"class": "Anneal", "steps": 3, "shape": {}}, "class must be"),
        (
            {"class": "Scale", "schedule": 3, "factor": 0.1},
            "schedule must be a schedule; got 3",
        ),
        (
            {
                "class": "Scale",
                "schedule": {"class": "Anneal", "steps": 2.0},
                "factor": 0.1,
            },
            r"steps .*got 2\.0",
        ),
        (
            {
                "class": "Chain",
                "pieces": [{"class": "Constant"}, {"class": "Constant"}],
            },
            "never ends",
        ),
        ({"class": "Chain", "pieces": [{"class": "Nothing"}]}, "got 'Nothing'"),
        ({"class": "Chain", "pieces": None}, "pieces must be"),
        (
            {"class": "Piecewise", "boundaries": 3, "values": [1, 2]},
            "boundaries and values must be sequences",
        ),
    ],
)
def test_a_bad_description_is_refused_in_one_sentence(junk, said):
    before = copy.deepcopy(junk)
    with pytest.raises(ValueError, match=said) as caught:
        from_dict(junk)
    assert "\n" not in str(caught.value) and "__init__" not in str(caught.value)
    assert junk == before  # and the description is left as it was


def test_a_description_that_holds_itself_is_refused_and_one_used_twice_is_not():
    ring = {"class": "Chain", "pieces": [{"class": "Constant", "steps": 1}]}
    ring["pieces"].append({"class": "Scale", "schedule": ring, "factor": 1})
    with pytest.raises(ValueError, match="Chain's description must not hold itself"):
        from_dict(ring)
    one = Constant(1, 1).to_dict()
    twice = from_dict({"class": "Chain", "pieces": [one, one]})
    assert twice == Constant(1, 1) >> Constant(1, 1)


def test_from_dict_leaves_a_good_description_alone():
    description = (0.1 * (Warmup(3) >> Cosine(5))).to_dict()
    before = copy.deepcopy(description)
    from_dict(description)
    assert description == before


# --- ends, endless cycles, and many pieces --------------------------------------------


@given(anything, lengths)
def test_until_ends_a_schedule_and_a_cooldown_follows(schedule, n):
    ended = schedule.until(n)
    np.testing.assert_array_equal(ended(UPDATES), schedule(np.minimum(UPDATES, n)))
    assert ended.steps == n and ended.peak == schedule.peak
    whole = ended >> ended(n) * Linear(7)
    assert whole.steps == n + 7 and whole(n) == ended(n) and whole(n + 7) == 0


@given(ending.filter(lambda s: s.steps), st.sampled_from([1.0, 0.5]))
def test_a_cycle_without_end_is_a_cycle_of_many_runs(schedule, damp):
    for stretch, times in ((1, 2000), (2, 30)):
        endless, long = (schedule.cycle(n, stretch, damp) for n in (None, times))
        assert endless.steps is None and endless == schedule.cycle(
            stretch=stretch, damp=damp
        )
        np.testing.assert_array_equal(endless(UPDATES), long(UPDATES))


@pytest.mark.parametrize("length", [1, 3, 49, 103, 1000])
def test_restarts_of_an_endless_cycle_are_exact_as_far_as_float64_counts(length):
    endless = Linear(length).cycle()
    for run in (1, 49, 10**6, 10**9, 2**53 // length - 1):
        start = run * length
        assert endless(start) == 1 and endless(start - 1) == Linear(length)(length - 1)
    assert math.isfinite(endless(math.inf))


def test_a_million_runs_cost_what_one_costs():
    many = Cosine(100).cycle(10**6)
    assert many(10**8 - 100) == 1 and many(10**8) == 0 and many(7) == Cosine(100)(7)
    assert Cosine(10).cycle(10**6, damp=0.5)(20) == 0.25


def of_many(n):
    """Schedules of n pieces or factors, built one operation at a time."""
    chain = right = Constant(1, 1)
    factors = mixed = nested = Constant(1, 1)
    for i in range(n):
        chain, right = chain >> Constant(1, 1), Constant(1, 1) >> right
        factors, nested = 0.9999 * factors, 1.0 * (nested >> Constant(1, 1))
        mixed = (mixed.floor(0.5), mixed.shift(1), mixed.every(1), mixed.until(9))[
            i % 4
        ]
    return chain, right, factors, mixed, nested


def test_ten_thousand_pieces_neither_recurse_nor_explode():
    """A quadratic build took 41 s for 1,000 pieces; 500 factors were a RecursionError."""
    n = 10_000
    made, again = of_many(n), of_many(n)
    for schedule, other in zip(made, again):
        assert schedule == other and hash(schedule) == hash(other)
        assert repr(schedule).startswith(type(schedule).__name__)
        assert pickle.loads(pickle.dumps(schedule)) == schedule
        assert from_dict(schedule.to_dict()) == schedule
        assert schedule(3) == other([3])[0]
    assert made[0].steps == made[4].steps == n + 1
    assert made[2](0) == pytest.approx(0.9999**n, rel=1e-9)


@given(st.data())
def test_a_chain_gives_each_piece_its_own_updates_in_any_order(data):
    pieces = [Piecewise((2,), (1, i + 1)).every(3) for i in range(6)]
    chain = pieces[0]
    for piece in pieces[1:]:
        chain = chain >> (piece * (chain(chain.steps) / piece(0)))
    t = np.array(data.draw(st.lists(st.integers(-3, 60), max_size=40)), dtype=float)
    expected = [chain(float(one)) for one in t]
    np.testing.assert_array_equal(chain(t), expected)


def test_nothing_outside_changes_a_schedule():
    schedule = 0.1 * (Warmup(3) >> Cosine(5))
    before, number = repr(schedule), hash(schedule)
    schedule.__dict__.update(factor=7.0, steps=3)
    vars(schedule)["factor"] = 7.0
    for slip in (
        lambda: setattr(schedule, "factor", 7.0),
        lambda: setattr(schedule, "_kept", ()),
        lambda: setattr(schedule, "new", 7.0),
        lambda: delattr(schedule, "factor"),
        lambda: schedule.__setstate__([7.0]),
    ):
        with pytest.raises(AttributeError):
            slip()
    assert repr(schedule) == before and hash(schedule) == number
    assert copy.copy(schedule) is schedule is copy.deepcopy(schedule)


@pytest.mark.parametrize("junk", [None, "5", [1, "x"], [[1], [1, 2]], 1j, {}, Linear])
def test_an_update_that_is_no_number_is_refused_in_one_sentence(junk):
    with pytest.raises(ValueError, match=r"update must be a number.*to_keras\(\)"):
        Linear(3)(junk)


def test_near_misses_say_what_to_write():
    with pytest.raises(TypeError, match=r"hand it schedule\.to_keras\(\)"):
        Linear(3)()
    for compare in (lambda s: s < 0.0, lambda s: 0.0 <= s):  # as torch's optimizers do
        with pytest.raises(TypeError, match=r"LambdaLR\(optimizer, schedule\)"):
            compare(Linear(3))


# --- JAX ------------------------------------------------------------------------------


@pytest.mark.parametrize("x64, rtol", [(True, 1e-12), (False, 2e-6)])
def test_a_schedule_under_jit_vmap_and_scan(x64, rtol):
    jax = pytest.importorskip("jax")
    schedules_ = [
        0.1 * (Warmup(10) >> Cosine(90).floor(0.1)),
        0.1 * InverseTime(20),
        0.1 * Exponential(0.5).every(49),
        Linear(7).cycle(),
        Linear(7).cycle(4, stretch=2, damp=0.5),
        Piecewise((49, 98), (1, 0.5, 0)),
        (Warmup(49) >> InverseSqrt(49)).shift(40).until(90),
        *(Anneal(49, 0.3, 0.1, shape) for shape in SHAPE_NAMES),
    ]
    with jax.enable_x64(x64):
        t = jax.numpy.arange(-3, 400)
        for schedule in schedules_:
            scanned = jax.lax.scan(lambda c, i, s=schedule: (c, s(i)), 0, t)[1]
            for values in (jax.jit(schedule)(t), jax.vmap(schedule)(t), scanned):
                assert values.dtype == jax.numpy.zeros(()).dtype
                np.testing.assert_allclose(
                    values, schedule(np.arange(-3, 400)), rtol=rtol, atol=rtol
                )


def test_a_schedule_in_optax():
    optax, jax = pytest.importorskip("optax"), pytest.importorskip("jax")
    schedule = 0.1 * (Warmup(2) >> InverseTime(3))
    for optimizer in (
        optax.sgd(schedule),
        optax.inject_hyperparams(optax.sgd)(learning_rate=schedule),
    ):
        weight = jax.numpy.zeros(())
        state, step = optimizer.init(weight), jax.jit(optimizer.update)
        for t in range(6):
            update, state = step(jax.numpy.ones(()), state, weight)
            assert float(update) == pytest.approx(-schedule(t), rel=1e-6)


# --- the module itself ----------------------------------------------------------------


def test_the_examples_in_the_docstrings_are_true():
    outcome = doctest.testmod(schedules)
    assert outcome.attempted > 10 and outcome.failed == 0


def test_every_public_name_exists_and_is_documented():
    for name in schedules.__all__:
        thing = getattr(schedules, name)
        assert thing.__doc__, name
    concrete = {kind.__name__ for kind in Schedule.__subclasses__()}
    assert concrete <= set(schedules.__all__)


def test_importing_and_using_schedules_loads_neither_tensorflow_nor_keras_nor_matplotlib():
    program = (
        "import sys, lrdecay_lib, lrdecay_lib.schedules as s\n"
        "(0.1 * (s.Warmup(3) >> s.Cosine(5)).every(2))([1, 2, 3])\n"
        "print(*sorted({name.split('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    loaded = done.stdout.split()
    assert "numpy" in loaded and "lrdecay_lib" in loaded
    assert not {
        "tensorflow",
        "keras",
        "jax",
        "torch",
        "matplotlib",
        "scipy",
        "pandas",
        "sklearn",
    } & set(loaded)
