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


def log_decay(update, peak, end_rate, total):
    progress = min(update / total, 1)
    return peak + (end_rate - peak) * np.log10(1 + 9 * progress)


add(
    "8.4.2.2",
    log_decay,
    "Log decay that does not depend on the unit",
    2,
    """
    Write `log_decay(update, peak, end_rate, total)`: the rate falls from `peak` at update 0 to
    `end_rate` at update `total` as a decimal logarithm does between 1 and 10, fast first and then
    slowly, and stays there. So the share of the fall that is done is the logarithm of 1 + 9 p,
    with p the share of the updates. `update` is a number of at least 0.
    """,
    why="The logarithm of 1 + 9 p goes from 0 to 1 as p does, whatever the "
    "unit of time, and its share of the height is taken from the peak.",
    hints=[
        "What is the decimal logarithm of 1, and of 10? "
        "What goes from 1 to 10 while p goes from 0 to 1?",
        "The height of the fall is `peak - end_rate`. "
        "`np.log10` is the decimal logarithm.",
        "The share p must stay at 1 past `total`.",
    ],
    probes=[(t, 0.1, 0.01, 100) for t in (0, 1, 10, 50, 99, 100, 150, 400)]
    + [(t, 0.8, 0.2, 30) for t in (0, 3, 15, 30, 31)],
    slips=[
        (
            lambda t, peak, end, total: (
                peak + (end - peak) * np.log(1 + 9 * min(t / total, 1))
            ),
            "This is the natural logarithm, which reaches "
            "2.3 at 10. The decimal one reaches 1.",
        ),
        (
            lambda t, peak, end, total: (
                peak + (end - peak) * np.log10(1 + 9 * t / total)
            ),
            "Past `total` the rate falls below its end. It must stay there.",
        ),
        (
            lambda t, peak, end, total: (
                peak + (end - peak) * np.log10(1 + 10 * min(t / total, 1))
            ),
            "At the end the logarithm is that of 11, and the "
            "rate falls too far. Count from 1 to 10: that is 9.",
        ),
        (
            lambda t, peak, end, total: (
                peak * (1 - np.log10(1 + 9 * min(t / total, 1)))
            ),
            "This falls to 0. The end is `end_rate`.",
        ),
        (
            lambda t, peak, end, total: (
                end + peak * (1 - np.log10(1 + 9 * min(t / total, 1)))
            ),
            "This starts above the peak: the end is added, and "
            "the height of the fall must be `peak - end_rate`.",
        ),
        (
            lambda t, peak, end, total: (
                end + (peak - end) * np.log10(1 + 9 * min(t / total, 1))
            ),
            "This rises, from `end_rate` to `peak`.",
        ),
        (
            lambda t, peak, end, total: max(
                peak * (1 - np.log10(1 + 9 * min(t / total, 1))), end
            ),
            "The curve is cut off at the end rate. The whole fall "
            "is to be squeezed between `peak` and `end_rate`.",
        ),
        (
            lambda t, peak, end, total: peak * (end / peak) ** min(t / total, 1),
            "This is the exponential: it loses the same share in "
            "the same time. Here the *fall* follows a logarithm.",
        ),
        (
            lambda t, peak, end, total: peak / (1 + np.log10(1 + t)),
            "This divides by a logarithm of the update, which is "
            "another family: it depends on the unit in which "
            "time is counted, and it does not end at `end_rate`.",
        ),
    ],
)
