"""Exercises of lesson 9, questions and answers."""

import numpy as np

from . import add


def choose(losses, peaks):
    best = losses.mean(
        axis=1
    ).argmin()  # over the seeds: inf where one of them diverged
    return peaks[best] if peaks[0] < peaks[best] < peaks[-1] else 0.0


def _best(scores, peaks):
    """The peak of the lowest score, without a look at the edges."""
    return peaks[int(np.argmin(scores))]


def _kept(losses, summary):
    """A summary of the runs of each peak that did not diverge."""
    return np.array([[summary(row[np.isfinite(row)])] for row in losses])


_PEAKS = np.array([0.1, 0.14, 0.2, 0.28, 0.4])
_INSIDE = np.array(
    [
        [0.90, 0.80, 0.94],
        [0.60, 0.74, 0.70],
        [0.62, 0.66, 0.61],
        [0.55, 0.90, 0.80],
        [0.95, np.inf, 0.99],
    ]
)
_DIVERGES = np.array(
    [
        [0.90, 0.80, 0.94],
        [0.70, 0.74, 0.72],
        [0.78, 0.80, 0.71],
        [0.55, np.inf, 0.50],
        [np.inf, np.inf, 0.45],
    ]
)
_EDGE = np.array(
    [
        [0.90, 0.80, 0.94],
        [0.70, 0.74, 0.72],
        [0.68, 0.70, 0.66],
        [0.60, 0.61, 0.64],
        [0.52, 0.55, 0.58],
    ]
)
_OUTLIER = np.array(
    [
        [0.50, 0.52, 0.55],
        [0.40, 0.42, 0.41],
        [0.30, 0.31, 0.95],
        [0.45, 0.44, 0.46],
        [0.60, 0.70, 0.65],
    ]
)


add(
    "9.1",
    choose,
    "Choose a peak",
    2,
    """
    You have tuned a schedule: `losses` is an array of shape (peaks, seeds) with the validation loss
    of each run, and `np.inf` where a run diverged; `peaks` are the peaks, rising. Write
    `choose(losses, peaks)`: the peak to report with. It has the lowest mean loss over the seeds; a
    peak at which any seed diverged is never taken. Where the best peak is the first or the last of
    the grid, the grid has to be widened before anything can be said: return 0, which is no peak.
    """,
    why="The mean over all seeds judges a peak by what it does as a rule, a divergence included. "
    "At the edge of the grid a better peak may lie beyond it.",
    hints=[
        "`losses.mean(axis=1)` is infinite for a peak at which a seed diverged, so `np.argmin` "
        "passes over it.",
        "Let `best` be its place. Return `peaks[best]` if that lies between the first and the last "
        "of the peaks, and else 0.0.",
    ],
    probes=[
        (_INSIDE, _PEAKS),
        (_DIVERGES, _PEAKS),
        (_EDGE, _PEAKS),
        (_OUTLIER, _PEAKS),
        (_EDGE[::-1], _PEAKS),
        (_OUTLIER, 3 * _PEAKS),
        (_OUTLIER[[0, 4, 3, 1, 0]], _PEAKS),
    ],
    slips=[
        (
            lambda losses, peaks: _best(losses.mean(axis=1), peaks),
            "The edges are not looked at. Where the best peak is the last one tried, a better one "
            "may lie beyond it.",
        ),
        (
            lambda losses, peaks: choose(_kept(losses, np.mean), peaks),
            "Runs that diverged are left out of the mean, so a peak that breaks some runs looks "
            "as good as its lucky ones.",
        ),
        (
            lambda losses, peaks: choose(_kept(losses, np.min), peaks),
            "This takes the peak of the luckiest single run. Another seed will not be as lucky.",
        ),
        (
            lambda losses, peaks: choose(np.median(losses, axis=1)[:, None], peaks),
            "This is the median, which passes over the one bad run. The mean is asked for.",
        ),
        (
            lambda losses, peaks: choose(losses[:, :1], peaks),
            "This looks at the first seed only.",
        ),
        (
            lambda losses, peaks: choose(-losses, peaks),
            "This takes the highest loss. The lowest is the best.",
        ),
        (
            lambda losses, peaks: float(np.argmin(losses.mean(axis=1))),
            "This is the place of the peak in the grid. The peak itself is asked for.",
        ),
    ],
)


def extra_gain(small_constant, small_decay, large_constant, large_decay):
    small = np.mean(small_constant - small_decay) / np.mean(small_constant)
    large = np.mean(large_constant - large_decay) / np.mean(large_constant)
    return 100 * (small - large)


_SMALL = np.array([2.0, 2.4, 1.9, 2.2]), np.array([1.9, 2.5, 1.7, 2.1])
_LARGE = np.array([0.5, 0.7, 0.45, 0.6]), np.array([0.4, 0.55, 0.46, 0.5])
_OTHER = np.array([1.2, 0.9, 1.6]), np.array([0.7, 0.8, 1.1])
_LAST = np.array([3.0, 4.1, 2.2]), np.array([3.3, 3.6, 2.6])


add(
    "9.2",
    extra_gain,
    "Above all?",
    2,
    """
    Each argument is an array of losses, one for each seed. Write
    `extra_gain(small_constant, small_decay, large_constant, large_decay)`: the gain of decay on
    the small data minus its gain on the large data. A gain is the mean of the paired differences,
    constant minus decay, in percent of the mean loss of the constant rate on the same data.
    """,
    why="Losses on small data are higher, so gains in the loss's own unit would "
    "favour the small data. Percent of the rival on the same data can be compared.",
    hints=[
        "Each of the two gains is in percent of its own rival's mean loss.",
        "`100 * np.mean(constant - decay) / np.mean(constant)`, "
        "once for each size. Then subtract.",
    ],
    probes=[
        (*_SMALL, *_LARGE),
        (*_LARGE, *_SMALL),
        (*_OTHER, *_LAST),
        (*_LAST, *_OTHER),
        (*_SMALL, *_OTHER),
    ],
    slips=[
        (
            lambda a, b, c, d: np.mean(a - b) - np.mean(c - d),
            "These gains are in the loss's own unit. A loss "
            "that is larger anyway has larger differences.",
        ),
        (
            lambda a, b, c, d: (
                100 * (np.mean(c - d) / np.mean(c) - np.mean(a - b) / np.mean(a))
            ),
            "The sign is turned round: this is large "
            "minus small, or decay minus constant.",
        ),
        (
            lambda a, b, c, d: (
                100 * (np.mean(a - b) / np.mean(b) - np.mean(c - d) / np.mean(d))
            ),
            "This is in percent of the loss with decay. The rival's is asked for.",
        ),
        (
            lambda a, b, c, d: (
                np.mean(a - b) / np.mean(a) - np.mean(c - d) / np.mean(c)
            ),
            "These are shares. Percent is asked for.",
        ),
        (
            lambda a, b, c, d: 100 * np.mean(a - b) / np.mean(a),
            "This is the gain on the small data alone.",
        ),
        (
            lambda a, b, c, d: 100 * (np.mean((a - b) / a) - np.mean((c - d) / c)),
            "This is the mean of each seed's own percentage. "
            "The mean difference is divided by the mean loss.",
        ),
    ],
)
