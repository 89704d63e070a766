"""The book's figures, in one style. Knows matplotlib, and nothing of TensorFlow.

A figure is made by `new`, filled, and handed to `show`, which displays it as SVG with its
alternative text. The SVG is the same, byte for byte, whenever the data is (fixed hash salt, no
date), so nbval can compare it, and no curve is simplified, so how many points it has does not hang
on a last bit. Its text is text. Its background is white in every reader; the site shows `dark` of
it in the dark scheme.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from itertools import cycle
from xml.sax.saxutils import quoteattr

import matplotlib
import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import (
    FixedFormatter,
    FixedLocator,
    LogLocator,
    MaxNLocator,
    NullFormatter,
    NullLocator,
)
from matplotlib.transforms import ScaledTranslation

# The hues of Okabe and Ito's colour-blind-safe palette, and a dash as a second cue. One schedule
# keeps one look in every lesson. The shades are those, found by a search, that keep any two of
# them, in either scheme and as seen with normal, deuteranopic and protanopic eyes, at least 0.1
# apart in OKLab, with at least 3 to 1 on the page (tests/library/test_figures.py measures both).
LOOKS = {
    "constant": ("#000000", "-"),
    "step": ("#0D447D", "-"),
    "exponential": ("#007F61", (0, (5, 1.5))),
    "cosine": ("#C44011", "-"),
    "linear": ("#C07DA5", (0, (6, 1.5, 1.5, 1.5))),
    "1-sqrt": ("#0F68AA", (0, (3, 1))),
    "wsd": ("#BE8900", "-"),
    "article": ("#A40D00", (0, (1.5, 1))),
}
FAINT = "#4F4F4F"  # single runs, rulers, the frame
_GRID = "#E0E0E0"
_OTHERS = [
    (LOOKS["1-sqrt"][0], "-"),
    (LOOKS["wsd"][0], (0, (4, 1.5))),
    (LOOKS["exponential"][0], (0, (1.5, 1))),
    (LOOKS["step"][0], (0, (6, 2, 1, 2))),
    (LOOKS["linear"][0], "-"),
    (LOOKS["cosine"][0], (0, (4, 1.5))),
    (LOOKS["constant"][0], (0, (1.5, 1))),
    (FAINT, "-"),
]

# What stands for each colour in the dark scheme, whose page is #121212.
DARK = {
    "#FFFFFF": "#121212",
    "#000000": "#E6E6E6",
    "#0D447D": "#3787DA",
    "#007F61": "#5AB67E",
    "#C44011": "#FD7813",
    "#C07DA5": "#B8628E",
    "#0F68AA": "#65AADB",
    "#BE8900": "#FCD27A",
    "#A40D00": "#E04B26",
    FAINT: "#C4C4C4",
    _GRID: "#383838",
}

STYLE = {
    "axes.edgecolor": FAINT,
    "axes.grid": True,
    "axes.labelsize": 10,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": 11,
    "font.family": "sans-serif",
    "font.size": 10,
    "grid.color": _GRID,
    "grid.linewidth": 0.6,
    "legend.frameon": False,
    "lines.linewidth": 1.8,
    "path.simplify": False,
    "svg.fonttype": "none",
    "svg.hashsalt": "lrdecay",
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
}


def contrast(color, ground="#FFFFFF"):
    """The contrast of two colours, from 1 to 21 (WCAG 2.2, "contrast ratio")."""

    def luminance(any_color):
        channels = np.array(to_rgb(any_color))
        linear = np.where(
            channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4
        )
        return linear @ (0.2126, 0.7152, 0.0722) + 0.05

    low, high = sorted((luminance(color), luminance(ground)))
    return high / low


def ink(color, ground="#FFFFFF", least=4.5):
    """A shade of a colour that is dark enough for text: at least 4.5 to 1 on the ground (lighter
    instead on a dark one)."""
    end = 0.0 if contrast("black", ground) > contrast("white", ground) else 1.0
    start = np.array(to_rgb(color))
    for share in np.linspace(0, 1, 51):
        shade = to_hex(start + share * (end - start)).upper()
        if contrast(shade, ground) >= least:
            return shade


# the inks of the palette are shades of it in the dark scheme too
DARK |= {ink(color): DARK[color] for color, _ in LOOKS.values()}


def dark(svg):
    """The same figure for the dark scheme: each colour gives way to its own in `DARK`, and one
    that is not there to the complement of its lightness, light enough for text. Cells of a heat
    map and the numbers in them stay as they are, because there a colour is a value."""

    def other(found):
        color = found[0].upper()
        if color in DARK:
            return DARK[color]
        red, green, blue = to_rgb(color)
        turned = 1 - max(red, green, blue) - min(red, green, blue)
        shade = np.clip(np.array((red, green, blue)) + turned, 0, 1)
        return ink(to_hex(shade), DARK["#FFFFFF"])

    kept = re.split(
        r'(<g id="cell-.*?</g>|<g id="number-.*?</g>)', svg, flags=re.DOTALL
    )
    kept[::2] = [re.sub(r"#[0-9a-fA-F]{6}\b", other, part) for part in kept[::2]]
    # matplotlib leaves black, which is what SVG fills with, unsaid
    return "".join(kept).replace("<svg ", f'<svg fill="{DARK["#000000"]}" ', 1)


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
    it. It is also the output's text, and its metadata as IPython's own images have it."""
    from IPython.display import display

    display(
        {"image/svg+xml": to_svg(figure, alt), "text/plain": alt},
        metadata={"image/svg+xml": {"alt": alt}},
        raw=True,
    )


