"""The pages that are written from the lessons' own outputs: the claim ledger and the timings.

They go into book/generated/, which is not committed: nothing in them is typed by hand.
"""

import html
import json
import re

import card_page
import explorer
import lessons
from docutils import nodes
from markdown_it import MarkdownIt

GENERATED = lessons.ROOT / "book" / "generated"
CLAIM = "application/vnd.lrdecay.claim+json"
MARKS = {
    "supported": "✔ supported",
    "refuted": "✘ refuted",
    "it depends": "◐ it depends",
    "not shown": "○ not shown",
}


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
    """The library's copy of the ledger, which lessons 8.1 and 9 read, wherever they run."""
    path, text = lessons.LIBRARY / "ledger.json", as_json(claims(own_only=True))
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        lessons.write_whole(path, text)


def table(header, rows):
    lines = [header, ["---"] * len(header), *rows]
    return (
        "\n".join(
            "| "
            + " | ".join(
                str(item).replace("|", "\\|").replace("\n", " ") for item in line
            )
            + " |"
            for line in lines
        )
        + "\n"
    )


def link(name, words):
    return f"[{words}](/{name}.ipynb)"


def short_link(row):
    """A link to the lesson of a row by its number, which is the first word of its title."""
    return link(row["lesson"], row["title"].split()[0])


def claim_anchor(claim):
    """Where a lesson's page shows this claim's verdict; `lesson_page` puts the anchor there."""
    return nodes.make_id(f"claim-{claim}")


def address(row):
    """The verdict of a row, seen from a page in book/."""
    return f"../{row['lesson']}.html#{claim_anchor(row['claim'])}"


def words(text):
    """A line of a lesson's plain or Markdown text as HTML."""
    return MarkdownIt().renderInline(text)


def raw_html(lines):
    return "```{raw} html\n" + "\n".join(lines) + "\n```\n"


def ledger():
    """One table row for each claim, with what `ledger.js` filters and sorts by."""
    body = []
    for number, row in enumerate(claims()):
        first, *rest = row["because"].split("\n")
        # the names of conditions hold commas themselves, so they are quoted where the first line
        # lists them
        names = sorted(
            (condition["condition"] for condition in row["conditions"]),
            key=len,
            reverse=True,
        )
        why = words(
            re.sub("|".join(map(re.escape, names)), r"“\g<0>”", first)
            if rest and names
            else first
        )
        if rest:
            why = (
                f"<details><summary>{why}</summary>"
                + "".join(f"<p>{words(line)}</p>" for line in rest)
                + "</details>"
            )
        section = row["lesson"].rsplit("/", 1)[1].split("_")[0].lstrip("0") or "0"
        body.append(
            f'<tr data-order="{number}" data-verdict="{row["verdict"]}" '
            f'data-section="{section}"><th scope="row" '
            f'id="{claim_anchor(row["claim"])}">{row["claim"]}</th>'
            f'<td>{words(row["text"])}</td><td class="verdict {kind(row)}">'
            f"{MARKS[row['verdict']]}</td><td>{why}</td><td><a "
            f'href="{address(row)}">{html.escape(row["title"].split()[0])}</a></td></tr>'
        )
    options = "".join(
        f'<option value="{verdict}">{mark}</option>' for verdict, mark in MARKS.items()
    )
    sections = sorted(
        {row["lesson"].rsplit("/", 1)[1].split("_")[0] for row in claims()}
    )
    parts = "".join(
        f'<option value="{int(section)}">{int(section)} · '
        f"{html.escape(SECTIONS[int(section)].split(':')[0])}</option>"
        for section in sections
    )
    head = "".join(
        f'<th scope="col">{name}</th>'
        for name in ("Claim", "The article claims", "Verdict", "Why", "Lesson")
    )
    return raw_html(
        [
            '<form id="ledger-choice" hidden>',
            '<label>Verdict <select name="verdict"><option '
            f'value="">all</option>{options}</select></label>',
            '<label>Section <select name="section"><option '
            f'value="">all</option>{parts}</select></label>',
            '<output aria-live="polite"></output>',
            "</form>",
            '<div class="ledger" tabindex="0" role="region" aria-label="The claim ledger">',
            '<table class="table" id="ledger">',
            f"<thead><tr>{head}</tr></thead>",
            "<tbody>",
            *body,
            "</tbody>",
            "</table>",
            "</div>",
            '<script defer src="../_static/ledger.js"></script>',
        ]
    )


def kind(row):
    """A verdict as the name of a style."""
    return row["verdict"].replace(" ", "-")


# lessons that may take up to two minutes, and why; all others stay below one
HEAVY = {
    "08_2_4_state_driven": "nine rivals tuned alike on two tasks, rules that must look at the "
    "loss thirty times a run",
    "09_questions": "two experiments that no other lesson makes: six kinds of data, each tuned "
    "by loss and by accuracy, and five kinds of decay at two lengths",
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
    count = {
        verdict: sum(row["verdict"] == verdict for row in rows) for verdict in MARKS
    }
    sentence = f"{len(rows)} claims have a verdict: " + ", ".join(
        f"**{number} {verdict}**" for verdict, number in count.items()
    )
    chosen = [row for row in rows if row["claim"] in SHOWN]
    sentence += f". {len(chosen)} of them:"
    return (
        sentence
        + "\n\n"
        + table(
            ["The article claims", "Verdict", "Lesson"],
            [
                [row["text"], f"**{MARKS[row['verdict']]}**", short_link(row)]
                for row in chosen
            ],
        )
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
}


def contents():
    """The map: each section with its lessons, and behind each lesson the verdicts it reached."""
    rows, lines = claims(), ['<ol class="map" start="0">']
    for number, title in SECTIONS.items():
        lines.append(f"<li><strong>{html.escape(title)}</strong><ul>")
        for name, notebook in notebooks():
            if name.rsplit("/", 1)[1].startswith(f"{number:02d}_"):
                marks = "".join(
                    f' <a class="verdict-mark {kind(row)}" href="{address(row)}" '
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
    return raw_html(
        [
            *lines,
            "</ol>",
            f'<p class="map-key">{" · ".join(html.escape(mark) for mark in MARKS.values())}</p>',
        ]
    )


def hero():
    """The landing page's figure: the first one of lesson 3.2."""
    notebook = lessons.read_notebook(lessons.CHAPTERS / "en" / "03_2_step_decay.ipynb")
    return next(
        output.data["image/svg+xml"]
        for cell in lessons.code_of(notebook)
        for output in cell.outputs
        if "image/svg+xml" in output.get("data", {})
    )


def write():
    GENERATED.mkdir(exist_ok=True)
    (GENERATED / "hero.svg").write_text(hero(), encoding="utf-8")
    (GENERATED / "verdicts.md").write_text(verdicts(), encoding="utf-8")
    (GENERATED / "contents.md").write_text(contents(), encoding="utf-8")
    card_page.write(GENERATED)
    explorer.write(GENERATED)
    (GENERATED / "ledger.md").write_text(ledger(), encoding="utf-8")
    (GENERATED / "timings.md").write_text(timings(), encoding="utf-8")
    (GENERATED / "ledger.json").write_text(as_json(claims()), encoding="utf-8")
