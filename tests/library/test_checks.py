"""The checks of recorded rates: what each passes, what each says, and the callback of Keras
(lesson 10.2)."""

import doctest
import importlib.util
import math
import os
import subprocess
import sys
import warnings

import numpy as np
import pytest

from lrdecay_lib import checks
from lrdecay_lib.schedules import (
    Anneal,
    Constant,
    Cosine,
    Exponential,
    Linear,
    Polynomial,
    Warmup,
)

T = 200
# schedule, what is meant of it besides the number of updates and the peak
RIGHT = {
    "line": (Linear(T), {"smooth": True}),
    "cosine": (Cosine(T), {}),
    "cosine to a tenth": (Cosine(T).floor(0.1), {"end": 0.01}),
    "quadratic": (Polynomial(T, 2), {}),
    "root": (Anneal(T, shape="1-sqrt"), {}),
    "constant": (Constant(), {"end": 0.1}),
    "steps": (Exponential(0.1).every(100), {"end": 0.01}),
    "hold, then cool down": (Constant(1, 160) >> Linear(40), {}),
    "warmup from 0": (
        Warmup(20) >> Linear(180),
        {"warmup": 20, "zeros": 1, "smooth": True},
    ),
    "restarts": (Cosine(50).cycle(4), {"falls": False}),
}


def rates_of(schedule, updates=T, peak=0.1):
    return peak * schedule(np.arange(updates))


@pytest.mark.parametrize("name", RIGHT)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_right_rates_pass(name, dtype):
    schedule, meant = RIGHT[name]
    rates = rates_of(schedule).astype(dtype)
    assert checks.failures(rates, T, 0.1, design=0.1 * schedule, **meant) == {}
    checks.require(list(rates), T, 0.1, **meant)


@pytest.mark.parametrize("written", [lambda t: (t + 1) / 20, lambda t: t / 20])
def test_both_ways_to_write_a_warmup_pass(written):
    rates = [0.1 * min(written(t), (T - t) / (T - 20), 1) for t in range(T)]
    zeros = int(rates[0] == 0)
    assert checks.failures(rates, T, max(rates), warmup=20, zeros=zeros) == {}


LINE = rates_of(Linear(T))


