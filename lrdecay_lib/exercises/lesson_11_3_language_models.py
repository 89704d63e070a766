"""Exercises of lesson 11.3, does it hold for language models?"""

import numpy as np

from . import add


def gain_above(constant, decay, floor):
    return 100 * (constant - decay) / (constant - floor)


add(
    "11.3.1",
    gain_above,
    "Percent of what?",
    1,
    """
    Write `gain_above(constant, decay, floor)`: by how much the loss of the run with decay is lower
    than that of the constant rate, in percent of the constant rate's loss above `floor`, the loss
    that no model can go below. Positive where decay is better.
    """,
    why="What lies below the floor cannot be gained, so it does not belong into the whole. The "
    "same difference is a larger percentage, the nearer the floor is.",
    hints=[
        "Two numbers are needed: what was gained, and what there was to gain.",
        "What there was to gain is the constant rate's loss above the floor.",
        "`100 * (constant - decay) / (constant - floor)`",
    ],
    probes=[
        (3.1, 2.95, 0.0),
        (3.1, 2.95, 1.7),
        (3.1, 2.95, 2.7),
        (0.5, 0.6, 0.25),
        (2.0, 1.5, 1.5),
        (12.0, 11.0, 2.0),
    ],
    slips=[
        (
            lambda constant, decay, floor: 100 * (constant - decay) / constant,
            "The floor is not used. This is percent of the whole loss, most of which nothing can "
            "remove.",
        ),
        (
            lambda constant, decay, floor: (
                100 * (constant - decay) / (decay - floor) if decay != floor else np.inf
            ),
            "This is percent of what decay leaves. The whole is what the constant rate leaves.",
        ),
        (
            lambda constant, decay, floor: (constant - decay) / (constant - floor),
            "This is a share. Percent are wanted.",
        ),
        (
            lambda constant, decay, floor: (
                100 * (decay - constant) / (constant - floor)
            ),
            "The sign is turned: positive is where decay has the lower loss.",
        ),
        (
            lambda constant, decay, floor: 100 * (constant - decay - floor) / constant,
            "The floor is taken off the gain. It belongs to the whole: a difference of two losses "
            "has no floor in it.",
        ),
    ],
)


def better(first, second, chance):
    if not 0 < np.argmin(first) < len(first) - 1:
        return 2
    if not 0 < np.argmin(second) < len(second) - 1:
        return 2
    gain = np.min(second) - np.min(first)
    return 1 if gain > chance else -1 if gain < -chance else 0


def _read(gain, chance):
    return 1 if gain > chance else -1 if gain < -chance else 0


def _unless_narrow(gain, chance=lambda chance: chance):
    """A `better` that compares by another gain, where the grid is wide enough."""

    def answer(first, second, given):
        narrow = better(first, second, given) == 2
        return 2 if narrow else _read(gain(first, second), chance(given))

    return answer


_A = np.array([3.13, 3.11, 3.14, 3.19, 3.24])
_B = np.array([3.135, 2.981, 2.960, 2.953, 2.965])
_C = np.array([3.134, 2.982, 2.963, 2.9535, 2.969])
_D = np.array([3.125, 2.990, 2.982, 2.991])
_E = np.array([3.25, 3.06, 2.97, 2.94])
_F = np.array([2.98, 2.99, 3.02, 3.05, 3.10])
_I = np.array([3.0, 2.5, 3.25])  # halves and quarters, which are exact
_H = np.array([3.3, 3.10, 2.944, 3.05, 3.6])

add(
    "11.3.2",
    better,
    "Read a grid of single runs",
    2,
    """
    Two schedules ran at the same peaks, one seed a cell. Write
    `better(first, second, chance)`: `first` and `second` are arrays with the final loss at each
    peak, from the smallest peak upwards. One of them may be shorter: then its largest peaks were
    not tried. Return

    - 2 if the lowest loss of either stands at the smallest or the largest peak that was tried for
      that schedule, so that a better peak may lie outside;
    - else 1 if `first` is better, each at its best peak, by more than `chance`;
    - else -1 if `second` is better by more than `chance`;
    - else 0.
    """,
    why="Tuned against tuned is the fair comparison, and a best peak at the edge of its grid is "
    "not known to be tuned. What is left must be more than seeds do.",
    hints=[
        "`np.min` is the lowest loss of a row, and `np.argmin` its place.",
        "The edges of a row are its places 0 and `len(row) - 1`.",
        "Only when neither lowest loss is at an edge, compare the two with `chance`.",
    ],
    probes=[
        (_A, _B, 0.005),
        (_B, _A, 0.005),
        (_B, _C, 0.005),
        (_C, _B, 0.0001),
        (_D, _B, 0.005),
        (_E, _B, 0.005),
        (_B, _E, 0.5),
        (_B, _F, 0.005),
        (_F, _B, 0.005),
        (_I, _I + 0.25, 0.25),
        (_I + 0.25, _I, 0.25),
        (_H, _B, 0.005),
        (_B, _H, 0.02),
        (_A, _D, 0.2),
        (_D, _A, 0.02),
    ],
    slips=[
        (
            lambda first, second, chance: (
                2
                if any(
                    np.argmin(row) in (0, max(len(first), len(second)) - 1)
                    for row in (first, second)
                )
                else _read(np.min(second) - np.min(first), chance)
            ),
            "A row may be shorter than the other. Its edge is the largest peak that was tried for "
            "this schedule.",
        ),
        (
            lambda first, second, chance: _read(np.min(second) - np.min(first), chance),
            "The edges are not looked at. A lowest loss at the edge of its grid is not known to be "
            "the lowest.",
        ),
        (
            _unless_narrow(lambda a, b: np.min(b) - np.min(a), lambda chance: 0.0),
            "`chance` is not used. A difference as small as that of two seeds decides nothing.",
        ),
        (
            _unless_narrow(lambda a, b: np.mean(b) - np.mean(a)),
            "This compares means over the grid. They hang on which peaks somebody happened to try.",
        ),
        (
            _unless_narrow(lambda a, b: b[min(np.argmin(a), len(b) - 1)] - np.min(a)),
            "Both are read at the peak that is best for the first. Each has a best peak of its "
            "own.",
        ),
        (
            lambda first, second, chance: {1: -1, -1: 1}.get(
                better(first, second, chance), better(first, second, chance)
            ),
            "The winners are exchanged: a lower loss is better, and 1 is for the first.",
        ),
    ],
)


