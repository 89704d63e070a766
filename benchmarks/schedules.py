"""What a schedule costs beside its bare formula, and what importing it costs.

    python benchmarks/schedules.py

Prints the two numbers that the book promises: a million updates within 3 times the bare NumPy
formula, and an import of at most half a second in a fresh process. Exits with 1 if one of them is
broken.
"""

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

ROOT = str(Path(__file__).resolve().parent.parent)
sys.path.insert(0, ROOT)

from lrdecay_lib.schedules import Cosine

UPDATES = 10**6
REPEATS = 21


def seconds(call):
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def slowdown():
    """Median of the schedule's time over median of the formula's; repeats alternate, so drift
    hits both alike."""
    t = np.arange(UPDATES)
    schedule = 0.1 * Cosine(UPDATES)

    def formula():
        return 0.1 * 0.5 * (1.0 + np.cos(np.pi * t / UPDATES))

    np.testing.assert_allclose(
        schedule(t), formula(), rtol=1e-12, atol=1e-13
    )  # and a warm-up of both
    pairs = [(seconds(lambda: schedule(t)), seconds(formula)) for _ in range(REPEATS)]
    ours, bare = (statistics.median(times) for times in zip(*pairs))
    return ours, bare


def import_time():
    """Median seconds that ``import lrdecay_lib.schedules`` takes in a fresh process, NumPy
    included."""
    program = (
        "import time; s = time.perf_counter(); import lrdecay_lib.schedules; "
        "print(time.perf_counter() - s)"
    )
    path = os.pathsep.join(filter(None, [ROOT, os.environ.get("PYTHONPATH")]))
    runs = [
        subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONPATH": path},
        ).stdout
        for _ in range(7)
    ]
    return statistics.median(map(float, runs))


if __name__ == "__main__":
    ours, bare = slowdown()
    imported = import_time()
    print(f"(0.1 * Cosine(10**6))(np.arange(10**6))   {1000 * ours:6.1f} ms")
    print(f"the bare NumPy formula                    {1000 * bare:6.1f} ms")
    print(
        f"ratio                                     {ours / bare:6.2f}     (promised: at most 3)"
    )
    print(
        f"import lrdecay_lib.schedules              {imported:6.2f} s   (promised: at most 0.5)"
    )
    sys.exit(ours > 3 * bare or imported > 0.5)
