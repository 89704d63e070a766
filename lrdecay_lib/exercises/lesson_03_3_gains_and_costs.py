"""Exercises of lesson 3.3, what decay gives and what it costs."""

import numpy as np

from . import add


def good_octaves(losses, rival):
    best = rival.mean(axis=0).argmin()
    goal = 1.1 * rival[:, best]
    good = losses <= goal[:, None]
    return good.sum(axis=1).mean() / 2


def _octaves(losses, goal):
    """The mean width of the range where a loss is at most the goal, half an octave a peak."""
    return (losses <= np.reshape(goal, (-1, 1))).sum(axis=1).mean() / 2


def _at_best(losses):
    """The loss of each seed at the peak that is best on average."""
    return losses[:, losses.mean(axis=0).argmin()]


_STEADY = np.array(
    [
        [0.50, 0.38, 0.30, 0.27, 0.31, 0.40, 0.62, 0.90],
        [0.47, 0.35, 0.27, 0.26, 0.22, 0.36, 0.55, 0.85],
        [0.58, 0.46, 0.40, 0.35, 0.37, 0.49, 0.70, 0.98],
    ]
)
_FALLING = np.array(
    [
        [0.60, 0.45, 0.34, 0.295, 0.22, 0.20, 0.24, 0.33],
        [0.55, 0.41, 0.29, 0.26, 0.20, 0.19, 0.22, 0.28],
        [0.66, 0.52, 0.44, 0.35, 0.30, 0.26, 0.29, 0.41],
    ]
)


add(
    "3.3.1",
    good_octaves,
    "Two ranges, one goal",
    2,
    """
    "Line and constant rate are equally robust: around its own best peak, each may be missed as
    far." Repair the comparison: give both the same goal. `losses` holds the final losses of a
    schedule, a row for each seed and a column for each peak of a grid in steps of √2. `rival`
    holds those of the constant rate, on the same seeds and peaks. Write `good_octaves(losses,
    rival)`: how many octaves wide the range of good peaks is, as the mean over the seeds. A peak
    is good for a seed if its loss is at most 10 % above what the *tuned* constant rate has on that
    seed. Tuned means the one peak that is best on average. Each good peak counts as half an octave.
    """,
    why="The goal comes from the rival alone, at the one peak that a user would choose for it, and "
    "so it is the same for every schedule that is measured.",
    hints=[
        "The constant rate is tuned once, for all seeds: which column of `rival` has the lowest "
        "mean?",
        "The goal is a number for each seed: 1.1 times that column. Which losses are at most as "
        "large?",
        "`goal[:, None]` stands beside the rows. Count the good peaks of each row, take the mean, "
        "and remember that two peaks make an octave.",
    ],
    probes=[
        (_FALLING, _STEADY),
        (_STEADY, _STEADY),
        (_FALLING[:2], _STEADY[:2]),
        (_STEADY[::-1] + 0.02, _STEADY[::-1]),
        (_FALLING[:, 2:], _STEADY[:, 2:]),
        (_FALLING[1:] * 1.2, _STEADY[1:]),
        (_STEADY * 1.1, _STEADY),
    ],
    slips=[
        (
            lambda losses, rival: _octaves(losses, 1.1 * _at_best(losses)),
            "Each is measured against its own best, so the one with the deeper valley gets the "
            "harder goal. The goal is to be the constant rate's, for both.",
        ),
        (
            lambda losses, rival: _octaves(losses, 1.1 * rival.min(axis=1)),
            "Here the constant rate gets the luckiest peak of each seed. Nobody knows it before: "
            "a tuned rate is one peak for all seeds.",
        ),
        (
            lambda losses, rival: _octaves(losses, _at_best(rival)),
            "The 10 % are missing: this counts the peaks that are no worse at all.",
        ),
        (
            lambda losses, rival: 2 * _octaves(losses, 1.1 * _at_best(rival)),
            "These are peaks. The grid has steps of √2, so two of them make an octave.",
        ),
        (
            lambda losses, rival: (
                (losses.mean(axis=0) <= 1.1 * rival.mean(axis=0).min()).sum() / 2
            ),
            "The seeds were averaged before they were compared. The goal is each seed's own: a "
            "hard task stays hard for both rivals.",
        ),
        (
            lambda losses, rival: (
                (losses <= 1.1 * rival.mean(axis=0).min()).sum(axis=1).mean() / 2
            ),
            "One goal for all seeds together: then an easy task makes every peak good, and a hard "
            "one none. Compare seed by seed.",
        ),
        (
            lambda losses, rival: (losses <= 1.1 * rival).sum(axis=1).mean() / 2,
            "Each peak is compared with the constant rate at the *same* peak. The goal is its "
            "loss at its best one.",
        ),
        (
            lambda losses, rival: _octaves(-losses, -1.1 * _at_best(rival)),
            "This counts the peaks that are not good.",
        ),
        (
            lambda losses, rival: _octaves(losses, 0.1 + _at_best(rival)),
            "0.1 was added. 10 % above a loss is 1.1 times that loss.",
        ),
    ],
)


