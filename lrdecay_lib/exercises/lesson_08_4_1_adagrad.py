"""Exercises of lesson 8.4.1, AdaGrad and its kin."""

import numpy as np

from . import add


def rmsprop_factors(gradients, rho):
    mean, factors = 0.0, np.empty(len(gradients))
    for i, gradient in enumerate(gradients):
        mean = rho * mean + (1 - rho) * gradient**2
        factors[i] = 1 / np.sqrt(mean)
    return factors


def _means(gradients, rho, power=2, start=0.0):
    mean, means = start, []
    for gradient in gradients:
        mean = rho * mean + (1 - rho) * gradient**power
        means.append(mean)
    return np.array(means)


add(
    "8.4.1.1",
    rmsprop_factors,
    "RMSProp's factor",
    2,
    """
    Write `rmsprop_factors(gradients, rho)`: what RMSProp multiplies each gradient by, at a rate of
    1. `gradients` is an array of shape (n,) without zeros. The moving mean of their squares starts
    at 0; at each update it becomes `rho` times itself plus `1 - rho` times the new square,
    *before* it is used. The factor is 1 over its root. Return shape (n,).
    """,
    why="The new gradient is in the mean that divides it. Because the mean starts "
    "at 0, the first factors are large: that is the start which Adam corrects.",
    hints=[
        "Keep one number, the moving mean, and go "
        "through the gradients one after another.",
        "`mean = rho * mean + (1 - rho) * g**2`, then `1 / np.sqrt(mean)`.",
    ],
    probes=[
        (np.array([2.0, 1.0, -1.0, 3.0]), 0.9),
        (np.array([-0.5, 0.25, 4.0]), 0.5),
        (np.full(12, 3.0), 0.99),
        (np.array([1e-3, 10.0, -1e-2, 0.3, 0.7]), 0.8),
    ],
    slips=[
        (
            lambda g, rho: 1 / np.sqrt(np.cumsum(g**2)),
            "This sums all squares, which is AdaGrad. RMSProp's mean forgets.",
        ),
        (
            lambda g, rho: 1 / np.sqrt(np.r_[0.0, _means(g, rho)[:-1]]),
            "The mean is used before the new square "
            "comes in, so the first factor divides by 0.",
        ),
        (
            lambda g, rho: 1 / _means(g, rho),
            "The mean of the squares has the unit of a square. Its root is missing.",
        ),
        (
            lambda g, rho: np.sqrt(_means(g, rho)),
            "This is what RMSProp divides by; it multiplies by 1 over it.",
        ),
        (
            lambda g, rho: 1 / np.sqrt(_means(g, 1 - rho)),
            "Here `rho` is the weight of the new square. It is that of the old mean.",
        ),
        (
            lambda g, rho: (
                1 / np.sqrt(_means(g, rho) / (1 - rho ** np.arange(1, len(g) + 1)))
            ),
            "This corrects the mean for its start "
            "at 0, as Adam does. RMSProp does not.",
        ),
        (
            lambda g, rho: 1 / np.sqrt(_means(g, rho, start=g[0] ** 2)),
            "The mean starts at the first square here. It starts at 0.",
        ),
        (
            lambda g, rho: 1 / np.abs(_means(g, rho, power=1)),
            "This is the mean of the gradients, in which "
            "their signs cancel. It is that of their squares.",
        ),
        (
            lambda g, rho: g / np.sqrt(_means(g, rho)),
            "This is the step itself. Asked for is what the gradient is multiplied by.",
        ),
    ],
)


def half_life(n):
    return 3 * n


add(
    "8.4.1.2",
    half_life,
    "AdaGrad's half-life",
    2,
    """
    All gradients of a weight have the size 1, so that AdaGrad's factor after `n` updates is `1 /
    sqrt(n)`. Write `half_life(n)`: how many *further* updates it takes until the factor is half of
    that.
    """,
    why="Half of 1/sqrt(n) is 1/sqrt(4n), so it is reached at 4n updates, "
    "3n later. An exponential decay halves in the same time always; "
    "AdaGrad takes longer each time, so it never freezes, and never ends.",
    hints=[
        "At which number of updates is `1 / sqrt(m)` half of `1 / sqrt(n)`?",
        "m = 4n. How many updates lie between?",
    ],
    probes=[(1,), (10,), (100,), (250,), (7,)],
    slips=[
        (
            lambda n: 4 * n,
            "This is the number of the update at which it is reached, "
            "counted from the start. Asked for are the further ones.",
        ),
        (
            lambda n: n,
            "After as many updates again the factor is "
            "1/sqrt(2n), which is 0.71 of it, not a half.",
        ),
        (
            lambda n: 2 * n,
            "At 3n updates the factor is 0.58 of what it "
            "was. The root makes it slower than that.",
        ),
        (
            lambda n: np.log(2) * n,
            "ln 2 belongs to an exponential decay. This one is a power of the time.",
        ),
        (
            lambda n: 3,
            "It depends on n: the older the sum, the less a new gradient adds to it.",
        ),
    ],
)
