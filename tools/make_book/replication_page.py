"""The page "Does it come back?": every lesson run again with other random numbers.

It is written from `lrdecay_lib/replications.json`, which `make replicate` keeps: the rows that the
lessons gave in each run, and the errors with which lessons ended.
"""

import json
from itertools import combinations
from math import hypot

import lessons
import page_parts as parts
from page_parts import escaped

FILE = lessons.LIBRARY / "replications.json"
NONE = "No replication has been run yet. `make replicate` runs them, and this page shows them.\n"
ACROSS, HIGH, STEP = 170, 4, 13  # of a small picture, in its own units


def read():
    """What is stored, or None."""
    return json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else None


def made(row, stored):
    """The runs that a claim's lesson has had; a new lesson may have had fewer than others."""
    rows = stored["claims"].get(row["claim"], {})
    errors = stored["errors"].get(row["lesson"].rsplit("/", 1)[1], {})
    return [n for n in stored["runs"] if str(n) in rows or str(n) in errors]


def runs_of(row, stored):
    """The row that each of these runs gave a claim; None where its lesson ended in an error."""
    again = stored["claims"].get(row["claim"], {})
    return [again.get(str(number)) for number in made(row, stored)]


def came_back(rows, stored):
    """claim -> (times, runs): how often its word came back. A run that broke off brought nothing
    back."""
    if not stored:
        return {}
    return {
        row["claim"]: (
            sum(
                again is not None and again["verdict"] == row["verdict"]
                for again in runs_of(row, stored)
            ),
            len(made(row, stored)),
        )
        for row in rows
    }


def turned(row, again):
    """The conditions that lie on another side than in the stored run, as (name, before, after)."""
    before = {one["condition"]: one["side"] for one in row["conditions"]}
    return [
        (one["condition"], before[one["condition"]], one["side"])
        for one in again["conditions"]
        if one["condition"] in before and before[one["condition"]] != one["side"]
    ]


def summary(rows, stored):
    """Each run in a line: what came back, and what changed side."""
    lines = []
    for number in stored["runs"]:
        pairs = [
            (row, stored["claims"].get(row["claim"], {}).get(str(number)))
            for row in rows
            if number in made(row, stored)
        ]
        done = [(row, again) for row, again in pairs if again]
        same = sum(row["verdict"] == again["verdict"] for row, again in done)
        conditions = sum(len(row["conditions"]) for row, _ in done)
        sides = sum(len(turned(row, again)) for row, again in done)
        controls = [again["control"] for _, again in done if again.get("control")]
        passed = sum(bool(control["passed"]) for control in controls)
        broken = sum(str(number) in found for found in stored["errors"].values())
        lines.append(
            [
                number,
                f"{same} of {len(pairs)}",
                f"{sides} of {conditions}",
                f"{passed} of {len(controls)}",
                broken,
            ]
        )
    header = ["Run", "Verdicts that came back", "Conditions that changed side"]
    return parts.table([*header, "Controls passed", "Lessons with an error"], lines)


def by_times(rows, stored):
    """How many claims came back how often, measured and exact ones apart; those that have had all
    runs."""
    back, runs = came_back(rows, stored), len(stored["runs"])
    rows, lines = [row for row in rows if back[row["claim"]][1] == runs], []
    for name, measured in (("measured", True), ("exact", False)):
        times = [
            back[row["claim"]][0] for row in rows if bool(row["conditions"]) == measured
        ]
        lines.append([name, *(times.count(n) for n in range(runs, -1, -1))])
    header = [f"{n} of {runs}" for n in range(runs, -1, -1)]
    fewer = len(back) - len(rows)
    others = (
        f"\nClaims of new lessons with fewer runs so far: {fewer}.\n" if fewer else ""
    )
    return parts.table(["Claims", *header], lines) + others


