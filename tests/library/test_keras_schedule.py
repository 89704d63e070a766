"""A schedule in a Keras optimizer: the same numbers in any graph, saved, loaded, applied
(lesson 7)."""

import importlib.util
import json
import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from strategies import anything

from lrdecay_lib.schedules import Linear

keras = pytest.importorskip("keras")
tf = pytest.importorskip("tensorflow")

from keras_rates import DESIGN, ZOO, linear_model, moves

COMPILERS = {
    "eager": lambda call: call,
    "graph": tf.function,
    "xla": lambda call: tf.function(call, jit_compile=True),
}


@pytest.fixture
def floatx(request):
    """Keras's float type, of schedules and of weights, for one test; put back afterwards."""
    before, policy = keras.config.floatx(), keras.config.dtype_policy()
    keras.config.set_floatx(request.param)
    keras.config.set_dtype_policy(request.param)
    yield request.param
    keras.config.set_floatx(before)
    keras.config.set_dtype_policy(policy)


float64 = pytest.mark.parametrize("floatx", ["float64"], indirect=True)
either = pytest.mark.parametrize("floatx", ["float32", "float64"], indirect=True)


# --- the same numbers -----------------------------------------------------------------


@float64
@pytest.mark.parametrize("compiler", COMPILERS)
@pytest.mark.parametrize("name", ZOO)
def test_each_step_in_a_graph_equals_numpy(name, compiler, floatx):
    schedule = ZOO[name]
    updates = [
        -1,
        0,
        1,
        2,
        *range(45, 53),
        *range(96, 109),
        *range(144, 150),
        217,
        412,
        413,
        10**6,
    ]
    rate = COMPILERS[compiler](schedule.to_keras())
    values = [float(rate(tf.constant(t, tf.int64))) for t in updates]
    np.testing.assert_allclose(values, schedule(updates), rtol=1e-12, atol=1e-12)


@float64
@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(schedule=anything)
def test_any_schedule_in_any_graph_equals_numpy(schedule, floatx):
    updates = np.arange(400)
    for compiler in COMPILERS.values():
        values = compiler(schedule.to_keras())(tf.constant(updates, tf.int64))
        np.testing.assert_allclose(values, schedule(updates), rtol=1e-12, atol=1e-12)


@either
def test_the_rate_has_keras_float_type_and_is_rounded_once(floatx):
    """Computed in float64 whatever the float type: late updates do not lose digits to float32."""
    schedule = 0.1 * Linear(2**24 + 3)
    for t in (0, 3, 2**23 + 1, 2**24 + 1, 2**24 + 2):
        rate = schedule.to_keras()(tf.constant(t, tf.int64))
        assert rate.dtype == floatx
        assert rate.numpy() == np.dtype(floatx).type(schedule(t))


@pytest.mark.parametrize("backend", ["tensorflow", "jax", "torch"])
def test_keras_on_each_backend_gives_the_same_rates_and_names_the_slips(backend):
    """No piece is TensorFlow's own. Keras's functions give float32 in places on JAX and on
    PyTorch, so a schedule takes other ways there."""
    if importlib.util.find_spec(backend) is None:  # it is loaded there, not here
        pytest.skip(f"{backend} is not installed: run `make torch`")
    keras_rates = os.path.join(os.path.dirname(__file__), "keras_rates.py")
    program = f"import runpy; runpy.run_path({keras_rates!r}, run_name='__main__')"
    assert run(program, KERAS_BACKEND=backend).strip() == f"equal on {backend}"


def run(program, **environment):
    """What a fresh Python process prints; its error is the test's error."""
    here = os.path.dirname(__file__)
    path = os.pathsep.join([here, os.path.dirname(here)])
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        env={
            **os.environ,
            "PYTHONPATH": path,
            "TF_CPP_MIN_LOG_LEVEL": "3",
            **environment,
        },
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


# --- serialization --------------------------------------------------------------------


@pytest.mark.parametrize("name", ZOO)
def test_the_schedule_is_serialized_and_comes_back_equal(name):
    config = json.loads(
        json.dumps(keras.optimizers.schedules.serialize(ZOO[name].to_keras()))
    )
    assert keras.optimizers.schedules.deserialize(config).schedule == ZOO[name]


