"""The figures: the same bytes for the same data, what they say in words, and what they refuse."""

import math
import re
import xml.etree.ElementTree as xml
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb

from lrdecay_lib import evidence, figures
from lrdecay_lib.schedules import Constant, Cosine, Linear

LOSS = {"constant": 0.5, "cosine": 0.25}


def curves():
    return pd.DataFrame(
        [
            {
                "schedule": name,
                "peak": 0.1,
                "seed": seed,
                "update": update,
                "test_loss": end + (1 - update / 100) + 0.01 * seed,
            }
            for name, end in LOSS.items()
            for seed in range(5)
            for update in (0, 50, 100)
        ]
    )


def table(diverged=()):
    return pd.DataFrame(
        [
            {
                "schedule": name,
                "peak": peak,
                "seed": seed,
                "diverged": peak in diverged,
                "test_loss": np.inf
                if peak in diverged
                else end + np.log2(peak / 0.2) ** 2 + 0.01 * seed,
            }
            for name, end in LOSS.items()
            for seed in range(5)
            for peak in (0.1, 0.2, 0.4)
        ]
    )


def effect(mean, unit="nats"):
    return evidence.Effect(
        "cosine",
        "constant",
        "loss",
        unit,
        tuple(mean + 0.1 * np.linspace(-1, 1, 9)),
        tuple(range(9)),
    )


ALL = {
    "schedules": lambda: figures.schedules(
        {"constant": Constant(0.1), "cosine": 0.1 * Cosine(100)},
        101,
        recorded={"cosine": (0.1 * Cosine(100))(np.arange(101))},
        display=False,
    ),
    "loss_bands": lambda: figures.loss_bands(
        curves(), log=True, title="Bands", display=False
    ),
    "loss_against_peak": lambda: figures.loss_against_peak(table(), display=False),
    "paired_differences": lambda: figures.paired_differences(
        {"digits": effect(1.0), "diabetes": effect(0.0)}, display=False
    ),
    "heat_map": lambda: figures.heat_map(
        table(), "peak", "schedule", "test_loss", display=False
    ),
}


P = np.linspace(0, 1, 41)
ALL |= {
    "lines": lambda: figures.lines(
        {"cosine": (P, 1 - P, P * 0, 2 - P), "constant": ([0, 1], [[1, 2], [2, 4]])},
        "share",
        "rate",
        horizontal={"a half": 0.5},
        vertical={"here": 0.3},
        display=False,
    ),
    "panels": lambda: figures.panels(
        {"a": {"cosine": (P, P)}, "b": {"constant": 1 - P, "cosine": P}},
        ["p", "q"],
        "rate",
        display=False,
    ),
}


@pytest.mark.parametrize("name", ALL)
def test_a_figure_is_the_same_bytes_for_the_same_data(name):
    first, again = (
        figures.to_svg(figure, alt) for figure, _, alt in (ALL[name](), ALL[name]())
    )
    assert first == again


@pytest.mark.parametrize("name", ALL)
def test_a_figure_is_svg_with_text_and_its_description(name):
    figure, _, alt = ALL[name]()
    svg = figures.to_svg(figure, alt)
    tree = xml.fromstring(svg)
    words = " ".join(tree.itertext())
    assert alt in words and "<text" in svg and "<dc:date>" not in svg
    for label in (
        ("digits",) if name == "paired_differences" else ("constant", "cosine")
    ):
        assert label in " ".join(
            "".join(node.itertext())
            for node in tree.iter("{http://www.w3.org/2000/svg}text")
        )


def test_the_words_are_the_numbers():
    assert "cosine goes from 1.27 to 0.27" in ALL["loss_bands"]()[2]
    assert "constant is best, 0.52, at a peak of 0.2" in ALL["loss_against_peak"]()[2]
    low, high = effect(1.0).interval
    assert (
        f"digits +1, interval {low:+.3g} to {high:+.3g}"
        in ALL["paired_differences"]()[2]
    )
    assert "lowest, 0.27, at schedule cosine and peak 0.2" in ALL["heat_map"]()[2]


def test_the_band_is_the_quartiles():
    _, axes, alt = figures.loss_bands(curves(), display=False)
    assert "(quartiles 0.26 and 0.28)" in alt and "median of 5 seeds" in alt
    drawn = axes.lines[1].get_ydata()
    assert drawn[-1] == pytest.approx(0.27)


