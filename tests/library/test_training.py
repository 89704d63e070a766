"""Training: the recorded rate, equality with Keras, sweep against train, and what goes wrong."""

import inspect
import multiprocessing
import os
import signal
import subprocess
import sys
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from lrdecay_lib import training
from lrdecay_lib.schedules import Constant, Cosine, Exponential, Linear, Warmup
from lrdecay_lib.tasks import (
    MNIST1D,
    ORDER,
    AddingProblem,
    Diabetes,
    Digits,
    LinearRegression,
    NoisyQuadratic,
    Ratings,
    Sequences,
    Teacher,
    generator,
)

keras, tf = training.keras, training.tf
SMALL = Digits(hidden=(16,))


def fit(task, rates, seed, optimizer, batch_size=32, dtype="float64"):
    """The same run by ``model.fit``: final weights and the loss of each batch, nothing of ours
    but the data's order."""
    settings = training._settings(
        task, Constant(), training._describe("sgd"), len(rates), batch_size, None, dtype
    )
    _, (order,), _ = training._prepare(settings, seed)
    order = order.numpy()
    with training.precision(dtype):
        model = task.model(seed, dtype)
        x, y = (
            part[order.ravel()] for part in task.data(seed, samples=order.size).train
        )
        seen = []

        class Follow(keras.callbacks.Callback):
            def on_train_batch_begin(self, batch, logs=None):
                self.model.optimizer.learning_rate = rates[batch]

            def on_train_batch_end(self, batch, logs=None):
                seen.append(logs["loss"])

        model.compile(optimizer=optimizer, loss=task.loss)
        model.fit(
            x, y, batch_size=batch_size, shuffle=False, verbose=0, callbacks=[Follow()]
        )
    # fit reports the mean of the batches so far
    means = np.array(seen)
    count = np.arange(1, len(means) + 1)
    return [v.numpy() for v in model.trainable_variables], np.diff(
        means * count, prepend=0.0
    )


optimizers = keras.optimizers
OPTIMIZERS = {
    "sgd": ("sgd", lambda: optimizers.SGD()),
    "momentum": ("momentum", lambda: optimizers.SGD(momentum=0.9)),
    "nesterov": ("nesterov", lambda: optimizers.SGD(momentum=0.9, nesterov=True)),
    "adam": ("adam", lambda: optimizers.Adam()),
    "adamw": ("adamw", lambda: optimizers.AdamW()),
    "rmsprop": ("rmsprop", lambda: optimizers.RMSprop()),
    "adagrad": ("adagrad", lambda: optimizers.Adagrad()),
    "adadelta": ("adadelta", lambda: optimizers.Adadelta()),
    **{
        name: (make, make)
        for name, make in {
            "clipnorm": lambda: optimizers.SGD(momentum=0.9, clipnorm=0.05),
            "clipvalue": lambda: optimizers.SGD(clipvalue=0.01),
            "global_clipnorm": lambda: optimizers.Adam(global_clipnorm=0.1),
            "weight decay": lambda: optimizers.SGD(weight_decay=0.1),
            "decoupled weight decay": lambda: optimizers.AdamW(
                weight_decay=0.3, beta_2=0.99
            ),
            "EMA": lambda: optimizers.SGD(
                momentum=0.9, use_ema=True, ema_momentum=0.95
            ),
            "EMA and Adam": lambda: optimizers.Adam(
                use_ema=True, ema_momentum=0.9, weight_decay=0.01
            ),
            "centered": lambda: optimizers.RMSprop(centered=True, momentum=0.5),
            "amsgrad": lambda: optimizers.Adam(amsgrad=True),
            "lion": lambda: optimizers.Lion(),
        }.items()
    },
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_optimizer_equals_keras_to_1e_12_over_300_updates(name):
    ours, theirs = OPTIMIZERS[name]
    schedule = 0.01 * (Warmup(30, 0.1) >> Cosine(270))
    run = training.train(
        SMALL,
        schedule,
        300,
        seed=3,
        optimizer=ours if isinstance(ours, str) else ours(),
    )
    with training.precision("float64"):
        weights, losses = fit(SMALL, schedule(np.arange(300)), 3, theirs())
    for a, b, start in zip(run.weights, weights, SMALL.model(3).get_weights()):
        np.testing.assert_allclose(a, b, rtol=0, atol=1e-12)
        assert not np.allclose(a, start, atol=1e-4)  # it did train
    np.testing.assert_allclose(
        run.losses, losses, rtol=0, atol=1e-10
    )  # from differences of fit's running mean


@pytest.mark.parametrize(
    "task, rate",
    [
        (MNIST1D(samples=200, channels=4), 0.1),
        (MNIST1D(samples=200, channels=4, normalize=True, dropout=0.3), 0.1),
        (AddingProblem(units=8), 0.05),
        (AddingProblem(units=8, cell="gru"), 0.05),
        (Ratings(users=30, items=20), 0.5),
        (Sequences(length=4, layers=1, width=8), 0.01),
        (Teacher(), 0.2),
        (NoisyQuadratic(), 0.1),
        (Diabetes(), 0.05),
    ],
    ids=repr,
)
def test_a_run_of_any_model_agrees_with_fit(task, rate):
    schedule = rate * Linear(40)
    run = training.train(
        task, schedule, 30, seed=1, optimizer="momentum", batch_size=16
    )
    with training.precision("float64"):
        weights, losses = fit(
            task,
            schedule(np.arange(30)),
            1,
            keras.optimizers.SGD(momentum=0.9),
            batch_size=16,
        )
    for a, b in zip(run.weights, weights):
        np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-10)


