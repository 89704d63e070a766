"""Warm kernels: each is what a cold one would be, and ends with whoever asked for it."""

import json
import os
import signal
import subprocess
import sys
import time
import types
from contextlib import contextmanager

import execute
import lessons
import pytest
import warm
from jupyter_client.manager import KernelManager

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="kernels start cold elsewhere than on Linux"
)
FEW = ["ipykernel.kernelapp", "ipykernel.zmqshell", "numpy"]  # start in a moment
WHO = """\
import json, os, sys
print(json.dumps({
    "parent": os.getppid(), "folder": os.getcwd(), "path": sys.path, "name": __name__,
    "program": sys.argv[0], "environment": dict(os.environ), "flags": list(sys.flags),
    "signals": [line for line in open("/proc/self/status") if line.startswith("SigIgn")],
    "cores": sorted(os.sched_getaffinity(0)), "session": os.getsid(0) == os.getpid(),
}))
"""
DRAW = "import random; import numpy as np; print(np.random.rand(), random.random())"


def test_what_tests_set_is_not_in_a_lessons_environment(pytestconfig, monkeypatch):
    """Gymnasium and PyTorch set some when they are imported, and no later kernel started warm."""
    plugins = pytestconfig.pluginmanager.get_plugins()
    conftest = next(plugin for plugin in plugins if hasattr(plugin, "as_it_began"))
    monkeypatch.setenv("SET_BY_A_TEST", "1")
    with conftest.as_it_began():
        assert "SET_BY_A_TEST" not in os.environ
        if os.environ.get("LESSON_WARM"):
            assert warm.seconds() > 0, f"see {warm.LOG}"
    assert os.environ["SET_BY_A_TEST"] == "1"


