"""Takes what a learning management system gives out, a zip or a folder, and puts each notebook
where marking looks for it: submitted/STUDENT/section_4/section_4.ipynb.

Known are the names that Canvas and Moodle give (in a zip, or unpacked), and plain ones: a folder
for each student, or the student's name in the file's. A roster, students.csv, decides who is who
where there is one.
"""

import csv
import json
import re
import shutil
import tempfile
import unicodedata
import zipfile
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

import notebooks

MOODLE = re.compile(
    r"(?P<name>.+?)_(?P<id>\d+)_assignsubmission_(file|onlinetext)_?(?P<rest>.*)"
)
CANVAS = re.compile(
    r"(?P<name>[^_/]+)(?P<late>_late)?_(?P<id>\d+)_\d+_(?P<rest>.+)", re.IGNORECASE
)
SECTION = re.compile(r"[ _.-]*section[ _-]*(\d+)(?!\d)[ _.-]*", re.IGNORECASE)
AGAIN = re.compile(
    r"[ _-]*(\(\d+\)|copy|-\d+)$", re.IGNORECASE
)  # what browsers and Canvas add
NOTEBOOKS = (".ipynb", ".ipynb.txt", ".ipynb.json", ".json")
PASSED_OVER = re.compile(
    r"(^|/)(__MACOSX|\.ipynb_checkpoints)/|(^|/)(\._[^/]*|\.DS_Store|Thumbs\.db)$"
)
MOST_FILES = 20_000


@dataclass
class File:
    """A file as it came: its path, who handed it in, and where it lies now."""

    path: str
    place: Path
    time: datetime | None = None
    name: str = ""
    lms: str = "plain"
    id: str = ""
    late: bool = False
    rest: str = ""  # the file's name as the student had it


class Problem(Exception):
    """Why a file has no place, as a sentence's end."""


def collect(source, folder, sections):
    """Place all notebooks of ``source`` (a zip or a folder) in the course's folder.

    Args:
        sections: numbers of the sections that there are.

    Returns:
        Sentences on what was placed, and sentences on what was not.
    """
    known = read_known(folder)
    roster = Roster(folder / "students.csv")
    with opened(source) as files:
        inhabited = Counter(
            str(PurePosixPath(file.path).parent)
            for file in files
            if _is_notebook(file.path)
        )
        waiting, placed, not_placed = {}, [], []
        for file in files:
            try:
                if not _is_notebook(file.path):
                    raise Problem("is no notebook")
                whose(file, inhabited)
                student = roster.find(file) if roster else student_of(file, known)
                section = section_of(file, sections, placed)
            except Problem as why:
                not_placed.append(f"{printable(file.path)} {why}.")
                continue
            waiting.setdefault((student, section), []).append(file)
        for (student, section), candidates in sorted(waiting.items()):
            *older, newest = sorted(candidates, key=_attempt)
            for other in older:
                placed.append(
                    f"{student}, section_{section}: {printable(newest.path)} is taken, and "
                    f"{printable(other.path)} is left out."
                )
            entry = known.setdefault(student, {})
            entry.update(name=newest.name, lms=newest.lms, id=newest.id)
            late = {*entry.get("late", []), f"section_{section}"}
            entry["late"] = sorted(
                late if newest.late else late - {f"section_{section}"}
            )
            placed.append(put(newest, folder, student, section))
    write_known(folder, known)
    return placed, not_placed


def _is_notebook(path):
    return path.lower().endswith(NOTEBOOKS)


def printable(text):
    """A name that a stranger chose, fit for a line of a terminal."""
    return "".join(c if c.isprintable() else "?" for c in text)[:120]


@contextmanager
def opened(source):
    """The files of a zip or a folder; a zip is read into a folder of its own, under names of
    ours."""
    if not source.exists():
        raise Problem(f"{source} is not there")
    with tempfile.TemporaryDirectory(prefix="collect-") as room:
        if source.is_dir():
            paths = sorted(path for path in source.rglob("*") if not path.is_dir())
            files = [
                File(path.relative_to(source).as_posix(), path)
                for path in paths[:MOST_FILES]
                if path.is_file() and not path.is_symlink()
            ]
        elif zipfile.is_zipfile(source):
            files = list(unpacked(source, Path(room)))
        else:
            raise Problem(f"{source} is neither a folder nor a zip")
        yield [file for file in files if not PASSED_OVER.search(file.path)]


def unpacked(source, room):
    """The files of a zip. Its paths are names only: nothing is written where they point."""
    with zipfile.ZipFile(source) as archive:
        for number, entry in enumerate(archive.infolist()[:MOST_FILES]):
            link = (entry.external_attr >> 16) & 0o170000 == 0o120000
            if entry.is_dir() or link or PASSED_OVER.search(entry.filename):
                continue
            place = room / str(number)
            if _is_notebook(entry.filename):
                try:
                    with archive.open(entry) as packed, open(place, "wb") as file:
                        # one byte more than may be read says that it is too large
                        _copy(packed, file, notebooks.LARGEST + 1)
                except (
                    zipfile.BadZipFile,
                    RuntimeError,
                    NotImplementedError,
                    OSError,
                    EOFError,
                ):
                    place.write_bytes(
                        b""
                    )  # damaged or encrypted: read as an empty file
            try:
                when = datetime(*entry.date_time).astimezone(UTC)
            except (ValueError, OverflowError):
                when = None
            if (
                when is not None and when.year <= 1980
            ):  # what zips write who know no time
                when = None
            yield File(entry.filename.replace("\\", "/").lstrip("/"), place, when)


def _copy(source, target, most):
    while most > 0 and (part := source.read(min(most, 2**20))):
        target.write(part)
        most -= len(part)


