"""Exercises of lesson 3.4.2, recurrent networks."""

import numpy as np

from . import add


def clip_limit(norms, share):
    return min(limit for limit in norms if np.mean(norms > limit) <= share)


_NORMS = np.array([0.8, 1.1, 0.6, 9.0, 0.9, 1.3, 0.7, 30.0, 1.0, 1.2])
_MORE = np.array([2.0, 2.0, 0.5, 4.0, 3.0, 1.0, 2.5, 6.0])


add(
    "3.4.2.1",
    clip_limit,
    "Choose the limit of clipping",
    2,
    """
    A limit that shortens every gradient makes another optimizer of it; one that shortens none is
    of no use. So train for a while without clipping, record the length of the gradient at each
    update, and choose. `norms` holds the recorded lengths, an array of shape (n,). Write
    `clip_limit(norms, share)`: the smallest of the recorded lengths that, taken as the limit,
    shortens at most the share `share` of these gradients. A gradient is shortened if it is longer
    than the limit.
    """,
    why="With a smaller limit more gradients are shortened, so the smallest limit that shortens "
    "few enough is the tightest that leaves the usual gradients alone.",
    hints=[
        "Try one recorded length as the limit. Which share of the gradients is longer?",
        "`np.mean(norms > limit)` is that share. Which of the recorded lengths pass?",
        "Of those that pass, the smallest is wanted.",
    ],
    probes=[
        (_NORMS, 0.2),
        (_NORMS, 0.1),
        (_NORMS, 0.25),
        (_MORE, 0.25),
        (_MORE, 0.5),
        (_MORE[::-1], 0.3),
        (_MORE, 0.0),
    ],
    slips=[
        (
            lambda norms, share: float(np.quantile(norms, 1 - share)),
            "`np.quantile` invents a length between two recorded ones. One of the recorded lengths "
            "is wanted.",
        ),
        (
            lambda norms, share: min(x for x in norms if np.mean(norms <= x) >= share),
            "The share is mixed up: this limit leaves about the share `share` alone, and shortens "
            "all the rest.",
        ),
        (
            lambda norms, share: max(
                (x for x in norms if np.mean(norms >= x) >= share), default=0.0
            ),
            "This asks that *at least* the share be shortened, and counts the limit itself.",
        ),
        (
            lambda norms, share: np.max(norms),
            "The longest one as the limit shortens nothing at all.",
        ),
        (
            lambda norms, share: np.min(norms),
            "The shortest one as the limit shortens nearly every gradient.",
        ),
        (
            lambda norms, share: float(np.mean(norms)),
            "The mean is pulled up by the few long gradients for which the limit is meant.",
        ),
        (
            lambda norms, share: np.sort(norms)[int(share * len(norms))],
            "Sorted upwards, this counts the share from the short end. The long ones are to be "
            "shortened.",
        ),
        (
            lambda norms, share: min(
                (x for x in norms if np.mean(norms >= x) <= share),
                default=np.max(norms),
            ),
            "A gradient as long as the limit is left as it is. This counts it as shortened.",
        ),
    ],
)


def one_step_back(gradient, state, recurrent):
    inner = gradient * (1 - state**2)
    return recurrent.T @ inner


_STATE = np.array([0.5, -0.8, 0.1])
_RECURRENT = np.array([[0.2, -1.0, 0.5], [0.7, 0.3, -0.4], [0.0, 1.2, 0.9]])


add(
    "3.4.2.2",
    one_step_back,
    "One step back through time",
    2,
    """
    A recurrent network computes the state `state = np.tanh(recurrent @ before + rest)`, where
    `before` is the state one step earlier, and `rest` does not depend on it. `gradient` is the
    gradient of the loss at `state`. Write `one_step_back(gradient, state, recurrent)`: the
    gradient at `before`. The first two arguments have the shape (n,), and `recurrent` has the
    shape (n, n).
    """,
    why="The chain rule goes through tanh first, whose slope is 1 minus the square of "
    "its value, and then through the matrix, whose transpose it meets on the way back.",
    hints=[
        "On the way forward the matrix comes first and tanh "
        "second. In which order do they come on the way back?",
        "The slope of tanh can be written with its "
        "value alone: it is 1 minus the value squared.",
        "A vector that went forward through `recurrent @ ...` "
        "comes back through `recurrent.T @ ...`.",
    ],
    probes=[
        (np.array([1.0, 0.0, 0.0]), _STATE, _RECURRENT),
        (np.array([0.3, -2.0, 1.0]), _STATE, _RECURRENT),
        (np.array([0.3, -2.0, 1.0]), np.zeros(3), _RECURRENT),
        (
            np.array([-1.0, 2.0]),
            np.array([0.9, -0.3]),
            np.array([[2.0, 0.1], [-0.6, 1.5]]),
        ),
    ],
    slips=[
        (
            lambda g, h, w: w @ (g * (1 - h**2)),
            "The matrix is not transposed. That is the way "
            "forward; backwards, rows and columns change places.",
        ),
        (
            lambda g, h, w: w.T @ g,
            "The slope of tanh is missing. Where the state is "
            "near 1 or -1, hardly any gradient comes through.",
        ),
        (
            lambda g, h, w: w @ g,
            "The slope of tanh is missing, and the matrix is not transposed.",
        ),
        (
            lambda g, h, w: (w.T @ g) * (1 - h**2),
            "The slope comes too late: it belongs to the later "
            "state, so it is multiplied before the matrix.",
        ),
        (
            lambda g, h, w: (w @ g) * (1 - h**2),
            "The slope comes too late, and the matrix is not transposed.",
        ),
        (
            lambda g, h, w: w.T @ (g * (1 - np.tanh(h) ** 2)),
            "tanh is taken twice: `state` is already its value.",
        ),
        (
            lambda g, h, w: w.T @ (g * (1 - h)),
            "The slope of tanh is 1 minus the *square* of its value.",
        ),
        (
            lambda g, h, w: w.T @ (g * h * (1 - h)),
            "This is the slope of the sigmoid. That "
            "of tanh is 1 minus its value squared.",
        ),
        (
            lambda g, h, w: w.T @ (g * h),
            "The gradient is multiplied by the state. The slope of tanh is wanted.",
        ),
        (
            lambda g, h, w: g * (1 - h**2),
            "This is the gradient inside tanh. It still has to go through the matrix.",
        ),
    ],
)
