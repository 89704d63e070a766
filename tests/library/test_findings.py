"""The tables that lessons 8.1 and 9 read from the ledger."""

import pandas as pd
import pytest

from lrdecay_lib import findings
from lrdecay_lib.claims import declared

MARGIN = 2.0


def condition(effect, half, **other):
    low, high = effect - half, effect + half
    side = (
        "for"
        if low > MARGIN
        else "against"
        if high < -MARGIN
        else "no effect"
        if -MARGIN < low and high < MARGIN
        else "open"
    )
    plain = {
        "condition": "teacher, at the end",
        "treatment": "linear",
        "baseline": "constant",
        "metric": "excess_loss",
        "effect": effect,
        "interval": [low, high],
        "margin": MARGIN,
        "unit": "%",
        "seeds": list(range(20)),
        "positive": "better",
        "at": "each at its best peak",
        "side": side,
    }
    return plain | other


def ledger(*conditions):
    row = {"claim": "1-a", "title": "6.1 Faster?", "conditions": list(conditions)}
    return pd.DataFrame([row])


def test_part_two_is_not_counted_with_the_article():
    rows = ledger(condition(6, 1))
    assert len(findings.comparisons(rows)) == 1
    assert findings.comparisons(rows.assign(claim="10.5-a")).empty


@pytest.mark.parametrize(
    "effect, half, positive, winner",
    [
        (6, 1, "better", "decay"),
        (6, 1, "worse", "constant"),
        (-6, 1, "better", "constant"),
        (-6, 1, "worse", "decay"),
        (0.5, 1, "worse", "no difference"),
        (2.5, 1, "worse", "open"),
    ],
)
def test_all_are_turned_the_same_way_round(effect, half, positive, winner):
    (row,) = findings.comparisons(
        ledger(condition(effect, half, positive=positive))
    ).to_dict("records")
    assert row["winner"] == winner and row["low"] < row["gain"] < row["high"]
    assert row["gain"] == (effect if positive == "better" else -effect)
    assert (row["lesson"], row["seeds"]) == ("6.1", 20)


@pytest.mark.parametrize(
    "other",
    [
        {"at": "at one peak"},
        {"at": ""},
        {"treatment": "constant, one step up"},
        {"treatment": "warmup"},
        {"baseline": "cosine"},
        {"metric": "share memorised"},
        {"metric": "training loss"},
        {"metric": "gap"},
        {"positive": "more"},
        {"condition": "teacher, after a quarter"},
    ],
)
def test_other_questions_are_left_out(other):
    assert findings.comparisons(ledger(condition(6, 1, **other))).empty


@pytest.mark.parametrize(
    "other",
    [
        {"treatment": "a line"},
        {"treatment": "half-life 25"},
        {"treatment": "adagrad, linear", "baseline": "adagrad, constant"},
        {"metric": "rmse"},
        {"metric": "accuracy"},
    ],
)
def test_fair_comparisons_are_in(other):
    assert len(findings.comparisons(ledger(condition(6, 1, **other)))) == 1


def test_what_is_judged_on_the_way_is_no_result():
    table = ledger(condition(6, 1))
    table["claim"] = findings.ON_THE_WAY[0]
    assert findings.comparisons(table).empty and set(findings.ON_THE_WAY) <= set(
        declared()
    )


def test_a_task_has_one_row_and_a_missing_one_none():
    found = findings.tasks(ledger(condition(6, 1)))
    assert list(found["task"]) == ["teacher network, fresh samples"]
    assert list(found["left"]) == ["noise"] and list(found["winner"]) == ["decay"]
    assert findings.tasks(ledger()).empty and "winner" in findings.tasks(ledger())


def test_a_task_must_say_which_is_better():
    with pytest.raises(ValueError, match="1-a.*'more'"):
        findings.tasks(ledger(condition(6, 1, positive="more")))


def test_tasks_are_declared_conditions():
    names = [task for task, *_ in findings.TASKS]
    assert len(set(names)) == len(names)
    for _, left, claim, name in findings.TASKS:
        assert name in declared()[claim].conditions
        assert left in {"noise", "clients", "nothing"}
