"""The pages of verdicts, from a small made ledger: the ledger, the counts, and whether verdicts
come back."""

import copy
import re
from pathlib import Path

import ledger_page
import lessons
import page_parts
import pages
import pytest
import replication_page
from bs4 import BeautifulSoup
from test_site import BROWSER, faults, needs_browser

SECTIONS = {3: "The algorithm: families", 6: "Uses: convergence"}
STATIC = lessons.ROOT / "book" / "_static"


def condition(name, effect, half, side, primary=False):
    return {
        "condition": name,
        "primary": primary,
        "side": side,
        "treatment": "linear",
        "baseline": "constant",
        "metric": "excess_loss",
        "effect": effect,
        "interval": [effect - half, effect + half],
        "level": 0.95 if primary else 0.99,
        "margin": 2.0,
        "unit": "%",
        "seeds": list(range(20)),
        "positive": "better",
        "at": "" if primary else "at one peak",
        "tuning": 0.5 if primary else 0.0,
    }


MEASURED = {
    "claim": "6.1-a",
    "lesson": "chapters/en/06_1_convergence",
    "title": "6.1 Faster <convergence>?",
    "cell": 9,
    "text": "Decay speeds convergence markedly.",
    "who": "article",
    "where": "section 6.1, paragraph 1",
    "words": "显著加速",
    "about": "decay",
    "kind": "measured",
    "means": "A line reaches the result of the constant rate in half of the updates.",
    "verdict": "supported",
    "in_short": "The line is better by an amount that matters.",
    "because": "teacher: linear against constant.",
    "primary": "teacher",
    "counts": {"for": 1, "against": 0, "no effect": 0, "open": 1},
    "conditions": [
        condition("teacher", 6.0, 2.0, "for", primary=True),
        condition("images, a < b", 4.0, 1.0, "for"),
        condition("text", 1.0, 5.0, "open"),
    ],
    "control": {
        "condition": "the constant rate a step away",
        "passed": True,
        "effect": -0.2,
        "interval": [-1.0, 0.6],
    },
    "revised": "",
}
EXACT = {
    **MEASURED,
    "claim": "3.2-a",
    "lesson": "chapters/en/03_2_step_decay",
    "title": "3.2 Step by step",
    "text": "The article's function is a step decay.",
    "where": "section 3.2, paragraph 2",
    "words": "",
    "about": "text",
    "kind": "exact",
    "means": "The function falls and stays.",
    "verdict": "refuted",
    "in_short": "It climbs back.",
    "because": "It returns the first rate, and climbs back.",
    "primary": "",
    "conditions": [],
    "counts": {},
    "control": None,
}
OWN = {
    **MEASURED,
    "claim": "6.1-b",
    "text": "Averaging does what decay does here.",
    "who": "paper",
    "where": "robbins1951",
    "verdict": "no effect",
    "control": {**MEASURED["control"], "passed": False},
    "revised": "One condition was left out.",
}
AGAIN = {**EXACT, "claim": "9-4", "about": "decay"}
ROWS = [EXACT, MEASURED, OWN, AGAIN]


def other(row, word, side="open"):
    """The row of another run, with this word and this side of its first further condition."""
    row = copy.deepcopy(row)
    row["verdict"] = word
    if row["conditions"]:
        row["conditions"][1]["side"] = side
    return row


STORED = {
    "runs": [1, 2, 3],
    "claims": {
        "6.1-a": {
            "1": other(MEASURED, "supported", "for"),
            "2": other(MEASURED, "not shown"),
        },
        "6.1-b": {"1": other(OWN, "no effect"), "2": other(OWN, "no effect")},
        "3.2-a": {str(n): EXACT for n in (1, 2, 3)},
        "9-4": {str(n): AGAIN for n in (1, 2, 3)},
    },
    "errors": {
        "06_1_convergence": {"3": "ValueError: the best peak <lies> at the edge"}
    },
}


def soup(text):
    """The HTML of a generated page."""
    inside = re.findall(r"```\{raw\} html\n(.*?)```", text, re.DOTALL)
    return BeautifulSoup("\n".join(inside), "html.parser")


BACK = replication_page.came_back(ROWS, STORED)
LEDGER = ledger_page.page(ROWS, BACK, {**SECTIONS, 9: "Questions"})


def row_of(claim):
    return soup(LEDGER).find(id=page_parts.claim_anchor(claim)).parent


