"""Ask every site that the book links to whether the page is still there, with Sphinx's own link
checker.

A site that refuses programs (401, 403, 429), or does not answer in time, says nothing about the
page: only links whose page or site is gone count as broken.
"""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import lessons
import pages
import render

REFUSED = re.compile(r"\b(401|403|405|418|429|5\d\d) ")


def gone(result):
    """Whether a line of the checker's report says that a page or its site is gone."""
    return result["status"] == "broken" and not REFUSED.match(result["info"])


def check(root):
    """Check the links of the book under root; returns how many there are, and a line for each
    that leads nowhere."""
    folder = root / "_build" / "linkcheck"
    shutil.rmtree(folder, ignore_errors=True)
    command = [
        Path(sys.executable).with_name("jupyter-book"),
        "build",
        str(root),
        "--builder",
        "custom",
        "--custom-builder",
        "linkcheck",
    ]
    checked = subprocess.run(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if not (folder / "output.json").exists():
        raise OSError(checked.stdout[-2000:])
    results = [
        json.loads(line)
        for line in (folder / "output.json").read_text(encoding="utf-8").splitlines()
    ]
    lines = sorted(
        f"{result['filename']}: {result['uri']}: {result['info']}"
        for result in results
        if gone(result)
    )
    if lines:
        (folder / "broken.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return len(results), lines


def main():
    pages.write()
    (pages.GENERATED / "downloads.md").write_text(
        render.downloads(pdf=False), encoding="utf-8"
    )
    try:
        number, lines = check(lessons.ROOT)
    except OSError as error:
        return f"The links were not checked: {error}"
    if lines:
        return "\n".join(["These links lead nowhere:", *lines])
    print(f"None of {number} links leads nowhere.")
    return None


if __name__ == "__main__":
    sys.exit(main())
