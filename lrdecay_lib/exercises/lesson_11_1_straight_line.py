"""Exercises of lesson 11.1, why a straight line, and when not?"""

import math

from . import add


def best_rate(square, curvature, noise):
    return curvature * square / (curvature**2 * square + noise)


add(
    "11.1.1",
    best_rate,
    "The best rate for one update",
    1,
    """
    The loss is h x²/2 with the curvature h, the gradient has noise of variance `noise`, and the
    expected x² is now `square`. After an update with the rate r it is
    (1 - r h)² `square` + r² `noise`. Write `best_rate(square, curvature, noise)`: the r that makes
    it smallest.
    """,
    why="Without noise it is 1/h. With it, the rate is smaller by the share of the gradient's "
    "square that is signal: that is why it has to fall as x does.",
    hints=[
        "Set the derivative with respect to r to zero.",
        "The derivative is -2 h (1 - r h) square + 2 r noise.",
    ],
    probes=[
        (1.0, 1.0, 1.0),
        (4.0, 0.5, 2.0),
        (0.01, 2.0, 0.3),
        (9.0, 3.0, 0.0),
        (1.0, 0.1, 5.0),
    ],
    slips=[
        (
            lambda square, curvature, noise: 1 / curvature,
            "This is the best rate without noise. With noise it is too large.",
        ),
        (
            lambda square, curvature, noise: square / (curvature**2 * square + noise),
            "A curvature is missing in the numerator: without noise this is 1/h², and should "
            "be 1/h.",
        ),
        (
            lambda square, curvature, noise: (
                curvature * square / (curvature * square + noise)
            ),
            "The curvature has to be squared in the denominator: the gradient is h x, and its "
            "square h² x².",
        ),
        (
            lambda square, curvature, noise: (
                curvature * math.sqrt(square) / (curvature**2 * square + noise)
            ),
            "`square` is the expected x² already; take no root of it.",
        ),
        (
            lambda square, curvature, noise: 2 / curvature,
            "This is the limit of stability, at which nothing gets better even without noise.",
        ),
    ],
)


def as_good_as(updates):
    constant = updates
    while (1 + math.log(constant) / 4) / (constant + 1) > 1 / (updates + 1):
        constant += 1
    return constant


def _first(updates, worth):
    """The first number of updates from `updates` on whose guarantee is small enough."""
    n = updates
    while worth(n) > 1 / (updates + 1):
        n += 1
    return n


add(
    "11.1.2",
    as_good_as,
    "What a constant rate costs in updates",
    2,
    """
    After N updates a line guarantees 1/√(N + 1), and the best constant rate, by the published
    number, √(1 + ln(N)/4) / √(N + 1). Write `as_good_as(updates)`: the smallest number of updates,
    `updates` or more, after which the constant rate guarantees what the line does after `updates`,
    or less.
    """,
    why="The guarantee falls with the root of the length, so a factor of √(1 + ln(N)/4) in it is "
    "more than a factor of 1 + ln(N)/4 in updates: a small loss of the guarantee is a large one "
    "of time.",
    hints=[
        "Square both sides: no roots are needed.",
        "Count up from `updates` until the constant rate's number is small enough. Its own length "
        "stands in the logarithm, not the line's.",
        "`math.log` is the natural logarithm.",
    ],
    probes=[(1,), (10,), (50,), (100,), (400,)],
    slips=[
        (
            lambda updates: _first(
                updates, lambda n: (1 + math.log10(n) / 4) / (n + 1)
            ),
            "This takes the logarithm to base 10. The natural one is meant.",
        ),
        (
            lambda updates: _first(
                updates, lambda n: math.sqrt(1 + math.log(n) / 4) / (n + 1)
            ),
            "One root is taken and the other is not. Square the whole guarantee.",
        ),
        (
            lambda updates: _first(updates, lambda n: (1 + math.log(n)) / (n + 1)),
            "The quarter is missing in front of the logarithm.",
        ),
        (
            lambda updates: _first(
                updates, lambda n: (1 + math.log(updates) / 4) / (n + 1)
            ),
            "The logarithm is of the constant run's own length, which is longer than the line's.",
        ),
        (
            lambda updates: as_good_as(updates) - 1,
            "Off by one: after this many updates it is not yet as good.",
        ),
        (
            lambda updates: as_good_as(updates) - updates,
            "These are the updates that come on top. The whole number is asked for.",
        ),
    ],
)


