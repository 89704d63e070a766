"""The other ways to read: the whole book as one PDF, and all notebooks in one zip."""

import re
import zipfile

import lessons
import nbformat
import print_book
import pytest
import render
from bs4 import BeautifulSoup

needs_site = pytest.mark.skipif(
    not (print_book.SITE / "index.html").exists(),
    reason="the site is not built: run `make book`",
)
needs_browser = pytest.mark.skipif(
    print_book.browser() is None, reason="no Chromium is installed: nothing was printed"
)


def joined(monkeypatch, tmp_path, parts):
    place = tmp_path / "print.html"
    (tmp_path / print_book.SITE.name).symlink_to(print_book.SITE)
    monkeypatch.setattr(print_book, "JOINED", place)
    print_book.join(parts)
    return BeautifulSoup(place.read_text(encoding="utf-8"), "html.parser")


@needs_site
def test_the_joined_page_is_the_whole_book(monkeypatch, tmp_path):
    page = joined(monkeypatch, tmp_path, print_book.parts())
    ids = [element["id"] for element in page.find_all(id=True)]
    assert len(ids) == len(set(ids)), "two places have one name"
    for text in lessons.texts():
        assert (
            print_book.anchor(text.relative_to(lessons.ROOT).with_suffix("").as_posix())
            in ids
        )
    for link in page.select("a[href]"):
        assert (
            link["href"].startswith(("https://", "http://"))
            or link["href"].removeprefix("#") in ids
        ), link
    for image in page.select("img"):
        assert (tmp_path / image["src"]).is_file(), image
    assert not page.select("details:not([open]), form, button")


@needs_site
@needs_browser
def test_print_a_short_book(monkeypatch, tmp_path):
    """Formulas set, page numbers in the contents, links inside the PDF, and no address of this
    machine."""
    from playwright.sync_api import sync_playwright

    with_formulas = [
        f"chapters/en/{name}" for name in ("04_1_formulas", "04_2_deriving")
    ]
    page = joined(
        monkeypatch, tmp_path, [("", ["book/index"]), ("A part", with_formulas)]
    )
    print_book.to_pdf(tmp_path / "book.pdf")
    pdf = (tmp_path / "book.pdf").read_bytes()
    numbers = print_book.page_numbers(pdf)
    first, second = (numbers[print_book.anchor(name)] for name in with_formulas)
    assert 2 < first < second <= len(re.findall(rb"/Type /Page\b", pdf))
    assert b"file:" not in pdf and b"/Outlines" in pdf
    with sync_playwright() as playwright:
        shown = playwright.chromium.launch(
            executable_path=print_book.browser(), args=["--no-sandbox"]
        ).new_page()
        shown.goto((tmp_path / "print.html").as_uri())
        shown.evaluate("() => MathJax.startup.promise.then(() => 0)")
        assert shown.locator("mjx-container").count() >= len(page.select(".math")) > 20
        shown.emulate_media(media="print")
        assert shown.locator(".contents a:visible").count() == 2


@needs_site
@needs_browser
def test_the_guide_prints_on_two_sides(tmp_path):
    """And its small letters are its own: the joined book has those of all pages."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        tab = playwright.chromium.launch(
            executable_path=print_book.browser(), args=["--no-sandbox"]
        ).new_page(viewport={"width": 718, "height": 1045})
        tab.goto((print_book.SITE / "book" / "guide.html").as_uri())
        pdf = tab.pdf(format="A4")
        assert len(re.findall(rb"/Type /Page\b", pdf)) == 2
        tab.emulate_media(media="print")
        size = "getComputedStyle(document.querySelector('article p')).fontSize"
        assert tab.evaluate(size) == "8.5px"
        tab.evaluate("document.body.classList.add('joined')")
        assert float(tab.evaluate(size).removesuffix("px")) > 12


def test_no_browser_is_one_sentence(monkeypatch):
    monkeypatch.setattr(print_book, "browser", lambda: None)
    monkeypatch.setattr(render.pages, "write", lambda: pytest.fail("it began"))
    assert "Chromium" in render.main(["--pdf"])


def test_the_zip_holds_every_notebook_and_is_the_same_tomorrow(monkeypatch, tmp_path):
    render.write_zip(tmp_path / "one.zip")
    monkeypatch.setattr("time.time", lambda: 2e9)
    monkeypatch.setattr(
        "time.localtime", lambda *_: (2033, 5, 18, 3, 33, 20, 2, 138, 0)
    )
    render.write_zip(tmp_path / "two.zip")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        for text in lessons.texts():
            notebook = text.with_suffix(".ipynb")
            packed = nbformat.reads(
                archive.read(f"learning-rate-decay/{text.parent.name}/{notebook.name}"),
                4,
            )
            # its links lead to the files beside it (test_links.py); all else is as it stands
            assert lessons.code_of(packed) == lessons.code_of(
                lessons.read_notebook(notebook)
            )
        assert b"run its cells from the top" in archive.read(
            "learning-rate-decay/README.txt"
        )


def test_the_landing_page_offers_what_was_built():
    assert print_book.NAME in render.downloads(
        pdf=True
    ) and print_book.NAME not in render.downloads(pdf=False)
    assert render.NOTEBOOKS in render.downloads(
        pdf=True
    ) and render.NOTEBOOKS in render.downloads(pdf=False)