def to_svg(figure, alt):
    """The figure as SVG text. The site reads the alternative text back from its description;
    where a reader puts the SVG into its page, the root's label is read out."""
    file = io.StringIO()
    with matplotlib.rc_context(STYLE):
        _keep_every_point(figure)
        figure.savefig(
            file,
            format="svg",
            facecolor="white",
            metadata={"Date": None, "Creator": None, "Description": alt},
        )
    # a hundredth of a point is finer than any screen, and half as long to write as a millionth
    svg = re.sub(
        r' d="[^"]*"',
        lambda path: re.sub(r"-?\d+\.\d{3,}", lambda n: f"{float(n[0]):.2f}", path[0]),
        file.getvalue(),
    )
    label = quoteattr(" ".join(alt.split()))
    return svg.replace("<svg ", f'<svg role="img" aria-label={label} ', 1)


def label_ends(axes, labels):
    """Write each label beside the end of its line, inside the figure and pushed apart where they
    would overlap.

    The end of a line that leaves the axes is where it leaves them. A label beside an end within
    the axes moves above or below it where a line would strike it, or else to the margin.

    Args:
        axes: where the lines are; its limits and scale must be final.
        labels: (text, x, y, colour) of each line's end, in data units.
    """
    _plain_ticks(axes)
    _settle(axes.figure)
    to_pixels = axes.transData.transform
    points = 72.0 / axes.figure.dpi
    gap = 12.0 / points  # one line of text, in pixels
    left, right = sorted(axes.get_xlim())
    bottom, top = sorted(axes.get_ylim())
    frame = axes.get_window_extent()
    drawn = _pixels_of_lines(axes)
    margin, placed = [], []
    for text, x, y, color in labels:
        x = np.clip(x, left, right)
        y = np.clip(
            np.nan_to_num(y, nan=bottom, posinf=top, neginf=bottom), bottom, top
        )
        place = to_pixels((x, y))
        size = (
            5.4 * max(map(len, text.split("\n"))) / points,
            gap * (1 + text.count("\n")),
        )
        beside = place[0] >= frame.x1 - 0.08 * frame.width
        spot = None if beside else _free_spot(place, size, drawn, placed, frame)
        if spot is None:
            margin.append((place[1], text, (x, y), place, size, color))
        else:
            placed.append((*spot, *size))
            _write(axes, text, (x, y), (spot - place) * points, color)
    margin.sort(key=lambda label: (label[0], label[1]))
    heights = _spread(
        [label[0] for label in margin],
        [label[4][1] for label in margin],
        frame.y0,
        frame.y1,
    )
    bars = any(isinstance(some, LineCollection) for some in axes.collections)
    for height, (_, text, xy, place, _, color) in zip(heights, margin):
        near = place[0] >= frame.x1 - 0.08 * frame.width and not bars
        away = 6 if near else (frame.x1 - place[0]) * points + 6
        _write(axes, text, xy, (away, (height - place[1]) * points), color)


def _settle(figure):
    """Lay the figure out, so that distances are final."""
    with matplotlib.rc_context(STYLE):
        _keep_every_point(figure)
        figure.draw_without_rendering()


def _keep_every_point(figure):
    """A line decides whether to be simplified when it is made, which may be outside `STYLE`."""
    for axes in figure.axes:
        for line in axes.lines:
            line.recache(always=True)


def _write(axes, text, xy, offset, color):
    axes.annotate(
        _plain(text),
        xy,
        xytext=tuple(offset),
        textcoords="offset points",
        color=ink(color),
        va="center",
        fontsize=9,
        annotation_clip=False,
    )


def _plain(text):
    """A name as it is: a dollar in it is no formula."""
    return str(text).replace("$", r"\$")


