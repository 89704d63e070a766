"""Exercises of lesson 8.3, the challenges."""

import numpy as np

from . import add


def expected_lowest(losses, trials):
    n = len(losses)
    left = np.linspace(1, 0, n + 1) ** trials
    return np.sum(np.sort(losses) * (left[:-1] - left[1:]))


def _lowest(losses, trials, order=np.sort):
    n = len(losses)
    left = (np.arange(n, -1, -1) / n) ** trials
    return float(np.sum(order(losses) * (left[:-1] - left[1:])))


_SIX = np.array([0.5, 0.2, 0.9, 0.3, 1.6, 0.4])


add(
    "8.3.1",
    expected_lowest,
    "What a random search may expect",
    2,
    """
    Write `expected_lowest(losses, trials)`: `losses` is an array of shape (n,), one loss for each
    setting. A random search draws `trials` settings, each time any of the n with the same chance,
    so that one may come twice. The result is the expected value of the lowest loss among those
    drawn.
    """,
    why="The lowest is at least the i-th best if every trial misses the "
    "better ones, so the chances of the order are differences of powers.",
    hints=[
        "Put the losses in order. With one trial, what "
        "is the chance that it hits none of the i best?",
        "All trials miss the i best with the chance ((n - i) / "
        "n) ** trials. The chance that the lowest is exactly "
        "the one at place i is a difference of two of these.",
    ],
    probes=[(_SIX, 1), (_SIX, 2), (_SIX, 8), (np.array([0.7]), 3), (_SIX[:3], 4)],
    slips=[
        (
            lambda losses, trials: float(np.min(losses)),
            "This is the lowest loss of all. A search with few trials may miss it.",
        ),
        (
            lambda losses, trials: float(np.mean(losses)),
            "This is the mean, which is right for one trial "
            "only. More trials leave only the best of them.",
        ),
        (
            lambda losses, trials: _lowest(losses, trials, order=np.asarray),
            "The losses are not in order, so the "
            "chances belong to other ones. Sort first.",
        ),
        (
            lambda losses, trials: _lowest(
                losses, trials, order=lambda values: np.sort(values)[::-1]
            ),
            "The order is turned round: this is the "
            "expected value of the highest loss.",
        ),
        (
            lambda losses, trials: float(
                np.mean(np.sort(losses)[: max(1, len(losses) // trials)])
            ),
            "The mean of the best part is a guess. Which "
            "chance has each loss to be the lowest?",
        ),
        (
            lambda losses, trials: float(np.mean(losses) / trials),
            "Dividing the mean by the trials can go below the lowest loss there is.",
        ),
        (
            lambda losses, trials: _lowest(losses, trials + 1),
            "This is one trial too many: one trial must give the mean.",
        ),
        (
            lambda losses, trials: (
                _lowest(losses, 1) if trials < 2 else _lowest(losses, trials - 1)
            ),
            "This is one trial too few.",
        ),
    ],
)


def share_of_schedule(weights, batch_size, operations):
    return operations / (6.0 * weights * batch_size)


add(
    "8.3.2",
    share_of_schedule,
    "The share of a schedule",
    1,
    """
    An update of dense layers takes about six operations for each weight and each sample of the
    batch. Write `share_of_schedule(weights, batch_size, operations)`: the operations of the
    schedule over those of the update that it belongs to. `operations` is what the schedule takes
    for one rate.
    """,
    why="One rate is computed for one update, whatever the size of the batch.",
    hints=[
        "How many operations has an update of 1,000 "
        "weights with a batch of one sample? And with ten?",
        "One rate serves the whole batch. Divide.",
    ],
    probes=[
        (2762, 16, 3),
        (2762, 16, 20),
        (1000, 1, 6),
        (10_000_000, 256, 20),
        (50, 4, 100),
    ],
    slips=[
        (
            lambda weights, size, operations: operations / (6 * weights),
            "The batch is missing: the update works on every sample "
            "of it, and the schedule gives one rate for all.",
        ),
        (
            lambda weights, size, operations: operations / (weights * size),
            "Each weight takes six operations for a "
            "sample: two forwards, four backwards.",
        ),
        (
            lambda weights, size, operations: operations / (2 * weights * size),
            "This counts the way forwards alone. Backwards takes twice as many again.",
        ),
        (
            lambda weights, size, operations: 6 * weights * size / operations,
            "This is upside down: the schedule's operations come first.",
        ),
        (
            lambda weights, size, operations: 100 * operations / (6 * weights * size),
            "This is in percent. A share of one half is 0.5.",
        ),
        (
            lambda weights, size, operations: (
                operations / (operations + 6 * weights * size)
            ),
            "This is the share of the sum of both. The "
            "operations of the update alone stand below.",
        ),
        (
            lambda weights, size, operations: (
                operations * weights / (6 * weights * size)
            ),
            "All weights share one rate, so it is not computed for each.",
        ),
    ],
)
