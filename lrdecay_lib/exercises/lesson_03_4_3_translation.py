"""Exercises of lesson 3.4.3, machine translation."""

import math

import numpy as np

from . import add


def solved_share(targets, predictions):
    right = targets == predictions
    return np.mean(np.all(right, axis=1))


_TRANSLATED = np.array([[1, 2, 3], [4, 0, 2], [5, 5, 1], [0, 3, 4]])


add(
    "3.4.3.1",
    solved_share,
    "The share of sentences that are right",
    1,
    """
    `targets` and `predictions` hold the tokens of n sentences, one sentence to a row, as arrays of
    whole numbers with the shape (n, length). Write `solved_share(targets, predictions)`: the share
    of sentences in which every token is right, a number from 0 to 1.
    """,
    why="A sentence counts when all of its tokens agree, so "
    "`all` goes along the row, and the mean over the rows.",
    hints=[
        "Which tokens are right? Compare the two arrays: "
        "that gives True or False for each token.",
        "A sentence is a row, and must be right in all its "
        "places. `np.all(..., axis=...)` reduces one axis.",
        "The mean of True and False is the share of True.",
    ],
    probes=[
        (
            _TRANSLATED,
            _TRANSLATED + np.array([[0, 0, 0], [0, 1, 0], [0, 0, 0], [1, 0, 2]]),
        ),
        (
            _TRANSLATED,
            _TRANSLATED + np.array([[0, -1, 0], [0, 0, 0], [0, 0, 3], [0, -2, 0]]),
        ),
        (_TRANSLATED, _TRANSLATED),
        (_TRANSLATED, _TRANSLATED + 1),
        (_TRANSLATED[:2], _TRANSLATED[1::-1]),
        (np.array([[1, 2], [3, 4], [5, 6]]), np.array([[1, 2], [4, 3], [5, 6]])),
    ],
    slips=[
        (
            lambda y, p: float(np.mean(y == p)),
            "This is the share of right *tokens*. A "
            "sentence with one wrong token is not solved.",
        ),
        (
            lambda y, p: float(np.mean(np.any(y == p, axis=1))),
            "This counts a sentence as soon as one of its tokens is right.",
        ),
        (
            lambda y, p: float(np.mean(np.all(y == p, axis=0))),
            "This looks along the columns: it asks at which "
            "place all sentences are right. A sentence is a row.",
        ),
        (
            lambda y, p: float(np.all(y == p)),
            "This asks whether *everything* is right: "
            "1 or 0 for all sentences together.",
        ),
        (
            lambda y, p: int(np.sum(np.all(y == p, axis=1))),
            "This is the number of solved sentences. The share is wanted.",
        ),
        (
            lambda y, p: float(np.mean(np.any(y != p, axis=1))),
            "This is the share of sentences that are *not* solved.",
        ),
        (
            lambda y, p: float(np.mean(np.sort(y, axis=1) == np.sort(p, axis=1))),
            "The order is lost. A translation with the "
            "right tokens in wrong places is wrong.",
        ),
        (
            lambda y, p: float(np.mean(y.sum(axis=1) == p.sum(axis=1))),
            "Sentences are compared by the sum of their "
            "tokens, and different ones can have one sum.",
        ),
    ],
)


def transformer_rate(update, width, warmup):
    count = update + 1
    return width**-0.5 * min(count**-0.5, count * warmup**-1.5)


def _transformer(count=lambda t: t + 1.0, width=lambda d: d**-0.5, rise=-1.5, pick=min):
    """The rate of `transformer_rate`, with one thing changed."""

    def rate(update, d, warmup):
        n = count(update)
        return width(d) * pick(n**-0.5 if n else math.inf, n * warmup**rise)

    return rate


add(
    "3.4.3.2",
    transformer_rate,
    "The rate of the original transformer",
    2,
    """
    The paper of the transformer (Vaswani and others, 2017) uses the rate d^(−1/2) · min(n^(−1/2),
    n · w^(−3/2)), where d is the width of the model, w the number of warmup updates, and n the
    number of the update, counted from **1**. Write `transformer_rate(update, width, warmup)` for
    an `update` that is counted from **0**, as everywhere in this book. It is a number, and so is
    the rate.
    """,
    why="Where the two parts meet, at n = w, both are 1/√w: the "
    "line of the warmup ends where the inverse root begins.",
    hints=[
        "Update 0 is the paper's n = 1. What is n for update t?",
        "`x ** -0.5` is one over the root of x.",
        "`min` takes the smaller of the two: before n = "
        "w the rising line, after it the falling root.",
    ],
    probes=[
        (1, 512, 4000),
        (0, 512, 4000),
        (3999, 512, 4000),
        (4000, 512, 4000),
        (15999, 512, 4000),
        (0, 16, 1),
        (8, 16, 4),
        (2, 16, 9),
        (99, 64, 25),
    ],
    slips=[
        (
            _transformer(count=float),
            "Off by one: the paper counts from 1 and `update` "
            "from 0. So the first update would have the rate 0.",
        ),
        (
            _transformer(pick=max),
            "The larger of the two parts is taken: it falls where "
            "the rate should rise, and rises where it should fall.",
        ),
        (_transformer(width=lambda d: 1.0), "The factor with the width is missing."),
        (
            _transformer(width=lambda d: d**0.5),
            "The width's root is in the wrong place: wider models get *smaller* rates.",
        ),
        (
            _transformer(width=lambda d: 1 / d),
            "The factor is one over the root of the width, not one over the width.",
        ),
        (
            _transformer(rise=-0.5),
            "The slope of the warmup is too large: at n = w the two parts must meet.",
        ),
        (
            _transformer(rise=-1.0),
            "The line of the warmup goes to 1 at n = w. It must meet the root there.",
        ),
        (
            lambda t, d, w: d**-0.5 * (t + 1.0) ** -0.5,
            "The warmup is missing: this falls from the first update on.",
        ),
        (
            lambda t, d, w: d**-0.5 * (t + 1.0) * w**-1.5,
            "This rises for ever: the falling part is missing.",
        ),
        (
            lambda t, d, w: d**-0.5 * min(w**-0.5, (t + 1.0) * w**-1.5),
            "After the warmup the rate stays where it is. "
            "It must fall with the inverse root of n.",
        ),
    ],
)
