"""Render the site into _build/html from the notebooks as they are stored. Any warning is an error.

    python tools/make_book/render.py            the site, and all notebooks in one zip
    python tools/make_book/render.py --pdf      and the whole book as one PDF
    python tools/make_book/render.py --draft    to look at, though a notebook is not in step

The site shows only what is in step: notebooks that hold what their texts say and their runs gave.
"""

import os
import re
import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import lessons
import nbformat
import pages
import print_book
import sharing

NOTEBOOKS = "notebooks.zip"
HOW_TO_RUN = """\
Learning Rate Decay: all lessons as notebooks, with what they printed and drew.

Open one in Colab, JupyterLab, VS Code or any program that runs Jupyter notebooks, with Python 3.11
or later, and run its cells from the top. The first one installs the book's library, with what it
needs, where it is missing.
"""


def downloads(pdf):
    """The landing page's line of other ways to read."""
    whole = (
        f'<a href="../{print_book.NAME}">the whole book as one PDF</a>, or '
        if pdf
        else ""
    )
    return pages.raw_html(
        [
            f'<p class="downloads">To take with you: {whole}<a '
            f'href="../{NOTEBOOKS}">all notebooks in one zip</a>.</p>'
        ]
    )


def for_zip(path):
    """A notebook whose links to other lessons lead to the files beside it; so the zip needs no
    network to go from one to the next."""
    here = path.parent.relative_to(lessons.ROOT).as_posix() + "/"
    notebook = lessons.read_notebook(path)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = lessons.links_to_files(
                cell.source, path, lambda page: page.startswith(here)
            )
    return (nbformat.writes(notebook, version=4) + "\n").encode()


def out_of_step(text):
    """A sentence on what keeps a lesson from the site, or None."""
    notebook = text.with_suffix(".ipynb")
    try:
        if not notebook.exists():
            return f"{text.stem} has never been run: run `make execute`."
        edited = lessons.what_was_edited(text, notebook)
        if edited:
            return edited
        if lessons.is_stale(text, notebook) or not lessons.in_step(text, notebook):
            return (
                f"{text.stem} is not what its text and the library give now: "
                "run `make execute`."
            )
    except lessons.Unreadable as error:
        return str(error)
    return None


def write_zip(path):
    """All notebooks; the same notebooks make the same zip, whatever the day."""
    files = {
        "README.txt": HOW_TO_RUN.encode(),
        "LICENSE": (lessons.ROOT / "LICENSE").read_bytes(),
    }
    for notebook in sorted(lessons.CHAPTERS.glob("*/*.ipynb")):
        files[notebook.relative_to(lessons.CHAPTERS).as_posix()] = for_zip(notebook)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(
                zipfile.ZipInfo(f"learning-rate-decay/{name}"),
                content,
                zipfile.ZIP_DEFLATED,
            )


def main(arguments):
    pdf = "--pdf" in arguments
    wrong = [sentence for text in lessons.texts() if (sentence := out_of_step(text))]
    if wrong and "--draft" not in arguments:
        return "\n".join(
            [*wrong, "The site was not built: it shows only what is in step."]
        )
    if wrong:
        print(*wrong, "This site is a draft, to look at and not to publish.", sep="\n")
    if pdf and not print_book.browser():
        return (
            "The PDF is printed by Chromium or Google Chrome, and neither is on the PATH: "
            "install one and run `make print` again. `make book` needs neither."
        )
    begin = time.perf_counter()
    pages.write()
    (pages.GENERATED / "downloads.md").write_text(downloads(pdf), encoding="utf-8")
    print("Rendering the site")
    for leftover in (
        "html",
        ".doctrees",
    ):  # a page that left the book must not stay on the site
        shutil.rmtree(lessons.ROOT / "_build" / leftover, ignore_errors=True)
    command = [
        Path(sys.executable).with_name("jupyter-book"),
        "build",
        str(lessons.ROOT),
        "--warningiserror",
        "--keep-going",
        "--quiet",
    ]
    built = subprocess.run(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        env={**os.environ, "NO_COLOR": "1"},
    )
    index = lessons.ROOT / "_build" / "html" / "index.html"
    if built.returncode or not index.exists():
        log = lessons.ROOT / "_build" / "render.log"
        log.write_text(built.stdout, encoding="utf-8")
        lines = built.stdout.splitlines()
        print(
            "\n".join(
                [line for line in lines if re.search("WARNING|ERROR|Error", line)]
                or lines[-10:]
            )
        )
        return (
            "The site was not built: the lines above say which page and why (all of it: "
            f"{log.relative_to(lessons.ROOT)})."
        )
    sharing.write_front_door(index.parent)
    write_zip(index.with_name(NOTEBOOKS))
    if pdf:
        print("Printing the book")
        print_book.join(print_book.parts())
        print_book.to_pdf(index.with_name(print_book.NAME))
    print(
        f"Done in {time.perf_counter() - begin:.0f} s. Open {index.relative_to(lessons.ROOT)} "
        "in a browser, or run `make serve`."
    )
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
