"""The figures: the same bytes for the same data, what they say in words, and what they refuse."""

import xml.etree.ElementTree as xml

import numpy as np
import pandas as pd
import pytest

from lrdecay_lib import evidence, figures
from lrdecay_lib.schedules import Constant, Cosine

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


@pytest.mark.parametrize(
    "make, lesson",
    [
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
        "IPython.display.display", lambda bundle, raw: shown.append(bundle)
    )
    assert figures.paired_differences({"digits": effect(1.0)}) is None
    assert set(shown[0]) == {"image/svg+xml", "text/plain"} and shown[0][
        "text/plain"
    ].startswith("Paired differences (nats)")
