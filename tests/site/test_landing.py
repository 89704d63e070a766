"""The landing page: its figure computes what the library does, its counts are the ledger's, and its
doors lead somewhere."""

import hero
import lessons
import numpy as np
import pages
import pytest
from bs4 import BeautifulSoup
from page_parts import SAME
from test_site import SITE, addresses, browser, needs_browser, open_page  # noqa: F401  fixtures

from benchmarks.site import visit

PAGE = "book/index.html"
PEAKS = (0.05, 0.13, 0.5, 0.77, 1)


@pytest.fixture(scope="module")
def page(browser, addresses):
    page = open_page(browser, addresses["file"], PAGE)
    assert not page.complaints
    yield page
    page.close()


def move(page, peak):
    page.evaluate(
        """peak => { const slider = document.getElementById("hero-peak"); slider.value = peak;
        slider.dispatchEvent(new Event("input", { bubbles: true })); }""",
        str(peak),
    )


def test_the_figure_has_the_function_of_the_lesson():
    notebook = lessons.read_notebook(lessons.CHAPTERS / "en" / "03_2_step_decay.ipynb")
    (cell,) = [one for one in lessons.code_of(notebook) if "def suspect" in one.source]
    space = {}
    exec(cell.source, space)
    for peak in PEAKS:
        of_the_lesson = [
            space["suspect"](t, peak, hero.STEP, hero.FACTOR)
            for t in range(hero.UPDATES)
        ]
        np.testing.assert_allclose(
            hero.rates("article", peak), of_the_lesson, rtol=1e-14
        )


@needs_browser
@pytest.mark.parametrize("peak", PEAKS)
@pytest.mark.parametrize("name", hero.NAMES)
def test_rates_and_losses_are_the_librarys(page, name, peak):
    rates, losses = page.evaluate(
        """([name, peak]) => { const rate = heroRates(name, peak);
        return [[...rate], expectation(rate, ABOUT)]; }""",
        [name, peak],
    )
    np.testing.assert_allclose(rates, hero.rates(name, peak), rtol=1e-12)
    np.testing.assert_allclose(losses, hero.losses(name, peak), rtol=1e-10)


@needs_browser
@pytest.mark.parametrize("peak", PEAKS)
def test_the_slider_moves_lines_and_words(page, peak):
    move(page, peak)
    for name in hero.NAMES:
        for panel, values in {
            "rate": hero.rates(name, peak),
            "loss": hero.losses(name, peak),
        }.items():
            drawn = page.get_attribute(f"polyline.{name}[data-panel={panel}]", "points")
            wanted = hero.points(values, panel)
            np.testing.assert_allclose(
                *(
                    np.array(some.replace(",", " ").split(), dtype=float)
                    for some in (drawn, wanted)
                ),
                atol=0.11,  # one digit is kept, and a half may be rounded either way
            )
    end = {name: hero.losses(name, peak)[-1] for name in hero.NAMES}
    said = page.evaluate(
        "Object.fromEntries([...document.querySelectorAll('.hero [data-say]')]"
        ".map((span) => [span.dataset.say, span.textContent]))"
    )
    assert said == {
        "peak": f"{peak:g}",
        "times": hero.times(end["article"] / end["step"]),
        "article": hero.short(end["article"]),
        "step": hero.short(end["step"]),
    }


@needs_browser
def test_the_slider_obeys_the_keyboard_and_a_finger(browser, addresses):
    page = open_page(browser, addresses["http"], PAGE, width=360)
    slider = page.locator("#hero-peak")
    before = page.locator(".hero .says").inner_text()
    slider.press("ArrowRight")
    assert page.locator(".hero .says").inner_text() != before
    assert "times the loss" in slider.get_attribute("aria-valuetext")
    assert slider.bounding_box()["height"] >= 44
    letters = page.evaluate(
        """[...document.querySelectorAll(".hero .panels svg")].map((svg) => {
        const size = parseFloat(getComputedStyle(svg.querySelector("text")).fontSize);
        return size * svg.clientWidth / svg.viewBox.baseVal.width; })"""
    )
    assert min(letters) >= 9, letters
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.close()


@needs_browser
def test_without_javascript_the_figure_stands(browser, addresses):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(addresses["file"] + PAGE)
    assert page.locator(".hero polyline").count() == 4
    assert not page.locator(".hero form").is_visible()
    assert "times the loss" in page.locator(".hero .says").inner_text()
    context.close()


def test_four_doors_and_what_they_say():
    soup = BeautifulSoup((SITE / PAGE).read_text(encoding="utf-8"), "html.parser")
    doors = [link["href"] for link in soup.select(".doors a")]
    assert doors == [
        "guide.html",
        "explorer.html",
        "../chapters/en/10_1_your_program.html",
        "teaching.html",
    ]
    assert (
        "学习率衰减Learning Rate Decay原理与代码实例讲解"
        in soup.select_one(".lead").text
    )


def row(claim, verdict, who="article", about="decay"):
    return {"claim": claim, "verdict": verdict, "who": who, "about": about}


def test_the_first_lines_count_the_ledger(monkeypatch):
    rows = [
        row("1-a", "supported"),
        row("1-b", "supported", "book"),
        row("1-c", "refuted"),
        row("1-d", "refuted", about="text"),
        row("1-e", "no effect", "paper"),
        row(next(iter(SAME)), "not shown"),
    ]
    monkeypatch.setattr(pages, "claims", lambda: rows)
    said = pages.lead()
    assert "4 claims about decay, 2 of them" in said
    assert "2 are supported, 1 refuted, 1 show no effect, 0 are not shown" in said


@needs_browser
def test_the_first_visit_is_light(browser, addresses):
    assert visit(browser, addresses["http"] + PAGE)[0] < 0.6


@needs_browser
def test_the_keyboard_sees_which_door_it_stands_at(page):
    for door in page.locator(".doors a").all():
        door.focus()
        card = page.locator(".sd-card:has(a:focus)")
        assert card.evaluate("e => getComputedStyle(e).outlineStyle") == "solid"
        box = card.bounding_box()
        assert box["y"] >= 0 and box["y"] + box["height"] <= 900