@pytest.fixture(scope="module")
def nursery():
    """The process number of what starts warm kernels."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("LESSON_WARM", "LESSON_START"):
            patch.delenv(name, raising=False)
        for name, value in execute.settings().items():
            patch.setenv(name, value)
        with warm.kernels(FEW):
            yield json.loads(printed(WHO))["parent"]


@contextmanager
def kernel(**options):
    manager = KernelManager(kernel_name="lesson")
    manager.start_kernel(**options)
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=120)
        yield manager, client
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def said(client, code):
    """What a kernel prints, and what it raises."""
    words = []

    def hook(message):
        content = message["content"]
        words.append(content.get("text") or content.get("ename") or "")

    client.execute_interactive(code, timeout=120, output_hook=hook)
    return "".join(words)


def printed(code, **options):
    with kernel(**options) as (_, client):
        return said(client, code)


def gone(number):
    for _ in range(400):
        if not os.path.exists(f"/proc/{number}"):
            return True
        time.sleep(0.05)
    return False


def test_a_warm_kernel_is_what_a_cold_one_is(nursery, tmp_path, monkeypatch):
    monkeypatch.setenv("LESSON_START", "import sys; sys.path.insert(0, 'first')")
    here = json.loads(printed(WHO, cwd=str(tmp_path)))
    with monkeypatch.context() as patch:
        patch.delenv("LESSON_WARM")
        there = json.loads(printed(WHO, cwd=str(tmp_path)))
    assert here.pop("parent") == nursery and there.pop("parent") == os.getpid()
    for one in (here, there):
        for name in ("LESSON_WARM", "JPY_PARENT_PID"):
            one["environment"].pop(name, None)
    assert here == there
    assert here["path"][0] == "first" and here["folder"] == str(tmp_path)


def test_the_modules_are_there_and_the_library_is_not(nursery):
    code = "import sys; print([m in sys.modules for m in ('numpy', 'lrdecay_lib')])"
    assert printed(code) == "[True, False]\n"


def test_two_at_a_time_know_nothing_of_each_other(nursery):
    with kernel() as (_, first), kernel() as (_, second):
        draws = {said(client, DRAW) for client in (first, second)}
        assert len(draws) == 2, "random numbers begin elsewhere in each process"
        said(first, "import numpy; numpy.mark = 1")
        assert said(second, "print(hasattr(numpy, 'mark'))") == "NameError"
        assert said(second, "import numpy; print(hasattr(numpy, 'mark'))") == "False\n"
        numbers = {said(client, "print(os.getppid())") for client in (first, second)}
        assert numbers == {"NameError"}, "a kernel has its own names"


def test_hidden_modules_are_there_once_one_is_imported(tmp_path, monkeypatch):
    """Whole, though nothing of them is executed again."""
    (tmp_path / "tucked").mkdir()
    (tmp_path / "tucked" / "__init__.py").write_text("from . import part\nruns = [1]")
    (tmp_path / "tucked" / "part.py").write_text("")
    code = (
        "import sys; sys.path[:0] = [{0!r}, {1!r}]; import tucked, warm; old = tucked; "
        "spec = tucked.__spec__; tucked.runs += [2]; del tucked; "
        "warm.Hidden(('tucked',)); assert 'tucked' not in sys.modules; "
        "import json; assert 'tucked.part' not in sys.modules; {2}; import tucked; "
        "assert tucked is old and tucked.runs == [1, 2] and tucked.__spec__ is spec; "
        "assert sys.modules['tucked.part'] is tucked.part; "
        "assert type(sys.meta_path[0]) is not warm.Hidden"
    )
    tools = str(lessons.ROOT / "tools" / "make_book")
    for first in ("import tucked", "import tucked.part", "from tucked import part"):
        program = code.format(str(tmp_path), tools, first)
        subprocess.run([sys.executable, "-c", program], check=True)


@pytest.mark.parametrize(
    "changed",
    [
        {"XLA_FLAGS": "--xla_cpu_max_isa=AVX2"},
        {"OMP_NUM_THREADS": "7"},
        {"NPY_DISABLE_CPU_FEATURES": "X86_V4"},
        {"PYTHONHASHSEED": "1"},
    ],
)
def test_what_modules_read_when_they_are_imported_starts_a_kernel_cold(
    nursery, changed
):
    who = json.loads(printed(WHO, env={**os.environ, **changed}))
    if "PYTHONHASHSEED" in changed:  # the kernel's own is the last word
        assert who["parent"] == nursery
        return
    assert who["parent"] == os.getpid()
    assert changed.items() <= who["environment"].items()


def test_other_cores_start_a_kernel_cold(nursery):
    cores = os.sched_getaffinity(0)
    if len(cores) == 1:
        pytest.skip("there is one core")
    try:
        os.sched_setaffinity(0, {min(cores)})
        who = json.loads(printed(WHO))
        assert not warm.seconds()
    finally:
        os.sched_setaffinity(0, cores)
    assert who["parent"] == os.getpid() and who["cores"] == [min(cores)]


def test_a_process_in_which_tensorflow_is_at_work_is_not_copied(monkeypatch):
    name = "tensorflow.python.eager.context"
    for context, free in ((None, True), (object(), False)):
        module = types.SimpleNamespace(_context=context)
        monkeypatch.setitem(sys.modules, name, module)
        assert warm.without_context() is free
    monkeypatch.setitem(sys.modules, name, types.SimpleNamespace())
    assert not warm.without_context(), (
        "in a version that keeps it elsewhere, nobody knows"
    )


def test_an_interrupt_reaches_the_lesson(nursery):
    with kernel() as (manager, client):
        code = "import time; print('on', flush=True); time.sleep(120)"
        client.execute(code, stop_on_error=False)  # what comes next is not dropped
        while client.get_iopub_msg(timeout=60)["content"].get("text") != "on\n":
            pass
        manager.interrupt_kernel()
        assert (
            client.get_shell_msg(timeout=60)["content"]["ename"] == "KeyboardInterrupt"
        )
        assert said(client, "print(1)") == "1\n"


def test_a_kernel_that_is_stopped_gives_its_memory_back(nursery):
    with kernel() as (_, client):
        number = int(said(client, "import os; print(os.getpid())"))
    assert gone(number)


@pytest.mark.parametrize(
    ("code", "status"),
    [("os._exit(3)", 3), ("os.kill(os.getpid(), 11)", -signal.SIGSEGV)],
)
def test_jupyter_sees_how_a_kernel_ended(nursery, code, status):
    with kernel() as (manager, client):
        client.execute(f"import os; {code}")
        assert manager.provisioner.process.wait(60) == status
        assert not manager.is_alive()


def test_kernels_end_with_whoever_ran_the_lessons(tmp_path):
    """Even if that one was killed."""
    program = (
        "import os, sys, time, execute, test_warm, warm; "
        "os.environ.update(execute.settings()); "
        "inside = warm.kernels(test_warm.FEW); inside.__enter__(); "
        "one = test_warm.kernel(); _, client = one.__enter__(); "
        "print(test_warm.said(client, 'import os; print(os.getpid(), os.getppid())')); "
        "sys.stdout.flush(); time.sleep(120)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        text=True,
        env={
            **{k: v for k, v in os.environ.items() if not k.startswith("LESSON_")},
            "PYTHONPATH": os.pathsep.join(sys.path),
        },
    )
    numbers = [int(word) for word in process.stdout.readline().split()]
    process.kill()
    process.wait()
    assert len(numbers) == 2 and all(gone(number) for number in numbers)


def test_a_lessons_seconds_count_what_a_reader_waits_for_imports(nursery, monkeypatch):
    assert warm.seconds() > 0
    monkeypatch.setenv("XLA_FLAGS", "--xla_cpu_max_isa=AVX2")
    assert warm.seconds() == 0, "the kernel imports, so its time is in the lesson's"
    monkeypatch.delenv("LESSON_WARM")
    assert warm.seconds() == 0


def test_where_no_process_is_warm_kernels_start_cold(nursery, monkeypatch):
    monkeypatch.setenv("LESSON_WARM", "/nowhere/door")
    assert warm.seconds() == 0
    assert json.loads(printed(WHO))["parent"] == os.getpid()
