"""Exercises of lesson 8.4.1, AdaGrad and its kin."""

import numpy as np

from . import add


def tuned_loss(validation, test, diverged):
    means = np.where(diverged.any(axis=1), np.inf, validation.mean(axis=1))
    return test[np.argmin(means)].mean()


_SHEET = np.array(
    [
        [0.9, 0.8, 1.0],
        [0.6, 0.7, 0.8],
        [0.2, 0.9, 0.7],
        [0.5, 0.4, 0.6],
        [0.4, 0.3, 0.5],
    ]
)
_REPORT = np.array(
    [
        [0.8, 0.9, 0.9, 1.0],
        [0.5, 0.6, 0.6, 0.6],
        [0.7, 0.4, 0.3, 0.4],
        [0.6, 0.7, 0.8, 0.7],
        [0.3, 0.5, 0.4, 0.4],
    ]
)
_NONE = np.zeros((5, 3), dtype=bool)
_LAST = _NONE.copy()
_LAST[4, 1] = True
_TWO = _LAST.copy()
_TWO[3] = [True, False, True]
_ALL = _TWO.copy()
_ALL[4] = True


add(
    "8.4.1.1",
    tuned_loss,
    "Tune a rate, and report it fairly",
    2,
    """
    You tune AdaGrad. Row i of `validation`, an array of shape (rates, seeds), has the final
    validation losses at rate i, and the same row of `diverged` says which of these runs diverged
    (their last finite loss stands in `validation`). Row i of `test` has the test losses at rate i
    on *other* seeds. Write `tuned_loss(validation, test, diverged)`: choose the rate, and return
    the mean test loss to report. The best rate has the lowest mean validation loss among the rates
    at which no run diverged.
    """,
    why="Choosing by one set of seeds and reporting from another keeps luck out of the report, and "
    "a rate at which some runs diverge is no choice, however good the others are.",
    hints=[
        "First one number for each rate: its mean validation loss, or infinity if any of its runs "
        "diverged.",
        "`np.argmin` of these numbers is the row of `test` to report.",
    ],
    probes=[
        (_SHEET, _REPORT, _NONE),
        (_SHEET, _REPORT, _LAST),
        (_SHEET, _REPORT, _TWO),
        (_SHEET, _REPORT, _ALL),
        (_SHEET[::-1].copy(), _REPORT, _NONE),
        (_SHEET[:3], _REPORT[:3], _NONE[:3]),
    ],
    slips=[
        (
            lambda v, t, d: np.where(d.any(axis=1), np.inf, t.mean(axis=1)).min(),
            "The rate was chosen by the test losses, which must not be seen before. The result is "
            "too good to be true.",
        ),
        (
            lambda v, t, d: np.where(d.any(axis=1), np.inf, v.mean(axis=1)).min(),
            "This reports the validation loss of the chosen rate. It was chosen for being low, so "
            "it flatters; report the test loss.",
        ),
        (
            lambda v, t, d: t[np.argmin(v.mean(axis=1))].mean(),
            "A rate at which a run diverged was chosen. It is no choice, whatever the mean says.",
        ),
        (
            lambda v, t, d: t[
                np.argmin(np.where(d.any(axis=1), np.inf, v.min(axis=1)))
            ].mean(),
            "The rate with the luckiest single run was chosen. Compare the means over the seeds.",
        ),
        (
            lambda v, t, d: t[
                np.argmin(
                    [
                        np.mean(row[~bad]) if (~bad).any() else np.inf
                        for row, bad in zip(v, d)
                    ]
                )
            ].mean(),
            "The diverged runs were left out of their mean. A rate is out as soon as one run "
            "diverges.",
        ),
        (
            lambda v, t, d: t[
                np.argmin(np.where(d.all(axis=1), np.inf, v.mean(axis=1)))
            ].mean(),
            "This leaves out a rate only if all of its runs diverge. One is enough.",
        ),
        (
            lambda v, t, d: np.where(d.any(axis=1), -np.inf, v.mean(axis=1)).argmax(),
            "This is a place, and that of the worst rate. Wanted is a mean test loss.",
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
