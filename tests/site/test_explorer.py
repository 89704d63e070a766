"""The explorer: its numbers, its codes and its runs are the library's, and its address holds
the settings."""

import functools
import html
import json
import math
import re
from urllib.parse import parse_qsl, urlencode

import explorer
import numpy as np
import pytest
from test_schedule_parity import needs, stepped
from test_site import addresses, browser, needs_browser, open_page  # noqa: F401  fixtures

from lrdecay_lib import schedules

PAGE = "book/explorer.html"
# each family, and the corners: no warmup, no stable part, a long one, no decay, a peak that blows
# up
HARD = [
    {
        "family": "constant",
        "peak": 0.5,
        "warmup": 5,
        "decay": 100,
        "floor": 0,
        "updates": 1000,
    },
    {
        "family": "constant",
        "peak": 3.1,
        "warmup": 0,
        "decay": 100,
        "floor": 0,
        "updates": 100,
    },
    {
        "family": "linear",
        "peak": 0.5,
        "warmup": 0,
        "decay": 100,
        "floor": 0,
        "updates": 1000,
    },
    {
        "family": "linear",
        "peak": 1.4,
        "warmup": 7,
        "decay": 33,
        "floor": 29,
        "updates": 310,
    },
    {
        "family": "cosine",
        "peak": 0.07,
        "warmup": 5,
        "decay": 100,
        "floor": 10,
        "updates": 1000,
    },
    {
        "family": "cosine",
        "peak": 4,
        "warmup": 50,
        "decay": 1,
        "floor": 7,
        "updates": 110,
    },
    {
        "family": "exponential",
        "peak": 0.02,
        "warmup": 10,
        "decay": 20,
        "floor": 0,
        "updates": 10_000,
    },
    {
        "family": "exponential",
        "peak": 0.5,
        "warmup": 0,
        "decay": 100,
        "floor": 5,
        "updates": 470,
    },
    {
        "family": "step",
        "peak": 1,
        "warmup": 5,
        "decay": 100,
        "floor": 0,
        "updates": 1000,
    },
    {
        "family": "step",
        "peak": 0.33,
        "warmup": 1,
        "decay": 49,
        "floor": 50,
        "updates": 730,
    },
    {
        "family": "1-sqrt",
        "peak": 0.5,
        "warmup": 5,
        "decay": 20,
        "floor": 0,
        "updates": 1000,
    },
    {
        "family": "1-sqrt",
        "peak": 0.25,
        "warmup": 0,
        "decay": 100,
        "floor": 3,
        "updates": 150,
    },
    {
        "family": "inverse sqrt",
        "peak": 0.5,
        "warmup": 10,
        "decay": 100,
        "floor": 0,
        "updates": 1000,
    },
    {
        "family": "inverse sqrt",
        "peak": 0.9,
        "warmup": 0,
        "decay": 100,
        "floor": 20,
        "updates": 200,
    },
    {
        "family": "linear",
        "peak": 0.5,
        "warmup": 5,
        "decay": 0,
        "floor": 0,
        "updates": 500,
    },
]
NAMES = [" ".join(map(str, chosen.values())) for chosen in HARD]
every_setting = pytest.mark.parametrize("chosen", HARD, ids=NAMES)


def library_rates(chosen, updates):
    shape = {
        name: chosen[name] for name in ("family", "updates", "warmup", "decay", "floor")
    }
    return (chosen["peak"] * explorer.schedule(**shape))(np.arange(updates))


@pytest.fixture(scope="module")
def page(browser, addresses):
    page = open_page(browser, addresses["file"], PAGE)
    yield page
    page.close()


def send(page, **settings):
    """Open a link with these settings in the page that is open."""
    page.evaluate("address => { location.hash = address; }", urlencode(settings))
    page.wait_for_function(
        "address => location.hash.slice(1) === address", arg=urlencode(settings)
    )
    page.evaluate(
        "new Promise(done => setTimeout(done))"
    )  # the event comes after the address


