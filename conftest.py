"""What every test run needs: the lessons' kernel, and a word on what to do when a lesson's
outputs differ."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
# nbval starts the kernel by its name; Jupyter looks for it here first, then where a cluster says
os.environ["JUPYTER_PATH"] = os.pathsep.join(
    [
        str(ROOT / "tools" / "make_book" / "jupyter"),
        *filter(None, [os.environ.get("JUPYTER_PATH")]),
    ]
)
# no start-up file of whoever runs it has a say in what a lesson prints
os.environ["IPYTHONDIR"] = str(ROOT / "_build" / "ipython")
# matplotlib's list of fonts, of this environment and not of another one that may be gone by now;
# made before
# any lesson runs, because matplotlib warns where making it takes long
os.environ.setdefault("MPLCONFIGDIR", str(ROOT / "_build" / "matplotlib"))
import matplotlib.font_manager  # noqa: F401


def pytest_configure(config):
    """Let nbval run each lesson as a reader who downloaded it alone: in an empty folder, with
    the library from a wheel."""
    if "PYTEST_XDIST_WORKER" in os.environ or not config.getoption("nbval", False):
        return
    place, source, folder = (
        ROOT / "_build" / "alone" / name for name in ("installed", "source", "folder")
    )
    shutil.rmtree(place.parent, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copytree(
        ROOT / "lrdecay_lib",
        source / "lrdecay_lib",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    for name in (
        "pyproject.toml",
        "setup.py",
        "README.md",
        "LICENSE",
    ):  # building in the repository would leave a build folder
        shutil.copy(ROOT / name, source)
    subprocess.run(
        [
            Path(sys.executable).with_name("uv"),
            "pip",
            "install",
            "--quiet",
            "--no-deps",
            "--no-build-isolation",
            "--python",
            sys.executable,
            "--target",
            place,
            source,
        ],
        check=True,
    )
    # the lessons' kernel executes this before the first cell; see kernel.json
    os.environ["LESSON_START"] = (
        f"import os, sys; os.chdir({str(folder)!r}); sys.path.insert(0, {str(place)!r})"
    )


def pytest_terminal_summary(terminalreporter):
    failed = {
        report.nodeid.split("::")[0]
        for report in terminalreporter.stats.get("failed", [])
    }
    lessons = sorted(Path(path).stem for path in failed if path.endswith(".ipynb"))
    if lessons:
        terminalreporter.section("What to do", sep="=")
        terminalreporter.line(
            f"A fresh run of {', '.join(lessons)} did not give the outputs that are stored."
        )
        terminalreporter.line(
            "If you changed what the lesson computes, run "
            f"`make execute LESSON={lessons[0]}`, look at the result, and commit the notebook."
        )
        terminalreporter.line(
            "If you did not, a stored output was altered or the library changed: "
            "the differences above say where."
        )
