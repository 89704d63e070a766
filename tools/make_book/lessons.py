"""Lessons on disk: the text that authors edit (.md) and the notebook that was run from it
(.ipynb)."""

import ast
import functools
import hashlib
import io
import json
import os
import posixpath
import re
import sys
import tempfile
import tokenize
import tomllib
from pathlib import Path

import jupytext
import nbformat
import yaml

from lrdecay_lib import exercises

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = ROOT / "chapters"
LIBRARY = ROOT / "lrdecay_lib"
if not Path(exercises.__file__).resolve().is_relative_to(LIBRARY):
    sys.exit(  # its digest would be stored with lessons that another library computed
        f"This Python has the library of another folder, {Path(exercises.__file__).parents[1]}, "
        f"and not that of {ROOT}: run `make environment` here."
    )
KERNELS = (
    ROOT / "tools" / "make_book" / "jupyter"
)  # the kernel that lessons are run with, here and in the tests


def texts(folder=CHAPTERS):
    """The lessons' text sources, in the article's order."""
    return sorted(folder.glob("*/*.md"))


class Unreadable(ValueError):
    """A file of the book that cannot be read; its message is one sentence that names the file."""


def named(path):
    """A path as the author knows it."""
    path = Path(path)
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else str(path)


def read_words(path):
    """A text of the book, or a sentence on why it is none."""
    try:
        words = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(
            f"{named(path)} is not written in UTF-8 (byte {error.start}): save it as UTF-8."
        ) from None
    except OSError as error:
        raise Unreadable(f"{named(path)} cannot be read: {error.strerror}.") from None
    conflict = re.search(r"^(<{7} |>{7} )", words, re.MULTILINE)
    if conflict:
        line = words.count("\n", 0, conflict.start()) + 1
        raise Unreadable(
            f"{named(path)} holds the marks of a merge conflict (line {line}): "
            + (
                "resolve it in the text, then "
                f"`git checkout HEAD -- {named(path)}` and `make execute`."
                if path.suffix == ".ipynb"
                else "resolve it and run make again."
            )
        )
    return words


# --- links that work wherever a lesson is read ----------------------------------------

RELATIVE = re.compile(
    r"""(?P<before>\]\(<?|href=["']|^\[[^]\n]+\]:[ ]*<?)"""
    r"""(?P<page>(?![a-z]+:|[#/])[\w./-]+)\.(?:md|ipynb)(?P<rest>(?:\#[\w.-]+)?(?=[)\s"'>]|$))""",
    re.MULTILINE,
)


def site(root=ROOT):
    """The published site's address, without the slash at its end; _config.yml holds it."""
    return yaml.safe_load(read_words(root / "_config.yml"))["html"]["baseurl"].rstrip(
        "/"
    )


def root_of(path):
    """The book that a lesson belongs to; this one, for a file that lies in none."""
    root = Path(path).resolve().parents[2]
    return root if (root / "_config.yml").exists() else ROOT


def place_of(path):
    """The folder of a lesson inside its book, such as chapters/en."""
    return "/".join(Path(path).resolve().parts[-3:-1])


def links_to_site(source, path):
    """A lesson's Markdown with its links to pages of the book as addresses of the published site.

    In the text such links lead from file to file, so that an editor follows them. Read in Colab,
    on GitHub or alone, a notebook has no files beside it, and some pages are made at build time.
    """
    home, place = site(root_of(path)), place_of(path)

    def published(found):
        page = posixpath.normpath(posixpath.join(place, found["page"]))
        if page.startswith(".."):
            return found[0]
        return f"{found['before']}{home}/{page}.html{found['rest']}"

    return RELATIVE.sub(published, source)


def links_to_files(source, path, keep=lambda page: True):
    """The other way: links to the published site as links from file to file, where keep(page)."""
    place = place_of(path)

    def beside(found):
        if not keep(found[1]):
            return found[0]
        suffix = "ipynb" if found[1].startswith("chapters/") else "md"
        return f"{posixpath.relpath(found[1], place)}.{suffix}"

    return re.sub(
        re.escape(site(root_of(path))) + r"/([\w./-]+?)\.html(?![\w.])", beside, source
    )


# --- text and notebook ----------------------------------------------------------------


