"""A Sphinx extension: what others see of a page that is shared or cited.

- Each page of the book gets a description and a social card, a picture with its title and its
description.
- Each lesson gets a citation: one to read and to copy at its end, and one for reference managers
in its head.
- Each page ends with its text's place in the repository, for who found a mistake.
- A link to a figure or a verdict leads there also where scripts change the page (anchor.js).
"""

import html
import re
import urllib.parse
from pathlib import Path

import hero
import lessons
import page_parts
import yaml
from docutils import nodes

from lrdecay_lib import figures

LONGEST = (
    200  # characters of a description; about what search engines and networks show
)
SIZE = (1200, 630)  # pixels of a card, which networks recommend
CARDS = "_images/cards"


def cut(text, most):
    """The text, or as many whole words of it as fit, with an ellipsis."""
    text = " ".join(text.split())
    if len(text) <= most:
        return text
    return text[: most - 1].rsplit(" ", 1)[0].rstrip(",;:. ") + "…"


def description(doctree):
    """The first sentences of a page; of a lesson its question and what follows it."""
    said = []
    for paragraph in doctree.findall(nodes.paragraph):
        if "lesson-line" not in paragraph["classes"]:
            said.append(re.sub(r"^Question\.\s*", "", paragraph.astext()))
        if sum(map(len, said)) > LONGEST:
            break
    return cut(" ".join(said), LONGEST)


def tag(kind, name, content):
    return f'<meta {kind}="{name}" content="{html.escape(content)}" />'


class Card:
    """The figure that all cards are drawn on; only its words change."""

    def __init__(self, site):
        figure, axes = figures.new(SIZE[0] / 100, SIZE[1] / 100)
        figure.set_layout_engine(None)
        axes.set_position((0, 0, 1, 0.28))
        axes.axis("off")
        for name in hero.NAMES:
            axes.plot(hero.rates(name, hero.PEAK), linewidth=4, **figures.look(name))
        axes.set(xlim=(0, hero.UPDATES - 1), ylim=(-0.02, hero.PEAK * 1.05))
        left = {"x": 0.05, "va": "top", "linespacing": 1.25}
        figure.text(y=0.93, s=site, fontsize=22, color=figures.FAINT, **left)
        self.title = figure.text(y=0.83, s="", fontsize=34, fontweight="bold", **left)
        self.words = figure.text(y=0.5, s="", fontsize=19, **left)
        self.figure = figure

    def write(self, title, words):
        lines = wrapped(title, 39, 2)
        self.title.set_text(lines)
        self.words.set_y(0.5 if "\n" in lines else 0.66)
        self.words.set_text(wrapped(words, 74, 3))

    def save(self, title, words, path):
        self.write(title, words)
        path.parent.mkdir(parents=True, exist_ok=True)
        self.figure.savefig(path, dpi=100, metadata={"Software": None})


def wrapped(text, width, lines):
    """The text in so many lines at most. A dollar is a dollar, and what the font does not have is
    left out."""
    text = "".join(letter for letter in text if ord(letter) < 0x2E80)
    rows = [""]
    for word in text.split():
        if len(rows[-1]) + len(word) >= width and rows[-1]:
            rows.append("")
        rows[-1] = f"{rows[-1]} {word}".strip()
    if len(rows) > lines:
        rows = [*rows[: lines - 1], cut(" ".join(rows[lines - 1 :]), width)]
    return "\n".join(rows).replace("$", r"\$")


def cited():
    return yaml.safe_load((lessons.ROOT / "CITATION.cff").read_text(encoding="utf-8"))


def citation(title, address):
    """A lesson's citation, as HTML at its end and as tags for reference managers."""
    book = cited()
    author = book["authors"][0]["name"]
    year, version = str(book["date-released"])[:4], book["version"]
    key = "lrdecay" + re.sub(r"\W", "_", title.split()[0])
    # braces keep the capitals, and a name of several words in one piece
    entry = (
        f"@incollection{{{key},\n  author = {{{{{author}}}}},\n  title = {{{{{title}}}}},\n"
        f"  booktitle = {{{{{book['title']}}}}},\n  year = {{{year}}},\n"
        f"  note = {{Version {version}}},\n  url = {{{address}}}\n}}"
    )
    said = html.escape(
        f"{author} ({year}). {title}. In: {book['title']}, version {version}."
    )
    shown = (
        f'<details class="cite"><summary>Cite this lesson</summary><p>{said} '
        f'<a href="{address}">{address}</a></p><pre>{html.escape(entry)}</pre></details>'
    )
    tags = {
        "citation_title": title,
        "citation_author": author,
        "citation_publication_date": year,
        "citation_inbook_title": book["title"],
        "citation_public_url": address,
    }
    return shown, [tag("name", name, content) for name, content in tags.items()]


def mending(pagename):
    """What a reader does who found a mistake on the page."""
    text, home = f"{pagename}.md", page_parts.repository()["url"]
    title = urllib.parse.quote(f"A mistake on {text}")
    return (
        '<p class="mending">A mistake on this page? '
        f'<a href="{page_parts.source(text)}?plain=1">Its text</a>, '
        f'<a href="{home}/issues/new?title={title}">a report</a>, '
        f'<a href="{page_parts.source("CONTRIBUTING.md")}">how to mend it</a>.</p>'
    )


def share(app, pagename, templatename, context, doctree):
    if doctree is None or app.builder.format != "html":
        return
    title = next(doctree.findall(nodes.title)).astext()
    words = description(doctree)
    picture = f"{CARDS}/{pagename.replace('/', '_')}.png"
    if not hasattr(app, "social_card"):
        app.social_card = Card(cited()["title"])
    app.social_card.save(title, words, Path(app.outdir, picture))
    home = app.config.html_baseurl.rstrip("/") + "/"
    address = home + app.builder.get_target_uri(pagename)
    lesson = pagename.startswith("chapters/")
    tags = [
        tag("name", "description", words),
        tag("property", "og:title", title),
        tag("property", "og:description", words),
        tag("property", "og:type", "article" if lesson else "website"),
        tag("property", "og:site_name", app.config.html_title),
        tag("property", "og:url", address),
        tag("property", "og:image", home + picture),
        tag("property", "og:image:width", str(SIZE[0])),
        tag("property", "og:image:height", str(SIZE[1])),
        tag("property", "og:image:alt", f"{title}. {words}"),
        tag("name", "twitter:card", "summary_large_image"),
    ]
    if lesson:
        shown, more = citation(title, address)
        context["body"] += shown
        tags += more
    if pagename.startswith(("book/", "chapters/")):
        context["body"] += mending(pagename)
    context["metatags"] = context.get("metatags", "") + "\n".join(tags) + "\n"


SHARED = re.compile(
    r'<meta (?:name="(?:description|twitter:card)"|property="og:)[^>]*>'
)


def write_front_door(site):
    """The address that people share, which leads to the landing page and shows its card."""
    landing = "book/index.html"
    text = (site / landing).read_text(encoding="utf-8")
    title = re.search(r'"og:title" content="([^"]*)"', text)[1]
    (site / "index.html").write_text(
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{title}</title>\n" + "\n".join(SHARED.findall(text)) + "\n"
        f'<link rel="icon" href="_static/favicon.svg">\n'
        f'<meta http-equiv="refresh" content="0; url={landing}">\n</head>\n'
        f'<body><p><a href="{landing}">{title}</a></p></body>\n</html>\n',
        encoding="utf-8",
    )


def setup(app):
    app.connect("html-page-context", share)
    app.add_js_file("anchor.js", loading_method="defer")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
