"""The book's problems: each a small frozen object that makes data and a Keras model from a seed.

    >>> task = Digits(label_noise=0.2)
    >>> data = task.data(seed=3)
    >>> data.train[0].shape, data.test[1].shape
    ((1000, 64), (497,))

The seed decides the split (or the generator, or the teacher) and the initial weights; training adds the
data order. So two rivals with one seed differ in nothing but their schedule. Everything is offline.

To make a task of your own, derive from `Task` and write ``data`` and ``build``. Tasks know nothing of
schedules, and wait with importing Keras until a model or a loss is asked for.
"""

from __future__ import annotations

import os
import random
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

__all__ = ["Data", "Task", "LinearRegression", "Diabetes", "Digits"]

# the streams of random numbers that one seed feeds; they must not be the same numbers
_SPLIT, _NOISE, _TEACHER, _WEIGHTS, ORDER = range(5)


def generator(seed, stream):
    """NumPy's random generator for one of the streams of a seed."""
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or seed < 0:
        raise ValueError(f"seed must be a whole number of at least 0; got {seed!r}")
    return np.random.default_rng((int(seed), stream))


@lru_cache(maxsize=None)
def import_keras():
    """Keras, imported without TensorFlow's greeting.

    The greeting is written by C++ to the file descriptor of stderr, and no setting stops it; in a
    notebook it would become an output that differs from machine to machine.
    """
    sys.stderr.flush()
    saved, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        import keras
        import tensorflow  # noqa: F401  what Keras computes with here
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(nowhere)
    if keras.backend.backend() != "tensorflow":
        raise ImportError("the book trains with TensorFlow; unset KERAS_BACKEND, "
                          f"which is {keras.backend.backend()!r}, and restart Python")
    return keras


_lock = threading.RLock()  # Keras's float type and Python's random state belong to the whole process


@contextmanager
def precision(dtype):
    """Make Keras objects of this float type inside; put Keras's settings back after."""
    keras = import_keras()
    with _lock:
        floatx, policy = keras.config.floatx(), keras.config.dtype_policy()
        keras.config.set_floatx(dtype)
        keras.config.set_dtype_policy(dtype)
        try:
            yield keras
        finally:
            keras.config.set_floatx(floatx)
            keras.config.set_dtype_policy(policy)


class Data(NamedTuple):
    """Three pairs (inputs, targets) of NumPy arrays, samples along the first axis."""

    train: tuple
    validation: tuple
    test: tuple


class Task:
    """What a task has.

    Attributes:
        loss: function of (targets, outputs) that gives the loss of each sample, in ``keras.ops``.
        metrics: name -> function of (targets, outputs); their mean over the samples is reported.
        fresh: whether training draws new samples for each update instead of passing over a set again.
    """

    fresh = False
    metrics = {}

    def data(self, seed, samples=None):
        """The `Data` of this seed.

        Args:
            seed: whole number of at least 0.
            samples: how many training samples, for a task with fresh data; others take no notice.
        """
        raise NotImplementedError

    def build(self):
        """A new Keras model with its input shape known. Layers may leave their seeds to Keras."""
        raise NotImplementedError

    def model(self, seed, dtype="float64"):
        """A Keras model with this seed's initial weights, in this float type.

        The same seed gives the same weights, whatever was computed before, and no random state is changed.
        """
        with precision(dtype):
            state = random.getstate()
            # every Keras layer that is given no seed draws one from Python's generator
            random.seed(int(generator(seed, _WEIGHTS).integers(2**31)))
            try:
                return self.build()
            finally:
                random.setstate(state)


# --- losses and metrics ---------------------------------------------------------------------------


def squared_error(targets, outputs):
    """(target - output)**2 of each sample; targets and outputs have the same shape (samples, 1)."""
    if targets.shape != outputs.shape:
        raise ValueError(f"targets and outputs must have one shape; got {targets.shape} and {outputs.shape}")
    return import_keras().ops.square(targets - outputs)


def cross_entropy(targets, outputs):
    """Cross-entropy in nats of each sample; targets are class numbers, outputs logits (..., classes)."""
    return import_keras().losses.sparse_categorical_crossentropy(targets, outputs, from_logits=True)


def accuracy(targets, outputs):
    """1 where the largest logit is at the target class, else 0."""
    ops = import_keras().ops
    hits = ops.equal(ops.cast(ops.argmax(outputs, axis=-1), targets.dtype), targets)
    return ops.cast(hits, outputs.dtype)


def r2(targets, outputs):
    """The share of the targets' variance that the outputs explain: 1 - MSE / variance."""
    ops = import_keras().ops
    return 1.0 - ops.mean(ops.square(targets - outputs)) / ops.var(targets)


