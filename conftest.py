"""What every test run needs: the lessons' kernel, and a word on what to do when a lesson's outputs differ."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent
# nbval starts the kernel by its name; Jupyter looks for it here
os.environ.setdefault("JUPYTER_PATH", str(ROOT / "book" / "build" / "jupyter"))
# matplotlib's list of fonts, of this environment and not of another one that may be gone by now; made before
# any lesson runs, because matplotlib warns where making it takes long
os.environ.setdefault("MPLCONFIGDIR", str(ROOT / "_build" / "matplotlib"))
import matplotlib.font_manager  # noqa: E402, F401


def pytest_terminal_summary(terminalreporter):
    failed = {report.nodeid.split("::")[0] for report in terminalreporter.stats.get("failed", [])}
    lessons = sorted(Path(path).stem for path in failed if path.endswith(".ipynb"))
    if lessons:
        terminalreporter.section("What to do", sep="=")
        terminalreporter.line(f"A fresh run of {', '.join(lessons)} did not give the outputs that are stored.")
        terminalreporter.line("If you changed what the lesson computes, run `make execute LESSON=%s`, look at the "
                              "result, and commit the notebook." % lessons[0])
        terminalreporter.line("If you did not, a stored output was altered or the library changed: "
                              "the differences above say where.")
