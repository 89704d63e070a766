"""Replication: other random numbers come out of every generator, and what changed is told."""

import json
import subprocess
import sys

import lessons
import pytest

sys.path.insert(0, str(lessons.ROOT / "tools" / "maintain"))
import replicate

NUMBERS = """
import os, sys, json
sys.path[:0] = {paths!r}
import replicate
import keras, numpy as np, optuna, random
from sklearn.model_selection import train_test_split
from sklearn.utils import check_random_state
from lrdecay_lib import tasks
optuna.logging.set_verbosity(optuna.logging.ERROR)
# as the tool does: a process for each run, of one that has imported what takes long
for run in {runs}:
    child = os.fork()
    if not child:
        break
    if os.waitpid(child, 0)[1]:
        sys.exit("run " + str(run) + " failed")
else:
    sys.exit()
if run:
    replicate.other_numbers(run)

def searched():
    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=0))
    study.optimize(lambda trial: trial.suggest_float("x", 0, 1), 2)
    return study.trials[1].params["x"]

def keras_draws():
    keras.utils.set_random_seed(0)
    return float(keras.random.uniform(())), random.random(), float(np.random.uniform())

def legacy():
    np.random.seed(0)
    return float(np.random.uniform())

diabetes, images = tasks.Diabetes(), tasks.Digits()
print(json.dumps({{
    "NumPy": np.random.default_rng(0).random(),
    "NumPy, two seeds": np.random.default_rng((0, 1)).random(),
    "NumPy, a sequence": np.random.default_rng(np.random.SeedSequence(5)).random(),
    "NumPy, old": legacy(),
    "NumPy, old state": np.random.RandomState(3).uniform(),
    "scikit-learn": [int(k) for k in train_test_split(range(50), random_state=0)[1]],
    "scikit-learn, state": check_random_state(1).uniform(),
    "Optuna": searched(),
    "Keras": keras_draws(),
    "data": float(diabetes.data(0).train[0].sum()),
    "weights": float(np.ravel(images.model(0).weights[0])[0]),
    "values": float(np.ravel(images.initial_values(0)[0][0])[0]),
}}))
"""


def numbers(*runs):
    paths = [str(lessons.ROOT / "tools" / name) for name in ("maintain", "make_book")]
    done = subprocess.run(
        [sys.executable, "-c", NUMBERS.format(paths=paths, runs=runs)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return map(json.loads, done.stdout.splitlines())


def test_every_generator_gives_other_numbers_and_the_same_again():
    stored, first, again, second = numbers(0, 1, 1, 2)
    assert first == again
    for name in stored:
        assert stored[name] != first[name] != second[name] != stored[name], name
    assert first["weights"] == first["values"], (
        "a model built, and its values drawn apart"
    )


def row(verdict, sides, passed=True):
    return {
        "verdict": verdict,
        "conditions": [
            {"condition": name, "side": side} for name, side in sides.items()
        ],
        "control": {"passed": passed},
    }


def test_what_changed_is_told():
    stored = {"1-a": row("supported", {"digits": "for", "text": "open"})}
    assert replicate.changes(stored, stored) == []
    assert replicate.changes(
        {"1-a": row("refuted", {"digits": "against", "text": "open"}, passed=False)},
        stored,
    ) == [
        "1-a refuted (was supported)",
        "1-a, digits: against (was for)",
        "1-a: the control failed",
    ]
    assert replicate.changes({"9-z": stored["1-a"]}, stored) == [
        "9-z is not in the ledger"
    ]


TEXT = """---
kernelspec: {{name: python3, display_name: Python 3}}
---

# 4.1 A lesson

```{{code-cell}} ipython3
from lrdecay_lib import evidence
{code}
evidence.check("4.1-a", False, "It is not so, and a sentence says why.")
```
"""


@pytest.mark.parametrize(
    ("code", "error"),
    [("", None), ("1 / 0", "code cell 1: ZeroDivisionError: division by zero")],
)
def test_a_run_is_stored_and_an_error_is_a_result(tmp_path, code, error):
    text = tmp_path / "04_1_formulas.md"
    text.write_text(TEXT.format(code=code), encoding="utf-8")
    place = tmp_path / "found.json"
    paths = [str(lessons.ROOT / "tools" / name) for name in ("maintain", "make_book")]
    program = (
        f"import sys; sys.path[:0] = {paths!r}; import replicate; from pathlib import Path; "
        f"replicate.one(Path({str(text)!r}), 1, Path({str(place)!r}), None)"
    )
    subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, cwd=tmp_path
    )
    found = json.loads(place.read_text(encoding="utf-8"))
    assert found["error"] == error
    assert list(found["rows"]) == ([] if error else ["4.1-a"])
    assert found["of"] == replicate.digest(text)


def test_what_is_drawn_anew_is_a_lesson():
    """A lesson that was renamed would fall back to runs that were looked at."""
    assert set(replicate.DRAWN_ANEW) <= {text.stem for text in lessons.texts()}
    assert all(draw > replicate.DRAW for draw in replicate.DRAWN_ANEW.values())


def test_storing_one_lesson_keeps_what_stands_of_others(monkeypatch, tmp_path):
    text = next(text for text in lessons.texts() if text.stem == "03_2_step_decay")
    before = json.loads(replicate.STORED.read_text(encoding="utf-8"))
    own = {
        name
        for name, row in replicate.stored_rows().items()
        if row["lesson"].endswith(text.stem)
    }
    copy = tmp_path / "replications.json"
    copy.write_text(json.dumps(before), encoding="utf-8")
    monkeypatch.setattr(replicate, "STORED", copy)
    monkeypatch.setattr(
        replicate, "known", lambda text, run: {"rows": {}, "error": f"run {run} broke"}
    )
    replicate.store([text], [1, 2])
    after = json.loads(copy.read_text(encoding="utf-8"))
    assert own and own <= set(before["claims"])
    assert set(after["claims"]) == set(before["claims"]) - own
    others = {name: before["claims"][name] for name in after["claims"]}
    assert after["claims"] == others and after["runs"] == before["runs"]
    assert after["errors"][text.stem] == {"1": "run 1 broke", "2": "run 2 broke"}


def test_a_run_elsewhere_is_what_a_summing_lesson_reads():
    """8.1 sums up other lessons of the same run, also on a machine that ran none of them."""
    short = replicate.stored_run(1)["1-a"]
    of_run = json.loads(replicate.STORED.read_text(encoding="utf-8"))["claims"]["1-a"][
        "1"
    ]
    row = replicate.stored_rows()["1-a"]
    effects = [[c["effect"] for c in r["conditions"]] for r in (short, of_run, row)]
    assert effects[0] == effects[1] != effects[2]
    assert short["conditions"][0]["metric"] == row["conditions"][0]["metric"]