def test_the_average_is_what_is_evaluated():
    averaged = training.train(
        SMALL,
        Constant(0.1),
        40,
        optimizer=optimizers.SGD(use_ema=True, ema_momentum=0.9),
    )
    plain = training.train(SMALL, Constant(0.1), 40, optimizer=optimizers.SGD())
    assert np.array_equal(
        averaged.losses, plain.losses
    )  # averaging does not change the training
    assert averaged.metrics["test_loss"][0] == plain.metrics["test_loss"][0]
    assert averaged.metrics["test_loss"][-1] != plain.metrics["test_loss"][-1]
    given = training.train(
        SMALL,
        Constant(0.1),
        1,
        optimizer=optimizers.SGD(use_ema=True),
        weights=plain.weights,
    )
    assert given.metrics["test_loss"][0] == plain.metrics["test_loss"][-1]


# --- every optimizer that Keras exports -----------------------------------------------

TINY = Diabetes(hidden=(4,))
EXPORTED = sorted(
    name for name in dir(optimizers) if inspect.isclass(getattr(optimizers, name))
)
MADE = {  # of those that need arguments
    "LossScaleOptimizer": lambda: optimizers.LossScaleOptimizer(optimizers.SGD()),
    "MultiOptimizer": lambda: optimizers.MultiOptimizer(
        optimizers.OptimizerMap(optimizers.SGD())
    ),
    "Optimizer": lambda: optimizers.Optimizer(learning_rate=0.1),
    "OptimizerMap": lambda: optimizers.OptimizerMap(optimizers.SGD()),
}
REFUSED = {
    "LossScaleOptimizer": "scales the loss for float16",
    "MultiOptimizer": "learning rate for each of its optimizers",
    "Optimizer": "no rule by which to update",
    "OptimizerMap": "must be a name or a Keras optimizer",
    "ScheduleFreeAdamW": "reads its momentum after changing it",
}


def in_a_loop(make, rates, seed, weights=None, batch_sizes=None):
    """The final weights by Keras's own loop: a tape, ``optimizer.apply`` and nothing of ours but
    the task and the order of its samples."""
    with training.precision("float64"):
        model, optimizer = TINY.model(seed), make()
        if weights is not None:
            model.set_weights(weights)
        x, y = TINY.data(seed).train
        rng, left = generator(seed, ORDER), []
        variables = [v.value for v in model.trainable_variables]
        for t, rate in enumerate(rates):
            size = 32 if batch_sizes is None else batch_sizes[t]
            if len(left) < size:
                left = rng.permutation(len(x))
            some, left = left[:size], left[size:]
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean(TINY.loss(y[some], model(x[some], training=True)))
            gradients = tape.gradient(loss, variables)
            optimizer.learning_rate = rate
            optimizer.apply(gradients, model.trainable_variables)
        return model.get_weights()


