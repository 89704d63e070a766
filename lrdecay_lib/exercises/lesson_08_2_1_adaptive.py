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


def safe_rate(rates, losses):
    worst = np.maximum(np.maximum(losses[:-2], losses[1:-1]), losses[2:])
    return rates[1:-1][np.argmin(worst)]


def _near(losses):
    """The losses one step down, in the middle and one step up, for each inner rate."""
    return losses[:-2], losses[1:-1], losses[2:]


_GRID = 0.1 * 2.0 ** np.arange(7)
_CLIFF = np.array([1.3, 1.1, 1.0, 0.98, 0.9, 6.0, 9.0])
_BOWL = np.array([2.0, 1.5, 1.2, 1.0, 1.1, 1.9, 2.5])
_FLAT = np.array([3.0, 0.6, 2.5, 0.9, 0.85, 0.95, 1.4])
_EDGE = np.array([0.5, 0.7, 1.5, 1.2, 1.3, 1.25, 4.0])


add(
    "8.2.1.2",
    safe_rate,
    "A rate that forgives",
    2,
    """
    A sweep gave the mean loss at each rate of a grid; both are arrays in the order of the rates.
    The next project is a little different, and its valley may lie one step of the grid lower or
    higher. Choose for it: write `safe_rate(rates, losses)`, the rate whose *worst* loss among
    itself and its two neighbours is lowest. The two ends of the grid have only one neighbour and
    are not to be chosen.
    """,
    why="The lowest loss may stand beside a cliff. What counts here is the worst that a "
    "shift by one step can do: for each inner rate the largest of three losses.",
    hints=[
        "What does a shift of the valley by one step make of the loss at a fixed rate?",
        "`losses[:-2]`, `losses[1:-1]` and `losses[2:]` are the losses one step below, at and "
        "one step above each inner rate.",
        "`np.maximum` of the three is the worst case; `np.argmin` finds the lowest of them. Of "
        "which rates is that the number?",
    ],
    probes=[
        (_GRID, _CLIFF),
        (_GRID, _BOWL),
        (_GRID, _FLAT),
        (_GRID, _EDGE),
        (_GRID / 30, _CLIFF[::-1]),
        (np.array([0.01, 0.02, 0.04]), np.array([0.3, 0.5, 0.4])),
    ],
    slips=[
        (
            lambda r, v: r[np.argmin(v)],
            "This is the rate of the lowest loss, which may stand beside a cliff. Look at its "
            "neighbours too.",
        ),
        (
            lambda r, v: r[1:-1][np.argmin(v[1:-1])],
            "This is the lowest loss of the inner rates. Look at their neighbours too.",
        ),
        (
            lambda r, v: r[1:-1][np.argmin(sum(_near(v)))],
            "This takes the mean of the three losses. The worst of them is asked for.",
        ),
        (
            lambda r, v: r[1:-1][np.argmin(np.maximum(*_near(v)[1:]))],
            "Only the step up is looked at here. The valley may shift either way.",
        ),
        (
            lambda r, v: r[1:-1][np.argmin(np.maximum(*_near(v)[:2]))],
            "Only the step down is looked at here. The valley may shift either way.",
        ),
        (
            lambda r, v: r[np.argmin(np.max(_near(v), axis=0))],
            "The number counts from the second rate on, so this is the rate one step too low.",
        ),
        (
            lambda r, v: np.min(np.max(_near(v), axis=0)),
            "This is the worst loss itself. The rate that it belongs to is wanted.",
        ),
        (
            lambda r, v: r[1:-1][np.argmin(np.min(_near(v), axis=0))],
            "This takes the *best* of the three losses. A shift may also do harm.",
        ),
        (
            lambda r, v: 1 + np.argmin(np.max(_near(v), axis=0)),
            "This is the number of the rate in the grid. The rate itself is wanted.",
        ),
    ],
)
