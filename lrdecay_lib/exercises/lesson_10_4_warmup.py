"""Exercises of lesson 10.4, how long a warmup, and for what."""

import numpy as np

from . import add


def shortest(lengths, losses, tolerance):
    means = losses.mean(axis=1)  # inf where a seed failed
    bound = (1 + tolerance) * means.min()
    return next(n for n, mean in zip(lengths.tolist(), means) if mean <= bound)


_LENGTHS = np.array([0, 6, 30, 90])
_FAILS = np.array(
    [
        [0.201, np.inf, 0.200],
        [0.24, 0.25, 0.23],
        [0.200, 0.206, 0.200],
        [0.200, 0.202, 0.201],
    ]
)
_GOOD = np.array([[0.151, 0.155], [0.150, 0.154], [0.150, 0.155], [0.162, 0.166]])
_UNEVEN = np.array(
    [[0.10, 0.11, 0.90], [0.20, 0.21, 0.22], [0.19, 0.20, 0.22], [0.18, 0.21, 0.22]]
)
_LATE = np.array([[2.00, 2.10], [1.50, 1.60], [1.30, 1.40], [1.00, 1.10]])
_SMALL = np.array([[0.013, 0.015], [0.0100, 0.0112], [0.0100, 0.0104], [0.01, 0.01]])


def _first_within(lengths, losses, bound):
    return lengths[int(np.argmax(losses <= bound))]


def _kept(losses, summary):
    return np.array([summary(row[np.isfinite(row)]) for row in losses])


add(
    "10.4.1",
    shortest,
    "The shortest warmup that holds",
    2,
    """
    You tried some lengths of the warmup, each at its own best peak. `lengths` are the updates of
    warmup, rising, an array of shape (n,); `losses` are the final losses, a row for each length and
    a column for each seed, `inf` where a run failed. Write `shortest(lengths, losses, tolerance)`:
    the shortest length whose mean loss over the seeds is at most 1 + `tolerance` times the lowest
    of these means.
    """,
    why="The best mean is often that of a long warmup, by a hair that other seeds would turn. The "
    "tolerance says which differences matter, and among the equals the shortest wins.",
    hints=[
        "Take the mean of each row. A failed run makes it infinite, as it should.",
        "Which means are at most (1 + tolerance) times the smallest one? The first of them counts.",
        "`np.argmax` of an array of truths gives the place of the first True.",
    ],
    probes=[
        (_LENGTHS, _FAILS, 0.02),
        (_LENGTHS, _GOOD, 0.02),
        (_LENGTHS, _UNEVEN, 0.05),
        (_LENGTHS, _LATE, 0.02),
        (_LENGTHS, _SMALL, 0.03),
        (_LENGTHS, _FAILS, 0.2),
        (_LENGTHS, _FAILS, 0.5),
        (2 * _LENGTHS, _LATE, 0.35),
        (_LENGTHS[1:], _GOOD[1:], 0.1),
        (_LENGTHS, _LATE[:, :1], 0.5),
    ],
    slips=[
        (
            lambda lengths, losses, tolerance: lengths[
                int(losses.mean(axis=1).argmin())
            ],
            "This is the length with the lowest mean. A shorter one may be as good, within the "
            "tolerance.",
        ),
        (
            lambda lengths, losses, tolerance: _first_within(
                lengths,
                _kept(losses, np.mean),
                (1 + tolerance) * _kept(losses, np.mean).min(),
            ),
            "Failed runs are left out of the means, so a length at which some seeds fail looks "
            "as good as its lucky ones.",
        ),
        (
            lambda lengths, losses, tolerance: _first_within(
                lengths,
                np.median(losses, axis=1),
                (1 + tolerance) * np.median(losses, axis=1).min(),
            ),
            "This compares medians, which pass over one bad seed. The means are asked for.",
        ),
        (
            lambda lengths, losses, tolerance: _first_within(
                lengths, losses.min(axis=1), (1 + tolerance) * losses.min()
            ),
            "This compares the luckiest seed of each length.",
        ),
        (
            lambda lengths, losses, tolerance: _first_within(
                lengths, losses.mean(axis=1), losses.mean(axis=1).min() + tolerance
            ),
            "The tolerance is added. It is a share of the lowest mean, not a loss.",
        ),
        (
            lambda lengths, losses, tolerance: int(
                np.argmax(
                    losses.mean(axis=1) <= (1 + tolerance) * losses.mean(axis=1).min()
                )
            ),
            "This is the place of the length in the array. The length itself is asked for.",
        ),
        (
            lambda lengths, losses, tolerance: lengths[
                np.flatnonzero(
                    losses.mean(axis=1) <= (1 + tolerance) * losses.mean(axis=1).min()
                )[-1]
            ],
            "This is the longest of those that are good enough.",
        ),
    ],
)


