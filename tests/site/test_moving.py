"""Figures of lessons that answer to sliders: at first they are the notebook's, for all settings
their numbers are the library's, and without the script the notebook's picture stands."""

import functools
import gzip
import random
import re
from unittest import mock

import lessons
import moving
import numpy as np
import pytest
from bs4 import BeautifulSoup
from test_site import LESSONS, SITE, addresses, browser, needs_browser, open_page  # noqa: F401  fixtures

from lrdecay_lib import evidence, figures
from lrdecay_lib.schedules import Constant, Cosine, Exponential, InverseTime, Linear
from lrdecay_lib.tasks import NoisyQuadratic

TABLE = moving.table()
every_figure = pytest.mark.parametrize("name", TABLE)


def address(name):
    return f"chapters/en/{name}.html"


def start(name):
    return {key: row["start"] for key, row in TABLE[name]["sliders"].items()}


# --- the lessons' own code --------------------------------------------------------------

# what is run of a lesson to have its figure: the cells that hold these words, and single lines
CELLS = {
    "01_background": (["paths = {}", "@title Four paths"], []),
    "02_1_concepts": (['"too fast": 0.1'], []),
    "03_1_families": (
        ["families = {", "def expected_loss", "@title Expected loss of each family"],
        ["curvatures = "],
    ),
    "03_2_step_decay": (
        [
            "def suspect",
            "def right",
            "def expected_loss",
            "partial(suspect",
            "figures.lines(losses",
        ],
        [],
    ),
    "04_3_worked_example": (["initial_rate, factor", "@title The rate and"], []),
    "10_4_warmup": (["def holds", "@title The largest peak that holds"], []),
    "10_5_unknown_length": (
        ["def branch", "def exact", "quadratic = ", "@title The share of the cooldown"],
        [],
    ),
    "10_7_averaging": (["averages = {"], []),
    "11_1_straight_line": (
        ["def guarantee", "FORMS = {", "@title What a constant rate and a cosine"],
        [],
    ),
}


@functools.cache
def lesson(name):
    """(what the lesson's cells defined, the curves that its figure got: a list for each panel)."""
    notebook = lessons.read_notebook(lessons.CHAPTERS / "en" / f"{name}.ipynb")
    code = [cell.source for cell in lessons.code_of(notebook)]
    words, prefixes = CELLS[name]
    space, drawn = (
        {
            "np": np,
            "figures": figures,
            "partial": functools.partial,
            "worst_case": lambda *_, **__: (
                0.0
            ),  # 11.1's search, which its figure does not need
        },
        [],
    )

    nothing = mock.MagicMock(), mock.MagicMock(), ""  # a lesson may still move a label

    def one(curves, *_, marks=(), **__):
        drawn.append([curves, marks])
        return nothing

    def some(contents, *_, **__):
        drawn.extend([curves, ()] for curves in contents.values())
        return nothing

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(figures, "lines", one)
        patch.setattr(figures, "show", lambda *_: None)
        patch.setattr(figures, "panels", some)
        for source in code:
            for line in source.splitlines():
                if line.startswith(tuple(prefixes)) and prefixes:
                    exec(line, space)
            if any(word in source for word in words):
                exec(source, space)
    return space, drawn


def places(curve):
    """x and y of a curve as the library's figures take it."""
    x, y = curve if isinstance(curve, tuple) else (np.arange(len(curve)), curve)
    return [np.asarray(x, dtype=float), np.asarray(y, dtype=float)]


# --- the same with the library, for any settings ----------------------------------------


def one_curvature(h, rates, distance):
    problem = NoisyQuadratic((h,), noise=1.0, start=distance)
    return problem.expectation(rates, len(rates))


def background(curvature):
    t = np.arange(16)
    return [[(t, (1 - rate * curvature) ** t)] for rate in (0.1, 1.9, 2, 2.1)]


def concepts(peak, timescale):
    rivals = [
        peak * Constant(),
        peak * Linear(1000),
        peak * InverseTime(timescale),
        peak * Exponential(0.95),
        0.02 * Constant(),
    ]
    t = np.arange(1000)
    return [
        [(np.arange(1001), one_curvature(h, one(t), 3.0)) for one in rivals]
        for h in (1.0, 0.1)
    ]


