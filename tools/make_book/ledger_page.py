"""The claim ledger's page: one row for each claim, whole without a script."""

import functools
import html

import lessons
import page_parts as parts
import pybtex.database
from page_parts import escaped, words

WHO = {
    "article": "the article",
    "book": "the book's own question",
    "practice": "practice",
    "paper": "a paper",
}
# column -> what `ledger.js` sorts it by; nothing where sorting means nothing
COLUMNS = {
    "Claim": "order",
    "What is said, and where": "",
    "Verdict": "verdict",
    "What was found": "",
    "Came back": "back",
    "Lesson": "order",
}


@functools.cache
def papers():
    """Citation key -> authors and year, as a link to the paper."""
    found = {}
    bibliography = pybtex.database.parse_file(lessons.ROOT / "book" / "references.bib")
    for key, entry in bibliography.entries.items():
        names = [
            " ".join(map(str, person.rich_last_names))
            for person in entry.persons.get("author", ())
        ]
        who = " and ".join(names) if len(names) < 3 else f"{names[0]} and others"
        fields = entry.fields
        link = fields.get("url") or f"https://doi.org/{fields.get('doi')}"
        year = fields.get("year")
        found[key] = f'<a href="{html.escape(link)}">{escaped(who)}, {year}</a>'
    return found


def source(row):
    """Who says it and where, with the article's own key words, as HTML."""
    if row["who"] == "paper":
        return papers().get(row["where"]) or escaped(row["where"])
    said = WHO[row["who"]]
    if row["who"] == "article":
        said += f", {row['where']}"
    quoted = f': <q lang="zh">{escaped(row["words"])}</q>' if row["words"] else ""
    return escaped(said) + quoted


def counted(row):
    """How far a claim carries beyond its primary condition, in counts."""
    return ", ".join(f"{row['counts'].get(side, 0)} {side}" for side in parts.SIDES)


def condition_line(condition):
    """One condition in full, as an item of a list."""
    name = ("Primary: " if condition["primary"] else "") + condition["condition"]
    unit, at = condition["unit"], condition.get("at")
    said = (
        f"{condition['treatment']} against {condition['baseline']}, "
        f"{condition['metric']}: {parts.interval(condition)}, positive is "
        f"{condition['positive']}; margin "
        f"{parts.with_unit(format(condition['margin'], 'g'), unit)}; "
        f"{100 * condition['level']:.4g} % interval over {len(condition['seeds'])} seeds"
        + (f", {at}" if at else "")
    )
    return (
        f"<li><strong>{escaped(name)}.</strong> {escaped(said)}: "
        f"<em>{escaped(condition['side'])}</em>.</li>"
    )


def control_line(row):
    """What became of the control; nothing where there is none."""
    control = row.get("control")
    if not control:
        return ""
    effect = f", {parts.interval(control)}" if "effect" in control else ""
    word = (
        "nothing for the claim, as it must be"
        if control["passed"]
        else "it passes the claim's own test, which it must not"
    )
    return f"<p>Control, {escaped(control['condition'])}{effect}: {word}.</p>"


def folded(row):
    """What was tested, and all that came out."""
    lines = [f"<p>{words(row['means'])}</p>"]
    if row["conditions"]:
        lines += ["<ul>", *map(condition_line, row["conditions"]), "</ul>"]
    lines.append(control_line(row))
    if row.get("revised"):
        lines.append(f"<p>Changed after a look: {words(row['revised'])}</p>")
    if row["claim"] in parts.SAME:
        lines.append(
            f"<p>The same evidence as claim {parts.SAME[row['claim']]}; the counts "
            "above hold it once.</p>"
        )
    return "".join(lines)


def found(row):
    """The condition that decides, or the reason; how far it carries; and the rest folded."""
    decides = parts.primary(row)
    if decides:
        margin = parts.with_unit(format(decides["margin"], "g"), decides["unit"])
        lines = [
            f"<p>{escaped(decides['condition'])}: {escaped(decides['treatment'])} against "
            f"{escaped(decides['baseline'])}, {escaped(decides['metric'])} "
            f"{escaped(parts.interval(decides))}, margin {escaped(margin)}.</p>"
        ]
    else:
        lines = [f"<p>{words(line)}</p>" for line in row["because"].split("\n")]
    if len(row["conditions"]) > 1:
        lines.append(f'<p class="small">How far it carries: {counted(row)}.</p>')
    control = row.get("control")
    if control:
        said = "shows nothing, as it must" if control["passed"] else "FAILS"
        lines.append(f'<p class="small">The control {said}.</p>')
    if row.get("revised"):
        lines.append('<p class="small">Conditions revised.</p>')
    lines.append(f"<details><summary>What was tested</summary>{folded(row)}</details>")
    return "".join(lines)


def section_of(row):
    """The number of the section whose lesson gives this verdict."""
    return int(row["lesson"].rsplit("/", 1)[1].split("_")[0])


def one(order, row, back):
    """A claim as a row of the table; ``back`` is how often its word came back, of how many runs."""
    times, runs = back
    said = f"{times} of {runs}" if runs else "not tried"
    word = row["verdict"]
    return (
        f'<tr data-order="{order}" data-verdict="{word}" data-about="{row["about"]}" '
        f'data-who="{row["who"]}" data-section="{section_of(row)}" data-back="{times}">'
        f'<th scope="row" id="{parts.claim_anchor(row["claim"])}">{row["claim"]}</th>'
        f'<td>{words(row["text"])}<p class="small">{source(row)}</p></td>'
        f'<td class="verdict {parts.kind(word)}">{parts.MARKS[word]}</td>'
        f'<td>{found(row)}</td><td class="back">{said}</td>'
        f'<td><a href="{parts.address(row)}">{escaped(parts.number_of(row))}</a></td></tr>'
    )


def choice(label, name, options):
    """A filter: options are pairs of a value and its words."""
    inside = "".join(
        f'<option value="{value}">{escaped(said)}</option>'
        for value, said in [("", "all"), *options]
    )
    return f'<label>{label} <select name="{name}">{inside}</select></label>'


def page(rows, back, sections):
    """The table with its filters.

    Args:
        rows: of the ledger. back: claim -> (times, runs), how often its word came back.
        sections: number -> title.
    """
    who = {row["who"] for row in rows}
    head = "".join(
        f'<th scope="col"{f""" data-sort="{key}" """.rstrip() if key else ""}>{name}</th>'
        for name, key in COLUMNS.items()
    )
    lines = [
        '<form id="ledger-choice" hidden>',
        choice("Verdict", "verdict", parts.MARKS.items()),
        choice("About", "about", [("decay", "decay"), ("text", "the text")]),
        choice("Said by", "who", [item for item in WHO.items() if item[0] in who]),
        choice(
            "Section",
            "section",
            [
                (number, f"{number} · {sections[number].split(':')[0]}")
                for number in sorted({section_of(row) for row in rows})
            ],
        ),
        '<output aria-live="polite"></output>',
        "</form>",
        '<div class="ledger" tabindex="0" role="region" aria-label="The claim ledger">',
        '<table class="table" id="ledger">',
        f"<thead><tr>{head}</tr></thead>",
        "<tbody>",
        *(
            one(order, row, back.get(row["claim"], (0, 0)))
            for order, row in enumerate(rows)
        ),
        "</tbody>",
        "</table>",
        "</div>",
        '<script defer src="../_static/ledger.js"></script>',
    ]
    return parts.tally(rows) + "\n" + parts.raw_html(lines)
