"""Exercises of lesson 8.1, what we found."""

import numpy as np

from . import add


def share_better(lows, highs, signs):
    middle, half = (
        signs * (lows + highs) / 2,
        (highs - lows) / 2,
    )  # only the middle turns round
    return np.mean(middle - half > 0)


_LOWS = np.array([0.5, -0.2, -3.0, 1.0, -0.4, -2.0])
_HIGHS = np.array([1.5, 0.3, -1.0, 2.0, 0.6, -0.5])
_SIGNS = np.array([1, 1, -1, -1, -1, 1])
_BAD_LOWS, _BAD_HIGHS = (
    np.array([0.2, -0.5, 0.1, -4.0, -1.0]),
    np.array([0.9, -0.1, 0.4, 1.0, -0.3]),
)
_BAD_SIGNS = np.array([-1, -1, 1, -1, -1])


add(
    "8.1.1",
    share_better,
    "Turned the same way round",
    2,
    """
    Write `share_better(lows, highs, signs)`: the share of comparisons, from 0 to 1, in which the
    interval lies wholly on the side where decay is better. All three are arrays of shape (n,). The
    interval of each effect goes from `lows` to `highs`; in `signs` a 1 says that a positive effect
    means decay is better, a -1 that it means worse.
    """,
    why="Where the sign turns, the ends change places: from "
    "-3 to -1 becomes from 1 to 3, which lies above zero.",
    hints=[
        "Where a positive effect means that decay is better, the "
        "low end must be above zero. And where it means worse?",
        "With a sign of -1 decay is better where the whole "
        "interval is below zero, so its high end must be.",
    ],
    probes=[
        (_LOWS, _HIGHS, _SIGNS),
        (_BAD_LOWS, _BAD_HIGHS, _BAD_SIGNS),
        (_LOWS[:3], _HIGHS[:3], np.array([1, -1, 1])),
        (_BAD_LOWS, _BAD_HIGHS, -_BAD_SIGNS),
        (np.array([0.1, 0.2]), np.array([0.3, 0.4]), np.array([1, 1])),
        (np.array([0.0, -0.5, 0.0]), np.array([0.25, 0.0, 0.5]), np.array([1, -1, -1])),
    ],
    slips=[
        (
            lambda lows, highs, signs: np.mean(lows > 0),
            "The signs are not used. A row whose claim says "
            "that decay does harm speaks the other way round.",
        ),
        (
            lambda lows, highs, signs: np.mean(signs * lows > 0),
            "The low end times -1 is the high end of the turned interval. "
            "It must lie wholly above zero, so the other end counts.",
        ),
        (
            lambda lows, highs, signs: np.mean(signs * (lows + highs) > 0),
            "This asks where the middle lies. An interval that covers "
            "zero shows no difference, wherever its middle is.",
        ),
        (
            lambda lows, highs, signs: np.mean(
                np.where(signs > 0, highs < 0, lows > 0)
            ),
            "This is the share in which decay is worse.",
        ),
        (
            lambda lows, highs, signs: np.mean((lows > 0) | (highs < 0)),
            "This is the share in which any difference "
            "was shown, for decay or against it.",
        ),
        (
            lambda lows, highs, signs: np.sum(np.where(signs > 0, lows > 0, highs < 0)),
            "This is their number. The share is asked for.",
        ),
        (
            lambda lows, highs, signs: np.mean(
                np.where(signs > 0, highs > 0, lows < 0)
            ),
            "This counts the intervals that cover zero too. They show no difference.",
        ),
    ],
)


def wins_by_chance(comparisons, level):
    return comparisons * (1 - level) / 2


add(
    "8.1.2",
    wins_by_chance,
    "Won by chance",
    2,
    """
    Decay does nothing at all in any of `comparisons` experiments, so each true difference is 0.
    Each has an interval that covers its true difference with the probability `level`, for example
    0.95, and misses it on either side equally often. Write `wins_by_chance(comparisons, level)`:
    how many intervals are expected to lie wholly on the side of decay.
    """,
    why="An interval misses with the probability 1 - level, "
    "half of the time on each side, and expectations add up.",
    hints=[
        "With what probability does one interval miss its true difference?",
        "Only half of the misses are on the side of decay. The expected "
        "number is that probability times the number of comparisons.",
    ],
    probes=[(40, 0.95), (100, 0.9), (1, 0.5), (20, 0.99), (7, 0.8)],
    slips=[
        (
            lambda n, level: n * (1 - level),
            "This counts the misses on both sides. Half of them speak against decay.",
        ),
        (
            lambda n, level: n * level / 2,
            "This takes the level for the chance of "
            "a miss. It is the chance of covering.",
        ),
        (lambda n, level: n * level, "This is how many intervals cover the truth."),
        (
            lambda n, level: (1 - level) / 2,
            "This is the probability for one comparison. There are several.",
        ),
        (
            lambda n, level: 1 - level**n,
            "This is the probability that at least one "
            "misses. The expected number is asked for.",
        ),
        (
            lambda n, level: 1 - (1 - (1 - level) / 2) ** n,
            "This is the probability of at least one "
            "such win. The expected number is asked for.",
        ),
        (
            lambda n, level: 0.0,
            "None, if intervals never missed. Each misses now and then.",
        ),
    ],
)