@needs_browser
@every_setting
def test_rates_and_expected_losses_are_the_librarys(page, chosen):
    send(page, **chosen)
    assert page.evaluate("settings()") == chosen
    rates, losses = (
        np.array(values, dtype=float)
        for values in page.evaluate(
            "() => { const rate = rates(settings()); return [[...rate], [...losses(rate)]]; }"
        )
    )
    expected = library_rates(chosen, chosen["updates"])
    np.testing.assert_allclose(rates, expected, rtol=1e-11, atol=1e-13)
    np.testing.assert_allclose(
        losses, explorer.QUADRATIC.expectation(expected, chosen["updates"]), rtol=1e-9
    )


@needs_browser
@every_setting
def test_what_is_drawn_is_what_was_computed(page, chosen):
    send(page, **chosen)
    assert page.evaluate("""() => {
        const rate = rates(settings()), loss = losses(rate);
        const same = (name, i, values) => document.getElementById(name).data[i].x.every(
            (t, k) => [values[t], null].includes(document.getElementById(name).data[i].y[k]));
        return same("plot-rate", 0, rate) && same("plot-loss", 1, loss);
    }""")
    drawn = page.evaluate("document.getElementById('plot-rate').data[0].x")
    assert drawn[0] == 0 and drawn[-1] == chosen["updates"] - 1


def own_rates(code, updates):
    space = {}
    exec(code, space)
    assert isinstance(space["schedule"], schedules.Schedule)
    return space["schedule"](np.arange(updates))


def keras_rates(code, updates):
    keras = pytest.importorskip("keras")
    before, space = keras.config.floatx(), {}
    keras.config.set_floatx("float64")
    try:
        exec(code, space)
        assert isinstance(space["optimizer"], keras.optimizers.SGD)
        return np.array([float(space["Schedule"]()(t)) for t in range(updates)])
    finally:
        keras.config.set_floatx(before)


def torch_rates(code, updates):
    space = {"model": needs("torch").nn.Linear(1, 1)}
    exec(code, space)
    return stepped(space["optimizer"], space["scheduler"], updates)


def optax_rates(code, updates):
    jax, space = needs("optax", "jax"), {}
    with jax.enable_x64(True):
        exec(code, space)
        return np.array(
            jax.vmap(space["schedule"])(np.arange(updates)) * np.ones(updates),
            dtype=float,
        )


RATES = {
    "this library": own_rates,
    "Keras": keras_rates,
    "PyTorch": torch_rates,
    "optax": optax_rates,
}


@needs_browser
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("library", explorer.LIBRARIES)
@every_setting
def test_the_code_runs_and_equals_the_library(page, chosen, library):
    send(page, **chosen, code=library)
    code = page.locator("#explorer-code").inner_text()
    assert max(map(len, code.splitlines())) <= 100
    updates = min(chosen["updates"] + 20, 1020)  # past the end too
    np.testing.assert_allclose(
        RATES[library](code, updates),
        library_rates(chosen, updates),
        rtol=1e-11,
        atol=1e-13,
    )


@needs_browser
def test_the_button_copies_the_code(browser, addresses):
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(addresses["http"] + PAGE)
    page.locator("#explorer-copy").click()
    page.wait_for_function(
        "document.getElementById('explorer-copied').textContent === 'copied'"
    )
    assert (
        page.evaluate("navigator.clipboard.readText()")
        == page.locator("#explorer-code").inner_text()
    )
    context.close()


@needs_browser
def test_the_address_follows_the_sliders_and_opens_the_same_again(browser, addresses):
    first = open_page(browser, addresses["file"], PAGE)
    first.select_option("[name=family]", "step")
    first.select_option("#explorer-library", "optax")
    for name, key in {
        "peak": "ArrowLeft",
        "warmup": "ArrowRight",
        "floor": "ArrowRight",
        "decay": "ArrowLeft",
        "updates": "Home",
    }.items():
        first.locator(f"[name={name}]").press(key)
    state = "() => [settings(), document.getElementById('explorer-code').textContent]"
    second = browser.new_page()
    second.goto(first.url)
    assert second.evaluate(state) == first.evaluate(state)
    chosen = second.evaluate("settings()")
    assert (
        chosen["family"],
        chosen["warmup"],
        chosen["floor"],
        chosen["decay"],
        chosen["updates"],
    ) == ("step", 6, 1, 99, 100)
    assert chosen["peak"] < 0.5 and "jnp" in second.evaluate(state)[1]
    first.close()
    second.close()


