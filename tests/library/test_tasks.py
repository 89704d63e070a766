"""The tasks: same seed same problem, other seed other problem, and the numbers they promise."""

import random
import subprocess
import sys
from dataclasses import dataclass

import numpy as np
import pytest

from lrdecay_lib import tasks

ALL = [
    tasks.LinearRegression(),
    tasks.LinearRegression(hidden=(8,)),
    tasks.Diabetes(),
    tasks.Digits(),
    tasks.Digits(label_noise=0.2, samples=100, hidden=(16, 8)),
    tasks.NoisyQuadratic(),
    tasks.ClientDigits(),
    tasks.MNIST1D(),
    tasks.MNIST1D(normalize=True, dropout=0.2, samples=100, channels=4),
    tasks.Teacher(),
    tasks.AddingProblem(units=8),
    tasks.AddingProblem(cell="gru", units=4),
    tasks.AddingProblem(cell="lstm", units=4),
    tasks.Ratings(users=30, items=20),
    tasks.Sequences(),
    tasks.Sequences(norm="pre", layers=1),
]


def flat(data):
    return [part for pair in data for part in pair]


@pytest.mark.parametrize("task", ALL, ids=repr)
def test_a_seed_decides_data_and_weights(task):
    first, again, other = (flat(task.data(seed, samples=64)) for seed in (1, 1, 2))
    assert all(np.array_equal(a, b) for a, b in zip(first, again))
    assert not np.array_equal(first[0], other[0])
    weights = [task.model(seed).get_weights() for seed in (1, 1, 2)]
    assert all(np.array_equal(a, b) for a, b in zip(weights[0], weights[1]))
    if not isinstance(task, tasks.NoisyQuadratic):  # it starts where it is told to
        assert any(not np.array_equal(a, b) for a, b in zip(weights[0], weights[2]))


@dataclass(frozen=True)
class DrawsForItself(tasks.Task):
    """A model whose weights come from Python's generator in a way that no initializer remembers."""

    loss = staticmethod(tasks.squared_error)

    def build(self):
        keras = tasks.import_keras()
        scale = random.uniform(1, 2)
        return keras.Sequential(
            [
                keras.Input((3,)),
                keras.layers.Dense(
                    2, kernel_initializer=keras.initializers.Constant(scale)
                ),
            ]
        )


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("task", [*ALL, DrawsForItself()], ids=repr)
def test_initial_values_are_those_of_a_new_model(task, dtype):
    assert (tasks._recipe(task, dtype) is None) == isinstance(task, DrawsForItself)
    for seed in (5, 17):
        model = task.model(seed, dtype)
        values = task.initial_values(seed, dtype)
        for part, variables in zip(
            values,
            (model.trainable_variables, model.non_trainable_variables),
            strict=True,
        ):
            for value, variable in zip(part, variables, strict=True):
                assert value.dtype.name == variable.dtype and np.array_equal(
                    value, variable.value
                )


@pytest.mark.parametrize("task", ALL, ids=repr)
def test_model_and_loss_fit_the_data(task):
    x, y = task.data(0, samples=64).train
    outputs = task.model(0)(x[:7])
    assert "float64" in str(outputs.dtype)
    loss = np.asarray(task.loss(tf_of(y[:7]), outputs))
    assert np.isfinite(loss).all() and loss.shape[0] == 7
    for metric in task.metrics.values():
        assert np.isfinite(np.mean(metric(tf_of(y[:7]), outputs)))


@pytest.mark.parametrize("task", [task for task in ALL if task.fresh], ids=repr)
def test_fresh_data_continue_and_leave_the_test_alone(task):
    short, long = task.data(0, samples=50), task.data(0, samples=500)
    for few, many in zip(short.train, long.train):
        assert len(few) == 50 and len(many) == 500 and np.array_equal(few, many[:50])
    assert all(np.array_equal(a, b) for a, b in zip(flat(short)[2:], flat(long)[2:]))


def tf_of(array):
    import tensorflow as tf

    return tf.constant(array)


def test_models_are_made_without_touching_random_states_or_float_type():
    import random

    import keras

    tasks.Digits().model(0)
    before = (
        random.getstate(),
        np.random.get_state()[1].copy(),
        keras.config.floatx(),
        keras.config.dtype_policy().name,
    )
    model = tasks.Digits().model(5, dtype="float64")
    after = (
        random.getstate(),
        np.random.get_state()[1],
        keras.config.floatx(),
        keras.config.dtype_policy().name,
    )
    assert (
        before[0] == after[0]
        and (before[1] == after[1]).all()
        and before[2:] == after[2:]
    )
    assert (
        model.weights[0].dtype == "float64"
        and tasks.Digits().model(5, "float32").weights[0].dtype == "float32"
    )


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
    assert np.array_equal(clean.validation[1], noisy.validation[1]) and np.array_equal(
        clean.test[1], noisy.test[1]
    )


