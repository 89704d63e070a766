"""Bring the notebooks up to date with their texts: run the stale ones, with progress.

    python tools/make_book/execute.py           what is stale
    python tools/make_book/execute.py 03_2      the lessons whose name begins so, stale or not

One lesson at a time: each takes all cores, and its seconds, which the book prints, are its own. A
lesson whose prose alone changed is not run again: its outputs are still those of its code. A
notebook that somebody edited is not written: a sentence says how its edits go into the text.
"""

import functools
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import lessons
import pages
import warm
from compare import Comparison
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError
from tqdm import tqdm

LOG = lessons.ROOT / "_build" / "execute.log"  # what the kernels' C++ libraries write


def settings():
    """What a lesson's kernel finds in its environment, whoever runs it."""
    return {
        "JUPYTER_PATH": str(lessons.KERNELS),
        # matplotlib's list of fonts, of this environment and not of another one that may be gone
        # by now
        "MPLCONFIGDIR": str(lessons.ROOT / "_build" / "matplotlib"),
        # no start-up file of whoever runs it has a say in what a lesson prints
        "IPYTHONDIR": str(lessons.ROOT / "_build" / "ipython"),
    }


def run(notebook, on_cell=None):
    """Run a notebook in an empty folder, as a reader who downloaded it alone would; returns the
    seconds that it takes a reader, whose kernel imports all modules itself."""
    os.environ.update(settings())
    LOG.parent.mkdir(exist_ok=True)
    imports = warm.seconds()
    with (
        tempfile.TemporaryDirectory() as folder,
        open(LOG, "a", encoding="utf-8") as log,
    ):
        client = NotebookClient(
            notebook,
            kernel_name="lesson",
            timeout=600,
            startup_timeout=600,
            coalesce_streams=True,
            record_timing=False,
            resources={"metadata": {"path": folder}},
            on_cell_executed=on_cell,
        )
        begin = time.perf_counter()
        client.execute(stderr=log)
        return imports + time.perf_counter() - begin


@functools.cache
def unit(repeats=5):
    """The seconds of a unit of time on this machine (see unit.py), measured once a session."""
    command = [sys.executable, str(Path(__file__).with_name("unit.py")), str(repeats)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(done.stdout)


def keep_what_is_the_same(notebook, notebook_path):
    """Put stored outputs in place of fresh ones that show a reader the same.

    Last bits differ from machine to machine; a changed file should mean a changed result.
    """
    if not notebook_path.exists():
        return
    stored = {
        cell.source: cell
        for cell in lessons.code_of(lessons.read_notebook(notebook_path))
    }
    for cell in lessons.code_of(notebook):
        old = stored.get(cell.source)
        if old and not Comparison.of(cell.outputs, old.outputs).visible:
            for output, before in zip(cell.outputs, old.outputs, strict=True):
                if "data" in output and "data" in before:
                    output.data = before.data


def refresh(text, notebook_path):
    """Take over changed prose, keeping the outputs of unchanged code."""
    new, old = lessons.from_text(text), lessons.read_notebook(notebook_path)
    for number, (cell, before) in enumerate(
        zip(lessons.code_of(new), lessons.code_of(old), strict=True), start=1
    ):
        cell.outputs, cell.execution_count = before.outputs, number
    new.metadata["lrdecay"] = old.metadata["lrdecay"]
    lessons.write_notebook(new, notebook_path)


def rerun(text, notebook_path, on_cell):
    """Run a lesson and store it; returns the seconds.

    Raises:
        lessons.Unreadable: somebody changed the notebook meanwhile, so it was left alone.
    """
    before = notebook_path.read_bytes() if notebook_path.exists() else None
    notebook = lessons.from_text(text)
    # of the code as it is before the run, so that what changes meanwhile makes the lesson stale
    digest = lessons.code_digest(notebook)
    seconds = run(notebook, on_cell)
    notebook.metadata["language_info"] = {
        "name": "python"
    }  # the kernel's holds this machine's Python version
    notebook.metadata["lrdecay"] = {
        "code": digest,
        "seconds": round(seconds, 1),
        "unit": round(unit(), 3),
    }
    keep_what_is_the_same(notebook, notebook_path)
    if before != (notebook_path.read_bytes() if notebook_path.exists() else None):
        raise lessons.Unreadable(
            f"{lessons.named(notebook_path)} was saved by another program while the lesson ran, "
            "and was left as it is: close it there and run make again."
        )
    lessons.write_notebook(notebook, notebook_path)
    return seconds


def bring_up_to_date(texts, chosen):
    """Run those of the texts that are chosen, or stale if none is; returns the names of those
    that failed."""
    stale, failed = [], []
    for text in texts:
        notebook_path = text.with_suffix(".ipynb")
        try:
            edited = lessons.what_was_edited(text, notebook_path)
            if edited:
                failed.append(text.stem)
                print(edited)
            elif chosen or lessons.is_stale(text, notebook_path):
                lessons.from_text(text)
                stale.append(text)
            elif not lessons.in_step(text, notebook_path):
                refresh(text, notebook_path)
                print(f"{text.stem}: took over the changed prose")
        except lessons.Unreadable as error:
            failed.append(text.stem)
            print(error)
    if not stale:
        return failed

    cells = sum(len(lessons.code_of(lessons.from_text(text))) for text in stale)
    with tqdm(
        total=cells,
        unit="cell",
        desc=f"running {len(stale)} lessons",
        file=sys.stdout,
        disable=None,
    ) as progress:
        for text in stale:
            try:
                seconds = rerun(
                    text, text.with_suffix(".ipynb"), lambda **_: progress.update()
                )
                progress.write(f"{text.stem}: {seconds:.1f} s", file=sys.stdout)
            except CellExecutionError as error:
                failed.append(text.stem)
                progress.write(
                    f"{text.stem}: a cell failed with {error.ename}: {error.evalue}",
                    file=sys.stdout,
                )
            except lessons.Unreadable as error:
                failed.append(text.stem)
                progress.write(str(error), file=sys.stdout)
            except (DeadKernelError, TimeoutError, RuntimeError) as error:
                failed.append(text.stem)
                progress.write(
                    f"{text.stem}: {type(error).__name__}: {error}", file=sys.stdout
                )
    return failed


def readable(text):
    """Whether a text can be read; if not, says why."""
    try:
        return bool(lessons.from_text(text))
    except lessons.Unreadable as error:
        print(error)
        return False


def main(chosen):
    texts = [
        text
        for text in lessons.texts()
        if not chosen or any(text.stem.startswith(name) for name in chosen)
    ]
    if not texts:
        return (
            f"There is no lesson whose file name begins with {' or '.join(chosen)} in "
            f"{lessons.CHAPTERS.name}/."
        )
    with warm.kernels(environment=settings()):
        return refreshed(texts, chosen)


def refreshed(texts, chosen):
    """Bring the texts' notebooks up to date, the summaries last; returns a sentence if that
    failed."""
    failed = [text.stem for text in texts if not readable(text)]
    texts = [text for text in texts if text.stem not in failed]
    last = [text for text in texts if lessons.reads_ledger(lessons.from_text(text))]
    failed += bring_up_to_date([text for text in texts if text not in last], chosen)
    try:
        pages.write_ledger()  # which the last ones sum up
        failed += bring_up_to_date(last, chosen)
    except lessons.Unreadable:  # said already
        failed += [text.stem for text in last]
    if failed:
        return (
            f"Not brought up to date: {', '.join(sorted(set(failed)))}. The notebooks they had "
            "were left as they were."
        )
    print("Every notebook is up to date.")
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
