"""Exercises of lesson 4.3, the worked example, worked."""

import math

from . import add


def rate_after_25000():
    return 0.1 * 0.99 ** (25_000 / 10_000)


add(
    "4.3.1",
    rate_after_25000,
    "The rate after 25,000 updates",
    1,
    """
    With the numbers of the worked example, `0.1 * 0.99 ** (t / 10_000)`, how large is the smooth
    rate at update t = 25,000? Give `rate_after_25000` to five decimals or more, or let Python
    compute it.
    """,
    why="Two and a half times as many updates as `decay_steps` give the exponent 2.5.",
    hints=[
        "How many times does `decay_steps` fit into "
        "25,000? The exponent need not be whole.",
        "In one period the rate loses one part in a hundred. "
        "Should it be near 0.1 or near 0 after 2.5 periods?",
    ],
    probes=[()],
    slips=[
        (
            0.1 * 0.99**2,
            "This is the staircase: it counts two finished "
            "periods. The smooth rate also falls within a period.",
        ),
        (
            0.1 * 0.99**25_000,
            "The exponent is the number of updates. It must "
            "be the number of periods of 10,000 updates.",
        ),
        (
            0.1 * 0.99 ** (1 / 2.5),
            "The exponent is upside down: later updates must give larger exponents.",
        ),
        (100 * 0.1 * 0.99**2.5, "This is in percent. A rate is the number itself."),
        (
            0.99**2.5,
            "This is the share of the rate that is left. "
            "The rate is that share of the initial rate.",
        ),
        (
            0.1 - 0.1 * 0.99**2.5,
            "This is how much the rate has fallen. The question is where it stands.",
        ),
        (
            0.1 * (1 - 0.01 * 2.5),
            "This is a straight line, or a rounded value. Each "
            "period takes one percent of what is left, not of the "
            "start; the difference shows in the fifth decimal.",
        ),
        (
            0.00004,
            "This is the article's figure for update 10,000. "
            "It cannot be: one period takes one percent.",
        ),
        (
            0.1 * math.exp(-0.01 * 2.5),
            "This takes -0.01 for the logarithm of 0.99, which holds "
            "only nearly. The power itself needs no logarithm.",
        ),
        (0.1 * 0.99, "This is the rate after one period, at update 10,000."),
        (
            0.1 * 0.99 * 2.5,
            "This multiplies by 2.5. Repeated multiplication is a power.",
        ),
        (
            0.1 * 0.01**2.5,
            "The rate keeps 0.99 of itself in a period; here it keeps 0.01.",
        ),
    ],
    rtol=2e-5,
    tell=False,
)


def updates_until(target, initial_rate, decay_factor, decay_steps):
    if target >= initial_rate:
        return 0
    return math.ceil(
        decay_steps * math.log(target / initial_rate) / math.log(decay_factor)
    )


def _until(target, initial_rate, decay_factor, decay_steps):
    """The time that `updates_until` rounds up, as a float; below 0 where the target is above
    the start."""
    return decay_steps * math.log(target / initial_rate) / math.log(decay_factor)


