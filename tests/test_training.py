"""Training: the recorded rate, equality with Keras, sweep against train, and what goes wrong."""

import numpy as np
import pandas as pd
import pytest

from lrdecay_lib import training
from lrdecay_lib.schedules import Constant, Cosine, Exponential, Linear, Warmup
from lrdecay_lib.tasks import Diabetes, Digits, LinearRegression

keras = training.keras
SMALL = Digits(hidden=(16,))


def fit(task, rates, seed, optimizer, batch_size=32, dtype="float64"):
    """The same run by ``model.fit``: final weights and the loss of each batch, nothing of ours but the data's order."""
    settings = training._settings(task, Constant(), "sgd", len(rates), batch_size, None, dtype)
    _, order, _ = training._prepare(settings, seed)
    with training.precision(dtype):
        model = task.model(seed, dtype)
        x, y = (part[order.numpy().ravel()] for part in task.data(seed, samples=order.shape.num_elements()).train)
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
    return model.get_weights(), np.diff(means * count, prepend=0.0)


def optimizers():
    o = keras.optimizers
    yield from [
        ("sgd", "sgd", o.SGD), ("momentum", "momentum", lambda: o.SGD(momentum=0.9)),
        ("nesterov", "nesterov", lambda: o.SGD(momentum=0.9, nesterov=True)), ("adam", "adam", o.Adam),
    ]


@pytest.mark.parametrize("ours, keras_s", [pytest.param(a, b, id=name) for name, a, b in optimizers()])
def test_an_optimizer_equals_keras_to_1e_12_over_300_updates(ours, keras_s):
    rates = (0.02 * (Warmup(30) >> Cosine(270)))(np.arange(300))
    run = training.train(SMALL, 0.02 * (Warmup(30) >> Cosine(270)), 300, seed=3, optimizer=ours)
    with training.precision("float64"):
        weights, losses = fit(SMALL, rates, 3, keras_s())
    for a, b in zip(run.weights, weights):
        np.testing.assert_allclose(a, b, rtol=0, atol=1e-12)
    np.testing.assert_allclose(run.losses, losses, rtol=0, atol=1e-10)  # from differences of fit's running mean


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