def assert_equals_the_loop(make):
    schedule, given = 0.02 * Linear(60), [w + 0.1 for w in TINY.model(7).get_weights()]
    for seed, weights in ((0, None), (3, None), (5, None), (3, given)):
        run = training.train(
            TINY, schedule, 50, seed=seed, optimizer=make(), weights=weights
        )
        expected = in_a_loop(make, schedule(np.arange(50)), seed, weights)
        for a, b in zip(run.weights, expected, strict=True):
            assert np.isfinite(a).all()
            np.testing.assert_allclose(a, b, rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", EXPORTED)
def test_every_optimizer_of_keras_equals_a_loop_or_is_refused(name):
    make = MADE.get(name) or getattr(optimizers, name)
    if name in REFUSED:
        with pytest.raises(ValueError, match=REFUSED[name]):
            training.train(TINY, Constant(0.1), 5, optimizer=make())
    else:
        assert_equals_the_loop(make)


def test_the_reason_to_refuse_schedule_free_still_holds():
    with training.precision("float64"):
        optimizer, w = optimizers.ScheduleFreeAdamW(0.1), keras.Variable([1.0])
        for _ in range(5):
            optimizer.apply([tf.identity(w.value)], [w])
    ends = []
    for late in (True, False):
        y, z, v = 1.0, 1.0, 0.0
        for t in range(1, 6):
            before, v = z, 0.999 * v + 0.001 * y * y
            z -= 0.1 * y / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
            x = (y - 0.1 * (z if late else before)) / 0.9
            y = 0.1 * z + 0.9 * ((1 - 1 / t) * x + z / t)
        ends.append(y)
    assert w.numpy()[0] == pytest.approx(ends[0], abs=1e-6)
    assert abs(w.numpy()[0] - ends[1]) > 0.01


class BeginsAtTheWeights(optimizers.SGD):
    """Pulls the weights back to where they began."""

    def build(self, variables):
        super().build(variables)
        self.starts = self.add_optimizer_variables(variables, "start")
        for start, variable in zip(self.starts, variables):
            self.assign(start, keras.ops.copy(variable))

    def update_step(self, gradient, variable, learning_rate):
        start = self.starts[self._get_variable_index(variable)]
        super().update_step(
            gradient + 0.5 * (variable - start), variable, learning_rate
        )


def test_slots_that_begin_at_the_weights_begin_at_this_runs():
    keras.saving.register_keras_serializable("book")(BeginsAtTheWeights)
    assert_equals_the_loop(BeginsAtTheWeights)


def excluding(*names, **options):
    def make():
        optimizer = optimizers.AdamW(weight_decay=0.3, **options)
        optimizer.exclude_from_weight_decay(var_names=[*names])
        return optimizer

    return make


@pytest.mark.parametrize(
    "make",
    [
        excluding("bias"),
        excluding("kern", "nothing"),
        lambda: optimizers.Muon(adam_weight_decay=0.2, weight_decay=0.1),
        lambda: optimizers.Nadam(weight_decay=0.1, global_clipnorm=0.3),
        lambda: optimizers.Ftrl(l1_regularization_strength=0.01, beta=0.1),
        lambda: optimizers.Adafactor(relative_step=False, weight_decay=0.1),
    ],
)
def test_options_are_kept(make):
    assert_equals_the_loop(make)


def test_the_recorded_rate_is_the_one_given_whatever_the_optimizer():
    for name in set(EXPORTED) - set(REFUSED):
        run = training.train(
            TINY, 0.02 * Linear(9), 5, optimizer=getattr(optimizers, name)()
        )
        assert np.array_equal(run.rates, (0.02 * Linear(9))(np.arange(5))), name


def of_another_model():
    optimizer = optimizers.AdamW()
    optimizer.exclude_from_weight_decay(var_list=TINY.model(0).trainable_variables[:1])
    return optimizer


def not_new():
    variable = keras.Variable([1.0])
    optimizer = optimizers.SGD()
    optimizer.apply([tf.constant([1.0])], [variable])
    return optimizer


def with_a_hidden_setting():
    class Doubling(optimizers.SGD):
        def __init__(self, *arguments, times=1, **options):
            super().__init__(*arguments, **options)
            self.times = times

    keras.saving.register_keras_serializable("book")(Doubling)
    return Doubling(times=2)


def with_the_name_of_another():
    return type("SGD", (optimizers.SGD,), {})()


@pytest.mark.parametrize(
    "make, says",
    [
        (of_another_model, "var_names"),
        (not_new, "has made 1 updates"),
        (with_a_hidden_setting, "does not say times, which is 2"),
        (with_the_name_of_another, "get_config"),
        (lambda: optimizers.Adam, r"write Adam\(...\)"),
        (lambda: None, "must be a name or a Keras optimizer; got None"),
    ],
)
def test_an_optimizer_that_would_become_another_is_refused(make, says):
    with pytest.raises(ValueError, match=says):
        training.train(TINY, Constant(0.1), 5, optimizer=make())


# --- batches that grow, weights that are given ----------------------------------------


@pytest.mark.parametrize("pairs", [[(0, 8), (13, 32), (40, 100)], [(0, 50), (7, 3)]])
def test_batches_that_change_equal_a_loop(pairs):
    rates = 0.05 * Linear(60)
    sizes = [[size for first, size in pairs if first <= t][-1] for t in range(50)]
    for evaluate_every in (50, 9):
        run = training.train(
            TINY, rates, 50, 3, batch_size=pairs, evaluate_every=evaluate_every
        )
        expected = in_a_loop(optimizers.SGD, rates(np.arange(50)), 3, batch_sizes=sizes)
        for a, b in zip(run.weights, expected, strict=True):
            np.testing.assert_allclose(a, b, rtol=0, atol=1e-12)


def test_one_stretch_is_one_batch_size_and_fresh_data_go_on():
    one = training.train(TINY, Constant(0.1), 20, batch_size=[(0, 16)])
    assert np.array_equal(
        one.losses, training.train(TINY, Constant(0.1), 20, batch_size=16).losses
    )
    task = NoisyQuadratic((1.0,))
    run = training.train(task, Constant(0.1), 5, batch_size=[(0, 2), (3, 4)])
    noise, x = task.data(0, samples=14).train[0], 1.0
    for some in np.split(noise, [2, 4, 6, 10]):
        x -= 0.1 * (x + some.mean())
    assert run.weights[0][0] == pytest.approx(x, abs=1e-14)


def test_a_sweep_starts_from_given_weights():
    base = [training.train(TINY, Constant(0.1), 20, seed).weights for seed in (0, 1)]
    common = TINY, {"linear": Linear(10)}, 0.1, [0, 1], 10
    for weights, of in ((base[0], [0, 0]), (lambda seed: base[seed], [0, 1])):
        result = training.sweep(*common, weights=weights)
        assert result.about["weights"] == "given"
        for seed in (0, 1):
            alone = training.train(
                TINY, 0.1 * Linear(10), 10, seed, weights=base[of[seed]]
            )
            assert np.array_equal(result.run(seed=seed).losses, alone.losses)


# --- what has diverged ----------------------------------------------------------------


def diverged(task, rate, batch_size):
    rivals = {"constant": Constant()}
    result = training.sweep(task, rivals, rate, range(20), 200, batch_size=batch_size)
    return result.table["diverged_at"]


@pytest.mark.parametrize(
    "task, batch_size",
    [
        (NoisyQuadratic(), 1),  # of 20 first losses 6 are negative or nearly 0
        (NoisyQuadratic(start=0.0), 1),
        (NoisyQuadratic(start=1e-9), 1),
        (NoisyQuadratic(start=(1e-4, 0.0, 1e-9)), 2),
        (Diabetes(), 1),
        (LinearRegression(features=1), 1),
    ],
    ids=repr,
)
def test_no_first_loss_makes_a_healthy_run_diverge(task, batch_size):
    assert diverged(task, 0.02, batch_size).isna().all()
    lost = diverged(task, 30.0, batch_size)
    assert lost.notna().all() and (lost < 60).all()


def test_weights_that_fit_are_no_scale():
    exact = [np.arange(1.0, 11.0)[:, None], np.zeros(1)]
    task = LinearRegression(noise=0.0)
    for optimizer, rate in (("adam", 0.1), ("sgd", 0.1)):
        run = training.train(
            task, rate * Constant(), 100, optimizer=optimizer, weights=exact
        )
        assert run.diverged_at is None and run.losses[0] < 1e-20


@pytest.mark.parametrize(
    "losses, before, scale",
    [
        ([2.0, 9.0], 3.0, 2.0),  # as ever
        ([0.03, 9.0], 2.9, 0.03),
        ([0.01, 9.0], 3.0, 3.0),
        ([-1.0, 9.0], 3.0, 3.0),
        ([-1.0, 9.0], -3.0, 3.0),
        ([0.0, 0.5, np.inf], 0.0, 0.5),
        ([1e-9, 1e-8, -0.25], 1e-9, 0.25),
        ([0.0, 0.0], 0.0, 1e-6),
        ([1.0, 9.0], np.inf, 1e9),
    ],
)
def test_the_scale_of_divergence(losses, before, scale):
    if np.isinf(before):  # a set that overflows says nothing; the batches do
        scale = 9.0
    assert training._scale(np.array(losses), before) == scale


# --- closed loop ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        {"patience": 1},
        {"patience": 2, "factor": 0.3},
        {"patience": 1, "cooldown": 2},
        {"patience": 1, "least": 0.01, "floor": 0.2},
        {"patience": 3, "cooldown": 1},
    ],
)
def test_plateau_is_keras_reduce_lr_on_plateau(arguments):
    run = training.train(
        SMALL, training.Plateau(**arguments), 400, seed=1, evaluate_every=5
    )
    rule = {
        "factor": 0.5,
        "min_delta": arguments.get("least", 0.0),
        "min_lr": arguments.get("floor", 0.0),
    }
    rule |= {
        key: value
        for key, value in arguments.items()
        if key in ("factor", "patience", "cooldown")
    }
    with training.precision("float64"):
        model = SMALL.model(0)
        model.compile(optimizer=keras.optimizers.SGD(1.0))
        callback = keras.callbacks.ReduceLROnPlateau(monitor="loss", **rule)
        callback.set_model(model)
        rates = []
        for epoch, loss in enumerate(run.metrics["validation_loss"][1:]):
            rates += [float(model.optimizer.learning_rate.numpy())] * 5
            callback.on_epoch_end(epoch, {"loss": loss})
    np.testing.assert_allclose(run.rates, rates, rtol=1e-14)
    assert len(set(rates)) > 2


