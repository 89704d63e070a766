"""The exercises of section 3, the algorithm."""

import math

import numpy as np

from ..schedules import Exponential, Warmup
from . import Named, add


# --- 3.1 Families: step, exponential, cosine ----------------------------------------------------


def cosine_decay(update, initial_rate, total, end_rate):
    progress = np.minimum(update / total, 1)
    return end_rate + (initial_rate - end_rate) * (1 + np.cos(np.pi * progress)) / 2


def _cosine(update, initial_rate, total, end_rate, last=1.0):
    """As `cosine_decay`, with the wave followed for ``last`` half periods."""
    wave = (1 + np.cos(np.pi * np.minimum(update / total, last))) / 2
    return end_rate + (initial_rate - end_rate) * wave


add(
    "3.1.1", cosine_decay, "A cosine with all its cases", 2, """
    Write `cosine_decay(update, initial_rate, total, end_rate)`: the rate starts at `initial_rate` at update 0,
    falls along half a cosine to `end_rate` at update `total`, and stays there. `update` is a number of at least
    0, or an array of them; for an array, return an array of the same shape.
    """,
    why="The share of the way that has passed stops at 1, so the wave cannot turn; the cosine goes from 1 to -1, "
        "so half of 1 + cosine goes from 1 to 0, and that is the share of the height that is left.",
    hints=["How large is the cosine of 0, of π/2 and of π? Make of it something that goes from 1 to 0.",
           "What goes from 1 to 0 is the share that is left of the height `initial_rate - end_rate`; `end_rate` "
           "is added to it.",
           "Past `total` the share of the way must stay at 1. `np.minimum` takes arrays as well as numbers."],
    probes=[*((t, 0.1, 100, 0.0) for t in (0, 50, 25, 99, 100, 150, 200, 1000)),
            *((t, 0.4, 80, 0.1) for t in (0, 20, 40, 80, 90, 160)),
            (np.arange(0, 240, 40), 0.4, 80, 0.1), (np.array([[0, 7], [21, 60]]), 2, 30, 0.5)],
    slips=[
        (lambda t, rate, total, end: _cosine(t, rate, total, end, np.inf),
         "Past `total` the rate rises again: the wave goes on. It must stay at `end_rate`."),
        (lambda t, rate, total, end: _cosine(t, rate, total, 0.0),
         "`end_rate` is forgotten: yours falls to 0."),
        (lambda t, rate, total, end: _cosine(t, rate, total, 0.0, np.inf),
         "Two things are missing: `end_rate`, and the case past `total`, where the wave goes on in yours."),
        (lambda t, rate, total, end: end + _cosine(t, rate, total, 0.0),
         "`end_rate` is added to the whole height, so the start lies above `initial_rate`. Only the difference of "
         "the two is to fall."),
        (lambda t, rate, total, end: np.maximum(_cosine(t, rate, total, 0.0), end),
         "The cosine falls to 0 and is cut off at `end_rate`, so it is there too early. It is to reach "
         "`end_rate` at `total`."),
        (lambda t, rate, total, end: end + (rate - end) * np.cos(np.pi / 2 * np.minimum(t / total, 1)),
         "This is a quarter of a wave: it falls fastest at the end. Half a wave is wanted, from the top to the "
         "bottom."),
        (lambda t, rate, total, end: end + (rate - end) * np.cos(np.pi * np.minimum(t / total, 1)),
         "The cosine itself goes from 1 to -1, so your rate falls below `end_rate`. It must become something "
         "from 1 to 0."),
        (lambda t, rate, total, end: end + (rate - end) * (1 + np.cos(np.pi * np.minimum(t / total, 1))),
         "1 + cosine goes from 2 to 0, so your start is too high. The half is missing."),
        (lambda t, rate, total, end: end + (rate - end) * (1 + np.cos(180 * np.minimum(t / total, 1))) / 2,
         "`np.cos` takes radians, and 180 is meant as degrees. Half a turn is π."),
        (lambda t, rate, total, end: end + (rate - end) * (1 - np.cos(np.pi * np.minimum(t / total, 1))) / 2,
         "The sign is turned round: yours rises from `end_rate` to `initial_rate`."),
        (lambda t, rate, total, end: _cosine(t + 1, rate, total, end),
         "Off by one: yours is one update ahead. Update 0 must have `initial_rate` itself."),
        (lambda t, rate, total, end: _cosine(t, rate, total - 1, end),
         "Off by one: yours reaches `end_rate` one update before `total`."),
        (lambda t, rate, total, end: end + (rate - end) * np.maximum(1 - t / total, 0),
         "This is a straight line, without any cosine."),
        (lambda t, rate, total, end: np.where(t < total, _cosine(t, rate, total, end), 0.0),
         "Past `total` yours is 0. It must stay at `end_rate`."),
    ],
    curve=lambda answer, t: answer(t, 0.4, 80, 0.1), updates=200,
)


def cosine_with_restarts(update, initial_rate, run_length):
    since_restart = update % run_length
    return initial_rate * (1 + np.cos(np.pi * since_restart / run_length)) / 2


def _falling(share, rate):
    return rate * (1 + np.cos(np.pi * share)) / 2