def from_text(text):
    """The notebook that a text source describes, not yet run.

    Its cell ids and metadata are made from the text alone, so that running it twice gives one
    notebook.
    """
    words = read_words(text)
    try:
        notebook = jupytext.reads(words, fmt="md:myst")
    except (
        Exception
    ) as error:  # a front matter or a cell's options that are no YAML, and the like
        reason = " ".join(str(error).split())[:200]
        raise Unreadable(f"{named(text)} is no text of a lesson: {reason}") from None
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
        if cell.cell_type == "markdown":
            cell.source = links_to_site(cell.source, text)
        elif folded(cell):  # outside the site too
            cell.metadata |= {"cellView": "form", "jupyter": {"source_hidden": True}}
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    return notebook


def to_text(notebook, text):
    """The words of the text that describes the notebook's cells; the front matter of the text,
    if there is one, stays as it is."""
    plain = nbformat.from_dict(notebook)
    plain.metadata = nbformat.from_dict(
        {
            "kernelspec": {
                "name": "python3",
                "display_name": "Python 3",
                "language": "python",
            },
            "language_info": {"name": "python", "pygments_lexer": "ipython3"},
        }
    )
    for cell in plain.cells:
        cell.metadata = nbformat.from_dict(tidy(cell.metadata))
        if cell.cell_type == "markdown":
            cell.source = links_to_files(cell.source, text)
    words = jupytext.writes(plain, fmt="md:myst")
    head = re.compile(r"\A---\n.*?^---\n", re.MULTILINE | re.DOTALL)
    if text.exists():
        front = head.match(read_words(text))
        words = (front[0] if front else "") + head.sub("", words)
    else:  # what jupytext adds of its own version says nothing about the lesson
        words = re.sub(
            r"^ +(format_version|jupytext_version):.*\n", "", words, flags=re.M
        )
    return words


