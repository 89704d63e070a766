"""Exercises of lesson 0, how to read a claim."""

import math

import numpy as np

from . import add


def seeds_needed(spread, reach):
    return max(5, math.ceil((2 * spread / reach) ** 2))


def _needed(spread, reach):
    """The number that `seeds_needed` rounds up."""
    return (2 * spread / reach) ** 2


add(
    "0.1",
    seeds_needed,
    "How many seeds?",
    1,
    """
    The 95 % interval of a mean paired difference reaches about 2 · spread / √n to each side, where
    `spread` is the standard deviation of the differences and n the number of seeds. Write
    `seeds_needed(spread, reach)`: the smallest number of seeds, as an int, with which it reaches
    at most `reach` to each side; but at least 5, since with fewer the spread itself is a guess.
    """,
    why="Solve 2 · spread / √n = reach for n, round up, and never "
    "take fewer than 5. Half the reach costs four times the seeds.",
    hints=[
        "How far does the interval reach with 4 seeds, and how far with 16?",
        "Write down 2 · spread / √n = reach, and solve it for n.",
        "A number of seeds is whole, and one too few is "
        "too few. `math.ceil` rounds up and gives an int.",
    ],
    probes=[
        (0.05, 0.013),
        (0.05, 0.0065),
        (1.0, 0.3),
        (0.2, 0.07),
        (3.0, 0.11),
        (1.375, 0.25),
        (1.3, 3.0),
    ],
    slips=[
        (
            lambda spread, reach: max(5, math.ceil(2 * spread / reach)),
            "The root is forgotten: this is √n. Twice "
            "the precision takes four times the seeds.",
        ),
        (
            lambda spread, reach: max(5, math.ceil(math.sqrt(2 * spread / reach))),
            "The root is taken where a square is wanted: "
            "n stands under the root in the formula.",
        ),
        (
            lambda spread, reach: max(5, math.ceil((spread / reach) ** 2)),
            "The 2 is forgotten, so this is enough "
            "for about 68 % only, one standard error.",
        ),
        (
            lambda spread, reach: max(5, math.ceil(2 * (spread / reach) ** 2)),
            "The 2 must be squared along with the rest.",
        ),
        (
            lambda spread, reach: max(5, math.ceil((4 * spread / reach) ** 2)),
            "`reach` is to each side. This takes it "
            "for the whole length of the interval.",
        ),
        (
            lambda spread, reach: max(5, math.floor(_needed(spread, reach))),
            "Rounded down, it is one seed too few.",
        ),
        (
            lambda spread, reach: max(5, round(_needed(spread, reach))),
            "`round` goes to the nearest whole number, "
            "and so sometimes to one seed too few.",
        ),
        (
            lambda spread, reach: max(5, math.floor(_needed(spread, reach)) + 2),
            "One too many: rounding up is enough.",
        ),
        (
            lambda spread, reach: max(5, _needed(spread, reach)),
            "A number of seeds is whole: round up.",
        ),
        (
            lambda spread, reach: math.ceil(_needed(spread, reach)),
            "Where the formula allows fewer than 5 seeds, 5 are wanted: "
            "from fewer nobody can tell how large the spread is.",
        ),
        (
            lambda spread, reach: math.ceil(_needed(spread, reach)) + 5,
            "The 5 is the least number, not an addition.",
        ),
        (
            lambda spread, reach: max(5, math.ceil((1.96 * spread / reach) ** 2)),
            "This takes 1.96 for the 2 of the task. With many "
            "seeds it is nearer, with few even 2 is too small.",
        ),
        (
            lambda spread, reach: max(5, math.ceil((2 * reach / spread) ** 2)),
            "Spread and reach are the wrong way round: more spread needs more seeds.",
        ),
    ],
)


def fair_difference(tuning_a, tuning_b, report_a, report_b):
    best_a = np.argmin(np.mean(tuning_a, axis=0))
    best_b = np.argmin(np.mean(tuning_b, axis=0))
    return np.mean(report_b[:, best_b] - report_a[:, best_a])


