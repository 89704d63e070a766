"""Measure `lrdecay_lib.training` against JAX and ``model.fit``, all in one run: ``python -m
benchmarks [repeats]``.

Rivals take turns, and medians are compared, so that a busy machine slows them alike. ``model.fit``
is measured over a few runs and multiplied. Prints a Markdown table: what, measured, aim.
"""

import multiprocessing
import os
import resource
import statistics
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor

import numpy as np

PEAKS = [0.05, 0.1, 0.2, 0.4]
FIRST = """
import time; start = time.perf_counter()
from lrdecay_lib import training
from lrdecay_lib.schedules import Constant
from lrdecay_lib.tasks import Digits
imported = time.perf_counter()
training.sweep(Digits(), {"constant": Constant()}, [0.1], range(8), 900, dtype="float32")
print(imported - start, time.perf_counter() - imported)
"""
MANY = """
import resource
from benchmarks.__main__ import sweep_seconds
from lrdecay_lib.tasks import Digits
sweep_seconds(Digits(), 900, 32, range(1))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
sweep_seconds(Digits(), 900, 32, range(64))
print(before / 1e6, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6)
"""


def sweep_seconds(task, updates, batch_size, seeds, dtype="float32"):
    """Seconds for two schedules, four peaks and these seeds, evaluated before and after."""
    from lrdecay_lib import training
    from lrdecay_lib.schedules import Constant, Linear

    start = time.perf_counter()
    training.sweep(
        task,
        {"constant": Constant(), "linear": Linear(updates)},
        PEAKS,
        seeds,
        updates,
        batch_size=batch_size,
        evaluate_every=updates,
        dtype=dtype,
    )
    return time.perf_counter() - start


def jax_jobs(task, updates, batch_size, seeds, dtype):
    """The sweep's runs, for JAX."""
    from lrdecay_lib.schedules import Constant, Linear

    for seed in seeds:
        for schedule in (Constant(), Linear(updates)):
            for peak in PEAKS:
                yield (
                    task,
                    seed,
                    (peak * schedule)(np.arange(updates)).astype(dtype),
                    batch_size,
                )


def interleaved(repeats, **rivals):
    """Median seconds of each rival; they take turns. Everything is called once before, to
    compile."""
    for rival in rivals.values():
        rival()
    seconds = {name: [] for name in rivals}
    for _ in range(repeats):
        for name, rival in rivals.items():
            seconds[name].append(rival())
    return {name: statistics.median(values) for name, values in seconds.items()}


def child(code):
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    return [float(word) for word in done.stdout.split()]


