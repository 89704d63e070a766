"""Training: the recorded rate, equality with Keras, sweep against train, and what goes wrong."""

from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
import multiprocessing
import os
import signal

import numpy as np
import pandas as pd
import pytest

from lrdecay_lib import training
from lrdecay_lib.schedules import Constant, Cosine, Exponential, Linear, Warmup
from lrdecay_lib.tasks import (
    AddingProblem, Diabetes, Digits, LinearRegression, MNIST1D, NoisyQuadratic, Ratings, Sequences, Teacher)

keras = training.keras
SMALL = Digits(hidden=(16,))


def fit(task, rates, seed, optimizer, batch_size=32, dtype="float64"):
    """The same run by ``model.fit``: final weights and the loss of each batch, nothing of ours but the data's order."""
    settings = training._settings(task, Constant(), "sgd", len(rates), batch_size, None, dtype)
    _, order, _ = training._prepare(settings, seed)
    order = order.numpy()
    with training.precision(dtype):
        model = task.model(seed, dtype)
        x, y = (part[order.ravel()] for part in task.data(seed, samples=order.size).train)
        seen = []

        class Follow(keras.callbacks.Callback):
            def on_train_batch_begin(self, batch, logs=None):
                self.model.optimizer.learning_rate = rates[batch]

            def on_train_batch_end(self, batch, logs=None):
                seen.append(logs["loss"])

        model.compile(optimizer=optimizer, loss=task.loss)
        model.fit(x, y, batch_size=batch_size, shuffle=False, verbose=0, callbacks=[Follow()])
    # fit reports the mean of the batches so far
    means = np.array(seen)
    count = np.arange(1, len(means) + 1)
    return [v.numpy() for v in model.trainable_variables], np.diff(means * count, prepend=0.0)


O = keras.optimizers
OPTIMIZERS = {
    "sgd": ("sgd", lambda: O.SGD()),
    "momentum": ("momentum", lambda: O.SGD(momentum=0.9)),
    "nesterov": ("nesterov", lambda: O.SGD(momentum=0.9, nesterov=True)),
    "adam": ("adam", lambda: O.Adam()),
    "adamw": ("adamw", lambda: O.AdamW()),
    "rmsprop": ("rmsprop", lambda: O.RMSprop()),
    "adagrad": ("adagrad", lambda: O.Adagrad()),
    "adadelta": ("adadelta", lambda: O.Adadelta()),
    **{name: (make, make) for name, make in {
        "clipnorm": lambda: O.SGD(momentum=0.9, clipnorm=0.05),
        "clipvalue": lambda: O.SGD(clipvalue=0.01),
        "global_clipnorm": lambda: O.Adam(global_clipnorm=0.1),
        "weight decay": lambda: O.SGD(weight_decay=0.1),
        "decoupled weight decay": lambda: O.AdamW(weight_decay=0.3, beta_2=0.99),
        "EMA": lambda: O.SGD(momentum=0.9, use_ema=True, ema_momentum=0.95),
        "EMA and Adam": lambda: O.Adam(use_ema=True, ema_momentum=0.9, weight_decay=0.01),
        "centered": lambda: O.RMSprop(centered=True, momentum=0.5),
        "amsgrad": lambda: O.Adam(amsgrad=True),
        "lion": lambda: O.Lion(),
    }.items()},
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_optimizer_equals_keras_to_1e_12_over_300_updates(name):
    ours, theirs = OPTIMIZERS[name]
    schedule = 0.01 * (Warmup(30, 0.1) >> Cosine(270))
    run = training.train(SMALL, schedule, 300, seed=3, optimizer=ours if isinstance(ours, str) else ours())
    with training.precision("float64"):
        weights, losses = fit(SMALL, schedule(np.arange(300)), 3, theirs())
    for a, b, start in zip(run.weights, weights, SMALL.model(3).get_weights()):
        np.testing.assert_allclose(a, b, rtol=0, atol=1e-12)
        assert not np.allclose(a, start, atol=1e-4)  # it did train
    np.testing.assert_allclose(run.losses, losses, rtol=0, atol=1e-10)  # from differences of fit's running mean


@pytest.mark.parametrize("task, rate", [
    (MNIST1D(samples=200, channels=4), 0.1), (MNIST1D(samples=200, channels=4, normalize=True, dropout=0.3), 0.1),
    (AddingProblem(units=8), 0.05), (AddingProblem(units=8, cell="gru"), 0.05), (Ratings(users=30, items=20), 0.5),
    (Sequences(length=4, layers=1, width=8), 0.01), (Teacher(), 0.2), (NoisyQuadratic(), 0.1), (Diabetes(), 0.05),
], ids=repr)
def test_a_run_of_any_model_agrees_with_fit(task, rate):
    schedule = rate * Linear(40)
    run = training.train(task, schedule, 30, seed=1, optimizer="momentum", batch_size=16)
    with training.precision("float64"):
        weights, losses = fit(task, schedule(np.arange(30)), 1, keras.optimizers.SGD(momentum=0.9), batch_size=16)
    for a, b in zip(run.weights, weights):
        np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-10)


