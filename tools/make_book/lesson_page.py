"""A Sphinx extension: what the site adds to a lesson's page.

- Each figure gets the alternative text that `lrdecay_lib.figures.show` stored in its SVG, a variant
for the dark scheme, a number, an anchor, and a link to the figure alone, which a script
(book/_static/figures.js) opens over the page. A phone shows its panels one by one (panels.py).
- A figure that book/moving.toml names gets the sliders that move it (moving.py).
- Under the title stand a line that says which book this is, for who came by a link, and one with
the seconds the lesson took to run, and its Colab and download links. Above the exercises stands how
to run them.
- Each verdict gets an anchor, to which the claim ledger leads.
- A folded cell says what is in it.
- The entries of the reference list are items of a list to screen readers too; docutils gives them
a role that is
  no longer one.

It also takes away what would make a page ask for more than it has: Thebe, which Jupyter Book puts
on every page and which loads itself from another host, and the preloading of fonts, which fails on
pages opened as files.
"""

import functools
import html
import re
from pathlib import Path

import lessons
import moving
import page_parts
import panels
from docutils import nodes
from sphinx.util import logging

from lrdecay_lib import figures

logger = logging.getLogger(__name__)

BOOK_LINE = (
    '<p class="book-line">A lesson of <a href="{up}book/index.html">Learning Rate Decay</a>, an '
    'open textbook that runs every claim, many of them of one <a href="{up}book/references.html'
    '#the-article">widely copied article</a>.</p>'
)
RUN_HELP = (
    '<p class="run-help">On this page nothing can be typed: the cells are in the notebook. <a '
    'href="{colab}">Open this lesson in Colab</a>, run it from the top, and go on here. <a '
    'href="{up}book/how_to_read.html#your-first-notebook">Your first notebook?</a></p>'
)


def finish_figures(app, doctree):
    """Give each figure its alternative text and its dark variant, and each figure of a lesson its
    number with an anchor."""
    number = re.match(r"[\d.]+(?= )", next(iter(doctree.findall(nodes.title))).astext())
    lesson = app.env.docname.startswith("chapters/") and number
    count, moves = 0, moving.table()
    for image in list(doctree.findall(nodes.image)):
        path = Path(app.env.relfn2path(image["uri"], app.env.docname)[1])
        svg = path.read_text(encoding="utf-8") if path.suffix == ".svg" else ""
        description = re.search(
            r"<dc:description>(.*?)</dc:description>", svg, re.DOTALL
        )
        if not description:
            if not image.get("alt"):
                logger.warning(
                    "a figure without alternative text: show it with lrdecay_lib.figures.show",
                    location=image,
                )
            continue
        if not image.get("alt"):
            image["alt"] = " ".join(html.unescape(description.group(1)).split())
        twin = path.with_name(f"{path.stem}-dark.svg")
        if not twin.exists() or twin.read_text(encoding="utf-8") != figures.dark(svg):
            twin.write_text(figures.dark(svg), encoding="utf-8")
        dark = image.deepcopy()
        dark["uri"] = image["uri"].removesuffix(".svg") + "-dark.svg"
        both = nodes.inline(classes=["schemes"])
        place = both
        if lesson and not isinstance(image.parent, nodes.figure):
            count += 1
            anchor = f"figure-{lesson[0].replace('.', '-')}-{count}"
            link = nodes.reference(
                "", f"Figure {lesson[0]}-{count}", refuri=f"#{anchor}"
            )
            place = nodes.container(ids=[anchor], classes=["numbered"])
            place += [both, nodes.paragraph("", "", link, classes=["figure-number"])]
            name = app.env.docname.rsplit("/", 1)[1]
            if moves.get(name, {}).get("figure") == count:
                up = "../" * app.env.docname.count("/")
                place.insert(1, nodes.raw("", moving.form(name, up), format="html"))
        image.parent.replace(image, place)
        image["classes"].append("only-light")
        dark["classes"].append("only-dark")
        both += [image, dark]


