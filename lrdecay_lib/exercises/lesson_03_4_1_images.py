"""Exercises of lesson 3.4.1, images and convolutional networks."""

import numpy as np

from . import Named, add


def fair_peak(shape, updates, rate):
    return rate / np.mean(shape(np.arange(updates)))


_SHAPES = {
    "a line to 0": "lambda t: np.maximum(1 - t / 100, 0)",
    "a cosine to 0": "lambda t: (1 + np.cos(np.pi * np.minimum(t / 100, 1))) / 2",
    "a half after half of the run": "lambda t: np.where(t < 50, 1.0, 0.5)",
    "an exponential with a half-life of 20": "lambda t: 0.5 ** (t / 20)",
    "a warmup of 20 updates, then a line to 0": (
        "lambda t: np.where(t < 20, t / 20, np.maximum(100 - t, 0) / 80)"
    ),
    "a constant": "lambda t: 1.0 + 0 * t",
}
_LINE, _COSINE, _HALVED, _EXPONENTIAL, _WARM, _FLAT = (
    Named(label, code) for label, code in _SHAPES.items()
)


def _by_mean(mean):
    return lambda shape, updates, rate: rate / mean(shape, updates)


add(
    "3.4.1.1",
    fair_peak,
    "The peak of a fair rival",
    2,
    """
    Somebody compares a constant rate with schedules of the same *peak*, and each schedule loses:
    it travels less far. Repair the comparison. `shape` is a schedule whose peak is 1; it takes an
    update's number or an array of them. Write `fair_peak(shape, updates, rate)`: the peak to give
    it, so that over the updates 0 to `updates` - 1 its rates have the same sum as the constant
    rate `rate`.
    """,
    why="The sum of the schedule's rates is the peak times the number of updates times the mean "
    "of the shape; that of the constant rate is the rate times the number of updates.",
    hints=[
        "What is the sum of the constant rate over the run? And of the schedule, if its peak is p?",
        "Both sums hold the number of updates. What is left is p times the shape's mean, and the "
        "rate.",
        "`np.arange(updates)` holds the updates 0 to `updates` - 1.",
    ],
    probes=[
        (_LINE, 100, 0.1),
        (_COSINE, 100, 0.1),
        (_HALVED, 100, 0.3),
        (_EXPONENTIAL, 100, 0.05),
        (_WARM, 100, 0.2),
        (_FLAT, 100, 0.2),
        (_EXPONENTIAL, 40, 0.2),
    ],
    slips=[
        (
            lambda shape, updates, rate: 2 * rate,
            "Twice the rate is right for a line to 0, or nearly. Other shapes have another mean.",
        ),
        (
            lambda shape, updates, rate: rate,
            "This is the same peak, which is the unfair comparison: the schedule travels less far.",
        ),
        (
            lambda shape, updates, rate: rate * np.mean(shape(np.arange(updates))),
            "It is upside down: a schedule that falls needs the larger peak, and gets the smaller "
            "one.",
        ),
        (
            _by_mean(lambda shape, n: np.sum(shape(np.arange(n)))),
            "The sum of the schedule is set equal to one rate. The constant rate has a sum, too.",
        ),
        (
            _by_mean(lambda shape, n: (shape(0) + shape(n - 1)) / 2),
            "The mean of the first and the last rate is the mean of a straight line only.",
        ),
        (
            _by_mean(lambda shape, n: shape(n // 2)),
            "The two have the same rate in the middle of the run. The same sum is wanted.",
        ),
        (
            _by_mean(lambda shape, n: np.mean(shape(np.arange(1, n + 1)))),
            "The updates are counted from 1. The first one is 0, with the whole peak of a decay.",
        ),
        (
            _by_mean(lambda shape, n: np.mean(shape(np.arange(n + 1)))),
            "One update too many: the last one is `updates` - 1.",
        ),
        (
            lambda shape, updates, rate: (
                rate / np.sqrt(np.mean(shape(np.arange(updates)) ** 2))
            ),
            "These are equal sums of the *squares*, which measure the noise. Distance is the sum "
            "of the rates themselves.",
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
