"""Exercises of lesson 4.2, deriving the exponential."""

import math

from . import add


def share_lost(decay_factor, decay_steps):
    return 1 - decay_factor ** (1 / decay_steps)


add(
    "4.2.1",
    share_lost,
    "The share lost in one update",
    1,
    """
    A rate is to be multiplied by `decay_factor` in `decay_steps` updates, losing the same share in
    each of them. Write `share_lost(decay_factor, decay_steps)`: that share.
    """,
    why="What is left after one update, multiplied by itself `decay_steps` times, "
    "must be `decay_factor`; so it is the root of it, and the share lost is the rest.",
    hints=[
        "Let q be the share lost in one update. What is "
        "left after one, after two, after n updates?",
        "Set what is left after `decay_steps` updates "
        "equal to `decay_factor` and solve for q.",
    ],
    probes=[(0.5, 1), (0.25, 2), (0.5, 100), (0.1, 3), (0.99, 10), (0.9, 2.5)],
    slips=[
        (
            lambda a, s: (1 - a) / s,
            "This loses the same amount in each update, as a straight "
            "line does. The same share of what is left is wanted.",
        ),
        (
            lambda a, s: a ** (1 / s),
            "This is the share that is left after one "
            "update. The question is what is lost.",
        ),
        (
            lambda a, s: -math.log(a) / s,
            "This is the decay rate k of the smooth law. The share "
            "lost in a whole update is 1 - exp(-k), a little less.",
        ),
        (
            lambda a, s: 1 - a**s,
            "This multiplies by `decay_factor` in every "
            "update. That is to take `decay_steps`.",
        ),
        (
            lambda a, s: 1 - a / s,
            "Dividing by `decay_steps` does not share the "
            "factor out among the updates. A root does.",
        ),
        (lambda a, s: 1 - a, "This is lost in `decay_steps` updates, not in one."),
        (
            lambda a, s: a ** (1 / s) - 1,
            "The sign is wrong: this is the change, "
            "which is below 0. A loss is above 0.",
        ),
        (
            lambda a, s: (1 - a) ** (1 / s),
            "This takes the root of what is lost. It is what "
            "is left that is multiplied from update to update.",
        ),
    ],
)


def matching_b(a, b, new_a):
    return b * math.log(a) / math.log(new_a)


add(
    "4.2.2",
    matching_b,
    "Another pair, the same schedule",
    2,
    """
    The schedules `a ** (b * t)` and `new_a ** (new_b * t)` are to be equal at every t. Write
    `matching_b(a, b, new_a)`: the `new_b` that makes them so. `a` and `new_a` lie between 0 and 1,
    `b` is above 0.
    """,
    why="Two powers of t are equal at every t if they are equal at "
    "t = 1, so only `b * log(a)` counts: it must stay what it was.",
    hints=[
        "It is enough that they agree at t = 1. Why?",
        "Take the logarithm of both sides at t = 1.",
    ],
    probes=[
        (0.5, 1, 0.25),
        (0.25, 1, 0.5),
        (0.99, 0.0001, 0.5),
        (0.3, 0.02, 0.9),
        (0.7, 2.5, 0.7),
    ],
    slips=[
        (
            lambda a, b, n: b * a / n,
            "Dividing the factors does not do it: they are raised "
            "to a power. Logarithms turn powers into products.",
        ),
        (
            lambda a, b, n: b * math.log(n) / math.log(a),
            "The quotient is upside down: a factor nearer to 1 needs a larger b.",
        ),
        (
            lambda a, b, n: -b * math.log(a) / math.log(n),
            "The sign is wrong: both logarithms are "
            "below 0, so their quotient is above it.",
        ),
        (lambda a, b, n: math.log(a) / math.log(n), "`b` is forgotten."),
        (
            lambda a, b, n: b,
            "With the same b and another factor the schedule is another one.",
        ),
        (
            lambda a, b, n: b * (1 - a) / (1 - n),
            "This holds only nearly, for factors near 1: it "
            "takes the share that is lost for the logarithm.",
        ),
        (
            lambda a, b, n: b * math.log(a / n),
            "The logarithm of a quotient is not the quotient of the logarithms.",
        ),
        (
            lambda a, b, n: a**b / n,
            "At t = 1 the left side is right. `new_b` stands in the "
            "exponent on the right, so a logarithm must bring it down.",
        ),
    ],
)


def in_parts(initial_rate, k, updates, parts):
    return initial_rate * (1 - k / parts) ** (parts * updates)


add(
    "4.2.3",
    in_parts,
    "An update cut into parts",
    2,
    """
    A rate follows dλ/dt = -kλ. Cut each update into `parts` equal parts and take, in each part, `k
    / parts` of what is left. Write `in_parts(initial_rate, k, updates, parts)`: the rate after
    `updates` updates.
    """,
    why="Each part multiplies the rate by the same number, and "
    "there are `parts` times `updates` of them. With more and "
    "more parts it comes to `initial_rate * exp(-k * updates)`.",
    hints=[
        "By which number does one part multiply the rate?",
        "How many parts are there in `updates` updates?",
    ],
    probes=[
        (1.0, 0.5, 1, 1),
        (1.0, 0.5, 1, 2),
        (0.1, 0.3, 4, 3),
        (0.1, 1.0, 2, 10),
        (2, 0.2, 0, 5),
        (0.4, 0.7, 3, 100),
    ],
    slips=[
        (
            lambda rate, k, updates, parts: rate * math.exp(-k * updates),
            "This is the limit of infinitely many parts. Here there "
            "are finitely many, and each takes its share at once.",
        ),
        (
            lambda rate, k, updates, parts: rate * (1 - k) ** updates,
            "This takes the whole share k once in "
            "each update. It is to be cut into parts.",
        ),
        (
            lambda rate, k, updates, parts: rate * (1 - k / parts) ** updates,
            "This makes one part of each update only. All its parts must be made.",
        ),
        (
            lambda rate, k, updates, parts: rate * (1 - k / parts) ** parts,
            "This is one update. There are `updates` of them.",
        ),
        (
            lambda rate, k, updates, parts: rate * (1 - k) ** (parts * updates),
            "Each part takes the share of a whole update. It is to take `k / parts`.",
        ),
        (
            lambda rate, k, updates, parts: rate * (1 - k * updates),
            "This takes the same amount each time, a straight "
            "line. Each part takes a share of what is left.",
        ),
        (
            lambda rate, k, updates, parts: rate * (1 + k / parts) ** (parts * updates),
            "The sign is wrong: the rate grows.",
        ),
        (
            lambda rate, k, updates, parts: rate / (1 + k / parts) ** (parts * updates),
            "This takes the share of what is left after the part (the "
            "backward form). It is to be taken of what is there before it.",
        ),
        (
            lambda rate, k, updates, parts: (1 - k / parts) ** (parts * updates),
            "`initial_rate` is forgotten.",
        ),
    ],
)
