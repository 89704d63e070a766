"""Do the lessons run, and reach their verdicts, beside other versions? In Colab the versions are
Colab's, not our lock's.

    python tools/maintain/colab.py oldest            beside the oldest that pyproject.toml allows
    python tools/maintain/colab.py newest 3.12       beside the newest, in another Python
    python tools/maintain/colab.py oldest 3.11 06_2  the lessons whose name begins so, again

Makes an environment in _build/colab with the library as a wheel and what Colab has besides, and
runs each lesson alone in an empty folder there. Fails if a lesson does not run or a verdict is
another one. What else is printed is shown where it differs: a run near the edge of stability, or
another version's random search, goes its own way. Figures are compared by their alternative text,
since another matplotlib draws other SVG. What was found is kept in benchmarks/beside_versions.json
and in the table that the book shows, so an interrupted run goes on where it stopped, and only
lessons that failed, or changed since, are run again. A row outlives a change of the library, as
those of `reproduce.py` do, and a new minimum in pyproject.toml: it names its versions. Slow, so it
is not one of the tests: `make colab`.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "make_book"))

import lessons
import pages
from execute import run
from nbclient.exceptions import CellExecutionError

RESOLUTION = {"oldest": "lowest-direct", "newest": "highest"}
UV = Path(sys.executable).with_name("uv")
STORE = lessons.ROOT / "benchmarks" / "beside_versions.json"
TABLE = lessons.ROOT / "benchmarks" / "results_versions.md"


def environment(which, python):
    """A fresh environment with the library and a kernel; returns the folder that Jupyter finds
    the kernel in, and the versions in words."""
    place = lessons.ROOT / "_build" / "colab" / f"{which}-{python}"
    shutil.rmtree(place, ignore_errors=True)
    source = place / "source"  # building in the repository would leave a build folder
    shutil.copytree(
        lessons.LIBRARY,
        source / "lrdecay_lib",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(lessons.ROOT / name, source)
    subprocess.run(
        [UV, "venv", "--quiet", "--python", python, place / "venv"], check=True
    )
    subprocess.run(
        [
            UV,
            "pip",
            "install",
            "--quiet",
            "--python",
            place / "venv" / "bin" / "python",
            "--resolution",
            RESOLUTION[which],
            f"lrdecay_lib[lessons] @ {source.as_uri()}",
            "ipykernel>=6.29",
        ],
        check=True,
    )
    shutil.copytree(lessons.KERNELS / "kernels", place / "jupyter" / "kernels")
    described = place / "jupyter" / "kernels" / "lesson" / "kernel.json"
    kernel = json.loads(described.read_text())
    kernel["argv"][0] = str(place / "venv" / "bin" / "python")
    described.write_text(json.dumps(kernel))
    named = subprocess.run(
        [
            kernel["argv"][0],
            "-c",
            "import sys, keras, matplotlib, numpy, pandas, tensorflow as tf; print(f'Python "
            "{sys.version.split()[0]}, TensorFlow {tf.__version__}, Keras {keras.__version__}, "
            "NumPy {numpy.__version__}, pandas {pandas.__version__}, matplotlib "
            "{matplotlib.__version__}')",
        ],
        check=True,
        capture_output=True,
        text=True,
    )
    return place / "jupyter", named.stdout.strip()


def printed(cell):
    """What a cell says in words: its printed text, and the alternative text of its figures. Not
    the warnings of other versions, which name their own lines."""
    return [
        output.get("text") or output.get("data", {}).get("text/plain")
        for output in cell.outputs
        if output.get("name") != "stderr"
    ]


def verdicts(cell):
    """The claims and verdicts that a cell reaches."""
    rows = [output.get("data", {}).get(pages.CLAIM) for output in cell.outputs]
    return [(row["claim"], row["verdict"]) for row in rows if row]


def differences(notebook, stored):
    """(whether it matters, sentence) for what an executed lesson says otherwise than its stored
    notebook."""
    for number, (cell, before) in enumerate(
        zip(lessons.code_of(notebook), lessons.code_of(stored), strict=True)
    ):
        if verdicts(cell) != verdicts(before):
            yield (
                True,
                f"code cell {number} reaches {verdicts(cell)} instead of {verdicts(before)}",
            )
        elif "nbval-ignore-output" not in cell.metadata.get("tags", []) and printed(
            cell
        ) != printed(before):
            yield (
                False,
                f"code cell {number} prints something else:\n  stored "
                f"{printed(before)}\n  here   {printed(cell)}",
            )


def tried(text):
    """Run a lesson; returns (whether it matters, sentence) of each difference."""
    notebook = lessons.from_text(text)
    try:
        run(notebook)
    except CellExecutionError as error:
        return [(True, f"a cell failed with {error.ename}: {error.evalue}")]
    return list(
        differences(notebook, lessons.read_notebook(text.with_suffix(".ipynb")))
    )


# --- what is known -------------------------------------------------------------------------


def digest(text):
    """Changes with the stored notebook's code, and with what of its outputs is compared."""
    cells = lessons.code_of(lessons.read_notebook(text.with_suffix(".ipynb")))
    return lessons.digest_of([
        [cell.source, printed(cell), verdicts(cell)] for cell in cells
    ])  # fmt: skip


