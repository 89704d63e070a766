"""Format the lessons' code as ruff formats all other code, in their texts.

    python tools/maintain/format_lessons.py

Ruff reads notebooks, and knows that a line such as `%pip install` is none of Python. So the code
cells of a text go to it as a notebook, and what comes back takes their places. Prose stays.
"""

import re
import subprocess
import sys
from pathlib import Path

import lessons
import nbformat

CELL = re.compile(
    r"^(?P<open>```\{code-cell\}[^\n]*\n(?:(?:---\n.*?---|:[^\n]*)\n)*\n?)(?P<code>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


def ruff(notebook, *command):
    done = subprocess.run(
        [
            Path(sys.executable).with_name("ruff"),
            *command,
            "--stdin-filename",
            "lesson.ipynb",
            "-",
        ],
        input=nbformat.writes(notebook),
        capture_output=True,
        text=True,
        check=False,
        cwd=lessons.ROOT,
    )
    return (
        nbformat.reads(done.stdout, as_version=4) if done.stdout.strip() else notebook
    )


def formatted(text):
    """The words of a lesson's text with its code formatted."""
    codes = [found["code"].strip("\n") for found in CELL.finditer(text)]
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(code) for code in codes]
    )
    for command in (["check", "--fix-only", "--quiet"], ["format", "--quiet"]):
        notebook = ruff(notebook, *command)
    new = iter([cell.source for cell in notebook.cells])
    return CELL.sub(lambda found: found["open"] + next(new) + "\n```", text)


def main():
    for path in lessons.texts():
        text = path.read_text(encoding="utf-8")
        if (new := formatted(text)) != text:
            path.write_text(new, encoding="utf-8")
            print(f"{path.name}: formatted")


if __name__ == "__main__":
    main()
