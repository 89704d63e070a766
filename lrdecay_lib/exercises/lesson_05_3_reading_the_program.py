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


def count_updates(samples, batch_size, epochs):
    return math.ceil(samples / batch_size) * epochs


add(
    "5.3.2",
    count_updates,
    "How many updates?",
    1,
    """
    Write `count_updates(samples, batch_size, epochs)`: how many updates a training makes, as an
    int. Each epoch goes through all samples once, one update to a batch. A last batch that is not
    full is trained on as well, as `fit` does.
    """,
    why="An epoch has a whole number of batches, rounded "
    "up; the next epoch begins with a fresh batch.",
    hints=[
        "How many batches do 10 samples make, 4 to a "
        "batch? How many updates are that in 3 epochs?",
        "`//` leaves the batch out that is not full. "
        "`math.ceil` rounds up, and gives an int.",
    ],
    probes=[
        (1000, 32, 25),
        (10, 4, 3),
        (64, 32, 3),
        (442, 16, 10),
        (5, 10, 2),
        (100, 100, 7),
        (3, 1, 4),
    ],
    slips=[
        (
            lambda samples, size, epochs: samples // size * epochs,
            "The last batch of each epoch is left out "
            "where it is not full. `//` rounds down.",
        ),
        (
            lambda samples, size, epochs: math.ceil(samples * epochs / size),
            "Here a batch runs on into the next epoch. Each epoch "
            "begins with a fresh batch, so each is rounded by itself.",
        ),
        (
            lambda samples, size, epochs: samples * epochs // size,
            "This rounds only once, at the end, and down. "
            "Each epoch has its own last batch, full or not.",
        ),
        (
            lambda samples, size, epochs: (samples // size + 1) * epochs,
            "One too many in each epoch wherever "
            "the batches divide the samples evenly.",
        ),
        (
            lambda samples, size, epochs: math.ceil(samples / size),
            "These are the updates of one epoch.",
        ),
        (
            lambda samples, size, epochs: samples * epochs,
            "This is one update to a sample. A batch of samples makes one update.",
        ),
        (
            lambda samples, size, epochs: samples / size * epochs,
            "The number of batches in an epoch is whole: "
            "the last may be smaller, but is a batch.",
        ),
        (
            lambda samples, size, epochs: round(samples / size) * epochs,
            "`round` goes to the nearest whole number, so it "
            "leaves out a last batch that is less than half full.",
        ),
    ],
)
