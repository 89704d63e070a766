"""Kernels that start with their modules imported, each in a process of its own.

To import TensorFlow and what the lessons need besides takes several core-seconds, as long as many a
lesson, and each lesson is run by a kernel of its own. Inside `kernels`, one process imports them
once, and each lesson's kernel is a copy of it (a fork), which costs milliseconds:

    with warm.kernels():
        ...                        # kernels named "lesson" start warm, in child processes too

Such a kernel behaves as a fresh one does. No code of a lesson has run in the process that is
copied, the library is not imported there, and TensorFlow has no context yet: no thread, no device,
no compiled program. What modules read when they are imported, the environment and the cores that
may be used, must be the same; if it is not, as in the ways of `reproduce.py`, the kernel starts
cold, and so it does on systems other than Linux. `start.py`, beside the kernel's description, is
what Jupyter starts in place of the kernel.
"""

import gc
import importlib.machinery
import importlib.util
import json
import os
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import warnings
from contextlib import contextmanager
from pathlib import Path

KERNEL = Path(__file__).parent / "jupyter" / "kernels" / "lesson" / "kernel.json"
LOG = Path(__file__).resolve().parents[2] / "_build" / "warm.log"
MODULES = """
    ipykernel.kernelapp ipykernel.zmqshell IPython numpy pandas scipy.stats scipy.optimize
    scipy.sparse sklearn.datasets sklearn.model_selection matplotlib.figure
    matplotlib.backends.backend_agg matplotlib.backends.backend_svg threadpoolctl tqdm
    importlib.metadata packaging.version keras tensorflow
""".split()
HIDDEN = ("keras", "tensorflow")
# what a kernel is told for itself, and what no module reads
OF_ITS_OWN = tuple(
    "LESSON_ PYTEST_ JPY_ JUPYTER_PATH PWD OLDPWD SHLVL COLUMNS LINES _".split()
)


# --- whoever runs lessons ---------------------------------------------------------------


@contextmanager
def kernels(modules=MODULES, environment=()):
    """Inside, the kernels of lessons start warm. The modules are imported when the first one is
    asked for, with this process's environment and what is added to it."""
    if sys.platform != "linux" or os.environ.get("LESSON_WARM"):
        yield
        return
    folder = tempfile.mkdtemp(prefix="warm")
    path = os.path.join(folder, "door")
    with socket.socket(socket.AF_UNIX) as door:
        try:
            door.bind(path)
        except OSError:  # a path too long for a socket
            shutil.rmtree(folder)
            yield
            return
        door.listen(128)
        process = subprocess.Popen(
            [sys.executable, __file__, str(door.fileno()), *modules],
            stdin=subprocess.PIPE,
            env={**os.environ, **dict(environment), **described()["env"]},
            pass_fds=[door.fileno()],
            start_new_session=True,  # Ctrl-C in a terminal is for whoever runs the lessons
        )
    os.environ["LESSON_WARM"] = path
    try:
        yield
    finally:
        del os.environ["LESSON_WARM"]
        process.stdin.close()  # it ends, and its kernels with it
        process.wait()
        shutil.rmtree(folder)


def seconds():
    """How long the modules' import took, if a kernel that this process starts would start warm;
    else 0. A reader waits so much longer than a warm kernel does."""
    path = os.environ.get("LESSON_WARM")
    if not path:
        return 0.0
    request = {
        "environment": {**os.environ, **described()["env"]},
        "executable": sys.executable,
        "cores": sorted(os.sched_getaffinity(0)),
    }
    try:
        with socket.socket(socket.AF_UNIX) as connection, open(os.devnull) as nothing:
            connection.connect(path)
            socket.send_fds(connection, [b"."], [nothing.fileno()] * 3)
            connection.sendall(json.dumps(request).encode() + b"\n")
            answer = connection.makefile().readline()
    except OSError:  # that process is gone, and the kernel starts cold
        answer = ""
    return json.loads(answer or "{}").get("seconds", 0.0)


def described():
    return json.loads(KERNEL.read_text(encoding="utf-8"))


# --- the process that is copied -----------------------------------------------------------


