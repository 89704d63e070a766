"""Exercises of lesson 3.1, families: step, exponential, cosine."""

import numpy as np

from . import add


def cosine_decay(update, initial_rate, total, end_rate):
    progress = np.minimum(update / total, 1)
    return end_rate + (initial_rate - end_rate) * (1 + np.cos(np.pi * progress)) / 2


def _cosine(update, initial_rate, total, end_rate, last=1.0):
    """As `cosine_decay`, with the wave followed for ``last`` half periods."""
    wave = (1 + np.cos(np.pi * np.minimum(update / total, last))) / 2
    return end_rate + (initial_rate - end_rate) * wave


add(
    "3.1.1",
    cosine_decay,
    "A cosine with all its cases",
    2,
    """
    Write `cosine_decay(update, initial_rate, total, end_rate)`: the rate starts at `initial_rate`
    at update 0, falls along half a cosine to `end_rate` at update `total`, and stays there.
    `update` is a number of at least 0, or an array of them; for an array, return an array of the
    same shape.
    """,
    why="The share of the way that has passed stops at 1, so the wave "
    "cannot turn; the cosine goes from 1 to -1, so half of 1 + cosine "
    "goes from 1 to 0, and that is the share of the height that is left.",
    hints=[
        "How large is the cosine of 0, of π/2 and of π? "
        "Make of it something that goes from 1 to 0.",
        "What goes from 1 to 0 is the share that is left of the "
        "height `initial_rate - end_rate`; `end_rate` is added to it.",
        "Past `total` the share of the way must stay at "
        "1. `np.minimum` takes arrays as well as numbers.",
    ],
    probes=[
        *((t, 0.1, 100, 0.0) for t in (0, 50, 25, 99, 100, 150, 200, 1000)),
        *((t, 0.4, 80, 0.1) for t in (0, 20, 40, 80, 90, 160)),
        (np.arange(0, 240, 40), 0.4, 80, 0.1),
        (np.array([[0, 7], [21, 60]]), 2, 30, 0.5),
    ],
    slips=[
        (
            lambda t, rate, total, end: _cosine(t, rate, total, end, np.inf),
            "Past `total` the rate rises again: the "
            "wave goes on. It must stay at `end_rate`.",
        ),
        (
            lambda t, rate, total, end: _cosine(t, rate, total, 0.0),
            "`end_rate` is forgotten: yours falls to 0.",
        ),
        (
            lambda t, rate, total, end: _cosine(t, rate, total, 0.0, np.inf),
            "Two things are missing: `end_rate`, and the case "
            "past `total`, where the wave goes on in yours.",
        ),
        (
            lambda t, rate, total, end: end + _cosine(t, rate, total, 0.0),
            "`end_rate` is added to the whole height, so the start lies above "
            "`initial_rate`. Only the difference of the two is to fall.",
        ),
        (
            lambda t, rate, total, end: np.maximum(_cosine(t, rate, total, 0.0), end),
            "The cosine falls to 0 and is cut off at `end_rate`, so it "
            "is there too early. It is to reach `end_rate` at `total`.",
        ),
        (
            lambda t, rate, total, end: (
                end + (rate - end) * np.cos(np.pi / 2 * np.minimum(t / total, 1))
            ),
            "This is a quarter of a wave: it falls fastest at the "
            "end. Half a wave is wanted, from the top to the bottom.",
        ),
        (
            lambda t, rate, total, end: (
                end + (rate - end) * np.cos(np.pi * np.minimum(t / total, 1))
            ),
            "The cosine itself goes from 1 to -1, so your rate falls "
            "below `end_rate`. It must become something from 1 to 0.",
        ),
        (
            lambda t, rate, total, end: (
                end + (rate - end) * (1 + np.cos(np.pi * np.minimum(t / total, 1)))
            ),
            "1 + cosine goes from 2 to 0, so your "
            "start is too high. The half is missing.",
        ),
        (
            lambda t, rate, total, end: (
                end + (rate - end) * (1 + np.cos(180 * np.minimum(t / total, 1))) / 2
            ),
            "`np.cos` takes radians, and 180 is meant as degrees. Half a turn is π.",
        ),
        (
            lambda t, rate, total, end: (
                end + (rate - end) * (1 - np.cos(np.pi * np.minimum(t / total, 1))) / 2
            ),
            "The sign is turned round: yours rises from `end_rate` to `initial_rate`.",
        ),
        (
            lambda t, rate, total, end: _cosine(t + 1, rate, total, end),
            "Off by one: yours is one update ahead. "
            "Update 0 must have `initial_rate` itself.",
        ),
        (
            lambda t, rate, total, end: _cosine(t, rate, total - 1, end),
            "Off by one: yours reaches `end_rate` one update before `total`.",
        ),
        (
            lambda t, rate, total, end: (
                end + (rate - end) * np.maximum(1 - t / total, 0)
            ),
            "This is a straight line, without any cosine.",
        ),
        (
            lambda t, rate, total, end: np.where(
                t < total, _cosine(t, rate, total, end), 0.0
            ),
            "Past `total` yours is 0. It must stay at `end_rate`.",
        ),
    ],
    curve=(0.4, 80, 0.1),
    updates=200,
)


