"""The exercises as a course: made, collected, marked, and counted.

    make [FOLDER]              write the course
    collect FOLDER FROM        place what an LMS gave out: a zip or a folder
    due FOLDER SECTION TIME    say when a section is to be handed in
    grade [FOLDER] [SECTION]   mark what is new

FOLDER is `classroom` if none is given. None of them deletes a submission, a comment or a point
that was given by hand.
"""

import argparse
import hashlib
import json
import multiprocessing
import os
import sys
import tempfile
import traceback
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

import course
import notebooks
import sandbox
import tables
from collect import Problem, collect, read_known
from marking import Record, _unread, mark

AT_ONCE = max(1, min(os.cpu_count() or 1, 8))


class Log:
    """What a run says, on the screen and in a file of its own."""

    def __init__(self, folder):
        self.lines = []
        self.path = folder / "logs" / f"{datetime.now():%Y-%m-%d_%H-%M-%S}.log"

    def say(self, line):
        print(line)
        self.note(line)

    def note(self, line):
        self.lines.append(line)

    def progress(self, done, of):
        """How far it is, where somebody is looking."""
        if sys.stderr.isatty():
            print(
                f"\r{done} of {of} marked",
                end="\r" if done == of else "",
                file=sys.stderr,
            )

    def write(self):
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text("\n".join(self.lines) + "\n", encoding="utf-8")


@dataclass(frozen=True)
class Job:
    """A submission to be marked."""

    folder: Path
    student_id: str
    number: int
    digest: str

    @property
    def name(self):
        return f"section_{self.number}"

    @property
    def submitted(self):
        return self.folder / "submitted" / self.student_id / self.name

    @property
    def record(self):
        return self.folder / "marks" / self.student_id / f"{self.name}.json"

    def who(self):
        return f"{self.student_id}, {self.name}"

    def done(self):
        """The record of this very file, if it was marked."""
        try:
            plain = json.loads(self.record.read_text(encoding="utf-8"))
            return read_record(self.record) if plain["digest"] == self.digest else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def keep(self, record):
        self.record.parent.mkdir(parents=True, exist_ok=True)
        plain = {"digest": self.digest, **record.plain()}
        fresh = self.record.with_suffix(".new")
        fresh.write_text(
            json.dumps(plain, indent=1, ensure_ascii=False) + "\n", "utf-8"
        )
        fresh.replace(self.record)


def read_record(path):
    """The `Record` that `Job.keep` wrote."""
    plain = json.loads(path.read_text(encoding="utf-8"))
    plain.pop("digest")
    return Record.of(plain)


def notebook_in(place, name):
    """The notebook in a folder of a submission, and what is wrong with it (or "")."""
    found = [
        path for path in sorted(place.iterdir()) if path.suffix.lower() == ".ipynb"
    ]
    exact = place / f"{name}.ipynb"
    path = exact if exact in found else found[0] if len(found) == 1 else None
    if path is None:
        listed = ", ".join(path.name for path in found or sorted(place.iterdir()))
        return None, f"{name}.ipynb is looked for, and there is {listed or 'nothing'}"
    if path.is_symlink() or place.is_symlink() or not path.is_file():
        return None, f"{path.name} is a link or a folder, and no file"
    return path, ""


def digest_of(place, name, release):
    """A digest of all that decides what is told of a submission: its file, when it came, and
    what was released."""
    path, problem = notebook_in(place, name)
    parts = [problem or notebooks.digest(path), notebooks.digest(release)]
    stamp = place / "timestamp.txt"
    parts += [notebooks.digest(stamp)] if stamp.is_file() else []
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


@cache
def _section(folder, number):
    return course.Section(number, folder)


def do(job, box):
    """Mark one submission, in a process of its own; returns its record and the notebook to be
    shown."""
    section = _section(job.folder, job.number)
    path, problem = notebook_in(job.submitted, job.name)
    if path is None:
        return _unread(job.student_id, section, "", problem)
    record, shown = mark(path, job.student_id, section, box)
    if path.name != f"{job.name}.ipynb":
        record.teacher.insert(0, f"The file was called {path.name}.")
    return record, shown


def write_feedback(folder, student_id, name):
    """The page to give back, in a process of its own."""
    import gradebook

    return gradebook.feedback(_nbgrader(folder), folder, student_id, name)


@cache
def _nbgrader(folder):
    return course.nbgrader(folder)


def jobs_of(folder, section, student):
    """The submissions that were asked for."""
    found = []
    released = {path.name for path in folder.glob("release/section_*")}
    for place in sorted(folder.glob("submitted/*/section_*")):
        number = place.name.removeprefix("section_")
        if not place.is_dir() or place.name not in released or not number.isdecimal():
            continue
        if section not in (None, int(number)) or student not in (
            None,
            place.parent.name,
        ):
            continue
        release = folder / "release" / place.name / f"{place.name}.ipynb"
        digest = digest_of(place, place.name, release)
        found.append(Job(folder, place.parent.name, int(number), digest))
    return found


