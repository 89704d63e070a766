"""Exercises of lesson 3.4.2, recurrent networks."""

import numpy as np

from . import add


def step_length(norm, rate, limit):
    return rate * min(norm, limit)


add(
    "3.4.2.1",
    step_length,
    "How long is a clipped step?",
    1,
    """
    A gradient has the length `norm`. It is clipped at the length `limit` and then multiplied by
    the learning rate `rate`. Write `step_length(norm, rate, limit)`: the length of the step that
    plain gradient descent takes. All three are numbers above 0.
    """,
    why="Clipping changes only gradients that are too long, and it comes "
    "before the rate. So no step is longer than the rate times the limit.",
    hints=[
        "Clipping leaves a short gradient as it is. "
        "What becomes of the length of a long one?",
        "The order matters: first the gradient is "
        "clipped, then the rate is multiplied to it.",
        "`min(a, b)` is the smaller of two numbers.",
    ],
    probes=[
        (50.0, 0.1, 1.0),
        (0.5, 0.1, 1.0),
        (3.0, 0.2, 5.0),
        (7.0, 0.2, 5.0),
        (2.0, 0.5, 2.0),
        (40.0, 2.0, 0.3),
    ],
    slips=[
        (
            lambda norm, rate, limit: rate * norm,
            "This is the step without clipping: a long gradient makes a long step.",
        ),
        (
            lambda norm, rate, limit: rate * limit,
            "Every gradient gets the length of the limit, the short ones too. "
            "That is normalizing. Clipping leaves short gradients as they are.",
        ),
        (
            lambda norm, rate, limit: min(rate * norm, limit),
            "Here the step is clipped. It is the gradient that "
            "has the limit, before it is multiplied by the rate.",
        ),
        (
            lambda norm, rate, limit: rate * limit / norm,
            "`limit / norm` is the factor that shortens the gradient. "
            "The length that is left is the factor times `norm`.",
        ),
        (
            lambda norm, rate, limit: rate * min(1.0, limit / norm),
            "`min(1, limit / norm)` is the factor that shortens the "
            "gradient. Its length is still to be multiplied by it.",
        ),
        (
            lambda norm, rate, limit: rate * max(norm, limit),
            "This makes short gradients longer, and leaves the long ones as they are.",
        ),
        (
            lambda norm, rate, limit: min(norm, limit),
            "This is the length of the clipped gradient. The rate is missing.",
        ),
        (
            lambda norm, rate, limit: rate * norm * min(1.0, norm / limit),
            "The factor is upside down: a gradient twice "
            "as long as the limit is to be halved.",
        ),
        (
            lambda norm, rate, limit: rate * (norm if norm < limit else 0.0),
            "Gradients above the limit are thrown away. "
            "Clipping shortens them to the limit.",
        ),
    ],
)


def one_step_back(gradient, state, recurrent):
    inner = gradient * (1 - state**2)
    return recurrent.T @ inner


_STATE = np.array([0.5, -0.8, 0.1])
_RECURRENT = np.array([[0.2, -1.0, 0.5], [0.7, 0.3, -0.4], [0.0, 1.2, 0.9]])


add(
    "3.4.2.2",
    one_step_back,
    "One step back through time",
    2,
    """
    A recurrent network computes the state `state = np.tanh(recurrent @ before + rest)`, where
    `before` is the state one step earlier, and `rest` does not depend on it. `gradient` is the
    gradient of the loss at `state`. Write `one_step_back(gradient, state, recurrent)`: the
    gradient at `before`. The first two arguments have the shape (n,), and `recurrent` has the
    shape (n, n).
    """,
    why="The chain rule goes through tanh first, whose slope is 1 minus the square of "
    "its value, and then through the matrix, whose transpose it meets on the way back.",
    hints=[
        "On the way forward the matrix comes first and tanh "
        "second. In which order do they come on the way back?",
        "The slope of tanh can be written with its "
        "value alone: it is 1 minus the value squared.",
        "A vector that went forward through `recurrent @ ...` "
        "comes back through `recurrent.T @ ...`.",
    ],
    probes=[
        (np.array([1.0, 0.0, 0.0]), _STATE, _RECURRENT),
        (np.array([0.3, -2.0, 1.0]), _STATE, _RECURRENT),
        (np.array([0.3, -2.0, 1.0]), np.zeros(3), _RECURRENT),
        (
            np.array([-1.0, 2.0]),
            np.array([0.9, -0.3]),
            np.array([[2.0, 0.1], [-0.6, 1.5]]),
        ),
    ],
    slips=[
        (
            lambda g, h, w: w @ (g * (1 - h**2)),
            "The matrix is not transposed. That is the way "
            "forward; backwards, rows and columns change places.",
        ),
        (
            lambda g, h, w: w.T @ g,
            "The slope of tanh is missing. Where the state is "
            "near 1 or -1, hardly any gradient comes through.",
        ),
        (
            lambda g, h, w: w @ g,
            "The slope of tanh is missing, and the matrix is not transposed.",
        ),
        (
            lambda g, h, w: (w.T @ g) * (1 - h**2),
            "The slope comes too late: it belongs to the later "
            "state, so it is multiplied before the matrix.",
        ),
        (
            lambda g, h, w: (w @ g) * (1 - h**2),
            "The slope comes too late, and the matrix is not transposed.",
        ),
        (
            lambda g, h, w: w.T @ (g * (1 - np.tanh(h) ** 2)),
            "tanh is taken twice: `state` is already its value.",
        ),
        (
            lambda g, h, w: w.T @ (g * (1 - h)),
            "The slope of tanh is 1 minus the *square* of its value.",
        ),
        (
            lambda g, h, w: w.T @ (g * h * (1 - h)),
            "This is the slope of the sigmoid. That "
            "of tanh is 1 minus its value squared.",
        ),
        (
            lambda g, h, w: w.T @ (g * h),
            "The gradient is multiplied by the state. The slope of tanh is wanted.",
        ),
        (
            lambda g, h, w: g * (1 - h**2),
            "This is the gradient inside tanh. It still has to go through the matrix.",
        ),
    ],
)
