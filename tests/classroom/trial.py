"""A class of students as none would wish it: honest, careless, cheating and hostile ones, all with
section 4. Each says what it hands in, the points it has earned, and what must be read of it.

`test_trial` marks them all at once and looks what became of everything else.
"""

import codecs
import copy
import json
from dataclasses import dataclass

import course
import sandbox

LIMITS = sandbox.Limits(cell=3, wait=20)  # less patience than with a class
EXERCISES = {exercise.id: exercise for exercise in course.sections()[4]}
POINTS = {id: course.POINTS * exercise.stars for id, exercise in EXERCISES.items()}
FULL = sum(POINTS.values())
IDS = list(EXERCISES)
FIRST, SECOND, LAST = IDS[0], IDS[1], IDS[-1]


@dataclass
class Case:
    """One student.

    Attributes:
        kind: "honest", "careless", "cheating" or "hostile".
        content: bytes of the file, or None for a folder that `files` alone fill.
        points: that the answers are worth; None where any will do.
        teacher, student: what a sentence for them must hold; "" where nothing need be said.
        files: other files in the student's folder: name -> bytes.
        name: of the notebook's file.
    """

    student: str
    kind: str
    content: bytes | None
    points: int | None
    teacher: str = ""
    told: str = ""
    files: tuple = ()
    name: str = "section_4.ipynb"


class Notebook:
    """A submission in the making."""

    def __init__(self, release, solved=()):
        self.plain = json.loads(json.dumps(release))  # a file may hold anything
        for id in solved:
            self.answer(id, EXERCISES[id].source)

    @property
    def cells(self):
        return self.plain["cells"]

    def index(self, role, id):
        label = f"{role}-{id.replace('.', '-')}"
        return next(i for i, cell in enumerate(self.cells) if cell.get("id") == label)

    def cell(self, role, id):
        return self.cells[self.index(role, id)]

    def answer(self, id, source):
        self.cell("answer", id)["source"] = source
        return self

    def before(self, id, source, kind="code"):
        """A cell of the student's own before an answer."""
        new = {"cell_type": kind, "metadata": {}, "source": source}
        if kind == "code":
            new |= {"outputs": [], "execution_count": None}
        self.cells.insert(self.index("answer", id), new)
        return self

    def drop(self, role, id):
        del self.cells[self.index(role, id)]
        return self

    def each(self, change):
        for cell in self.cells:
            change(cell)
        return self

    def bytes(self, encoding="utf-8"):
        return json.dumps(self.plain, ensure_ascii=False, indent=1).encode(encoding)


