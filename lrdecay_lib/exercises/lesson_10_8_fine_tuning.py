"""Exercises of lesson 10.8, fine-tuning."""

import numpy as np

from . import add


def choose(peaks, new, old, allowed):
    learnt = np.where(old.mean(axis=1) <= allowed, new.mean(axis=1), np.inf)
    return peaks[learnt.argmin()] if np.isfinite(learnt).any() else 0.0


_PEAKS = np.array([0.0005, 0.001, 0.002, 0.004, 0.008])
_NEW = np.array([[0.30, 0.34], [0.24, 0.23], [0.20, 0.19], [0.18, 0.19], [0.21, 0.20]])
_OLD = np.array([[0.08, 0.09], [0.10, 0.13], [0.18, 0.20], [0.27, 0.30], [0.40, 0.45]])
_UNEVEN = np.array(
    [[0.08, 0.09], [0.02, 0.22], [0.15, 0.29], [0.27, 0.30], [0.10, 0.12]]
)
_EARLY = np.array(
    [[0.30, 0.34], [0.19, 0.18], [0.20, 0.22], [0.24, 0.25], [0.31, 0.33]]
)


def _chosen(peaks, learnt, fits, otherwise=0.0):
    places = np.flatnonzero(fits)
    return peaks[places[np.argmin(learnt[places])]] if len(places) else otherwise


add(
    "10.8.1",
    choose,
    "Learn the new, keep the old",
    2,
    """
    `peaks` are the peaks that you tried, rising, an array of shape (n,). `new` and `old` are losses
    on the new and on the old task, a row for each peak and a column for each seed. Write
    `choose(peaks, new, old, allowed)`: of the peaks whose mean loss on the old task is at most
    `allowed`, the one with the lowest mean loss on the new task. If no peak is allowed, return 0.0:
    do not train.
    """,
    why="The bound says which peaks may be taken at all, and among these the new task decides. "
    "The largest allowed peak need not be the best: beyond the best one the new task loses too.",
    hints=[
        "Take the means over the seeds first, of both arrays.",
        "Which peaks have a mean of `old` of at most `allowed`? Among them only, look for the "
        "lowest mean of `new`.",
        "Before you take a minimum, ask whether anything is left to take it of.",
    ],
    probes=[
        (_PEAKS, _NEW, _OLD, 0.2),
        (_PEAKS, _NEW, _OLD, 0.5),
        (_PEAKS, _NEW, _OLD, 0.05),
        (_PEAKS, _EARLY, _OLD, 0.3),
        (_PEAKS, _NEW, _UNEVEN, 0.125),
        (_PEAKS, _NEW, _UNEVEN, 0.21),
        (10 * _PEAKS, _EARLY, _UNEVEN, 0.1),
        (_PEAKS[:3], _NEW[:3], _OLD[:3], 0.19),
    ],
    slips=[
        (
            lambda peaks, new, old, allowed: peaks[int(new.mean(axis=1).argmin())],
            "This is the best peak for the new task, whatever it costs the old one.",
        ),
        (
            lambda peaks, new, old, allowed: _chosen(
                peaks, -peaks, old.mean(axis=1) <= allowed
            ),
            "This is the largest peak that is allowed. A smaller one may be better for the new "
            "task.",
        ),
        (
            lambda peaks, new, old, allowed: peaks[int(old.mean(axis=1).argmin())],
            "This is the peak that forgets least, so it hardly learns.",
        ),
        (
            lambda peaks, new, old, allowed: _chosen(
                peaks, new.mean(axis=1), old.min(axis=1) <= allowed
            ),
            "A peak counts as allowed here as soon as one lucky seed keeps the old task. The mean "
            "is asked for.",
        ),
        (
            lambda peaks, new, old, allowed: _chosen(
                peaks, new.mean(axis=1), old.max(axis=1) <= allowed
            ),
            "Here every single seed must stay below the bound. The mean is asked for.",
        ),
        (
            lambda peaks, new, old, allowed: _chosen(
                peaks, new.mean(axis=1), old.mean(axis=1) <= allowed, peaks[0]
            ),
            "Where no peak is allowed you return the smallest one, which is not allowed either.",
        ),
        (
            lambda peaks, new, old, allowed: peaks[
                int((new.mean(axis=1) + old.mean(axis=1)).argmin())
            ],
            "This adds the two losses. Then a gain on one task pays for any loss on the other, and "
            "`allowed` plays no part.",
        ),
    ],
)


def layer_rates(peak, layers, factor):
    return peak / factor ** np.arange(layers)[::-1]


add(
    "10.8.2",
    layer_rates,
    "A rate for each layer",
    1,
    """
    Write `layer_rates(peak, layers, factor)`: an array with the peak of each layer, the first layer
    (next to the input) first. The last layer has `peak`, and each layer further down has the rate
    of the one above it, divided by `factor`. `layers` is at least 1.
    """,
    why="From the last layer to layer k it is `layers - 1 - k` steps down, and each divides once "
    "more. In a deep network this becomes small fast: with 2.6 and 24 layers the first would have "
    "less than a billionth of the rate, which is why deep networks take a factor near 1.",
    hints=[
        "Write the list for three layers, a peak of 1 and a factor of 2: which entry is 1?",
        "How many times is the rate of layer k divided? For the last one, not at all.",
    ],
    probes=[
        (1.0, 3, 2.0),
        (0.002, 4, 2.6),
        (0.01, 1, 2.6),
        (2e-5, 12, 1.05),
        (0.5, 2, 10.0),
        (0.1, 5, 0.5),
    ],
    slips=[
        (
            lambda peak, layers, factor: peak / factor ** np.arange(float(layers)),
            "The first layer has the peak here. It is the last one that shall have it.",
        ),
        (
            lambda peak, layers, factor: (
                peak / factor ** np.arange(float(layers), 0.0, -1.0)
            ),
            "The last layer is divided already. It shall have the peak itself.",
        ),
        (
            lambda peak, layers, factor: (
                peak * factor ** np.arange(layers - 1.0, -1.0, -1.0)
            ),
            "The rates grow downwards: you multiply by the factor.",
        ),
        (
            lambda peak, layers, factor: np.array(
                [peak / (factor * (layers - 1 - k) or 1) for k in range(layers)]
            ),
            "Each layer divides once more, so the factor is raised to a power. You divide by a "
            "multiple of it.",
        ),
        (
            lambda peak, layers, factor: np.array(
                [peak / factor] * (layers - 1) + [peak]
            ),
            "All lower layers have one rate here. It shall go on falling.",
        ),
    ],
)