def _spread(heights, sizes, bottom, top):
    """Heights in their order, each its label's size from the next, between bottom and top where
    there is room."""
    sizes = np.array(sizes, dtype=float)
    sizes *= min(1.0, (top - bottom + 4) / max(sizes.sum(), 1.0))
    out, low = [], bottom  # clear of the axis below
    for height, size in zip(heights, sizes):
        out.append(max(height, low + size / 2))
        low = out[-1] + size / 2
    high = top + 4
    for i in reversed(range(len(out))):
        out[i] = min(out[i], high - sizes[i] / 2)
        high = out[i] - sizes[i] / 2
    return out


def _pixels_of_lines(axes):
    """Points along all lines of the axes, a few pixels apart."""
    found = [np.empty((0, 2))]
    for line in axes.lines:
        with np.errstate(all="ignore"):
            at = line.get_transform().transform_path(line.get_path()).vertices
        at = at[np.isfinite(at).all(axis=1)]
        if len(at) > 1:
            length = np.r_[0, np.hypot(*np.diff(at, axis=0).T).clip(max=4000).cumsum()]
            if length[-1] > 0:
                steps = np.linspace(0, length[-1], int(length[-1] / 3) + 2)
                at = np.column_stack([np.interp(steps, length, part) for part in at.T])
        found.append(at)
    return np.concatenate(found)


def _free_spot(place, size, drawn, placed, frame):
    """The left middle of a label near a place that no line and no other label strikes, or None."""
    width, height = size
    for dx, dy in (
        (8, 0),
        *((8, sign * up * height) for up in (0.7, 1.2) for sign in (1, -1)),
        *(
            (-width / 2, sign * up * height)
            for up in (0.9, 1.5, 2.2)
            for sign in (1, -1)
        ),
        *(
            (-width - 8, sign * up * height)
            for up in (0.0, 0.7, 1.2)
            for sign in (1, -1)
        ),
    ):
        x, y = place + (dx, dy)
        inside = (
            frame.x0 <= x and frame.y0 + height / 2 <= y <= frame.y1 - height / 2
        ) and x + width <= frame.x1 + 60
        struck = (
            (drawn[:, 0] > x - 2)
            & (drawn[:, 0] < x + width + 2)
            & (np.abs(drawn[:, 1] - y) < height / 2)
        ).any()
        covered = any(
            x < px + pw and px < x + width and abs(y - py) < (height + ph) / 2
            for px, py, pw, ph in placed
        )
        if inside and not struck and not covered:
            return np.array((x, y))
    return None


def _plain_ticks(axes):
    """On a logarithmic axis of less than two decades: 0.5, 0.6 and not 5 x 10^-1, 6 x 10^-1, as
    many as there is room for."""
    for axis, scale, (low, high), room in (
        (axes.xaxis, axes.get_xscale(), axes.get_xlim(), 8),
        (axes.yaxis, axes.get_yscale(), axes.get_ylim(), 10),
    ):
        chosen = isinstance(axis.get_major_locator(), FixedLocator)
        if scale == "log" and not chosen and 0 < low <= high < 100 * low:
            for fine in (
                range(1, 10),
                (1, 1.5, 2, 3, 4, 5, 7),
                (1, 2, 5),
                (1, 3),
                (1,),
            ):
                locator = LogLocator(subs=fine, numticks=50)
                ticks = locator.tick_values(low, high)
                if np.sum((low <= ticks) & (ticks <= high)) <= room:
                    break
            axis.set_major_locator(locator)
            axis.set_major_formatter("{x:g}")
            axis.set_minor_formatter(NullFormatter())


def _set_ticks(axes, xticks):
    places = list(xticks)
    words = (
        [_plain(word) for word in xticks.values()]
        if isinstance(xticks, Mapping)
        else [f"{place:g}" for place in places]
    )
    axes.xaxis.set_major_locator(FixedLocator(places))
    axes.xaxis.set_major_formatter(FixedFormatter(words))
    axes.xaxis.set_minor_locator(NullLocator())


def _free_corner(axes, place, text, drawn, frame):
    """The side of an upright line, and its end (1 the top), where words on it are struck least."""
    pixel = axes.figure.dpi / 72
    at = axes.transData.transform((place, axes.get_ylim()[0]))[0]
    width = 5.4 * len(text) * pixel

    def struck(corner):
        side, height = corner
        middle = frame.y0 + height * frame.height + (8 - 16 * height) * pixel
        start = at + 4 * pixel if side == "left" else at - 4 * pixel - width
        inside = frame.x0 <= start and start + width <= frame.x1 + 20 * pixel
        hits = (
            (drawn[:, 0] > start)
            & (drawn[:, 0] < start + width)
            & (np.abs(drawn[:, 1] - middle) < 8 * pixel)
        )
        return hits.sum() + (0 if inside else 10_000)

    corners = [(side, height) for height in (1, 0) for side in ("left", "right")]
    return min(corners, key=struck)


