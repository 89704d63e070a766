"""Create .venv from requirements.lock, or leave it alone when it is current.

    python tools/make_book/environment.py                     make the environment
    python tools/make_book/environment.py --alone COMMAND     run a command while no other one of
                                                              these runs in this folder
    python tools/make_book/environment.py --clean             empty _build

Run by the Makefile with whatever Python the machine has, so this file uses nothing but the standard
library, and only syntax that an old Python can read: its answer must be a sentence, not a
SyntaxError.
"""

from __future__ import print_function

import errno
import hashlib
import os
import re
import shutil
import subprocess
import sys

try:
    import fcntl
except ImportError:  # Windows' own Python, where no two makes are kept apart
    fcntl = None

OLDEST, NEWEST = (3, 11), (3, 13)
FOLDER = os.path.realpath(
    os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
)
VENV = ".venv"
LOG = os.path.join("_build", "install.log")
LOCK = ".make-lock"
MADE_FROM = ("requirements.lock", "pyproject.toml", "setup.py")
WORK = (  # what a course's folder holds: somebody's work, which no cleaning may delete
    "submitted",
    "gradebook.db",
    "autograded",
    "feedback",
    "grades.csv",
    "nbgrader_config.py",
)
UNREACHABLE = re.compile(
    r"name resolution|name or service not known|failed to establish|connection "
    r"(refused|reset|error|aborted)"
    r"|network is unreachable|timed out|timeout|dns error|error sending request|failed "
    r"to (fetch|download)|proxy"
    r"|could not find a version|no matching distribution|retries exceeded",
    re.IGNORECASE,
)
# what a Python has to be, asked in its own words
PROBE = (
    "import sys, sysconfig; print('%d %d %d' % (sys.version_info[0], sys.version_info[1], "
    "sys.maxsize > 2**32 and sys.version_info[0] == 3 "
    "and sys.implementation.name == 'cpython' "
    "and not sysconfig.get_config_var('Py_GIL_DISABLED')))"
)


def stop(sentence):
    sys.stderr.write(sentence + "\n")
    sys.exit(1)


