"""The guide's generated parts: what `lrdecay_lib.guide` advises, each line with its evidence, read
from the ledger. The page and the function are made from the same tables."""

import ledger_page
import lessons
import numpy as np
import page_parts as parts
from page_parts import escaped, words

from lrdecay_lib import claims, guide

ACROSS, HIGH, RUN = 64, 28, 1000  # of a small picture, and the updates of its run


def picture(name):
    """The shape of a situation's schedule. The words beside it say the same, so it is hidden from
    who does not see it."""
    factor = guide.recommend(RUN, situation=name).factor
    t = np.arange(0, RUN + 1, 5)
    points = " ".join(
        f"{2 + (ACROSS - 4) * x / RUN:.1f},{HIGH - 3 - (HIGH - 6) * y:.1f}"
        for x, y in zip(t, factor(t))
    )
    base = HIGH - 3
    return (
        f'<svg class="shape" aria-hidden="true" width="{ACROSS}" height="{HIGH}" '
        f'viewBox="0 0 {ACROSS} {HIGH}"><line x1="2" x2="{ACROSS - 2}" y1="{base}" '
        f'y2="{base}"/><polyline points="{points}"/></svg>'
    )


def where(line):
    """A link to what shows a line: the verdict of its lesson, or the lesson, or its number."""
    if line.row:
        return f'<a href="{parts.address(line.row)}">{line.lesson}</a>'
    declared = claims.declared().get(line.claim)
    path = lessons.CHAPTERS / "en" / f"{declared.lesson}.md" if declared else None
    if path and path.exists():
        return f'<a href="../chapters/en/{declared.lesson}.html">{line.lesson}</a>'
    return f"lesson {line.lesson}"


def proof(line, rivals=False):
    """What a line rests on: effect, interval, counts and lesson, or the literature; with ``rivals``
    also who was compared with whom."""
    said = []
    if line.claim and line.word is None:
        said.append(f"not measured yet, {where(line)}")
    elif line.claim:
        named = f"{line.rivals} " if rivals and line.rivals else ""
        said.append(f"{where(line)}: {escaped(named + line.short)}")
    if line.papers:
        named = ", ".join(
            ledger_page.papers().get(key, escaped(key)) for key in line.papers
        )
        said.append(f"from the literature: {named}")
    return f'<span class="proof">{"; ".join(said)}</span>'


def in_brackets(line):
    """The proof of a line of advice, with the brackets as small as what they hold."""
    return proof(line).replace(">", ">(", 1).removesuffix("</span>") + ")</span>"


def item(line):
    return f"<li>{words(line.advice)} {in_brackets(line)}</li>"


def situations():
    """The first table: situation, schedule, and what its first reason rests on."""
    rows = []
    for name, about in guide.SITUATIONS.items():
        rows.append(
            f'<tr><th scope="row">{escaped(about.title)}<p>{escaped(about.when)}</p></th>'
            f"<td><div>{picture(name)}<p>{escaped(about.plan)}</p></div></td>"
            f"<td>{proof(about.lines[0], rivals=True)}</td></tr>"
        )
    head = "".join(
        f'<th scope="col">{title}</th>'
        for title in ("Your situation", "The schedule", "What was found")
    )
    return parts.raw_html(
        [
            '<table class="table guide">',
            f"<thead><tr>{head}</tr></thead>",
            "<tbody>",
            *rows,
            "</tbody>",
            "</table>",
        ]
    )


def steps(topics):
    """A list with a heading for each topic: name -> its lines."""
    lines = [
        f"<li><strong>{escaped(topic)}</strong><ul>{''.join(map(item, advice))}</ul></li>"
        for topic, advice in topics.items()
    ]
    return parts.raw_html(['<ol class="guide-steps">', *lines, "</ol>"])


def why():
    """The reasons of each situation."""
    return steps({about.title: about.lines for about in guide.SITUATIONS.values()})


def procedure():
    """The steps of setting it."""
    return steps(guide.PROCEDURE)


def regret():
    """What following the guide cost in lesson 10.9, the largest first."""
    line = guide.Line("", "10.9-a", words="no effect")
    if not line.row:
        return f"Its own test is {where(line)}; it has not been run yet.\n"
    found = sorted(line.row["conditions"], key=lambda one: -one["effect"])
    rows = [[one["condition"], one["baseline"], parts.interval(one)] for one in found]
    header = ["Task", "The best of twelve", "Following the guide costs"]
    return parts.table(header, rows)


def printed():
    """What the function prints, for the page."""
    said = str(guide.recommend(20_000, optimizer="adamw", guess=3e-4))
    return f"```text\n{said}\n```\n"


def write(folder):
    for name, text in (
        ("situations", situations()),
        ("why", why()),
        ("procedure", procedure()),
        ("regret", regret()),
        ("printed", printed()),
    ):
        (folder / f"guide_{name}.md").write_text(text, encoding="utf-8")