@pytest.mark.parametrize("kind", ["SGD", "Adam"])
def test_an_optimizer_comes_back_with_the_same_schedule(kind):
    optimizer = getattr(keras.optimizers, kind)(DESIGN.to_keras())
    from_config = type(optimizer).from_config(optimizer.get_config())
    deserialized = keras.optimizers.deserialize(
        json.loads(json.dumps(keras.optimizers.serialize(optimizer)))
    )
    for again in (from_config, deserialized):
        assert type(again) is type(optimizer)
        assert again._learning_rate.schedule == DESIGN
        assert float(again.learning_rate) == 0.0  # update 0 of a warmup


def test_a_damaged_description_is_refused_in_one_sentence():
    config = DESIGN.to_keras().get_config()
    config["schedule"]["factor"] = -1
    from lrdecay_lib.keras_schedule import KerasSchedule

    with pytest.raises(ValueError, match="factor must lie in .*got -1"):
        KerasSchedule.from_config(config)


# --- the applied rate -----------------------------------------------------------------


@either
@pytest.mark.parametrize(
    "compiled",
    [{"run_eagerly": True}, {"jit_compile": False}, {"jit_compile": True}],
    ids=str,
)
def test_the_rate_that_fit_applies_is_the_designed_one(compiled, floatx):
    designed = DESIGN(np.arange(160))
    applied = moves(
        linear_model(keras.optimizers.SGD(DESIGN.to_keras()), **compiled), 160
    )
    if floatx == "float32":
        np.testing.assert_allclose(
            applied, designed.astype("float32"), rtol=2**-23
        )  # one rounding, or its neighbour
    else:
        np.testing.assert_allclose(applied, designed, rtol=1e-12, atol=1e-12)


@float64
def test_adam_applies_it_too(floatx):
    """Under a constant gradient of 1 both of Adam's averages, corrected, are 1: it moves by the
    rate.

    To 1e-5, because Keras rounds Adam's 0.999 to float32 and the correction divides by 1 -
    0.999**t.
    """
    applied = moves(
        linear_model(keras.optimizers.Adam(DESIGN.to_keras(), epsilon=0.0)), 160
    )
    np.testing.assert_allclose(applied, DESIGN(np.arange(160)), rtol=1e-5, atol=1e-15)


@float64
def test_the_next_epoch_goes_on_where_the_last_one_stopped(floatx):
    model = linear_model(keras.optimizers.SGD(DESIGN.to_keras()))
    np.testing.assert_allclose(
        [*moves(model, 17), *moves(model, 23)],
        DESIGN(np.arange(40)),
        rtol=1e-12,
        atol=1e-15,
    )


# --- a saved model --------------------------------------------------------------------

LOAD = """
import keras, numpy as np
keras.config.set_floatx("float64")
try:
    keras.models.load_model({path!r})
except TypeError as error:
    assert "Could not locate class 'KerasSchedule'" in str(error)
else:
    raise SystemExit("Keras found the class by itself: to_keras asks for an import too many")

import lrdecay_lib.keras_schedule
model = keras.models.load_model({path!r})
assert int(model.optimizer.iterations) == 17
model.compile(model.optimizer, loss=lambda _, prediction: keras.ops.mean(prediction))
weight, rates = model.trainable_variables[0], []
for _ in range(23):
    weight.assign([[0.0]])
    model.train_on_batch(np.ones((1, 1)), np.ones((1, 1)))
    rates.append(-weight.numpy().item())
print(*rates)
"""


@float64
@pytest.mark.filterwarnings(
    "ignore:__array__ implementation"
)  # Keras's own, while it saves
def test_a_model_loaded_in_a_fresh_process_trains_on_at_the_right_update(
    floatx, tmp_path
):
    """And the import that to_keras asks for is needed: Keras looks for no class outside its own
    packages."""
    model = linear_model(keras.optimizers.SGD(DESIGN.to_keras()))
    moves(model, 17)
    model.compile(
        model.optimizer, loss="mse"
    )  # a lambda cannot be saved; the optimizer keeps its state
    model.save(tmp_path / "model.keras")

    rates = run(LOAD.format(path=str(tmp_path / "model.keras"))).split()
    np.testing.assert_allclose(
        np.array(rates, float), DESIGN(np.arange(17, 40)), rtol=1e-12, atol=1e-15
    )
