"""The explorer's page: what `explorer.js` needs from the library, and the table that stands there
without JavaScript.

python tools/make_book/explorer.py --runs    makes book/explorer_runs.json, the training runs that
the page shows
"""

import hashlib
import html
import json
import shutil
import sys
from pathlib import Path

import lessons
import numpy as np
import plotly

from lrdecay_lib import figures
from lrdecay_lib.schedules import (
    Anneal,
    Constant,
    Cosine,
    Exponential,
    InverseSqrt,
    Linear,
    Warmup,
)
from lrdecay_lib.tasks import NoisyQuadratic, Teacher

RUNS = lessons.ROOT / "book" / "explorer_runs.json"
FAMILIES = {
    "constant": "Constant",
    "linear": "Linear",
    "cosine": "Cosine",
    "exponential": "Exponential",
    "step": "Step",
    "1-sqrt": "1-sqrt",
    "inverse sqrt": "Inverse square root",
}
FIRST = "cosine"  # the family that the page opens with
# name -> (label, lowest, highest, value at first, unit); shares in percent, of the run or of the
# peak
SETTINGS = {
    "peak": ("Peak rate", 0.02, 4, 0.5, ""),
    "warmup": ("Warmup", 0, 50, 5, "% of the run"),
    "decay": ("Decay", 0, 100, 100, "% of the run"),
    "floor": ("Floor", 0, 50, 0, "% of the peak"),
    "updates": ("Length", 100, 10_000, 1000, "updates"),
}
QUADRATIC = NoisyQuadratic((1.0, 0.3, 0.1, 0.03, 0.01), start=3.0)
LIBRARIES = ("this library", "Keras", "PyTorch", "optax")

# the training runs: every family that decays with each decay share and floor, and the constant rate
TASK, UPDATES, WARMUP, SEEDS = Teacher(), 500, 5, 10
DECAYS, FLOORS = (100, 30), (0, 10)
PEAKS = [float(f"{2 ** (k / 2):.3g}") for k in range(-8, 5)]
METRIC, MARKS = "test_excess_loss", 20