def try_sandbox(box, folder, log):
    """Try to break out of the sandbox first, and say in a line what held."""
    tried = box.test(folder / "gradebook.db", folder)
    held = [what for what, kept in tried if kept]
    broken = [what for what, kept in tried if not kept]
    name = {"container": f"a container of {box.engine}"}.get(box.kind, box.kind)
    if box.kind == "limits":
        log.say(
            f"WARNING: {box.why}, so students' code is NOT shut in: it runs with your rights, and "
            "can read and change your files, the gradebook and others' submissions, and use the "
            f"network. Tested: {'; '.join(held)}."
        )
    elif not broken:
        log.say(f"Sandbox ({name}), tested just now: {'; '.join(held)}.")
    if broken:
        log.say(
            f"NOT PROTECTED: these did not hold when tried just now: {'; '.join(broken)}."
        )
    return box.kind == "limits" or not broken


def grade(
    folder,
    section=None,
    student=None,
    again=False,
    engine="",
    image="",
    limits=sandbox.Limits(),
):
    """Mark what is new, with feedback and tables; returns a sentence if something needs the
    teacher."""
    folder = folder.resolve()
    if not (folder / "gradebook.db").exists():
        return f"There is no course in {folder}: run `make classroom` first."
    jobs = jobs_of(folder, section, student)
    if not jobs:
        wanted = f"section_{section or 4}"
        return (
            f"Nothing was submitted: {folder / 'submitted'}/{student or 'STUDENT'}/{wanted}/"
            f"{wanted}.ipynb is looked for. `make collect FROM=zip-or-folder` places files there."
        )
    log = Log(folder)
    if "MarkedElsewhere" not in (folder / "nbgrader_config.py").read_text(
        encoding="utf-8"
    ):
        log.say(
            "WARNING: nbgrader_config.py is of an earlier edition, in which nbgrader's own "
            "Autograde runs students' code with your rights. Rename it, run `make classroom`, "
            "and take over your changes."
        )
    waiting = [job for job in jobs if again or student or job.done() is None]
    for job in jobs:
        if job not in waiting:
            log.note(
                f"{job.who()}: skipped, as it was marked before and has not changed."
            )
    if len(waiting) < len(jobs):
        log.say(f"{len(jobs) - len(waiting)} were marked before and have not changed.")
    with tempfile.TemporaryDirectory(prefix="classroom-") as room:
        Path(room).chmod(0o755)
        library = course.library(Path(room) / "library")
        try:
            if waiting:
                box = sandbox.choose(library, engine, image, limits)
                if not try_sandbox(box, folder, log):
                    log.write()
                    return "Nothing was marked, because the sandbox does not hold."
                _mark_all(waiting, box, log)
        except sandbox.Ended as end:
            log.write()
            return f"Nothing more was marked: the sandbox {end}."
    problems = tell(folder, jobs, waiting, log)
    log.write()
    return problems


def _mark_all(jobs, box, log):
    """Mark submissions, several at once, and write each into the gradebook as it comes."""
    import gradebook

    def failed(job, what, error):
        lines = traceback.format_exception(error)
        log.note("".join(lines))
        log.say(f"{job.who()}: {what}: {lines[-1].strip()}")

    done = []
    # fresh processes: a copy of one that holds TensorFlow dies when it collects its garbage
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(AT_ONCE, len(jobs)), mp_context=fresh) as pool:
        waiting = {pool.submit(do, job, box): job for job in jobs}
        with _nbgrader(jobs[0].folder).gradebook as book:
            for number, future in enumerate(as_completed(waiting), 1):
                log.progress(number, len(jobs))
                job = waiting[future]
                try:
                    record, shown = future.result()
                except Exception as error:  # one submission never stops the others
                    failed(job, "marking it failed", error)
                    continue
                submitted, problem = gradebook.handed_in(job.submitted)
                if problem:
                    record.teacher.append(problem)
                gradebook.write_marked(job.folder, record, shown)
                gradebook.store(book, record, submitted)
                done.append((job, record))
        pages = {
            pool.submit(write_feedback, job.folder, job.student_id, job.name): (
                job,
                record,
            )
            for job, record in done
        }
        for future in as_completed(pages):
            job, record = pages[future]
            what = "the page of feedback could not be written"
            try:
                problem = future.result()
            except Exception as error:
                failed(job, what, error)
                continue
            if problem:
                log.say(f"{job.who()}: {what}: {problem}.")
            else:  # only now is it marked
                job.keep(record)


