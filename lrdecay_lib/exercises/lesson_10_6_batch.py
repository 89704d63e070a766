"""Exercises of lesson 10.6, another batch."""

import math

import numpy as np

from . import add


def new_peak(peak, factor, adam, limit):
    return min(peak * factor ** (0.5 if adam else 1.0), limit)


add(
    "10.6.1",
    new_peak,
    "The peak for another batch",
    1,
    """
    A peak was tuned for a batch. The batch becomes `factor` times as large (below 1: smaller), the
    number of samples stays. Write `new_peak(peak, factor, adam, limit)`: the peak by the linear
    rule, or by the root rule where `adam` is True, and never above `limit`, the largest rate that
    is stable. All are numbers but `adam`.
    """,
    why="At equal samples the rate goes with the batch for SGD and with its root for Adam. The "
    "limit of stability is a property of the curvature, which no batch changes.",
    hints=[
        "Which power of `factor` does each rule take? 1 for SGD, and for Adam a half.",
        "`min` of the rule's peak and the limit.",
    ],
    probes=[
        (0.1, 4, False, 1.0),
        (0.1, 4, True, 1.0),
        (0.1, 16, False, 1.0),
        (0.4, 16, True, 1.0),
        (0.2, 0.25, False, 1.0),
        (0.2, 0.25, True, 1.0),
        (0.5, 2, False, 3.0),
        (0.003, 8, True, 0.02),
        (1.5, 0.5, False, 1.0),
    ],
    slips=[
        (
            lambda peak, factor, adam, limit: peak * factor ** (0.5 if adam else 1.0),
            "The limit is not kept, so a large batch gets a rate at which training blows up.",
        ),
        (
            lambda peak, factor, adam, limit: min(peak * factor, limit),
            "This is the linear rule for both. With Adam the root is wanted.",
        ),
        (
            lambda peak, factor, adam, limit: min(peak * factor**0.5, limit),
            "This is the root rule for both. With SGD the rate goes with the batch itself.",
        ),
        (
            lambda peak, factor, adam, limit: min(
                peak * factor ** (1.0 if adam else 0.5), limit
            ),
            "The rules are the wrong way round: the root is Adam's.",
        ),
        (
            lambda peak, factor, adam, limit: min(
                peak / factor ** (0.5 if adam else 1.0), limit
            ),
            "A larger batch gets a smaller rate here. It has less noise and fewer updates, so it "
            "wants a larger one.",
        ),
        (
            lambda peak, factor, adam, limit: min(peak, limit),
            "The peak stays as it was. With fewer updates the run then does not get as far.",
        ),
        (
            lambda peak, factor, adam, limit: (
                min(peak, limit) * factor ** (0.5 if adam else 1.0)
            ),
            "The old peak is held below the limit, and not the new one.",
        ),
        (
            lambda peak, factor, adam, limit: max(
                peak * factor ** (0.5 if adam else 1.0), limit
            ),
            "This is the larger of the two, so the rate is never *below* the limit.",
        ),
    ],
)


def new_updates(updates, old, new):
    samples = updates * old[0] * old[1] * old[2]
    return math.ceil(samples / (new[0] * new[1] * new[2]))


def _factor(old, new, parts=(0, 1, 2)):
    return math.prod(new[i] for i in parts) / math.prod(old[i] for i in parts)


def _updates(updates, old, new, parts):
    return math.ceil(updates / _factor(old, new, parts))


add(
    "10.6.2",
    new_updates,
    "Count the updates anew",
    2,
    """
    A run of `updates` updates moves to other machines. `old` and `new` are tuples of three whole
    numbers: how many GPUs, how many samples each takes at a time, and over how many such batches
    gradients are accumulated before an update. Write `new_updates(updates, old, new)`: the smallest
    number of updates that sees at least as many samples as before. (A warmup is counted in the same
    way.)
    """,
    why="An update sees the product of the three. Samples are kept, so the updates are divided by "
    "the ratio of the products, and rounded up.",
    hints=[
        "How many samples make one update, before and after? Multiply the three numbers.",
        "All samples of the run over the samples of a new update. `math.ceil` rounds up.",
    ],
    probes=[
        (1000, (2, 8, 1), (8, 8, 1)),
        (1000, (8, 16, 1), (2, 16, 1)),
        (1000, (8, 16, 1), (2, 16, 4)),
        (1000, (1, 32, 2), (3, 32, 2)),
        (700, (4, 8, 3), (4, 16, 1)),
        (1001, (1, 8, 1), (2, 8, 2)),
        (500, (2, 4, 8), (1, 16, 2)),
    ],
    slips=[
        (
            lambda updates, old, new: _updates(updates, old, new, (0, 1)),
            "Accumulation is left out. Several batches make one update, which sees all of them.",
        ),
        (
            lambda updates, old, new: _updates(updates, old, new, (0,)),
            "Only the GPUs are counted. The batch on each and the accumulation count as well.",
        ),
        (
            lambda updates, old, new: _updates(updates, old, new, (1, 2)),
            "The GPUs are left out. Each of them adds its samples to the same update.",
        ),
        (
            lambda updates, old, new: math.ceil(updates * _factor(old, new)),
            "It is the wrong way round: with more samples in an update fewer updates are needed.",
        ),
        (
            lambda updates, old, new: int(updates / _factor(old, new)),
            "This rounds down, so the last samples of the run are not seen.",
        ),
        (
            lambda updates, old, new: math.ceil(updates / _factor(old, new) ** 0.5),
            "The root belongs to Adam's rate. The number of updates goes with the batch itself.",
        ),
        (
            lambda updates, old, new: updates,
            "The number of updates stays, so the run sees more samples than before, or fewer.",
        ),
    ],
)


