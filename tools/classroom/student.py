"""The process in which one student's notebook runs. It is given cells and questions, and gives
output and values; it knows no right answer and no mark.

    python student.py LIBRARY LIMITS

`sandbox` starts it where it can reach nothing else. Requests come over its input and replies go
over its output, one line of JSON each; a reply repeats the token of its request.
"""

import base64
import io
import json
import os
import pickle
import signal
import sys


class Output(io.TextIOBase):
    """What is printed: the first characters are kept, and the rest is counted."""

    def __init__(self, most):
        self.most, self.parts, self.size = most, [], 0

    def writable(self):
        return True

    def write(self, text):
        text = str(text)
        room = self.most - self.size
        if room > 0:
            self.parts.append(text[:room])
        self.size += len(text)
        return len(text)

    def take(self):
        """All that was printed since the last time."""
        text, more = "".join(self.parts), self.size - self.most
        self.parts, self.size = [], 0
        return text + (f"\n... and {more:,} characters more\n" if more > 0 else "")


class TimeUp(BaseException):
    """Raised in a cell that computes for too long; not an Exception, so it is hardly caught."""


def limit(limits):
    """Ask the system to hold this process to its limits, where it can."""
    os.nice(10)  # the marker goes first
    try:
        import resource
    except ImportError:  # Windows
        return
    for name, most in {
        "RLIMIT_CORE": 0,
        "RLIMIT_NOFILE": 256,
        "RLIMIT_FSIZE": limits["file"],
        "RLIMIT_AS": limits["address"],
        "RLIMIT_CPU": limits["total"],
    }.items():
        try:
            resource.setrlimit(getattr(resource, name), (most, most))
        except (AttributeError, ValueError, OSError):
            pass  # macOS knows no limit of memory; `sandbox` watches it from outside


def shell(output):
    """IPython as a notebook has it, with text for all that it shows."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "NoColor"
    sys.stdout = sys.stderr = output
    made = InteractiveShell.instance(config=config)
    made.displayhook.write_output_prompt = lambda: None
    made.enable_gui = lambda *_, **__: None  # `%matplotlib inline` asks for it
    return made


def main(library, limits):
    requests, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    limits = json.loads(limits)
    limit(limits)
    sys.path.insert(0, library)
    output = Output(limits["output"])
    python, here = shell(output), os.getpid()
    null = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(null, number)

    def too_long(*_):
        raise TimeUp(f"stopped after {limits['cell']:g} seconds of computing")

    def run(source):
        if hasattr(signal, "SIGPROF"):
            signal.signal(signal.SIGPROF, too_long)
            signal.setitimer(signal.ITIMER_PROF, limits["cell"])
        try:
            result = python.run_cell(source)
            error = result.error_before_exec or result.error_in_exec
        except BaseException as raised:
            error = raised
        finally:
            if hasattr(signal, "SIGPROF"):
                signal.setitimer(signal.ITIMER_PROF, 0)
        said = f"{type(error).__name__}: {error}"[:500] if error is not None else ""
        return {"output": output.take(), "error": said}

    def ask(pickled):
        questions = pickle.loads(base64.b64decode(pickled))
        answers = questions.ask(python.user_ns.get(questions.name))
        output.take()  # what an answer prints is repeated for every question
        return {"answers": answers.to_json()}

    def reply(**content):
        replies.write(json.dumps(content).encode() + b"\n")
        replies.flush()

    reply(token="ready")
    for line in requests:
        request = json.loads(line)
        done = run(request["run"]) if "run" in request else ask(request["ask"])
        if os.getpid() != here:  # a cell has forked, and this is the copy
            os._exit(0)
        reply(token=request["token"], **done)


if __name__ == "__main__":
    main(*sys.argv[1:])
