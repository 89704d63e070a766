"""What the claim ledger says of decay beside a constant rate: task by task, and all comparisons
of part one. Lessons 8.1 and 9.

    >>> found = tasks(evidence.ledger())
    >>> found[["task", "gain", "low", "high", "winner"]]

In the ledger an effect is positive where it speaks for its own claim. Here it is positive where
decay is better, whatever the claim was.
"""

from __future__ import annotations

import re

import pandas as pd

__all__ = ["TASKS", "tasks", "comparisons"]

# One comparison for each task, named before the lessons were run by the rule of the verdicts: the
# plainest decay at the lesson's own length, each rival at its best peak. What is left at the end
# of a run comes from how the task is made: "noise" where labels, targets or ratings are drawn by
# chance, or the learner's own actions are; "clients" where clients of a federation differ;
# "nothing" where a model could fit all of it. (task, left, claim, condition)
TASKS = (
    ("teacher network, fresh samples", "noise", "1-a", "teacher, at the end"),
    ("two tasks, fresh samples", "noise", "8.2-b", "fresh samples"),
    ("next word of a made text", "noise", "1-a", "text, at the end"),
    ("ratings", "noise", "3.4-d", "2,000 updates"),
    ("short sequences, some tokens random", "noise", "3.4-e", "loss, without warmup"),
    ("digits, wrong labels", "noise", "3.3-d", "wrong labels, tuned"),
    ("regression, made data", "noise", "5.4-b", "line, made data"),
    ("patients (diabetes)", "noise", "5.4-b", "line, diabetes"),
    ("pole on a cart", "noise", "3.4-c", "in the middle"),
    ("clients that differ", "clients", "8.2-g", "test loss, 50 rounds"),
    ("clients that agree", "nothing", "8.2-g", "test loss, mixed, 50 rounds"),
    ("digits", "nothing", "1-a", "images, at the end"),
    ("two tasks, digits", "nothing", "8.2-b", "clean digits"),
    ("ratings without noise", "nothing", "3.4-d", "no noise"),
)
DECAYS = re.compile(
    r"\b(line|linear|cosine|exponential|step|polynomial|1-sqrt|tanh|log|inverse|1/t"
    r"|half-life|wsd|plateau|decay|decayed|falling|too early)\b"
)
RESULTS = re.compile(r"loss|rmse|\bmse\b|error|accuracy|\br2\b|return|solved", re.I)
NOT_RESULTS = re.compile(
    r"training|rise of|above the least|regained|average|worst|after a quarter"
)
PART_TWO = 10  # the first section that does not follow the article
ON_THE_WAY = ("3.3-e", "3.4-a")  # claims that are judged before the run ends
WINNERS = {"for": "decay", "against": "constant", "no effect": "no difference"}
TURNED = {"for": "against", "against": "for"}
COLUMNS = [
    *("claim", "lesson", "condition", "metric", "gain", "low", "high"),
    *("margin", "unit", "seeds", "winner"),
]


def section(claim):
    """The number of a claim's section: 10 for "10.1-a"."""
    return int(re.match(r"\d+", claim).group())


def is_fair(condition):
    """Whether a condition of the ledger compares a decay with a constant rate, each at its own
    best peak, by what a run ends with."""
    treatment, baseline = condition["treatment"], condition["baseline"]
    named = f"{condition['metric']} {condition['condition']}"
    return bool(
        condition["positive"] in ("better", "worse")
        and condition["at"].startswith("each at its best peak")
        and DECAYS.search(treatment)
        and "constant" not in treatment
        and "constant" in baseline
        and RESULTS.search(condition["metric"])
        and not NOT_RESULTS.search(named)
    )


def turned(row, condition):
    """A condition of a claim's row, positive where decay is better."""
    if condition["positive"] not in ("better", "worse"):
        raise ValueError(
            f"claim {row['claim']}, {condition['condition']!r}: positive is "
            f"{condition['positive']!r}, which does not say whether decay is better or worse"
        )
    sign = 1 if condition["positive"] == "better" else -1
    side = condition["side"]
    side = side if sign > 0 else TURNED.get(side, side)
    low, high = sorted(sign * end for end in condition["interval"])
    return {
        "claim": row["claim"],
        "lesson": row["title"].split()[0],
        "condition": condition["condition"],
        "metric": condition["metric"],
        "gain": sign * condition["effect"],
        "low": low,
        "high": high,
        "margin": condition["margin"],
        "unit": condition["unit"],
        "seeds": len(condition["seeds"]),
        "winner": WINNERS.get(side, "open"),
    }


def comparisons(ledger):
    """All fair comparisons of the ledger (see `is_fair`), as a pandas table.

    Args:
        ledger: what `evidence.ledger` gives.

    Returns:
        One row each: claim, lesson, condition, metric; gain, low and high, positive where decay is
        better; margin, unit, seeds; and winner: "decay" or "constant" where the interval lies
        wholly beyond the margin, "no difference" where an effect as large as the margin is ruled
        out, else "open".
    """
    rows = [
        turned(row, condition)
        for row in ledger.to_dict("records")
        if row["claim"] not in ON_THE_WAY and section(row["claim"]) < PART_TWO
        for condition in row["conditions"]
        if is_fair(condition)
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def tasks(ledger):
    """One row for each of `TASKS`, as in `comparisons`, with the columns task and left before
    them. A task whose comparison is not in the ledger has no row."""
    found = {
        (row["claim"], condition["condition"]): (row, condition)
        for row in ledger.to_dict("records")
        for condition in row["conditions"]
    }
    rows = [
        {"task": task, "left": left, **turned(*found[claim, condition])}
        for task, left, claim, condition in TASKS
        if (claim, condition) in found
    ]
    return pd.DataFrame(rows, columns=["task", "left", *COLUMNS])
