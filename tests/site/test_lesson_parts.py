"""What the site adds to a lesson: cards of terms, verdict boxes, exercises as text, links to the
explorer, tables, and the view for the projector; with the keyboard alone, on a phone, and without a
script."""

import re
from urllib.parse import parse_qs, urlsplit

import exercise_folds
import explorer
import explorer_links
import glossary
import lessons
import page_parts
import pages
import printed_tables
import pytest
import verdict_box
from bs4 import BeautifulSoup
from docutils import nodes
from test_site import (  # noqa: F401  (fixtures)
    LESSONS,
    PAGES,
    SITE,
    addresses,
    browser,
    faults,
    needs_browser,
    one_page,
    open_page,
)

from lrdecay_lib import exercises

BOXES = "chapters/en/06_2_2_decay_and_overfitting.html"
STEP = "chapters/en/03_2_step_decay.html"
every_lesson = pytest.mark.parametrize("page_name", LESSONS)


def parsed(page_name):
    return BeautifulSoup((SITE / page_name).read_text(encoding="utf-8"), "html.parser")


@every_lesson
def test_a_folded_cell_says_what_is_in_it(page_name):
    notebook = lessons.read_notebook(SITE / "_sources" / f"{page_name[:-5]}.ipynb")
    titles = [
        cell.source.partition("\n")[0].removeprefix("# @title ")
        for cell in lessons.code_of(notebook)
        if lessons.folded(cell)
    ]
    page = parsed(page_name)
    summaries = page.select("details.hide > summary > .collapsed")
    assert titles and [one.text for one in summaries] == [f"Code · {t}" for t in titles]
    assert "@title" not in page.text, "the comment for Colab stands in the code too"
    assert all(code.text.strip() for code in page.select("details.hide pre"))


# --- terms ----------------------------------------------------------------------------


@every_lesson
def test_each_term_is_linked_once_and_has_a_card(page_name):
    page = parsed(page_name)
    links = page.select("a.term")
    anchors = [urlsplit(link["href"]).fragment for link in links]
    assert len(anchors) >= 4, "hardly a term of the glossary is linked"
    assert len(set(anchors)) == len(anchors), "a term is linked twice"
    cards = {card["id"] for card in page.select(".term-cards > p")}
    assert cards == {anchor.replace("term-", "card-", 1) for anchor in anchors}
    for link in links:
        assert not link.find_parent(["h1", "h2", "h3", "pre", "code", "summary"])
        assert link.parent.name != "a"


def test_the_glossary_can_be_linked_to():
    anchors = [row.get("id") for row in parsed("book/glossary.html").select("tbody tr")]
    assert anchors == [term.anchor for term in glossary.terms()]
    assert len(set(anchors)) == len(anchors)
    known = {form for term in glossary.terms() for form in (term.name, *term.forms)}
    assert glossary.EVERYDAY | set(glossary.SUBJECTS) <= known


@pytest.mark.parametrize("term", glossary.terms(), ids=lambda term: term.anchor)
def test_a_card_is_plain_words(term):
    assert not re.search(r"[$\\{}]", term.card), term.card
    text = BeautifulSoup(term.card, "html.parser").get_text()
    assert text.startswith(f"{term.name} {term.chinese}: ")


def found_terms(text):
    return [
        glossary.by_form()[one[0].lower()].name
        for one in glossary.pattern().finditer(text)
    ]


def test_terms_are_found_as_they_are_written():
    assert found_terms("Weight decay and two batches") == ["weight decay", "batch"]
    assert found_terms("OneCycleLR is no one-cycle; LoRA is") == ["adapter (LoRA)"]
    assert found_terms("curvatures, half-lives, policies") == ["curvature", "policy"]


def test_a_word_of_every_day_is_linked_only_where_it_is_defined():
    def meant(name, parents, lesson="01_background"):
        term = next(one for one in glossary.terms() if one.name == name)
        return glossary.is_meant(term, name, parents, lesson)

    bold = [nodes.strong("", "run")]
    assert meant("momentum", [])
    assert not meant("run", []) and meant("run", bold)
    assert not meant("run", [nodes.strong("", "turned to run")])
    assert not meant("round", [nodes.strong("", "round")])
    assert meant("round", [], "08_2_2_federated")


