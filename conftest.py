"""What every test run needs: the lessons' kernel, how their outputs are compared, and a word on
what to do when they differ."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from unittest import mock

ROOT = Path(__file__).resolve().parent
# nbval starts the kernel by its name; Jupyter looks for it here first, then where a cluster says
KERNELS = str(ROOT / "tools" / "make_book" / "jupyter")
elsewhere = os.environ.get("JUPYTER_PATH", "").split(os.pathsep)
os.environ["JUPYTER_PATH"] = os.pathsep.join(
    [KERNELS, *(path for path in elsewhere if path not in ("", KERNELS))]
)  # the same in a worker, whose environment has it already: else no kernel would start warm
# no start-up file of whoever runs it has a say in what a lesson prints
os.environ["IPYTHONDIR"] = str(ROOT / "_build" / "ipython")
# matplotlib's list of fonts, of this environment and not of another one that may be gone by now;
# made before any lesson runs, because matplotlib warns where making it takes long
os.environ.setdefault("MPLCONFIGDIR", str(ROOT / "_build" / "matplotlib"))
import matplotlib.font_manager  # noqa: F401
import warm
from compare import Comparison
from nbval.plugin import IPyNbCell, IPyNbFile

# as another machine would run the tests, if asked; what the lessons show there is kept
WAY = os.environ.get("LESSON_WAY")
if WAY:
    import reproduce

    if WAY not in reproduce.IN_TESTS:
        known = ", ".join(reproduce.IN_TESTS)
        sys.exit(f"LESSON_WAY is {WAY!r}, and can be one of {known}.")
    os.environ.update(reproduce.WAYS[WAY])
COMPARED = {}  # notebook: the comparisons of its cells


def compare_outputs(cell, test, ref, skip_compare=None):
    """nbval's question whether a cell's outputs are as stored, answered by what a reader can
    see."""
    found = Comparison.of(test, ref)
    COMPARED.setdefault(cell.parent.path, []).append(found)
    differences = found.visible
    cell.comparison_traceback = [f"  {sentence}." for sentence in differences]
    return not differences


IPyNbCell.compare_outputs = compare_outputs

BEGAN = {}  # the environment in which the tests began
start_kernel = IPyNbFile.setup


def as_it_began():
    """Inside, the environment is as it was when the tests began. What tests and the modules that
    they import set since is not a lesson's; with it, no kernel would start warm."""
    return mock.patch.dict(os.environ, BEGAN, clear=True)


def setup(notebook):
    with as_it_began():
        start_kernel(notebook)


IPyNbFile.setup = setup
stop_kernel = IPyNbFile.teardown


def teardown(notebook):
    stop_kernel(notebook)
    cells = COMPARED.pop(notebook.path, [])
    if WAY:
        reproduce.keep_tested(notebook.path, WAY, cells)


IPyNbFile.teardown = teardown


def pytest_configure(config):
    if "PYTEST_XDIST_WORKER" not in os.environ and config.getoption("nbval", False):
        lessons_alone(config)
    BEGAN.update(os.environ)


def lessons_alone(config):
    """Let nbval run each lesson as a reader who downloaded it alone: in an empty folder, with the
    library from a wheel."""
    place, source, folder = (
        ROOT / "_build" / "alone" / name for name in ("installed", "source", "folder")
    )
    shutil.rmtree(place.parent, ignore_errors=True)
    folder.mkdir(parents=True)
    # from a copy, because building in the repository would leave a build folder there
    shutil.copytree(
        ROOT / "lrdecay_lib",
        source / "lrdecay_lib",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    uv = Path(sys.executable).with_name("uv")
    options = [
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "--python",
        sys.executable,
    ]
    subprocess.run(
        [uv, "pip", "install", *options, "--target", place, source], check=True
    )
    # the lessons' kernel executes this before the first cell; see kernel.json
    os.environ["LESSON_START"] = (
        f"import os, sys; os.chdir({str(folder)!r}); sys.path.insert(0, {str(place)!r})"
    )
    kernels = warm.kernels()
    kernels.__enter__()
    config.add_cleanup(lambda: kernels.__exit__(None, None, None))


def pytest_terminal_summary(terminalreporter):
    failed = {
        report.nodeid.split("::")[0]
        for report in terminalreporter.stats.get("failed", [])
    }
    lessons = sorted(Path(path).stem for path in failed if path.endswith(".ipynb"))
    if lessons:
        terminalreporter.section("What to do", sep="=")
        for line in (
            f"A fresh run of {', '.join(lessons)} does not show what is stored.",
            f"If you changed what the lesson computes, run `make execute LESSON={lessons[0]}`, "
            "look at the result, and commit the notebook.",
            "If you did not, a stored output was altered, the library changed, or the lesson shows "
            "more than another processor gives back: the differences above say what and how far.",
        ):
            terminalreporter.line(line)
