"""The book's figures, in one style. Knows matplotlib, and nothing of TensorFlow.

A figure is made by `new`, filled, and handed to `show`, which displays it as SVG with its alternative text.
The SVG is the same, byte for byte, whenever the data is (fixed hash salt, no date), so nbval can compare it.
Its text is text. Its background is white in every reader; in dark mode the site inverts it (book/_static).
"""

from __future__ import annotations

import io
from itertools import cycle

import matplotlib
import numpy as np
from matplotlib.figure import Figure

# Okabe and Ito's colour-blind-safe palette, and a dash as a second cue. One schedule keeps one look in every lesson.
LOOKS = {
    "constant": ("#000000", "-"),
    "step": ("#0072B2", "-"),
    "exponential": ("#009E73", (0, (5, 1.5))),
    "cosine": ("#D55E00", "-"),
    "linear": ("#CC79A7", (0, (6, 1.5, 1.5, 1.5))),
    "1-sqrt": ("#56B4E9", (0, (3, 1))),
    "wsd": ("#E69F00", "-"),
    "article": ("#B00000", (0, (1.5, 1))),
}
_OTHERS = [("#56B4E9", "-"), ("#E69F00", (0, (4, 1.5))), ("#009E73", (0, (1.5, 1))), ("#0072B2", (0, (6, 2, 1, 2)))]

STYLE = {
    "axes.edgecolor": "#444444", "axes.grid": True, "axes.labelsize": 10, "axes.spines.right": False,
    "axes.spines.top": False, "axes.titlelocation": "left", "axes.titlesize": 11, "font.family": "sans-serif",
    "font.size": 10, "grid.color": "#e0e0e0", "grid.linewidth": 0.6, "legend.frameon": False, "lines.linewidth": 1.8,
    "svg.fonttype": "none", "svg.hashsalt": "lrdecay", "xtick.labelsize": 9, "ytick.labelsize": 9,
}


def look(name, others=None):
    """The colour and dash of a schedule: ``{"color": ..., "linestyle": ...}``.

    A name that is not in `LOOKS` takes the next of ``others``, an iterator that the caller keeps.
    """
    color, linestyle = LOOKS.get(name) or next(others or iter(_OTHERS))
    return {"color": color, "linestyle": linestyle}


def new(width=6.0, height=3.5, columns=1, **axes):
    """A figure in the book's style and its axes (an array of them when ``columns`` is above 1).

    Args:
        width, height: in inches.
        columns: panels side by side, sharing their y axis.
        axes: passed to ``Axes.set`` of each, for example ``xlabel="update"``.
    """
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(width, height), layout="constrained")
        panels = figure.subplots(1, columns, sharey=True)
        for panel in np.atleast_1d(panels):
            panel.set(**axes)
    return figure, panels


def show(figure, alt):
    """Display a figure as SVG, with ``alt``: what is to be seen in it, for those who cannot see it."""
    from IPython.display import display

    display({"image/svg+xml": to_svg(figure, alt), "text/plain": alt}, raw=True)


def to_svg(figure, alt):
    """The figure as SVG text. The site reads the alternative text back from its description."""
    file = io.StringIO()
    with matplotlib.rc_context(STYLE):
        figure.savefig(file, format="svg", facecolor="white",
                       metadata={"Date": None, "Creator": None, "Description": alt})
    return file.getvalue()


def label_ends(axes, labels):
    """Write each label beside the end of its line, pushed apart where they would overlap.

    Args:
        axes: where the lines are; its limits and scale must be final.
        labels: (text, x, y, colour) of each line's end, in data units.
    """
    place = axes.transData.transform
    gap = 12.0 * axes.figure.dpi / 72.0  # one line of text, in pixels
    lowest = -np.inf
    for text, x, y, color in sorted(labels, key=lambda label: label[2]):
        height = place((x, y))[1]
        lowest = max(height, lowest + gap)
        axes.annotate(text, (x, y), xytext=(6, (lowest - height) * 72.0 / axes.figure.dpi),
                      textcoords="offset points", color=color, va="center", fontsize=9, annotation_clip=False)


def schedules(designed, updates, recorded=None, log=False, title=None, display=True):
    """Learning rate against update: the designed curves, and over them the rates that training recorded.

    Args:
        designed: name -> callable of the update index.
        updates: how many updates to draw, or an array of update indices.
        recorded: name -> rates that were really used, one for each update from 0; drawn as points.
        log: a logarithmic rate axis.
        title: above the axes.
        display: show the figure and return None; if false, return (figure, axes, alt).
    """
    t = np.arange(updates) if np.ndim(updates) == 0 else np.asarray(updates)
    figure, axes = new(xlabel="update", ylabel="learning rate", yscale="log" if log else "linear")
    if title:
        axes.set_title(title)
    others, labels, words = cycle(_OTHERS), [], []
    for name, schedule in designed.items():
        rates = np.asarray(schedule(t), dtype=float) * np.ones(len(t))
        style = look(name, others)
        # a jump is drawn upright where it happens, not as a slope over one update
        axes.plot(t, rates, drawstyle="steps-post", **style)
        labels.append((name, t[-1], rates[-1], style["color"]))
        words.append(f"{name} starts at {rates[0]:.3g}, is highest at {rates.max():.3g}, "
                     f"lowest at {rates.min():.3g} and ends at {rates[-1]:.3g}")
    for name, rates in (recorded or {}).items():
        some = np.unique(np.linspace(0, len(rates) - 1, 40).astype(int))
        axes.plot(some, np.asarray(rates)[some], "o", markersize=4, markerfacecolor="none",
                  color=LOOKS.get(name, ("#444444",))[0])
        words.append(f"the circles, the rates that {name} really used, lie on its curve"
                     if np.allclose(rates, designed[name](np.arange(len(rates))), rtol=1e-6, atol=0)
                     else f"the circles, the rates that {name} really used, leave its curve")
    if not log:
        axes.set_ylim(bottom=0)
    label_ends(axes, labels)
    alt = f"Learning rate against update, {t[0]} to {t[-1]}: " + "; ".join(words) + "."
    return show(figure, alt) if display else (figure, axes, alt)
