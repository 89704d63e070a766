"""Exercises of lesson 8.1, what we found."""

import numpy as np

from . import add


def winners(lows, highs, signs, margin):
    # where the sign turns, the ends change places
    low = np.minimum(signs * lows, signs * highs)
    high = np.maximum(signs * lows, signs * highs)
    found = np.full(len(low), 2)
    found[high < margin] = 0
    found[low <= -margin] = 2  # it reaches beyond the other margin
    found[low > margin] = 1
    found[high < -margin] = -1
    return found


def _judged(low, high, margin):
    """The same for ends that are taken as they come."""
    found = np.where((low > -margin) & (high < margin), 0, 2)
    return np.where(low > margin, 1, np.where(high < -margin, -1, found))


_LOWS = np.array([2.5, -0.2, -6.0, 3.0, -0.4, -5.0, 0.5, -9.0])
_HIGHS = np.array([4.5, 0.3, -3.0, 5.0, 0.6, -2.5, 4.0, 3.0])
_SIGNS = np.array([1, 1, -1, -1, -1, 1, 1, -1])
_ENDS = np.array([0.5, -0.5, 0.5, -0.5])
_BAD_LOWS = np.array([0.2, -0.5, 1.5, -4.0, -1.0, 0.4])
_BAD_HIGHS = np.array([0.9, -0.1, 2.4, 1.0, -0.8, 0.6])
_BAD_SIGNS = np.array([-1, -1, 1, -1, -1, 1])


add(
    "8.1.1",
    winners,
    "Read the forest",
    2,
    """
    Write `winners(lows, highs, signs, margin)`: what each of n comparisons shows. The interval of
    each effect goes from `lows` to `highs`; in `signs` a 1 says that a positive effect means decay
    is better, a -1 that it means worse. Return an array of shape (n,): 1 where decay is better by
    more than `margin`, -1 where the constant rate is, 0 where a difference as large as `margin` is
    ruled out either way, and 2 where it is open. An end that lies exactly at a margin decides
    nothing.
    """,
    why="First all intervals are turned the same way round, and their ends change places where the "
    "sign turns. Then the whole interval must lie on one side of the margin, or wholly between the "
    "two margins; anything else is open.",
    hints=[
        "Turn the intervals first: with a sign of -1, from -6 to -3 becomes from 3 to 6.",
        "`low = np.where(signs > 0, lows, -highs)`, and the like for `high`. Then 1 where "
        "`low > margin`, -1 where `high < -margin`, 0 where both lie between, and 2 elsewhere.",
    ],
    probes=[
        (_LOWS, _HIGHS, _SIGNS, 2.0),
        (_BAD_LOWS, _BAD_HIGHS, _BAD_SIGNS, 0.3),
        (_LOWS[:3], _HIGHS[:3], np.array([1, -1, 1]), 1.0),
        (_BAD_LOWS, _BAD_HIGHS, -_BAD_SIGNS, 0.15),
        (np.array([0.1, 0.2]), np.array([0.3, 0.4]), np.array([1, 1]), 0.5),
        (_LOWS, _HIGHS, -_SIGNS, 3.5),
        (_ENDS - 0.5, _ENDS, np.array([1, 1, -1, -1]), 0.5),
        (_ENDS, _ENDS + 0.5, np.array([1, -1, -1, 1]), 0.5),
    ],
    slips=[
        (
            lambda lows, highs, signs, margin: _judged(lows, highs, margin),
            "The signs are not used. A row whose claim says that decay does harm speaks the other "
            "way round.",
        ),
        (
            lambda lows, highs, signs, margin: _judged(
                signs * lows, signs * highs, margin
            ),
            "Where the sign turns, the ends change places too: the low end times -1 is the high "
            "end of the turned interval.",
        ),
        (
            lambda lows, highs, signs, margin: winners(lows, highs, signs, 0.0),
            "The margin is not used. An interval that lies just above zero shows a difference, but "
            "none that is known to matter.",
        ),
        (
            lambda lows, highs, signs, margin: np.where(
                winners(lows, highs, signs, margin) == 2,
                0,
                winners(lows, highs, signs, margin),
            ),
            "What is open is no 0: 0 says that a difference that matters is ruled out, and a wide "
            "interval rules nothing out.",
        ),
        (
            lambda lows, highs, signs, margin: _judged(
                signs * (lows + highs) / 2, signs * (lows + highs) / 2, margin
            ),
            "This asks where the middle lies. The whole interval has to.",
        ),
        (
            lambda lows, highs, signs, margin: winners(lows, highs, -signs, margin),
            "The winners are exchanged: 1 is for decay.",
        ),
    ],
)


def fair_share(tasks, better):
    return np.mean([np.mean(better[tasks == task]) for task in np.unique(tasks)])


_TASKS = np.array([1, 1, 1, 1, 1, 2, 3, 3, 4])
_BETTER = np.array([1, 1, 1, 1, 0, 0, 1, 0, 0])
_MANY = np.array([7, 7, 2, 2, 2, 2, 2, 2, 7, 9])
_WINS = np.array([0, 1, 1, 1, 1, 1, 1, 1, 0, 0])


add(
    "8.1.2",
    fair_share,
    "One vote for each task",
    2,
    """
    Repair an unfair tally. Write `fair_share(tasks, better)`: the share, from 0 to 1, of
    comparisons in which decay is better, with one vote for each task. `tasks` holds the number of
    the task of each comparison, `better` a 1 where decay was better in it and a 0 where it was
    not; both are arrays of shape (n,). A task votes with the share of its own comparisons.
    """,
    why="Comparisons of one task share its data, and often its runs. So each task first gets its "
    "own share, and then the shares are averaged.",
    hints=[
        "First one number for each task: the share of its own comparisons that decay won.",
        "`np.unique(tasks)` lists the tasks, and `better[tasks == task]` holds the comparisons of "
        "one. Then take the mean of the tasks' shares.",
    ],
    probes=[
        (_TASKS, _BETTER),
        (_MANY, _WINS),
        (_TASKS, 1 - _BETTER),
        (np.array([4, 4, 5]), np.array([1, 0, 1])),
        (np.array([1, 2, 3]), np.array([1, 0, 1])),
    ],
    slips=[
        (
            lambda tasks, better: np.mean(better),
            "This is the tally that is unfair: a task that was used ten times has ten votes.",
        ),
        (
            lambda tasks, better: np.mean(
                [np.max(better[tasks == task]) for task in np.unique(tasks)]
            ),
            "This counts a task for decay if decay won once. Its losses count too.",
        ),
        (
            lambda tasks, better: np.mean(
                [np.min(better[tasks == task]) for task in np.unique(tasks)]
            ),
            "This counts a task for decay only if decay won always.",
        ),
        (
            lambda tasks, better: np.mean(
                [np.mean(better[tasks == task]) > 0.5 for task in np.unique(tasks)]
            ),
            "Here the majority in a task takes its whole vote. A task votes with its share.",
        ),
        (
            lambda tasks, better: np.sum(
                [np.mean(better[tasks == task]) for task in np.unique(tasks)]
            ),
            "This is a sum of votes. The share is asked for.",
        ),
        (
            lambda tasks, better: np.sum(better) / len(np.unique(tasks)),
            "Wins of comparisons are divided by the number of tasks: both must count tasks.",
        ),
    ],
)
