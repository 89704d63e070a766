"""The explorer: its numbers, its codes and its runs are the library's, and its address holds
the settings."""

import functools
import html
import json
import math
import random
import re
from urllib.parse import parse_qsl, urlencode

import explorer
import numpy as np
import pytest
from test_schedule_parity import needs, stepped
from test_site import addresses, browser, needs_browser, open_page  # noqa: F401  fixtures

from lrdecay_lib import schedules, training
from lrdecay_lib.cards import CARDS

PAGE = "book/explorer.html"
ORDER = ("family", "peak", "warmup", "decay", "floor", "updates")
# each family, and the corners: no warmup, no stable part, a long one, no decay, a peak that blows
# up
HARD = [
    dict(zip(ORDER, row))
    for row in [
        ("constant", 0.5, 10, 100, 0, 1000),
        ("constant", 3.1, 0, 100, 0, 100),
        ("linear", 0.5, 0, 100, 0, 1000),
        ("linear", 1.4, 7, 33, 29, 310),
        ("linear", 0.5, 5, 0, 0, 500),
        ("cosine", 0.07, 5, 100, 10, 1000),
        ("cosine", 10, 50, 1, 7, 110),
        ("exponential", 0.02, 10, 20, 0, 10_000),
        ("exponential", 0.5, 0, 100, 5, 470),
        ("step", 1, 5, 100, 0, 1000),
        ("step", 0.33, 1, 49, 50, 730),
        ("piecewise", 0.33, 0, 100, 0, 1000),
        ("piecewise", 0.5, 10, 31, 2, 333),
        ("1-sqrt", 0.5, 5, 20, 0, 1000),
        ("1-sqrt", 0.25, 0, 100, 3, 150),
        ("inverse sqrt", 0.5, 10, 100, 0, 1000),
        ("inverse sqrt", 0.9, 0, 100, 20, 200),
        ("inverse time", 1e-6, 0.3, 97.5, 0.1, 1000),
        ("polynomial", 0.5, 10, 100, 0, 1000),
        ("tanh", 0.5, 0, 100, 10, 1000),
        ("restarts", 0.5, 0, 100, 0, 1000),
        ("restarts", 0.5, 13, 71, 3, 1000),
        ("restarts", 0.5, 0, 100, 0, 10),
        ("one cycle", 0.1, 30, 100, 0, 1000),
        ("one cycle", 0.1, 0, 40, 1, 777),
    ]
]
RULE = [
    dict(zip(ORDER, ("plateau", peak, 10, 100, floor, updates)))
    for peak, floor, updates in ((0.5, 0, 1000), (3, 10, 333), (1e-3, 0, 15))
]


def name_of(chosen):
    return " ".join(map(str, chosen.values()))


every_setting = pytest.mark.parametrize("chosen", HARD, ids=name_of)
any_setting = pytest.mark.parametrize("chosen", HARD + RULE, ids=name_of)


