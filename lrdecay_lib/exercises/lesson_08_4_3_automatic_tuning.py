"""Exercises of lesson 8.4.3, automatic tuning."""

import numpy as np

from . import add


def trials_needed(share, chance):
    return int(np.ceil(np.log(1 - chance) / np.log(1 - share)))


add(
    "8.4.3.1",
    trials_needed,
    "How many random trials?",
    1,
    """
    A `share` of all settings is good. A random search draws each setting with the same chance, and
    may draw one twice. Write `trials_needed(share, chance)`: the smallest number of trials, a
    whole number, after which at least one good setting has been drawn with a probability of at
    least `chance`. Both are above 0 and below 1.
    """,
    why="All k trials miss with probability (1 - share)**k, and "
    "that must be at most 1 - chance. The number of dimensions "
    "does not come in: only the share of the good settings does.",
    hints=[
        "What is the probability that a trial misses? And that k trials all miss?",
        "Solve (1 - share)**k <= 1 - chance for k, and round up.",
    ],
    probes=[(0.05, 0.95), (0.1, 0.9), (0.3, 0.5), (0.01, 0.99), (0.6, 0.7)],
    slips=[
        (
            lambda share, chance: np.log(1 - chance) / np.log(1 - share),
            "There are only whole trials: round up.",
        ),
        (
            lambda share, chance: int(np.log(1 - chance) / np.log(1 - share)),
            "This is rounded down, so the chance is not quite reached. Round up.",
        ),
        (
            lambda share, chance: int(np.ceil(chance / share)),
            "This adds up the chances of the trials. Two trials may hit "
            "both, so the chances do not add; those of missing multiply.",
        ),
        (
            lambda share, chance: int(np.ceil(1 / share)),
            "This is the number of trials that it takes on "
            "average. With it the chance is only about 63 percent.",
        ),
        (
            lambda share, chance: int(np.ceil(np.log(chance) / np.log(1 - share))),
            "All trials may miss with the probability 1 - "
            "chance, and not with the probability chance.",
        ),
        (
            lambda share, chance: int(np.ceil(np.log(1 - chance) / np.log(share))),
            "This is the number until not all trials *hit*. "
            "A trial misses with the probability 1 - share.",
        ),
    ],
)


def held(trials):
    return trials[[np.argmin(trials[:n, 0]) for n in range(1, len(trials) + 1)], 1]


_TRIALS = np.array(
    [[0.9, 0.8], [0.5, 0.6], [0.7, 0.3], [0.4, 0.7], [0.6, 0.2], [0.3, 0.5]]
)


add(
    "8.4.3.2",
    held,
    "What a search holds",
    2,
    """
    Each row of `trials`, an array of shape (n, 2), holds the validation loss and the test loss of
    a trial's run, in the order of the trials. Write `held(trials)`: after each trial, the *test*
    loss of the setting that the search would choose by what it has seen so far. Return an array of
    shape (n,).
    """,
    why="The search chooses by validation and is judged by "
    "test, so what it holds can become worse with a further "
    "trial. It does so when that trial was lucky in validation.",
    hints=[
        "After the third trial: which of the first three has "
        "the lowest validation loss? What is its test loss?",
        "`np.argmin(trials[:n, 0])` is the row that is held after n trials.",
    ],
    probes=[
        (_TRIALS,),
        (_TRIALS[:, ::-1].copy(),),
        (_TRIALS[::-1].copy(),),
        (np.array([[0.3, 0.1], [0.2, 0.4], [0.25, 0.05]]),),
        (np.array([[0.7, 0.9]]),),
    ],
    slips=[
        (
            lambda trials: np.minimum.accumulate(trials[:, 1]),
            "This chooses by the test loss, which the search "
            "must not see: the result is too good to be true.",
        ),
        (
            lambda trials: np.minimum.accumulate(trials[:, 0]),
            "This reports the validation loss of the best trial. It was "
            "chosen for being low, so it flatters. Report its test loss.",
        ),
        (
            lambda trials: np.full(len(trials), trials[np.argmin(trials[:, 0]), 1]),
            "This is what the search holds at the end, at every "
            "place. After n trials it knows only the first n.",
        ),
        (
            lambda trials: trials[np.argmin(trials[:, 0]), 1],
            "This is what the search holds at the end. "
            "Asked for is what it holds after each trial.",
        ),
        (
            lambda trials: np.array(
                [np.argmin(trials[:n, 0]) for n in range(1, len(trials) + 1)]
            ),
            "These are the numbers of the trials that "
            "are held. Their test losses are wanted.",
        ),
        (
            lambda trials: trials[:, 1],
            "This is the test loss of each trial. The search "
            "keeps the best one so far, and not the last.",
        ),
    ],
)
