"""Give the book the address of another repository, in every file that names the old one.

    python tools/maintain/move.py https://github.com/owner/name

The address stands in _config.yml; the lessons' first cells, the README and the pages repeat it,
because they are also read where _config.yml is not. No lesson becomes stale: the line that
installs the library is not in its digest. Where the site was published by GitHub Pages, its address
follows; a domain of its own stays.
"""

import re
import subprocess
import sys

import lessons
import nbformat
import yaml

GITHUB = "https://github.com/"  # from where Colab opens notebooks


def name_in(address):
    """owner/name of a repository on GitHub, None if the address is anything else."""
    found = re.fullmatch(
        GITHUB + r"([a-zA-Z0-9][\w-]*/[\w.-]*[\w-])",
        address.strip().rstrip("/").removesuffix(".git"),
        re.ASCII,
    )
    return found and found[1]


def pages_of(name):
    """Where GitHub publishes the site of owner/name, without https:// before it."""
    owner, repository = name.lower().split("/")[0], name.split("/")[1]
    home = f"{owner}.github.io"
    return home if repository.lower() == home else f"{home}/{repository}"


def texts_with(words, root):
    """(path, text) of each text file of the repository, tracked or new, in which the words are
    found."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=root,
        capture_output=True,
        check=True,
    ).stdout.decode()
    for path in sorted(root / name for name in listed.split("\0") if name):
        content = path.read_bytes() if path.is_file() else b""
        if b"\0" not in content and words.search(text := content.decode()):
            yield path, text


def recorded(path, old, new):
    """The words of a file after the move: a notebook that nobody edited keeps a record that says
    so."""
    if path.suffix != ".ipynb":
        return new
    before, after = (nbformat.reads(words, as_version=4) for words in (old, new))
    if "cells" not in lessons.edits(before):
        new = new.replace(
            before.metadata["lrdecay"]["cells"], lessons.record(after)["cells"]
        )
    return new


def move(address, root):
    """Move the book under root; returns the sentence to end with, and whether the book now has
    the address."""
    new = name_in(address)
    if not new:
        return (
            f"{address or 'Nothing'} is not the address of a repository on GitHub, from where "
            f"Colab opens the lessons: say for example make repository URL={GITHUB}owner/name"
        ), False
    # where somebody changed _config.yml by hand, the other files still have what CITATION.cff has
    old = {
        yaml.safe_load((root / "_config.yml").read_text(encoding="utf-8"))[
            "repository"
        ]["url"],
        yaml.safe_load((root / "CITATION.cff").read_text(encoding="utf-8"))[
            "repository-code"
        ],
    }
    names = {name_in(one) or one for one in old}
    if names == {new}:
        return f"The book's address is {GITHUB}{new} already.", True
    whole = re.compile(
        rf"(?<![\w.-])({'|'.join(map(re.escape, sorted(names)))})(?=\.git\b|\.?(?![\w.-]))"
    )
    # where GitHub publishes the sites of the old names
    published = [re.escape(pages_of(one)) for one in names if name_in(GITHUB + one)]
    site = re.compile(
        rf"(?<=https://)({'|'.join(sorted(published)) or '(?!)'})(?=/|\.?(?![\w.-]))"
    )

    def moved(text):
        return site.sub(pages_of(new), whole.sub(new, text))

    try:
        changed = [
            (path, text)
            for path, text in texts_with(
                re.compile(f"{whole.pattern}|{site.pattern}"), root
            )
            if moved(text) != text
        ]
    except (OSError, subprocess.CalledProcessError):
        return (
            "Nothing was changed: the book's files are listed by git, and here it cannot.",
            False,
        )
    for path, text in changed:
        path.write_bytes(recorded(path, text, moved(text)).encode())
    return (
        f"The book's address is now {GITHUB}{new}, in {len(changed)} files. Look with "
        "`git diff`, then run `make book`.",
        True,
    )


def main(arguments):
    sentence, done = move(" ".join(arguments), lessons.ROOT)
    if not done:
        return sentence
    print(sentence)
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