def _rulers(axes, horizontal, vertical):
    """Thin lines across the axes: the labels of their ends, and the words for the alternative
    text."""
    labels, words = [], []
    for text, place in (horizontal or {}).items():
        axes.axhline(place, color=FAINT, linewidth=1)
        if text:
            labels.append((text, np.inf, place, FAINT))
        words.append(f"a line across at {place:.3g}{text and ': '}{text}")
    if any(vertical or {}):
        _settle(axes.figure)
        drawn, frame = _pixels_of_lines(axes), axes.get_window_extent()
    for text, place in (vertical or {}).items():
        axes.axvline(place, color=FAINT, linewidth=1)
        if text:
            side, height = _free_corner(axes, place, text, drawn, frame)
            axes.annotate(
                _plain(text),
                (place, height),
                xycoords=axes.get_xaxis_transform(),
                xytext=(4 if side == "left" else -4, 3 - 5 * height),
                textcoords="offset points",
                fontsize=9,
                va="top" if height else "bottom",
                ha=side,
            )
        words.append(f"an upright line at {place:.4g}{text and ': '}{text}")
    return labels, words


_MARKERS = "osxD^v"


def _curve(name, curve):
    """x, values (a row for each run), low and high of what a caller gave for a curve."""
    parts = curve if isinstance(curve, tuple) else (None, curve)
    if len(parts) not in (2, 4):
        raise ValueError(
            f"curves[{name!r}] must be values, (x, values) or (x, values, low, high); "
            f"got a tuple of {len(parts)}"
        )
    try:
        values = np.atleast_2d(np.asarray(parts[1], dtype=float))
        x = np.arange(values.shape[-1]) if parts[0] is None else parts[0]
        x = np.asarray(x, dtype=float)
        low, high = (
            np.broadcast_to(np.asarray(part, dtype=float), x.shape)
            for part in (parts[2:] or (np.nan, np.nan))
        )
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"curves[{name!r}] must hold numbers, one for each place: {error}"
        ) from None
    if values.ndim != 2 or x.ndim != 1 or values.shape[1] != len(x) or not len(x):
        raise ValueError(
            f"curves[{name!r}] must have a value for each place; got {values.shape[-1]} values "
            f"and {x.size} places"
        )
    if not np.isfinite(values).any():
        raise ValueError(f"curves[{name!r}] has no finite value to draw")
    return x, values, low, high


def _draw(axes, curves, looks, others, points, stairs):
    """Draw curves; the labels for their ends, and a sentence on each."""
    if not curves:
        raise ValueError("curves is empty: there is nothing to draw")
    strangers = [name for name in points if name not in curves]
    if strangers:
        raise ValueError(f"points names {strangers}, and curves has {list(curves)}")
    labels, words = [], []
    for k, (name, curve) in enumerate(curves.items()):
        x, values, low, high = _curve(name, curve)
        if name not in looks:
            looks[name] = look(name, others)
        style = dict(looks[name])
        bars = np.isfinite(low).any() and len(x) <= 12
        middle = values[0] if len(values) == 1 else np.nanmedian(values, axis=0)
        if name in points:
            marker = _MARKERS[list(points).index(name) % len(_MARKERS)]
            style |= {"linestyle": "none", "marker": marker, "markersize": 4}
        elif bars:
            style |= {"marker": _MARKERS[k % len(_MARKERS)], "markersize": 5}
        if len(values) > 1:
            style["linewidth"] = 0.9
        if bars:
            shift = ScaledTranslation(
                (k - (len(curves) - 1) / 2) * 5 / 72, 0, axes.figure.dpi_scale_trans
            )
            moved = axes.transData + shift  # side by side, so that no bar hides another
            axes.plot(x, values[0], transform=moved, **style)
            axes.vlines(
                x, low, high, color=style["color"], transform=moved, linewidth=1.5
            )
            axes.update_datalim(np.c_[np.r_[x, x], np.r_[low, high]])
            axes.autoscale_view()
        else:
            for run in values:
                axes.plot(x, run, drawstyle=_stairs(len(x), stairs), **style)
            if np.isfinite(low).any():
                step = "post" if stairs else None
                axes.fill_between(
                    x,
                    low,
                    high,
                    color=style["color"],
                    alpha=0.18,
                    linewidth=0,
                    step=step,
                )
        finite = np.flatnonzero(np.isfinite(middle))
        end = finite[-1] if len(finite) else len(x) - 1
        if name and not name.startswith("_"):
            labels.append((name, x[end], middle[end], style["color"]))
        said = " ".join(name.strip("_").split())
        some = values[np.isfinite(values)]
        each = f" ({len(values)} lines, their median)" if len(values) > 1 else ""
        words.append(
            f"{said or 'the curve'}{each} goes from {middle[finite[0]]:.3g} to "
            f"{middle[end]:.3g} (lowest {some.min():.3g}, highest {some.max():.3g})"
            if name not in points
            else f"{len(x)} points{said and ': '}{said}, from {some.min():.3g} to {some.max():.3g}"
        )
    return labels, words


