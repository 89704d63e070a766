"""Start a lesson's kernel: from the process of `warm.py` if it takes this one, else a new Python.

Jupyter starts this and speaks with the kernel; this passes signals on and ends as the kernel does.
"""

import json
import os
import signal
import socket
import sys


def cold():
    """Become an ordinary kernel."""
    os.execv(
        sys.executable, [sys.executable, "-m", "ipykernel_launcher", *sys.argv[1:]]
    )


def ask():
    """The connection to the warm process, and the kernel's process number there; None if there is
    no such process, or if it refuses."""
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.connect(os.environ["LESSON_WARM"])
        socket.send_fds(connection, [b"."], [0, 1, 2])
        request = {
            "arguments": sys.argv[1:],
            "environment": dict(os.environ),
            "executable": sys.executable,
            "cores": sorted(os.sched_getaffinity(0)),
            "folder": os.getcwd(),
        }
        connection.sendall(json.dumps(request).encode() + b"\n")
        answers = connection.makefile()
        return answers, json.loads(answers.readline() or "{}").get("kernel")
    except OSError:
        return None, None


def warm(answers, kernel):
    """Wait for the kernel; the exit status is the kernel's."""

    def pass_on(number, _):
        try:
            os.kill(kernel, number)
        except ProcessLookupError:
            pass  # it ended just now

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1):
        signal.signal(number, pass_on)
    status = json.loads(answers.readline() or '{"status": -9}')["status"]
    if status < 0:
        signal.signal(-status, signal.SIG_DFL) if -status != signal.SIGKILL else None
        os.kill(os.getpid(), -status)
    sys.exit(status)


if os.environ.get("LESSON_WARM"):
    answers, kernel = ask()
    if kernel:
        warm(answers, kernel)
cold()
