"""Exercises of lesson 0, how to read a claim."""

import math

import numpy as np

from . import add


def seeds_needed(spread, reach):
    return math.ceil((2 * spread / reach) ** 2)


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
    at most `reach` to each side.
    """,
    why="Solve 2 · spread / √n = reach for n, and round "
    "up. Half the reach costs four times the seeds.",
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
            lambda spread, reach: math.ceil(2 * spread / reach),
            "The root is forgotten: this is √n. Twice "
            "the precision takes four times the seeds.",
        ),
        (
            lambda spread, reach: math.ceil(math.sqrt(2 * spread / reach)),
            "The root is taken where a square is wanted: "
            "n stands under the root in the formula.",
        ),
        (
            lambda spread, reach: math.ceil((spread / reach) ** 2),
            "The 2 is forgotten, so this is enough "
            "for about 68 % only, one standard error.",
        ),
        (
            lambda spread, reach: math.ceil(2 * (spread / reach) ** 2),
            "The 2 must be squared along with the rest.",
        ),
        (
            lambda spread, reach: math.ceil((4 * spread / reach) ** 2),
            "`reach` is to each side. This takes it "
            "for the whole length of the interval.",
        ),
        (
            lambda spread, reach: math.floor(_needed(spread, reach)),
            "Rounded down, it is one seed too few.",
        ),
        (
            lambda spread, reach: round(_needed(spread, reach)),
            "`round` goes to the nearest whole number, "
            "and so sometimes to one seed too few.",
        ),
        (
            lambda spread, reach: math.floor(_needed(spread, reach)) + 2,
            "One too many: rounding up is enough.",
        ),
        (_needed, "A number of seeds is whole: round up."),
        (
            lambda spread, reach: math.ceil((1.96 * spread / reach) ** 2),
            "This takes 1.96 for the 2 of the task. With many "
            "seeds it is nearer, with few even 2 is too small.",
        ),
        (
            lambda spread, reach: math.ceil((2 * reach / spread) ** 2),
            "Spread and reach are the wrong way round: more spread needs more seeds.",
        ),
    ],
)


def is_interior(losses):
    best = np.argmin(np.mean(losses, axis=0))
    return 0 < best < np.shape(losses)[1] - 1


# rows are seeds, columns are rates from small to large
_VALLEY = np.array([[0.9, 0.5, 0.4, 0.6], [0.8, 0.6, 0.5, 0.9], [0.9, 0.4, 0.6, 0.7]])
_WILD = np.array(
    [
        [0.9, 0.5, 0.6],
        [0.8, 0.5, 0.7],
        [0.7, 0.6, 0.0],
        [0.9, 0.6, 2.0],
        [0.8, 0.5, 1.5],
    ]
)


add(
    "0.2",
    is_interior,
    "At the edge, or not?",
    2,
    """
    `losses` is an array with a row for each seed and a column for each rate of a grid, from the
    smallest rate to the largest. The best rate is the one with the lowest mean loss over the
    seeds. Write `is_interior(losses)`: True if the best rate lies inside the grid, and False if it
    is the first or the last.
    """,
    why="First the mean over the seeds, which are the rows, "
    "then its lowest place. An edge is index 0 or the last.",
    hints=[
        "`np.mean(losses, axis=...)` should give one number "
        "for each rate. Along which axis are the seeds?",
        "`np.argmin` gives the place of the lowest. Which two places are the edges?",
        "`np.shape(losses)[1]` is the number of rates, and the last place is one less.",
    ],
    probes=[
        (_VALLEY,),
        (_VALLEY[:, :3],),
        (_VALLEY[:, 2:],),
        (_VALLEY[:, :2],),
        (_VALLEY[:, 1:],),
        (_WILD,),
        (_WILD[:, ::-1],),
        (_VALLEY[:, [2, 1, 0]],),
        (_VALLEY[:, ::-1],),
        (_VALLEY.T,),
        (_VALLEY[:2],),
        (np.array([[3.0, 2.0, 1.5, 1.2, 1.4]]),),
        (np.array([[3.0, 2.0, 1.5, 1.2, 1.1]]),),
        (np.array([[5.0, 1.0, 9.0, 2.0], [1.0, 2.0, 2.5, 9.0]]),),
        (np.array([[1.0, 5.0, 3.0, 4.0], [2.0, 1.5, 3.0, 1.9], [4.0, 1.0, 3.0, 0.5]]),),
        (np.array([[1.0, 2.0, 3.0], [2.0, 1.9, 3.0], [3.0, 2.5, 2.6]]),),
    ],
    slips=[
        (
            lambda losses: bool(
                0 < np.argmin(np.mean(losses, axis=1)) < len(losses) - 1
            ),
            "This takes the mean over the rates. A row is a seed, "
            "so the mean over the seeds is that along axis 0.",
        ),
        (
            lambda losses: bool(
                np.argmin(np.mean(losses, axis=0)) < np.shape(losses)[1] - 1
            ),
            "A best rate that is the smallest of the grid lies at an edge as well.",
        ),
        (
            lambda losses: bool(np.argmin(np.mean(losses, axis=0)) > 0),
            "A best rate that is the largest of the grid lies at an edge "
            "as well. The last place is the number of rates minus 1.",
        ),
        (
            lambda losses: bool(
                1 < np.argmin(np.mean(losses, axis=0)) < np.shape(losses)[1] - 1
            ),
            "Places are counted from 0: the second rate is inside.",
        ),
        (
            lambda losses: bool(
                1 < np.argmin(np.mean(losses, axis=0)) < np.shape(losses)[1] - 2
            ),
            "The edges are one rate each: the second and the last but one are inside.",
        ),
        (
            lambda losses: bool(
                0 < np.argmin(np.min(losses, axis=0)) < np.shape(losses)[1] - 1
            ),
            "This takes the luckiest seed of each rate. One lucky "
            "run is no reason to choose a rate: take the mean.",
        ),
        (
            lambda losses: bool(
                0 < np.argmax(np.mean(losses, axis=0)) < np.shape(losses)[1] - 1
            ),
            "This looks for the highest loss. The best rate has the lowest.",
        ),
        (
            lambda losses: bool(0 < np.argmin(losses[0]) < np.shape(losses)[1] - 1),
            "This looks at the first seed alone. Take the mean over all.",
        ),
        (
            lambda losses: bool(
                np.mean(
                    (0 < np.argmin(losses, axis=1))
                    & (np.argmin(losses, axis=1) < np.shape(losses)[1] - 1)
                )
                > 0.5
            ),
            "This lets each seed vote for its own best rate. Take "
            "the mean over the seeds first, and its lowest place.",
        ),
        (
            lambda losses: bool(
                0 < np.argmin(losses) % np.shape(losses)[1] < np.shape(losses)[1] - 1
            ),
            "This looks for the single best run of "
            "all. Take the mean over the seeds first.",
        ),
        (
            lambda losses: (
                not bool(
                    0 < np.argmin(np.mean(losses, axis=0)) < np.shape(losses)[1] - 1
                )
            ),
            "This is the opposite: True is wanted where the best rate lies inside.",
        ),
    ],
)