def test_a_rule_of_ones_own():
    run = training.train(SMALL, Halve(), 30, evaluate_every=10)
    assert run.rates.tolist() == [1.0] * 10 + [0.5] * 10 + [0.25] * 10


@dataclass(frozen=True)
class Halve:
    start = (1.0,)

    def after(self, control, loss):
        return (control[0] / 2,)


def test_the_recorded_rate_is_the_designed_one():
    schedule = 0.1 * (Warmup(10) >> Cosine(90).floor(0.1))
    run = training.train(SMALL, schedule, 120)
    assert np.array_equal(run.rates, schedule(np.arange(120)))


def test_a_run_in_a_sweep_equals_the_run_alone_bit_for_bit():
    schedules = {"constant": Constant(), "linear": Linear(60)}
    result = training.sweep(SMALL, schedules, [0.1, 0.2], [5, 3], 60)
    for name, schedule in schedules.items():
        alone = training.train(SMALL, 0.2 * schedule, 60, seed=3)
        run = result.run(schedule=name, peak=0.2, seed=3)
        assert np.array_equal(run.rates, alone.rates) and np.array_equal(
            run.losses, alone.losses
        )
        assert all(
            np.array_equal(run.metrics[key], alone.metrics[key])
            for key in alone.metrics
        )


def test_rivals_with_one_seed_share_data_order_and_weights():
    result = training.sweep(
        SMALL, {"constant": Constant(), "slow": Exponential(0.999)}, [0.1], [0, 1], 20
    )
    first = result.curves[result.curves["update"] == 0].set_index(["schedule", "seed"])[
        "test_loss"
    ]
    assert first["constant", 0] == first["slow", 0] != first["constant", 1]


