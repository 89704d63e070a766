"""A lesson's kernel on an arm64 processor, emulated on this machine: `reproduce.py --ways arm64`.

Needs Debian (or Ubuntu) with the packages qemu-user-static and debootstrap. Debian's Python for
arm64 and the locked packages go into _build/arm64, once. Only the kernel is emulated: what it
prints is compared here, as for the other ways. Emulated code runs twenty to fifty times slower.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "make_book"))

import lessons

PLACE = lessons.ROOT / "_build" / "arm64"
NEEDED = {"qemu-aarch64-static": "qemu-user-static", "debootstrap": "debootstrap"}
LIBRARIES = (
    "python3,libstdc++6,libgomp1,libsqlite3-0,libssl3,libffi8,libexpat1,libbz2-1.0,"
    "liblzma5,zlib1g,libreadline8,libuuid1,libncursesw6"
)
# an emulated program that asks for these gets this machine's own
OF_THIS_MACHINE = ("dev", "proc", "sys", "tmp", "root", "home", "run", "var")


def release():
    """The Debian release of this machine, as a word."""
    lines = Path("/etc/os-release").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)["VERSION_CODENAME"]


def make():
    """Fetch Python and the packages; returns the emulated Python."""
    missing = [package for name, package in NEEDED.items() if not shutil.which(name)]
    if missing:
        sys.exit(f"To emulate arm64, install Debian's {' and '.join(missing)}.")
    root, packages = PLACE / "root", PLACE / "packages"
    shutil.rmtree(PLACE, ignore_errors=True)
    PLACE.mkdir(parents=True)
    # only fetched and unpacked: nothing of Debian's is set up, and nothing runs as its user
    subprocess.run(
        [
            "debootstrap",
            "--foreign",
            "--arch=arm64",
            "--variant=minbase",
            f"--include={LIBRARIES}",
            release(),
            root,
        ],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    for package in (root / "var" / "cache" / "apt" / "archives").glob("*.deb"):
        subprocess.run(["dpkg-deb", "-x", package, root], check=True)
    for name in OF_THIS_MACHINE:
        shutil.rmtree(root / name, ignore_errors=True)
    python = max((root / "usr" / "bin").glob("python3.*[0-9]"))
    subprocess.run(
        [
            Path(sys.executable).with_name("uv"),
            "pip",
            "install",
            "--quiet",
            "--python-platform=aarch64-manylinux_2_28",
            f"--python-version={python.name.removeprefix('python')}",
            "--only-binary=:all:",
            f"--target={packages}",
            f"--requirements={lessons.ROOT / 'requirements.lock'}",
        ],
        check=True,
    )
    [described] = Path(sys.prefix).glob(
        "lib/python*/site-packages/lrdecay_lib-*.dist-info"
    )
    shutil.copytree(described, packages / described.name)
    return python


def kernels():
    """The folder in which Jupyter finds the emulated kernel under the lessons' name."""
    place = PLACE / "jupyter"
    if not place.exists():
        python = make()
        described = json.loads(
            (lessons.KERNELS / "kernels" / "lesson" / "kernel.json").read_text("utf-8")
        )
        described["argv"][:4] = [
            *(shutil.which("qemu-aarch64-static"), "-L", str(PLACE / "root")),
            *("-E", f"PYTHONPATH={PLACE / 'packages'}:{lessons.ROOT}"),
            *(str(python), "-m", "ipykernel_launcher"),
        ]
        (place / "kernels" / "lesson").mkdir(parents=True)
        (place / "kernels" / "lesson" / "kernel.json").write_text(json.dumps(described))
    return place