def cosine_with_restarts(update, initial_rate, run_length):
    since_restart = update % run_length
    return initial_rate * (1 + np.cos(np.pi * since_restart / run_length)) / 2


def _falling(share, rate):
    return rate * (1 + np.cos(np.pi * share)) / 2


add(
    "3.1.2",
    cosine_with_restarts,
    "Warm restarts",
    2,
    """
    Write `cosine_with_restarts(update, initial_rate, run_length)`: runs of `run_length` updates
    follow each other for ever. In each the rate falls along half a cosine from `initial_rate`, on
    the way to 0 at the run's end; the first update of each run has `initial_rate`. `update` is a
    number of at least 0, or an array of them.
    """,
    why="The remainder of the division is the number of updates since the "
    "last restart, and the rest is a cosine that knows of no restarts.",
    hints=[
        "How many updates have passed since the last restart, at "
        "the updates 0, 9, 10 and 25, with a `run_length` of 10?",
        "Python's `%` gives the remainder of a division, for arrays too.",
        "At update `run_length` itself a new run "
        "begins, so the rate is `initial_rate`, not 0.",
    ],
    probes=[
        *((t, 0.1, 10) for t in (0, 1, 5, 9, 10, 11, 15, 20, 25, 99, 100)),
        *((t, 0.3, 64) for t in (32, 63, 64, 80)),
        (np.arange(0, 40, 5), 0.1, 10),
        (np.array([[0, 7], [21, 6]]), 2, 14),
    ],
    slips=[
        (
            lambda t, rate, run: _falling(t / run, rate),
            "After the first run the rate rises slowly: the "
            "wave goes on. A restart is a jump back to the top.",
        ),
        (
            lambda t, rate, run: _falling(np.minimum(t / run, 1), rate),
            "After the first run the rate stays at 0: there is no restart.",
        ),
        (
            lambda t, rate, run: np.where(
                t > 0, _falling(((t - 1) % run + 1) / run, rate), rate
            ),
            "Off by one: at the first update of each new run yours still "
            "has the end of the run before. It must have `initial_rate`.",
        ),
        (
            lambda t, rate, run: _falling((t % run + 1) / run, rate),
            "Off by one: yours is one update ahead in each run. "
            "The first update of a run must have `initial_rate`.",
        ),
        (
            lambda t, rate, run: _falling(t % run / (run - 1), rate),
            "Yours is at 0 at the last update of each run. It is to be on the "
            "way to 0 still: the end of the run is the start of the next.",
        ),
        (
            lambda t, rate, run: _falling(2 * (t % run) / run, rate),
            "Each run goes down and up again: a whole "
            "wave. Half a wave is wanted, and then a jump.",
        ),
        (
            lambda t, rate, run: rate * np.cos(np.pi / 2 * (t % run) / run),
            "This is a quarter of a wave in each run: it falls fastest at the end.",
        ),
        (
            lambda t, rate, run: rate * (1 + np.cos(np.pi * (t % run) / run)),
            "1 + cosine goes from 2 to 0, so each run "
            "starts too high. The half is missing.",
        ),
        (
            lambda t, rate, run: rate * (1 - t % run / run),
            "Each run is a straight line. Half a cosine is wanted.",
        ),
        (
            lambda t, rate, run: _falling(t // run / run, rate),
            "`//` counts the finished runs. What is wanted is what "
            "is left over: the updates since the last restart.",
        ),
        (
            lambda t, rate, run: _falling(t % (run + 1) / run, rate),
            "Each run has one update too many: it shows its end, and only then "
            "begins the next. The end of a run is the first update of the next.",
        ),
        (
            lambda t, rate, run: _falling(t % run / run, rate * 0.5 ** (t // run)),
            "Each run starts at half the height of the one "
            "before. Here all start at `initial_rate`.",
        ),
    ],
    curve=(0.1, 60),
    updates=240,
)
