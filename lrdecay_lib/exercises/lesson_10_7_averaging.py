"""Exercises of lesson 10.7, do I need decay at all? Averaging."""

import math

import numpy as np

from . import add


def amounts_to(updates, begin):
    t = np.arange(updates)
    return np.minimum(1.0, (updates - t) / (updates - begin))


def _parts(updates, begin):
    """The part of the mean that each update's weights have."""
    late = np.arange(updates) >= begin
    return late / late.sum()


add(
    "10.7.1",
    amounts_to,
    "The schedule that an average amounts to",
    2,
    """
    A run of `updates` updates has a constant rate. Its program takes the mean of the weights after
    update `begin`, after the next one, and so on to the last, `updates - 1`. Write
    `amounts_to(updates, begin)`: an array with the share of each update's gradient that is in the
    mean, update 0 first.
    """,
    why="Of the m weights in the mean those after update t hold its gradient: all m of them "
    "up to update `begin`, then one fewer with each update, and one at the last.",
    hints=[
        "How many weights are in the mean? In how many of them is the gradient of the very last "
        "update, and in how many that of the first?",
        "With m = updates - begin weights, the gradient of update t is in "
        "`min(m, updates - t)` of them.",
        "`np.minimum(1, ...)` cuts an array off at 1.",
    ],
    probes=[(8, 4), (8, 0), (10, 9), (10, 7), (6, 2), (1, 0), (12, 3)],
    slips=[
        (
            lambda updates, begin: np.clip(
                (updates - 1 - np.arange(updates)) / max(updates - begin - 1, 1), 0, 1
            ),
            "Here the last gradient has a share of 0. But the last weights are in the mean, and "
            "they hold it: its share is 1 / m.",
        ),
        (
            lambda updates, begin: (updates - np.arange(updates)) / updates,
            "This is the mean of all weights. The mean begins at update `begin`; what came before "
            "is in each of its weights, and so has a share of 1.",
        ),
        (
            _parts,
            "This is the part that each update's *weights* have in the mean. A gradient is in the "
            "weights of its own update and in all after it.",
        ),
        (
            lambda updates, begin: np.cumsum(_parts(updates, begin)),
            "The sum runs the wrong way: this rises. A gradient is in the weights after it, so "
            "count from the end.",
        ),
        (
            lambda updates, begin: np.minimum(
                1.0, (updates - np.arange(updates)) / (updates - begin + 1)
            ),
            "Off by one: `begin` to `updates - 1` are `updates - begin` weights.",
        ),
        (
            lambda updates, begin: np.where(
                np.arange(updates) < begin,
                1.0,
                0.5
                * (
                    1 + np.cos(np.pi * (np.arange(updates) - begin) / (updates - begin))
                ),
            ),
            "This is a cosine cooldown. Each update loses the same share, so it is a straight one.",
        ),
        (
            lambda updates, begin: np.where(
                np.arange(updates) < begin,
                0.0,
                (updates - np.arange(updates)) / (updates - begin),
            ),
            "Gradients from before `begin` are not lost: each weight of the mean holds them.",
        ),
    ],
)


def averaged(weights, begin):
    late = weights[begin:]
    mean = late[0]
    for count, weight in enumerate(late[1:], start=2):
        mean += (weight - mean) / count
    return mean


def _running(weights, begin, count=lambda t, begin: t - begin + 1, first=0.0):
    mean = first
    for t, weight in enumerate(weights):
        if t >= begin:
            mean += (weight - mean) / count(t, begin)
    return mean


_LOG = [5.0, 3.0, 2.0, 1.4, 0.8, 1.2, 0.9, 1.1]
_FALL = [4.0, 2.0, 1.0, 0.5, 0.25]


add(
    "10.7.2",
    averaged,
    "A mean that keeps nothing",
    2,
    """
    This program keeps one number instead of all weights, and its mean is wrong. Repair it, as
    `averaged(weights, begin)`.

    ```python
    def averaged(weights, begin):
        mean = 0.0
        for t, weight in enumerate(weights):
            if t >= begin:
                mean += (weight - mean) / (t + 1)
        return mean
    ```

    `weights` is a list: the weight after update 0, after update 1, and so on. Wanted is the mean of
    those from update `begin` to the last.
    """,
    why="The first weight of the mean must replace the number that stood there, so it is divided "
    "by 1. From then on the divisor is how many weights are in the mean, not how many updates the "
    "run has made.",
    hints=[
        "Follow it with `begin = 2` and all weights equal to 1. What does it give, and what should "
        "it?",
        "By what must the first difference be divided, so that the mean becomes the first weight?",
    ],
    probes=[
        (_LOG, 4),
        (_LOG, 0),
        (_LOG, 7),
        (_FALL, 2),
        ([1.0, 1.0, 1.0, 1.0], 2),
        (_FALL, 1),
        ([3.0], 0),
    ],
    slips=[
        (
            lambda weights, begin: _running(weights, begin, lambda t, b: t + 1),
            "This is the program as it was. It divides by the updates of the run, so the mean "
            "never gets away from the 0 that it began with.",
        ),
        (
            lambda weights, begin: _running(weights, begin, lambda t, b: t - b + 2),
            "The first weight is divided by 2, so half of the 0 stays in the mean.",
        ),
        (
            lambda weights, begin: float(np.mean(weights[begin + 1 :] or weights[-1:])),
            "Off by one: the weight after update `begin` belongs to the mean.",
        ),
        (
            lambda weights, begin: float(np.mean(weights)),
            "This is the mean of all weights, the early ones too.",
        ),
        (
            lambda weights, begin: _running(
                weights, begin, lambda t, b: 10.0, weights[begin]
            ),
            "This is an exponential moving average, with a fixed divisor. In a mean each new "
            "weight counts as much as each old one.",
        ),
        (
            lambda weights, begin: float(np.sum(weights[begin:])),
            "This is the sum. Divide it by how many there are.",
        ),
        (
            lambda weights, begin: weights[-1],
            "These are the last weights, without a mean.",
        ),
        (
            lambda weights, begin: float(np.mean(weights[-begin:])),
            "These are the last `begin` weights. Wanted are those *from* update `begin` on.",
        ),
    ],
)