def _stairs(places, stairs=True):
    """Of so many places that a step is a third of a point, a slope looks the same, and the file is
    half as long."""
    return "steps-post" if stairs and places <= 1000 else "default"


def _floor(axes, log):
    """A linear axis of what is never negative starts at 0."""
    values = [np.nanmin(line.get_ydata()) for line in axes.lines]
    values.append(axes.dataLim.ymin)  # of bands and intervals too
    if "y" not in log and min(values) >= 0:
        axes.set_ylim(bottom=0)


def lines(
    curves,
    xlabel,
    ylabel,
    log="",
    stairs=False,
    marks=(),
    title=None,
    display=True,
    *,
    points=(),
    horizontal=None,
    vertical=None,
    xticks=None,
    xlim=None,
    ylim=None,
    alt=None,
):
    """Any curves, each labelled at its end.

    Args:
        curves: name -> values (drawn against 0, 1, 2, ...); name -> (x, values); or name -> (x,
            values, low, high) with an interval: upright bars at up to 12 places, a band above.
            Values with two axes, (runs, places), are one thin line for each run. A name that is
            empty or starts with "_" is not written at the end.
        xlabel, ylabel: with their units.
        log: the logarithmic axes: "", "x", "y" or "xy".
        stairs: each value holds until the next x, as a rate does.
        marks: (words, x, y) of points to name, or (words, x, y, False) for one that is wrong: a
            cross.
        title, display: as in `schedules`.
        points: the names of curves that are points without a line.
        horizontal, vertical: words -> the place of a thin line across the axes.
        xticks: the places of the ticks of x, or place -> words.
        xlim, ylim: (low, high) of the axes; None leaves a side free.
        alt: the alternative text in place of the automatic one.
    """
    figure, axes = new(
        xlabel=xlabel,
        ylabel=ylabel,
        xscale="log" if "x" in log else "linear",
        yscale="log" if "y" in log else "linear",
    )
    if title:
        axes.set_title(_plain(title))
    labels, words = _draw(axes, curves, {}, cycle(_OTHERS), points, stairs)
    _floor(axes, log)
    for note, x, y, *right in marks:
        right = all(right)
        axes.plot(
            x,
            y,
            "o" if right else "x",
            color=LOOKS["step" if right else "article"][0],
            markersize=8,
            markeredgewidth=2,
        )
        axes.annotate(
            _plain(note),
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
    axes.set(xlim=xlim, ylim=ylim)
    if xticks is not None:
        _set_ticks(axes, xticks)
    ruled, said = _rulers(axes, horizontal, vertical)
    words += said
    label_ends(axes, labels + ruled)
    alt = alt or f"{ylabel.capitalize()} against {xlabel}: " + "; ".join(words) + "."
    return show(figure, alt) if display else (figure, axes, alt)


def panels(
    contents,
    xlabel,
    ylabel,
    log="",
    stairs=False,
    *,
    columns=None,
    width=7.5,
    height=None,
    points=(),
    horizontal=None,
    vertical=None,
    xticks=None,
    xlim=None,
    ylim=None,
    title=None,
    alt=None,
    display=True,
):
    """`lines` side by side, with one y axis for all; a name has one look in all of them.

    Args:
        contents: title of the panel -> its curves, as in `lines`.
        xlabel: one for all panels, or a list with one for each.
        columns: panels in a row; by default all.
        width, height: of the figure, in inches; by default 3.2 for each row.
        points: the names of curves that are points; in each panel those that it has.
        stairs, log, horizontal, vertical, xticks, xlim, ylim, title, alt, display: as in `lines`,
            for all panels.
    """
    if not contents:
        raise ValueError("contents is empty: there is no panel to draw")
    columns = columns or len(contents)
    rows = -(-len(contents) // columns)
    below = [xlabel] * len(contents) if isinstance(xlabel, str) else list(xlabel)
    if len(below) != len(contents):
        raise ValueError(
            f"xlabel must be one for all panels or one for each; got {len(below)} for "
            f"{len(contents)} panels"
        )
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(width, height or 3.2 * rows), layout="constrained")
        grid = figure.subplots(rows, columns, sharey=True, squeeze=False).ravel()
    looks, others, ends, sentences = {}, cycle(_OTHERS), [], []
    for number, (axes, (name, curves)) in enumerate(zip(grid, contents.items())):
        axes.set(
            xlabel=below[number],
            xscale="log" if "x" in log else "linear",
            yscale="log" if "y" in log else "linear",
        )
        axes.set_title(_plain(name))
        if number % columns == 0:
            axes.set_ylabel(ylabel)
        some = [point for point in points if point in curves]
        labels, words = _draw(axes, curves, looks, others, some, stairs)
        ends.append(labels)
        sentences.append(f"{' '.join(name.split())}: " + "; ".join(words))
    for axes in grid[len(contents) :]:
        axes.set_visible(False)
    drawn = grid[: len(contents)]
    if all(line.get_ydata().min() >= 0 for axes in drawn for line in axes.lines):
        _floor(drawn[0], log)
    if title:
        figure.suptitle(_plain(title), fontsize=11)
    rulers = []
    for axes, labels in zip(drawn, ends):
        axes.set(xlim=xlim, ylim=ylim)
        if xticks is not None:
            _set_ticks(axes, xticks)
        ruled, rulers = _rulers(axes, horizontal, vertical)
        label_ends(axes, labels + ruled)
    across = below[0] if len(set(below)) == 1 else " and ".join(below)
    alt = alt or (
        f"{ylabel.capitalize()} against {across}, {len(contents)} panels. "
        + ". ".join(sentences)
        + "".join(f"; {ruler}" for ruler in rulers)
        + "."
    )
    return show(figure, alt) if display else (figure, drawn, alt)


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
    if not designed or not len(t):
        raise ValueError(
            f"there is nothing to draw: designed has {len(designed)} schedules, updates {len(t)}"
        )
    figure, axes = new(
        xlabel="update", ylabel="learning rate", yscale="log" if log else "linear"
    )
    if title:
        axes.set_title(_plain(title))
    others, labels, words = cycle(_OTHERS), [], []
    for name, schedule in designed.items():
        rates = _rates(name, schedule, t)
        style = look(name, others)
        # a jump is drawn upright where it happens, not as a slope over one update
        axes.plot(t, rates, drawstyle=_stairs(len(t)), **style)
        labels.append((name, t[-1], rates[-1], style["color"]))
        words.append(
            f"{name} starts at {rates[0]:.3g}, is highest at {rates.max():.3g}, "
            f"lowest at {rates.min():.3g} and ends at {rates[-1]:.3g}"
        )
    for name, rates in (recorded or {}).items():
        if name not in designed:
            raise ValueError(
                f"recorded has {name!r}, and designed has {list(designed)}"
            )
        some = np.unique(np.linspace(0, len(rates) - 1, 40).astype(int))
        axes.plot(
            some,
            np.asarray(rates)[some],
            "o",
            markersize=4,
            markerfacecolor="none",
            color=LOOKS.get(name, (FAINT,))[0],
        )
        words.append(
            f"the circles, the rates that {name} really used, lie on its curve"
            if np.allclose(
                rates,
                _rates(name, designed[name], np.arange(len(rates))),
                rtol=1e-6,
                atol=0,
            )
            else f"the circles, the rates that {name} really used, leave its curve"
        )
    if not log:
        axes.set_ylim(bottom=0)
    label_ends(axes, labels)
    alt = f"Learning rate against update, {t[0]} to {t[-1]}: " + "; ".join(words) + "."
    return show(figure, alt) if display else (figure, axes, alt)


def _rates(name, schedule, updates):
    """The rate of each update, of a callable (also one that takes a single number) or an array."""
    if not callable(schedule):
        rates = np.asarray(schedule, dtype=float)
        if rates.ndim != 1 or len(rates) <= max(updates):
            raise ValueError(
                f"designed[{name!r}] must be a function of the update, or an array with a rate for "
                f"each of {max(updates) + 1} updates; got one of shape {rates.shape}"
            )
        return rates[updates]
    try:
        return np.asarray(schedule(updates), dtype=float) * np.ones(len(updates))
    except Exception:  # whatever a function says that takes numbers alone
        try:
            return np.array([float(schedule(update.item())) for update in updates])
        except Exception as error:
            raise ValueError(
                f"designed[{name!r}] must give a rate for an update: {error}"
            ) from error


def loss_bands(
    curves,
    metric="test_loss",
    log=False,
    title=None,
    display=True,
    *,
    x="update",
    ylabel=None,
    vertical=None,
):
    """A metric against the update: the median of the runs of each schedule, and a band for the
    runs.

    The band goes from the lower to the upper quartile over the seeds; the caption should say so.

    Args:
        curves: one row for each evaluation of each run, with the columns schedule, peak, seed,
            update and the metric, such as a sweep's ``curves``; one peak for each schedule.
        metric: the column to draw.
        log: a logarithmic axis for it.
        title, display: as in `schedules`.
        x: the column of the horizontal axis, such as "round" of federated learning.
        ylabel: the axis in words; by default the column's name.
        vertical: words -> the place of a thin upright line.
    """
    _has(curves, "curves", "schedule", "peak", "seed", x, metric)
    ylabel = ylabel or _words(metric)
    figure, axes = new(
        xlabel=_words(x), ylabel=ylabel, yscale="log" if log else "linear"
    )
    if title:
        axes.set_title(_plain(title))
    others, labels, words = cycle(_OTHERS), [], []
    for name, runs in _one_peak(curves):
        low, middle, high = _quartiles(runs.groupby(x)[metric])
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
    words += _rulers(axes, None, vertical)[1]
    label_ends(axes, labels)
    alt = (
        f"{ylabel.capitalize()} against {_words(x)}, median of "
        f"{curves['seed'].nunique()} seeds: " + "; ".join(words) + "."
    )
    return show(figure, alt) if display else (figure, axes, alt)


def loss_against_peak(
    table, metric="test_loss", log=True, top=None, best=None, title=None, display=True
):
    """The final metric against the peak rate, a line for each schedule, and a ring at each one's
    best.

    The line is the median over the seeds and the band goes from the lower to the upper quartile.
    Where half of the runs diverged, or more, there is no point. The rate axis is logarithmic.

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
    _has(table, "table", "schedule", "peak", "seed", metric)
    figure, axes = new(
        xlabel="peak learning rate",
        ylabel=_words(metric),
        xscale="log",
        yscale="log" if log else "linear",
    )
    if title:
        axes.set_title(_plain(title))
    others, labels, words = cycle(_OTHERS), [], []
    for name, runs in table.groupby("schedule", sort=False):
        low, middle, high = (
            part[np.isfinite(part)] for part in _quartiles(runs.groupby("peak")[metric])
        )
        if "diverged" in runs:
            share = runs.groupby("peak")["diverged"].mean()
            middle = middle[share.reindex(middle.index) < 0.5]
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

    A seed that would squeeze all else, because it lies more than three interquartile ranges
    outside the quartiles of its row, stands at the edge as an arrow with its number.
    """
    if not effects:
        raise ValueError("effects is empty: there is no difference to draw")
    units = {effect.unit for effect in effects.values()}
    if len(units) != 1:
        raise ValueError(f"effects must have one unit; got {sorted(units)}")
    unit = f" ({units.pop()})" if units != {""} else ""
    positive = " or ".join(sorted({effect.positive for effect in effects.values()}))
    figure, axes = new(height=1.2 + 0.55 * len(effects))
    # of the whole figure, because long names of the rows leave the axes too narrow for them
    figure.supxlabel(f"paired difference{unit}, {positive} to the right", fontsize=10)
    if title:
        figure.suptitle(_plain(title), fontsize=11)
    low, high = _axis_of_effects(effects)
    words = []
    for row, (name, effect) in enumerate(effects.items()):
        values = np.sort(effect.values)
        # a fixed jitter, so that the figure stays the same
        spread = 0.18 * (np.arange(len(values)) % 5 - 2) / 2
        inside = (low <= values) & (values <= high)
        axes.plot(
            values[inside],
            (row + spread)[inside],
            "o",
            markersize=4,
            color=FAINT,
            alpha=0.6,
            markeredgewidth=0,
        )
        axes.plot(
            effect.interval,
            (row, row),
            color=LOOKS["1-sqrt"][0],
            linewidth=3,
            solid_capstyle="butt",
        )
        axes.plot(effect.mean, row, "D", markersize=6, color=LOOKS["1-sqrt"][0])
        outside = ""
        for some, edge, arrow, side in (
            (values[values < low], low, "←", "left"),
            (values[values > high], high, "→", "right"),
        ):
            if len(some):
                ends = sorted({f"{some[0]:+.3g}", f"{some[-1]:+.3g}"}, key=float)
                number = " to ".join(ends)
                axes.annotate(
                    f"{arrow} {number}" if side == "left" else f"{number} {arrow}",
                    (edge, row),
                    xytext=(4 if side == "left" else -2, 8),
                    textcoords="offset points",
                    ha=side,
                    va="bottom",
                    fontsize=9,
                )
                outside += (
                    f", {len(some)} {'seed' if len(some) == 1 else 'seeds'} beyond the "
                    f"{side} edge at {number}"
                )
        words.append(
            f"{name} {effect.mean:+.3g}, interval {effect.low:+.3g} to {effect.high:+.3g}{outside}"
        )
    axes.axvline(0, color=FAINT, linewidth=1)
    axes.set_yticks(range(len(effects)), [_plain(name) for name in effects])
    axes.set_ylim(len(effects) - 0.5, -0.5)
    axes.set_xlim(low, high)
    axes.xaxis.set_major_locator(
        MaxNLocator(6)
    )  # long numbers would run into each other
    axes.grid(axis="y", visible=False)
    alt = f"Paired differences{unit}, positive is {positive}: " + "; ".join(words) + "."
    return show(figure, alt) if display else (figure, axes, alt)


def _axis_of_effects(effects):
    """The limits of x: all intervals, zero and seeds, but not seeds that are far out and would
    more than double the axis."""
    core, all_values = [0.0], [0.0]
    for effect in effects.values():
        values = np.asarray(effect.values, dtype=float)
        first, third = np.quantile(values, (0.25, 0.75))
        reach = 3 * (third - first)
        near = (first - reach <= values) & (values <= third + reach)
        core += [*values[near], *effect.interval, effect.mean]
        all_values += [*values, *effect.interval]
    wide, narrow = np.ptp(all_values), np.ptp(core)
    shown = all_values if wide <= 2 * narrow else core
    margin = 0.05 * (np.ptp(shown) or 1.0)
    return min(shown) - margin, max(shown) + margin


def heat_map(table, x, y, value, log=False, title=None, display=True):
    """A value over two columns of a table, averaged over all else: colour, and the number in each
    cell.

    Args:
        table: a pandas table with the columns ``x``, ``y`` and ``value``.
        log: a logarithmic colour scale.
        title, display: as in `schedules`.
    """
    _has(table, "table", x, y, value)
    wide = table.pivot_table(
        index=y, columns=x, values=value, aggfunc="mean", sort=False
    )
    wide = wide.sort_index(axis=1) if wide.columns.dtype.kind in "iuf" else wide
    wide = wide.sort_index(ascending=False) if wide.index.dtype.kind in "iuf" else wide
    figure, axes = new(height=1.4 + 0.4 * len(wide), xlabel=_words(x), ylabel=_words(y))
    if title:
        axes.set_title(_plain(title))
    cells = wide.to_numpy(dtype=float)
    finite = cells[np.isfinite(cells)]
    if not len(finite):
        raise ValueError(f"column {value!r} has no finite value to draw")
    if log and finite.min() <= 0:
        raise ValueError(
            f"column {value!r} must be above 0 for a logarithmic scale; its least is {finite.min()}"
        )
    scale = np.log if log else np.asarray
    lowest, spread = scale(finite.min()), np.ptp(scale(finite)) or 1.0
    axes.grid(visible=False)
    axes.set(xlim=(-0.5, wide.shape[1] - 0.5), ylim=(len(wide) - 0.5, -0.5))
    for axis, names in ((axes.xaxis, wide.columns), (axes.yaxis, wide.index)):
        axis.set_ticks(
            range(len(names)),
            [
                f"{name:.2g}" if isinstance(name, float) else _plain(name)
                for name in names
            ],
        )
    digits = 3 if wide.shape[1] <= 8 else 2
    for (row, column), number in np.ndenumerate(cells):
        if not np.isfinite(number):
            axes.text(column, row, "–", ha="center", va="center", fontsize=9)
            continue
        ground = to_hex(
            matplotlib.colormaps["cividis"]((scale(number) - lowest) / spread)
        )
        cell = Rectangle(
            (column - 0.5, row - 0.5), 1, 1, color=ground, linewidth=0.5, zorder=0.5
        )
        cell.set_gid(f"cell-{row}-{column}")
        axes.add_patch(cell)
        # not pure black, which the SVG would leave unsaid and the dark scheme would turn
        best = max(("#010101", "#FEFEFE"), key=lambda tone: contrast(tone, ground))
        axes.text(
            column,
            row,
            f"{number:.{digits}g}",
            ha="center",
            va="center",
            fontsize=9,
            color=best,
        ).set_gid(f"number-{row}-{column}")
    low, high = wide.stack().idxmin(), wide.stack().idxmax()
    alt = (
        f"Mean {_words(value)} by {_words(x)} and {_words(y)}: lowest, {wide.loc[low]:.3g}, "
        f"at {_words(y)} {low[0]} and {_words(x)} {low[1]}; highest, {wide.loc[high]:.3g}, at "
        f"{high[0]} and {high[1]}."
    )
    return show(figure, alt) if display else (figure, axes, alt)


def _words(column):
    return str(column).replace("_", " ")


def _has(table, argument, *columns):
    missing = [column for column in columns if column not in table]
    if missing or not len(table):
        raise ValueError(
            f"{argument} has no column {', '.join(map(repr, missing))}; it has "
            f"{', '.join(map(repr, table.columns))}"
            if missing
            else f"{argument} has no row to draw"
        )


def _quartiles(groups):
    return (groups.quantile(share) for share in (0.25, 0.5, 0.75))


def _one_peak(curves):
    for name, runs in curves.groupby("schedule", sort=False):
        if runs["peak"].nunique() != 1:
            raise ValueError(
                f"{name!r} has {runs['peak'].nunique()} peaks; choose one, as "
                "curves[curves.peak == 0.1]"
            )
        yield name, runs