def library_rates(chosen, updates):
    """The rate of each update; of the rule that answers to the loss, what it does with the
    expected one."""
    made = explorer.schedule(
        chosen["family"],
        chosen["updates"],
        chosen["warmup"],
        chosen["decay"],
        chosen["floor"],
    )
    if isinstance(made, schedules.Schedule):
        return (chosen["peak"] * made)(np.arange(updates))
    keras = pytest.importorskip("keras")
    every, control, rates = max(chosen["updates"] // 20, 1), made.start, []
    while len(rates) < updates:
        share = float(control[0])
        rates += [chosen["peak"] * share] * min(every, updates - len(rates))
        loss = explorer.QUADRATIC.expectation(rates, len(rates))[-1]
        before = keras.config.floatx()
        keras.config.set_floatx("float64")  # as in the library's own runs
        control = made.after(control, loss)
        keras.config.set_floatx(before)
    return np.array(rates)


@pytest.fixture(scope="module")
def page(browser, addresses):
    page = open_page(browser, addresses["file"], PAGE)
    yield page
    page.close()


def send(page, **settings):
    """Open a link with these settings in the page that is open."""
    page.evaluate("address => { location.hash = address; }", urlencode(settings))
    page.evaluate(
        "new Promise(done => setTimeout(done))"
    )  # the event comes after the address


@needs_browser
@any_setting
def test_rates_and_expected_losses_are_the_librarys(page, chosen):
    send(page, **chosen)
    assert page.evaluate("settings()") == chosen
    rates, losses = (
        np.array(values, dtype=float)
        for values in page.evaluate("[[...rates(chosen)], course(chosen).loss]")
    )
    expected = library_rates(chosen, chosen["updates"])
    np.testing.assert_allclose(rates, expected, rtol=1e-11, atol=1e-15)
    np.testing.assert_allclose(
        losses, explorer.QUADRATIC.expectation(expected, chosen["updates"]), rtol=1e-9
    )


def drawn_at_random(family, count=200):
    """Settings as a reader might type them, over the whole of each range where a run is short
    enough to be computed by the library in a moment."""
    source = random.Random(family)
    for _ in range(count):
        yield {
            "family": family,
            "peak": float(f"{10 ** source.uniform(-6, 1):.3g}"),
            "warmup": source.choice([0, round(source.uniform(0, 100), 1)]),
            "decay": source.choice([100, round(source.uniform(0, 100), 1)]),
            "floor": source.choice([0, round(source.uniform(0, 100), 2)]),
            "updates": round(10 ** source.uniform(1, 2.8)),
        }


@needs_browser
@pytest.mark.parametrize("family", explorer.FAMILIES)
def test_two_hundred_settings_of_each_family_are_the_librarys(page, family):
    settings = list(drawn_at_random(family))
    found = page.evaluate(
        "all => all.map(one => [[...rates(one)], course(one).loss.map(String)])",
        settings,
    )
    for chosen, (rates, losses) in zip(settings, found):
        expected = library_rates(chosen, chosen["updates"])
        np.testing.assert_allclose(
            rates, expected, rtol=1e-10, atol=1e-15, err_msg=name_of(chosen)
        )
        losses = np.array([value.replace("Infinity", "inf") for value in losses], float)
        np.testing.assert_allclose(
            losses,
            explorer.QUADRATIC.expectation(expected, chosen["updates"]),
            rtol=1e-8,
            err_msg=name_of(chosen),
        )


@needs_browser
@pytest.mark.parametrize("family", explorer.FAMILIES)
def test_long_runs_computed_in_blocks_are_near_the_librarys(page, family):
    """The blocks of a long run, against one update at a time: the library's, and of longer runs
    the page's own."""
    for peak in (1.5, 0.1, 0.001):
        chosen = dict(zip(ORDER, (family, peak, 10, 100, 0, 30_000)))
        exact = explorer.QUADRATIC.expectation(library_rates(chosen, 30_000), 30_000)
        blocks, few = page.evaluate(
            "one => [course(one).loss.at(-1), finals(one, [one.peak])[0]]", chosen
        )
        assert blocks == pytest.approx(exact[-1], rel=1e-3)
        assert few == pytest.approx(exact[-1], rel=1e-2)
        chosen["updates"] = 1_000_000
        blocks, one_by_one = page.evaluate(
            "one => [course(one).loss.at(-1), course(one, 1e9).loss.at(-1)]", chosen
        )
        assert blocks == pytest.approx(one_by_one, rel=1e-3)


@needs_browser
def test_the_page_says_how_many_updates_are_computed_one_by_one(page):
    text = (explorer.lessons.ROOT / "book" / "explorer.md").read_text(encoding="utf-8")
    assert f"up to {page.evaluate('MOST'):,} updates are computed one" in text


@needs_browser
@any_setting
def test_what_is_drawn_is_what_was_computed(page, chosen):
    send(page, **chosen)
    assert page.evaluate("""() => {
        const drawn = (name) => document.getElementById(name).data.at(-1);
        const same = (name, values) => drawn(name).x.every(
            (t, k) => [values[t], null].includes(drawn(name).y[k]));
        return same("plot-rate", rates(chosen)) && same("plot-loss", course(chosen).loss);
    }""")
    drawn = page.evaluate("document.getElementById('plot-rate').data.at(-1).x")
    assert drawn[0] == 0 and drawn[-1] == chosen["updates"] - 1
    path = page.locator("#plot-rate path").last.get_attribute("d")
    assert "NaN" not in path and path.count("L") > 5


@needs_browser
def test_constant_means_constant(page):
    send(page, family="constant", peak=0.25, warmup=30, decay=20, floor=30)
    assert set(page.evaluate("[...rates(chosen)]")) == {0.25}
    for name in ("warmup", "decay", "floor"):
        assert page.locator(f"[name={name}]").is_disabled()
        assert page.locator(f"[name={name}-typed]").is_disabled()


def test_every_card_has_its_family():
    """Each card's schedule is one that the explorer draws."""
    of = {"restarts": "restarts", "warmup-stable-decay": "1-sqrt"}
    of |= {"inverse square root": "inverse sqrt"}
    for name in CARDS:
        family = of.get(name, name.removeprefix("warmup and "))
        assert family in explorer.FAMILIES, name


def test_cards_that_the_settings_reach_are_drawn_as_they_are():
    reached = {
        "constant": ("constant", 0, 100),
        "linear": ("linear", 0, 100),
        "cosine": ("cosine", 0, 100),
        "polynomial": ("polynomial", 0, 100),
        "tanh": ("tanh", 0, 100),
        "warmup and cosine": ("cosine", 10, 100),
        "warmup and linear": ("linear", 10, 100),
        "warmup-stable-decay": ("1-sqrt", 10, 20),
        "inverse square root": ("inverse sqrt", 10, 100),
        "inverse time": ("inverse time", 0, 100),
        "one cycle": ("one cycle", 0, 100),
        "piecewise": ("piecewise", 0, 100),
    }
    for name, (family, warmup, decay) in reached.items():
        made = 0.1 * explorer.schedule(family, 1000, warmup, decay, 0)
        t = np.arange(1000)
        np.testing.assert_allclose(made(t), CARDS[name].schedule(t), rtol=1e-9)


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
        assert isinstance(space["optimizer"], keras.optimizers.Optimizer)
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
        rtol=1e-10,
        atol=1e-13,
    )


