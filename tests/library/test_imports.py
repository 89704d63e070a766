"""Imports run one way: what each room of the library may know of the others, read from its
source."""

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import lrdecay_lib

PACKAGE = "lrdecay_lib"
HOME = Path(lrdecay_lib.__file__).parent
ROOMS = {path.stem: path for path in HOME.glob("*.py") if path.stem != "__init__"}
ROOMS |= {
    path.parent.name: path for path in HOME.glob("*/__init__.py")
}  # a room may be a package
TENSORFLOW = {"tensorflow", "keras", "jax", "torch"}
NOTEBOOKS = {
    "nbformat",
    "nbclient",
    "nbconvert",
    "nbval",
    "nbgrader",
    "jupytext",
    "jupyter_book",
    "ipywidgets",
}


def imports(source):
    """The names that a module's source imports, as {name: True where importing the module imports
    it}.

    A module of this package is named by its stem, anything else by its top level. An import inside
    a function waits until the function is called.
    """
    found = {}

    def visit(node, eager):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(filter(None, [PACKAGE if node.level else "", node.module]))
            whole = base == PACKAGE  # from . import figures
            names = (
                [f"{base}.{alias.name}" for alias in node.names] if whole else [base]
            )
        else:
            eager = eager and not isinstance(
                node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
            )
            for child in ast.iter_child_nodes(node):
                visit(child, eager)
            return
        for name in names:
            top, *rest = name.split(".")
            key = rest[0] if top == PACKAGE and rest else top
            found[key] = found.get(key, False) or eager

    visit(ast.parse(source), True)
    return found


GRAPH = {
    room: imports(path.read_text(encoding="utf-8")) for room, path in ROOMS.items()
}


def reached(room, graph=GRAPH, lazily=True):
    """Everything that a room imports, by way of other rooms too; with ``lazily`` false, when it
    is imported."""
    seen, todo = set(), [room]
    while todo:
        for name, eager in graph.get(todo.pop(), {}).items():
            if (eager or lazily) and name not in seen:
                seen.add(name)
                todo.append(name)
    return seen


def test_the_reader_of_imports_sees_every_kind():
    source = (
        "import os.path, lrdecay_lib.tasks\nfrom . import figures as f\nfrom "
        ".schedules import Cosine\n"
        "from lrdecay_lib import evidence\nfrom numpy import random\n"
        "if True:\n    import keras.ops\n"
        "class A:\n    import csv\n    def b(self):\n        from .training import "
        "train\n        import os\n"
    )
    assert imports(source) == {
        "os": True,
        "tasks": True,
        "figures": True,
        "schedules": True,
        "evidence": True,
        "numpy": True,
        "keras": True,
        "csv": True,
        "training": False,
    }
    graph = {"a": {"b": True, "c": False}, "b": {"keras": True}, "c": {"torch": True}}
    assert reached("a", graph) == {"b", "c", "keras", "torch"} and reached(
        "a", graph, lazily=False
    ) == {"b", "keras"}


def test_no_room_imports_one_that_imports_it():
    eager = {
        room: [name for name, now in names.items() if now and name in ROOMS]
        for room, names in GRAPH.items()
    }
    assert set(TopologicalSorter(eager).static_order()) == set(ROOMS)  # a cycle raises


def test_schedules_know_nothing_of_the_package_but_the_bridge_to_keras_when_it_is_called():
    assert {
        name: eager for name, eager in GRAPH["schedules"].items() if name in ROOMS
    } == {"keras_schedule": False}
    assert not TENSORFLOW & reached("schedules", lazily=False)


@pytest.mark.parametrize(
    "room, unknown",
    [
        ("arguments", {name for name in ROOMS if name != "arguments"} | TENSORFLOW),
        (
            "tasks",
            {
                "schedules",
                "keras_schedule",
                "training",
                "evidence",
                "figures",
                "exercises",
            },
        ),
        ("training", {"figures", "exercises", "matplotlib"}),
        (
            "evidence",
            TENSORFLOW | {"keras_schedule", "training", "figures", "exercises"},
        ),
        ("figures", TENSORFLOW | {"keras_schedule", "training", "exercises"}),
        ("exercises", NOTEBOOKS | {"training"}),
        (
            "reinforcement",
            {
                "schedules",
                "keras_schedule",
                "training",
                "evidence",
                "figures",
                "exercises",
            },
        ),
        (
            "federated",
            {
                "schedules",
                "keras_schedule",
                "training",
                "evidence",
                "figures",
                "exercises",
            },
        ),
        ("keras_schedule", {"tasks", "training", "evidence", "figures", "exercises"}),
        ("checks", {name for name in ROOMS if name not in ("checks", "arguments")}),
        (
            "museum",
            {name for name in ROOMS if name not in ("museum", "tasks", "arguments")},
        ),
    ],
)
def test_a_room_does_not_reach_what_it_should_not_know(room, unknown):
    assert room in ROOMS
    # from schedules a path leads to keras in name only: its import waits until to_keras is called
    graph = {
        **GRAPH,
        "schedules": {name: now for name, now in GRAPH["schedules"].items() if now},
    }
    assert not unknown & reached(room, graph)


@pytest.mark.parametrize(
    "room",
    [
        "schedules",
        "tasks",
        "evidence",
        "figures",
        "exercises",
        "reinforcement",
        "federated",
        "checks",
        "museum",
    ],
)
def test_importing_a_room_for_numpy_lessons_does_not_import_tensorflow(room):
    assert room in ROOMS
    assert not TENSORFLOW & reached(room, lazily=False)
