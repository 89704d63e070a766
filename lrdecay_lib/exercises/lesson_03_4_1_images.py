"""Exercises of lesson 3.4.1, images and convolutional networks."""

import numpy as np

from . import add


def overfitting_rise(losses):
    return losses[-1] - np.min(losses)


_VALLEY = np.array([2.3, 1.4, 0.9, 0.75, 0.8, 1.0])


add(
    "3.4.1.1",
    overfitting_rise,
    "The rise after the best moment",
    1,
    """
    Write `overfitting_rise(losses)`: how far the last of the test losses of a run, an array of
    shape (n,), lies above the lowest one. A run that ends at its lowest loss has a rise of 0.
    """,
    why="The lowest loss can lie anywhere on the way. Where it is "
    "the last, the difference is 0, so a rise is never negative.",
    hints=[
        "Which two numbers of the path does the rise compare?",
        "`losses[-1]` is the last one, and `np.min(losses)` the lowest.",
    ],
    probes=[
        (_VALLEY,),
        (_VALLEY[:4],),
        (np.array([1.0, 0.4, 1.9, 0.7, 0.55]),),
        (np.array([0.5, 0.2, 0.9]),),
    ],
    slips=[
        (
            lambda losses: np.min(losses) - losses[-1],
            "The sign is wrong: a loss that went up again has a rise above 0.",
        ),
        (
            lambda losses: losses[-1] - losses[0],
            "This compares the end with the beginning. "
            "The rise is counted from the lowest point.",
        ),
        (
            lambda losses: losses[0] - np.min(losses),
            "This is the fall from the beginning to the lowest point.",
        ),
        (
            lambda losses: np.max(losses) - np.min(losses),
            "This is from the highest to the lowest "
            "loss, and the highest may be the first.",
        ),
        (
            lambda losses: max(losses[-1] - losses[-2], 0.0),
            "This looks at the last step alone. The lowest point may lie much earlier.",
        ),
        (
            lambda losses: losses[-1] / np.min(losses) - 1,
            "This is the rise as a share. The difference is wanted.",
        ),
        (
            lambda losses: int(np.argmin(losses)),
            "This is the place of the lowest loss, not its height.",
        ),
    ],
)


def rate_at_marks(update, peak, marks, factor):
    passed = np.sum(np.array(marks, dtype=float) <= update)
    return peak * factor**passed


def _marked(count):
    return lambda update, peak, marks, factor: float(
        peak * factor ** count(update, np.array(marks))
    )


add(
    "3.4.1.2",
    rate_at_marks,
    "Divide by ten at the marks",
    2,
    """
    Write `rate_at_marks(update, peak, marks, factor)`: the rate is `peak` at first, and is
    multiplied by `factor` once at each mark. `marks` is a tuple of rising update indices, and the
    update with the index of a mark is the first with the new rate. `update` is one number of at
    least 0.
    """,
    why="The number of marks that are not above the "
    "update says how often the factor was applied.",
    hints=[
        "With marks at 100 and 200, how often has the factor "
        "been applied at update 99, 100, 150 and 200?",
        "Count the marks that are at or below the "
        "update; `np.sum` counts what is True.",
    ],
    probes=[(t, 0.1, (300, 450), 0.1) for t in (0, 299, 300, 301, 449, 450, 600)]
    + [(t, 0.4, (2, 5, 9), 0.5) for t in (1, 2, 4, 5, 8, 9, 30)]
    + [(7, 1.5, (7,), 0.2)],
    slips=[
        (
            _marked(lambda t, marks: np.sum(marks < t)),
            "The rate changes one update late: the update with "
            "the index of a mark is the first with the new rate.",
        ),
        (
            _marked(lambda t, marks: np.sum(marks <= t + 1)),
            "The rate changes one update early.",
        ),
        (
            _marked(lambda t, marks: int(np.any(marks <= t))),
            "The factor is applied once, however many marks have passed.",
        ),
        (
            _marked(lambda t, marks: t),
            "The factor is applied at every update. It belongs to the marks.",
        ),
        (
            _marked(lambda t, marks: np.sum(marks > t)),
            "This counts the marks that are still to come, so "
            "the rate rises. Count those that have passed.",
        ),
        (
            lambda t, peak, marks, factor: (
                peak / factor ** int(np.sum(np.array(marks) <= t))
            ),
            "This divides by the factor. A factor below 1 then makes the rate larger.",
        ),
        (
            lambda t, peak, marks, factor: (
                peak * factor * int(np.sum(np.array(marks) <= t))
            ),
            "The factor is multiplied by the number of marks that "
            "have passed. It is applied once for each: a power.",
        ),
        (
            lambda t, peak, marks, factor: peak * factor if t in marks else peak,
            "The rate changes at a mark and is back one update later. "
            "It must stay down: ask whether the mark has passed.",
        ),
        (lambda t, peak, marks, factor: peak, "The rate never changes."),
        (
            lambda t, peak, marks, factor: factor ** int(np.sum(np.array(marks) <= t)),
            "The peak is missing.",
        ),
    ],
)