add(
    "3.1.2", cosine_with_restarts, "Warm restarts", 2, """
    Write `cosine_with_restarts(update, initial_rate, run_length)`: runs of `run_length` updates follow each
    other for ever. In each the rate falls along half a cosine from `initial_rate`, on the way to 0 at the run's
    end; the first update of each run has `initial_rate`. `update` is a number of at least 0, or an array of
    them.
    """,
    why="The remainder of the division is the number of updates since the last restart, and the rest is a cosine "
        "that knows of no restarts.",
    hints=["How many updates have passed since the last restart, at the updates 0, 9, 10 and 25, with a "
           "`run_length` of 10?",
           "Python's `%` gives the remainder of a division, for arrays too.",
           "At update `run_length` itself a new run begins, so the rate is `initial_rate`, not 0."],
    probes=[*((t, 0.1, 10) for t in (0, 1, 5, 9, 10, 11, 15, 20, 25, 99, 100)),
            *((t, 0.3, 64) for t in (32, 63, 64, 80)),
            (np.arange(0, 40, 5), 0.1, 10), (np.array([[0, 7], [21, 6]]), 2, 14)],
    slips=[
        (lambda t, rate, run: _falling(t / run, rate),
         "After the first run the rate rises slowly: the wave goes on. A restart is a jump back to the top."),
        (lambda t, rate, run: _falling(np.minimum(t / run, 1), rate),
         "After the first run the rate stays at 0: there is no restart."),
        (lambda t, rate, run: np.where(t > 0, _falling(((t - 1) % run + 1) / run, rate), rate),
         "Off by one: at the first update of each new run yours still has the end of the run before. It must have "
         "`initial_rate`."),
        (lambda t, rate, run: _falling((t % run + 1) / run, rate),
         "Off by one: yours is one update ahead in each run. The first update of a run must have `initial_rate`."),
        (lambda t, rate, run: _falling(t % run / (run - 1), rate),
         "Yours is at 0 at the last update of each run. It is to be on the way to 0 still: the end of the run is "
         "the start of the next."),
        (lambda t, rate, run: _falling(2 * (t % run) / run, rate),
         "Each run goes down and up again: a whole wave. Half a wave is wanted, and then a jump."),
        (lambda t, rate, run: rate * np.cos(np.pi / 2 * (t % run) / run),
         "This is a quarter of a wave in each run: it falls fastest at the end."),
        (lambda t, rate, run: rate * (1 + np.cos(np.pi * (t % run) / run)),
         "1 + cosine goes from 2 to 0, so each run starts too high. The half is missing."),
        (lambda t, rate, run: rate * (1 - t % run / run),
         "Each run is a straight line. Half a cosine is wanted."),
        (lambda t, rate, run: _falling(t // run / run, rate),
         "`//` counts the finished runs. What is wanted is what is left over: the updates since the last restart."),
        (lambda t, rate, run: _falling(t % (run + 1) / run, rate),
         "Each run has one update too many: it shows its end, and only then begins the next. The end of a run is the "
         "first update of the next."),
        (lambda t, rate, run: _falling(t % run / run, rate * 0.5 ** (t // run)),
         "Each run starts at half the height of the one before. Here all start at `initial_rate`."),
    ],
    curve=lambda answer, t: answer(t, 0.1, 60), updates=240,
)


# --- 3.2 Step by step: writing a step decay that is right ---------------------------------------


def step_decay(update, initial_rate, decay_steps, decay_factor):
    return initial_rate * decay_factor ** (update // decay_steps)


def _sawtooth(update, initial_rate, decay_steps, decay_factor):
    """What the article's function does: full rate at first, then a climb in each interval."""
    climb = initial_rate * decay_factor ** (decay_steps - update % decay_steps)
    return np.where(update < decay_steps, initial_rate, climb)


add(
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
        (lambda t, rate, steps, factor: (rate * factor) ** (t // steps),
         "`initial_rate` is raised to the power as well. Only the factor is: `a * b ** n` without brackets."),
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
_ZOO = [(Named(label, formula, remark), _STEPS) for label, formula, remark in [
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


add(
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


add(
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


# --- 3.3 What decay gives and what it costs -------------------------------------------------------


def updates_to_spend(share, half_life):
    return math.ceil(half_life * math.log2(1 / (1 - share)))


add(
    "3.3.1", updates_to_spend, "When the way is spent", 2, """
    An exponential decay that goes on for ever halves its rate every `half_life` updates. All its rates together
    have a finite sum. Write `updates_to_spend(share, half_life)`: the smallest number of updates, an int, whose
    rates make up at least the share `share` of that sum. `share` lies between 0 and 1; the peak does not matter.
    """,
    why="What is left of the sum after n updates is the whole decay again, begun at a smaller rate: so the share "
        "that is left halves with the rate, every `half_life` updates.",
    hints=["After one half-life, how large is what is still to come, compared with all of it?",
           "After n updates the share 2 to the power of -n / half_life is still to come. When has it fallen to "
           "1 - share?",
           "`math.log2` undoes the power, and `math.ceil` rounds up to an int."],
    probes=[(0.4, 10), (0.7, 10), (0.99, 25), (0.9, 100), (0.999, 89), (0.25, 65), (0.87, 7), (0.2, 30), (0.6, 3),
            (0.75, 1), (0.875, 1)],  # met exactly, and without rounding
    slips=[
        (lambda share, n: math.ceil(n * math.log2(1 / share)),
         "This is when the share `share` is left. It is to be spent, so 1 - share is left."),
        (lambda share, n: math.floor(n * math.log2(1 / (1 - share))),
         "Rounded down, the share is not quite reached."),
        (lambda share, n: round(n * math.log2(1 / (1 - share))),
         "`round` goes to the nearest whole number, so the share is sometimes not quite reached."),
        (lambda share, n: n * math.log2(1 / (1 - share)),
         "A number of updates is whole: the first at which the share is reached."),
        (lambda share, n: math.ceil(n * math.log(1 / (1 - share))),
         "This is the natural logarithm. The rate halves, so the base is 2."),
        (lambda share, n: math.ceil(n * math.log10(1 / (1 - share))),
         "This is the logarithm to base 10. The rate halves, so the base is 2."),
        (lambda share, n: math.ceil(n * share / (1 - share)),
         "This is as if the rate fell like 1/t. An exponential loses the same share in the same time."),
        (lambda share, n: math.ceil(2 * n * share),
         "This spends the rate evenly. The early updates have the larger rates, so the last part takes longest."),
        (lambda share, n: math.ceil(math.log2(1 / (1 - share))),
         "These are half-lives. Updates are wanted, and `half_life` of them make one."),
        (lambda share, n: math.ceil(n * math.log2(1 / (1 - share))) + 1, "One too many: the smallest number is wanted."),
        (lambda share, n: math.ceil(n * math.log2(1 / (1 - share))) - 1, "One too few: the share is not yet reached."),
    ],
)


def line_begun_anew(update, peak, total, changes):
    start = max(change for change in [0, *changes] if change <= update)
    return peak * (total - update) / (total - start)


def _line_from(starts, update, peak, total):
    start = max(starts, default=0)
    return peak * (total - update) / (total - start)


add(
    "3.3.2", line_begun_anew, "A line that begins anew", 2, """
    Write `line_begun_anew(update, peak, total, changes)`: the rate of update `update`, a number from 0 to
    `total` - 1. It starts at `peak` and falls in a straight line to 0 at `total`. `changes` is a sorted list of
    updates at which the data change: each is the first update with the new data. There the rate is `peak` again, and
    falls in a straight line to 0 at the same `total`. The list may be empty.
    """,
    why="Only the last change counts, and the start of the run counts as one. From there to `total` it is one line.",
    hints=["Which of the changes still matter at this update? Treat update 0 as a change too.",
           "How many updates lie between the last change and `total`, and how many of them are still to come?"],
    probes=[(0, 0.1, 100, []), (25, 0.1, 100, []), (50, 0.1, 100, [50]), (49, 0.1, 100, [50]), (75, 0.1, 100, [50]),
            (90, 0.4, 100, [20, 80]), (80, 0.4, 100, [20, 80]), (50, 0.4, 100, [20, 80]), (10, 0.4, 100, [20, 80]),
            (99, 0.2, 100, [10, 30, 90]), (150, 1.0, 200, [100]), (21, 0.3, 40, [20, 21])],
    slips=[
        (lambda t, peak, total, changes: peak * (1 - t / total),
         "This is the line of the whole run. It does not begin anew when the data change."),
        (lambda t, peak, total, changes: _line_from([c for c in changes if c < t], t, peak, total),
         "At a change itself yours is still the old line. A change is the first update with the new data, so the rate "
         "must be `peak` there."),
        (lambda t, peak, total, changes: _line_from([c for c in changes[:1] if c <= t], t, peak, total),
         "It begins anew at the first change only. There may be more than one."),
        (lambda t, peak, total, changes: _line_from(changes[-1:], t, peak, total),
         "It looks at the last change of the list, even when that is still to come."),
        (lambda t, peak, total, changes: peak * (1 - (t - max([0, *(c for c in changes if c <= t)])) / total),
         "After a change yours falls as slowly as the whole run's line, so at `total` it is not at 0. The line has only "
         "the updates that are left."),
        (lambda t, peak, total, changes: peak if any(c <= t for c in changes) else peak * (1 - t / total),
         "After a change yours stays at `peak`. It must fall again."),
        (lambda t, peak, total, changes: peak,
         "Yours is `peak` at every update."),
        (lambda t, peak, total, changes: (total - t) / (total - max([0, *(c for c in changes if c <= t)])),
         "The shape is right, and `peak` is missing."),
        (lambda t, peak, total, changes: peak * (total - t) / total * 2 ** sum(c <= t for c in changes),
         "Yours doubles at each change. The rate is to be `peak` again, whatever it was before."),
    ],
)


# --- 3.4.5 Recommender systems ------------------------------------------------------------------


def predict_ratings(users, items, pairs):
    return np.sum(users[pairs[:, 0]] * items[pairs[:, 1]], axis=1)


_USERS = np.array([[1.0, 0.5, -1.0], [0.0, 2.0, 1.0], [-1.5, 1.0, 0.25], [2.0, -0.5, 3.0]])
_ITEMS = np.array([[0.5, 1.0, 2.0], [-1.0, 0.3, 0.7], [1.2, -2.0, 0.4], [0.1, 0.6, -0.9], [2.5, 1.5, -0.2]])


add(
    "3.4.5.1", predict_ratings, "Predicted ratings", 1, """
    Write `predict_ratings(users, items, pairs)`: the predicted rating of each pair, an array of shape (n,).
    `users` has shape (number of users, rank), one vector to a row, and `items` has shape (number of items,
    rank). `pairs` has shape (n, 2): the number of a user and the number of an item.
    """,
    why="Indexing with an array of numbers takes a row for each of them, so the two factors have the shape (n, "
        "rank), and the sum over the rank leaves one product for each pair.",
    hints=["What does `users[np.array([2, 0, 2])]` give? Try it with three users.",
           "Take the vectors of all pairs' users, and those of all pairs' items: two arrays of shape (n, rank).",
           "The product of two vectors is the sum over their elements' products, here along axis 1."],
    probes=[(_USERS, _ITEMS, np.array([[0, 1], [2, 3]])), (_USERS, _ITEMS, np.array([[0, 1], [2, 4], [3, 0], [1, 3], [0, 2]])),
            (_USERS, _ITEMS, np.array([[1, 1], [1, 2]])), (_USERS[:, :2], _ITEMS[:, :2], np.array([[3, 4]]))],
    slips=[
        (lambda u, v, pairs: u @ v.T,
         "This is the whole table, every user with every item. Only the pairs that were asked are wanted."),
        (lambda u, v, pairs: u[pairs[:, 0]] @ v[pairs[:, 1]].T,
         "This pairs every user that was asked with every item that was asked: shape (n, n). One number for each "
         "pair is wanted."),
        (lambda u, v, pairs: u[pairs[:, 0]] * v[pairs[:, 1]],
         "The products of the elements are there, and not yet added up: shape (n, rank)."),
        (lambda u, v, pairs: np.sum(u[pairs[:, 1] % len(u)] * v[pairs[:, 0]], axis=1),
         "User and item are exchanged: in a pair the user comes first."),
        (lambda u, v, pairs: np.mean(u[pairs[:, 0]] * v[pairs[:, 1]], axis=1),
         "This is the mean over the rank. The product of two vectors is the sum."),
        (lambda u, v, pairs: np.sum(u[pairs[:, 0]] * v[pairs[:, 1]], axis=0),
         "The sum goes over the pairs. It must go over the rank, within each pair."),
        (lambda u, v, pairs: float(np.sum(u[pairs[:, 0]] * v[pairs[:, 1]])),
         "This adds up everything. One number for each pair is wanted."),
        (lambda u, v, pairs: np.sum((u[pairs[:, 0]] * v[pairs[:, 1]]) / np.linalg.norm(u[pairs[:, 0]], axis=1)[:, None]
                                    / np.linalg.norm(v[pairs[:, 1]], axis=1)[:, None], axis=1),
         "This is the cosine of the angle between the vectors. Their lengths belong to the prediction."),
    ],
)


def update_vectors(user, item, rating, rate, penalty):
    error = rating - np.sum(user * item)
    return np.stack([user + 2 * rate * (error * item - penalty * user),
                     item + 2 * rate * (error * user - penalty * item)], axis=0)


def _updated(factor=2.0, sign=1.0, shrink=1.0, own=False):
    """A wrong update: another factor or sign, another share of the penalty, or each vector's own direction."""
    def answer(user, item, rating, rate, penalty):
        error = sign * (rating - np.sum(user * item))
        along = (user, item) if own else (item, user)
        return np.stack([old + factor * rate * (error * other - shrink * penalty * old)
                         for old, other in zip((user, item), along)])
    return answer


def _one_after_the_other(user, item, rating, rate, penalty):
    user = user + 2 * rate * ((rating - user @ item) * item - penalty * user)
    return np.stack([user, item + 2 * rate * ((rating - user @ item) * user - penalty * item)])


def _old_error(user, item, rating, rate, penalty):
    error = rating - user @ item
    user = user + 2 * rate * (error * item - penalty * user)
    return np.stack([user, item + 2 * rate * (error * user - penalty * item)])


_PAIR = np.array([1.0, -0.5, 2.0]), np.array([0.4, 1.5, 0.3])


add(
    "3.4.5.2", update_vectors, "One update of a recommender", 3, """
    Write `update_vectors(user, item, rating, rate, penalty)`: one update of gradient descent on one rating. The
    loss is `(rating - p)**2 + penalty * (a + b)`, where p is the product of the vectors `user` and `item`, both
    of shape (rank,), and a and b are their squared lengths. Return the new user vector and the new item vector
    as the rows of an array of shape (2, rank).
    """,
    why="Both gradients are taken at the old vectors. The derivative of the square brings the factor 2, and so does "
        "that of the squared length; going against the gradient turns the sign.",
    hints=["Write down the derivative of the loss by one element of the user's vector. Which element of the item's "
           "vector stands in it?",
           "The derivative by the user is -2 (rating - p) item + 2 penalty user. By the item it is the same with "
           "the roles exchanged.",
           "Compute both new vectors from the old ones, and only then put them together with `np.stack`."],
    probes=[(*_PAIR, 1.0, 0.1, 0.0), (*_PAIR, 1.0, 0.1, 0.05), (*_PAIR[::-1], -2.0, 0.02, 0.3),
            (_PAIR[0][:2], _PAIR[1][:2], 0.7, 0.25, 0.1)],
    slips=[
        (_one_after_the_other,
         "The item is updated with the user's new vector. One update takes both gradients at the old vectors."),
        (_old_error,
         "The error is the old one, but the item moves along the user's new vector. Both gradients belong to the "
         "old vectors."),
        (_updated(factor=1.0), "A factor is missing: the derivative of a square is twice what is inside."),
        (_updated(shrink=0.0), "The penalty is not there. It pulls each vector towards zero."),
        (_updated(shrink=0.5),
         "The penalty's derivative has a factor 2 of its own: that of the squared length is twice the vector."),
        (_updated(shrink=-1.0), "The penalty makes the vectors longer. It has the wrong sign."),
        (_updated(sign=-1.0), "This goes up: the error has the wrong sign, so the prediction gets worse."),
        (_updated(sign=-1.0, shrink=-1.0), "This adds the gradient, which goes up. Gradient descent subtracts it."),
        (_updated(own=True),
         "Each vector moves along itself. In the derivative by the user stands the item's vector, and the other "
         "way round."),
        (lambda user, item, rating, rate, penalty: np.stack([_updated()(user, item, rating, rate, penalty)[0], item]),
         "Only the user has learned from the rating. The item's vector has a gradient as well."),
        (lambda user, item, rating, rate, penalty: _updated()(user, item, rating, rate, penalty)[::-1],
         "The rows are in the wrong order: the user comes first."),
    ],
)


# --- 3.4.2 Recurrent networks -------------------------------------------------------------------


def step_length(norm, rate, limit):
    return rate * min(norm, limit)


add(
    "3.4.2.1", step_length, "How long is a clipped step?", 1, """
    A gradient has the length `norm`. It is clipped at the length `limit` and then multiplied by the learning
    rate `rate`. Write `step_length(norm, rate, limit)`: the length of the step that plain gradient descent
    takes. All three are numbers above 0.
    """,
    why="Clipping changes only gradients that are too long, and it comes before the rate. So no step is longer than "
        "the rate times the limit.",
    hints=["Clipping leaves a short gradient as it is. What becomes of the length of a long one?",
           "The order matters: first the gradient is clipped, then the rate is multiplied to it.",
           "`min(a, b)` is the smaller of two numbers."],
    probes=[(50.0, 0.1, 1.0), (0.5, 0.1, 1.0), (3.0, 0.2, 5.0), (7.0, 0.2, 5.0), (2.0, 0.5, 2.0), (40.0, 2.0, 0.3)],
    slips=[
        (lambda norm, rate, limit: rate * norm,
         "This is the step without clipping: a long gradient makes a long step."),
        (lambda norm, rate, limit: rate * limit,
         "Every gradient gets the length of the limit, the short ones too. That is normalizing. Clipping leaves "
         "short gradients as they are."),
        (lambda norm, rate, limit: min(rate * norm, limit),
         "Here the step is clipped. It is the gradient that has the limit, before it is multiplied by the rate."),
        (lambda norm, rate, limit: rate * limit / norm,
         "`limit / norm` is the factor that shortens the gradient. The length that is left is the factor times `norm`."),
        (lambda norm, rate, limit: rate * min(1.0, limit / norm),
         "`min(1, limit / norm)` is the factor that shortens the gradient. Its length is still to be multiplied by it."),
        (lambda norm, rate, limit: rate * max(norm, limit),
         "This makes short gradients longer, and leaves the long ones as they are."),
        (lambda norm, rate, limit: min(norm, limit), "This is the length of the clipped gradient. The rate is missing."),
        (lambda norm, rate, limit: rate * norm * min(1.0, norm / limit),
         "The factor is upside down: a gradient twice as long as the limit is to be halved."),
        (lambda norm, rate, limit: rate * (norm if norm < limit else 0.0),
         "Gradients above the limit are thrown away. Clipping shortens them to the limit."),
    ],
)


def one_step_back(gradient, state, recurrent):
    inner = gradient * (1 - state**2)
    return recurrent.T @ inner


_STATE = np.array([0.5, -0.8, 0.1])
_RECURRENT = np.array([[0.2, -1.0, 0.5], [0.7, 0.3, -0.4], [0.0, 1.2, 0.9]])


add(
    "3.4.2.2", one_step_back, "One step back through time", 2, """
    A recurrent network computes the state `state = np.tanh(recurrent @ before + rest)`, where `before` is the
    state one step earlier, and `rest` does not depend on it. `gradient` is the gradient of the loss at `state`.
    Write `one_step_back(gradient, state, recurrent)`: the gradient at `before`. The first two arguments have the
    shape (n,), and `recurrent` has the shape (n, n).
    """,
    why="The chain rule goes through tanh first, whose slope is 1 minus the square of its value, and then through "
        "the matrix, whose transpose it meets on the way back.",
    hints=["On the way forward the matrix comes first and tanh second. In which order do they come on the way back?",
           "The slope of tanh can be written with its value alone: it is 1 minus the value squared.",
           "A vector that went forward through `recurrent @ ...` comes back through `recurrent.T @ ...`."],
    probes=[(np.array([1.0, 0.0, 0.0]), _STATE, _RECURRENT), (np.array([0.3, -2.0, 1.0]), _STATE, _RECURRENT),
            (np.array([0.3, -2.0, 1.0]), np.zeros(3), _RECURRENT),
            (np.array([-1.0, 2.0]), np.array([0.9, -0.3]), np.array([[2.0, 0.1], [-0.6, 1.5]]))],
    slips=[
        (lambda g, h, w: w @ (g * (1 - h**2)),
         "The matrix is not transposed. That is the way forward; backwards, rows and columns change places."),
        (lambda g, h, w: w.T @ g,
         "The slope of tanh is missing. Where the state is near 1 or -1, hardly any gradient comes through."),
        (lambda g, h, w: w @ g, "The slope of tanh is missing, and the matrix is not transposed."),
        (lambda g, h, w: (w.T @ g) * (1 - h**2),
         "The slope comes too late: it belongs to the later state, so it is multiplied before the matrix."),
        (lambda g, h, w: (w @ g) * (1 - h**2),
         "The slope comes too late, and the matrix is not transposed."),
        (lambda g, h, w: w.T @ (g * (1 - np.tanh(h) ** 2)),
         "tanh is taken twice: `state` is already its value."),
        (lambda g, h, w: w.T @ (g * (1 - h)), "The slope of tanh is 1 minus the *square* of its value."),
        (lambda g, h, w: w.T @ (g * h * (1 - h)), "This is the slope of the sigmoid. That of tanh is 1 minus its "
                                                  "value squared."),
        (lambda g, h, w: w.T @ (g * h), "The gradient is multiplied by the state. The slope of tanh is wanted."),
        (lambda g, h, w: g * (1 - h**2), "This is the gradient inside tanh. It still has to go through the matrix."),
    ],
)


# --- 3.4.4 Deep reinforcement learning ----------------------------------------------------------


def discounted_returns(rewards, discount):
    returns, later = np.zeros(len(rewards)), 0.0
    for t in range(len(rewards))[::-1]:
        later = rewards[t] + discount * later
        returns[t] = later
    return returns


def _backwards(rewards, discount, first=1.0):
    """The discounted returns, where a reward is weighed with ``first`` and what comes after it with ``discount``."""
    returns, later = [], 0.0
    for reward in rewards[::-1]:
        later = first * reward + discount * later
        returns.append(later)
    return np.array(returns[::-1])


add(
    "3.4.4.1", discounted_returns, "Discounted returns", 2, """
    Write `discounted_returns(rewards, discount)`: for each step t of one episode the reward of that step, plus
    `discount` times the reward of the next, plus `discount` squared times the one after, and so on to the end. The
    answer has the shape of `rewards`, which is (n,).
    """,
    why="Read from the end, each return is the reward of its step plus the discounted return of the next one, so one "
        "pass is enough.",
    hints=["What is the return of the last step? And of the last but one?",
           "Write the return of step t with the help of the return of step t + 1.",
           "Go through the rewards backwards and carry one number along."],
    probes=[(np.array([1.0, 1.0, 1.0]), 0.5), (np.array([0.0, 0.0, 4.0]), 0.5), (np.array([2.0, -1.0, 0.5, 3.0]), 0.9),
            (np.array([5.0]), 0.9), (np.array([1.0, 2.0, 3.0]), 0.0), (np.array([1.0, 2.0, 3.0]), 1.0)],
    slips=[
        (lambda r, d: np.cumsum(r[::-1])[::-1],
         "Nothing is discounted: a reward in ten steps counts as much as one now."),
        (lambda r, d: _backwards(r[::-1], d)[::-1],
         "The sum runs the wrong way: it holds the rewards up to step t, which have been paid already. What counts is "
         "what is still to come."),
        (lambda r, d: r * d ** np.arange(len(r)), "These are the discounted rewards. They still have to be added up."),
        (lambda r, d: np.cumsum((r * d ** np.arange(len(r)))[::-1])[::-1],
         "All rewards are discounted from the start of the episode. Each step counts from itself: its own reward has "
         "the weight 1."),
        (lambda r, d: d * _backwards(r, d),
         "The reward of the step itself is discounted too. It is paid now, so its weight is 1."),
        (lambda r, d: np.append(_backwards(r, d)[1:], 0.0),
         "The reward of the step itself is missing: the sum begins one step late."),
        (lambda r, d: _backwards(r, d, 1 - d), "Each reward is weighed with 1 - discount, as in a moving average."),
        (lambda r, d: float(_backwards(r, d)[0]),
         "This is the return of the first step. One for each step is wanted."),
    ],
)


def annealed_rate(step, total_steps, steps_per_round, peak):
    before = step // steps_per_round * steps_per_round
    return peak * (1 - before / total_steps)


add(
    "3.4.4.2", annealed_rate, "A rate that is set once a round", 2, """
    Write `annealed_rate(step, total_steps, steps_per_round, peak)`: the rate when `step` steps have been taken, counted
    from 0. The rate is set at the beginning of each round and kept for all its steps. The first round has `peak`; from
    round to round it falls by the same amount; and a round after the last, if there were one, would have 0.
    `total_steps` is a whole number of rounds.
    """,
    why="All steps of a round share the number of steps that were taken before the round began, and the rate is linear in "
        "that number.",
    hints=["How many rounds are there, and which of them does `step` belong to? Count from 0.",
           "`//` gives whole rounds: step 127 of rounds of 128 belongs to round 0, step 128 to round 1.",
           "With n rounds, the rates are 1, (n - 1) / n, ..., 1 / n, times the peak."],
    probes=[(0, 1024, 128, 0.1), (127, 1024, 128, 0.1), (128, 1024, 128, 0.1), (1023, 1024, 128, 0.1),
            (300, 600, 100, 2.0), (450, 600, 100, 2.0), (5, 8, 2, 1.0), (0, 3, 1, 1.0)],
    slips=[
        (lambda s, total, n, peak: peak * (1 - s / total),
         "The rate falls at every step. It is set once a round, and all steps of a round share it."),
        (lambda s, total, n, peak: peak * (1 - s // n / max(total // n - 1, 1)),
         "The last round has the rate 0, so nothing is learned from it. It is the round after the last that would have 0."),
        (lambda s, total, n, peak: peak * (1 - (s // n + 1) / (total // n)),
         "The rounds are counted from 1, so the first is already below the peak, and the last has the rate 0."),
        (lambda s, total, n, peak: 1 - s // n / (total // n), "The peak is missing: this is the share of it."),
        (lambda s, total, n, peak: peak * (1 - s // n / total),
         "The number of the round is divided by the number of all steps, so the rate hardly falls."),
        (lambda s, total, n, peak: peak * (1 - s / (total // n)),
         "The number of the step is divided by the number of rounds, so the rate is below 0 soon."),
        (lambda s, total, n, peak: peak * (s // n / (total // n)), "The rate rises from 0. It has to fall."),
        (lambda s, total, n, peak: peak * (1 - s % n / n),
         "The rate falls within each round and begins anew in the next: `%` gives the step within the round."),
    ],
)


# --- 3.4.1 Images and convolutional networks ----------------------------------------------------


def overfitting_rise(losses):
    return losses[-1] - np.min(losses)


_VALLEY = np.array([2.3, 1.4, 0.9, 0.75, 0.8, 1.0])


add(
    "3.4.1.1", overfitting_rise, "The rise after the best moment", 1, """
    Write `overfitting_rise(losses)`: how far the last of the test losses of a run, an array of shape (n,), lies
    above the lowest one. A run that ends at its lowest loss has a rise of 0.
    """,
    why="The lowest loss can lie anywhere on the way. Where it is the last, the difference is 0, so a rise is never "
        "negative.",
    hints=["Which two numbers of the path does the rise compare?",
           "`losses[-1]` is the last one, and `np.min(losses)` the lowest."],
    probes=[(_VALLEY,), (_VALLEY[:4],), (np.array([1.0, 0.4, 1.9, 0.7, 0.55]),), (np.array([0.5, 0.2, 0.9]),)],
    slips=[
        (lambda losses: np.min(losses) - losses[-1], "The sign is wrong: a loss that went up again has a rise above 0."),
        (lambda losses: losses[-1] - losses[0],
         "This compares the end with the beginning. The rise is counted from the lowest point."),
        (lambda losses: losses[0] - np.min(losses), "This is the fall from the beginning to the lowest point."),
        (lambda losses: np.max(losses) - np.min(losses),
         "This is from the highest to the lowest loss, and the highest may be the first."),
        (lambda losses: max(losses[-1] - losses[-2], 0.0),
         "This looks at the last step alone. The lowest point may lie much earlier."),
        (lambda losses: losses[-1] / np.min(losses) - 1, "This is the rise as a share. The difference is wanted."),
        (lambda losses: int(np.argmin(losses)), "This is the place of the lowest loss, not its height."),
    ],
)


def rate_at_marks(update, peak, marks, factor):
    passed = np.sum(np.array(marks, dtype=float) <= update)
    return peak * factor**passed


def _marked(count):
    return lambda update, peak, marks, factor: float(peak * factor ** count(update, np.array(marks)))


add(
    "3.4.1.2", rate_at_marks, "Divide by ten at the marks", 2, """
    Write `rate_at_marks(update, peak, marks, factor)`: the rate is `peak` at first, and is multiplied by
    `factor` once at each mark. `marks` is a tuple of rising update indices, and the update with the index of a
    mark is the first with the new rate. `update` is one number of at least 0.
    """,
    why="The number of marks that are not above the update says how often the factor was applied.",
    hints=["With marks at 100 and 200, how often has the factor been applied at update 99, 100, 150 and 200?",
           "Count the marks that are at or below the update; `np.sum` counts what is True."],
    probes=[(t, 0.1, (300, 450), 0.1) for t in (0, 299, 300, 301, 449, 450, 600)]
    + [(t, 0.4, (2, 5, 9), 0.5) for t in (1, 2, 4, 5, 8, 9, 30)] + [(7, 1.5, (7,), 0.2)],
    slips=[
        (_marked(lambda t, marks: np.sum(marks < t)),
         "The rate changes one update late: the update with the index of a mark is the first with the new rate."),
        (_marked(lambda t, marks: np.sum(marks <= t + 1)), "The rate changes one update early."),
        (_marked(lambda t, marks: int(np.any(marks <= t))),
         "The factor is applied once, however many marks have passed."),
        (_marked(lambda t, marks: t), "The factor is applied at every update. It belongs to the marks."),
        (_marked(lambda t, marks: np.sum(marks > t)),
         "This counts the marks that are still to come, so the rate rises. Count those that have passed."),
        (lambda t, peak, marks, factor: peak / factor ** int(np.sum(np.array(marks) <= t)),
         "This divides by the factor. A factor below 1 then makes the rate larger."),
        (lambda t, peak, marks, factor: peak * factor * int(np.sum(np.array(marks) <= t)),
         "The factor is multiplied by the number of marks that have passed. It is applied once for each: a power."),
        (lambda t, peak, marks, factor: peak * factor if t in marks else peak,
         "The rate changes at a mark and is back one update later. It must stay down: ask whether the mark has passed."),
        (lambda t, peak, marks, factor: peak, "The rate never changes."),
        (lambda t, peak, marks, factor: factor ** int(np.sum(np.array(marks) <= t)), "The peak is missing."),
    ],
)


# --- 3.4.3 Machine translation ------------------------------------------------------------------


def solved_share(targets, predictions):
    right = targets == predictions
    return np.mean(np.all(right, axis=1))


_TRANSLATED = np.array([[1, 2, 3], [4, 0, 2], [5, 5, 1], [0, 3, 4]])


add(
    "3.4.3.1", solved_share, "The share of sentences that are right", 1, """
    `targets` and `predictions` hold the tokens of n sentences, one sentence to a row, as arrays of whole numbers
    with the shape (n, length). Write `solved_share(targets, predictions)`: the share of sentences in which every
    token is right, a number from 0 to 1.
    """,
    why="A sentence counts when all of its tokens agree, so `all` goes along the row, and the mean over the rows.",
    hints=["Which tokens are right? Compare the two arrays: that gives True or False for each token.",
           "A sentence is a row, and must be right in all its places. `np.all(..., axis=...)` reduces one axis.",
           "The mean of True and False is the share of True."],
    probes=[(_TRANSLATED, _TRANSLATED + np.array([[0, 0, 0], [0, 1, 0], [0, 0, 0], [1, 0, 2]])),
            (_TRANSLATED, _TRANSLATED + np.array([[0, -1, 0], [0, 0, 0], [0, 0, 3], [0, -2, 0]])),
            (_TRANSLATED, _TRANSLATED), (_TRANSLATED, _TRANSLATED + 1), (_TRANSLATED[:2], _TRANSLATED[1::-1]),
            (np.array([[1, 2], [3, 4], [5, 6]]), np.array([[1, 2], [4, 3], [5, 6]]))],
    slips=[
        (lambda y, p: float(np.mean(y == p)),
         "This is the share of right *tokens*. A sentence with one wrong token is not solved."),
        (lambda y, p: float(np.mean(np.any(y == p, axis=1))),
         "This counts a sentence as soon as one of its tokens is right."),
        (lambda y, p: float(np.mean(np.all(y == p, axis=0))),
         "This looks along the columns: it asks at which place all sentences are right. A sentence is a row."),
        (lambda y, p: float(np.all(y == p)), "This asks whether *everything* is right: 1 or 0 for all sentences together."),
        (lambda y, p: int(np.sum(np.all(y == p, axis=1))), "This is the number of solved sentences. The share is wanted."),
        (lambda y, p: float(np.mean(np.any(y != p, axis=1))), "This is the share of sentences that are *not* solved."),
        (lambda y, p: float(np.mean(np.sort(y, axis=1) == np.sort(p, axis=1))),
         "The order is lost. A translation with the right tokens in wrong places is wrong."),
        (lambda y, p: float(np.mean(y.sum(axis=1) == p.sum(axis=1))),
         "Sentences are compared by the sum of their tokens, and different ones can have one sum."),
    ],
)


def transformer_rate(update, width, warmup):
    count = update + 1
    return width**-0.5 * min(count**-0.5, count * warmup**-1.5)


def _transformer(count=lambda t: t + 1.0, width=lambda d: d**-0.5, rise=-1.5, pick=min):
    """The rate of `transformer_rate`, with one thing changed."""
    def rate(update, d, warmup):
        n = count(update)
        return width(d) * pick(n**-0.5 if n else math.inf, n * warmup**rise)
    return rate


add(
    "3.4.3.2", transformer_rate, "The rate of the original transformer", 2, """
    The paper of the transformer (Vaswani and others, 2017) uses the rate d^(−1/2) · min(n^(−1/2), n · w^(−3/2)),
    where d is the width of the model, w the number of warmup updates, and n the number of the update, counted
    from **1**. Write `transformer_rate(update, width, warmup)` for an `update` that is counted from **0**, as
    everywhere in this book. It is a number, and so is the rate.
    """,
    why="Where the two parts meet, at n = w, both are 1/√w: the line of the warmup ends where the inverse root begins.",
    hints=["Update 0 is the paper's n = 1. What is n for update t?",
           "`x ** -0.5` is one over the root of x.",
           "`min` takes the smaller of the two: before n = w the rising line, after it the falling root."],
    probes=[(1, 512, 4000), (0, 512, 4000), (3999, 512, 4000), (4000, 512, 4000), (15999, 512, 4000), (0, 16, 1),
            (8, 16, 4), (2, 16, 9), (99, 64, 25)],
    slips=[
        (_transformer(count=float),
         "Off by one: the paper counts from 1 and `update` from 0. So the first update would have the rate 0."),
        (_transformer(pick=max), "The larger of the two parts is taken: it falls where the rate should rise, and rises "
                                 "where it should fall."),
        (_transformer(width=lambda d: 1.0), "The factor with the width is missing."),
        (_transformer(width=lambda d: d**0.5), "The width's root is in the wrong place: wider models get *smaller* rates."),
        (_transformer(width=lambda d: 1 / d), "The factor is one over the root of the width, not one over the width."),
        (_transformer(rise=-0.5), "The slope of the warmup is too large: at n = w the two parts must meet."),
        (_transformer(rise=-1.0), "The line of the warmup goes to 1 at n = w. It must meet the root there."),
        (lambda t, d, w: d**-0.5 * (t + 1.0) ** -0.5, "The warmup is missing: this falls from the first update on."),
        (lambda t, d, w: d**-0.5 * (t + 1.0) * w**-1.5, "This rises for ever: the falling part is missing."),
        (lambda t, d, w: d**-0.5 * min(w**-0.5, (t + 1.0) * w**-1.5),
         "After the warmup the rate stays where it is. It must fall with the inverse root of n."),
    ],
)