def _by(choose):
    """A wrong comparison: ``choose`` gives the places of both rates."""

    def difference(tuning_a, tuning_b, report_a, report_b):
        a, b = choose(tuning_a, tuning_b, report_a, report_b)
        return np.mean(report_b[:, b] - report_a[:, a])

    return difference


def _best(losses):
    return np.argmin(np.mean(losses, axis=0))


def _two_rivals(seed, rates=5, tuning=6, report=8):
    """Losses of two rivals with valleys at different places, rows seeds and columns rates."""
    generator = np.random.default_rng(seed)
    place = np.arange(rates)
    floors = generator.permutation(rates)[:2]
    valleys = [0.5 + 0.1 * np.abs(place - floor) for floor in floors]
    return tuple(
        np.round(valley + 0.3 * generator.random((seeds, rates)), 2)
        for seeds in (tuning, report)
        for valley in valleys
    )


add(
    "0.2",
    fair_difference,
    "Repair a comparison",
    2,
    """
    A report says that A beats B by `np.mean(report_b.min(axis=1) - report_a.min(axis=1))`: the
    mean over the seeds of B's lowest loss minus A's lowest. Each array has a row for each seed
    and a column for each rate of one grid. So each *seed* has chosen its own rate, and has then
    reported with it. Repair it, as `fair_difference(tuning_a, tuning_b, report_a, report_b)`: each
    rival gets one rate, that of its lowest mean loss over the tuning seeds, and the report seeds
    give the mean difference, positive where A is better.
    """,
    why="The tuning seeds choose one rate for each rival, and other seeds report it. "
    "A's rate and B's need not be the same.",
    hints=[
        "First the choice, for one rival: the mean over the seeds, "
        "which are the rows, and the place of its lowest value.",
        "`report_a[:, place]` is a column: the losses of all report seeds at one rate.",
        "B's loss minus A's is positive where A's is lower.",
    ],
    probes=[_two_rivals(seed) for seed in range(8)]
    + [_two_rivals(seed, 4, 3, 5) for seed in range(8, 12)],
    slips=[
        (
            lambda ta, tb, ra, rb: np.mean(rb.min(axis=1) - ra.min(axis=1)),
            "This is the report as it was: each seed still chooses its own luckiest rate.",
        ),
        (
            _by(lambda ta, tb, ra, rb: (_best(ra), _best(rb))),
            "The report seeds choose and report here, so "
            "the luck of the choice counts as skill.",
        ),
        (
            _by(lambda ta, tb, ra, rb: (_best(ta), _best(ta))),
            "Both are compared at A's best rate. B has its own.",
        ),
        (
            _by(lambda ta, tb, ra, rb: (_best(tb), _best(tb))),
            "Both are compared at B's best rate. A has its own.",
        ),
        (
            _by(lambda ta, tb, ra, rb: (_best(ta + tb),) * 2),
            "Both are compared at one rate, the best for the two "
            "together. An equal rate is not an equal chance.",
        ),
        (
            _by(
                lambda ta, tb, ra, rb: (
                    ta.min(axis=0).argmin(),
                    tb.min(axis=0).argmin(),
                )
            ),
            "Each rate is judged by its luckiest tuning seed. Take the mean.",
        ),
        (
            _by(lambda ta, tb, ra, rb: (_best(tb), _best(ta))),
            "Each rival runs at the other's best rate.",
        ),
        (
            lambda ta, tb, ra, rb: -fair_difference(ta, tb, ra, rb),
            "The sign is turned round: a lower loss is better, "
            "and the result is to be positive where A is.",
        ),
        (
            lambda ta, tb, ra, rb: fair_difference(ta, tb, ta, tb),
            "This reports the tuning seeds. They have chosen, so they flatter.",
        ),
        (
            lambda ta, tb, ra, rb: rb[:, _best(tb)] - ra[:, _best(ta)],
            "These are the differences of the seeds. Their mean is wanted.",
        ),
        (
            lambda ta, tb, ra, rb: np.median(rb[:, _best(tb)] - ra[:, _best(ta)]),
            "This is the median of the differences, and the mean is wanted.",
        ),
        (
            _by(lambda ta, tb, ra, rb: (ta.mean(0).argmax(), tb.mean(0).argmax())),
            "This takes the rates with the *highest* loss.",
        ),
    ],
)
