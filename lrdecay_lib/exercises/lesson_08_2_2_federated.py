"""Exercises of lesson 8.2.2, several tasks at once, and federated learning."""

import numpy as np

from . import add


def shared_peak(peaks, first, second):
    shared = np.argmin(first + second)
    cost = [100 * (loss[shared] / np.min(loss) - 1) for loss in (first, second)]
    return np.array([peaks[shared], *cost])


def _at(peaks, first, second, k):
    """The peak with the number k, and what it costs each head in percent of its own best."""
    return np.array(
        [peaks[k], *(100 * (v[k] / np.min(v) - 1) for v in (first, second))]
    )


_PEAKS = np.array([0.05, 0.07, 0.1, 0.14, 0.2])
_APART = (
    np.array([0.40, 0.33, 0.30, 0.28, 0.32]),
    np.array([0.09, 0.08, 0.10, 0.16, 0.3]),
)
_ALIKE = np.array([0.5, 0.4, 0.35, 0.42, 0.6]), np.array([0.25, 0.2, 0.16, 0.2, 0.24])
_OPPOSED = np.array([0.1, 0.2, 0.3, 0.5, 0.8]), np.array([0.9, 0.5, 0.35, 0.3, 0.4])
_SLIGHT = np.array([1.2, 1.1, 1.05, 1.0, 1.3]), np.array([0.30, 0.27, 0.24, 0.33, 0.5])


add(
    "8.2.2.1",
    shared_peak,
    "What sharing costs",
    2,
    """
    A network has two heads. A sweep gave the mean loss of each head at each of the `peaks`, in the
    arrays `first` and `second`. One peak has to serve both. Write
    `shared_peak(peaks, first, second)`: an array of three numbers, the peak at which the *sum* of
    the two losses is lowest, and what this peak costs the first head and the second head, each in
    percent of that head's lowest loss at any peak.
    """,
    why="The sum chooses, and each head is then compared with the peak that it would have "
    "chosen alone: its loss at the shared peak over its lowest loss, minus 1.",
    hints=[
        "At which peak is `first + second` lowest? `np.argmin` gives its number.",
        "A head's cost is 0 where its own best peak is the shared one.",
        "From 0.20 at its own best to 0.25 at the shared peak a head pays 25 percent.",
    ],
    probes=[
        (_PEAKS, *_APART),
        (_PEAKS, *_ALIKE),
        (_PEAKS, *_OPPOSED),
        (_PEAKS, *_SLIGHT),
        (3 * _PEAKS, _OPPOSED[1], 2 * _APART[0]),
    ],
    slips=[
        (
            lambda p, a, b: _at(p, a, b, np.argmin(a)),
            "This takes the peak that is best for the first head. The sum decides.",
        ),
        (
            lambda p, a, b: _at(p, a, b, np.argmin(b)),
            "This takes the peak that is best for the second head. The sum decides.",
        ),
        (
            lambda p, a, b: _at(p, a, b, np.argmin(a / np.min(a) + b / np.min(b))),
            "This adds the two costs in percent and takes the lowest. It is a fair way to share, "
            "but the training minimizes the sum of the losses themselves.",
        ),
        (
            lambda p, a, b: _at(p, a, b, np.argmin(a + b)) / [1, 100, 100],
            "The costs are shares here. They are wanted in percent.",
        ),
        (
            lambda p, a, b: np.array(
                [
                    p[np.argmin(a + b)],
                    *(v[np.argmin(a + b)] - np.min(v) for v in (a, b)),
                ]
            ),
            "The costs are differences of losses here. They are wanted in percent of the head's "
            "lowest loss.",
        ),
        (
            lambda p, a, b: np.array(
                [
                    p[np.argmin(a + b)],
                    *(100 * (1 - np.min(v) / v[np.argmin(a + b)]) for v in (a, b)),
                ]
            ),
            "The costs are in percent of the loss at the *shared* peak here. They are wanted in "
            "percent of the head's lowest loss.",
        ),
        (
            lambda p, a, b: np.array(
                [p[np.argmin(a + b)], *(v[np.argmin(a + b)] for v in (a, b))]
            ),
            "These are the losses at the shared peak. Compare each with the head's lowest.",
        ),
        (
            lambda p, a, b: _at(p, a, b, np.argmin(a + b))[[0, 2, 1]],
            "The two costs have changed places.",
        ),
        (
            lambda p, a, b: np.array(
                [np.argmin(a + b), *_at(p, a, b, np.argmin(a + b))[1:]]
            ),
            "The first number is the place of the peak in the array. The peak is wanted.",
        ),
    ],
)