@needs_browser
@pytest.mark.parametrize("way", ["http", "file"])
def test_a_card_shows_on_focus_and_hover_and_leaves_by_escape(browser, addresses, way):
    page = open_page(browser, addresses[way], STEP)
    card, term = page.locator(".term-card"), page.locator("a.term").first
    assert card.is_hidden()
    term.focus()
    assert card.is_visible()
    assert term.inner_text().lower() in card.inner_text().lower()
    heard = page.locator("#" + term.get_attribute("aria-describedby"))
    assert heard.text_content().strip() == card.text_content().strip()
    page.keyboard.press("Escape")
    assert card.is_hidden()
    assert term.evaluate("e => e === document.activeElement"), "the focus moved"
    page.locator("a.term").nth(1).hover()
    assert card.is_visible()
    card.hover()  # it stays while the pointer is on it
    page.wait_for_timeout(400)
    assert card.is_visible()
    page.mouse.move(1, 1)
    card.wait_for(state="hidden")
    page.close()


@needs_browser
def test_on_a_phone_the_first_tap_shows_the_card_inside_the_screen(browser, addresses):
    context = browser.new_context(
        has_touch=True, is_mobile=True, viewport={"width": 360, "height": 740}
    )
    page = context.new_page()
    page.goto(addresses["file"] + STEP)
    for number in range(page.locator("a.term").count()):
        term = page.locator("a.term").nth(number)
        term.tap()
        box = page.locator(".term-card").bounding_box()
        assert box and box["x"] >= 0 and box["x"] + box["width"] <= 360
        assert page.url.endswith(STEP)
        if (
            number + 1 < page.locator("a.term").count()
        ):  # the next may be below the card
            page.evaluate("document.activeElement.blur()")
            page.locator(".term-card").wait_for(state="hidden")
    term.tap()
    page.wait_for_url("**/book/glossary.html#term-*")
    context.close()


@needs_browser
def test_without_a_script_a_term_is_a_link(browser, addresses):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(addresses["file"] + STEP)
    assert page.locator(".term-cards").is_hidden()
    page.locator("a.term").first.click()
    assert "/book/glossary.html#term-" in page.url
    context.close()


# --- verdicts -------------------------------------------------------------------------


@every_lesson
def test_each_verdict_is_a_box(page_name):
    page = parsed(page_name)
    rows = [row for row in pages.claims() if f"{row['lesson']}.html" == page_name]
    boxes = page.select("section.verdict-box")
    assert [box["id"] for box in boxes] == [
        page_parts.claim_anchor(row["claim"]) for row in rows
    ]
    for box, row in zip(boxes, rows):
        word = box.select_one(".word")
        assert f"{word.get_text()}".lower() == page_parts.MARKS[row["verdict"]]
        assert page_parts.kind(row["verdict"]) in word["class"]
        assert box.select_one(".sentence").get_text().strip()
        assert len(box.select("details:not(.legend) li")) == len(row["conditions"])
    assert len(page.select("details.legend")) == bool(boxes), "the legend stands once"
    answers = [item.a["href"] for item in page.select("details.answers li")]
    assert answers == [f"#{box['id']}" for box in boxes], "an answer after the vote"
    # nothing of the old form is left
    assert "Verdict: " not in " ".join(q.get_text() for q in page.select("blockquote"))


MADE = {
    "claim": "6.1-a",
    "conditions": [
        {
            "condition": "teacher",
            "primary": True,
            "treatment": "linear",
            "baseline": "constant",
            "metric": "excess_loss",
            "positive": "better",
            "margin": 2.0,
            "unit": "%",
        }
    ],
}


@pytest.mark.parametrize(
    "verdict, effect, interval, said",
    [
        (
            "supported",
            6.0,
            (4, 8),
            "excess loss +6 % (positive is better); 2 % would have been",
        ),
        (
            "refuted",
            -6.0,
            (-8, -4),
            "The opposite is so, and it matters: linear against constant",
        ),
        ("no effect", 0.5, (-1, 1.5), "−1 to +1.5 %, stay within 2 %"),
        (
            "not shown",
            -1.0,
            (-5, 3),
            "−5 to +3 % are all possible, and 2 % would matter",
        ),
    ],
)
def test_a_verdict_in_a_sentence(verdict, effect, interval, said):
    condition = {**MADE["conditions"][0], "effect": effect, "interval": interval}
    row = {**MADE, "verdict": verdict, "conditions": [condition]}
    assert said in verdict_box.in_a_sentence(row)


