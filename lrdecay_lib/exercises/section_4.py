"""The exercises of section 4, the mathematics."""

import math

import numpy as np

from . import Named, add


# --- 4.1 The formulas ---------------------------------------------------------------------------


def mean_share(schedule, updates):
    return np.sum(schedule(np.arange(updates))) / (updates * schedule(0))


def _share_of(numbers):
    """As `mean_share`, with other update numbers."""
    return lambda schedule, updates: np.sum(schedule(numbers(updates))) / (updates * schedule(0))


add(
    "4.1.1", mean_share, "The budget of a schedule", 1, """
    Write `mean_share(schedule, updates)`: the budget of the first `updates` updates, that is the sum of the rates
    that they use, as a share of what a constant rate of `schedule(0)` would have. `schedule` takes the 0-based
    number of an update, or an array of them; it starts above 0.
    """,
    why="The first update is number 0, so the last is `updates` - 1: just what `np.arange(updates)` counts. A "
        "constant rate has `updates` times the first one.",
    hints=["Which numbers do the first three updates have?",
           "Ask the schedule for the rate of each of them, and add up.",
           "How large is the same sum if each of the updates has the rate of update 0?"],
    probes=[
        (Named("a constant 0.1", lambda t: 0.1 + 0 * t), 7),
        (Named("a line from 0.4 to 0", lambda t: 0.4 * np.maximum(1 - t / 8, 0)), 8),
        (Named("a line from 0.4 to 0", lambda t: 0.4 * np.maximum(1 - t / 8, 0)), 6),
        (Named("a step decay by half", lambda t: 0.1 * 0.5 ** (t // 10)), 30),
        (Named("a warmup from 0.1 to 0.2", lambda t: 0.1 + 0.1 * np.minimum(t / 5, 1)), 12),
        (Named("an exponential", lambda t: 0.3 * 0.8**t), 3),
    ],
    slips=[
        (_share_of(lambda updates: np.arange(updates + 1)),
         "This adds one rate too many. Updates are counted from 0, so the last of n updates is number n - 1."),
        (_share_of(lambda updates: np.arange(1, updates + 1)),
         "Off by one: this counts the updates from 1. The first rate, that of update 0, is missing, and there is one "
         "too many at the end."),
        (_share_of(lambda updates: np.arange(1, updates)), "The rate of update 0 is missing from the sum."),
        (lambda schedule, updates: np.sum(schedule(np.arange(updates))),
         "This is the sum itself. What share is it of the sum that a constant rate has?"),
        (lambda schedule, updates: np.mean(schedule(np.arange(updates))),
         "This is the mean rate. As a share it must not depend on the unit: divide by the first rate."),
        (lambda schedule, updates: np.sum(schedule(np.arange(updates))) / schedule(0),
         "This is in units of one update at the first rate. The constant rival makes as many updates."),
        (lambda schedule, updates: (schedule(0) + schedule(updates)) / 2 / schedule(0),
         "This takes the mean of the first and the last rate, which is the mean of all for a straight line at most."),
        (lambda schedule, updates: np.sum(schedule(np.arange(updates)) ** 2) / (updates * schedule(0) ** 2),
         "This adds up squares. That is another useful sum, but not the budget."),
        (lambda schedule, updates: schedule(updates) / schedule(0),
         "This compares one rate. The budget adds up the rates of all updates."),
        (lambda schedule, updates: updates * schedule(0) / np.sum(schedule(np.arange(updates))),
         "The quotient is upside down: a schedule that falls has less than the constant."),
    ],
)


def with_floor(rate, peak, share):
    return share * peak + (1 - share) * rate


add(
    "4.1.2", with_floor, "A floor", 2, """
    A schedule falls from `peak` to 0. Write `with_floor(rate, peak, share)`: the rate of the same schedule with
    a floor, where the schedule without one has `rate`. It still starts at `peak`, ends at `share * peak`, and
    keeps its shape in between: squeezed, not cut off. `rate` is a number or an array.
    """,
    why="The height that is left to fall is `1 - share` of what it was, and the floor lies below it. At "
        "`rate` = `peak` the two add up to `peak`.",
    hints=["What must it give for `rate` = `peak`, and what for `rate` = 0? It is a straight line between the two.",
           "The floor is `share * peak`. How much height is left above it?"],
    probes=[*((rate, 0.1, 0.1) for rate in (0.1, 0.0, 0.05, 0.001)), *((rate, 2, 0.25) for rate in (2, 1, 0.0)),
            (0.3, 0.4, 0.0), (0.3, 0.4, 1.0), (np.array([0.4, 0.2, 0.0]), 0.4, 0.5),
            (np.array([[0.2], [0.1]]), 0.2, 0.1)],
    slips=[
        (lambda rate, peak, share: np.maximum(rate, share * peak),
         "This cuts the curve off at the floor. It is to be squeezed, so that it reaches the floor only at its end."),
        (lambda rate, peak, share: rate + share * peak,
         "This lifts the whole curve, so it starts above `peak`."),
        (lambda rate, peak, share: share + (1 - share) * rate,
         "The floor is a share of the peak: it is `share * peak`, not `share`."),
        (lambda rate, peak, share: share + (peak - share) * np.asarray(rate) / peak,
         "This takes `share` for the floor itself. The floor is a share of the peak: `share * peak`."),
        (lambda rate, peak, share: share * rate,
         "This scales the curve. It then starts at the floor and still ends at 0."),
        (lambda rate, peak, share: (1 - share) * rate,
         "This squeezes the curve but leaves it standing on 0: the floor is missing."),
        (lambda rate, peak, share: (1 - share) * peak + share * rate,
         "`share` and `1 - share` have changed places."),
        (lambda rate, peak, share: share * peak + (peak - share) * rate / peak,
         "The height that is left is `peak - share * peak`."),
        (lambda rate, peak, share: np.where(np.asarray(rate) > 0, rate, share * peak),
         "This changes only the last rate, with a jump. All of the curve is to be squeezed."),
    ],
)


def half_time(steps, power):
    return steps * (1 - 0.5 ** (1 / power))


add(
    "4.1.3", half_time, "When a polynomial is at half its peak", 2, """
    Write `half_time(steps, power)`: the time in updates, as a float, at which a polynomial decay
    `(1 - t / steps) ** power` is at one half. `power` is above 0.
    """,
    why="A power is undone by a root: the share of the way that is left is the root of one half.",
    hints=["Set the formula equal to 0.5 and solve for t, from the outside inwards.",
           "Which operation undoes `** power`?",
           "With power 1 it must be half of the steps. With a higher power, is it earlier or later?"],
    probes=[(100, 1), (100, 2), (100, 0.5), (1000, 3), (7, 0.9), (1, 4.5)],
    slips=[
        (lambda steps, power: steps * 0.5 ** (1 / power),
         "This is the share of the way that is left. The question is how much has passed."),
        (lambda steps, power: steps * (1 - 0.5**power),
         "The power is undone by a root, that is by `** (1 / power)`."),
        (lambda steps, power: steps / 2, "This is right for a straight line only; the power changes it."),
        (lambda steps, power: steps / 2 / power, "Dividing by the power does not undo it. A root does."),
        (lambda steps, power: 1 - 0.5 ** (1 / power), "This is a share of the way. How many updates is that?"),
        (lambda steps, power: 0.5 ** (1 / power), "This is the share of the way that is left, and not in updates."),
        (lambda steps, power: steps * 0.5**power, "The power is undone by a root; and the question is what has passed, "
                                                  "not what is left."),
        (lambda steps, power: steps * math.log(2) / power,
         "This is the half-life of an exponential. A polynomial halves at another time."),
    ],
)


# --- 4.2 Deriving the exponential ---------------------------------------------------------------


def share_lost(decay_factor, decay_steps):
    return 1 - decay_factor ** (1 / decay_steps)


add(
    "4.2.1", share_lost, "The share lost in one update", 1, """
    A rate is to be multiplied by `decay_factor` in `decay_steps` updates, losing the same share in each of them.
    Write `share_lost(decay_factor, decay_steps)`: that share.
    """,
    why="What is left after one update, multiplied by itself `decay_steps` times, must be `decay_factor`; so it is "
        "the root of it, and the share lost is the rest.",
    hints=["Let q be the share lost in one update. What is left after one, after two, after n updates?",
           "Set what is left after `decay_steps` updates equal to `decay_factor` and solve for q."],
    probes=[(0.5, 1), (0.25, 2), (0.5, 100), (0.1, 3), (0.99, 10), (0.9, 2.5)],
    slips=[
        (lambda a, s: (1 - a) / s,
         "This loses the same amount in each update, as a straight line does. The same share of what is left is "
         "wanted."),
        (lambda a, s: a ** (1 / s), "This is the share that is left after one update. The question is what is lost."),
        (lambda a, s: -math.log(a) / s,
         "This is the decay rate k of the smooth law. The share lost in a whole update is 1 - exp(-k), a little "
         "less."),
        (lambda a, s: 1 - a**s, "This multiplies by `decay_factor` in every update. That is to take `decay_steps`."),
        (lambda a, s: 1 - a / s, "Dividing by `decay_steps` does not share the factor out among the updates. A root "
                                 "does."),
        (lambda a, s: 1 - a, "This is lost in `decay_steps` updates, not in one."),
        (lambda a, s: a ** (1 / s) - 1, "The sign is wrong: this is the change, which is below 0. A loss is above 0."),
        (lambda a, s: (1 - a) ** (1 / s),
         "This takes the root of what is lost. It is what is left that is multiplied from update to update."),
    ],
)


def matching_b(a, b, new_a):
    return b * math.log(a) / math.log(new_a)


add(
    "4.2.2", matching_b, "Another pair, the same schedule", 2, """
    The schedules `a ** (b * t)` and `new_a ** (new_b * t)` are to be equal at every t. Write
    `matching_b(a, b, new_a)`: the `new_b` that makes them so. `a` and `new_a` lie between 0 and 1, `b` is above 0.
    """,
    why="Two powers of t are equal at every t if they are equal at t = 1, so only `b * log(a)` counts: it must stay "
        "what it was.",
    hints=["It is enough that they agree at t = 1. Why?",
           "Take the logarithm of both sides at t = 1."],
    probes=[(0.5, 1, 0.25), (0.25, 1, 0.5), (0.99, 0.0001, 0.5), (0.3, 0.02, 0.9), (0.7, 2.5, 0.7)],
    slips=[
        (lambda a, b, n: b * a / n, "Dividing the factors does not do it: they are raised to a power. Logarithms turn "
                                    "powers into products."),
        (lambda a, b, n: b * math.log(n) / math.log(a),
         "The quotient is upside down: a factor nearer to 1 needs a larger b."),
        (lambda a, b, n: -b * math.log(a) / math.log(n),
         "The sign is wrong: both logarithms are below 0, so their quotient is above it."),
        (lambda a, b, n: math.log(a) / math.log(n), "`b` is forgotten."),
        (lambda a, b, n: b, "With the same b and another factor the schedule is another one."),
        (lambda a, b, n: b * (1 - a) / (1 - n),
         "This holds only nearly, for factors near 1: it takes the share that is lost for the logarithm."),
        (lambda a, b, n: b * math.log(a / n), "The logarithm of a quotient is not the quotient of the logarithms."),
        (lambda a, b, n: a**b / n, "At t = 1 the left side is right. `new_b` stands in the exponent on the right, so a "
                                   "logarithm must bring it down."),
    ],
)


def in_parts(initial_rate, k, updates, parts):
    return initial_rate * (1 - k / parts) ** (parts * updates)


add(
    "4.2.3", in_parts, "An update cut into parts", 2, """
    A rate follows dλ/dt = -kλ. Cut each update into `parts` equal parts and take, in each part, `k / parts` of
    what is left. Write `in_parts(initial_rate, k, updates, parts)`: the rate after `updates` updates.
    """,
    why="Each part multiplies the rate by the same number, and there are `parts` times `updates` of them. With more "
        "and more parts it comes to `initial_rate * exp(-k * updates)`.",
    hints=["By which number does one part multiply the rate?",
           "How many parts are there in `updates` updates?"],
    probes=[(1.0, 0.5, 1, 1), (1.0, 0.5, 1, 2), (0.1, 0.3, 4, 3), (0.1, 1.0, 2, 10), (2, 0.2, 0, 5), (0.4, 0.7, 3, 100)],
    slips=[
        (lambda rate, k, updates, parts: rate * math.exp(-k * updates),
         "This is the limit of infinitely many parts. Here there are finitely many, and each takes its share at once."),
        (lambda rate, k, updates, parts: rate * (1 - k) ** updates,
         "This takes the whole share k once in each update. It is to be cut into parts."),
        (lambda rate, k, updates, parts: rate * (1 - k / parts) ** updates,
         "This makes one part of each update only. All its parts must be made."),
        (lambda rate, k, updates, parts: rate * (1 - k / parts) ** parts,
         "This is one update. There are `updates` of them."),
        (lambda rate, k, updates, parts: rate * (1 - k) ** (parts * updates),
         "Each part takes the share of a whole update. It is to take `k / parts`."),
        (lambda rate, k, updates, parts: rate * (1 - k * updates),
         "This takes the same amount each time, a straight line. Each part takes a share of what is left."),
        (lambda rate, k, updates, parts: rate * (1 + k / parts) ** (parts * updates),
         "The sign is wrong: the rate grows."),
        (lambda rate, k, updates, parts: rate / (1 + k / parts) ** (parts * updates),
         "This takes the share of what is left after the part (the backward form). It is to be taken of what is there "
         "before it."),
        (lambda rate, k, updates, parts: (1 - k / parts) ** (parts * updates), "`initial_rate` is forgotten."),
    ],
)


# --- 4.3 The worked example, worked -------------------------------------------------------------


def rate_after_25000():
    return 0.1 * 0.99 ** (25_000 / 10_000)


add(
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


add(
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


add(
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