def run_shown(code, library):
    """Run the code that the explorer shows for another library."""
    space = {}
    if library == "PyTorch":
        space["model"] = needs("torch").nn.Linear(1, 1)
    elif library == "optax":
        needs("optax")
    exec(code, space)


@needs_browser
@pytest.mark.parametrize("library", explorer.LIBRARIES)
def test_the_rules_code_makes_a_rule(page, library):
    """The cards' tests compare the rules; here each call is made."""
    send(page, **RULE[1], code=library)
    code = page.locator("#explorer-code").inner_text()
    if library == "this library":
        begin = code.index("run = ")
        space = {}
        exec(code[:begin], space)
        assert space["rule"] == training.Plateau(floor=0.1)
        assert "evaluate_every=16" in code
        return
    run_shown(code, library)


@needs_browser
@pytest.mark.parametrize("library", explorer.LIBRARIES[1:])
@pytest.mark.parametrize("family", ["linear", "plateau"])
@pytest.mark.parametrize(
    "address, optimizer",
    [
        ("peak=0.5", "SGD"),
        ("peak=0.0003", "AdamW"),  # a usual rate for it
        ("peak=0.0003&optimizer=SGD", "SGD"),
        ("peak=0.5&optimizer=Adam", "Adam"),
        ("peak=0.5&optimizer=toString", "SGD"),
    ],
)
def test_the_code_names_the_readers_optimizer(
    page, address, optimizer, family, library
):
    send(page, **dict(parse_qsl(address)), family=family, code=library)
    chosen = page.locator("#explorer-optimizer")
    assert chosen.is_visible() and chosen.input_value() == optimizer
    code = page.locator("#explorer-code").inner_text()
    spelled = optimizer.lower() if library == "optax" else optimizer
    assert re.search(rf"\b(optim|optimizers|optax)\.{spelled}\(", code)
    assert ("weight_decay=0.01" in code) == (optimizer == "AdamW")
    run_shown(code, library)


@needs_browser
def test_a_chosen_optimizer_stays_in_the_address(page):
    send(page, peak=0.0003, code="this library")
    chosen = page.locator("#explorer-optimizer")
    assert not chosen.is_visible(), "the library's own code names no optimizer"
    send(page, peak=0.0003, code="PyTorch")
    chosen.select_option("Adam")
    assert "torch.optim.Adam(" in page.locator("#explorer-code").inner_text()
    assert "optimizer=Adam" in page.url
    page.locator("#explorer-reset").click()
    assert chosen.input_value() == "SGD" and "optimizer=" not in page.url


