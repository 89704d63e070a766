"""For whom the page is not as its makers saw it: no script runs, letters are larger, or a link
leads to one place of it."""

import re

import pytest
import without_script
from bs4 import BeautifulSoup
from docutils.utils.math import MathError
from test_site import (  # noqa: F401  (fixtures)
    BROWSER,
    PAGES,
    SITE,
    addresses,
    browser,
    every_page,
    needs_browser,
)

STEP = "chapters/en/03_2_step_decay.html"
WARMUP = "chapters/en/10_4_warmup.html"
EXPLORER = "book/explorer.html"


@pytest.fixture
def scriptless(browser, addresses):
    """Opens a page where no script runs."""
    contexts = []

    def opened(page_name, width=1280, scheme="light"):
        context = browser.new_context(
            java_script_enabled=False,
            color_scheme=scheme,
            viewport={"width": width, "height": 800},
        )
        contexts.append(context)
        page = context.new_page()
        page.goto(addresses["file"] + page_name)
        return page

    yield opened
    for context in contexts:
        context.close()


@every_page
def test_each_formula_stands_there_for_those_without_a_script(page_name):
    page = (SITE / page_name).read_text(encoding="utf-8")
    formulas = len(without_script.FORMULA.findall(page))
    assert page.count("<noscript><math") == formulas
    assert page.count("_static/no_script.css") == 1
    assert page.count(f"_static/{without_script.SCHEMES}") == 1
    assert 'data-theme="auto"' in page and without_script.UNDECIDED not in page


@pytest.mark.parametrize(
    "tex, said",
    [
        (r"\tfrac12 + \frac1{50}", "12+150"),
        (r"\begin{split} a \\ b \end{split}", "ab"),
        (r"a, \dots, b \Big[ c \Big]", "a,…,b[c]"),
        (r"\ln 10 + \cos \pi t", "ln10+cosπt"),
    ],
)
def test_what_the_converter_does_not_know_is_written_otherwise(tex, said):
    mathml = without_script.as_mathml(tex, block=True)
    text = BeautifulSoup(mathml, "html.parser").get_text()
    assert re.sub(r"[\s\u2061]", "", text) == said


def test_a_formula_that_cannot_be_converted_stays_as_it_is():
    page = r'<span class="math notranslate nohighlight">\(\nothing{x}\)</span>'
    with pytest.raises(MathError):
        without_script.as_mathml(r"\nothing{x}", block=False)
    assert without_script.mend(page, "") == page


@needs_browser
def test_without_a_script_formulas_are_set_and_nothing_is_dead(scriptless):
    page = scriptless(STEP)
    assert page.locator("math:visible").count() > 5
    assert r"\(" not in page.locator("article").inner_text()
    assert not page.locator(".primary-toggle, .secondary-toggle").first.is_visible()
    page.locator(".dropdown-source-buttons button").click()
    page.get_by_role("link", name="Repository").wait_for(state="visible")
    ink = page.locator("article a[href]").first.evaluate(
        "e => getComputedStyle(e).color"
    )
    assert ink != page.locator("article p").first.evaluate(
        "e => getComputedStyle(e).color"
    ), "a link has no colour of its own"


COLOURS = """() => [...document.querySelectorAll(
    "body, article p, article a[href], h1, pre, .highlight span, td, summary, .verdict-box, .word"
)].filter((part) => part.checkVisibility() && !part.closest("noscript, .math")).map((part) => {
    const { color, backgroundColor, borderLeftColor } = getComputedStyle(part);
    return [part.tagName, part.className, color, backgroundColor, borderLeftColor].join(" ");
})"""


@needs_browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("page_name", ["book/index.html", "book/ledger.html", STEP])
def test_without_a_script_a_page_has_the_colours_that_the_reader_asks_for(
    browser, addresses, scriptless, page_name, scheme
):
    """They are those of the page with its scripts, and so are the figures."""
    bare = scriptless(page_name, scheme=scheme)
    assert (
        bare.evaluate("getComputedStyle(document.body).backgroundColor")
        == {"light": "rgb(255, 255, 255)", "dark": "rgb(18, 18, 18)"}[scheme]
    )
    whole = browser.new_page(color_scheme=scheme)
    whole.goto(addresses["file"] + page_name)
    missing = set(bare.evaluate(COLOURS)) - set(whole.evaluate(COLOURS))
    assert not missing, missing
    for image in bare.locator(".numbered img:visible").all():
        dark = image.get_attribute("src").endswith("-dark.svg")
        assert dark == (scheme == "dark")
    whole.close()
    bare.emulate_media(media="print")
    ground = bare.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground in ("rgb(255, 255, 255)", "rgba(0, 0, 0, 0)"), "paper is light"


