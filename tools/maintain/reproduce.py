"""Do readers of other machines see the same? Run every lesson in every way in which machines
differ.

    python tools/maintain/reproduce.py                        every lesson in every way
    python tools/maintain/reproduce.py 06_2 08                the lessons whose names begin so
    python tools/maintain/reproduce.py --ways "AVX2" "SSE4.2" some of the ways
    python tools/maintain/reproduce.py --missing              what no machine has run yet
    python tools/maintain/reproduce.py 04 --ways arm64        on an emulated processor (Debian)
    LESSON_WAY="AVX2" make test                               all tests in one of the ways
    python tools/maintain/reproduce.py --table                print what is known, run nothing
    python tools/maintain/reproduce.py --store                keep what is known, run nothing

What is compared, and to which tolerance, stands in `compare.py`. One line for each lesson and way
says what a reader would see otherwise, how far the farthest point of a figure moved, by which
share a ledger row differs, and how near the printed digits came to turning over: the distance of a
number to the border at which its last printed digit changes, and how far the number itself moved
from the plain run, both in units of that digit. Results are kept in _build/reproduce, so an
interrupted run goes on where it stopped, and only what changed is run again. No machine runs
everything: --store adds what this one found to benchmarks/reproduced.json, and writes the table
that the book shows; a row of a notebook that has changed since is dropped.
"""

import argparse
import json
import math
import os
import platform
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tools" / "make_book"), str(ROOT)]

import arm64
import lessons
from compare import POINTS, SHARE, Comparison
from execute import run
from nbclient.exceptions import CellExecutionError

from benchmarks.where_time_goes import processor

PLAIN = "as it is"


def machine(xla, onednn, blas, without):
    """The environment of a process that uses no newer instructions than such a processor has."""
    return {
        "XLA_FLAGS": f"--xla_cpu_max_isa={xla}",
        "ONEDNN_MAX_CPU_ISA": onednn,
        "OPENBLAS_CORETYPE": blas,
        "NPY_DISABLE_CPU_FEATURES": without,
    }


NEWEST = "AVX512_ICL AVX512_SPR"  # what NumPy finds on few machines
WAYS = {
    PLAIN: {},
    "SSE4.2": machine("SSE4_2", "SSE41", "Nehalem", f"X86_V3 X86_V4 {NEWEST}"),
    "AVX": machine("AVX", "AVX", "Sandybridge", f"X86_V3 X86_V4 {NEWEST}"),
    "AVX2": machine("AVX2", "AVX2", "Haswell", f"X86_V4 {NEWEST}"),
    "AVX-512": machine("AVX512", "AVX512_CORE", "SkylakeX", NEWEST),
    "without XLA": {
        "LESSON_FIRST": "from lrdecay_lib.tasks import Task; Task.xla = False"
    },
    "one core, without oneDNN": {"LESSON_CORES": "1", "TF_ENABLE_ONEDNN_OPTS": "0"},
    "arm64": {},  # emulated, and only if asked for
}
# those that a process's environment makes; the others need `one`, and would only be called so
IN_TESTS = [
    way
    for way, environment in WAYS.items()
    if way != "arm64" and not any(name.startswith("LESSON_") for name in environment)
]
STORE = lessons.ROOT / "benchmarks" / "reproduced.json"
TABLE = lessons.ROOT / "benchmarks" / "results_reproduce.md"


def place(text, way):
    return lessons.ROOT / "_build" / "reproduce" / f"{text.stem} {way}.json"


def digest(text, way):
    """Changes with the stored notebook's code and outputs, and with what the way means; not with
    its prose."""
    stored = lessons.read_notebook(text.with_suffix(".ipynb"))
    code = [cell.source for cell in lessons.code_of(stored)]
    return lessons.digest_of([code, lessons.record(stored)["outputs"], WAYS[way]])


def known(text, way):
    """What an earlier run on this machine found, if it is still about this notebook; else None."""
    path = place(text, way)
    if path.exists():
        found = json.loads(path.read_text(encoding="utf-8"))
        return found if found["of"] == digest(text, way) else None
    return None


def stored():
    """{lesson: {way: what was found}}, on any machine, about the notebooks as they are now."""
    rows = json.loads(STORE.read_text(encoding="utf-8")) if STORE.exists() else {}
    return {
        text.stem: {
            way: row
            for way, row in rows.get(text.stem, {}).items()
            if way in WAYS and row["of"] == digest(text, way)
        }
        for text in lessons.texts()
    }


def results(texts, ways):
    """{(lesson, way): what was found here, else what is stored, else None}."""
    rows = stored()
    return {
        (text.stem, way): known(text, way) or rows[text.stem].get(way)
        for text in texts
        for way in ways
    }