@pytest.mark.parametrize("seeds", range(2, 13))
def test_of_any_number_of_seeds_the_line_is_the_median(seeds):
    """Not one of the two in the middle: which one, pandas decides anew in each version."""
    losses = np.random.default_rng(seeds).permutation(2.0 ** np.arange(seeds))
    runs = pd.DataFrame({
        "schedule": "linear", "peak": np.repeat([0.1, 0.2], seeds), "update": 9,
        "seed": np.tile(np.arange(seeds), 2), "test_loss": np.tile(losses, 2),
    })  # fmt: skip
    low, middle, high = np.quantile(losses, (0.25, 0.5, 0.75))
    bands = figures.loss_bands(runs[runs["peak"] == 0.1], display=False)
    assert bands[1].lines[0].get_ydata() == pytest.approx([middle])
    assert f"to {middle:.3g} (quartiles {low:.3g} and {high:.3g})" in bands[2]
    against = figures.loss_against_peak(runs, display=False)[1]
    assert against.lines[0].get_ydata() == pytest.approx([middle, middle])


@pytest.mark.parametrize(("seeds", "highest"), [(1, 0.4), (2, 0.2), (3, 0.2)])
def test_where_half_of_the_runs_diverged_there_is_no_point(seeds, highest):
    """Of four: the median of two and two lies between a loss and what a lost run ended at, which
    may be finite."""
    runs = table().query("seed < 4")
    lost = (runs["peak"] == 0.4) & (runs["seed"] < seeds)
    runs = runs.assign(diverged=lost, test_loss=runs["test_loss"].mask(lost, 1e9))
    axes = figures.loss_against_peak(runs, display=False)[1]
    assert max(axes.lines[0].get_xdata()) == highest


def test_where_runs_diverged_there_is_no_point():
    _, axes, alt = figures.loss_against_peak(table(diverged=(0.4,)), display=False)
    assert max(axes.lines[0].get_xdata()) == 0.2 and "inf" not in alt
    _, _, alt = figures.loss_against_peak(
        table(diverged=(0.1, 0.2, 0.4)), display=False
    )
    assert "constant diverged at every peak" in alt


def test_the_best_of_an_accuracy_is_the_highest():
    runs = table().assign(test_accuracy=lambda t: -t["test_loss"])
    assert (
        "at a peak of 0.2"
        in figures.loss_against_peak(runs, "test_accuracy", log=False, display=False)[2]
    )


def test_recorded_rates_that_leave_the_curve_are_said_to():
    wrong = (0.1 * Cosine(100))(np.arange(101) + 1)
    alt = figures.schedules(
        {"cosine": 0.1 * Cosine(100)}, 101, recorded={"cosine": wrong}, display=False
    )[2]
    assert "leave its curve" in alt and "lie on its curve" in ALL["schedules"]()[2]


def test_a_schedule_has_one_look_everywhere():
    bands, against = ALL["loss_bands"]()[1], ALL["loss_against_peak"]()[1]
    assert (
        bands.lines[1].get_color()
        == against.lines[2].get_color()
        == figures.look("cosine")["color"]
    )


def test_labels_at_line_ends_do_not_overlap():
    figure, axes = figures.new()
    axes.plot([0, 1], [0, 1])
    figures.label_ends(
        axes, [(name, 1, 0.5 + i / 1000, "black") for i, name in enumerate("abcd")]
    )
    heights = sorted(
        axes.transData.transform(text.xy)[1] + text.xyann[1] * figure.dpi / 72
        for text in axes.texts
    )
    assert min(np.diff(heights)) >= 11.9 * figure.dpi / 72


# Machado, Oliveira and Fernandes (2009), severity 1, on linear RGB
EYES = {
    "normal": np.eye(3),
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
}


def oklab(color, eyes):
    """A colour in Ottosson's OKLab (2020), as these eyes see it."""
    c = np.array(to_rgb(color))
    linear = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    seen = np.clip(np.array(EYES[eyes]) @ linear, 0, 1)
    cones = np.cbrt(
        np.array(
            [
                [0.4122214708, 0.5363325363, 0.0514459929],
                [0.2119034982, 0.6806995451, 0.1073969566],
                [0.0883024619, 0.2817188376, 0.6299787005],
            ]
        )
        @ seen
    )
    return (
        np.array(
            [
                [0.2104542553, 0.7936177850, -0.0040720468],
                [1.9779984951, -2.4285922050, 0.4505937099],
                [0.0259040371, 0.7827717662, -0.8086757660],
            ]
        )
        @ cones
    )