def add_lesson_line(app, doctree):
    docname = app.env.docname
    if not docname.startswith("chapters/"):
        return
    notebook = lessons.read_notebook(Path(app.srcdir, docname + ".ipynb"))
    options = app.config.html_theme_options
    address = options["repository_url"].removeprefix("https://github.com/")
    branch, place = options["repository_branch"], options["launch_buttons"]["colab_url"]
    colab = f"{place}/github/{address}/blob/{branch}/{docname}.ipynb"
    up = "../" * docname.count("/")
    line = nodes.paragraph(classes=["lesson-line"])
    line += nodes.inline(
        "",
        f"Ran in {notebook.metadata['lrdecay']['seconds']:.0f} s on two cores",
        classes=["seconds"],
    )
    line += nodes.reference("", "Open in Colab", refuri=colab)
    line += nodes.reference(
        "", "Download the notebook", refuri=f"{up}_sources/{docname}.ipynb"
    )
    title = next(doctree.findall(nodes.title))
    # as raw HTML these are no words of the lesson to the search
    book = BOOK_LINE.format(up=up)
    title.parent.insert(
        title.parent.index(title) + 1, [nodes.raw("", book, format="html"), line]
    )
    for heading in doctree.findall(nodes.title):
        if heading.astext() == "Exercises":
            text = RUN_HELP.format(up=up, colab=colab)
            place = heading.parent.index(heading) + 2  # after its first paragraph
            heading.parent.insert(place, nodes.raw("", text, format="html"))


# the first line of a folded cell, for Colab
FORM_TITLE = re.compile(r"# @title (.*)\n+")


def name_folds(app, doctree):
    """A folded cell says what is in it, by the title that Colab shows."""
    for cell in doctree.findall(nodes.container):
        if "prompt_show" not in cell:
            continue
        code = next(iter(cell.findall(nodes.literal_block)), None)
        title = code is not None and FORM_TITLE.match(code.astext())
        if title:
            cell["prompt_show"] = cell["prompt_hide"] = f"Code · {title[1]}"
            words = code.astext()[title.end() :]
            code[:] = [nodes.Text(words)]
            code.rawsource = words  # by which Sphinx knows that it may colour it


def add_claim_anchors(app, doctree):
    """The verdict of claim 3.2-a stands at #claim-3-2-a."""
    for quote in doctree.findall(nodes.block_quote):
        claim = re.match(r"Claim (\S+):", quote.astext())
        if claim:
            quote["ids"].append(page_parts.claim_anchor(claim[1]))


def leave_out_thebe(app, config):
    for event, listeners in app.events.listeners.items():
        app.events.listeners[event] = [
            one
            for one in listeners
            if not one.handler.__module__.startswith("sphinx_thebe")
        ]
    app.registry.css_files = [
        (name, rest)
        for name, rest in app.registry.css_files
        if name != "sphinx-thebe.css"
    ]


FIGURE = re.compile(
    r'(?:<a class="[^"]*image-reference[^"]*"[^>]*>\s*)?'
    r"(<img [^>]*\bonly-(light|dark)\b[^>]*>)(?:\s*</a>)?"
)


def link_to_itself(found, page):
    image, scheme = found[1], found[2]
    source = re.search(r'src="([^"]*)"', image)[1]
    if scheme == "dark":
        image = image.replace("<img ", '<img loading="lazy" ', 1)
    on_a_phone = panels.stacked(image, (page.parent / source).resolve())
    return (
        f'<a class="enlarge only-{scheme}" title="Enlarge" href="{source}">{image}'
        f"{on_a_phone}</a>"
    )


def mend_pages(app, error):
    """Leave out the preloading of fonts, mend the role of the references, and link each figure to
    itself. What the other scheme shows is not loaded."""
    for page in Path(app.outdir).rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        lean = re.sub(r'<link rel="preload" as="font"[^>]*>\s*', "", text).replace(
            'role="doc-biblioentry"', 'role="listitem"'
        )
        lean = FIGURE.sub(functools.partial(link_to_itself, page=page), lean)
        if lean != text:
            page.write_text(lean, encoding="utf-8")


def setup(app):
    app.connect("config-inited", leave_out_thebe, priority=900)
    app.connect("build-finished", mend_pages)
    # before Sphinx collects the images, so that it finds the dark ones
    app.connect("doctree-read", finish_figures, priority=300)
    app.add_js_file("figures.js", loading_method="defer")
    app.add_js_file("projector.js", loading_method="defer")
    app.connect("doctree-read", add_lesson_line)
    app.connect("doctree-read", add_claim_anchors)
    app.connect("doctree-read", name_folds)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
