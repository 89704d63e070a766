"""A Sphinx extension: each verdict of a lesson as a box that is read at a glance, and the answers
of a lesson behind "vote first". Both are written from the rows of the ledger, which travel beside
what the lesson's cells show."""

import functools
import re

import ledger_page
import lessons
import page_parts as parts
import pages
from docutils import nodes
from page_parts import escaped, words

# side of a condition -> the word whose colour and sign it shares
WORD_OF = {
    "for": "supported",
    "against": "refuted",
    "no effect": "no effect",
    "open": "not shown",
}
LEGEND = """\
<details class="legend"><summary>How to read these boxes</summary><ul>
<li><span class="supported">✔ supported</span>: the primary condition alone decides the word. Its
whole interval lies on the claim's side, beyond the margin, the smallest effect that matters.</li>
<li><span class="refuted">✘ refuted</span>: the same on the other side. A formula, a text or a
program is checked instead, without chance.</li>
<li><span class="no-effect">≈ no effect</span>: the whole interval lies within the margin.</li>
<li><span class="not-shown">○ not shown</span>: the interval reaches over the margin, so the runs
cannot tell.</li>
<li>Further conditions tell how far the claim carries: ✔ for, ✘ against, ≈ no effect, ○ open. Their
intervals are wider, because they are several.</li>
<li>The control has not what is claimed, and goes through the same test: it must show nothing for
the claim.</li></ul>
<p><a href="{up}book/how_to_read.html">More of it</a></p></details>"""


@functools.cache
def rows():
    """name of a lesson -> claim -> row of the ledger"""
    found = {}
    for row in pages.claims():
        found.setdefault(row["lesson"], {})[row["claim"]] = row
    return found


def minus(text):
    """With a sign that is as wide as a plus, in front of numbers."""
    return re.sub(r"(?<![\w-])-(?=\d)", "−", text)


def signed(number, unit=""):
    return minus(parts.with_unit(number, unit))


def in_a_sentence(row):
    """What the runs say of a claim, in one sentence; of an exact claim, the reason."""
    one = parts.primary(row)
    if one is None:
        return words(row["because"])
    low, high = one["interval"]
    unit = one["unit"]
    margin = parts.with_unit(format(one["margin"], "g"), unit)
    compared = f"{one['treatment']} against {one['baseline']}, {one['metric'].replace('_', ' ')}"
    size = signed(f"{one['effect']:+.3g}", unit)
    low, high = (parts.end(number, one["margin"]) for number in (low, high))
    between = f"{signed(low)} to {signed(high, unit)}"
    positive = one["positive"]
    said = {
        "supported": f"The difference is on the claim's side and matters: {compared} {size} "
        f"(positive is {positive}); {margin} would have been enough.",
        "refuted": f"The opposite is so, and it matters: {compared} {size} (positive is "
        f"{positive}); {margin} would have been enough.",
        "no effect": f"There is no difference that matters: {compared} {size}, and even the ends "
        f"of its interval, {between}, stay within {margin} either way.",
        "not shown": f"The runs cannot tell: {compared} {size}, but {between} are all possible, "
        f"and {margin} would matter.",
    }
    return escaped(said[row["verdict"]])


def mark(side):
    word = WORD_OF[side]
    return f'<span class="{parts.kind(word)}">{parts.MARKS[word][0]}&nbsp;{side}</span>'


def counts(row):
    """How far a claim carries, and whether its control did what it must."""
    lines = []
    further = sum(row["counts"].values())
    if further:
        found = " · ".join(
            f"{mark(side)}&nbsp;{row['counts'][side]}"
            for side in parts.SIDES
            if row["counts"][side]
        )
        plural = "condition" if further == 1 else "conditions"
        lines.append(f"{further} further {plural}: {found}")
    if row["control"]:
        passed = row["control"]["passed"]
        lines.append(
            "the control shows nothing for the claim"
            if passed
            else "<strong>the control passes the test too, so the test cannot tell</strong>"
        )
    text = "; ".join(lines)
    return f'<p class="counts">{text[:1].upper() + text[1:]}.</p>' if text else ""


def about(condition):
    """What has to be known of a condition beside its effect, a part each."""
    count = len(condition["seeds"])
    tuned = ", tuning included" if condition.get("tuning") else ""
    return {
        "compared": f"{condition['treatment']} against {condition['baseline']}, "
        f"{condition['metric'].replace('_', ' ')}",
        "positive": f"positive is {condition['positive']}",
        "margin": "margin "
        + parts.with_unit(format(condition["margin"], "g"), condition["unit"]),
        "seeds": f"{count} paired seeds",
        "at": (condition.get("at") or "") + tuned,
    }