def test_table_and_curves_are_tidy():
    result = training.sweep(
        SMALL,
        {"constant": Constant(), "linear": Linear(50)},
        {"constant": 0.1, "linear": [0.1, 0.2]},
        range(2),
        50,
        evaluate_every=20,
    )
    assert len(result.table) == 6 and not result.table["diverged"].any()
    assert sorted(result.curves["update"].unique()) == [0, 20, 40, 50]
    last = result.curves[result.curves["update"] == 50]
    assert np.array_equal(last["test_loss"], result.table["test_loss"])
    assert "6 runs of 50 updates" in repr(result) and "0 diverged" in repr(result)


def test_the_metrics_are_those_of_the_final_weights():
    task = Digits(hidden=(16,))
    run = training.train(task, Constant(0.1), 50, seed=2)
    model, data = task.model(2), task.data(2)
    for variable, value in zip(model.trainable_variables, run.weights):
        variable.assign(value)
    x, y = data.test
    hits = np.argmax(model(x).numpy(), axis=1) == y
    assert run.metrics["test_accuracy"][-1] == pytest.approx(hits.mean(), abs=1e-12)


@pytest.mark.parametrize("xla", [True, False])
@pytest.mark.parametrize("task", [Digits(), Sequences(length=4)])
def test_a_share_is_its_count_divided_by_the_number(monkeypatch, task, xla):
    """And so the same whether the compiler divides by the number or multiplies by its inverse."""
    monkeypatch.setattr(type(task), "xla", xla)
    training._program.cache_clear()
    run = training.train(task, 0.1 * Constant(), 100, evaluate_every=5)
    training._program.cache_clear()
    for split in ("train", "validation", "test"):
        for metric in task.metrics:
            values = run.metrics.get(f"{split}_{metric}")
            if values is not None:
                number = getattr(task.data(0, samples=3200), split)[1].size
                counts = np.rint(values * number)
                assert counts.any() or metric == "solved"
                assert np.array_equal(values, counts / number)


def test_a_metric_that_is_no_share_is_left_as_it_is():
    task = Diabetes()
    values = training.train(task, 0.1 * Constant(), 20).metrics["test_r2"]
    number = len(task.data(0).test[1])
    assert np.all(np.abs(values - np.rint(values * number) / number) > 0)


def test_a_diverged_run_is_a_result():
    result = training.sweep(
        LinearRegression(), {"constant": Constant()}, [0.05, 10.0], range(2), 400
    )
    table = result.table.set_index("peak")
    assert not table.loc[0.05, "diverged"].any() and table.loc[10.0, "diverged"].all()
    assert (table.loc[10.0, "test_loss"] == np.inf).all() and (
        table.loc[10.0, "test_r2"] == -np.inf
    ).all()
    assert (table.loc[10.0, "diverged_at"] < 20).all() and not result.table[
        ["test_loss", "train_loss"]
    ].isna().any().any()
    assert "2 diverged" in repr(result)


def test_a_sweep_is_saved_and_loaded(tmp_path):
    result = training.sweep(
        Diabetes(),
        {"constant": Constant(), "linear": Linear(30)},
        [0.1, 9.0],
        range(2),
        30,
    )
    result.save(tmp_path / "sweep.npz")
    again = training.load(tmp_path / "sweep.npz")
    pd.testing.assert_frame_equal(result.table, again.table)
    pd.testing.assert_frame_equal(result.curves, again.curves)
    assert repr(again) == repr(result) and again.about == result.about
    assert np.array_equal(again.runs[3].rates, result.runs[3].rates)


def test_any_callable_of_the_update_index_is_a_schedule():
    run = training.train(SMALL, lambda t: 0.1 if t < 5 else 0.01, 10)
    assert run.rates.tolist() == [0.1] * 5 + [0.01] * 5


@dataclass
class Unhashable:
    start: tuple = (1.0,)

    def after(self, control, loss):
        return control


