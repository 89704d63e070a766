"""Exercises of lesson 8.2.1, adaptive rates: less to tune?"""

import numpy as np

from . import add


def adagrad_rates(gradients, rate):
    return rate / np.sqrt(np.cumsum(gradients**2))


add(
    "8.2.1.1",
    adagrad_rates,
    "AdaGrad's own decay",
    2,
    """
    AdaGrad divides the `rate` of an update by the root of the sum of the squares of all gradients
    up to and with this update's. Write `adagrad_rates(gradients, rate)`: for one weight, whose
    `gradients` at the updates are an array, the factor that multiplies the gradient at each
    update. Leave out the small constant that guards against a division by 0, and start the sum at
    0.
    """,
    why="The running sum of the squares never falls, so the factor never rises: with "
    "gradients of equal size it falls as one over the root of the update's number.",
    hints=[
        "`np.cumsum(a)` holds the sum of the first "
        "element, of the first two, and so on.",
        "Square first, then sum, then take the root.",
    ],
    probes=[
        (np.array([1.0, 1.0, 1.0, 1.0]), 0.1),
        (np.array([3.0, -4.0, 12.0]), 0.5),
        (np.array([0.5, -0.1, 2.0, 0.3]), 0.02),
        (np.array([-2.0]), 1.0),
        (np.array([10.0, 0.1, 0.1, -0.1, 5.0]), 0.3),
    ],
    slips=[
        (lambda g, r: r / np.cumsum(g**2), "The root is missing."),
        (
            lambda g, r: r / np.sqrt(np.cumsum(np.abs(g))),
            "The sizes are summed here, without their squares.",
        ),
        (
            lambda g, r: r / np.cumsum(np.abs(g)),
            "The sizes are summed here. Their squares are, and the root comes after.",
        ),
        (
            lambda g, r: r / np.sqrt(np.sum(g**2)) + 0 * g,
            "This divides every update by the sum over the whole "
            "run. An update knows only the gradients so far.",
        ),
        (
            lambda g, r: r / np.sqrt(np.sum(g**2)),
            "This is the last factor alone. One for each update is wanted.",
        ),
        (
            lambda g, r: r / np.sqrt(np.cumsum(g**2) / (1 + np.arange(len(g)))),
            "This divides by the root of the *mean* square, as RMSProp nearly does. A "
            "mean does not grow, so there is no decay in it. AdaGrad takes the sum.",
        ),
        (
            lambda g, r: r * g / np.sqrt(np.cumsum(g**2)),
            "These are the steps. The factor before the gradient is wanted.",
        ),
        (
            lambda g, r: r / np.abs(g),
            "Each update looks at its own gradient "
            "alone here. AdaGrad remembers all of them.",
        ),
        (
            lambda g, r: r / np.sqrt(np.arange(1, len(g) + 1)),
            "This is right only where every gradient has the size 1.",
        ),
    ],
)


def valley(rates, losses, slack):
    good = rates[losses <= (1 + slack) * np.min(losses)]
    return np.max(good) / np.min(good)


add(
    "8.2.1.2",
    valley,
    "The width of a valley",
    2,
    """
    Write `valley(rates, losses, slack)`: the largest good rate over the smallest. `rates` and
    `losses` are arrays of one length, in no special order; a rate is good if its loss is at most
    the share `slack` above the lowest loss, so 0.1 allows ten percent.
    """,
    why="The limit is the lowest loss times 1 + slack; of the "
    "rates at or below it, the largest over the smallest.",
    hints=[
        "Which is the largest loss that is still good?",
        "An array of truths picks elements: `rates[losses <= limit]`.",
    ],
    probes=[
        (np.array([0.1, 0.2, 0.4, 0.8]), np.array([2.0, 1.0, 1.05, 3.0]), 0.1),
        (np.array([0.8, 0.1, 0.4, 0.2]), np.array([1.5, 1.25, 1.0, 9.0]), 0.5),
        (np.array([0.01, 0.03, 0.1]), np.array([0.3, 0.2, 0.5]), 0.25),
        (np.array([2.0, 3.0, 5.0, 7.0]), np.array([0.4, 0.2, 0.22, 0.6]), 1.0),
        (np.array([1.0, 2.0, 4.0, 16.0]), np.array([8.0, 8.5, 8.4, 20.0]), 0.1),
    ],
    slips=[
        (
            lambda r, v, s: (
                np.max(r[v <= np.min(v) + s]) / np.min(r[v <= np.min(v) + s])
            ),
            "The slack is added to the lowest loss here. It is a share of that loss.",
        ),
        (
            lambda r, v, s: np.ptp(r[v <= (1 + s) * np.min(v)]),
            "This is the difference of the two rates. "
            "Rates are compared by their ratio.",
        ),
        (
            lambda r, v, s: np.log2(
                np.max(r[v <= (1 + s) * np.min(v)])
                / np.min(r[v <= (1 + s) * np.min(v)])
            ),
            "These are the octaves. The ratio itself is wanted.",
        ),
        (
            lambda r, v, s: (
                np.min(r[v <= (1 + s) * np.min(v)])
                / np.max(r[v <= (1 + s) * np.min(v)])
            ),
            "The ratio is upside down: the largest good rate over the smallest.",
        ),
        (
            lambda r, v, s: (
                r[v <= (1 + s) * np.min(v)][-1] / r[v <= (1 + s) * np.min(v)][0]
            ),
            "This takes the first and the last of the "
            "good rates. They come in no special order.",
        ),
        (
            lambda r, v, s: np.max(r) / np.min(r),
            "This is the width of the whole grid. Only the good rates count.",
        ),
        (
            lambda r, v, s: np.max(v[v <= (1 + s) * np.min(v)]) / np.min(v),
            "This is a ratio of losses. The rates that belong to them are wanted.",
        ),
        (
            lambda r, v, s: float(np.sum(v <= (1 + s) * np.min(v))),
            "This counts the good rates. Their range is wanted.",
        ),
    ],
)
