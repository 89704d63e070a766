"""Where a figure of several panels can be cut, so that a phone shows them one below the other.

The SVG stays as it is: the page shows parts of it in several windows. A panel that shares the
numbers of its upright axis with the first of its row gets them in a window of its own. A figure is
cut only where that is safe: nothing stands outside its panels, and what is written in one does not
reach into the next.
"""

import functools
import itertools
import re
import xml.etree.ElementTree as xml

from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

SVG = "{http://www.w3.org/2000/svg}"
MOST = 6  # more panels than these are one picture
ROOM = 2  # points around what is written in a panel
BELOW = 4  # points by which a number on an upright axis reaches below its end
LINE = 1  # points; the line of the upright axis is the panel's own
PIXELS_A_POINT = 4 / 3
SMALL = 240  # pixels; two panels that are no wider stand side by side
# what the text beside a figure calls its columns and rows
COLUMNS = {1: [""], 2: ["left", "right"], 3: ["left", "middle", "right"]}
ROWS = {1: [""], 2: ["upper", "lower"]}


@functools.cache
def wide(words, size):
    """The width of words in DejaVu Sans, which is the widest of the fonts that a figure names."""
    font = FontProperties(family="DejaVu Sans", size=size)
    return text_to_path.get_text_width_height_descent(words, font, ismath=False)[0]


def moved(element):
    """By how much an element's transform moves what it holds."""
    found = re.search(
        r"translate\(([-\d.]+)[ ,]([-\d.]+)\)", element.get("transform", "")
    )
    return (float(found[1]), float(found[2])) if found else (0.0, 0.0)


def boxes_of_texts(element, x=0.0, y=0.0):
    """(left, top, right, bottom) of each text in an element."""
    x, y = (here + by for here, by in zip((x, y), moved(element)))
    if element.tag == f"{SVG}text":
        yield box_of_text(element, x, y)
    else:
        for child in element:
            yield from boxes_of_texts(child, x, y)


def box_of_text(text, x, y):
    x, y = x + float(text.get("x", 0)), y + float(text.get("y", 0))
    parts = text.findall(f"{SVG}tspan")  # powers of ten
    styles = " ".join(one.get("style", "") for one in (text, *parts))
    size = max(map(float, re.findall(r"([\d.]+)px", styles)))
    words = "".join((one.text or "").strip() for one in parts or [text])
    length = wide(words, size)
    anchor = re.search(r"text-anchor: (\w+)", styles)
    before = {"middle": length / 2, "end": length}.get(anchor[1] if anchor else "", 0)
    turned = re.search(r"rotate\((-?[\d.]+)", text.get("transform", ""))
    angle = abs(float(turned[1])) if turned else 0
    if angle < 1:
        return x - before, y - size, x - before + length, y + size / 3
    if abs(angle - 90) < 1:
        return x - size, y - length + before, x + size / 3, y + before
    return x - length, y - length, x + length, y + length


def union(*boxes):
    left, top, right, bottom = zip(*boxes)
    return min(left), min(top), max(right), max(bottom)


def overlap(one, other, axis):
    return one[axis] < other[axis + 2] and other[axis] < one[axis + 2]


def points(path):
    numbers = [float(one) for one in re.findall(r"-?\d[\d.]*", path.get("d"))]
    return list(zip(numbers[::2], numbers[1::2]))


def frame_of(group):
    """The box of an axes: its ground, or where it has none, all that is drawn in it."""
    drawn = [points(path) for path in group.iter(f"{SVG}path") if path.get("d")]
    ground = drawn[0]
    corners = len(ground) == 4 and len({x for x, _ in ground}) == 2
    inside = ground if corners else list(itertools.chain(*drawn))
    return union(*((x, y, x, y) for x, y in inside))


def axes_of(figure):
    """(frame, what is written and drawn, on which axes there are numbers) of each axes."""
    for group in figure:
        if not group.get("id", "").startswith("axes_"):
            continue
        frame = frame_of(group)
        ticks = {
            one.get("id")[0]
            for one in group.iter(f"{SVG}g")
            if re.match("[xy]tick_", one.get("id", ""))
            and one.find(f".//{SVG}text") is not None
        }
        yield frame, union(frame, *boxes_of_texts(group)), ticks