def test_counts_tell_how_far_a_claim_carries_and_what_the_control_did():
    row = {
        "counts": {"for": 2, "against": 1, "no effect": 0, "open": 0},
        "control": {"passed": False},
    }
    text = BeautifulSoup(verdict_box.counts(row), "html.parser").get_text()
    assert text.replace("\xa0", " ").startswith(
        "3 further conditions: ✔ for 2 · ✘ against 1;"
    )
    assert "the control passes the test too" in text


# --- exercises ------------------------------------------------------------------------


def test_each_exercise_is_text_with_hints_and_a_solution():
    html = {page_name: parsed(page_name) for page_name in LESSONS}
    names = [
        name[1]
        for page in html.values()
        for strong in page.find_all("strong")
        if (name := re.fullmatch(r"Exercise ([\d.]+)", strong.get_text()))
    ]
    assert names == list(exercises.every()) or set(names) == set(exercises.every())
    tasks = [task for page in html.values() for task in page.select("div.task")]
    assert len(tasks) == len(names)
    assert all(task.get_text().strip() for task in tasks)
    summaries = [
        summary.get_text()
        for page in html.values()
        for summary in page.select("details.help > summary")
    ]
    hints = sum(len(one.hints) for one in exercises.every().values())
    assert sum(one.startswith("Hint") for one in summaries) == hints
    assert sum(one.startswith("A solution") for one in summaries) == len(names)
    for page in html.values():
        assert "not attempted yet" not in page.article.get_text()
        assert not page.select("details.help[open]"), "a hint is not asked for"


@pytest.mark.parametrize("solutions", [True, False])
def test_a_class_gets_no_solutions(solutions):
    exercise = exercises.get("3.2.1")
    text = "".join(node.astext() for node in exercise_folds.folds(exercise, solutions))
    assert ("decay_factor ** (update // decay_steps)" in text) == solutions
    assert "Hint 1 of 3" in text


# --- links to the explorer, tables ----------------------------------------------------


def explorer_rows():
    return [
        (name, row) for name, rows in explorer_links.table().items() for row in rows
    ]


@pytest.mark.parametrize("name, row", explorer_rows(), ids=lambda part: str(part)[:20])
def test_a_link_to_the_explorer_asks_for_what_it_has(name, row):
    page = parsed(f"chapters/en/{name}.html")
    figure = page.select(".numbered")[row["figure"] - 1]
    link = figure.select_one(".move-it a")
    given = parse_qs(urlsplit(link["href"]).fragment)
    for choice in [given, *map(parse_qs, given.get("pin", []))]:
        assert choice["family"][0] in explorer.FAMILIES
        for setting, (_, low, high, *_rest) in explorer.SETTINGS.items():
            assert low <= float(choice[setting][0]) <= high


@needs_browser
def test_the_explorer_opens_with_the_settings_of_a_figure(browser, addresses):
    page = browser.new_page()
    for name, row in explorer_rows():
        page.goto("about:blank")
        page.goto(
            addresses["file"] + f"book/explorer.html#{explorer_links.address(row)}"
        )
        page.wait_for_selector("#plot-rate svg")
        whole = {key: setting[3] for key, setting in explorer.SETTINGS.items()}
        for key, value in (whole | row["show"]).items():
            field = "[name=family]" if key == "family" else f"[name={key}-typed]"
            found = page.locator(f"#explorer {field}").input_value()
            assert found == str(value) if key == "family" else float(found) == value, (
                name,
                key,
            )
        assert page.locator("#explorer [role=status]").first.inner_text() == "", name
        pinned = page.locator("#explorer .compared tbody tr").count()
        assert pinned >= len(row.get("beside", ())), name
    page.close()


@pytest.mark.parametrize(
    "printed, header, first",
    [
        (
            "           test loss  accuracy\nschedule\ntoo small       1.84      0.63\n"
            "large           0.91      0.72",
            ["schedule", "test loss", "accuracy"],
            ["too small", "1.84", "0.63"],
        ),
        ("start   4   5\nline    3   4", None, ["start", "4", "5"]),
        (
            "winner  line  open\na          1     0\nb          2     5",
            ["winner", "line", "open"],
            ["a", "1", "0"],
        ),
    ],
)
def test_a_printed_table_is_a_table(printed, header, first):
    assert printed_tables.cells(printed) == (header, printed_tables.cells(printed)[1])
    assert printed_tables.cells(printed)[1][0] == first


