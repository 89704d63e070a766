"""The search finds the page that a reader's words mean, on a server and from files."""

import index_words
import lessons
import pytest
import yaml
from test_site import PAGES, addresses, browser, needs_browser  # noqa: F401  fixtures

LESSON = "chapters/en/"
# what is typed, and the page, or the place on it, that comes first
FIRST = {
    # names of libraries' classes
    "OneCycleLR": "book/cards.html#one-cycle",
    "one cycle lr": "book/cards.html#one-cycle",
    "CosineAnnealingLR": "book/cards.html#cosine",
    "CosineAnnealingWarmRestarts": "book/cards.html#cosine-with-warm-restarts",
    "StepLR": "book/cards.html#step-decay",
    "MultiStepLR": "book/cards.html#piecewise-constant",
    "PolynomialDecay": "book/cards.html#polynomial-decay",
    "get_cosine_schedule_with_warmup": "book/cards.html#warmup-and-cosine",
    "ReduceLROnPlateau": LESSON + "08_2_4_state_driven.html",
    "reduce on plateau": LESSON + "08_2_4_state_driven.html",
    "LambdaLR": LESSON + "10_1_your_program.html",
    "LearningRateScheduler": LESSON + "05_3_reading_the_program.html",
    "AdamW": LESSON + "08_2_5_weight_decay.html",
    "AdaGrad": LESSON + "08_4_1_adagrad.html",
    # synonyms
    "1cycle": "book/cards.html#one-cycle",
    "one cycle": "book/cards.html#one-cycle",
    "1cycle policy": "book/cards.html#one-cycle",
    "warm restart": "book/cards.html#cosine-with-warm-restarts",
    "cosine annealing with warm restarts": "book/cards.html#cosine-with-warm-restarts",
    "SGDR": "book/cards.html#cosine-with-warm-restarts",
    "WSD": "book/cards.html#warmup-stable-decay-wsd",
    "trapezoidal learning rate": "book/cards.html#warmup-stable-decay-wsd",
    "cosine decay": "book/cards.html#cosine",
    "inverse sqrt": "book/cards.html#warmup-and-inverse-square-root",
    "EMA": LESSON + "10_7_averaging.html",
    "exponential moving average of weights": LESSON + "10_7_averaging.html",
    "SWA": LESSON + "10_7_averaging.html",
    "schedule free": LESSON + "10_7_averaging.html",
    "warm-up": LESSON + "10_4_warmup.html",
    "warmup": LESSON + "10_4_warmup.html",
    "weight decay": LESSON + "08_2_5_weight_decay.html",
    "step decay": LESSON + "03_2_step_decay.html",
    "gradient clipping": LESSON + "08_2_6_combined.html",
    "overfitting": LESSON + "06_2_2_decay_and_overfitting.html",
    "exploding gradient": LESSON + "06_3_stability.html",
    "hyperparameter tuning": LESSON + "08_4_3_automatic_tuning.html",
    "LR finder": LESSON + "10_3_peak.html",
    "learning rate range test": LESSON + "10_3_peak.html",
    "batch size": LESSON + "10_6_batch.html",
    "fine tuning": LESSON + "10_8_fine_tuning.html",
    # the article's own words
    "收敛速度": LESSON + "06_1_convergence.html",
    # questions
    "which schedule should I use": "book/guide.html",
    "Which schedule should I use?": "book/guide.html",
    "what learning rate schedule should I use": "book/guide.html",
    "what is the best learning rate schedule": "book/guide.html",
    "how do I choose a scheduler": "book/guide.html",
    "does Adam need learning rate decay": LESSON + "08_2_1_adaptive.html",
    "how long should the warmup be": LESSON + "10_4_warmup.html",
    "how do I resume training": LESSON + "10_5_unknown_length.html",
    "how do I use a learning rate scheduler in PyTorch": LESSON
    + "10_1_your_program.html",
    "why is my loss NaN": LESSON + "06_3_stability.html",
    "why is my learning rate 0": LESSON + "10_2_museum.html",
    # pages around the lessons
    "glossary": "book/glossary.html",
    "claim ledger": "book/ledger.html",
    "sawtooth": LESSON + "03_2_step_decay.html",
}


@pytest.fixture(scope="module")
def tab(browser):
    page = browser.new_page()
    yield page
    page.close()


def search(tab, base, words):
    """The addresses that the search finds, best first."""
    tab.goto(base + "search.html")
    tab.evaluate(
        "words => { location.search = new URLSearchParams({ q: words }); }", words
    )
    tab.wait_for_function(
        "/finished|did not match/.test(document.querySelector('.search-summary')?.innerText)"
    )
    return [
        link.get_attribute("href").removeprefix(base)
        for link in tab.locator("#search-results li > a:first-child").all()
    ]


@needs_browser
@pytest.mark.parametrize("way", ["http", "file"])
@pytest.mark.parametrize("words", FIRST)
def test_the_page_that_is_meant_comes_first(tab, addresses, words, way):
    wanted = FIRST[words]
    found = search(tab, addresses[way], words)
    assert found, "nothing is found"
    first = found[0] if "#" in wanted else found[0].split("#")[0]
    assert first == wanted, found[:5]


@needs_browser
def test_what_no_page_holds_is_not_found(tab, addresses):
    assert search(tab, addresses["file"], "xylophone zeppelin") == []


@needs_browser
def test_some_of_the_words_are_enough(tab, addresses):
    found = search(tab, addresses["file"], "sawtooth zeppelin")
    assert found[0] == LESSON + "03_2_step_decay.html"


def test_the_words_lead_to_pages_of_the_book():
    """A word of a page that is not there would be lost without a sign."""
    parts = yaml.safe_load((lessons.ROOT / "_toc.yml").read_text())["parts"]
    book = {chapter["file"] for part in parts for chapter in part["chapters"]}
    assert set(index_words.words()) <= book


@needs_browser
def test_readers_see_the_index(tab, addresses):
    tab.goto(addresses["file"] + "book/glossary.html")
    tab.click("article a[href='../genindex.html']")
    entry = tab.locator("table.genindextable a", has_text="OneCycleLR")
    assert entry.get_attribute("href") == "book/cards.html#one-cycle"