def test_the_average_is_what_is_evaluated():
    averaged = training.train(SMALL, Constant(0.1), 40, optimizer=O.SGD(use_ema=True, ema_momentum=0.9))
    plain = training.train(SMALL, Constant(0.1), 40, optimizer=O.SGD())
    assert np.array_equal(averaged.losses, plain.losses)  # averaging does not change the training
    assert averaged.metrics["test_loss"][0] == plain.metrics["test_loss"][0]
    assert averaged.metrics["test_loss"][-1] != plain.metrics["test_loss"][-1]


# --- closed loop ----------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [dict(patience=1), dict(patience=2, factor=0.3), dict(patience=1, cooldown=2),
                                       dict(patience=1, least=0.01, floor=0.2), dict(patience=3, cooldown=1)])
def test_plateau_is_keras_reduce_lr_on_plateau(arguments):
    run = training.train(SMALL, training.Plateau(**arguments), 400, seed=1, evaluate_every=5)
    rule = {"factor": 0.5, "min_delta": arguments.get("least", 0.0), "min_lr": arguments.get("floor", 0.0)}
    rule |= {key: value for key, value in arguments.items() if key in ("factor", "patience", "cooldown")}
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
        assert np.array_equal(run.rates, alone.rates) and np.array_equal(run.losses, alone.losses)
        assert all(np.array_equal(run.metrics[key], alone.metrics[key]) for key in alone.metrics)


def test_rivals_with_one_seed_share_data_order_and_weights():
    result = training.sweep(SMALL, {"constant": Constant(), "slow": Exponential(0.999)}, [0.1], [0, 1], 20)
    first = result.curves[result.curves["update"] == 0].set_index(["schedule", "seed"])["test_loss"]
    assert first["constant", 0] == first["slow", 0] != first["constant", 1]


def test_table_and_curves_are_tidy():
    result = training.sweep(SMALL, {"constant": Constant(), "linear": Linear(50)}, {"constant": 0.1, "linear": [0.1, 0.2]},
                            range(2), 50, evaluate_every=20)
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


def test_a_diverged_run_is_a_result():
    result = training.sweep(LinearRegression(), {"constant": Constant()}, [0.05, 10.0], range(2), 400)
    table = result.table.set_index("peak")
    assert not table.loc[0.05, "diverged"].any() and table.loc[10.0, "diverged"].all()
    assert (table.loc[10.0, "test_loss"] == np.inf).all() and (table.loc[10.0, "test_r2"] == -np.inf).all()
    assert (table.loc[10.0, "diverged_at"] < 20).all() and not result.table[["test_loss", "train_loss"]].isna().any().any()
    assert "2 diverged" in repr(result)


def test_a_sweep_is_saved_and_loaded(tmp_path):
    result = training.sweep(Diabetes(), {"constant": Constant(), "linear": Linear(30)}, [0.1, 9.0], range(2), 30)
    result.save(tmp_path / "sweep.npz")
    again = training.load(tmp_path / "sweep.npz")
    pd.testing.assert_frame_equal(result.table, again.table)
    pd.testing.assert_frame_equal(result.curves, again.curves)
    assert repr(again) == repr(result) and again.about == result.about
    assert np.array_equal(again.runs[3].rates, result.runs[3].rates)


def test_any_callable_of_the_update_index_is_a_schedule():
    run = training.train(SMALL, lambda t: 0.1 if t < 5 else 0.01, 10)
    assert run.rates.tolist() == [0.1] * 5 + [0.01] * 5


@pytest.mark.parametrize("arguments, name", [
    (dict(updates=0), "updates"), (dict(updates=2.0), "updates"), (dict(batch_size=0), "batch_size"),
    (dict(batch_size=2000), "batch_size"), (dict(optimizer="sdg"), "optimizer"), (dict(dtype="float16"), "dtype"),
    (dict(evaluate_every=0), "evaluate_every"), (dict(seed=-1), "seed"), (dict(schedule=0.1), "schedule"),
    (dict(schedule=lambda t: float("nan")), "schedule"), (dict(schedule=lambda t: -1.0), "schedule"), (dict(task="digits"), "task"),
])
def test_bad_input_to_train_is_named(arguments, name):
    with pytest.raises(ValueError, match=name):
        training.train(**dict(task=SMALL, schedule=Constant(0.1), updates=5) | arguments)


@pytest.mark.parametrize("arguments, name", [
    (dict(peaks=[]), "peaks"), (dict(peaks=[0.1, 0.1]), "peaks"), (dict(peaks={"other": 1}), "peaks"), (dict(seeds=[]), "seeds"),
    (dict(seeds=[1, 1]), "seeds"), (dict(schedules={}), "schedules"), (dict(schedules={"a": 0.1 * Linear(5)}), "peak of 1"),
])
def test_bad_input_to_sweep_is_named(arguments, name):
    with pytest.raises(ValueError, match=name):
        training.sweep(**dict(task=SMALL, schedules={"a": Constant()}, peaks=[0.1], seeds=[0], updates=5) | arguments)
