"""What to do with a notebook that somebody edited. The text is a lesson's source, so the edits go
into the text, or wait aside.

    python tools/maintain/edited.py take 03_2     write the notebook's cells into the text
    python tools/maintain/edited.py aside 03_2    put the notebook aside, and trust the text

Nothing is deleted: what gives way lies in edited/ afterwards, with the time in its name.
"""

import shutil
import sys
import time

import lessons


def put_aside(path, root):
    """Copy a file into edited/ under the root; returns the copy's name."""
    folder = root / lessons.EDITED
    folder.mkdir(exist_ok=True)
    moment, number = time.strftime("%Y%m%d-%H%M%S"), 0
    while True:
        extra = f"-{number}" if number else ""
        copy = folder / f"{path.stem}-{moment}{extra}{path.suffix}"
        if not copy.exists():
            break
        number += 1
    shutil.copy2(path, copy)
    return copy.relative_to(root).as_posix()


def aside(notebook_path, root):
    """Put an edited notebook aside; returns a sentence."""
    text = notebook_path.with_suffix(".md")
    if not text.exists():
        return (
            f"{notebook_path.name} was left where it is, since there is no text to make it from: "
            f"`make take LESSON={notebook_path.stem}` writes one."
        )
    copy = put_aside(notebook_path, root)
    notebook_path.unlink()
    return f"{notebook_path.name} lies in {copy} now; `make book` makes it anew from {text.name}."


def take(notebook_path, root):
    """Write an edited notebook's cells into its text; returns a sentence."""
    text = notebook_path.with_suffix(".md")
    notebook = lessons.read_notebook(notebook_path)
    written = notebook.metadata.get("lrdecay", {})
    kept = ""
    before = text.read_bytes() if text.exists() else None
    if before is not None and lessons.digest_of(
        lessons.words_of(lessons.from_text(text))
    ) not in (written.get("cells"), lessons.record(notebook)["cells"]):
        kept = f" The text had changes of its own; it lies in {put_aside(text, root)} as it was."
    lessons.write_whole(text, lessons.to_text(notebook, text))
    lost = next(
        (
            number
            for number, (here, there) in enumerate(
                zip(
                    lessons.words_of(notebook),
                    lessons.words_of(lessons.from_text(text)),
                    strict=False,
                )
            )
            if here != there
        ),
        None,
    )
    if not lessons.in_step(text, notebook_path):
        text.unlink() if before is None else text.write_bytes(before)
        where = f"its cell {lost}" if lost is not None else "the number of its cells"
        return (
            f"{notebook_path.name} holds what a text cannot (see {where}; a pasted picture, for "
            "example), so nothing was changed."
        )
    said = f"{text.name} holds the cells of {notebook_path.name} now.{kept}"
    if "outputs" not in lessons.edits(notebook) and not lessons.is_stale(
        text, notebook_path
    ):
        lessons.write_notebook(notebook, notebook_path)
        return f"{said} Its outputs are still those of its code, so it need not be run."
    copy = put_aside(notebook_path, root)
    notebook_path.unlink()
    return f"{said} `make book` runs it anew; until then the notebook lies in {copy}."


def main(arguments, root=lessons.ROOT):
    what, chosen = arguments[0], arguments[1:]
    found = [
        path
        for path in sorted((root / "chapters").glob("*/*.ipynb"))
        if any(path.stem.startswith(name) for name in chosen)
    ]
    if not found:
        return (
            f"There is no notebook whose name begins with {' or '.join(chosen)}."
            if chosen
            else f"Say which lesson, for example make {what} LESSON=03_2"
        )
    for path in found:
        try:
            edited = lessons.edits(lessons.read_notebook(path))
            if not path.with_suffix(".md").exists():
                print({"take": take, "aside": aside}[what](path, root))
            elif what == "take" and "cells" not in edited:
                print(f"{path.name} holds no cell that was edited.")
            elif not edited:
                print(f"{path.name} was not edited.")
            else:
                print({"take": take, "aside": aside}[what](path, root))
        except lessons.Unreadable as error:
            return str(error)
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
