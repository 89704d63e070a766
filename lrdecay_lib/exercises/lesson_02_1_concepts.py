"""Exercises of lesson 2.1, the three concepts."""

import numpy as np

from . import add


def stability_limit(hessian):
    return 2 / np.linalg.eigvalsh(hessian).max()


def _limit(statistic, numerator=2.0):
    """A wrong limit: ``numerator`` over a statistic of the Hessian."""
    return lambda hessian: float(numerator / statistic(hessian))


add(
    "2.1.1",
    stability_limit,
    "The largest stable rate",
    1,
    """
    Write `stability_limit(hessian)`: the rate below which gradient descent on a quadratic loss
    with this Hessian converges from everywhere, and above which it diverges from nearly
    everywhere. `hessian` is a symmetric array of shape (n, n) whose eigenvalues are above 0.
    """,
    why="Along an eigenvector with eigenvalue h each update multiplies the "
    "distance by 1 - rate h. The largest h is the first for which this passes -1.",
    hints=[
        "For a loss h x² / 2 the limit is 2/h. Which h counts when there are several?",
        "The curvatures of a quadratic are the eigenvalues of its "
        "Hessian. `np.linalg.eigvalsh` gives those of a symmetric matrix.",
        "All directions must converge, so the steepest decides.",
    ],
    probes=[
        (np.array([[4.0]]),),
        (np.array([[1.0, 0.0], [0.0, 10.0]]),),
        (np.array([[2.0, 1.0], [1.0, 3.0]]),),
        (np.array([[2.0, -1.0, 0.0], [-1.0, 2.0, -1.0], [0.0, -1.0, 2.0]]),),
        (np.array([[5.0, 2.0], [2.0, 1.0]]),),
    ],
    slips=[
        (
            _limit(lambda H: np.linalg.eigvalsh(H).max(), 1.0),
            "This is 1/L, the rate at which the steepest direction arrives "
            "in one update. Up to twice that it still converges, swinging.",
        ),
        (
            _limit(lambda H: np.linalg.eigvalsh(H).min()),
            "This is the limit of the *flattest* direction. "
            "The steeper ones diverge long before.",
        ),
        (
            _limit(lambda H: np.linalg.eigvalsh(H).mean()),
            "This takes the mean of the curvatures. All "
            "directions must converge, the steepest as well.",
        ),
        (
            _limit(np.trace),
            "This takes the sum of the curvatures. "
            "It is safe, and smaller than the limit.",
        ),
        (
            _limit(lambda H: np.diag(H).max()),
            "This takes the largest entry, which is the curvature along "
            "one of the axes. The steepest direction may lie between them.",
        ),
        (
            _limit(np.linalg.norm),
            "This takes the root of the sum of squares of all "
            "entries. It is safe, and smaller than the limit.",
        ),
        (
            _limit(lambda H: np.abs(H).sum(axis=1).max()),
            "This takes the largest sum of a row, a bound on the "
            "eigenvalues. The limit itself needs the eigenvalue.",
        ),
        (
            _limit(np.linalg.det),
            "This takes the determinant, the *product* of the curvatures.",
        ),
        (
            lambda H: float(np.linalg.eigvalsh(H).max()),
            "This is the largest curvature. What rate does it allow?",
        ),
        (
            lambda H: 2 / np.linalg.eigvalsh(H),
            "These are the limits of all directions. One rate serves them all.",
        ),
        (
            _limit(lambda H: np.sqrt(np.linalg.eigvalsh(H).max())),
            "This takes the root of the largest curvature. The root "
            "belongs to singular values of the data, whose squares "
            "are the curvatures; here the Hessian itself is given.",
        ),
    ],
)


def best_schedule(schedules, curvature, start, variance):
    squares = np.full(len(schedules), start**2)
    for rates in schedules.T:
        squares = (1 - rates * curvature) ** 2 * squares + rates**2 * variance
    return int(np.argmin(squares))