def code_of(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def folded(cell):
    """Whether a reader sees the cell's title, and its code only on asking."""
    return "hide-input" in cell.metadata.get("tags", [])


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


@functools.lru_cache(maxsize=512)  # a library's file is one of many lessons'
def imported_rooms(source):
    """Names of the library's modules that a Python source imports, anywhere in it."""
    rooms = {"__init__"} if "lrdecay_lib" in source else set()
    try:
        tree = ast.parse(without_magics(source))
    except SyntaxError:  # running the lesson says what is wrong, and where
        return frozenset(rooms)
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
    return frozenset(rooms)


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


@functools.lru_cache(maxsize=512)
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
    declared = tomllib.loads((library / "claims.toml").read_text(encoding="utf-8"))
    for name, table in declared.items():
        if any(f'"{name}"' in source for source in sources):
            digest.update(repr((name, table)).encode())
    if reads_ledger(notebook):
        from lrdecay_lib import findings  # with pandas: only here

        def of_part_one(claim):
            return findings.section(claim) < findings.PART_TWO

        rows = json.loads((library / "ledger.json").read_text(encoding="utf-8"))
        own = [name for name in declared if any(f'"{name}"' in s for s in sources)]
        if all(map(of_part_one, own)):  # it sums up part one alone
            rows = [row for row in rows if of_part_one(row["claim"])]
        for row in rows:
            row.pop("cell", None)  # where a verdict stands in its lesson
        digest.update(json.dumps(rows, ensure_ascii=False).encode())
    return digest.hexdigest()


def read_notebook(path):
    """The notebook in a file.

    Raises:
        Unreadable: with a sentence that names the file and says what to do.
    """
    words = read_words(path)
    try:
        notebook = nbformat.reads(words, as_version=4)
        nbformat.validate(notebook)
    except Exception as error:  # nbformat raises what its parser and its schema raise
        reason = " ".join(str(error).split())[:120] or type(error).__name__
        raise Unreadable(
            f"{named(path)} is no whole notebook ({reason}): get it back with `git checkout -- "
            f"{named(path)}`, or delete it and run `make execute`."
        ) from None
    return notebook


def is_stale(text, notebook_path, library=LIBRARY):
    """Whether the lesson's code or the library under it changed since its notebook was run."""
    if not notebook_path.exists():
        return True
    run_with = read_notebook(notebook_path).metadata.get("lrdecay", {}).get("code")
    return run_with != code_digest(from_text(text), library)


# What programs write into a cell's metadata when they save a notebook that nobody changed
NOISE = {
    "ExecuteTime",
    "colab",
    "cellView",
    "collapsed",
    "editable",
    "execution",
    "id",
    "jupyter",
    "outputId",
    "pycharm",
    "scrolled",
    "slideshow",
    "trusted",
    "vscode",
}


def tidy(metadata):
    """A cell's metadata without what says nothing about the lesson."""
    return {
        key: value
        for key, value in metadata.items()
        if key not in NOISE and not (key == "tags" and not value)
    }


def words_of(notebook):
    """What an author can change of each cell: its kind, source, metadata and attachments."""
    return [
        (
            cell.cell_type,
            cell.source,
            tidy(cell.metadata),
            cell.get("attachments") or {},
        )
        for cell in notebook.cells
    ]


def in_step(text, notebook_path):
    """Whether the notebook holds the text's cells, word for word."""
    return words_of(from_text(text)) == words_of(read_notebook(notebook_path))


def digest_of(value):
    return hashlib.sha256(
        json.dumps(value, sort_keys=True, ensure_ascii=False).encode()
    ).hexdigest()


def record(notebook):
    """Digests of a notebook's cells and of its outputs, which show later whether somebody changed
    them. How often its cells were run before it was saved is no change."""
    outputs = [
        [
            {key: value for key, value in output.items() if key != "execution_count"}
            for output in cell.outputs
        ]
        for cell in code_of(notebook)
    ]
    return {"cells": digest_of(words_of(notebook)), "outputs": digest_of(outputs)}


def edits(notebook):
    """What of a notebook is not as `write_notebook` wrote it: "cells", "outputs", both or
    nothing."""
    written = notebook.metadata.get("lrdecay", {})
    return [
        part for part, is_now in record(notebook).items() if written.get(part) != is_now
    ]


def what_was_edited(text, notebook_path):
    """A sentence on what somebody changed in a notebook and would lose if it were written again,
    or None."""
    if not notebook_path.exists():
        return None
    notebook = read_notebook(notebook_path)
    edited = edits(notebook)
    if not edited:
        return None
    name, lesson = named(notebook_path), f"LESSON={notebook_path.stem}"
    aside = (
        f"`make aside {lesson}` puts it into {EDITED}/ and makes it again from the text"
    )
    if "cells" not in edited:
        return f"{name} holds an output that no run of its cells gave: {aside}."
    if not text.exists():
        return f"{name} has no text: `make take {lesson}` writes one from its cells."
    here, there = words_of(notebook), words_of(from_text(text))
    if here == there and "outputs" not in edited:
        return None  # the text has it all
    if "cells" not in notebook.metadata.get("lrdecay", {}):
        what = "was not written by `make execute`"
    else:
        number = next(
            (i for i, (a, b) in enumerate(zip(here, there, strict=False)) if a != b),
            min(len(here), len(there)),
        )
        what = f"was edited since it was run (see its cell {number})"
    return (
        f"{name} {what}, and {named(text)} is the source: `make take {lesson}` writes the "
        f"notebook's cells into the text, {aside}."
    )


EDITED = "edited"  # where a changed file waits for its author


def write_whole(path, words):
    """Write a file at once or not at all: who reads it, or is interrupted, never finds half."""
    handle, draft = tempfile.mkstemp(
        dir=path.parent, prefix=f".{path.name}.", suffix=".part"
    )
    try:
        with open(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(words)
            file.flush()
            os.fsync(file.fileno())
        mode = path.stat().st_mode if path.exists() else 0o666 & ~_umask()
        os.chmod(draft, mode & 0o777)
        os.replace(draft, path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


def _umask():
    mask = os.umask(0)
    os.umask(mask)
    return mask


def write_notebook(notebook, path):
    """Write a notebook with the record by which a later change of it is noticed."""
    notebook = nbformat.reads(nbformat.writes(notebook, version=4), as_version=4)
    notebook.metadata["lrdecay"] = {
        **notebook.metadata.get("lrdecay", {}),
        **record(notebook),
    }
    write_whole(path, nbformat.writes(notebook, version=4) + "\n")
