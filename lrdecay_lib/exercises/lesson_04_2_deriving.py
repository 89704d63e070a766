"""Exercises of lesson 4.2, deriving the exponential."""

import math

import numpy as np

from . import add


def which_law(rates):
    falls, kept = np.diff(rates), rates[1:] / rates[:-1]
    if not falls.any():
        return 0
    if (falls == 0).any():
        return 1
    if np.allclose(falls, falls[0], rtol=1e-6, atol=0):
        return 2
    if np.allclose(kept, kept[0], rtol=1e-6, atol=0):
        return 3
    return 4


def _read(order="01234", names=(0, 1, 2, 3, 4)):
    """A wrong reading: the questions in another order or left out, or other names for the
    answers."""

    def answer(rates):
        falls, kept = np.diff(rates), rates[1:] / rates[:-1]
        same = lambda values: np.allclose(values, values[0], rtol=1e-6, atol=0)
        yes = {
            "0": not falls.any(),
            "1": (falls == 0).any(),
            "2": same(falls),
            "3": same(kept),
            "4": True,
        }
        return names[int(next(law for law in order if yes[law]))]

    return answer


def _by_three(rates):
    """From the first, the middle and the last rate alone."""
    first, middle, last = rates[0], rates[(len(rates) - 1) // 2], rates[-1]
    if first == last:
        return 0
    means = {2: (first + last) / 2, 3: (first * last) ** 0.5}
    means[4] = 2 / (1 / first + 1 / last)
    return min(means, key=lambda law: abs(means[law] - middle))


_COUNT = np.arange(121)


add(
    "4.2.1",
    which_law,
    "Read a log of rates",
    3,
    """
    Write `which_law(rates)`: which law a logged run follows. `rates` is an array of the rates of
    all updates, from update 0 on, all above 0. Return an int: 0 for a constant rate, 1 for a step
    decay, 2 for a straight line, 3 for an exponential, 4 for inverse time. No other law occurs,
    and a step decay's stairs are longer than one update.
    """,
    why="Neighbours that are equal are stairs; equal differences are a line; equal "
    "quotients are an exponential. What is left is inverse time.",
    hints=[
        "What do two neighbours have to do with one another, in each of the laws?",
        "`np.diff(rates)` are the differences of neighbours, and "
        "`rates[1:] / rates[:-1]` their quotients.",
        "Which of the laws passes two of the questions? Ask for that one first.",
    ],
    probes=[
        (np.full(50, 0.1),),
        (0.1 * 0.5 ** (_COUNT // 40),),
        (0.1 * (1 - _COUNT / 150),),
        (0.1 * 0.98**_COUNT,),
        (0.1 / (1 + _COUNT / 30),),
        (3e-4 * 0.9 ** (_COUNT // 7),),
        (2.0 / (5 + _COUNT[:40]),),
        (1e-3 * 0.99 ** (_COUNT[:60] / 2),),
        (3e-4 - 2e-6 * _COUNT,),
    ],
    slips=[
        (
            _read("0234"),
            "A step decay comes out as inverse time: its stairs have neither equal "
            "differences nor equal quotients. Ask first whether neighbours are equal.",
        ),
        (
            _read("1234"),
            "A constant rate comes out as a step decay, as it has equal "
            "neighbours too. What has only such neighbours?",
        ),
        (
            _read("2134"),
            "A constant rate comes out as a line: its differences are "
            "all equal, namely 0. Ask for the constant first.",
        ),
        (
            _read("3124"),
            "A constant rate comes out as an exponential: its quotients are "
            "all equal, namely 1. Ask for the constant first.",
        ),
        (
            _read("0124"),
            "An exponential comes out as inverse time. Both have a "
            "long tail, but only one keeps the same share each time.",
        ),
        (
            _read("0134", (0, 1, 2, 3, 2)),
            "Inverse time comes out as a line. What falls is not yet a line: "
            "are the differences equal?",
        ),
        (
            _read(names=(0, 1, 2, 4, 3)),
            "Exponential and inverse time are exchanged: 3 is "
            "the exponential, with equal quotients.",
        ),
        (
            _read(names=(0, 1, 3, 2, 4)),
            "Line and exponential are exchanged: equal "
            "differences are a line, and equal quotients an exponential.",
        ),
        (
            lambda rates: _read()(rates[:3]),
            "Only the first few updates are looked at. "
            "There a step decay looks like a constant rate.",
        ),
        (
            _by_three,
            "Three rates do not tell a step decay from the others: between "
            "them it does as it likes. Look at all neighbours.",
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
