"""The museum of real bugs: published faults of schedules, each with the rates that were meant and
those that its updates got. Lesson 10.2.

    >>> exhibit = EXHIBITS["four workers"]
    >>> exhibit.design(exhibit.peak)[[0, 250, 500]]
    array([0.0005  , 0.000375, 0.00025 ])
    >>> exhibit.used(exhibit.peak)[[0, 250, 500]]
    array([0.0005, 0.    , 0.    ])

Every run has 1,000 updates in ten epochs of 100, and the fault of the published program in the
place where that has it. Where the library at fault is Keras, `used` asks Keras itself, and today's
one; elsewhere it is a miniature: the few lines that matter, written anew. The tests hold each
against the library where that is installed, and fail when a library mends its fault.

`ROOMS` sorts the exhibits by the kind of fault; `RIGHT` has programs without one, for a control.
Keras is imported when an exhibit asks for it.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from .tasks import import_keras

__all__ = ["Exhibit", "EXHIBITS", "ROOMS", "RIGHT", "UPDATES", "EPOCHS"]

UPDATES, EPOCHS = 1000, 10
BATCHES = UPDATES // EPOCHS  # of an epoch
T = np.arange(UPDATES)
EPOCH = T // BATCHES


@dataclass(frozen=True)
class Exhibit:
    """One fault.

    Attributes:
        title: a few words.
        where: where it is public: repository, and the number of the issue or pull request.
        url: its address; "" for one that was found for this book.
        source: "Keras", where `used` asks the installed library, or "miniature".
        told: what was meant, and what the program did.
        now: what has become of it, as far as the tests and the public thread tell.
        design, used: functions of the peak that the program names; they give the rates that were
            meant and those that the updates got, float64 arrays of shape (UPDATES,).
        peak: the peak of the published program, or a usual one.
        warmup: updates until the peak.
        end: the rate at the end of the design, as a share of the peak.
    """

    title: str
    where: str
    url: str
    source: str
    told: str
    design: Callable
    used: Callable
    peak: float = 0.1
    warmup: int = 0
    end: float = 0.0
    now: str = ""


EXHIBITS = {}


def _exhibit(title, where, url, told, design, peak=0.1, source="miniature", **more):
    """Put the function below it on show, as what the updates got."""

    def add(used):
        url_of = f"https://github.com/{url}" if url else ""
        EXHIBITS[title] = Exhibit(
            title, where, url_of, source, told, design, used, peak, **more
        )
        return used

    return add


# --- designs --------------------------------------------------------------------------


def _line(peak):
    return peak * (1 - T / UPDATES)


def _cosine(peak):
    return peak * (1 + np.cos(np.pi * T / UPDATES)) / 2


def _warm_line(peak, warmup=BATCHES):
    """A straight warmup whose first update is not 0, then a line to 0."""
    rising = np.maximum(T, 1) / warmup
    return peak * np.minimum(rising, (UPDATES - T) / (UPDATES - warmup))


def _steps(boundaries, factors):
    """``factors[k]`` times the peak from the k-th boundary on."""
    return lambda peak: (
        peak * np.array(factors)[np.searchsorted(boundaries, T, "right")]
    )


def _from_keras(schedule):
    """The rates that a Keras schedule gives to the updates, all at once."""
    ops = import_keras().ops
    rates = schedule(ops.convert_to_tensor(T))
    return ops.convert_to_numpy(rates).astype(float)


def _one_by_one(schedule):
    """The same, one update after another in a graph, as `fit` asks for them."""
    import_keras()
    import tensorflow as tf

    graph = tf.function(schedule)
    return np.array([float(graph(tf.constant(t, tf.int64))) for t in T])


def _schedules():
    return import_keras().optimizers.schedules


# --- what does it count? --------------------------------------------------------------


@_exhibit(
    "accumulated gradients",
    "accelerate issue 963",
    "huggingface/accelerate/issues/963",
    "A line over the updates, each of which takes two batches. Keras asks the schedule for the "
    "number of the batch, so the line is over half way through.",
    _line,
    peak=0.1,
    source="Keras",
    now="Documented, and so in Keras 3.15.",
)
def _accumulated(peak):
    return peak * _two_batches_an_update()


@cache
def _two_batches_an_update():
    """What Keras's optimizer does to a weight, for a line from 1."""
    keras = import_keras()
    import tensorflow as tf

    line = _schedules().PolynomialDecay(1.0, UPDATES, end_learning_rate=0.0)
    optimizer = keras.optimizers.SGD(line, gradient_accumulation_steps=2)
    weight = keras.Variable(np.zeros(()), dtype="float32")
    optimizer.build([weight])
    gradient = tf.constant(-1.0)

    @tf.function
    def batch():
        optimizer.apply([gradient], [weight])
        moved = tf.identity(weight.value)
        weight.assign(0.0)
        return moved

    # from 0, with a gradient of -1, an update moves the weight by the rate
    return np.array([float(batch()) for _ in range(2 * UPDATES)])[1::2]


