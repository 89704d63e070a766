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


def good_octaves(losses, standard):
    goal = 1.1 * np.min(standard)
    return np.sum(losses <= goal) / 2


_INF = float("inf")
_STANDARD = np.array([1.9, 1.5, 1.2, 1.05, 1.0, 1.3, 2.4, _INF])


add(
    "8.3.2",
    good_octaves,
    "How many peaks are good enough?",
    2,
    """
    You read the figure of a sweep as numbers. `losses` and `standard` are arrays of shape (n,):
    the final losses of a schedule and of the constant rate at the same n peaks, each √2 times the
    one before, infinite where runs diverged. A user asks how many peaks end as well as a tuned
    constant rate. Somebody answers by the rise over each one's own best loss, which is another
    question: how sensitive each of them is. Answer the user: write `good_octaves(losses,
    standard)`, the width in octaves of the schedule's range of good peaks. A peak is good if its
    loss is at most a tenth above the lowest of the *constant rate*, and each good peak counts for
    half an octave.
    """,
    why="The goal is the same for both, so a lower best cannot count against a schedule. An octave "
    "is a factor of two, and two peaks of this grid.",
    hints=[
        "What is the highest loss that still counts as good? It does not depend on `losses`.",
        "`losses <= goal` is an array of True and False, and its sum counts the True ones.",
    ],
    probes=[
        (np.array([2.5, 1.7, 1.1, 0.9, 0.7, 0.6, 0.8, 1.6]), _STANDARD),
        (_STANDARD, _STANDARD),
        (np.array([3.0, 2.6, 2.1, 1.8, 1.4, 1.2, 1.15, _INF]), _STANDARD),
        (np.array([0.3, 0.21, 0.2, 0.5, _INF]), np.array([0.4, 0.25, 0.24, 0.3, 0.9])),
        (np.array([0.5, 0.4, 0.3, 0.2, 0.1]), np.array([0.28, 0.35, 0.45, 0.6, _INF])),
    ],
    slips=[
        (
            lambda losses, standard: np.sum(losses <= 1.1 * np.min(losses)) / 2,
            "The goal is the schedule's own best here: that is its sensitivity. The user wants to "
            "be as good as the constant rate, so the goal is the constant rate's best.",
        ),
        (
            lambda losses, standard: np.sum(losses <= 1.1 * np.min(standard)),
            "This counts the peaks. Two of them make an octave.",
        ),
        (
            lambda losses, standard: np.sum(losses <= 1.1 * standard) / 2,
            "This compares the two peak by peak. The same peak is not the same thing for both; the "
            "goal is one number, from the constant rate's best peak.",
        ),
        (
            lambda losses, standard: np.sum(losses <= np.min(standard)) / 2,
            "Up to a tenth above the goal is still good.",
        ),
        (
            lambda losses, standard: (
                max(np.sum(losses <= 1.1 * np.min(standard)) - 1, 0) / 2
            ),
            "This is the way from the first good peak to the last. Each good peak counts for half "
            "an octave.",
        ),
        (
            lambda losses, standard: np.mean(losses <= 1.1 * np.min(standard)),
            "This is the share of the peaks, which depends on how far the grid was drawn.",
        ),
    ],
)
