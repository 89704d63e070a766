"""The landing page's figure: the step decay that the article published beside a right one, and
what a small problem makes of both. `hero.js` moves it; without JavaScript it stands still."""

import html
import json

import numpy as np

from lrdecay_lib import figures
from lrdecay_lib.tasks import NoisyQuadratic

# the settings of lesson 3.2's last part
UPDATES, STEP, FACTOR = 500, 100, 0.5
PROBLEM = NoisyQuadratic((1.0,), noise=1.0, start=10.0)
# the slider: lowest, highest, its step, and where it stands at first
LOW, HIGH, MOVE, PEAK = 0.05, 1.0, 0.01, 0.5
NAMES = {"article": "as the article computes it", "step": "a step decay"}

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 400, 210, 46, 12, 10, 40
# what stands upwards: lowest and highest of the axis, its marks, and whether it is logarithmic
PANELS = {
    "rate": ("learning rate", 0.0, HIGH, (0, 0.2, 0.4, 0.6, 0.8, 1), False),
    "loss": ("expected loss", 1e-3, 100.0, (0.001, 0.01, 0.1, 1, 10, 100), True),
}


def rates(name, peak):
    """The rate of each update."""
    t = np.arange(UPDATES)
    if name == "step":
        return peak * FACTOR ** (t // STEP)
    return peak * np.where(t < STEP, 1.0, FACTOR ** (STEP - t % STEP))


def losses(name, peak):
    """The expected loss before the first update and after each, exactly."""
    return PROBLEM.expectation(rates(name, peak), UPDATES)


def across(update):
    return LEFT + (WIDTH - LEFT - RIGHT) * update / UPDATES


def upwards(value, panel):
    _, low, high, _, log = PANELS[panel]
    if log:
        value, low, high = np.log10(value), np.log10(low), np.log10(high)
    return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * (value - low) / (high - low)


def points(values, panel):
    return " ".join(
        f"{across(t):.1f},{upwards(value, panel):.1f}" for t, value in enumerate(values)
    )


def panel_svg(panel, curves, label):
    """One of the two pictures; its colours and its type come from the style sheet."""
    title, *_, marks, _ = PANELS[panel]
    bottom = HEIGHT - BOTTOM
    lines = [
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{html.escape(label)}">'
    ]
    for mark in marks:
        y = f"{upwards(mark, panel):.1f}"
        lines.append(
            f'<path class="grid" d="M{LEFT} {y}H{WIDTH - RIGHT}"/>'
            f'<text x="{LEFT - 6}" y="{y}" dy="0.35em" text-anchor="end">{mark:g}</text>'
        )
    for t in range(0, UPDATES + 1, STEP):
        lines.append(
            f'<path class="grid" d="M{across(t):.1f} {TOP}V{bottom}"/>'
            f'<text x="{across(t):.1f}" y="{bottom + 16}" text-anchor="middle">{t}</text>'
        )
    lines.append(
        f'<text x="{across(UPDATES / 2):.1f}" y="{HEIGHT - 6}" text-anchor="middle">'
        "update</text>"
    )
    lines += [
        f'<polyline class="{name}" data-panel="{panel}" points="{points(curve, panel)}"/>'
        for name, curve in curves.items()
    ]
    return f"<div><p>{title.capitalize()}</p>{''.join(lines)}</svg></div>"


def times(number):
    """How many times as much, to two digits, as hero.js writes it."""
    return f"{number:.2g}"


def short(number):
    return f"{number:.3g}"


def look():
    """The two colours of each curve, light and dark, which are those of the book's figures."""
    return ";".join(
        f"--{name}-light:{color};--{name}-dark:{figures.DARK[color]}"
        for name in NAMES
        for color in [figures.look(name)["color"]]
    )


def body():
    rate = {name: rates(name, PEAK) for name in NAMES}
    loss = {name: losses(name, PEAK) for name in NAMES}
    end = {name: curve[-1] for name, curve in loss.items()}
    about = {
        "updates": UPDATES,
        "step": STEP,
        "factor": FACTOR,
        "eigenvalues": PROBLEM.eigenvalues,
        "noise": PROBLEM.noise,
        "start": PROBLEM.start,
        "box": [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM],
        "panels": {name: [row[1], row[2], row[4]] for name, row in PANELS.items()},
    }
    key = "".join(
        f'<li><svg viewBox="0 0 28 8" aria-hidden="true"><path class="{name}" '
        f'd="M0 4H28"/></svg>{words}</li>'
        for name, words in NAMES.items()
    )
    pictures = panel_svg(
        "rate",
        rate,
        "The step decay goes down a stair at each hundred updates. The article's function "
        "falls to almost nothing instead, climbs back, and falls again.",
    ) + panel_svg(
        "loss",
        loss,
        "With the step decay the loss falls stair by stair. With the article's function it "
        "stands still most of the time and jumps at the end of each step.",
    )
    return [
        f'<figure class="hero" style="{look()}" data-about=\'{json.dumps(about)}\'>',
        '<p class="says">The article’s step decay is a sawtooth. With a peak of '
        f'<span data-say="peak">{PEAK:g}</span> it ends with <strong><span '
        f'data-say="times">{times(end["article"] / end["step"])}</span> times the loss'
        "</strong> of a real one.</p>",
        f'<ul class="key">{key}</ul>',
        '<form hidden><label for="hero-peak">Move the peak rate</label><input type="range" '
        f'id="hero-peak" min="{LOW:g}" max="{HIGH:g}" step="{MOVE:g}" value="{PEAK:g}" '
        'autocomplete="off"></form>',
        f'<div class="panels">{pictures}</div>',
        f"<figcaption>Exact, after {UPDATES} updates on a quadratic with noise: step decay "
        f'<span data-say="step">{short(end["step"])}</span>, sawtooth <span '
        f'data-say="article">{short(end["article"])}</span>. A step is {STEP} updates, its '
        f"factor {FACTOR:g}. "
        '<a href="../chapters/en/03_2_step_decay.html">Lesson 3.2</a> finds the fault by '
        "program.</figcaption>",
        "</figure>",
        '<script defer src="../_static/schedules.js"></script>',
        '<script defer src="../_static/hero.js"></script>',
    ]
