"""Exercises of lesson 5.2, a training program that runs."""

import numpy as np

from . import Named, add


def residuals(prediction, target):
    return np.ravel(target) - np.ravel(prediction)


_COLUMN = np.array([[1.0], [2.0], [4.0]])  # as a network with one output predicts
_ROW = np.array([1.5, 2.0, 3.0])


add(
    "5.2.1",
    residuals,
    "Residuals of the right shape",
    1,
    """
    Write `residuals(prediction, target)`: target minus prediction, one number for each of the n
    examples, always of shape (n,). Either argument may have shape (n,) or (n, 1): a network with
    one output predicts (n, 1), and targets are often stored as (n,).
    """,
    why="Both are brought to one shape before they "
    "meet, so that broadcasting has nothing to stretch.",
    hints=[
        "Print the shape of `np.ones((3, 1)) - np.ones(3)`. "
        "Where do its nine numbers come from?",
        "Broadcasting repeats an axis of length 1 to fit the "
        "other array. Give both arrays the same shape first.",
        "`np.ravel(a)` and `np.reshape(a, -1)` lay an array out along one axis.",
    ],
    probes=[
        (_ROW[::-1], _ROW),
        (_COLUMN, _ROW),
        (_ROW, _COLUMN),
        (_COLUMN, _COLUMN + 0.5),
        (np.array([[0.5]]), np.array([2.0])),
        (np.arange(5.0) ** 2, np.arange(5.0)[:, None]),
    ],
    slips=[
        (
            lambda p, y: y - p,
            "Between (n, 1) and (n,), NumPy pairs every prediction with every "
            "target: shape (n, n), and no error. A loss taken of that compares "
            "each prediction with all targets, so the best a model can do is "
            "to predict their mean. Two columns keep their shape (n, 1).",
        ),
        (
            lambda p, y: p - y,
            "Shapes (n, 1) and (n,) give (n, n), every prediction paired with every "
            "target; and the sign is wrong: target minus prediction is wanted.",
        ),
        (
            lambda p, y: np.ravel(p) - np.ravel(y),
            "The sign is wrong: target minus prediction is wanted.",
        ),
        (
            lambda p, y: np.ravel(y - p),
            "The subtraction comes too early: it has already paired every prediction "
            "with every target, and the n × n numbers are only laid out in a row.",
        ),
        (
            lambda p, y: np.reshape(y, (-1, 1)) - np.reshape(p, (-1, 1)),
            "The numbers are right and stand in a column. "
            "Shape (n,) is wanted, which has one axis.",
        ),
        (
            lambda p, y: y - np.reshape(p, np.shape(y)),
            "The prediction takes the target's shape, so a target of "
            "shape (n, 1) gives a column. Shape (n,) is wanted always.",
        ),
        (
            lambda p, y: np.squeeze(y) - np.squeeze(p),
            "`np.squeeze` takes away every axis of length 1. With "
            "one example that is also the axis of the examples.",
        ),
        (lambda p, y: (np.ravel(y) - np.ravel(p)) ** 2, "These are squared residuals."),
        (
            lambda p, y: np.abs(np.ravel(y) - np.ravel(p)),
            "These are absolute values: the signs are lost.",
        ),
        (
            lambda p, y: float(np.mean(np.ravel(y) - np.ravel(p))),
            "This is their mean. One number for each example is wanted.",
        ),
    ],
)


def rates_of_a_run(schedule, epochs, updates_per_epoch):
    return schedule(np.arange(epochs * updates_per_epoch))


_LINEAR = Named("lambda t: 0.4 * (1 - t / 900)")
_STEP = Named("lambda t: 0.1 * 0.5 ** (t // 100)")


add(
    "5.2.2",
    rates_of_a_run,
    "All rates of a run",
    2,
    """
    Write `rates_of_a_run(schedule, epochs, updates_per_epoch)`: the rates that a run uses, one for
    each update, in order, as an array or a list. `schedule` is a function of the update index, a
    number or an array. The index is 0 at the first update of the run and is counted through all
    epochs.
    """,
    why="The optimizer counts through the run and knows "
    "nothing of epochs, so only the number of updates matters.",
    hints=[
        "How many updates does the run have in all? Write "
        "down their indices for 2 epochs of 3 updates.",
        "`np.arange(n)` counts from 0 to n - 1, and `schedule` takes an array.",
    ],
    probes=[
        (_LINEAR, 1, 3),
        (_LINEAR, 2, 3),
        (_LINEAR, 3, 2),
        (_STEP, 5, 50),
        (_STEP, 1, 250),
    ],
    slips=[
        (
            lambda schedule, epochs, n: np.tile(schedule(np.arange(n)), epochs),
            "The count begins again in every epoch, and with it the schedule: the "
            "article's fault. After the first epoch, which number has the next update?",
        ),
        (
            lambda schedule, epochs, n: schedule(np.arange(epochs)),
            "There is one rate for each epoch, and the epoch's "
            "number went to the schedule as if it were an update's.",
        ),
        (
            lambda schedule, epochs, n: schedule(np.arange(epochs) * n),
            "There is one rate for each epoch. A run uses one for each update.",
        ),
        (
            lambda schedule, epochs, n: schedule(np.arange(n)),
            "These are the rates of the first epoch alone.",
        ),
        (
            lambda schedule, epochs, n: np.repeat(schedule(np.arange(epochs)), n),
            "The epoch's number went to the schedule as if it were an update's.",
        ),
        (
            lambda schedule, epochs, n: np.repeat(schedule(np.arange(epochs) * n), n),
            "Each epoch keeps the rate of its first update. "
            "The schedule is asked at every update.",
        ),
        (
            lambda schedule, epochs, n: schedule(np.arange(epochs * n) + 1),
            "The count begins at 1. The first update is number 0.",
        ),
        (
            lambda schedule, epochs, n: schedule(np.arange(epochs * n + 1)),
            "There is one rate too many: the last "
            "index is one below the number of updates.",
        ),
        (
            lambda schedule, epochs, n: schedule(np.arange(epochs * n - 1)),
            "The rate of the last update is missing.",
        ),
        (
            lambda schedule, epochs, n: schedule(
                np.arange(epochs * n).reshape(epochs, n)
            ),
            "The rates are right and stand in a table, one "
            "row to an epoch. One after another is wanted.",
        ),
        (
            lambda schedule, epochs, n: schedule(
                np.add.outer(np.arange(n), n * np.arange(epochs)).ravel()
            ),
            "All rates are there and not in order: the "
            "loop over the epochs must be the outer one.",
        ),
        (
            lambda schedule, epochs, n: schedule(
                np.multiply.outer(np.arange(epochs), np.arange(n)).ravel()
            ),
            "The epoch's number is multiplied by the "
            "update's. How many updates lie before epoch e?",
        ),
        (
            lambda schedule, epochs, n: schedule(
                np.add.outer(np.arange(epochs), np.arange(n)).ravel()
            ),
            "Each epoch starts only one update later than the "
            "one before: epoch e begins after e whole epochs.",
        ),
    ],
)