def known():
    """{lesson: {"oldest" or "newest": what was found}}, about the notebooks as they are now."""
    rows = json.loads(STORE.read_text(encoding="utf-8")) if STORE.exists() else {}
    return {
        text.stem: {
            which: row
            for which, row in rows.get(text.stem, {}).items()
            if which in RESOLUTION and row["of"] == digest(text)
        }
        for text in lessons.texts()
    }


def keep(text, which, versions, found):
    """Add what a run found to the repository, and write the book's table anew."""
    rows = known()
    matters = sum(matter for matter, _ in found)
    rows[text.stem][which] = {
        "of": digest(text),
        "versions": versions,
        "matters": matters,
        "other": len(found) - matters,
    }
    STORE.write_text(
        json.dumps(rows, indent=1, ensure_ascii=False, sort_keys=True) + "\n",
        encoding="utf-8",
    )
    TABLE.write_text(table(rows), encoding="utf-8")


def table(rows):
    """Markdown: a row for each lesson that does not say the same everywhere, and sentences that
    count and name the versions."""

    def cell(row):
        if not row:
            return "not run"
        if row["matters"]:
            return "**failed, or another verdict**"
        cells = row["other"]
        return f"{cells} cell{'s' * (cells > 1)}" if cells else "the same"

    words = {
        lesson: [cell(found.get(which)) for which in RESOLUTION]
        for lesson, found in rows.items()
    }
    alike = sum(set(said) == {"the same"} for said in words.values())
    lines = [["lesson", *RESOLUTION], ["---"] * (len(RESOLUTION) + 1)]
    lines += [
        [lesson, *said] for lesson, said in words.items() if set(said) != {"the same"}
    ]
    named = []
    for which in RESOLUTION:
        versions = sorted({
            found[which]["versions"] for found in rows.values() if which in found
        })  # fmt: skip
        named.append(f"- {which}: {' or '.join(versions) or 'not tried'}")
    return "\n".join([
        f"Of {len(words)} lessons {alike} print the same beside both. The others, with the number "
        "of code cells that print something else where they were run:",
        "",
        *("| " + " | ".join(line) + " |" for line in lines),
        "",
        *named,
        "",
    ])  # fmt: skip


def main(which="oldest", python="3.11", *chosen):
    if which not in RESOLUTION:
        return f"The first word must be oldest or newest; got {which}"
    rows = known()
    # a failure is tried again: what mends it may lie in the library or in the versions
    done = {
        lesson
        for lesson, found in rows.items()
        if which in found and not found[which]["matters"]
    }
    texts = [
        text
        for text in lessons.texts()
        if (text.stem.startswith(chosen) if chosen else text.stem not in done)
    ]
    if not texts:
        if chosen:
            return (
                f"There is no lesson whose file name begins with {' or '.join(chosen)}."
            )
        print(f"Every lesson has been run beside the {which} versions as it is now.")
    else:
        lessons.KERNELS, versions = environment(which, python)
        print(versions, flush=True)
    for text in texts:
        found = tried(text)
        keep(text, which, versions, found)
        for _, words in found:
            print(f"{text.stem}: {words}", flush=True)
        if not found:
            print(f"{text.stem}: the same", flush=True)
    print(TABLE.read_text(encoding="utf-8") if TABLE.exists() else "")
    return int(any(row.get(which, {}).get("matters") for row in known().values()))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
