"""Exercises of lesson 5.3, reading the program."""

import math

import numpy as np

from . import Named, add

_STEP = Named("lambda t: 0.1 * 0.5 ** (t // 100)")
_LINEAR = Named("lambda t: 0.4 * (1 - t / 900)")


def rate_per_epoch(schedule, updates_per_epoch):
    def rate(epoch):
        return schedule(epoch * updates_per_epoch)

    return rate


add(
    "5.3.1",
    rate_per_epoch,
    "From updates to epochs",
    2,
    """
    The Keras callback `LearningRateScheduler` asks a function of the epoch, counted from 0, for
    one rate, and uses it for the whole epoch. Write `rate_per_epoch(schedule, updates_per_epoch)`:
    it returns such a function. The rate of an epoch is the one that `schedule`, a function of the
    update index, has at the first update of that epoch.
    """,
    why="Epoch e begins after e whole epochs, so its first "
    "update has the index e times `updates_per_epoch`.",
    hints=[
        "With 50 updates in an epoch, which updates "
        "belong to epoch 0, and which to epoch 1?",
        "A function may return a function: "
        "`def rate(epoch): ...` inside, then `return rate`.",
    ],
    probes=[
        *((_STEP, 50, epoch) for epoch in (0, 1, 2, 3, 10)),
        *((_LINEAR, 45, epoch) for epoch in (0, 1, 7, 19)),
        *(
            (Named("lambda t: np.minimum(t / 30, 1.0)"), 10, epoch)
            for epoch in (0, 1, 2, 3, 12)
        ),
    ],
    slips=[
        (
            lambda schedule, n: schedule,
            "The epoch goes to the schedule as if it were an update, "
            "so the decay is `updates_per_epoch` times too slow.",
        ),
        (
            lambda schedule, n: lambda epoch: schedule((epoch + 1) * n - 1),
            "This is the rate of the last update of the epoch. The first is wanted.",
        ),
        (
            lambda schedule, n: lambda epoch: schedule((epoch + 1) * n),
            "This is the first update of the epoch after. Epochs are counted from 0.",
        ),
        (
            lambda schedule, n: lambda epoch: schedule(max((epoch - 1) * n, 0)),
            "This is one epoch behind: it takes the first "
            "epoch for number 1. Epochs are counted from 0.",
        ),
        (
            lambda schedule, n: lambda epoch: schedule(epoch * n + 1),
            "This is the second update of the epoch: "
            "updates are counted from 0 as well.",
        ),
        (
            lambda schedule, n: lambda epoch: schedule(epoch / n),
            "This divides. An epoch holds many updates, so "
            "the update index is larger than the epoch.",
        ),
        (
            lambda schedule, n: lambda epoch: schedule(epoch // n),
            "This divides and cuts off. An epoch holds many "
            "updates, so the update index is larger than the epoch.",
        ),
        (
            lambda schedule, n: (
                lambda epoch: float(np.mean(schedule(np.arange(n) + epoch * n)))
            ),
            "This is the mean over the epoch. The rate of its first update is wanted.",
        ),
        (
            lambda schedule, n: lambda epoch: int(schedule(epoch * n)),
            "The rate is cut off to a whole number: learning rates are fractions.",
        ),
        (
            lambda schedule, n: lambda epoch: schedule(0),
            "Every epoch gets the rate of update 0, as "
            "if the schedule began again each time.",
        ),
    ],
    returns_function=True,
    asked="rate_per_epoch({}, {})({})",
)


def length_of_run(samples, batch_size, epochs, devices, accumulate, drop_last):
    at_once = batch_size * devices
    batches = samples // at_once if drop_last else math.ceil(samples / at_once)
    return math.ceil(batches / accumulate) * epochs


def _length(per_epoch=math.ceil, last=None, devices=True, accumulate=True):
    """A wrong count: another rounding of the accumulated batches, ``last`` in the place of
    drop_last, or without devices or accumulation."""

    def answer(samples, batch_size, epochs, number, added, drop_last):
        dropped = drop_last if last is None else last
        batches = samples / (batch_size * (number if devices else 1))
        batches = math.floor(batches) if dropped else math.ceil(batches)
        return per_epoch(batches / (added if accumulate else 1)) * epochs

    return answer


add(
    "5.3.2",
    length_of_run,
    "How long must the schedule be?",
    2,
    """
    A schedule that ends with the run needs the number of updates that the optimizer makes. Write
    `length_of_run(samples, batch_size, epochs, devices, accumulate, drop_last)`: that number, as
    an int. Each of `devices` devices takes `batch_size` samples at a time, and together they make
    one batch. A last batch of an epoch that is not full is left out if `drop_last` is true, and
    trained on otherwise. The gradients of `accumulate` batches are added up for one update; what
    is left over at the end of an epoch makes an update of its own.
    """,
    why="Only updates count, not samples, batches or epochs. A schedule that "
    "is made for batches that are not updates stops at a part of its curve.",
    hints=[
        "How many samples does one batch of all devices take? How many "
        "such batches does an epoch have?",
        "How many updates do these batches make, `accumulate` to an update?",
        "Rounding happens twice, and in each epoch anew: batches by "
        "`drop_last`, updates always upwards.",
    ],
    probes=[
        (1000, 32, 25, 1, 1, True),
        (1000, 32, 25, 1, 1, False),
        (1000, 16, 3, 4, 1, False),
        (1000, 16, 3, 4, 1, True),
        (960, 32, 10, 1, 4, True),
        (1024, 32, 10, 1, 4, False),
        (50_000, 64, 30, 8, 2, True),
        (50_000, 64, 30, 8, 3, False),
        (100, 7, 5, 2, 3, False),
        (442, 16, 10, 1, 5, True),
    ],
    slips=[
        (
            lambda n, size, epochs, devices, added, drop: n // size * epochs,
            "This is the program's own count. With several devices or with "
            "accumulation there are fewer updates, so its schedule stops half-way.",
        ),
        (
            _length(last=True),
            "The last batch of an epoch, which is not full, is left out "
            "even where `drop_last` is false.",
        ),
        (
            _length(last=False),
            "The last batch of an epoch, which is not full, is "
            "counted even where `drop_last` is true.",
        ),
        (
            _length(devices=False),
            "The devices are forgotten: together they take "
            "`devices` times as many samples for one update.",
        ),
        (
            _length(accumulate=False),
            "These are batches. `accumulate` of them make one update.",
        ),
        (
            _length(per_epoch=math.floor),
            "What is left over at the end of an epoch makes an update of its own.",
        ),
        (
            lambda n, size, epochs, devices, added, drop: math.ceil(
                _length(accumulate=False)(n, size, epochs, devices, added, drop) / added
            ),
            "Here what is left over runs on into the next epoch. "
            "Each epoch rounds by itself.",
        ),
        (
            lambda n, size, epochs, devices, added, drop: _length()(
                n, size, 1, devices, added, drop
            ),
            "These are the updates of one epoch.",
        ),
        (
            lambda n, size, epochs, devices, added, drop: (
                _length(devices=False)(n, size, epochs, devices, added, drop) * devices
            ),
            "More devices make fewer updates and not more: they share the samples.",
        ),
        (
            lambda n, size, epochs, devices, added, drop: (
                _length(accumulate=False)(n, size, epochs, devices, added, drop) * added
            ),
            "Accumulation makes fewer updates and not more.",
        ),
        (
            lambda n, size, epochs, devices, added, drop: (
                n / (size * devices * added) * epochs
            ),
            "Updates are whole. Both roundings are missing.",
        ),
    ],
)
