"""Do the printed numbers depend on the machine? Run lessons in other ways, and compare with what
is stored.

    python tools/maintain/reproduce.py          every third lesson
    python tools/maintain/reproduce.py 06_2     the lessons whose name begins so

Each lesson runs on one core instead of all, without oneDNN's kernels, and without XLA. Everything
printed must be the same to the last digit, alternative texts of figures included, and every figure
must hold the same things. A line in it may move: a curve near the edge of stability carries the
last bit of a rounding far. Prints one line for each difference and how far lines moved, in points
(1/72 inch; a line is 1.5 wide), and fails if there is any difference. Slow, so it is not one of
the tests: `make reproduce`.
"""

import os
import re
import sys
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "make_book"))

import lessons
from execute import run

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


WAYS = {
    "one core": one_core,
    "without oneDNN": without_onednn,
    "without XLA": without_xla,
}


OWN_NAME = re.compile(
    r"\b[mp][0-9a-f]{10}\b"
)  # matplotlib names a path by a hash of its points
NUMBER = re.compile(r"-?\d+\.\d+(?:e-?\d+)?")


def printed(cell):
    """Everything that a cell says in words and digits."""
    return [
        output.get("text")
        or {
            kind: data
            for kind, data in output.get("data", {}).items()
            if kind in ("text/plain", "text/markdown")
        }
        for output in cell.outputs
    ]


def moved(cell, before):
    """How far, in points, a line in the cell's figures lies from where it was; infinite if more
    than its place changed."""
    farthest = 0.0
    for new, old in zip(cell.outputs, before.outputs, strict=True):
        new, old = (
            OWN_NAME.sub("", output.get("data", {}).get("image/svg+xml", ""))
            for output in (new, old)
        )
        if NUMBER.sub("", new) != NUMBER.sub("", old):
            return float("inf")
        farthest = max(
            [
                farthest,
                *(
                    abs(float(a) - float(b))
                    for a, b in zip(NUMBER.findall(new), NUMBER.findall(old))
                ),
            ]
        )
    return farthest


def differences(text):
    """(way, cell number) of each cell that shows something else than the stored notebook does."""
    stored = lessons.code_of(lessons.read_notebook(text.with_suffix(".ipynb")))
    for way, prepared in WAYS.items():
        notebook = lessons.from_text(text)
        with prepared() as first:
            lessons.code_of(notebook)[0].source += first
            seconds = run(notebook)
        print(f"{text.stem}, {way}: {seconds:.0f} s", flush=True)
        for number, (cell, before) in enumerate(
            zip(lessons.code_of(notebook), stored, strict=True)
        ):
            ignored = "nbval-ignore-output" in cell.metadata.get("tags", [])
            if ignored:
                continue
            far = (
                moved(cell, before)
                if printed(cell) == printed(before)
                else float("inf")
            )
            if far == float("inf"):
                yield way, number
            elif far:
                print(
                    f"{text.stem}, {way}: a line in the figure of code cell {number} "
                    f"moved by {far:.2g} points",
                    flush=True,
                )


def main(chosen):
    texts = (
        [
            text
            for text in lessons.texts()
            if any(text.stem.startswith(name) for name in chosen)
        ]
        if chosen
        else lessons.texts()[::3]
    )
    found = [
        (text.stem, *difference) for text in texts for difference in differences(text)
    ]
    for name, way, number in found:
        print(f"{name}: code cell {number} shows something else {way}")
    print(f"{len(texts)} lessons in {len(WAYS)} other ways: {len(found)} cells differ")
    return bool(found) or not texts


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
