"""The same training by others: JAX in its best arrangements, and a loop over Keras's ``model.fit``.

Each does what the sweep does: make the seed's data, order of the samples and weights, evaluate on
the three splits, train by plain SGD, evaluate again.
"""

import functools
import os
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from lrdecay_lib.tasks import ORDER, generator

# --- JAX, in a process of its own -----------------------------------------------------


def one_thread_a_run():
    os.environ["XLA_FLAGS"] = (
        "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
    )


def _dense(jax, jnp, hidden=64):
    def init(key, dtype):
        keys = jax.random.split(key)
        return [
            layer
            for k, shape in zip(keys, ((64, hidden), (hidden, 10)))
            for layer in (
                jax.nn.initializers.glorot_uniform()(k, shape, dtype),
                jnp.zeros(shape[1], dtype),
            )
        ]

    def apply(p, x):
        return jax.nn.relu(x @ p[0] + p[1]) @ p[2] + p[3]

    return init, apply


def _convolutional(jax, jnp, channels=25):
    shapes = (
        (5, 1, channels),
        (3, channels, channels),
        (3, channels, channels),
        (5 * channels, 10),
    )

    def init(key, dtype):
        return [
            layer
            for k, shape in zip(jax.random.split(key, 4), shapes)
            for layer in (
                jax.nn.initializers.glorot_uniform(-2, -1)(k, shape, dtype),
                jnp.zeros(shape[-1], dtype),
            )
        ]

    def apply(p, x):
        for i in range(3):
            x = jax.lax.conv_general_dilated(
                x, p[2 * i], (2,), "SAME", dimension_numbers=("NWC", "WIO", "NWC")
            )
            x = jax.nn.relu(x + p[2 * i + 1])
        return x.reshape(len(x), -1) @ p[6] + p[7]

    return init, apply


_ready = {}
EVALUATED = 1000  # training samples


def _splits(data):
    """What is evaluated: of the training samples so many as in the sweep."""
    (x, y), *others = data
    return [(x[:EVALUATED], y[:EVALUATED]), *others]


def _inputs(task, seed, updates, batch_size, dtype):
    """The order of a seed's samples, one permutation after another, and its splits."""
    data = [
        (x.astype(dtype), y) for x, y in task.data(seed, samples=updates * batch_size)
    ]
    samples, rng = len(data[0][0]), generator(seed, ORDER)
    batches = samples // batch_size
    order = np.concatenate(
        [
            rng.permutation(samples)[: batches * batch_size]
            for _ in range(-(-updates // batches))
        ]
    )
    return (
        order[: updates * batch_size].reshape(updates, batch_size),
        _splits(data),
        data[0],
    )


def jax_seconds(kind, dtype, jobs, chunk):
    """Seconds for all jobs, ``chunk`` runs vectorised in each call, the calls spread over two
    threads.

    Args:
        jobs: (task, seed, rates, batch size) of each run, those of a seed together, or None to
            take the last ones again.
    """
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", dtype == "float64")
    if jobs is not None:
        _ready["jobs"], _ready["programs"] = jobs, {}
    jobs = _ready["jobs"]
    init, apply = {"dense": _dense, "convolutional": _convolutional}[kind](jax, jnp)

    def loss(p, x, y):
        return -jnp.mean(
            jnp.take_along_axis(jax.nn.log_softmax(apply(p, x)), y[:, None], 1)
        )

    def run(seed, rates, order, splits, training):
        x, y = training

        def update(p, now):
            rate, batch = now
            value, gradient = jax.value_and_grad(loss)(p, x[batch], y[batch])
            return jax.tree.map(lambda a, b: a - rate * b, p, gradient), (value, rate)

        def evaluate(p):
            return [
                (loss(p, a, b), jnp.mean(jnp.argmax(apply(p, a), 1) == b))
                for a, b in splits
            ]

        start = init(jax.random.key(seed), dtype)
        p, record = jax.lax.scan(update, start, (rates, order))
        return record, evaluate(start), evaluate(p)

    if (kind, chunk) not in _ready["programs"]:
        _ready["programs"][kind, chunk] = jax.jit(run if chunk == 1 else jax.vmap(run))
    program = _ready["programs"][kind, chunk]

    made = functools.lru_cache(maxsize=4)(
        _inputs
    )  # once for the runs of a seed, as in the sweep

    def call(part):
        parts = [
            (seed, rates, *made(task, seed, len(rates), batch_size, dtype))
            for task, seed, rates, batch_size in part
        ]
        inputs = (
            parts[0] if chunk == 1 else jax.tree.map(lambda *a: np.stack(a), *parts)
        )
        return jax.tree.map(np.asarray, program(*inputs))

    parts = [jobs[i : i + chunk] for i in range(0, len(jobs), chunk)]
    call(parts[0])  # compiled before the clock starts
    made.cache_clear()
    start = time.perf_counter()
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(call, parts))
    return time.perf_counter() - start


# --- a loop over model.fit ------------------------------------------------------------


def fit_seconds(task, schedule, updates, batch_size, runs, dtype="float32"):
    """Mean seconds of one run by ``model.fit``: build, compile, evaluate, fit, evaluate."""
    import keras

    from lrdecay_lib.training import precision

    start = time.perf_counter()
    for seed in range(runs):
        with precision(dtype):
            model, data = (
                task.model(seed, dtype),
                task.data(seed, samples=updates * batch_size),
            )
            model.compile(
                optimizer=keras.optimizers.SGD(schedule.to_keras()), loss=task.loss
            )
            x, y = data.train
            splits = _splits(data)
            for split in splits:
                model.evaluate(*split, verbose=0)
            steps = len(x) // batch_size
            epochs = updates // steps
            if epochs:
                model.fit(
                    x[: steps * batch_size],
                    y[: steps * batch_size],
                    batch_size=batch_size,
                    epochs=epochs,
                    verbose=0,
                )
            left = updates % steps * batch_size
            if left:
                model.fit(x[:left], y[:left], batch_size=batch_size, verbose=0)
            for split in splits:
                model.evaluate(*split, verbose=0)
    return (time.perf_counter() - start) / runs
