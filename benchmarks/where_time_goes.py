"""Where a lesson's time goes, stage by stage: ``python -m benchmarks.where_time_goes``.

Prints a Markdown table of seconds by the clock and of core-seconds, which other work on the machine
changes less: this process's, and those of the kernels that it starts.
"""

import os
import platform
import resource
import sys
import time
from contextlib import contextmanager
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "tools" / "make_book"))
KERNELS = 5


def core_seconds():
    """Of this process, and of those that it started and that have ended."""
    used = [
        resource.getrusage(who)
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    ]
    return sum(one.ru_utime + one.ru_stime for one in used)


def processor():
    """The processor's name, as the system gives it."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(": ")[1] for line in lines if "model name" in line)
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def start_kernels():
    """Run notebooks that import what most lessons do, one after another."""
    import execute
    from nbformat import v4

    code = "from lrdecay_lib import evidence, figures, training"
    for _ in range(KERNELS):
        execute.run(v4.new_notebook(cells=[v4.new_code_cell(code)]))


@contextmanager
def stage(name):
    clock, cores = time.perf_counter(), core_seconds()
    yield
    clock, cores = time.perf_counter() - clock, core_seconds() - cores
    print(f"| {name} | {clock:.2f} | {cores:.2f} |", flush=True)


def main():
    import execute
    import warm

    kept = "not kept" if sys.dont_write_bytecode else "kept"
    print(
        f"{processor()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, "
        f"compiled modules {kept}\n"
    )
    print("| stage | seconds | core-seconds |\n|---|---|---|")
    with stage(f"{KERNELS} kernels that import training, cold"):
        start_kernels()
    with stage(f"{KERNELS} kernels that import training, warm"):
        with warm.kernels(environment=execute.settings()):
            start_kernels()
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
    with stage("comparing two rivals"):
        table = result.table[result.table["peak"] == 0.1]
        effect = evidence.paired(table, "linear", "constant", "test_loss")
    with stage("the bootstrap of one effect"):
        effect.bootstrap  # noqa: B018  computed when it is read
    with stage("drawing a figure"):
        figures.schedules({"linear": 0.1 * Linear(900)}, 900)


if __name__ == "__main__":
    main()
