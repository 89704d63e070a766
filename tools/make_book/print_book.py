"""Print the rendered site as one PDF: its pages in the order of the contents, on A4, with links
that stay inside.

What is printed are the very pages of the site. They are joined into one, _build/print.html, which
a headless Chromium prints when MathJax has set the formulas.
"""

import posixpath
import re
import shutil
from urllib.parse import unquote, urlsplit

import lessons
import yaml
from bs4 import BeautifulSoup

SITE = lessons.ROOT / "_build" / "html"
JOINED = SITE.with_name("print.html")
NAME = "learning-rate-decay.pdf"
SCREEN_ONLY = {"book/explorer"}  # nothing is left of it on paper


def browser():
    """The path of the machine's Chromium, None if it has none."""
    return next(
        filter(
            None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))
        ),
        None,
    )


def parts():
    """(caption, names of its pages) of each part of the book, the landing page first."""
    contents = yaml.safe_load((lessons.ROOT / "_toc.yml").read_text(encoding="utf-8"))
    return [("", [contents["root"]])] + [
        (
            part["caption"],
            [
                chapter["file"]
                for chapter in part["chapters"]
                if chapter["file"] not in SCREEN_ONLY
            ],
        )
        for part in contents["parts"]
    ]


def anchor(page, place=""):
    """Where a page, or a place in it, stands in the joined page: what two pages call the same
    must not meet."""
    return page.replace("/", "-") + (f"--{place}" if place else "")


def beside(page, address):
    """An address that is relative to a page of the site, as one that is relative to the site."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(page), address))


def parsed(page):
    return BeautifulSoup(
        (SITE / f"{page}.html").read_text(encoding="utf-8"), "html.parser"
    )


def article(page, pages):
    """The text of a page, fit to stand beside that of the other pages."""
    text = parsed(page).article
    for element in text.select(
        "script, form, button, .downloads, a.headerlink, .lesson-line a[href*=_sources]"
    ):
        element.decompose()
    for element in text.find_all(id=True):
        element["id"] = anchor(page, element["id"])
    for details in text.find_all("details"):
        if details.find_parent(
            "table"
        ):  # the ledger's, which the lessons print in full
            details.replace_with(*details.summary.contents)
        else:
            details["open"] = ""
    for image in text.find_all("img"):
        image["src"] = f"{SITE.name}/{beside(page, image['src'])}"
    for link in text.find_all("a", href=True):
        address = urlsplit(link["href"])
        target = (
            beside(page, unquote(address.path)).removesuffix(".html")
            if address.path
            else page
        )
        if target in pages:
            link["href"] = "#" + anchor(target, unquote(address.fragment))
        elif not address.scheme:  # a file that stands on the site only
            link.unwrap()
    text["id"] = anchor(page)
    return text


def join(parts):
    """Write the joined page."""
    pages = [page for _, some in parts for page in some]
    articles = {page: article(page, pages) for page in pages}
    head = parsed(pages[0]).head
    styles = "".join(
        f'<link rel="stylesheet" href="{SITE.name}/{beside(pages[0], link["href"])}">'
        for link in head.select("link[rel=stylesheet]")
    )
    formulas = "".join(
        map(str, head.find_all("script", string=re.compile(r"window\.MathJax")))
    )
    contents = "".join(
        f"<li>{caption}<ul>"
        + "".join(
            "<li><a "
            f'href="#{anchor(page)}">{articles[page].h1.decode_contents()}</a><span></span></li>'
            for page in some
        )
        + "</ul></li>"
        for caption, some in parts
        if caption
    )
    JOINED.write_text(
        '<!DOCTYPE html>\n<html lang="en" data-theme="light"><head><meta '
        f'charset="utf-8"><title>{head.title.string}</title>{styles}{formulas}'
        f'<script src="{SITE.name}/_static/mathjax/tex-chtml.js" defer></script></head>'
        '<body class="joined"><div class="bd-content"><div class="bd-article-container">'
        f'{articles[pages[0]]}<nav><h1>Contents</h1><ol class="contents">{contents}</ol></nav>'
        + "".join(str(articles[page]) for page in pages[1:])
        + "</div></div></body></html>\n",
        encoding="utf-8",
    )


def page_numbers(pdf):
    """The page of a PDF on which each anchor stands that a link in it leads to."""
    pages = re.findall(rb"\n(\d+) 0 obj\s*<<\s*/Type /Page\b", pdf)
    return {
        place.decode(): pages.index(page) + 1
        for place, page in re.findall(rb"/(\S+) \[(\d+) 0 R /XYZ", pdf)
        if page in pages
    }


def to_pdf(path):
    """Print the joined page; twice, because the contents' page numbers are known only then."""
    from playwright.sync_api import sync_playwright

    options = {
        "prefer_css_page_size": True,
        "print_background": True,
        "tagged": True,
        "outline": True,
    }
    with sync_playwright() as playwright:
        page = playwright.chromium.launch(
            executable_path=browser(), args=["--no-sandbox", "--disable-gpu"]
        ).new_page()
        page.set_default_timeout(0)
        page.goto(JOINED.as_uri())
        page.evaluate("() => MathJax.startup.promise.then(() => 0)")
        page.evaluate(
            """numbers => document.querySelectorAll(".contents a").forEach(link => {
            link.nextElementSibling.textContent = numbers[link.hash.slice(1)] })""",
            page_numbers(page.pdf(**options)),
        )
        page.pdf(path=path, **options)
