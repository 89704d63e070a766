"""The pages that are written from the lessons' own outputs: the claim ledger and the timings.

They go into book/generated/, which is not committed: nothing in them is typed by hand.
"""

import html
import json
import statistics

import card_page
import explorer
import guide_page
import hero
import ledger_page
import lessons
import replication_page
from page_parts import (
    MARKS,
    address,
    in_groups,
    kind,
    number_of,
    raw_html,
    table,
    tally,
)
from scipy import stats

GENERATED = lessons.ROOT / "book" / "generated"
CLAIM = "application/vnd.lrdecay.claim+json"
ARTICLE = (
    "[*学习率衰减Learning Rate Decay原理与代码实例讲解*](references.md#the-article)"
)


def title_of(notebook):
    return next(
        line[2:]
        for cell in notebook.cells
        if cell.cell_type == "markdown"
        for line in cell.source.splitlines()
        if line.startswith("# ")
    )


def notebooks():
    """(path relative to the root without suffix, notebook) of each lesson that has been run, in
    order."""
    return [
        (
            path.relative_to(lessons.ROOT).with_suffix("").as_posix(),
            lessons.read_notebook(path),
        )
        for path in sorted(lessons.CHAPTERS.glob("en/*.ipynb"))
    ]


def claims(own_only=False):
    """The ledger's rows, in the order of the lessons, each with the lesson and the cell that shows
    it.

    Args:
        own_only: leave out the lessons that sum the ledger up.
    """
    rows = []
    for name, notebook in notebooks():
        if own_only and lessons.reads_ledger(notebook):
            continue
        for number, cell in enumerate(notebook.cells):
            for output in cell.get("outputs", []):
                row = output.get("data", {}).get(CLAIM)
                if row:
                    rows.append(
                        {
                            **row,
                            "lesson": name,
                            "title": title_of(notebook),
                            "cell": number,
                        }
                    )
    return rows


def as_json(rows):
    return json.dumps(rows, indent=1, ensure_ascii=False) + "\n"


def write_ledger():
    """The library's copy of the ledger, which lessons 8.1, 9 and 11.3 read, wherever they run."""
    path, text = lessons.LIBRARY / "ledger.json", as_json(claims(own_only=True))
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        lessons.write_whole(path, text)


def link(name, words):
    return f"[{words}](/{name}.ipynb)"


def short_link(row):
    """A link to the verdict of a row in its lesson, by the lesson's number."""
    return f'<a href="{address(row)}">{number_of(row)}</a>'


# lessons that may take up to two minutes, and why; all others stay below one
HEAVY = {
    "08_2_4_state_driven": "six rivals tuned alike on two tasks, and their replays; rules "
    "that must look at the loss thirty times a run",
    "09_questions": "two experiments that no other lesson makes: six kinds of data, each tuned "
    "by loss and by accuracy, and five kinds of decay at two lengths",
    "10_9_the_guide": "six tasks, on each of which the guide and twelve rivals are tuned alike, "
    "and restarts and schedules of the momentum besides",
}


def timings():
    """What each lesson took, in seconds and in the unit of the machine that took them."""
    rows, total = [], 0.0
    for name, notebook in notebooks():
        run, why = notebook.metadata["lrdecay"], HEAVY.get(name.rsplit("/", 1)[1], "")
        units = f"{run['seconds'] / run['unit']:.0f}"
        rows.append(
            [link(name, title_of(notebook)), f"{run['seconds']:.1f}", units, why]
        )
        total += run["seconds"]
    rows.append(["All lessons, one after another", f"**{total:.0f}**", "", ""])
    return table(["Lesson", "Seconds", "Units", "Why so long"], rows)


# claims that the landing page shows, one from each larger section; the ledger shows all
SHOWN = ("1-a", "3.2-a", "4.3-a", "6.3-a", "8.3-a", "9-2")


def verdicts():
    """How often each verdict was reached, and the landing page's short table."""
    rows = claims()
    chosen = [row for row in rows if row["claim"] in SHOWN]
    return (
        tally(rows)
        + f"\n{len(chosen)} of them:\n\n"
        + table(
            ["What is said", "Verdict", "In short", "Lesson"],
            [
                [
                    row["text"],
                    f"**{MARKS[row['verdict']]}**",
                    row["in_short"],
                    short_link(row),
                ]
                for row in chosen
            ],
        )
    )


def rule():
    """What the rule of the verdicts does on made numbers, as its simulation printed it."""
    path = lessons.ROOT / "benchmarks" / "results_rule.md"
    if path.exists():
        return path.read_text(encoding="utf-8")
    return "The simulation has not been run yet.\n"