@pytest.mark.parametrize(
    "rates, meant, check, sentence",
    [
        (LINE[:150], {}, "length", "150 updates were recorded, and 200 were meant"),
        (np.r_[LINE[:7], np.nan, LINE[8:]], {}, "finite", "update 7: the rate is nan"),
        (
            np.r_[LINE[:7], -1e-3, LINE[8:]],
            {},
            "finite",
            "update 7: the rate is -0.001",
        ),
        (np.r_[LINE[:7], np.inf, LINE[8:]], {}, "finite", "update 7: the rate is inf"),
        (
            rates_of(Linear(100)),
            {},
            "moves",
            "update 100: the rate is 0, so this update changes nothing (100 such updates in all)",
        ),
        (
            rates_of(Warmup(20) >> Linear(180)),
            {"warmup": 20},
            "moves",
            "update 0: the rate is 0, so this update changes nothing",
        ),
        (
            LINE * 0.1,
            {},
            "peak",
            "update 0: the largest rate is 0.01, and 0.1 was meant",
        ),
        (
            rates_of(Warmup(40) >> Linear(160)),
            {"warmup": 20, "zeros": 1},
            "peak",
            "update 40: the peak is reached here, and update 20 was meant to be the first with it",
        ),
        (
            rates_of(Warmup(10) >> Linear(190)),
            {"warmup": 20, "zeros": 1},
            "peak",
            "update 10: the peak is reached here",
        ),
        (
            np.r_[LINE[:100], LINE[:100]],
            {"end": 0.05},
            "falls",
            "update 100: the rate rises from 0.0505 to 0.1, and was meant not to rise any more",
        ),
        (
            rates_of(Linear(400)),
            {},
            "end",
            "update 199: the last rate is 0.05025, and the rate was meant to come to 0",
        ),
        (
            rates_of(Linear(T // 20).every(20)),
            {"smooth": True, "end": 0.01},
            "smooth",
            "it changed at 9 of 199 updates, and was meant to change at each: is it stepped once",
        ),
        (
            rates_of(Exponential(0.1).every(101)),
            {"end": 0.01, "design": 0.1 * Exponential(0.1).every(100)},
            "design",
            "update 100: the rate is 0.1, and the design says 0.01 (1 of 200 updates differ)",
        ),
    ],
)
def test_each_check_says_where_what_and_what_was_meant(rates, meant, check, sentence):
    wrong = checks.failures(rates, T, 0.1, **meant)
    assert sentence in wrong[check]
    assert set(wrong) <= set(checks.CHECKS)
    with pytest.raises(checks.RatesError, match="update") as error:
        checks.require(rates, T, 0.1, **meant)
    assert str(error.value).splitlines() == list(wrong.values())


def test_the_error_is_an_assertion():
    assert issubclass(checks.RatesError, AssertionError)


def test_rates_that_are_no_numbers_are_told_alone():
    assert list(checks.failures([0.1, math.nan, 0.0], 3, 0.1)) == ["finite"]


def test_a_run_of_one_update():
    assert checks.failures([0.1], 1, 0.1, end=0.1) == {}


def test_a_design_of_another_length_is_a_sentence():
    assert "shape (3,)" in checks.first_difference([0.1, 0.1], [0.1, 0.1, 0.1])


@pytest.mark.parametrize(
    "arguments, word",
    [
        ({"rates": [], "updates": 1, "peak": 0.1}, "rates"),
        ({"rates": [[0.1]], "updates": 1, "peak": 0.1}, "rates"),
        ({"rates": ["fast"], "updates": 1, "peak": 0.1}, "rates"),
        ({"rates": None, "updates": 1, "peak": 0.1}, "rates"),
        ({"rates": [0.1, [0.1]], "updates": 2, "peak": 0.1}, "rates"),
        ({"rates": [0.1], "updates": 1, "peak": "0.1"}, "peak"),
        ({"rates": [0.1], "updates": 1, "peak": True}, "peak"),
        ({"rates": [0.1], "updates": 1, "peak": 0.1, "end": None}, "end"),
        ({"rates": [0.1], "updates": 0, "peak": 0.1}, "updates"),
        ({"rates": [0.1], "updates": 1.0, "peak": 0.1}, "updates"),
        ({"rates": [0.1], "updates": 1, "peak": 0.0}, "peak"),
        ({"rates": [0.1], "updates": 1, "peak": math.nan}, "peak"),
        ({"rates": [0.1], "updates": 1, "peak": 0.1, "end": -1.0}, "end"),
        ({"rates": [0.1], "updates": 1, "peak": 0.1, "warmup": 1}, "warmup"),
        ({"rates": [0.1], "updates": 1, "peak": 0.1, "zeros": -1}, "zeros"),
    ],
)
def test_bad_arguments_are_named(arguments, word):
    with pytest.raises(ValueError, match=word):
        checks.failures(**arguments)


def test_the_examples_in_the_docstrings_run():
    assert doctest.testmod(checks).failed == 0


def test_importing_it_imports_no_framework():
    code = (
        "import sys, lrdecay_lib.checks; "
        "print({'keras', 'tensorflow', 'torch', 'jax'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip() == "set()", done.stderr


# --- the callback ---------------------------------------------------------------------


def fit(learning_rate, callback, accumulate=None, epochs=2, others=()):
    """Eight updates an epoch (batches, if gradients are accumulated) of a model of one weight."""
    keras = pytest.importorskip("keras")
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    optimizer = keras.optimizers.SGD(
        learning_rate, gradient_accumulation_steps=accumulate
    )
    model.compile(optimizer, "mse")
    x = np.zeros((64, 1))
    model.fit(
        x, x, batch_size=8, epochs=epochs, verbose=0, callbacks=[*others, callback]
    )
    return callback


def test_the_callback_records_the_rate_of_each_update():
    callback = fit(
        (0.1 * Linear(16)).to_keras(),
        checks.keras_callback(16, 0.1, strict=True, design=0.1 * Linear(16)),
    )
    np.testing.assert_allclose(
        callback.rates, rates_of(Linear(16), 16), rtol=1e-6, atol=1e-9
    )
    assert callback.failures == {}


def test_the_callback_reads_only_the_batches_that_update():
    with pytest.warns(UserWarning, match="the last rate|the largest rate"):
        callback = fit(
            (0.1 * Linear(8)).to_keras(), checks.keras_callback(8, 0.1), accumulate=2
        )
    assert len(callback.rates) == 8
    assert "moves" in callback.failures


def test_the_callback_sees_what_a_callback_before_it_sets():
    keras = pytest.importorskip("keras")
    each_epoch = keras.callbacks.LearningRateScheduler(
        lambda epoch, rate: 0.1 / 2**epoch
    )
    callback = fit(
        0.1, checks.keras_callback(16, 0.1, end=0.05, strict=True), others=[each_epoch]
    )
    assert callback.rates == pytest.approx([0.1] * 8 + [0.05] * 8)


def test_a_strict_callback_raises_and_another_warns():
    with pytest.raises(checks.RatesError, match="meant to come to 0"):
        fit(0.1, checks.keras_callback(16, 0.1, strict=True))
    with pytest.warns(UserWarning, match="meant to come to 0"):
        fit(0.1, checks.keras_callback(16, 0.1))
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        fit(0.1, checks.keras_callback(16, 0.1, end=0.1))


def test_a_second_fit_is_recorded_afresh():
    callback = checks.keras_callback(16, 0.1, end=0.1)
    fit(0.1, callback)
    fit(0.1, callback)
    assert len(callback.rates) == 16


IN_JAX = """
import keras, numpy as np
from lrdecay_lib import checks

line = keras.optimizers.schedules.PolynomialDecay(0.1, 16, end_learning_rate=0.0)
model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
model.compile(keras.optimizers.SGD(line), "mse")
x = np.zeros((64, 1))
recorder = checks.keras_callback(16, 0.1, smooth=True, strict=True)
model.fit(x, x, batch_size=8, epochs=2, verbose=0, callbacks=[recorder])
print(keras.backend.backend(), len(recorder.rates))
"""


def test_the_callback_records_every_update_under_jax():
    if importlib.util.find_spec("jax") is None:
        pytest.skip("jax is not installed")
    done = subprocess.run(
        [sys.executable, "-c", IN_JAX],
        capture_output=True,
        text=True,
        env={**os.environ, "KERAS_BACKEND": "jax"},
    )
    assert done.stdout.split() == ["jax", "16"], done.stderr


# --- a loop of PyTorch ----------------------------------------------------------------


def test_the_line_that_records_in_pytorch():
    if importlib.util.find_spec("torch") is None:
        pytest.skip("torch is not installed: run `make torch`")
    import torch

    weight = torch.nn.Parameter(torch.ones(1))
    optimizer = torch.optim.SGD([weight], lr=0.1)
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, Linear(T))
    rates = []
    for _ in range(T):
        optimizer.zero_grad()
        (weight**2).sum().backward()
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    checks.require(rates, T, 0.1, smooth=True, design=0.1 * Linear(T))