def bias(curvatures, optima, rate, local):
    left = (1 - rate * curvatures) ** local
    rest = np.sum((1 - left) * optima) / np.sum(1 - left)
    return rest - np.sum(curvatures * optima) / np.sum(curvatures)


def _rest(pull, c):
    return np.sum(pull * c) / np.sum(pull)


_BENDS, _AIMS = np.array([1.0, 0.1]), np.array([0.0, 1.0])
_THREE_BENDS, _THREE_AIMS = np.array([2.0, 0.5, 0.2]), np.array([1.0, -0.5, 3.0])


add(
    "8.2.2.2",
    bias,
    "Where federated averaging rests",
    2,
    """
    Client i has the loss h (w - c)² / 2, with its own h in `curvatures` and c in `optima`, two
    arrays. In each round every client makes `local` updates at the constant `rate`, and the
    results are averaged, each with the same weight. Write `bias(curvatures, optima, rate, local)`:
    the resting point of w minus the optimum of the clients' mean loss.
    """,
    why="A round leaves the share (1 - rate h)**local of the "
    "distance to each c, so each client pulls with what it does "
    "not leave; the optimum weighs the clients by h instead.",
    hints=[
        "By what number do `local` updates multiply the "
        "distance between w and a client's own optimum?",
        "At rest the average of what the clients send back is "
        "w again. Solve that equation for w: it is an average "
        "of the c, and each counts with 1 minus that number.",
        "The optimum is an average of the c too, in which each "
        "counts with h. With `local` = 1 the bias must be 0.",
    ],
    probes=[
        (_BENDS, _AIMS, 0.5, 1),
        (_BENDS, _AIMS, 0.5, 5),
        (_BENDS, _AIMS, 0.5, 20),
        (_BENDS, _AIMS, 0.01, 20),
        (_THREE_BENDS, _THREE_AIMS, 0.3, 3),
        (_THREE_BENDS, _THREE_AIMS, 0.7, 7),
        (_THREE_BENDS, _THREE_AIMS, 0.1, 2),
    ],
    slips=[
        (
            lambda h, c, r, e: _rest(1 - (1 - r * h) ** e, c),
            "This is where it rests. Subtract the optimum.",
        ),
        (
            lambda h, c, r, e: _rest(h, c) - _rest(1 - (1 - r * h) ** e, c),
            "The sign is wrong: resting point minus optimum is wanted.",
        ),
        (
            lambda h, c, r, e: abs(_rest(1 - (1 - r * h) ** e, c) - _rest(h, c)),
            "The sign is lost: the resting point may lie on either side.",
        ),
        (
            lambda h, c, r, e: _rest(1 - (1 - r * h) ** e, c) - np.mean(c),
            "The optimum is not the mean of the c: a steep "
            "client counts more, in proportion to its curvature.",
        ),
        (
            lambda h, c, r, e: _rest((1 - r * h) ** e, c) - _rest(h, c),
            "Each client counts here with what its updates *leave* "
            "of the distance. It pulls with what they take away.",
        ),
        (
            lambda h, c, r, e: np.mean((1 - (1 - r * h) ** e) * c) - _rest(h, c),
            "The weights of the average do not add up to 1: divide by their sum.",
        ),
        (
            lambda h, c, r, e: _rest(1 - (1 - r * h), c) - _rest(h, c),
            "The clients count here as with one update, small or large. "
            "Each local update starts where the one before it ended, so "
            "the factor 1 - rate h is raised to the power `local`.",
        ),
        (
            lambda h, c, r, e: _rest(1 - np.exp(-r * h * e), c) - _rest(h, c),
            "This is the limit of many small steps, and holds only "
            "nearly. For steps of some size the power is exact.",
        ),
    ],
)
