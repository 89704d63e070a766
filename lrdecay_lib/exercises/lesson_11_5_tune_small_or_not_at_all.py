"""Exercises of lesson 11.5, Tune small, or not at all?"""

import numpy as np

from . import add


def honest_gain(judging, fresh, baseline):
    mean = {name: np.mean(losses) for name, losses in judging.items()}
    winner = min((name for name in mean if name != baseline), key=mean.get)
    return 100 * (1 - np.mean(fresh[winner]) / np.mean(fresh[baseline]))


def _gain(choosing, reporting, baseline, choose=np.mean, report=np.mean):
    names = [name for name in choosing if name != baseline]
    winner = min(names, key=lambda name: choose(choosing[name]))
    return 100 * (1 - report(reporting[winner]) / report(reporting[baseline]))


_JUDGING = {
    "line": [0.40, 0.46, 0.43],
    "a": [0.41, 0.44, 0.40],
    "b": [0.52, 0.33, 0.47],
    "c": [0.39, 0.45, 0.47],
}
_FRESH = {
    "line": [0.42, 0.45, 0.41, 0.44],
    "a": [0.40, 0.43, 0.42, 0.41],
    "b": [0.48, 0.39, 0.50, 0.46],
    "c": [0.39, 0.40, 0.38, 0.45],
}

add(
    "11.5.1",
    honest_gain,
    "An honest report",
    2,
    """
    A search ran every schedule on a few judging seeds, and again on fresh ones. `judging` and
    `fresh` are dicts from the name of a schedule to its losses, one for each seed; the schedule
    named `baseline` is among them. Write `honest_gain(judging, fresh, baseline)`: the search keeps
    the schedule, other than the baseline, whose mean loss on the judging seeds is lowest. Its gain
    is by how many percent its mean loss on the fresh seeds lies below the baseline's there;
    negative where it lies above.
    """,
    why="The judging seeds chose the winner, so they flatter it. The fresh ones chose nothing, and "
    "they judge both by all they have.",
    hints=[
        "Which seeds may choose, and which may report?",
        "Choose by the mean over all judging seeds, not by the luckiest of them.",
        "With `w` the winner: `100 * (1 - np.mean(fresh[w]) / np.mean(fresh[baseline]))`.",
    ],
    probes=[
        (_JUDGING, _FRESH, "line"),
        (_JUDGING, _FRESH, "a"),
        (_FRESH, _JUDGING, "line"),
        (
            {"cosine": [1.0, 1.2], "x": [0.8, 1.5], "y": [1.0, 1.1]},
            {"cosine": [1.1, 0.9], "x": [0.7, 1.0], "y": [1.2, 1.3]},
            "cosine",
        ),
        (
            {"flat": [2.0, 2.5], "x": [2.2, 2.6], "y": [2.4, 2.7]},
            {"flat": [2.1, 2.2], "x": [2.3, 2.5], "y": [1.9, 2.0]},
            "flat",
        ),
    ],
    slips=[
        (
            lambda judging, fresh, baseline: _gain(judging, judging, baseline),
            "The judging seeds report here. They chose the winner, so they flatter it.",
        ),
        (
            lambda judging, fresh, baseline: _gain(fresh, fresh, baseline),
            "The fresh seeds chose the winner here, so they are no longer fresh.",
        ),
        (
            lambda judging, fresh, baseline: _gain(judging, fresh, baseline, min),
            "The winner is the one with the luckiest single seed. The mean over the judging seeds "
            "chooses.",
        ),
        (
            lambda judging, fresh, baseline: _gain(
                judging, fresh, baseline, report=min
            ),
            "The lowest loss of each is compared. The report is of means.",
        ),
        (
            lambda judging, fresh, baseline: _gain(
                {name: losses[:1] for name, losses in judging.items()}, fresh, baseline
            ),
            "Only the first judging seed chooses here. All of them are there to be used.",
        ),
        (
            lambda judging, fresh, baseline: _gain(
                {**judging, None: judging[baseline]},
                {**fresh, None: fresh[baseline]},
                baseline,
            ),
            "The baseline is among the candidates here. Where it judges best, the best of the "
            "others is still to be reported, with a gain that may be negative.",
        ),
        (
            lambda judging, fresh, baseline: -_gain(judging, fresh, baseline),
            "The sign is turned. A gain is positive where the loss is lower.",
        ),
        (
            lambda judging, fresh, baseline: _gain(judging, fresh, baseline) / 100,
            "This is a share. Percent are wanted.",
        ),
    ],
)


def rate_of(kind, peak, small, large):
    share = small / large
    return peak * {"first": 1.0, "bias": 1.0, "middle": share, "last": share}[kind]


def _rate_of(scaled, factor):
    return lambda kind, peak, small, large: (
        peak * factor(small, large) if kind in scaled else peak
    )


_GROWS, _ALL = ("middle", "last"), ("first", "bias", "middle", "last")

