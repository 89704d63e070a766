"""Are two runs of a cell the same to a reader? Words exactly, figures to a tenth of a point,
ledger rows to six digits.

Processors differ in the last bits of what they compute: which instructions they have decides in
which order sums are added. So a promise that every bit comes back would hold for one machine only.
The promise of this book is that everything that can be seen does:

    text        every character
    figures     elements, styles and words alike; every point within `POINTS` of its place, a
                fifteenth of a line's width; colours of a heat map within `LEVELS` of 255
    ledger      words alike; numbers within `SHARE` of the largest number of their condition

nbval runs the cells; `conftest.py` lets it compare with `Comparison` instead of bit by bit.
`execute.py` keeps what is stored where it is the same, so that a changed file means a changed
result. `reproduce.py` tells how far things moved.
"""

import re
from dataclasses import dataclass, field
from xml.etree import ElementTree

import numpy as np

CLAIM = "application/vnd.lrdecay.claim+json"
POINTS = 0.1  # 1/72 inch; a line is 1.5 wide
LEVELS = 2  # of a colour's 255
SHARE = 1e-6  # the sixth digit; other processors stayed about ten times below it

NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
COLOUR = re.compile(r"#[0-9a-fA-F]{6}\b")
PLACES = {
    "x",
    "y",
    "x1",
    "x2",
    "y1",
    "y2",
    "cx",
    "cy",
    "r",
    "width",
    "height",
    "viewBox",
    "points",
}


@dataclass
class Comparison:
    """What differs between a cell's fresh outputs and its stored ones.

    Attributes:
        visible: sentences, one for each difference that a reader could see; empty if there is none.
        moved: how far the farthest point of a figure lies from its place, in points.
        share: the largest difference of a ledger number, as a share of the largest of its
            condition.
    """

    visible: list = field(default_factory=list)
    moved: float = 0.0
    share: float = 0.0

    @classmethod
    def of(cls, fresh, stored):
        """Compare the outputs of one cell, each a list of notebook outputs."""
        found = cls()
        fresh, stored = (list(map(_parts, outputs)) for outputs in (fresh, stored))
        if [sorted(parts) for parts in fresh] != [sorted(parts) for parts in stored]:
            found.visible.append(
                f"it shows {_kinds(fresh)}, and stored is {_kinds(stored)}"
            )
            return found
        for new, old in zip(fresh, stored, strict=True):
            for kind in sorted(new):
                if kind == "image/svg+xml":
                    found._figure(new[kind], old[kind])
                elif kind == CLAIM:
                    found._row(new[kind], old[kind], "the ledger's row")
                elif new[kind] != old[kind]:
                    found.visible.append(_words(kind, new[kind], old[kind]))
        return found

    # --- figures ---------------------------------------------------------------------

    def _figure(self, fresh, stored):
        if fresh == stored:
            return
        try:
            fresh, stored = (ElementTree.fromstring(svg) for svg in (fresh, stored))
        except ElementTree.ParseError as error:
            self.visible.append(f"a figure is no SVG that can be read ({error})")
            return
        moved = {}
        names = [_own_names(svg) for svg in (fresh, stored)]
        self._element(fresh, stored, names, "the figure", moved)
        for what, far in sorted(moved.items(), key=lambda item: -item[1]):
            self.moved = max(self.moved, far)
            if far > POINTS:
                self.visible.append(
                    f"{what} moved by {far:.3g} points, which can be seen (a line is 1.5 "
                    f"wide, and up to {POINTS} may come from another processor)"
                )

    def _element(self, new, old, names, inside, moved):
        """Compare two elements and what they hold; points that moved are noted under "
        "the object that they are part of."""
        name = old.get("id", "")
        if re.fullmatch(r"[A-Za-z]+\w*_\d+", name) and not name.startswith(
            ("figure_", "axes_")
        ):
            inside = f"{name} of the figure"
        if (new.tag, (new.text or "").strip()) != (old.tag, (old.text or "").strip()):
            self.visible.append(
                f"{inside} says {_short(new)}, and stored is {_short(old)}"
            )
            return
        mine, theirs = (
            {key: own.get(value, value) for key, value in _resolved(item, own).items()}
            for item, own in zip((new, old), names, strict=True)
        )
        if sorted(mine) != sorted(theirs):
            self.visible.append(
                f"{inside} has the attributes {sorted(mine)}, and stored are {sorted(theirs)}"
            )
            return
        for key in mine:
            far = _distance(key, mine[key], theirs[key])
            if far == np.inf:
                self.visible.append(
                    f"{inside} has another {key.split('}')[-1]}: {_clip(mine[key])}, and stored is "
                    f"{_clip(theirs[key])}"
                )
            elif far:
                colour = re.search(r"stroke: (#\w+)|fill: (#\w+)", old.get("style", ""))
                what = f"{inside} ({colour[1] or colour[2]})" if colour else inside
                moved[what] = max(moved.get(what, 0.0), far)
        if len(new) != len(old):
            self.visible.append(
                f"{inside} holds {len(new)} elements, and stored are {len(old)}"
            )
            return
        for one, other in zip(new, old, strict=True):
            self._element(one, other, names, inside, moved)

    # --- rows of the ledger ------------------------------------------------------------

    def _row(self, new, old, where, scale=None):
        if isinstance(new, dict) and isinstance(old, dict) and new.keys() == old.keys():
            if "condition" in new:
                where = f"condition “{old['condition']}” of the ledger's row"
                scale = max(map(abs, _numbers(old)), default=0.0)
            for key in new:
                self._row(new[key], old[key], f"{where}, {key}", scale)
        elif isinstance(new, list) and isinstance(old, list) and len(new) == len(old):
            for one, other in zip(new, old, strict=True):
                self._row(one, other, where, scale)
        elif isinstance(new, float) and isinstance(old, float):
            share = abs(new - old) / max(abs(old), scale or 0.0, 1e-300)
            self.share = max(self.share, share)
            if not share <= SHARE:
                self.visible.append(
                    f"{where}, is {new!r}, and stored is {old!r}: that is {share:.1g} of it, "
                    "more than the last bits"
                )
        elif new != old:
            self.visible.append(f"{where}, is {_clip(new)}, and stored is {_clip(old)}")


