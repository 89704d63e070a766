"""The version, which moves with each commit, so that an installer sees that there is a newer one.

Everything else stands in pyproject.toml. From git, 0.3.0 with 801 commits behind it is
0.3.0.post801; a zip of the sources, which has no git, is 0.3.0.
"""

import subprocess
from pathlib import Path

from setuptools import setup

RELEASE = "0.3.0"
ROOT = Path(__file__).resolve().parent


def git(*command):
    """What git says of this folder, or nothing where it cannot."""
    try:
        done = subprocess.run(
            ["git", *command], cwd=ROOT, capture_output=True, text=True, check=False
        )
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def version():
    built = ROOT / "PKG-INFO"  # a source distribution knows what it was made as
    if built.exists():
        for line in built.read_text(encoding="utf-8").splitlines():
            if line.startswith("Version: "):
                return line.removeprefix("Version: ").strip()
    # another repository around the folder of a zip counts commits of its own, and a shallow clone
    # counts too few
    if (
        not (ROOT / ".git").exists()
        or git("rev-parse", "--is-shallow-repository") == "true"
    ):
        return RELEASE
    commits = git("rev-list", "--count", "HEAD")
    return f"{RELEASE}.post{commits}" if commits else RELEASE


setup(version=version())
