"""A process that reaches nothing, for one student's code: bubblewrap, a container, or limits alone.

`Sandbox.start` gives a `Process` that runs cells and asks questions (`student`), and that is ended
with all that it started. `Sandbox.test` tries to break out, and says in a line what held.
"""

import base64
import json
import os
import pickle
import secrets
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import psutil

from lrdecay_lib.exercises.asking import WAIT_LIMIT

HERE = Path(__file__).resolve().parent
HOME = "/student"
LIBRARY = "/library"


@dataclass(frozen=True)
class Limits:
    """What one notebook may use: seconds, bytes, and numbers."""

    cell: float = 20.0  # seconds of processor time for a cell
    wait: float = (
        60.0  # seconds on the clock for a cell, or for the questions of an exercise
    )
    total: int = (
        180  # seconds of processor time, and on the clock, for the whole notebook
    )
    memory: int = 2 * 2**30  # of all processes together
    address: int = 4 * 2**30  # of one process, with what it only reserves
    processes: int = 32
    file: int = 32 * 2**20  # of one file, and of each of its folders
    output: int = 20_000  # characters that are kept of what a cell prints
    reply: int = 4 * 2**20  # bytes of one reply


class Ended(Exception):
    """The process is no more; says why, as the end of a sentence that begins with "it"."""


class Process:
    """A student's process, and the only way to talk to it."""

    def __init__(self, command, limits, cleanup=()):
        self.limits, self.cleanup, self.known = limits, cleanup, {}
        self.errors = tempfile.TemporaryFile()
        self.began = time.monotonic()
        self.popen = subprocess.Popen(
            command.words,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            env=command.environment,
            cwd=command.folder,
            start_new_session=True,
        )
        self.rest = b""
        os.set_blocking(self.popen.stdout.fileno(), False)
        try:
            self._reply("ready", 60.0, 60.0)
        except Ended as end:
            said = self.said()
            self.end()
            raise Ended(f"{end}. {said}".rstrip(". ")) from None
        except BaseException:
            self.end()
            raise

    def said(self):
        """The last line that the process wrote about itself before it was ready."""
        self.errors.seek(0)
        lines = self.errors.read(10_000).decode(errors="replace").split("\n")
        return next((line for line in reversed(lines) if line.strip()), "")[:300]

    def run(self, source):
        """Run a cell; returns its "output" and its "error", both text."""
        limits = self.limits
        found = self._request(limits.wait, limits.cell + 5, run=source)
        return {
            key: found[key][: limits.output + 100]
            if type(found.get(key)) is str
            else ""
            for key in ("output", "error")
        }

    def ask(self, questions):
        """Put an exercise's questions; returns what came back, as JSON that nobody has read yet."""
        sent = base64.b64encode(pickle.dumps(questions)).decode()
        # `Questions.ask` has limits of its own, and is ended only where they do not hold
        wait = max(self.limits.wait, 2 * WAIT_LIMIT)
        found = self._request(wait, wait, ask=sent)
        return found["answers"] if type(found.get("answers")) is str else ""

    def _request(self, wait, processor, **content):
        token = secrets.token_hex(8)
        line = json.dumps({"token": token, **content}).encode() + b"\n"
        with suppress(
            BrokenPipeError
        ):  # what it died of is found where its reply is read
            self.popen.stdin.write(line)
            self.popen.stdin.flush()
        return self._reply(token, wait, processor)

    def _reply(self, token, wait, processor):
        """The reply with this token. Whatever else is written into the pipe is passed over."""
        start, used = time.monotonic(), self._look()
        while True:
            *lines, self.rest = self.rest.split(b"\n")
            for line in lines:
                with suppress(ValueError, RecursionError):
                    found = json.loads(line)
                    if isinstance(found, dict) and found.get("token") == token:
                        return found
            if len(self.rest) > self.limits.reply:
                raise Ended("gave more than a reply can hold")
            ready, _, _ = select.select([self.popen.stdout], [], [], 0.1)
            if ready:
                read = self.popen.stdout.read(2**20)
                if read == b"":
                    raise Ended("ended itself" if token != "ready" else "did not start")
                self.rest += read or b""
                if len(lines) < 1000 and time.monotonic() - start < wait:
                    continue
            if self._look() - used > processor:
                raise Ended(f"computed for more than {processor:g} seconds")
            if time.monotonic() - start > wait:
                raise Ended(f"gave no answer within {wait:g} seconds")
            if time.monotonic() - self.began > self.limits.total:
                raise Ended(
                    f"used up the {self.limits.total:g} seconds of the whole notebook"
                )

    def _look(self):
        """Seconds of processor time that all its processes have used; ends them if they are too
        many or too large."""
        seconds = memory = number = 0
        for one in self._family():
            with suppress(psutil.Error), one.oneshot():
                seconds += sum(one.cpu_times()[:4])
                memory += one.memory_info().rss
                number += 1
        if number > self.limits.processes:
            raise Ended(f"started more than {self.limits.processes} processes")
        if memory > self.limits.memory:
            raise Ended(f"used more than {self.limits.memory / 2**30:g} GB of memory")
        return seconds

    def _family(self):
        """Its processes as far as they can be seen from here; those of before are remembered, as
        an orphan is found no more."""
        with suppress(psutil.Error):
            first = psutil.Process(self.popen.pid)
            for one in (first, *first.children(recursive=True)):
                self.known[one.pid, one.create_time()] = one
        return [one for one in self.known.values() if one.is_running()]

    def end(self):
        """End the process and everything that it started, and wait until they are gone."""
        family = self._family()
        with suppress(OSError):
            os.killpg(self.popen.pid, signal.SIGKILL)
        for one in family:
            with suppress(psutil.Error):
                one.kill()
        self.popen.wait()
        psutil.wait_procs(family, timeout=10)
        for stream in (self.popen.stdin, self.popen.stdout, self.errors):
            with suppress(OSError):
                stream.close()
        for job in self.cleanup:
            job()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()