@needs_browser
def test_the_button_copies_the_code(browser, addresses):
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(addresses["http"] + PAGE)
    page.locator("#explorer-copy").click()
    page.wait_for_function(
        "document.getElementById('explorer-said').textContent === 'The code is copied.'"
    )
    assert (
        page.evaluate("navigator.clipboard.readText()")
        == page.locator("#explorer-code").inner_text()
    )
    page.locator("#explorer-link").click()
    page.wait_for_function(
        "document.getElementById('explorer-said').textContent === 'The link is copied.'"
    )
    assert page.evaluate("navigator.clipboard.readText()") == page.url
    assert "family=cosine" in page.url
    context.close()


@needs_browser
def test_the_address_follows_what_is_moved_and_opens_the_same_again(browser, addresses):
    first = open_page(browser, addresses["file"], PAGE)
    first.select_option("[name=family]", "step")
    first.select_option("#explorer-library", "optax")
    for name, key in {
        "peak": "ArrowLeft",
        "warmup": "ArrowLeft",
        "floor": "ArrowRight",
        "decay": "ArrowLeft",
        "updates": "Home",
    }.items():
        first.locator(f"[name={name}]").press(key)
    first.locator("#explorer-pin").click()
    first.locator("[name=peak-typed]").fill("3e-4")
    first.locator("[name=peak-typed]").press("Enter")
    first.locator("#explorer-log-update").check()
    state = (
        "() => [settings(), pinned, document.getElementById('explorer-code').textContent, "
        "document.getElementById('explorer-log-update').checked, "
        "document.getElementById('plot-loss').data.length]"
    )
    second = browser.new_page()
    second.goto(first.url)
    found = second.evaluate(state)
    assert found == first.evaluate(state)
    chosen = dict(zip(ORDER, ("step", 0.0003, 0, 50, 10, 100)))
    assert found[:2] == [chosen, [{**chosen, "peak": 0.25}]]
    assert "jnp" in found[2] and found[3:] == [True, 2]
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
    assert page.locator("#explorer-said").inner_text() == ""


@needs_browser
@pytest.mark.parametrize("name", explorer.PRESETS)
def test_a_preset_sets_what_it_says_and_has_real_runs(page, name):
    page.select_option("#explorer-preset", name)
    first = {key: row[3] for key, row in explorer.SETTINGS.items()}
    expected = {"family": explorer.FIRST, **first, **explorer.PRESETS[name]}
    assert page.evaluate("settings()") == expected
    page.wait_for_function("document.getElementById('plot-runs').data.length > 0")


@needs_browser
@pytest.mark.parametrize(
    "address, changed, sentence",
    [
        ("", {}, ""),
        ("peak=0.0003&updates=100000", {"peak": 0.0003, "updates": 100_000}, ""),
        (
            "family=toString&peak=0&updates=-3",
            {"peak": 1e-6, "updates": 10},
            'There is no family "toString": this is the cosine. Peak rate 0 is out of '
            "range, which is 0.000001 to 10: it is set to 0.000001. Length -3 is out of "
            "range, which is 10 to 10,000,000: it is set to 10.",
        ),
        (
            "peak=NaN&warmup=x&decay=&floor=1e999&code=R",
            {"floor": 100},
            'Peak rate "NaN" is no number: it is set to 0.5. Warmup "x" is no number: it '
            'is set to 10. Decay "" is no number: it is set to 100. Floor 1e999 is out of '
            "range, which is 0 to 100: it is set to 100.",
        ),
        (
            "family=keras&keras=%7B",
            {},
            "This is no JSON: paste what json.dumps(schedule.get_config()) prints.",
        ),
    ],
)
def test_an_address_is_answered_and_rewritten(
    browser, addresses, address, changed, sentence
):
    page = open_page(browser, addresses["file"], f"{PAGE}#{address}")
    assert not page.complaints
    first = {name: row[3] for name, row in explorer.SETTINGS.items()}
    chosen = page.evaluate("settings()")
    assert chosen == {"family": explorer.FIRST, **first, **changed}
    assert page.locator("#explorer-said").inner_text() == sentence
    if sentence:
        rewritten = dict(parse_qsl(page.url.split("#")[1]))
        assert {
            name: value if name == "family" else float(value)
            for name, value in rewritten.items()
            if name in ORDER
        } == chosen
    page.close()


