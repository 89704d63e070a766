"""Comparison by what is visible: last bits pass, and whatever a reader could see is "
"caught and told."""

import copy
import os
import re
import shutil
import subprocess
import sys

import compare
import lessons
import nbformat
import numpy as np
import pytest
from compare import Comparison
from execute import run

TEXT = """\
# A lesson

```{code-cell} ipython3
import numpy as np
import pandas as pd

from lrdecay_lib import claims, evidence, figures

rng = np.random.default_rng(0)
```

```{code-cell} ipython3
print(f"a third is {1 / 3:.6f}")
```

```{code-cell} ipython3
figures.lines({"one": np.arange(10.0) ** 2, "two": 5.0 * np.arange(10.0)}, "update", "loss")
```

```{code-cell} ipython3
gain = pd.Series(rng.normal(1.0, 0.5, 10))
effect = evidence.difference(gain, 0, ("linear", "constant"), "loss")
words = ["x", "01_background", "A claim about something.", "book", "", "decay", "measured", "It."]
about = dict(primary="some condition", metric="loss", margin=0.1, control="the other way round")
evidence.claim = lambda name: claims.Claim(*words, **about)
evidence.verdict("x", {"some condition": effect}, control=-effect)
```

```{code-cell} ipython3
table = pd.DataFrame([dict(a=a, b=b, c=a * b + 0.1) for a in (1, 2, 3) for b in (1, 2)])
figures.heat_map(table, "a", "b", "c")
```
"""
PRINTED, DRAWN, JUDGED, HEAT = 1, 2, 3, 4  # the cells


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    text = tmp_path_factory.mktemp("lesson") / "lesson.md"
    text.write_text(TEXT)
    notebook = lessons.from_text(text)
    run(notebook)
    return notebook


@pytest.fixture
def fresh(stored):
    return copy.deepcopy(stored)


def outputs(notebook, cell):
    return lessons.code_of(notebook)[cell].outputs


def svg(notebook, change, cell=DRAWN):
    data = outputs(notebook, cell)[0].data
    before = data["image/svg+xml"]
    data["image/svg+xml"] = change(before)
    assert data["image/svg+xml"] != before, "the doctor did nothing"


def shift(by, which="line2d"):
    """Moves one point of the last curve upwards, so many points."""

    def change(text):
        path = re.findall(r"M [^\"z]*?L[^\"z]*", text)[-1]
        number = path.split()[-1]
        return text.replace(path, path.replace(number, f"{float(number) + by:.6f}"))

    return change


def differences(fresh, stored, cell):
    return Comparison.of(outputs(fresh, cell), outputs(stored, cell)).visible


def row(notebook):
    return outputs(notebook, JUDGED)[0].data[compare.CLAIM]


# --- what another processor may do ------------------------------------------------------


def test_the_same_is_the_same(fresh, stored):
    for cell in range(5):
        found = Comparison.of(outputs(fresh, cell), outputs(stored, cell))
        assert found == Comparison()


def test_a_point_moved_less_than_an_eye_sees_passes_and_is_measured(fresh, stored):
    svg(fresh, shift(0.05))
    found = Comparison.of(outputs(fresh, DRAWN), outputs(stored, DRAWN))
    assert not found.visible and found.moved == pytest.approx(0.05)


def test_hashed_names_may_change(fresh, stored):
    name = re.search(
        r"clip-path=\"url\(#(p\w+)\)", outputs(stored, DRAWN)[0].data["image/svg+xml"]
    )[1]
    svg(fresh, lambda text: text.replace(name, "p0123456789"))
    assert not differences(fresh, stored, DRAWN)


def test_but_not_what_they_name(fresh, stored):
    svg(fresh, lambda text: text.replace("url(#p", "url(#q", 1))
    assert differences(fresh, stored, DRAWN)


def test_last_bits_of_a_row_pass_and_are_measured(fresh, stored):
    condition = row(fresh)["conditions"][0]
    condition["effect"] *= 1 + 1e-12
    found = Comparison.of(outputs(fresh, JUDGED), outputs(stored, JUDGED))
    assert not found.visible and 0 < found.share < 2e-12