@pytest.mark.parametrize(
    "printed",
    [
        "one sentence",
        "update    0: rate 0.1\nupdate  500: rate 0.1",
        "a = 0.5, 1/b =    10: yes\na = 0.1, 1/b = 2,000: yes",
        "schedule\nlinear      0.1\nconstant    0.2",
    ],
)
def test_what_is_no_table_stays_as_it_was_printed(printed):
    assert printed_tables.cells(printed) is None


def test_no_table_lost_a_word():
    count = 0
    for name, notebook in pages.notebooks():
        for output in (o for cell in notebook.cells for o in cell.get("outputs", [])):
            found = output.output_type == "stream" and printed_tables.cells(output.text)
            if found:
                count += 1
                header, rows = found
                words = " ".join(cell for row in [header or [], *rows] for cell in row)
                assert (
                    sorted(words.split()) == sorted(output.text.split())
                    or header
                    and header[0] in output.text.split("\n")[1]
                ), name
    assert (
        count == sum(len(parsed(page).select("table.printed")) for page in LESSONS) > 20
    )


# --- the projector --------------------------------------------------------------------


@needs_browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_lesson_on_a_projector_with_the_keyboard_alone(browser, addresses, scheme):
    page = open_page(browser, addresses["file"], BOXES, scheme)
    whole = page.locator("article").inner_text()
    page.locator(".projector-link").focus()
    page.keyboard.press("Enter")
    dialog = page.locator("dialog.projector[open]")
    count = dialog.locator("output").first
    figures = page.locator(".numbered").count()
    assert "6.2.2" in dialog.locator("h2").inner_text()
    assert "Question" in dialog.locator(".slide").inner_text()
    total = int(count.inner_text().split()[-1])
    boxes = len(parsed(BOXES).select(".verdict-box"))
    quiz = len(parsed(BOXES).select("#check-yourself > p > strong"))
    tasks = [
        strong
        for strong in parsed(BOXES).select("#exercises > p > strong:first-child")
        if re.match("Exercise|To investigate", strong.get_text())
    ]
    assert total == 1 + figures + boxes + quiz + len(tasks) and len(tasks) >= 2
    seen, complaints = [], []
    for number in range(2, total + 1):
        page.keyboard.press("ArrowRight" if number % 2 else "PageDown")
        assert count.inner_text().startswith(f"{number} of")
        picture = dialog.locator("a.enlarge:visible img")
        if picture.count():
            seen.append(picture.bounding_box()["width"])
        complaints += faults(page) if number in (2, total) else []
        if "Exercise" in dialog.locator("h2").inner_text():
            shown = dialog.locator(".slide").inner_text()
            assert "Hint" not in shown and "solution" not in shown
            assert dialog.locator("details").count() == 0
    assert len(seen) == figures and min(seen) > 0.9 * 1280, (
        "a figure has not the full width"
    )
    assert not complaints, complaints
    for _ in tasks:  # back to the last question of the quiz
        page.keyboard.press("PageUp")
    option = dialog.locator("summary").first
    option.focus()
    page.keyboard.press("Enter")
    assert dialog.locator("details[open]").count() == 1
    page.keyboard.press("Home")
    assert count.inner_text().startswith("1 of")
    page.keyboard.press("Escape")
    dialog.wait_for(state="detached", timeout=2000)
    assert page.evaluate("document.activeElement.className") == "projector-link"
    assert page.locator("article").inner_text() == whole, "the page is not what it was"
    page.close()


@needs_browser
@pytest.mark.parametrize("width, height", [(1024, 768), (1920, 1080)])
def test_a_figure_with_sliders_fills_the_wall(browser, addresses, width, height):
    page = open_page(browser, addresses["file"], STEP, width=width)
    page.set_viewport_size({"width": width, "height": height})
    page.locator(".projector-link").click()
    slide = page.locator("dialog.projector .slide")
    while not slide.locator(".moving").count():
        page.keyboard.press("ArrowRight")
    page.wait_for_timeout(200)  # it draws itself anew
    for plot in slide.locator(".plot").all():
        assert plot.bounding_box()["height"] > 0.35 * height
        letters = plot.locator("svg text").first.bounding_box()["height"]
        assert letters > 0.018 * height, "letters too small for the last row"
    assert slide.evaluate("e => e.scrollHeight <= e.clientHeight"), "cut off"
    page.keyboard.press("Escape")
    page.wait_for_timeout(200)
    assert page.locator(".moving .plot svg").first.bounding_box()["height"] < 280
    page.close()