@needs_browser
def test_numbers_are_typed_over_the_whole_range(page):
    send(page)
    for name, text, value in (
        ("peak", "1e-6", 1e-6),
        ("peak", "10", 10),
        ("updates", "10000000", 10_000_000),
        ("updates", "99999999", 10_000_000),
        ("floor", "0.1", 0.1),
    ):
        field = page.locator(f"[name={name}-typed]")
        field.fill(text)
        field.press("Tab")
        assert page.evaluate("settings()")[name] == value
    field = page.locator("[name=peak-typed]")
    field.fill("20")
    field.press("Tab")
    assert "out of range" in page.locator("#explorer-said").inner_text()
    assert field.input_value() == "10"


@needs_browser
def test_epochs_become_updates(page):
    send(page)
    page.locator("summary", has_text="epochs").click()
    for name, value in (("epochs", "30"), ("samples", "50000"), ("batch", "128")):
        page.locator(f"#explorer-{name}").fill(value)
    page.locator("#explorer-epochs-use").click()
    assert page.evaluate("settings()")["updates"] == 30 * math.ceil(50_000 / 128)


@needs_browser
def test_pinned_schedules_stay_and_go(page):
    send(page, family="linear", peak=1)
    page.locator("#explorer-pin").click()
    page.select_option("[name=family]", "cosine")
    lines = "document.getElementById('plot-peaks').data.map(line => line.name)"
    assert page.evaluate(lines) == ["pin A", "chosen"]
    rows = page.locator("#explorer-rows tr")
    assert rows.count() == 2 and "Linear" in rows.nth(1).inner_text()
    page.get_by_role("button", name="Choose").click()
    assert page.evaluate("settings()")["family"] == "linear"
    page.get_by_role("button", name="Remove").click()
    assert page.evaluate(lines) == ["constant", "chosen"]
    for _ in range(6):
        page.locator("#explorer-pin").click()
    assert page.evaluate("pinned.length") == 4
    page.locator("#explorer-reset").click()
    assert page.evaluate("[pinned.length, settings().family]") == [0, explorer.FIRST]


@needs_browser
def test_it_says_where_a_run_diverges(page):
    chosen = dict(zip(ORDER, ("constant", 4, 0, 100, 0, 1000)))
    send(page, **chosen)
    losses = explorer.QUADRATIC.expectation(library_rates(chosen, 1000), 1000)
    update = int(np.argmax(losses > 1e4))
    assert f"diverges at update {update}" in page.locator("#plot-loss").inner_html()
    assert f"diverges at update {update}" in page.locator("#explorer-rows").inner_text()
    send(page, **{**chosen, "peak": 0.5})
    assert "diverges" not in page.locator("#plot-loss").inner_html()


@needs_browser
def test_the_numbers_and_the_picture_can_be_saved(page):
    send(page, family="linear", updates=100)
    with page.expect_download() as saved:
        page.locator("#explorer-csv").click()
    rows = saved.value.path().read_text(encoding="utf-8").splitlines()
    assert rows[0].startswith("# chosen: Linear") and rows[1] == "picture,line,x,y"
    rate = [row.split(",") for row in rows if row.startswith("rate,chosen,")]
    chosen = dict(zip(ORDER, ("linear", 0.5, 10, 100, 0, 100)))
    np.testing.assert_allclose(
        [float(row[3]) for row in rate], library_rates(chosen, 100), rtol=1e-11
    )
    with page.expect_download() as saved:
        page.locator("#explorer-png").click()
    content = saved.value.path().read_bytes()
    assert content.startswith(b"\x89PNG") and len(content) > 20_000


KERAS = [
    ("CosineDecay", (0.1, 900), {}),
    ("CosineDecay", (0.01, 900), {"warmup_target": 0.1, "warmup_steps": 100}),
    ("CosineDecay", (0.1, 900), {"alpha": 0.1}),
    ("CosineDecayRestarts", (0.1, 100), {}),
    ("CosineDecayRestarts", (0.1, 90), {"t_mul": 1.0, "m_mul": 0.7, "alpha": 0.1}),
    ("PolynomialDecay", (0.1, 700), {"power": 2.0}),
    ("PolynomialDecay", (0.1, 300), {"cycle": True}),
    ("ExponentialDecay", (0.1, 300, 0.5), {}),
    ("ExponentialDecay", (0.1, 300, 0.5), {"staircase": True}),
    ("InverseTimeDecay", (0.1, 200, 1.0), {}),
    ("PiecewiseConstantDecay", ([499, 749], [0.1, 0.01, 0.001]), {}),
]