def _numbers(condition):
    """The effect, interval and tuning error of a ledger row's condition."""
    for key in ("effect", "interval", "tuning"):
        yield from np.ravel(condition.get(key, []))


def _parts(output):
    """An output as {kind: content}: a stream by its name, data by their types."""
    if output.output_type == "stream":
        return {output.name: output.text}
    if output.output_type == "error":
        return {"error": f"{output.ename}: {output.evalue}"}
    return {
        kind: "".join(data) if isinstance(data, list) else data
        for kind, data in output.data.items()
    }


def _kinds(outputs):
    return " then ".join(" and ".join(sorted(parts)) for parts in outputs) or "nothing"


def _clip(value, width=60):
    text = str(value).replace("\n", " ")
    return repr(text if len(text) <= width else text[: width - 1] + "…")


def _short(element):
    words = (element.text or "").strip()
    return _clip(words) if words else element.tag.split("}")[-1]


def _words(kind, new, old):
    """Where two texts part, and by how much if it is a number."""
    if not (isinstance(new, str) and isinstance(old, str)):
        return f"{kind} is {_clip(new)}, and stored is {_clip(old)}"
    lines = [text.splitlines() for text in (new, old)]
    at = next(
        (i for i, pair in enumerate(zip(*lines, strict=False)) if pair[0] != pair[1]),
        None,
    )
    if at is None:
        return f"{kind} has {len(lines[0])} lines, and stored are {len(lines[1])}"
    one, other = lines[0][at], lines[1][at]
    sentence = f"line {at + 1} of {kind} says {_clip(one, 100)}, and stored is {_clip(other, 100)}"
    numbers = [NUMBER.findall(line) for line in (one, other)]
    if NUMBER.sub("", one) == NUMBER.sub("", other) and len(numbers[0]) == len(
        numbers[1]
    ):
        a, b = next(
            (pair for pair in zip(*numbers, strict=True) if pair[0] != pair[1]),
            ("0", "0"),
        )
        share = abs(float(a) - float(b)) / max(abs(float(b)), 1e-300)
        sentence += f": {a} for {b}, {share:.1g} of it"
        if share < SHARE:
            sentence += ", in the last bits only, so print fewer digits"
    return sentence


