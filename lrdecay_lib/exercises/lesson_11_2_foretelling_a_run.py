"""Exercises of lesson 11.2, can one run foretell another?"""

import numpy as np

from . import add


def annealing_area(rates, memory):
    push = area = 0.0
    for before, now in zip(rates, rates[1:]):
        push = memory * push + before - now
        area += push
    return area


add(
    "11.2.1",
    annealing_area,
    "The second of the two sums",
    1,
    """
    `rates` are the learning rates of a run. Each drop from one update to the next gives a push,
    `before - now`; a rise gives a negative one. The pushes fade by the factor `memory` an update.
    Write `annealing_area(rates, memory)`: the sum over all updates of the push that is then at
    work, S2 at the end of the run. The first update has no rate before it, and so no push.
    """,
    why="The longer ago the drop, the more often its push was added: an early fall has a larger "
    "area than a late one of the same size. With a memory of 0 only the total drop is left.",
    hints=[
        "Keep two numbers: the push at work and the sum.",
        "At each update the push is `memory` times the old one plus the new drop; then it is "
        "added to the sum.",
    ],
    probes=[
        ([1.0, 1.0, 0.5, 0.5, 0.5], 0.5),
        ([1.0, 0.5, 0.5, 0.5, 0.5], 0.5),
        ([0.4, 0.3, 0.2, 0.1], 0.9),
        ([0.4, 0.3, 0.35, 0.1, 0.1], 0.99),
        ([0.8, 0.6, 0.1, 0.1], 0.0),
    ],
    slips=[
        (
            lambda rates, memory: sum(
                memory**age * (a - b)
                for age, (a, b) in enumerate(zip(rates[-2::-1], rates[::-1]))
            ),
            "This is the push at the end. S2 is the sum of the pushes of all updates.",
        ),
        (
            lambda rates, memory: rates[0] - rates[-1],
            "This is how far the rate fell in all. When it fell counts too, unless the memory "
            "is 0.",
        ),
        (
            lambda rates, memory: -annealing_area(rates, memory),
            "The sign is turned: a fall of the rate counts as positive, `before - now`.",
        ),
        (
            lambda rates, memory: memory * annealing_area(rates, memory),
            "A push is at work in full at the update of its drop. It fades from the next one on.",
        ),
        (
            lambda rates, memory: annealing_area([0.0, *rates], memory),
            "The first rate counts as a rise from 0 here. The first update has no push.",
        ),
        (
            lambda rates, memory: float(np.sum(rates)),
            "This is S1, the sum of the rates.",
        ),
    ],
)


def gain(rates, B, C, beta, gamma):
    total = 0.0
    for k in range(1, len(rates)):
        travel = C * rates[k] ** -gamma * sum(rates[k:])
        total += (rates[k - 1] - rates[k]) * (1 - (1 + travel) ** -beta)
    return B * total


def _gain(rates, B, C, beta, gamma, rate=0, since=0, power=1, one=1.0):
    return B * sum(
        (rates[k - 1] - rates[k])
        * (
            one
            - (1 + C * rates[k - rate] ** (-gamma * power) * sum(rates[k + since :]))
            ** -beta
        )
        for k in range(1, len(rates))
    )


add(
    "11.2.2",
    gain,
    "What decay has gained, by the multi-power law",
    2,
    """
    `rates` are those of a run, all above 0. Each drop, from `rates[k - 1]` to `rates[k]`, gains
    `B` times its size, times `1 - (1 + x) ** -beta`. Here `x` is `C`, times the *new* rate to the
    power `-gamma`, times the sum of the rates from `k` to the end. Write
    `gain(rates, B, C, beta, gamma)`: the gains of all drops together, at the end of the run.
    """,
    why="A drop that has just happened has gained next to nothing. So the last part of a cooldown "
    "to zero is foretold to be worth little: its rates are too small to travel.",
    hints=[
        "A loop over k from 1 on, with the drop, the travel since, and the share gained.",
        "The travel since update k includes the rate of update k itself: `sum(rates[k:])`.",
    ],
    probes=[
        ([1.0, 1.0, 0.5, 0.5, 0.5], 0.2, 1.0, 0.6, 0.65),
        ([0.4, 0.3, 0.2, 0.1], 1.0, 2.0, 0.5, 0.5),
        ([0.4, 0.3, 0.35, 0.1, 0.1], 0.7, 0.3, 1.2, 0.1),
        ([0.8, 0.6, 0.1, 0.1, 0.05], 2.0, 5.0, 0.3, 1.0),
    ],
    slips=[
        (
            lambda *given: _gain(*given, rate=1),
            "This takes the rate before the drop. The rate after it stands in the formula: the "
            "smaller it is, the sooner the gain comes.",
        ),
        (
            lambda *given: _gain(*given, since=1),
            "The travel begins with the update of the drop itself, `rates[k:]`.",
        ),
        (
            lambda *given: _gain(*given, power=-1),
            "The power of the rate is `-gamma`: a smaller rate makes x larger, not smaller.",
        ),
        (
            lambda *given: _gain(*given, one=0.0),
            "`1 -` is missing: this is minus what is still to be gained.",
        ),
        (
            lambda rates, B, C, beta, gamma: B * (rates[0] - rates[-1]),
            "This is what the drops will have gained in the very end. Much of it has not come yet.",
        ),
        (lambda rates, B, *rest: gain(rates, 1.0, *rest), "The factor `B` is missing."),
    ],
)