def test_a_curve_may_lose_a_point_that_lies_on_it():
    path = "M 0 0 \nL 10 0.01 \nL 20 0 \n"
    assert compare._path_distance(path, "M 0 0 \nL 20 0 \n") == pytest.approx(0.01)
    assert (
        compare._path_distance("M 0 0 \nL 10 5 \nL 20 0 \n", "M 0 0 \nL 20 0 \n") == 5.0
    )


def test_shades_of_a_heat_map_may_differ_by_what_nobody_sees(fresh, stored):
    colour = re.findall(
        r"fill: (#\w{6})", outputs(stored, HEAT)[0].data["image/svg+xml"]
    )[-1]
    near = f"#{int(colour[1:], 16) ^ 0x000001:06x}"
    svg(fresh, lambda text: text.replace(colour, near), HEAT)
    assert not differences(fresh, stored, HEAT)
    assert compare._style_distance("fill: #0a0a0a", "fill: #0a0c0a") == 0.0
    assert compare._style_distance("fill: #0a0a0a", "fill: #0a0f0a") == np.inf
    assert (
        compare._style_distance("fill: #0a0a0a; x: 1", "fill: #0a0a0a; x: 2") == np.inf
    )


# --- what must be caught ----------------------------------------------------------------


def change_a_digit(notebook):
    output = outputs(notebook, PRINTED)[0]
    output.text = output.text.replace("0.333333", "0.333334")


def change_a_word(notebook):
    output = outputs(notebook, PRINTED)[0]
    output.text = output.text.replace("third", "fourth")


def lose_the_text(notebook):
    outputs(notebook, PRINTED).pop()


def print_more(notebook):
    outputs(notebook, PRINTED).append(
        nbformat.v4.new_output("stream", name="stderr", text="Warning")
    )


def end_in_an_error(notebook):
    outputs(notebook, PRINTED)[0] = nbformat.v4.new_output(
        "error", ename="ValueError", evalue="no", traceback=[]
    )


def move_a_point_by_half_a_point(notebook):
    svg(notebook, shift(0.5))


def recolour_a_line(notebook):
    svg(
        notebook,
        lambda text: re.sub(
            r"stroke: #\w+(?!.*stroke: #)", "stroke: #123456", text, flags=re.DOTALL
        ),
    )


def change_a_dash(notebook):
    svg(
        notebook,
        lambda text: text.replace("stroke-linecap: square", "stroke-dasharray: 1,2", 1),
    )


def move_a_label(notebook):
    svg(
        notebook,
        lambda text: re.sub(
            r'x="([\d.]+)"(?=[^>]*>two<)', lambda x: f'x="{float(x[1]) + 1}"', text
        ),
    )


def rename_a_label(notebook):
    svg(notebook, lambda text: text.replace(">two<", ">too<"))


def lose_a_line(notebook):
    svg(
        notebook,
        lambda text: re.sub(
            r'<g id="(line2d_\d+)">\s*<path(?:(?!<g ).)*?</g>(?!.*<path[^>]*clip-path)',
            "",
            text,
            count=1,
            flags=re.DOTALL,
        ),
    )


def tell_another_story_to_those_who_cannot_see(notebook):
    svg(notebook, lambda text: text.replace("one goes from", "one falls from"))


def store_no_figure_at_all(notebook):
    svg(notebook, lambda text: text[:200])


def turn_the_heat_map(notebook):
    def change(text):
        cells = re.findall(r'id="cell-.*?fill: (#\w{6})', text, re.DOTALL)
        dark, light = min(cells), max(cells)
        return text.replace(dark, "#was").replace(light, dark).replace("#was", light)

    svg(notebook, change, HEAT)


def change_the_sixth_digit_of_a_row(notebook):
    condition = row(notebook)["conditions"][0]
    condition["interval"][1] *= 1 + 2e-6


def change_the_sixth_digit_of_the_control(notebook):
    row(notebook)["control"]["effect"] *= 1 + 2e-6


def change_a_rows_word(notebook):
    row(notebook)["verdict"] = "refuted"


def change_a_rows_seed(notebook):
    row(notebook)["conditions"][0]["seeds"][0] = 99


def lose_a_condition(notebook):
    row(notebook)["conditions"].pop()


