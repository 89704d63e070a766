"""Exercises of lesson 10.1, how do I put a schedule into my program?"""

import math

import numpy as np

from . import Named, add


def updates_made(samples, batch_size, epochs, group):
    batches = epochs * math.ceil(samples / batch_size)
    return batches // group


add(
    "10.1.1",
    updates_made,
    "How many updates does this run make?",
    1,
    """
    Keras' `fit` runs `epochs` passes over `samples` samples in batches of `batch_size`, and keeps
    the last batch of an epoch where it is not full. `gradient_accumulation_steps` is `group`: a
    group of so many batches makes one update. A group that is not full at the end of an epoch goes
    on in the next one; one that is not full at the end of the run makes no update. Write
    `updates_made(samples, batch_size, epochs, group)`: the updates of the run, as an int.
    """,
    why="Batches are rounded up in each epoch, because a batch cannot reach over its end. "
    "Groups can, so they are counted once, over the whole run, and rounded down.",
    hints=[
        "How many batches does one epoch have? 1,000 samples in batches of 32 make 32.",
        "How many batches does the whole run have, and how many full groups are in them?",
        "`math.ceil(a / b)` rounds up, `a // b` rounds down.",
    ],
    probes=[
        (1000, 32, 10, 3),
        (1000, 32, 10, 1),
        (1000, 32, 1, 4),
        (960, 32, 7, 4),
        (442, 16, 5, 3),
        (18_000, 64, 4, 8),
        (100, 7, 9, 2),
        (50, 64, 6, 4),
        (50, 64, 3, 4),
    ],
    slips=[
        (
            lambda n, size, epochs, group: (
                epochs * math.ceil(math.ceil(n / size) / group)
            ),
            "Here every epoch closes its last group. In this run the group goes on in the next "
            "epoch.",
        ),
        (
            lambda n, size, epochs, group: epochs * (math.ceil(n / size) // group),
            "Here every epoch throws its last group away. In this run it goes on in the next "
            "epoch.",
        ),
        (
            lambda n, size, epochs, group: math.ceil(
                epochs * math.ceil(n / size) / group
            ),
            "The group that is not full when the run ends makes no update.",
        ),
        (
            lambda n, size, epochs, group: epochs * (n // size) // group,
            "The last batch of an epoch is left out here. `fit` trains on it.",
        ),
        (
            lambda n, size, epochs, group: math.ceil(epochs * n / size) // group,
            "Here a batch reaches over the end of an epoch. Each epoch begins with a new batch.",
        ),
        (
            lambda n, size, epochs, group: epochs * n // (size * group),
            "These are samples over samples of an update, as if batches and groups both reached "
            "over the end of an epoch. Only groups do.",
        ),
        (
            lambda n, size, epochs, group: epochs * math.ceil(n / size),
            "These are batches. A group of them makes one update.",
        ),
        (
            lambda n, size, epochs, group: math.ceil(n / size) // group,
            "These are the updates of one epoch.",
        ),
        (
            lambda n, size, epochs, group: epochs * math.ceil(n / size) * group,
            "Accumulation makes fewer updates and not more.",
        ),
    ],
)


_COSINE = Named("lambda t: 0.05 * (1 + np.cos(np.pi * np.minimum(t, 80) / 80))")
_LINE = Named("lambda t: 0.4 * (1 - np.minimum(t, 500) / 500)")


def for_keras(schedule, group):
    def rate(batch):
        return schedule(batch // group)

    return rate


add(
    "10.1.2",
    for_keras,
    "Repair a schedule that counts batches",
    2,
    """
    `schedule` is a function of the update, counted from 0. Keras with
    `gradient_accumulation_steps=group` asks its schedule for the number of the *batch*, counted
    from 0, and makes an update at the batches `group - 1`, `2 * group - 1` and so on. Write
    `for_keras(schedule, group)`: it returns the function of the batch that gives each update the
    rate that was designed for it, and to each batch the rate of the update that it belongs to.
    """,
    why="Batch b belongs to update b // group. In the library's algebra that is "
    "`schedule.every(group)`.",
    hints=[
        "With groups of 4: to which update do the batches 0, 3, 4 and 7 belong?",
        "A function may return a function: `def rate(batch): ...` inside, then `return rate`.",
        "`//` counts the groups that were full before this batch.",
    ],
    probes=[
        *((_COSINE, 4, batch) for batch in (3, 7, 0, 1, 4, 319)),
        *((_LINE, 8, batch) for batch in (7, 8, 15, 100, 3999)),
        *((_LINE, 1, batch) for batch in (0, 1, 250)),
        (_COSINE, 3, 11),
        (_COSINE, 3, 12),
    ],
    slips=[
        (
            lambda schedule, group: schedule,
            "The number of the batch goes to the schedule as if it were an update, so the run "
            "is over `group` times too early.",
        ),
        (
            lambda schedule, group: lambda batch: schedule(batch * group),
            "This multiplies, and makes it worse: there are fewer updates than batches.",
        ),
        (
            lambda schedule, group: lambda batch: schedule(batch / group),
            "Nearly: update 0 is made at batch `group - 1` and gets a rate between its own and "
            "the next one's. Updates are whole.",
        ),
        (
            lambda schedule, group: lambda batch: schedule((batch + 1) // group),
            "One update ahead where it matters: the batch that makes update 0 gets the rate of "
            "update 1.",
        ),
        (
            lambda schedule, group: lambda batch: schedule(math.ceil(batch / group)),
            "One update ahead for all batches but the first of each group.",
        ),
        (
            lambda schedule, group: lambda batch: schedule(batch // group + 1),
            "One update ahead: update 0 gets the rate of update 1.",
        ),
        (
            lambda schedule, group: lambda batch: schedule(batch // group) / group,
            "The rate is divided as well. Keras averages the gradients of a group, so the rate "
            "of an update is the designed one.",
        ),
        (
            lambda schedule, group: lambda batch: schedule(batch // group * group),
            "This is the batch at which the group began. The number of the group is wanted.",
        ),
        (
            lambda schedule, group: lambda batch: schedule(batch % group),
            "This is the place within the group. The number of the group is wanted.",
        ),
    ],
    returns_function=True,
    asked="for_keras({}, {})({})",
)


def steps_per_update(rates, schedule):
    same = np.sum(rates == rates[0])
    if same > 1:
        return 1 / same
    return float(np.argmin(np.abs(schedule(np.arange(100)) - rates[1])))


_FALL = Named("lambda t: 0.1 * 0.999**t")
_FALLING = Named("lambda t: 0.3 / (1 + t / 50)")


def _log(schedule, steps, updates):
    """The log of a program that makes so many steps of the schedule an update."""
    return schedule(np.floor(np.arange(updates) * steps + 1e-9))


add(
    "10.1.3",
    steps_per_update,
    "Read a log",
    2,
    """
    `rates` is the log of a program: the rate that was used at update 0, 1, 2 and so on, an array
    of at least three. `schedule` is what was designed, a function of numbers or arrays that falls
    at every step and never stands still. Write `steps_per_update(rates, schedule)`: how many steps
    of the schedule the program makes in one update. It is 1 if all is right; 1/32 if the schedule
    makes a step in each epoch of 32 updates; 4 if it counts the four batches of an update. It is a
    whole number below 100, or 1 over one that the log is long enough to show. Give a float.
    """,
    why="The first rates are equal as long as the first step lasts. Where each differs from the "
    "one before it, the second tells how far the schedule has come in one update.",
    hints=[
        "What would the first 40 entries be for a program that makes a step an epoch of 32 "
        "updates? And which value of the schedule would be the second entry for one that makes "
        "four steps an update?",
        "Count how often the first rate stands in the log. If it is once, look for the step "
        "whose rate is the second entry.",
        "`np.argmin(np.abs(schedule(np.arange(100)) - rates[1]))` finds that step.",
    ],
    probes=[
        (_log(schedule, steps, updates), schedule)
        for schedule, steps, updates in (
            (_FALL, 1, 6),
            (_FALL, 1 / 4, 12),
            (_FALL, 4, 5),
            (_FALL, 1 / 32, 70),
            (_FALLING, 8, 5),
            (_FALLING, 1, 9),
            (_FALLING, 1 / 5, 13),
            (_FALL, 2, 3),
            (_FALL, 99, 4),
            (_FALLING, 1 / 2, 3),
        )
    ],
    slips=[
        (
            lambda rates, schedule: 1 / steps_per_update(rates, schedule),
            "Upside down: these are the updates in one step of the schedule.",
        ),
        (
            lambda rates, schedule: 1.0,
            "The log is not looked at: this says of every program that it is right.",
        ),
        (
            lambda rates, schedule: float(
                np.argmin(np.abs(schedule(np.arange(1000)) - rates[1]))
            ),
            "This is the step at update 1. Where several updates share a step it is 0, and says "
            "nothing of how many do.",
        ),
        (
            lambda rates, schedule: 1 / np.sum(rates == rates[0]),
            "Where every rate in the log is another one, this is always 1. A program may also "
            "run ahead.",
        ),
        (
            lambda rates, schedule: float(
                np.argmin(np.abs(schedule(np.arange(1000)) - rates[-1]))
            ),
            "This is how far the schedule had come at the end of the log, and not in one update.",
        ),
        (
            lambda rates, schedule: float(
                np.argmin(np.abs(schedule(np.arange(1000)) - rates[-1])) / len(rates)
            ),
            "A log of n updates has n - 1 gaps between them, and its last stair may have just "
            "begun, so this is a little off.",
        ),
    ],
)


def first_wrong(rates, schedule, done):
    for place, rate in enumerate(rates):
        if not math.isclose(rate, schedule(done + place), rel_tol=1e-4, abs_tol=1e-12):
            return done + place
    return -1


def _changed(schedule, first, last, **changed):
    """The rates of these updates, some of them changed: ``t12=0.5`` halves that of update 12."""
    rates = schedule(np.arange(first, last))
    for name, factor in changed.items():
        rates[int(name[1:]) - first] *= factor
    return rates


_SMALL = Named("lambda t: 1e-5 * 0.9**t")
_TO_ZERO = Named("lambda t: 0.1 * (1 - np.minimum(t, 20) / 20)")

add(
    "10.1.4",
    first_wrong,
    "Write the second assertion",
    2,
    """
    A run goes on after `done` updates. `rates` are the rates that it used from there on: the first
    belongs to update `done`. Write `first_wrong(rates, schedule, done)`: the number of the first
    update, counted from the start of the whole run, whose rate is not `schedule(update)`; -1 if
    there is none. Rates that agree to a part in 10,000 are equal, because some programs compute in
    single precision; where the designed rate is 0, up to 1e-12 is equal to it.
    """,
    why="The comparison is relative, so it sees a fault among small rates too, and it begins at "
    "the update at which the run goes on.",
    hints=[
        "To which update does `rates[0]` belong? And `rates[5]`?",
        "`math.isclose(a, b, rel_tol=1e-4, abs_tol=1e-12)` compares as the task wants.",
        "Go through `enumerate(rates)`, return at the first that differs, and -1 after the loop.",
    ],
    probes=[
        (_changed(_FALL, 0, 9), _FALL, 0),
        (_changed(_FALL, 0, 9, t4=1.01), _FALL, 0),
        (_changed(_FALL, 50, 60), _FALL, 50),
        (_changed(_FALL, 50, 60, t57=0.9, t59=0.5), _FALL, 50),
        (_changed(_FALL, 0, 8), _FALL, 50),
        (_changed(_FALL, 7, 15), _FALL, 6),
        (_changed(_SMALL, 30, 40, t33=1.5), _SMALL, 30),
        (_changed(_FALL, 0, 9).astype("float32"), _FALL, 0),
        (_changed(_FALL, 3, 9, t3=1.001), _FALL, 3),
        (_changed(_FALL, 3, 9, t5=1.00015), _FALL, 3),
        (_changed(_FALL, 3, 9, t5=1.00007), _FALL, 3),
        (_changed(_TO_ZERO, 15, 24), _TO_ZERO, 15),
        (_changed(_TO_ZERO, 15, 24) + np.r_[np.zeros(6), 1.5e-12, 0, 0], _TO_ZERO, 15),
        (_changed(_TO_ZERO, 15, 24) + np.r_[np.zeros(6), 8e-13, 0, 0], _TO_ZERO, 15),
        (_changed(_TO_ZERO, 15, 24) + np.r_[np.zeros(6), 1e-13, 1e-9, 0], _TO_ZERO, 15),
    ],
    slips=[
        (
            lambda rates, schedule, done: first_wrong(rates, schedule, 0),
            "The run is taken to begin at update 0, so a run that was rightly resumed looks "
            "wrong, and one that began anew looks right.",
        ),
        (
            lambda rates, schedule, done: max(
                first_wrong(rates, schedule, done) - done, -1
            ),
            "This is the place in the log. The number of the update in the whole run is wanted.",
        ),
        (
            lambda rates, schedule, done: next(
                (done + i for i, r in enumerate(rates) if r != schedule(done + i)), -1
            ),
            "It compares with `!=`, so a right program in single precision looks wrong.",
        ),
        (
            lambda rates, schedule, done: next(
                (
                    done + i
                    for i, r in enumerate(rates)
                    if abs(r - schedule(done + i)) > 1e-4
                ),
                -1,
            ),
            "Its tolerance is absolute, so it sees no fault among the small rates at the end of "
            "a run, nor a small one among the large.",
        ),
        (
            lambda rates, schedule, done: first_wrong(rates, schedule, done + 1),
            "Every rate is compared with that of the next update.",
        ),
        (
            lambda rates, schedule, done: first_wrong(rates[:1], schedule, done),
            "It looks at the first rate only.",
        ),
        (
            lambda rates, schedule, done: (
                done + len(rates) - 1
                if first_wrong(rates[-1:], schedule, done + len(rates) - 1) >= 0
                else -1
            ),
            "It looks at the last rate only, and cannot say where the fault began.",
        ),
        (lambda rates, schedule, done: -1, "It finds every program right."),
    ],
)
