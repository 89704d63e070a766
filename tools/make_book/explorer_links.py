"""A Sphinx extension: under the figures that book/explorer_links.toml names stands a link to the
explorer, which opens with the schedules of that figure."""

import functools
import tomllib
from urllib.parse import urlencode

import explorer
import lessons
from docutils import nodes
from sphinx.util import logging

TABLE = lessons.ROOT / "book" / "explorer_links.toml"
logger = logging.getLogger(__name__)


@functools.cache
def table():
    """name of a lesson -> rows, one for each figure"""
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


def settings(choice):
    """A choice as an address holds it, whole, so that it stays what it is when the explorer opens
    with other settings."""
    whole = {"family": explorer.FIRST}
    whole |= {name: row[3] for name, row in explorer.SETTINGS.items()}
    return urlencode(whole | choice)


def address(row):
    pins = [("pin", settings(choice)) for choice in row.get("beside", ())]
    return settings(row["show"]) + ("&" + urlencode(pins) if pins else "")


def link_figures(app, doctree):
    if app.builder.format != "html" or not app.env.docname.startswith("chapters/"):
        return
    name = app.env.docname.rsplit("/", 1)[1]
    up = "../" * app.env.docname.count("/")
    figures = [
        node
        for node in doctree.findall(nodes.container)
        if "numbered" in node["classes"]
    ]
    for row in table().get(name, ()):
        if row["figure"] > len(figures):
            logger.warning("%s has no figure %s", name, row["figure"], location=doctree)
            continue
        link = nodes.reference(
            "",
            f"Move it yourself: {row['what']}",
            refuri=f"{up}book/explorer.html#{address(row)}",
            internal=True,
        )
        figures[row["figure"] - 1] += nodes.paragraph("", "", link, classes=["move-it"])


def setup(app):
    app.connect("doctree-read", link_figures, priority=420)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
