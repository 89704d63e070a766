"""Exercises of lesson 3.2, step by step: writing a step decay that is right."""

import numpy as np

from ..schedules import Exponential, Warmup
from . import Named, add


def step_decay(update, initial_rate, decay_steps, decay_factor):
    return initial_rate * decay_factor ** (update // decay_steps)


def _sawtooth(update, initial_rate, decay_steps, decay_factor):
    """What the article's function does: full rate at first, then a climb in each interval."""
    climb = initial_rate * decay_factor ** (decay_steps - update % decay_steps)
    return np.where(update < decay_steps, initial_rate, climb)


add(
    "3.2.1",
    step_decay,
    "A step decay that is right",
    1,
    """
    Write `step_decay(update, initial_rate, decay_steps, decay_factor)`: the learning rate of
    update `update`, counted from 0. It starts at `initial_rate`, is multiplied by `decay_factor`
    at update `decay_steps` and at every further multiple of it, and stays the same in between.
    `update` is a number of at least 0, or an array of them; for an array, return an array of the
    same shape.
    """,
    why="The number of finished intervals is a whole number, and the rate is a power "
    "of it; nothing needs to be remembered, and nothing needs a case of its own.",
    hints=[
        "How many whole intervals of `decay_steps` updates are "
        "finished before update `update`? Write the answer for the "
        "updates 0, 99, 100 and 250, with `decay_steps` = 100.",
        "Each finished interval multiplies the rate once "
        "more. What does multiplying k times come to?",
        "Python's `//` counts whole intervals, for arrays too; `**` is the power.",
    ],
    probes=[
        *((t, 0.1, 100, 0.5) for t in (0, 1, 99, 100, 101, 199, 200, 250, 1000)),
        (20, 0.4, 7, 0.9),
        (35, 2, 5, 0.9),
        (np.arange(0, 400, 50), 0.1, 100, 0.5),
        (np.array([[0, 7], [21, 6]]), 0.4, 7, 0.9),
        (np.array([99.5, 100.0]), 0.1, 100, 0.5),
    ],
    slips=[
        (
            _sawtooth,
            "After the first interval the rate drops and then climbs back, "
            "in every interval: a sawtooth, as in the article. The exponent "
            "must never get smaller; yours counts down inside each interval.",
        ),
        (
            lambda t, rate, steps, factor: (
                rate * factor ** np.maximum(np.ceil(t / steps) - 1, 0)
            ),
            "Off by one at the boundary: update `decay_steps` is the first "
            "with the new rate, and yours still has the old one there. The "
            "updates 0 to `decay_steps` - 1 are already `decay_steps` updates.",
        ),
        (
            lambda t, rate, steps, factor: rate * factor ** ((t + 1) // steps),
            "Off by one at the boundary: the rate falls one "
            "update too early. Updates are counted from 0.",
        ),
        (
            lambda t, rate, steps, factor: rate * factor ** (t / steps),
            "The rate falls a little at every update: a smooth "
            "exponential. A step decay stands still between two "
            "multiples of `decay_steps`; only finished intervals count.",
        ),
        (
            lambda t, rate, steps, factor: rate * factor ** (t // steps + 1),
            "The rate is one step too low from the start: "
            "update 0 must have `initial_rate` itself.",
        ),
        (
            lambda t, rate, steps, factor: np.floor(rate * factor ** (t // steps)),
            "All your rates are whole numbers: the fraction was cut off. "
            "`int(...)` does so, `//` in the wrong place does, and so does "
            "writing into an array of integers, such as `np.zeros_like(update)`.",
        ),
        (
            lambda t, rate, steps, factor: rate * np.ones(np.shape(t)),
            "The rate never falls: yours is the same at every update.",
        ),
        (
            lambda t, rate, steps, factor: rate * factor ** (t >= steps),
            "The rate falls at the first multiple of `decay_steps` and never again.",
        ),
        (
            lambda t, rate, steps, factor: rate * factor ** np.ceil(t / steps),
            "An interval counts from its first update on, and must count only "
            "when it is finished. At update 0 and the ones after it none is.",
        ),
        (
            lambda t, rate, steps, factor: (
                rate * np.where((t > 0) & (t % steps == 0), factor, 1.0)
            ),
            "The rate falls at the multiples of `decay_steps` themselves "
            "and is back one update later. It must stay down.",
        ),
        (
            lambda t, rate, steps, factor: (rate * factor) ** (t // steps),
            "`initial_rate` is raised to the power as well. "
            "Only the factor is: `a * b ** n` without brackets.",
        ),
        (
            lambda t, rate, steps, factor: rate * factor * (t // steps),
            "The count of finished intervals is multiplied, so the rate is 0 at "
            "first and then rises. Falling again and again by one factor is a power.",
        ),
        (
            lambda t, rate, steps, factor: rate * factor**t,
            "The rate is multiplied at every update, "
            "not once in `decay_steps` updates.",
        ),
        (
            lambda t, rate, steps, factor: rate * (1 - factor) ** (t // steps),
            "`decay_factor` is the share that is left "
            "after a step, not the share that is lost.",
        ),
    ],
    curve=(0.1, 100, 0.5),
    updates=400,
)


_ZOO = [
    (Named(label, code, remark), 10)
    for label, code, remark in [
        (
            "a step decay by half",
            "lambda t: 0.1 * 0.5 ** (t // 10)",
            "This one is right.",
        ),
        (
            "a constant",
            "lambda t: 0.1 + 0 * t",
            "A constant goes from interval to interval by one "
            "factor as well, 1. Right is a factor below 1.",
        ),
        (
            "a smooth exponential",
            "lambda t: 0.1 * 0.5 ** (t / 10)",
            "Its rate falls inside the intervals too, where nothing may change.",
        ),
        (
            "the article's sawtooth",
            "lambda t: np.where(t < 10, 0.1, 0.1 * 0.9 ** (10 - t % 10))",
            "Its rate rises inside the intervals.",
        ),
        (
            "steps one update late",
            "lambda t: 0.1 * 0.5 ** (np.maximum(t - 1, 0) // 10)",
            "Update `decay_steps` must be the first with "
            "the new rate; here it still has the old one.",
        ),
        (
            "steps one update early",
            "lambda t: 0.1 * 0.5 ** ((t + 1) // 10)",
            "The last update of each interval must still have "
            "the interval's rate; here it has the next one's.",
        ),
        (
            "rising steps",
            "lambda t: 0.1 * 1.1 ** (t // 10)",
            "A decay goes down: the factor must be below 1.",
        ),
        (
            "steps of half the length",
            "lambda t: 0.1 * 0.5 ** (t // 5)",
            "It also falls in the middle of each interval.",
        ),
        (
            "steps of twice the length",
            "lambda t: 0.1 * 0.5 ** (t // 20)",
            "At every other multiple of `decay_steps` it does not fall.",
        ),
        (
            "steps of equal height, not of equal factor",
            "lambda t: np.maximum(0.1 - 0.005 * (t // 10), 0.01)",
            "It falls by the same amount at each step. The same "
            "factor is asked for: the quotient of two neighbours.",
        ),
        (
            "a step decay that starts again at update 50",
            "lambda t: 0.1 * 0.5 ** (t % 50 // 10)",
            "At first it is right. Look at all ten intervals.",
        ),
        (
            "a smooth exponential near 1e-9",
            "lambda t: 1e-9 * 0.5 ** (t / 10)",
            "Small rates must be told apart like "
            "large ones, so compare them relatively.",
        ),
        (
            "a step decay near 1e-9",
            "lambda t: 1e-9 * 0.5 ** (t // 10)",
            "This one is right, though its rates are small.",
        ),
        (
            "a step decay with rounding errors of 1e-15",
            "lambda t: 0.3 * 0.9 ** (t // 10) * (1 + 1e-15 * (t % 3))",
            "This one is right: compare with a tolerance.",
        ),
        (
            "a step decay that also loses a part in a million at each update",
            "lambda t: 0.1 * 0.5 ** (t // 10) * 0.999999**t",
            "A part in a million is more than the tolerance of the task.",
        ),
    ]
]


def _weak_test(intervals=10, rtol=1e-9, atol=0.0, between=True):
    """A test as `is_step_decay`, weakened in one way."""

    def test(schedule, steps):
        rows = schedule(np.arange(intervals * steps)).reshape(intervals, steps)
        factors = rows[1:, 0] / rows[:-1, 0]
        steady = np.allclose(factors, factors[0], rtol, atol) and factors[0] < 1
        return bool(
            np.allclose(rows, rows[:, :1], rtol, atol) and (steady or not between)
        )

    return test


def is_step_decay(schedule, decay_steps):
    rates = np.array([schedule(t) for t in range(10 * decay_steps)]).reshape(
        10, decay_steps
    )
    first = rates[:, 0]  # of each interval
    factors = first[1:] / first[:-1]
    flat = np.allclose(rates, first[:, None], rtol=1e-9, atol=0)
    steady = np.allclose(factors, factors[0], rtol=1e-9, atol=0)
    return flat and steady and factors[0] < 1


add(
    "3.2.2",
    is_step_decay,
    "A test that finds the sawtooth",
    2,
    """
    Write `is_step_decay(schedule, decay_steps)`: True if `schedule(update)` is a right step decay,
    else False. Right means: the same rate in each interval of `decay_steps` updates, and from each
    interval to the next the same factor, between 0 and 1. Look at the first ten intervals.
    `schedule` takes a number or an array; all rates are above 0. Rates that differ by a part in
    10⁹ or less count as equal.
    """,
    why="Laid out with one interval to a row, a step decay has "
    "equal columns, and its first column falls by one factor.",
    hints=[
        "Two things must hold: inside an interval nothing changes, and from "
        "interval to interval one factor below 1. Test them one after the other.",
        "The rates of the first ten intervals, as an array "
        "of ten rows: `reshape(10, decay_steps)`. What must "
        "be true of each row, and what of the first column?",
        "`np.allclose(a, b, rtol=1e-9, atol=0)` compares with a relative "
        "tolerance. Without `atol=0`, all rates near 1e-9 count as equal.",
    ],
    probes=_ZOO,
    slips=[
        (
            lambda schedule, steps: True,
            "It says True to everything. A test is worth what it refuses.",
        ),
        (
            lambda schedule, steps: False,
            "It says False to everything, to right step decays too.",
        ),
        (
            lambda schedule, steps: bool(
                np.all(np.diff(schedule(np.arange(10 * steps))) <= 0)
            ),
            "It asks only that the rate never rises. A smooth "
            "exponential never rises either, nor does a constant.",
        ),
        (
            lambda schedule, steps: schedule(steps) < schedule(0),
            "It looks at two updates only. Much can "
            "go wrong between them and after them.",
        ),
        (
            lambda schedule, steps: bool(
                np.all(np.diff(schedule(np.arange(0, 10 * steps, steps))) < 0)
            ),
            "It looks only at the first update of each interval "
            "and sees nothing of what happens inside one.",
        ),
        (
            _weak_test(intervals=2),
            "It looks at the first two intervals only; what goes wrong later passes.",
        ),
        (
            _weak_test(between=False),
            "It asks only that nothing changes inside an interval. "
            "From one interval to the next anything goes.",
        ),
        (
            _weak_test(rtol=0),
            "It compares with `==`, and so it refuses "
            "a right schedule for its rounding errors.",
        ),
        (
            _weak_test(rtol=1e-5),
            "Its tolerance is too wide: `np.allclose` and "
            "`np.isclose` have `rtol=1e-5` unless told otherwise.",
        ),
        (
            _weak_test(atol=1e-8),
            "Its tolerance is absolute, so all small rates count as equal: "
            "`np.allclose` and `np.isclose` have `atol=1e-8` unless told "
            "otherwise. Rates as small as 1e-9 do occur at the end of a run.",
        ),
    ],
)


def warm_steps():
    return 0.2 * (Warmup(50) >> Exponential(0.5).every(100))


def _warm(start=50, rise=50, origin=50, peak=0.2, base=0.0, length=100):
    """The schedule of `warm_steps`, with one thing changed."""

    def schedule(t):
        t = np.asarray(t, dtype=float)
        falling = peak * 0.5 ** np.maximum((t - origin) // length, 0)
        return np.where(
            t < start, base + (peak - base) * np.minimum(t / rise, 1), falling
        )

    return schedule


add(
    "3.2.3",
    warm_steps,
    "Warmup, then steps",
    2,
    """
    Build the schedule `warm_steps`: a linear warmup from 0 at update 0 to the peak 0.2 at update
    50; then the rate is halved every 100 updates, counted from the end of the warmup, for ever.
    Use the algebra of `lrdecay_lib.schedules` (`Warmup`, `Exponential`, `>>`, `.every`), or write
    any function of the update index.
    """,
    why="Each part starts its own clock where the part before it "
    "ends, so the steps are counted from the end of the warmup. "
    "The peak stands outside the brackets and scales both parts.",
    hints=[
        "Build it from two parts with a peak of 1, put "
        "`>>` between them, and multiply by the peak last.",
        "`Exponential(factor)` is multiplied by `factor` at every update. "
        "`.every(n)` makes it stand still for n updates at a time.",
        "Python reads `0.2 * a >> b` as `(0.2 * a) >> b`. "
        "Put brackets around the chain.",
    ],
    probes=[
        (t,) for t in (0, 1, 25, 49, 50, 51, 100, 149, 150, 151, 249, 250, 1049, 1050)
    ],
    slips=[
        (
            _warm(origin=0),
            "The steps are counted from update 0, so the first one after the warmup "
            "is cut short. They are to be counted from the end of the warmup.",
        ),
        (_warm(start=0), "There is no warmup: the rate starts at the peak."),
        (_warm(peak=1.0), "The shape is right and the peak is not: yours is 1."),
        (
            _warm(length=50),
            "The rate is halved every 50 updates. That "
            "is the warmup's length; a step lasts 100.",
        ),
        (
            lambda t: 0.2 * np.where(t < 50, t / 50, 0.25 ** (max(t - 50, 0) // 100)),
            "Each step leaves a quarter of the rate. One half is wanted.",
        ),
        (
            lambda t: (
                0.2 * np.where(t < 50, (t + 1) / 50, 0.5 ** (max(t - 50, 0) // 100))
            ),
            "Off by one in the warmup: at update 0 the rate is already "
            "above 0. It must be 0 there, and 0.2 at update 50.",
        ),
        (
            lambda t: (0.2 * (Warmup(50) >> Exponential(0.5))).every(100)(t),
            "`.every` stretches the warmup too. It "
            "belongs to the part after the warmup alone.",
        ),
        (
            _warm(length=1),
            "After the warmup the rate is halved at every "
            "update. Each value must be held for 100.",
        ),
        (
            lambda t: np.where(
                t < 50, _warm()(t), 0.2 * 0.5 ** (np.maximum(t - 50.0, 0) / 100)
            ),
            "After the warmup the rate falls smoothly. It is to be "
            "halved at once, and then to stand still for 100 updates.",
        ),
        (
            _warm(rise=49),
            "Off by one in the warmup: the rate must reach the "
            "peak at update 50, and start from 0 at update 0.",
        ),
        (
            lambda t: _warm()(t + 1),
            "Off by one: your schedule is one update "
            "ahead. Updates are counted from 0.",
        ),
        (
            _warm(origin=51),
            "Off by one: the rate is halved one update "
            "late. Update 150 is the first with 0.1.",
        ),
        (
            lambda t: np.where(t <= 50, _warm()(t), 0.2),
            "After the warmup the rate stays at the peak.",
        ),
    ],
    curve=(),
    updates=450,
)