@_exhibit(
    "four workers",
    "diffusers issue 3954",
    "huggingface/diffusers/issues/3954",
    "A line over the updates. Each of four workers' batches counts as one, so the schedule takes "
    "four steps an update.",
    _line,
    peak=5e-4,
    now="Mended by pull request 3983.",
)
def _workers(peak, workers=4):
    return peak * np.maximum(1 - workers * T / UPDATES, 0)


@_exhibit(
    "horizon in epochs",
    "villa pull request 1495",
    "ScrollPrize/villa/pull/1495",
    "One cosine over the run. It is given the number of epochs and stepped at each update, so it "
    "comes back up again and again.",
    _cosine,
    now="Mended in 2026.",
)
def _waves(peak):
    return peak * (1 + np.cos(np.pi * T / EPOCHS)) / 2


@_exhibit(
    "stepped once an epoch",
    "SimCLR issue 43",
    "sthalles/SimCLR/issues/43",
    "One cosine over the run. It is given the number of batches of an epoch and stepped once an "
    "epoch, so the run is over before it begins to fall.",
    _cosine,
    peak=3e-4,
    now="Closed; asked in 2020 (issue 8) and again in 2021.",
)
def _per_epoch(peak):
    return peak * (1 + np.cos(np.pi * EPOCH / BATCHES)) / 2


@_exhibit(
    "boundaries never reached",
    "handson-ml3 pull request 206",
    "ageron/handson-ml3/pull/206",
    "Three levels. The boundaries, 50,000 and 80,000, lie beyond the last update (in the published "
    "notebook the 17,190th).",
    _steps([349, 756], [1, 0.5, 0.1]),
    peak=0.01,
    source="Keras",
    end=0.1,
    now="Merged.",
)
def _unreached(peak):
    values = [peak, peak * 0.5, peak * 0.1]
    return _from_keras(_schedules().PiecewiseConstantDecay([50_000, 80_000], values))


@_exhibit(
    "rounded down",
    "FARM issue 46; transformers issue 556",
    "deepset-ai/FARM/issues/46",
    "A line over the updates. The last, smaller batch of each epoch is not counted, so the line "
    "is over one update an epoch too early.",
    _line,
    peak=2e-5,
    now="Mended in 2019.",
)
def _rounded(peak):
    return peak * np.maximum(1 - T / (UPDATES - EPOCHS), 0)


# --- what does the argument mean? -----------------------------------------------------


@_exhibit(
    "rises to its end",
    "keras issue 18747",
    "keras-team/keras/issues/18747",
    "A line down from a small peak. The default of the argument for its end is larger than that "
    "peak, so the rate rises.",
    _line,
    peak=3e-5,
    source="Keras",
    now="Closed, and so in Keras 3.15.",
)
def _rises(peak):
    return _from_keras(_schedules().PolynomialDecay(peak, UPDATES))


@_exhibit(
    "scales multiply",
    "optax pull request 1255",
    "google-deepmind/optax/pull/1255",
    "A tenth of the peak from update 500, a hundredth from 800. Each scale multiplies what the "
    "ones before it left, so the second step goes to a thousandth.",
    _steps([500, 800], [1, 0.1, 0.01]),
    end=0.01,
    now="Documented, and so in optax 0.2.8.",
)
def _multiplied(peak):
    scales = {500: 0.1, 800: 0.01}
    return peak * np.prod(
        [np.where(T >= at, s, 1.0) for at, s in scales.items()], axis=0
    )


@_exhibit(
    "rate times rate",
    "MIC issue 60; pytorch issue 78917",
    "lhoyer/MIC/issues/60",
    "An inverse power of the update. The function that ought to return a factor returns a rate, "
    "and PyTorch multiplies it by the peak once more.",
    lambda peak: peak * (1 + 0.01 * T) ** -0.75,
    peak=0.01,
    end=11**-0.75,
    now="Kept, so that results stay comparable.",
)
def _squared(peak):
    returned = peak * (1 + 0.01 * T) ** -0.75
    return peak * returned