def line_begun_anew(update, peak, total, changes):
    start = max(change for change in [0, *changes] if change <= update)
    return peak * (total - update) / (total - start)


def _line_from(starts, update, peak, total):
    start = max(starts, default=0)
    return peak * (total - update) / (total - start)


add(
    "3.3.2",
    line_begun_anew,
    "A line that begins anew",
    2,
    """
    Write `line_begun_anew(update, peak, total, changes)`: the rate of update `update`, a number
    from 0 to `total` - 1. It starts at `peak` and falls in a straight line to 0 at `total`.
    `changes` is a sorted list of updates at which the data change: each is the first update with
    the new data. There the rate is `peak` again, and falls in a straight line to 0 at the same
    `total`. The list may be empty.
    """,
    why="Only the last change counts, and the start of the "
    "run counts as one. From there to `total` it is one line.",
    hints=[
        "Which of the changes still matter at this "
        "update? Treat update 0 as a change too.",
        "How many updates lie between the last change and "
        "`total`, and how many of them are still to come?",
    ],
    probes=[
        (0, 0.1, 100, []),
        (25, 0.1, 100, []),
        (50, 0.1, 100, [50]),
        (49, 0.1, 100, [50]),
        (75, 0.1, 100, [50]),
        (90, 0.4, 100, [20, 80]),
        (80, 0.4, 100, [20, 80]),
        (50, 0.4, 100, [20, 80]),
        (10, 0.4, 100, [20, 80]),
        (99, 0.2, 100, [10, 30, 90]),
        (150, 1.0, 200, [100]),
        (21, 0.3, 40, [20, 21]),
    ],
    slips=[
        (
            lambda t, peak, total, changes: peak * (1 - t / total),
            "This is the line of the whole run. It "
            "does not begin anew when the data change.",
        ),
        (
            lambda t, peak, total, changes: _line_from(
                [c for c in changes if c < t], t, peak, total
            ),
            "At a change itself yours is still the old line. A change is the "
            "first update with the new data, so the rate must be `peak` there.",
        ),
        (
            lambda t, peak, total, changes: _line_from(
                [c for c in changes[:1] if c <= t], t, peak, total
            ),
            "It begins anew at the first change only. There may be more than one.",
        ),
        (
            lambda t, peak, total, changes: _line_from(changes[-1:], t, peak, total),
            "It looks at the last change of the list, even when that is still to come.",
        ),
        (
            lambda t, peak, total, changes: (
                peak * (1 - (t - max([0, *(c for c in changes if c <= t)])) / total)
            ),
            "After a change yours falls as slowly as the whole run's line, so at "
            "`total` it is not at 0. The line has only the updates that are left.",
        ),
        (
            lambda t, peak, total, changes: (
                peak if any(c <= t for c in changes) else peak * (1 - t / total)
            ),
            "After a change yours stays at `peak`. It must fall again.",
        ),
        (lambda t, peak, total, changes: peak, "Yours is `peak` at every update."),
        (
            lambda t, peak, total, changes: (
                (total - t) / (total - max([0, *(c for c in changes if c <= t)]))
            ),
            "The shape is right, and `peak` is missing.",
        ),
        (
            lambda t, peak, total, changes: (
                peak * (total - t) / total * 2 ** sum(c <= t for c in changes)
            ),
            "Yours doubles at each change. The rate is "
            "to be `peak` again, whatever it was before.",
        ),
    ],
)
