"""The two commands on a machine where something is missing: one clear sentence each, and no
traceback."""

import os
import shutil
import subprocess
import sys

import lessons
import pytest


@pytest.fixture
def clone(tmp_path):
    """As much of the repository as making the environment looks at."""
    for name in ("Makefile", "requirements.lock", "pyproject.toml"):
        shutil.copy(lessons.ROOT / name, tmp_path)
    (tmp_path / "tools" / "make_book").mkdir(parents=True)
    shutil.copy(
        lessons.ROOT / "tools" / "make_book" / "environment.py",
        tmp_path / "tools" / "make_book",
    )
    return tmp_path


def make(clone, *arguments, **environment):
    keep = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("PIP_", "UV_", "MAKE", "VIRTUAL_ENV"))
    }
    return subprocess.run(
        ["make", "environment", *arguments],
        cwd=clone,
        env={**keep, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_no_such_python(clone):
    done = make(clone, "PYTHON=python3.99")
    assert done.returncode != 0
    assert "There is no python3.99 here" in done.stdout + done.stderr


def test_python_too_old(clone):
    script = clone / "tools" / "make_book" / "environment.py"
    script.write_text(
        script.read_text().replace(
            "OLDEST, NEWEST = (3, 11), (3, 13)", "OLDEST, NEWEST = (3, 98), (3, 99)"
        )
    )
    done = make(clone, f"PYTHON={sys.executable}")
    assert done.returncode != 0
    assert (
        "This book needs Python 3.98 to 3.99" in done.stderr
        and "PYTHON=python3.12" in done.stderr
    )
    assert "Traceback" not in done.stderr and not (clone / ".venv").exists()


def test_no_network(clone):
    nowhere = "http://127.0.0.1:9/"  # the discard port: nothing listens there
    done = make(
        clone,
        f"PYTHON={sys.executable}",
        PIP_INDEX_URL=nowhere,
        PIP_CONFIG_FILE=os.devnull,
        PIP_RETRIES="0",
        PIP_NO_CACHE_DIR="1",
    )
    assert done.returncode != 0
    assert (
        "The package index could not be reached" in done.stderr
        and "run make again" in done.stderr
    )
    assert "Traceback" not in done.stderr
    assert not (clone / ".venv" / "made-from").exists(), (
        "a half-made environment must not count as current"
    )


def test_a_current_environment_is_left_alone(clone):
    """Nothing is installed twice: the second call finds its stamp and does nothing."""
    import hashlib

    digest = hashlib.sha256(b"%d.%d" % sys.version_info[:2])
    for name in ("requirements.lock", "pyproject.toml"):
        digest.update((clone / name).read_bytes())
    (clone / ".venv" / "bin").mkdir(parents=True)
    (clone / ".venv" / "bin" / "python").touch()
    (clone / ".venv" / "made-from").write_text(digest.hexdigest())
    done = make(clone, f"PYTHON={sys.executable}")
    assert done.returncode == 0 and done.stdout == "" and done.stderr == ""


def test_stale_lesson_that_fails_keeps_its_notebook(tmp_path, monkeypatch):
    """A lesson whose code fails is named with its error, the others are run, and nothing is
    lost."""
    import execute

    chapters = tmp_path / "chapters" / "en"
    chapters.mkdir(parents=True)
    cell = "# {0}\n\n```{{code-cell}} ipython3\n{1}\n```\n"
    (chapters / "01_good.md").write_text(cell.format("Good", "print(1 + 1)"))
    (chapters / "02_bad.md").write_text(cell.format("Bad", "1 / 0"))
    (chapters / "02_bad.ipynb").write_text(
        old := lessons.nbformat.writes(lessons.from_text(chapters / "02_bad.md"))
    )
    monkeypatch.setattr(lessons, "CHAPTERS", tmp_path / "chapters")
    monkeypatch.setattr(lessons.texts, "__defaults__", (tmp_path / "chapters",))
    monkeypatch.setattr(
        execute.pages, "write_ledger", lambda: None
    )  # the book's own ledger is not theirs
    answer = execute.main([])
    assert "02_bad" in answer and "01_good" not in answer
    assert (chapters / "02_bad.ipynb").read_text() == old
    assert (
        "2"
        in lessons.code_of(lessons.read_notebook(chapters / "01_good.ipynb"))[0]
        .outputs[0]
        .text
    )


def test_unknown_lesson(capsys):
    import execute

    assert "There is no lesson whose file name begins with 99_9" in execute.main(
        ["99_9"]
    )
