"""The explorer's page: what `explorer.js` needs from the library, and the table that stands there
without JavaScript.

python tools/make_book/explorer.py --runs    makes book/explorer_runs.json, the training runs that
the page shows
"""

import hashlib
import html
import json
import math
import sys

import lessons
import numpy as np

from lrdecay_lib import figures
from lrdecay_lib.schedules import (
    Anneal,
    Constant,
    Cosine,
    Exponential,
    InverseSqrt,
    InverseTime,
    Linear,
    Piecewise,
    Polynomial,
    Schedule,
    Warmup,
)
from lrdecay_lib.tasks import NoisyQuadratic, Teacher

RUNS = lessons.ROOT / "book" / "explorer_runs.json"
FAMILIES = {
    "constant": "Constant",
    "linear": "Linear",
    "cosine": "Cosine",
    "1-sqrt": "1-sqrt: warmup, stable, decay (WSD)",
    "polynomial": "Polynomial, squared",
    "tanh": "Hyperbolic tangent",
    "exponential": "Exponential",
    "step": "Step",
    "piecewise": "Piecewise constant",
    "inverse time": "Inverse time, 1/t",
    "inverse sqrt": "Inverse square root",
    "restarts": "Cosine with warm restarts",
    "one cycle": "One cycle",
    "plateau": "Reduce on plateau",
}
FIRST = "cosine"  # the family that the page opens with
QUADRATIC = NoisyQuadratic((1.0, 0.3, 0.1, 0.03, 0.01), start=3.0)
LIBRARIES = ("this library", "Keras", "PyTorch", "optax")
OPTIMIZERS = ("SGD", "Adam", "AdamW")  # that the code can name
# What does not move a family: a constant rate is constant, one cycle and what was pasted from
# Keras hold their own shape, and the plateau's rule has no planned decay.
UNUSED = dict.fromkeys(("constant", "one cycle", "keras"), ("warmup", "decay", "floor"))
UNUSED["plateau"] = ("warmup", "decay")
HABITS = {"1-sqrt": {"decay": 20}}  # as it is commonly used

# The training runs: every setting that the sliders offer. What is typed between them has none.
TASK, SEEDS = Teacher(), 5
PEAKS = [2.0**k for k in range(-4, 3)]
WARMUPS, DECAYS, FLOORS = (0, 10), (10, 20, 50, 100), (0, 10, 30)
LENGTHS = (100, 1000)
METRIC, MARKS = "test_excess_loss", 10
LOOKS = 20  # of the plateau's rule, in a run

# name -> (label, lowest, highest, at first, unit, what the slider offers); shares in percent, of
# the run or of the peak
SETTINGS = {
    "peak": ("Peak rate", 1e-6, 10, 0.5, "", PEAKS),
    "warmup": ("Warmup", 0, 100, 10, "% of the run", WARMUPS),
    "decay": ("Decay", 0, 100, 100, "% of the run", DECAYS),
    "floor": ("Floor", 0, 100, 0, "% of the peak", FLOORS),
    "updates": ("Length", 10, 10_000_000, 1000, "updates", LENGTHS),
}
# name -> what differs from the settings that the page opens with
PRESETS = {
    "Warmup, stable, decay (WSD)": {"family": "1-sqrt", "decay": 20},
    "Warmup and cosine": {"family": "cosine"},
    "Warmup and cosine to a tenth": {"family": "cosine", "floor": 10},
    "Warmup and a straight line": {"family": "linear"},
    "One cycle": {"family": "one cycle", "peak": 1},
    "Step decay": {"family": "step", "warmup": 0},
    "Warm restarts": {"family": "restarts", "warmup": 0},
    "The first transformer's": {"family": "inverse sqrt"},
    "A constant rate that is too large": {"family": "constant", "peak": 4},
    "A constant rate that is too small": {"family": "constant", "peak": 0.0625},
}


