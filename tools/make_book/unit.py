"""The unit in which a lesson's time is promised: what this machine needs for 64 small runs.

    python tools/make_book/unit.py      prints the seconds
    python tools/make_book/unit.py 9    the median of nine sweeps, not of five

A lesson is quick on one machine and slow on another, so seconds promise nothing. A unit is the
benchmark's sweep, `Digits`, 64 runs of 900 updates of 32 samples in float32 on all cores, its
program compiled already: the median of some sweeps with new seeds.
"""

import sys
import time

import numpy as np

from lrdecay_lib.schedules import Constant, Linear
from lrdecay_lib.tasks import Digits
from lrdecay_lib.training import sweep

SCHEDULES = {"constant": Constant(), "linear": Linear(900)}
PEAKS = [0.05, 0.1, 0.2, 0.4]


def unit(repeats=5):
    """The seconds of a unit on this machine, now."""
    seconds = []
    for repeat in range(repeats + 1):
        seeds = range(8 * repeat, 8 * repeat + 8)
        begin = time.perf_counter()
        sweep(Digits(), SCHEDULES, PEAKS, seeds, 900, dtype="float32", progress=False)
        seconds.append(time.perf_counter() - begin)
    return float(np.median(seconds[1:]))  # the first compiled the program


if __name__ == "__main__":
    print(unit(*map(int, sys.argv[1:])))
