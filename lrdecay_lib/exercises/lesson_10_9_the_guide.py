"""Exercises of lesson 10.9, Does the guide hold?"""

import math

from . import add


def fall_begins(updates, warmup, share):
    return max(updates - round(share * updates), warmup)


add(
    "10.9.1",
    fall_begins,
    "Where the fall begins",
    1,
    """
    A schedule of `updates` updates rises over the first `warmup` of them, holds its peak, and falls
    over a share of the run, which ends with the run. Write `fall_begins(updates, warmup, share)`:
    the update at which the fall begins. The share is of the whole run, rounded to whole updates.
    Where it would reach into the warmup, the fall begins when the warmup ends.
    """,
    why="The fall ends with the run, so it is counted from the end; and it cannot begin before the "
    "peak is reached.",
    hints=[
        "How many updates does the fall take? It ends with the run.",
        "A fall over all of the run: at which update is the peak reached?",
        "It is the larger of two numbers.",
    ],
    probes=[
        (1000, 100, 0.2),
        (1000, 20, 1.0),
        (333, 17, 0.5),
        (501, 0, 0.2),
        (299, 15, 0.0),
        (247, 25, 0.95),
        (98, 33, 1 / 3),
    ],
    slips=[
        (
            lambda n, warmup, share: n - round(share * n),
            "Where the share reaches into the warmup, the fall begins before the peak here.",
        ),
        (
            lambda n, warmup, share: n - round(share * (n - warmup)),
            "The share is of what the warmup leaves here. A share of the whole run is meant.",
        ),
        (
            lambda n, warmup, share: max(round(share * n), warmup),
            "The fall begins after the share here. It takes the share, at the end.",
        ),
        (
            lambda n, warmup, share: warmup + n - round(share * n),
            "The warmup is counted twice: what lies before the fall holds it already.",
        ),
        (
            lambda n, warmup, share: min(n - round(share * n), warmup),
            "The fall begins at the earlier of the two here, so nothing is held.",
        ),
    ],
)


def next_peak(peaks, losses):
    step = math.sqrt(2)
    beyond = {losses[0]: peaks[0] / step, losses[-1]: peaks[-1] * step}
    return beyond.get(min(losses), 0.0)


add(
    "10.9.2",
    next_peak,
    "Go on at the edge",
    2,
    """
    `peaks` rise from small to large, a factor of √2 apart, and `losses` are what runs with them
    ended with; a run that diverged has the loss `math.inf`. Write `next_peak(peaks, losses)`: the
    one peak to try next, a step beyond the edge at which the lowest loss lies, or 0.0 where it
    lies inside and the sweep is over.
    """,
    why="A best peak at the edge may have a better neighbour outside. Inside, both neighbours are "
    "known to be worse.",
    hints=[
        "Where in the list does the lowest loss stand?",
        "A step is a factor, so beyond the upper edge comes `peaks[-1] * math.sqrt(2)`.",
    ],
    probes=[
        ((0.1, 0.1414, 0.2), (0.5, 0.4, 0.3)),
        ((0.1, 0.1414, 0.2), (0.3, 0.4, 0.5)),
        ((0.1, 0.1414, 0.2), (0.4, 0.3, 0.5)),
        ((0.4, 0.5657, 0.8, 1.1314), (0.31, 0.3, math.inf, math.inf)),
        ((0.4, 0.5657, 0.8), (0.31, math.inf, math.inf)),
        ((1.0, 1.4142, 2.0, 2.8284), (0.9, 0.5, 0.6, 0.4)),
    ],
    slips=[
        (
            lambda peaks, losses: (
                peaks[-1] * math.sqrt(2)
                if losses[-1] == max(losses)
                else peaks[0] / math.sqrt(2)
                if losses[0] == max(losses)
                else 0.0
            ),
            "It goes on where the loss is highest. The lowest one is to be followed.",
        ),
        (
            lambda peaks, losses: (
                peaks[-1] * math.sqrt(2) if losses[-1] == min(losses) else 0.0
            ),
            "The best peak may lie at the lower edge too.",
        ),
        (
            lambda peaks, losses: (
                2 * peaks[-1]
                if losses[-1] == min(losses)
                else peaks[0] / 2
                if losses[0] == min(losses)
                else 0.0
            ),
            "This step is a factor of 2, which is too coarse to compare schedules by.",
        ),
        (
            lambda peaks, losses: (
                2 * peaks[-1] - peaks[-2]
                if losses[-1] == min(losses)
                else 2 * peaks[0] - peaks[1]
                if losses[0] == min(losses)
                else 0.0
            ),
            "It adds the last difference. Peaks differ by a factor.",
        ),
        (
            lambda peaks, losses: (
                peaks[-1] * math.sqrt(2)
                if losses[-1] < losses[0]
                else peaks[0] / math.sqrt(2)
            ),
            "It compares the two ends and never stops. Where the lowest loss lies inside, the "
            "sweep is over.",
        ),
    ],
)