def agreeing(row, again):
    """(primary or not, whether they agree) for each condition and pair of a claim's runs: their
    effects lie no further apart than the two intervals together allow, which independent draws do
    as often as the intervals promise. Intervals without a width are no estimate."""
    found = {}
    for one in [row, *filter(None, again)]:
        for c in one["conditions"]:
            low, high = c["interval"]
            if high > low:
                found.setdefault(c["condition"], []).append(
                    (bool(c["primary"]), c["effect"], (high - low) / 2)
                )
    return [
        (primary, abs(effect - other) <= hypot(half, width))
        for runs in found.values()
        for (primary, effect, half), (_, other, width) in combinations(runs, 2)
    ]


def intervals_hold(rows, stored):
    """How many pairs of runs agree within their intervals, primary and further conditions; and
    the claims of which fewer than half of the primary ones do."""
    pairs = {row["claim"]: agreeing(row, runs_of(row, stored)) for row in rows}
    lines = []
    for name, wanted in (("primary", True), ("further", False)):
        agree = [same for own in pairs.values() for is_, same in own if is_ == wanted]
        share = f"{sum(agree) / len(agree):.0%}".replace("%", " %") if agree else "–"
        lines.append([name, f"{len(agree):,}", f"{sum(agree):,}", share])
    few = []
    for claim, own in pairs.items():
        agree = [same for is_primary, same in own if is_primary]
        if sum(agree) < len(agree) / 2:
            few.append(f"{claim} ({sum(agree)} of {len(agree)})")
    told = "Of the claims, there is none of which fewer than half of the primary pairs agree.\n"
    if few:
        told = (
            f"Fewer than half of the primary pairs agree for {', '.join(few)}. The intervals of "
            "these are too narrow; how often their word came back, below, says more.\n"
        )
    header = ["Conditions", "Pairs of runs", "That agree", "Share"]
    return parts.table(header, lines) + "\n" + told


def picture(row, again):
    """The primary effect of the stored run (on top, thick) and of the others, as SVG: a dot and
    its interval each, the band in which an effect does not matter, and the line of zero."""
    stored = parts.primary(row)
    shown = [stored] + [parts.primary(one) for one in again if one]
    shown = [one for one in shown if one]
    margin = stored["margin"]
    ends = [end for one in shown for end in one["interval"]] + [-margin, margin]
    low, high = min(ends), max(ends)
    scale = (ACROSS - 12) / ((high - low) or 1)

    def x(value):
        return f"{6 + (value - low) * scale:.1f}"

    height = 2 * HIGH + STEP * len(shown)
    lines = [
        f'<rect class="band" x="{x(-margin)}" y="0" '
        f'width="{2 * margin * scale:.1f}" height="{height}"/>',
        f'<line class="zero" x1="{x(0)}" x2="{x(0)}" y1="0" y2="{height}"/>',
    ]
    for place, one in enumerate(shown):
        y = HIGH + STEP * (place + 0.5)
        left, right = map(x, one["interval"])
        look = "stored" if place == 0 else "again"
        lines += [
            f'<line class="{look}" x1="{left}" x2="{right}" y1="{y}" y2="{y}"/>',
            f'<circle class="{look}" cx="{x(one["effect"])}" cy="{y}" '
            f'r="{4 if place == 0 else 3}"/>',
        ]
    said = "; ".join(parts.interval(one) for one in shown)
    label = escaped(f"{stored['condition']}: {said}; margin {margin:g}").replace(
        '"', "'"
    )
    return (
        f'<svg class="again" role="img" aria-label="{label}" width="{ACROSS}" '
        f'height="{height}" viewBox="0 0 {ACROSS} {height}">'
        + "".join(lines)
        + "</svg>"
    )


def effects(row, again, numbers):
    """The picture of the primary effect, with its numbers folded; for an exact claim, a word."""
    stored = parts.primary(row)
    if not stored:
        return "exact"
    lines = [f"<li>stored: {escaped(parts.interval(stored))}</li>"]
    for number, one in zip(numbers, again):
        decides = one and parts.primary(one)
        if decides:
            lines.append(f"<li>run {number}: {escaped(parts.interval(decides))}</li>")
    return (
        picture(row, again)
        + f"<details><summary>{escaped(stored['condition'])}</summary>"
        + f"<ul>{''.join(lines)}</ul></details>"
    )


