"""What others see of a page: its description, its card, and how a lesson is cited."""

from urllib.parse import unquote, urlsplit

import lessons
import pages
import pytest
import sharing
import yaml
from bs4 import BeautifulSoup
from matplotlib import image
from matplotlib.backends.backend_agg import FigureCanvasAgg
from pybtex.database import parse_string
from test_site import LESSONS, PAGES, SITE

CONFIG = yaml.safe_load((lessons.ROOT / "_config.yml").read_text())
HOME = CONFIG["html"]["baseurl"]
# pages that the builder makes are not shared
SHARED = [page for page in PAGES if page.startswith(("book/", "chapters/"))]


def tags(page):
    soup = BeautifulSoup((SITE / page).read_text(encoding="utf-8"), "html.parser")
    found = {}
    for tag in soup.find_all("meta"):
        name = tag.get("property") or tag.get("name")
        assert name is None or name not in found or name == "viewport", name
        found[name] = tag.get("content")
    return found


@pytest.mark.parametrize("page", SHARED)
def test_a_page_has_a_description_and_a_card(page):
    found = tags(page)
    assert 40 < len(found["description"]) <= sharing.LONGEST
    assert (
        "Open in Colab" not in found["description"]
        and "Question." not in found["description"]
    )
    assert found["og:description"] == found["description"]
    assert found["og:url"] == HOME + page
    card = SITE / found["og:image"].removeprefix(HOME)
    assert image.imread(card).shape[:2] == sharing.SIZE[::-1]


def test_no_two_pages_say_the_same():
    said = [tags(page)["description"] for page in SHARED]
    assert len(set(said)) == len(said)


def test_the_front_door_shows_the_landing_page():
    found, landing = tags("index.html"), tags("book/index.html")
    text = (SITE / "index.html").read_text(encoding="utf-8")
    assert "<title>Learning Rate Decay</title>" in text and 'lang="en"' in text
    for name in ("description", "og:title", "og:image", "twitter:card"):
        assert found[name] == landing[name]


@pytest.mark.parametrize("page", LESSONS)
def test_a_lesson_says_how_to_cite_it(page):
    soup = BeautifulSoup((SITE / page).read_text(encoding="utf-8"), "html.parser")
    (cite,) = soup.select("details.cite")
    (entry,) = parse_string(cite.pre.text, "bibtex").entries.values()
    title = soup.h1.find(string=True)
    found = tags(page)
    assert entry.fields["url"] == cite.a["href"] == HOME + page
    assert entry.fields["title"].strip("{}") == found["citation_title"]
    assert found["citation_title"].startswith(str(title).strip())
    assert str(sharing.cited()["version"]) in cite.p.text


@pytest.mark.parametrize("page", SHARED)
def test_the_words_fit_the_card(page, card):
    found = tags(page)
    card.write(found["og:title"], found["description"])
    renderer = FigureCanvasAgg(card.figure).get_renderer()
    title, words = (
        text.get_window_extent(renderer) for text in (card.title, card.words)
    )
    assert max(title.x1, words.x1) < 0.98 * sharing.SIZE[0]
    assert title.y0 > words.y1 and words.y0 > 0.28 * sharing.SIZE[1]


REPOSITORY = f"{CONFIG['repository']['url']}/blob/{CONFIG['repository']['branch']}/"


def in_the_repository(address):
    """The file that an address names, and the line of it, counted from 1."""
    parts = urlsplit(address)
    plain = parts._replace(query="", fragment="").geturl()
    path = lessons.ROOT / plain.removeprefix(REPOSITORY)
    number = parts.fragment.removeprefix("L")
    return path, number and path.read_text("utf-8").splitlines()[int(number) - 1]


@pytest.mark.parametrize("page", LESSONS)
def test_a_verdict_leads_to_its_declaration_and_to_the_code_that_judges(page):
    soup = BeautifulSoup((SITE / page).read_text(encoding="utf-8"), "html.parser")
    for box in soup.select(".verdict-box"):
        claim = box.select_one(".says a").get_text().removeprefix("Claim ")
        declared, history, judged, run = (a["href"] for a in box.select(".trace a"))
        path, line = in_the_repository(declared)
        assert path.name == "claims.toml" and line == f'["{claim}"]'
        assert history.endswith("/lrdecay_lib/claims.toml") and "/commits/" in history
        path, line = in_the_repository(judged)
        assert path.suffix == ".md" and f'"{claim}"' in line
        assert in_the_repository(run)[0].exists()
        assert box.select_one("a.here")["href"] == f"#{box['id']}"


@pytest.mark.parametrize("page", SHARED)
def test_a_page_leads_to_its_text(page):
    soup = BeautifulSoup((SITE / page).read_text(encoding="utf-8"), "html.parser")
    text, report, how = (a["href"] for a in soup.select(".mending a"))
    path, _ = in_the_repository(text)
    assert path.exists() and path.stem == page.removesuffix(".html").split("/")[-1]
    assert path.name in unquote(report)
    assert in_the_repository(how)[0].exists()


def test_the_landing_page_leads_to_the_verdicts_that_it_shows():
    soup = BeautifulSoup((SITE / "book/index.html").read_text(), "html.parser")
    shown = soup.select("table")[1].select("tbody tr")
    assert len(shown) == len(pages.SHOWN)
    assert all("#claim-" in row.select("a")[-1]["href"] for row in shown)


@pytest.fixture(scope="module")
def card():
    return sharing.Card(sharing.cited()["title"])


def test_a_long_text_is_cut_at_a_word():
    assert sharing.cut("one two three", 9) == "one two…"
    assert sharing.cut("one two", 9) == "one two"
    assert sharing.wrapped("costs 5 $ 学习 a b", 12, 2) == "costs 5 \\$ a\nb"
