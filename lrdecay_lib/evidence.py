"""From runs to verdicts. Knows NumPy, SciPy and pandas; nothing of TensorFlow, and nothing of
training.

    >>> peaks = evidence.grid(0.02, 0.64)
    >>> tuning = training.sweep(task, schedules, peaks, seeds=range(100, 110), updates=500)
    >>> best = evidence.tune(tuning.table, metric="loss")
    >>> final = training.sweep(task, schedules, best, seeds=range(20), updates=500)
    >>> effect = evidence.paired(final.table, "linear", "constant", metric="loss", tuned=best)
    >>> evidence.verdict("1-a", "decay speeds up convergence", {"diabetes": effect})

The rule of the verdict, fixed before looking. Each condition has an effect that is positive where
the claim is right, with a 95 % t-interval over the paired differences of the seeds. A condition is
*for* the claim if its interval lies wholly above the margin (the smallest effect that matters, 0
unless stated), *against* it if wholly below the margin, and otherwise *open*: no difference was
shown.

    all conditions for                    supported
    some for, some not                    it depends, and the conditions are named
    none for, at least one against        refuted
    all open                              not shown: more seeds may decide

Exact claims (a formula, a shape, a count) need no seeds: `check` gives their verdict.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats

__all__ = [
    "grid",
    "tune",
    "Tuned",
    "paired",
    "Effect",
    "verdict",
    "check",
    "Verdict",
    "ledger",
]

FEWEST_SEEDS = 5
MIME = "application/vnd.lrdecay.claim+json"
LEDGER = Path(__file__).with_name(
    "ledger.json"
)  # written by the book's build from the lessons' outputs


def grid(low, high):
    """Rates from ``low`` to at least ``high``, each sqrt(2) times the one before.

    A factor of 2 is too coarse: the rival whose best rate happens to fall on the grid wins by that
    alone.
    """
    if not 0 < low < high or not np.isfinite(high):
        raise ValueError(
            f"low must be above 0 and below high; got low={low!r}, high={high!r}"
        )
    count = int(np.ceil(2 * np.log2(high / low) - 1e-9)) + 1
    return [float(f"{low * 2 ** (i / 2):.6g}") for i in range(count)]


# --- tuning
# -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tuned(Mapping):
    """The best peak of each schedule: a mapping that `training.sweep` takes as its ``peaks``.

    Attributes:
        peaks: schedule -> best peak.
        metric, better, seeds: what chose them.
        scores: schedule -> pandas Series of the mean metric of each peak.
    """

    peaks: dict
    metric: str
    better: str
    seeds: frozenset
    scores: dict = field(repr=False, compare=False)

    def __getitem__(self, schedule):
        return self.peaks[schedule]

    def __iter__(self):
        return iter(self.peaks)

    def __len__(self):
        return len(self.peaks)

    def __repr__(self):
        best = ", ".join(f"{name}: {peak:g}" for name, peak in self.peaks.items())
        return f"<best peaks by {self.metric} over {len(self.seeds)} seeds: {best}>"


def tune(table, metric, better="lower"):
    """The best peak of each schedule by the mean over the seeds, each schedule with an equal
    budget.

    Args:
        table: one row for each run, with the columns schedule, peak, seed and the metric.
        metric: what `paired` will report, as "loss": chosen by the column "validation_loss" if
            there is one, and reported from "test_loss". A full column name is taken as it is.
        better: "lower" or "higher".

    Returns:
        `Tuned`. A peak at which any seed diverged is never the best.

    Raises:
        ValueError: if the budgets are unequal, a run is missing, there are fewer than 5 seeds, the
            grid is coarser than sqrt(2), or a best peak lies at the edge of its grid.
    """
    _check_better(metric, better)
    column = _column(table, metric, "validation")
    _one_optimizer(table)
    peaks, scores, seeds = {}, {}, None
    counts = {
        name: (runs["peak"].nunique(), runs["seed"].nunique())
        for name, runs in table.groupby("schedule", sort=False)
    }
    if len(set(counts.values())) > 1:
        raise ValueError(
            "unequal budgets: each schedule must be tuned over as many peaks and seeds as "
            "its rivals, or the one with more tries wins by luck; got (peaks, seeds) of "
            f"{counts}"
        )
    for name, runs in table.groupby("schedule", sort=False):
        values = _wide(runs, "peak", column, name)
        if seeds not in (None, frozenset(values.index)):
            raise ValueError(
                f"unpaired seeds: {name!r} was tuned on other seeds than its rivals"
            )
        seeds = frozenset(values.index)
        _enough(seeds)
        grid_of_name = values.columns.to_numpy()
        steps = grid_of_name[1:] / grid_of_name[:-1]
        if len(grid_of_name) < 3 or steps.max() > np.sqrt(2) * 1.01:
            raise ValueError(
                f"the grid of {name!r} is too coarse: neighbours may differ by sqrt(2) at "
                f"most, and there must be at least 3; got {_numbers(grid_of_name)}. Use "
                "evidence.grid(low, high)"
            )
        worst = np.inf if better == "lower" else -np.inf
        score = values.where(np.isfinite(values), worst).mean()
        if "diverged" in table:
            score = score.where(
                ~_wide(runs, "peak", "diverged", name).any().to_numpy(dtype=bool), worst
            )
        best = score.idxmin() if better == "lower" else score.idxmax()
        if best in (grid_of_name[0], grid_of_name[-1]):
            side = "below" if best == grid_of_name[0] else "above"
            raise ValueError(
                f"the best peak of {name!r}, {best:g}, lies at the edge of its grid "
                f"{_numbers(grid_of_name)}, so a better one may lie {side} it. Widen the "
                "grid, for every schedule alike"
            )
        peaks[name], scores[name] = float(best), score
    return Tuned(peaks, metric, better, seeds, scores)


# --- paired differences
# -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Effect:
    """A paired difference with its intervals. Positive: the treatment is better than its rival.

    Attributes:
        treatment, baseline, metric, unit: what was compared, and the unit of the numbers.
        values: the difference of each seed. seeds: the seeds, in the same order.
        mean: of the differences. low, high: its t-interval. bootstrap: its bootstrap interval (BCa,
            9,999 resamples, fixed random state). level: of both, for example 0.95.
        positive: what a positive number says of the treatment: "better", or another word.
    """

    treatment: str
    baseline: str
    metric: str
    unit: str
    values: tuple
    seeds: tuple
    level: float = 0.95
    positive: str = "better"

    @property
    def mean(self):
        return float(np.mean(self.values))

    @property
    def interval(self):
        if np.ptp(self.values) == 0:
            return self.mean, self.mean
        return tuple(
            map(
                float,
                stats.t.interval(
                    self.level, len(self.values) - 1, self.mean, stats.sem(self.values)
                ),
            )
        )

    low = property(lambda self: self.interval[0])
    high = property(lambda self: self.interval[1])

    @property
    def bootstrap(self):
        if np.ptp(self.values) == 0:
            return self.mean, self.mean
        found = stats.bootstrap(
            (self.values,),
            np.mean,
            confidence_level=self.level,
            n_resamples=9999,
            random_state=np.random.default_rng(0),
        ).confidence_interval
        return float(found.low), float(found.high)

    def __neg__(self):
        """The same comparison for a claim that says the opposite: positive where the treatment
        is worse."""
        turned = {"better": "worse", "worse": "better"}.get(
            self.positive, f"not {self.positive}"
        )
        return Effect(
            self.treatment,
            self.baseline,
            self.metric,
            self.unit,
            tuple(-v for v in self.values),
            self.seeds,
            self.level,
            turned,
        )

    def __str__(self):
        unit = f" {self.unit}" if self.unit else ""
        sentence = (
            f"{self.treatment} against {self.baseline}, {self.metric}: {self.mean:+.3g}{unit} "
            f"[{self.low:+.3g}, {self.high:+.3g}] (positive is {self.positive}; "
            f"{self.level:.0%} interval over {len(self.seeds)} paired seeds)"
        )
        if self.low <= 0 <= self.high:
            sentence += "; no difference was shown"
        return sentence + "."

    __repr__ = __str__


def paired(
    table,
    treatment,
    baseline,
    metric,
    better="lower",
    tuned=None,
    percent=False,
    unit=None,
    level=0.95,
):
    """How much better ``treatment`` is than ``baseline``, seed by seed.

    The same seed means the same data, initial weights and data order for both, so the difference
    of a seed holds only what the schedule did, and its interval is several times narrower than an
    unpaired one.

    Args:
        table: one row for each run, with the columns schedule, peak, seed and the metric.
        treatment, baseline: names of two schedules, each with one peak in the table.
        metric: as in `tune`; reported from the test column. Also "diverged": the share of runs.
        better: "lower" or "higher": which values are better. The effect is positive if treatment
            is better.
        tuned: what `tune` gave. Without it both must have the same peak: that is a comparison at
            one rate, not of the two schedules.
        percent: in percent of the baseline's mean instead of the metric's unit.
        unit: the metric's unit, for the sentence.
        level: of the intervals.

    Raises:
        ValueError: if seeds are unpaired or fewer than 5, a run diverged, the peaks are not the
            tuned ones, the seeds are those that tuned, or the metric is not the one that tuned.
    """
    _check_better(metric, better)
    if not 0 < level < 1:
        raise ValueError(f"level must lie in (0, 1); got {level!r}")
    _one_optimizer(table)
    column = _column(table, metric, "test")
    chosen = {}
    for name in (treatment, baseline):
        runs = table[table["schedule"] == name]
        if not len(runs):
            raise ValueError(
                f"the table has no schedule {name!r}; it has {sorted(table['schedule'].unique())}"
            )
        if runs["peak"].nunique() != 1:
            raise ValueError(
                f"{name!r} has {runs['peak'].nunique()} peaks in the table: choose one with "
                "evidence.tune, on other seeds, and report only that"
            )
        if metric != "diverged" and "diverged" in runs and runs["diverged"].any():
            raise ValueError(
                f"{int(runs['diverged'].sum())} runs of {name!r} diverged, so their mean "
                f"{metric} means nothing. Compare metric='diverged', the share of runs that "
                "do, or choose peaks at which none does"
            )
        chosen[name] = (
            runs["peak"].iloc[0],
            _wide(runs, "peak", column, name).iloc[:, 0].astype(float),
        )
    (peak, a), (rival_peak, b) = chosen[treatment], chosen[baseline]
    if set(a.index) != set(b.index):
        raise ValueError(
            f"unpaired seeds: {treatment!r} has {sorted(a.index)}, {baseline!r} has "
            f"{sorted(b.index)}. Rivals must run on the same seeds, or chance differences of "
            "data and weights drown the effect"
        )
    _enough(a.index)
    if tuned is None:
        if peak != rival_peak:
            raise ValueError(
                f"unequal budgets: the peaks differ ({peak:g} and {rival_peak:g}), and "
                "nothing says how they were chosen. Pass tuned=evidence.tune(...)"
            )
    else:
        _check_tuned(
            tuned, metric, better, {treatment: peak, baseline: rival_peak}, a.index
        )
    if not (np.isfinite(a).all() and np.isfinite(b).all()):
        raise ValueError(
            f"{column!r} holds values that are not finite, so it has no mean"
        )
    difference = (b - a.reindex(b.index)) * (1 if better == "lower" else -1)
    if percent:
        difference, unit = 100 * difference / abs(b.mean()), "%"
    return Effect(
        treatment,
        baseline,
        metric,
        unit or "",
        tuple(map(float, difference)),
        tuple(map(int, b.index)),
        level,
    )


def _check_tuned(tuned, metric, better, peaks, seeds):
    if (tuned.metric, tuned.better) != (metric, better):
        raise ValueError(
            f"chosen by {tuned.metric!r} ({tuned.better} is better), reported by {metric!r} "
            f"({better}): choose and report by the same metric, or a peak that is good for "
            "one makes its schedule look bad by the other"
        )
    both = tuned.seeds & set(seeds)
    if both:
        raise ValueError(
            f"the seeds {sorted(both)} chose the peaks, so they flatter the winner. "
            "Report on other seeds"
        )
    for name, peak in peaks.items():
        if tuned.peaks.get(name) != peak:
            raise ValueError(
                f"the peak of {name!r} in the table is {peak:g}, but tuning chose "
                f"{tuned.peaks.get(name)}"
            )


# --- verdicts
# -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Verdict:
    """What became of a claim. In a notebook it shows itself, and carries its row of the claim
    ledger.

    Attributes:
        claim: the claim's id. text: the claim, in our words.
        verdict: "supported", "refuted", "it depends" or "not shown".
        because: the sentences that give the reason, numbers included, one to a line.
        effects: condition -> `Effect`; empty for an exact claim.
    """

    claim: str
    text: str
    verdict: str
    because: str
    effects: dict = field(default_factory=dict)

    @property
    def row(self):
        """The row of the ledger, as plain values that ``json.dumps`` takes."""
        return {
            "claim": self.claim,
            "text": self.text,
            "verdict": self.verdict,
            "because": self.because,
            "conditions": [
                {
                    "condition": name,
                    "treatment": effect.treatment,
                    "baseline": effect.baseline,
                    "metric": effect.metric,
                    "effect": effect.mean,
                    "interval": list(effect.interval),
                    "bootstrap": list(effect.bootstrap),
                    "level": effect.level,
                    "unit": effect.unit,
                    "seeds": list(effect.seeds),
                    "positive": effect.positive,
                }
                for name, effect in self.effects.items()
            ],
        }

    def __str__(self):
        return (
            f"Claim {self.claim}: {self.text}\nVerdict: {self.verdict}. {self.because}"
        )

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {
            "text/plain": str(self),
            "text/markdown": f"> **Claim {self.claim}:** {self.text}\n>\n> **Verdict: "
            f"{self.verdict}.** " + self.because.replace("\n", "\n> - "),
            MIME: self.row,
        }


def verdict(claim, text, effects, margin=0.0):
    """The verdict on a claim by the rule at the top of this module.

    Args:
        claim, text: the claim's id, and the claim in our words.
        effects: condition -> `Effect`, positive where the claim is right (negate one with
            ``-effect``). Name every condition that was tested, not only those that worked.
        margin: the smallest effect that matters, at least 0, in the effects' unit.

    Returns:
        `Verdict`.
    """
    if (
        not isinstance(effects, dict)
        or not effects
        or not all(isinstance(e, Effect) for e in effects.values())
    ):
        raise ValueError(
            f"effects must be a dict: condition -> Effect, at least one; got {effects!r}"
        )
    if not margin >= 0:
        raise ValueError(f"margin must be at least 0; got {margin!r}")
    sides = {"for": [], "against": [], "open": []}
    for name, effect in effects.items():
        sides[
            "for"
            if effect.low > margin
            else "against"
            if effect.high < margin
            else "open"
        ].append(name)
    if sides["for"]:
        word = "it depends" if sides["against"] or sides["open"] else "supported"
    else:
        word = "refuted" if sides["against"] else "not shown"
    sentences = [f"{name}: {effect}" for name, effect in effects.items()]
    if len(effects) > 1:
        says = {
            "for": "for the claim",
            "against": "against it",
            "open": "no difference was shown",
        }
        summary = "; ".join(
            f"{says[side]}: {', '.join(names)}"
            for side, names in sides.items()
            if names
        )
        sentences.insert(0, summary[0].upper() + summary[1:] + ".")
    if margin:
        sentences.append(f"An effect of up to {margin:g} does not count.")
    return Verdict(claim, text, word, "\n".join(sentences), dict(effects))


def check(claim, text, holds, because):
    """The verdict on an exact claim, which needs no seeds: a formula, a shape, a count.

    Args:
        claim, text: the claim's id, and the claim in our words.
        holds: True or False, computed in the cell.
        because: the reason, in a sentence that was computed too.
    """
    if not isinstance(holds, (bool, np.bool_)):
        raise ValueError(f"holds must be True or False; got {holds!r}")
    if not because:
        raise ValueError("because must say why; got nothing")
    return Verdict(claim, text, "supported" if holds else "refuted", because)


def ledger():
    """The claim ledger: a pandas table of the rows that the book's lessons wrote when they ran.
    Lesson 8.1.

    Columns: claim, text, verdict, because and conditions as in `Verdict.row`, and lesson (file
    name), title and cell (number in the notebook) that show it. The lessons that sum the ledger up
    (8.1 and 9) have no rows in it.
    """
    return pd.DataFrame(json.loads(LEDGER.read_text(encoding="utf-8")))


# --- shared
# -------------------------------------------------------------------------------------------


def _column(table, metric, split):
    """The column that holds the metric of this split, or the metric's own name."""
    for name in (f"{split}_{metric}", metric):
        if name in table:
            return name
    raise ValueError(
        f"metric must be a column, or end one as in {split}_loss; got {metric!r}, the "
        f"table has {list(table.columns)}"
    )


