"""Exercises of lesson 10.2, the museum of real bugs: did your run use the rate you meant?"""

import numpy as np

from . import Named, add


def ran_out(rates):
    last = max((t for t, rate in enumerate(rates) if rate), default=-1)
    return len(rates) - 1 - last


add(
    "10.2.1",
    ran_out,
    "Read a log",
    1,
    """
    `rates` is a list with the rate of each update, as a run recorded it; all are at least 0. Write
    `ran_out(rates)`: how many updates **at the end** of the run had a rate of exactly 0, so that
    the schedule had run out before them. A rate of 0 at the start, or one that is followed by
    larger rates, does not count.
    """,
    why="What follows the last update that moved anything are the updates without a rate. A rate "
    "of 0 at the start is another fault, a warmup that begins at 0.",
    hints=[
        "Which is the last update that still moved the weights?",
        "The updates after it are those that are asked for. In a list of n, the last one has the "
        "number n - 1.",
        "A run may also consist of zeros alone: then no update moved anything. A loop from the end "
        "of the list, as by `reversed(rates)`, does it too.",
    ],
    probes=[
        ([0.1, 0.05, 0.0, 0.0],),
        ([0.1, 0.1, 0.1],),
        ([0.0, 0.05, 0.1, 0.05],),
        ([0.0, 0.1, 0.05, 0.0],),
        ([0.1, 0.0, 0.1, 0.0, 0.0, 0.0],),
        ([0.1, 1e-9, 1e-12],),
        ([0.0, 0.0],),
        ([2.0, 1.0, 0.0, 0.0, 0.0],),
    ],
    slips=[
        (
            lambda rates: rates.count(0),
            "All rates of 0 are counted, that of a warmup's first update too. Only those at the "
            "end are asked for.",
        ),
        (
            lambda rates: ran_out([rate if rate > 1e-8 else 0.0 for rate in rates]),
            "A tiny rate counts as 0. Such an update still moves the weights a little; asked is "
            "for exactly 0.",
        ),
        (
            lambda rates: len(rates) - ran_out(rates),
            "That is how many updates there were before the schedule had run out.",
        ),
        (
            lambda rates: ran_out(rates) / len(rates),
            "That is a share of the run; a number of updates is asked for.",
        ),
        (
            lambda rates: ran_out(rates[::-1]),
            "The zeros at the start of the run are counted, not those at its end.",
        ),
        (
            lambda rates: ran_out(rates) + 1,
            "One too many: the last update that still moved something is counted too.",
        ),
    ],
)


def really_used(t, peak, updates, workers, accumulate):
    return peak * np.maximum(1 - t * workers * accumulate / updates, 0)


add(
    "10.2.2",
    really_used,
    "Count the steps of the scheduler",
    2,
    """
    The design is a line: update `t`, counted from 0, has the rate `peak * (1 - t / updates)`, and
    the rate stays 0 afterwards. The program steps its scheduler once for **every batch of every
    worker**, and each update takes `accumulate` batches of each of `workers` workers. So before
    update `t` the scheduler has taken all the steps of the updates before it, and none of its own.
    Write `really_used(t, peak, updates, workers, accumulate)`: the rate that update `t` really
    uses. `t` is a number or an array.
    """,
    why="Each update takes workers times accumulate steps of the scheduler, so the line is run "
    "through that many times too fast, and then stands at 0.",
    hints=[
        "How many steps has the scheduler taken before update 1, with 2 workers and batches "
        "accumulated over 3?",
        "The rate is that of the line after so many steps, which may be more than the line has.",
        "`np.maximum(..., 0)` keeps an array at 0.",
    ],
    probes=[
        (0, 0.1, 100, 2, 3),
        (1, 0.1, 100, 2, 3),
        (10, 0.1, 100, 4, 1),
        (10, 0.1, 100, 1, 2),
        (10, 0.1, 100, 1, 1),
        (60, 0.1, 100, 2, 1),
        (np.arange(0, 100, 20), 0.5, 100, 1, 2),
        (np.array([[0, 5], [15, 99]]), 0.5, 120, 4, 2),
    ],
    slips=[
        (
            lambda t, peak, updates, workers, accumulate: (
                peak * (1 - t * workers * accumulate / updates)
            ),
            "Once the line has run out, the rate stays 0. Yours becomes negative, which would walk "
            "uphill.",
        ),
        (
            lambda t, peak, updates, workers, accumulate: (
                peak * np.maximum(1 - t * workers / updates, 0)
            ),
            "The workers are counted, the accumulated batches are not.",
        ),
        (
            lambda t, peak, updates, workers, accumulate: (
                peak * np.maximum(1 - t * accumulate / updates, 0)
            ),
            "The accumulated batches are counted, the workers are not.",
        ),
        (
            lambda t, peak, updates, workers, accumulate: (
                peak * np.maximum(1 - t * (workers + accumulate) / updates, 0)
            ),
            "Each of the workers takes all of the accumulated batches: the two numbers are "
            "multiplied, not added.",
        ),
        (
            lambda t, peak, updates, workers, accumulate: (
                peak * np.maximum(1 - t / (workers * accumulate) / updates, 0)
            ),
            "Yours is too slow: more steps for each update run through the line faster.",
        ),
        (
            lambda t, peak, updates, workers, accumulate: (
                peak * np.maximum(1 - (t + 1) * workers * accumulate / updates, 0)
            ),
            "The steps of update `t` itself are counted too. Its rate is read before them.",
        ),
        (
            lambda t, peak, updates, workers, accumulate: (
                peak * np.maximum(1 - t / updates, 0)
            ),
            "That is the rate that was meant.",
        ),
    ],
)


def resume(schedule, done, more):
    return schedule(np.arange(done, done + more))


