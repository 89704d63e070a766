"""Exercises of lesson 8.2.4, rates that follow the state."""

import numpy as np

from . import add


def bold_driver(losses, peak, up, cut):
    fell = np.diff(losses, prepend=np.inf) < 0
    return peak * np.cumprod(np.where(fell, up, cut))


def _steered(fell, peak, up, cut):
    return peak * np.cumprod(np.where(fell, up, cut))


def _fell(losses):
    return np.diff(losses, prepend=np.inf) < 0


_LOOKS = np.array([2.0, 1.4, 1.5, 0.2, 0.2, 0.6, 2.1, 1.9])


add(
    "8.2.4.1",
    bold_driver,
    "The bold driver",
    2,
    """
    Write `bold_driver(losses, peak, up, cut)`: the rates after each look, an array of shape (n,).
    `losses`, of shape (n,), holds the validation losses in order. The rate starts at `peak`. At
    each look it is multiplied by `up` if the loss is below that of the look before, and by `cut`
    otherwise. The first look has none before it and counts as a fall.
    """,
    why="Each look multiplies the rate by one of two "
    "factors, so the rates are running products.",
    hints=[
        "For each look: did the loss fall? `np.diff(losses, prepend=np.inf)` "
        "is negative where it did, the first included.",
        "`np.where(fell, up, cut)` gives the factor of each "
        "look, and `np.cumprod` the product of all up to it.",
    ],
    probes=[
        (_LOOKS, 0.4, 1.05, 0.5),
        (_LOOKS[::-1].copy(), 0.1, 1.2, 0.7),
        (np.array([0.3, 0.3, 0.3]), 1.0, 1.1, 0.6),
        (np.array([1.5]), 0.2, 1.05, 0.5),
        (_LOOKS[2:], 0.3, 1.1, 0.8),
    ],
    slips=[
        (
            lambda losses, peak, up, cut: _steered(
                losses < np.r_[np.inf, np.minimum.accumulate(losses)[:-1]],
                peak,
                up,
                cut,
            ),
            "This compares with the best loss so far, as reduce on "
            "plateau does. The bold driver remembers only the last look.",
        ),
        (
            lambda losses, peak, up, cut: _steered(
                np.diff(losses, prepend=np.inf) <= 0, peak, up, cut
            ),
            "An equal loss counts as a fall here. Only "
            "a loss below that of the look before does.",
        ),
        (
            lambda losses, peak, up, cut: np.r_[
                peak, _steered(_fell(losses), peak, up, cut)[:-1]
            ],
            "These are the rates before the looks. The rate after each look is wanted.",
        ),
        (
            lambda losses, peak, up, cut: _steered(_fell(losses), peak, 1.0, cut),
            "The rate only falls here. After a fall of "
            "the loss it must rise by the factor `up`.",
        ),
        (
            lambda losses, peak, up, cut: peak * np.where(_fell(losses), up, cut),
            "Each rate is taken from the peak. The factors "
            "must act on the rate that the last look left.",
        ),
        (
            lambda losses, peak, up, cut: _steered(_fell(losses), peak, up, cut) / up,
            "The first rate is `peak` itself here. The first look counts "
            "as a fall of the loss, so it raises the rate already.",
        ),
        (
            lambda losses, peak, up, cut: _steered(~_fell(losses), peak, up, cut),
            "This is upside down: it raises the rate when the loss does not fall.",
        ),
        (
            lambda losses, peak, up, cut: _steered(
                np.diff(losses, prepend=-np.inf) < 0, peak, up, cut
            ),
            "The first look is taken for a rise. It counts "
            "as a fall, because there is no loss before it.",
        ),
        (
            lambda losses, peak, up, cut: _steered(_fell(losses), 1.0, up, cut),
            "This is the share of the peak. Multiply it by `peak`.",
        ),
        (
            lambda losses, peak, up, cut: _steered(_fell(losses), peak, up, cut)[-1],
            "This is the rate after the last look alone. "
            "The rates after all looks are wanted.",
        ),
    ],
)


def hypergradient_rates(gradients, rate, gain):
    agreement = np.sum(gradients[1:] * gradients[:-1], axis=1)
    return rate + gain * np.cumsum(agreement)


def _agreement(gradients):
    return np.sum(gradients[1:] * gradients[:-1], axis=1)


_TURNS = np.array(
    [
        [1.0, 0.5, -0.2],
        [0.8, -0.3, 0.4],
        [-0.6, 0.2, 1.1],
        [0.3, 0.9, 0.7],
        [-0.4, -1.2, 0.1],
    ]
)


add(
    "8.2.4.2",
    hypergradient_rates,
    "A rate that follows the gradients",
    3,
    """
    Write `hypergradient_rates(gradients, rate, gain)`. `gradients` has shape (n, d), a row for
    each update. The first update uses `rate`. From the second on, the rate is that of the update
    before plus `gain` times the dot product of this update's gradient with the one before. Return
    the rates of updates 2 to n, of shape (n - 1,).
    """,
    why="The dot product is positive while the gradients point the "
    "same way, and their running sum is what the rate has gained.",
    hints=[
        "`gradients[1:]` are the gradients of updates 2 to n, and `gradients[:-1]` "
        "those before them. What does the sum of their product over each row say?",
        "Each rate is the one before plus `gain` times "
        "one number, so use `np.cumsum` over the updates.",
    ],
    probes=[
        (_TURNS, 0.1, 0.02),
        (_TURNS[::-1].copy(), 0.3, 0.1),
        (_TURNS[:, :2].copy(), 0.5, 0.05),
        (_TURNS[:4], 0.2, 0.3),
        (_TURNS, 0.4, 0.0),
    ],
    slips=[
        (
            lambda g, rate, gain: rate - gain * np.cumsum(_agreement(g)),
            "The sign is wrong: gradients that agree must raise the rate.",
        ),
        (
            lambda g, rate, gain: rate + gain * _agreement(g),
            "Each rate is taken from the first. It must "
            "be added to that of the update before.",
        ),
        (
            lambda g, rate, gain: rate * np.cumprod(1 + gain * _agreement(g)),
            "This multiplies the rate. The rule adds to it.",
        ),
        (
            lambda g, rate, gain: rate + gain * np.cumsum(np.sum(g[1:] ** 2, axis=1)),
            "This is each gradient's product with itself. It "
            "is never negative, so the rate could not fall.",
        ),
        (
            lambda g, rate, gain: np.r_[rate, rate + gain * np.cumsum(_agreement(g))],
            "The rate of the first update stands in front. "
            "The rates of updates 2 to n are wanted.",
        ),
        (
            lambda g, rate, gain: rate + gain * np.cumsum(np.sign(_agreement(g))),
            "Only the sign of the dot product is used here. Its size counts too.",
        ),
        (
            lambda g, rate, gain: (
                rate
                + gain
                * np.cumsum(
                    _agreement(g)
                    / (np.linalg.norm(g[1:], axis=1) * np.linalg.norm(g[:-1], axis=1))
                )
            ),
            "This is the cosine of the angle. The plain dot "
            "product is wanted, which grows with the gradients.",
        ),
        (
            lambda g, rate, gain: rate + gain * np.sum(_agreement(g)),
            "This is the rate of the last update alone. Use a running sum.",
        ),
    ],
)
