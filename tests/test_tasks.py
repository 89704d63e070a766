"""The tasks: same seed same problem, other seed other problem, and the numbers they promise."""

import subprocess
import sys

import numpy as np
import pytest

from lrdecay_lib import tasks

ALL = [tasks.LinearRegression(), tasks.LinearRegression(hidden=(8,)), tasks.Diabetes(), tasks.Digits(),
       tasks.Digits(label_noise=0.2, samples=100, hidden=(16, 8))]


def flat(data):
    return [part for pair in data for part in pair]


@pytest.mark.parametrize("task", ALL, ids=repr)
def test_a_seed_decides_data_and_weights(task):
    first, again, other = (flat(task.data(seed, samples=64)) for seed in (1, 1, 2))
    assert all(np.array_equal(a, b) for a, b in zip(first, again))
    assert not np.array_equal(first[0], other[0])
    weights = [task.model(seed).get_weights() for seed in (1, 1, 2)]
    assert all(np.array_equal(a, b) for a, b in zip(weights[0], weights[1]))
    assert any(not np.array_equal(a, b) for a, b in zip(weights[0], weights[2]))


@pytest.mark.parametrize("task", ALL, ids=repr)
def test_model_and_loss_fit_the_data(task):
    x, y = task.data(0, samples=64).train
    outputs = task.model(0)(x[:7])
    assert "float64" in str(outputs.dtype)
    loss = np.asarray(task.loss(tf_of(y[:7]), outputs))
    assert np.isfinite(loss).all() and loss.shape[0] == 7
    for metric in task.metrics.values():
        assert np.isfinite(np.mean(metric(tf_of(y[:7]), outputs)))


def tf_of(array):
    import tensorflow as tf

    return tf.constant(array)


def test_models_are_made_without_touching_random_states_or_float_type():
    import random

    import keras

    tasks.Digits().model(0)
    before = random.getstate(), np.random.get_state()[1].copy(), keras.config.floatx(), keras.config.dtype_policy().name
    model = tasks.Digits().model(5, dtype="float64")
    after = random.getstate(), np.random.get_state()[1], keras.config.floatx(), keras.config.dtype_policy().name
    assert before[0] == after[0] and (before[1] == after[1]).all() and before[2:] == after[2:]
    assert model.weights[0].dtype == "float64" and tasks.Digits().model(5, "float32").weights[0].dtype == "float32"


def test_linear_regression_has_the_noise_it_says():
    task = tasks.LinearRegression(samples=200_000)
    x, y = task.data(0).train
    residual = y[:, 0] - x @ np.arange(1, 11)
    assert abs(residual.var() - task.noise_floor) < 0.02
    assert abs(1 - residual.var() / y.var() - task.best_r2) < 0.001
    assert task.best_r2 == pytest.approx(32.0833333 / 33.0833333)


def test_diabetes_is_standardized_by_its_training_part():
    data = tasks.Diabetes().data(3)
    for part in data.train:
        assert np.allclose(part.mean(axis=0), 0) and np.allclose(part.std(axis=0), 1)
    assert abs(data.test[0].mean(axis=0)).max() > 0.01
    assert [len(x) for x, _ in data] == [242, 100, 100]


def test_label_noise_changes_that_share_of_training_labels_and_no_others():
    clean, noisy = tasks.Digits().data(7), tasks.Digits(label_noise=0.3).data(7)
    assert (clean.train[1] != noisy.train[1]).sum() == 300
    assert np.array_equal(clean.validation[1], noisy.validation[1]) and np.array_equal(clean.test[1], noisy.test[1])


def test_digits_split_uses_every_image_once():
    data = tasks.Digits().data(4)
    assert sum(len(x) for x, _ in data) == 1797
    from sklearn.datasets import load_digits

    images = np.concatenate([x for x, _ in data])
    assert np.array_equal(np.sort(images @ np.arange(64.0)), np.sort(load_digits().data / 16 @ np.arange(64.0)))


@pytest.mark.parametrize("make, name", [
    (lambda: tasks.Digits(label_noise=1.5), "label_noise"), (lambda: tasks.Digits(samples=0), "samples"),
    (lambda: tasks.Digits().data(-1), "seed"), (lambda: tasks.Digits().data(1.0), "seed"),
])
def test_bad_input_is_named(make, name):
    with pytest.raises(ValueError, match=name):
        make()


def test_squared_error_refuses_shapes_that_would_broadcast():
    with pytest.raises(ValueError, match=r"one shape"):
        tasks.squared_error(np.zeros((5,)), np.zeros((5, 1)))


def test_importing_tasks_does_not_import_tensorflow_and_keras_greets_no_one():
    code = ("import sys, lrdecay_lib.tasks as t, lrdecay_lib.evidence, lrdecay_lib.figures;"
            "assert 'tensorflow' not in sys.modules and 'keras' not in sys.modules; t.import_keras()")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0 and done.stderr == "", done.stderr
