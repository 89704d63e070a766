"""Schedules in Keras on whichever backend it runs on: what `test_keras_schedule` asserts of each.

    KERAS_BACKEND=torch python tests/library/keras_rates.py

It imports neither pytest nor TensorFlow, so that one process a backend does all of it. Prints
"equal", or fails.
"""

import warnings

import keras
import numpy as np

from lrdecay_lib.schedules import (
    SHAPES,
    Anneal,
    Constant,
    Cosine,
    Exponential,
    InverseSqrt,
    Linear,
    Piecewise,
    Polynomial,
    Warmup,
)

# Every operation of the algebra once, with steps such as 49 where t * (1 / 49) is not t / 49.
ZOO = {
    "warmup, cosine with a floor": 0.1 * (Warmup(10) >> Cosine(90).floor(0.1)),
    "staircase": 0.1 * Exponential(0.5).every(49),
    "staircase of 103": Linear(4).every(103),
    "square root": Polynomial(49, 0.5),
    "restarts": 0.1 * Cosine(7).cycle(5, stretch=2, damp=0.5),
    "restarts by 3": Linear(7).every(2).cycle(4, stretch=3),
    "restarts for ever": 0.1 * Cosine(49).cycle(),
    "lower restarts for ever": 0.1 * Cosine(49).cycle(damp=0.9),
    "one run": Linear(49).cycle(1),
    "equal runs": Polynomial(49, 0.5).cycle(5),
    "piecewise": 0.1 * Piecewise((49, 98, 300), (0, 1, 0.5, 0)),
    "inverse square root, entered late": (Warmup(49) >> InverseSqrt(49)).shift(40),
    "inverse square root, then a cooldown": (
        0.1 * (InverseSqrt(49).until(147) >> 0.5 * Linear(53))
    ),
    "three pieces": Warmup(49) >> Constant(1, 49) >> Anneal(49, shape="1-sqrt"),
    **{shape: Anneal(49, 0.3, 0.1, shape) for shape in [*SHAPES, "exponential"]},
}
# The pieces that a graph could get wrong, in 160 updates.
DESIGN = 0.1 * (
    Warmup(10)
    >> Cosine(10).floor(0.5).cycle(2, stretch=2)
    >> 0.5 * Piecewise((5,), (1, 0.4))
    >> 0.2 * Exponential(0.5).every(49)
)
ONCE_ROUNDED = 2**-23  # float32's step: one rounding, or its neighbour


class Move(keras.callbacks.Callback):
    """Records how far each update moved the one weight, and puts the weight back to 0.

    From 0, with a gradient of 1, SGD moves it to -rate: no rounding comes between.
    """

    def __init__(self):
        super().__init__()
        self.moves = []

    def on_train_batch_end(self, batch, logs=None):
        # the JAX trainer keeps the weights to itself until it is asked for them
        getattr(self.model, "jax_state_sync", lambda: None)()
        weight = self.model.trainable_variables[0]
        self.moves.append(-float(weight[0, 0]))
        weight.assign(np.zeros(weight.shape))


def linear_model(optimizer, **compiled):
    """One weight, loss = weight * 1: the gradient is 1 wherever the weight is."""
    model = keras.Sequential(
        [
            keras.Input((1,)),
            keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros"),
        ]
    )
    model.compile(
        optimizer, loss=lambda _, prediction: keras.ops.mean(prediction), **compiled
    )
    return model


def moves(model, updates, *callbacks):
    record, ones = Move(), np.ones((updates, 1))
    model.fit(
        ones,
        ones,
        batch_size=1,
        shuffle=False,
        verbose=0,
        callbacks=[record, *callbacks],
    )
    return np.array(record.moves)


def said(optimizer_of, *callbacks):
    """The text of the error that a learner sees who makes this optimizer and fits with it."""
    try:
        moves(linear_model(optimizer_of()), 2, *callbacks)
    except Exception as error:
        return str(error)
    raise AssertionError("no error was raised")


def check_slips():
    """What is easily forgotten is answered by the sentence that says what to write."""
    SGD, schedule = keras.optimizers.SGD, 0.1 * Cosine(100)
    assert "hand it schedule.to_keras()" in said(lambda: SGD(schedule))
    assert "with the brackets: schedule.to_keras()" in said(
        lambda: SGD(schedule.to_keras)
    )
    assert "with the brackets: schedule.to_keras()" in said(
        lambda: keras.optimizers.Adam(schedule.to_keras)
    )
    assert "Cosine() missing 1 required positional argument: 'steps'" in said(
        lambda: SGD(Cosine)
    )
    in_callback = keras.callbacks.LearningRateScheduler(schedule.to_keras())
    assert "takes the schedule itself" in said(lambda: SGD(0.1), in_callback)
    right = keras.callbacks.LearningRateScheduler(schedule.shift(7))
    np.testing.assert_allclose(
        moves(linear_model(SGD(0.5)), 2, right), schedule(7), rtol=ONCE_ROUNDED
    )


def check_rates():
    """The numbers of each schedule, and what ``fit`` makes of one, update by update."""
    jax = keras.backend.backend() == "jax"
    many = keras.ops.arange(450)
    for name, schedule in ZOO.items():
        rates = keras.ops.convert_to_numpy(schedule.to_keras()(many))
        assert rates.dtype == "float32"
        # JAX computes in float32, the others in float64 and round once
        np.testing.assert_allclose(
            rates,
            schedule(np.arange(450)),
            rtol=1e-5 if jax else ONCE_ROUNDED,
            atol=1e-6 if jax else 1e-45,
            err_msg=name,
        )
    model = linear_model(keras.optimizers.SGD(DESIGN.to_keras()))
    np.testing.assert_allclose(
        [*moves(model, 17), *moves(model, 143)],
        DESIGN(np.arange(160)),
        rtol=1e-5 if jax else ONCE_ROUNDED,
        atol=1e-7 if jax else 0,
    )


if __name__ == "__main__":
    warnings.simplefilter("ignore")  # JAX says that it has no float64
    check_rates()
    check_slips()
    print("equal on", keras.backend.backend())
