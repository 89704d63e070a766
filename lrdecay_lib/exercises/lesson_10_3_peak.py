"""Exercises of lesson 10.3, how large a peak? The range test, and the sweep."""

import numpy as np

from . import add


def batch_losses(means):
    sums = means * (np.arange(len(means)) + 1)
    return np.diff(sums, prepend=0.0)


add(
    "10.3.1",
    batch_losses,
    "From means to batches",
    2,
    """
    In Keras's `fit` the logged loss of a batch is the mean over the epoch so far. A range test of
    one epoch has logged `means`: the mean after the first batch, after the second, and so on. All
    batches are equally large. Write `batch_losses(means)`: the loss of each batch.
    """,
    why="The mean after n batches, times n, is their sum. Each sum less the one before is the loss "
    "of one batch.",
    hints=[
        "What is the sum of the losses after n batches, if their mean is known?",
        "The sums are `means * (np.arange(len(means)) + 1)`.",
        "`np.diff(sums, prepend=0)` takes from each sum the one before.",
    ],
    probes=[
        ([2.0, 2.0, 2.0],),
        ([4.0, 3.0, 2.5],),
        ([3.0],),
        ([2.3, 2.2, 2.0, 1.9, 2.6],),
        ([1.0, 1.5, 1.25, 4.0],),
    ],
    slips=[
        (
            lambda means: np.asarray(means, dtype=float),
            "These are still the means. The mean hides how fast the loss rises at the end.",
        ),
        (
            lambda means: np.diff(means, prepend=0.0),
            "These are differences of the means. Turn them into sums first.",
        ),
        (
            lambda means: np.asarray(means) * np.arange(1, len(means) + 1),
            "These are the sums so far. One batch is what a sum has more than the one before.",
        ),
        (
            lambda means: np.diff(np.asarray(means) * np.arange(len(means)), prepend=0),
            "Off by one: the first mean is over one batch, not over none.",
        ),
        (
            lambda means: 2 * np.asarray(means) - np.r_[means[0], means[:-1]],
            "This would be right for a mean of two. The mean is over all batches so far, so a new "
            "batch counts for less and less.",
        ),
        (
            lambda means: np.diff(np.asarray(means) * np.arange(1, len(means) + 1)),
            "One is missing: the first batch has nothing before it.",
        ),
    ],
)


def next_peak(peaks, losses):
    factor = peaks[1] / peaks[0]
    further = {peaks[0]: peaks[0] / factor, peaks[-1]: peaks[-1] * factor}
    return further.get(peaks[np.argmin(losses)], 0.0)


_TWOS = [0.05, 0.1, 0.2, 0.4]
_TENS = [0.001, 0.01, 0.1]


add(
    "10.3.2",
    next_peak,
    "Which peak comes next?",
    2,
    """
    A sweep tried the rising `peaks`, each the same factor times the one before, and got the final
    `losses` (`np.inf` where a run diverged). Write `next_peak(peaks, losses)`: the peak to try
    next, one step further in the same factor, if the best one is at the edge of the sweep; and 0
    if the best has a worse neighbour on each side, so that nothing needs to be added.
    """,
    why="The best of a sweep is an answer only if there is a worse peak on each side. A run that "
    "diverged is a worse neighbour as well.",
    hints=[
        "Find the place of the lowest loss. Is it the first, or the last?",
        "The factor is `peaks[1] / peaks[0]`. One step further down divides by it.",
    ],
    probes=[
        (_TWOS, [0.9, 0.6, 0.5, 0.7]),
        (_TWOS, [0.9, 0.6, 0.5, 0.4]),
        (_TWOS, [0.4, 0.6, 0.7, 0.9]),
        (_TWOS, [0.9, 0.6, 0.5, np.inf]),
        (_TENS, [0.9, 0.6, 0.5]),
        (_TENS, [0.5, 0.6, np.inf]),
        (_TENS, [0.9, 0.6, np.inf]),
        ([0.1, 0.15, 0.225], [0.9, 0.6, 0.5]),
    ],
    slips=[
        (
            lambda peaks, losses: peaks[int(np.argmin(losses))],
            "This is the best of what was tried. Asked for is what to try next, or 0.",
        ),
        (
            lambda peaks, losses: (
                next_peak(peaks, losses) if np.argmin(losses) else 0.0
            ),
            "The lower edge is an edge too: a smaller peak may be better still.",
        ),
        (
            lambda peaks, losses: (
                next_peak(peaks, losses) if np.argmin(losses) == 0 else 0.0
            ),
            "The upper edge is an edge too: a larger peak may be better still.",
        ),
        (
            lambda peaks, losses: {0: peaks[0] / 2, len(peaks) - 1: peaks[-1] * 2}.get(
                int(np.argmin(losses)), 0.0
            ),
            "This goes on by a factor of 2, whatever the sweep's own factor is.",
        ),
        (
            lambda peaks, losses: {
                0: 2 * peaks[0] - peaks[1],
                len(peaks) - 1: 2 * peaks[-1] - peaks[-2],
            }.get(int(np.argmin(losses)), 0.0),
            "This goes on by the same difference. Peaks are spaced by a factor, and a difference "
            "may lead to 0 or below.",
        ),
        (
            lambda peaks, losses: (
                next_peak(peaks, losses)
                or (peaks[-1] * peaks[-1] / peaks[-2] if np.isinf(losses[-1]) else 0.0)
            ),
            "A run that diverged is a worse neighbour. Nothing beyond it needs to be tried.",
        ),
    ],
)


def lowest_rate(rates, losses):
    lowest = losses[0]
    for t, loss in enumerate(losses):
        if loss > 4 * lowest:
            break
        if loss <= lowest:
            lowest, rate = loss, rates[t]
    return rate


