"""Exercises of lesson 3.4.4, deep reinforcement learning."""

import numpy as np

from . import add


def discounted_returns(rewards, discount):
    returns, later = np.zeros(len(rewards)), 0.0
    for t in range(len(rewards))[::-1]:
        later = rewards[t] + discount * later
        returns[t] = later
    return returns


def _backwards(rewards, discount, first=1.0):
    """The discounted returns, where a reward is weighed with ``first`` and what comes after it
    with ``discount``."""
    returns, later = [], 0.0
    for reward in rewards[::-1]:
        later = first * reward + discount * later
        returns.append(later)
    return np.array(returns[::-1])


add(
    "3.4.4.1",
    discounted_returns,
    "Discounted returns",
    2,
    """
    Write `discounted_returns(rewards, discount)`: for each step t of one episode the reward of
    that step, plus `discount` times the reward of the next, plus `discount` squared times the one
    after, and so on to the end. The answer has the shape of `rewards`, which is (n,).
    """,
    why="Read from the end, each return is the reward of its step plus "
    "the discounted return of the next one, so one pass is enough.",
    hints=[
        "What is the return of the last step? And of the last but one?",
        "Write the return of step t with the help of the return of step t + 1.",
        "Go through the rewards backwards and carry one number along.",
    ],
    probes=[
        (np.array([1.0, 1.0, 1.0]), 0.5),
        (np.array([0.0, 0.0, 4.0]), 0.5),
        (np.array([2.0, -1.0, 0.5, 3.0]), 0.9),
        (np.array([5.0]), 0.9),
        (np.array([1.0, 2.0, 3.0]), 0.0),
        (np.array([1.0, 2.0, 3.0]), 1.0),
    ],
    slips=[
        (
            lambda r, d: np.cumsum(r[::-1])[::-1],
            "Nothing is discounted: a reward in ten steps counts as much as one now.",
        ),
        (
            lambda r, d: _backwards(r[::-1], d)[::-1],
            "The sum runs the wrong way: it holds the rewards up to step t, "
            "which have been paid already. What counts is what is still to come.",
        ),
        (
            lambda r, d: r * d ** np.arange(len(r)),
            "These are the discounted rewards. They still have to be added up.",
        ),
        (
            lambda r, d: np.cumsum((r * d ** np.arange(len(r)))[::-1])[::-1],
            "All rewards are discounted from the start of the episode. Each "
            "step counts from itself: its own reward has the weight 1.",
        ),
        (
            lambda r, d: d * _backwards(r, d),
            "The reward of the step itself is discounted "
            "too. It is paid now, so its weight is 1.",
        ),
        (
            lambda r, d: np.append(_backwards(r, d)[1:], 0.0),
            "The reward of the step itself is missing: the sum begins one step late.",
        ),
        (
            lambda r, d: _backwards(r, d, 1 - d),
            "Each reward is weighed with 1 - discount, as in a moving average.",
        ),
        (
            lambda r, d: float(_backwards(r, d)[0]),
            "This is the return of the first step. One for each step is wanted.",
        ),
    ],
)


def annealed_rate(step, total_steps, steps_per_round, peak):
    before = step // steps_per_round * steps_per_round
    return peak * (1 - before / total_steps)


add(
    "3.4.4.2",
    annealed_rate,
    "A rate that is set once a round",
    2,
    """
    Write `annealed_rate(step, total_steps, steps_per_round, peak)`: the rate when `step` steps
    have been taken, counted from 0. The rate is set at the beginning of each round and kept for
    all its steps. The first round has `peak`; from round to round it falls by the same amount; and
    a round after the last, if there were one, would have 0. `total_steps` is a whole number of
    rounds.
    """,
    why="All steps of a round share the number of steps that were taken "
    "before the round began, and the rate is linear in that number.",
    hints=[
        "How many rounds are there, and which of "
        "them does `step` belong to? Count from 0.",
        "`//` gives whole rounds: step 127 of rounds of "
        "128 belongs to round 0, step 128 to round 1.",
        "With n rounds, the rates are 1, (n - 1) / n, ..., 1 / n, times the peak.",
    ],
    probes=[
        (0, 1024, 128, 0.1),
        (127, 1024, 128, 0.1),
        (128, 1024, 128, 0.1),
        (1023, 1024, 128, 0.1),
        (300, 600, 100, 2.0),
        (450, 600, 100, 2.0),
        (5, 8, 2, 1.0),
        (0, 3, 1, 1.0),
    ],
    slips=[
        (
            lambda s, total, n, peak: peak * (1 - s / total),
            "The rate falls at every step. It is set once "
            "a round, and all steps of a round share it.",
        ),
        (
            lambda s, total, n, peak: peak * (1 - s // n / max(total // n - 1, 1)),
            "The last round has the rate 0, so nothing is learned from "
            "it. It is the round after the last that would have 0.",
        ),
        (
            lambda s, total, n, peak: peak * (1 - (s // n + 1) / (total // n)),
            "The rounds are counted from 1, so the first is "
            "already below the peak, and the last has the rate 0.",
        ),
        (
            lambda s, total, n, peak: 1 - s // n / (total // n),
            "The peak is missing: this is the share of it.",
        ),
        (
            lambda s, total, n, peak: peak * (1 - s // n / total),
            "The number of the round is divided by the "
            "number of all steps, so the rate hardly falls.",
        ),
        (
            lambda s, total, n, peak: peak * (1 - s / (total // n)),
            "The number of the step is divided by the "
            "number of rounds, so the rate is below 0 soon.",
        ),
        (
            lambda s, total, n, peak: peak * (s // n / (total // n)),
            "The rate rises from 0. It has to fall.",
        ),
        (
            lambda s, total, n, peak: peak * (1 - s % n / n),
            "The rate falls within each round and begins anew "
            "in the next: `%` gives the step within the round.",
        ),
    ],
)
