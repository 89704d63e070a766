"""Exercises of lesson 8.4.2, tanh and log decay."""

import numpy as np

from . import add


def tanh_decay(update, peak, total, lower, upper):
    progress = min(update / total, 1)
    return peak / 2 * (1 - np.tanh(lower + (upper - lower) * progress))


def _tanh(t, total, low, high):
    return np.tanh(low + (high - low) * min(t / total, 1))


add(
    "8.4.2.1",
    tanh_decay,
    "Tanh decay with both its knobs",
    2,
    """
    Write `tanh_decay(update, peak, total, lower, upper)`: `peak` times half of 1 - tanh(x), where
    x goes in a straight line from `lower` at update 0 to `upper` at update `total`, and stays
    there. `update` is a number of at least 0.
    """,
    why="The tanh goes from -1 to 1, so half of 1 - tanh goes from 1 to "
    "0. The share of the way stops at 1, so the rate stays at its end.",
    hints=[
        "Write the x of the straight line: where is "
        "it at update 0, halfway, and at `total`?",
        "With the share p of the way that has "
        "passed, x is `lower + (upper - lower) * p`.",
        "Past `total`, the share must stay at 1. `min(update / total, 1)` does that.",
    ],
    probes=[(t, 0.1, 100, -6.0, 3.0) for t in (0, 50, 60, 75, 99, 100, 150, 300)]
    + [(t, 0.8, 40, -2.0, 1.0) for t in (0, 10, 30, 40, 90)],
    slips=[
        (
            lambda t, peak, total, low, high: (
                peak / 2 * (1 + _tanh(t, total, low, high))
            ),
            "This rises. The tanh has the wrong sign.",
        ),
        (
            lambda t, peak, total, low, high: peak * (1 - _tanh(t, total, low, high)),
            "The factor one half is missing: 1 - tanh goes from 2 to 0.",
        ),
        (
            lambda t, peak, total, low, high: (
                peak / 2 * (1 - np.tanh(low + (high - low) * t / total))
            ),
            "Past `total` the rate falls on. It must stay where it is at `total`.",
        ),
        (
            lambda t, peak, total, low, high: (
                peak / 2 * (1 - np.tanh(low + high * min(t / total, 1)))
            ),
            "At `total`, x is the sum of `lower` and `upper`. It "
            "must be `upper`: the way it goes is their difference.",
        ),
        (
            lambda t, peak, total, low, high: (
                peak / 2 * (1 - _tanh(t, total, high, low))
            ),
            "The line goes the wrong way, from `upper` to `lower`, so the rate rises.",
        ),
        (
            lambda t, peak, total, low, high: (
                peak / 2 * (1 - np.tanh(min(t / total, 1)))
            ),
            "The tanh is taken of the share of the way. It is "
            "taken of x, which runs from `lower` to `upper`.",
        ),
        (
            lambda t, peak, total, low, high: (
                peak
                * (np.tanh(high) - _tanh(t, total, low, high))
                / (np.tanh(high) - np.tanh(low))
            ),
            "This one is stretched to start at the peak exactly "
            "and to end at 0, as the library's is. Here the plain "
            "formula is wanted, which comes only near to them.",
        ),
    ],
)


def first_grid(rates, known_rates, known_peak):
    middle = known_peak * np.mean(known_rates) / np.mean(rates)
    return middle * 2.0 ** (np.arange(-3, 4) / 2)


_LINE = 1 - np.arange(10) / 10
_EARLY = np.array([1, 0.5, 0.3, 0.2, 0.15, 0.1, 0.08, 0.05, 0.02, 0.0])
_HOLD = np.array([1.0] * 8 + [0.5, 0.0])


add(
    "8.4.2.2",
    first_grid,
    "Where to look for the best peak",
    2,
    """
    You are about to tune a shape that you have never run. Of another one you know the best peak,
    `known_peak`. `rates` and `known_rates`, arrays of shape (n,), are the rates of the new and of
    the known shape at a peak of 1, one for each of the n updates. Choose the first grid: write
    `first_grid(rates, known_rates, known_peak)`, an array of shape (7,) of rising peaks, each √2
    times the one before, with the peak in the middle at which both shapes travel equally far.
    """,
    why="Runs of one length need about the same sum of rates, so a shape with half the mean needs "
    "about twice the peak. It is a rule of thumb: three neighbours on each side catch its error.",
    hints=[
        "A run travels as far as its peak times the mean of the rates at a peak of 1. What peak "
        "makes the two products equal?",
        "`2.0 ** (np.arange(-3, 4) / 2)` are seven factors, √2 apart, with a 1 in the middle.",
    ],
    probes=[
        (_LINE, np.ones(10), 0.4),
        (_HOLD, _LINE, 0.8),
        (_EARLY, _LINE, 0.64),
        (np.ones(10), _EARLY, 1.5),
        (_EARLY, _HOLD, 0.1),
    ],
    slips=[
        (
            lambda r, k, peak: (
                peak * np.mean(r) / np.mean(k) * 2.0 ** (np.arange(-3, 4) / 2)
            ),
            "The ratio is upside down: a shape with a small mean needs a *large* peak.",
        ),
        (
            lambda r, k, peak: peak * 2.0 ** (np.arange(-3, 4) / 2),
            "The middle is the peak of the known shape. At the same peak the two travel "
            "differently far.",
        ),
        (
            lambda r, k, peak: peak * np.mean(k) / np.mean(r) * 2.0 ** np.arange(-3, 4),
            "The neighbours are a factor of 2 apart. On so coarse a grid whoever falls on it wins; "
            "take √2.",
        ),
        (
            lambda r, k, peak: (
                peak * np.mean(k) / np.mean(r) * 2.0 ** (np.arange(7) / 2)
            ),
            "The grid begins at the peak that was foretold. It should have three peaks on each "
            "side of it.",
        ),
        (
            lambda r, k, peak: (
                peak * np.mean(k) / np.mean(r) * 2.0 ** (np.arange(3, -4, -1) / 2)
            ),
            "The peaks fall. They should rise.",
        ),
        (
            lambda r, k, peak: peak * np.mean(k) / np.mean(r),
            "This is the peak in the middle. The grid has three more on each side.",
        ),
        (
            lambda r, k, peak: (
                peak * np.mean(k) / np.mean(r) * np.linspace(2**-1.5, 2**1.5, 7)
            ),
            "The peaks are equally far apart. They should grow by a factor.",
        ),
    ],
)