def _end(losses, over):
    """How many losses there are before the first that is over."""
    return next((t for t in range(len(losses)) if over(t)), len(losses))


def _first(rates, losses, end):
    """The rate of the lowest of the first losses."""
    return rates[int(np.argmin(losses[: max(end, 1)]))]


_RISING = [0.001, 0.01, 0.1, 1.0, 10.0, 100.0]


add(
    "10.3.3",
    lowest_rate,
    "The minimum before the explosion",
    2,
    """
    This program reads a range test, and takes a lucky batch after the explosion for the minimum.
    Repair it, as `lowest_rate(rates, losses)`.

    ```python
    def lowest_rate(rates, losses):
        return rates[np.argmin(losses)]
    ```

    The record ends at the first loss that is more than four times the lowest loss *so far*. What
    comes from there on does not count. No two losses are equal, and all are above 0.
    """,
    why="Once the loss has exploded, the weights are no longer those of a network in training, and "
    "what its loss does then says nothing of a rate.",
    hints=[
        "Go through the losses in order, and keep the lowest that you have seen.",
        "Stop as soon as a loss is above four times that.",
        "`np.minimum.accumulate(losses)` is the lowest loss so far, at each place.",
    ],
    probes=[
        (_RISING, [2.3, 2.2, 1.5, 1.8, 9.0, 1.2]),
        (_RISING, [2.3, 2.2, 1.5, 1.8, 5.9, 1.2]),
        (_RISING, [2.3, 2.2, 1.5, 1.8, 1.9, 2.5]),
        (_RISING, [2.3, 2.2, 0.5, 2.1, 0.4, 0.3]),
        (_RISING, [3.0, 2.2, 0.9, 11.0, 0.4, 0.6]),
        (_RISING, [2.3, 2.2, 2.1, 2.0, 1.9, 1.8]),
        (_RISING[:3], [1.0, 4.5, 0.1]),
        (_RISING[:4], [3.0, 0.5, 2.0, 0.25]),
        (_RISING[:4], [2.3, 0.25, 1.2, 0.1]),
        (_RISING[:3], [5.0, 1.0, 0.9]),
    ],
    slips=[
        (
            lambda rates, losses: rates[int(np.argmin(losses))],
            "This is the program as it was: it looks at the whole record, the part after the "
            "explosion too.",
        ),
        (
            lambda rates, losses: _first(
                rates, losses, _end(losses, lambda t: losses[t] > 4 * losses[0])
            ),
            "This compares with the first loss. Compare with the lowest so far: a network that has "
            "learned much can explode below four times its first loss.",
        ),
        (
            lambda rates, losses: _first(
                rates, losses, _end(losses, lambda t: losses[t] > 4 * min(losses))
            ),
            "This compares with the lowest loss of the whole record. So a lucky batch after the "
            "explosion decides where the record ends.",
        ),
        (
            lambda rates, losses: _first(
                rates, losses, _end(losses, lambda t: t and losses[t] > losses[t - 1])
            ),
            "This stops at the first loss that rises. Losses of batches go up and down.",
        ),
        (
            lambda rates, losses: rates[int(np.argmax(losses))],
            "This is the rate of the highest loss.",
        ),
        (
            lambda rates, losses: lowest_rate(rates, losses) / 10,
            "This is a tenth of it. Asked for is the minimum itself.",
        ),
        (
            lambda rates, losses: min(
                losses[: _end(losses, lambda t: losses[t] > 4 * min(losses[: t + 1]))]
            ),
            "This is the lowest loss. Asked for is its rate.",
        ),
    ],
)


def cost_in_runs(octaves, steps_per_octave, seeds, share):
    return (octaves * steps_per_octave + 1) * seeds * share


add(
    "10.3.4",
    cost_in_runs,
    "What does a sweep cost?",
    1,
    """
    A sweep covers so many `octaves` (factors of 2), both ends included, with `steps_per_octave`
    steps in each: 1 is a step of 2, 2 is a step of √2. Each peak gets `seeds` runs, and each run
    has a `share` of the full length. Write `cost_in_runs(octaves, steps_per_octave, seeds, share)`:
    how many full runs the sweep costs.
    """,
    why="Four octaves in steps of √2 are 8 steps and 9 peaks. With one seed and a fifth of the "
    "length they cost less than two runs.",
    hints=[
        "How many peaks lie on four octaves in steps of 2, both ends included?",
        "Peaks times seeds is how many runs there are. Each is only a share of a full one.",
    ],
    probes=[
        (4, 1, 1, 1.0),
        (4, 2, 1, 1.0),
        (4, 2, 3, 0.2),
        (1, 1, 10, 0.5),
        (6, 2, 1, 0.25),
    ],
    slips=[
        (
            lambda octaves, steps, seeds, share: octaves * steps * seeds * share,
            "One peak is missing: a fence of 4 gaps has 5 posts.",
        ),
        (
            lambda octaves, steps, seeds, share: (octaves + 1) * steps * seeds * share,
            "The end counts once, not once for each step in an octave.",
        ),
        (
            lambda octaves, steps, seeds, share: (octaves * steps + 1) * seeds,
            "The runs are counted as full ones. Each has only a share of the length.",
        ),
        (
            lambda octaves, steps, seeds, share: (octaves * steps + 1) * seeds / share,
            "A shorter run costs less, not more.",
        ),
        (
            lambda octaves, steps, seeds, share: (octaves * steps + 1) * share,
            "Each peak gets several seeds.",
        ),
        (
            lambda octaves, steps, seeds, share: 2**octaves * steps * seeds * share,
            "An octave is one factor of 2. Four octaves are four of them, not sixteen.",
        ),
    ],
)
