"""Exercises of lesson 8.2.5, weight decay and the rate: one knob or two?"""

import numpy as np

from . import add


def fair_strength(rates, new_rates, weight_decay):
    return weight_decay * np.sum(rates) / np.sum(new_rates)


_FALLING = 0.4 * (1 - np.arange(8) / 8)


add(
    "8.2.5.1",
    fair_strength,
    "Repair a comparison",
    2,
    """
    Both runs of a comparison use AdamW with one strength `weight_decay`. One has the array `rates`,
    the other `new_rates`, which may be longer or shorter. So the second is pulled to zero less or
    more than the first, and nobody asked about that. Write
    `fair_strength(rates, new_rates, weight_decay)`: the strength for the second run at which the
    exponent of what is left of an unheld weight is the same, minus the strength times the sum of
    the rates.
    """,
    why="What counts is the strength times the sum of the rates, so the strength has to grow as "
    "the sum shrinks.",
    hints=[
        "By what is a weight pulled over a whole run? Not by the peak, and not by the number of "
        "updates alone.",
        "The strength times the sum of the rates has to be the same for both runs.",
        "A straight line from the same peak has half the sum: its strength is twice as large.",
    ],
    probes=[
        (np.full(8, 0.4), _FALLING, 0.5),
        (np.full(8, 0.1), _FALLING, 0.02),
        (_FALLING, np.full(5, 0.2), 1.0),
        (np.array([0.2, 0.1]), np.array([0.3, 0.3, 0.1, 0.05]), 0.1),
        (_FALLING, _FALLING[::-1], 0.3),
        (np.full(20, 0.05), 0.05 * np.linspace(1, 0, 40), 2.0),
    ],
    slips=[
        (
            lambda a, b, s: s * np.sum(b) / np.sum(a),
            "This is upside down: a schedule with smaller rates pulls less, so it needs *more* "
            "strength.",
        ),
        (
            lambda a, b, s: s,
            "The strength is the same here, and that is what was unfair: the pull is the "
            "strength times the rate.",
        ),
        (
            lambda a, b, s: s * np.max(a) / np.max(b),
            "This compares the peaks. A schedule that falls has a smaller sum than its peak says.",
        ),
        (
            lambda a, b, s: s * np.mean(a) / np.mean(b),
            "This compares the mean rates, which is right only for runs of equal length. A "
            "longer run pulls more often.",
        ),
        (
            lambda a, b, s: s * a[0] / b[0],
            "This compares the first rates. The pull goes on to the end.",
        ),
        (
            lambda a, b, s: s * len(a) / len(b),
            "This compares the numbers of updates. The rates of these count too.",
        ),
        (
            lambda a, b, s: s * a[-1] / b[-1] if b[-1] else np.inf,
            "This compares the last rates. The pull began with the first.",
        ),
        (
            lambda a, b, s: s * np.sqrt(np.sum(a**2) / np.sum(b**2)),
            "The rates are squared here. The pull is in proportion to the rate itself.",
        ),
        (
            lambda a, b, s: np.sum(a) / np.sum(b),
            "This is the factor. The strength itself is wanted: multiply by the old one.",
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
