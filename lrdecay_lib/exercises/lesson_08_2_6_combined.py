"""Exercises of lesson 8.2.6, decay with clipping and with weight decay."""

import numpy as np

from . import add


def interaction_of(tuning, report):
    best = np.argmin(tuning, axis=-1)
    (none, alone), (decay, both) = np.take_along_axis(report, best[..., None], -1)[
        ..., 0
    ]
    return (decay - both) - (none - alone)


def _of(cells):
    (none, alone), (decay, both) = cells
    return (decay - both) - (none - alone)


def _pick(report, best):
    return np.take_along_axis(report, best[..., None], -1)[..., 0]


_TUNED = np.array(
    [
        [[2.0, 1.0, 1.4, 3.0], [1.8, 1.2, 0.9, 2.0]],
        [[2.5, 1.5, 0.8, 1.0], [2.2, 1.3, 0.7, 0.5]],
    ]
)
_REPORTED = np.array(
    [
        [[2.1, 1.1, 1.05, 3.2], [1.9, 1.1, 0.8, 2.1]],
        [[2.4, 1.6, 0.9, 0.95], [2.3, 1.2, 0.65, 0.6]],
    ]
)


add(
    "8.2.6.1",
    interaction_of,
    "Repair a 2 × 2 experiment",
    2,
    """
    A program reads a 2 × 2 experiment at *one* peak for all four cells, which favours the cell
    that this peak suits. Repair it. `tuning` and `report` have shape (2, 2, n): decay off and on,
    the partner off and on, and the mean loss at each of n peaks, on the tuning seeds and on the
    reporting seeds. Write `interaction_of(tuning, report)`: each cell gets the peak that is best
    for it on the *tuning* seeds, and its loss is read at that peak on the *reporting* seeds.
    Return the gain of the partner beside decay minus its gain alone; a gain is the loss without it
    minus the loss with it.
    """,
    why="Each cell is tuned for itself, on seeds that do not report; then the partner's gain "
    "beside decay, minus its gain alone.",
    hints=[
        "`np.argmin(tuning, axis=-1)` has shape (2, 2): the number of each cell's best peak.",
        "For cell (i, j) the loss is `report[i, j, best[i, j]]`.",
        "The gain of the partner alone is cell (0, 0) minus cell (0, 1). Which two cells hold "
        "its gain beside decay?",
    ],
    probes=[
        (_TUNED, _REPORTED),
        (_REPORTED, _TUNED),
        (_TUNED[:, ::-1], _REPORTED[:, ::-1] ** 2),
        (_TUNED[::-1], _REPORTED[::-1] + np.arange(4) / 7),
        (_TUNED[..., 1:3], _REPORTED[..., 1:3]),
        (_TUNED**2, np.sqrt(_REPORTED)),
    ],
    slips=[
        (
            lambda a, b: _of(np.min(b, axis=-1)),
            "The reporting seeds choose the peaks here, so each cell is flattered. The tuning "
            "seeds choose.",
        ),
        (
            lambda a, b: _of(np.min(a, axis=-1)),
            "The losses are those of the tuning seeds here, which chose the peaks. Read them from "
            "`report`.",
        ),
        (
            lambda a, b: _of(b[..., np.argmin(a[0, 0])]),
            "All cells get the peak of the cell with neither measure. Each has a best peak of "
            "its own.",
        ),
        (
            lambda a, b: _of(b[..., np.argmin(a[1, 1])]),
            "All cells get the peak of the cell with both measures. Each has a best peak of "
            "its own.",
        ),
        (
            lambda a, b: _of(b[..., np.argmin(a.mean(axis=(0, 1)))]),
            "All cells get one peak, the best of their mean. Each has a best peak of its own.",
        ),
        (
            lambda a, b: -_of(_pick(b, np.argmin(a, axis=-1))),
            "The sign is turned round: the gain beside decay comes first, and the gain alone is "
            "subtracted.",
        ),
        (
            lambda a, b: np.diff(_pick(b, np.argmin(a, axis=-1))[1])[0] * -1,
            "This is the partner's gain beside decay. Its gain alone is still to be subtracted.",
        ),
        (
            lambda a, b: np.diff(_pick(b, np.argmin(a, axis=-1))[0])[0] * -1,
            "This is the partner's gain alone. Its gain beside decay comes first.",
        ),
        (
            lambda a, b: (
                _pick(b, np.argmin(a, axis=-1))[0, 0]
                - _pick(b, np.argmin(a, axis=-1))[1, 1]
            ),
            "This is the gain of both together. The interaction is a difference of two gains.",
        ),
    ],
)


