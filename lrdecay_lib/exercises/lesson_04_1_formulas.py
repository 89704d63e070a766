"""Exercises of lesson 4.1, the formulas."""

import numpy as np

from . import Named, add


def mean_share(schedule, updates):
    return np.sum(schedule(np.arange(updates))) / (updates * schedule(0))


def _share_of(numbers):
    """As `mean_share`, with other update numbers."""
    return lambda schedule, updates: (
        np.sum(schedule(numbers(updates))) / (updates * schedule(0))
    )


add(
    "4.1.1",
    mean_share,
    "The sum of rates",
    1,
    """
    Write `mean_share(schedule, updates)`: the sum of the rates of the first `updates` updates, as
    a share of what a constant rate of `schedule(0)` would have. `schedule` takes the 0-based
    number of an update, or an array of them; it starts above 0.
    """,
    why="The first update is number 0, so the last is `updates` - 1: just what "
    "`np.arange(updates)` counts. A constant rate has `updates` times the first one.",
    hints=[
        "Which numbers do the first three updates have?",
        "Ask the schedule for the rate of each of them, and add up.",
        "How large is the same sum if each of the updates has the rate of update 0?",
    ],
    probes=[
        (Named("a constant 0.1", "lambda t: 0.1 + 0 * t"), 7),
        (Named("a line from 0.4 to 0", "lambda t: 0.4 * np.maximum(1 - t / 8, 0)"), 8),
        (Named("a line from 0.4 to 0", "lambda t: 0.4 * np.maximum(1 - t / 8, 0)"), 6),
        (Named("a step decay by half", "lambda t: 0.1 * 0.5 ** (t // 10)"), 30),
        (
            Named(
                "a warmup from 0.1 to 0.2", "lambda t: 0.1 + 0.1 * np.minimum(t / 5, 1)"
            ),
            12,
        ),
        (Named("an exponential", "lambda t: 0.3 * 0.8**t"), 3),
    ],
    slips=[
        (
            _share_of(lambda updates: np.arange(updates + 1)),
            "This adds one rate too many. Updates are counted "
            "from 0, so the last of n updates is number n - 1.",
        ),
        (
            _share_of(lambda updates: np.arange(1, updates + 1)),
            "Off by one: this counts the updates from 1. The first rate, that "
            "of update 0, is missing, and there is one too many at the end.",
        ),
        (
            _share_of(lambda updates: np.arange(1, updates)),
            "The rate of update 0 is missing from the sum.",
        ),
        (
            lambda schedule, updates: np.sum(schedule(np.arange(updates))),
            "This is the sum itself. What share is "
            "it of the sum that a constant rate has?",
        ),
        (
            lambda schedule, updates: np.mean(schedule(np.arange(updates))),
            "This is the mean rate. As a share it must not "
            "depend on the unit: divide by the first rate.",
        ),
        (
            lambda schedule, updates: (
                np.sum(schedule(np.arange(updates))) / schedule(0)
            ),
            "This is in units of one update at the first "
            "rate. The constant rival makes as many updates.",
        ),
        (
            lambda schedule, updates: (
                (schedule(0) + schedule(updates)) / 2 / schedule(0)
            ),
            "This takes the mean of the first and the last rate, "
            "which is the mean of all for a straight line at most.",
        ),
        (
            lambda schedule, updates: (
                np.sum(schedule(np.arange(updates)) ** 2) / (updates * schedule(0) ** 2)
            ),
            "This adds up squares. That is another useful sum, but not the one that was asked for.",
        ),
        (
            lambda schedule, updates: schedule(updates) / schedule(0),
            "This compares one rate. The sum is over the rates of all updates.",
        ),
        (
            lambda schedule, updates: (
                updates * schedule(0) / np.sum(schedule(np.arange(updates)))
            ),
            "The quotient is upside down: a schedule "
            "that falls has less than the constant.",
        ),
    ],
)


def with_floor(rate, peak, share):
    return share * peak + (1 - share) * rate


add(
    "4.1.2",
    with_floor,
    "A floor",
    2,
    """
    A schedule falls from `peak` to 0. Write `with_floor(rate, peak, share)`: the rate of the same
    schedule with a floor, where the schedule without one has `rate`. It still starts at `peak`,
    ends at `share * peak`, and keeps its shape in between: squeezed, not cut off. `rate` is a
    number or an array.
    """,
    why="The height that is left to fall is `1 - share` of what it was, and "
    "the floor lies below it. At `rate` = `peak` the two add up to `peak`.",
    hints=[
        "What must it give for `rate` = `peak`, and what for "
        "`rate` = 0? It is a straight line between the two.",
        "The floor is `share * peak`. How much height is left above it?",
    ],
    probes=[
        *((rate, 0.1, 0.1) for rate in (0.1, 0.0, 0.05, 0.001)),
        *((rate, 2, 0.25) for rate in (2, 1, 0.0)),
        (0.3, 0.4, 0.0),
        (0.3, 0.4, 1.0),
        (np.array([0.4, 0.2, 0.0]), 0.4, 0.5),
        (np.array([[0.2], [0.1]]), 0.2, 0.1),
    ],
    slips=[
        (
            lambda rate, peak, share: np.maximum(rate, share * peak),
            "This cuts the curve off at the floor. It is to be "
            "squeezed, so that it reaches the floor only at its end.",
        ),
        (
            lambda rate, peak, share: rate + share * peak,
            "This lifts the whole curve, so it starts above `peak`.",
        ),
        (
            lambda rate, peak, share: share + (1 - share) * rate,
            "The floor is a share of the peak: it is `share * peak`, not `share`.",
        ),
        (
            lambda rate, peak, share: share + (peak - share) * np.asarray(rate) / peak,
            "This takes `share` for the floor itself. The "
            "floor is a share of the peak: `share * peak`.",
        ),
        (
            lambda rate, peak, share: share * rate,
            "This scales the curve. It then starts at the floor and still ends at 0.",
        ),
        (
            lambda rate, peak, share: (1 - share) * rate,
            "This squeezes the curve but leaves it "
            "standing on 0: the floor is missing.",
        ),
        (
            lambda rate, peak, share: (1 - share) * peak + share * rate,
            "`share` and `1 - share` have changed places.",
        ),
        (
            lambda rate, peak, share: share * peak + (peak - share) * rate / peak,
            "The height that is left is `peak - share * peak`.",
        ),
        (
            lambda rate, peak, share: np.where(
                np.asarray(rate) > 0, rate, share * peak
            ),
            "This changes only the last rate, with a "
            "jump. All of the curve is to be squeezed.",
        ),
    ],
)


