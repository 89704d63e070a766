"""The same training by others: JAX in its best arrangements, and a loop over Keras's ``model.fit``.

JAX is given its inputs ready made (data, order of the samples); it draws its weights itself, trains by plain
SGD and evaluates the final weights on the three splits, as the sweep does.
"""

import os
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np

# --- JAX, in a process of its own ------------------------------------------------------------------


def one_thread_a_run():
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"


def _dense(jax, jnp, hidden=64):
    def init(key, dtype):
        keys = jax.random.split(key)
        return [layer for k, shape in zip(keys, ((64, hidden), (hidden, 10)))
                for layer in (jax.nn.initializers.glorot_uniform()(k, shape, dtype), jnp.zeros(shape[1], dtype))]

    def apply(p, x):
        return jax.nn.relu(x @ p[0] + p[1]) @ p[2] + p[3]

    return init, apply


def _convolutional(jax, jnp, channels=25):
    shapes = ((5, 1, channels), (3, channels, channels), (3, channels, channels), (5 * channels, 10))

    def init(key, dtype):
        return [layer for k, shape in zip(jax.random.split(key, 4), shapes)
                for layer in (jax.nn.initializers.glorot_uniform(-2, -1)(k, shape, dtype), jnp.zeros(shape[-1], dtype))]

    def apply(p, x):
        for i in range(3):
            x = jax.lax.conv_general_dilated(x, p[2 * i], (2,), "SAME", dimension_numbers=("NWC", "WIO", "NWC"))
            x = jax.nn.relu(x + p[2 * i + 1])
        return x.reshape(len(x), -1) @ p[6] + p[7]

    return init, apply


_ready = {}


def jax_seconds(kind, dtype, jobs, chunk):
    """Seconds for all jobs, ``chunk`` runs vectorised in each call, the calls spread over two threads.

    Args:
        jobs: (seed, rates, order, data) of each run, or None to take the last ones again.
    """
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", dtype == "float64")
    if jobs is not None:
        _ready["jobs"], _ready["programs"] = jobs, {}
    jobs = _ready["jobs"]
    init, apply = {"dense": _dense, "convolutional": _convolutional}[kind](jax, jnp)

    def loss(p, x, y):
        return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(apply(p, x)), y[:, None], 1))

    def run(seed, rates, order, data):
        x, y = data[0]

        def update(p, now):
            rate, batch = now
            value, gradient = jax.value_and_grad(loss)(p, x[batch], y[batch])
            return jax.tree.map(lambda a, b: a - rate * b, p, gradient), (value, rate)

        p, record = jax.lax.scan(update, init(jax.random.key(seed), dtype), (rates, order))
        ends = [(loss(p, a, b), jnp.mean(jnp.argmax(apply(p, a), 1) == b)) for a, b in data]
        return record, ends

    if (kind, chunk) not in _ready["programs"]:
        _ready["programs"][kind, chunk] = jax.jit(run if chunk == 1 else jax.vmap(run))
    program = _ready["programs"][kind, chunk]

    def call(part):
        inputs = part[0] if chunk == 1 else jax.tree.map(lambda *a: np.stack(a), *part)
        return jax.tree.map(np.asarray, program(*inputs))

    parts = [jobs[i : i + chunk] for i in range(0, len(jobs), chunk)]
    call(parts[0])  # compiled before the clock starts
    start = time.perf_counter()
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(call, parts))
    return time.perf_counter() - start


# --- a loop over model.fit --------------------------------------------------------------------------


def fit_seconds(task, schedule, updates, batch_size, runs, dtype="float32"):
    """Mean seconds of one run by ``model.fit``, as most people write it: build, compile, fit, evaluate."""
    import keras

    from lrdecay_lib.training import precision

    start = time.perf_counter()
    for seed in range(runs):
        with precision(dtype):
            model, data = task.model(seed, dtype), task.data(seed, samples=updates * batch_size)
            model.compile(optimizer=keras.optimizers.SGD(schedule.to_keras()), loss=task.loss)
            x, y = data.train
            steps = len(x) // batch_size
            for _ in range(updates // steps):
                model.fit(x[: steps * batch_size], y[: steps * batch_size], batch_size=batch_size, verbose=0)
            left = updates % steps * batch_size
            if left:
                model.fit(x[:left], y[:left], batch_size=batch_size, verbose=0)
            model.evaluate(*data.test, verbose=0)
    return (time.perf_counter() - start) / runs
