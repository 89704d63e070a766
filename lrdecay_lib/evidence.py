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
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats

__all__ = [
    "difference",
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


# --- tuning ---------------------------------------------------------------------------


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


# --- paired differences ---------------------------------------------------------------


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

    def __post_init__(self):
        """The guards that every effect passes, however it was made."""
        if not 0 < self.level < 1:
            raise ValueError(f"level must lie in (0, 1); got {self.level!r}")
        values, seeds = tuple(map(float, self.values)), tuple(map(int, self.seeds))
        if len(values) != len(seeds):
            raise ValueError(
                f"values and seeds must be equally many, one difference for each seed; got "
                f"{len(values)} and {len(seeds)}"
            )
        if len(set(seeds)) != len(seeds):
            raise ValueError(f"seeds must be distinct; got {seeds!r}")
        _enough(seeds)
        if not np.isfinite(values).all():
            seed = seeds[int(np.argmin(np.isfinite(values)))]
            raise ValueError(
                f"the difference of {self.metric} is not finite for seed {seed}, so it has no "
                "mean: did a run diverge?"
            )
        object.__setattr__(self, "values", values)
        object.__setattr__(self, "seeds", seeds)

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
        return replace(self, values=tuple(-v for v in self.values), positive=turned)

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
    _same_seeds(treatment, a, baseline, b)
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
    names, smaller = (treatment, baseline), better == "lower"
    return difference(
        *((b, a) if smaller else (a, b)),
        names,
        metric,
        unit or "",
        percent=b.mean() if percent else None,
        level=level,
    )


def difference(
    first, second, names, metric, unit="", positive="better", percent=None, level=0.95
):
    """The effect of ``first - second``, seed by seed, where no table of runs holds the numbers.

    For what a lesson measures itself: a share, a distance, an update at which something happens.
    Where a sweep's table has the metric, use `paired`, which also asks how the peaks were chosen.

    Args:
        first, second: the two measurements of each seed: pandas Series with the seeds as their
            index, or dicts seed -> number. A difference that was computed already is ``first``,
            with 0 as ``second``.
        names: (treatment, baseline), for the sentence. Which of the two is subtracted decides only
            the sign; ``positive`` says what it means.
        metric, unit: what was measured, and in which unit.
        positive: what a positive number says of the treatment.
        percent: a number of which the differences are given in percent, such as the mean of the
            baseline; the unit is then "%".
        level: of the intervals.

    Raises:
        ValueError: if the two do not have the same seeds, there are fewer than 5, a number is not
            finite, or ``percent`` is 0.
    """
    treatment, baseline = names
    first = _by_seed(first)
    second = first * 0.0 if np.isscalar(second) and second == 0 else _by_seed(second)
    _same_seeds(treatment, first, baseline, second)
    values = first - second.reindex(first.index)
    if percent is not None:
        if not np.isfinite(percent) or percent == 0:
            raise ValueError(
                f"percent of {percent:g} means nothing: the mean that {metric} is compared with "
                "must be finite and not 0. Leave percent out, and report in the metric's own unit"
            )
        values, unit = 100 * values / abs(percent), "%"
    return Effect(
        treatment, baseline, metric, unit, values, values.index, level, positive
    )


def _by_seed(values):
    """Numbers by seed as a Series, sorted by seed."""
    if not isinstance(values, (pd.Series, dict)):
        raise ValueError(
            "the measurements must be a pandas Series with the seeds as its index, or a dict "
            f"seed -> number, so that they can be paired; got {type(values).__name__}"
        )
    series = pd.Series(values, dtype=float).sort_index()
    if series.index.has_duplicates:
        raise ValueError("the measurements must hold one number for each seed")
    return series


def _same_seeds(treatment, first, baseline, second):
    if set(first.index) != set(second.index):
        raise ValueError(
            f"unpaired seeds: {treatment!r} has {sorted(first.index)}, {baseline!r} has "
            f"{sorted(second.index)}. Rivals must run on the same seeds, or chance differences of "
            "data and weights drown the effect"
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


# --- verdicts -------------------------------------------------------------------------


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
                    **_rounded(effect),
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


def _rounded(effect):
    """An effect's numbers to ten digits of the largest among them.

    What follows depends on the processor, and a stored digit should change only when a result does.
    """
    numbers = np.array([effect.mean, *effect.interval, *effect.bootstrap])
    largest = np.abs(numbers).max()
    places = 9 - int(np.floor(np.log10(largest))) if largest else 0
    mean, low, high, *bootstrap = (
        round(float(number), places) + 0.0 for number in numbers
    )
    return {"effect": mean, "interval": [low, high], "bootstrap": bootstrap}


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


# --- shared ---------------------------------------------------------------------------


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