def tuning():
    """How much wider the tuning makes the intervals, as a sentence from the ledger's rows."""
    wider = {}
    for row in claims():
        for one in row["conditions"]:
            low, high = one["interval"]
            if one.get("tuning") and high > low:
                spread = stats.t.ppf(0.5 + one["level"] / 2, len(one["seeds"]) - 1)
                whole = (high - low) / 2 / spread
                rest = max(whole**2 - one["tuning"] ** 2, 0) ** 0.5
                name = f"{one['condition']} ({row['claim']})"
                wider[name] = 100 * (1 - rest / whole)
    if not wider:
        return "No stored interval holds its tuning yet.\n"
    most = max(wider, key=wider.get)
    return (
        f"{len(wider)} conditions of the ledger compare rivals at their tuned peaks. The "
        "choice of the peaks makes up, at the median, "
        f"{statistics.median(wider.values()):.0f} % of the length of their intervals; at most, "
        f"in the condition {most}, {wider[most]:.0f} %.\n"
    )


SECTIONS = {
    0: "Before you start: how to read a claim",
    1: "Background: why the rate cannot stay what it was",
    2: "Concepts, and how they hang together",
    3: "The algorithm: families, steps, gains and costs, uses",
    4: "The mathematics: formulas, a derivation, an example",
    5: "A project: a training program and its result",
    6: "Uses: convergence, overfitting, stability",
    7: "Tools and references",
    8: "Summary: trends, challenges, outlook",
    9: "Questions and answers",
    10: "In your own training",
    11: "Why, and how far does it carry?",
}


def contents():
    """The map: each section with its lessons, and behind each lesson the verdicts it reached."""
    rows, lines = claims(), ['<ol class="map" start="0">']
    for number, title in SECTIONS.items():
        lines.append(f"<li><strong>{html.escape(title)}</strong><ul>")
        for name, notebook in notebooks():
            if name.rsplit("/", 1)[1].startswith(f"{number:02d}_"):
                marks = "".join(
                    f' <a class="verdict-mark {kind(row["verdict"])}" href="{address(row)}" '
                    f'title="{html.escape(row["text"])}: {row["verdict"]}"><span '
                    f'aria-hidden="true">{MARKS[row["verdict"]][0]}</span><span '
                    f'class="visually-hidden">claim {row["claim"]}: '
                    f"{row['verdict']}</span></a>"
                    for row in rows
                    if row["lesson"] == name
                )
                lines.append(
                    "<li><a "
                    f'href="../{name}.html">{html.escape(title_of(notebook))}</a>{marks}</li>'
                )
        lines.append("</ul></li>")
    return raw_html([*lines, "</ol>", *map_key(rows)])


def map_key(rows):
    """What the marks of the map mean, with their counts in each kind of claim."""
    lines = ['<ul class="map-key">']
    for name, found in in_groups(rows).items():
        counts = ", ".join(
            f'<span class="{kind(word)}">{html.escape(mark)}</span>\u00a0'
            f"{sum(row['verdict'] == word for row in found)}"
            for word, mark in MARKS.items()
        )
        lines.append(f"<li>{html.escape(name.capitalize())}: {counts}</li>")
    return [*lines, "</ul>"]


def lead():
    """The landing page's first lines: what the book is, with its counts."""
    groups = in_groups(claims())
    found = [
        row
        for name, rows in groups.items()
        if name.startswith("about decay")
        for row in rows
    ]
    by_article = sum(row["who"] == "article" for row in found)
    said = {word: sum(row["verdict"] == word for row in found) for word in MARKS}
    return (
        "Much of what is written about learning rate decay is copied from page to page and "
        f"never tried. **This book tries it**: {len(found)} claims about decay, {by_article} "
        f"of them from one widely copied Chinese article, {ARTICLE}. "
        f"{said['supported']} are supported, {said['refuted']} refuted, {said['no effect']} "
        f"show no effect, {said['not shown']} are not shown.\n"
    )


def write():
    GENERATED.mkdir(exist_ok=True)
    (GENERATED / "lead.md").write_text(lead(), encoding="utf-8")
    (GENERATED / "hero.md").write_text(raw_html(hero.body()), encoding="utf-8")
    (GENERATED / "verdicts.md").write_text(verdicts(), encoding="utf-8")
    (GENERATED / "contents.md").write_text(contents(), encoding="utf-8")
    card_page.write(GENERATED)
    guide_page.write(GENERATED)
    explorer.write(GENERATED)
    rows, stored = claims(), replication_page.read()
    back = replication_page.came_back(rows, stored)
    (GENERATED / "ledger.md").write_text(
        ledger_page.page(rows, back, SECTIONS), encoding="utf-8"
    )
    (GENERATED / "replication.md").write_text(
        replication_page.page(rows, stored), encoding="utf-8"
    )
    (GENERATED / "rule.md").write_text(rule(), encoding="utf-8")
    (GENERATED / "tuning.md").write_text(tuning(), encoding="utf-8")
    (GENERATED / "timings.md").write_text(timings(), encoding="utf-8")
    (GENERATED / "ledger.json").write_text(as_json(rows), encoding="utf-8")