def schedule(family, updates, warmup, decay, floor):
    """The explorer's schedule, with a peak of 1: warmup, then stable, then the decay, which is cut
    where the warmup left no room. A constant rate is constant, one cycle has its own
    warmup of 30 %, and the plateau's rule has no plan.

    Args:
        family: a key of `FAMILIES`.
        updates: the length of the run. warmup, decay: percent of it. floor: percent of the peak.
    """
    if family == "constant":
        return Constant()
    if family == "plateau":
        from lrdecay_lib.training import Plateau

        return Plateau(floor=floor / 100)
    if family == "one cycle":
        rise = math.floor((updates * 30 + 50) / 100)
        return Anneal(rise, 0.04, 1.0, "cosine") >> Anneal(
            updates - rise, 1.0, 4e-6, "cosine"
        )
    rise, fall = (math.floor((updates * share + 50) / 100) for share in (warmup, decay))
    fall = min(fall, updates - rise)
    if not fall:
        return Warmup(rise) >> Constant()
    start = updates - fall
    curve = {
        "linear": lambda: Linear(fall),
        "cosine": lambda: Cosine(fall),
        "1-sqrt": lambda: Anneal(fall, shape="1-sqrt"),
        "polynomial": lambda: Polynomial(fall, 2),
        "tanh": lambda: Anneal(fall, shape="tanh"),
        "exponential": lambda: Exponential(0.01, fall),
        "step": lambda: Exponential(0.1).every(-(-fall // 3)),
        "piecewise": lambda: Piecewise(
            (2 * -(-fall // 4), 3 * -(-fall // 4)), (1, 0.1, 0.01)
        ),
        "inverse time": lambda: InverseTime(fall / 5),
        "inverse sqrt": lambda: InverseSqrt(max(start, 1)),
        "restarts": lambda: Cosine(-(-fall // 15)).cycle(4, stretch=2),
    }[family]()
    return Warmup(rise) >> Constant(1, start - rise) >> curve.floor(floor / 100)


def grid(family):
    """(warmup, decay, floor) of each schedule of a family that is trained."""
    return [
        (warmup, decay, floor)
        for warmup in (WARMUPS if uses(family, "warmup") else WARMUPS[:1])
        for decay in (DECAYS if uses(family, "decay") else DECAYS[-1:])
        for floor in (FLOORS if uses(family, "floor") else FLOORS[:1])
    ]


def uses(family, setting):
    """Whether a setting moves this family."""
    return setting not in UNUSED.get(family, ())


def looks(family):
    """How often a run is evaluated."""
    return LOOKS if family == "plateau" else MARKS


def trained(family, keys, updates, peaks, seeds=range(SEEDS)):
    """Runs of these (warmup, decay, floor) as a sweep, each named by its place in the list."""
    from lrdecay_lib.training import sweep

    return sweep(
        TASK,
        {str(i): schedule(family, updates, *key) for i, key in enumerate(keys)},
        peaks,
        seeds,
        updates,
        evaluate_every=updates // looks(family),
    )


def middles(family, table):
    """What is stored of the runs of one setting, to three digits: the median over the seeds at
    each mark, then the quartiles at the end."""
    curves = np.stack([run.to_numpy() for _, run in table.groupby("seed")[METRIC]])
    marks = np.median(curves, axis=0)[:: looks(family) // MARKS]
    low, high = np.quantile(curves[:, -1], (0.25, 0.75))
    return [float(f"{value:.3g}") for value in (*marks, low, high)]


def made_from(family):
    """A digest of everything that decides a family's runs, except the library's own code."""
    schedules = [
        repr(schedule(family, updates, *key))
        for updates in LENGTHS
        for key in grid(family)
    ]
    return hashlib.sha256(
        repr((TASK, PEAKS, SEEDS, METRIC, looks(family), MARKS, schedules)).encode()
    ).hexdigest()[:16]


def runs_of(family):
    """All stored numbers of a family: a list for each length, in it one for each schedule of the
    grid, in it one for each peak."""
    keys, lengths = grid(family), []
    for updates in LENGTHS:
        curves = dict(
            iter(
                trained(family, keys, updates, PEAKS).curves.groupby(
                    ["schedule", "peak"]
                )
            )
        )
        lengths.append(
            [
                [middles(family, curves[str(i), peak]) for peak in PEAKS]
                for i in range(len(keys))
            ]
        )
    return lengths


def stored():
    return json.loads(RUNS.read_text(encoding="utf-8")) if RUNS.exists() else {}


def write_runs(families):
    """Train what is not there yet or was made from something else, family by family: an
    interrupted run goes on where it stopped."""
    for family in families:
        kept = stored()
        if kept.get(family, {}).get("made_from") == made_from(family):
            continue
        print(f"Training {family}", flush=True)
        kept[family] = {"made_from": made_from(family), "runs": runs_of(family)}
        lines = ",\n".join(
            f"{json.dumps(name)}: "
            + json.dumps(kept[name], separators=(",", ":")).replace("]],[[", "]],\n[[")
            for name in FAMILIES
            if name in kept
        )
        lessons.write_whole(RUNS, f"{{{lines}}}\n")


def line(look):
    """A line of the book's figures, its colour in the dark scheme too, and its dash as SVG has
    it."""
    made = {"color": look["color"], "dark": figures.DARK[look["color"]]}
    if look["linestyle"] != "-":
        made["dash"] = " ".join(f"{2.5 * length:g}" for length in look["linestyle"][1])
    return made


def lines():
    """Each family's line; the constant rate follows the text's colour."""
    others = iter(figures._OTHERS)
    return {
        family: {} if family == "constant" else line(figures.look(family, others))
        for family in FAMILIES
    }


def script():
    """The data that the page needs, as a script: a page opened as a file may not fetch."""
    data = {
        "families": FAMILIES,
        "first": FIRST,
        "unused": UNUSED,
        "habits": HABITS,
        "presets": PRESETS,
        "lines": lines(),
        "pins": [
            line(figures.look(None, iter([look]))) for look in figures._OTHERS[1:5]
        ],
        "eigenvalues": QUADRATIC.eigenvalues,
        "noise": QUADRATIC.noise,
        "start": QUADRATIC.start,
        "settings": {
            name: dict(zip(("label", "low", "high", "value", "unit", "stops"), row))
            for name, row in SETTINGS.items()
        },
        "seeds": SEEDS,
        "static": "../_static/",
    }
    return f"const DATA = {json.dumps(data, separators=(',', ':'))};\n"


def runs_script(family):
    runs = json.dumps(stored()[family]["runs"], separators=(",", ":"))
    return f"RUNS[{json.dumps(family)}] = {runs};\n"


def table():
    """What stands there without JavaScript: every family with the settings that the page opens
    with."""
    first = {name: row[3] for name, row in SETTINGS.items()}
    peak, updates = first.pop("peak"), first["updates"]
    all_runs, rows = stored(), []
    for family, title in FAMILIES.items():
        made = schedule(family, **first)
        cells = ["", "", "it answers to the loss", "", "", ""]
        if isinstance(made, Schedule):
            rates = peak * made
            loss = QUADRATIC.expectation(rates, updates)[-1]
            marks = (0.05, 0.25, 0.5, 0.75, 1)
            cells = [
                *(f"{rates(int(share * updates)):.3g}" for share in marks),
                f"{loss:.3g}",
            ]
        key = [
            first[name] if uses(family, name) else None
            for name in ("warmup", "decay", "floor")
        ]
        row = [
            all(one in (None, had) for one, had in zip(key, trained_with))
            for trained_with in grid(family)
        ].index(True)
        numbers = all_runs[family]["runs"][LENGTHS.index(updates)][row][
            PEAKS.index(peak)
        ]
        middle, low, high = numbers[-3:]
        cells.append(f"{middle:.3g} ({low:.3g} to {high:.3g})")
        rows.append(
            f'<tr><th scope="row">{html.escape(title)}</th>'
            + "".join(f"<td>{cell}</td>" for cell in cells)
            + "</tr>"
        )
    head = "".join(
        f'<th scope="col">{name}</th>'
        for name in (
            "Family",
            "Rate at 5 %",
            "25 %",
            "50 %",
            "75 %",
            "100 %",
            "Expected loss at the end, noisy quadratic",
            "Excess loss at the end, real runs: median (quartiles)",
        )
    )
    caption = (
        f"Every family with a peak of {peak:g}, {updates:,} updates, a warmup of "
        f"{first['warmup']} %, a decay over the rest and no floor; {SEEDS} seeds in the real "
        "runs. With JavaScript this page lets you move them all."
    )
    return [
        '<noscript><table class="table without-script">',
        f"<caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>",
        *rows,
        "</tbody></table></noscript>",
    ]


def options(names):
    return "".join(
        f'<option value="{html.escape(value)}">{html.escape(title)}</option>'
        for value, title in names
    )


def controls():
    yield '<p role="status" id="explorer-said"></p>'
    choices = options([("", "Choose …"), *((name, name) for name in PRESETS)])
    yield f'<label>Begin with <select id="explorer-preset">{choices}</select></label>'
    families = options(FAMILIES.items())
    yield (
        f'<label>Family <select name="family">{families}'
        '<option value="keras" hidden>Pasted from Keras</option></select></label>'
    )
    for name, (label, low, high, _, unit, stops) in SETTINGS.items():
        yield (
            f'<div class="setting"><label>{label} <input type="number" name="{name}-typed" '
            f'min="{low}" max="{high}" step="any"> {unit}</label><input type="range" '
            f'name="{name}" min="0" max="{len(stops) - 1}" step="1" '
            f'aria-label="{label}, slider"></div>'
        )
    buttons = {
        "reset": "Reset",
        "pin": "Pin, to compare",
        "link": "Copy link",
        "csv": "CSV",
        "png": "PNG",
    }
    yield (
        '<p class="buttons">'
        + "".join(
            f'<button type="button" id="explorer-{name}">{words}</button>'
            for name, words in buttons.items()
        )
        + "</p>"
    )
    for name, words in (("rate", "rate"), ("update", "updates")):
        yield (
            f'<label class="switch"><input type="checkbox" id="explorer-log-{name}"> '
            f"Logarithmic axis of the {words}</label>"
        )
    fields = "".join(
        f'<label>{label} <input type="number" id="explorer-{name}" min="1" step="any" '
        f'value="{value}"></label>'
        for name, label, value in (
            ("epochs", "Epochs", 10),
            ("samples", "Samples", 50_000),
            ("batch", "Batch size", 128),
        )
    )
    yield (
        f"<details><summary>Length from epochs</summary>{fields}"
        '<button type="button" id="explorer-epochs-use">Use as length</button></details>'
    )
    yield (
        "<details><summary>Paste a Keras schedule</summary><label>What "
        "<code>json.dumps(schedule.get_config())</code> or <code>serialize</code> gives "
        '<textarea id="explorer-keras" rows="4" spellcheck="false"></textarea></label>'
        '<button type="button" id="explorer-keras-draw">Draw it</button></details>'
    )


def body():
    tabs = options((name, name) for name in LIBRARIES)
    optimizers = options((name, name) for name in OPTIMIZERS)
    figure = (
        '<figure><p id="{0}-title"><strong>{1}</strong></p><div id="{0}" class="plot" '
        'role="img" aria-labelledby="{0}-title {0}-caption"></div><figcaption '
        'id="{0}-caption"></figcaption></figure>'
    )
    return [
        *table(),
        '<div id="explorer" hidden>',
        '<div class="answering">',
        '<div class="watch">',
        figure.format("plot-rate", "The schedule"),
        figure.format("plot-loss", "Noisy quadratic: expected loss"),
        "</div>",
        '<form autocomplete="off">',
        *controls(),
        "</form>",
        "</div>",
        figure.format("plot-runs", "Real runs: excess loss"),
        figure.format("plot-peaks", "Loss at the end against the peak"),
        '<section class="compared" aria-label="The numbers" tabindex="0"><table class="table">'
        '<thead><tr><th scope="col">Line</th><th scope="col">Settings</th><th scope="col">'
        'Expected loss at the end</th><th scope="col">Real runs: median (quartiles)</th><td>'
        '</td></tr></thead><tbody id="explorer-rows"></tbody></table></section>',
        '<section aria-label="Code"><p><label id="explorer-code-for">Code for <select '
        f'name="code" id="explorer-library">{tabs}</select></label> <label '
        'id="explorer-optimizer-of" hidden>with <select id="explorer-optimizer">'
        f'{optimizers}</select></label> <button type="button" '
        'id="explorer-copy">Copy</button></p><pre tabindex="0" role="region" aria-label="The '
        'schedule as code"><code id="explorer-code"></code></pre></section>',
        "</div>",
        *(f'<script defer src="../_static/{name}"></script>' for name in SCRIPTS),
    ]


SCRIPTS = ("explorer_data.js", "schedules.js", "keras.js", "plot.js", "explorer.js")


def write(folder):
    """The page's parts into ``folder``, and the data into its static folder, from which the site
    takes them."""
    static = folder / "static"
    static.mkdir(exist_ok=True)
    (folder / "explorer.md").write_text(
        "```{raw} html\n" + "\n".join(body()) + "\n```\n", encoding="utf-8"
    )
    (static / "explorer_data.js").write_text(script(), encoding="utf-8")
    for family in FAMILIES:
        name = f"explorer_runs_{family.replace(' ', '_')}.js"
        (static / name).write_text(runs_script(family), encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:2] != ["--runs"]:
        sys.exit(
            "This module is part of the site's build. To train its runs again: python "
            "tools/make_book/explorer.py --runs [family ...]"
        )
    write_runs(sys.argv[2:] or FAMILIES)
    print(
        f"{RUNS.relative_to(lessons.ROOT)} is up to date, {RUNS.stat().st_size / 1000:.0f} kB."
    )