def strength(strengths, losses):
    best = np.argmin(np.min(losses, axis=1))
    peak = np.argmin(losses[best])
    inside = best < len(strengths) - 1 and 0 < peak < losses.shape[1] - 1
    return strengths[best] if inside else -1.0


def _or_refuse(strengths, losses, row):
    """The strength of a row, or -1 where the row or its best peak lies at an edge."""
    peak = np.argmin(losses[row])
    inside = row < len(strengths) - 1 and 0 < peak < losses.shape[1] - 1
    return strengths[row] if inside else -1.0


_STRENGTHS = np.array([0.0, 0.01, 0.03, 0.1])
_INSIDE = np.array(
    [
        [0.9, 0.7, 0.6, 0.8, 1.2],
        [0.8, 0.6, 0.5, 0.7, 1.0],
        [0.7, 0.45, 0.55, 0.6, 0.9],
        [0.7, 0.5, 0.6, 0.9, 1.4],
    ]
)
_SHARP = _INSIDE + np.array([0.0, 0.0, 0.5, 0.0])[:, None] * (np.arange(5) != 1)
_NONE_IS_BEST = _INSIDE[::-1] + np.array([[0.0], [0.1], [0.1], [0.1]])
_STRONGEST = _INSIDE[[0, 1, 3, 2]]
_EDGE_OF_PEAKS = np.c_[_INSIDE[:, 1:], _INSIDE[:, :1] - 0.4]
_FIRST_PEAK = _INSIDE - 0.5 * (np.arange(5) == 0) * (np.arange(4) == 1)[:, None]


add(
    "8.2.6.2",
    strength,
    "Choose, or widen the grid",
    3,
    """
    A partner of decay, weight decay for example, was tried with several `strengths`, an array
    from none (0) to strong, each at several peaks. `losses` has shape (strengths, peaks): the mean
    loss on the tuning seeds. Choose: write `strength(strengths, losses)`, the strength whose
    *best peak* has the lowest loss. But refuse, and return -1, where a better one may lie outside:
    if the chosen strength is the strongest that was tried, or if its best peak is the first or the
    last of the grid. The other end of the strengths is none at all, beyond which nothing lies.
    """,
    why="Each strength is judged at its own best peak, since weight decay hangs on the rate. A "
    "best value at an edge is no best value; only at none there is nothing beyond.",
    hints=[
        "What is the lowest loss of each row? `np.min(losses, axis=1)` holds them.",
        "`np.argmin` of those is the row; `np.argmin` of the row is its best peak.",
        "Three edges mean -1: the last row, the first peak, the last peak. The first row does not.",
    ],
    probes=[
        (_STRENGTHS, _INSIDE),
        (_STRENGTHS, _SHARP),
        (_STRENGTHS, _NONE_IS_BEST),
        (_STRENGTHS, _STRONGEST),
        (_STRENGTHS, _EDGE_OF_PEAKS),
        (_STRENGTHS, _FIRST_PEAK),
        (_STRENGTHS[:3], _INSIDE[:3]),
        (10 * _STRENGTHS, _INSIDE[:, ::-1] ** 2),
    ],
    slips=[
        (
            lambda s, v: s[np.argmin(np.min(v, axis=1))],
            "This chooses even where the best lies at an edge. There a better one may lie outside.",
        ),
        (
            lambda s, v: strength(s, v) if np.argmin(np.min(v, axis=1)) else -1.0,
            "No partner at all is refused here. Beyond 0 there is nothing, so it may be chosen.",
        ),
        (
            lambda s, v: (
                s[np.argmin(np.min(v, axis=1))]
                if np.argmin(np.min(v, axis=1)) < len(s) - 1
                else -1.0
            ),
            "The edges of the peaks are not looked at here.",
        ),
        (
            lambda s, v: (
                s[np.argmin(np.min(v, axis=1))]
                if 0 < np.argmin(v[np.argmin(np.min(v, axis=1))]) < v.shape[1] - 1
                else -1.0
            ),
            "The strongest partner is chosen here, though a stronger one was not tried.",
        ),
        (
            lambda s, v: _or_refuse(s, v, np.argmin(v.mean(axis=1))),
            "This judges a strength by its mean over the peaks. Nobody would train at the bad "
            "ones: its best peak counts.",
        ),
        (
            lambda s, v: _or_refuse(s, v, np.argmin(v[:, np.argmin(v[0])])),
            "This judges every strength at the peak that suits none at all. Each has a best peak "
            "of its own.",
        ),
        (
            lambda s, v: float(np.argmin(np.min(v, axis=1))),
            "This is the number of the row. The strength is wanted, or -1.",
        ),
        (
            lambda s, v: np.min(v) if strength(s, v) >= 0 else -1.0,
            "This is the lowest loss. The strength that it belongs to is wanted.",
        ),
    ],
)
