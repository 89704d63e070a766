"""A Sphinx extension: what the site adds to a lesson's page.

- Each figure gets the alternative text that `lrdecay_lib.figures.show` stored in its SVG.
- Under the title stands a line with the seconds the lesson took to run, and its Colab and download
links.
- Each verdict gets an anchor, to which the claim ledger leads.
- The entries of the reference list are items of a list to screen readers too; docutils gives them
a role that is
  no longer one.

It also takes away what would make a page ask for more than it has: Thebe, which Jupyter Book puts
on every page and which loads itself from another host, and the preloading of fonts, which fails on
pages opened as files.
"""

import html
import re
from pathlib import Path

import lessons
import pages
from docutils import nodes
from sphinx.util import logging

logger = logging.getLogger(__name__)


def add_alternative_texts(app, doctree):
    for image in doctree.findall(nodes.image):
        if image.get("alt"):
            continue
        path = Path(app.srcdir, image["uri"].lstrip("/"))
        svg = path.read_text(encoding="utf-8") if path.suffix == ".svg" else ""
        description = re.search(
            r"<dc:description>(.*?)</dc:description>", svg, re.DOTALL
        )
        if description:
            image["alt"] = " ".join(html.unescape(description.group(1)).split())
        else:
            logger.warning(
                "a figure without alternative text: show it with lrdecay_lib.figures.show",
                location=image,
            )


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
        f"Runs in {notebook.metadata['lrdecay']['seconds']:.0f} s on two cores",
        classes=["seconds"],
    )
    line += nodes.reference("", "Open in Colab", refuri=colab)
    line += nodes.reference(
        "", "Download the notebook", refuri=f"{up}_sources/{docname}.ipynb"
    )
    title = next(doctree.findall(nodes.title))
    title.parent.insert(title.parent.index(title) + 1, line)


def add_claim_anchors(app, doctree):
    """The verdict of claim 3.2-a stands at #claim-3-2-a."""
    for quote in doctree.findall(nodes.block_quote):
        claim = re.match(r"Claim (\S+):", quote.astext())
        if claim:
            quote["ids"].append(pages.claim_anchor(claim[1]))


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


def mend_pages(app, error):
    """Leave out the preloading of fonts, and mend the role of the references."""
    for page in Path(app.outdir).rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        lean = re.sub(r'<link rel="preload" as="font"[^>]*>\s*', "", text).replace(
            'role="doc-biblioentry"', 'role="listitem"'
        )
        if lean != text:
            page.write_text(lean, encoding="utf-8")


def setup(app):
    app.connect("config-inited", leave_out_thebe, priority=900)
    app.connect("build-finished", mend_pages)
    app.connect("doctree-read", add_alternative_texts)
    app.connect("doctree-read", add_lesson_line)
    app.connect("doctree-read", add_claim_anchors)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
