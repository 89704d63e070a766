"""What one runs before each commit: style, staleness, guards and the quick tests. No lesson is run.

    python tools/maintain/check.py                  all of it
    python tools/maintain/check.py style lessons    some of it

Every part is tried, so that one look shows all there is to mend.
"""

import subprocess
import sys
import time
from pathlib import Path

TOOLS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TOOLS / "make_book"), str(TOOLS / "maintain")]

import format_lessons
import lessons
import render

BIN = Path(sys.executable).parent


def run(*command):
    return subprocess.run(command, cwd=lessons.ROOT, check=False).returncode == 0


def style():
    """Code is formatted, and ruff finds nothing in it."""
    checked = run(BIN / "ruff", "check", "--quiet")
    return run(BIN / "ruff", "format", "--check", "--quiet") and checked


def texts():
    """The lessons' code is formatted as all other code is."""
    wrong = []
    for path in lessons.texts():
        words = path.read_text(encoding="utf-8")
        if format_lessons.formatted(words) != words:
            wrong.append(path.name)
    if wrong:
        print(f"not formatted: {', '.join(wrong)}; run `make format`")
    return not wrong


def notebooks():
    """Notebooks are in step with their texts and the library, and nobody edited them."""
    wrong = [why for text in lessons.texts() if (why := render.out_of_step(text))]
    print(*wrong, sep="\n", end="\n" if wrong else "")
    return not wrong


# tests that neither train nor open a browser nor start a class
QUICK = (
    "library/test_evidence.py",
    "library/test_imports.py",
    "lessons/test_lessons.py",
    "lessons/test_ledger.py",
    "lessons/test_quizzes.py",
    "repository/test_links.py",
)


def tests():
    """Those that take seconds; the others stay for `make test`. Slow ones among them are marked."""
    command = [sys.executable, "-m", "pytest", *(f"tests/{name}" for name in QUICK)]
    options = ["-m", "not slow", "--quiet", "-p", "no:nbval", "-o", "addopts="]
    return run(*command, *options, "--numprocesses=auto", "--dist=worksteal")


PARTS = {"style": style, "lessons": texts, "notebooks": notebooks, "tests": tests}


def main(chosen):
    unknown = set(chosen) - set(PARTS)
    if unknown:
        return f"There is no part {', '.join(sorted(unknown))}: the parts are {', '.join(PARTS)}."
    failed, begin = [], time.perf_counter()
    for name in chosen or PARTS:
        start = time.perf_counter()
        fine = PARTS[name]()
        print(
            f"{name}: {'fine' if fine else 'to mend'} ({time.perf_counter() - start:.0f} s)"
        )
        sys.stdout.flush()
        failed += [name] * (not fine)
    if failed:
        return f"To mend before a commit: {', '.join(failed)}."
    print(
        f"All fine, in {time.perf_counter() - begin:.0f} s. `make test` runs everything."
    )
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
