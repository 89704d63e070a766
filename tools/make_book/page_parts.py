"""What the pages of verdicts share: words, marks, numbers and tables."""

import functools
import html

import lessons
import yaml
from docutils import nodes
from markdown_it import MarkdownIt

# a sign and a word each, so that nothing hangs on colour
MARKS = {
    "supported": "✔ supported",
    "refuted": "✘ refuted",
    "no effect": "≈ no effect",
    "not shown": "○ not shown",
}
SIDES = ("for", "against", "no effect", "open")
# claims whose verdict rests on another claim's evidence: shown, and not counted again
SAME = {"9-4": "8.3-a", "9-5": "9-2"}


def table(header, rows):
    """A Markdown table."""
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


def raw_html(lines):
    return "```{raw} html\n" + "\n".join(lines) + "\n```\n"


def words(text):
    """A line of a lesson's plain or Markdown text as HTML."""
    return MarkdownIt().renderInline(text)


def claim_anchor(claim):
    """Where a lesson's page shows this claim's verdict; `lesson_page` puts the anchor there."""
    return nodes.make_id(f"claim-{claim}")


def address(row):
    """The verdict of a row, seen from a page in book/."""
    return f"../{row['lesson']}.html#{claim_anchor(row['claim'])}"


@functools.cache
def repository():
    text = (lessons.ROOT / "_config.yml").read_text(encoding="utf-8")
    return yaml.safe_load(text)["repository"]


def source(name, view="blob"):
    """The address of a file in the repository; with the view "commits", its history."""
    home = repository()
    return f"{home['url']}/{view}/{home['branch']}/{name}"


def kind(word):
    """A verdict as the name of a style."""
    return word.replace(" ", "-")


def number_of(row):
    """The number of a row's lesson, which is the first word of its title."""
    return row["title"].split()[0]


def with_unit(number, unit):
    return f"{number} {unit}" if unit else number


def end(number, margin):
    """An interval's end in three digits; in more where these would put it on the margin, of which
    it lies on one side."""
    told = f"{number:+.3g}"
    if abs(float(told)) == margin != abs(number):
        digits = range(4, 18)  # 17 tell any two numbers apart
        more = (f"{number:+.{count}g}" for count in digits)
        told = next(text for text in more if abs(float(text)) != margin)
    return told


def interval(condition):
    """An effect with its interval, such as +3.7 % [+1.4, +6.1]."""
    low, high = (end(one, condition.get("margin")) for one in condition["interval"])
    effect = with_unit(f"{condition['effect']:+.3g}", condition.get("unit", ""))
    return f"{effect} [{low}, {high}]"


def primary(row):
    """The condition that decides the word; None for an exact claim."""
    return next((one for one in row["conditions"] if one["primary"]), None)


def in_groups(rows):
    """Rows by what they speak of: name of the group -> rows. Each piece of evidence once."""
    groups = {
        "about decay, said by the article": [],
        "about decay, asked or said by others": [],
        "about the article's text or program": [],
    }
    decay, others, text = groups
    for row in rows:
        if row["claim"] not in SAME:
            by_article = row["who"] == "article"
            name = text if row["about"] == "text" else decay if by_article else others
            groups[name].append(row)
    return {name: found for name, found in groups.items() if found}


def tally(rows):
    """How often each word was reached, by what the claims speak of."""
    lines = []
    for name, found in in_groups(rows).items():
        counts = [sum(row["verdict"] == word for row in found) for word in MARKS]
        lines.append([name, len(found), *counts])
    return table(["Claims", "in all", *MARKS.values()], lines)


def escaped(text):
    return html.escape(str(text), quote=False)
