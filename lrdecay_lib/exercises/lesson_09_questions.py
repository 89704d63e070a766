"""Exercises of lesson 9, questions and answers."""

import math

import numpy as np

from . import add


def passes(updates, batch_size, samples):
    return updates * batch_size / samples


add(
    "9.1",
    passes,
    "How often is an image seen?",
    1,
    """
    Write `passes(updates, batch_size, samples)`: through how many epochs a run goes, that is, how
    often it sees each of its `samples` on average, if each of the `updates` takes a batch of
    `batch_size`. The result may be a fraction.
    """,
    why="The run sees updates times batch_size samples in all, and "
    "shares them out evenly. At equal updates a small set is seen "
    "more often, so it is nearer to being fitted when the run ends.",
    hints=[
        "How many samples does the run see in all, counted with repetition?",
        "Divide that by the number of different samples.",
    ],
    probes=[(600, 16, 50), (600, 16, 1000), (100, 32, 320), (7, 4, 56), (250, 8, 125)],
    slips=[
        (lambda u, b, n: u / n, "An update sees a whole batch, not one sample."),
        (
            lambda u, b, n: u * n / b,
            "This is upside down: with more samples, each is seen less often.",
        ),
        (lambda u, b, n: n / b, "This is the number of updates in one epoch."),
        (
            lambda u, b, n: u * b,
            "This is the number of samples seen in all, with repetition.",
        ),
        (
            lambda u, b, n: n / (u * b),
            "This is the share of the samples that "
            "one pass more would take: turn it round.",
        ),
        (
            lambda u, b, n: u * b // n,
            "A part of an epoch counts too: the result may be a fraction.",
        ),
        (lambda u, b, n: u / b, "The number of samples is missing."),
        (
            lambda u, b, n: u / (n // b),
            "This cuts off the last part of an epoch: its batches need not be whole.",
        ),
        (
            lambda u, b, n: u // (n // b),
            "This counts whole epochs of whole batches. A part "
            "of an epoch counts too, and nothing is rounded.",
        ),
        (
            lambda u, b, n: u / math.ceil(n / b),
            "This rounds the batches of an epoch up. On average "
            "each sample counts, so nothing is rounded.",
        ),
        (
            lambda u, b, n: u / (b * n),
            "A larger batch sees more samples in an update, not fewer.",
        ),
    ],
)


def extra_gain(small_constant, small_decay, large_constant, large_decay):
    small = np.mean(small_constant - small_decay) / np.mean(small_constant)
    large = np.mean(large_constant - large_decay) / np.mean(large_constant)
    return 100 * (small - large)


_SMALL = np.array([2.0, 2.4, 1.9, 2.2]), np.array([1.9, 2.5, 1.7, 2.1])
_LARGE = np.array([0.5, 0.7, 0.45, 0.6]), np.array([0.4, 0.55, 0.46, 0.5])
_OTHER = np.array([1.2, 0.9, 1.6]), np.array([0.7, 0.8, 1.1])
_LAST = np.array([3.0, 4.1, 2.2]), np.array([3.3, 3.6, 2.6])


add(
    "9.2",
    extra_gain,
    "Above all?",
    2,
    """
    Each argument is an array of losses, one for each seed. Write
    `extra_gain(small_constant, small_decay, large_constant, large_decay)`: the gain of decay on
    the small data minus its gain on the large data. A gain is the mean of the paired differences,
    constant minus decay, in percent of the mean loss of the constant rate on the same data.
    """,
    why="Losses on small data are higher, so gains in the loss's own unit would "
    "favour the small data. Percent of the rival on the same data can be compared.",
    hints=[
        "Each of the two gains is in percent of its own rival's mean loss.",
        "`100 * np.mean(constant - decay) / np.mean(constant)`, "
        "once for each size. Then subtract.",
    ],
    probes=[
        (*_SMALL, *_LARGE),
        (*_LARGE, *_SMALL),
        (*_OTHER, *_LAST),
        (*_LAST, *_OTHER),
        (*_SMALL, *_OTHER),
    ],
    slips=[
        (
            lambda a, b, c, d: np.mean(a - b) - np.mean(c - d),
            "These gains are in the loss's own unit. A loss "
            "that is larger anyway has larger differences.",
        ),
        (
            lambda a, b, c, d: (
                100 * (np.mean(c - d) / np.mean(c) - np.mean(a - b) / np.mean(a))
            ),
            "The sign is turned round: this is large "
            "minus small, or decay minus constant.",
        ),
        (
            lambda a, b, c, d: (
                100 * (np.mean(a - b) / np.mean(b) - np.mean(c - d) / np.mean(d))
            ),
            "This is in percent of the loss with decay. The rival's is asked for.",
        ),
        (
            lambda a, b, c, d: (
                np.mean(a - b) / np.mean(a) - np.mean(c - d) / np.mean(c)
            ),
            "These are shares. Percent is asked for.",
        ),
        (
            lambda a, b, c, d: 100 * np.mean(a - b) / np.mean(a),
            "This is the gain on the small data alone.",
        ),
        (
            lambda a, b, c, d: 100 * (np.mean((a - b) / a) - np.mean((c - d) / c)),
            "This is the mean of each seed's own percentage. "
            "The mean difference is divided by the mean loss.",
        ),
    ],
)
