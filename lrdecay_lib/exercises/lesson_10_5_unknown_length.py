"""Exercises of lesson 10.5, I do not know the length, or it changed."""

import math

import numpy as np

from . import add


def branch_from(length, share, every):
    begin = length - round(share * length)
    hold = math.fmod(begin, every)  # what is left over after the last saved state
    return begin - hold, hold


def _begin(length, share):
    return length - round(share * length)


add(
    "10.5.1",
    branch_from,
    "Where to branch",
    1,
    """
    A trunk is saved after every `every` updates: after 0, `every`, 2 `every` and so on. A result is
    wanted after exactly `length` updates in all, with a cooldown over `share` of the whole run,
    rounded to whole updates.
    Write `branch_from(length, share, every)`: the pair (how many updates the saved state has made
    from which you go on, for how many updates you still hold the rate before the cooldown begins).
    Take the latest state that still allows the whole cooldown.
    """,
    why="The end and the cooldown's length fix where the cooldown begins. A state from after that "
    "place has too few updates left, so it is rounded down, and the rest is held.",
    hints=[
        "At which update does the cooldown begin? Write it down for 1,000 updates and a fifth.",
        "Which saved states are not later than that? Take the last of them.",
        "`begin // every * every` rounds down to a multiple of `every`.",
    ],
    probes=[
        (1000, 0.2, 300),
        (1000, 0.5, 100),
        (10_000, 0.4, 500),
        (10_000, 0.4, 900),
        (2000, 0.1, 700),
        (500, 1.0, 100),
        (1200, 0.25, 1000),
        (1000, 1 / 3, 50),
    ],
    slips=[
        (
            lambda n, share, every: (
                -(-_begin(n, share) // every) * every,
                -(-_begin(n, share) // every) * every - _begin(n, share),
            ),
            "This is the next state after the cooldown ought to have begun. From there it is "
            "shorter than wanted.",
        ),
        (
            lambda n, share, every: (
                round(share * n) // every * every,
                round(share * n) % every,
            ),
            "The cooldown begins after `share` of the run here. It is to take that share, at "
            "the end.",
        ),
        (
            lambda n, share, every: (
                round(n / (1 + share)) // every * every,
                round(n / (1 + share)) % every,
            ),
            "The cooldown is a share of the trunk here. A share of the whole run is meant.",
        ),
        (
            lambda n, share, every: (
                _begin(n, share) // every * every,
                _begin(n, share),
            ),
            "The second number counts from update 0. The saved state has made most of these "
            "updates already.",
        ),
        (
            lambda n, share, every: (
                _begin(n, share) // every * every,
                round(share * n),
            ),
            "The second number is the length of the cooldown. How long is the rate still held?",
        ),
        (
            lambda n, share, every: (_begin(n, share), 0),
            "There may be no saved state at the very place where the cooldown begins.",
        ),
        (
            lambda n, share, every: (
                _begin(n, share) // every,
                _begin(n, share) % every,
            ),
            "The first number counts saved states. The updates of the state are asked for.",
        ),
        (
            lambda n, share, every: (n // every * every, n % every),
            "This is the last state before the end. It leaves no room for the cooldown.",
        ),
    ],
)


def diagnose(rates, peak, steps, stop):
    first, fall = rates[0] / peak, (rates[0] - rates[1]) / peak
    if np.isclose(first, 1):
        return 1 if np.isclose(fall, 1 / steps) else 2
    return 0 if np.isclose(first, 1 - stop / steps) else 3


def _log(kind, peak, steps, stop, horizon=None, length=5):
    """The first rates of a resumed run, as `diagnose` gets them."""
    t = np.arange(length)
    shares = {
        0: 1 - (stop + t) / steps,
        1: 1 - t / steps,
        2: 1 - t / (steps - stop),
        3: 1 - (stop + t) / (horizon or 2 * steps),
    }
    return peak * shares[kind], peak, steps, stop


def _weak(first=True, fall=True, scaled=True, swapped=False):
    """A `diagnose` with one thing amiss."""

    def answer(rates, peak, steps, stop):
        unit = peak if scaled else 1.0
        start, slope = rates[0] / unit, (rates[0] - rates[1]) / unit
        if first and np.isclose(start, 1):
            lost = bool(np.isclose(slope, 1 / steps)) if fall else True
            return 1 if lost != swapped else 2
        if not first:
            kinds = {0: 1 / steps, 2: 1 / (steps - stop)}
            return next((k for k, v in kinds.items() if np.isclose(slope, v)), 3)
        return 0 if np.isclose(start, 1 - stop / steps) else 3

    return answer


add(
    "10.5.2",
    diagnose,
    "Read the log",
    2,
    """
    A run was to follow a line from `peak` to 0 over `steps` updates. It stopped after `stop` of
    them, and was resumed. `rates` are the rates of the first updates after that, as the log has
    them, at least two. Write `diagnose(rates, peak, steps, stop)`:

    - 0 if the run goes on as it was designed;
    - 1 if the count was lost, so that the same line runs again from its start;
    - 2 if a new line was started from the peak, over the updates that are left;
    - 3 if the count is right and the line is one of another length.

    `stop` lies between 0 and `steps`.
    """,
    why="The first rate tells the designed run, a start at the peak and another length apart. Only "
    "the fall from one update to the next tells the two starts at the peak apart.",
    hints=[
        "What is the first rate in each of the four cases, as a share of the peak?",
        "Two cases have the same first rate, the peak. How fast does each of them fall?",
        "`(rates[0] - rates[1]) / peak` is 1 / `steps` for the old line and 1 / (`steps` - `stop`) "
        "for a new one. Compare with `np.isclose`.",
    ],
    probes=[
        _log(0, 0.1, 500, 300),
        _log(1, 0.1, 500, 300),
        _log(2, 0.1, 500, 300),
        _log(3, 0.1, 500, 300),
        _log(0, 0.3, 1000, 900),
        _log(1, 3e-4, 1000, 900),
        _log(2, 3e-4, 1000, 900),
        _log(3, 3e-4, 1000, 900, horizon=950),
        _log(3, 0.3, 1000, 100, horizon=10_000),
        _log(0, 3e-4, 1000, 100, length=2),
        _log(1, 1.0, 200, 100, length=2),
        _log(1, 0.1, 2, 1, length=2),
    ],
    slips=[
        (
            _weak(fall=False),
            "A run that begins at the peak is taken for a lost count, always. A schedule that was "
            "started again begins there too.",
        ),
        (
            lambda *log: {1: 2}.get(_weak(fall=False)(*log), _weak(fall=False)(*log)),
            "A run that begins at the peak is taken for one that was started again, always. A "
            "lost count begins there too.",
        ),
        (
            _weak(swapped=True),
            "The two starts at the peak are the wrong way round: which of them has to be done "
            "with its line sooner?",
        ),
        (
            _weak(first=False),
            "Only the fall is looked at. A run whose count was lost falls exactly as designed, "
            "from another height.",
        ),
        (
            _weak(scaled=False),
            "The rates are compared with shares, as if the peak were 1.",
        ),
        (
            lambda rates, peak, steps, stop: 0 if rates[0] < peak else 1,
            "A rate below the peak is taken for the right one. A line of another length is below "
            "the peak as well.",
        ),
        (
            lambda rates, peak, steps, stop: (
                0 if np.isclose(rates[0], peak * (1 - (stop - 1) / steps)) else 3
            ),
            "Off by one: after `stop` updates the next one has the number `stop`, since updates "
            "are counted from 0.",
        ),
    ],
)


def extended(update, peak, old_steps, stop, new_steps):
    first = peak * (1 - min(update, stop) / old_steps)  # stands still from the stop on
    passed = max(update - stop, 0) / (new_steps - stop)
    return first * max(1 - passed, 0)


def _after(rule):
    """An `extended` that is right up to the stop, and then does what the rule says."""

    def answer(update, peak, old, stop, new):
        if update < stop:
            return peak * (1 - update / old)
        return rule(update, peak, old, stop, new)

    return answer


add(
    "10.5.3",
    extended,
    "Another length under way",
    2,
    """
    A run follows a line from `peak` to 0 over `old_steps` updates. After `stop` of them it is
    decided that the run shall have `new_steps` updates in all. Write
    `extended(update, peak, old_steps, stop, new_steps)`: the rate of update `update`, a whole
    number from 0. Before update `stop` it is the old line. From there it falls in a straight line
    from the rate that the old line has at `stop` to 0 at `new_steps`, and stays 0. The program of
    the lesson puts the new length into the old formula, and its rate jumps.
    """,
    why="Continuous means that the new line begins with the old one's rate. What is left of it "
    "is shared among the updates that are left.",
    hints=[
        "Which rate does the old line have at update `stop`? That is where the new line begins.",
        "How many updates are left from there, and which share of them has passed at `update`?",
        "`now * (new_steps - update) / (new_steps - stop)`, and no less than 0.",
    ],
    probes=[
        *((t, 0.1, 500, 300, 1000) for t in (0, 299, 300, 301, 650, 999, 1000, 1500)),
        *((t, 3e-4, 1000, 600, 800) for t in (599, 600, 700, 800, 900)),
        (40, 0.4, 100, 1, 50),
        (100, 0.2, 200, 150, 400),
    ],
    slips=[
        (
            _after(lambda t, peak, old, stop, new: peak * max(1 - t / new, 0)),
            "This is the jump: from `stop` on, the rate is that of a line which had the new length "
            "from the start.",
        ),
        (
            _after(lambda t, peak, old, stop, new: peak * max(1 - t / old, 0)),
            "The old line goes on, and its rate is 0 long before, or not yet, at the new end.",
        ),
        (
            _after(
                lambda t, peak, old, stop, new: peak * max(new - t, 0) / (new - stop)
            ),
            "The new line begins at the peak. It is to begin at the rate that the run has reached.",
        ),
        (
            _after(
                lambda t, peak, old, stop, new: (
                    peak * (1 - stop / old) * max(1 - (t - stop) / new, 0)
                )
            ),
            "The new length is counted from `stop`. It is the length of the whole run.",
        ),
        (
            _after(lambda t, peak, old, stop, new: peak * (1 - stop / old)),
            "From `stop` on the rate stands still.",
        ),
        (
            _after(
                lambda t, peak, old, stop, new: (
                    peak * (1 - stop / old) * max(1 - t / new, 0)
                )
            ),
            "The fall is measured from update 0, so there is a jump down at `stop`. Only the "
            "updates since `stop` count.",
        ),
        (
            _after(
                lambda t, peak, old, stop, new: (
                    peak * (1 - (stop - 1) / old) * max(new - t, 0) / (new - stop)
                )
            ),
            "Off by one: the new line begins with the rate of the update before `stop`, so one "
            "update has no fall.",
        ),
        (
            _after(
                lambda t, peak, old, stop, new: (
                    peak * (1 - stop / old) * (new - t) / (new - stop)
                )
            ),
            "After the end the rate is negative: it would climb up the loss.",
        ),
        (
            lambda t, peak, old, stop, new: peak * max(1 - t / new, 0),
            "The rate is wrong before `stop` as well: those updates have been made already.",
        ),
    ],
)
