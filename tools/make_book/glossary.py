"""A Sphinx extension: where a term of the glossary first occurs in a lesson's prose, it is a link
to the glossary, and the page carries its meaning, which a script (book/_static/terms.js) shows as a
card on hover and focus. Without the script it is a plain link."""

import functools
import html
import re
from dataclasses import dataclass

import lessons
import page_parts
from docutils import nodes

GLOSSARY = "book/glossary"
# Also words of every day: linked only where a lesson sets the word, and nothing else, in bold,
# which is where it says what it means by it.
EVERYDAY = set(
    "alarm, alpha, attention, boundary, bound, branch, budget, champion, claim, client, control, "
    "discount, effect, environment, floor, forgetting, gain, gap, grid, guarantee, horizon, "
    "interaction, interval, memorise, parity, patience, rank, record, restart, rival, run, shift, "
    "sweep, tolerance, trial, tuning, valley, verdict, worker".split(", ")
)
# words whose meaning is that of one subject -> the lesson of that subject; elsewhere no link
SUBJECTS = {
    **dict.fromkeys(("critic", "episode", "policy", "return"), "03_4_4_reinforcement"),
    **dict.fromkeys(("head", "round", "trunk"), "08_2_2_federated"),
    "replay": "10_8_fine_tuning",
}
# what no link may stand in: other links, code, formulas, headings, verdicts
CLOSED = (
    nodes.reference,
    nodes.literal,
    nodes.math,
    nodes.title,
    nodes.block_quote,
    nodes.raw,
    nodes.FixedTextElement,
)
LATE_SECTIONS = {"check-yourself", "exercises", "further-reading"}


@dataclass(frozen=True)
class Term:
    name: str
    chinese: str
    meaning: str

    @property
    def anchor(self):
        return nodes.make_id(f"term-{self.name}")

    @property
    def forms(self):
        """The words that mean it: "adapter (LoRA)" is written as adapter and as LoRA."""
        short = re.findall(r"\(([^)]*[A-Z]{2}[^)]*)\)", self.name)
        plain = re.sub(r"\s*\([^)]*\)", "", self.name)
        return [*plain.split(", "), *short]

    @property
    def card(self):
        """What the card says, as HTML."""
        return (
            f'<strong>{html.escape(self.name)}</strong> <span lang="zh">'
            f"{html.escape(self.chinese)}</span>: {page_parts.words(in_words(self.meaning))}"
        )


def in_words(text):
    """Text whose few short formulas are written without TeX, since a card sets no formulas."""
    marks = {r"\lambda": "λ", r"\lvert ": "|", r"\rvert": "|", "{": "", "}": ""}

    def plain(formula):
        for mark, sign in marks.items():
            formula = formula.replace(mark, sign)
        return formula

    return re.sub(r"\$([^$]*)\$", lambda found: f"*{plain(found[1])}*", text)


@functools.cache
def terms():
    text = (lessons.ROOT / f"{GLOSSARY}.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (.+?) \| (.+?) \| (.+) \|$", text, re.MULTILINE)[1:]
    return [Term(*row) for row in rows if not set(row[0]) <= {"-"}]


@functools.cache
def by_form():
    """words in lower case -> the term that they mean, their plural too."""
    found = {}
    for term in terms():
        for form in term.forms:
            word = form.lower()
            plural = re.sub("y$", "ie", word) + (
                "es" if re.search("(ch|sh|s|x|y)$", word) else "s"
            )
            for spelling in (word, plural.replace("iees", "ies")):
                found.setdefault(spelling, term)
    return found


@functools.cache
def pattern():
    """Any of the words, the longest first: "weight decay" is no "decay"."""
    longest = sorted(by_form(), key=len, reverse=True)
    return re.compile(
        r"(?<![\w-])(" + "|".join(map(re.escape, longest)) + r")(?![\w-])",
        re.IGNORECASE,
    )


def is_meant(term, word, parents, lesson):
    """Whether a word stands for the term, and not for what else it means."""
    if term.name in SUBJECTS:
        return lesson == SUBJECTS[term.name]
    return term.forms[0] not in EVERYDAY or any(
        isinstance(parent, nodes.strong) and parent.astext().lower() == word.lower()
        for parent in parents
    )


def is_open(text, parents):
    """Whether a link may stand in this piece of text."""
    return not any(
        isinstance(parent, CLOSED)
        or LATE_SECTIONS & set(parent.get("ids", ()))
        or {"cell", "lesson-line"} & set(parent.get("classes", ()))
        for parent in parents
    ) and any(isinstance(parent, nodes.paragraph) for parent in parents)


def ancestors(node):
    while node.parent is not None:
        node = node.parent
        yield node


def link_terms(app, doctree):
    """Link each term where it first occurs."""
    if app.builder.format != "html" or not app.env.docname.startswith("chapters/"):
        return
    up = "../" * app.env.docname.count("/")
    lesson = app.env.docname.rsplit("/", 1)[1]
    seen = []
    for text in list(doctree.findall(nodes.Text)):
        parents = list(ancestors(text))
        if not is_open(text, parents):
            continue
        pieces, end = [], 0
        for found in pattern().finditer(text):
            term = by_form()[found[0].lower()]
            if term in seen or not is_meant(term, found[0], parents, lesson):
                continue
            seen.append(term)
            pieces.append(nodes.Text(text[end : found.start()]))
            pieces.append(
                nodes.reference(
                    "",
                    found[0],
                    refuri=f"{up}{GLOSSARY}.html#{term.anchor}",
                    internal=True,
                    classes=["term"],
                )
            )
            end = found.end()
        if pieces:
            pieces.append(nodes.Text(text[end:]))
            text.parent.replace(text, [piece for piece in pieces if piece.astext()])
    app.env.metadata[app.env.docname]["terms"] = [term.anchor for term in seen]


def add_anchors(app, doctree):
    """Each row of the glossary can be linked to."""
    if app.env.docname != GLOSSARY:
        return
    rows = [row for body in doctree.findall(nodes.tbody) for row in body]
    for row, term in zip(rows, terms(), strict=True):
        row["ids"].append(term.anchor)


def add_cards(app, pagename, templatename, context, doctree):
    """What the cards of a page say, below its text. It is no part of what the search looks into."""
    used = set(app.env.metadata.get(pagename, {}).get("terms", ()))
    if used and "body" in context:
        cards = "".join(
            f'<p id="{term.anchor.replace("term-", "card-", 1)}">{term.card}</p>'
            for term in terms()
            if term.anchor in used
        )
        context["body"] += f'<div class="term-cards" hidden>{cards}</div>'
        app.add_js_file("terms.js", loading_method="defer")


def setup(app):
    app.connect(
        "doctree-read", link_terms, priority=600
    )  # after the verdicts are boxes
    app.connect("doctree-read", add_anchors)
    app.connect("html-page-context", add_cards)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
