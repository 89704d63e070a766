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


def rate_for_floor(floor, curvature, variance):
    return 2 * floor * curvature / (variance + floor * curvature**2)


add(
    "2.1.2",
    rate_for_floor,
    "A rate for a floor",
    2,
    """
    With a constant rate λ, a curvature h and gradient noise of variance σ², the mean square of the
    distance comes to rest at λσ² / (h (2 - λh)). Write `rate_for_floor(floor, curvature,
    variance)`: the rate at which it comes to rest at `floor`. All arguments are above 0.
    """,
    why="Multiply the formula out, bring the terms with the rate to one "
    "side, and divide. The rate is below 2/h for every floor, as it must be.",
    hints=[
        "Write the formula as an equation, with `floor` "
        "on one side, and multiply by the denominator.",
        "The rate now stands in two terms. Bring both to "
        "one side, and take the rate out as a factor.",
        "Test it: put your rate back into the formula. Do you get the floor?",
    ],
    probes=[
        (0.1, 1.0, 1.0),
        (0.01, 1.0, 1.0),
        (0.5, 1.0, 2.0),
        (0.3, 2.5, 0.7),
        (2.0, 0.2, 5.0),
        (50.0, 3.0, 1.0),
    ],
    slips=[
        (
            lambda f, h, v: 2 * f * h / v,
            "This is the rule for small rates, where λh beside 2 is left "
            "out. Near the limit it gives rates above 2/h, which diverge.",
        ),
        (
            lambda f, h, v: 2 * f * h / (v + f * h),
            "Nearly: when the denominator is multiplied out, h appears once more.",
        ),
        (
            lambda f, h, v: 2 * f * h / (v - f * h**2),
            "A sign is lost on the way: the term with the "
            "rate changes it when it goes to the other side.",
        ),
        (lambda f, h, v: f * h / (v + f * h**2), "A factor of 2 is lost on the way."),
        (
            lambda f, h, v: f * v / (h * (2 - f * h)),
            "This puts the floor in the place of the rate and "
            "gives a floor. The question is the other way round.",
        ),
        (lambda f, h, v: 2 * f / (v + f), "The curvature is forgotten."),
        (
            lambda f, h, v: 2 * f * h / (v**2 + f * h**2),
            "`variance` is σ² already. It needs no square.",
        ),
        (
            lambda f, h, v: 2 * f**2 * h / (v + f**2 * h**2),
            "`floor` is the mean *square* of the distance already. It needs no square.",
        ),
        (
            lambda f, h, v: (v + f * h**2) / (2 * f * h),
            "This is upside down: a higher floor allows a larger rate.",
        ),
        (
            lambda f, h, v: 2 * f / (v + f * h**2),
            "One h is lost: the denominator of the formula begins with it.",
        ),
    ],
)
