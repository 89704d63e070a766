"""Exercises of lesson 6.2.2, decay and overfitting."""

import numpy as np

from . import add


def reported(validation, test):
    runs = test[np.argmin(np.mean(validation, axis=1))]
    return np.mean(runs), np.std(runs, ddof=1) / np.sqrt(len(runs))


def _told(runs):
    """The mean of some runs, and its standard error."""
    return np.mean(runs), np.std(runs, ddof=1) / np.sqrt(len(runs))


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
    `reported(validation, test)`: what may be reported for the tuned rate, the mean of the test
    losses of the rate with the lowest mean validation loss, and the standard error of that mean, as
    a tuple.
    """,
    why="The validation losses choose, and for that they are spent: the winner among many looks "
    "better there than it is. Its test losses had no part in the choice.",
    hints=[
        "One mean for each rate: along which axis are the seeds?",
        "`np.argmin` gives the row. Which of the two tables is that row taken from?",
        "The standard error is the standard deviation of the runs (`ddof=1`), divided by the root "
        "of their number.",
    ],
    probes=[
        (_VALIDATION, _TEST),
        (_VALIDATION[:, :3], _TEST),
        (_VALIDATION[::-1], _TEST[::-1]),
        (_VALIDATION[[0, 2, 3]], _TEST[[0, 2, 3]]),
        (_VALIDATION[:2], _TEST[:2, :3]),
    ],
    slips=[
        (
            lambda v, t: _told(t[np.argmin(np.mean(t, axis=1))]),
            "Yours chooses by the test losses. Then they are no longer a test.",
        ),
        (
            lambda v, t: _told(v[np.argmin(np.mean(v, axis=1))]),
            "Yours reports the validation losses that chose the rate. The winner's are too good to "
            "be reported.",
        ),
        (
            lambda v, t: _told(t[np.argmin(np.median(v, axis=1))]),
            "Yours chooses by the median. A rate with one bad run would pass, and the mean is "
            "asked for.",
        ),
        (
            lambda v, t: _told(t[np.argmin(np.min(v, axis=1))]),
            "Yours chooses the rate that has the single best run. One lucky seed decides then.",
        ),
        (
            lambda v, t: _told(np.min(t, axis=0)),
            "Yours takes the best rate of each seed. No run has a rate of its own for each seed.",
        ),
        (
            lambda v, t: _told(t[np.argmax(np.mean(v, axis=1))]),
            "This is the rate with the highest validation loss.",
        ),
        (
            lambda v, t: (
                np.mean(t[np.argmin(np.mean(v, axis=1))]),
                np.std(t[np.argmin(np.mean(v, axis=1))], ddof=1),
            ),
            "The second number is the spread of the runs. The standard error of their mean is "
            "smaller, by the root of their number.",
        ),
        (
            lambda v, t: (
                np.mean(t[np.argmin(np.mean(v, axis=1))]),
                np.std(t[np.argmin(np.mean(v, axis=1))]) / np.sqrt(t.shape[1]),
            ),
            "The standard deviation divides by the number of runs less one: `ddof=1`.",
        ),
        (
            lambda v, t: _told(t[np.argmin(np.mean(v, axis=1))])[::-1],
            "The two are in the other order: first the mean, then its standard error.",
        ),
    ],
)


def quickest_rate(rates, losses, tolerance):
    enough = losses <= np.min(losses) + tolerance
    first = np.argmax(enough.any(axis=0))
    return rates[np.argmin(losses[:, first])]


# a valley that runs across the table: half the rate, twice the evaluations
_RATES = np.array([0.05, 0.1, 0.2, 0.4])
_LOSSES = np.array(
    [
        [0.90, 0.80, 0.70, 0.60, 0.52, 0.47, 0.44, 0.43],
        [0.80, 0.60, 0.47, 0.41, 0.42, 0.45, 0.49, 0.53],
        [0.60, 0.43, 0.44, 0.50, 0.56, 0.61, 0.65, 0.68],
        [0.48, 0.55, 0.63, 0.70, 0.75, 0.79, 0.82, 0.84],
    ]
)


def _quickest(rates, losses, limit, choose=np.argmin):
    """The rate that is best at the first evaluation at which some rate is within the limit."""
    first = np.argmax((losses <= limit).any(axis=0))
    return rates[choose(losses[:, first])]


add(
    "6.2.2.2",
    quickest_rate,
    "The quickest run that is good enough",
    2,
    """
    Tune a rate and a stop together. On noisy labels a small rate and a long run end about where a
    large rate and a short run do. `losses` holds validation losses, a row for each constant rate in
    `rates` and a column for each evaluation. Write `quickest_rate(rates, losses, tolerance)`: find
    the earliest evaluation at which some rate's loss is at most `tolerance` above the lowest loss
    of the whole table, and give the rate that is best at that evaluation.
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
        (_RATES, _LOSSES, 0.0),
        (_RATES, _LOSSES, 0.025),
        (_RATES, _LOSSES, 0.08),
        (_RATES[:2], _LOSSES[:2], 0.065),
        (_RATES[::-1], _LOSSES[::-1], 0.025),
        (_RATES[:3], _LOSSES[:3], 0.5),
        (_RATES, _LOSSES[[3, 0, 1, 2]], 0.2),
    ],
    slips=[
        (
            lambda rates, losses, tolerance: rates[
                np.argmin(losses[:, np.argmin(np.min(losses, axis=0))])
            ],
            "This is the rate of the lowest place of the table. Within the tolerance another may "
            "be there sooner.",
        ),
        (
            lambda rates, losses, tolerance: rates[np.argmin(losses[:, -1])],
            "This looks at the end of the runs only. Every evaluation is a place to stop.",
        ),
        (
            lambda rates, losses, tolerance: rates[np.argmin(losses[:, 0])],
            "This looks at the first evaluation only, good enough or not.",
        ),
        (
            lambda rates, losses, tolerance: _quickest(
                rates, losses, np.min(losses) * (1 + tolerance)
            ),
            "The tolerance is an amount of loss, and yours takes it as a share of the lowest one.",
        ),
        (
            lambda rates, losses, tolerance: rates[
                np.argmax((losses <= np.min(losses) + tolerance).any(axis=1))
            ],
            "This is the first rate in the list that is good enough anywhere. The earliest "
            "evaluation decides.",
        ),
        (
            lambda rates, losses, tolerance: np.max(
                rates[(losses <= np.min(losses) + tolerance).any(axis=1)]
            ),
            "This is the largest rate that is good enough anywhere. It need not be the first.",
        ),
        (
            lambda rates, losses, tolerance: int(
                np.argmax((losses <= np.min(losses) + tolerance).any(axis=0))
            ),
            "This is the evaluation. The rate that is best there is asked for.",
        ),
    ],
)