def condition_line(condition, common):
    """A condition: its side, its effect, and where it differs from what was said once for all."""
    other = [
        said for key, said in about(condition).items() if said and said != common[key]
    ]
    other.append(f"{100 * condition['level']:.4g} % interval")
    return (
        f"<li>{mark(condition['side'])} <strong>{escaped(condition['condition'])}</strong>: "
        f"{escaped(parts.interval(condition))} <small>({escaped('; '.join(other))})</small></li>"
    )


@functools.cache
def lines_of(name):
    """The lines of a file of the repository, counted from 1."""
    text = (lessons.ROOT / name).read_text(encoding="utf-8")
    return list(enumerate(text.splitlines(), start=1))


def trace(row):
    """Where a doubter follows a verdict: what was declared, and when; what was run; what came
    out."""
    name, claims = row["lesson"], "lrdecay_lib/claims.toml"
    quoted = f'"{row["claim"]}"'
    declared = next(n for n, line in lines_of(claims) if line == f"[{quoted}]")
    # the last place that names it: a lesson may quote the declaration before it judges
    judged = max(n for n, line in lines_of(f"{name}.md") if quoted in line)
    return (
        '<p class="trace">Trace it: '
        f'<a href="{parts.source(claims)}#L{declared}">the declaration</a>, '
        f'<a href="{parts.source(claims, "commits")}">its history</a>, '
        f'<a href="{parts.source(f"{name}.md")}?plain=1#L{judged}">the code that judges</a>, '
        f'<a href="{parts.source(f"{name}.ipynb")}">the stored run</a>.</p>'
    )


def folded(row):
    """What was tested, and all that came out."""
    lines = [f"<p>{words(row['means'])}</p>"]
    if row["conditions"]:
        common = about(parts.primary(row))
        said = "; ".join(filter(None, common.values()))
        lines.append(f"<p>{escaped(said[:1].upper() + said[1:])}.</p>")
        listed = [condition_line(one, common) for one in row["conditions"]]
        lines += ["<ul>", *listed, "</ul>"]
    lines.append(ledger_page.control_line(row))
    return minus("".join(lines)) + trace(row)


def box(row, up, legend):
    """The verdict of a claim, as HTML."""
    word, name = row["verdict"], parts.claim_anchor(row["claim"])
    sign, said = parts.MARKS[word].split(" ", 1)
    summary = (
        "What was tested, every condition, and the control"
        if row["conditions"]
        else "What was tested"
    )
    return "\n".join(
        [
            f'<section class="verdict-box {parts.kind(word)}-box" id="{name}" '
            f'aria-label="Verdict on claim {row["claim"]}">',
            f'<p class="says"><a href="{up}book/ledger.html#{name}">Claim '
            f"{row['claim']}</a>: {words(row['text'])}</p>",
            f'<a class="here" href="#{name}">Link to this verdict</a>',
            f'<p class="word {parts.kind(word)}"><span aria-hidden="true">{sign}</span> '
            f"{said.capitalize()}</p>",
            f'<p class="sentence">{in_a_sentence(row)}</p>',
            counts(row),
            f"<details><summary>{summary}</summary>{folded(row)}</details>",
            LEGEND.format(up=up) if legend else "",
            "</section>",
        ]
    )


def answers(found):
    """The words that a lesson's claims got, to be opened after a vote."""
    lines = "".join(
        f'<li><span class="{parts.kind(row["verdict"])}">{parts.MARKS[row["verdict"]]}</span>: '
        f'<a href="#{parts.claim_anchor(row["claim"])}">{words(row["text"])}</a></li>'
        for row in found
    )
    many = "answers" if len(found) > 1 else "answer"
    return (
        f'<details class="answers"><summary>Vote first. Then open the {many}, in a line'
        f"{' each' if len(found) > 1 else ''}.</summary><ul>{lines}</ul></details>"
    )


def add_boxes(app, doctree):
    """A verdict, which a cell shows as a quotation, becomes a box; the first one has the legend."""
    docname = app.env.docname
    found = rows().get(docname, {}) if docname.startswith("chapters/") else {}
    up = "../" * docname.count("/")
    shown = []
    for quote in list(doctree.findall(nodes.block_quote)):
        name = re.match(r"Claim (\S+):", quote.astext())
        if name and name[1] in found:
            row = found[name[1]]
            html = box(row, up, legend=not shown)
            quote.parent.replace(quote, nodes.raw("", html, format="html"))
            shown.append(row)
    for quote in doctree.findall(nodes.block_quote):
        if shown and quote.astext().startswith("Question"):
            place = quote.parent.index(quote) + 1
            quote.parent.insert(place, nodes.raw("", answers(shown), format="html"))
            break


def setup(app):
    app.connect("doctree-read", add_boxes, priority=400)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
