"""Render the site into _build/html from the notebooks as they are committed. Any warning is an error."""

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import lessons
import pages


def main():
    missing = [text.stem for text in lessons.texts() if not text.with_suffix(".ipynb").exists()]
    if missing:
        return f"These lessons have never been run: {', '.join(missing)}. Run `make execute`."
    begin = time.perf_counter()
    pages.write()
    print("Rendering the site")
    for leftover in ("html", ".doctrees"):  # a page that left the book must not stay on the site
        shutil.rmtree(lessons.ROOT / "_build" / leftover, ignore_errors=True)
    command = [Path(sys.executable).with_name("jupyter-book"), "build", str(lessons.ROOT), "--warningiserror", "--keep-going", "--quiet"]
    built = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
                           env={**os.environ, "NO_COLOR": "1"})
    index = lessons.ROOT / "_build" / "html" / "index.html"
    if built.returncode or not index.exists():
        log = lessons.ROOT / "_build" / "render.log"
        log.write_text(built.stdout, encoding="utf-8")
        lines = built.stdout.splitlines()
        print("\n".join([line for line in lines if re.search("WARNING|ERROR|Error", line)] or lines[-10:]))
        return f"The site was not built: the lines above say which page and why (all of it: {log.relative_to(lessons.ROOT)})."
    print(f"Done in {time.perf_counter() - begin:.0f} s. Open {index.relative_to(lessons.ROOT)} in a browser, "
          "or run `make serve`.")
    return None


if __name__ == "__main__":
    sys.exit(main())