def in_the_guide():
    """The settings in the addresses of the teacher's guide."""
    guide = (explorer.lessons.ROOT / "book" / "teaching.md").read_text(encoding="utf-8")
    return [
        html.unescape(found)
        for found in re.findall(r'href="explorer\.html#([^"]+)"', guide)
    ]


def test_the_guide_links_to_the_explorer():
    assert len(in_the_guide()) >= 2


@needs_browser
@pytest.mark.parametrize("address", in_the_guide())
def test_the_addresses_in_the_guide_open_the_settings_they_name(page, address):
    named = {
        name: value if name == "family" else float(value)
        for name, value in parse_qsl(address)
    }
    send(page, **dict(parse_qsl(address)))
    assert page.evaluate("settings()") == named


@needs_browser
@pytest.mark.parametrize(
    "address",
    [
        "",
        "family=toString&peak=0&updates=-3",
        "peak=NaN&warmup=x&decay=&floor=1e999&code=R",
    ],
)
def test_a_spoilt_address_opens_the_page_all_the_same(browser, addresses, address):
    page = open_page(browser, addresses["file"], f"{PAGE}#{address}")
    assert not page.complaints
    first = {name: row[3] for name, row in explorer.SETTINGS.items()}
    chosen = page.evaluate("settings()")
    assert (
        chosen["family"] == explorer.FIRST
        and chosen["peak"] == first["peak"]
        and chosen["updates"] == first["updates"]
    )
    page.close()


@needs_browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_serious_for_axe(browser, addresses, scheme, width):
    from axe_playwright_python.sync_playwright import Axe

    page = open_page(browser, addresses["http"], PAGE, scheme, width)
    page.locator("[name=peak]").press("ArrowRight")
    own = (addresses["http"], "data:", "blob:")
    assert [
        url for url in page.requested if not url.startswith(own)
    ] == [] and not page.complaints  # before axe asks for styles
    found = [
        (fault["id"], fault["nodes"][0]["target"])
        for fault in Axe().run(page).response["violations"]
        if fault["impact"] in ("serious", "critical")
    ]
    assert not found
    page.close()


@needs_browser
def test_without_javascript_a_table_stands_there(browser, addresses):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(addresses["file"] + PAGE)
    table = page.locator("article table")
    assert table.is_visible() and not page.locator("#explorer").is_visible()
    assert table.locator("tbody tr").count() == len(explorer.FAMILIES)
    context.close()


@needs_browser
def test_the_nearest_runs_are_shown(page):
    send(page, family="step", peak=0.7, warmup=20, decay=40, floor=4, updates=5000)
    caption = page.locator("#plot-runs-caption").inner_text().replace("\u00a0", " ")
    assert (
        "Peak 0.707, decay 30 %, floor 0 %, warmup 5 %, 500 updates, 10 seeds"
        in caption
    )
    run = next(
        run
        for run in stored()["runs"]
        if (run["family"], run["peak"], run["decay"], run["floor"])
        == ("step", 0.707, 30, 0)
    )
    assert (
        page.evaluate("document.getElementById('plot-runs').data[3].y")
        == run["quartiles"][1]
    )


@functools.cache
def stored():
    return json.loads(explorer.RUNS.read_text(encoding="utf-8"))


def test_the_stored_runs_are_those_that_would_be_made():
    assert stored()["about"]["made_from"] == explorer.made_from(), (
        "run `make explorer-runs`"
    )
    keys = [
        (run["family"], run["decay"], run["floor"], run["peak"])
        for run in stored()["runs"]
    ]
    assert keys == [(*key, peak) for key in explorer.grid() for peak in explorer.PEAKS]
    assert all(
        math.isfinite(value)
        for run in stored()["runs"]
        for row in run["quartiles"]
        for value in row
    )


@pytest.mark.parametrize(
    "key, peak",
    [(("cosine", 100, 0), 0.5), (("step", 30, 10), 2.0)],
    ids=["cosine", "step"],
)
def test_a_stored_curve_is_made_again(key, peak):
    curves = explorer.trained([key], [peak]).curves
    run = next(
        run
        for run in stored()["runs"]
        if (run["family"], run["decay"], run["floor"], run["peak"]) == (*key, peak)
    )
    np.testing.assert_allclose(
        explorer.quartiles(curves), run["quartiles"], rtol=1e-3
    )  # four digits are stored
