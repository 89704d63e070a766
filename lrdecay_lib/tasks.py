"""The book's problems: each a small frozen object that makes data and a Keras model from a seed.

    >>> task = Digits(label_noise=0.2)
    >>> data = task.data(seed=3)
    >>> data.train[0].shape, data.test[1].shape
    ((1000, 64), (497,))

The seed decides the split (or the generator, or the teacher) and the initial weights; training
adds the data order. So two rivals with one seed differ in nothing but their schedule. Everything
is offline.

To make a task of your own, derive from `Task` and write ``data`` and ``build``. Tasks know nothing
of schedules, and wait with importing Keras until a model or a loss is asked for.
"""

from __future__ import annotations

import math
import os
import random
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np

from .arguments import whole

__all__ = [
    "Data",
    "Task",
    "NoisyQuadratic",
    "LinearRegression",
    "Diabetes",
    "Digits",
    "ClientDigits",
    "MNIST1D",
    "Teacher",
    "AddingProblem",
    "Ratings",
    "Sequences",
]

# the streams of random numbers that one seed feeds; they must not be the same numbers
_SPLIT, _NOISE, _TEACHER, _WEIGHTS, ORDER = range(5)


def generator(seed, stream):
    """NumPy's random generator for one of the streams of a seed."""
    return np.random.default_rng((whole("seed", seed, least=0), stream))


@contextmanager
def _no_stderr():
    """Drop what is written to the file descriptor of stderr inside, if there is one."""
    if sys.stderr is not None:
        sys.stderr.flush()
    try:
        saved = os.dup(2)
    except OSError:  # a service may have none
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(nowhere)


@contextmanager
def _without(name):
    """Let imports inside do without an optional module that is not loaded yet.

    TensorFlow imports JAX, where it is installed, for a converter that the book does not use: a
    seventh of the time that the import takes.
    """
    if name in sys.modules:
        yield
        return
    sys.modules[name] = None
    try:
        yield
    finally:
        sys.modules.pop(name, None)


@cache
def import_keras():
    """Keras, imported without TensorFlow's greeting.

    The greeting is written by C++ to the file descriptor of stderr, and no setting stops it; in a
    notebook it would become an output that differs from machine to machine.
    """
    with _no_stderr(), _without("jax"):
        import keras
        import tensorflow  # noqa: F401  what Keras computes with here
    if keras.backend.backend() != "tensorflow":
        raise ImportError(
            "the book trains with TensorFlow; unset KERAS_BACKEND, "
            f"which is {keras.backend.backend()!r}, and restart Python"
        )
    return keras


