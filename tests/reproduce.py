"""Do the printed numbers depend on the machine? Run lessons in other ways, and compare with what is stored.

    python tests/reproduce.py          every third lesson
    python tests/reproduce.py 06_2     the lessons whose name begins so

Each lesson runs on one core instead of all, without oneDNN's kernels, and without XLA. Prints one line for each
difference, and fails if there is any. Slow, so it is not one of the tests: `make reproduce`.
"""

import os
import sys
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "book" / "build"))

import lessons  # noqa: E402
from execute import run  # noqa: E402

NO_XLA = "\nfrom lrdecay_lib.tasks import Task\nTask.xla = False"


@contextmanager
def one_core():
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})  # the kernel inherits it
    try:
        yield ""
    finally:
        os.sched_setaffinity(0, cores)


@contextmanager
def without_onednn():
    os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"
    try:
        yield ""
    finally:
        del os.environ["TF_ENABLE_ONEDNN_OPTS"]


@contextmanager
def without_xla():
    yield NO_XLA


WAYS = {"one core": one_core, "without oneDNN": without_onednn, "without XLA": without_xla}


def shown(cell):
    """What a reader sees of a cell's outputs."""
    return [output.get("text") or {kind: data for kind, data in output.get("data", {}).items() if kind != "text/html"}
            for output in cell.outputs]


def differences(text):
    """(way, cell number) of each cell that shows something else than the stored notebook does."""
    stored = lessons.code_of(lessons.read_notebook(text.with_suffix(".ipynb")))
    for way, prepared in WAYS.items():
        notebook = lessons.from_text(text)
        with prepared() as first:
            lessons.code_of(notebook)[0].source += first
            seconds = run(notebook)
        print(f"{text.stem}, {way}: {seconds:.0f} s", flush=True)
        for number, (cell, before) in enumerate(zip(lessons.code_of(notebook), stored, strict=True)):
            ignored = "nbval-ignore-output" in cell.metadata.get("tags", [])
            if not ignored and shown(cell) != shown(before):
                yield way, number


def main(chosen):
    texts = [text for text in lessons.texts() if any(text.stem.startswith(name) for name in chosen)] if chosen else lessons.texts()[::3]
    found = [(text.stem, *difference) for text in texts for difference in differences(text)]
    for name, way, number in found:
        print(f"{name}: code cell {number} shows something else {way}")
    print(f"{len(texts)} lessons in {len(WAYS)} other ways: {len(found)} cells differ")
    return bool(found) or not texts


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