add(
    "4.3.2",
    updates_until,
    "How many updates until the rate is that low?",
    2,
    """
    Write `updates_until(target, initial_rate, decay_factor, decay_steps)`: the first update t, as
    an int, at which the smooth rate `initial_rate * decay_factor ** (t / decay_steps)` is at or
    below `target`. It is 0 if the rate is there from the start. All arguments are above 0, and
    `decay_factor` is below 1.
    """,
    why="Solve the formula for t with a logarithm. The first "
    "whole update at or after that time is its ceiling.",
    hints=[
        "Set the rate equal to `target` and solve for "
        "t. A logarithm brings the exponent down.",
        "log(target / initial_rate) / log(decay_factor) is "
        "the number of periods. How many updates is that?",
        "The time is rarely whole. Is the rate low enough at the whole update before "
        "it, or at the one after it? And what if `target` is above `initial_rate`?",
    ],
    probes=[
        (0.05, 0.1, 0.9, 100),
        (0.09, 0.1, 0.99, 10_000),
        (0.3, 0.7, 0.5, 1),
        (0.01, 0.5, 0.96, 50),
        (0.0123, 1.0, 0.9, 7),
        (0.1, 0.1, 0.9, 100),
        (0.2, 0.1, 0.9, 100),
        (1.3, 2.0, 0.8, 30),
    ],
    slips=[
        (
            lambda *a: math.floor(_until(*a)) if a[0] < a[1] else 0,
            "One update too early: there the rate is still above "
            "`target`. `int`, `//` and `round` do not round up.",
        ),
        (
            lambda *a: math.floor(_until(*a)) + 1 if a[0] <= a[1] else 0,
            "At `target` = `initial_rate` the rate is "
            "there from the start, which is update 0.",
        ),
        (
            lambda *a: math.ceil(_until(*a)),
            "Where `target` is above `initial_rate`, this counts "
            "updates before the start. There is no update below 0.",
        ),
        (
            lambda *a: max(math.ceil(_until(*a[:3], 1)), 0),
            "This is the number of periods, not of "
            "updates: `decay_steps` is forgotten.",
        ),
        (
            lambda *a: math.ceil(_until(*a[:3], 1)),
            "This is the number of periods, not of updates; and it "
            "is below 0 where `target` is above `initial_rate`.",
        ),
        (
            lambda *a: max(math.ceil(_until(*a[:3], 1)), 0) * a[3],
            "This is the staircase's answer, a multiple of "
            "`decay_steps`. The smooth rate is there earlier.",
        ),
        (
            lambda *a: math.ceil(-_until(*a)),
            "The sign is wrong: the logarithm of a number below 1 "
            "is below 0. Look at the order within the quotient.",
        ),
        (
            lambda t, r, f, d: max(math.ceil(_until(t, 1.0, f, d)), 0),
            "`initial_rate` is forgotten: the rate falls from there, not from 1.",
        ),
        (
            lambda t, r, f, d: (
                math.ceil(d * math.log(f) / math.log(t / r)) if t < r else 0
            ),
            "The quotient is upside down: a lower "
            "target must take more updates, not fewer.",
        ),
        (
            lambda t, r, f, d: (
                math.ceil(d * math.log10(t / r) / math.log(f)) if t < r else 0
            ),
            "Two kinds of logarithm are mixed. Either "
            "will do, if it is the same above and below.",
        ),
        (
            lambda t, r, f, d: (
                math.ceil(d * math.log(t) / math.log(r) / math.log(f)) if t < r else 0
            ),
            "The logarithm of a quotient is a difference "
            "of logarithms, not their quotient.",
        ),
        (
            lambda t, r, f, d: max(math.ceil(_until(t, r, f, 1) / d), 0),
            "This divides by `decay_steps`. With longer "
            "periods, do the updates become fewer or more?",
        ),
    ],
)


def my_half_life(decay_factor, decay_steps):
    return decay_steps * math.log(0.5) / math.log(decay_factor)


add(
    "4.3.3",
    my_half_life,
    "The half-life",
    1,
    """
    Write `my_half_life(decay_factor, decay_steps)`: the time in updates, as a float, in which the
    smooth rate `initial_rate * decay_factor ** (t / decay_steps)` halves.
    """,
    why="The initial rate cancels: halving takes the same time "
    "wherever it starts, and that is what makes it exponential.",
    hints=[
        "Which equation says that the rate at time t is half of "
        "the initial rate? Cancel what stands on both sides.",
        "A logarithm of both sides gives t / `decay_steps`.",
    ],
    probes=[
        (0.5, 100),
        (0.25, 100),
        (0.9, 100),
        (0.99, 10_000),
        (0.7, 1),
        (0.999, 3.5),
    ],
    slips=[
        (
            lambda f, d: -d * math.log(0.5) / math.log(f),
            "The sign is wrong: log(0.5) and log(`decay_factor`) "
            "are both below 0, so their quotient is above it.",
        ),
        (
            lambda f, d: math.log(0.5) / math.log(f),
            "This is the half-life in periods. Each period is `decay_steps` updates.",
        ),
        (
            lambda f, d: -d / math.log(f),
            "In this time the rate falls to 1/e, about 0.37, not to one half.",
        ),
        (
            lambda f, d: d * math.log(2) / (1 - f),
            "This holds only nearly, for factors near 1: it "
            "takes the share lost in a period for the logarithm.",
        ),
        (
            lambda f, d: d * 0.5 / (1 - f),
            "This takes the same amount off in each period, as "
            "a straight line does. Each takes the same share.",
        ),
        (
            lambda f, d: d * 0.5 / f,
            "Halving does not go by division: the rate is multiplied again and again.",
        ),
        (
            lambda f, d: -d * math.log10(2) / math.log(f),
            "Two kinds of logarithm are mixed. Either will do, if it is one.",
        ),
        (
            lambda f, d: float(math.ceil(d * math.log(0.5) / math.log(f))),
            "This is rounded up to a whole update. The "
            "half-life is a time and need not be whole.",
        ),
        (
            lambda f, d: math.log(0.5) / math.log(f) / d,
            "This divides by `decay_steps`. With longer "
            "periods, does halving take less time or more?",
        ),
    ],
)