def run(what, command):
    """Run one step, its output in the log; on failure say in one sentence what to do."""
    print(what)
    sys.stdout.flush()
    with open(LOG, "a") as log:
        log.write("\n$ %s\n" % " ".join(command))
        log.flush()
        begin = log.tell()
        status = subprocess.call(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
    if status == 0:
        return
    with open(LOG, errors="replace") as log:
        log.seek(begin)
        said = log.read()
    if "ensurepip" in said:
        stop(
            "Python's venv module is incomplete here: install it (on Debian and Ubuntu: apt "
            "install python3-venv) and run make again."
        )
    if UNREACHABLE.search(said):
        stop(
            "The package index could not be reached, so nothing was installed: connect to "
            "the network and run make again (details: %s)." % LOG
        )
    if "No space left" in said:
        stop(
            "The disk is full: the environment needs about 4 GB; make room and run make again."
        )
    stop(
        "Installing failed: the whole story is in %s; `make clean-environment` starts afresh."
        % LOG
    )


# --- which Python ---------------------------------------------------------------------


def version_of(python):
    """(3, 12) of a Python that the book can use; None of any other, or of one that does not run."""
    try:
        said = subprocess.check_output(
            [python, "-c", PROBE], stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL
        ).split()
        major, minor, usable = [int(word) for word in said]
    except (OSError, ValueError, subprocess.CalledProcessError):
        return None
    fits = usable and OLDEST <= (major, minor) <= NEWEST
    return (major, minor) if fits else None


def another_python():
    """The newest python3.N on the PATH that the book can use, or None."""
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        name = "python%d.%d" % (NEWEST[0], minor)
        for folder in os.environ.get("PATH", "").split(os.pathsep):
            python = os.path.join(folder, name)
            if os.access(python, os.X_OK) and version_of(python):
                return python
    return None


def digest_for(version):
    """What the environment is made from: if any of it changed, it is made again. The folder is
    part of it, because the library is installed from here."""
    digest = hashlib.sha256(("%d.%d %s" % (version + (FOLDER,))).encode())
    for name in MADE_FROM:
        with open(name, "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()


def is_current(version):
    """Whether the environment is made from what lies here, with this version of Python (None: with
    any that the book can use)."""
    python, stamp = (
        os.path.join(VENV, "bin", "python"),
        os.path.join(VENV, "made-from"),
    )
    if not (os.path.exists(stamp) and os.path.exists(python)):
        return False
    with open(stamp) as file:
        made = file.read()
    versions = (
        [version]
        if version
        else [(OLDEST[0], minor) for minor in range(OLDEST[1], NEWEST[1] + 1)]
    )
    return made in [digest_for(one) for one in versions]


# --- making it ------------------------------------------------------------------------


def install_uv(python):
    """Install uv, which the lock pins and hashes, beside a Python that has pip."""
    with open("requirements.lock") as lock:
        uv = re.search(
            r"^uv==.*?(?=^\S|\Z)", lock.read(), re.MULTILINE | re.DOTALL
        ).group(0)
    first = os.path.join("_build", "uv.lock.txt")
    with open(first, "w") as file:
        file.write(uv)
    run(
        "Installing uv",
        [python, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", first],
    )
    os.remove(first)
    return os.path.join(os.path.dirname(python), "uv")


def make_environment():
    own = version_of(sys.executable)
    if is_current(own):
        return
    if not os.path.isdir("_build"):
        os.makedirs("_build")
    open(LOG, "w").close()
    if os.path.islink(VENV):  # to another folder's, which is not ours to change
        os.unlink(VENV)
    stamp = os.path.join(VENV, "made-from")
    if os.path.exists(stamp):  # a half-made environment must not count as current
        os.remove(stamp)

    python = os.path.join(VENV, "bin", "python")
    chosen, fetched = sys.executable, None
    if own is None:
        name = "%s is %d.%d" % (
            (os.path.basename(sys.executable),) + sys.version_info[:2]
        )
        wanted = "%d.%d to %d.%d" % (OLDEST + NEWEST)
        chosen = another_python()
        if chosen:
            print("%s; this book needs %s and takes %s." % (name, wanted, chosen))
            own = version_of(chosen)
        elif sys.version_info < (3, 8):  # for which there is no uv
            stop(
                "This book needs Python %s, and %s: name another one, for example "
                "make book PYTHON=python3.12." % (wanted, name)
            )
        else:
            print("%s; this book needs %s, so uv fetches one." % (name, wanted))
            own = fetched = NEWEST
    if fetched:
        helper = os.path.join("_build", "uv")
        run("Preparing uv", [sys.executable, "-m", "venv", "--clear", helper])
        uv = install_uv(os.path.join(helper, "bin", "python"))
        run(
            "Creating the environment in %s (a minute or two, once)" % VENV,
            [uv, "venv", "--clear", "--seed", "--python", "%d.%d" % fetched, VENV],
        )
        shutil.rmtree(helper, ignore_errors=True)
    else:
        run(
            "Creating the environment in %s (a minute or two, once)" % VENV,
            [chosen, "-m", "venv", "--clear", VENV],
        )
    # pip is slow with 200 hashed packages; uv installs them in seconds
    install = [install_uv(python), "pip", "install", "--python", python]
    run(
        "Installing the packages of requirements.lock",
        install + ["--require-hashes", "-r", "requirements.lock"],
    )
    run(
        "Installing lrdecay_lib",
        install + ["--no-deps", "--no-build-isolation", "--editable", "."],
    )
    with open(stamp, "w") as file:
        file.write(digest_for(own))


# --- one at a time --------------------------------------------------------------------


def wait_for_turn():
    """Take the folder's lock, which lasts until this process and what it becomes have ended;
    wait while another one has it, and say so."""
    if fcntl is None or os.environ.get("LRDECAY_ALONE") == FOLDER:
        return
    lock = os.open(LOCK, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (IOError, OSError) as error:
        if error.errno not in (errno.EACCES, errno.EAGAIN):
            return  # a file system without locks
        who = os.read(lock, 200).decode("utf-8", "replace").strip()
        print("Another make is at work in this folder (%s): waiting for it." % who)
        sys.stdout.flush()
        fcntl.flock(lock, fcntl.LOCK_EX)
    os.ftruncate(lock, 0)
    os.lseek(lock, 0, os.SEEK_SET)
    command = [os.path.basename(word) for word in sys.argv[2:]] or ["environment"]
    os.write(lock, ("process %d, %s" % (os.getpid(), " ".join(command)[:120])).encode())
    if hasattr(os, "set_inheritable"):
        os.set_inheritable(lock, True)
    os.environ["LRDECAY_ALONE"] = FOLDER  # what it starts need not wait for it


def clean():
    """Delete what was built, and nobody's work: a course in _build stays."""
    for name in sorted(os.listdir("_build")) if os.path.isdir("_build") else []:
        path = os.path.join("_build", name)
        if os.path.islink(path) or not os.path.isdir(path):
            os.remove(path)
            continue
        course = next(
            (
                here
                for here, folders, files in os.walk(path)
                if set(WORK) & set(folders + files)
            ),
            None,
        )
        if course:
            print("%s holds a course, and stays." % course)
        else:
            shutil.rmtree(path)
    if os.path.isdir("_build") and not os.listdir("_build"):
        os.rmdir("_build")
    shutil.rmtree(os.path.join("book", "generated"), ignore_errors=True)


def main(arguments):
    if arguments[:1] == ["--alone"]:
        wait_for_turn()
        os.execvp(arguments[1], arguments[1:])
    if arguments == ["--clean"]:
        wait_for_turn()
        return clean()
    if not is_current(version_of(sys.executable)):
        wait_for_turn()
        make_environment()
    return None


if __name__ == "__main__":
    os.chdir(FOLDER)
    try:
        main(sys.argv[1:])
    except (IOError, OSError) as error:
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            stop(
                "This folder cannot be written to (%s): copy the book to one of your own, and run "
                "make there." % (error.filename or FOLDER)
            )
        if error.errno == errno.ENOSPC:
            stop("The disk is full: make room and run make again.")
        stop("%s: %s" % (error.filename or "An error", error.strerror))
