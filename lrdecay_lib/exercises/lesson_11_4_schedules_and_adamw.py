"""Exercises of lesson 11.4, what does a schedule do to AdamW?"""

import math

import numpy as np

from . import add


def moved_weight_decay(weight_decay, old, new):
    def pull(peak, epochs, samples, batch):
        return peak * epochs * (samples // batch)

    return weight_decay * pull(*old) / pull(*new)


_SMALL, _LONG = (0.001, 10, 6400, 64), (0.001, 40, 6400, 64)


add(
    "11.4.1",
    moved_weight_decay,
    "A weight decay moves to another run",
    1,
    """
    A run with AdamW is described by (peak, epochs, samples, batch); an epoch leaves out what is too
    little for a batch. Its tuned weight decay is `weight_decay`. Write
    `moved_weight_decay(weight_decay, old, new)`: the weight decay for the run `new` that keeps
    peak × weight decay × length in updates.
    """,
    why="What counts is how much is pulled over the whole run: once an update, each time the rate "
    "times the weight decay. A larger batch makes fewer updates of the same epochs, and so asks "
    "for "
    "more.",
    hints=[
        "How many updates has each run? One epoch has `samples // batch`.",
        "The product of the old run, divided by the new peak and the new number of updates.",
    ],
    probes=[
        (0.1, _SMALL, _LONG),
        (0.1, _SMALL, (0.002, 10, 6400, 64)),
        (0.1, _SMALL, (0.001, 10, 6400, 256)),
        (0.05, _SMALL, (0.003, 20, 12_800, 128)),
        (0.2, (0.01, 3, 1000, 32), (0.005, 5, 1000, 48)),
        (0.01, (0.0005, 7, 999, 100), (0.0005, 7, 2999, 100)),
    ],
    slips=[
        (
            lambda weight_decay, old, new: (
                weight_decay * old[0] * old[1] / (new[0] * new[1])
            ),
            "This counts epochs. Weight decay acts once an update, and an epoch of larger batches, "
            "or of fewer samples, has fewer of them.",
        ),
        (
            lambda weight_decay, old, new: moved_weight_decay(
                weight_decay, (1.0, *old[1:]), (1.0, *new[1:])
            ),
            "The peak is missing: AdamW multiplies the weight decay by the rate.",
        ),
        (
            lambda weight_decay, old, new: moved_weight_decay(weight_decay, new, old),
            "The wrong way round: a longer run, or a higher peak, asks for less weight decay.",
        ),
        (
            lambda weight_decay, old, new: (
                weight_decay
                * (old[0] * old[1] * old[2] / old[3])
                / (new[0] * new[1] * new[2] / new[3])
            ),
            "Nearly: an epoch leaves out what is too little for a batch, so its updates are "
            "`samples // batch`.",
        ),
        (
            lambda weight_decay, old, new: (
                weight_decay * (old[0] * old[1] * old[2]) / (new[0] * new[1] * new[2])
            ),
            "This counts samples. Divide by the batch to get updates.",
        ),
        (
            lambda weight_decay, old, new: weight_decay,
            "This keeps the weight decay, and the product changes with the run.",
        ),
    ],
)


def made_by_last(rates, weight_decay, last):
    pulls = weight_decay * np.asarray(rates, dtype=float)
    return 1 - np.prod(1 - pulls[len(pulls) - last :])


def _counts(rates, weight_decay):
    pulls = weight_decay * np.asarray(rates, dtype=float)
    later = np.append(np.cumprod((1 - pulls)[::-1])[::-1], 1.0)[1:]
    return pulls * later


_FLAT, _FALLING = [0.1] * 10, [0.1 * (1 - t / 10) for t in range(10)]


add(
    "11.4.2",
    made_by_last,
    "What the last updates made",
    2,
    """
    AdamW made one update with each of the `rates`, in this order. Write
    `made_by_last(rates, weight_decay, last)`: how much of the weighted average that its final
    weights are is made by the last `last` updates together, between 0 and 1.
    """,
    why="The weights of the average add up to 1 with the start, and the same holds from any update "
    "on: what those weights still hold of all before is the product of 1 minus the pulls. The rest "
    "was made since.",
    hints=[
        "Each update keeps the share 1 - rate × weight decay of what was there.",
        "What is left of everything before the last `last` updates is a product. The rest is "
        "theirs.",
        "The sum of `c_t` over them gives the same. Mind `last` = 0.",
    ],
    probes=[
        (_FLAT, 1.0, 1),
        (_FLAT, 1.0, 5),
        (_FLAT, 2.0, 10),
        (_FALLING, 2.0, 3),
        (_FALLING, 2.0, 0),
        ([0.3, 0.2, 0.4, 0.05], 0.8, 2),
        ([0.3, 0.2, 0.4, 0.05], 0.8, 3),
    ],
    slips=[
        (
            lambda rates, weight_decay, last: (
                weight_decay * float(np.sum(np.asarray(rates)[len(rates) - last :]))
            ),
            "This adds the pulls. Each later update takes its share of what earlier ones made.",
        ),
        (
            lambda rates, weight_decay, last: (
                1 - made_by_last(rates, weight_decay, last)
            ),
            "This is what is left of everything before them.",
        ),
        (
            lambda rates, weight_decay, last: (
                1 - float(np.prod(1 - weight_decay * np.asarray(rates)[:last]))
            ),
            "These are the first updates. The last ones are asked for.",
        ),
        (
            lambda rates, weight_decay, last: (
                1 - float(np.prod(1 - np.asarray(rates)[len(rates) - last :]))
            ),
            "The pull of an update is its rate *times the weight decay*.",
        ),
        (
            lambda rates, weight_decay, last: float(
                np.sum(np.asarray(rates)[len(rates) - last :]) / np.sum(rates)
            ),
            "This is their share of the sum of the rates. That the early updates are forgotten is "
            "left out.",
        ),
        (
            lambda rates, weight_decay, last: (
                made_by_last(rates, weight_decay, last)
                / float(np.sum(_counts(rates, weight_decay)))
            ),
            "This divides by what all updates made. The start belongs to the average too.",
        ),
        (
            lambda rates, weight_decay, last: float(
                np.sum(_counts(rates, weight_decay)[-last:])
            ),
            "Nearly: with `last` = 0 the slice `[-0:]` is the whole list. Count from the front, "
            "`[len(rates) - last:]`.",
        ),
    ],
)


def power_of_rate(rates, norms):
    first = math.log(norms[0] / norms[1])
    last = math.log(norms[-2] / norms[-1])
    return math.log(first / last) / math.log(rates[0] / rates[-1])


def _log(rates, pull, power, start=1.0):
    norms = [start]
    for rate in rates:
        norms.append(norms[-1] * math.exp(-pull * (rate / rates[0]) ** power))
    return norms


def _shares(norms):
    return 1 - norms[1] / norms[0], 1 - norms[-1] / norms[-2]


_R1, _R2 = [0.1, 0.08, 0.05, 0.02], [0.4, 0.4, 0.2, 0.1, 0.1]


add(
    "11.4.3",
    power_of_rate,
    "Does the weight decay follow the schedule?",
    2,
    """
    A row of an embedding is never used, so no gradient holds it. The log has the `rates` of all
    updates and its `norms`: before the first update, and after each, so one more. Take the pull of
    an update as the logarithm of the norm before it over the norm after it. Write
    `power_of_rate(rates, norms)`: by which power of the rate the pull fell from the first update to
    the last. 0 says unscaled, 1 scaled as in AdamW, 2 scaled twice.
    """,
    why="The pull is a share of what is left, so it is read off the ratio of two norms, and not "
    "off "
    "their difference, which shrinks with the weights under any rule.",
    hints=[
        "The pull of the first update is `log(norms[0] / norms[1])`, that of the last "
        "`log(norms[-2] / norms[-1])`.",
        "If the pull is a constant times rate ** power, what is the ratio of two pulls?",
        "Take logarithms: of the ratio of the pulls, divided by that of the ratio of the rates.",
    ],
    probes=[
        (_R1, _log(_R1, 0.1, 0)),
        (_R1, _log(_R1, 0.1, 1)),
        (_R1, _log(_R1, 0.3, 2, 5.0)),
        (_R2, _log(_R2, 0.2, 1, 3.0)),
        (_R2, _log(_R2, 0.05, 0.5)),
        ([0.02, 0.05, 0.1], _log([0.02, 0.05, 0.1], 0.1, 1)),
    ],
    slips=[
        (
            lambda rates, norms: (
                math.log((norms[0] - norms[1]) / (norms[-2] - norms[-1]))
                / math.log(rates[0] / rates[-1])
            ),
            "These are differences of the norms. They shrink with the weights, even where the "
            "share that is taken stays.",
        ),
        (
            lambda rates, norms: -power_of_rate(rates, norms),
            "The sign is turned: rate and pull fall together.",
        ),
        (
            lambda rates, norms: (
                1 / power_of_rate(rates, norms)
                if abs(power_of_rate(rates, norms)) > 1e-9
                else 9.0
            ),
            "Turned round: the logarithm of the pulls stands above, that of the rates below.",
        ),
        (
            lambda rates, norms: (
                math.log(norms[0] / norms[1]) / math.log(norms[-2] / norms[-1])
            ),
            "This is the ratio of the pulls. The power is its logarithm over that of the rates.",
        ),
        (
            lambda rates, norms: (
                math.log(norms[0] / norms[-1]) / math.log(rates[0] / rates[-1])
            ),
            "This compares the weights with the rates. The pull is what one update takes.",
        ),
        (
            lambda rates, norms: (
                math.log(_shares(norms)[0] / _shares(norms)[1])
                / math.log(rates[0] / rates[-1])
            ),
            "This takes 1 minus the ratio of the norms; the pull was defined as its logarithm.",
        ),
    ],
)