@needs_browser
@pytest.mark.parametrize("way", ["serialize", "get_config", "as Python prints it"])
@pytest.mark.parametrize("kind, arguments, others", KERAS)
def test_a_pasted_keras_schedule_is_drawn_as_keras_has_it(
    page, kind, arguments, others, way
):
    keras = pytest.importorskip("keras")
    made = getattr(keras.optimizers.schedules, kind)(*arguments, **others)
    pasted = {
        "serialize": lambda: json.dumps(keras.optimizers.schedules.serialize(made)),
        "get_config": lambda: json.dumps(made.get_config()),
        "as Python prints it": lambda: str(made.get_config()),
    }[way]()
    send(page)
    page.evaluate(
        "text => { document.getElementById('explorer-keras').value = text; "
        "document.getElementById('explorer-keras-draw').click(); }",
        pasted,
    )
    assert "is drawn" in page.locator("#explorer-said").inner_text()
    updates = min(page.evaluate("settings().updates"), 1000)
    found = page.evaluate("[...rates(chosen)]")[:updates]
    expected = [float(made(np.float64(t))) for t in range(updates)]
    np.testing.assert_allclose(found, expected, rtol=2e-3, atol=1e-6)  # Keras: float32
    code, space = page.locator("#explorer-code").inner_text(), {}
    exec(code, space)
    assert space["schedule"].get_config() == {
        **made.get_config(),
        "name": space["schedule"].name,
    }
    url = page.evaluate("location.hash.slice(1)")
    send(page)
    page.evaluate("address => { location.hash = address; }", url)
    page.evaluate("new Promise(done => setTimeout(done))")
    assert page.evaluate("[...rates(chosen)]")[:updates] == found


@needs_browser
@pytest.mark.parametrize(
    "pasted, sentence",
    [
        ("hello", "no JSON"),
        ('{"class_name": "Mine", "config": {}}', "No schedule of Keras was recognised"),
        ('{"name": "CosineDecay", "initial_learning_rate": "x"}', "needs numbers"),
        ("null", "No schedule of Keras was recognised"),
        (
            '{"name": "CosineDecay", "initial_learning_rate": 1e9, "decay_steps": 10}',
            "highest rate",
        ),
    ],
)
def test_what_is_no_keras_schedule_is_answered(page, pasted, sentence):
    send(page)
    page.evaluate(
        "text => { document.getElementById('explorer-keras').value = text; "
        "document.getElementById('explorer-keras-draw').click(); }",
        pasted,
    )
    assert sentence in page.locator("#explorer-said").inner_text()
    assert page.evaluate("settings().family") == explorer.FIRST


@needs_browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_nothing_serious_for_axe(browser, addresses, scheme, width):
    from axe_playwright_python.sync_playwright import Axe

    page = open_page(browser, addresses["http"], PAGE, scheme, width)
    page.locator("[name=peak]").press("ArrowRight")
    page.locator("#explorer-pin").click()
    own = (addresses["http"], "data:", "blob:")
    assert [
        url for url in page.requested if not url.startswith(own)
    ] == [] and not page.complaints  # before axe asks for styles
    page.wait_for_timeout(600)  # the theme's button to the top fades in
    found = [
        (fault["id"], fault["nodes"][0]["target"])
        for fault in Axe().run(page).response["violations"]
        if fault["impact"] in ("serious", "critical")
    ]
    assert not found
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


@needs_browser
def test_on_a_phone_the_effect_is_in_view_while_a_slider_moves(browser, addresses):
    page = browser.new_page(viewport={"width": 360, "height": 740})
    page.goto(addresses["file"] + PAGE)
    for name in explorer.SETTINGS:
        slider = page.locator(f"[name={name}]")
        slider.evaluate("e => e.scrollIntoView({ block: 'end', behavior: 'instant' })")
        page.wait_for_timeout(50)
        box, plot = (
            place.bounding_box() for place in (slider, page.locator("#plot-loss"))
        )
        assert plot["y"] >= 0 and plot["y"] + plot["height"] <= box["y"], name
        assert box["y"] + box["height"] <= 741 and box["height"] >= 44
    sizes = page.evaluate(
        "[...document.querySelectorAll('#explorer svg text')].map(text => "
        "parseFloat(getComputedStyle(text).fontSize))"
    )
    assert min(sizes) >= 9
    page.close()