def test_a_row_says_who_where_what_decides_and_how_far():
    text = " ".join(row_of("6.1-a").get_text(" ").split())
    for words in (
        "the article, section 6.1, paragraph 1",
        "显著加速",
        "✔ supported",
        "teacher: linear against constant, excess_loss +6 % [+4, +8], margin 2 %",
        "1 for, 0 against, 0 no effect, 1 open",
        "The control shows nothing, as it must",
        "1 of 3",
        "6.1",
    ):
        assert words in text, words
    folded = row_of("6.1-a").details.get_text(" ")
    assert "images, a < b" in folded and "99 % interval" in folded
    assert "at one peak" in folded and "-0.2 [-1, +0.6]" in folded
    assert row_of("6.1-a").q["lang"] == "zh"


def test_what_a_reader_must_not_miss_is_said():
    text = row_of("6.1-b").get_text(" ")
    assert "FAILS" in text and "One condition was left out." in text
    assert "≈ no effect" in text and "Robbins and Monro, 1951" in text
    assert "The same evidence as claim 8.3-a" in row_of("9-4").get_text(" ")
    assert row_of("3.2-a").select_one("td.back").text == "3 of 3"


def test_the_counts_keep_the_text_apart_and_count_evidence_once():
    lines = [
        [cell.strip() for cell in line.split("|")[1:-1]]
        for line in page_parts.tally(ROWS).splitlines()[2:]
    ]
    assert lines == [
        ["about decay, said by the article", "1", "1", "0", "0", "0"],
        ["about decay, asked or said by others", "1", "0", "0", "1", "0"],
        ["about the article's text or program", "1", "0", "1", "0", "0"],
    ]


def test_each_word_has_a_sign_and_a_colour_of_its_own():
    signs = [mark[0] for mark in page_parts.MARKS.values()]
    assert len(set(signs)) == 4 and all(
        mark[2:] == w for w, mark in page_parts.MARKS.items()
    )
    css = (STATIC / "book.css").read_text(encoding="utf-8")
    for scheme in (
        r"(?<!\()\.{} {{ color: (#\w+)",
        r"dark.*:is\(\.{}\) {{ color: (#\w+)",
    ):
        colours = {
            re.search(scheme.format(page_parts.kind(word)), css)[1]
            for word in page_parts.MARKS
        }
        assert len(colours) == 4


def test_what_came_back_is_counted():
    assert BACK == {"3.2-a": (3, 3), "6.1-a": (1, 3), "6.1-b": (2, 3), "9-4": (3, 3)}
    assert replication_page.came_back(ROWS, None) == {}
    assert "not tried" in ledger_page.page(ROWS, {}, {**SECTIONS, 9: "Questions"})


def test_the_page_of_replications():
    text = replication_page.page(ROWS, STORED)
    lines = [
        [cell.strip() for cell in line.split("|")[1:-1]]
        for line in text.splitlines()
        if line.startswith("| ")
    ]
    assert ["1", "4 of 4", "1 of 6", "1 of 2", "0"] in lines
    assert ["2", "3 of 4", "2 of 6", "1 of 2", "0"] in lines
    assert ["3", "2 of 4", "0 of 0", "0 of 0", "1"] in lines
    assert ["exact", "2", "0", "0", "0"] in lines
    page = soup(text)
    assert "the best peak <lies> at the edge" in page.get_text()
    (row,) = [tr for tr in page.select("tr") if tr.th.text == "6.1-a"]
    said = [sign.get_text(" ") for sign in row.select(".sign > .visually-hidden")]
    assert said == ["run 1: supported", "run 2: not shown", "run 3: error"]
    assert len(row.svg.find_all("circle")) == 3  # the stored one and the two that ran
    assert "+6 % [+4, +8]" in row.svg["aria-label"]
    assert "run 2, images, a < b: for to open" in row.get_text(" ")


@pytest.mark.parametrize(
    ("number", "margin", "told"),
    [
        # three digits would say that these lie on the margin
        (1.999669919, 2.0, "+1.9997"),
        (-2.0004, 2.0, "-2.0004"),
        (2 + 2**-51, 2.0, "+2.0000000000000004"),
        (2.0, 2.0, "+2"),
        (1.999669919, 5.0, "+2"),
        (-12.3456, None, "-12.3"),
    ],
)
def test_an_end_beside_the_margin_is_not_printed_on_it(number, margin, told):
    assert page_parts.end(number, margin) == told
    one = {"effect": 3.0, "interval": [number, 4.0], "margin": margin, "unit": "%"}
    assert page_parts.interval(one) == f"+3 % [{told}, +4]"