def members(release, other, course_folder):
    """All cases.

    Args:
        release: what the students got for section 4.
        other: what they got for section 3.
        course_folder: where the hostile ones suppose the course to be.
    """
    cases = []

    def add(student, kind, notebook, points, teacher="", told="", **parts):
        content = notebook.bytes() if isinstance(notebook, Notebook) else notebook
        cases.append(Case(student, kind, content, points, teacher, told, **parts))

    def right(*without):
        return Notebook(release, [id for id in IDS if id not in without])

    def empty():
        return Notebook(release)

    def all_but(*ids):
        return FULL - sum(POINTS[id] for id in ids)

    def source(id):
        return EXERCISES[id].source

    def name(id):
        return EXERCISES[id].name

    # --- honest -----------------------------------------------------------------------
    half = IDS[: len(IDS) // 2]
    slip = "def my_half_life(decay_factor, decay_steps):\n    return -decay_steps / np.log({})"
    add("h_right", "honest", right(), FULL)
    add("h_half", "honest", Notebook(release, half), sum(POINTS[id] for id in half))
    add("h_nothing", "honest", empty(), 0)
    slipped = right().answer("4.3.3", slip.format("decay_factor"))
    add("h_slip", "honest", slipped, all_but("4.3.3"))
    typo = right().answer(FIRST, source(FIRST) + "\n    )")
    add("h_syntax_error", "honest", typo, all_but(FIRST))
    add("h_misspelt", "honest", right().answer(FIRST, "def meanshare(s, n): return 1"),
        all_but(FIRST), f"{FIRST}: no cell defines", "misspelt")  # fmt: skip
    helper = f"def helper(*given):\n    return {name(FIRST)}_own(*given)"
    own = source(FIRST).replace(name(FIRST), name(FIRST) + "_own")
    composed = (
        right().answer(FIRST, f"{own}\n{name(FIRST)} = helper").before(FIRST, helper)
    )
    add("h_helper", "honest", composed, FULL)
    notes = right().before(
        FIRST, "My notes: $x^2$ and **bold**, `a` and ```b```.", "markdown"
    )
    add("h_notes", "honest", notes, FULL)
    magic = "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()"
    add("h_plot", "honest", right().before(FIRST, magic), FULL)
    add("h_magics", "honest", right().before(FIRST, "%%time\nx = 1\n").before(
        SECOND, "!ls\n%pip install something\nx?"), FULL)  # fmt: skip
    prints = source(FIRST).replace("    return", "    print('here')\n    return", 1)
    add("h_prints", "honest", right().answer(FIRST, prints), FULL)
    checks = f"exercises.get('{FIRST}').check({name(FIRST)})\nexercises.get('{FIRST}').hint()"
    add("h_asks_itself", "honest", right().before(SECOND, checks), FULL)
    add(
        "h_awaits",
        "honest",
        right().before(FIRST, "import asyncio\nawait asyncio.sleep(0)"),
        FULL,
    )

    # --- careless ---------------------------------------------------------------------
    twice = right()
    twice.cells.insert(
        twice.index("answer", SECOND), copy.deepcopy(twice.cell("answer", SECOND))
    )
    stands = f"{SECOND}: the answer stands in more"
    add("c_answer_twice", "careless", twice, FULL, stands, "more than one cell")
    twice = right()
    twice.cells.insert(
        twice.index("check", SECOND), copy.deepcopy(twice.cell("check", SECOND))
    )
    add("c_check_twice", "careless", twice, FULL)
    doubled = right()
    doubled.cells.extend(copy.deepcopy(doubled.cells))
    add(
        "c_everything_twice",
        "careless",
        doubled,
        FULL,
        "more than one cell",
        "more than one cell",
    )
    lines = source("4.3.2").split("\n")
    split = right().answer(
        "4.3.2", "def later(*given):\n    return math.ceil(given[0])"
    )
    split.before("4.3.2", "limit = 3")
    split.cells.insert(split.index("answer", "4.3.2") + 1, {
        "cell_type": "code", "metadata": {}, "source": "\n".join(lines),
        "outputs": [], "execution_count": None})  # fmt: skip
    add("c_split", "careless", split, FULL)
    add("c_no_answer", "careless", right().drop("answer", SECOND), all_but(SECOND),
        f"{SECOND}: the answer cell is missing", "no cell with the answer")  # fmt: skip
    add("c_no_check", "careless", right().drop("check", SECOND), FULL)
    gone = right().drop("task", FIRST).drop("answer", FIRST).drop("check", FIRST)
    add(
        "c_no_exercise",
        "careless",
        gone,
        all_but(FIRST),
        f"{FIRST}: the answer",
        "no cell with the answer",
    )
    bald = right()
    del bald.cells[1]
    add("c_no_imports", "careless", bald, FULL)
    moved = right()
    moved.cells.append(moved.cells.pop(moved.index("answer", FIRST)))
    add("c_moved_last", "careless", moved, FULL)
    backwards = right()
    backwards.cells.reverse()
    add("c_backwards", "careless", backwards, FULL)
    add(
        "c_no_labels",
        "careless",
        right().each(lambda cell: cell["metadata"].clear()),
        FULL,
    )

    def bare(cell):
        cell["metadata"] = {}
        cell.pop("id", None)

    nameless = right().each(bare)
    nameless.plain["nbformat_minor"] = 4
    add(
        "c_no_labels_no_ids",
        "careless",
        nameless,
        FULL,
        "labels are lost",
        "lost the labels",
    )
    add(
        "c_metadata_null",
        "careless",
        right().each(lambda cell: cell.update(metadata=None)),
        FULL,
    )
    swapped = right().answer(FIRST, source(SECOND)).answer(SECOND, source(FIRST))
    add("c_swapped", "careless", swapped, FULL)
    stray = "cells of section 3", "hand them in there"
    add("c_other_section", "careless", Notebook(other), 0, *stray)
    mixed = right()
    mixed.cells.extend(Notebook(other).cells)
    add("c_two_sections", "careless", mixed, FULL, *stray)
    utf8 = right().bytes()
    add("c_bom", "careless", codecs.BOM_UTF8 + utf8, FULL)
    add(
        "c_utf16",
        "careless",
        right().bytes("utf-16"),
        FULL,
        "UTF-16",
        "not saved in UTF-8",
    )
    latin = right().before(FIRST, "# für mich\nx = 1")
    content = json.dumps(latin.plain, ensure_ascii=False).encode("cp1252", "replace")
    add("c_latin_1", "careless", content, FULL, "not in UTF-8", "not saved in UTF-8")
    add("c_crlf", "careless", utf8.replace(b"\n", b"\r\n"), FULL)
    add("c_crlf_in_cells", "careless", right().each(
        lambda cell: cell.update(source=cell["source"].replace("\n", "\r\n"))), FULL)  # fmt: skip
    cut = utf8.index(f'"answer-{LAST.replace(".", "-")}"'.encode())
    add("c_truncated", "careless", utf8[:cut], all_but(LAST), "damaged", "damaged")
    at = utf8.index(b'"outputs"', len(utf8) // 2)
    conflict = b"<<<<<<< HEAD\n" + utf8[at : at + 40] + b"=======\n>>>>>>> theirs\n"
    add(
        "c_conflict",
        "careless",
        utf8[:at] + conflict + utf8[at:],
        all_but("4.2.2"),
        "damaged",
        "damaged",
    )
    add("c_empty_file", "careless", b"", 0, "is empty", "is empty")
    add("c_pdf", "careless", b"%PDF-1.7 ...", 0, "PDF", "PDF")
    add(
        "c_web_page",
        "careless",
        b"<!DOCTYPE html><html></html>",
        0,
        "web page",
        "web page",
    )
    add("c_zip", "careless", b"PK\x03\x04....", 0, "zip", "zip")
    add(
        "c_other_json",
        "careless",
        b'{"a": 1}',
        0,
        "holds no notebook",
        "holds no notebook",
    )
    add(
        "c_no_cells",
        "careless",
        b'{"cells": [], "nbformat": 4}',
        0,
        "no cells",
        "no cells",
    )
    add(
        "c_deep_json",
        "careless",
        b"[" * 200_000,
        0,
        "holds no notebook",
        "holds no notebook",
    )
    old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": [
        {"cell_type": cell["cell_type"], "metadata": cell["metadata"],
         ("input" if cell["cell_type"] == "code" else "source"): cell["source"]}
        for cell in right().cells]}]}  # fmt: skip
    add("c_format_3", "careless", json.dumps(old).encode(), FULL)
    parts = right().each(
        lambda cell: cell.update(source=cell["source"].splitlines(True))
    )
    add("c_source_in_lines", "careless", parts, FULL)
    odd = right()
    odd.cells[3:3] = [
        None,
        5,
        {"cell_type": "code"},
        {"cell_type": "code", "source": {"a": 1}},
    ]
    add("c_odd_cells", "careless", odd, FULL)
    add("c_no_timestamp", "careless", right(), FULL, "holds no time",
        files=(("timestamp.txt", b"yesterday, I think"),))  # fmt: skip
    add(
        "c_renamed", "careless", right(), FULL, "was called", name="section_4 (1).ipynb"
    )
    add("c_two_files", "careless", None, 0, "is looked for", "is looked for",
        files=(("a.ipynb", utf8), ("b.ipynb", utf8)))  # fmt: skip
    add("c_no_file", "careless", None, 0, "nothing", "nothing")
    typed = right()
    typed.cell("answer", FIRST)["cell_type"] = "markdown"
    add("c_code_as_text", "careless", typed, all_but(FIRST))
    misplaced = right().answer(FIRST, EXERCISES[FIRST].stub)
    misplaced.cell("check", FIRST)["source"] = source(FIRST)
    add("c_answer_in_check", "careless", misplaced, FULL, "check of", "check of")
    halves = right().before(FIRST, "x = '\ud83d'")
    content = json.dumps(halves.plain).encode()
    add("c_half_letters", "careless", content, FULL)
    printed = right()
    printed.cell("answer", FIRST)["outputs"] = [
        {"output_type": "stream", "name": "stdout", "text": "x" * 3_000_000}
    ]
    add("c_large_output", "careless", printed, FULL)
    add(
        "c_loop_in_cell",
        "careless",
        right().before(SECOND, "while True:\n    pass"),
        FULL,
    )
    loop = f"def {name(FIRST)}(*given):\n    while True:\n        pass"
    add("c_loop_in_answer", "careless", right().answer(FIRST, loop), all_but(FIRST))
    add("c_exit", "careless", right().before(SECOND, "import sys\nsys.exit()"), FULL)
    add("c_input", "careless", right().before(SECOND, "x = input('?')"), FULL)
    add(
        "c_missing_module", "careless", right().before(SECOND, "import not_there"), FULL
    )

    long = right()
    note = {"cell_type": "markdown", "metadata": {}, "source": "x" * 3_000}
    long.cells.extend([note] * 3_000)
    add("c_long", "careless", long, FULL, "very long", "very long")

    # --- cheating: with nothing solved, so that any point was got by cheating ---------
    def cheat(student, code, points=0, teacher="", change=None):
        notebook = empty().before(FIRST, code)
        last = copy.deepcopy(notebook.cells[notebook.index("answer", FIRST) - 1])
        notebook.cells.append(last)  # behind the stubs, which would undo it
        if change:
            change(notebook)
        add("x_" + student, "cheating", notebook, points, teacher)

    names = [exercise.name for exercise in EXERCISES.values()]
    always = "".join(f"{one} = lambda *given: Always(0)\n" for one in names)
    cheat("imports_solutions", f"""
import importlib, pkgutil, lrdecay_lib.exercises as e
for module in pkgutil.iter_modules(e.__path__):
    try: globals().update(vars(importlib.import_module(e.__name__ + '.' + module.name)))
    except Exception: pass
for one in {names!r}:
    globals().setdefault(one, None)""")  # fmt: skip
    cheat("old_module", "from lrdecay_lib.exercises.section_4 import mean_share",
          teacher="Look at")  # fmt: skip
    cheat(
        "solver", f"{name(FIRST)} = exercises.get('{FIRST}').solver", teacher="Look at"
    )
    cheat("allclose", "np.allclose = np.isclose = np.array_equal = lambda *a, **k: True\n"
          + always.replace("Always(0)", "0.0"))  # fmt: skip
    cheat("replaces_get", "exercises.get = lambda id: type('E', (), {'judge': lambda *a: "
          "type('R', (), {'outcome': 'right'})()})()", teacher="Look at")  # fmt: skip
    cheat("patches_judge", "import lrdecay_lib.exercises as e\ne.Exercise.judge = "
          "e.Exercise.judge_answers = lambda *a: e.Result('right')", teacher="Look at")  # fmt: skip
    cheat("drops_asserts", "get_ipython().input_transformers_post.append(lambda lines: "
          "[l for l in lines if 'assert' not in l])")  # fmt: skip
    cheat("reads_others", f"""
import glob, sys
for root in ('..', '/library', '/home', '/root', '/tmp', '{course_folder}'):
    for path in glob.glob(root + '/**/section_4.ipynb', recursive=True):
        import json
        for cell in json.load(open(path))['cells']:
            if cell['cell_type'] == 'code':
                try: exec(''.join(cell['source']))
                except BaseException: pass""")  # fmt: skip
    cheat("reads_library", f"""
import glob, sys
for root in (*sys.path, '/library', '/home', '/root', '{course.lessons.LIBRARY}'):
    for path in glob.glob(root + '/**/lesson_04*.py', recursive=True):
        text = open(path).read().replace('from . import', 'from math import')
        exec(text.split('add(')[0])""")  # fmt: skip
    cheat("equals_all", "class Always(float):\n    __eq__ = __ge__ = __le__ = lambda *a: True\n"
          "    __ne__ = __lt__ = __gt__ = lambda *a: False\n    __sub__ = __rsub__ = __abs__ = "
          "lambda *a: Always(0)\n    __hash__ = float.__hash__\n" + always)  # fmt: skip
    cheat("returns_points", "28", change=lambda notebook: [
        notebook.cell("check", id).update(source=str(POINTS[id])) for id in IDS],
        teacher="check of")  # fmt: skip
    cheat("raises_points", "1", change=lambda notebook: [
        notebook.cell("check", id)["metadata"]["nbgrader"].update(points=100) for id in IDS]
    )  # fmt: skip
    cheat(
        "drops_checks",
        "1",
        change=lambda notebook: [notebook.drop("check", id) for id in IDS],
    )
    cheat("unlocks", "1", change=lambda notebook: [
        notebook.cell("check", id)["metadata"]["nbgrader"].update(grade=False, locked=False)
        for id in IDS])  # fmt: skip
    cheat("patches_asking", """
import lrdecay_lib.exercises.asking as a
a.Questions.ask = lambda self, answer: a.Answers('right')
a.Answers.to_json = lambda self: '{"outcome": "right", "kind": "right"}'""")  # fmt: skip
    cheat("forges_replies", """
import os, json
for number in range(3, 30):
    for token in ('', 'ready', '0' * 16):
        try: os.write(number, json.dumps({'token': token, 'answers': '{}', 'outcome': 'right',
            'points': 28, 'output': 'x', 'error': ''}).encode() + b'\\n')
        except OSError: pass""")  # fmt: skip
    cheat("searches_memory", f"""
import gc, types
for one in gc.get_objects():
    if isinstance(one, types.FunctionType) and one.__name__ in {names!r}:
        globals()[one.__name__] = one""")  # fmt: skip
    cheat("asks_the_caller", f"""
import sys
def thief(*given):
    frame = sys._getframe()
    while frame:
        for value in list(frame.f_locals.values()):
            for word in ('reference', 'solver', 'wanted', '_wanted'):
                if hasattr(value, word): return getattr(value, word)
        frame = frame.f_back
for one in {names!r}: globals()[one] = thief""")  # fmt: skip

    # --- hostile: all is solved, and the attack costs itself only ---------------------
    def attack(student, code, points=FULL, teacher="", told=""):
        add(
            "z_" + student,
            "hostile",
            right().before(SECOND, code),
            points,
            teacher,
            told,
        )

    attack("gradebook", f"""
import sqlite3
base = sqlite3.connect('{course_folder}/gradebook.db')
base.execute('UPDATE grade SET manual_score = 100')
base.commit()""", teacher="Look at")  # fmt: skip
    attack("others", f"""
import glob, os
for path in glob.glob('{course_folder}/**/*.ipynb', recursive=True): open(path, 'w').write('')
for path in glob.glob('{course_folder}/**', recursive=True): os.remove(path)""")  # fmt: skip
    attack("startup", """
import os, site, sys
from pathlib import Path
for place in (Path.home(), Path('/root'), Path(sys.prefix), Path(sys.base_prefix),
              Path('/tmp'), Path('/library'), *map(Path, sys.path)):
    for name in ('sitecustomize.py', 'usercustomize.py', 'lrdecay_lib/exercises/__init__.py',
                 '.ipython/profile_default/startup/00.py', '.bashrc', '.jupyter/x.py'):
        try:
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            (place / name).write_text('raise SystemExit')
        except OSError: pass""", teacher="Look at")  # fmt: skip
    attack("parent", """
import os, signal
for pid in [os.getppid(), *range(1, 400)]:
    if pid != os.getpid():
        try: os.kill(pid, signal.SIGKILL)
        except OSError: pass""", None, "Look at")  # fmt: skip
    attack(
        "kills_all",
        "import os, signal\nos.kill(-1, signal.SIGKILL)",
        None,
        "left out|Look at",
    )
    attack("prints", "for i in range(200):\n    print('x' * 10**6)")
    attack("exits", "import os\nos._exit(0)", FULL, "ended itself", "ended itself")
    add(
        "z_exits_in_answer",
        "hostile",
        right().answer(
            FIRST, f"def {name(FIRST)}(*given):\n    import os\n    os._exit(0)"
        ),
        all_but(FIRST),
    )
    attack("children", """
import os, time
for _ in range(40):
    if not os.fork():
        os.setsid(); time.sleep(1000)
time.sleep(2)""", FULL, "processes", "processes")  # fmt: skip
    attack(
        "fork_bomb",
        "import os\nwhile True:\n    os.fork()",
        FULL,
        "processes",
        "processes",
    )
    attack("daemon", """
import os, subprocess, sys
subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(987)'], start_new_session=True)
if not os.fork():
    os.setsid()
    if not os.fork(): os.execvp('sleep', ['sleep', '987'])
    os._exit(0)""")  # fmt: skip
    attack("memory", "held = [b'x' * 2**24 for _ in range(1000)]")
    attack("disk", """
for place in ('/tmp', '.', '/dev/shm'):
    try:
        for i in range(100): open(f'{place}/{i}', 'wb').write(b'x' * 10**7)
    except OSError: pass""")  # fmt: skip
    attack(
        "threads",
        """
import threading, time
for _ in range(50): threading.Thread(target=time.sleep, args=(1000,), daemon=False).start()""",
    )
    attack("catches_all", """
import signal, time
for number in (signal.SIGPROF, signal.SIGALRM, signal.SIGTERM):
    signal.signal(number, signal.SIG_IGN)
signal.setitimer(signal.ITIMER_PROF, 0)
while True:
    try:
        while True: pass
    except BaseException: pass""", FULL, "left out", "left out")  # fmt: skip
    attack("sleeps", "import time\nwhile True:\n    try: time.sleep(1000)\n    except "
           "BaseException: pass", FULL, "no answer within", "no answer within")  # fmt: skip
    attack("floods", """
import os
for number in range(3, 30):
    try:
        os.set_blocking(number, False)
        for _ in range(1000): os.write(number, b'x' * 65536)
    except OSError: pass""", None)  # fmt: skip
    attack("network", "import socket\nsocket.create_connection(('127.0.0.1', 22), 2)",
           teacher="Look at")  # fmt: skip
    attack(
        "crashes", "import ctypes\nctypes.string_at(0)", FULL, "left out", "left out"
    )
    attack(
        "closes_all", "import os\nos.closerange(0, 100)", FULL, "left out", "left out"
    )
    attack("output", """
from IPython.display import HTML, SVG, Javascript, Markdown, display, Image
display(HTML('<script>document.title = "owned"</script><img src="http://192.0.2.1/x.png">'),
    Javascript('document.title = "owned"'), Markdown('<img src=x onerror="document.title=1">'),
    SVG('<svg xmlns="http://www.w3.org/2000/svg"><script>document.title=1</script></svg>'))
print('</pre></div><script>document.title = "owned"</script>', '\\x1b]8;;http://192.0.2.1\\x07')
'<script>document.title = "owned"</script>'""")  # fmt: skip
    page = '<script>document.title = "owned"</script><img src="data:image/svg+xml,x" onerror="x">'
    marked = right().before(FIRST, page, "markdown")
    marked.before(FIRST, f"```\n{page}\n````\n{page}", "markdown")
    links = "![x](http://192.0.2.1/y.png)\n[a](javascript:x)\n<iframe src=x>"
    marked.before(FIRST, links + page, "raw")
    marked.before(FIRST, f"# {page}\n'''</pre>{page}'''")
    marked.cell("answer", FIRST)["outputs"] = [
        {"output_type": "display_data", "metadata": {}, "data": {"text/html": page}}
    ]
    add("z_markdown", "hostile", marked, FULL)
    fields = right().each(lambda cell: cell["metadata"].update(
        nbgrader={**(cell["metadata"].get("nbgrader") or {}), "comment": page, "score": 472},
        attachments=page, scrolled=page, tags=[page], name=page))  # fmt: skip
    fields.plain["metadata"] = {
        "title": page,
        "widgets": page,
        "language_info": {"name": page},
    }
    add("z_metadata", "hostile", fields, FULL)
    return cases