def main(repeats=5):
    from benchmarks import rivals
    from lrdecay_lib.schedules import Linear
    from lrdecay_lib.tasks import MNIST1D, AddingProblem, Digits, NoisyQuadratic

    rows = []

    def say(what, measured, aim):
        rows.append((what, measured, aim))
        print(f"| {what} | {measured} | {aim} |", flush=True)

    print(
        f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {repeats} repeats\n\n| "
        "what | measured | aim |\n|---|---|---|"
    )
    jax = ProcessPoolExecutor(
        1,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=rivals.one_thread_a_run,
    )

    def jax_rivals(kind, jobs, chunks, dtype="float32"):
        jax.submit(rivals.jax_seconds, kind, dtype, jobs, 1).result()
        return {
            f"JAX, chunks of {chunk}": lambda chunk=chunk: jax.submit(
                rivals.jax_seconds, kind, dtype, None, chunk
            ).result()
            for chunk in chunks
        }

    imported, first = child(FIRST)
    say(
        "first call in a fresh process, compilation included (import of TensorFlow apart)",
        f"{first:.1f} s (import {imported:.1f} s)",
        "under 5 s",
    )

    # the dense network on digits: 64 runs of 900 updates of batch 32
    jobs = list(jax_jobs(Digits(), 900, 32, range(8), "float32"))
    seeds = iter(
        range(10**6)
    )  # new seeds each time, so that nothing is prepared already
    fresh = lambda count: [next(seeds) for _ in range(count)]
    found = interleaved(
        repeats,
        sweep=lambda: sweep_seconds(Digits(), 900, 32, fresh(8)),
        float64=lambda: sweep_seconds(Digits(), 900, 32, fresh(8), "float64"),
        **jax_rivals("dense", jobs, (1, 8, 64)),
    )
    best = min(
        (seconds, name) for name, seconds in found.items() if name.startswith("JAX")
    )
    fit = 64 * rivals.fit_seconds(Digits(), 0.1 * Linear(900), 900, 32, 2)
    say("digits, 64 runs, float32: sweep", f"{found['sweep']:.2f} s", "")
    say(
        "digits: loop over model.fit / sweep",
        f"{fit / found['sweep']:.0f} x ({fit:.0f} s)",
        "at least 100 x",
    )
    say(
        f"digits: sweep / best JAX ({best[1]})",
        f"{found['sweep'] / best[0]:.2f} x ({best[0]:.2f} s)",
        "at most 1.25 x",
    )
    say(
        "digits: float64 / float32",
        f"{found['float64'] / found['sweep']:.2f} x",
        "at most 2 x",
    )

    sizes = interleaved(
        max(1, repeats // 2),
        **{
            str(8 * count): lambda count=count: sweep_seconds(
                Digits(), 900, 32, fresh(count)
            )
            for count in (1, 8, 64)
        },
    )
    say(
        "digits: seconds per run with 8, 64, 512 runs",
        ", ".join(
            f"{1000 * seconds / int(size):.1f} ms" for size, seconds in sizes.items()
        ),
        "within 15 %",
    )
    before, peak = child(MANY)
    say(
        "digits: peak memory with 512 runs (after 8)",
        f"{peak:.2f} GB ({before:.2f} GB)",
        "under 2 GB",
    )

    # the convolutional and the recurrent network
    task, updates = MNIST1D(), 1000
    jobs = list(jax_jobs(task, updates, 100, range(1), "float32"))
    found = interleaved(
        max(1, repeats // 2),
        sweep=lambda: sweep_seconds(task, updates, 100, fresh(1)),
        **jax_rivals("convolutional", jobs, (1, 4)),
    )
    best = min(
        (seconds, name) for name, seconds in found.items() if name.startswith("JAX")
    )
    fit = 8 * rivals.fit_seconds(task, 0.1 * Linear(updates), updates, 100, 3)
    say(
        "MNIST-1D, convolutional, 8 runs: loop over model.fit / sweep",
        f"{fit / found['sweep']:.0f} x ({found['sweep']:.1f} s)",
        "at least 10 x",
    )
    say(
        f"MNIST-1D: sweep / best JAX ({best[1]})",
        f"{found['sweep'] / best[0]:.2f} x ({best[0]:.1f} s)",
        "at most 1 x",
    )
    task = AddingProblem()
    found = interleaved(
        max(1, repeats // 2), sweep=lambda: sweep_seconds(task, updates, 32, fresh(1))
    )
    fit = 8 * rivals.fit_seconds(task, 0.1 * Linear(updates), updates, 32, 3)
    say(
        "adding problem, recurrent, 8 runs: loop over model.fit / sweep",
        f"{fit / found['sweep']:.0f} x ({found['sweep']:.1f} s)",
        "at least 10 x",
    )

    for momentum in (0.0, 0.9):
        quadratic = NoisyQuadratic(np.geomspace(1e-3, 1, 1000))
        start = time.perf_counter()
        quadratic.expectation(np.linspace(0.5, 0, 10_000), 10_000, momentum=momentum)
        say(
            f"noisy quadratic, 1,000 eigenvalues x 10,000 updates, momentum {momentum:g}",
            f"{time.perf_counter() - start:.2f} s",
            "under 0.5 s",
        )
    jax.shutdown()
    print(
        "\npeak memory of this process: "
        f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB; "
        f"load {os.getloadavg()[0]:.1f}"
    )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
