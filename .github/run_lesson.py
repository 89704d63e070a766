"""Run one notebook as a reader would: alone, in an empty folder, with nothing but what this Python
has.

    python .github/run_lesson.py chapters/en/03_2_step_decay.ipynb

Its first cell installs the book's library from the repository, where it is missing. Needs
nbclient, which Colab has.
"""

import re
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError


def main(path):
    notebook, begin = nbformat.read(path, as_version=4), time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        try:
            NotebookClient(
                notebook,
                kernel_name="python3",
                timeout=1800,
                resources={"metadata": {"path": folder}},
            ).execute()
        except CellExecutionError as error:
            first = re.sub(r"\x1b\[[\d;]*m", "", str(error.evalue)).splitlines()[:1]
            return (
                f"{Path(path).stem}: a cell failed with {error.ename}: {''.join(first)}"
            )
        except (DeadKernelError, RuntimeError, TimeoutError) as error:
            return f"{Path(path).stem}: {type(error).__name__}: {error}"
    print(f"{Path(path).stem}: ran in {time.perf_counter() - begin:.0f} s", flush=True)
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