def families(run, peak):
    rivals = [
        Exponential(0.3).every(run // 4),
        Exponential(0.3, timescale=run / 4),
        Cosine(run),
        Constant(),
    ]
    curvatures = np.geomspace(0.003, 1, 16)
    t = np.arange(run)
    ends = np.array(
        [
            [one_curvature(h, peak * one(t), 10.0)[-1] for h in curvatures]
            for one in rivals
        ]
    )
    return [[(curvatures, end / ends[-1]) for end in ends]]


def step_decay(factor, step):
    suspect = lesson("03_2_step_decay")[0]["suspect"]
    t = np.arange(500)
    rates = [
        np.array([suspect(update, 0.1, step, factor) for update in range(500)]),
        (0.1 * Exponential(factor).every(step))(t),
        np.full(500, 0.1),
    ]
    losses = [one_curvature(1.0, one, 10.0) for one in rates]
    return [[(t, one) for one in rates], [(np.arange(501), one) for one in losses]]


def worked_example(factor, timescale):
    x = np.geomspace(100, 8.5e6, 300)
    return [[(x, (0.1 * Exponential(factor, timescale=timescale))(x))]]


def warmup(start):
    holds = lesson("10_4_warmup")[0]["holds"]
    lengths = [2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128]
    peaks = np.geomspace(2, 0.001, 400)
    lines = [
        (
            lengths,
            [next(p for p in peaks if holds(shape, w, p, start)) for w in lengths],
        )
        for shape in ("linear", "exponential")
    ]
    return [[*lines, ([2, 128], [2 * start / np.sinh(start)] * 2)]]


def unknown_length(updates, distance):
    problem = NoisyQuadratic(np.logspace(0, -2.5, 12), start=distance)
    branch = lesson("10_5_unknown_length")[0]["branch"]

    def lowest(schedule):
        rates = schedule(np.arange(updates))
        return min(
            problem.expectation(peak * rates, updates)[-1]
            for peak in evidence.grid(0.02, 0.9)
        )

    line = lowest(Linear(updates))
    shares = np.array([0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1])
    return [
        [
            (
                100 * shares,
                [100 * (lowest(branch(updates, s, shape)) / line - 1) for s in shares],
            )
            for shape in ("linear", "1-sqrt")
        ]
    ]


def averaging(part, momentum):
    t = np.arange(800)
    last = round(8 * part)
    weights = [
        np.full(800, 1 / 800),
        (t >= 800 - last) / last,
        (1 - momentum) * momentum ** t[::-1],
    ]
    return [[(t, np.cumsum(one[::-1])[::-1]) for one in weights]]


def straight_line(hold, power):
    guarantee = lesson("11_1_straight_line")[0]["guarantee"]

    def yours(share):
        return np.minimum(1, (1 - share) / (1 - hold / 100)) ** power

    p = np.arange(101) / 100
    lengths = [10, 30, 100, 300, 1000, 3000, 10_000, 30_000, 100_000]
    price = [guarantee(yours(np.arange(n) / n))[0] * np.sqrt(n + 1) for n in lengths]
    return [[None, None, (p, yours(p))], [None, None, (lengths, price)]]


# what the library says of a figure, and how many settings are tried
REFERENCES = {
    "01_background": (background, 40),
    "02_1_concepts": (concepts, 20),
    "03_1_families": (families, 5),
    "03_2_step_decay": (step_decay, 20),
    "04_3_worked_example": (worked_example, 40),
    "10_4_warmup": (warmup, 3),
    "10_5_unknown_length": (unknown_length, 5),
    "10_7_averaging": (averaging, 40),
    "11_1_straight_line": (straight_line, 3),
}
LONGEST = {"run": 400, "updates": 200}  # so long that the library is done in a moment
WHOLE = {"run": 4, "step": 1, "updates": 1}  # settings that are counts, of so many each


def settings_at_random(name, count):
    """Settings between the lowest and the highest of each slider, on its stops or not."""
    source = random.Random(name)
    for _ in range(count):
        chosen = {}
        for key, slider in TABLE[name]["sliders"].items():
            low, high = (some(moving.stops(slider)) for some in (min, max))
            high = min(high, LONGEST.get(key, high))
            value = source.uniform(low, high)
            if key in WHOLE:
                value = max(WHOLE[key], WHOLE[key] * round(value / WHOLE[key]))
            chosen[key] = value
        yield chosen


READ = """panels => panels.map(lines => lines.map(({ x, y, marks }) =>
    [x, y, (marks || []).filter(mark => mark.y !== null).map(mark => [mark.x, mark.y])]))"""
DRAWN = (
    f"({READ})([...document.querySelectorAll('.moving .plot')].map(one => one.data))"
)


def same(found, wanted):
    """Compare the lines of a panel with x and y of each, in their order; None is not compared."""
    assert len(found) >= len(wanted)
    for (x, y, marks), line in zip(found, wanted):
        if line is None:
            continue
        if not x:  # points alone
            x, y = zip(*marks)
        for one, other in zip((x, y), line):
            one, other = (np.asarray(some, dtype=float) for some in (one, other))
            np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-13)