@needs_browser
def test_without_javascript_a_table_stands_there(browser, addresses):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(addresses["file"] + PAGE)
    table = page.locator("article table").first
    assert table.is_visible() and not page.locator("#explorer").is_visible()
    assert table.locator("tbody tr").count() == len(explorer.FAMILIES)
    context.close()


@functools.cache
def stored():
    return explorer.stored()


@needs_browser
@pytest.mark.parametrize("family", explorer.FAMILIES)
def test_the_real_runs_of_every_slider_setting_are_shown(page, family):
    names = ("warmup", "decay", "floor")
    send(page, family=family)
    page.wait_for_function("family => RUNS[family] !== undefined", arg=family)
    for length, rows in zip(explorer.LENGTHS, stored()[family]["runs"]):
        for key, row in zip(explorer.grid(family), rows):
            for peak, numbers in zip(explorer.PEAKS, row):
                choice = {"family": family, "peak": peak, "updates": length}
                found = page.evaluate(
                    "one => runsOf(one)", choice | dict(zip(names, key))
                )
                assert [*found["marks"], found["low"], found["high"]] == numbers
                break  # the others lie beside it
            assert found["all"] == row


@needs_browser
def test_where_no_run_was_made_none_is_shown(page):
    send(page, family="step", peak=0.5, warmup=10, decay=50, floor=4, updates=1000)
    assert page.locator("#plot-runs-caption").inner_text().replace("\xa0", " ") == (
        "No real runs were made with a floor of 4 %: there are runs with 0, 10 and 30 %."
    )
    lines = page.evaluate("document.getElementById('plot-runs').data.map(l => l.name)")
    assert "chosen" not in lines
    send(page, family="step", updates=5000)
    assert "a length of 5000" in page.locator("#plot-runs-caption").inner_text()


@pytest.mark.parametrize("family", explorer.FAMILIES)
def test_the_stored_runs_are_those_that_would_be_made(family):
    assert stored()[family]["made_from"] == explorer.made_from(family), (
        "run `make explorer-runs`"
    )
    runs = np.array(stored()[family]["runs"])
    lengths, peaks = len(explorer.LENGTHS), len(explorer.PEAKS)
    schedules_of = len(explorer.grid(family))
    assert runs.shape == (lengths, schedules_of, peaks, explorer.MARKS + 3)
    assert np.isfinite(runs).all()


@pytest.mark.parametrize(
    "family, key, updates, peak",
    [("cosine", (10, 100, 0), 100, 0.5), ("plateau", (0, 100, 10), 100, 2.0)],
)
def test_a_stored_curve_is_made_again(family, key, updates, peak):
    curves = explorer.trained(family, [key], updates, [peak]).curves
    runs = stored()[family]["runs"][explorer.LENGTHS.index(updates)]
    row = runs[explorer.grid(family).index(key)][explorer.PEAKS.index(peak)]
    np.testing.assert_allclose(
        explorer.middles(family, curves), row, rtol=6e-3
    )  # three digits


@needs_browser
@pytest.mark.parametrize("peak", [0.0003, 0.00015, 0.0007, 0.3])
def test_no_two_marks_of_an_axis_say_the_same(page, peak):
    send(page, family="linear", peak=peak, updates=20_000)
    words = page.locator("#plot-rate svg text").all_text_contents()
    marks = [word for word in words if word[0].isdigit()]
    across = marks[: marks.index("0", 1)]  # both axes begin at 0
    up = marks[len(across) :]
    assert len(set(across)) == len(across) and len(set(up)) == len(up) > 2, marks


@needs_browser
def test_a_rate_for_adam_hears_that_the_quadratic_is_not_for_it(page):
    for peak, warned in ((0.0003, True), (0.5, False)):
        send(page, family="linear", peak=peak, updates=20_000)
        caption = page.locator("#plot-loss-caption").inner_text()
        assert ("a rate for Adam" in caption) == warned
