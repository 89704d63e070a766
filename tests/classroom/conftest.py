"""A course as `make classroom` writes it, made once for all tests of the classroom."""

import shutil
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
for folder in ("tests/site", "tools/classroom"):  # the former has the browser
    sys.path.insert(0, str(ROOT / folder))
import course as courses


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("course") / "made"
    assert courses.make(folder) is None
    return folder


@pytest.fixture(scope="module")
def course(made, tmp_path_factory):
    """A copy of the course for the tests of one module."""
    return shutil.copytree(made, tmp_path_factory.mktemp("course") / "copy")