_lock = (
    threading.RLock()
)  # Keras's float type and Python's random state belong to the whole process


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
        fresh: whether training draws new samples for each update instead of passing over a set
            again.
        xla: whether XLA compiles the run, or TensorFlow alone. It makes dense models several times
            faster; of others it is slow to compile, and their compiled runs are no faster
            (measured in benchmarks/).
    """

    fresh = False
    xla = True
    metrics = {}

    def data(self, seed, samples=None):
        """The `Data` of this seed.

        Args:
            seed: whole number of at least 0.
            samples: how many training samples, for a task with fresh data; others take no notice.
                Fewer are the first of more, and validation and test do not depend on them.
        """
        raise NotImplementedError

    def build(self):
        """A new Keras model with its input shape known. Layers may leave their seeds to Keras."""
        raise NotImplementedError

    def model(self, seed, dtype="float64"):
        """A Keras model with this seed's initial weights, in this float type.

        The same seed gives the same weights, whatever was computed before, and no random state is
        changed.
        """
        with precision(dtype):
            state = random.getstate()
            # every Keras layer that is given no seed draws one from Python's generator
            random.seed(_first_seed(seed))
            try:
                return self.build()
            finally:
                random.setstate(state)

    def initial_values(self, seed, dtype="float64"):
        """The values of ``model(seed, dtype)``'s trainable and other variables: two lists of
        tensors.

        Without building the model again where its values follow from Keras's seeded initializers:
        building takes as long as a short run.
        """
        recipe = _recipe(self, dtype)
        if recipe is None:
            return _values(self.model(seed, dtype))
        draws = _draws(seed)
        return tuple([make(draws) for make in part] for part in recipe)


def _values(model):
    """The values of a model's trainable and other variables, as tensors that later changes
    leave alone."""
    return tuple(
        [import_keras().ops.copy(v.value) for v in part]
        for part in (model.trainable_variables, model.non_trainable_variables)
    )


def _first_seed(seed):
    return int(generator(seed, _WEIGHTS).integers(2**31))


def _draws(seed, count=200):
    """The seeds that Keras's layers draw one after another while this seed's model is built."""
    rng = random.Random(_first_seed(seed))
    return [
        rng.randint(1, 10**9) for _ in range(count)
    ]  # as keras.random's make_default_seed does


@lru_cache(maxsize=64)
def _recipe(task, dtype):
    """For each variable of the task's model a function: draws -> initial value. None if these
    miss what building gives."""
    keras = import_keras()
    with (
        precision(dtype),
        keras.StatelessScope(),
    ):  # variables made in this scope keep their initializers until its end
        model = task.model(0, dtype)
        initializers = {
            id(v): getattr(v, "_initializer", None) for v in model.variables
        }
    number = {draw: k for k, draw in enumerate(_draws(0))}

    def maker(variable):
        initializer, value = initializers[id(variable)], variable.value
        k = number.get(getattr(initializer, "seed", None))
        if k is not None:
            kind, config, shape = (
                type(initializer),
                initializer.get_config(),
                tuple(variable.shape),
            )
            return lambda draws: kind.from_config({**config, "seed": draws[k]})(
                shape, dtype=variable.dtype
            )
        if variable.name == "seed_generator_state":  # of dropout: a draw and a count
            k = number[int(value[0])]
            return lambda draws: keras.ops.convert_to_tensor(
                [draws[k], 0], dtype=variable.dtype
            )
        value = keras.ops.copy(value)
        return lambda draws: value

    try:
        recipe = tuple(
            [maker(v) for v in part]
            for part in (model.trainable_variables, model.non_trainable_variables)
        )
        made = [make(_draws(1)) for part in recipe for make in part]
    except (KeyError, IndexError, TypeError, ValueError):
        return None
    built = [value for part in _values(task.model(1, dtype)) for value in part]
    return (
        recipe
        if all(np.array_equal(a, b) for a, b in zip(made, built, strict=True))
        else None
    )


# --- losses and metrics ---------------------------------------------------------------


def squared_error(targets, outputs):
    """(target - output)**2 of each sample; targets and outputs have the same shape (samples, 1)."""
    if targets.shape != outputs.shape:
        raise ValueError(
            f"targets and outputs must have one shape; got {targets.shape} and {outputs.shape}"
        )
    return import_keras().ops.square(targets - outputs)


def cross_entropy(targets, outputs):
    """Cross-entropy in nats of each sample; targets are class numbers, outputs logits (...,
    classes)."""
    return import_keras().losses.sparse_categorical_crossentropy(
        targets, outputs, from_logits=True
    )


def accuracy(targets, outputs):
    """1 where the largest logit is at the target class, else 0."""
    ops = import_keras().ops
    hits = ops.equal(ops.cast(ops.argmax(outputs, axis=-1), targets.dtype), targets)
    return ops.cast(hits, outputs.dtype)


def r2(targets, outputs):
    """The share of the targets' variance that the outputs explain: 1 - MSE / variance."""
    ops = import_keras().ops
    return 1.0 - ops.mean(ops.square(targets - outputs)) / ops.var(targets)


def soft_cross_entropy(targets, outputs):
    """Cross-entropy in nats of each sample; targets are probabilities, outputs logits, both
    (..., classes)."""
    return import_keras().losses.categorical_crossentropy(
        targets, outputs, from_logits=True
    )


def excess(targets, outputs):
    """Cross-entropy minus its least possible value, the entropy of the target probabilities: 0
    is perfect."""
    ops = import_keras().ops
    entropy = -ops.sum(
        ops.where(targets > 0, targets * ops.log(ops.maximum(targets, 1e-300)), 0.0),
        axis=-1,
    )
    return soft_cross_entropy(targets, outputs) - entropy


def rmse(targets, outputs):
    """The root of the mean squared error."""
    ops = import_keras().ops
    return ops.sqrt(ops.mean(squared_error(targets, outputs)))


def solved(targets, outputs):
    """1 for each sequence of which every position is right, else 0."""
    return import_keras().ops.min(accuracy(targets, outputs), axis=-1)


def _at_least(least, **values):
    for name, value in values.items():
        if not value >= least:
            raise ValueError(f"{name} must be at least {least}; got {value!r}")


def _widths(task):
    """Let ``task.hidden`` be any sequence of whole numbers of at least 1; it is kept as a tuple,
    because a task must be hashable."""
    try:
        hidden = tuple(task.hidden)
    except TypeError:
        raise ValueError(
            f"hidden must be widths, such as (64,); got {task.hidden!r}"
        ) from None
    object.__setattr__(task, "hidden", tuple(whole("hidden", w) for w in hidden))