def together(gradients, sizes):
    return sizes @ gradients / sizes.sum()


_TWO = np.array([[1.0, 0.0], [0.0, 2.0]])
_FOUR = np.array(
    [[0.5, -1.0, 2.0], [1.5, 0.0, 1.0], [-0.5, 1.0, 0.0], [4.0, 2.0, -3.0]]
)

add(
    "10.6.3",
    together,
    "Batches of unequal size",
    2,
    """
    `gradients` has a row for each batch of a group: the mean gradient over its samples. `sizes` are
    the numbers of samples of the batches. A program updates with `gradients.mean(axis=0)`. Write
    `together(gradients, sizes)`: the mean gradient over all samples of the group, as one large
    batch would give it.
    """,
    why="In a mean of means a sample of a small batch weighs more than one of a large batch. The "
    "weights have to be the sizes: sum up all samples' gradients, and divide by their number.",
    hints=[
        "What is the *sum* of the gradients of one batch's samples, if its mean is given?",
        "Multiply each row by its size, add the rows up, and divide by the number of all samples.",
        "`sizes @ gradients` is the sum of the rows, each times its size.",
    ],
    probes=[
        (_TWO, np.array([32, 32])),
        (_TWO, np.array([32, 8])),
        (_TWO, np.array([1, 7])),
        (_FOUR, np.array([8, 8, 8, 4])),
        (_FOUR, np.array([100, 50, 20, 1])),
        (_FOUR[:1], np.array([16])),
        (_FOUR[1:], np.array([5, 5, 5])),
    ],
    slips=[
        (
            lambda gradients, sizes: gradients.mean(axis=0),
            "This is still the mean of the means: a sample of a small batch weighs more.",
        ),
        (
            lambda gradients, sizes: sizes @ gradients,
            "This is the sum over all samples. It makes the step larger with the batch.",
        ),
        (
            lambda gradients, sizes: gradients.sum(axis=0),
            "This is the sum of the means: a rate as many times larger as there are batches.",
        ),
        (
            lambda gradients, sizes: sizes @ gradients / len(sizes),
            "It is divided by the number of batches. The number of samples is wanted.",
        ),
        (
            lambda gradients, sizes: sizes @ gradients / (max(sizes) * len(sizes)),
            "It is divided as if every batch were full.",
        ),
        (
            lambda gradients, sizes: (1 / sizes) @ gradients / sum(1 / sizes),
            "The weights are upside down: small batches weigh *more* here.",
        ),
        (
            lambda gradients, sizes: gradients[sizes == max(sizes)].mean(axis=0),
            "Only the full batches are used. That drops samples; here all are to count.",
        ),
    ],
)


def exponent_of(batches, peaks):
    x, y = np.log(batches), np.log(peaks)
    x = x - x.mean()
    return np.sum(x * y) / np.sum(x**2)


def _slope(x, y):
    return float(np.polyfit(x, y, 1)[0])


_LINE = np.array([4, 8, 16, 32, 64])

add(
    "10.6.4",
    exponent_of,
    "Read a sweep",
    2,
    """
    `batches` are batch sizes and `peaks` the best peak of each, as a sweep found them: arrays of
    shape (n,). Write `exponent_of(batches, peaks)`: the power of the batch with which the peak
    grows, as the slope of the straight line through log peak against log batch (least squares, all
    points). 1 speaks for the linear rule, a half for the root.
    """,
    why="Where y is c times x to the power p, log y is log c plus p log x: a straight line, whose "
    "slope is the power. The base of the logarithm makes no difference.",
    hints=[
        "Take the logarithm of both. The power is a slope.",
        "`np.polyfit(x, y, 1)` gives slope and intercept of the least-squares line.",
    ],
    probes=[
        (_LINE, 0.02 * _LINE),
        (_LINE, 0.001 * _LINE**0.5),
        (_LINE, np.array([0.1, 0.2, 0.28, 0.8, 1.6])),
        (_LINE, np.array([0.1, 0.2, 0.4, 0.57, 0.57])),
        (_LINE[::-1], np.array([1.6, 0.8, 0.57, 0.2, 0.1])),
        (np.array([2, 32, 512]), np.array([0.011, 0.032, 0.18])),
        (np.array([10, 1000]), np.array([0.3, 0.3])),
    ],
    slips=[
        (
            lambda batches, peaks: _slope(batches, peaks),
            "This is the slope of the peaks themselves, in rate per sample. Take logarithms.",
        ),
        (
            lambda batches, peaks: _slope(np.log(batches), peaks),
            "Only the batches are logarithms here. Take those of the peaks too.",
        ),
        (
            lambda batches, peaks: _slope(
                np.log(peaks + 1e-9 * batches), np.log(batches)
            ),
            "The axes are swapped: this is the power of the peak with which the batch grows.",
        ),
        (
            lambda batches, peaks: float(
                np.log(peaks[-1] / peaks[0]) / np.log(batches[-1] / batches[0])
            ),
            "This takes the two ends alone. All points are to count.",
        ),
        (
            lambda batches, peaks: float(
                (peaks[-1] / peaks[0]) / (batches[-1] / batches[0])
            ),
            "This divides the factors. Their *logarithms* have to be divided.",
        ),
        (
            lambda batches, peaks: float(
                np.polyfit(np.log(batches), np.log(peaks), 1)[1]
            ),
            "This is the intercept of the line. The slope is wanted.",
        ),
        (
            lambda batches, peaks: float(
                np.log(batches) @ np.log(peaks) / (np.log(batches) @ np.log(batches))
            ),
            "This line goes through the origin, so through a peak of 1 at a batch of 1. Let it "
            "have an intercept.",
        ),
    ],
)