def test_digits_split_uses_every_image_once():
    data = tasks.Digits().data(4)
    assert sum(len(x) for x, _ in data) == 1797
    from sklearn.datasets import load_digits

    images = np.concatenate([x for x, _ in data])
    assert np.array_equal(
        np.sort(images @ np.arange(64.0)),
        np.sort(load_digits().data / 16 @ np.arange(64.0)),
    )


def test_clients_share_the_training_images_and_see_few_classes():
    task = tasks.ClientDigits()
    clients = task.clients(0)
    x, y = task.data(0).train
    assert len(clients) == 10 and {len(labels) for _, labels in clients} == {100}
    assert sorted(np.concatenate([labels for _, labels in clients])) == sorted(y)
    assert np.mean([len(set(labels)) for _, labels in clients]) < 4
    for images, labels in clients:  # each image still has its own label
        row = np.flatnonzero((x == images[0]).all(axis=1))[0]
        assert y[row] == labels[0]


def test_mnist1d_has_ten_classes_that_a_template_can_tell_apart():
    data = tasks.MNIST1D(noise=0.1).data(0)
    (x, y), (test_x, test_y) = data.train, data.test
    assert sorted(set(y)) == list(range(10)) and x.shape == (4000, 40, 1)
    means = np.stack([x[y == k, :, 0].mean(axis=0) for k in range(10)])
    nearest = (
        ((test_x - means[None].transpose(0, 2, 1)) ** 2).sum(axis=1).argmin(axis=1)
    )
    assert (
        0.4 < (nearest == test_y).mean() < 0.95
    )  # neither hopeless nor solved by averaging


def test_the_teacher_samples_labels_from_the_probabilities_that_it_tests_with():
    task = tasks.Teacher()
    many = task.data(0, samples=50_000)
    share, expected = many.train[1].mean(axis=0), many.test[1].mean(axis=0)
    assert np.allclose(share, expected, atol=0.02) and np.allclose(
        many.test[1].sum(axis=1), 1
    )
    assert np.array_equal(
        many.test[1], task.data(0, samples=10).test[1]
    )  # the teacher does not depend on the count
    logits = np.log(many.test[1])
    assert (
        np.abs(np.asarray(tasks.excess(tf_of(many.test[1]), tf_of(logits)))).max()
        < 1e-12
    )
    assert (
        abs((logits - logits.mean(axis=1, keepdims=True)).std() - task.sharpness) < 0.5
    )


def test_the_adding_problem_adds_two_marked_numbers():
    x, y = tasks.AddingProblem(length=7).data(0).test
    assert (x[:, :, 1].sum(axis=1) == 2).all() and (x[:, :3, 1].sum(axis=1) == 1).all()
    assert np.array_equal((x[:, :, 0] * x[:, :, 1]).sum(axis=1)[:, None], y)
    assert abs(((y - 1) ** 2).mean() - 1 / 6) < 0.03


def test_ratings_have_the_rank_and_noise_they_say_and_no_pair_twice():
    data = tasks.Ratings(noise=0.0, observed=0.8).data(0)
    pairs, values = (
        np.concatenate([x for x, _ in data]),
        np.concatenate([y for _, y in data]),
    )
    assert len({tuple(pair) for pair in pairs}) == len(pairs) == 60_000
    matrix = np.zeros((300, 200))
    matrix[pairs[:, 0], pairs[:, 1]] = values[:, 0]
    assert np.linalg.matrix_rank(matrix) == 5
    noisy = tasks.Ratings(observed=0.8).data(0)
    assert np.concatenate([y for _, y in noisy]).var() == pytest.approx(
        values.var() + 0.25**2, abs=0.01
    )


def test_attention_begins_alike_beside_any_keras():
    """Glorot's range for as many inputs as outputs, which Keras before 3.15 does not take."""
    for task in (tasks.Sequences(width=16), tasks.Sequences(width=32, heads=4)):
        kernels = [
            weights.numpy()
            for weights in task.model(0).trainable_variables
            if weights.name == "kernel" and weights.shape.rank == 3
        ]
        assert len(kernels) == 4 * task.layers
        reach = np.sqrt(6 / (task.width + task.width))
        assert all(0.9 < abs(kernel).max() / reach <= 1 for kernel in kernels)


def test_sequences_are_reversed_and_substituted():
    x, y = tasks.Sequences().data(0).test
    dictionary = dict(zip(x[:, ::-1].ravel(), y.ravel()))
    assert sorted(dictionary.values()) == list(range(12)) and x.shape == (500, 8)
    assert all(dictionary[a] == b for a, b in zip(x[:, ::-1].ravel(), y.ravel()))


