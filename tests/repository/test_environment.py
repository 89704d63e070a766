"""The two commands on a machine where something is missing: one clear sentence each, and no
traceback."""

import fcntl
import os
import shutil
import stat
import subprocess
import sys
import textwrap
import time

import environment
import lessons
import pytest

OWN = ".".join(map(str, sys.version_info[:2]))


@pytest.fixture
def clone(tmp_path):
    """As much of the repository as making the environment looks at."""
    root = tmp_path / "book"
    (root / "tools" / "make_book").mkdir(parents=True)
    for name in ("Makefile", *environment.MADE_FROM):
        shutil.copy(lessons.ROOT / name, root)
    shutil.copy(
        lessons.ROOT / "tools" / "make_book" / "environment.py",
        root / "tools" / "make_book",
    )
    return root


def outside():
    """The variables of this process without what the make that may have started it was told, as in
    `make test PYTHON=python3.13`, and without what moves an environment."""
    told = ("MAKE", "PIP_", "UV_", "VIRTUAL_ENV", "LRDECAY_")
    return {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(told) and key not in ("PYTHON", "COURSE", "WHICH", "WITH")
    }


def make(clone, target="environment", *arguments, **environment):
    return subprocess.run(
        ["make", target, *arguments],
        cwd=clone,
        env={**outside(), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def program(path, words):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(textwrap.dedent(words))
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def python_that_says(path, version, name="cpython", gil=True):
    """A Python of another version, as far as a program can tell: it runs what it is given after
    its version was changed."""
    lie = (
        "import sys, sysconfig; "
        f"sys.version_info = (*{version}, 0, 'final', 0); sys.executable = {str(path)!r}; "
        f"sys.implementation.name = {name!r}; "
        f"ask = sysconfig.get_config_var; "
        f"sysconfig.get_config_var = lambda n: {int(not gil)} if n == 'Py_GIL_DISABLED' else ask(n)"
    )
    return program(
        path,
        f"""\
        #!{sys.executable}
        import runpy, sys
        {lie}
        arguments = sys.argv[1:]
        if arguments[:1] == ["-c"]:
            exec(arguments[1])
        elif arguments[:1] == ["-m"]:
            import subprocess
            sys.exit(subprocess.call([{sys.executable!r}, *arguments]))
        else:
            sys.argv = arguments
            sys.path.insert(0, arguments[0].rpartition("/")[0])
            runpy.run_path(arguments[0], run_name="__main__")
        """,
    )


def path_with(folder):
    """A PATH on which no Python stands but those of a folder: the system's other programs are
    linked into it."""
    folder.mkdir(exist_ok=True)
    for name in ("sh", "make", "grep", "sed", "rm", "git", "env"):
        if not (folder / name).exists():
            (folder / name).symlink_to(shutil.which(name))
    return str(folder)


NOWHERE = {
    "PIP_INDEX_URL": "http://127.0.0.1:9/",  # the discard port: nothing listens there
    "PIP_CONFIG_FILE": os.devnull,
    "PIP_RETRIES": "0",
    "PIP_NO_CACHE_DIR": "1",
}


def current(clone, version=OWN, folder=None):
    """Give the clone an environment that looks as if it had been made."""
    (clone / ".venv" / "bin").mkdir(parents=True)
    (clone / ".venv" / "bin" / "python").symlink_to(sys.executable)
    program = (
        "import sys; sys.path.insert(0, 'tools/make_book'); import environment as e; "
        f"e.FOLDER = {str(folder or clone.resolve())!r}; "
        f"print(e.digest_for(tuple(map(int, {version!r}.split('.')))))"
    )
    digest = subprocess.run(
        [sys.executable, "-c", program],
        cwd=clone,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    (clone / ".venv" / "made-from").write_text(digest)


# --- which Python ---------------------------------------------------------------------


def test_no_such_python(clone):
    done = make(clone, "environment", "PYTHON=python3.99")
    assert done.returncode != 0
    assert "There is no python3.99 here" in done.stdout + done.stderr


def test_no_python_at_all(clone, tmp_path):
    done = make(clone, PATH=path_with(tmp_path / "bin"))
    assert done.returncode != 0 and "There is no python3 here" in done.stdout


def test_a_python3_that_does_not_run_gives_way(clone, tmp_path):
    """As a version manager's stand-in does for a version that is not switched on."""
    current(clone)
    path = path_with(tmp_path / "bin")
    program(tmp_path / "bin" / "python3", "#!/bin/sh\nexit 127\n")
    (tmp_path / "bin" / f"python{OWN}").symlink_to(sys.executable)
    done = make(clone, PATH=path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize(
    ("version", "kind", "fits"),
    [
        ((3, 14), {}, False),
        ((3, 10), {}, False),
        ((4, 0), {}, False),
        ((3, 12), {"name": "pypy"}, False),
        ((3, 13), {"gil": False}, False),
        ((3, 13), {}, True),
        ((3, 11), {}, True),
    ],
)
def test_which_pythons_fit(tmp_path, version, kind, fits):
    python = python_that_says(tmp_path / "python", version, **kind)
    assert environment.version_of(str(python)) == (version if fits else None)


def test_another_python_on_the_path_is_taken(clone, tmp_path):
    path = path_with(tmp_path / "bin")
    python_that_says(tmp_path / "bin" / "python3", (3, 14))
    (tmp_path / "bin" / f"python{OWN}").symlink_to(sys.executable)
    done = make(clone, PATH=path, **NOWHERE)
    assert f"takes {tmp_path}/bin/python{OWN}." in done.stdout, (
        done.stdout + done.stderr
    )
    assert "could not be reached" in done.stderr and "Traceback" not in done.stderr
    assert (clone / ".venv" / "pyvenv.cfg").exists()


def test_uv_fetches_a_python_where_there_is_none(clone, tmp_path):
    """Which needs the network; where that is missing, it says so and leaves nothing half-made."""
    path = path_with(tmp_path / "bin")
    python_that_says(tmp_path / "bin" / "python3", (3, 14))
    program(tmp_path / "bin" / "python3.12", "#!/bin/sh\nexit 127\n")
    done = make(clone, PATH=path, **NOWHERE)
    assert "so uv fetches one" in done.stdout
    assert "could not be reached" in done.stderr and "Traceback" not in done.stderr
    assert not (clone / ".venv" / "made-from").exists()


def test_an_environment_that_uv_made_serves_the_newest_python(clone, tmp_path):
    path = path_with(tmp_path / "bin")
    python_that_says(tmp_path / "bin" / "python3", (3, 14))
    current(clone, version="3.13")
    done = make(clone, PATH=path, **NOWHERE)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_another_version_that_is_asked_for_is_installed(clone):
    current(clone, version="3.13" if OWN != "3.13" else "3.12")
    done = make(clone, "environment", f"PYTHON={sys.executable}", **NOWHERE)
    assert "Creating the environment" in done.stdout


def test_a_python_too_old_for_uv(clone, tmp_path):
    path = path_with(tmp_path / "bin")
    old = python_that_says(tmp_path / "bin" / "python3", (3, 7))
    done = make(clone, PATH=path)
    assert done.returncode != 0
    assert "This book needs Python 3.11 to 3.13, and python3 is 3.7" in done.stderr
    assert "PYTHON=python3.12" in done.stderr and old.exists()
    assert "Traceback" not in done.stderr and not (clone / ".venv").exists()


# --- the environment ------------------------------------------------------------------


def test_no_network(clone):
    done = make(clone, "environment", f"PYTHON={sys.executable}", **NOWHERE)
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
    current(clone)
    done = make(clone, "environment", f"PYTHON={sys.executable}")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("name", environment.MADE_FROM)
def test_what_it_is_made_from_decides(clone, name):
    current(clone)
    with (clone / name).open("a") as file:
        file.write("\n# changed\n")
    done = make(clone, "environment", f"PYTHON={sys.executable}", **NOWHERE)
    assert "Creating the environment" in done.stdout


@pytest.mark.parametrize("how", ["copied", "moved", "linked"])
def test_the_environment_knows_its_folder(clone, tmp_path, how):
    """A copy is made anew and never runs the other folder's library; a second name of one folder
    is no copy."""
    current(clone)
    other = tmp_path / "other"
    if how == "copied":
        shutil.copytree(clone, other, symlinks=True)
    elif how == "moved":
        clone.rename(other)
    else:
        other.symlink_to(clone)
    done = make(other, "environment", f"PYTHON={sys.executable}", **NOWHERE)
    assert ("Creating the environment" in done.stdout) == (how != "linked")
    assert "Traceback" not in done.stderr


def test_a_linked_environment_is_not_cleared(clone, tmp_path):
    """A .venv that is a link to another folder's gives way; the other one keeps its own."""
    shutil.copytree(clone, tmp_path / "other")
    current(clone)
    (tmp_path / "other" / ".venv").symlink_to(clone / ".venv")
    make(tmp_path / "other", "environment", f"PYTHON={sys.executable}", **NOWHERE)
    assert (clone / ".venv" / "made-from").exists()
    assert not (tmp_path / "other" / ".venv").is_symlink()


@pytest.mark.skipif(
    not shutil.which("bwrap"), reason="bubblewrap makes a folder read-only"
)
@pytest.mark.parametrize("target", ["environment", "book", "clean"])
def test_a_folder_that_cannot_be_written(clone, target):
    if target == "book":
        current(clone)
    (clone / "_build").mkdir()
    done = subprocess.run(
        ["bwrap", "--dev-bind", "/", "/", "--ro-bind", clone, clone, "make", target],
        cwd=clone,
        env=outside(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0 and "Traceback" not in done.stderr
    assert "cannot be written to" in done.stderr and "copy the book" in done.stderr


def test_what_a_cluster_sets_has_no_say(clone, tmp_path):
    """Whoever loaded modules for other programs gets the book's own kernel, back end and paths."""
    current(clone)
    (clone / "tools" / "make_book" / "execute.py").write_text(
        "import os\n"
        "for name in ('KERAS_BACKEND', 'PYTHONPATH', 'MPLBACKEND', 'PYTHONWARNINGS', "
        "'PYTHONDONTWRITEBYTECODE'):\n"
        "    print(name, os.environ.get(name))\n"
    )
    done = make(
        clone,
        "execute",
        f"PYTHON={sys.executable}",
        KERAS_BACKEND="torch",
        PYTHONPATH="/nowhere",
        MPLBACKEND="no such backend",
        PYTHONWARNINGS="error",
        PYTHONDONTWRITEBYTECODE="1",
    )
    assert (
        done.stdout.splitlines()
        == [
            "KERAS_BACKEND tensorflow",
            "PYTHONPATH None",
            "MPLBACKEND None",
            "PYTHONWARNINGS None",
            "PYTHONDONTWRITEBYTECODE None",  # or each import compiles TensorFlow's modules again
        ]
    ), done.stderr


def test_the_lessons_kernel_is_found_and_nobodys_start_up_file_runs(
    tmp_path, monkeypatch
):
    import execute

    startup = tmp_path / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "00.py").write_text("print('hello from my start-up file')")
    (tmp_path / "more.py").write_text("print('and from another')")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("PYTHONSTARTUP", str(tmp_path / "more.py"))
    monkeypatch.setenv("JUPYTER_PATH", "/nowhere/share/jupyter")
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    notebook = lessons.nbformat.v4.new_notebook(
        cells=[
            lessons.nbformat.v4.new_code_cell(
                "import os\nprint(os.environ['KERAS_BACKEND'])"
            )
        ]
    )
    execute.run(notebook)
    assert [output.text for output in notebook.cells[0].outputs] == ["tensorflow\n"]


@pytest.mark.parametrize("path", ["", "/nowhere/share/jupyter"])
def test_nbval_finds_the_lessons_kernel(path):
    """Wherever else Jupyter is told to look."""
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import conftest, os; print(os.environ['JUPYTER_PATH'])",
        ],
        cwd=lessons.ROOT,
        # as pytest's pythonpath in pyproject.toml says
        env={
            **os.environ,
            "JUPYTER_PATH": path,
            "PYTHONPATH": "tools/make_book",
            "LESSON_WAY": "",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    first, *rest = done.stdout.strip().split(os.pathsep)
    assert first == str(lessons.KERNELS) and rest == [path] * bool(path)


# --- one at a time --------------------------------------------------------------------


def alone(clone, words):
    return subprocess.Popen(
        [
            sys.executable,
            clone / "tools" / "make_book" / "environment.py",
            "--alone",
            sys.executable,
            "-c",
            words,
        ],
        env=outside(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def locked(clone):
    with (clone / ".make-lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


def wait_until(true):
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_second_make_waits_and_says_so(clone):
    first = alone(
        clone, "import time; time.sleep(1.5); open('order', 'a').write('first ')"
    )
    wait_until(lambda: (clone / ".make-lock").exists() and locked(clone))
    second = alone(clone, "open('order', 'a').write('second')")
    said = second.communicate(timeout=60)[0]
    first.communicate(timeout=60)
    assert (clone / "order").read_text() == "first second"
    assert "Another make is at work in this folder (process" in said


def test_what_a_make_starts_does_not_wait_for_it(clone):
    inner = (
        "import subprocess, sys; sys.exit(subprocess.call([sys.executable, "
        "'tools/make_book/environment.py', '--alone', sys.executable, '-c', 'print(7)']))"
    )
    run = alone(clone, inner)
    assert run.communicate(timeout=60)[0] == "7\n" and run.returncode == 0


def test_a_make_that_was_killed_holds_nobody_up(clone):
    first = alone(clone, "import time; time.sleep(600)")
    wait_until(lambda: (clone / ".make-lock").exists() and locked(clone))
    first.kill()
    first.wait()
    second = alone(clone, "print(7)")
    assert second.communicate(timeout=60)[0] == "7\n"


def test_its_exit_code_is_the_commands(clone):
    run = alone(clone, "import sys; sys.exit(3)")
    run.communicate()
    assert run.returncode == 3


def test_two_makes_on_a_fresh_clone(clone):
    """Both want the environment: the second waits, and finds what the first left."""
    script = clone / "tools" / "make_book" / "environment.py"
    words = script.read_text()
    begin = words.index('    python = os.path.join(VENV, "bin", "python")\n    chosen')
    end = words.index(
        '    with open(stamp, "w") as file:\n        file.write(digest_for(own))'
    )
    script.write_text(
        words[:begin]
        + "    import time; time.sleep(1); open('made', 'a').write('once ')\n"
        + "    os.makedirs(os.path.join(VENV, 'bin')); open(os.path.join(VENV, 'bin', 'python'),"
        + " 'w').close()\n"
        + words[end:]
    )
    both = [
        subprocess.Popen(
            ["make", "environment", f"PYTHON={sys.executable}"],
            cwd=clone,
            env=outside(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for _ in range(2)
    ]
    said = [one.communicate(timeout=60)[0] for one in both]
    assert [one.returncode for one in both] == [0, 0], said
    assert (clone / "made").read_text() == "once "
    assert sum("waiting for it" in words for words in said) == 1


# --- cleaning -------------------------------------------------------------------------


@pytest.mark.parametrize("work", environment.WORK)
def test_clean_deletes_what_was_built_and_nobodys_work(clone, work):
    for name in (
        "_build/html/index.html",
        "_build/execute.log",
        "_build/my class/source/a.ipynb",
        f"_build/my class/2026/{work}/ada"
        if "." not in work
        else f"_build/my class/{work}",
        "book/generated/ledger.md",
        "classroom/submitted/ada/section_4/section_4.ipynb",
        "edited/03_2.ipynb",
    ):
        (clone / name).parent.mkdir(parents=True, exist_ok=True)
        (clone / name).write_text("work")
    (clone / "_build" / "link").symlink_to(clone / "classroom")
    done = make(clone, "clean", f"PYTHON={sys.executable}")
    assert done.returncode == 0, done.stderr
    assert "holds a course, and stays" in done.stdout
    left = {
        path.relative_to(clone).parts[:2]
        for path in clone.rglob("*")
        if path.is_file()
        and path.relative_to(clone).parts[0] not in ("tools", ".make-lock")
        and len(path.relative_to(clone).parts) > 1
    }
    assert left == {
        ("_build", "my class"),
        ("classroom", "submitted"),
        ("edited", "03_2.ipynb"),
    }
    assert make(clone, "clean-environment", f"PYTHON={sys.executable}").returncode == 0
    assert (clone / "_build" / "my class").exists()


def test_the_course_lies_outside_of_what_is_cleaned(clone):
    said = make(clone, "classroom", "-n", f"PYTHON={sys.executable}").stdout
    assert 'make "classroom"' in said


# --- line ends ------------------------------------------------------------------------


def test_a_git_that_converts_line_ends_makes_nothing_stale(tmp_path):
    """`.gitattributes` decides, whatever a machine's own settings are."""
    if not (lessons.ROOT / ".git").exists():
        pytest.skip("this is no clone")
    source = tmp_path / "source"
    source.mkdir()
    names = [
        ".gitattributes",
        ".ci/run",
        "Makefile",
        "lrdecay_lib/ledger.json",
        "book/_static/page.png",
    ]
    for name in names:
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(lessons.ROOT / name, source / name)
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "all"]):
        subprocess.run([*git, *command], cwd=source, check=True)
    for setting in ("core.autocrlf=true", "core.eol=crlf", "core.autocrlf=input"):
        other = tmp_path / setting
        subprocess.run(["git", "clone", "-q", "-c", setting, source, other], check=True)
        for name in names:
            assert (other / name).read_bytes() == (lessons.ROOT / name).read_bytes(), (
                setting,
                name,
            )


# --- lessons that fail ----------------------------------------------------------------


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
    monkeypatch.setattr(execute, "unit", lambda: 0.25)  # no need to measure the machine
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
