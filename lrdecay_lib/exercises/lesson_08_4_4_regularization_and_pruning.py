"""Exercises of lesson 8.4.4, regularization and pruning."""

import math

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


def by_chance(plain, remedy):
    from math import comb

    n = np.sum(plain != remedy)
    most = max(np.sum(plain > remedy), np.sum(plain < remedy))
    less = sum(comb(n, k) for k in range(most)) / 2**n
    return min(1.0, 2 * (1 - less))


def _coin(n, most, sides=2):
    return min(1.0, sides * sum(math.comb(n, k) for k in range(most, n + 1)) / 2**n)


def _pairs(both, saved, lost, neither):
    """Outcomes of seeds: 1 where a run diverged."""
    plain = [1] * both + [1] * saved + [0] * lost + [0] * neither
    remedy = [1] * both + [0] * saved + [1] * lost + [0] * neither
    return np.array(plain), np.array(remedy)


add(
    "8.4.4.2",
    by_chance,
    "Saved by the remedy, or by chance?",
    3,
    """
    Twenty runs, twelve diverge; with a remedy nine do. "It saves runs." Does it? `plain` and
    `remedy`, arrays of shape (n,) of 0 and 1, say for each seed whether its run diverged without
    and with the remedy. Only the seeds where the two differ tell them apart. If the remedy did
    nothing, each of these would fall to either side like a coin. Write `by_chance(plain, remedy)`:
    the probability that coins fall at least as unevenly, to whichever side. If no seed differs
    it is 1.
    """,
    why="This is McNemar's exact test. Seeds at which both runs diverge, or neither, would do so "
    "with any remedy that does nothing, so they say nothing; five coins that fall alike happen by "
    "chance once in sixteen times.",
    hints=[
        "Count the seeds that the remedy saved, and those that it lost. How many coins are thrown, "
        "and how many of them lie on the side with more?",
        "Of n coins, k or more show heads with the probability "
        "`1 - sum(comb(n, i) for i in range(k)) / 2**n`, with `from math import comb`.",
        "Heads and tails may both be the side with more: twice that, but at most 1.",
    ],
    probes=[
        _pairs(8, 4, 1, 7),
        _pairs(3, 6, 0, 11),
        _pairs(5, 2, 7, 0),
        _pairs(4, 0, 0, 2),
        _pairs(0, 3, 3, 1),
        _pairs(2, 5, 0, 3),
    ],
    slips=[
        (
            lambda p, r: _coin(
                int(np.sum(p != r)), int(max(np.sum(p > r), np.sum(p < r))), 1
            ),
            "This is the chance of one side alone. Nobody knew beforehand that the remedy would "
            "not do harm, so the other side counts too.",
        ),
        (
            lambda p, r: _coin(len(p), int(max(np.sum(p > r), np.sum(p < r)))),
            "A coin was thrown for each seed. Only the seeds at which the two differ are coins.",
        ),
        (
            lambda p, r: min(
                1.0,
                2
                * math.comb(int(np.sum(p != r)), int(max(np.sum(p > r), np.sum(p < r))))
                / 2 ** int(np.sum(p != r)),
            ),
            "This is the chance of just this outcome. More uneven ones count too.",
        ),
        (
            lambda p, r: _coin(int(np.sum(p != r)), int(np.sum(p > r))),
            "This counts the saved seeds only. If more were lost than saved, that is the uneven "
            "side.",
        ),
        (
            lambda p, r: abs(np.mean(p) - np.mean(r)),
            "This is how much the shares differ. Asked for is how easily chance makes such a "
            "difference.",
        ),
        (
            lambda p, r: _coin(int(p.sum() + r.sum()), int(max(p.sum(), r.sum()))),
            "The pairs are torn apart here: the seeds at which both diverge count on both sides. "
            "They say nothing.",
        ),
        (
            lambda p, r: (
                1 - _coin(int(np.sum(p != r)), int(max(np.sum(p > r), np.sum(p < r))))
            ),
            "This is the other event: that coins fall less unevenly.",
        ),
    ],
)
