"""A Sphinx extension: a page that can be read where no script runs.

- Each formula also stands there as MathML, which browsers set by themselves.
- The page begins in the light scheme, whose colours it would else not have; the theme's script puts
the reader's own choice in its place.
- On a narrow screen a link leads to the list of all pages, which a script would slide in.
"""

import html
import re
from pathlib import Path

from docutils.utils.math import MathError, latex2mathml
from sphinx.util import logging

logger = logging.getLogger(__name__)
FORMULA = re.compile(
    r'<(?P<tag>span|div) class="math[^"]*"[^>]*>(?P<inside>.*?)</(?P=tag)>', re.DOTALL
)
# TeX that the converter does not know, and what says the same
KNOWN = [
    (r"\\(begin|end)\{split\}", ""),
    (r"\\dots\b", r"\\ldots"),
    (r"\\[Bb]ig(?![a-z])|\\textstyle\b", ""),
    (r"(\\[td]?frac)\s*(\d)\s*(\d)", r"\1{\2}{\3}"),
    (r"(\\[td]?frac)\s*(\d)\s*\{", r"\1{\2}{"),
    # and a space that it forgets
    (r"(\\(?:cos|exp|ln|sin|tanh))(?=\s+(?:\w|\\pi))", r"\1\\,"),
]


def as_mathml(tex, block):
    for unknown, known in KNOWN:
        tex = re.sub(unknown, known, tex)
    formula = latex2mathml.tex2mathml(tex.strip(), as_block=block)
    return re.sub(r"\n\s*", "", formula)


def with_mathml(found):
    source = html.unescape(re.sub(r"<[^>]+>", "", found["inside"]))
    written = re.search(r"\\[(\[](.*)\\[)\]]", source, re.DOTALL)
    if not written:
        return found[0]
    try:
        formula = as_mathml(written[1], block=found["tag"] == "div")
    except MathError as error:
        logger.warning("no MathML for a formula (%s): %s", error, written[1])
        return found[0]
    return f"{found[0]}<noscript>{formula}</noscript>"


def mend(page, up):
    """The page with what readers need who have no script; ``up`` leads to the site's root."""
    style = (
        f'<noscript><link rel="stylesheet" href="{up}_static/no_script.css"></noscript>'
    )
    page = page.replace("</head>", f"{style}\n</head>", 1)
    page = page.replace('data-theme="auto"', 'data-theme="light"', 1)
    page = re.sub(
        r'(<div class="[^"]*header-article-items__start[^"]*">)',
        r'\1<noscript><a class="to-all-pages" href="#all-pages">All pages</a></noscript>',
        page,
        count=1,
    )
    page = re.sub(
        r'<(div|dialog)(?=[^>]* class="bd-sidebar-primary)(?![^>]* id=)',
        r'<\1 id="all-pages"',
        page,
        count=1,
    )
    return FORMULA.sub(with_mathml, page)


def mend_pages(app, error):
    if error or app.builder.format != "html":
        return
    root = Path(app.outdir)
    for path in root.rglob("*.html"):
        place = path.relative_to(root)
        if place.parts[0] != "_static":
            page = path.read_text(encoding="utf-8")
            path.write_text(
                mend(page, "../" * (len(place.parts) - 1)), encoding="utf-8"
            )


def setup(app):
    app.connect("build-finished", mend_pages, priority=900)  # after the other menders
    return {"parallel_read_safe": True, "parallel_write_safe": True}
