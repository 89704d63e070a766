"""Create .venv from requirements.lock, or leave it alone when it is current.

Run by the Makefile with whatever Python the machine has, so this file uses nothing but the standard
library, and only syntax that an old Python can read: its answer must be a sentence, not a
SyntaxError.
"""

from __future__ import print_function

import hashlib
import os
import re
import subprocess
import sys

OLDEST, NEWEST = (3, 11), (3, 13)
VENV = ".venv"
LOG = os.path.join("_build", "install.log")
UNREACHABLE = re.compile(
    r"name resolution|name or service not known|failed to establish|connection "
    r"(refused|reset|error|aborted)"
    r"|network is unreachable|timed out|timeout|dns error|error sending request|failed "
    r"to fetch|proxy"
    r"|could not find a version|no matching distribution",
    re.IGNORECASE,
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


def main():
    version = sys.version_info[:2]
    if not OLDEST <= version <= NEWEST:
        stop(
            "This book needs Python %d.%d to %d.%d, and %s is %d.%d: name another one, for example "
            "make book PYTHON=python3.12."
            % (OLDEST + NEWEST + (os.path.basename(sys.executable),) + version)
        )
    # what the environment is made from: if any of it changed, install again
    digest = hashlib.sha256(("%d.%d" % version).encode())
    for name in ("requirements.lock", "pyproject.toml"):
        with open(name, "rb") as file:
            digest.update(file.read())
    stamp = os.path.join(VENV, "made-from")
    python = os.path.join(VENV, "bin", "python")
    if os.path.exists(stamp):
        with open(stamp) as file:
            if file.read() == digest.hexdigest() and os.path.exists(python):
                return
    if not os.path.isdir("_build"):
        os.makedirs("_build")
    open(LOG, "w").close()

    run(
        "Creating the environment in %s (a minute or two, once)" % VENV,
        [sys.executable, "-m", "venv", "--clear", VENV],
    )
    # pip is slow with 200 hashed packages; uv, itself pinned and hashed in the lock, installs them
    # in seconds
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
    install = [os.path.join(VENV, "bin", "uv"), "pip", "install", "--python", python]
    run(
        "Installing the packages of requirements.lock",
        install + ["--require-hashes", "-r", "requirements.lock"],
    )
    run(
        "Installing lrdecay_lib",
        install + ["--no-deps", "--no-build-isolation", "--editable", "."],
    )
    with open(stamp, "w") as file:
        file.write(digest.hexdigest())


if __name__ == "__main__":
    os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
    main()