def _dense(features, hidden, outputs):
    keras = import_keras()
    layers = [keras.layers.Dense(width, activation="relu") for width in hidden]
    return keras.Sequential(
        [keras.Input((features,)), *layers, keras.layers.Dense(outputs)]
    )


# --- the tasks ------------------------------------------------------------------------


@dataclass(frozen=True)
class NoisyQuadratic(Task):
    """loss(x) = sum(h x**2) / 2, whose gradient is seen with noise: h x + noise. Lesson "Why decay
    works".

    The simplest model of training that has the two things that matter, curvatures h and gradient
    noise, and the expected loss under any schedule is known exactly (`expectation`). Source:
    Schaul, Zhang and LeCun 2013, arXiv 1206.1106; Zhang and others 2019, arXiv 1907.04164.

    Args:
        eigenvalues: the curvatures h, each above 0; any sequence. A rate is stable below 2 /
            max(h).
        noise: variance of the gradient noise of one sample: one number, or one for each
            eigenvalue. None means equal to the eigenvalues, as at the optimum of a well specified
            model.
        start: the initial value of every x: one number, or one for each eigenvalue.
    """

    eigenvalues: tuple[float, ...] = (1.0, 0.1, 0.01)
    noise: tuple[float, ...] | float | None = None
    start: tuple[float, ...] | float = 1.0

    fresh = True

    def __post_init__(self):
        eigenvalues = np.asarray(self.eigenvalues, dtype=float)
        noise = (
            eigenvalues if self.noise is None else np.asarray(self.noise, dtype=float)
        )
        if (
            eigenvalues.ndim != 1
            or not len(eigenvalues)
            or not (np.isfinite(eigenvalues) & (eigenvalues > 0)).all()
        ):
            raise ValueError(
                "eigenvalues must be finite numbers above 0, at least one; got "
                f"{self.eigenvalues!r}"
            )
        if (
            noise.shape not in ((), eigenvalues.shape)
            or not (np.isfinite(noise) & (noise >= 0)).all()
        ):
            raise ValueError(
                "noise must be one number of at least 0, or one for each eigenvalue; "
                f"got {self.noise!r}"
            )
        start = np.asarray(self.start, dtype=float)
        if start.shape not in ((), eigenvalues.shape) or not np.isfinite(start).all():
            raise ValueError(
                "start must be one finite number, or one for each eigenvalue; got "
                f"{self.start!r}"
            )
        if (
            start.ndim
        ):  # one number stays as it was written, and so does the task's repr
            object.__setattr__(self, "start", tuple(start.tolist()))
        object.__setattr__(self, "eigenvalues", tuple(eigenvalues.tolist()))
        object.__setattr__(
            self, "noise", tuple(np.broadcast_to(noise, eigenvalues.shape).tolist())
        )

    @staticmethod
    def loss(targets, outputs):
        """The model computes the loss itself; there is no target."""
        return outputs

    def data(self, seed, samples=None):
        noise = generator(seed, _SPLIT).normal(
            size=(samples or 1000, len(self.eigenvalues))
        ) * np.sqrt(self.noise)
        exact = np.zeros(
            (1, len(self.eigenvalues))
        )  # without noise the loss is the true one
        return Data(*((x, np.zeros((len(x), 1))) for x in (noise, exact, exact)))

    def build(self):
        keras = import_keras()
        return keras.Sequential(
            [
                keras.Input((len(self.eigenvalues),)),
                _layers()["Quadratic"](self.eigenvalues, self._first()),
            ]
        )

    def _first(self):
        """The initial x, float64, one for each eigenvalue."""
        return np.broadcast_to(np.asarray(self.start, float), len(self.eigenvalues))

    def expectation(self, schedule, updates, batch_size=1, momentum=0.0):
        """The expected loss under SGD, exactly: no seeds, no training.

        With m the momentum (Keras's: m' = momentum m - rate gradient, x' = x + m'), and for each
        eigenvalue the second moments A = E[x x], C = E[x m], V = E[m m], an update gives::

            V' = momentum**2 V - 2 momentum rate h C + (rate h)**2 A + rate**2 noise / batch_size
            D  = momentum C - rate h A
            C' = D + V'
            A' = A + 2 D + V'

        and the loss is sum(h A) / 2. Without momentum that is A' = (1 - rate h)**2 A + rate**2
        noise / batch_size.

        Args:
            schedule: a callable of the 0-based update index, or one rate for each update.
            updates: how many updates.
            batch_size: samples whose noise an update averages, at least 1; need not be whole.
            momentum: in [0, 1).

        Returns:
            float64 array of shape (updates + 1,): the loss before the first update and after each.
            Where the rates are too large it grows to infinity.
        """
        _at_least(1, batch_size=batch_size)
        if not 0 <= momentum < 1:
            raise ValueError(f"momentum must lie in [0, 1); got {momentum!r}")
        rates = np.array(
            [schedule(t) for t in range(updates)] if callable(schedule) else schedule,
            dtype=float,
        )
        if rates.shape != (updates,):
            raise ValueError(
                f"schedule must give one rate for each of the {updates} updates; got "
                f"shape {rates.shape}"
            )
        h, noise = np.array(self.eigenvalues), np.array(self.noise) / batch_size
        A, C, V = self._first() ** 2, np.zeros(len(h)), np.zeros(len(h))
        losses = np.empty(updates + 1)
        with np.errstate(over="ignore", invalid="ignore"):
            losses[0] = h @ A / 2
            for t, rate in enumerate(rates.tolist()):
                if momentum:
                    D = momentum * C - (rate * h) * A
                    V = (
                        momentum * (momentum * V - (2 * rate * h) * C)
                        + (rate * h) ** 2 * A
                        + rate**2 * noise
                    )
                    C = D + V
                    A = A + 2 * D + V
                else:
                    A = (1 - rate * h) ** 2 * A + rate**2 * noise
                losses[t + 1] = h @ A / 2
        return np.where(np.isnan(losses), np.inf, losses)