def changes(row, again, numbers):
    """The conditions that changed side, folded behind their number; "" if none did."""
    lines = [
        f"<li>run {number}, {escaped(name)}: {escaped(before)} to {escaped(after)}</li>"
        for number, one in zip(numbers, again)
        if one
        for name, before, after in turned(row, one)
    ]
    if not lines:
        return ""
    summary = f"{len(lines)} changed side"
    return f"<details><summary>{summary}</summary><ul>{''.join(lines)}</ul></details>"


def mark(number, one):
    """The verdict of one run as a sign, with its words for those who do not see it."""
    word = one["verdict"] if one else "error"
    sign = parts.MARKS[word][0] if one else "!"
    return (
        f'<span class="sign {parts.kind(word)}" title="run {number}: {word}"><span '
        f'aria-hidden="true">{sign}</span><span '
        f'class="visually-hidden">run {number}: {word}</span></span>'
    )


def one(row, stored, back):
    again, numbers = runs_of(row, stored), made(row, stored)
    times, runs = back[row["claim"]]
    controls = [found["control"] for found in again if found and found.get("control")]
    failed = len(controls) - sum(bool(control["passed"]) for control in controls)
    loud = f"<p>The control failed in {failed}.</p>" if failed else ""
    marks = " ".join(mark(*pair) for pair in zip(numbers, again))
    word, came = row["verdict"], f"{times} of {runs}" if runs else "not tried"
    return (
        f'<tr><th scope="row"><a href="{parts.address(row)}">{row["claim"]}</a></th>'
        f"<td>{parts.words(row['text'])}</td>"
        f'<td class="verdict {parts.kind(word)}">{parts.MARKS[word]}</td>'
        f'<td class="marks">{marks}</td><td class="back">{came}</td>'
        f"<td>{effects(row, again, numbers)}{changes(row, again, numbers)}{loud}</td></tr>"
    )


def page(rows, stored):
    """The whole page's tables, or the sentence that there is nothing yet."""
    if not stored:
        return NONE
    back, lines = came_back(rows, stored), []
    columns = (
        "Claim",
        "What is said",
        "Stored",
        "Runs",
        "Came back",
        "Primary effect, and conditions that changed side",
    )
    head = "".join(f'<th scope="col">{name}</th>' for name in columns)
    for lesson in dict.fromkeys(row["lesson"] for row in rows):
        own = [row for row in rows if row["lesson"] == lesson]
        lines.append(
            f'<tbody><tr class="lesson"><th scope="rowgroup" colspan="{len(columns)}">'
            f'<a href="../{lesson}.html">{escaped(own[0]["title"])}</a>'
        )
        broken = stored["errors"].get(lesson.rsplit("/", 1)[1], {})
        for number, error in broken.items():
            lines.append(f"<p>Run {number} ended in an error: {escaped(error)}</p>")
        lines.append("</th></tr>")
        lines += [one(row, stored, back) for row in own]
        lines.append("</tbody>")
    return "\n".join(
        [
            summary(rows, stored),
            "How often the word of a claim came back:",
            "",
            by_times(rows, stored),
            "## Do the intervals hold?",
            "",
            "Two runs of a condition should lie as near each other as their intervals say: if "
            "an interval of 95 % is one, then in 95 of 100 pairs of runs the distance of the two "
            "effects is at most the root of the sum of the squares of their half widths. (The "
            "intervals of further conditions are wider where a claim has several.) So many do:",
            "",
            intervals_hold(rows, stored),
            "## Lesson by lesson",
            "",
            "In the small pictures a dot is the effect of the primary condition, a line its "
            "interval; the stored run is on top, the others below it. The grey band is "
            "the margin: what lies in it does not matter. The signs are those of "
            "[the ledger](/book/ledger.md).",
            "",
            parts.raw_html(
                [
                    '<div class="ledger" tabindex="0" role="region" '
                    'aria-label="Verdicts of all runs">',
                    '<table class="table" id="replication">',
                    f"<thead><tr>{head}</tr></thead>",
                    *lines,
                    "</table>",
                    "</div>",
                ]
            ),
        ]
    )