DOCTORS = [
    (change_a_digit, PRINTED, "0.333334 for 0.333333, 3e-06 of it"),
    (change_a_word, PRINTED, "a fourth is"),
    (lose_the_text, PRINTED, "shows nothing, and stored is stdout"),
    (print_more, PRINTED, "stdout then stderr"),
    (end_in_an_error, PRINTED, "shows error"),
    (move_a_point_by_half_a_point, DRAWN, "moved by 0.5 points, which can be seen"),
    (recolour_a_line, DRAWN, "has another style"),
    (change_a_dash, DRAWN, "has another style"),
    (move_a_label, DRAWN, "moved by 1 points"),
    (rename_a_label, DRAWN, "says 'too', and stored is 'two'"),
    (lose_a_line, DRAWN, "elements, and stored are"),
    (tell_another_story_to_those_who_cannot_see, DRAWN, "one falls from"),
    (store_no_figure_at_all, DRAWN, "no SVG that can be read"),
    (turn_the_heat_map, HEAT, "has another style"),
    (change_the_sixth_digit_of_a_row, JUDGED, "more than the last bits"),
    (change_the_sixth_digit_of_the_control, JUDGED, "more than the last bits"),
    (change_a_rows_word, JUDGED, "verdict, is 'refuted', and stored is"),
    (change_a_rows_seed, JUDGED, "seeds, is '99'"),
    (lose_a_condition, JUDGED, "conditions, is '[]'"),
]


@pytest.mark.parametrize(
    ("doctor", "cell", "words"),
    DOCTORS,
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_difference_is_caught_and_told(doctor, cell, words, fresh, stored):
    doctor(fresh)
    found = differences(fresh, stored, cell)
    assert any(words in sentence for sentence in found), found
    assert differences(stored, fresh, cell), (
        "caught whichever of the two is the fresh one"
    )
    for other in set(range(5)) - {cell}:
        assert not differences(fresh, stored, other)


# --- through nbval, as `make test` does it -------------------------------------------------


def nbval(notebook, folder):
    """(exit code, what was printed) of a test of one notebook, which is run again."""
    lessons.write_notebook(notebook, folder / "lesson.ipynb")
    shutil.copy(lessons.ROOT / "conftest.py", folder)
    (folder / "none.ini").write_text("[pytest]\n")
    command = [sys.executable, "-m", "pytest", "--nbval", "--nbval-kernel-name=lesson"]
    command += [
        "-p",
        "no:cacheprovider",
        "-c",
        "none.ini",
        f"--rootdir={folder}",
        "lesson.ipynb",
    ]
    paths = os.pathsep.join(
        map(str, (lessons.ROOT / "tools" / "make_book", lessons.ROOT))
    )
    done = subprocess.run(
        command,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        # (as one of several workers: then conftest.py builds no wheel; and what this notebook
        # shows in some way of LESSON_WAY is kept by nobody)
        env={
            **os.environ,
            "LESSON_WAY": "",
            "PYTHONPATH": paths,
            "JUPYTER_PATH": str(lessons.KERNELS),
            "PYTEST_XDIST_WORKER": "gw0",
        },
    )
    return done.returncode, done.stdout


def test_nbval_passes_what_only_another_processor_would_show(fresh, tmp_path):
    svg(fresh, shift(0.05))
    row(fresh)["conditions"][0]["effect"] *= 1 + 1e-12
    code, printed = nbval(fresh, tmp_path)
    assert code == 0, printed


def test_nbval_fails_for_whatever_can_be_seen(fresh, tmp_path):
    """All in one notebook, since a run takes seconds: each cell names its own difference,
    and the end what to do."""
    for doctor in (
        change_a_digit,
        move_a_point_by_half_a_point,
        change_the_sixth_digit_of_a_row,
        turn_the_heat_map,
    ):
        doctor(fresh)
    code, printed = nbval(fresh, tmp_path)
    assert code == 1 and "4 failed" in printed, printed
    for words in (
        "0.333333 for 0.333334",
        "moved by 0.5 points",
        "more than the last bits",
        "another style",
    ):
        assert words in printed, printed
    assert "run `make execute LESSON=lesson`" in printed, printed
