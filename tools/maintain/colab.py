"""Do the lessons run, and reach their verdicts, beside other versions? In Colab the versions are
Colab's, not our lock's.

    python tools/maintain/colab.py oldest            beside the oldest that pyproject.toml allows
    python tools/maintain/colab.py newest 3.12       beside the newest, in another Python
    python tools/maintain/colab.py oldest 3.11 06_2  the lessons whose name begins so

Makes an environment in _build/colab with the library as a wheel and what Colab has besides, and
runs each lesson alone in an empty folder there. Fails if a lesson does not run or a verdict is
another one. What else is printed is shown where it differs: a run near the edge of stability, or
another version's random search, goes its own way. Figures are compared by their alternative text,
since another matplotlib draws other SVG. Slow, so it is not one of the tests: `make colab`.
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


def environment(which, python):
    """A fresh environment with the library and a kernel; returns the folder that Jupyter finds
    the kernel in."""
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
            "import sys, keras, numpy, tensorflow as tf; print(f'Python "
            "{sys.version.split()[0]}, TensorFlow {tf.__version__}, Keras "
            "{keras.__version__}, NumPy {numpy.__version__}')",
        ],
        check=True,
        capture_output=True,
        text=True,
    )
    print(named.stdout.strip(), flush=True)
    return place / "jupyter"


def printed(cell):
    """What a cell says in words: its printed text, and the alternative text of its figures."""
    return [
        output.get("text") or output.get("data", {}).get("text/plain")
        for output in cell.outputs
    ]


def verdicts(cell):
    """The claims and verdicts that a cell reaches."""
    rows = [output.get("data", {}).get(pages.CLAIM) for output in cell.outputs]
    return [(row["claim"], row["verdict"]) for row in rows if row]


def differences(text):
    """(whether it matters, sentence) for what is otherwise in a lesson than in its stored
    notebook."""
    notebook, stored = (
        lessons.from_text(text),
        lessons.read_notebook(text.with_suffix(".ipynb")),
    )
    try:
        seconds = run(notebook)
    except CellExecutionError as error:
        yield True, f"a cell failed with {error.ename}: {error.evalue}"
        return
    print(f"{text.stem}: {seconds:.0f} s", flush=True)
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


def main(which="oldest", python="3.11", *chosen):
    if which not in RESOLUTION:
        return f"The first word must be oldest or newest; got {which}"
    lessons.KERNELS = environment(which, python)
    texts = [
        text for text in lessons.texts() if not chosen or text.stem.startswith(chosen)
    ]
    found = []
    for text in texts:
        for matters, words in differences(text):
            print(f"{text.stem}: {words}", flush=True)
            found.append(matters)
    wrong = sum(found)
    print(
        f"{len(texts)} lessons: {wrong} failed or reached another verdict; "
        f"{len(found) - wrong} cells print something else"
    )
    return int(wrong or not texts)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
