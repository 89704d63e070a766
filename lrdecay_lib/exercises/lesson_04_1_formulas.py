"""Exercises of lesson 4.1, the formulas."""

import math

import numpy as np

from . import Named, add


def mean_share(schedule, updates):
    return np.sum(schedule(np.arange(updates))) / (updates * schedule(0))


def _share_of(numbers):
    """As `mean_share`, with other update numbers."""
    return lambda schedule, updates: (
        np.sum(schedule(numbers(updates))) / (updates * schedule(0))
    )


add(
    "4.1.1",
    mean_share,
    "The budget of a schedule",
    1,
    """
    Write `mean_share(schedule, updates)`: the budget of the first `updates` updates, that is the
    sum of the rates that they use, as a share of what a constant rate of `schedule(0)` would have.
    `schedule` takes the 0-based number of an update, or an array of them; it starts above 0.
    """,
    why="The first update is number 0, so the last is `updates` - 1: just what "
    "`np.arange(updates)` counts. A constant rate has `updates` times the first one.",
    hints=[
        "Which numbers do the first three updates have?",
        "Ask the schedule for the rate of each of them, and add up.",
        "How large is the same sum if each of the updates has the rate of update 0?",
    ],
    probes=[
        (Named("a constant 0.1", "lambda t: 0.1 + 0 * t"), 7),
        (Named("a line from 0.4 to 0", "lambda t: 0.4 * np.maximum(1 - t / 8, 0)"), 8),
        (Named("a line from 0.4 to 0", "lambda t: 0.4 * np.maximum(1 - t / 8, 0)"), 6),
        (Named("a step decay by half", "lambda t: 0.1 * 0.5 ** (t // 10)"), 30),
        (
            Named(
                "a warmup from 0.1 to 0.2", "lambda t: 0.1 + 0.1 * np.minimum(t / 5, 1)"
            ),
            12,
        ),
        (Named("an exponential", "lambda t: 0.3 * 0.8**t"), 3),
    ],
    slips=[
        (
            _share_of(lambda updates: np.arange(updates + 1)),
            "This adds one rate too many. Updates are counted "
            "from 0, so the last of n updates is number n - 1.",
        ),
        (
            _share_of(lambda updates: np.arange(1, updates + 1)),
            "Off by one: this counts the updates from 1. The first rate, that "
            "of update 0, is missing, and there is one too many at the end.",
        ),
        (
            _share_of(lambda updates: np.arange(1, updates)),
            "The rate of update 0 is missing from the sum.",
        ),
        (
            lambda schedule, updates: np.sum(schedule(np.arange(updates))),
            "This is the sum itself. What share is "
            "it of the sum that a constant rate has?",
        ),
        (
            lambda schedule, updates: np.mean(schedule(np.arange(updates))),
            "This is the mean rate. As a share it must not "
            "depend on the unit: divide by the first rate.",
        ),
        (
            lambda schedule, updates: (
                np.sum(schedule(np.arange(updates))) / schedule(0)
            ),
            "This is in units of one update at the first "
            "rate. The constant rival makes as many updates.",
        ),
        (
            lambda schedule, updates: (
                (schedule(0) + schedule(updates)) / 2 / schedule(0)
            ),
            "This takes the mean of the first and the last rate, "
            "which is the mean of all for a straight line at most.",
        ),
        (
            lambda schedule, updates: (
                np.sum(schedule(np.arange(updates)) ** 2) / (updates * schedule(0) ** 2)
            ),
            "This adds up squares. That is another useful sum, but not the budget.",
        ),
        (
            lambda schedule, updates: schedule(updates) / schedule(0),
            "This compares one rate. The budget adds up the rates of all updates.",
        ),
        (
            lambda schedule, updates: (
                updates * schedule(0) / np.sum(schedule(np.arange(updates)))
            ),
            "The quotient is upside down: a schedule "
            "that falls has less than the constant.",
        ),
    ],
)


def with_floor(rate, peak, share):
    return share * peak + (1 - share) * rate


