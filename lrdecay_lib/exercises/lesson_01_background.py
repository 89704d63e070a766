"""Exercises of lesson 1, background: why the rate cannot stay what it was."""

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


def choose_peak(rates, losses):
    best = np.argmin(np.mean(losses, axis=0))
    return rates[best] if 0 < best < len(rates) - 1 else 0.0


def _chosen(place, edges=lambda best, rates: 0 < best < len(rates) - 1):
    """A wrong choice: another ``place``, or other ``edges``."""

    def choose(rates, losses):
        best = place(losses)
        return float(rates[best]) if edges(best, rates) else 0.0

    return choose


def _place(losses):
    return np.argmin(np.mean(losses, axis=0))


_GRID = 0.1 * 2 ** (np.arange(6) / 2)
_VALLEY = np.array(
    [
        [0.9, 0.6, 0.5, 0.4, 0.6, 0.9],
        [0.8, 0.7, 0.4, 0.5, 0.9, 0.8],
        [0.9, 0.6, 0.5, 0.5, 0.5, 0.7],
        [0.8, 0.5, 0.3, 0.4, 0.7, 0.9],
    ]
)
# the lowest losses of all, where a seed survives; and a rate with one lucky run
_CLIFF = _VALLEY + np.array([[0, 0, 0, 0, -0.4, -0.5]] * 4)
_CLIFF[1, 4], _CLIFF[2:, 5] = np.inf, np.inf
_LUCKY = _VALLEY.copy()
_LUCKY[2, 1] = 0.1
_FALLING = _VALLEY[:, :3]
_WORST = np.array([[0.5, 0.4, 0.6], [0.5, 0.4, 0.7], [0.5, 1.1, 0.6], [0.9, 0.4, 0.6]])


add(
    "1.2",
    choose_peak,
    "Tune a peak",
    2,
    """
    `losses` has a row for each tuning seed and a column for each of the `rates`, from the smallest
    to the largest. The loss of a run that diverged is inf. Write `choose_peak(rates, losses)`: the
    rate with the lowest mean loss, where a rate at which any seed diverged is never the best. But
    give 0.0 if the best one is the first or the last of the grid: then the grid must be widened,
    and nothing is chosen yet.
    """,
    why="A mean over the rows is inf as soon as one of its runs diverged, so such a rate is "
    "never the lowest. The edges are place 0 and the last.",
    hints=[
        "`np.mean(losses, axis=...)` should give one number for each rate. What does it "
        "give where one of the runs diverged?",
        "`np.argmin` gives the place of the lowest. Which two places are the edges?",
        "A best rate whose larger neighbour diverges is not at the edge "
        "of the grid: a larger rate has been tried.",
    ],
    probes=[
        (_GRID, _VALLEY),
        (_GRID, _CLIFF),
        (_GRID[:3], _FALLING),
        (_GRID[2:], _VALLEY[:, 2:]),
        (_GRID[1:], _VALLEY[:, 1:]),
        (_GRID[:4], _VALLEY[:, :4]),
        (_GRID, _LUCKY),
        (_GRID[:5], _CLIFF[:, :5]),
        (_GRID[3:], _CLIFF[:, 3:]),
        (_GRID[:3], _WORST),
        (_GRID, _VALLEY[:, ::-1]),
        (_GRID, _CLIFF[:, ::-1]),
        (_GRID[:5], np.where(_VALLEY == 0.3, np.inf, _VALLEY)[:, :5]),
        (2 * _GRID[:4], _VALLEY.T[:4]),
    ],
    slips=[
        (
            _chosen(
                lambda losses: np.argmin(
                    np.mean(losses, axis=0, where=np.isfinite(losses))
                )
            ),
            "The runs that diverged are left out of the mean here, so a rate "
            "at which only the lucky seeds survive can win.",
        ),
        (
            _chosen(_place, lambda best, rates: True),
            "A best rate at the edge of the grid is chosen. A better one may lie "
            "beyond it: give 0.0.",
        ),
        (
            _chosen(_place, lambda best, rates: best < len(rates) - 1),
            "The smallest rate of the grid is an edge as well.",
        ),
        (
            _chosen(_place, lambda best, rates: best > 0),
            "The largest rate of the grid is an edge as well.",
        ),
        (
            _chosen(lambda losses: np.argmin(np.min(losses, axis=0))),
            "This takes the luckiest seed of each rate. One lucky "
            "run is no reason to choose a rate.",
        ),
        (
            _chosen(lambda losses: np.argmin(np.max(losses, axis=0))),
            "This takes the unluckiest seed of each rate. The mean is wanted.",
        ),
        (
            _chosen(lambda losses: np.argmin(np.median(losses, axis=0))),
            "This takes the median of the seeds, which does not feel one bad run.",
        ),
        (
            _chosen(lambda losses: np.argmax(np.mean(losses, axis=0))),
            "This is the rate with the highest mean loss.",
        ),
        (
            lambda rates, losses: int(_place(losses)),
            "This is the place of the rate in the grid. The rate itself is wanted.",
        ),
        (
            _chosen(_place, lambda best, rates: 1 < best < len(rates) - 2),
            "The edges are one rate each: the second and the last but one are inside.",
        ),
    ],
)
