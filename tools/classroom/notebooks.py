"""Submitted notebooks as students hand them in, with their accidents: read as far as they can be,
and put in the order of what was released, so that they can be shown safely.

Nothing here runs a student's code, and nothing that a student wrote is taken over but as text.
"""

import ast
import hashlib
import json
import re
import time
from dataclasses import dataclass, field
from functools import cached_property

import nbformat

LARGEST = 100 * 2**20  # bytes of a file; outputs and all
MOST_CELLS = 2_000
MOST_TRIES, MOST_SECONDS = 20_000, 10.0  # to find the cells of a damaged file
LONGEST = 100_000  # characters of a cell
MOST_CHARACTERS = 300_000  # of all cells
MOST_SHOWN = 10_000  # characters of a cell on a page


class Unreadable(Exception):
    """There is no notebook in a file; says why, as a sentence's end that begins with "it"."""


@dataclass(frozen=True)
class Remark:
    """What was found odd in a submission, in a sentence for the teacher and one for the student;
    "" where it does not concern one of them."""

    teacher: str
    student: str = ""


@dataclass
class Cell:
    """A cell as it was handed in: "code" or "text", its words, and its label of nbgrader."""

    kind: str
    source: str
    label: str = ""

    @cached_property
    def names(self):
        """The names that a code cell gives to functions and values."""
        if self.kind != "code":
            return set()
        try:
            tree = ast.parse(
                re.sub(r"^(\s*)[%!].*$", r"\1pass", self.source, flags=re.M)
            )
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return set(
                re.findall(r"^(?:def\s+)?(\w+)\s*(?:=[^=]|\()", self.source, re.M)
            )
        found = set()
        for node in tree.body:
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                found.add(node.name)
            targets = getattr(node, "targets", [getattr(node, "target", None)])
            found |= {target.id for target in targets if isinstance(target, ast.Name)}
        return found


@dataclass
class Submission:
    """The cells of a submitted notebook, and what was odd about its file."""

    cells: list
    remarks: list = field(default_factory=list)


# --- reading --------------------------------------------------------------------------