@needs_browser
def test_a_page_with_scripts_is_never_white_in_the_dark(browser, addresses):
    """Before the theme's script has come, the page has its scheme already."""
    context = browser.new_context(color_scheme="dark")
    page = context.new_page()
    page.route("**/pydata-sphinx-theme.js*", lambda route: route.abort())
    page.goto(addresses["http"] + STEP)
    assert page.locator("html").get_attribute("data-theme") == "dark"
    context.close()


def test_rules_of_one_scheme_are_found():
    style = (
        '/* { */ a, html[data-theme="dark"] :is(b, i) { c: d }'
        "@media screen { html[data-theme=light] p, q { e: f } u { g: h } }"
        "@charset 'x'; html[data-theme=dark], html[data-theme=light] { i: j }"
    )
    found = "".join(without_script.rules_of("dark", style)).split("\n")
    assert found == [
        'html[data-theme="auto"] :is(b, i){c: d}',
        'html[data-theme="auto"]{i: j}',
        "",
    ]
    light = "".join(without_script.rules_of("light", style))
    assert light.startswith('@media screen{html[data-theme="auto"] p{e: f}\n}')


def test_a_formula_keeps_its_comma():
    page = '(<span class="math notranslate nohighlight">\\(x\\)</span>), so'
    assert without_script.mend(page, "").startswith('<span class="unbroken">(<span')
    assert without_script.mend(page, "").endswith("),</span> so")


@needs_browser
def test_without_a_script_a_phone_finds_every_page(scriptless):
    page = scriptless(STEP, width=390)
    page.get_by_role("link", name="All pages").click()
    page.wait_for_timeout(1000)  # it scrolls smoothly
    assert page.evaluate("scrollY") > 1000
    lesson = page.locator("#all-pages").get_by_role("link", name="10.4")
    assert lesson.is_visible()
    lesson.click()
    assert page.url.endswith(WARMUP)


@needs_browser
@pytest.mark.parametrize("width", [390, 1280])
def test_without_a_script_the_explorers_numbers_are_whole(scriptless, width):
    page = scriptless(EXPLORER, width)
    table = page.locator("table.without-script")
    assert table.evaluate("e => e.scrollWidth <= e.clientWidth")
    heights = table.locator("tbody td:visible").evaluate_all(
        "all => all.map(e => e.getBoundingClientRect().height)"
    )
    assert max(heights) < 130, "numbers break over many lines"


@needs_browser
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("way", ["http", "file"])
@pytest.mark.parametrize(
    "place",
    [f"{WARMUP}#figure-10-4-2", f"{WARMUP}#claim-10-4-a", f"{STEP}#claim-3-2-a"],
)
def test_a_link_to_a_place_leads_there(browser, addresses, place, way, width):
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.goto(addresses[way] + place)
    page.evaluate("() => MathJax.startup.promise.then(() => 0)")
    page.wait_for_timeout(400)
    anchor = place.partition("#")[2]
    top = page.locator(f"#{anchor}").evaluate("e => e.getBoundingClientRect().top")
    head = page.locator(".bd-header-article").bounding_box()
    assert head["y"] + head["height"] <= top < 250, (
        "the place is not what is seen first"
    )
    page.mouse.move(width / 2, 400)
    page.mouse.wheel(0, 600)  # from now on the reader leads
    page.wait_for_timeout(500)
    page.evaluate("document.querySelector('article h1').style.fontSize = '150px'")
    page.wait_for_timeout(200)
    top = page.locator(f"#{anchor}").evaluate("e => e.getBoundingClientRect().top")
    assert top < 0, "the page took its reader back"
    page.close()


@pytest.fixture(scope="module")
def large_letters(browser):
    """A browser whose reader asked for letters of twice the usual size."""
    flags = ["--no-sandbox", "--disable-gpu", "--blink-settings=defaultFontSize=32"]
    large = browser.browser_type.launch(executable_path=BROWSER, args=flags)
    yield large
    large.close()


@needs_browser
@pytest.mark.parametrize("page_name", ["book/index.html", STEP, EXPLORER])
def test_large_letters_fit(large_letters, addresses, page_name):
    page = large_letters.new_page(viewport={"width": 1280, "height": 900})
    page.goto(addresses["file"] + page_name)
    size = page.evaluate(
        "parseFloat(getComputedStyle(document.documentElement).fontSize)"
    )
    assert size == 32
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    assert page.locator("article").bounding_box()["width"] > 500
    search = page.locator(".bd-sidebar-primary .search-button-field").first
    assert search.evaluate("e => e.scrollWidth <= e.clientWidth")
    if page_name == EXPLORER:
        page.wait_for_selector("#plot-rate svg")
        form = page.locator("#explorer form").bounding_box()
        picture = page.locator("#plot-loss").bounding_box()
        assert picture["width"] > 400
        assert picture["y"] + picture["height"] <= form["y"], "pictures lie on the form"
    page.close()
