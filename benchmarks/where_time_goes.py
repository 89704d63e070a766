"""Where a lesson's time goes, stage by stage: ``python -m benchmarks.where_time_goes``.

Prints a Markdown table of seconds by the clock and of this process's core-seconds, which other
work on the machine changes less.
"""

import os
import time
from contextlib import contextmanager


@contextmanager
def stage(name):
    clock, cores = time.perf_counter(), time.process_time()
    yield
    clock, cores = time.perf_counter() - clock, time.process_time() - cores
    print(f"| {name} | {clock:.2f} | {cores:.2f} |", flush=True)


def main():
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}\n")
    print("| stage | seconds | core-seconds |\n|---|---|---|")
    with stage("import of training"):
        from lrdecay_lib import training
    with stage("import of evidence and figures"):
        from lrdecay_lib import evidence, figures
    from lrdecay_lib.schedules import Constant, Linear
    from lrdecay_lib.tasks import Digits

    task, rivals = Digits(), {"constant": Constant(), "linear": Linear(900)}
    settings = training._settings(
        task, Constant(), training._describe("sgd"), 900, 32, None, "float64"
    )
    with stage("the first seed prepared, with the model's recipe"):
        training._once(training._prepare, settings, 0)
    with stage("tracing"):
        training._once(training._program, settings)
    with stage("compiling, and the first run"):
        training.train(task, 0.1 * Constant(), 900)
    with stage("another run of 900 updates, 21 evaluations"):
        training.train(task, 0.1 * Constant(), 900)
    with stage("another seed prepared"):
        training._once(training._prepare, settings, 1)
    with stage("a sweep of 64 runs, 8 seeds"):
        result = training.sweep(task, rivals, [0.05, 0.1, 0.2, 0.4], range(8), 900)
    with stage("comparing: tune and paired"):
        evidence.tune(result.table, "test_loss")
        table = result.table[result.table["peak"] == 0.1]
        effect = evidence.paired(table, "linear", "constant", "test_loss")
    with stage("the bootstrap of one effect"):
        effect.bootstrap  # noqa: B018  computed when it is read
    with stage("drawing a figure"):
        figures.schedules({"linear": 0.1 * Linear(900)}, 900)


if __name__ == "__main__":
    main()