@dataclass
class Command:
    """How a process is started."""

    words: list
    environment: dict
    folder: str = "/"


ENVIRONMENT = {
    "HOME": HOME,
    "IPYTHONDIR": f"{HOME}/.ipython",
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "TMPDIR": "/tmp",
    "MPLBACKEND": "Agg",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "PIP_RETRIES": "0",  # there is no network to wait for
    "PYTHONHASHSEED": "0",  # the same class gives the same marks
    "TF_CPP_MIN_LOG_LEVEL": "3",
}
CACHE = (
    "cache"  # folder in the library with Python's compiled files, see `Sandbox.warm`
)


@dataclass
class Sandbox:
    """The way in which students' code is shut in here.

    Attributes:
        library: folder with what the process may import and `student.py`.
        kind: "bubblewrap", "container" or "limits".
        why: why it is not bubblewrap, in a sentence.
        engine, image: the container's program, as ``podman``, and its image.
    """

    library: Path
    kind: str = "bubblewrap"
    why: str = ""
    engine: str = ""
    image: str = ""
    limits: Limits = field(default_factory=Limits)

    def warm(self, source=""):
        """Compile once what each student's process begins with, here where it may be written.

        Many a system keeps no compiled files, and then every start would take twice as long.
        """
        cache = self.library / CACHE
        cache.mkdir(exist_ok=True)
        cache.chmod(0o777)  # it may be nobody who writes
        with self.start(warm=True) as process:
            process.run(source)
        cache.chmod(0o755)
        return self

    def start(self, warm=False):
        """A new `Process`; raises `Ended` if there is none to be had."""
        cleanup = []
        if self.kind == "container":
            name = f"student-{secrets.token_hex(8)}"
            command = self._container(name)
            remove = [self.engine, "rm", "--force", name]
            cleanup.append(lambda: subprocess.run(remove, capture_output=True))
        elif self.kind == "bubblewrap":
            command = self._bubblewrap(warm)
        else:
            home = tempfile.mkdtemp(prefix="student-")
            cleanup.append(lambda: shutil.rmtree(home, ignore_errors=True))
            command = self._limits(home, warm)
        return Process(command, self.limits, cleanup)

    def _program(self, python, library, warm=False):
        limits = json.dumps(asdict(self.limits))
        options = ["-s", "-P", "-X", f"pycache_prefix={library}/{CACHE}"]
        options += [] if warm else ["-B"]
        return [python, *options, f"{library}/student.py", str(library), limits]

    def _bubblewrap(self, warm=False):
        words = [shutil.which("bwrap") or "bwrap", "--unshare-all", "--cap-drop", "ALL"]
        become = []
        if os.geteuid() == 0:
            # in a namespace of users, root's process would still be root's to the files of /proc
            # that set up the system; so there is none, and the program becomes nobody
            words[1:2] = [
                "--unshare-ipc",
                "--unshare-pid",
                "--unshare-net",
                "--unshare-uts",
            ]
            words += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
            become = [
                "setpriv",
                "--reuid",
                "65534",
                "--regid",
                "65534",
                "--clear-groups",
            ]
        else:
            words += [
                "--unshare-user",
                "--disable-userns",
                "--uid",
                "65534",
                "--gid",
                "65534",
            ]
        words += ["--die-with-parent", "--new-session", "--clearenv"]
        for name, value in ENVIRONMENT.items():
            words += ["--setenv", name, value]
        size = str(self.limits.file)
        words += ["--proc", "/proc", "--dev", "/dev"]
        for folder in ("/tmp", "/dev/shm", HOME):  # all that it can write to
            words += ["--perms", "1777", "--size", size, "--tmpfs", folder]
        for folder in ("/usr", "/bin", "/lib", "/lib32", "/lib64", "/etc/alternatives"):
            if os.path.islink(folder):
                words += ["--symlink", os.readlink(folder), folder]
            else:
                words += ["--ro-bind-try", folder, folder]
        words += ["--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache"]
        for folder in dict.fromkeys([sys.base_prefix, sys.prefix]):
            if not folder.startswith("/usr/"):
                for above in reversed(Path(folder).parents[:-1]):
                    words += ["--perms", "0755", "--dir", str(above)]
                words += ["--ro-bind", folder, folder]
        for folder in installed_library():  # it holds the solutions
            words += ["--tmpfs", folder, "--remount-ro", folder]
        words += ["--ro-bind", str(self.library), LIBRARY]
        if warm:
            words += ["--bind", f"{self.library / CACHE}", f"{LIBRARY}/{CACHE}"]
        words += ["--remount-ro", "/dev", "--remount-ro", "/", "--chdir", HOME]
        for folder in ("/proc/sys", "/proc/irq", "/proc/bus"):
            words += ["--ro-bind-try", folder, folder]
        return Command(
            [*words, *become, *self._program(sys.executable, LIBRARY, warm)], {}
        )

    def _container(self, name):
        limits = self.limits
        words = [self.engine, "run", "--rm", "--interactive", "--name", name]
        words += ["--network", "none", "--read-only", "--cap-drop", "ALL"]
        words += ["--security-opt", "no-new-privileges", "--user", "65534:65534"]
        words += ["--pids-limit", str(limits.processes), "--memory", str(limits.memory)]
        words += ["--memory-swap", str(limits.memory)]
        for folder in ("/tmp", HOME):
            words += ["--tmpfs", f"{folder}:size={limits.file},mode=1777"]
        for setting in ENVIRONMENT.items():
            words += ["--env", "=".join(setting)]
        words += ["--volume", f"{self.library}:{LIBRARY}:ro", "--workdir", HOME]
        words += ["--entrypoint", "python3", self.image]
        program = self._program("python3", LIBRARY)[1:]
        return Command([*words, *program], dict(os.environ))

    def _limits(self, home, warm=False):
        own = dict.fromkeys(("HOME", "TMPDIR", "IPYTHONDIR"), home)
        environment = {**ENVIRONMENT, **own}
        return Command(
            self._program(sys.executable, self.library, warm), environment, folder=home
        )

    # --- does it hold? ----------------------------------------------------------------

    def test(self, secret, folder):
        """Try to break out, and see from here what came of it.

        Args:
            secret: a file that students' code must not read, such as the gradebook.
            folder: where it must not write.

        Returns:
            Pairs of what was tried and whether it was prevented, in the order of `ATTEMPTS`.
        """
        mark = secrets.token_hex(8)
        written = Path(folder) / f"written-by-a-student-{mark}"
        with socket.create_server(("127.0.0.1", 0)) as server:
            server.settimeout(0.0)
            wanted = {
                "secret": str(secret),
                "solutions": str(HERE.parents[1] / "lrdecay_lib" / "exercises"),
                "written": str(written),
                "port": server.getsockname()[1],
                "marker": os.getpid(),
            }
            os.environ["CLASSROOM_SECRET"] = mark
            try:
                with self.start() as process:
                    said = process.run(f"wanted = {wanted!r}\n" + TRIES)["output"]
            finally:
                del os.environ["CLASSROOM_SECRET"]
            reached = set(said.split())
            with suppress(OSError):
                server.accept()
                reached.add("network")
        if written.exists():
            written.unlink()
            reached.add("write")
        held = [name not in reached and "tried" in reached for name in FIRST]
        small = replace(self.limits, memory=2**28, address=2**30)
        for source, limits in ((FORKS, self.limits), (MEMORY, small)):
            with replace(self, limits=limits).start() as process:
                try:
                    held.append("reached" not in process.run(source)["output"])
                except Ended:
                    held.append(True)
        return list(zip(ATTEMPTS, held))