def bands(panels, axis):
    """The columns (axis 0) or rows (axis 1) of the panels, or None where one touches the next."""
    found = []
    for panel in sorted(panels, key=lambda one: one[0][axis]):
        if found and overlap(found[-1][0][0], panel[0], axis):
            found[-1].append(panel)
        else:
            found.append([panel])
    for before, after in itertools.pairwise(found):
        end = max(box[axis + 2] for _, box, _ in before)
        if end + ROOM > min(box[axis] for _, box, _ in after):
            return None
    return found


def windows(svg):
    """(name, boxes) of each panel in points, the boxes side by side, and the figure's size; no
    panel where the figure cannot be cut."""
    root = xml.fromstring(svg)
    size = tuple(map(float, root.get("viewBox").split()[2:]))
    figure = next(one for one in root.iter(f"{SVG}g") if one.get("id") == "figure_1")
    names = [one.get("id", "") for one in figure]
    rest = [name for name in names if not name.startswith("axes_")]
    panels = list(axes_of(figure))
    if rest != ["patch_1"] or not 1 < len(panels) <= MOST:
        return [], size
    columns, rows = bands(panels, 0), bands(panels, 1)
    # one panel to a place, each with numbers below it, or none with any
    if not columns or not rows or len(columns) * len(rows) != len(panels):
        return [], size
    if len({"x" in ticks for *_, ticks in panels}) > 1:
        return [], size
    found = []
    for upper, row in zip(ROWS.get(len(rows), itertools.repeat("")), rows):
        top = max(min(box[1] for _, box, _ in row) - ROOM, 0)
        bottom = min(max(box[3] for _, box, _ in row) + ROOM, size[1])
        first = min(row, key=lambda one: one[0][0])
        numbers = (
            (max(first[1][0] - ROOM, 0), top, first[0][0] - LINE, first[0][3] + BELOW)
            if "y" in first[2]
            else None
        )
        for name, (_, box, ticks) in zip(
            COLUMNS.get(len(columns), itertools.repeat("")),
            sorted(row, key=lambda one: one[0][0]),
        ):
            left, right = max(box[0] - ROOM, 0), min(box[2] + ROOM, size[0])
            parts = [(left, top, right, bottom)]
            if numbers and "y" not in ticks:
                parts.insert(0, numbers)
            found.append((f"{upper} {name}".strip().capitalize(), parts))
    return found, size


@functools.cache
def windows_of(path):
    return windows(path.read_text(encoding="utf-8"))


def wide_of(parts):
    return sum(right - left for left, _, right, _ in parts)


def window(image, box, size, share):
    """A part of an image, as wide as a share of the panel."""
    left, top, right, bottom = box
    wide = right - left
    style = (
        f"width: {100 * size[0] / wide:.2f}%; margin: {-100 * top / wide:.2f}% 0 0 "
        f"{-100 * left / wide:.2f}%"
    )
    part = image.replace("<img ", f'<img style="{style}" ', 1)
    return (
        f'<span class="window" style="width: {100 * share:.2f}%; aspect-ratio: '
        f'{wide:.2f} / {bottom - top:.2f}">{part}</span>'
    )


def stacked(image, path):
    """A figure's image, shown panel by panel; empty where it cannot be cut. One image is heard."""
    found, size = windows_of(path) if path.suffix == ".svg" else ([], None)
    if not found:
        return ""
    unheard = re.sub(r' alt="[^"]*"', ' alt=""', image, count=1)
    images = itertools.chain([image], itertools.repeat(unheard))
    widest = max(wide_of(parts) for _, parts in found)
    natural = PIXELS_A_POINT * widest
    room = "50%" if natural <= SMALL else f"min(100%, {natural:.0f}px)"
    shown = [
        f'<span class="panel" style="width: {room}">'
        + (f"<small>{name}:</small>" if name else "")
        + "".join(
            window(next(images), box, size, (box[2] - box[0]) / widest) for box in parts
        )
        + "</span>"
        for name, parts in found
    ]
    return f'<span class="panels">{"".join(shown)}</span>'