class Nursery:
    """Imports the modules once, and makes a kernel of each request."""

    def __init__(self, door, modules):
        self.door, self.modules = door, modules
        self.before, self.seconds = None, None
        self.selector = selectors.DefaultSelector()
        self.kernels = {}  # the process numbers, and who asked for them

    def serve(self):
        """Ends as whoever started this does, or returns the request in a kernel's process."""
        self.selector.register(self.door, selectors.EVENT_READ, self.take)
        self.selector.register(sys.stdin, selectors.EVENT_READ, self.end)
        while True:
            for key, _ in self.selector.select():
                request = key.data()
                if request:
                    return request

    def take(self):
        """Answer whoever is at the door; returns the request in a kernel's process, else None."""
        connection, _ = self.door.accept()
        connection.settimeout(60)
        try:
            _, streams, *_ = socket.recv_fds(connection, 1, 3)
            request = json.loads(connection.makefile().readline())
        except (OSError, ValueError):  # it is gone already
            connection.close()
            return None
        if self.before is None:
            self.prepare()
        reason = self.why_not(request)
        if reason:
            LOG.parent.mkdir(exist_ok=True)
            with LOG.open("a", encoding="utf-8") as log:
                print(time.ctime(), "a kernel starts cold:", reason, file=log)
        if reason or "arguments" not in request:
            answer = {"refused": reason} if reason else {"seconds": self.seconds}
            self.answer(connection, answer)
            connection.close()
        else:
            with warnings.catch_warnings():
                # of threads, which would not be in the copy: those of BLAS, which makes new ones
                warnings.simplefilter("ignore", DeprecationWarning)
                number = os.fork()
            if not number:
                return self.leave(request, streams)
            self.watch(number, connection)
        for stream in streams:
            os.close(stream)
        return None

    def prepare(self):
        self.before = dict(os.environ)
        begin = time.perf_counter()
        load(self.modules)
        self.seconds = time.perf_counter() - begin
        gc.collect()
        gc.freeze()  # so that a collection in a copy does not touch, and so copy, every page

    def why_not(self, request):
        """Why a kernel for this request would not be what a cold one is; None if it would."""
        if request["executable"] != sys.executable:
            return f"another Python, {request['executable']}"
        if request["cores"] != sorted(os.sched_getaffinity(0)):
            return f"other cores, {request['cores']}"
        theirs = request["environment"]
        for name in sorted({*theirs, *self.before}):
            if not name.startswith(OF_ITS_OWN) and theirs.get(name) not in (
                self.before.get(name),
                os.environ.get(name),  # what the imports themselves set
            ):
                return f"another {name}, {theirs.get(name)!r}"
        return None if without_context() else "TensorFlow is at work already"

    def watch(self, number, connection):
        """Tell whoever asked how the kernel ends; end it if they are gone."""
        handle = os.pidfd_open(number)
        self.kernels[number] = connection

        def ended():
            if (
                number not in self.kernels
            ):  # it ended and whoever asked went at the same time
                return
            _, status = os.waitpid(number, 0)
            self.selector.unregister(handle)
            os.close(handle)
            self.answer(connection, {"status": os.waitstatus_to_exitcode(status)})
            self.selector.unregister(connection)
            connection.close()
            del self.kernels[number]

        def gone():
            if number in self.kernels:
                os.kill(number, signal.SIGKILL)
                ended()

        self.selector.register(handle, selectors.EVENT_READ, ended)
        self.selector.register(connection, selectors.EVENT_READ, gone)
        self.answer(connection, {"kernel": number})

    @staticmethod
    def answer(connection, words):
        try:
            connection.sendall(json.dumps(words).encode() + b"\n")
        except OSError:
            pass  # nobody waits for it

    def end(self):
        for number in self.kernels:
            os.kill(number, signal.SIGKILL)
            os.waitpid(number, 0)
        os._exit(0)

    def leave(self, request, streams):
        """In the copy: nothing of this process but its modules."""
        for key in list(self.selector.get_map().values()):
            if key.fileobj is not sys.stdin:
                fileobj = key.fileobj
                os.close(fileobj) if isinstance(fileobj, int) else fileobj.close()
        self.selector.close()
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
            os.close(stream)
        return request


def load(modules):
    """Import as the library does: no word of TensorFlow's, and no JAX for it."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    # what a kernel sets before a lesson imports matplotlib
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    error, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    absent = "jax" not in sys.modules
    if absent:
        sys.modules["jax"] = None
    try:
        for name in modules:
            importlib.import_module(name)
    finally:
        if absent:
            del sys.modules["jax"]
        os.dup2(error, 2)
        os.close(error)
        os.close(nowhere)


class Hidden:
    """Modules that are imported already and do not show it before a lesson imports one of them:
    a lesson asks whether TensorFlow is loaded."""

    def __init__(self, packages):
        self.modules = {
            name: module
            for name, module in sys.modules.items()
            if name.partition(".")[0] in packages
        }
        for name in self.modules:
            del sys.modules[name]
        sys.meta_path.insert(0, self)

    def find_spec(self, name, path=None, target=None):
        if name not in self.modules:
            return None
        sys.meta_path.remove(self)
        # all but this one: what stands there already would be executed again
        sys.modules.update({k: v for k, v in self.modules.items() if k != name})
        return importlib.machinery.ModuleSpec(name, self)

    def create_module(self, spec):
        module = self.modules[spec.name]
        self.own = module.__spec__, module.__loader__
        return module

    def exec_module(self, module):
        module.__spec__, module.__loader__ = self.own


def without_context():
    """Whether TensorFlow has done nothing yet; once it has, its threads would be missing in a
    copy."""
    context = sys.modules.get("tensorflow.python.eager.context")
    return not context or getattr(context, "_context", "another version's") is None


def become(request):
    """Be the kernel that was asked for."""
    import numpy as np
    from ipykernel import kernelapp

    os.setsid()
    os.environ.clear()
    os.environ.update(request["environment"])
    time.tzset()
    os.chdir(request["folder"])
    signal.signal(signal.SIGINT, signal.default_int_handler)
    Hidden(HIDDEN)
    np.random.seed()  # each process begins elsewhere, and so do the copies; Python's own does
    sys.path.pop(0)  # this file's folder
    launcher = importlib.util.find_spec("ipykernel_launcher").origin
    # ipykernel reads it from the environment, when it is imported
    parent = f"--IPKernelApp.parent_handle={os.getppid()}"
    sys.argv = [launcher, *request["arguments"], parent]
    kernelapp.launch_new_instance()


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    door, modules = socket.socket(fileno=int(sys.argv[1])), sys.argv[2:]
    become(Nursery(door, modules).serve())
