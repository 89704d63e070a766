"""How often is the rule of verdicts wrong, and how often does it find what is there?

    python -m benchmarks.rule        some minutes; prints the tables and writes results_rule.md

Made-up differences from normal distributions go through `evidence.verdict` itself: a primary
condition and some further ones, all with the same true effect and spread, 20 seeds each. Once they
are independent; once they share half of their variance, as conditions do that have seeds in common.
"""

from pathlib import Path

import numpy as np

from lrdecay_lib import claims, evidence

SEEDS, TRIALS = 20, 10_000
SIZES = (1, 5, 18)  # conditions of a claim, the primary one among them
NAMES = [f"c{k}" for k in range(max(SIZES))]
RESULTS = Path(__file__).with_name("results_rule.md")


def declaration(size):
    """A claim with so many conditions and a margin of 1."""
    return claims.Claim(
        "x", "", "Made up.", "book", "", "decay", "measured", "Made up.", primary=NAMES[0],
        metric="m", margin=1.0, further=NAMES[1:size], control="made up",
    )  # fmt: skip


def trial(rng, size, effect, spread, shared):
    """The verdict on a claim whose conditions all have this true effect, in margins."""
    common = rng.normal(size=SEEDS) * np.sqrt(shared)
    effects = {
        name: evidence.Effect(
            "a",
            "b",
            "m",
            "",
            effect + spread * (common + np.sqrt(1 - shared) * rng.normal(size=SEEDS)),
            range(SEEDS),
        )
        for name in NAMES[:size]
    }
    return evidence.verdict("x", effects, effects[NAMES[0]])


def shares(size, effect, spread, shared=0.0, trials=TRIALS, seed=0):
    """Shares of the words, and of claims with any further condition counted for or against."""
    rng, about = np.random.default_rng((seed, size)), declaration(size)
    plain, evidence.claim = evidence.claim, lambda name: about
    try:
        found = [trial(rng, size, effect, spread, shared) for _ in range(trials)]
    finally:
        evidence.claim = plain
    words = [one.verdict for one in found]
    return {word: words.count(word) / trials for word in evidence.WORDS.values()} | {
        side: sum(one.counts[side] > 0 for one in found) / trials
        for side in ("for", "against")
    }


def percent(share):
    return f"{100 * share:.1f} %"


def main():
    lines = [
        f"{TRIALS:,} made-up claims a row, {SEEDS} seeds. “Spread” is the standard deviation of "
        "the differences over seeds, in margins.",
        "",
        "**False alarms: the true effect is 0.** “Any for” and “any against”: one or more of the "
        "further conditions was counted so. Each of these shares should be at most 2.5 %.",
        "",
        "| conditions | spread | shared variance | supported | refuted | any for | any against |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for size in SIZES:
        for spread, shared in ((1, 0), (10, 0), (100, 0), (100, 0.5)):
            found = shares(size, 0.0, spread, shared)
            cells = [percent(found[k]) for k in ("supported", "refuted")]
            cells += [percent(found[k]) if size > 1 else "" for k in ("for", "against")]
            lines.append(
                f"| {size} | {spread} | {shared:g} | " + " | ".join(cells) + " |"
            )
    lines += [
        "",
        "**Just not enough: the true effect is the margin.** “Supported” is then a false alarm.",
        "",
        "| conditions | spread | supported | not shown | no effect |",
        "| --- | --- | --- | --- | --- |",
    ]
    for size in SIZES:
        found = shares(size, 1.0, 1.5)
        cells = [percent(found[k]) for k in ("supported", "not shown", "no effect")]
        lines.append(f"| {size} | 1.5 | " + " | ".join(cells) + " |")
    lines += [
        "",
        "**Power: the true effect is twice the margin.**",
        "",
        "| conditions | spread | supported | not shown | refuted or no effect |",
        "| --- | --- | --- | --- | --- |",
    ]
    for size in SIZES:
        for spread in (0.5, 1.0, 1.4, 2.5):
            found = shares(size, 2.0, spread)
            cells = [
                found["supported"],
                found["not shown"],
                found["refuted"] + found["no effect"],
            ]
            lines.append(
                f"| {size} | {spread:g} | " + " | ".join(map(percent, cells)) + " |"
            )
    RESULTS.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(RESULTS.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