def digest(path):
    """A digest of a file's bytes."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read(path):
    """The `Submission` in a file, as far as it can be read.

    Raises:
        Unreadable: if there is no cell in it.
    """
    size = path.stat().st_size
    if size > LARGEST:
        raise Unreadable(f"is larger than {LARGEST // 2**20} MB")
    content, remarks = path.read_bytes(), []
    if not content.strip():
        raise Unreadable("is empty")
    for start, what in {b"%PDF": "a PDF", b"PK": "a zip or an office file"}.items():
        if content.startswith(start):
            raise Unreadable(f"is {what} and no notebook")
    text = decode(content, remarks)
    try:
        raw = cells_of(json.loads(text))
    except (ValueError, RecursionError, AttributeError, TypeError, KeyError):
        raw = salvage(text)
        if not raw:
            page = re.match(r"\s*<(!doctype|html|\?xml)", text, re.IGNORECASE)
            why = "is a web page and no notebook" if page else "holds no notebook"
            raise Unreadable(why) from None
        remarks.append(
            Remark(
                f"The file is damaged: {len(raw)} cells could be read.",
                f"Your file is damaged: {len(raw)} cells could be read. Save the notebook "
                "again and hand it in anew.",
            )
        )
    found, left = [], MOST_CHARACTERS
    for cell in filter(None, map(clean, raw[:MOST_CELLS])):
        cell.source = cell.source[: min(LONGEST, left)]
        left -= len(cell.source)
        found.append(cell)
    if len(raw) > MOST_CELLS or left == 0:
        said = f"the first {MOST_CELLS:,} cells and {MOST_CHARACTERS:,} characters were read."
        remarks.append(
            Remark(f"It is very long: {said}", f"Your notebook is very long: {said}")
        )
    if not found:
        raise Unreadable("holds no cells")
    return Submission(found, remarks)


def decode(content, remarks):
    """The text of a file in UTF-8, with or without a mark before it, or whatever else it may
    be."""
    marks = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
    known = next((marks[mark] for mark in marks if content.startswith(mark)), "utf-8")
    try:
        text = content.decode(known)
    except UnicodeDecodeError:
        known, text = "an unknown encoding", content.decode("cp1252", errors="replace")
    if known not in {"utf-8", "utf-8-sig"}:
        remarks.append(
            Remark(
                f"The file is in {known.upper() if '-' in known else known}, not in UTF-8; "
                "letters outside ASCII may be wrong.",
                "Your file is not saved in UTF-8, as Jupyter saves it: letters outside ASCII "
                "may be shown wrong.",
            )
        )
    return text


def cells_of(document):
    """The raw cells of a notebook of format 3 or 4."""
    if "worksheets" in document:
        sheets = document["worksheets"]
        return [cell for sheet in sheets for cell in sheet["cells"]]
    if not isinstance(document["cells"], list):
        raise TypeError("cells")
    return document["cells"]


def salvage(text):
    """The cells of a damaged notebook that are whole."""
    start = re.search(r'"cells"\s*:\s*\[', text)
    found, place = [], start.end() if start else len(text)
    decoder = json.JSONDecoder()
    begin = time.monotonic()
    for _ in range(MOST_TRIES):
        place = text.find("{", place)
        if place < 0 or time.monotonic() - begin > MOST_SECONDS:
            break
        try:
            cell, end = decoder.raw_decode(text, place)
        except (ValueError, RecursionError):
            place += (
                1  # what lies between conflict marks, for example, costs its own cell
            )
            continue
        if "cell_type" in cell:
            found.append(cell)
        place = end
    return found


def clean(raw):
    """A `Cell` of what a file holds as one, or None."""
    if not isinstance(raw, dict):
        return None
    source = raw.get("source", raw.get("input", ""))
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    if not isinstance(source, str):
        return None
    source = source.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    source = source.encode("utf-8", "replace").decode()  # halves of a letter
    data = raw.get("metadata")
    data = data.get("nbgrader") if isinstance(data, dict) else None
    label = data.get("grade_id") if isinstance(data, dict) else None
    for name in (label, raw.get("id")):
        if isinstance(name, str) and re.fullmatch(
            r"(task|answer|check)-\d+(-\d+)+", name
        ):
            break
    else:
        name = ""
    kind = "code" if raw.get("cell_type") == "code" else "text"
    return Cell(kind, source, name)


# --- in the order of what was released ------------------------------------------------


@dataclass
class Placed:
    """A submitted cell, and the id of the exercise whose answer it is, or in whose place it
    stands ("" before the first)."""

    cell: Cell
    exercise: str
    role: (
        str  # "answer", "check" or "released" (both as they were given out), or "other"
    )


def number(label):
    """The exercise of a label: answer-4-1-1 belongs to 4.1.1."""
    return label.partition("-")[2].replace("-", ".")


def bare(source):
    return "".join(source.split())


def place(cells, released, names):
    """Which cell is whose answer.

    Args:
        cells: those of a `Submission`.
        released: the cells that the students got, as a `Submission` has them.
        names: what each exercise asks for: id -> name.

    Returns:
        List of `Placed` in the order of ``cells``, and the remarks.
    """
    put_back = {
        bare(cell.source): cell.label
        for cell in released
        if not cell.label.startswith("answer-")
    }
    wanted = {name: id for id, name in names.items()}
    found, here, foreign, changed = [], "", set(), set()
    for cell in cells:
        role, id = cell.label.partition("-")[0], number(cell.label)
        if id and id not in names:
            foreign.add(id)
            role = id = ""
        defined = [wanted[name] for name in cell.names if name in wanted]
        same = put_back.get(bare(cell.source))
        if same is not None:
            here = number(same) or here
            role = "check" if same.startswith("check-") else "released"
        elif role == "answer" or defined:
            here = (
                id
                if role == "answer" and (id in defined or not defined)
                else defined[0]
            )
            role = "answer"
        else:
            here, role = id or here, "other"
        if same is None and id and cell.label.startswith("check-"):
            changed.add(id)
        found.append(Placed(cell, here, role))
    remarks = _foreign(foreign, names)
    if changed:
        listed = ", ".join(sorted(changed))
        remarks.append(
            Remark(
                f"The check of {listed} was changed, which has no effect on the marks.",
                f"You changed the check of {listed}. Marks do not come from it.",
            )
        )
    return found, remarks + _answers(found, names)


def _foreign(foreign, names):
    others = sorted({id.split(".")[0] for id in foreign}, key=int)
    own = next(iter(names)).split(".")[0]
    if not others:
        return []
    if others == [own]:
        listed = ", ".join(sorted(foreign))
        return [
            Remark(
                f"It holds exercises that this edition has not: {listed}.",
                f"These exercises are of another edition of the book: {listed}.",
            )
        ]
    listed = " and ".join(others)
    return [
        Remark(
            f"It holds cells of section {listed}, which are not marked here.",
            f"Cells of section {listed} are not marked in section {own}: hand them in there.",
        )
    ]


def _answers(found, names):
    """Remarks on answers that are missing, stand twice or have lost their label."""
    remarks = []
    counted = {
        id: [p for p in found if p.exercise == id and p.role == "answer"]
        for id in names
    }
    if not any(placed.cell.label for placed in found):
        remarks.append(
            Remark(
                "All of nbgrader's labels are lost; answers were found by their names.",
                "Your file has lost the labels of its cells; your answers were found by "
                "their names.",
            )
        )
    missing = [id for id in names if not counted[id]]
    if len(missing) == len(names):
        remarks.append(
            Remark(
                "None of the answers that are wanted is in it.",
                "None of the answers that are wanted is in your notebook.",
            )
        )
    elif missing:
        listed = ", ".join(missing)
        remarks.append(
            Remark(
                f"{listed}: the answer cell is missing, and no other cell defines the name.",
                f"{listed}: your notebook has no cell with the answer.",
            )
        )
    defined = set().union(*(placed.cell.names for placed in found))
    for id, name in names.items():
        if counted[id] and name not in defined:
            remarks.append(
                Remark(
                    f"{id}: no cell defines `{name}`.",
                    f"{id}: no cell defines `{name}`. Is the name misspelt?",
                )
            )
    if several := [id for id in names if len(counted[id]) > 1]:
        listed = ", ".join(several)
        remarks.append(
            Remark(
                f"{listed}: the answer stands in more than one cell; they were run in their "
                "order, and what the last one leaves counts.",
                f"{listed}: your answer stands in more than one cell, and what the last one "
                "leaves counts.",
            )
        )
    return remarks


# --- to be shown ----------------------------------------------------------------------


def excerpt(source):
    """As much of a cell as a page shows: what colours code takes minutes for some strange text."""
    source = re.sub(r"\n{4,}", "\n\n\n", "\n".join(map(str.rstrip, source.split("\n"))))
    more = len(source) - MOST_SHOWN
    return (
        source
        if more <= 0
        else f"{source[:MOST_SHOWN]}\n# ... and {more:,} characters more"
    )


def shown(source):
    """A student's text as Markdown that shows it letter by letter and runs nothing."""
    source = excerpt(source)
    longest = max((len(run) for run in re.findall(r"`+", source)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{source}\n{fence}"


def output(text, failed=False):
    """The output of a cell: text, and no more; not even the codes that colour a terminal."""
    text = re.sub(r"\x1b(\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)?)", "", text)
    text = "".join(c for c in text if c.isprintable() or c in "\n\t")
    if failed:
        return nbformat.v4.new_output("stream", name="stderr", text=text)
    return nbformat.v4.new_output("stream", name="stdout", text=text)


def assemble(release, placed, outputs, verdicts, about):
    """The notebook for the feedback and for formgrader: what was released, with the student's
    words in it.

    Args:
        release: the notebook that the students got.
        placed: the student's cells, see `place`.
        outputs: what each of them printed, in the same order.
        verdicts: id -> (whether it is right, what the judge says).
        about: Markdown to stand first.
    """
    markdown, code = nbformat.v4.new_markdown_cell, nbformat.v4.new_code_cell
    groups = {}
    for i, one in enumerate(placed):
        groups.setdefault(one.exercise, []).append(i)
    last = {one.exercise: i for i, one in enumerate(placed) if one.role == "answer"}

    def plain(i):
        cell = placed[i].cell
        if cell.kind == "code":
            said = [output(outputs[i])] if outputs[i] else []
            return code(excerpt(cell.source), outputs=said, id=f"own-{i}")
        return markdown(shown(cell.source), id=f"own-{i}")

    def extras(id):
        return [
            plain(i)
            for i in groups.get(id, [])
            if i != last.get(id)
            and placed[i].role in {"answer", "other"}
            and placed[i].cell.source.strip()
        ]

    cells = [markdown(about, id="marks")] if about else []
    for original in release.cells:
        cell = nbformat.from_dict(json.loads(json.dumps(original)))
        label = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        if label.startswith("answer-"):
            id = number(label)
            i = last.get(id)
            cells += extras(id)
            cell.source = excerpt(placed[i].cell.source) if i is not None else ""
            cell.outputs = [output(outputs[i])] if i is not None and outputs[i] else []
        elif label.startswith("check-"):
            right, words = verdicts[number(label)]
            cell.outputs = [output(words, failed=not right)]
        cells.append(cell)
        if cell.get("id") == "imports":
            cells += extras("")
    notebook = nbformat.v4.new_notebook(cells=cells, metadata=release.metadata)
    nbformat.validate(notebook)
    return notebook
