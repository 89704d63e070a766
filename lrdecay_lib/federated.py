"""Federated averaging: many clients train one softmax regression, each on its own images.
Lesson 8.2.2.

    >>> rivals = {"constant": Constant(), "linear": Linear(50)}
    >>> result = sweep(ClientDigits(), rivals, [0.5, 1.0], range(5), rounds=50)
    >>> result.table

NumPy alone. All runs of a seed are trained side by side on the same batches, so a grid of rates
costs hardly more than one. The loss is convex: what keeps a run from the optimum is noise, drift
or too little time.

Source: McMahan and others 2017, arXiv 1602.05629.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from threadpoolctl import threadpool_limits

from .arguments import peaks_of, seeds_of, valid_rates, whole
from .tasks import ORDER, generator

__all__ = ["sweep", "Result"]

CLASSES = 10


class Result(NamedTuple):
    """Two pandas tables with the columns schedule, peak, seed and the metrics.

    ``table`` has one row for each run, at its end; ``curves`` one for each evaluation, with the
    finished rounds in the column "round".
    """

    table: pd.DataFrame
    curves: pd.DataFrame


def sweep(
    task, schedules, peaks, seeds, rounds, ridge=0.0, batch_size=10, evaluate_every=None
):
    """Federated averaging for each schedule, peak and seed.

    A round hands the common weights to every client, which passes once over its own images in
    batches, and replaces them by the mean of what comes back. The rate is that of the round.
    Weights start at zero. The seed decides the split, who gets which images, and the order of the
    batches.

    Args:
        task: a `tasks.ClientDigits`.
        schedules: name -> schedule with a peak of 1, a function of the 0-based number of the round.
        peaks: the peak rates, or a dict: schedule name -> peak or peaks.
        seeds: whole numbers of at least 0.
        rounds: how many, at least 1.
        ridge: the training objective is the cross-entropy plus ridge / 2 times the sum of the
            squared weights; at least 0. Above 0 it has an optimum, and "gap" says how far above it
            the objective is.
        batch_size: images of a local update; must divide the images of a client.
        evaluate_every: rounds between evaluations; by default only the end is evaluated.

    Returns:
        `Result` with the metrics validation_loss, test_loss (cross-entropy without ridge),
        test_accuracy, diverged (whether the loss is not finite), and gap if ridge is above 0.
    """
    rounds, batch_size = whole("rounds", rounds), whole("batch_size", batch_size)
    seeds = seeds_of(seeds)
    if not ridge >= 0:
        raise ValueError(f"ridge must be at least 0; got {ridge!r}")
    runs = [
        (name, peak) for name, its in peaks_of(schedules, peaks).items() for peak in its
    ]
    rates = np.stack(
        [
            valid_rates(
                peak * np.array([schedules[name](r) for r in range(rounds)]), repr(name)
            )
            for name, peak in runs
        ],
        axis=1,
    )
    marks = {rounds} | set(
        range(0, rounds, whole("evaluate_every", evaluate_every))
        if evaluate_every is not None
        else ()
    )
    with threadpool_limits(
        1
    ):  # the matrices are so small that several threads only wait for each other
        rows = [
            {
                "schedule": name,
                "peak": peak,
                "seed": seed,
                "round": r,
                **{key: of[i] for key, of in values.items()},
            }
            for seed in seeds
            for r, values in _evaluated(task, seed, rates, ridge, batch_size, marks)
            for i, (name, peak) in enumerate(runs)
        ]
    curves = pd.DataFrame(rows)
    return Result(
        curves[curves["round"] == rounds].drop(columns="round").reset_index(drop=True),
        curves,
    )


def _evaluated(task, seed, rates, ridge, batch_size, marks):
    """Yield (finished rounds, metric -> its value for each run) at each mark."""
    clients = _clients(task, seed)
    data = task.data(seed)
    validation, test = ((_with_one(x), y) for x, y in (data.validation, data.test))
    least = _least(clients, ridge) if ridge else None
    for r, w in enumerate(_average(clients, seed, rates, ridge, batch_size)):
        if r in marks:
            scores = _scores(test[0], w)
            values = {
                "validation_loss": _loss(_scores(validation[0], w), validation[1]),
                "test_loss": _loss(scores, test[1]),
                "test_accuracy": (scores.argmax(axis=-1) == test[1][:, None]).mean(
                    axis=0
                ),
            }
            values["diverged"] = ~np.isfinite(values["validation_loss"])
            if ridge:
                values["gap"] = _objective(clients, w, ridge) - least
            yield r, values


def _average(clients, seed, rates, ridge, batch_size):
    """Yield the common weights before the first round and after each; shape (pixels + 1, runs *
    classes)."""
    x, y = clients
    count, images = y.shape
    if images % batch_size:
        raise ValueError(
            f"batch_size must divide the {images} images of a client; got {batch_size}"
        )
    rng, w = generator(seed, ORDER), np.zeros((x.shape[-1], rates.shape[1] * CLASSES))
    yield w
    for of_round in rates:
        local = np.repeat(w[None], count, axis=0)
        order = rng.permuted(np.tile(np.arange(images), (count, 1)), axis=1)
        for some in np.split(order, images // batch_size, axis=1):
            mine = np.arange(count)[:, None], some
            local = local - np.repeat(of_round, CLASSES) * _gradient(
                local, x[mine], y[mine], ridge
            )
        w = local.mean(axis=0)
        yield w


def _clients(task, seed):
    """Images (clients, images, pixels + 1), the last of them 1 for the bias, and labels
    (clients, images)."""
    x, y = (np.stack(parts) for parts in zip(*task.clients(seed)))
    return _with_one(x), y


def _with_one(x):
    return np.concatenate([x, np.ones((*x.shape[:-1], 1))], axis=-1)


def _scores(x, w):
    """The logits, shape (..., runs, classes)."""
    scores = x @ w
    return scores.reshape(*scores.shape[:-1], -1, CLASSES)


def _gradient(w, x, y, ridge):
    """Of each client's objective, for each run; the shape of w."""
    scores = _scores(x, w)
    slopes = np.exp(scores - scores.max(axis=-1, keepdims=True))
    slopes /= slopes.sum(axis=-1, keepdims=True)
    slopes -= np.eye(CLASSES)[y][:, :, None]
    return (
        x.transpose(0, 2, 1) @ slopes.reshape(*x.shape[:2], -1) / x.shape[1] + ridge * w
    )


def _loss(scores, y):
    """The mean cross-entropy of each run; scores (images, runs, classes)."""
    scores = scores - scores.max(axis=-1, keepdims=True)
    right = np.take_along_axis(scores, y[:, None, None], axis=-1)[..., 0]
    return (np.log(np.exp(scores).sum(axis=-1)) - right).mean(axis=0)


def _objective(clients, w, ridge):
    x, y = (part.reshape(-1, *part.shape[2:]) for part in clients)
    squares = (w.reshape(len(w), -1, CLASSES) ** 2).sum(axis=(0, 2))
    return _loss(_scores(x, w), y) + ridge / 2 * squares


def _least(clients, ridge):
    """The lowest objective of all weights, by a method that sees all images at once."""
    x, y = (part.reshape(1, -1, *part.shape[2:]) for part in clients)

    def value_and_gradient(flat):
        w = flat.reshape(-1, CLASSES)
        return _objective(clients, w, ridge)[0], _gradient(w[None], x, y, ridge).ravel()

    start = np.zeros(x.shape[-1] * CLASSES)
    return minimize(
        value_and_gradient,
        start,
        jac=True,
        method="L-BFGS-B",
        options={"ftol": 1e-14, "gtol": 1e-8},
    ).fun