def rate(update, peak, warmup, total):
    if update < warmup:
        return peak * update / warmup
    return peak * max(0.0, (total - update) / (total - warmup))


_RUN = 0.4, 20, 120

add(
    "10.4.2",
    rate,
    "A rise that meets its fall",
    2,
    """
    Write `rate(update, peak, warmup, total)`: the rate of an update counted from 0. It rises in a
    straight line from 0 at update 0 to `peak` at update `warmup`, falls from there in a straight
    line to 0 at update `total`, and stays 0. Nowhere may it jump. All arguments are numbers, and
    `warmup` may be 0.
    """,
    why="The fall has its own clock: `update - warmup` updates of it are over, out of "
    "`total - warmup`. A decay that counts from update 0 is already down when the warmup ends.",
    hints=[
        "The run has two parts, which meet at update `warmup`. Which value have both there?",
        "In the second part `total - update` updates are left, out of `total - warmup`.",
    ],
    probes=[
        *((t, *_RUN) for t in (0, 1, 10, 19, 20, 21, 70, 119, 120, 121, 300)),
        (0, 0.3, 0, 50),
        (25, 0.3, 0, 50),
        (600, 1.0, 500, 700),
        (499, 1.0, 500, 700),
    ],
    slips=[
        (
            lambda t, peak, w, total: (
                peak * t / w if t < w else peak * max(0.0, 1 - t / total)
            ),
            "The rate jumps down when the warmup ends: the decay has been running since "
            "update 0.",
        ),
        (
            lambda t, peak, w, total: (
                peak * (min(1, t / w) if w else 1) * max(0.0, 1 - t / total)
            ),
            "Rise and fall are multiplied, so the rate never reaches the peak, and the rise is "
            "no straight line.",
        ),
        (
            lambda t, peak, w, total: (
                peak * t / w if t < w else peak * max(0.0, 1 - (t - w) / total)
            ),
            "The fall takes `total` updates *after* the warmup, so the run ends above 0.",
        ),
        (
            lambda t, peak, w, total: (
                peak * (t + 1) / w
                if t < w
                else peak * max(0.0, (total - t) / (total - w))
            ),
            "At update 0 the rate is above 0 already, and it is at the peak one update early.",
        ),
        (
            lambda t, peak, w, total: (
                peak * t / w if t < w else peak * (total - t) / (total - w)
            ),
            "Past the end the rate goes below 0, which would climb the loss.",
        ),
        (
            lambda t, peak, w, total: (
                peak * t / w if t < w else peak * abs(total - t) / (total - w)
            ),
            "Past the end the rate rises again. It must stay 0.",
        ),
        (
            lambda t, peak, w, total: peak * t / w if t < w else peak,
            "After the warmup the rate stays at the peak.",
        ),
        (
            lambda t, peak, w, total: peak * max(0.0, (total - t) / (total - w)),
            "There is no warmup: at update 0 the rate is above the peak.",
        ),
    ],
    curve=_RUN,
    updates=140,
)


def first_alarm(losses, width):
    first = losses[:width].sum()
    for update in range(width, len(losses)):
        if losses[update - width + 1 : update + 1].sum() > 2 * first:
            return update
    return -1


def _alarm(losses, width, factor=2.0, catches=True):
    means = np.convolve(losses, np.ones(width) / width)
    means = means[width - 1 : len(losses)]
    bound = factor * means[0]
    loud = means > bound if catches else (means > bound) & np.isfinite(means)
    return np.flatnonzero(loud) + width - 1


def _nth(places, n=0, shift=0):
    return int(places[n]) + shift if len(places) else -1


_CALM = np.array([2.0, 1.9, 2.1, 1.8, 1.6, 1.7, 1.4, 1.3, 1.2, 1.2, 1.1, 1.0])
_BUMP = np.array([2.0, 1.9, 2.1, 1.8, 5.5, 1.7, 1.4, 1.3, 1.2, 1.2, 1.1, 1.0])
_SPIKE = np.array([2.0, 1.9, 2.1, 1.8, 2.5, 3.3, 4.6, 6.1, 7.0, 3.1, 1.9, 1.4])
_BLOWN = np.array([2.0, 1.9, 2.1, 1.5, 2.2, 3.0, np.inf, np.inf, np.inf, np.inf])
_TWICE = np.array([1.0, 1.0, 1.0, 1.0, 1.5, 2.0, 2.0, 2.0, 2.0, 1.5])
_RISING = np.array([1.0, 1.1, 0.9, 1.2, 1.3, 1.5, 1.7, 1.9, 1.8, 1.7, 1.6])