def store():
    """Add to the stored rows what this machine found, and drop those of notebooks that changed."""
    rows = stored()
    for text in lessons.texts():
        for way in WAYS:
            found = known(text, way)
            if found:
                kept = ("of", "visible", "moved", "share", "machine")
                rows[text.stem][way] = {name: found[name] for name in kept}
    STORE.write_text(
        json.dumps(rows, indent=1, ensure_ascii=False, sort_keys=True) + "\n",
        encoding="utf-8",
    )


def machine_at_work(way):
    """The processor and the Python, as words."""
    if way == "arm64":
        return "arm64 (emulated by QEMU)"
    return (
        f"{processor().strip()}, Python {'.'.join(platform.python_version_tuple()[:2])}"
    )


# --- one lesson, one way, in a process of its own ----------------------------------------


def found_by(text, way, cells):
    """What is kept of a run: (number, comparison) of each code cell that is compared."""
    return {
        "of": digest(text, way),
        "machine": machine_at_work(way),
        "visible": [
            f"code cell {number}: {words}"
            for number, cell in cells
            for words in cell.visible
        ],
        "moved": max((cell.moved for _, cell in cells), default=0.0),
        "share": max((cell.share for _, cell in cells), default=0.0),
        "notes": [],
    }


def compared(notebook):
    """The numbers of the code cells whose outputs are compared."""
    return [
        number
        for number, cell in enumerate(lessons.code_of(notebook))
        if "nbval-ignore-output" not in cell.metadata.get("tags", [])
    ]


def keep(text, way, found):
    path = place(text, way)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(found), encoding="utf-8")


def keep_tested(notebook, way, cells):
    """Keep what `LESSON_WAY="AVX2" make test` found in a lesson, if all its cells were compared."""
    text = Path(notebook).with_suffix(".md")
    numbers = compared(lessons.read_notebook(notebook))
    if len(cells) == len(numbers):
        keep(text, way, found_by(text, way, list(zip(numbers, cells, strict=True))))


def one(text, way):
    """Run a lesson and compare; the process already has the environment of the way."""
    if os.environ.get("LESSON_CORES"):
        os.sched_setaffinity(
            0, {min(os.sched_getaffinity(0))}
        )  # the kernel inherits it
    if way == "arm64":
        lessons.KERNELS = arm64.kernels()
    path = place(text, way)
    path.parent.mkdir(parents=True, exist_ok=True)
    notes = path.with_suffix(".notes")
    here = str(Path(__file__).resolve().parent)
    first = os.environ.get("LESSON_FIRST", "")
    os.environ["LESSON_START"] = (
        f"import sys; sys.path.insert(0, {here!r}); import spy; "
        f"spy.install({str(notes)!r}); {first}"
    )
    notebook, stored = (
        lessons.from_text(text),
        lessons.read_notebook(text.with_suffix(".ipynb")),
    )
    try:
        seconds = run(notebook)
    except (
        CellExecutionError
    ) as error:  # a lesson that does not even run is a result too
        found = found_by(text, way, [])
        found["visible"].append(
            f"it ended with {type(error).__name__}: {str(error)[-300:]}"
        )
    else:
        pairs = zip(lessons.code_of(notebook), lessons.code_of(stored), strict=True)
        numbers = set(compared(notebook))
        cells = [
            (number, Comparison.of(cell.outputs, before.outputs))
            for number, (cell, before) in enumerate(pairs)
            if number in numbers
        ]
        found = found_by(text, way, cells) | {"seconds": seconds}
    if notes.exists():
        found["notes"] = json.loads(notes.read_text())
        notes.unlink()
    keep(text, way, found)


# --- how near a printed digit came to turning over -----------------------------------------


def unit_of(value, spec):
    """The size of the last digit that ``format(value, spec)`` prints, or None if it prints no such
    digit."""
    kind, _, digits = spec[-1:], *spec.rpartition(".")[1:]
    digits = "".join(character for character in digits if character.isdigit())
    if kind not in "feg%" or not kind or not math.isfinite(value):
        return None
    digits = int(digits) if digits else 6
    if kind in "f%":
        return 10.0 ** -(digits + 2 * (kind == "%"))
    if value == 0:
        return None
    return 10.0 ** (math.floor(math.log10(abs(value))) - digits + (kind == "g"))


