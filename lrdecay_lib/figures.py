"""The book's figures, in one style. Knows matplotlib, and nothing of TensorFlow.

A figure is made by `new`, filled, and handed to `show`, which displays it as SVG with its
alternative text. The SVG is the same, byte for byte, whenever the data is (fixed hash salt, no
date), so nbval can compare it. Its text is text. Its background is white in every reader; in dark
mode the site inverts it (book/_static).
"""

from __future__ import annotations

import io
from itertools import cycle

import matplotlib
import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter

# Okabe and Ito's colour-blind-safe palette, and a dash as a second cue. One schedule keeps one look
# in every lesson.
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
_OTHERS = [
    ("#56B4E9", "-"),
    ("#E69F00", (0, (4, 1.5))),
    ("#009E73", (0, (1.5, 1))),
    ("#0072B2", (0, (6, 2, 1, 2))),
    ("#CC79A7", "-"),
    ("#D55E00", (0, (4, 1.5))),
    ("#000000", (0, (1.5, 1))),
    ("#777777", "-"),
]

STYLE = {
    "axes.edgecolor": "#444444",
    "axes.grid": True,
    "axes.labelsize": 10,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": 11,
    "font.family": "sans-serif",
    "font.size": 10,
    "grid.color": "#e0e0e0",
    "grid.linewidth": 0.6,
    "legend.frameon": False,
    "lines.linewidth": 1.8,
    "svg.fonttype": "none",
    "svg.hashsalt": "lrdecay",
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
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
    """Display a figure as SVG, with ``alt``: what is to be seen in it, for those who cannot see
    it."""
    from IPython.display import display

    display({"image/svg+xml": to_svg(figure, alt), "text/plain": alt}, raw=True)


def to_svg(figure, alt):
    """The figure as SVG text. The site reads the alternative text back from its description."""
    file = io.StringIO()
    with matplotlib.rc_context(STYLE):
        figure.savefig(
            file,
            format="svg",
            facecolor="white",
            metadata={"Date": None, "Creator": None, "Description": alt},
        )
    return file.getvalue()


def label_ends(axes, labels):
    """Write each label beside the end of its line, pushed apart where they would overlap.

    Args:
        axes: where the lines are; its limits and scale must be final.
        labels: (text, x, y, colour) of each line's end, in data units.
    """
    _plain_ticks(axes)
    axes.figure.draw_without_rendering()  # settles the layout, so that distances are final
    place = axes.transData.transform
    gap = 12.0 * axes.figure.dpi / 72.0  # one line of text, in pixels
    lowest = -np.inf
    for text, x, y, color in sorted(labels, key=lambda label: label[2]):
        height = place((x, y))[1]
        lowest = max(height, lowest + gap)
        axes.annotate(
            text,
            (x, y),
            xytext=(6, (lowest - height) * 72.0 / axes.figure.dpi),
            textcoords="offset points",
            color=color,
            va="center",
            fontsize=9,
            annotation_clip=False,
        )


def _plain_ticks(axes):
    """On a logarithmic axis of less than two decades: 0.5, 0.6 and not 5 x 10^-1, 6 x 10^-1."""
    for axis, scale, (low, high) in (
        (axes.xaxis, axes.get_xscale(), axes.get_xlim()),
        (axes.yaxis, axes.get_yscale(), axes.get_ylim()),
    ):
        if scale == "log" and low > 0 and high / low < 100:
            fine = (
                range(1, 10) if axis is axes.yaxis else (1, 1.5, 2, 3, 4, 5, 7)
            )  # words need room side by side
            axis.set_major_locator(
                LogLocator(subs=(1, 2, 5) if high / low > 8 else fine)
            )
            axis.set_major_formatter("{x:g}")
            axis.set_minor_formatter(NullFormatter())


def lines(
    curves, xlabel, ylabel, log="", stairs=False, marks=(), title=None, display=True
):
    """Any curves, each labelled at its end.

    Args:
        curves: name -> values (drawn against 0, 1, 2, ...), or name -> (x, values).
        xlabel, ylabel: with their units.
        log: the logarithmic axes: "", "x", "y" or "xy".
        stairs: each value holds until the next x, as a rate does.
        marks: (words, x, y) of points to name, or (words, x, y, False) for one that is wrong: a
            cross.
        title, display: as in `schedules`.
    """
    figure, axes = new(
        xlabel=xlabel,
        ylabel=ylabel,
        xscale="log" if "x" in log else "linear",
        yscale="log" if "y" in log else "linear",
    )
    if title:
        axes.set_title(title)
    others, labels, words = cycle(_OTHERS), [], []
    for name, curve in curves.items():
        x, y = curve if isinstance(curve, tuple) else (np.arange(len(curve)), curve)
        x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
        style = look(name, others)
        axes.plot(x, y, drawstyle="steps-post" if stairs else "default", **style)
        labels.append((name, x[-1], y[-1], style["color"]))
        words.append(
            f"{' '.join(name.split())} goes from {y[0]:.3g} to {y[-1]:.3g} (lowest "
            f"{y.min():.3g}, highest {y.max():.3g})"
        )
    if "y" not in log and min(line.get_ydata().min() for line in axes.lines) >= 0:
        axes.set_ylim(bottom=0)
    for note, x, y, *right in marks:
        right = all(right)
        axes.plot(
            x,
            y,
            "o" if right else "x",
            color="#0072B2" if right else "#B00000",
            markersize=8,
            markeredgewidth=2,
        )
        axes.annotate(
            note,
            (x, y),
            xytext=(0, 12),
            textcoords="offset points",
            ha="center",
            fontsize=9,
        )
        named = f" {' '.join(note.split())}" if note else ""
        words.append(
            f"{'a circle' if right else 'a cross'} marks{named} {x:.3g}, {y:.3g}"
        )
    label_ends(axes, labels)
    alt = f"{ylabel.capitalize()} against {xlabel}: " + "; ".join(words) + "."
    return show(figure, alt) if display else (figure, axes, alt)


def schedules(designed, updates, recorded=None, log=False, title=None, display=True):
    """Learning rate against update: the designed curves, and over them the rates that training
    recorded.

    Args:
        designed: name -> callable of the update index, or an array with the rate of each update.
        updates: how many updates to draw, or an array of update indices.
        recorded: name -> rates that were really used, one for each update from 0; drawn as points.
        log: a logarithmic rate axis.
        title: above the axes.
        display: show the figure and return None; if false, return (figure, axes, alt).
    """
    t = np.arange(updates) if np.ndim(updates) == 0 else np.asarray(updates)
    figure, axes = new(
        xlabel="update", ylabel="learning rate", yscale="log" if log else "linear"
    )
    if title:
        axes.set_title(title)
    others, labels, words = cycle(_OTHERS), [], []
    designed = {
        name: schedule if callable(schedule) else np.asarray(schedule).__getitem__
        for name, schedule in designed.items()
    }
    for name, schedule in designed.items():
        rates = np.asarray(schedule(t), dtype=float) * np.ones(len(t))
        style = look(name, others)
        # a jump is drawn upright where it happens, not as a slope over one update
        axes.plot(t, rates, drawstyle="steps-post", **style)
        labels.append((name, t[-1], rates[-1], style["color"]))
        words.append(
            f"{name} starts at {rates[0]:.3g}, is highest at {rates.max():.3g}, "
            f"lowest at {rates.min():.3g} and ends at {rates[-1]:.3g}"
        )
    for name, rates in (recorded or {}).items():
        some = np.unique(np.linspace(0, len(rates) - 1, 40).astype(int))
        axes.plot(
            some,
            np.asarray(rates)[some],
            "o",
            markersize=4,
            markerfacecolor="none",
            color=LOOKS.get(name, ("#444444",))[0],
        )
        words.append(
            f"the circles, the rates that {name} really used, lie on its curve"
            if np.allclose(
                rates, designed[name](np.arange(len(rates))), rtol=1e-6, atol=0
            )
            else f"the circles, the rates that {name} really used, leave its curve"
        )
    if not log:
        axes.set_ylim(bottom=0)
    label_ends(axes, labels)
    alt = f"Learning rate against update, {t[0]} to {t[-1]}: " + "; ".join(words) + "."
    return show(figure, alt) if display else (figure, axes, alt)


def loss_bands(curves, metric="test_loss", log=False, title=None, display=True):
    """A metric against the update: the median of the runs of each schedule, and a band for the
    runs.

    The band goes from the lower to the upper quartile over the seeds; the caption should say so.

    Args:
        curves: one row for each evaluation of each run, with the columns schedule, peak, seed,
            update and the metric, such as a sweep's ``curves``; one peak for each schedule.
        metric: the column to draw.
        log: a logarithmic axis for it.
        title, display: as in `schedules`.
    """
    figure, axes = new(
        xlabel="update", ylabel=_words(metric), yscale="log" if log else "linear"
    )
    if title:
        axes.set_title(title)
    others, labels, words = cycle(_OTHERS), [], []
    for name, runs in _one_peak(curves):
        low, middle, high = _quartiles(runs.groupby("update")[metric])
        style = look(name, others)
        axes.plot(middle.index, middle, **style)
        axes.fill_between(
            middle.index, low, high, color=style["color"], alpha=0.18, linewidth=0
        )
        labels.append((name, middle.index[-1], middle.iloc[-1], style["color"]))
        words.append(
            f"{name} goes from {middle.iloc[0]:.3g} to {middle.iloc[-1]:.3g} "
            f"(quartiles {low.iloc[-1]:.3g} and {high.iloc[-1]:.3g})"
        )
    label_ends(axes, labels)
    alt = (
        f"{_words(metric).capitalize()} against update, median of "
        f"{curves['seed'].nunique()} seeds: " + "; ".join(words) + "."
    )
    return show(figure, alt) if display else (figure, axes, alt)


def loss_against_peak(
    table, metric="test_loss", log=True, top=None, best=None, title=None, display=True
):
    """The final metric against the peak rate, a line for each schedule, and a ring at each one's
    best.

    The line is the median over the seeds and the band goes from the lower to the upper quartile.
    Where most runs diverged there is no point. The rate axis is logarithmic.

    Args:
        table: one row for each run, with the columns schedule, peak, seed and the metric.
        metric: the column to draw; the best is the highest of an accuracy or R2, and the lowest of
            all else.
        log: a logarithmic axis for the metric.
        top: the upper limit of the metric's axis, or None.
        best: schedule -> the peak to ring, such as `evidence.tune` gave; by default that of the
            best median.
        title, display: as in `schedules`.
    """
    figure, axes = new(
        xlabel="peak learning rate",
        ylabel=_words(metric),
        xscale="log",
        yscale="log" if log else "linear",
    )
    if title:
        axes.set_title(title)
    others, labels, words = cycle(_OTHERS), [], []
    for name, runs in table.groupby("schedule", sort=False):
        low, middle, high = (
            part[np.isfinite(part)] for part in _quartiles(runs.groupby("peak")[metric])
        )
        if "diverged" in runs:
            share = runs.groupby("peak")["diverged"].mean()
            middle = middle[share.reindex(middle.index) <= 0.5]
        if middle.empty:
            words.append(f"{name} diverged at every peak")
            continue
        high = high.reindex(middle.index).fillna(middle.max())
        style = look(name, others)
        axes.plot(middle.index, middle, **style)
        axes.fill_between(
            middle.index,
            low.reindex(middle.index),
            high,
            color=style["color"],
            alpha=0.18,
            linewidth=0,
        )
        lowest = (
            middle.idxmax() if metric.endswith(("accuracy", "r2")) else middle.idxmin()
        )
        ring = best[name] if best is not None else lowest
        axes.plot(
            ring,
            middle[ring],
            "o",
            markersize=7,
            markerfacecolor="white",
            color=style["color"],
        )
        labels.append((name, middle.index[-1], middle.iloc[-1], style["color"]))
        words.append(
            f"{name} is ringed at a peak of {ring:.3g}, where it is {middle[ring]:.3g}"
            if best is not None
            else f"{name} is best, {middle[ring]:.3g}, at a peak of {ring:.3g}"
        )
    if top is not None:
        axes.set_ylim(top=top)
        labels = [(name, x, min(y, top), color) for name, x, y, color in labels]
    label_ends(axes, labels)
    alt = (
        f"Final {_words(metric)} against peak learning rate, median of "
        f"{table['seed'].nunique()} seeds: " + "; ".join(words) + "."
    )
    return show(figure, alt) if display else (figure, axes, alt)


def paired_differences(effects, title=None, display=True):
    """The difference of each seed as a dot, and the mean with its interval, a row for each
    condition.

    Args:
        effects: condition -> `evidence.Effect`, all in one unit. Right of zero the treatment is
            better.
        title, display: as in `schedules`.
    """
    units = {effect.unit for effect in effects.values()}
    if len(units) != 1:
        raise ValueError(f"effects must have one unit; got {sorted(units)}")
    unit = f" ({units.pop()})" if units != {""} else ""
    positive = " or ".join(sorted({effect.positive for effect in effects.values()}))
    figure, axes = new(height=1.2 + 0.55 * len(effects))
    # of the whole figure, because long names of the rows leave the axes too narrow for them
    figure.supxlabel(f"paired difference{unit}, {positive} to the right", fontsize=10)
    if title:
        figure.suptitle(title, fontsize=11)
    words = []
    for row, (name, effect) in enumerate(effects.items()):
        values = np.sort(effect.values)
        spread = (
            0.18 * (np.arange(len(values)) % 5 - 2) / 2
        )  # a fixed jitter, so that the figure stays the same
        axes.plot(
            values, row + spread, "o", markersize=4, color="#999999", markeredgewidth=0
        )
        axes.plot(
            effect.interval,
            (row, row),
            color="#0072B2",
            linewidth=3,
            solid_capstyle="butt",
        )
        axes.plot(effect.mean, row, "D", markersize=6, color="#0072B2")
        words.append(
            f"{name} {effect.mean:+.3g}, interval {effect.low:+.3g} to {effect.high:+.3g}"
        )
    axes.axvline(0, color="#444444", linewidth=1)
    axes.set_yticks(range(len(effects)), list(effects))
    axes.set_ylim(len(effects) - 0.5, -0.5)
    axes.grid(axis="y", visible=False)
    alt = f"Paired differences{unit}, positive is {positive}: " + "; ".join(words) + "."
    return show(figure, alt) if display else (figure, axes, alt)


def heat_map(table, x, y, value, log=False, title=None, display=True):
    """A value over two columns of a table, averaged over all else: colour, and the number in each
    cell.

    Args:
        table: a pandas table with the columns ``x``, ``y`` and ``value``.
        log: a logarithmic colour scale.
        title, display: as in `schedules`.
    """
    wide = table.pivot_table(
        index=y, columns=x, values=value, aggfunc="mean", sort=False
    )
    wide = wide.sort_index(axis=1) if wide.columns.dtype.kind in "iuf" else wide
    wide = wide.sort_index(ascending=False) if wide.index.dtype.kind in "iuf" else wide
    figure, axes = new(height=1.4 + 0.4 * len(wide), xlabel=_words(x), ylabel=_words(y))
    if title:
        axes.set_title(title)
    cells = np.ma.masked_invalid(wide.to_numpy(dtype=float))
    image = axes.imshow(
        cells, cmap="cividis", aspect="auto", norm="log" if log else "linear"
    )
    axes.grid(visible=False)
    for axis, names in ((axes.xaxis, wide.columns), (axes.yaxis, wide.index)):
        axis.set_ticks(
            range(len(names)),
            [f"{name:.2g}" if isinstance(name, float) else str(name) for name in names],
        )
    digits = 3 if wide.shape[1] <= 8 else 2
    for (row, column), number in np.ndenumerate(wide.to_numpy(dtype=float)):
        light = np.isfinite(number) and image.norm(number) > 0.5
        axes.text(
            column,
            row,
            f"{number:.{digits}g}" if np.isfinite(number) else "–",
            ha="center",
            va="center",
            fontsize=9,
            color="black" if light or not np.isfinite(number) else "white",
        )
    low, high = wide.stack().idxmin(), wide.stack().idxmax()
    alt = (
        f"Mean {_words(value)} by {_words(x)} and {_words(y)}: lowest, {wide.loc[low]:.3g}, "
        f"at {_words(y)} {low[0]} and {_words(x)} {low[1]}; highest, {wide.loc[high]:.3g}, at "
        f"{high[0]} and {high[1]}."
    )
    return show(figure, alt) if display else (figure, axes, alt)


def _words(column):
    return str(column).replace("_", " ")


def _quartiles(groups):
    return (
        groups.quantile(share, interpolation="nearest") for share in (0.25, 0.5, 0.75)
    )


def _one_peak(curves):
    for name, runs in curves.groupby("schedule", sort=False):
        if runs["peak"].nunique() != 1:
            raise ValueError(
                f"{name!r} has {runs['peak'].nunique()} peaks; choose one, as "
                "curves[curves.peak == 0.1]"
            )
        yield name, runs
