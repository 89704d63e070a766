"""Exercises of lesson 8.2.3, hybrid optimizers: Adam first, then SGD."""

import numpy as np

from . import Named, add


def second_leg(schedule, switch, update):
    return schedule(update) if update >= switch else 0.0


_FALL = Named("lambda t: 0.1 * (1 - t / 100)")
_STEP = Named("lambda t: 0.4 * 0.5 ** (t // 30)")


add(
    "8.2.3.1",
    second_leg,
    "Waiting for the switch",
    1,
    """
    The second optimizer of a hybrid goes on where the first one stopped: with the same count of
    updates. Write `second_leg(schedule, switch, update)`: its rate at an update. `schedule` is a
    function of the update index; the rate is 0 before the update `switch`, and that of the
    schedule from this update on.
    """,
    why="The schedule is asked at the number of the update itself, so it goes on and "
    "does not begin again; before the switch the rate is 0, and the weights wait.",
    hints=[
        "Which of the two optimizers makes the update whose index is `switch`?",
        "`schedule(update)` is the rate at this update. When is it used?",
    ],
    probes=[
        (_FALL, 40, 10),
        (_FALL, 40, 39),
        (_FALL, 40, 40),
        (_FALL, 40, 70),
        (_STEP, 30, 0),
        (_STEP, 30, 29),
        (_STEP, 30, 30),
        (_STEP, 30, 75),
        (_FALL, 0, 0),
        (_FALL, 0, 25),
    ],
    slips=[
        (
            lambda schedule, switch, t: schedule(t - switch) if t >= switch else 0.0,
            "The schedule begins again at the switch, from its peak. "
            "It should go on: ask it at the update's own number.",
        ),
        (
            lambda schedule, switch, t: schedule(t) if t > switch else 0.0,
            "The update `switch` is already the "
            "second optimizer's. Here it is nobody's.",
        ),
        (
            lambda schedule, switch, t: schedule(t) if t < switch else 0.0,
            "This is the first leg: it works before the switch and rests after.",
        ),
        (
            lambda schedule, switch, t: schedule(t),
            "The second optimizer is at work before the "
            "switch here. It has to wait, at a rate of 0.",
        ),
        (
            lambda schedule, switch, t: schedule(switch) if t >= switch else 0.0,
            "The rate stays at what it was at the switch. The schedule goes on.",
        ),
        (
            lambda schedule, switch, t: schedule(max(t, switch)),
            "Before the switch the rate is that of the switch here. It has to be 0.",
        ),
    ],
)


def sgd_rate(step, gradient):
    return -np.sum(step**2) / np.sum(step * gradient)


add(
    "8.2.3.2",
    sgd_rate,
    "SGD's rate from Adam's step",
    3,
    """
    SWATS asks of SGD's step, minus rate times `gradient`, that its projection onto the direction
    of Adam's `step` be that step itself. Write `sgd_rate(step, gradient)` for two arrays of shape
    (n,): the rate for which this holds. `step` is what Adam adds to the weights, so it points
    downhill.
    """,
    why="Projecting v onto the direction of p gives p times (v · p) / "
    "(p · p). With v = -rate g this is p where -rate (g · p) = p · p.",
    hints=[
        "The projection of v onto the direction of p is p times (v · p) / (p · p).",
        "Put v = -rate times the gradient and set the factor before p to 1.",
        "A step that points downhill has a negative product "
        "with the gradient, so the rate is above 0.",
    ],
    probes=[
        (np.array([-0.1, 0.0]), np.array([2.0, 0.0])),
        (np.array([-0.1, 0.2]), np.array([1.0, -3.0])),
        (np.array([-0.01, -0.01, 0.01]), np.array([0.5, 4.0, 0.1])),
        (np.array([0.3, -0.1, -0.2]), np.array([-1.0, 2.0, 5.0])),
        (np.array([-0.5]), np.array([0.25])),
    ],
    slips=[
        (
            lambda p, g: np.sum(p**2) / np.sum(p * g),
            "The sign is wrong: the step goes *down* the gradient, so "
            "their product is negative, and the rate must be positive.",
        ),
        (
            lambda p, g: np.sqrt(np.sum(p**2) / np.sum(g**2)),
            "This makes SGD's step as *long* as Adam's. Its "
            "projection is shorter unless both point the same way.",
        ),
        (
            lambda p, g: -np.sum(p * g) / np.sum(g**2),
            "This is the projection the other way round: of Adam's step onto "
            "the gradient. The step of SGD is projected onto that of Adam.",
        ),
        (
            lambda p, g: -np.sum(p * g) / np.sum(p**2),
            "The quotient is upside down: a larger gradient needs a smaller rate.",
        ),
        (
            lambda p, g: -p / g,
            "This is a rate for each weight, which "
            "is what Adam has. SGD has one for all.",
        ),
        (
            lambda p, g: np.mean(-p / g),
            "This is the mean of the rates of the single weights. A "
            "projection weighs them by the sizes of step and gradient.",
        ),
    ],
)