@dataclass(frozen=True)
class LinearRegression(Task):
    """y = x w + noise, with x uniform in [0, 1] and w = 1, 2, ..., features. Lesson 5.2.

    No model can have a mean squared error below `noise_floor`, nor, in expectation, an R2 above
    `best_r2`.

    Args:
        samples: training samples; as many more are drawn for the test, and half as many for
            validation.
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

    def __post_init__(self):
        _widths(self)

    @property
    def noise_floor(self):
        """The mean squared error of the true weights."""
        return self.noise**2

    @property
    def best_r2(self):
        """The R2 of the true weights: signal variance over total variance. A uniform x has
        variance 1/12."""
        signal = np.sum(np.arange(1, self.features + 1) ** 2) / 12
        return float(signal / (signal + self.noise_floor))

    def data(self, seed, samples=None):
        rng = generator(seed, _SPLIT)

        def draw(count):
            x = rng.uniform(size=(count, self.features))
            y = x @ np.arange(1.0, self.features + 1) + self.noise * rng.normal(
                size=count
            )
            return x, y[:, None]

        return Data(draw(self.samples), draw(self.samples // 2), draw(self.samples))

    def build(self):
        return _dense(self.features, self.hidden, 1)


@dataclass(frozen=True)
class Diabetes(Task):
    """442 patients, 10 measurements each, and the disease's progress a year later (scikit-learn).
    Lesson 0.

    Split at random into 242 for training, 100 for validation and 100 for the test. Inputs and
    target are standardized with the training set's means and deviations, so a mean squared error
    of 1 is no better than guessing the mean. Source: Efron, Hastie, Johnstone and Tibshirani 2004,
    Annals of Statistics 32.

    Args:
        hidden: widths of ReLU layers before the output.
    """

    hidden: tuple[int, ...] = ()

    loss = staticmethod(squared_error)
    metrics = {"r2": r2}

    def __post_init__(self):
        _widths(self)

    def data(self, seed, samples=None):
        from sklearn.datasets import load_diabetes

        x, y = load_diabetes(return_X_y=True, scaled=False)
        data = _split(x, y[:, None], (242, 100, 100), seed)
        standard = [(part.mean(axis=0), part.std(axis=0)) for part in data.train]
        return Data(
            *(
                tuple(
                    (part - mean) / deviation
                    for part, (mean, deviation) in zip(pair, standard)
                )
                for pair in data
            )
        )

    def build(self):
        return _dense(10, self.hidden, 1)


@dataclass(frozen=True)
class Digits(Task):
    """1,797 real images of handwritten digits, 8 x 8 pixels in [0, 1] (scikit-learn).

    Split at random into 1,000 (or ``samples``) for training, 300 for validation and 497 for the
    test.

    Args:
        label_noise: share of the training labels, in [0, 1], that are replaced by another class at
            random. Validation and test labels stay clean.
        samples: training images, 1 to 1000.
        hidden: widths of ReLU layers before the output.
    """

    label_noise: float = 0.0
    samples: int = 1000
    hidden: tuple[int, ...] = (64,)

    loss = staticmethod(cross_entropy)
    metrics = {"accuracy": accuracy}

    def __post_init__(self):
        _widths(self)
        if not 0 <= self.label_noise <= 1:
            raise ValueError(
                f"label_noise must lie in [0, 1]; got {self.label_noise!r}"
            )
        if not 1 <= self.samples <= 1000:
            raise ValueError(f"samples must be from 1 to 1000; got {self.samples!r}")

    def data(self, seed, samples=None):
        data = _split(*_digits(), (1000, 300, 497), seed)
        x, y = (part[: self.samples] for part in data.train)
        return data._replace(train=(x, _relabel(y, 10, self.label_noise, seed)))

    def build(self):
        return _dense(64, self.hidden, 10)


@lru_cache(maxsize=1)
def _digits():
    from sklearn.datasets import load_digits

    x, y = load_digits(return_X_y=True)
    return x / 16.0, y.astype("int32")


def _split(x, y, sizes, seed):
    order = generator(seed, _SPLIT).permutation(len(x))
    parts = np.split(order, np.cumsum(sizes)[:-1])
    return Data(*((x[part], y[part]) for part in parts))


def _relabel(labels, classes, share, seed):
    """Give this share of the labels (rounded to whole samples) another class, each other one as
    likely."""
    rng = generator(seed, _NOISE)
    chosen = rng.permutation(len(labels))[: round(share * len(labels))]
    labels = labels.copy()
    labels[chosen] = (
        labels[chosen] + rng.integers(1, classes, size=len(chosen))
    ) % classes
    return labels


@dataclass(frozen=True)
class ClientDigits(Digits):
    """`Digits` whose training images are spread over clients that each see few of the classes.
    Lesson 8.2.

    Trained as one, it is `Digits`. For federated averaging, `clients` gives each client's own
    images.

    Args:
        clients_count: how many clients; each gets the same number of images.
        shards: pieces of the images, sorted by class, that a client gets: with 2, mostly two
            classes each.
            Source: McMahan and others 2017, arXiv 1602.05629.
    """

    clients_count: int = 10
    shards: int = 2

    def __post_init__(self):
        super().__post_init__()
        _at_least(1, clients_count=self.clients_count, shards=self.shards)

    def clients(self, seed):
        """The training images of each client: list of (inputs, labels), all of one length."""
        x, y = self.data(seed).train
        pieces = self.clients_count * self.shards
        size = len(y) // pieces
        if not size:
            raise ValueError(
                f"clients_count * shards must be at most {len(y)}, the number of "
                f"images; got {pieces}"
            )
        order = np.argsort(y, kind="stable")[: size * pieces].reshape(pieces, size)
        dealt = (
            generator(seed, _TEACHER)
            .permutation(pieces)
            .reshape(self.clients_count, self.shards)
        )
        return [(x[order[mine].ravel()], y[order[mine].ravel()]) for mine in dealt]


# the profile of each class: 12 heights, drawn by hand for this book
_PROFILES = np.array(
    [
        (0, 2, 4, 5, 5, 4, 4, 5, 5, 4, 2, 0),
        (0, 0, 0, 1, 3, 6, 6, 3, 1, 0, 0, 0),
        (0, 3, 5, 5, 3, 1, -1, -3, -4, -3, -1, 0),
        (0, 3, 4, 2, 0, 3, 5, 3, 0, 2, 3, 0),
        (0, -1, -2, -3, 0, 5, 5, 0, 0, 0, 0, 0),
        (0, 5, 5, 4, 2, 0, -2, -2, 0, 2, 2, 0),
        (0, 5, 3, 1, 0, -1, 0, 2, 3, 2, 0, 0),
        (0, 1, 2, 3, 4, 5, 0, -1, -2, -3, -4, 0),
        (0, 4, 0, 4, 0, -3, -3, 0, 4, 0, 4, 0),
        (0, 2, 4, 4, 2, 2, 1, -1, -3, -5, -5, 0),
    ],
    dtype=float,
)


@dataclass(frozen=True)
class MNIST1D(Task):
    """Ten classes of signals of 40 points, for a small convolutional net. Lesson 3.4.

    Each sample is a class's profile, stretched, shifted, scaled and tilted at random, under smooth
    noise; generated here, after the idea of Greydanus 2020, arXiv 2011.14439, with profiles of our
    own.

    Args:
        samples: training samples. 500 more are drawn for validation and 1,000 for the test.
        label_noise: as in `Digits`.
        noise: standard deviation of the smooth noise; a profile's is 1.
        channels: of each of the three convolutions.
        dropout: share of the last features that are dropped in training, in [0, 1).
        normalize: batch normalization after each convolution.
    """

    samples: int = 4000
    label_noise: float = 0.0
    noise: float = 0.5
    channels: int = 25
    dropout: float = 0.0
    normalize: bool = False

    xla = False
    loss = staticmethod(cross_entropy)
    metrics = {"accuracy": accuracy}

    def __post_init__(self):
        _at_least(1, samples=self.samples, channels=self.channels)
        if not 0 <= self.label_noise <= 1:
            raise ValueError(
                f"label_noise must lie in [0, 1]; got {self.label_noise!r}"
            )

    def data(self, seed, samples=None):
        rng = generator(seed, _SPLIT)

        def draw(count):
            y = rng.integers(10, size=count).astype("int32")
            width, middle = (
                rng.uniform(20, 32, size=(count, 1)),
                rng.uniform(16, 24, size=(count, 1)),
            )
            place = (
                np.clip((np.arange(40) - middle) / width + 0.5, 0.0, 1.0) * 11
            )  # within the 12 heights
            left = np.minimum(place.astype(int), 10)
            low, high = _PROFILES[y[:, None], left], _PROFILES[y[:, None], left + 1]
            signal = low + (place - left) * (high - low)
            signal = (
                signal
                / signal.std(axis=1, keepdims=True)
                * rng.uniform(0.7, 1.3, size=(count, 1))
            )
            signal += rng.normal(scale=0.5, size=(count, 1)) * np.linspace(-1, 1, 40)
            rough = rng.normal(size=(count, 44))
            smooth = sum(rough[:, i : i + 40] for i in range(5)) / np.sqrt(5.0)
            return (signal + self.noise * smooth)[..., None], y

        (x, y), validation, test = draw(self.samples), draw(500), draw(1000)
        return Data((x, _relabel(y, 10, self.label_noise, seed)), validation, test)

    def build(self):
        layers = import_keras().layers
        stack = [import_keras().Input((40, 1))]
        for width in (5, 3, 3):
            stack.append(
                layers.Conv1D(
                    self.channels,
                    width,
                    strides=2,
                    padding="same",
                    use_bias=not self.normalize,
                )
            )
            stack += [layers.BatchNormalization()] if self.normalize else []
            stack.append(layers.ReLU())
        stack += [
            layers.Flatten(),
            *([layers.Dropout(self.dropout)] if self.dropout else []),
            layers.Dense(10),
        ]
        return import_keras().Sequential(stack)


@dataclass(frozen=True)
class Teacher(Task):
    """A student network learns the labels that a random teacher network samples; the data never
    end.

    Noise without overfitting: the cleanest test of a schedule. Validation and test targets are the
    teacher's probabilities themselves, so their loss has no label noise, and "excess_loss" (the
    loss above the teacher's own) is 0 for a perfect student. The seed makes the teacher too.

    Args:
        features, classes: lengths of input and output.
        width: of the teacher's hidden layer.
        hidden: widths of the student's hidden layers.
        sharpness: standard deviation of the teacher's logits. 0 is pure noise.
    """

    features: int = 32
    classes: int = 10
    width: int = 32
    hidden: tuple[int, ...] = (64,)
    sharpness: float = 2.0

    fresh = True
    loss = staticmethod(soft_cross_entropy)
    metrics = {"excess_loss": excess}

    def __post_init__(self):
        _widths(self)
        _at_least(1, features=self.features, classes=self.classes, width=self.width)

    def data(self, seed, samples=None):
        rng = generator(seed, _TEACHER)
        inner = rng.normal(size=(self.features, self.width)) / np.sqrt(self.features)
        outer = rng.normal(size=(self.width, self.classes))

        def probabilities(x):
            hidden = np.maximum(x @ inner, 0.0)
            # a ReLU of a unit normal has mean square 1/2 and mean 1/sqrt(2 pi)
            logits = (
                self.sharpness
                * (hidden - 1 / np.sqrt(2 * np.pi))
                @ outer
                / np.sqrt(self.width * (0.5 - 0.5 / np.pi))
            )
            p = np.exp(logits - logits.max(axis=1, keepdims=True))
            return p / p.sum(axis=1, keepdims=True)

        rng = generator(seed, _SPLIT)
        validation, test, x = (
            rng.normal(size=(count, self.features))
            for count in (1000, 2000, samples or 1000)
        )
        chance = generator(seed, _NOISE).uniform(size=(len(x), 1))
        label = (
            (chance > probabilities(x).cumsum(axis=1))
            .sum(axis=1)
            .clip(max=self.classes - 1)
        )
        return Data(
            (x, np.eye(self.classes)[label]),
            (validation, probabilities(validation)),
            (test, probabilities(test)),
        )

    def build(self):
        return _dense(self.features, self.hidden, self.classes)


@dataclass(frozen=True)
class AddingProblem(Task):
    """Add the two marked numbers of a sequence, with a recurrent net; the data never end. Lesson
    3.4.

    Inputs have shape (samples, length, 2): numbers uniform in [0, 1], and marks that are 1 at two
    places, one in each half, and else 0. The mean squared error of guessing 1 is 1/6. Source:
    Hochreiter and Schmidhuber 1997, Neural Computation 9(8).

    Args:
        length: of the sequences, at least 2.
        units: of the recurrent layer.
        cell: "simple", "gru" or "lstm".
        gain: scale of the initial recurrent weights, which are orthogonal: above 1 gradients
            explode.
    """

    length: int = 10
    units: int = 48
    cell: str = "simple"
    gain: float = 1.0

    fresh = True
    xla = False
    loss = staticmethod(squared_error)

    def __post_init__(self):
        _at_least(2, length=self.length)
        _at_least(1, units=self.units)
        if self.cell not in ("simple", "gru", "lstm"):
            raise ValueError(
                f"cell must be 'simple', 'gru' or 'lstm'; got {self.cell!r}"
            )

    def data(self, seed, samples=None):
        numbers, marks, half = (
            generator(seed, _SPLIT),
            generator(seed, _NOISE),
            self.length // 2,
        )

        def draw(count):
            x = np.zeros((count, self.length, 2))
            x[:, :, 0] = numbers.uniform(size=(count, self.length))
            marked = marks.integers((0, half), (half, self.length), size=(count, 2))
            x[np.arange(count)[:, None], marked, 1] = 1.0
            return x, (x[:, :, 0] * x[:, :, 1]).sum(axis=1, keepdims=True)

        validation, test = draw(500), draw(1000)
        return Data(draw(samples or 1000), validation, test)

    def build(self):
        keras = import_keras()
        layer = {
            "simple": keras.layers.SimpleRNN,
            "gru": keras.layers.GRU,
            "lstm": keras.layers.LSTM,
        }[self.cell]
        start = keras.initializers.Orthogonal(gain=self.gain)
        return keras.Sequential(
            [
                keras.Input((self.length, 2)),
                layer(self.units, recurrent_initializer=start, unroll=True),
                keras.layers.Dense(1),
            ]
        )


@dataclass(frozen=True)
class Ratings(Task):
    """Predict a user's rating of an item from other ratings: matrix factorization. Lesson 3.4.

    A matrix of known rank plus noise, of which a share is seen. Each user and each item gets a
    vector; the prediction is their product. No method can have an RMSE below ``noise``. Inputs are
    pairs (user, item).

    Args:
        users, items, rank: shape and rank of the matrix, whose entries have variance 1.
        observed: share of the entries used for training, in (0, 0.8]. A tenth of all entries each
            is kept for validation and test.
        noise: standard deviation of the noise on each rating.
        penalty: each sample adds penalty * (squared lengths of its two vectors) to the training
            loss.
    """

    users: int = 300
    items: int = 200
    rank: int = 5
    observed: float = 0.3
    noise: float = 0.25
    penalty: float = 0.02

    loss = staticmethod(squared_error)
    metrics = {"rmse": rmse}

    def __post_init__(self):
        _at_least(1, users=self.users, items=self.items, rank=self.rank)
        _at_least(0, noise=self.noise, penalty=self.penalty)
        if not 0 < self.observed <= 0.8:
            raise ValueError(f"observed must lie in (0, 0.8]; got {self.observed!r}")

    def data(self, seed, samples=None):
        rng = generator(seed, _TEACHER)
        u, v = (
            rng.normal(size=(self.users, self.rank)),
            rng.normal(size=(self.items, self.rank)),
        )
        ratings = u @ v.T / np.sqrt(self.rank) + self.noise * rng.normal(
            size=(self.users, self.items)
        )
        pairs = (
            np.stack(np.indices(ratings.shape), axis=-1).reshape(-1, 2).astype("int32")
        )
        total = len(pairs)
        sizes = int(self.observed * total), total // 10, total // 10
        chosen = generator(seed, _SPLIT).permutation(total)[: sum(sizes)]
        parts = np.split(chosen, np.cumsum(sizes)[:-1])
        return Data(*((pairs[part], ratings.reshape(-1, 1)[part]) for part in parts))

    def build(self):
        return import_keras().Sequential(
            [
                import_keras().Input((2,), dtype="int32"),
                _layers()["Factors"](self.users, self.items, self.rank, self.penalty),
            ]
        )


@dataclass(frozen=True)
class Sequences(Task):
    """Translate by reversing a sequence and substituting each token, with a small transformer.
    Lesson 3.4.

    The seed makes the dictionary. Inputs and targets have shape (samples, length); the data never
    end.

    Args:
        length: tokens of a sequence. tokens: size of the vocabulary.
        layers, width, heads: of the transformer; width must be a multiple of heads.
        norm: "post" normalizes after adding (Vaswani and others 2017, arXiv 1706.03762), "pre"
            before each block (Xiong and others 2020, arXiv 2002.04745).
    """

    length: int = 8
    tokens: int = 12
    layers: int = 2
    width: int = 32
    heads: int = 2
    norm: str = "post"

    fresh = True
    xla = False
    loss = staticmethod(cross_entropy)
    metrics = {"accuracy": accuracy, "solved": solved}

    def __post_init__(self):
        _at_least(
            1,
            length=self.length,
            tokens=self.tokens,
            layers=self.layers,
            width=self.width,
            heads=self.heads,
        )
        if self.width % self.heads:
            raise ValueError(
                f"width must be a multiple of heads; got {self.width} and {self.heads}"
            )
        if self.norm not in ("pre", "post"):
            raise ValueError(f"norm must be 'pre' or 'post'; got {self.norm!r}")

    def data(self, seed, samples=None):
        dictionary = generator(seed, _TEACHER).permutation(self.tokens)
        rng = generator(seed, _SPLIT)
        validation, test, x = (
            rng.integers(self.tokens, size=(count, self.length))
            for count in (200, 500, samples or 1000)
        )
        return Data(
            *(
                (part.astype("int32"), dictionary[part[:, ::-1]].astype("int32"))
                for part in (x, validation, test)
            )
        )

    def build(self):
        keras = import_keras()
        layers = keras.layers
        tokens = keras.Input((self.length,), dtype="int32")
        x = _layers()["Positions"](self.length)(
            layers.Embedding(self.tokens, self.width)(tokens)
        )
        # Glorot's range: a projection has as many inputs as outputs. Keras takes the heads for a
        # convolution's receptive field before version 3.15, and begins with smaller weights
        reach = math.sqrt(3 / self.width)
        for _ in range(self.layers):
            attend = layers.MultiHeadAttention(
                self.heads,
                self.width // self.heads,
                kernel_initializer=keras.initializers.RandomUniform(-reach, reach),
                flash_attention=False,
            )
            think = keras.Sequential(
                [
                    layers.Dense(4 * self.width, activation="relu"),
                    layers.Dense(self.width),
                ]
            )
            for block in (lambda x, attend=attend: attend(x, x), think):
                norm = layers.LayerNormalization()
                x = norm(x + block(x)) if self.norm == "post" else x + block(norm(x))
        if self.norm == "pre":
            x = layers.LayerNormalization()(x)
        return keras.Model(tokens, layers.Dense(self.tokens)(x))


@lru_cache(maxsize=1)
def _layers():
    """Layers of our own. Made at the first use, because their base class is Keras's."""
    keras = import_keras()

    class Quadratic(keras.layers.Layer):
        def __init__(self, eigenvalues, start):
            super().__init__()
            self.eigenvalues, self.start = eigenvalues, start
            self.x = self.add_weight(
                shape=(len(eigenvalues),),
                # Keras's Constant would round a Python number to float32 on its way
                initializer=lambda shape, dtype: keras.ops.convert_to_tensor(
                    start, dtype=dtype
                ),
                name="x",
            )

        def call(self, noise):
            curvature = keras.ops.convert_to_tensor(
                self.eigenvalues, dtype=self.x.dtype
            )
            return 0.5 * keras.ops.sum(curvature * self.x**2) + keras.ops.sum(
                noise * self.x, axis=-1, keepdims=True
            )

    class Factors(keras.layers.Layer):
        def __init__(self, users, items, rank, penalty):
            super().__init__()
            self.penalty = penalty
            self.users, self.items = (
                self.add_weight(
                    shape=(count, rank),
                    initializer=keras.initializers.RandomNormal(stddev=0.1),
                    name=name,
                )
                for name, count in (("users", users), ("items", items))
            )

        def call(self, pairs, training=False):
            u, v = (
                keras.ops.take(table, pairs[:, i], axis=0)
                for i, table in enumerate((self.users, self.items))
            )
            if training and self.penalty:
                self.add_loss(
                    self.penalty * keras.ops.mean(keras.ops.sum(u**2 + v**2, axis=-1))
                )
            return keras.ops.sum(u * v, axis=-1, keepdims=True)

    class Positions(keras.layers.Layer):
        """Adds a learned vector to each place of a sequence."""

        def __init__(self, length):
            super().__init__()
            self.length = length

        def build(self, shape):
            self.place = self.add_weight(
                shape=(self.length, shape[-1]),
                name="place",
                initializer=keras.initializers.RandomNormal(stddev=0.02),
            )

        def call(self, x):
            return x + self.place

    return {"Quadratic": Quadratic, "Factors": Factors, "Positions": Positions}
