"""Exercises of lesson 6.3, more stability?"""

import math

import numpy as np

from . import add


def clipped_gradient(gradient, limit):
    length = np.sqrt(np.sum(gradient**2))
    return gradient * limit / max(length, limit)


add(
    "6.3.1",
    clipped_gradient,
    "Clipping by length",
    2,
    """
    Write `clipped_gradient(gradient, limit)`: a gradient (an array of shape (n,)) that is longer
    than `limit` is shortened to that length and keeps its direction. A gradient that is not longer
    stays as it is.
    """,
    why="One factor for all elements keeps the direction. Where "
    "the gradient is short, the factor is limit / limit, so 1.",
    hints=[
        "The length is the root of the sum of squares, as `np.linalg.norm` gives it.",
        "By which number must a gradient of length "
        "10 be multiplied so that its length is 2?",
    ],
    probes=[
        (np.array([3.0, 4.0]), 1.0),
        (np.array([3.0, 4.0]), 10.0),
        (np.array([0.3, -0.4]), 1.0),
        (np.array([-6.0, 0.0, 8.0]), 5.0),
        (np.zeros(3), 1.0),
        (np.array([2.0, -1.0, 2.0]), 3.0),
    ],
    slips=[
        (
            lambda g, limit: np.clip(g, -limit, limit),
            "This cuts each element by itself, which "
            "turns the gradient into another direction.",
        ),
        (
            lambda g, limit: g * limit / np.linalg.norm(g) if np.any(g) else g,
            "This makes every gradient as long as the limit, the short ones too.",
        ),
        (
            lambda g, limit: g / np.linalg.norm(g) if np.linalg.norm(g) > limit else g,
            "The long gradients come out with a length of 1, whatever the limit is.",
        ),
        (
            lambda g, limit: g * limit / np.sum(g**2) if np.sum(g**2) > limit else g,
            "The root is missing: this takes the sum of squares for the length.",
        ),
        (
            lambda g, limit: (
                g * limit / np.sum(np.abs(g)) if np.sum(np.abs(g)) > limit else g
            ),
            "This takes the sum of absolute values for the length.",
        ),
        (
            lambda g, limit: (
                g * limit / np.max(np.abs(g)) if np.max(np.abs(g)) > limit else g
            ),
            "This takes the largest element for the length.",
        ),
        (
            lambda g, limit: g if np.linalg.norm(g) <= limit else np.zeros_like(g),
            "The long gradients are thrown away. They are to be shortened.",
        ),
        (lambda g, limit: g * limit, "This multiplies every gradient by the limit."),
        (lambda g, limit: g, "Nothing is clipped."),
    ],
)


def steps_until_vanished(factor, share):
    steps, left = 0, 1.0
    while left > share:
        left *= factor
        steps += 1
    return steps


add(
    "6.3.2",
    steps_until_vanished,
    "Vanished",
    2,
    """
    On its way back through time a gradient is multiplied by `factor`, between 0 and 1, at each
    step. Write `steps_until_vanished(factor, share)`: the smallest number of steps, an int, after
    which at most `share` of its length is left. `share` is above 0 and at most 1.
    """,
    why="After k steps `factor ** k` is left. The learning rate does not occur.",
    hints=[
        "How much is left after 1, 2 and 3 steps?",
        "Count in a loop, or solve `factor ** k = share` with logarithms and round up.",
    ],
    probes=[
        (0.5, 0.1),
        (0.5, 0.25),
        (0.75, 0.01),
        (0.5, 1.0),
        (0.25, 0.5),
        (0.875, 0.3),
    ],
    slips=[
        (
            lambda factor, share: math.floor(math.log(share) / math.log(factor)),
            "This rounds down: then more than the share is left.",
        ),
        (
            lambda factor, share: math.floor(math.log(share) / math.log(factor)) + 1,
            "Where the share is met exactly this is one step too "
            "many: at most, and not less than, is asked for.",
        ),
        (
            lambda factor, share: math.ceil((1 - share) / (1 - factor)),
            "This takes the same amount away at each step. Each step multiplies.",
        ),
        (
            lambda factor, share: (
                math.ceil(math.log(factor) / math.log(share)) if share < 1 else 0
            ),
            "The quotient is upside down.",
        ),
        (
            lambda factor, share: math.ceil(-math.log(share)),
            "The factor is forgotten, or taken for 1/e.",
        ),
        (
            lambda factor, share: math.ceil(factor / share),
            "A gradient is divided again at each step, not once.",
        ),
        (
            lambda factor, share: math.log(share) / math.log(factor),
            "This solves the equation. The number of steps is whole: round it up.",
        ),
    ],
)