def _terms(rates):
    left = np.cumsum(rates[::-1])[::-1]
    squares = np.cumsum(rates[::-1] ** 2)[::-1]
    late = rates[:-1] / left[1:] * squares[:-1] / left[:-1]
    return 1 / (2 * left[0]), squares[0] / (2 * left[0]) + late.sum() / 2


def carry(peak, old, new):
    def noise(rates):  # T2 / T1
        left = np.cumsum(rates[::-1])[::-1]
        squares = np.cumsum(rates[::-1] ** 2)[::-1]
        late = rates[:-1] / left[1:] * squares[:-1] / left[:-1]
        return squares[0] + left[0] * late.sum()

    return peak * np.sqrt(noise(old) / noise(new))


def _carried(place, peak, old, new):
    """The peak times the new schedule's place over the old one's."""
    return peak * place(new) / place(old)


_LINE, _FLAT = np.linspace(1, 0.01, 100), np.ones(100)
_WSD = np.concatenate([np.ones(80), np.linspace(1, 0.05, 20)])
_HALF = np.concatenate([np.ones(50), np.linspace(1, 0.02, 50)])
_SHORT = np.linspace(1, 0.1, 10)
_BENT = 1 - np.sqrt(np.arange(60) / 60)

add(
    "11.3.3",
    carry,
    "Carry a best peak",
    3,
    """
    `peak` is the best peak of a schedule whose rates, at a peak of 1, are `old`. Write
    `carry(peak, old, new)`: the best peak of the schedule with the rates `new`, as the bound of
    the lesson has it. Both are arrays of numbers above 0, and may have different lengths.
    """,
    why="The bound's best peak is the root of T1 / T2, times a number that only the problem "
    "knows. It is the same for both schedules, so the known peak gives it.",
    hints=[
        "Which number does the bound give for the best peak, up to the unknown D / G?",
        "It is the root of T1 / T2. The function `terms` of the lesson gives both.",
        "The unknown D / G is `peak` over that root for `old`.",
    ],
    probes=[
        (9.7e-4, _WSD, _LINE),
        (2e-3, _LINE, _WSD),
        (0.1, _FLAT, _LINE),
        (0.3, _HALF, _BENT),
        (0.3, _SHORT, _LINE),
        (1.0, _LINE, _LINE),
        (0.5, np.array([1.0, 0.5]), np.array([1.0, 1.0, 0.5])),
    ],
    slips=[
        (
            lambda *asked: _carried(lambda rates: np.divide(*_terms(rates)), *asked),
            "The root is missing: the best peak balances T1 / peak against T2 times peak.",
        ),
        (
            lambda *asked: _carried(
                lambda rates: 1 / np.sqrt(np.divide(*_terms(rates))), *asked
            ),
            "The ratio is upside down, or old and new are exchanged: more noise, which is T2, "
            "makes the best peak smaller.",
        ),
        (
            lambda *asked: _carried(
                lambda rates: 1 / np.sqrt((rates**2).sum()), *asked
            ),
            "This is the older bound, for the average of all iterates. Its noise term lacks the "
            "second half of T2, and most of what the end of a schedule does.",
        ),
        (
            lambda *asked: _carried(lambda rates: 1 / rates.sum(), *asked),
            "This keeps the sum of the rates. It is a good rule of thumb, but not the bound.",
        ),
        (
            lambda *asked: _carried(
                lambda rates: np.sqrt(np.prod(_terms(rates))), *asked
            ),
            "The root of T1 times T2 is the bound at the best peak. The peak itself is the root "
            "of T1 / T2.",
        ),
        (
            lambda peak, old, new: np.sqrt(np.divide(*_terms(new))),
            "This is the best peak for D / G = 1. The known peak tells what D / G is.",
        ),
    ],
)
