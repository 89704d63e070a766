"""Exercises of lesson 6.3, more stability?"""

import numpy as np

from . import add


def clipped_gradient(gradient, limit):
    length = np.sqrt(np.sum(gradient**2))
    return gradient * limit / max(length, limit)


add(
    "6.3.1",
    clipped_gradient,
    "Clipping by length",
    2,
    """
    Write `clipped_gradient(gradient, limit)`: a gradient (an array of shape (n,)) that is longer
    than `limit` is shortened to that length and keeps its direction. A gradient that is not longer
    stays as it is.
    """,
    why="One factor for all elements keeps the direction. Where "
    "the gradient is short, the factor is limit / limit, so 1.",
    hints=[
        "The length is the root of the sum of squares, as `np.linalg.norm` gives it.",
        "By which number must a gradient of length "
        "10 be multiplied so that its length is 2?",
    ],
    probes=[
        (np.array([3.0, 4.0]), 1.0),
        (np.array([3.0, 4.0]), 10.0),
        (np.array([0.3, -0.4]), 1.0),
        (np.array([-6.0, 0.0, 8.0]), 5.0),
        (np.zeros(3), 1.0),
        (np.array([2.0, -1.0, 2.0]), 3.0),
    ],
    slips=[
        (
            lambda g, limit: np.clip(g, -limit, limit),
            "This cuts each element by itself, which "
            "turns the gradient into another direction.",
        ),
        (
            lambda g, limit: g * limit / np.linalg.norm(g) if np.any(g) else g,
            "This makes every gradient as long as the limit, the short ones too.",
        ),
        (
            lambda g, limit: g / np.linalg.norm(g) if np.linalg.norm(g) > limit else g,
            "The long gradients come out with a length of 1, whatever the limit is.",
        ),
        (
            lambda g, limit: g * limit / np.sum(g**2) if np.sum(g**2) > limit else g,
            "The root is missing: this takes the sum of squares for the length.",
        ),
        (
            lambda g, limit: (
                g * limit / np.sum(np.abs(g)) if np.sum(np.abs(g)) > limit else g
            ),
            "This takes the sum of absolute values for the length.",
        ),
        (
            lambda g, limit: (
                g * limit / np.max(np.abs(g)) if np.max(np.abs(g)) > limit else g
            ),
            "This takes the largest element for the length.",
        ),
        (
            lambda g, limit: g if np.linalg.norm(g) <= limit else np.zeros_like(g),
            "The long gradients are thrown away. They are to be shortened.",
        ),
        (lambda g, limit: g * limit, "This multiplies every gradient by the limit."),
        (lambda g, limit: g, "Nothing is clipped."),
    ],
)


def safe_peak(peaks, diverged, share):
    bad = np.mean(diverged, axis=1) >= share
    safe = peaks[~np.maximum.accumulate(bad)]
    return safe[-1] if len(safe) else 0.0


_PEAKS = np.array([0.05, 0.07, 0.1, 0.14, 0.2])


def _runs(*counts, seeds=20):
    """diverged[peak, seed], so many of the seeds at each peak."""
    return np.arange(seeds)[None, :] < np.array(counts)[:, None]


def _largest(peaks, good):
    return peaks[good][-1] if np.any(good) else 0.0


add(
    "6.3.2",
    safe_peak,
    "How large a peak is safe?",
    2,
    """
    Read the figure of diverged runs, given as numbers. `peaks` are the peaks that were tried,
    rising; `diverged` has a row for each peak and a column for each seed, and is True where that
    run diverged. Write `safe_peak(peaks, diverged, share)`: the largest peak at which, and below
    which at *every* smaller peak too, fewer than `share` of the runs diverged; 0.0 if there is
    none.
    """,
    why="A peak above a bad one is safe by luck at most. So the search goes up from the smallest "
    "peak and ends at the first bad one, and a share that is just reached is bad.",
    hints=[
        "The mean of a row of `diverged` is the share of the runs that diverged at this peak.",
        "Which is the first peak that is not safe? The one before it is wanted.",
        "What if that is the very first one, or if there is none?",
    ],
    probes=[
        (_PEAKS, _runs(0, 0, 1, 9, 20), 0.1),
        (_PEAKS, _runs(0, 1, 2, 9, 20), 0.1),
        (_PEAKS, _runs(0, 4, 1, 9, 20), 0.1),
        (_PEAKS, _runs(5, 0, 0, 0, 20), 0.1),
        (_PEAKS, _runs(0, 0, 0, 1, 1), 0.1),
        (_PEAKS, _runs(0, 0, 4, 10, 20), 0.5),
        (_PEAKS[:3], _runs(0, 1, 9, seeds=10), 0.25),
    ],
    slips=[
        (
            lambda peaks, d, share: _largest(peaks, np.mean(d, axis=1) < share),
            "Yours takes a safe peak above a bad one, or one that is safe by luck. Every smaller "
            "peak must be safe too.",
        ),
        (
            lambda peaks, d, share: _largest(
                peaks, ~np.maximum.accumulate(np.mean(d, axis=1) > share)
            ),
            "*Fewer* than the share is asked for: a share that is just reached is not safe.",
        ),
        (
            lambda peaks, d, share: _largest(
                peaks, ~np.maximum.accumulate(np.any(d, axis=1))
            ),
            "Yours asks that no run diverges. Fewer than the share may.",
        ),
        (
            lambda peaks, d, share: float(
                peaks[int(np.argmax(np.mean(d, axis=1) >= share))]
            ),
            "This is the first peak that is not safe. The one before it is wanted, and where all "
            "are safe the last one.",
        ),
        (
            lambda peaks, d, share: _largest(
                peaks, ~np.maximum.accumulate(np.mean(d, axis=1) < share)
            ),
            "The comparison is turned round: these are the peaks at which many runs diverge.",
        ),
        (
            lambda peaks, d, share: int(
                np.sum(~np.maximum.accumulate(np.mean(d, axis=1) >= share))
            ),
            "This counts the safe peaks. The largest of them is asked for.",
        ),
    ],
)