# --- places in a figure ------------------------------------------------------------------


def _own_names(svg):
    """The names that the renderer hashes from content, numbered in the order in which they come."""
    hashed = [
        item.get("id")
        for item in svg.iter()
        if re.fullmatch(r"[a-z]\w*[0-9a-f]{8,}\w*", item.get("id", ""))
    ]
    return {name: f"name-{number}" for number, name in enumerate(dict.fromkeys(hashed))}


def _resolved(element, own):
    """An element's attributes with references to hashed names written by number."""

    def name(found):
        return own.get(found[0], found[0])

    return {
        key: re.sub(r"(?<=#)[\w-]+", name, value)
        if "#" in value and not value.startswith("data:")
        else value
        for key, value in element.attrib.items()
    }


def _distance(key, new, old):
    """How far, in points, one attribute's places lie apart; infinite if more than places differ."""
    if new == old:
        return 0.0
    if key == "d":
        return _path_distance(new, old)
    if key == "style":
        return _style_distance(new, old)
    if key == "transform" or key in PLACES:
        a, b = (np.array(NUMBER.findall(text), dtype=float) for text in (new, old))
        if NUMBER.sub("", new) != NUMBER.sub("", old) or len(a) != len(b):
            return np.inf
        if re.search("scale|matrix|skew", new):  # factors, not places
            return 0.0 if np.allclose(a, b, rtol=1e-6, atol=1e-9) else np.inf
        return float(np.abs(a - b).max(initial=0.0))
    return np.inf


def _style_distance(new, old):
    """0 if two styles differ in nothing but shades that nobody can tell apart, else infinite.

    The colours of a heat map are looked up by its numbers, whose last bits choose the neighbour.
    """
    if COLOUR.sub("", new) != COLOUR.sub("", old):
        return np.inf
    shades = [
        np.array(
            [
                int(pair, 16)
                for word in COLOUR.findall(style)
                for pair in (word[1:3], word[3:5], word[5:7])
            ]
        )
        for style in (new, old)
    ]
    return 0.0 if np.abs(shades[0] - shades[1]).max(initial=0) <= LEVELS else np.inf


def _path_distance(new, old):
    """The same commands: point by point. Straight lines with more or fewer points: as curves,
    since the renderer leaves out points that lie nearly on the line, and last bits decide which."""
    commands = [re.findall("[A-Za-z]", NUMBER.sub("", path)) for path in (new, old)]
    points = [np.array(NUMBER.findall(path), dtype=float) for path in (new, old)]
    if commands[0] == commands[1] and len(points[0]) == len(points[1]):
        if len(points[0]) % 2:
            return np.inf
        return float(
            np.hypot(*(points[0] - points[1]).reshape(-1, 2).T).max(initial=0.0)
        )
    if any(set(path) - set("MLz") or path.count("M") != 1 for path in commands):
        return np.inf
    a, b = (path.reshape(-1, 2) for path in points)
    return max(_to_line(a, b), _to_line(b, a))


def _to_line(points, line):
    """The largest distance of the points to a line of straight pieces."""
    if len(line) < 2:
        return float(np.hypot(*(points - line).T).max())
    start, along = line[:-1], np.diff(line, axis=0)
    length = np.maximum((along**2).sum(axis=1), 1e-300)
    farthest = 0.0
    for point in points:
        share = np.clip(((point - start) * along).sum(axis=1) / length, 0.0, 1.0)
        nearest = np.hypot(*(start + share[:, None] * along - point).T).min()
        farthest = max(farthest, float(nearest))
    return farthest