def nearest(found, plain):
    """(share of a unit to the border, share of a unit that it moved, cell, text) of the digit in
    most danger."""
    worst = None
    moved_together = len(found["notes"]) == len(plain["notes"]) if plain else False
    for number, (cell, value, spec) in enumerate(found["notes"]):
        unit = unit_of(value, spec)
        if not unit:
            continue
        units = abs(value) / unit
        border = abs(
            units - math.floor(units) - 0.5
        )  # digits change half-way between two units
        drift = abs(value - plain["notes"][number][1]) / unit if moved_together else 0.0
        danger = (drift + 1e-12) / max(border, 1e-300)
        if worst is None or danger > worst[0]:
            worst = danger, border, drift, cell, format(value, spec)
    return worst


def line(text, way):
    """One line about a lesson in a way, and whether a reader would see the same."""
    found, plain = known(text, way), known(text, PLAIN)
    same = not found["visible"]
    words = f"{text.stem}, {way}: " + ("same" if same else "DIFFERENT")
    words += f"; points moved by {found['moved']:.1g} (up to {POINTS:g})"
    words += f", rows by {found['share']:.1g} (up to {SHARE:g})"
    worst = nearest(found, plain)
    if worst:
        _, border, drift, cell, printed = worst
        words += (
            f"; nearest digit {printed.strip()} in code cell {cell}, {border:.1g} of a unit "
            "from turning"
        )
        words += f", moved by {drift:.1g}" if plain and way != PLAIN else ""
    return "\n    ".join([words, *found["visible"]]), same


def table(texts, ways):
    """Markdown: ways across, lessons down; in each cell the largest difference, or how many can be
    seen."""

    found = results(texts, ways)

    def cell(text, way):
        row = found[text.stem, way]
        if not row:
            return "not run"
        if row["visible"]:
            return f"**{len(row['visible'])} seen**"
        return (
            f"{row['moved']:.0e}, {row['share']:.0e}"
            if row["moved"] or row["share"]
            else "0"
        )

    rows = [["lesson", *ways], ["---"] * (len(ways) + 1)]
    rows += [[text.stem, *(cell(text, way) for way in ways)] for text in texts]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def summary(texts, ways):
    """The table, a sentence that counts, and the machines on which it was found."""
    found = list(results(texts, ways).values())
    seen = sum(bool(row and row["visible"]) for row in found)
    machines = sorted({row["machine"] for row in found if row})
    return "\n".join([
        table(texts, ways),
        "",
        f"{len(texts)} lessons in {len(ways)} ways: {seen} show something else to a reader, "
        f"{found.count(None)} were not run. Run on: {'; '.join(machines) or 'no machine'}.",
    ])  # fmt: skip


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("lessons", nargs="*", help="beginnings of the lessons' names")
    parser.add_argument(
        "--ways",
        nargs="+",
        choices=WAYS,
        default=[way for way in WAYS if way != "arm64"],
        metavar="WAY",
    )
    parser.add_argument("--jobs", type=int, default=2, help="lessons at a time")
    parser.add_argument(
        "--table", action="store_true", help="print what is known, run nothing"
    )
    parser.add_argument(
        "--store", action="store_true", help="keep what is known in the repository"
    )
    parser.add_argument(
        "--missing", action="store_true", help="run only what no machine has run yet"
    )
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    texts = [
        text for text in lessons.texts()
        if not options.lessons or text.stem.startswith(tuple(options.lessons))
    ]  # fmt: skip
    if not texts:
        return f"There is no lesson whose file name begins with {' or '.join(options.lessons)}."
    if options.one:
        return one(texts[0], options.ways[0])
    found = stored() if options.missing else {}
    todo = [
        (text, way)
        for way in options.ways
        for text in texts
        if not known(text, way) and way not in found.get(text.stem, {})
    ]
    if options.table or options.store:
        todo = []
    if "arm64" in {way for _, way in todo}:
        arm64.kernels()  # made once, before any job needs it

    def job(pair):
        text, way = pair
        environment = {**os.environ, **WAYS[way]}
        command = [sys.executable, __file__, text.stem, "--one", "--ways", way]
        subprocess.run(command, check=False, env=environment, cwd=lessons.ROOT)
        if not known(text, way):
            return f"{text.stem}, {way}: the run left no result"
        return line(text, way)[0]

    begin = time.perf_counter()
    with ThreadPoolExecutor(options.jobs) as pool:
        for number, words in enumerate(pool.map(job, todo), start=1):
            print(
                f"[{number}/{len(todo)}, {(time.perf_counter() - begin) / 60:.0f} min] {words}",
                flush=True,
            )
    if options.store:
        store()
        tried = [way for way in WAYS if any(way in row for row in stored().values())]
        TABLE.write_text(summary(lessons.texts(), tried) + "\n", encoding="utf-8")
    print(summary(texts, options.ways))
    found = results(texts, options.ways).values()
    return int(any(not row or row["visible"] for row in found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