@pytest.fixture(scope="module")
def page(browser, addresses):
    """A page with the engine, for what is asked of FIGURES itself."""
    page = open_page(browser, addresses["file"], address("01_background"))
    yield page
    page.close()


# --- the numbers --------------------------------------------------------------------------


def test_each_figure_is_tested():
    assert list(TABLE) == list(CELLS) == list(REFERENCES)
    assert len(TABLE) >= 8
    script = (lessons.ROOT / "book" / "_static" / "moving.js").read_text("utf-8")
    assert re.findall(r'^  "(\w+)": \(\{', script, re.MULTILINE) == list(TABLE)


@needs_browser
@every_figure
def test_at_first_it_is_the_notebooks_figure(browser, addresses, name):
    """The picture on the page, against what the lesson's own code hands to its figure."""
    page = open_page(browser, addresses["file"], address(name))
    assert not page.complaints, page.complaints
    found = page.evaluate(DRAWN)
    page.close()
    _, drawn = lesson(name)
    if len(found) > len(drawn):  # the notebook has the losses alone
        found = found[-len(drawn) :]
    assert len(found) == len(drawn)
    for panel, (curves, marks) in zip(found, drawn):
        wanted = [places(c) for key, c in curves.items() if not key.startswith("_")]
        same(panel, wanted)
        marked = sorted([x, y] for _, _, some in panel for x, y in some)
        if marks:
            np.testing.assert_allclose(
                marked, sorted([x, y] for _, x, y, *_ in marks), rtol=1e-9
            )


@needs_browser
@every_figure
def test_for_settings_at_random_its_numbers_are_the_librarys(page, name):
    reference, count = REFERENCES[name]
    for chosen in settings_at_random(name, count):
        found = page.evaluate(
            f"([name, settings]) => ({READ})(FIGURES[name](settings).panels"
            ".map(panel => panel.lines))",
            [name, chosen],
        )
        wanted = reference(**chosen)
        assert len(found) == len(wanted)
        for panel, lines in zip(found, wanted):
            same(panel, lines)


@needs_browser
def test_the_words_of_the_worked_example_are_its_lessons(page):
    found = page.evaluate(
        "settings => FIGURES['04_3_worked_example'](settings).says",
        start("04_3_worked_example"),
    )
    assert f"{lesson('04_3_worked_example')[0]['reached']:,}" in found


@needs_browser
def test_the_worked_example_reaches_its_rate_where_it_says(page):
    for chosen in settings_at_random("04_3_worked_example", 40):
        (_, (x, y)), ((asked, claimed),) = page.evaluate(
            "settings => FIGURES['04_3_worked_example'](settings).panels[0].lines"
            ".map(line => line.marks.map(mark => [mark.x, mark.y]))",
            chosen,
        )
        rate = 0.1 * Exponential(chosen["factor"], timescale=chosen["timescale"])
        assert (asked, claimed) == (10_000, 0.00004)
        assert rate(x) <= claimed < rate(x - 1)
        assert y == (claimed if x >= 100 else None)


@needs_browser
def test_the_words_on_warmups_are_the_librarys(page):
    """The fewest updates, which the lesson computes in the cell after its figure."""
    holds = lesson("10_4_warmup")[0]["holds"]
    for first in (4, 6.5, 8):
        straight, curved = (
            next(w for w in range(5000) if holds(shape, w, 1.0, first))
            for shape in ("linear", "exponential")
        )
        found = page.evaluate("start => FIGURES['10_4_warmup']({ start }).says", first)
        assert f"at least {straight}, an exponential one {curved} updates." in found


# --- the page -----------------------------------------------------------------------------


@every_figure
def test_the_sliders_stand_at_the_figure_they_move(name):
    row = TABLE[name]
    soup = BeautifulSoup((SITE / address(name)).read_text("utf-8"), "html.parser")
    (form,) = soup.select("form.moving")
    assert form.parent["id"].rsplit("-", 1)[1] == str(row["figure"])
    assert form.parent.select("img.only-light") and form.has_attr("hidden")
    assert 1 <= len(row["sliders"]) <= 2
    for slider, made in zip(row["sliders"].values(), form.select("input")):
        assert moving.stops(slider)[int(made["value"])] == slider["start"]
        assert moving.stops(slider) == sorted(set(moving.stops(slider)))
    assert row["look_for"].endswith(".") and ". " not in row["look_for"]


def test_no_other_page_has_them():
    with_them = {
        page for page in LESSONS if "moving.js" in (SITE / page).read_text("utf-8")
    }
    assert with_them == {address(name) for name in TABLE}


@every_figure
def test_it_is_light(name):
    static = lessons.ROOT / "book" / "_static"
    parts = [(static / script).read_bytes() for script in moving.SCRIPTS]
    parts.append(moving.form(name, "../../").encode())
    assert sum(len(gzip.compress(part)) for part in parts) < 15_000