add(
    "4.1.2",
    with_floor,
    "A floor",
    2,
    """
    A schedule falls from `peak` to 0. Write `with_floor(rate, peak, share)`: the rate of the same
    schedule with a floor, where the schedule without one has `rate`. It still starts at `peak`,
    ends at `share * peak`, and keeps its shape in between: squeezed, not cut off. `rate` is a
    number or an array.
    """,
    why="The height that is left to fall is `1 - share` of what it was, and "
    "the floor lies below it. At `rate` = `peak` the two add up to `peak`.",
    hints=[
        "What must it give for `rate` = `peak`, and what for "
        "`rate` = 0? It is a straight line between the two.",
        "The floor is `share * peak`. How much height is left above it?",
    ],
    probes=[
        *((rate, 0.1, 0.1) for rate in (0.1, 0.0, 0.05, 0.001)),
        *((rate, 2, 0.25) for rate in (2, 1, 0.0)),
        (0.3, 0.4, 0.0),
        (0.3, 0.4, 1.0),
        (np.array([0.4, 0.2, 0.0]), 0.4, 0.5),
        (np.array([[0.2], [0.1]]), 0.2, 0.1),
    ],
    slips=[
        (
            lambda rate, peak, share: np.maximum(rate, share * peak),
            "This cuts the curve off at the floor. It is to be "
            "squeezed, so that it reaches the floor only at its end.",
        ),
        (
            lambda rate, peak, share: rate + share * peak,
            "This lifts the whole curve, so it starts above `peak`.",
        ),
        (
            lambda rate, peak, share: share + (1 - share) * rate,
            "The floor is a share of the peak: it is `share * peak`, not `share`.",
        ),
        (
            lambda rate, peak, share: share + (peak - share) * np.asarray(rate) / peak,
            "This takes `share` for the floor itself. The "
            "floor is a share of the peak: `share * peak`.",
        ),
        (
            lambda rate, peak, share: share * rate,
            "This scales the curve. It then starts at the floor and still ends at 0.",
        ),
        (
            lambda rate, peak, share: (1 - share) * rate,
            "This squeezes the curve but leaves it "
            "standing on 0: the floor is missing.",
        ),
        (
            lambda rate, peak, share: (1 - share) * peak + share * rate,
            "`share` and `1 - share` have changed places.",
        ),
        (
            lambda rate, peak, share: share * peak + (peak - share) * rate / peak,
            "The height that is left is `peak - share * peak`.",
        ),
        (
            lambda rate, peak, share: np.where(
                np.asarray(rate) > 0, rate, share * peak
            ),
            "This changes only the last rate, with a "
            "jump. All of the curve is to be squeezed.",
        ),
    ],
)


def half_time(steps, power):
    return steps * (1 - 0.5 ** (1 / power))


add(
    "4.1.3",
    half_time,
    "When a polynomial is at half its peak",
    2,
    """
    Write `half_time(steps, power)`: the time in updates, as a float, at which a polynomial decay
    `(1 - t / steps) ** power` is at one half. `power` is above 0.
    """,
    why="A power is undone by a root: the share of "
    "the way that is left is the root of one half.",
    hints=[
        "Set the formula equal to 0.5 and solve for t, from the outside inwards.",
        "Which operation undoes `** power`?",
        "With power 1 it must be half of the steps. "
        "With a higher power, is it earlier or later?",
    ],
    probes=[(100, 1), (100, 2), (100, 0.5), (1000, 3), (7, 0.9), (1, 4.5)],
    slips=[
        (
            lambda steps, power: steps * 0.5 ** (1 / power),
            "This is the share of the way that is left. "
            "The question is how much has passed.",
        ),
        (
            lambda steps, power: steps * (1 - 0.5**power),
            "The power is undone by a root, that is by `** (1 / power)`.",
        ),
        (
            lambda steps, power: steps / 2,
            "This is right for a straight line only; the power changes it.",
        ),
        (
            lambda steps, power: steps / 2 / power,
            "Dividing by the power does not undo it. A root does.",
        ),
        (
            lambda steps, power: 1 - 0.5 ** (1 / power),
            "This is a share of the way. How many updates is that?",
        ),
        (
            lambda steps, power: 0.5 ** (1 / power),
            "This is the share of the way that is left, and not in updates.",
        ),
        (
            lambda steps, power: steps * 0.5**power,
            "The power is undone by a root; and the "
            "question is what has passed, not what is left.",
        ),
        (
            lambda steps, power: steps * math.log(2) / power,
            "This is the half-life of an exponential. "
            "A polynomial halves at another time.",
        ),
    ],
)
