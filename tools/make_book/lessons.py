"""Lessons on disk: the text that authors edit (.md) and the notebook that was run from it
(.ipynb)."""

import ast
import hashlib
import io
import re
import tokenize
from pathlib import Path

import jupytext
import nbformat

from lrdecay_lib import exercises

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = ROOT / "chapters"
LIBRARY = ROOT / "lrdecay_lib"
KERNELS = (
    ROOT / "tools" / "make_book" / "jupyter"
)  # the kernel that lessons are run with, here and in the tests


def texts(folder=CHAPTERS):
    """The lessons' text sources, in the article's order."""
    return sorted(folder.glob("*/*.md"))


def from_text(text):
    """The notebook that a text source describes, not yet run.

    Its cell ids and metadata are made from the text alone, so that running it twice gives one
    notebook.
    """
    notebook = jupytext.read(text, fmt="md:myst")
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {
                "name": "python3",
                "display_name": "Python 3",
                "language": "python",
            },
            "language_info": {"name": "python"},
        }
    )
    for i, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{i}"
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    return notebook


def code_of(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def library_files(sources, library=LIBRARY):
    """The files of the library that these Python sources import, directly or through one another.

    So a change of `training` makes no NumPy lesson stale.
    """
    found = exercise_files(sources, library)
    waiting = [*sources, *(path.read_text(encoding="utf-8") for path in found)]
    while waiting:
        for name in imported_rooms(waiting.pop()):
            for path in (
                library / f"{name}.py",
                library / name / "__init__.py",
                library / "exercises" / f"{name}.py",
            ):
                if path.exists() and path not in found:
                    found.add(path)
                    waiting.append(path.read_text(encoding="utf-8"))
    return sorted(found)


def without_magics(source):
    """A cell's source as Python: each magic line becomes a `pass`, as deeply indented."""
    return re.sub(r"^(\s*)[%!].*$", r"\1pass", source, flags=re.MULTILINE)


def imported_rooms(source):
    """Names of the library's modules that a Python source imports, anywhere in it."""
    rooms = {"__init__"} if "lrdecay_lib" in source else set()
    tree = ast.parse(without_magics(source))
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (
            node.level or (node.module or "").startswith("lrdecay_lib")
        ):
            module = (node.module or "").removeprefix("lrdecay_lib").strip(".")
            # (inside a subpackage, `..schedules` and `.` are read as if from the top: right, or
            # harmless)
            rooms |= (
                {module.split(".")[0]}
                if module
                else {alias.name for alias in node.names}
            )
        elif isinstance(node, ast.Import):
            rooms |= {
                alias.name.split(".")[1]
                for alias in node.names
                if alias.name.startswith("lrdecay_lib.")
            }
    return rooms


def exercise_files(sources, library=LIBRARY):
    """The modules of the exercises that these sources ask for, which `exercises.get` imports by
    name."""
    numbers = {
        name.rpartition(".")[0]
        for source in sources
        for name in re.findall(r"exercises\.get\(\W([\w.]+)", source)
    }
    return {
        path
        for path in library.glob("exercises/lesson_*.py")
        if exercises.lesson_of(path.stem) in numbers
    }


def bare_code(source):
    """Python without its docstrings, comments and blank lines: what decides the outputs of a
    lesson."""
    lines = source.splitlines()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column]
    for node in ast.walk(ast.parse(source)):
        if (
            isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef))
            and ast.get_docstring(node) is not None
        ):
            text = node.body[0]
            lines[text.lineno - 1 : text.end_lineno] = [""] * (
                text.end_lineno - text.lineno + 1
            )
    return "\n".join(line.rstrip() for line in lines if line.strip())


def reads_ledger(notebook):
    """Whether a lesson sums up what the others found, so that it comes after them."""
    return any("evidence.ledger()" in cell.source for cell in code_of(notebook))


def code_digest(notebook, library=LIBRARY):
    """A digest of everything that decides a lesson's outputs: its code, its tags, and the library
    it imports.

    What installs a missing package decides none, so a book that moves to another address makes no
    lesson stale.
    """
    digest = hashlib.sha256()
    sources = [cell.source for cell in code_of(notebook)]
    for cell in code_of(notebook):
        digest.update(
            repr(
                (
                    re.sub(r"%pip install .*", "", cell.source),
                    sorted(cell.metadata.get("tags", [])),
                )
            ).encode()
        )
    for path in library_files(sources, library):
        digest.update(path.name.encode())
        digest.update(bare_code(path.read_text(encoding="utf-8")).encode())
    if reads_ledger(notebook):
        digest.update((library / "ledger.json").read_bytes())
    return digest.hexdigest()


def read_notebook(path):
    return nbformat.read(path, as_version=4)


def is_stale(text, notebook_path, library=LIBRARY):
    """Whether the lesson's code or the library under it changed since its notebook was run."""
    if not notebook_path.exists():
        return True
    run_with = read_notebook(notebook_path).metadata.get("lrdecay", {}).get("code")
    return run_with != code_digest(from_text(text), library)


def in_step(text, notebook_path):
    """Whether the notebook holds the text's cells, word for word."""

    def words(notebook):
        return [(cell.cell_type, cell.source, cell.metadata) for cell in notebook.cells]

    return words(from_text(text)) == words(read_notebook(notebook_path))


def write_notebook(notebook, path):
    path.write_text(nbformat.writes(notebook, version=4) + "\n", encoding="utf-8")