_ZOO = [
    Named("a line over 100", "lambda t: 0.1 * np.maximum(1 - t / 100, 0)"),
    Named("a root", "lambda t: 0.1 / np.sqrt(1 + t / 10)"),
    Named("stairs of 20", "lambda t: 0.1 * 0.5 ** (t // 20)"),
]


add(
    "10.2.3",
    resume,
    "Resume a run",
    2,
    """
    A run has made `done` updates of its schedule and stopped; now it is to make `more` of them.
    `schedule(t)` gives the rate of update `t` of the **whole** run, counted from 0, for a number or
    an array. Write `resume(schedule, done, more)`: the rates of the updates that follow, an array
    of shape `(more,)`, as if nothing had happened.
    """,
    why="A schedule that is a function of the update needs only the number of the next update, and "
    "that has to be in the checkpoint.",
    hints=[
        "After `done` updates, counted from 0, what is the number of the next one?",
        "`np.arange(a, b)` begins at a and ends before b.",
    ],
    probes=[
        (_ZOO[0], 50, 5),
        (_ZOO[0], 0, 3),
        (_ZOO[1], 30, 4),
        (_ZOO[2], 18, 4),
        (_ZOO[0], 97, 6),
        (_ZOO[1], 1, 1),
    ],
    slips=[
        (
            lambda schedule, done, more: schedule(np.arange(more)),
            "The schedule begins again at its first update, as on the wall: the number of updates "
            "done is lost.",
        ),
        (
            lambda schedule, done, more: schedule(np.arange(done + 1, done + more + 1)),
            "One update is skipped. The updates 0 to `done` - 1 are done, so `done` is the next.",
        ),
        (
            lambda schedule, done, more: schedule(
                np.maximum(np.arange(done - 1, done + more - 1), 0)
            ),
            "The last rate of the first part is used a second time.",
        ),
        (
            lambda schedule, done, more: np.r_[
                schedule(0), schedule(np.arange(done + 1, done + more))
            ],
            "The first update after the stop has the rate of update 0, which a new scheduler sets.",
        ),
        (
            lambda schedule, done, more: schedule(done) * np.ones(more),
            "The rate stands still. It goes on falling after the stop.",
        ),
        (
            lambda schedule, done, more: schedule(np.arange(done + more)),
            "These are the rates of the whole run; asked is for the part after the stop.",
        ),
    ],
)


def diagnose(rates, peak, epoch):
    t = np.arange(len(rates))
    for kind, steps in enumerate((t, np.maximum(t - 1, 0), t // epoch)):
        if np.allclose(rates, peak * (1 - steps / len(rates))):
            return kind
    return 3


def _record(n, peak, epoch, kind, fast=2):
    t = np.arange(n)
    line, late, slow = (
        peak * (1 - steps / n) for steps in (t, np.maximum(t - 1, 0), t // epoch)
    )
    fast = peak * np.maximum(1 - fast * t / n, 0)
    return (line, late, slow, fast)[kind].round(12).tolist(), peak, epoch


add(
    "10.2.4",
    diagnose,
    "Which fault is it?",
    3,
    """
    The design is a line over the run: with n updates, update `t` has the rate `peak * (1 - t / n)`,
    and 0 afterwards. `rates` is the record of such a run, a list of n rates, whole epochs of
    `epoch` updates each. Write `diagnose(rates, peak, epoch)`: 0 if the record is right; 1 if the
    schedule is late by one update, so that the first rate is used twice; 2 if it is stepped once an
    epoch; 3 if it is stepped two or more times an update. One of the four it is.
    """,
    why="Each fault has its own curve, so the record can be compared with all of them. A glance at "
    "the last rate tells the large faults, and not late from right.",
    hints=[
        "Write down the four records for a run of 4 updates in 2 epochs and a peak of 1.",
        "Late: update `t` has the rate of `t - 1`. Once an epoch: that of `t // epoch`.",
        "Compare with `np.allclose`. Of what is none of the first three, only one thing is left.",
    ],
    probes=[
        _record(8, 0.1, 4, 0),
        _record(8, 0.1, 4, 1),
        _record(8, 0.1, 4, 2),
        _record(8, 0.1, 4, 3),
        _record(12, 1.0, 3, 3, fast=4),
        _record(40, 3e-4, 10, 1),
        _record(40, 3e-4, 10, 2),
        _record(40, 3e-4, 10, 0),
        _record(40, 3e-4, 10, 3, fast=3),
    ],
    slips=[
        (
            lambda rates, peak, epoch: (
                0 if diagnose(rates, peak, epoch) == 1 else diagnose(rates, peak, epoch)
            ),
            "A schedule that is late by one update passes as right.",
        ),
        (
            lambda rates, peak, epoch: 3 if 0 in rates else 0,
            "It looks for rates of 0 only, and sees nothing of a schedule that is late or slow.",
        ),
        (
            lambda rates, peak, epoch: 0 if rates[0] == peak else 1,
            "It says right to every record. The first rate is the peak in all four, so a look at "
            "it tells nothing.",
        ),
        (
            lambda rates, peak, epoch: (
                0
                if diagnose(rates, peak, epoch) == 3 and rates[len(rates) // 3] == 0
                else diagnose(rates, peak, epoch)
            ),
            "It knows only a schedule that is stepped twice an update. More often than that is the "
            "same fault.",
        ),
        (
            lambda rates, peak, epoch: {2: 3, 3: 2}.get(
                diagnose(rates, peak, epoch), diagnose(rates, peak, epoch)
            ),
            "Too slow and too fast are exchanged: stepped once an epoch the rate hardly falls, "
            "stepped several times an update it is soon 0.",
        ),
    ],
)