@needs_browser
def test_a_projector_view_can_be_shared(browser, addresses):
    page = open_page(browser, addresses["http"], STEP + "#projector")
    assert page.locator("dialog.projector[open]").count() == 1
    page.locator("[data-step='1']").click()
    page.locator("[data-step='0']").click()
    page.locator("dialog").wait_for(state="detached")
    assert "#" not in page.url
    page.close()


# --- phone, zoom, motion --------------------------------------------------------------

SIDEWAYS = """() => [...document.querySelectorAll(".bd-content *")].filter((part) =>
    part.checkVisibility() && part.clientWidth && part.scrollWidth > part.clientWidth + 1 &&
    ["auto", "scroll"].includes(getComputedStyle(part).overflowX) &&
    !part.closest("mjx-container")).map((part) => part.outerHTML.slice(0, 120))"""
# an address inside a sentence is as high as its line
SMALL = """() => [...document.querySelectorAll("a[href], button, summary, select, input")
    ].filter((part) => {
    const box = part.getBoundingClientRect(), style = getComputedStyle(part);
    if (!part.checkVisibility() || !box.width || !box.height) return false;
    if (style.visibility === "hidden") return false;
    if (part.closest(".skip-link, .headerlink, mjx-container")) return false;
    if (part.matches("[type=checkbox], [type=radio]") && part.labels.length) return false;
    if (part.matches("a") && style.display === "inline") return false;
    return box.height < 43.5 || box.width < 43.5;
}).map((part) => part.outerHTML.slice(0, 90) + JSON.stringify(part.getBoundingClientRect()))"""


@needs_browser
@pytest.mark.parametrize("page_name", PAGES)
def test_on_a_phone_nothing_scrolls_sideways_and_targets_are_large(
    browser, addresses, page_name
):
    page = open_page(browser, addresses["file"], page_name, width=360)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.evaluate(SIDEWAYS) == []
    assert page.evaluate(SMALL) == []
    page.close()


BROKEN = """() => {
    // words of a table's cells that stand on two lines
    const broken = [];
    for (const cell of document.querySelectorAll(".bd-content :is(th, td)")) {
        if (!cell.checkVisibility() || cell.querySelector("code, a, mjx-container")) continue;
        const walk = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
        const words = () => walk.currentNode.data.matchAll(/[A-Za-z]{2,14}/g);
        while (walk.nextNode()) for (const word of words()) {
            const range = document.createRange();
            range.setStart(walk.currentNode, word.index);
            range.setEnd(walk.currentNode, word.index + word[0].length);
            const lines = new Set([...range.getClientRects()].map((one) => one.top));
            if (lines.size > 1) broken.push(word[0]);
        }
    }
    return broken;
}"""


@needs_browser
@pytest.mark.parametrize(
    "page_name",
    [
        "book/index.html",
        "book/teaching.html",
        "book/how_numbers_are_made.html",
        "book/how_to_read.html",
        "chapters/en/04_1_formulas.html",
    ],
)
def test_on_a_phone_no_table_breaks_a_word(browser, addresses, page_name):
    page = open_page(browser, addresses["file"], page_name, width=360)
    assert page.evaluate(BROKEN) == []
    page.close()


@needs_browser
def test_on_a_phone_a_formula_in_the_head_of_a_table_stays_one(browser, addresses):
    page_name = "chapters/en/04_1_formulas.html"
    page = open_page(browser, addresses["file"], page_name, width=360)
    names = page.locator("table.as-cards .column")
    assert names.locator("mjx-container").count() > 0
    shown = page.locator("table.as-cards [data-column]")
    assert not any("<" in one.get_attribute("data-column") for one in shown.all())
    page.close()


@needs_browser
@pytest.mark.parametrize(
    "page_name",
    [
        "02_2_relations",
        "06_1_convergence",
        "10_2_museum",
        "10_3_peak",
        "11_1_straight_line",
    ],
)
def test_on_a_phone_printed_columns_keep_their_lines(browser, addresses, page_name):
    place = f"chapters/en/{page_name}.html"
    page = open_page(browser, addresses["file"], place, width=360)
    blocks = page.locator(".cell_output pre:visible:has(.kept)")
    assert blocks.count() > 0
    for block in blocks.all():
        wide, room, size = block.evaluate(
            "e => [e.scrollWidth, e.clientWidth, parseFloat(getComputedStyle(e).fontSize)]"
        )
        assert wide <= room and size >= 7.5
        lines = block.locator(".kept, .wrapped").all_inner_texts()
        assert not any("\n" in line.strip() for line in lines)
    page.close()