def momentum(updates, share):
    return 1 - 1 / (share * updates)


add(
    "10.7.3",
    momentum,
    "The momentum of an EMA",
    1,
    """
    An EMA of momentum β looks back over about 1/(1 - β) updates. Write `momentum(updates, share)`:
    the β with which it looks back over this share of a run of so many updates.
    """,
    why="A momentum is a length in disguise: one tenth of 1,000 updates is 0.99, and of 100,000 "
    "it is 0.9999. A program that keeps β when the run gets longer averages over a smaller share.",
    hints=[
        "How many updates is that share of the run?",
        "Solve 1/(1 - β) = share · updates for β.",
    ],
    probes=[(1000, 0.1), (100_000, 0.1), (500, 0.02), (800, 0.125), (20_000, 0.05)],
    slips=[
        (
            lambda updates, share: 1 / (share * updates),
            "This is 1 - β, the part that each new weight has.",
        ),
        (
            lambda updates, share: share * updates,
            "This is how many updates it looks back over. The momentum is wanted.",
        ),
        (
            lambda updates, share: 1 - share,
            "This does not know how long the run is. 0.9 looks back over 10 updates, whatever "
            "the run.",
        ),
        (
            lambda updates, share: 1 - share / updates,
            "The share is to be multiplied by the updates: a tenth of 1,000 is 100 updates.",
        ),
        (
            lambda updates, share: math.exp(-1 / (share * updates)),
            "This is the β whose weights fall by a factor of e over that stretch: nearly the same "
            "number. The task asks for 1/(1 - β).",
        ),
        (
            lambda updates, share: 0.5 ** (1 / (share * updates)),
            "This makes the stretch a half-life. The task asks for 1/(1 - β).",
        ),
        (
            lambda updates, share: 1 - 1 / updates,
            "This looks back over the whole run. Only a share of it is asked for.",
        ),
    ],
)


def trust_from(updates, last, mean):
    better = [m < w for m, w in zip(mean, last)]
    behind = [u for u, good in zip(updates, better) if not good]
    later = [u for u in updates if not behind or u > behind[-1]]
    return min(later, default=math.inf)


_AT = [100, 200, 300, 400, 500, 600]
_LAST = [1.9, 1.2, 0.92, 0.95, 0.90, 0.93]
_MEAN = [2.2, 1.6, 1.1, 0.94, 0.85, 0.80]
_EARLY = [1.8, 1.5, 0.91, 0.97, 0.88, 0.86]
_NEVER = [2.2, 1.6, 1.2, 1.1, 1.0, 0.95]
_TIE = [2.2, 1.6, 0.92, 0.90, 0.90, 0.80]


add(
    "10.7.4",
    trust_from,
    "From when on is the average the better model?",
    2,
    """
    A run at a constant rate logs two validation losses at each of the rising `updates`: that of its
    `last` weights and that of their `mean`, an EMA. Write `trust_from(updates, last, mean)`: the
    first of the updates from which on the mean is lower at every look, to the end of the log; and
    `math.inf` if it is not lower at the last one. Equal is not lower.
    """,
    why="At first an average lags behind, as it still holds the weights of long ago. One lucky "
    "look early on is not the moment from which it can be trusted.",
    hints=[
        "Look for the last update at which the mean was *not* lower.",
        "The answer is the update after that one, if there is one.",
    ],
    probes=[
        (_AT, _LAST, _MEAN),
        (_AT, _LAST, _EARLY),
        (_AT, _LAST, _NEVER),
        (_AT, _LAST, _TIE),
        (_AT, _MEAN, _LAST),
        ([10, 20, 30], [1.0, 0.9, 0.8], [0.9, 0.8, 0.7]),
        ([50, 150, 400], [1.0, 0.9, 0.8], [0.9, 0.95, 0.7]),
    ],
    slips=[
        (
            lambda updates, last, mean: min(
                (u for u, w, m in zip(updates, last, mean) if m < w), default=math.inf
            ),
            "This is the first look at which the mean is lower, though it may be higher again "
            "later.",
        ),
        (
            lambda updates, last, mean: trust_from(
                updates, last, [m - 1e-9 for m in mean]
            ),
            "Equal counts as lower here. It should not.",
        ),
        (
            lambda updates, last, mean: trust_from(updates, mean, last),
            "The two are the wrong way round: this is from when on the *last weights* are lower.",
        ),
        (
            lambda updates, last, mean: max(
                (u for u, w, m in zip(updates, last, mean) if not m < w), default=0
            ),
            "This is the last look at which the mean is *not* lower. The one after it is wanted.",
        ),
        (
            lambda updates, last, mean: updates[int(np.argmin(mean))],
            "This is where the mean has its lowest loss. Asked for is from when on it is lower "
            "than the last weights.",
        ),
        (
            lambda updates, last, mean: updates[
                int(np.argmax(np.subtract(last, mean)))
            ],
            "This is where the mean is ahead by most. Asked for is from when on it is ahead.",
        ),
        (
            lambda updates, last, mean: sum(m < w for w, m in zip(last, mean)),
            "This is at how many looks the mean is lower. An update is wanted.",
        ),
    ],
)