NEXT_FRAME = "new Promise(done => requestAnimationFrame(() => setTimeout(done)))"


@needs_browser
@every_figure
def test_it_answers_to_the_keyboard_and_goes_back(browser, addresses, name):
    page = open_page(browser, addresses["file"], address(name))
    says = page.locator(".moving output")
    before, at_first = says.inner_text(), page.evaluate(DRAWN)
    for key, slider in TABLE[name]["sliders"].items():
        control = page.get_by_role("slider", name=slider["label"], exact=True)
        assert control.get_attribute("name") == key
        heard = control.get_attribute("aria-valuetext")
        place = int(control.input_value())
        stops = moving.stops(slider)
        control.press("ArrowLeft" if place == len(stops) - 1 else "ArrowRight")
        page.evaluate(NEXT_FRAME)
        assert control.get_attribute("aria-valuetext") != heard
        assert control.get_attribute("aria-valuetext") in page.locator(
            ".moving label", has_text=slider["label"]
        ).inner_text().replace("\u00a0", " ")
        assert page.evaluate(DRAWN) != at_first, f"nothing moved with {key}"
        page.get_by_role("button", name="Reset").press("Enter")
        page.evaluate(NEXT_FRAME)
        assert page.evaluate(DRAWN) == at_first and says.inner_text() == before
    for slider in page.locator(".moving input").all():  # both ends of each
        for end in ("Home", "End"):
            slider.press(end)
            page.evaluate(NEXT_FRAME)
            assert "NaN" not in page.locator(".moving").inner_html()
    assert says.evaluate("one => one.tagName") == "OUTPUT"
    assert not page.complaints, page.complaints
    page.close()


@needs_browser
@every_figure
def test_on_a_phone_the_picture_is_in_view_while_a_finger_moves_the_slider(
    browser, addresses, name
):
    page = open_page(browser, addresses["file"], address(name), width=360)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    top, bottom = page.evaluate(
        """() => [document.querySelector(".moving input").getBoundingClientRect().top,
        [...document.querySelectorAll(".moving .plot")].at(-1).getBoundingClientRect().bottom]"""
    )
    assert bottom - top < 560  # of 640, of which the header takes its part
    for control in page.locator(".moving :is(input, button)").all():
        assert control.bounding_box()["height"] >= 44
    sizes = page.evaluate(
        """[...document.querySelectorAll(".moving :is(text, p, label, output, li)")].map(
        (one) => parseFloat(getComputedStyle(one).fontSize))"""
    )
    assert min(sizes) >= 9
    page.close()


@needs_browser
def test_its_colours_follow_the_scheme(browser, addresses):
    name = "03_2_step_decay"
    page = open_page(browser, addresses["file"], address(name), "dark")
    color = moving.looks(TABLE[name]["lines"])["article"]
    drawn = page.locator(".moving .plot").first
    assert color["dark"] in drawn.inner_html()
    page.evaluate("document.documentElement.dataset.theme = 'light'")
    page.evaluate(NEXT_FRAME)
    assert color["color"] in drawn.inner_html()
    assert color["dark"] not in drawn.inner_html()
    page.close()


def picture_stands(page):
    """Whether the notebook's picture is seen, and the moving figure is not."""
    place = page.locator(".numbered:has(.moving)")
    assert place.locator("img.only-light:visible").first.is_visible()
    assert place.locator("img.only-light:visible").first.evaluate(
        "e => e.decode().then(() => e.naturalWidth > 0, () => false)"
    )
    assert not place.locator(".moving").is_visible()


@needs_browser
@every_figure
def test_without_javascript_the_notebooks_picture_stands(browser, addresses, name):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(addresses["file"] + address(name))
    place = page.locator(".numbered:has(.moving)")
    assert place.locator("img.only-light:visible").first.is_visible()
    assert not place.locator(".moving").is_visible()
    context.close()


@needs_browser
@every_figure
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_paper_the_notebooks_picture_stands(browser, addresses, name, scheme):
    page = open_page(browser, addresses["file"], address(name), scheme)
    place = page.locator(".numbered:has(.moving)")
    assert place.locator(".moving").is_visible()
    assert not place.locator("img.only-light:visible").first.is_visible()
    page.emulate_media(media="print")
    picture_stands(page)
    page.close()


@needs_browser
def test_where_a_script_fails_the_notebooks_picture_stands(browser, addresses):
    page = browser.new_page(color_scheme="light")
    page.route("**/plot.js", lambda route: route.abort())
    page.goto(addresses["http"] + address("03_2_step_decay"), wait_until="load")
    picture_stands(page)
    page.close()