@needs_browser
def test_on_a_phone_a_table_of_checks_stays_a_table(browser, addresses):
    page = open_page(
        browser, addresses["file"], "chapters/en/10_2_museum.html", width=360
    )
    block = page.locator(".cell_output pre", has_text="stepped once an epoch")
    lines = block.locator(".kept").all_inner_texts()
    marks = {
        tuple(
            i for i, letter in enumerate(line) if letter in ".x" and line[i - 1] == " "
        )
        for line in lines
        if re.search(r"[.x] +[.x] +[.x] +[.x] +[.x]$", line)
    }
    assert len(lines) > 20 and len(marks) == 1, "a column does not stand upright"
    page.close()


@needs_browser
def test_on_a_phone_no_formula_scrolls(browser, addresses):
    for page_name in (
        "chapters/en/10_7_averaging.html",
        "chapters/en/11_3_language_models.html",
        "book/cards.html",
    ):
        page = open_page(browser, addresses["file"], page_name, width=360)
        page.wait_for_timeout(200)
        wide = page.evaluate(
            """() => [...document.querySelectorAll("mjx-container[display]")].filter((one) =>
            one.scrollWidth > one.clientWidth + 1).map((one) => one.textContent)"""
        )
        assert wide == [], page_name
        page.close()


@needs_browser
def test_formulas_within_a_line_are_no_tab_stops(browser, addresses):
    page = open_page(browser, addresses["file"], STEP)
    page.wait_for_timeout(200)
    formulas = page.locator("mjx-container:not([display])")
    assert formulas.count() > 5
    assert {one.get_attribute("tabindex") for one in formulas.all()} == {"-1"}
    page.close()


@every_lesson
def test_a_lesson_says_which_book_it_is_of_and_how_to_do_its_exercises(page_name):
    page = parsed(page_name)
    line = page.select_one("article .book-line")
    assert [link["href"] for link in line.select("a")] == [
        "../../book/index.html",
        "../../book/references.html#the-article",
    ]
    help_line = page.select_one("#exercises > .run-help")
    hrefs = [link["href"] for link in help_line.select("a")]
    assert hrefs[0].endswith(page_name.replace(".html", ".ipynb"))
    assert hrefs[1] == "../../book/how_to_read.html#your-first-notebook"


@needs_browser
def test_on_a_phone_wide_code_opens_when_it_is_asked_for(browser, addresses):
    page = open_page(browser, addresses["file"], STEP, width=360)
    fold = page.locator("details.wide-code").first
    assert fold.locator("pre").is_hidden()
    fold.locator("summary").click()
    assert fold.locator("pre").is_visible()
    page.close()
    page = open_page(browser, addresses["file"], STEP)
    assert page.locator("details.wide-code").count() == 0, "only on a phone"
    page.close()


@needs_browser
def test_the_drawer_opens_where_the_reader_is(browser, addresses):
    page = open_page(
        browser, addresses["file"], "chapters/en/10_7_averaging.html", width=360
    )
    page.locator("button.primary-toggle").first.click()
    here = page.locator(".bd-sidebar-primary li.current a.current").last
    page.wait_for_timeout(600)
    box = here.bounding_box()
    assert 0 <= box["y"] <= 900 - box["height"], "the current page is not in view"
    page.close()


@needs_browser
@pytest.mark.parametrize("page_name", PAGES)
def test_a_page_at_twice_its_size_does_not_scroll_sideways(
    one_page, addresses, page_name
):
    """A browser that shows a window of 1,280 px at 200 % lays the page out on 640."""
    one_page.set_viewport_size({"width": 640, "height": 450})
    one_page.goto(addresses["file"] + page_name)
    assert one_page.evaluate("document.documentElement.scrollWidth") <= 640


@needs_browser
def test_nothing_moves_for_who_wants_no_motion(one_page, addresses):
    one_page.emulate_media(reduced_motion="reduce")
    one_page.goto(addresses["file"] + STEP)
    moving = one_page.evaluate(
        """() => [...document.querySelectorAll("*")].filter((part) => {
        const style = getComputedStyle(part);
        const durations = style.transitionDuration + style.animationDuration;
        return style.scrollBehavior === "smooth" || /[1-9]/.test(durations);
        }).map((part) => part.outerHTML.slice(0, 80))"""
    )
    assert moving == []
