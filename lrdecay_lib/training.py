"""Training: one run as one compiled program (`train`), and a grid of runs over the cores (`sweep`).

    >>> run = train(Diabetes(), 0.1 * Linear(500), updates=500, seed=0)
    >>> rivals = {"constant": Constant(), "linear": Linear(500)}
    >>> result = sweep(Diabetes(), rivals, peaks=[0.05, 0.1], seeds=range(20), updates=500)
    >>> result.table

How it works, from the bottom up. `_program` turns a task's Keras model and a Keras optimizer into
one compiled function: in go the initial state, the data, the order of the samples and the rate of
every update; out come the final weights and what was recorded. Nothing returns to Python in
between. `_prepare` makes what goes in from a seed, `_work` runs the program for some runs, and
`sweep` hands `_work` to the cores.
"""

from __future__ import annotations

import functools
import inspect
import json
import pickle
import sys
import threading
import warnings
import zipfile
from concurrent.futures import (
    BrokenExecutor,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
    as_completed,
)
from dataclasses import dataclass
from multiprocessing import get_context

import numpy as np
import pandas as pd
from tqdm import tqdm

from .arguments import cores, names_of, peaks_of, seeds_of, silent, valid_rates, whole
from .schedules import Schedule
from .tasks import ORDER, Task, generator, import_keras, precision

keras = import_keras()
import tensorflow as tf

try:  # a small run is slower on several threads than several runs on one thread each
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(
        2 * cores()
    )  # a run at work holds two of these
except RuntimeError:
    pass  # TensorFlow is already at work with the reader's own setting

__all__ = ["train", "sweep", "load", "Run", "Sweep", "Plateau", "OPTIMIZERS"]

OPTIMIZERS = {
    "sgd": lambda: keras.optimizers.SGD(),
    "momentum": lambda: keras.optimizers.SGD(momentum=0.9),
    "nesterov": lambda: keras.optimizers.SGD(momentum=0.9, nesterov=True),
    "adam": lambda: keras.optimizers.Adam(),
    "adamw": lambda: keras.optimizers.AdamW(),
    "rmsprop": lambda: keras.optimizers.RMSprop(),
    "adagrad": lambda: keras.optimizers.Adagrad(),
    "adadelta": lambda: keras.optimizers.Adadelta(),
}
EVALUATED = (
    1000  # training samples that are evaluated; more would cost more than the training
)
BLOWN_UP = (
    1e6  # a run has diverged when its loss is not finite or this many times its scale
)
NO_SCALE = (
    1e-6  # a loss below this is that of weights which fit, and says nothing of the task
)


# --- one compiled program -------------------------------------------------------------


@dataclass(frozen=True)
class _Settings:
    """What a compiled program depends on. Equal settings share one program."""

    task: Task
    optimizer: str
    updates: int
    stretches: tuple  # ((first update, batch size), ...)
    evaluate_every: int
    dtype: str
    rule: object = None


@functools.cache
def _without_devices():
    """A parent for Keras's optimizers that offers ``stateless_apply``.

    Keras's base optimizer has it; its TensorFlow layer replaces it and the bookkeeping below it
    with versions for several devices. This takes those back. In the order of a class's parents it
    stands behind the class itself and before the TensorFlow layer, so that what an optimizer
    defines for itself, formulas and bookkeeping, stays its own.
    """
    top = keras.optimizers.Optimizer
    line = {parent.__name__: vars(parent) for parent in top.__mro__}
    if not {"BaseOptimizer", "TFOptimizer"} <= set(line):
        raise ImportError(
            f"this version of Keras, {keras.__version__}, has its optimizers' base classes "
            "elsewhere than training._without_devices looks; install the version that "
            "requirements.lock names"
        )
    base, devices = line["BaseOptimizer"], line["TFOptimizer"]
    methods = {
        name: base[name]
        for name in devices
        if name in base and not name.startswith("__") and name != "_clip_by_norm"
    }
    return type("WithoutDevices", (top,), methods)


def _functional(description):
    """A Keras optimizer, from `_describe`'s text, that can be applied without side effects."""
    description = json.loads(description)
    excluded = description.pop("excluded from weight decay", None)
    optimizer = keras.saving.deserialize_keras_object(description)
    kind = type(optimizer)
    optimizer = type(kind.__name__, (kind, _without_devices()), {}).from_config(
        optimizer.get_config()
    )
    if excluded:
        optimizer.exclude_from_weight_decay(var_names=[excluded])
    return optimizer


@functools.lru_cache(maxsize=64)
def _model_and_optimizer(settings):
    with precision(settings.dtype):
        model = settings.task.model(0, settings.dtype)
        optimizer = _functional(settings.optimizer)
        optimizer.build(model.trainable_variables)
    return model, optimizer


@functools.lru_cache(maxsize=64)
def _begins_at_the_weights(settings):
    """Whether some variable of the optimizer begins at a value that the weights decide."""
    model, optimizer = _model_and_optimizer(settings)
    moved = [value + 1 for value in _first_values(model.trainable_variables)]
    return any(
        not np.array_equal(a, b)
        for a, b in zip(_built_on(settings, moved), _first_values(optimizer.variables))
    )


def _first_values(variables):
    return [tf.identity(variable.value) for variable in variables]


def _built_on(settings, weights):
    """The initial values of the variables of an optimizer that was built on these weights."""
    with precision(settings.dtype):
        model, _ = _model_and_optimizer(settings)
        before = _first_values(model.trainable_variables)
        optimizer = _functional(settings.optimizer)
        for variable, value in zip(model.trainable_variables, weights, strict=True):
            variable.assign(value)
        optimizer.build(model.trainable_variables)
        for variable, value in zip(model.trainable_variables, before):
            variable.assign(value)
    return _first_values(optimizer.variables)


