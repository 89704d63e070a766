"""A Sphinx extension: links from a lesson to pages of the published site stay inside the site.

A notebook is also read in Colab, on GitHub and alone, so its links name the published site. On the
site itself, which may lie on a disk or under another address, they lead from page to page.
"""

import posixpath

import lessons
from docutils import nodes
from sphinx.util import logging

logger = logging.getLogger(__name__)


def stay_inside(app, doctree):
    if app.builder.format != "html":  # the link checker asks the published site
        return
    home, here = lessons.site() + "/", posixpath.dirname(app.env.docname)
    for link in doctree.findall(nodes.reference):
        address, hash_sign, anchor = link.get("refuri", "").partition("#")
        if not (address + "/").startswith(home):
            continue
        page = address.removeprefix(home.rstrip("/")).strip("/") or "index.html"
        document = page.removesuffix(".html")
        if document not in app.env.found_docs and document != "index":
            logger.warning(
                "a link to a page that the book does not have: %s",
                address,
                location=link,
            )
            continue
        link["refuri"] = posixpath.relpath(page, here or ".") + hash_sign + anchor
        link["internal"] = True


def setup(app):
    app.connect("doctree-read", stay_inside)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