add(
    "10.4.3",
    first_alarm,
    "Read the log",
    2,
    """
    `losses` is the log of a run: the training loss of each update, an array. Write
    `first_alarm(losses, width)`: the first update, counted from 0, at which the mean of the last
    `width` losses (its own among them) is above twice the mean of the first `width` losses of the
    run. Where a run blew up its losses are `inf`, and that is an alarm too. Without an alarm, the
    answer is -1.
    """,
    why="One noisy batch is no alarm, so means are compared. The start of the run is the measure, "
    "because every task has its own scale of losses.",
    hints=[
        "The mean of the last `width` losses exists from update `width - 1` on.",
        "`losses[update - width + 1 : update + 1]` are the last `width` losses. Leave nothing out "
        "of the mean, and return -1 after the last update.",
    ],
    probes=[
        (_SPIKE, 3),
        (_CALM, 3),
        (_BUMP, 3),
        (_BLOWN, 3),
        (_RISING, 3),
        (_SPIKE, 1),
        (10 * _SPIKE, 4),
        (_BUMP, 1),
        (_BLOWN, 2),
        (_TWICE, 4),
    ],
    slips=[
        (
            lambda losses, width: _nth(_alarm(losses, 1)),
            "This looks at single losses, so one noisy batch gives an alarm.",
        ),
        (
            lambda losses, width: _nth(_alarm(losses, width, catches=False)),
            "Infinite losses are passed over, so a run that blew up gives no alarm.",
        ),
        (
            lambda losses, width: _nth(_alarm(losses, width), shift=1 - width),
            "This is the first update of the stretch that is too high. The last one is asked for: "
            "only then is it known.",
        ),
        (
            lambda losses, width: _nth(_alarm(losses, width), shift=1),
            "Updates are counted from 0: the first loss is that of update 0.",
        ),
        (
            lambda losses, width: _nth(_alarm(losses, width, factor=1.0)),
            "This gives an alarm as soon as the mean is above that of the start. Twice the mean "
            "is asked for.",
        ),
        (
            lambda losses, width: _nth(_alarm(losses, width), n=-1),
            "This is the last alarm. The first is asked for.",
        ),
        (
            lambda losses, width: max(_nth(_alarm(losses, width)), 0),
            "Without an alarm the answer is -1. Update 0 would be an alarm at once.",
        ),
    ],
)


def updates_needed(first, peak, factor):
    return int(np.ceil(np.log(peak / first) / np.log(factor)))


add(
    "10.4.4",
    updates_needed,
    "How many updates does an exponential rise need?",
    1,
    """
    From one update to the next a network bears at most `factor` times the rate. Its first rate is
    `first`, at update 0, and it is to be at `peak` at update w, by an exponential rise (the same
    factor each time). Write `updates_needed(first, peak, factor)`: the smallest whole number w.
    """,
    why="w multiplications by at most `factor` have to make `peak / first`, so w is at least the "
    "logarithm of this ratio, to the base `factor`: a thousandfold rise costs only three times "
    "what a tenfold one does.",
    hints=[
        "After one update the rate may be `first * factor`. And after w updates?",
        "`first * factor**w` must be at least `peak`. Solve for w, and round up.",
    ],
    probes=[
        (0.001, 1.0, 1.5),
        (0.01, 0.3, 1.1),
        (1.0, 8.0, 2.0),
        (0.02, 0.02, 1.2),
        (0.0007, 1.0, 4.0),
        (0.05, 0.06, 3.0),
    ],
    slips=[
        (
            lambda first, peak, factor: int(
                np.ceil((peak - first) / (first * (factor - 1)))
            ),
            "This is a straight rise whose increment is the first one. The rate may grow by the "
            "same *factor* each time.",
        ),
        (
            lambda first, peak, factor: int(np.log(peak / first) / np.log(factor)),
            "This rounds down, so the last step is too large, or the peak is not reached.",
        ),
        (
            lambda first, peak, factor: updates_needed(first, peak, factor) + 1,
            "This counts the rates. A rise over w updates has w + 1 of them, the first and the "
            "last included.",
        ),
        (
            lambda first, peak, factor: int(np.ceil(np.log(peak / first))),
            "The logarithm has the wrong base: yours rises by a factor of e at each update.",
        ),
        (
            lambda first, peak, factor: int(np.ceil(peak / first / factor)),
            "This divides the ratio by the factor. The factor is applied again and again.",
        ),
    ],
)