@_exhibit(
    "warmup on top",
    "optax pull request 1781",
    "google-deepmind/optax/pull/1781",
    "A warmup of 100 updates and a cosine to 0, 1,000 updates in all. Keras's decay_steps begin "
    "after the warmup, optax's contain it, so the run stops before the end.",
    lambda peak: np.where(
        T < BATCHES,
        peak * (0.01 + 0.99 * T / BATCHES),
        peak * (1 + np.cos(np.pi * (T - BATCHES) / (UPDATES - BATCHES))) / 2,
    ),
    source="Keras",
    warmup=BATCHES,
    now="Documented, and so in Keras 3.15.",
)
def _on_top(peak):
    return peak * _warm_cosine(UPDATES)


@cache
def _warm_cosine(decay_steps):
    """Keras's, from a hundredth to a peak of 1."""
    cosine = _schedules().CosineDecay(
        0.01, decay_steps, warmup_target=1.0, warmup_steps=BATCHES
    )
    return _one_by_one(cosine)


@_exhibit(
    "whole numbers",
    "pytorch examples issue 130",
    "pytorch/examples/issues/130",
    "An exponential from a rate of 1. Written as a whole number, the rate makes Keras compute in "
    "whole numbers, where the factor 0.9 is 0.",
    lambda peak: peak * 0.9 ** (T / BATCHES),
    peak=1.0,
    source="Keras",
    end=0.9**EPOCHS,
    now="So in Keras 3.15.",
)
def _whole_numbers(peak):
    peak = int(peak) if float(peak).is_integer() else peak
    return _from_keras(_schedules().ExponentialDecay(peak, BATCHES, 0.9))


@_exhibit(
    "decay begins too early",
    "transformers pull request 4940",
    "huggingface/transformers/pull/4940",
    "A warmup, then a line from the peak. The line is asked for the number of the update and not "
    "for that since the warmup's end, so the rate drops where the two meet.",
    _warm_line,
    peak=5e-5,
    warmup=BATCHES,
    now="Mended in 2020.",
)
def _too_early(peak):
    return peak * np.where(T < BATCHES, np.maximum(T, 1) / BATCHES, 1 - T / UPDATES)


# --- one off --------------------------------------------------------------------------


@_exhibit(
    "first update does nothing",
    "gpt-neox issue 1373; verl issue 3674",
    "EleutherAI/gpt-neox/issues/1373",
    "A warmup, then a line. The warmup multiplies by the number of the update, which begins at 0.",
    _warm_line,
    peak=1e-3,
    warmup=BATCHES,
    now="Mended in gpt-neox in 2026; transformers 5.23 begins so too.",
)
def _first_nothing(peak):
    return peak * np.minimum(T / BATCHES, (UPDATES - T) / (UPDATES - BATCHES))


@_exhibit(
    "steps in the wrong order",
    "uda_release issue 3",
    "yueatsprograms/uda_release/issues/3",
    "A line. The scheduler is stepped before the optimizer, so the first value is never used.",
    _line,
    now="Left as it was; PyTorch 2.13 warns.",
)
def _swapped(peak):
    return peak * (1 - (T + 1) / UPDATES)


@_exhibit(
    "an epoch early",
    "timm pull request 2745",
    "huggingface/pytorch-image-models/pull/2745",
    "A tenth of the rate after five epochs and again after eight. The milestones are compared "
    "with the number of the next epoch.",
    _steps([500, 800], [1, 0.1, 0.01]),
    end=0.01,
    now="Closed, not merged.",
)
def _early(peak):
    passed = np.array([bisect_right([5, 8], epoch + 1) for epoch in EPOCH])
    return peak * 0.1**passed


