"""The page of schedule cards, written from the library's table."""

import numpy as np

from lrdecay_lib import figures
from lrdecay_lib.cards import CARDS, EVERY, RECIPES, UPDATES

PAST_THE_END = 200


def curve(name, card):
    """The card's picture, as SVG."""
    figure, axes = figures.new(
        width=4.2, height=2.1, xlabel="update", ylabel="learning rate", ylim=(0, 0.108)
    )
    updates = np.arange(UPDATES + PAST_THE_END)
    rates = card.schedule(updates)
    axes.plot(updates, rates, color=figures.look(name)["color"], drawstyle="steps-post")
    axes.axvline(UPDATES, color="#888888", linewidth=0.8, linestyle=":")
    if card.losses:  # a rule: the losses that it was told, behind the rates
        behind = axes.twinx()
        at = EVERY * np.arange(1, len(card.losses) + 1)
        behind.plot(at, card.losses, "o", color=figures.FAINT, markersize=3)
        behind.set(ylabel="validation loss", ylim=(0, 1.08))
        behind.spines[:].set_visible(False)
    quarters = ", ".join(f"{card.schedule(t):.2g}" for t in (0, 250, 500, 750, 1000))
    return figures.to_svg(
        figure,
        f"{card.title}: the rates at updates 0, 250, 500, 750 and 1,000 are {quarters}."
        + (" Dots: the losses that it was told." if card.losses else ""),
    )


def anchor(name):
    return "card-" + name.replace(" ", "-")


def one(name, card):
    tabs = [("This library", card.rule or card.code, "python")]
    tabs += [
        (library, card.calls.get(library, recipe), "python")
        for library, recipe in RECIPES.items()
    ]
    lines = [
        f"({anchor(name)})=",
        f"## {card.title}",
        "",
        "::::{grid} 1 1 2 2",
        ":gutter: 3",
        "",
        ":::{grid-item}",
        f"![](generated/card_{name.replace(' ', '_')}.svg)",
        ":::",
        "",
        ":::{grid-item}",
        "$$",
        r"\begin{aligned}",
        r" \\ ".join(line.replace("=", "&=", 1) for line in card.formula),
        r"\end{aligned}",
        "$$",
        ":::",
        "::::",
        "",
        f"**When.** {card.when}",
        "",
        f"**What it costs.** {card.cost}",
        "",
        "::::{tab-set}",
    ]
    for title, code, language in tabs:
        lines += [
            f":::{{tab-item}} {title}",
            f"```{language}",
            *wrapped(code),
            "```",
            *([card.comparison(title)] if title in RECIPES else []),
            ":::",
        ]
    lines += ["::::", ""]
    for trap, source, address in card.traps:
        lines += [
            f"- **Trap.** {trap} ({f'[{source}]({address})' if address else source})"
        ]
    if card.source:
        lines += [
            "",
            "Source: " + ", ".join(f"{{cite:t}}`{key}`" for key in card.source) + ".",
        ]
    return "\n".join(lines) + "\n"


def wrapped(code, width=72):
    """A call on several lines where it is long, broken behind the opening bracket and its
    commas at the top level."""
    if len(code) <= width or "(" not in code or code.startswith("0.1"):
        return [code]
    if " >> " in code:
        first, *others = code.split(" >> ")
        return ["(", f"    {first}", *(f"    >> {piece}" for piece in others), ")"]
    head, rest = code.split("(", 1)
    depth, parts, start = 0, [], 0
    for i, letter in enumerate(rest[:-1]):
        depth += (letter in "([{") - (letter in ")]}")
        if letter == "," and depth == 0:
            parts.append(rest[start : i + 1].strip())
            start = i + 1
    parts.append(rest[start:-1].strip())
    return (
        [head + "(", *(f"    {part}" for part in parts), ")"]
        if rest.endswith(")") and depth == 0
        else [code]
    )


def write(folder):
    for name, card in CARDS.items():
        (folder / f"card_{name.replace(' ', '_')}.svg").write_text(
            curve(name, card), encoding="utf-8"
        )
    (folder / "cards.md").write_text(
        "\n".join(one(name, card) for name, card in CARDS.items()), encoding="utf-8"
    )