def _best(left=lambda r, h: (1 - r * h) ** 2, added=lambda r, h, v: r**2 * v, power=2):
    """A wrong choice: another share that is left, or another noise that is added."""

    def choose(schedules, curvature, start, variance):
        squares = np.full(len(schedules), float(start**power))
        for rates in np.transpose(schedules):
            squares = left(rates, curvature) * squares
            squares = squares + added(rates, curvature, variance)
        return int(np.argmin(squares))

    return choose


_t = np.arange(60)
_RIVALS = np.array(
    [
        0.2 + 0 * _t,
        0.05 + 0 * _t,
        0.2 * (1 - _t / 60),
        0.2 / (1 + _t / 5),
        0.2 * 0.8**_t,
        0.02 + 0.18 * _t / 60,
    ]
)
_FINE = np.array([[peak] * 25 for peak in 0.02 * 2 ** (np.arange(20) / 4)])
_LINES = np.array(
    [peak * (1 - _t[:40] / 40) for peak in 0.05 * 2 ** (np.arange(20) / 4)]
)


add(
    "2.1.2",
    best_schedule,
    "Choose a schedule",
    2,
    """
    Noisy gradient descent on h x² / 2 starts at `start`. `schedules` is an array with a row for
    each rival: its rates, update by update. Write `best_schedule(schedules, curvature, start,
    variance)`: the number of the row, counted from 0, that ends with the lowest mean square of x,
    where `variance` is that of the gradient's noise. No runs are needed: the lesson's equation for
    the mean square holds for any sequence of rates.
    """,
    why="Each update keeps the share (1 - rate h)² of the mean square and adds rate² times "
    "the variance. Follow each row to its end; which row wins hangs on the curvature.",
    hints=[
        "The mean square begins at `start` squared. What "
        "does one update with one rate make of it?",
        "Write a loop over the updates for one row. Then do it for all rows, "
        "and `np.argmin` gives the place of the lowest.",
        "An array's rows become its columns in `schedules.T`, so a loop over that "
        "goes through the updates, with the rates of all rivals at once.",
    ],
    probes=[
        *((_RIVALS, h, 3.0, 1.0) for h in (1.0, 0.3, 0.1, 0.03, 3.0, 9.0)),
        *((_RIVALS[::-1], h, 10.0, 0.5) for h in (0.2, 0.5, 2.0)),
        (_RIVALS, 1.0, 30.0, 0.01),
        (_RIVALS, 0.2, 0.5, 4.0),
        *((_FINE, h, start, v) for h, start, v in [(1.0, 3.0, 1.0), (0.5, 2.0, 0.2)]),
        *((_FINE, h, start, v) for h, start, v in [(2.0, 9.0, 3.0), (0.7, 0.6, 0.4)]),
        *((_LINES, h, start, v) for h, start, v in [(1.0, 3.0, 1.0), (0.4, 5.0, 0.3)]),
        *((_LINES, h, start, v) for h, start, v in [(2.5, 0.8, 2.0), (0.6, 12.0, 7.0)]),
    ],
    slips=[
        (
            _best(added=lambda r, h, v: 0 * r),
            "The noise is left out. Without it the largest travel always wins.",
        ),
        (
            _best(added=lambda r, h, v: r * v),
            "The noise enters x multiplied by the rate, so "
            "its square enters with the rate *squared*.",
        ),
        (
            _best(left=lambda r, h: np.abs(1 - r * h)),
            "This is what is left of the distance. The mean *square* keeps the square of it.",
        ),
        (
            _best(added=lambda r, h, v: r**2 * v**2),
            "`variance` is σ² already. It needs no square.",
        ),
        (
            _best(added=lambda r, h, v: r**2 * np.sqrt(v)),
            "`variance` is σ², and no root of it is wanted.",
        ),
        (_best(power=1), "The mean square begins at the *square* of `start`."),
        (
            _best(left=lambda r, h: (1 - r) ** 2),
            "The curvature is forgotten: the gradient is h x.",
        ),
        (
            lambda schedules, h, start, v: int(np.argmin(schedules[:, -1])),
            "This takes the rival with the smallest last rate. It is quiet at the end, "
            "but it may have stopped far away.",
        ),
    ],
)