@_exhibit(
    "an update late",
    "found for this book",
    "",
    "Stairs of 83 updates. TensorFlow's compiler turns the division by 83 into a multiplication, "
    "which falls short of a whole number at some boundaries.",
    lambda peak: peak * 0.9 ** (T // 83),
    source="Keras",
    end=0.9**12,
    now="So in Keras 3.15 with TensorFlow 2.21.",
)
def _late(peak):
    return peak * _compiled_stairs()


@cache
def _compiled_stairs():
    """Keras's stairs from a peak of 1."""
    return _one_by_one(_schedules().ExponentialDecay(1.0, 83, 0.9, staircase=True))


@_exhibit(
    "milestone between updates",
    "Pointcept issue 379",
    "Pointcept/Pointcept/issues/379",
    "A tenth of the rate after a third of the updates and again after two thirds. A milestone of "
    "333.3 is compared for equality, and no update has that number.",
    lambda peak: peak * 0.1 ** (1.0 * (T >= 333.3) + (T >= 666.6)),
    end=0.01,
    now="Open, and so in PyTorch 2.13.",
)
def _between(peak):
    rates, milestones = [], [UPDATES / 3, UPDATES * 2 / 3]
    for t in range(UPDATES):
        peak = peak * 0.1 if t in milestones else peak
        rates.append(peak)
    return np.array(rates)


# --- what does it remember? -----------------------------------------------------------


@_exhibit(
    "resumed from the start",
    "lightly-train pull request 301",
    "lightly-ai/lightly-train/pull/301",
    "A line. The run is stopped half way and resumed, and the checkpoint holds no state of the "
    "scheduler.",
    _line,
    peak=1e-3,
    now="Mended in 2025.",
)
def _resumed(peak):
    return _line(peak)[T % (UPDATES // 2)]


@_exhibit(
    "an epoch at the peak",
    "yolov5 issue 292",
    "ultralytics/yolov5/issues/292",
    "A cosine to a tenth, one value an epoch. The run is resumed after five epochs, and making "
    "the scheduler sets the first rate again, for one epoch.",
    lambda peak: peak * _yolo(EPOCH),
    peak=0.01,
    end=0.1 + 0.9 * (1 + math.cos(0.9 * math.pi)) / 2,
    now="Closed.",
)
def _one_epoch(peak):
    return peak * np.where(EPOCH == 5, _yolo(0), _yolo(EPOCH))


def _yolo(epoch):
    return 0.1 + 0.9 * (1 + np.cos(np.pi * epoch / EPOCHS)) / 2


@_exhibit(
    "one value for all",
    "retinaface-tf2 pull request 34",
    "peteryuX/retinaface-tf2/pull/34",
    "Four levels, one function for each of the middle ones. Python looks the value up when a "
    "function is called, and finds the last one in all of them.",
    _steps([250, 500, 750], [1, 0.5, 0.1, 0.05]),
    end=0.05,
    now="Mended in 2021.",
)
def _captured(peak):
    levels = []
    for factor in (0.5, 0.1):
        levels.append(lambda: factor * peak)  # noqa: B023  the fault itself
    levels = [lambda: peak, *levels, lambda: 0.05 * peak]
    return np.array([levels[i]() for i in np.searchsorted([250, 500, 750], T, "right")])


@_exhibit(
    "used up by a look",
    "d2l-en pull request 1305",
    "d2l-ai/d2l-en/pull/1305",
    "A tenth less in each epoch, down to a floor. The scheduler changes its own rate whenever it "
    "is asked. Who plots it and then trains with it trains at the floor.",
    lambda peak: peak * np.maximum(0.9 ** (EPOCH + 1), 0.005),
    peak=2.0,
    end=0.9**EPOCHS,
    now="So in the program of Dive into Deep Learning.",
)
def _looked_at(peak):
    scheduler = _FactorScheduler(0.9, 0.005 * peak, peak)
    [scheduler(epoch) for epoch in range(50)]  # the plot
    rates = [scheduler(epoch) for epoch in range(EPOCHS)]
    return np.array(rates)[EPOCH]


class _FactorScheduler:
    """A scheduler that forgets that it is asked more than once."""

    def __init__(self, factor, floor, rate):
        self.factor, self.floor, self.rate = factor, floor, rate

    def __call__(self, epoch):
        self.rate = max(self.floor, self.rate * self.factor)
        return self.rate


# --- the rooms ------------------------------------------------------------------------

ORDER = list(EXHIBITS)
ROOMS = {
    "What does it count?": ORDER[:6],
    "What does the argument mean?": ORDER[6:12],
    "One off": ORDER[12:17],
    "What does it remember?": ORDER[17:],
}


# --- right programs -------------------------------------------------------------------


def _right_loop(peak):
    rates, rate = [], peak
    for t in range(UPDATES):
        rates.append(rate)
        rate = peak * (1 - (t + 1) / UPDATES)
    return np.array(rates)


def _right_line(peak):
    line = _schedules().PolynomialDecay(peak, UPDATES, end_learning_rate=0.0)
    return _from_keras(line)


def _right_cosine(peak):
    return peak * _warm_cosine(UPDATES - BATCHES)


RIGHT = {
    title: Exhibit(title, "", "", source, told, design, used, warmup=warmup)
    for title, source, told, design, used, warmup in [
        ("a plain loop", "miniature", "A line.", _line, _right_loop, 0),
        ("Keras, a line", "Keras", "A line to 0.", _line, _right_line, 0),
        (
            "Keras, a warmup and a cosine",
            "Keras",
            "A cosine, its steps counted from the end of the warmup.",
            EXHIBITS["warmup on top"].design,
            _right_cosine,
            BATCHES,
        ),
    ]
}
