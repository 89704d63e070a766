"""Exercises of lesson 8.2.5, decay with clipping and weight decay."""

import numpy as np

from . import add


def weight_left(rates, weight_decay):
    return np.prod(1 - weight_decay * rates)


_FALLING = 0.4 * (1 - np.arange(8) / 8)


add(
    "8.2.5.1",
    weight_left,
    "What weight decay leaves",
    1,
    """
    Write `weight_left(rates, weight_decay)`: the share of a weight that is left after updates with
    these rates, an array of shape (n,), if its gradient is always zero. At each update the
    optimizer takes away the weight times `weight_decay` times the rate of that update, as AdamW
    does.
    """,
    why="Each update keeps the share 1 - weight_decay "
    "* rate of what is there, so the shares multiply.",
    hints=[
        "Which share of the weight is left after one update "
        "with the rate 0.4 and a weight decay of 0.5?",
        "After two updates with different rates the two "
        "shares multiply. `np.prod` multiplies an array.",
    ],
    probes=[
        (np.full(5, 0.1), 0.5),
        (_FALLING, 0.5),
        (np.array([0.4]), 1.0),
        (_FALLING[::-1], 0.02),
        (np.array([0.2, 0.0, 0.1]), 2.0),
    ],
    slips=[
        (
            lambda rates, decay: float(np.exp(-decay * np.sum(rates))),
            "The exponential of the sum is the limit for small "
            "rates. The updates are finite: multiply the shares.",
        ),
        (
            lambda rates, decay: float(1 - decay * np.sum(rates)),
            "This takes every part away from the first weight. "
            "Each update takes its part of what is left.",
        ),
        (
            lambda rates, decay: float((1 - decay) ** len(rates)),
            "The rates do not come in: this is weight decay that is not "
            "multiplied by the rate. AdamW's is, so a falling rate weakens it.",
        ),
        (
            lambda rates, decay: float((1 - decay * np.mean(rates)) ** len(rates)),
            "This is right for equal rates. With others "
            "the product is not that of the mean rate.",
        ),
        (
            lambda rates, decay: float((1 - decay * rates[0]) ** len(rates)),
            "Every update gets the rate of the first. The "
            "rate falls, and the weight decay with it.",
        ),
        (
            lambda rates, decay: 1 - float(np.prod(1 - decay * rates)),
            "This is the share that is lost. The share that is left is wanted.",
        ),
        (
            lambda rates, decay: np.cumprod(1 - decay * rates),
            "This is the share after each update. "
            "The last of them is wanted, one number.",
        ),
        (
            lambda rates, decay: 1 - decay * rates,
            "These are the shares that single updates "
            "keep. One number is wanted: their product.",
        ),
        (
            lambda rates, decay: float(np.prod(decay * rates)),
            "This multiplies what the updates take away. Multiply what they keep.",
        ),
    ],
)


def without_weight_decay(rates, weight_decay):
    kept = 1 - weight_decay * rates
    product = np.cumprod(kept)
    return rates * kept / product**2


def _kept(rates, decay):
    return 1 - decay * rates


add(
    "8.2.5.2",
    without_weight_decay,
    "The same training without weight decay",
    3,
    """
    On a scale-invariant loss, write `without_weight_decay(rates, weight_decay)`: the rates, as an
    array of the same shape (n,), that give without weight decay the losses that `rates` give with
    it. With P the product of 1 − weight_decay × rate over all *earlier* updates (1 at the first),
    the new rate of an update is its old one over P² (1 − weight_decay × rate).
    """,
    why="`np.cumprod` includes the update itself, so its "
    "square holds one factor kept² where the formula has kept.",
    hints=[
        "What is P at the first, the second and the "
        "third update? Write it down for three rates.",
        "`np.cumprod` of what each update keeps is the product up to and "
        "with that update. Divide by the update's own share to leave it out.",
    ],
    probes=[
        (np.full(6, 0.5), 0.2),
        (_FALLING, 0.5),
        (np.array([0.4]), 1.0),
        (np.array([0.1, 0.4, 0.2]), 1.5),
        (_FALLING, 0.0),
    ],
    slips=[
        (
            lambda rates, decay: (
                rates / (np.cumprod(_kept(rates, decay)) ** 2 * _kept(rates, decay))
            ),
            "The product holds the update itself. P is over "
            "the earlier ones, so it is 1 at the first.",
        ),
        (
            lambda rates, decay: rates / np.cumprod(_kept(rates, decay)) ** 2,
            "The product holds the update itself, and so one "
            "factor too many. P is over the earlier updates.",
        ),
        (
            lambda rates, decay: (
                rates * _kept(rates, decay) ** 2 / np.cumprod(_kept(rates, decay)) ** 2
            ),
            "The factor 1 − weight_decay × rate of the update "
            "itself is missing: the pull comes before the step.",
        ),
        (
            lambda rates, decay: rates / np.cumprod(_kept(rates, decay)),
            "P is not squared. One factor comes from the weights, which are "
            "larger, and one from the gradient, which is smaller for that.",
        ),
        (
            lambda rates, decay: (
                rates * np.cumprod(_kept(rates, decay)) ** 2 / _kept(rates, decay)
            ),
            "These rates fall where they must rise. Without weight decay "
            "the weights grow, so the steps must too: divide by P².",
        ),
        (
            lambda rates, decay: (
                rates
                * _kept(rates, decay)[0]
                / _kept(rates, decay)[0] ** (2 * np.arange(1, len(rates) + 1))
            ),
            "This is the formula for a constant rate: it takes the first update's "
            "factor for all. Multiply the factors of the earlier updates.",
        ),
        (
            lambda rates, decay: (
                rates * _kept(rates, decay) / np.prod(_kept(rates, decay)) ** 2
            ),
            "The product is over all updates of the run. At "
            "each update it goes only as far as the one before.",
        ),
        (
            lambda rates, decay: np.cumprod(_kept(rates, decay)) / _kept(rates, decay),
            "This is P itself, the product over the earlier updates. What is the rate?",
        ),
    ],
)