def tell(folder, jobs, marked, log):
    """Report, tables and pages, all from the gradebook; returns what needs the teacher, or None."""
    import gradebook

    with _nbgrader(folder).gradebook as book:
        rows = gradebook.rows(book)
    known, found = (
        read_known(folder),
        {(row.student_id, row.assignment): row for row in rows},
    )
    unread, refused = [], []
    for job in jobs:
        row, record = found.get((job.student_id, job.name)), job.done()
        if row is None or record is None:
            kept = " Its earlier points stay." if row and row.marked else ""
            unread.append(f"{job.who()}: marking it failed, see {log.path}.{kept}")
            continue
        if row.problem:
            refused.append(f"{job.who()}: {row.problem}.")
        if not record.read:
            unread.append(f"{job.who()}: {tables.one_line(record.teacher[0])}")
        if job not in marked:
            continue
        late = tables.hours(
            row, job.name in known.get(job.student_id, {}).get("late", [])
        )
        late = {"": "", "0": "", "yes": ", late"}.get(late, f", {late} hours late")
        log.say(f"{job.who()}: {row.score:g} of {row.most:g}{late}")
        if row.by_hand:
            log.say(
                f"{job.who()}: {', '.join(row.by_hand)} keeps the points that you gave by hand."
            )
        for sentence in record.teacher:
            log.say(f"{job.who()}: {tables.one_line(sentence)}")
        for id, one in record.marks.items():
            log.note(f"  {id}: {one.outcome}, {one.points} of {one.most}")
    write_tables(folder, rows, known)
    log.say(
        f"The grades are in {folder / 'grades.csv'} and {folder / 'lms'}, the feedback is in "
        f"{folder / 'feedback'}, and how the class did is in {folder / 'class'}."
    )
    said = []
    if unread:
        said += ["These could not be marked, and have no points:", *unread]
    if refused:
        said += [
            "These have points that cannot be, and stand empty in the tables:",
            *refused,
        ]
    for line in said:
        log.note(line)
    return "\n".join(said) or None


def write_tables(folder, rows, known):
    """All tables and the pages on the class."""
    for name in ("lms", "class"):
        (folder / name).mkdir(exist_ok=True)
    files = {
        "grades.csv": tables.grades(rows, known),
        "lms/by_student.csv": tables.by_student(rows, known),
        "lms/canvas.csv": tables.canvas(rows, known),
        **{
            f"lms/moodle_{name}.csv": text
            for name, text in tables.moodle(rows, known).items()
        },
    }
    for name in sorted({row.assignment for row in rows}):
        paths = sorted(folder.glob(f"marks/*/{name}.json"))
        records = [read_record(path) for path in paths]
        files[f"class/{name}.html"] = tables.of_class(name, records)
    for name, text in files.items():
        if text is not None:
            (folder / name).write_text(text, encoding="utf-8", newline="")


def take(folder, source):
    """Place what an LMS gave out; returns what has no place, or None."""
    if not str(source):
        return "FROM=zip-or-folder is missing: what is to be collected?"
    source = Path(source).expanduser()
    if not (folder / "gradebook.db").exists():
        return f"There is no course in {folder}: run `make classroom` first."
    try:
        placed, not_placed = collect(source, folder, set(course.sections()))
    except Problem as why:
        return f"{why}."
    for line in placed:
        print(line)
    if not placed and not not_placed:
        return f"There is no file in {source}."
    return "\n".join(["These were not placed:", *not_placed]) if not_placed else None


def due(folder, section, text):
    """Set when a section is to be handed in; returns what is wrong, or None."""
    import gradebook
    from nbgrader.api import MissingEntry

    if not (folder / "gradebook.db").exists():
        return f"There is no course in {folder}: run `make classroom` first."
    try:
        moment = gradebook.in_utc(text)
    except (ValueError, OverflowError):
        return f"DATE={text!r} is no date. Write it as 2026-12-01 23:59."
    with course.nbgrader(folder.resolve()).gradebook as book:
        try:
            book.find_assignment(f"section_{section}")
        except MissingEntry:
            return f"SECTION={section}: there is no such assignment."
        book.update_or_create_assignment(f"section_{section}", duedate=moment)
    print(f"section_{section} is due on {moment:%Y-%m-%d %H:%M} UTC.")
    return None


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    steps = parser.add_subparsers(dest="step", required=True)
    default = Path("classroom")
    for name in ("make", "grade", "collect", "due"):
        step = steps.add_parser(name)
        step.add_argument("folder", nargs="?", type=Path, default=default)
        if name == "grade":
            step.add_argument("section", nargs="?", type=int)
            step.add_argument("--student")
            step.add_argument("--again", action="store_true")
            step.add_argument("--from", dest="source")
            step.add_argument("--engine", default="")
            step.add_argument("--image", default="")
        elif name == "collect":
            step.add_argument("source")
        elif name == "due":
            step.add_argument("section")
            step.add_argument("time")
    given = parser.parse_args(arguments)
    folder = given.folder.expanduser()
    if given.step == "make":
        return course.make(folder)
    if given.step == "collect":
        return take(folder, given.source)
    if given.step == "due":
        return due(folder, given.section, given.time)
    said = take(folder, given.source) if given.source else None
    marked = grade(
        folder, given.section, given.student, given.again, given.engine, given.image
    )
    return "\n".join(filter(None, [said, marked])) or None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
