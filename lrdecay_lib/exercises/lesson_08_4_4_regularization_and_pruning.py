"""Exercises of lesson 8.4.4, regularization and pruning."""

import numpy as np

from . import add


def prune_smallest(weights, count):
    places = np.argsort(np.argsort(np.abs(weights)))
    return np.where(places >= count, weights, 0.0)


add(
    "8.4.4.1",
    prune_smallest,
    "Prune by magnitude",
    2,
    """
    Write `prune_smallest(weights, count)`: the `weights`, an array of shape (n,), with those
    `count` set to zero whose magnitude is smallest. No two magnitudes are equal. The others stay
    as they are, in their places.
    """,
    why="Magnitude is size without sign. Sorting "
    "the places twice gives each weight its rank.",
    hints=[
        "Which weight is the smallest of -3, 0.1, -0.5 in magnitude?",
        "`np.argsort(np.abs(weights))[:count]` are the "
        "places of the smallest. Set them to zero in a copy.",
    ],
    probes=[
        (np.array([-3.0, 0.1, -0.5, 2.0]), 2),
        (np.array([0.4, -0.2, 0.3, -5.0, 1.0]), 1),
        (np.array([-1.0, -2.0, -3.0]), 2),
        (np.array([1.5, -0.7, 0.2]), 0),
        (np.array([0.9, 0.1, -0.8, 0.3, -0.4, 0.6]), 5),
    ],
    slips=[
        (
            lambda w, k: np.where(np.argsort(np.argsort(w)) >= k, w, 0.0),
            "This prunes the lowest numbers. A large "
            "negative weight is large: compare magnitudes.",
        ),
        (
            lambda w, k: np.where(np.argsort(np.argsort(-np.abs(w))) >= k, w, 0.0),
            "This prunes the largest and keeps the smallest.",
        ),
        (
            lambda w, k: w[np.argsort(np.argsort(np.abs(w))) >= k],
            "The pruned weights are gone here. They "
            "should be zero and keep their places.",
        ),
        (
            lambda w, k: np.where(np.argsort(np.abs(w)) >= k, w, 0.0),
            "One `argsort` gives the places of the sorted "
            "weights, and not the rank of each weight.",
        ),
        (
            lambda w, k: np.where(
                np.argsort(np.argsort(np.abs(w))) >= k, np.abs(w), 0.0
            ),
            "The signs are lost. What is kept stays as it was.",
        ),
        (
            lambda w, k: np.where(
                np.argsort(np.argsort(np.abs(w))) >= len(w) - k, w, 0.0
            ),
            "This keeps `count` weights. It should set `count` of them to zero.",
        ),
    ],
)


def gain_left(gain, rate, weight_decay, updates):
    return gain * (1 - rate * weight_decay) ** updates


add(
    "8.4.4.2",
    gain_left,
    "The gain that weight decay leaves",
    1,
    """
    A recurrent matrix has the gain `gain`. Its gradient is zero, and each update takes away `rate`
    times `weight_decay` of every weight. Write `gain_left(gain, rate, weight_decay, updates)`: the
    gain after so many updates.
    """,
    why="Each update multiplies the whole matrix by the same share, so the gain too.",
    hints=[
        "What share of a weight is left after one update?",
        "The shares of the updates multiply.",
    ],
    probes=[
        (1.5, 0.1, 0.5, 10),
        (2.0, 0.14, 1.0, 3),
        (0.5, 0.2, 0.1, 100),
        (1.0, 0.3, 0.02, 0),
        (1.2, 0.05, 2.0, 7),
    ],
    slips=[
        (
            lambda gain, rate, decay, n: gain * (1 - rate * decay * n),
            "This takes each part from the first weights. "
            "Each update takes its part of what is left.",
        ),
        (
            lambda gain, rate, decay, n: gain * (1 - decay) ** n,
            "The rate is missing: an update takes the rate times the weight decay.",
        ),
        (
            lambda gain, rate, decay, n: (1 - rate * decay) ** n,
            "This is the share that is left. Multiply it by the gain at the start.",
        ),
        (
            lambda gain, rate, decay, n: gain * np.exp(-rate * decay * n),
            "The exponential is the limit for small rates. "
            "The updates are finite: use the power.",
        ),
        (
            lambda gain, rate, decay, n: gain - (1 - rate * decay) ** n,
            "The share is subtracted here. It multiplies the gain.",
        ),
        (
            lambda gain, rate, decay, n: gain * (1 - rate * decay),
            "This is the gain after one update.",
        ),
    ],
)