# --- the exact expectation ------------------------------------------------------------


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_the_expectation_is_the_mean_of_simulated_runs(momentum):
    task, rng = (
        tasks.NoisyQuadratic((1.0, 0.3), noise=(0.5, 2.0), start=2.0),
        np.random.default_rng(0),
    )
    rates = 0.2 * (1 - np.arange(60) / 60)
    exact = task.expectation(rates, 60, batch_size=2, momentum=momentum)
    h, runs = np.array(task.eigenvalues), 40_000
    x, m, losses = np.full((runs, 2), 2.0), np.zeros((runs, 2)), []
    for rate in rates:
        noise = rng.normal(size=(runs, 2)) * np.sqrt(np.array(task.noise) / 2)
        m = momentum * m - rate * (h * x + noise)
        x = x + m
        losses.append((h * x**2).sum(axis=1) / 2)
    losses = np.array(losses)
    z = (losses.mean(axis=1) - exact[1:]) / (losses.std(axis=1) / np.sqrt(runs))
    assert np.abs(z).max() < 4.5 and np.abs(z).mean() < 2


def test_the_expectation_has_its_closed_forms():
    task = tasks.NoisyQuadratic((0.5,), noise=0.0)
    assert task.expectation(lambda t: 0.4, 10)[-1] == pytest.approx(
        0.25 * 0.8**20, rel=1e-12
    )
    noisy = tasks.NoisyQuadratic((0.5,), noise=3.0)
    floor = (
        0.4 * 3.0 / (0.5 * (2 - 0.4 * 0.5))
    )  # rate * noise / (h (2 - rate h)), the stationary variance
    assert noisy.expectation(lambda t: 0.4, 400)[-1] == pytest.approx(
        0.25 * floor, rel=1e-12
    )
    assert noisy.expectation(lambda t: 4.1, 20_000)[-1] == np.inf
    assert noisy.expectation(np.zeros(3), 3).tolist() == [0.25] * 4


def test_default_noise_is_the_curvature_and_values_compare():
    assert tasks.NoisyQuadratic(np.array([1.0, 2.0])) == tasks.NoisyQuadratic(
        (1.0, 2.0), noise=[1.0, 2.0]
    )


@pytest.mark.parametrize(
    "make, name",
    [
        (lambda: tasks.NoisyQuadratic(()), "eigenvalues"),
        (lambda: tasks.NoisyQuadratic((1.0, -1.0)), "eigenvalues"),
        (lambda: tasks.NoisyQuadratic((1.0,), noise=(1.0, 2.0)), "noise"),
        (lambda: tasks.MNIST1D(label_noise=2), "label_noise"),
        (lambda: tasks.NoisyQuadratic().expectation(np.ones(3), 4), "schedule"),
        (lambda: tasks.AddingProblem(length=1), "length"),
        (
            lambda: tasks.NoisyQuadratic().expectation(np.ones(3), 3, momentum=1.0),
            "momentum",
        ),
        (lambda: tasks.AddingProblem(cell="x"), "cell"),
        (
            lambda: tasks.NoisyQuadratic().expectation(np.ones(3), 3, batch_size=0),
            "batch_size",
        ),
        (lambda: tasks.Ratings(observed=0.9), "observed"),
        (lambda: tasks.Sequences(width=30, heads=4), "width"),
        (lambda: tasks.Sequences(norm="no"), "norm"),
        (lambda: tasks.ClientDigits(clients_count=0), "clients_count"),
        (lambda: tasks.ClientDigits(clients_count=600).clients(0), "clients_count"),
        (lambda: tasks.Digits(label_noise=1.5), "label_noise"),
        (lambda: tasks.Digits(samples=0), "samples"),
        (lambda: tasks.Digits().data(-1), "seed"),
        (lambda: tasks.Digits().data(1.0), "seed"),
    ],
)
def test_bad_input_is_named(make, name):
    with pytest.raises(ValueError, match=name):
        make()


def test_squared_error_refuses_shapes_that_would_broadcast():
    with pytest.raises(ValueError, match=r"one shape"):
        tasks.squared_error(np.zeros((5,)), np.zeros((5, 1)))


def test_importing_tasks_does_not_import_tensorflow_and_keras_greets_no_one():
    code = (
        "import sys, lrdecay_lib.tasks as t, lrdecay_lib.evidence, lrdecay_lib.figures;"
        "assert 'tensorflow' not in sys.modules and 'keras' not in sys.modules; t.import_keras()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0 and done.stderr == "", done.stderr
