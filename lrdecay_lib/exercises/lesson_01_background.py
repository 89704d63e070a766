"""Exercises of lesson 1, background: why the rate cannot stay what it was."""

import math

import numpy as np

from . import add


def distance_left(rates, curvature):
    return np.prod(1 - curvature * rates)


add(
    "1.1",
    distance_left,
    "What is left of the distance",
    1,
    """
    Gradient descent on the loss h x² / 2 makes one update with each of the `rates`, an array, in
    order. Write `distance_left(rates, curvature)`: the last x divided by the first, where
    `curvature` is h. It is below 0 if the last x lies on the other side of 0.
    """,
    why="Each update multiplies x by 1 minus rate "
    "times curvature, and the first x cancels.",
    hints=[
        "The gradient of h x² / 2 is h x. By what number "
        "does one update with one rate multiply x?",
        "After several updates x has been multiplied by all of these "
        "numbers. `np.prod` multiplies the elements of an array.",
    ],
    probes=[
        (np.array([0.1]), 1.0),
        (np.array([0.1, 0.2, 0.5]), 1.0),
        (np.array([0.1, 0.2, 0.5]), 3.0),
        (np.full(50, 0.01), 2.5),
        (0.3 * 0.5 ** np.arange(7.0), 0.4),
        (np.array([1.5, 0.3, 0.9]), 2.0),
    ],
    slips=[
        (
            lambda rates, h: np.prod(1 - rates),
            "The curvature is forgotten: the gradient is h x, not x.",
        ),
        (
            lambda rates, h: np.prod(1 - h * rates / 2),
            "Half the gradient: the slope of h x² / "
            "2 is h x, since the square brings a 2.",
        ),
        (
            lambda rates, h: 1 - h * np.sum(rates),
            "This adds the steps as if each were taken from the start. Each update "
            "takes its share of what is left, so the factors are multiplied.",
        ),
        (
            lambda rates, h: np.exp(-h * np.sum(rates)),
            "This is the limit of many small steps, and holds only "
            "nearly. For steps of some size the product is exact.",
        ),
        (
            lambda rates, h: (1 - h * rates[0]) ** len(rates),
            "This uses the first rate for every update. "
            "The rate changes from one update to the next.",
        ),
        (
            lambda rates, h: (1 - h * np.mean(rates)) ** len(rates),
            "This uses the mean rate for every update. A product "
            "of different factors is not a power of their mean.",
        ),
        (
            lambda rates, h: np.abs(np.prod(1 - h * rates)),
            "The sign is lost: an update with a rate "
            "above 1/h steps to the other side of 0.",
        ),
        (
            lambda rates, h: np.prod(1 + h * rates),
            "The step goes up the slope: the update *subtracts* the gradient.",
        ),
        (
            lambda rates, h: np.prod(h * rates),
            "These are the shares that the updates "
            "take away. What is left is 1 minus each.",
        ),
        (
            lambda rates, h: 1 - np.prod(1 - h * rates),
            "This is the way that was made. The question is what is left.",
        ),
        (
            lambda rates, h: np.cumprod(1 - h * rates),
            "These are the distances after every update. The last is wanted.",
        ),
        (
            lambda rates, h: np.prod((1 - h * rates) ** 2),
            "This is what is left of the loss, which is "
            "the square of what is left of the distance.",
        ),
        (
            lambda rates, h: 1 - h * rates,
            "These are the factors of the updates. They must be multiplied.",
        ),
    ],
)


def updates_needed(rate, curvature, share):
    return math.ceil(math.log(share) / math.log(1 - rate * curvature))


def _needed(rate, curvature, share):
    """The number that `updates_needed` rounds up."""
    return math.log(share) / math.log(1 - rate * curvature)


add(
    "1.2",
    updates_needed,
    "How long does slow take?",
    2,
    """
    Gradient descent on the loss h x² / 2 with a constant `rate` below 1/h, where h is the
    `curvature`. Write `updates_needed(rate, curvature, share)`: after how many updates, as an int,
    is the distance to 0 for the first time at most `share` (below 1) of what it was at the start?
    """,
    why="After t updates (1 - rate h)**t of the distance is left. Set it "
    "equal to the share, take logarithms, and round up to a whole update.",
    hints=[
        "What is left after t updates, as a power? "
        "Exercise 1.1 is the same with rates that differ.",
        "A logarithm of both sides brings t down from the exponent.",
        "The time is rarely whole. Is the distance small enough "
        "at the whole update before it, or at the one after?",
    ],
    probes=[
        (0.1, 1.0, 0.5),
        (0.01, 1.0, 0.5),
        (0.01, 4.0, 0.1),
        (0.001, 0.3, 0.01),
        (0.45, 2.0, 0.3),
        (0.2, 2.5, 0.01),
    ],
    slips=[
        (
            lambda r, h, s: math.floor(_needed(r, h, s)),
            "One update too early: there more than the share "
            "is left. `int`, `//` and `round` do not round up.",
        ),
        (lambda r, h, s: math.floor(_needed(r, h, s)) + 2, "One update too late."),
        (
            lambda r, h, s: math.ceil(-math.log(s) / (r * h)),
            "This takes rate times h for the logarithm of 1 - rate h, with "
            "the sign changed. It holds only nearly, for small rates.",
        ),
        (
            lambda r, h, s: math.ceil(_needed(r, 1.0, s)),
            "The curvature is forgotten: a steep direction is faster.",
        ),
        (
            lambda r, h, s: math.ceil(math.log(s) / math.log(1 - r * h) / 2),
            "This is when the *loss* is at most the share: it falls with "
            "the square of the distance, so it is there in half the time.",
        ),
        (
            lambda r, h, s: math.ceil((1 - s) / (r * h)),
            "This takes the same length off at each "
            "update. The step shrinks with the distance.",
        ),
        (
            lambda r, h, s: math.ceil(math.log(1 - s) / math.log(1 - r * h)),
            "This is when the share has been *made*. "
            "The question is when it is what is *left*.",
        ),
        (
            lambda r, h, s: math.ceil(math.log(1 - r * h) / math.log(s)),
            "The quotient is upside down: a smaller "
            "rate must take more updates, not fewer.",
        ),
        (
            lambda r, h, s: math.ceil(math.log10(s) / math.log(1 - r * h)),
            "Two kinds of logarithm are mixed. Either "
            "will do, if it is the same above and below.",
        ),
        (
            lambda r, h, s: _needed(r, h, s),
            "This is the time on a smooth clock. Updates are whole: round up.",
        ),
    ],
)