add(
    "11.5.2",
    rate_of,
    "By the rules",
    1,
    """
    A network of hidden width `small` was tuned with Adam, and `peak` is its best one. The same
    network of hidden width `large` is to be trained by maximal-update scaling. Write
    `rate_of(kind, peak, small, large)`: the peak that Adam uses for one kind of weights, which is
    `"first"` (the first matrix), `"bias"` (any bias), `"middle"` (a matrix between hidden layers)
    or `"last"` (the last matrix).
    """,
    why="Where the inputs of a matrix become more, each output sums more weights, and Adam moves "
    "all of them by about the rate. The first matrix and the biases have as many inputs as before.",
    hints=[
        "Which matrices get more inputs when the hidden width grows?",
        "Those rates fall as the number of inputs grows, so that the sum of moves stays.",
        "The first matrix and the biases keep the peak.",
    ],
    probes=[
        ("middle", 0.02, 16, 256),
        ("last", 0.02, 16, 256),
        ("first", 0.02, 16, 256),
        ("bias", 0.02, 16, 256),
        ("middle", 0.003, 128, 4096),
        ("last", 0.003, 512, 128),
    ],
    slips=[
        (
            _rate_of(_ALL, lambda small, large: small / large),
            "Every rate is changed. The first matrix has as many inputs as before, and a bias has "
            "one.",
        ),
        (
            _rate_of((), lambda small, large: 1.0),
            "No rate is changed. This is the usual parametrisation, whose best peak falls.",
        ),
        (
            _rate_of(_GROWS, lambda small, large: large / small),
            "Wider layers get larger rates here. More weights move each output, so each must move "
            "less.",
        ),
        (
            _rate_of(_GROWS, lambda small, large: (small / large) ** 0.5),
            "This takes the root of the ratio. Adam's moves of one output's weights add up in "
            "step, and not as chance does.",
        ),
        (
            _rate_of(("last",), lambda small, large: small / large),
            "Only the last matrix is changed. Those between hidden layers get more inputs too.",
        ),
        (
            _rate_of(("middle",), lambda small, large: small / large),
            "The last matrix is left as it was. Its inputs become more too.",
        ),
        (
            lambda kind, peak, small, large: (
                peak * (small / large) ** 2
                if kind == "last"
                else rate_of(kind, peak, small, large)
            ),
            "The square belongs to the variance of the last matrix's first values, not to its "
            "rate.",
        ),
    ],
)


def dog_rates(distances, norms, first):
    farthest = np.maximum(np.maximum.accumulate(distances), first)
    return farthest / np.sqrt(np.cumsum(np.square(norms)))


def _farthest(distances, first):
    return np.maximum(np.maximum.accumulate(distances), first)


_WAY = np.array([0.0, 0.01, 0.05, 0.3, 0.9, 0.7, 1.1, 1.0])
_NORMS = np.array([2.0, 1.5, 1.8, 1.0, 0.6, 0.9, 0.5, 0.4])

add(
    "11.5.3",
    dog_rates,
    "DoG from a log",
    2,
    """
    A log holds, for each update, the distance of the weights from their start before the update,
    and the norm of the gradient that it used. Write `dog_rates(distances, norms, first)`: DoG's
    rate of each update, an array. It is the farthest distance so far, `first` at least, over the
    root of the sum of all squared norms so far, that of this update among them.
    """,
    why="The distance says how far there is to go, and never shrinks. The sum of squares only "
    "grows. So the rate rises while the weights travel, and falls like 1/√t once they stay: no "
    "schedule brings it to zero.",
    hints=[
        "`np.maximum.accumulate` gives the largest value so far.",
        "`np.cumsum(norms**2)` holds this update's norm too.",
        "`first` is a floor under the farthest distance.",
    ],
    probes=[
        (_WAY, _NORMS, 0.001),
        (_WAY, _NORMS, 0.1),
        (_WAY[:4], _NORMS[4:], 1e-6),
        (np.array([0.0, 2.0, 1.0]), np.array([3.0, 4.0, 12.0]), 0.5),
    ],
    slips=[
        (
            lambda distances, norms, first: (
                np.maximum(distances, first) / np.sqrt(np.cumsum(norms**2))
            ),
            "This takes the distance of now. Where the weights come back, the farthest one so far "
            "counts.",
        ),
        (
            lambda distances, norms, first: (
                _farthest(distances, first) / np.cumsum(norms**2)
            ),
            "The root of the sum of squares is missing.",
        ),
        (
            lambda distances, norms, first: (
                _farthest(distances, first) / np.sqrt(np.cumsum(norms))
            ),
            "The norms are summed as they are. Their squares are to be summed.",
        ),
        (
            lambda distances, norms, first: _farthest(distances, first) / norms,
            "Only the gradient of this update is used. All so far count.",
        ),
        (
            lambda distances, norms, first: (
                (_farthest(distances, 0.0) + first) / np.sqrt(np.cumsum(norms**2))
            ),
            "The first distance is added to the farthest one. It is a floor under it.",
        ),
        (
            lambda distances, norms, first: (
                np.full(len(norms), max(np.max(distances), first))
                / np.sqrt(np.cumsum(norms**2))
            ),
            "The farthest distance of the whole run is used from the start. Nobody knows it then.",
        ),
    ],
)