def test_runs_agree_within_their_two_intervals():
    def run(effect, half=1.0):
        return {"conditions": [condition("digits", effect, half, "open", primary=True)]}

    # 1.4 is within the root of 2, 1.5 is not, and the two of them are near each other
    pairs = replication_page.agreeing(run(0.0), [run(1.4), None, run(1.5)])
    assert pairs == [(True, True), (True, False), (True, True)]
    assert replication_page.agreeing(run(0.0), [run(9.0, half=0.0)]) == []
    row = run(0.0) | {"claim": "1-a", "lesson": "chapters/en/01_background"}
    stored = {
        "runs": [1, 2],
        "errors": {},
        "claims": {"1-a": {"1": run(5), "2": run(6)}},
    }
    said = replication_page.intervals_hold([row], stored)
    assert "| primary | 3 | 1 | 33 % |" in said and "| further | 0 | 0 | – |" in said
    assert "Fewer than half of the primary pairs agree for 1-a (1 of 3)." in said


def test_without_replications_the_page_says_so(monkeypatch, tmp_path):
    monkeypatch.setattr(replication_page, "FILE", tmp_path / "none.json")
    text = replication_page.page(ROWS, replication_page.read())
    assert text.startswith("No replication has been run yet.") and len(text) < 200


def test_the_tuning_part_is_computed(monkeypatch):
    monkeypatch.setattr(pages, "claims", lambda: [MEASURED])
    assert "1 conditions" in pages.tuning() and "teacher (6.1-a)" in pages.tuning()
    monkeypatch.setattr(pages, "claims", lambda: [EXACT])
    assert "No stored interval" in pages.tuning()


def test_the_map_of_the_landing_page(monkeypatch):
    (key,) = [soup(pages.raw_html(pages.map_key(ROWS))).ul]
    assert len(key.find_all("li")) == 3 and "✔ supported\u00a01" in key.get_text()


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    """A way to open the made pages in a browser, with or without scripts."""
    from playwright.sync_api import sync_playwright

    folder = tmp_path_factory.mktemp("pages")
    (folder / "_static").symlink_to(STATIC)
    body = str(soup(LEDGER)) + str(soup(replication_page.page(ROWS, STORED)))
    body = body.replace("../_static/", "_static/")
    style = ":root { --pst-color-border: #999; font-family: sans-serif; }"
    Path(folder / "page.html").write_text(
        '<!doctype html><html lang="en" data-theme="light"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><title>t</title>'
        f'<link rel="stylesheet" href="_static/book.css"><style>{style}</style>'
        f'<main class="bd-content"><h1>t</h1>{body}</main></html>',
        encoding="utf-8",
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=BROWSER, args=["--no-sandbox"]
        )

        def open_it(width=1300, script=True):
            context = browser.new_context(
                java_script_enabled=script, viewport={"width": width, "height": 900}
            )
            page = context.new_page()
            page.goto((folder / "page.html").as_uri())
            return page

        yield open_it


def visible(page):
    return page.locator("#ledger tbody th:visible").all_inner_texts()


@needs_browser
def test_filters_and_sorting(opened):
    page = opened()
    assert page.locator("#ledger-choice").is_visible()
    page.select_option("[name=verdict]", "no effect")
    assert visible(page) == ["6.1-b"]
    page.select_option("[name=verdict]", "")
    page.select_option("[name=about]", "text")
    assert visible(page) == ["3.2-a"] and "about=text" in page.url
    assert page.locator("#ledger-choice output").inner_text() == "1 of 4 claims"
    page.select_option("[name=about]", "")
    page.select_option("[name=who]", "paper")
    assert visible(page) == ["6.1-b"]
    page.select_option("[name=who]", "")
    page.click("#ledger thead button:has-text('Came back')")
    assert visible(page) == ["6.1-a", "6.1-b", "3.2-a", "9-4"]
    page.click("#ledger thead button:has-text('Verdict')")
    assert visible(page) == ["6.1-b", "3.2-a", "9-4", "6.1-a"]
    page.click("#ledger thead button:has-text('Claim')")
    assert visible(page) == ["3.2-a", "6.1-a", "6.1-b", "9-4"]
    assert page.locator("#ledger thead button").count() == 4


@needs_browser
def test_whole_without_a_script_and_on_a_phone(opened):
    page = opened(script=False)
    assert len(visible(page)) == 4 and not page.locator("#ledger-choice").is_visible()
    page = opened(width=390)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert (
        len(visible(page)) == 4 and page.locator("#ledger td.back").first.is_visible()
    )
    page.select_option("[name=verdict]", "refuted")
    assert visible(page) == ["3.2-a", "9-4"]


@needs_browser
def test_nobody_is_shut_out_of_verdicts(opened):
    page = opened()
    page.evaluate(
        "document.querySelectorAll('details').forEach(one => one.open = true)"
    )
    assert not faults(page), faults(page)
