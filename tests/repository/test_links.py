"""Every link of a lesson leads somewhere in each of the four places where it is read: the site, the
zip, GitHub and Colab. (Whether other sites still have their pages asks `make links`.)"""

import functools
import posixpath
import zipfile
from types import SimpleNamespace
from urllib.parse import unquote, urlsplit

import lessons
import nbformat
import pytest
import render
import site_links
import yaml
from bs4 import BeautifulSoup
from docutils import nodes
from markdown_it import MarkdownIt

SITE = lessons.ROOT / "_build" / "html"
TEXTS = lessons.texts()
every_lesson = pytest.mark.parametrize("text", TEXTS, ids=[text.stem for text in TEXTS])
REPOSITORY = yaml.safe_load((lessons.ROOT / "_config.yml").read_text())["repository"][
    "url"
]


def links(notebook):
    """The targets of all links and pictures in a notebook's prose."""
    found = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            page = BeautifulSoup(
                MarkdownIt("commonmark", {"html": True}).render(cell.source),
                "html.parser",
            )
            found += [tag["href"] for tag in page.find_all(href=True)]
            found += [tag["src"] for tag in page.find_all(src=True)]
    return found


@functools.cache
def pages():
    contents = yaml.safe_load((lessons.ROOT / "_toc.yml").read_text())
    files = [entry["file"] for part in contents["parts"] for entry in part["chapters"]]
    return {f"{name}.html" for name in [contents["root"], *files]} | {"index.html"}


@functools.cache
def anchors(page):
    """The ids of a page of the built site."""
    tree = BeautifulSoup((SITE / page).read_text(encoding="utf-8"), "html.parser")
    return {tag["id"] for tag in tree.find_all(id=True)}


def dead(target, folder, files=()):
    """Why a link leads nowhere when it is read in this folder beside these files, or None."""
    address = urlsplit(target)
    if target.startswith(lessons.site()):
        page = (
            target.removeprefix(lessons.site()).partition("#")[0].strip("/")
            or "index.html"
        )
        if page not in pages():
            return f"{target}: the published site has no such page"
        if address.fragment and SITE.exists() and page in pages():
            if unquote(address.fragment) not in anchors(page):
                return f"{target}: the page has no such place"
        return None
    if target.startswith(f"{REPOSITORY}/blob/"):
        name = unquote(address.path).split("/", 5)[5]
        return None if (lessons.ROOT / name).exists() else f"{target}: no such file"
    if address.scheme in ("http", "https", "mailto"):
        return None
    if not address.path:
        return (
            f"{target}: a place within a page, which Colab and GitHub name differently"
        )
    name = posixpath.normpath(posixpath.join(folder, unquote(address.path)))
    return None if name in files else f"{target}: nothing is there"


@every_lesson
def test_in_colab_and_on_github(text):
    """Where a notebook has no files beside it, or none that are made at build time."""
    wrong = [
        why
        for target in links(lessons.from_text(text))
        if (why := dead(target, "chapters/en"))
    ]
    assert not wrong


def test_in_the_zip(tmp_path, monkeypatch):
    """From lesson to lesson without a network, and to all else on the published site."""
    monkeypatch.setattr(  # whose prose is the texts', also before `make execute` took it over
        lessons,
        "read_notebook",
        lambda path: lessons.from_text(path.with_suffix(".md")),
    )
    render.write_zip(tmp_path / "all.zip")
    within = 0
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        names = set(archive.namelist())
        for name in names:
            if name.endswith(".ipynb"):
                notebook = nbformat.reads(archive.read(name).decode(), as_version=4)
                for target in links(notebook):
                    assert not dead(target, posixpath.dirname(name), names), (
                        name,
                        target,
                    )
                    within += not urlsplit(target).scheme
                    assert not target.startswith(f"{lessons.site()}/chapters/"), (
                        name,
                        target,
                    )
    assert within > 20