def _dense(features, hidden, outputs):
    keras = import_keras()
    layers = [keras.layers.Dense(width, activation="relu") for width in hidden]
    return keras.Sequential([keras.Input((features,)), *layers, keras.layers.Dense(outputs)])


# --- the tasks ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class LinearRegression(Task):
    """y = x w + noise, with x uniform in [0, 1] and w = 1, 2, ..., features. Lesson 5.2.

    No model can have a mean squared error below `noise_floor`, nor, in expectation, an R2 above `best_r2`.

    Args:
        samples: training samples; as many more are drawn for the test, and half as many for validation.
        features: length of x.
        noise: standard deviation of the noise.
        hidden: widths of ReLU layers before the output; none by default, which makes it linear.
    """

    samples: int = 1000
    features: int = 10
    noise: float = 1.0
    hidden: tuple[int, ...] = ()

    loss = staticmethod(squared_error)
    metrics = {"r2": r2}

    @property
    def noise_floor(self):
        """The mean squared error of the true weights."""
        return self.noise**2

    @property
    def best_r2(self):
        """The R2 of the true weights: signal variance over total variance. A uniform x has variance 1/12."""
        signal = np.sum(np.arange(1, self.features + 1) ** 2) / 12
        return float(signal / (signal + self.noise_floor))

    def data(self, seed, samples=None):
        rng = generator(seed, _SPLIT)

        def draw(count):
            x = rng.uniform(size=(count, self.features))
            y = x @ np.arange(1.0, self.features + 1) + self.noise * rng.normal(size=count)
            return x, y[:, None]

        return Data(draw(self.samples), draw(self.samples // 2), draw(self.samples))

    def build(self):
        return _dense(self.features, self.hidden, 1)


@dataclass(frozen=True)
class Diabetes(Task):
    """442 patients, 10 measurements each, and the disease's progress a year later (scikit-learn). Lesson 0.

    Split at random into 242 for training, 100 for validation and 100 for the test. Inputs and target are
    standardized with the training set's means and deviations, so a mean squared error of 1 is no better than
    guessing the mean. Source: Efron, Hastie, Johnstone and Tibshirani 2004, Annals of Statistics 32.

    Args:
        hidden: widths of ReLU layers before the output.
    """

    hidden: tuple[int, ...] = ()

    loss = staticmethod(squared_error)
    metrics = {"r2": r2}

    def data(self, seed, samples=None):
        from sklearn.datasets import load_diabetes

        x, y = load_diabetes(return_X_y=True, scaled=False)
        data = _split(x, y[:, None], (242, 100, 100), seed)
        standard = [(part.mean(axis=0), part.std(axis=0)) for part in data.train]
        return Data(*(tuple((part - mean) / deviation for part, (mean, deviation) in zip(pair, standard))
                      for pair in data))

    def build(self):
        return _dense(10, self.hidden, 1)


@dataclass(frozen=True)
class Digits(Task):
    """1,797 real images of handwritten digits, 8 x 8 pixels in [0, 1] (scikit-learn).

    Split at random into 1,000 (or ``samples``) for training, 300 for validation and 497 for the test.

    Args:
        label_noise: share of the training labels, in [0, 1], that are replaced by another class at random.
            Validation and test labels stay clean.
        samples: training images, 1 to 1000.
        hidden: widths of ReLU layers before the output.
    """

    label_noise: float = 0.0
    samples: int = 1000
    hidden: tuple[int, ...] = (64,)

    loss = staticmethod(cross_entropy)
    metrics = {"accuracy": accuracy}

    def __post_init__(self):
        if not 0 <= self.label_noise <= 1:
            raise ValueError(f"label_noise must lie in [0, 1]; got {self.label_noise!r}")
        if not 1 <= self.samples <= 1000:
            raise ValueError(f"samples must be from 1 to 1000; got {self.samples!r}")

    def data(self, seed, samples=None):
        from sklearn.datasets import load_digits

        x, y = load_digits(return_X_y=True)
        data = _split(x / 16.0, y.astype("int32"), (1000, 300, 497), seed)
        x, y = (part[: self.samples] for part in data.train)
        return data._replace(train=(x, _relabel(y, 10, self.label_noise, seed)))

    def build(self):
        return _dense(64, self.hidden, 10)


def _split(x, y, sizes, seed):
    order = generator(seed, _SPLIT).permutation(len(x))
    parts = np.split(order, np.cumsum(sizes)[:-1])
    return Data(*((x[part], y[part]) for part in parts))


def _relabel(labels, classes, share, seed):
    """Give this share of the labels (rounded to whole samples) another class, each other one as likely."""
    rng = generator(seed, _NOISE)
    chosen = rng.permutation(len(labels))[: round(share * len(labels))]
    labels = labels.copy()
    labels[chosen] = (labels[chosen] + rng.integers(1, classes, size=len(chosen))) % classes
    return labels
