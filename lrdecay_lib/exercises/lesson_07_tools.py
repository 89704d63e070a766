"""Exercises of lesson 7, tools and references."""

import numpy as np

from . import add


def keras_boundaries(milestones):
    return milestones - 1


add(
    "7.1",
    keras_boundaries,
    "One update earlier",
    1,
    """
    In PyTorch's `MultiStepLR` the rate changes *at* each milestone: that update is the first with
    the new rate. In Keras's `PiecewiseConstantDecay` the update at a boundary is the last with the
    old rate. Write `keras_boundaries(milestones)`: the boundaries that make Keras change its rate
    at the same updates as PyTorch does with these `milestones`, an array of ints.
    """,
    why="Keras changes one update after its boundary, so the "
    "boundary must come one update before the milestone.",
    hints=[
        "With a boundary at 30, which is the first "
        "update at which Keras has the new rate?",
        "If Keras changes at boundary + 1, and the change "
        "is wanted at the milestone, what is the boundary?",
    ],
    probes=[
        (np.array([30]),),
        (np.array([30, 80]),),
        (np.array([5, 10, 20, 40]),),
        (np.array([1, 1000]),),
    ],
    slips=[
        (
            lambda m: m + 1,
            "The wrong way: with this Keras changes two updates too late.",
        ),
        (lambda m: m, "With the same numbers Keras changes one update too late."),
        (lambda m: m - 2, "One too many: now Keras changes one update too early."),
        (
            lambda m: np.diff(m, prepend=0),
            "These are the lengths of the pieces. Both libraries take points in time.",
        ),
        (lambda m: m - m[0], "This counts from the first milestone."),
    ],
)


def ends_at(warmup, decay_steps, counted_in):
    if counted_in:
        return max(warmup, decay_steps)
    return warmup + decay_steps


add(
    "7.2",
    ends_at,
    "When is the schedule over?",
    2,
    """
    A schedule warms up for `warmup` updates and then falls. In optax and transformers
    `decay_steps` counts the warmup **in**: it is where the whole schedule ends. In Keras the decay
    comes **on top** of the warmup. Write `ends_at(warmup, decay_steps, counted_in)`: the update at
    which the schedule reaches its end, where `counted_in` is True or False. A schedule cannot end
    before its warmup does.
    """,
    why="Counted in, the number itself is the end, unless "
    "the warmup is longer; on top, the two are added.",
    hints=[
        "With a warmup of 10 and 100 steps, where does each library end?",
        "Counted in, what is the end if somebody gives a warmup of 200 and 100 steps?",
        "`max(a, b)` is the larger of two numbers.",
    ],
    probes=[
        (10, 100, True),
        (10, 100, False),
        (200, 100, True),
        (200, 100, False),
        (0, 50, True),
        (0, 50, False),
        (40, 40, False),
        (40, 40, True),
        (3, 7, True),
        (3, 7, False),
        (1, 1, False),
        (7, 2, True),
    ],
    slips=[
        (
            lambda warmup, steps, counted_in: warmup + steps,
            "Counted in, the warmup is part of the number and must not be added again.",
        ),
        (
            lambda warmup, steps, counted_in: steps,
            "On top of the warmup, the decay only begins when the "
            "warmup is over; and no schedule ends before that.",
        ),
        (
            lambda warmup, steps, counted_in: steps if counted_in else warmup + steps,
            "A warmup that is longer than the number is "
            "not cut: the schedule cannot end before it.",
        ),
        (
            lambda warmup, steps, counted_in: (
                warmup + steps if counted_in else max(warmup, steps)
            ),
            "The two are the wrong way round: Keras adds the warmup.",
        ),
        (
            lambda warmup, steps, counted_in: steps - warmup if counted_in else steps,
            "This is how many updates the decay itself "
            "lasts. Asked is the update at which it is over.",
        ),
        (
            lambda warmup, steps, counted_in: (
                max(warmup, steps) - 1 if counted_in else warmup + steps - 1
            ),
            "Updates are counted from 0, and a schedule of "
            "100 updates reaches its end at update 100.",
        ),
        (
            lambda warmup, steps, counted_in: (
                max(warmup, steps) + 1 if counted_in else warmup + steps + 1
            ),
            "One too many.",
        ),
    ],
)