def whose(file, inhabited):
    """Find in a file's path who handed it in, and note it there."""
    path = PurePosixPath(file.path)
    for part in (*path.parts[:-1], path.name):
        if match := MOODLE.fullmatch(part):
            file.lms, file.name, file.id = "moodle", match["name"], match["id"]
            file.rest = (
                match["rest"] if part == path.name and match["rest"] else path.name
            )
            return
    if match := CANVAS.fullmatch(path.name):
        file.lms, file.name, file.id = "canvas", match["name"], match["id"]
        file.rest, file.late, file.time = match["rest"], bool(match["late"]), None
        return
    file.rest = path.name
    stem = re.sub(r"(\.ipynb)?(\.txt|\.json)?$", "", path.name, flags=re.IGNORECASE)
    stem = AGAIN.sub("", stem)
    bare = SECTION.sub("", stem, count=1)
    folders = [part for part in path.parts[:-1] if not SECTION.fullmatch(part)]
    alone = inhabited[str(path.parent)] == 1 or SECTION.fullmatch(
        path.parent.name or "-"
    )
    if SECTION.search(stem):
        file.name = bare or (folders[-1] if folders else "")
    else:
        file.name = folders[-1] if folders and alone else stem
    if not file.name:
        raise Problem("does not say whose it is")


def student_of(file, known):
    """The id of a student, which is also the name of a folder."""
    name = unicodedata.normalize("NFC", file.name)
    slug = re.sub(r"[^\w.@-]+", "_", name).strip("._-")[:60]
    if not slug:
        raise Problem("does not say whose it is")
    same = {other.casefold(): other for other in known}
    slug = same.get(slug.casefold(), slug)
    other = known.get(slug, {}).get("id", "")
    if file.id and other and other != file.id:  # two of one name
        slug = f"{slug}-{file.id}"
    if file.id or slug not in known:
        known.setdefault(slug, {"name": file.name, "lms": file.lms, "id": file.id})
    return slug


def _key(text):
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(c for c in plain if c.isalnum())


class Roster:
    """students.csv: a column ``student_id`` and any others (names, an email address, the system's
    number); who is found in any of them is meant."""

    def __init__(self, path):
        self.keys = {}
        if not path.exists():
            return
        with open(path, encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                id = (row.get("student_id") or "").strip()
                if not re.fullmatch(r"\w[\w.@-]*", id):
                    continue
                values = [value for value in row.values() if isinstance(value, str)]
                names = [row.get("first_name") or "", row.get("last_name") or ""]
                values += ["".join(names), "".join(reversed(names))]
                values += [value.partition("@")[0] for value in values if "@" in value]
                for value in values:
                    if _key(value):
                        self.keys.setdefault(_key(value), set()).add(id)

    def __bool__(self):
        return bool(self.keys)

    def find(self, file):
        for value in (file.id, file.name):
            found = self.keys.get(_key(value), set()) if value else set()
            if len(found) == 1:
                return next(iter(found))
            if found:
                raise Problem(f"could be of {' or '.join(sorted(found))}")
        raise Problem(f"is of {printable(file.name)}, who is not in students.csv")


def section_of(file, sections, remarks):
    """The section that a notebook belongs to: by the labels of its cells, or else by its name."""
    named = SECTION.search(file.rest) or SECTION.search(file.path)
    named = int(named[1]) if named else None
    try:
        cells = notebooks.read(file.place).cells
        labels = Counter(
            int(notebooks.number(cell.label).split(".")[0])
            for cell in cells
            if cell.label
        )
    except notebooks.Unreadable as why:
        if named in sections:
            return named  # marking says why, to the student too
        raise Problem(f"{why}") from None
    held = labels.most_common(1)[0][0] if labels else named
    if held is None:
        raise Problem("does not say which section it is of")
    if held not in sections:
        raise Problem(f"is of section {held}, which there is not")
    if named is not None and named != held:
        remarks.append(
            f"{printable(file.path)} is called section {named} and holds section {held}: it is "
            "placed there."
        )
    return held


def _attempt(file):
    """Later attempts come last: by the number that Canvas or a browser adds, by time, by name."""
    number = re.search(r"(?:-|\()(\d+)\)?\.ipynb$", file.rest)
    moment = file.time.timestamp() if file.time else 0.0
    return (moment, int(number[1]) if number else 0, file.path)


def put(file, folder, student, section):
    """Copy a file to its place; what lay there is kept under earlier/."""
    name = f"section_{section}"
    path = folder / "submitted" / student / name / f"{name}.ipynb"
    who = f"{student}, {name}"
    if path.exists() and notebooks.digest(path) == notebooks.digest(file.place):
        return f"{who}: as before."
    said = f"{who}: placed."
    if path.exists():
        earlier = folder / "earlier" / student
        earlier.mkdir(parents=True, exist_ok=True)
        number = len(list(earlier.glob(f"{name}-*.ipynb"))) + 1
        kept = earlier / f"{name}-{number}.ipynb"
        shutil.move(path, kept)
        said = f"{who}: placed anew; the earlier one is kept as {kept.relative_to(folder)}."
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(file.place, path)
    stamp = path.with_name("timestamp.txt")
    stamp.unlink(missing_ok=True)
    if file.time is not None:
        stamp.write_text(f"{file.time:%Y-%m-%d %H:%M:%S} UTC\n", encoding="utf-8")
    return said


def read_known(folder):
    """What is known of the students that files came from: id -> name, system, number there."""
    path = folder / "collected.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def write_known(folder, known):
    path = folder / "collected.json"
    text = json.dumps(dict(sorted(known.items())), ensure_ascii=False, indent=1)
    fresh = path.with_suffix(".new")
    fresh.write_text(text + "\n", encoding="utf-8")
    fresh.replace(path)
