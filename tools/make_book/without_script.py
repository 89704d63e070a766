"""A Sphinx extension: a page that can be read where no script runs.

- Each formula also stands there as MathML, which browsers set by themselves, and does not part
from the comma behind it.
- The theme's script says which scheme a page has. Where it does not run, a stylesheet that the
build makes from the others asks the reader's system. And a page that has scripts asks it before
anything is drawn, so that none is white for a moment.
- On a narrow screen a link leads to the list of all pages, which a script would slide in.
"""

import html
import posixpath
import re
from pathlib import Path

from docutils.utils.math import MathError, latex2mathml
from sphinx.util import logging

logger = logging.getLogger(__name__)
FORMULA = re.compile(
    r'<(?P<tag>span|div) class="math[^"]*"[^>]*>(?P<inside>.*?)</(?P=tag)>', re.DOTALL
)
# a browser may break a line between a formula and the mark that follows it
MARKED = re.compile(
    r'\(?<span class="math[^"]*"[^>]*>[^<]*</span>(?:<noscript>(?:(?!</noscript>).)*'
    r"</noscript>)?[,.;:!?)’”]+",
    re.DOTALL,
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

SCHEMES = "no_script_schemes.css"
# paper is light
WHERE = {
    "light": "print, not all and (prefers-color-scheme: dark)",
    "dark": "screen and (prefers-color-scheme: dark)",
}
UNDECIDED = 'localStorage.getItem("theme") || "auto"'
ASKED = (
    'localStorage.getItem("theme") || '
    '(matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")'
)


def blocks(style):
    """The (selector, body) of each block of a stylesheet, those inside another one not apart."""
    style, depth, start, head = re.sub(r"/\*.*?\*/", "", style, flags=re.S), 0, 0, ""
    for mark in re.finditer(r"[{}]|@(?:charset|import)[^;]*;", style):
        if mark[0] == "{":
            if not depth:
                head, start = style[start : mark.start()].strip(), mark.end()
            depth += 1
        elif mark[0] == "}":
            depth -= 1
            if not depth:
                yield head, style[start : mark.start()]
                start = mark.end()
        elif not depth:
            start = mark.end()


def rules_of(scheme, style):
    """The rules that hold in one scheme only, for a page that names none."""
    for head, body in blocks(style):
        if head.startswith("@"):
            inside = "".join(rules_of(scheme, body)) if "{" in body else ""
            if inside and not head.startswith("@keyframes"):
                yield f"{head}{{{inside}}}\n"
            continue
        # a comma inside brackets parts no selectors
        parts = re.split(r",(?![^()]*\))", head)
        asked = [part for part in parts if re.search(rf'data-theme="?{scheme}\b', part)]
        if asked:
            selector = re.sub(
                rf'data-theme="?{scheme}"?', 'data-theme="auto"', ",".join(asked)
            )
            yield f"{selector.strip()}{{{body.strip()}}}\n"


def schemes(styles):
    """The stylesheet that stands in for the script which names a page's scheme."""
    return "".join(
        f"@media {where} {{\n{''.join(rules_of(scheme, styles))}}}\n"
        for scheme, where in WHERE.items()
    )


def styles_of(path):
    """All that a page's stylesheets say, in their order."""
    linked = re.findall(
        r'<link [^>]*href="([^"?]*\.css)', path.read_text(encoding="utf-8")
    )
    return "\n".join(
        (path.parent / posixpath.normpath(one)).read_text(encoding="utf-8")
        for one in linked
        if "no_script" not in one
    )


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
    links = "".join(
        f'<link rel="stylesheet" href="{up}_static/{name}">'
        for name in (SCHEMES, "no_script.css")
    )
    page = page.replace("</head>", f"<noscript>{links}</noscript>\n</head>", 1)
    page = page.replace(UNDECIDED, ASKED, 1)
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
    page = FORMULA.sub(with_mathml, page)
    return MARKED.sub(lambda found: f'<span class="unbroken">{found[0]}</span>', page)


def mend_pages(app, error):
    if error or app.builder.format != "html":
        return
    root = Path(app.outdir)
    front = root / f"{app.config.root_doc}.html"
    (root / "_static" / SCHEMES).write_text(schemes(styles_of(front)), encoding="utf-8")
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