def skill(true, told, guess, replicate):
    off = lambda values: np.mean(np.abs(np.subtract(values, true)) / true)
    return (off(guess) - off(told)) / (off(guess) - off(replicate))


def _skill(true, told, guess, replicate, size=np.abs, mean=np.mean, below=True):
    off = lambda values: mean(size(np.array(values) / np.array(true) - 1))
    floor = off(replicate) if below else 0.0
    lost = off(guess) - floor
    return (off(guess) - off(told)) / lost if lost else 9.0


_TRUE = [0.20, 0.25, 0.30, 0.24]


def _off(*percent):
    return [value * (1 + p / 100) for value, p in zip(_TRUE, percent)]


add(
    "11.2.3",
    skill,
    "Is the forecast any good?",
    2,
    """
    Four lists, an entry for each seed: the `true` final losses; what a law has `told`; a naive
    `guess`; and a `replicate`, the final loss of a second run of the same thing. The error of a
    list is the mean, over the seeds, of how far it is off, as a share of the true loss, whatever
    the sign. The replicate is a yardstick. Write `skill(true, told, guess, replicate)`: of the
    guess's error above the replicate's, the share that the law has removed. It is 1 for a law as
    near as a replicate, 0 for one that is no better than the guess, and may be above 1: a
    replicate brings chance of its own.
    """,
    why="A forecast that is 3 % off says nothing by itself. If a guess is 3 % off too, the law has "
    "no skill; if a replicate is, little is left to gain.",
    hints=[
        "One helper function gives the error of a list; call it three times.",
        "Take absolute values before the mean, or errors of two signs cancel.",
        "(guess - law) / (guess - replicate), each an error.",
    ],
    probes=[
        (_TRUE, _off(5, -5, 4, -4), _off(30, 25, 20, -35), _off(3, -2, 2, -3)),
        (_TRUE, _off(8, 9, -7, 10), _off(9, 12, 11, -10), _off(-4, 2, 3, 1)),
        (_TRUE, _off(-12, 15, 1, 9), _off(2, 3, 7, 5), _off(1, -3, 2, 1)),
        ([2.0, 0.5], [2.2, 0.52], [2.8, 0.9], [2.06, 0.49]),
    ],
    slips=[
        (
            lambda *given: _skill(*given, size=lambda x: x),
            "Errors of two signs cancel here. Take absolute values before the mean.",
        ),
        (
            lambda *given: _skill(*given, below=False),
            "The replicate is not used: this asks the law to remove what is chance, too.",
        ),
        (
            lambda *given: _skill(*given, size=np.square),
            "These are squares. How far it is off is asked for, without squaring.",
        ),
        (
            lambda *given: 1 - _skill(*given),
            "This is the share that is left. The share that was removed is asked for.",
        ),
        (
            lambda true, told, guess, replicate: (
                (
                    np.mean(np.abs(np.array(guess) - true))
                    - np.mean(np.abs(np.array(told) - true))
                )
                / (
                    np.mean(np.abs(np.array(guess) - true))
                    - np.mean(np.abs(np.array(replicate) - true))
                )
            ),
            "These errors are in units of the loss, so a seed with a large loss counts more. "
            "Divide each by the true loss of its seed.",
        ),
        (
            lambda *given: _skill(*given, mean=np.median),
            "This takes the median over the seeds, and the mean is asked for.",
        ),
    ],
)
