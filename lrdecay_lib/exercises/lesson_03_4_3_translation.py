"""Exercises of lesson 3.4.3, machine translation."""

import math

import numpy as np

from . import add


def safe_peak(peaks, losses, failed):
    safe = [k for k in range(len(peaks) - 1) if np.max(losses[:, k : k + 2]) < failed]
    return peaks[min(safe, key=lambda k: losses[:, k].mean())]


_PEAKS = np.array([0.005, 0.007, 0.01, 0.014, 0.02, 0.028])
_TUNING = np.array(
    [
        [0.62, 0.44, 0.31, 0.26, 0.24, 0.21],
        [0.66, 0.47, 0.33, 0.28, 0.25, 0.22],
        [0.60, 0.45, 0.22, 0.30, 0.27, 0.23],
        [0.64, 0.43, 0.32, 0.27, 0.26, 2.48],
    ]
)
_BLOWN_UP = np.array(
    [
        [0.70, 0.50, 0.36, 0.41, 2.4, 2.5],
        [0.71, 0.52, 0.38, 0.35, 0.30, np.inf],
        [0.73, 0.49, 0.37, 0.34, 0.29, 2.5],
    ]
)
_CLOSE = np.array(
    [
        [0.70, 0.50, 0.36, 0.30, 0.20, 0.50],
        [0.71, 0.52, 0.36, 0.31, 0.20, 0.60],
        [0.73, 0.49, 0.37, 0.33, 0.48, 0.70],
    ]
)
_HOLE = np.array(
    [
        [0.55, 0.40, 0.45, 0.30, 0.33, 0.38],
        [0.57, 0.41, 1.90, 0.31, 0.35, 0.39],
        [0.56, 0.43, 0.47, 0.36, 0.32, 0.90],
    ]
)


def _safest(score=lambda losses: losses.mean(axis=0), which=np.all, neighbour=1):
    """As `safe_peak`, with one thing changed."""

    def chosen(peaks, losses, failed):
        sound = which(losses < failed, axis=0)
        safe = sound.copy()
        if neighbour == 1:
            safe = np.append(sound[:-1] & sound[1:], False)
        if neighbour == -1:
            safe = np.append(False, sound[:-1] & sound[1:])
        return float(peaks[np.argmin(np.where(safe, score(losses), np.inf))])

    return chosen


add(
    "3.4.3.1",
    safe_peak,
    "Tune, and mind the runs that fail",
    2,
    """
    At a large rate a transformer fails now and then. Choose a peak that a new seed will survive.
    `peaks` is an increasing grid, an array of shape (n,); `losses` holds the final losses of the
    tuning runs, a row for each seed and a column for each peak. A run has failed if its loss is
    `failed` or more; a run that blew up has the loss `inf`. Write `safe_peak(peaks, losses,
    failed)`: among the peaks at which no seed failed, *and* at whose next larger neighbour in the
    grid none failed either, the one with the lowest mean loss. The largest peak has no such
    neighbour and is not chosen. There is always one that passes.
    """,
    why="A few tuning seeds cannot see a failure that comes once in twenty. The neighbour's runs "
    "are as many again, under harder conditions.",
    hints=[
        "For the peak in column k: which two columns decide whether it is safe?",
        "No run failed if even the largest loss of the two columns is below `failed`.",
        "Of the safe columns, the one with the lowest mean is wanted, and then the peak that "
        "stands there.",
    ],
    probes=[
        (_PEAKS, _TUNING, 1.0),
        (_PEAKS, _BLOWN_UP, 1.0),
        (_PEAKS, _HOLE, 0.8),
        (_PEAKS, _CLOSE, 0.45),
        (_PEAKS, _TUNING[:3], 1.0),
        (_PEAKS[1:], _HOLE[:, 1:], 2.0),
        (_PEAKS, _TUNING, 2.48),
    ],
    slips=[
        (
            lambda peaks, losses, failed: float(peaks[losses.mean(axis=0).argmin()]),
            "The lowest mean alone: where the failed run is not among these seeds, or stands right "
            "beside the choice, a new seed will find it.",
        ),
        (
            lambda peaks, losses, failed: float(
                peaks[np.median(losses, axis=0).argmin()]
            ),
            "The median does not see a run that fails now and then. That is its virtue in a "
            "figure, and its fault here.",
        ),
        (
            _safest(neighbour=0),
            "No seed failed at this peak, but the next larger one is not asked. This is one step "
            "from where runs fail.",
        ),
        (
            _safest(neighbour=-1),
            "This asks the next *smaller* neighbour. It is the larger rates that fail.",
        ),
        (
            _safest(which=np.any),
            "A peak passes here as soon as one seed survives. All of them must.",
        ),
        (
            _safest(score=lambda losses: losses.min(axis=0)),
            "This takes the luckiest seed of each peak. The mean is wanted.",
        ),
        (
            _safest(score=lambda losses: np.arange(losses.shape[1], 0.0, -1)),
            "This is the largest safe peak. The one with the lowest mean loss is wanted.",
        ),
        (
            lambda peaks, losses, failed: int(
                np.argmin(
                    np.append(
                        np.where(
                            np.all(losses < failed, axis=0)[:-1]
                            & np.all(losses < failed, axis=0)[1:],
                            losses.mean(axis=0)[:-1],
                            np.inf,
                        ),
                        np.inf,
                    )
                )
            ),
            "This is the place in the grid. The peak that stands there is wanted.",
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
