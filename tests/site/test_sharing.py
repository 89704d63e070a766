"""What others see of a page: its description, its card, and how a lesson is cited."""

import lessons
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


@pytest.fixture(scope="module")
def card():
    return sharing.Card(sharing.cited()["title"])


def test_a_long_text_is_cut_at_a_word():
    assert sharing.cut("one two three", 9) == "one two…"
    assert sharing.cut("one two", 9) == "one two"
    assert sharing.wrapped("costs 5 $ 学习 a b", 12, 2) == "costs 5 \\$ a\nb"
