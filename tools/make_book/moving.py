"""The figures of lessons that answer to sliders: what `moving.js` draws in the place of a
notebook's picture, from the table book/moving.toml. Without JavaScript, and on paper, the picture
stands."""

import html
import json
import tomllib

import lessons
from explorer import line

from lrdecay_lib import figures

TABLE = lessons.ROOT / "book" / "moving.toml"
SCRIPTS = ("schedules.js", "plot.js", "moving.js")


def table():
    """name of a lesson -> its row"""
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


def stops(slider):
    """All values that a slider can take."""
    if "stops" in slider:
        return slider["stops"]
    count = round((slider["high"] - slider["low"]) / slider["step"])
    return [slider["low"] + k * slider["step"] for k in range(count + 1)]


def looks(names):
    """Colour, in both schemes, and dash of each line, as the library gives them in this order."""
    others = iter(figures._OTHERS)
    return {name: line(figures.look(name, others)) for name in names}


def control(name, slider):
    """A slider over the places of its values, which `moving.js` tells to eye and ear."""
    all_stops = stops(slider)
    unit = html.escape(f" {slider['unit']}" if "unit" in slider else "")
    return (
        f"<label>{html.escape(slider['label'])} "
        f'<b aria-hidden="true">{slider["start"]:g}{unit}</b>'
        f'<input type="range" name="{name}" min="0" max="{len(all_stops) - 1}" step="1" '
        f'value="{all_stops.index(slider["start"])}"></label>'
    )


def form(name, up):
    """What stands below the picture of a lesson, hidden until the script has drawn.

    Args:
        name: of the lesson. up: the way from its page to the root of the site.
    """
    row = table()[name]
    about = {
        "name": name,
        "lines": looks(row["lines"]),
        "sliders": {
            key: {"stops": stops(slider), "unit": slider.get("unit", "")}
            for key, slider in row["sliders"].items()
        },
    }
    controls = "".join(control(*item) for item in row["sliders"].items())
    return "\n".join(
        [
            '<form class="moving" autocomplete="off" hidden '
            f"data-about='{html.escape(json.dumps(about), quote=True)}'>",
            f'<div class="sliders">{controls}<button type="reset">Reset</button></div>',
            '<ul class="key"></ul>',
            '<div class="panels"></div>',
            "<output></output>",
            f"<p>{html.escape(row['look_for'])} <em>Try it:</em> {html.escape(row['try'])}</p>",
            "</form>",
            *(
                f'<script defer src="{up}_static/{script}"></script>'
                for script in SCRIPTS
            ),
        ]
    )