ATTEMPTS = (
    "the gradebook and the solutions are not read",
    "nothing outside is written",
    "there is no network",
    "the system's settings are not changed",
    "other processes are not seen",
    "the environment is empty",
    "processes are counted",
    "memory is bounded",
)
FIRST = ("read", "write", "network", "settings", "processes", "environment")
TRIES = """
import os, socket
from pathlib import Path
def attempt(name, job):
    try:
        if job():
            print(name)
    except Exception:
        pass
attempt("read", lambda: Path(wanted["secret"]).read_bytes())
attempt("read", lambda: os.listdir(wanted["solutions"]))
attempt("write", lambda: Path(wanted["written"]).write_text("here"))
attempt("network", lambda: socket.create_connection(("127.0.0.1", wanted["port"]), 2))
for path in ("/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger", "/proc/sys/vm/drop_caches"):
    attempt("settings", lambda: os.open(path, os.O_WRONLY) >= 0)
attempt("processes", lambda: wanted["marker"] > 100 and os.kill(wanted["marker"], 0) is None)
attempt("environment", lambda: "CLASSROOM_SECRET" in os.environ)
print("tried")
"""
FORKS = """
import os, time
for _ in range(100):
    if not os.fork():
        time.sleep(100)
        os._exit(0)
time.sleep(1)
print("reached")
"""
MEMORY = """
held = [b"x" * 2**20 for _ in range(2**11)]
print("reached")
"""


BEGIN = """import numpy
from lrdecay_lib import exercises, schedules
from lrdecay_lib.exercises import asking"""


def installed_library():
    """Folders of the environment in which the book's library lies itself (where it is installed,
    and not only pointed to)."""
    return [
        str(path)
        for path in Path(sys.prefix).glob("lib*/python3*/site-packages/lrdecay_lib")
        if path.is_dir()
    ]


def choose(library, engine="", image="", limits=Limits()):
    """The best `Sandbox` that starts here: a container if one is asked for, bubblewrap, or else
    limits alone."""
    if engine:  # who asks for a container wants nothing less
        return Sandbox(library, "container", "", engine, image, limits).warm(BEGIN)
    alone = Sandbox(library, "limits", "bubblewrap is not installed", limits=limits)
    if not shutil.which("bwrap"):
        return alone.warm(BEGIN)
    try:
        return Sandbox(library, limits=limits).warm(BEGIN)
    except Ended as end:
        why = f"bubblewrap does not work here (it {end})"
        return replace(alone, why=why).warm(BEGIN)