@every_lesson
def test_on_the_site(text):
    """From page to page, whatever its own address is, and to places that the pages have."""
    page = f"chapters/{text.parent.name}/{text.stem}.html"
    if not (SITE / page).exists():
        pytest.skip("the site has not been built: run `make book`")
    tree = BeautifulSoup((SITE / page).read_text(encoding="utf-8"), "html.parser")
    for tag in tree.select("article [href], article [src]"):
        if tag.find_parent(class_="cite"):
            continue  # a citation gives the lesson's address wherever it is read
        target = tag.get("href") or tag.get("src")
        address = urlsplit(target)
        assert not target.startswith(lessons.site()), f"{target} leaves the site"
        if address.scheme:
            continue
        name = (
            posixpath.normpath(
                posixpath.join(posixpath.dirname(page), unquote(address.path))
            )
            if address.path
            else page
        )
        assert (SITE / name).is_file(), f"{target}: no such page"
        if name == "book/explorer.html" and "=" in address.fragment:
            continue  # settings, which tests/site/test_lesson_parts.py opens
        if address.fragment and name.endswith(".html"):
            assert unquote(address.fragment) in anchors(name), (
                f"{target}: no such place"
            )


# fmt: off
@pytest.mark.parametrize(("here", "there"), [
    ("[a](02_1_concepts.ipynb)", "[a]({site}/chapters/en/02_1_concepts.html)"),
    ("[a](./02_1_concepts.md#What-we-saw)",
     "[a]({site}/chapters/en/02_1_concepts.html#What-we-saw)"),
    ("[a](../../book/ledger.md#claim-1-a) and [b](../../book/cards.md)",
     "[a]({site}/book/ledger.html#claim-1-a) and [b]({site}/book/cards.html)"),
    ('[a](../../book/cards.md "the cards")', '[a]({site}/book/cards.html "the cards")'),
    ("[a]: ../../book/cards.md", "[a]: {site}/book/cards.html"),
    ('<a href="../../book/cards.md">', '<a href="{site}/book/cards.html">'),
    ("[a](https://example.org/a.md)", "[a](https://example.org/a.md)"),
    ("[a](#here) and $f[i](t)$ and `x.md`", "[a](#here) and $f[i](t)$ and `x.md`"),
    ("[a](../../../outside.md)", "[a](../../../outside.md)"),
])
# fmt: on
def test_links_there_and_back(here, there):
    text = lessons.CHAPTERS / "en" / "03_2_step_decay.md"
    published = there.format(site=lessons.site())
    assert lessons.links_to_site(here, text) == published
    back = lessons.links_to_files(published, text)
    assert lessons.links_to_site(back, text) == published


def test_a_dead_link_is_noticed():
    site = lessons.site()
    assert not dead(f"{site}/book/ledger.html", "chapters/en")
    assert not dead("b.ipynb", "en", {"en/b.ipynb"})
    for target in (
        f"{site}/book/leger.html",
        "../../book/ledger.md",
        "02_1_concepts.ipynb",
        "#here",
        f"{REPOSITORY}/blob/main/lrdecay_lib/schedule.py",
    ):
        assert dead(target, "chapters/en"), target


def test_the_site_keeps_its_own_links_inside():
    """Whatever address it is served from; a page that it does not have stays as it is."""
    site, root = lessons.site(), nodes.paragraph()
    # fmt: off
    table = {
        f"{site}/book/ledger.html#claim-1-a": "../../book/ledger.html#claim-1-a",
        f"{site}/chapters/en/02_1_concepts.html": "02_1_concepts.html",
        f"{site}/book/leger.html": f"{site}/book/leger.html",
        f"{site}-2/book/ledger.html": f"{site}-2/book/ledger.html",
        site: "../../index.html",
    }
    # fmt: on
    for address in table:
        root += nodes.reference("", "a", refuri=address)
    has = {"book/ledger", "chapters/en/02_1_concepts"}
    env = SimpleNamespace(docname="chapters/en/09_questions", found_docs=has)
    for kind, wanted in (("", table), ("html", table.values())):  # the link checker asks the site
        app = SimpleNamespace(builder=SimpleNamespace(format=kind), env=env)
        site_links.stay_inside(app, root)
        assert [link["refuri"] for link in root.findall(nodes.reference)] == list(wanted)