@pytest.mark.parametrize(
    "arguments, name",
    [
        ({"updates": 0}, "updates"),
        ({"updates": 2.0}, "updates"),
        ({"batch_size": 0}, "batch_size"),
        ({"batch_size": 2000}, "batch_size"),
        ({"optimizer": "sdg"}, "optimizer"),
        ({"dtype": "float16"}, "dtype"),
        ({"evaluate_every": 0}, "evaluate_every"),
        ({"seed": -1}, "seed"),
        ({"schedule": 0.1}, "schedule"),
        ({"schedule": lambda t: float("nan")}, "schedule"),
        ({"schedule": lambda t: -1.0}, "schedule"),
        ({"task": "digits"}, "task"),
        ({"task": Diabetes}, r"task.*write Diabetes\(...\)"),
        ({"schedule": training.Plateau}, r"schedule.*write Plateau\(...\)"),
        ({"schedule": Linear}, r"schedule.*write Linear\(...\)"),
        ({"schedule": lambda t: None}, "schedule.*update 0 gets None"),
        ({"schedule": lambda t: [0.1, 0.2]}, "schedule.*update 0"),
        ({"schedule": Unhashable()}, "rule must be hashable"),
        ({"optimizer": {}}, "optimizer"),
        ({"optimizer": optimizers.SGD}, r"optimizer.*write SGD\(...\)"),
        ({"weights": []}, r"weights must be arrays of the shapes \[\(64, 16\)"),
        ({"weights": 3}, "weights"),
        ({"weights": ["a"]}, "weights"),
        ({"weights": [np.zeros(3)] * 4}, "weights"),
        ({"batch_size": []}, "batch_size"),
        ({"batch_size": [32, 64]}, "batch_size"),
        ({"batch_size": [(1, 32)]}, "batch_size must begin at update 0"),
        ({"batch_size": [(0, 32), (5, 64)]}, "batch_size.*update 5"),
        ({"batch_size": [(0, 32), (3, 64), (2, 8)]}, "batch_size"),
        ({"batch_size": [(0, 32), (3, 2000)]}, "batch_size must be at most 1000"),
        ({"batch_size": [(0, 2.5)]}, "batch_size"),
        ({"batch_size": "32"}, "batch_size"),
    ],
)
def test_bad_input_to_train_is_named(arguments, name):
    with pytest.raises(ValueError, match=name):
        training.train(
            **{"task": SMALL, "schedule": Constant(0.1), "updates": 5} | arguments
        )


@pytest.mark.parametrize(
    "arguments, name",
    [
        ({"peaks": []}, "peaks"),
        ({"peaks": [0.1, 0.1]}, "peaks"),
        ({"peaks": {"other": 1}}, "peaks"),
        ({"seeds": []}, "seeds"),
        ({"seeds": [1, 1]}, "seeds"),
        ({"schedules": {}}, "schedules"),
        ({"schedules": {"a": 0.1 * Linear(5)}}, "peak of 1"),
        ({"schedules": {"a": Linear}}, r"write Linear\(...\)"),
        ({"schedules": {"a": training.Plateau}}, r"'a' is a class; write Plateau"),
        ({"schedules": {("a", 1): Constant()}}, r"name \('a', 1\)"),
        ({"schedules": {0.1: Constant()}}, "name 0.1"),
        ({"schedules": [Constant()]}, "schedules"),
        ({"seeds": 5}, r"seeds.*range\(20\); got 5"),
        ({"seeds": [0.5]}, "seeds"),
        ({"seeds": "01"}, "seeds"),
        ({"seeds": None}, "seeds"),
        ({"peaks": None}, "peaks of 'a'"),
        ({"peaks": "large"}, "peaks of 'a'"),
        ({"peaks": [-0.1]}, "peaks of 'a'"),
        ({"peaks": [np.nan]}, "peaks of 'a'"),
        ({"peaks": [[0.1]]}, "peaks of 'a'"),
        ({"optimizer": {}}, "optimizer must be a dict: name -> optimizer; got {}"),
        ({"optimizer": {("a",): "sgd"}}, "optimizer must have text as names"),
        ({"weights": []}, "weights"),
        ({"weights": lambda seed: None}, "weights"),
        ({"executor": 4}, "executor"),
    ],
)
def test_bad_input_to_sweep_is_named(arguments, name):
    with pytest.raises(ValueError, match=name):
        training.sweep(
            **{
                "task": SMALL,
                "schedules": {"a": Constant()},
                "peaks": [0.1],
                "seeds": [0],
                "updates": 5,
            }
            | arguments
        )


# --- executors, interrupts, workers that die ------------------------------------------

SCHEDULES, PEAKS, SEEDS, UPDATES = (
    {"constant": Constant(), "linear": Linear(40)},
    [0.05, 0.1],
    [0, 1, 2],
    40,
)


@pytest.fixture(scope="module")
def expected():
    return training.sweep(SMALL, SCHEDULES, PEAKS, SEEDS, UPDATES)


def assert_same(result, expected):
    pd.testing.assert_frame_equal(result.table, expected.table, check_exact=True)
    pd.testing.assert_frame_equal(result.curves, expected.curves, check_exact=True)
    for a, b in zip(result.runs, expected.runs, strict=True):
        assert np.array_equal(a.losses, b.losses) and np.array_equal(a.rates, b.rates)


