"""Exercises of lesson 6.2.2, decay and overfitting."""

import numpy as np

from . import add


def reported(validation, test):
    best = np.argmin(np.mean(validation, axis=1))
    return np.mean(test[best])


# a row for each rate, a column for each seed; the rates that are best by the mean of the validation
# loss, by its median and by the test loss are not the same
_VALIDATION = np.array(
    [
        [0.62, 0.60, 0.61, 0.63, 0.60],
        [0.50, 0.52, 0.51, 0.53, 0.49],
        [0.47, 0.48, 0.46, 0.99, 0.45],
        [0.40, 0.54, 0.58, 0.56, 0.57],
        [0.71, 0.74, 0.70, 0.72, 0.73],
    ]
)
_TEST = np.array(
    [
        [0.50, 0.48, 0.52, 0.49],
        [0.54, 0.53, 0.57, 0.52],
        [0.51, 0.66, 0.50, 0.53],
        [0.52, 0.56, 0.60, 0.49],
        [0.70, 0.73, 0.74, 0.71],
    ]
)


add(
    "6.2.2.1",
    reported,
    "Choose here, report there",
    2,
    """
    A rate was tuned, and the winner runs on other seeds. `validation` and `test` hold a loss for
    each run: a row for each rate, a column for each seed (the two have different seeds). Write
    `reported(validation, test)`: the number that may be reported for the tuned rate, which is the
    mean test loss of the rate with the lowest mean validation loss.
    """,
    why="The validation losses choose, and for that they are spent: the winner among many looks "
    "better there than it is. Its test losses had no part in the choice.",
    hints=[
        "One mean for each rate: along which axis are the seeds?",
        "`np.argmin` gives the row. Which of the two tables is that row taken from?",
    ],
    probes=[
        (_VALIDATION, _TEST),
        (_VALIDATION[:, :3], _TEST),
        (_VALIDATION[::-1], _TEST[::-1]),
        (_VALIDATION[[0, 2, 3]], _TEST[[0, 2, 3]]),
        (_VALIDATION[:2], _TEST[:2]),
    ],
    slips=[
        (
            lambda v, t: np.min(np.mean(t, axis=1)),
            "Yours chooses by the test losses. Then they are no longer a test.",
        ),
        (
            lambda v, t: np.min(np.mean(v, axis=1)),
            "Yours reports the validation loss that chose the rate. The winner's is too good to "
            "be reported.",
        ),
        (
            lambda v, t: np.mean(t[np.argmin(np.median(v, axis=1))]),
            "Yours chooses by the median. A rate with one bad run would pass, and the mean is "
            "asked for.",
        ),
        (
            lambda v, t: np.mean(t[np.argmin(np.min(v, axis=1))]),
            "Yours chooses the rate that has the single best run. One lucky seed decides then.",
        ),
        (
            lambda v, t: np.mean(np.min(t, axis=0)),
            "Yours takes the best rate of each seed. No run has a rate of its own for each seed.",
        ),
        (
            lambda v, t: np.mean(t),
            "This is the mean over all rates. Only the chosen one is reported.",
        ),
        (
            lambda v, t: np.mean(t[np.argmax(np.mean(v, axis=1))]),
            "This is the rate with the highest validation loss.",
        ),
        (
            lambda v, t: int(np.argmin(np.mean(v, axis=1))),
            "This is the row of the chosen rate. Its mean test loss is asked for.",
        ),
    ],
)


def cheapest_stop(losses, tolerance):
    enough = losses <= np.min(losses) + tolerance
    evaluation = int(np.argmax(enough.any(axis=0)))
    column = np.where(enough[:, evaluation], losses[:, evaluation], np.inf)
    return int(np.argmin(column)), evaluation


# a valley that runs across the table: half the rate, twice the evaluations
_LOSSES = np.array(
    [
        [0.90, 0.80, 0.70, 0.60, 0.52, 0.47, 0.44, 0.42],
        [0.80, 0.60, 0.47, 0.41, 0.42, 0.45, 0.49, 0.53],
        [0.60, 0.43, 0.44, 0.50, 0.56, 0.61, 0.65, 0.68],
        [0.48, 0.55, 0.63, 0.70, 0.75, 0.79, 0.82, 0.84],
    ]
)


def _first(losses, limit):
    """The first evaluation at which some rate is within the limit, and the best rate there."""
    evaluation = int(np.argmax((losses <= limit).any(axis=0)))
    return int(np.argmin(losses[:, evaluation])), evaluation


add(
    "6.2.2.2",
    cheapest_stop,
    "The cheapest stop",
    2,
    """
    On noisy labels a small rate and a long run end about where a large rate and a short run do.
    `losses` holds validation losses, a row for each constant rate and a column for each evaluation.
    Write `cheapest_stop(losses, tolerance)`: of all places in the table whose loss lies at most
    `tolerance` above the lowest loss of the table, the earliest evaluation, and among the rates
    that are good enough there the best one. Give (row, column), two ints.
    """,
    why="A constant rate can be stopped anywhere, so each place of the table is a run that can be "
    "had. The valley runs across the table: the distance decides, and the larger rate is sooner "
    "there, until it is too noisy to be good enough.",
    hints=[
        "`losses <= losses.min() + tolerance` is True where a place is good enough.",
        "`.any(axis=0)` says for each evaluation whether some rate is good enough there, and "
        "`np.argmax` finds the first True.",
        "In that column, which rate has the lowest loss?",
    ],
    probes=[
        (_LOSSES, 0.0),
        (_LOSSES, 0.025),
        (_LOSSES, 0.04),
        (_LOSSES, 0.08),
        (_LOSSES[:2], 0.02),
        (_LOSSES[::-1], 0.025),
        (_LOSSES[:3], 0.5),
    ],
    slips=[
        (
            lambda losses, tolerance: tuple(
                int(i) for i in np.unravel_index(np.argmin(losses), losses.shape)
            ),
            "This is the lowest place of the table. Within the tolerance there may be a cheaper "
            "one.",
        ),
        (
            lambda losses, tolerance: (int(np.argmin(losses[:, -1])), 0),
            "This chooses the rate at the end of the run, and stops before it began.",
        ),
        (
            lambda losses, tolerance: (
                int(np.argmin(losses[:, -1])),
                losses.shape[1] - 1,
            ),
            "This looks at the end of the runs only. Every evaluation is a place to stop.",
        ),
        (
            lambda losses, tolerance: _first(losses, np.min(losses) * (1 + tolerance)),
            "The tolerance is an amount of loss, and yours takes it as a share of the lowest one.",
        ),
        (
            lambda losses, tolerance: _first(losses, np.min(losses) + tolerance)[::-1],
            "The two are in the other order: first the row, then the column.",
        ),
        (
            lambda losses, tolerance: tuple(
                int(part[0])
                for part in np.nonzero(losses <= np.min(losses) + tolerance)
            ),
            "This finds the first row that is good enough anywhere. The earliest *column* is "
            "wanted.",
        ),
        (
            lambda losses, tolerance: (
                int(np.argmax((losses <= np.min(losses) + tolerance).any(axis=1))),
                _first(losses, np.min(losses) + tolerance)[1],
            ),
            "The evaluation is right. The rate must be one that is good enough at *that* "
            "evaluation.",
        ),
    ],
)