@pytest.mark.parametrize("eyes", EYES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_looks_are_told_apart_and_seen(scheme, eyes):
    ground, colors = "#FFFFFF", {c for c, _ in figures.LOOKS.values()} | {figures.FAINT}
    if scheme == "dark":
        ground, colors = "#121212", {figures.DARK[color] for color in colors}
    assert min(figures.contrast(color, ground) for color in colors) >= 3
    assert min(figures.contrast(figures.ink(c, ground), ground) for c in colors) >= 4.5
    seen = [oklab(color, eyes) for color in sorted(colors)]
    assert min(np.linalg.norm(a - b) for a, b in combinations(seen, 2)) >= 0.1


@pytest.mark.parametrize(
    "color", ["#e69f00", "#ff0000", "#123456", "#7f7f7f", "#eeeeee"]
)
def test_a_colour_that_the_table_lacks_is_seen_in_the_dark(color):
    other = re.search("#[0-9A-F]{6}", figures.dark(f"<g>{color}</g>"))[0]
    assert figures.contrast(other, figures.DARK["#FFFFFF"]) >= 4.5


def test_cells_of_a_heat_map_keep_their_colours_in_the_dark():
    figure, _, alt = ALL["heat_map"]()
    svg = figures.to_svg(figure, alt)
    pattern = r'<g id="(?:cell|number)-.*?</g>'
    kept = re.findall(pattern, svg, re.DOTALL)
    assert len(kept) == 12 and kept == re.findall(pattern, figures.dark(svg), re.DOTALL)
    assert "#fee838" in "".join(kept)


@pytest.mark.parametrize(
    "curve",
    [
        0.1 * Linear(100),
        lambda t: np.where(t < 50, 0.1, np.nan),
        lambda t: np.where(t < 50, 1e-30, np.inf),
        lambda t: 10.0 ** (-3 * t),
        lambda t: 0.0 * t + (t < 3),
    ],
)
def test_the_label_of_an_end_is_in_the_figure(curve):
    figure, axes, _ = figures.schedules(
        {"line": curve, "cosine": 0.1 * Cosine(100)}, 101, log=True, display=False
    )
    figure.draw_without_rendering()
    for text in axes.texts:
        box = text.get_window_extent()
        assert figure.bbox.y0 <= box.y0 and box.y1 <= figure.bbox.y1, text
        assert figure.bbox.x0 <= box.x0 and box.x1 <= figure.bbox.x1 + 1, text


@pytest.mark.parametrize("far", [175.0, -175.0, 1e4, 60.0])
def test_a_far_seed_does_not_squeeze_the_others(far):
    values = (far, *np.linspace(-1, 1, 19))
    effects = {
        name: evidence.Effect("a", "b", "loss", "%", some, tuple(range(20)))
        for name, some in (("far", values), ("near", (0.5, *values[1:])))
    }
    _, axes, alt = figures.paired_differences(effects, display=False)
    low, high = axes.get_xlim()
    interval = effects["far"].interval
    assert low <= interval[0] and interval[1] <= high and not low <= far <= high
    assert (
        f"1 seed beyond the {'right' if far > 0 else 'left'} edge at {far:+.3g}" in alt
    )
    assert any(f"{far:+.3g}" in text.get_text() for text in axes.texts)


def test_no_seed_is_far_where_all_are_spread():
    effects = {"wide": effect(0.0), "wider": effect(90.0)}
    assert "beyond" not in figures.paired_differences(effects, display=False)[2]


@pytest.mark.parametrize(
    "name", ["a $5 task", "$x$ and $y", "$$", r"\\$1", "50 % of $9$"]
)
def test_a_dollar_in_a_name_is_a_dollar(name):
    for figure, _, alt in (
        figures.lines({name: [1, 2]}, "x", "y", title=name, display=False),
        figures.paired_differences({name: effect(1.0)}, display=False),
        figures.panels({name: {name: [1, 2]}}, "x", "y", display=False),
    ):
        root = xml.fromstring(figures.to_svg(figure, alt))
        texts = ["".join(node.itertext()).strip() for node in root.iter()]
        assert name in texts


@pytest.mark.parametrize(
    "function",
    [
        lambda t: 0.1 if t < 50 else 0.01,
        lambda t: 0.1 * math.exp(-t / 50),
        lambda t: max(0.1 - t / 1000, 0.0),
        lambda t: [0.1, 0.2, 0.3][t % 3],
        lambda t: round(0.1 / (1 + t), 4),
    ],
)
def test_a_function_that_takes_numbers_alone_is_drawn(function):
    _, axes, _ = figures.schedules({"f": function}, 101, display=False)
    assert list(axes.lines[0].get_ydata()) == [function(t) for t in range(101)]


@pytest.mark.parametrize("places", [10, 400, 3000])
def test_last_bits_do_not_change_how_many_points_a_curve_has(places):
    """A line that is straight but for its last bits is what a simplifier would shorten."""
    y = np.linspace(1, 2, places)
    lengths = {
        len(
            re.findall(
                r"[ML] ",
                figures.to_svg(
                    *figures.lines(
                        {"cosine": y * (1 + noise)}, "x", "y", display=False
                    )[::2]
                ),
            )
        )
        for noise in (0, np.random.default_rng(0).normal(0, 2e-16, places))
    }
    assert len(lengths) == 1 and lengths.pop() >= places


@pytest.mark.parametrize(
    "make, lesson",
    [
        (lambda: figures.lines({}, "x", "y"), "curves is empty"),
        (lambda: figures.lines({"a": ([1, 2], [1, 2, 3])}, "x", "y"), r"curves\['a'\]"),
        (lambda: figures.lines({"a": [np.nan]}, "x", "y"), "no finite value"),
        (
            lambda: figures.lines({"a": [1]}, "x", "y", points=["b"]),
            r"points names \['b'\]",
        ),
        (lambda: figures.panels({}, "x", "y"), "contents is empty"),
        (
            lambda: figures.panels({"a": {"b": [1]}}, ["x", "z"], "y"),
            "xlabel must be one",
        ),
        (lambda: figures.schedules({"a": [0.1, 0.2]}, 5), "each of 5 updates"),
        (lambda: figures.schedules({"a": lambda t: "no"}, 5), r"designed\['a'\]"),
        (lambda: figures.schedules({}, 5), "nothing to draw"),
        (lambda: figures.loss_bands(curves(), "no"), "no column 'no'"),
        (lambda: figures.heat_map(table(), "peak", "seed", "no"), "no column 'no'"),
        (lambda: figures.paired_differences({}), "effects is empty"),
        (
            lambda: figures.loss_bands(table().assign(update=0), display=False),
            "3 peaks; choose one",
        ),
        (
            lambda: figures.paired_differences(
                {"a": effect(1), "b": effect(1, "%")}, display=False
            ),
            "one unit",
        ),
    ],
)
def test_misuse_is_named(make, lesson):
    with pytest.raises(ValueError, match=lesson):
        make()


def test_a_shown_figure_is_svg_and_words(monkeypatch):
    shown = []
    monkeypatch.setattr(
        "IPython.display.display", lambda bundle, **more: shown.extend((bundle, more))
    )
    assert figures.paired_differences({"digits": effect(1.0)}) is None
    assert set(shown[0]) == {"image/svg+xml", "text/plain"} and shown[0][
        "text/plain"
    ].startswith("Paired differences (nats)")
    alt = shown[0]["text/plain"]
    assert shown[1]["metadata"] == {"image/svg+xml": {"alt": alt}}
    root = xml.fromstring(shown[0]["image/svg+xml"])
    assert root.get("role") == "img" and root.get("aria-label") == alt


def test_an_interval_that_reaches_below_zero_is_seen_whole():
    """All means lie above 0, so the axis would start there; the bar must not be cut."""
    x, y = [1.0, 2.0, 3.0], np.array([0.5, 0.2, 0.1])
    curve = (x, y, y - 0.4, y + 0.4)
    _, axes, _ = figures.lines({"gain": curve}, "trials", "gain", display=False)
    assert axes.get_ylim()[0] <= -0.3
    _, axes, _ = figures.lines({"gain": (x, y)}, "trials", "gain", display=False)
    assert axes.get_ylim()[0] == 0