class Backwards(Executor):
    """Runs what it was handed when the first result is asked for, last first."""

    def __init__(self):
        self.waiting = []

    def submit(self, function, *arguments):
        future = Future()
        self.waiting.append((future, function, arguments))
        if len(self.waiting) == 12:
            for future_, function_, arguments_ in reversed(self.waiting):
                future_.set_result(function_(*arguments_))
        return future


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_the_result_does_not_depend_on_the_threads(expected, threads):
    with ThreadPoolExecutor(threads) as pool:
        assert_same(
            training.sweep(SMALL, SCHEDULES, PEAKS, SEEDS, UPDATES, executor=pool),
            expected,
        )


def test_the_result_does_not_depend_on_the_order(expected):
    assert_same(
        training.sweep(SMALL, SCHEDULES, PEAKS, SEEDS, UPDATES, executor=Backwards()),
        expected,
    )


@pytest.mark.parametrize(
    "task", [MNIST1D(samples=100, channels=4), AddingProblem(units=8)], ids=repr
)
def test_without_xla_the_result_does_not_depend_on_the_threads_either(task):
    with ThreadPoolExecutor(1) as one, ThreadPoolExecutor(4) as four:
        assert_same(
            *(
                training.sweep(task, SCHEDULES, [0.05], SEEDS, UPDATES, executor=pool)
                for pool in (one, four)
            )
        )


def assert_only_seed_1_is_missing(executor):
    arguments = SCHEDULES, 0.1, SEEDS, UPDATES
    with pytest.warns(UserWarning, match="2 of 6 runs are missing"):
        result = training.sweep(Deadly(hidden=(16,)), *arguments, executor=executor)
    assert [lost[:4] for lost in result.missing] == [
        ("sgd", name, 0.1, 1) for name in SCHEDULES
    ]
    assert "2 missing" in repr(result)
    whole = training.sweep(SMALL, *arguments).table
    pd.testing.assert_frame_equal(
        result.table, whole[whole["seed"] != 1].reset_index(drop=True), check_exact=True
    )


def test_processes_give_the_same_result_and_a_dead_worker_loses_only_its_run(expected):
    with ProcessPoolExecutor(
        2, mp_context=multiprocessing.get_context("spawn")
    ) as pool:
        assert_same(
            training.sweep(SMALL, SCHEDULES, PEAKS, SEEDS, UPDATES, executor=pool),
            expected,
        )
        assert_only_seed_1_is_missing(pool)


class Deadly(Digits):
    """A task that ends its process at seed 1."""

    def data(self, seed, samples=None):
        if seed == 1:
            os._exit(3)
        return super().data(seed, samples)


class KilledWorker(Exception):
    """Stands for Dask's, which a cluster gives for the runs on a worker that died too often."""


@pytest.mark.parametrize("always, count", [((), 0), ((1,), 4)])
def test_runs_that_a_cluster_gave_up_are_tried_again_alone(expected, always, count):
    class Cluster(Executor):
        handed = 0

        def submit(self, function, settings, seed, rates):
            self.handed += 1
            future = Future()
            if seed in always or self.handed in (3, 4, 8):
                future.set_exception(KilledWorker("the worker died"))
            else:
                future.set_result(function(settings, seed, rates))
            return future

    if not count:
        assert_same(
            training.sweep(SMALL, SCHEDULES, PEAKS, SEEDS, UPDATES, executor=Cluster()),
            expected,
        )
    else:
        with pytest.warns(UserWarning, match="4 of 12"):
            result = training.sweep(
                SMALL, SCHEDULES, PEAKS, SEEDS, UPDATES, executor=Cluster()
            )
        assert len(result.runs) == 8 and {lost[3:] for lost in result.missing} == {
            (1, "the worker died")
        }


def test_a_forking_executor_is_refused():
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("fork")) as pool:
        with pytest.raises(ValueError, match="must not fork"):
            training.sweep(SMALL, SCHEDULES, PEAKS, SEEDS, UPDATES, executor=pool)


def test_a_dask_cluster_gives_the_same_result_though_a_worker_is_killed(expected):
    distributed = pytest.importorskip(
        "distributed", reason="needs Dask: install lrdecay_lib[cluster]"
    )
    with distributed.LocalCluster(
        2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None
    ) as cluster:
        with distributed.Client(cluster) as client, client.get_executor() as executor:
            assert_same(
                training.sweep(
                    SMALL, SCHEDULES, PEAKS, SEEDS, UPDATES, executor=executor
                ),
                expected,
            )
            victim = cluster.workers[0].process.pid
            executor.submit(os.kill, victim, 0).result()  # it is alive
            longer = (SMALL, SCHEDULES, PEAKS, SEEDS, 3000)
            client.loop.call_later(0.2, os.kill, victim, signal.SIGKILL)
            result = training.sweep(*longer, executor=executor)
            client.wait_for_workers(2)
            assert victim not in {
                worker.process.pid for worker in cluster.workers.values()
            }
    assert not result.missing
    assert_same(result, training.sweep(*longer))