def regret_of(tuning, fresh, advice):
    rivals = {name: loss for name, loss in tuning.items() if name != advice}
    winner = min(rivals, key=rivals.get)
    return 100 * (fresh[advice] - fresh[winner]) / fresh[winner]


add(
    "10.9.3",
    regret_of,
    "The winner's curse",
    2,
    """
    `tuning` and `fresh` are dicts from the name of a schedule to its mean loss, on the seeds that
    tuned and on fresh ones. Write `regret_of(tuning, fresh, advice)`: by how many percent the
    schedule named `advice` ends above the best of its rivals. The rival is chosen on the tuning
    seeds, both losses are read on the fresh ones, and the percent are of the rival's loss. The
    advice is no rival of its own, so the regret may be negative.
    """,
    why="What chose the winner must not report it: the lowest of many numbers is low by luck in "
    "part. And an advice that may be its own rival never shows what it gains.",
    hints=[
        "Which of the two dicts may choose, and which report?",
        "Take the advice out before you look for the lowest.",
        "`winner = min(rivals, key=rivals.get)`, with `rivals` made from `tuning`.",
    ],
    probes=[
        (
            {"line": 0.30, "cosine": 0.29, "step": 0.35},
            {"line": 0.31, "cosine": 0.32, "step": 0.30},
            "line",
        ),
        (
            {"line": 0.28, "cosine": 0.29, "step": 0.35},
            {"line": 0.29, "cosine": 0.30, "step": 0.36},
            "line",
        ),
        (
            {"line": 0.50, "cosine": 0.40, "step": 0.45},
            {"line": 0.52, "cosine": 0.44, "step": 0.43},
            "step",
        ),
        (
            {"constant": 1.0, "line": 0.8, "square": 0.9},
            {"constant": 0.9, "line": 0.84, "square": 0.82},
            "constant",
        ),
    ],
    slips=[
        (
            lambda tuning, fresh, advice: (
                100
                * (fresh[advice] - min(v for k, v in fresh.items() if k != advice))
                / min(v for k, v in fresh.items() if k != advice)
            ),
            "The fresh seeds chose the rival here, so they flatter it.",
        ),
        (
            lambda tuning, fresh, advice: (
                100 * (fresh[advice] - min(fresh.values())) / min(fresh.values())
            ),
            "The fresh seeds chose the rival here, and the advice may be its own rival, so the "
            "regret is never below 0.",
        ),
        (
            lambda tuning, fresh, advice: (
                100
                * (tuning[advice] - min(v for k, v in tuning.items() if k != advice))
                / min(v for k, v in tuning.items() if k != advice)
            ),
            "Both losses are read on the tuning seeds, which chose the rival.",
        ),
        (
            lambda tuning, fresh, advice: (
                100
                * (fresh[advice] - fresh[min(tuning, key=tuning.get)])
                / fresh[min(tuning, key=tuning.get)]
            ),
            "The advice may be its own rival here; then its regret is 0 although it may be "
            "better than all others.",
        ),
        (
            lambda tuning, fresh, advice: (
                100
                * (
                    fresh[advice]
                    - fresh[min((k for k in tuning if k != advice), key=tuning.get)]
                )
                / fresh[advice]
            ),
            "The percent are of the advice's own loss here.",
        ),
    ],
)


def same_step(rate, momentum, new_momentum):
    return rate * (1 - new_momentum) / (1 - momentum)


add(
    "10.9.4",
    same_step,
    "Another momentum, the same steps",
    1,
    """
    A program trains with SGD at a rate and a momentum below 1, as Keras and PyTorch have it: each
    gradient is added in full to a mean that keeps the share `momentum` of what it was. The momentum
    is to change. Write `same_step(rate, momentum, new_momentum)`: the rate with which one gradient
    still moves the weights by as much in the end.
    """,
    why="A gradient moves the weights by the rate, then by the rate times the momentum, and so on: "
    "in all by rate / (1 - momentum). From 0.9 to 0.95 that doubles, unless the rate is halved.",
    hints=[
        "By how much does one gradient move the weights in all its updates together?",
        "1 + m + m**2 + … is 1 / (1 - m).",
        "Set rate / (1 - momentum) equal before and after.",
    ],
    probes=[
        (0.1, 0.9, 0.95),
        (0.1, 0.9, 0.85),
        (0.02, 0.95, 0.85),
        (0.1, 0.9, 0.0),
        (0.5, 0.0, 0.9),
    ],
    slips=[
        (
            lambda rate, momentum, new: rate * (1 - momentum) / (1 - new),
            "The other way round: a larger momentum needs a smaller rate.",
        ),
        (
            lambda rate, momentum, new: rate,
            "The same rate with another momentum makes other steps.",
        ),
        (
            lambda rate, momentum, new: rate * (1 - new),
            "The old momentum counts too: the old rate was chosen with it.",
        ),
        (
            lambda rate, momentum, new: rate * momentum / new if new else rate,
            "It divides by the momentum itself. What counts is how far it is from 1.",
        ),
        (
            lambda rate, momentum, new: rate / (1 - momentum),
            "That is the length of the step, and not yet a rate for the new momentum.",
        ),
    ],
)