def new_alpha(alpha, rank, new_rank, stabilized):
    return alpha * (new_rank / rank) ** (0.5 if stabilized else 1.0)


add(
    "10.8.3",
    new_alpha,
    "Another rank, the same scale",
    2,
    """
    A library multiplies an adapter's product by `alpha / rank`, or by alpha over the *root* of the
    rank if `stabilized` is True. You have tuned with `alpha` and `rank`, and want to try
    `new_rank`. Write `new_alpha(alpha, rank, new_rank, stabilized)`: the alpha with which the
    product is multiplied by the same number as before.
    """,
    why="The scale is alpha over a power of the rank, so alpha has to grow by that power of the "
    "ratio of the ranks. Whether you *want* the same scale is another question: claim 10.8-h says "
    "which scale leaves the best peak where it was.",
    hints=[
        "Write down the scale before and after, and set them equal.",
        "With the plain rule twice the rank needs twice the alpha. And with the root?",
    ],
    probes=[
        (16, 8, 16, False),
        (16, 8, 32, True),
        (32, 64, 16, False),
        (32, 64, 16, True),
        (8, 8, 8, False),
        (20, 4, 12, True),
        (1, 1, 256, True),
        (1, 1, 256, False),
    ],
    slips=[
        (
            lambda alpha, rank, new_rank, stabilized: alpha,
            "With the same alpha the scale changes, since the rank does.",
        ),
        (
            lambda alpha, rank, new_rank, stabilized: (
                alpha * (rank / new_rank) ** (0.5 if stabilized else 1.0)
            ),
            "The wrong way round: a larger rank makes the divisor larger, so alpha must grow.",
        ),
        (
            lambda alpha, rank, new_rank, stabilized: alpha * new_rank / rank,
            "This is right for alpha / rank. Where `stabilized` is True, the root of the rank "
            "divides.",
        ),
        (
            lambda alpha, rank, new_rank, stabilized: alpha * (new_rank / rank) ** 0.5,
            "This is right for the root of the rank. Where `stabilized` is False, the rank itself "
            "divides.",
        ),
        (
            lambda alpha, rank, new_rank, stabilized: (
                alpha / rank ** (0.5 if stabilized else 1.0)
            ),
            "This is the old scale. The alpha is asked for that gives it at the new rank.",
        ),
    ],
)


def rate(count, begun, peak, updates):
    return peak * max(0.0, 1.0 - (count - begun) / updates)


_RUN = 5000, 0.002, 96

add(
    "10.8.4",
    rate,
    "A count that goes on",
    2,
    """
    The optimizer was restored with its count of updates: `begun` when fine-tuning starts. Write
    `rate(count, begun, peak, updates)`: the rate at the optimizer's count, which is at least
    `begun`. It falls in a straight line from `peak` at the first update of fine-tuning to 0 after
    `updates` of them, and stays 0. All arguments are numbers.
    """,
    why="The new schedule has its own clock, `count - begun`. Forget that, and the program trains "
    "at a rate of 0, or at a rate that was made for another run.",
    hints=[
        "How many updates of fine-tuning are over at this count?",
        "At `count == begun` the rate is the peak. At `count == begun + updates` it is 0.",
    ],
    probes=[
        *((n, *_RUN) for n in (5000, 5001, 5048, 5095, 5096, 5097, 9000)),
        (0, 0, 0.1, 10),
        (7, 0, 0.1, 10),
        (130, 100, 1.0, 400),
        (700, 100, 1.0, 400),
    ],
    slips=[
        (
            lambda count, begun, peak, updates: peak * max(0.0, 1 - count / updates),
            "The count of pretraining is not taken off, so the rate is 0 from the first update on.",
        ),
        (
            lambda count, begun, peak, updates: (
                peak * max(0.0, 1 - count / (begun + updates))
            ),
            "This is the end of one long line over both runs: fine-tuning begins far below its "
            "peak.",
        ),
        (
            lambda count, begun, peak, updates: peak * (1 - (count - begun) / updates),
            "After the last update the rate goes below 0, which would climb the loss.",
        ),
        (
            lambda count, begun, peak, updates: (
                peak * abs(1 - (count - begun) / updates)
            ),
            "After the last update the rate rises again. It must stay 0.",
        ),
        (
            lambda count, begun, peak, updates: (
                peak * max(0.0, 1 - (count - begun + 1) / updates)
            ),
            "One update early: at the first update of fine-tuning the rate is below the peak.",
        ),
        (
            lambda count, begun, peak, updates: (
                peak if count < begun + updates else 0.0
            ),
            "The rate stays at the peak until the end. It shall fall in a straight line.",
        ),
    ],
)