def test_an_interrupt_leaves_the_finished_runs(expected, monkeypatch):
    class Interrupting(training.tqdm):
        def update(self, n=1):
            super().update(n)
            if self.n == 5:
                raise KeyboardInterrupt

    monkeypatch.setattr(training, "tqdm", Interrupting)
    with pytest.warns(UserWarning, match="7 of 12 runs are missing"):
        result = training.sweep(SMALL, SCHEDULES, PEAKS, SEEDS, UPDATES, progress=True)
    assert len(result.runs) == 5 and {lost[4] for lost in result.missing} == {
        "interrupted"
    }
    for run in result.runs:
        twin = expected.run(schedule=run.schedule, peak=run.peak, seed=run.seed)
        assert np.array_equal(run.losses, twin.losses)


def test_a_mistake_in_the_task_is_raised_with_the_run_that_made_it():
    class Wrong(Digits):
        def data(self, seed, samples=None):
            raise RuntimeError("no such file")

    with pytest.raises(RuntimeError, match="no such file") as caught:
        training.sweep(Wrong(), SCHEDULES, PEAKS, SEEDS, UPDATES)
    assert "seed" in caught.value.__notes__[0]


def test_several_optimizers_in_one_sweep():
    result = training.sweep(
        SMALL,
        {"linear": Linear(20)},
        [0.01],
        [0, 1],
        20,
        optimizer={"plain": "sgd", "clipped": optimizers.SGD(clipnorm=0.01)},
    )
    table = result.table.set_index(["optimizer", "seed"])["train_loss"]
    assert table["clipped", 0] > table["plain", 0] and len(table) == 4
    assert (
        training.train(
            SMALL, 0.01 * Linear(20), 20, optimizer=optimizers.SGD(clipnorm=0.01)
        ).metrics["train_loss"][-1]
        == table["clipped", 0]
    )


def test_a_run_continues_from_weights():
    whole = training.train(SMALL, Constant(0.1), 20)
    again = training.train(SMALL, Constant(0.1), 1, weights=whole.weights)
    assert again.metrics["test_loss"][0] == whole.metrics["test_loss"][-1]


@pytest.mark.parametrize("kind", ["array", "npz", "text", "empty", "list"])
def test_a_file_that_no_sweep_wrote_is_named(tmp_path, kind):
    path = tmp_path / "file.npz"
    with open(path, "wb") as file:
        match kind:
            case "array":
                np.save(file, np.zeros(3))
            case "npz":
                np.savez(file, a=np.zeros(3))
            case "text":
                file.write(b"schedule,peak")
            case "list":
                np.savez(file, text="[]")
    with pytest.raises(ValueError, match="a file that Sweep.save wrote; got.*file.npz"):
        training.load(path)


ELSEWHERE = """
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from lrdecay_lib import training
from lrdecay_lib.schedules import Constant
from lrdecay_lib.tasks import Digits

@dataclass(frozen=True)
class Mine(Digits):
    pass

with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
    try:
        training.sweep(Mine(), {"a": Constant()}, 0.1, [0], 5, executor=pool)
    except ValueError as error:
        print(error)
"""


def test_a_task_of_a_notebook_and_other_processes():
    done = subprocess.run(
        [sys.executable, "-c", ELSEWHERE], capture_output=True, text=True
    )
    assert "Mine is defined in this notebook" in done.stdout
    assert "%%writefile" in done.stdout and not done.stderr


def test_a_task_that_no_other_process_can_have():
    class Local(Digits):
        pass

    with ProcessPoolExecutor(
        1, mp_context=multiprocessing.get_context("spawn")
    ) as pool:
        with pytest.raises(ValueError, match="executor has other processes.*Local"):
            training.sweep(Local(), SCHEDULES, PEAKS, SEEDS, UPDATES, executor=pool)


def test_training_without_stderr():
    code = (
        "import os, sys; os.close(2); sys.stderr = None\n"
        "from lrdecay_lib import training\n"
        "from lrdecay_lib.schedules import Constant\n"
        "from lrdecay_lib.tasks import NoisyQuadratic\n"
        "for progress in (None, True):\n"
        "    print(training.sweep(NoisyQuadratic(), {'a': Constant()}, 0.1, [0], 5,"
        " progress=progress))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0 and done.stdout.count("1 runs of 5 updates") == 2


def test_float32_is_float32():
    run = training.train(SMALL, Constant(0.1), 5, dtype="float32")
    assert run.losses.dtype == run.rates.dtype == run.weights[0].dtype == np.float32


@pytest.mark.parametrize(
    "option",
    [
        {"gradient_accumulation_steps": 2},
        {"use_ema": True, "ema_overwrite_frequency": 3},
        {"loss_scale_factor": 2.0},
    ],
)
def test_what_the_compiled_run_does_not_do_is_refused(option):
    with pytest.raises(ValueError, match=[*option][-1]):
        training.train(SMALL, Constant(0.1), 5, optimizer=optimizers.SGD(**option))