def _slots(settings, weights):
    """The optimizer's variables before the first update of a run that begins at these weights."""
    with _lock:
        _, optimizer = _model_and_optimizer(settings)
        if _begins_at_the_weights(settings):
            slots = _built_on(settings, weights)
        else:
            slots = _first_values(optimizer.variables)
    if optimizer.use_ema:
        # Keras starts it at the first update; before that, the weights are the average
        start = dict(zip(map(id, optimizer._model_variables_moving_average), weights))
        slots = [start.get(id(v), slot) for v, slot in zip(optimizer.variables, slots)]
    return slots


@functools.lru_cache(maxsize=64)
def _program(settings):
    """The compiled function (state, rates, order, data) -> (weights, record); see `_prepare`
    and `_work`."""
    task, rule, updates = settings.task, settings.rule, settings.updates
    with _lock:
        model, optimizer = _model_and_optimizer(settings)
    place = [
        variable is optimizer.learning_rate for variable in optimizer.variables
    ].index(True)
    marks = tf.constant(_marks(settings))
    names = _columns(task)

    def update(state, rate, x, y):
        trainable, other, slots = state
        slots = [rate if i == place else slot for i, slot in enumerate(slots)]
        with tf.GradientTape() as tape:
            tape.watch(trainable)
            outputs, other, penalties = model.stateless_call(
                trainable, other, x, training=True, return_losses=True
            )
            loss = tf.reduce_mean(task.loss(y, outputs))
            total = tf.add_n([loss, *penalties])
        gradients = [
            None if g is None else tf.convert_to_tensor(g)  # dense, of embeddings too
            for g in tape.gradient(total, trainable)
        ]
        trainable, slots = optimizer.stateless_apply(slots, gradients, trainable)
        return (
            (trainable, other, slots),
            loss,
            slots[place],
        )  # the rate that the optimizer holds

    def averaged(state):
        """The weights to evaluate: those of the last update, or the moving average if the
        optimizer keeps one."""
        trainable, _, slots = state
        if not optimizer.use_ema:
            return trainable
        values = {id(v): slot for v, slot in zip(optimizer.variables, slots)}
        return [values[id(v)] for v in optimizer._model_variables_moving_average]

    def measure(trainable, other, x, y):
        """Loss and metrics: a row for each sample, or one row if some metric, such as R2, is of
        all samples."""
        outputs, _ = model.stateless_call(trainable, other, x, training=False)
        values = [
            function(y, outputs) for function in (task.loss, *task.metrics.values())
        ]
        if any(value.shape.rank == 0 for value in values):
            return tf.stack([tf.reduce_mean(value) for value in values])[None]
        return tf.stack(
            [
                tf.reduce_mean(tf.reshape(value, (x.shape[0], -1)), axis=1)
                for value in values
            ],
            axis=1,
        )

    def in_batches(function, x, y):
        """The rows of ``function(x, y)``, computed in batches as large as the training's.

        XLA hands large operations to a pool that all runs share, and the whole run with them: then
        the runs of a sweep wait for each other. Small ones stay where they are.
        """
        count, size = x.shape[0], settings.stretches[0][1]
        numbers = (
            np.minimum(np.arange(-(-count // size) * size), count - 1)
            .reshape(-1, size)
            .astype("int32")
        )
        rows = tf.map_fn(
            lambda some: function(tf.gather(x, some), tf.gather(y, some)),
            numbers,
            fn_output_signature=settings.dtype,
        )
        return tf.reshape(rows, (-1, rows.shape[-1]))[:count]

    def evaluate(state, data):
        values, rows = [], functools.partial(measure, averaged(state), state[1])
        for split in _splits(task):
            x, y = (
                (part[:EVALUATED] for part in getattr(data, split))
                if split == "train"
                else getattr(data, split)
            )
            of_each = task.xla and rows(x[:2], y[:2]).shape[0] == 2
            values.append(
                tf.reduce_mean(
                    in_batches(rows, x, y) if of_each else rows(x, y), axis=0
                )
            )
        return tf.concat(values, axis=0)

    def array(length, shape=()):
        return tf.TensorArray(settings.dtype, length, element_shape=shape)

    @tf.function(jit_compile=task.xla, autograph=False)
    def run(state, rates, orders, data):
        x, y = data.train

        def one_update(t, state, control, losses, used, first, order):
            rate = rates[t] * control[0] if rule else rates[t]
            samples = order[t - first]
            state, loss, rate = update(
                state, rate, tf.gather(x, samples), tf.gather(y, samples)
            )
            return t + 1, state, control, losses.write(t, loss), used.write(t, rate)

        def until_next_mark(k, t, state, control, losses, used, metrics):
            running = t, state, control, losses, used
            # a loop for each batch size; all but one or two of them have nothing to do
            for (first, _), order in zip(settings.stretches, orders):
                end = tf.minimum(marks[k], first + order.shape[0])
                running = tf.while_loop(
                    lambda t, *_, end=end: t < end,
                    functools.partial(one_update, first=first, order=order),
                    running,
                )
            t, state, control, losses, used = running
            measured = evaluate(state, data)
            if rule:  # it first looks after the first stretch of updates, not before
                after = rule.after(control, measured[names.index("validation_loss")])
                control = [
                    tf.where(k > 0, tf.cast(new, old.dtype), old)
                    for new, old in zip(after, control)
                ]
            return k + 1, t, state, control, losses, used, metrics.write(k, measured)

        control = (
            [tf.constant(part, settings.dtype) for part in rule.start] if rule else []
        )
        _, _, state, _, losses, used, metrics = tf.while_loop(
            lambda k, *_: k < len(marks),
            until_next_mark,
            (
                0,
                0,
                state,
                control,
                array(updates),
                array(updates),
                array(len(marks), (len(names),)),
            ),
        )
        return averaged(state), (losses.stack(), used.stack(), metrics.stack())

    state, orders, data = _once(_prepare, settings, 0)
    state = (*state, _slots(settings, state[0]))
    with _lock, precision(settings.dtype):
        return run.get_concrete_function(
            state, tf.zeros(updates, settings.dtype), orders, data
        )


@functools.lru_cache(maxsize=64)
def _marks(settings):
    """The numbers of finished updates after which a run is evaluated: 0, every so many, and the
    last."""
    marks = np.unique(
        [*range(0, settings.updates, settings.evaluate_every), settings.updates]
    ).astype("int32")
    marks.flags.writeable = False  # the runs share it
    return marks


def _splits(task):
    return ("validation", "test") if task.fresh else ("train", "validation", "test")


def _columns(task):
    return [
        f"{split}_{name}" for split in _splits(task) for name in ("loss", *task.metrics)
    ]


_lock = threading.RLock()  # Keras traces and builds models with process-wide settings


@functools.lru_cache(maxsize=256)
def _lock_of(function, *arguments):
    return threading.RLock()


def _once(function, *arguments):
    """A cached function's value. Whoever comes while it is being made waits for it, and nobody
    else does."""
    with _lock_of(function, *arguments):
        return function(*arguments)


@functools.lru_cache(maxsize=4)  # runs come in the order of their seeds
def _prepare(settings, seed):
    """What the program needs from a seed: initial values, order of the samples, data.

    The values are (trainable weights, other variables); `_slots` adds the optimizer's. The order
    holds sample numbers, in an array of shape (updates, batch size) for each stretch of updates
    with one batch size: one permutation after another, each cut into batches until too few are
    left for the next one. Fresh data are drawn once for all updates and used in turn.
    """
    task, counts = settings.task, _updates_of(settings)
    count = sum(updates * size for updates, size in counts)
    values = task.initial_values(seed, settings.dtype)
    data = task.data(seed, samples=count)
    samples = len(data.train[0])
    if task.fresh:
        order = np.arange(count)
    else:
        largest = max(size for _, size in counts)
        if largest > samples:
            raise ValueError(
                f"batch_size must be at most {samples}, the number of training samples; "
                f"got {largest}"
            )
        order = np.concatenate(list(_passes(counts, samples, generator(seed, ORDER))))
    orders, begin = [], 0
    for updates, size in counts:
        part = order[begin : begin + updates * size].reshape(updates, size)
        orders.append(tf.constant(part.astype("int32")))
        begin += updates * size
    floats = settings.dtype
    data = tf.nest.map_structure(
        lambda part: tf.constant(
            part, floats if np.issubdtype(np.asarray(part).dtype, np.floating) else None
        ),
        data,
    )
    return values, orders, data


def _updates_of(settings):
    """(updates, batch size) of each stretch."""
    begins = [first for first, _ in settings.stretches] + [settings.updates]
    return [
        (after - first, size)
        for (first, size), after in zip(settings.stretches, begins[1:])
    ]


def _passes(counts, samples, rng):
    """Yield the sample numbers of one batch after another, or of several at once."""
    left = np.empty(0, int)
    for updates, size in counts:
        while updates:
            batches = min(updates, len(left) // size)
            if not batches:  # too few for a batch: the next pass begins
                left = rng.permutation(samples)
                continue
            yield left[: batches * size]
            left, updates = left[batches * size :], updates - batches


def _work(settings, seed, rates, weights=None, keep=False):
    """One run, wherever it is computed: (losses, rates used, metrics at each mark, final
    weights or None)."""
    (trainable, other), orders, data = _once(_prepare, settings, seed)
    program = _once(_program, settings)
    if weights is not None:
        trainable = [tf.constant(w, v.dtype) for w, v in zip(weights, trainable)]
    state = trainable, other, _slots(settings, trainable)
    weights, record = program(state, tf.constant(rates, settings.dtype), orders, data)
    losses, used, metrics = (part.numpy() for part in record)
    metrics = _shares_exact(settings, data, metrics)
    return losses, used, metrics, [w.numpy() for w in weights] if keep else None


def _shares_exact(settings, data, metrics):
    """The metrics, where one that is a share, such as accuracy, is the count divided by the number.

    Some compilers divide, others multiply by the reciprocal. A last bit of two equal accuracies
    must not decide which one is larger, nor how a mean that stands half-way between two printed
    digits is rounded.
    """
    metrics, names = metrics.copy(), _columns(settings.task)
    for split in _splits(settings.task):
        targets = getattr(data, split)[1]
        number = int(np.prod(targets.shape[1:])) * (
            min(targets.shape[0], EVALUATED) if split == "train" else targets.shape[0]
        )
        for metric in settings.task.metrics:
            values = metrics[:, names.index(f"{split}_{metric}")]
            with np.errstate(invalid="ignore"):
                count = np.rint(values * number)
                off = np.abs(values * number - count)
            if np.all(off <= 8 * np.finfo(values.dtype).eps * number):
                values[:] = count / number
    return metrics


# --- closed-loop rules ----------------------------------------------------------------


@dataclass(frozen=True)
class Plateau:
    """Multiply the rate by ``factor`` when the validation loss has stopped falling. Lesson 2.2.

    The rule of ``keras.callbacks.ReduceLROnPlateau``, looking once at each evaluation: an
    evaluation is an improvement if its loss is below the best so far by more than ``least``; after
    ``patience`` evaluations without one the rate falls, and for ``cooldown`` evaluations nothing
    is counted.

    Any frozen dataclass with ``start`` (a tuple of numbers, the first of them the share of the
    peak that the rate has) and ``after(control, loss)`` (the tuple after an evaluation, in
    ``keras.ops``) is a rule.

    Args:
        factor: what is left of the rate, in (0, 1).
        patience: evaluations without improvement before the rate falls, at least 1.
        least: the smallest fall that counts, at least 0.
        cooldown: evaluations after a fall in which nothing is counted, at least 0.
        floor: the smallest share of the peak, in [0, 1].
    """

    factor: float = 0.5
    patience: int = 3
    least: float = 0.0
    cooldown: int = 0
    floor: float = 0.0

    def __post_init__(self):
        if not 0 < self.factor < 1:
            raise ValueError(f"factor must lie in (0, 1); got {self.factor!r}")
        if self.patience < 1:
            raise ValueError(f"patience must be at least 1; got {self.patience!r}")
        if self.least < 0:
            raise ValueError(f"least must be at least 0; got {self.least!r}")
        if self.cooldown < 0:
            raise ValueError(f"cooldown must be at least 0; got {self.cooldown!r}")
        if not 0 <= self.floor <= 1:
            raise ValueError(f"floor must lie in [0, 1]; got {self.floor!r}")

    @property
    def start(self):
        return (
            1.0,
            np.inf,
            0.0,
            0.0,
        )  # share, best loss, evaluations waited, cooldown left

    def after(self, control, loss):
        ops = keras.ops
        share, best, waited, cooling = control
        cooling = ops.maximum(cooling - 1.0, 0.0)
        better = loss < best - self.least
        waited = ops.where(better | (control[3] > 0.0), 0.0, waited)
        waited = ops.where(better | (cooling > 0.0), waited, waited + 1.0)
        fall = waited >= self.patience
        return (
            ops.where(fall, ops.maximum(share * self.factor, self.floor), share),
            ops.where(better, loss, best),
            ops.where(fall, 0.0, waited),
            ops.where(fall, float(self.cooldown), cooling),
        )


# --- runs and sweeps ------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Run:
    """What one run left behind.

    Attributes:
        optimizer, schedule: their names. peak: what the schedule was multiplied by. seed: the seed.
        rates: the rate that each update really used, read from the optimizer inside the compiled
            program; shape (updates,). What an optimizer's own formula makes of it, as Adafactor's
            cap and ScheduleFreeAdamW's warmup do, comes after.
        losses: the training loss of each update's batch, before the update; shape (updates,).
        at: after how many updates the run was evaluated; shape (evaluations,).
        metrics: name -> value at each of ``at``. Names are a split and a quantity, as "test_loss".
            The train split is its first 1,000 samples; a task with fresh data has none.
        diverged_at: the first update whose batch had a loss that is not finite or above a million
            times the task's scale, or the number of updates if only the last evaluation shows it;
            None for a run that stayed finite. The scale is the first batch's loss. Where that is
            no scale, being negative, below 1e-6 or below a hundredth of the validation loss before
            the first update, it is that validation loss; where that is below 1e-6 too, because the
            run starts at an optimum, it is the largest loss of the first ten updates, at least
            1e-6. From there on what is not a number stands as the worst: infinity, or minus
            infinity for accuracy and r2.
        weights: the final trainable weights (their moving average, if the optimizer keeps one), as
            ``model.trainable_variables`` orders them (from `train` only).
    """

    optimizer: str
    schedule: str
    peak: float
    seed: int
    rates: np.ndarray
    losses: np.ndarray
    at: np.ndarray
    metrics: dict
    diverged_at: int | None
    weights: list | None = None

    def __repr__(self):
        end = ", ".join(
            f"{name}={values[-1]:.4g}" for name, values in self.metrics.items()
        )
        fate = (
            ""
            if self.diverged_at is None
            else f" diverged at update {self.diverged_at};"
        )
        return (
            f"<Run {self.schedule} x {self.peak:g}, {self.optimizer}, seed {self.seed}, "
            f"{len(self.rates)} updates;{fate} {end}>"
        )


def _scale(losses, before):
    """How large the task's losses are; see `Run`.

    The first loss is seen before the first update, so it is a property of the task and not of the
    rate. But that of one batch may be small or negative by chance; ``before``, the validation loss
    before the first update, is a mean over many samples. At an optimum both may vanish.
    """
    if losses[0] >= max(NO_SCALE, 0.01 * abs(before)):
        return losses[0]
    if NO_SCALE <= abs(before) < np.inf:
        return abs(before)
    early = np.abs(losses[:10])
    return max(NO_SCALE, *early[np.isfinite(early)])


def _run(optimizer, schedule, peak, seed, settings, outcome):
    losses, rates, metrics, weights = outcome
    metrics = dict(zip(_columns(settings.task), metrics.T))
    scale = _scale(losses, metrics["validation_loss"][0])
    bad = ~np.isfinite(losses) | (losses > BLOWN_UP * scale)
    diverged_at = int(np.argmax(bad)) if bad.any() else None
    for name, values in metrics.items():
        if diverged_at is None and not np.isfinite(values).all():
            diverged_at = settings.updates
        worst = -np.inf if name.endswith(("accuracy", "r2")) else np.inf
        metrics[name] = np.where(np.isnan(values), worst, values)
    return Run(
        optimizer,
        schedule,
        float(peak),
        int(seed),
        rates,
        np.where(np.isnan(losses), np.inf, losses),
        _marks(settings),
        metrics,
        diverged_at,
        weights,
    )


def train(
    task,
    schedule,
    updates,
    seed=0,
    optimizer="sgd",
    batch_size=32,
    evaluate_every=None,
    dtype="float64",
    weights=None,
):
    """Make one run.

    Args:
        task: a `Task`.
        schedule: a callable of the 0-based update index, or a closed-loop rule such as `Plateau`
            (then the rate is the rule's share of 1).
        updates: how many updates to make, at least 1.
        seed: decides split, initial weights and data order.
        optimizer: a name in `OPTIMIZERS`, or a new Keras optimizer, whose own learning rate is not
            used. What a compiled run cannot do as Keras does is refused.
        batch_size: samples of an update, or pairs (update, batch size) from which updates on there
            are how many: ``[(0, 32), (300, 64)]`` doubles the batches after 300 updates. What is
            left of an epoch when it is too little for the next batch is left out.
        evaluate_every: updates between evaluations; by default about 20 evaluations. The initial
            and the final weights are always evaluated.
        dtype: "float64" or "float32".
        weights: initial trainable weights instead of the seed's, for example another run's
            ``weights``: arrays as ``model.trainable_variables`` orders them.

    Returns:
        A `Run`.
    """
    settings = _settings(
        task, schedule, _describe(optimizer), updates, batch_size, evaluate_every, dtype
    )
    rates = _rates(schedule, 1.0, settings.updates)
    if weights is not None:
        weights = _fitting(settings, weights)
    outcome = _work(settings, seed, rates, weights, keep=True)
    return _run(
        _name(optimizer),
        getattr(schedule, "__name__", type(schedule).__name__),
        1.0,
        seed,
        settings,
        outcome,
    )


def sweep(
    task,
    schedules,
    peaks,
    seeds,
    updates,
    optimizer="sgd",
    batch_size=32,
    evaluate_every=None,
    dtype="float64",
    executor=None,
    progress=None,
    weights=None,
):
    """Make a run for each schedule, peak, seed and optimizer, on all cores.

    Each run equals the one that `train` makes alone, bit for bit.

    Args:
        task: a `Task`.
        schedules: name -> schedule with a peak of 1 (or any callable of the update index, or a
            closed-loop rule). Each is multiplied by each peak.
        peaks: the peak rates, or a dict: schedule name -> peak rate or rates.
        seeds: whole numbers of at least 0.
        optimizer: as for `train`, or a dict: name -> optimizer.
        updates, batch_size, evaluate_every, dtype: as for `train`.
        executor: a ``concurrent.futures.Executor`` to hand the runs to; by default threads, one
            for each core. Task and rule must be picklable if it has other processes. Dask's
            ``Client.get_executor()`` spreads the runs over a cluster. A run whose worker died is
            tried again, and named in ``missing`` if that kills another.
        progress: show a bar; by default only in a terminal.
        weights: as for `train`, the same for all runs; or a function of the seed that gives them,
            called once for each.

    Returns:
        A `Sweep`. After an interrupt it holds the runs that were finished.
    """
    optimizers = (
        names_of("optimizer", optimizer)
        if isinstance(optimizer, dict)
        else {_name(optimizer): optimizer}
    )
    peaks, seeds = peaks_of(schedules, peaks), seeds_of(seeds)
    described = {name: _describe(one) for name, one in optimizers.items()}
    settings = {
        (name, kind): _settings(
            task, schedule, one, updates, batch_size, evaluate_every, dtype
        )
        for name, one in described.items()
        for kind, schedule in schedules.items()
    }
    any_of_them = next(iter(settings.values()))
    rates = {
        (kind, peak): _rates(schedule, peak, any_of_them.updates)
        for kind, schedule in schedules.items()
        for peak in peaks[kind]
    }
    given = ()
    if weights is not None:
        each = weights if callable(weights) else lambda seed: weights
        given = {seed: _fitting(any_of_them, each(seed)) for seed in seeds}
    _check_executor(executor, set(settings.values()))
    jobs = [
        (name, kind, peak, seed, settings[name, kind], rates[kind, peak])
        for seed in seeds  # seed by seed, because a seed is prepared once for all that use it
        for name in optimizers
        for kind, peak in rates
    ]
    runs, missing = _spread(jobs, given, executor, progress)
    about = {
        "task": repr(task),
        "optimizers": {
            name: settings[name, next(iter(schedules))].optimizer for name in optimizers
        },
        "schedules": {kind: repr(schedule) for kind, schedule in schedules.items()},
        "updates": any_of_them.updates,
        "batch_size": _plain(any_of_them.stretches),
        "evaluate_every": any_of_them.evaluate_every,
        "dtype": dtype,
    }
    if given:
        about["weights"] = "given"
    return Sweep(about, runs, missing)


def _spread(jobs, given, executor, progress):
    """Hand the jobs, and the weights given for their seeds, to the executor; give back the
    finished runs in the jobs' order, and what is missing."""
    finished, missing = {}, {}

    def collect(future, i):
        name, kind, peak, seed, settings, _ = jobs[i]
        try:
            finished[i] = _run(name, kind, peak, seed, settings, future.result())
            missing.pop(i, None)
        except Exception as error:
            if not _worker_died(error):
                error.add_note(f"in the run {kind} x {peak:g}, {name}, seed {seed}")
                raise
            missing[i] = error

    own = None if executor else ThreadPoolExecutor(cores())
    futures = {}
    try:
        with tqdm(total=len(jobs), unit="run", disable=silent(progress)) as bar:
            try:
                for i, job in enumerate(jobs):
                    futures[(executor or own).submit(_work, *_goods(job, given))] = i
            # a pool of processes takes no more jobs once one of them has died
            except BrokenExecutor as error:
                missing |= dict.fromkeys(range(len(futures), len(jobs)), error)
            for future in as_completed(futures):
                collect(future, futures[future])
                bar.update(futures[future] in finished)
            _one_by_one(jobs, given, sorted(missing), executor, collect, bar)
    except KeyboardInterrupt:
        missing |= {i: "interrupted" for i in range(len(jobs)) if i not in finished}
    finally:
        for future in futures:
            future.cancel()
        if own:
            own.shutdown(cancel_futures=True)
    if missing:
        warnings.warn(
            f"{len(missing)} of {len(jobs)} runs are missing; see the sweep's missing",
            stacklevel=3,
        )
    lost = [
        (*jobs[i][:4], str(error) or type(error).__name__)
        for i, error in sorted(missing.items())
    ]
    return [finished[i] for i in sorted(finished)], lost


def _one_by_one(jobs, given, left, executor, collect, bar):
    """The jobs that dead workers left behind, one at a time, so that the one that kills them is
    known."""
    broken = isinstance(
        executor, ProcessPoolExecutor
    )  # it takes no more; a cluster starts its workers again
    pool = None if broken else executor
    for i in left:
        pool = pool or ProcessPoolExecutor(1, mp_context=get_context("spawn"))
        future = pool.submit(_work, *_goods(jobs[i], given))
        collect(future, i)
        bar.update(not future.exception())
        if broken and future.exception():
            pool = pool.shutdown()
    if broken and pool:
        pool.shutdown()


def _goods(job, given):
    """What `_work` takes of a job: settings, seed, rates, and weights if there are any."""
    *_, seed, settings, rates = job
    return settings, seed, rates, *([given[seed]] if given else [])


def _worker_died(error):
    """Whether a future failed because its process is gone, not because the run is wrong."""
    return isinstance(error, BrokenExecutor) or type(error).__name__ == "KilledWorker"


def _check_executor(executor, settings):
    """Say before the runs why an executor's processes cannot make them."""
    if executor is not None and not callable(getattr(executor, "submit", None)):
        raise ValueError(
            f"executor must be a concurrent.futures.Executor; got {executor!r}"
        )
    context = getattr(executor, "_mp_context", None)
    if context is None:
        return
    if context.get_start_method() == "fork":
        raise ValueError(
            "executor must not fork, because TensorFlow's threads do not survive it; write "
            "ProcessPoolExecutor(mp_context=multiprocessing.get_context('spawn'))"
        )
    reason = _why_not_elsewhere(executor, settings)
    if reason:
        raise ValueError(
            "executor has other processes, and these import the task and the rules from files. "
            f"They cannot: {reason}. What is defined in a notebook or inside a function lies in "
            "no file: write it to a module (in a notebook with %%writefile tasks_of_mine.py) and "
            "import it from there, or leave executor out, so that threads make the runs"
        )


def _why_not_elsewhere(executor, settings):
    """Why the settings cannot be rebuilt in another process, in words; None if they can."""
    try:
        goods = pickle.dumps(settings)
    except Exception as error:  # whatever a task's own pickling raises
        return _in_words(error)
    main, owners = sys.modules["__main__"], set()
    for one in settings:
        owners |= {type(one.task), type(one.rule)}
    at_home = [owner for owner in owners if owner.__module__ == "__main__"]
    if at_home and not getattr(main, "__file__", None):
        return f"{at_home[0].__name__} is defined in this notebook"
    try:
        return executor.submit(_unpickled, goods).result()
    except BrokenExecutor:
        pass  # an earlier run may have broken it; then new processes are started
    pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
    try:
        return pool.submit(_unpickled, goods).result()
    except BrokenExecutor:
        return (
            "a new process ends as it starts, as in a script that starts processes outside of "
            "`if __name__ == '__main__':`"
        )
    finally:
        pool.shutdown()


def _unpickled(goods):
    """Runs in another process: None if the goods can be unpickled there, else why not."""
    try:
        pickle.loads(goods)
    except Exception as error:
        return _in_words(error)


def _in_words(error):
    return f"{type(error).__name__}, {error}".rstrip(". ")


class Sweep:
    """The runs of a sweep.

    Attributes:
        about: what the runs have in common, as plain values.
        runs: list of `Run`.
        missing: (optimizer, schedule, peak, seed, reason) of each run that was interrupted or lost.
        table: a pandas table with one row for each run: optimizer, schedule, peak, seed, diverged,
            diverged_at (NaN for none) and the last value of each metric.
        curves: a pandas table with one row for each evaluation of each run.
    """

    def __init__(self, about, runs, missing=()):
        self.about, self.runs, self.missing = (
            about,
            list(runs),
            [tuple(lost) for lost in missing],
        )

    @functools.cached_property
    def table(self):
        return pd.DataFrame(
            [
                {
                    **_labels(run),
                    "diverged": run.diverged_at is not None,
                    "diverged_at": np.nan
                    if run.diverged_at is None
                    else run.diverged_at,
                    **{name: values[-1] for name, values in run.metrics.items()},
                }
                for run in self.runs
            ]
        )

    @functools.cached_property
    def curves(self):
        return pd.concat(
            [
                pd.DataFrame({**_labels(run), "update": run.at, **run.metrics})
                for run in self.runs
            ],
            ignore_index=True,
        )

    def run(self, **labels):
        """The one run with these labels, as ``result.run(schedule="linear", peak=0.1, seed=3)``."""
        found = [
            run
            for run in self.runs
            if all(getattr(run, name) == value for name, value in labels.items())
        ]
        if len(found) != 1:
            raise ValueError(
                f"the labels must fit exactly one run; {labels} fits {len(found)}"
            )
        return found[0]

    def __repr__(self):
        count = {
            name: len({getattr(run, name) for run in self.runs})
            for name in ("schedule", "peak", "seed")
        }
        diverged = sum(run.diverged_at is not None for run in self.runs)
        return (
            f"<Sweep of {self.about['task']}: {len(self.runs)} runs of "
            f"{self.about['updates']} updates ({count['schedule']} schedules, {count['peak']} "
            f"peaks, {count['seed']} seeds, {', '.join(self.about['optimizers'])}, "
            f"{self.about['dtype']}); {diverged} diverged"
            + (f"; {len(self.missing)} missing" if self.missing else "")
            + ">"
        )

    def save(self, path):
        """Write everything to one ``.npz`` file, which `load` reads back. It holds no pickled
        objects."""
        labels = [{**_labels(run), "diverged_at": run.diverged_at} for run in self.runs]
        text = json.dumps(
            {"about": self.about, "runs": labels, "missing": self.missing}
        )
        metrics = {
            f"metric {name}": np.stack([run.metrics[name] for run in self.runs])
            for name in (self.runs[0].metrics if self.runs else ())
        }
        arrays = {
            name: np.stack([getattr(run, name) for run in self.runs])
            if self.runs
            else np.empty(0)
            for name in ("rates", "losses", "at")
        }
        with open(path, "wb") as file:
            np.savez_compressed(file, text=text, **arrays, **metrics)


def _labels(run):
    return {
        "optimizer": run.optimizer,
        "schedule": run.schedule,
        "peak": run.peak,
        "seed": run.seed,
    }


def load(path):
    """The `Sweep` that `Sweep.save` wrote."""
    wrong = ValueError(f"path must be a file that Sweep.save wrote; got {str(path)!r}")
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = dict(file)
        text = json.loads(str(arrays["text"]))
        missing = {"about", "runs", "missing"} - set(text)
    except (ValueError, TypeError, KeyError, EOFError, zipfile.BadZipFile):
        raise wrong from None
    if missing:
        raise wrong
    metrics = {
        name.removeprefix("metric "): values
        for name, values in arrays.items()
        if name.startswith("metric ")
    }
    runs = [
        Run(
            **labels,
            rates=arrays["rates"][i],
            losses=arrays["losses"][i],
            at=arrays["at"][i],
            metrics={name: values[i] for name, values in metrics.items()},
        )
        for i, labels in enumerate(text["runs"])
    ]
    return Sweep(text["about"], runs, text["missing"])


# --- reading the arguments ------------------------------------------------------------


@functools.cache
def _named(name):
    """The description of an optimizer in `OPTIMIZERS`."""
    if name not in OPTIMIZERS:
        raise ValueError(
            f"optimizer must be one of {', '.join(OPTIMIZERS)}, or a Keras optimizer; got {name!r}"
        )
    return _describe(OPTIMIZERS[name]())


def _describe(optimizer):
    """A Keras optimizer as text: its class and settings, without its rate and its counted name.

    What the text would lose is refused.
    """
    if isinstance(optimizer, str):
        return _named(optimizer)
    if not isinstance(optimizer, keras.optimizers.Optimizer):
        raise ValueError(
            f"optimizer must be a name or a Keras optimizer; got {optimizer!r}"
            + _instead_of_class(optimizer)
        )
    kind = type(optimizer).__name__
    for wrapper, reason in _REFUSED.items():
        if type(optimizer) is getattr(keras.optimizers, wrapper, None):
            raise ValueError(f"optimizer must not be {wrapper}: {reason}")
    for name in (
        "gradient_accumulation_steps",
        "ema_overwrite_frequency",
        "loss_scale_factor",
    ):
        if getattr(optimizer, name, None):
            raise ValueError(
                f"{name} must be None: the compiled run does not do it; got "
                f"{getattr(optimizer, name)!r}"
            )
    if int(optimizer.iterations):
        raise ValueError(
            f"optimizer must be new: this {kind} has made {int(optimizer.iterations)} updates, "
            "and a run starts without their memory"
        )
    if getattr(optimizer, "_exclude_from_weight_decay", None):
        raise ValueError(
            "exclude_from_weight_decay must be given var_names: var_list names the variables of "
            "another model, because each run makes its own"
        )
    description = keras.optimizers.serialize(optimizer)
    description["config"] |= {"learning_rate": 0.0, "name": "optimizer"}
    try:
        text = json.dumps(description, sort_keys=True)
        # not keras.optimizers.deserialize, which does not know Lamb
        again = keras.saving.deserialize_keras_object(json.loads(text))
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"optimizer must be rebuilt from its get_config for each run, and {kind} cannot be: "
            f"{error}"
        ) from None
    if type(again) is not type(optimizer):
        raise ValueError(
            f"optimizer must be rebuilt from its get_config for each run, and this {kind} comes "
            f"back as {type(again).__module__}.{type(again).__name__}; give it a name of its own "
            "and register it with keras.saving.register_keras_serializable"
        )
    for name, value in _own_settings(optimizer).items():
        other = _own_settings(again).get(name)
        if not (value is other or _same(value, other)):
            raise ValueError(
                f"optimizer must say all its settings in get_config, and {kind} does not say "
                f"{name}, which is {value!r} and would become {other!r}"
            )
    excluded = getattr(optimizer, "_exclude_from_weight_decay_pattern", None)
    if excluded is not None:
        description["excluded from weight decay"] = excluded.pattern
        text = json.dumps(description, sort_keys=True)
    return text


_REFUSED = {
    "Optimizer": "the base class has no rule by which to update",
    "LossScaleOptimizer": "it scales the loss for float16, and a run computes in float64 or "
    "float32; pass the optimizer inside it",
    "ScheduleFreeAdamW": "Keras's own loop on TensorFlow reads its momentum after changing it, "
    "where the published rule wants the value before, so a compiled run cannot be both",
    "MultiOptimizer": "it has a learning rate for each of its optimizers, and a run has one",
}


def _own_settings(optimizer):
    """The attributes that decide what an optimizer does: neither its rate, name and variables nor
    Keras's bookkeeping."""
    return {
        name: value
        for name, value in vars(optimizer).items()
        if not name.startswith("_")
        and name not in ("name", "built", "learning_rate")
        and not _holds_variables(value)
    }


def _holds_variables(value):
    parts = value if isinstance(value, (list, tuple)) else [value]
    return any(isinstance(part, (keras.Variable, tf.Variable)) for part in parts)


def _same(a, b):
    try:
        return bool(np.all(a == b)) and type(a) is type(b)
    except (TypeError, ValueError):
        return False


def _instead_of_class(value):
    """What to add to a message when a class came where an object was wanted."""
    return f"; write {value.__name__}(...)" if inspect.isclass(value) else ""


def _name(optimizer):
    return optimizer if isinstance(optimizer, str) else type(optimizer).__name__


def _is_rule(schedule):
    return (
        hasattr(schedule, "start")
        and hasattr(schedule, "after")
        and not inspect.isclass(schedule)
    )


def _settings(task, schedule, optimizer, updates, batch_size, evaluate_every, dtype):
    updates = whole("updates", updates)
    if not isinstance(task, Task):
        raise ValueError(f"task must be a Task; got {task!r}" + _instead_of_class(task))
    evaluate_every = (
        max(1, updates // 20)
        if evaluate_every is None
        else whole("evaluate_every", evaluate_every)
    )
    if dtype not in ("float32", "float64"):
        raise ValueError(f"dtype must be 'float32' or 'float64'; got {dtype!r}")
    settings = _Settings(
        task,
        optimizer,
        updates,
        _stretches(batch_size, updates),
        evaluate_every,
        dtype,
        schedule if _is_rule(schedule) else None,
    )
    for name, value in {"task": task, "rule": settings.rule}.items():
        try:
            hash(value)
        except TypeError as error:
            raise ValueError(
                f"{name} must be hashable, so that runs with equal ones share a program: a frozen "
                f"dataclass with tuples instead of lists; got {value!r} ({error})"
            ) from None
    return settings


def _stretches(batch_size, updates):
    """((first update, batch size), ...), from one batch size or from such pairs."""
    if np.ndim(batch_size) == 0 or not len(batch_size):
        return ((0, whole("batch_size", batch_size)),)
    pairs = [tuple(np.atleast_1d(np.array(pair, dtype=object))) for pair in batch_size]
    if any(len(pair) != 2 for pair in pairs):
        raise ValueError(
            "batch_size must be a whole number, or pairs (update, batch size) such as "
            f"[(0, 32), (300, 64)]; got {batch_size!r}"
        )
    stretches = tuple(
        (whole("batch_size's update", t, least=0), whole("batch_size", size))
        for t, size in pairs
    )
    firsts = [t for t, _ in stretches]
    if firsts[0] or firsts != sorted(set(firsts)) or firsts[-1] >= updates:
        raise ValueError(
            "batch_size must begin at update 0, go up and end before the run does, at update "
            f"{updates}; got {batch_size!r}"
        )
    return stretches


def _plain(stretches):
    """The batch size as it was given, in what JSON can hold."""
    return stretches[0][1] if len(stretches) == 1 else [list(p) for p in stretches]


def _fitting(settings, weights):
    """``weights`` as arrays, if they have the shapes that the model wants."""
    with _lock:
        model, _ = _model_and_optimizer(settings)
    wanted = [tuple(v.shape) for v in model.trainable_variables]
    try:
        arrays = [np.asarray(w, dtype=settings.dtype) for w in weights]
        shapes = [w.shape for w in arrays]
    except (TypeError, ValueError):
        arrays, shapes = None, repr(weights)
    if shapes != wanted:
        raise ValueError(
            f"weights must be arrays of the shapes {wanted}, those of the model's trainable "
            f"variables; got {shapes}"
        )
    return arrays


def _rates(schedule, peak, updates):
    """The rate of each update in float64; a closed-loop rule multiplies these by its share."""
    if _is_rule(schedule):
        return np.full(updates, float(peak))
    if not callable(schedule) or inspect.isclass(schedule):
        raise ValueError(
            f"schedule must be a callable of the update index, or a rule; got {schedule!r}"
            + _instead_of_class(schedule)
        )
    if isinstance(schedule, Schedule):
        values = schedule(np.arange(updates))
    else:
        values = np.array([_number(schedule, t) for t in range(updates)])
    return valid_rates(peak * values)


def _number(schedule, t):
    value = schedule(t)
    try:
        return float(value)
    except (TypeError, ValueError):
        raise ValueError(
            f"schedule must give one number for each update; update {t} gets {value!r}"
            # a function that makes schedules, as Linear, was passed without being called
            + (
                f"; write {schedule.__name__}(...)"
                if isinstance(value, Schedule)
                else ""
            )
        ) from None