def tuned_loss(rates, peaks, curvatures):
    square = np.full((len(peaks), len(curvatures)), 10.0**2)
    for rate in rates:
        step = rate * peaks[:, None]
        square = (1 - step * curvatures) ** 2 * square + step**2
    losses = (curvatures * square / 2).mean(axis=1)
    best = np.argmin(losses)
    return losses[best] if 0 < best < len(peaks) - 1 else 0.0


def _tuned(start=10.0, noise=1.0, weigh=True, only=None, edges=False, use=None):
    """As `tuned_loss`, but for what is given; ``only`` picks curvatures, ``use`` changes the
    rates."""

    def answer(rates, peaks, curvatures):
        if only is not None:
            curvatures = np.array([only(curvatures)])
        square = np.full((len(peaks), len(curvatures)), start**2)
        for rate in rates if use is None else use(rates):
            step = rate * peaks[:, None]
            square = (1 - step * curvatures) ** 2 * square + noise * step**2
        losses = (square * (curvatures if weigh else 1.0) / 2).mean(axis=1)
        best = int(np.argmin(losses))
        inside = edges or 0 < best < len(peaks) - 1
        return float(losses[best]) if inside else 0.0

    return answer


def _of_one_peak(choose):
    """The loss at a place of the grid, whatever the others are."""
    return lambda rates, peaks, curvatures: _tuned(edges=True)(
        rates, peaks[[choose(peaks)]], curvatures
    )


_PEAKS = 0.02 * 2 ** (np.arange(13) / 2)
_MANY = np.array([0.01, 0.03, 0.1, 0.3, 1.0])
_LINE = np.linspace(1, 0, 200, endpoint=False)


add(
    "4.1.3",
    tuned_loss,
    "Tune a peak",
    3,
    """
    Write `tuned_loss(rates, peaks, curvatures)`: the lowest expected loss that any of the `peaks`
    gives on the noisy quadratic, as a float, or 0 if the best peak is the first or the last of
    them, so that a better one may lie outside. `rates` are those of a schedule whose peak is 1,
    `curvatures` the several curvatures of the task; the loss is the mean over them. In each
    direction the squared distance starts at 100; an update with the rate r turns a squared
    distance s into (1 - r h)² s + r²; and the loss at the end is h s / 2. All three arguments are
    arrays, `peaks` from small to large.
    """,
    why="Each peak is judged by the whole task, the shallow directions that need "
    "distance and the steep ones that need calm, and an answer at an edge is none.",
    hints=[
        "For one peak and one curvature: start with 100, go through the "
        "rates, each times the peak, and update the squared distance.",
        "Then the mean of the losses over the curvatures, for each peak. "
        "`np.argmin` gives the place of the lowest.",
        "What does it mean if that place is 0 or the last one?",
    ],
    probes=[
        (_LINE, _PEAKS, _MANY),
        (np.ones(200), _PEAKS, _MANY),
        (0.98 ** np.arange(200), _PEAKS, _MANY[1:]),
        (_LINE, _PEAKS[:10], _MANY[1:]),
        (np.ones(200), _PEAKS[:5], _MANY),
        (np.ones(200), _PEAKS[7:], _MANY),
        (np.ones(200), _PEAKS[6:], _MANY),
        (_LINE[::2], _PEAKS[8:], _MANY[1:]),
    ],
    slips=[
        (
            _tuned(edges=True),
            "Where the best peak is the first or the last of the grid, a "
            "better one may lie outside: the answer is 0 there.",
        ),
        (
            _tuned(only=np.max),
            "Only the steepest direction is looked at. There a small peak is "
            "calm enough, but it does not get far in the shallow ones.",
        ),
        (
            _tuned(only=np.min),
            "Only the shallowest direction is looked at. It "
            "wants distance; the noise is in the steep ones.",
        ),
        (
            _tuned(only=np.mean),
            "This takes one direction of the mean curvature. "
            "It is the losses of which the mean is wanted.",
        ),
        (
            _tuned(weigh=False),
            "The loss of a direction is h s / 2. Without "
            "the h a shallow direction counts as much as a steep one.",
        ),
        (
            _tuned(noise=0.0),
            "The noise is forgotten: each update adds the square of its rate.",
        ),
        (_tuned(start=10.0**0.5), "The squared distance starts at 100, and not at 10."),
        (
            _tuned(use=np.ones_like),
            "The schedule is not used: each update has the peak as its rate.",
        ),
        (
            _tuned(use=lambda rates: rates[::-1]),
            "The rates come in the opposite order: the last first.",
        ),
        (
            _of_one_peak(lambda peaks: -1),
            "This is the loss at the largest peak. Each has to be tried.",
        ),
        (
            _of_one_peak(lambda peaks: len(peaks) // 2),
            "This is the loss at the peak in the middle. Each has to be tried.",
        ),
    ],
)