def steeper_by(updates, signal, noise, level):
    def slope(values):
        fall = math.log(values[0]) - math.log(values[-1])
        return fall / math.log(updates[-1] / updates[0])

    return slope(signal) - slope([value - level for value in noise])


def _falls(updates, slope, scale, level=0.0):
    return [level + scale * (t / 100) ** -slope for t in updates]


_AT, _OTHER = [100, 1000, 10_000], [200, 500, 900, 3100]


add(
    "11.1.3",
    steeper_by,
    "On which side is this task?",
    2,
    """
    Two logs, at the same rising `updates`. `signal` is the loss with a very large batch, above the
    lowest reachable one, at a constant rate. `noise` is the loss after the rate was cut to a tenth,
    counted from the cut; it falls towards `level`. On logarithmic axes, from the first entry to the
    last, a curve falls as update ** -slope. Write `steeper_by(updates, signal, noise, level)`: the
    slope of the signal minus that of what is left of the noise above `level`. Above 0 the task is
    easy, below 0 it is hard.
    """,
    why="Slopes on logarithmic axes do not depend on how large the two are, and that is the point: "
    "early on the signal can be the larger one and fall more slowly. A level that is not "
    "subtracted makes any curve look flat.",
    hints=[
        "Subtract `level` from the noise first.",
        "The slope is the logarithm of the first value over the last, divided by the logarithm of "
        "the last update over the first.",
    ],
    probes=[
        (_AT, _falls(_AT, 1.0, 1.0), _falls(_AT, 0.5, 0.2, 0.1), 0.1),
        (_AT, _falls(_AT, 0.2, 1.0), _falls(_AT, 0.5, 0.2, 0.1), 0.1),
        (_OTHER, _falls(_OTHER, 0.3, 5.0), _falls(_OTHER, 0.6, 0.05, 0.2), 0.2),
        (_OTHER, _falls(_OTHER, 0.7, 0.01), _falls(_OTHER, 0.6, 2.0, 0.5), 0.5),
        (_AT, _falls(_AT, 0.4, 0.5), _falls(_AT, 0.5, 1.0), 0.0),
        ([50, 400], [0.9, 0.8], [1.4, 0.7], 0.6),
        ([60, 400, 500], [0.9, 0.3, 0.8], [1.4, 0.65, 0.7], 0.6),
    ],
    slips=[
        (
            lambda updates, signal, noise, level: steeper_by(
                updates, signal, noise, 0.0
            ),
            "`level` is not subtracted. It makes the noise look as if it hardly fell.",
        ),
        (
            lambda updates, signal, noise, level: (
                -steeper_by(updates, signal, noise, level)
            ),
            "The two are the wrong way round: easy is where the *signal* falls more steeply.",
        ),
        (
            lambda updates, signal, noise, level: (
                (signal[0] - signal[-1] - noise[0] + noise[-1])
                / (updates[-1] - updates[0])
            ),
            "These are slopes on plain axes: they hang on how large the two are.",
        ),
        (
            lambda updates, signal, noise, level: (
                math.log(signal[0] / signal[-1])
                - math.log((noise[0] - level) / (noise[-1] - level))
            ),
            "This is how far the two fall in all. A slope is that divided by the logarithm of the "
            "last update over the first.",
        ),
        (
            lambda updates, signal, noise, level: (
                (
                    math.log(signal[0] / signal[-1])
                    - math.log((noise[0] - level) / (noise[-1] - level))
                )
                / (updates[-1] - updates[0])
            ),
            "Only one axis is logarithmic here. The updates need the logarithm too.",
        ),
        (
            lambda updates, signal, noise, level: (
                math.log(signal[0] / signal[-1]) / math.log(updates[-1] / updates[0])
            ),
            "This is the signal's slope alone. It says nothing without the noise's.",
        ),
        (
            lambda updates, signal, noise, level: (
                steeper_by(updates, [value - level for value in signal], noise, level)
                if min(signal) > level
                else 9.0
            ),
            "`level` belongs to the noise. The signal is given above its lowest value already.",
        ),
    ],
)