def _check_better(metric, better):
    if better not in ("lower", "higher"):
        raise ValueError(f"better must be 'lower' or 'higher'; got {better!r}")
    wrong = (
        "lower"
        if metric.endswith(("accuracy", "r2"))
        else "higher"
        if metric.endswith(("loss", "diverged"))
        else None
    )
    if better == wrong:
        raise ValueError(f"better={better!r} contradicts the metric {metric!r}")


def _one_optimizer(table):
    if "optimizer" in table and table["optimizer"].nunique() > 1:
        raise ValueError(
            f"the table mixes the optimizers {sorted(table['optimizer'].unique())}; compare "
            "them one at a time, as table[table.optimizer == 'sgd']"
        )


def _enough(seeds):
    if len(seeds) < FEWEST_SEEDS:
        raise ValueError(
            f"{len(seeds)} seeds are too few: with fewer than {FEWEST_SEEDS} the interval "
            "itself is mostly luck. Ten are good, twenty are better"
        )


def _wide(runs, columns, value, name):
    """Seeds down, ``columns`` across; every cell filled exactly once."""
    if runs.duplicated(["seed", columns]).any():
        raise ValueError(
            f"{name!r} has several runs with one seed and one peak; the table must have "
            "one row for each"
        )
    wide = runs.pivot(index="seed", columns=columns, values=value).sort_index()
    if len(runs) != wide.size:
        raise ValueError(
            f"unpaired seeds: some runs of {name!r} are missing ({len(runs)} of "
            f"{wide.size}); was the sweep interrupted?"
        )
    return wide


def _numbers(values):
    return ", ".join(f"{value:g}" for value in values)
