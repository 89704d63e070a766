"""Exercises of lesson 8.2.2, several tasks at once, and federated learning."""

import numpy as np

from . import add


def average(weights, samples):
    return samples @ weights / np.sum(samples)


_TWO_CLIENTS = np.array([[1.0, 2.0, -1.0], [3.0, 0.5, 4.0]])
_FOUR_CLIENTS = np.array([[0.2, 1.5], [-1.0, 2.5], [4.0, 0.3], [1.1, -2.0]])


add(
    "8.2.2.1",
    average,
    "The server's average",
    1,
    """
    Write `average(weights, samples)`: the common weights after a round. `weights` is an array of
    shape (clients, n), a row for what each client sends back; `samples`, of shape (clients,), says
    how many samples each has. Each client counts in proportion to its samples. The result has
    shape (n,).
    """,
    why="The loss over all samples weighs each client "
    "by its number of samples, and so does the average.",
    hints=[
        "Two clients with 10 and 30 samples: with what share does each count?",
        "Multiply each row by its number of samples, add the rows, and divide "
        "by the number of all samples. `samples @ weights` does the first two.",
    ],
    probes=[
        (_TWO_CLIENTS, np.array([10, 30])),
        (_TWO_CLIENTS, np.array([7, 2])),
        (_TWO_CLIENTS, np.array([5, 5])),
        (_FOUR_CLIENTS, np.array([1, 2, 3, 40])),
        (_FOUR_CLIENTS, np.array([100, 20, 60, 10])),
    ],
    slips=[
        (
            lambda w, n: np.mean(w, axis=0),
            "Every client counts the same here. A "
            "client with more samples must count more.",
        ),
        (
            lambda w, n: n @ w,
            "This is the sum. It must be divided by the number of all samples.",
        ),
        (
            lambda w, n: n @ w / len(n),
            "This divides by the number of clients, and not by the number of samples.",
        ),
        (
            lambda w, n: np.sum(w, axis=0),
            "This adds the clients up and weighs none. An average is wanted.",
        ),
        (
            lambda w, n: n[:, None] * w / np.sum(n),
            "These are the clients' shares. They must still be added.",
        ),
        (
            lambda w, n: (1 / n) @ w / np.sum(1 / n),
            "This is upside down: the client with the fewest samples counts most.",
        ),
        (
            lambda w, n: w[np.argmax(n)],
            "This takes the client with the most samples and drops the others.",
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