def schedule(family, updates, warmup, decay, floor):
    """The explorer's schedule, with a peak of 1: warmup, then stable, then the decay, which is cut
    where the warmup left no room.

    Args:
        family: a key of `FAMILIES`.
        updates: the length of the run. warmup, decay: percent of it. floor: percent of the peak.
    """
    rise = (updates * warmup + 50) // 100  # rounded half up, as in JavaScript
    fall = min((updates * decay + 50) // 100, updates - rise)
    if family == "constant" or not fall:
        return Warmup(rise) >> Constant()
    start = updates - fall
    curve = {
        "linear": lambda: Linear(fall),
        "cosine": lambda: Cosine(fall),
        "1-sqrt": lambda: Anneal(fall, shape="1-sqrt"),
        "exponential": lambda: Exponential(0.01, fall),
        "step": lambda: Exponential(0.1).every(-(-fall // 3)),
        "inverse sqrt": lambda: InverseSqrt(max(start, 1)),
    }[family]()
    return Warmup(rise) >> Constant(1, start - rise) >> curve.floor(floor / 100)


def grid():
    """(family, decay, floor) of each schedule that is trained."""
    return [
        ("constant", 100, 0),
        *(
            (family, decay, floor)
            for family in FAMILIES
            if family != "constant"
            for decay in DECAYS
            for floor in FLOORS
        ),
    ]


def trained(keys, peaks, seeds=range(SEEDS)):
    """Runs of these schedules as a sweep, each schedule named by its place in the list."""
    from lrdecay_lib.training import sweep

    return sweep(
        TASK,
        {
            str(i): schedule(family, UPDATES, WARMUP, decay, floor)
            for i, (family, decay, floor) in enumerate(keys)
        },
        peaks,
        seeds,
        UPDATES,
        evaluate_every=UPDATES // MARKS,
    )


def quartiles(table):
    """Quartiles over the seeds at each mark, to four digits: rows 25, 50 and 75 %."""
    curves = np.stack([run.to_numpy() for _, run in table.groupby("seed")[METRIC]])
    return [
        [float(f"{value:.4g}") for value in row]
        for row in np.quantile(curves, (0.25, 0.5, 0.75), axis=0)
    ]


def made_from():
    """A digest of everything that decides the runs, except the library's own code."""
    schedules = [
        repr(schedule(family, UPDATES, WARMUP, decay, floor))
        for family, decay, floor in grid()
    ]
    return hashlib.sha256(
        repr((TASK, UPDATES, PEAKS, SEEDS, METRIC, MARKS, schedules)).encode()
    ).hexdigest()[:16]


def write_runs():
    curves = trained(grid(), PEAKS).curves
    rows = [
        {
            "family": family,
            "decay": decay,
            "floor": floor,
            "peak": peak,
            "quartiles": quartiles(
                curves[(curves.schedule == str(i)) & (curves.peak == peak)]
            ),
        }
        for i, (family, decay, floor) in enumerate(grid())
        for peak in PEAKS
    ]
    about = {
        "made_from": made_from(),
        "task": repr(TASK),
        "optimizer": "sgd",
        "updates": UPDATES,
        "warmup": WARMUP,
        "seeds": SEEDS,
        "metric": METRIC,
    }
    lines = ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows)
    RUNS.write_text(
        f'{{"about": {json.dumps(about)},\n"runs": [\n{lines}\n]}}\n', encoding="utf-8"
    )


def lines_of(names):
    """Each schedule's colour and Plotly's name for its dash, as in the book's figures; constant
    follows the text's colour."""
    looks, others = {}, iter([("#7f5bc4", (0, (6, 2, 1, 2)))])
    for name in names:
        look = figures.look(name, others)
        dash = (
            "solid"
            if look["linestyle"] == "-"
            else ",".join(f"{2 * length:g}px" for length in look["linestyle"][1])
        )
        looks[name] = (
            {"dash": dash}
            if name == "constant"
            else {"color": look["color"], "dash": dash}
        )
    return looks


def script():
    """The data that the page needs, as a script: a page opened as a file may not fetch."""
    runs = json.loads(RUNS.read_text(encoding="utf-8"))
    data = {
        "families": FAMILIES,
        "lines": lines_of(FAMILIES),
        "eigenvalues": QUADRATIC.eigenvalues,
        "noise": QUADRATIC.noise,
        "start": QUADRATIC.start,
        "settings": {
            name: dict(zip(("low", "high", "value"), row[1:4]))
            for name, row in SETTINGS.items()
        },
        **runs,
    }
    return f"const DATA = {json.dumps(data, separators=(',', ':'))};\n"


def table():
    """What stands there without JavaScript: every family with the settings that the page opens
    with."""
    runs = json.loads(RUNS.read_text(encoding="utf-8"))["runs"]
    first = {name: row[3] for name, row in SETTINGS.items()}
    rows = []
    for family, title in FAMILIES.items():
        rates = first["peak"] * schedule(
            family, first["updates"], first["warmup"], first["decay"], first["floor"]
        )
        loss = QUADRATIC.expectation(rates, first["updates"])[-1]
        run = next(
            run
            for run in runs
            if run["family"] == family
            and run["peak"] == first["peak"]
            and run["decay"] == first["decay"]
            and run["floor"] == first["floor"]
        )
        low, middle, high = (row[-1] for row in run["quartiles"])
        cells = [
            *(
                f"{rates(int(share * first['updates'])):.3g}"
                for share in (0.05, 0.25, 0.5, 0.75, 1)
            ),
            f"{loss:.3g}",
            f"{middle:.3g} ({low:.3g} to {high:.3g})",
        ]
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
        f"Every family with a peak of {first['peak']:g}, a warmup of {first['warmup']} % and "
        f"no floor: {first['updates']:,} updates on the quadratic, {UPDATES} updates and "
        f"{SEEDS} seeds in the real runs. With JavaScript this page lets you move them all."
    )
    return [
        "<noscript><table "
        f'class="table"><caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>',
        *rows,
        "</tbody></table></noscript>",
    ]


def controls():
    options = "".join(
        "<option "
        f'value="{name}"{" selected" if name == FIRST else ""}>{html.escape(title)}</option>'
        for name, title in FAMILIES.items()
    )
    yield f'<label>Family <select name="family">{options}</select></label>'
    for name, (label, low, high, value, unit) in SETTINGS.items():
        # rates and lengths are moved by factors: the slider holds the logarithm, and the script its
        # reading
        log = name in ("peak", "updates")
        low, high, value = (
            np.log10((low, high, value)).round(6) if log else (low, high, value)
        )
        yield (
            f'<label>{label}: <span><b></b> {unit}</span><input type="range" name="{name}" '
            f'min="{low}" max="{high}" value="{value}" '
            f'step="{"any" if log else 1}"{" data-log" if log else ""}></label>'
        )


def body():
    tabs = "".join(f"<option>{name}</option>" for name in LIBRARIES)
    figure = (
        '<figure><p id="{0}-title"><strong>{1}</strong></p><div id="{0}" class="plot" '
        'role="img" aria-labelledby="{0}-title {0}-caption"></div><figcaption '
        'id="{0}-caption"></figcaption></figure>'
    )
    return [
        *table(),
        '<div id="explorer" hidden>',
        '<form autocomplete="off">',
        *controls(),
        "</form>",
        figure.format("plot-rate", "The schedule"),
        figure.format("plot-loss", "Noisy quadratic: expected loss"),
        figure.format("plot-runs", "The nearest real runs: excess loss"),
        '<section aria-label="Code"><p><label>Code for <select name="code" '
        f'id="explorer-library">{tabs}</select></label> <button type="button" '
        'id="explorer-copy">Copy</button> <span role="status" '
        'id="explorer-copied"></span></p><pre tabindex="0" role="region" aria-label="The '
        'schedule as code"><code id="explorer-code"></code></pre></section>',
        "</div>",
        *(
            f'<script defer src="../_static/{name}"></script>'
            for name in ("explorer_data.js", "plotly.min.js", "explorer.js")
        ),
    ]


def write(folder):
    """The page's parts into ``folder``, and the scripts into its static folder, from which the
    site takes them."""
    static = folder / "static"
    static.mkdir(exist_ok=True)
    (folder / "explorer.md").write_text(
        "```{raw} html\n" + "\n".join(body()) + "\n```\n", encoding="utf-8"
    )
    (static / "explorer_data.js").write_text(script(), encoding="utf-8")
    # the package's own copy: nothing is loaded from another host, and nothing third-party is in the
    # repository
    shutil.copyfile(
        Path(plotly.__file__).with_name("package_data") / "plotly.min.js",
        static / "plotly.min.js",
    )


if __name__ == "__main__":
    if sys.argv[1:] != ["--runs"]:
        sys.exit(
            "This module is part of the site's build. To train its runs again: python "
            "tools/make_book/explorer.py --runs"
        )
    write_runs()
    print(
        f"Wrote {RUNS.relative_to(lessons.ROOT)}, {RUNS.stat().st_size / 1000:.0f} kB."
    )
