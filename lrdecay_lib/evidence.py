"""From runs to verdicts. Knows NumPy, SciPy and pandas; nothing of TensorFlow, and nothing of
training.

    >>> peaks = evidence.grid(0.02, 0.64)
    >>> tuning = training.sweep(task, schedules, peaks, seeds=range(100, 110), updates=500)
    >>> best = evidence.tune(tuning.table, metric="loss")
    >>> final = training.sweep(task, schedules, best, seeds=range(20), updates=500)
    >>> effect = evidence.paired(final.table, "linear", "constant", metric="loss", tuned=best)
    >>> evidence.verdict("1-a", {"diabetes": effect}, control=twins)

The rule of the verdict. Each claim is declared in claims.toml before its run: its primary
condition, the margin m (the smallest effect that matters) and the further conditions. An effect is
positive where the claim is right. The primary condition alone gives the word, by its 95 % interval:

    wholly above m            supported
    wholly below -m           refuted: the opposite is shown
    wholly within (-m, m)     no effect: one that matters is ruled out, either way
    otherwise                 not shown: more seeds may decide

The further conditions say how far it carries. Each is for the claim, against it, without effect or
open, by the same rule with intervals that are adjusted for their number (Holm 1979), and they are
counted. The control, a comparison without the property, must not come out for the claim. Where one
that is refuted has a control that comes out against it too, what refutes it need not be what is
tested, and the verdict says so.

Exact claims (a formula, a shape, a count) need no seeds: `check` gives their verdict.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import special, stats

from .claims import Claim, claim

__all__ = [
    "difference",
    "holm",
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
RESAMPLES = 1000  # of the tuning seeds
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
        runs: schedule -> the metric of each run, seeds down and peaks across; as bad as can be
            where a run diverged.
    """

    peaks: dict
    metric: str
    better: str
    seeds: frozenset
    scores: dict = field(repr=False, compare=False)
    runs: dict = field(repr=False, compare=False)

    def __getitem__(self, schedule):
        return self.peaks[schedule]

    def __iter__(self):
        return iter(self.peaks)

    def __len__(self):
        return len(self.peaks)

    def __repr__(self):
        best = ", ".join(f"{name}: {peak:g}" for name, peak in self.peaks.items())
        return f"<best peaks by {self.metric} over {len(self.seeds)} seeds: {best}>"

    def uncertainty(self, *schedules):
        """By how much other tuning seeds would move the difference of two schedules.

        The tuning seeds are drawn anew, with replacement and for both schedules alike, and each
        schedule gets the peak that is best on them. What follows is the root mean square of the
        change in the difference of the two mean metrics, taken over all tuning seeds: a standard
        error, in the metric's unit. A peak at which a run diverged is never chosen.
        """
        draws = np.random.default_rng(0).integers(
            len(self.seeds), size=(RESAMPLES, len(self.seeds))
        )
        moved = 0.0
        for sign, name in zip((1, -1), schedules, strict=False):
            if name not in self.peaks:
                raise ValueError(
                    f"no schedule {name!r} was tuned; tuned were {list(self.peaks)}"
                )
            safe = self.runs[name].loc[:, np.isfinite(self.scores[name])].to_numpy()
            means, all_seeds = safe[draws].mean(axis=1), safe.mean(axis=0)
            best = means.argmin if self.better == "lower" else means.argmax
            moved = moved + sign * (
                all_seeds[best(axis=1)] - self.scores[name][self.peaks[name]]
            )
        return float(np.sqrt(np.mean(moved**2)))


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
    peaks, scores, wide, seeds = {}, {}, {}, None
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
        values = values.where(np.isfinite(values), worst)
        if "diverged" in table:
            values = values.where(
                ~_wide(runs, "peak", "diverged", name).to_numpy(dtype=bool), worst
            )
        score = values.mean()
        best = score.idxmin() if better == "lower" else score.idxmax()
        if best in (grid_of_name[0], grid_of_name[-1]):
            side = "below" if best == grid_of_name[0] else "above"
            raise ValueError(
                f"the best peak of {name!r}, {best:g}, lies at the edge of its grid "
                f"{_numbers(grid_of_name)}, so a better one may lie {side} it. Widen the "
                "grid, for every schedule alike"
            )
        peaks[name], scores[name], wide[name] = float(best), score, values
    return Tuned(peaks, metric, better, seeds, scores, wide)


# --- paired differences ---------------------------------------------------------------


@dataclass(frozen=True)
class Effect:
    """A paired difference with its interval. Positive: the treatment is better than its rival.

    Attributes:
        treatment, baseline, metric, unit: what was compared, and the unit of the numbers.
        values: the difference of each seed. seeds: the seeds, in the same order.
        mean: of the differences. low, high: its interval. level: of the interval, such as 0.95.
        positive: what a positive number says of the treatment: "better", or another word.
        at: how the two peaks were chosen: "each at its best peak", "at one peak", or "".
        tuning: the standard error that the choice of the peaks adds (`Tuned.uncertainty`), in the
            effect's unit.
        outcomes: whether each seed has a yes or a no for each rival, so that the values are -1, 0
            and 1.

    The interval is mean ± t · sqrt(s²/n + tuning²), with t of n - 1 degrees of freedom. That of
    outcomes is exact: from Clopper-Pearson intervals, each of level (1 + level) / 2, of the shares
    of seeds at which only the one and only the other rival has it.
    """

    treatment: str
    baseline: str
    metric: str
    unit: str
    values: tuple
    seeds: tuple
    level: float = 0.95
    positive: str = "better"
    at: str = ""
    tuning: float = 0.0
    outcomes: bool = False

    def __post_init__(self):
        """The guards that every effect passes, however it was made."""
        if not 0 < self.level < 1:
            raise ValueError(f"level must lie in (0, 1); got {self.level!r}")
        if not 0 <= self.tuning < np.inf:
            raise ValueError(
                f"tuning must be at least 0 and finite; got {self.tuning!r}"
            )
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
        whole = set(values) <= {-1.0, 0.0, 1.0}
        if self.outcomes and not whole:
            raise ValueError(
                f"outcomes are yes or no for each seed, so their differences are -1, 0 or 1; got "
                f"{_numbers(sorted(set(values)))}"
            )
        if not self.outcomes and any(values):
            if whole:
                raise ValueError(
                    f"the differences of {self.metric} are all -1, 0 or 1: pass outcomes=True if "
                    "they come from yes or no, for an exact interval"
                )
            if np.ptp(values) == 0:
                raise ValueError(
                    f"the difference of {self.metric} is {values[0]:g} for each seed, so it does "
                    "not depend on the seed: an exact claim, for evidence.check"
                )
        object.__setattr__(self, "values", values)
        object.__setattr__(self, "seeds", seeds)

    @property
    def mean(self):
        return float(np.mean(self.values))

    @property
    def interval(self):
        if self.outcomes:
            low, high = (
                _share([value == side for value in self.values], (1 + self.level) / 2)
                for side in (1, -1)
            )
            return low[0] - high[1], low[1] - high[0]
        reach = float(
            special.stdtrit(len(self.values) - 1, (1 + self.level) / 2) * self.error
        )
        return self.mean - reach, self.mean + reach

    @property
    def error(self):
        """The standard error of the mean, with that of the tuning."""
        return float(
            np.hypot(np.std(self.values, ddof=1) / len(self.values) ** 0.5, self.tuning)
        )

    low = property(lambda self: self.interval[0])
    high = property(lambda self: self.interval[1])

    @property
    def bootstrap(self):
        """The bootstrap interval of the mean (BCa, 9,999 resamples, fixed random state)."""
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

    def side(self, margin):
        """Where the interval lies: "for", "against", "no effect" or "open" (top of this module)."""
        if self.low > margin:
            return "for"
        if self.high < -margin:
            return "against"
        return "no effect" if -margin < self.low and self.high < margin else "open"

    def p_value(self, margin):
        """The smallest alpha whose interval, of level 1 - alpha, decides for a `side`."""
        if not self.outcomes:
            inside = max(
                self.mean - margin, -margin - self.mean, margin - abs(self.mean)
            )
            if inside <= 0 or not self.error:
                return float(inside <= 0)
            return float(2 * special.stdtr(len(self.values) - 1, -inside / self.error))
        low, high = (
            -16.0,
            0.0,
        )  # of log10 alpha; an interval of a smaller alpha holds the others
        for _ in range(40):
            middle = (low + high) / 2
            if replace(self, level=1 - 10**middle).side(margin) == "open":
                low = middle
            else:
                high = middle
        return 10**high

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
            f"{100 * self.level:.4g}% interval over {len(self.seeds)} paired seeds"
            f"{', ' + self.at if self.at else ''}{', tuning included' if self.tuning else ''})"
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
    at="at one peak",
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
        at: how the rates were chosen, for the sentence, where nothing was tuned.

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
        tuned=tuned,
        at=at if tuned is None else "",
        outcomes=metric == "diverged",
    )


def difference(
    first,
    second,
    names,
    metric,
    unit="",
    positive="better",
    percent=None,
    level=0.95,
    tuned=None,
    at="",
    outcomes=False,
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
        tuned: what `tune` gave, if the two ran at its peaks: the interval then includes the
            tuning. Its metric must be this one, and the names schedules of it. A pair of them if
            the rivals were tuned apart, the treatment's first.
        at: in words, how the peaks were chosen where ``tuned`` does not say it: "at one peak".
        outcomes: whether both measurements are a yes or a no for each seed.

    Raises:
        ValueError: if the two do not have the same seeds, there are fewer than 5, a number is not
            finite, ``percent`` is 0, or ``tuned`` is about another metric or other schedules.
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
    tuning = 0.0
    if tuned is not None:
        apart = isinstance(tuned, tuple)
        for one in tuned if apart else (tuned,):
            if one.metric != metric:
                raise ValueError(
                    f"the peaks were chosen by {one.metric!r}, and this is a difference of "
                    f"{metric!r}: say at='each at its best peak' instead of tuned"
                )
        tuning = (
            float(
                np.hypot(*(t.uncertainty(n) for t, n in zip(tuned, names, strict=True)))
            )
            if apart
            else tuned.uncertainty(treatment, baseline)
        )
        tuning *= 100 / abs(percent) if percent is not None else 1
        at = at or "each at its best peak"
    return Effect(
        treatment,
        baseline,
        metric,
        unit,
        values,
        values.index,
        level,
        positive,
        at,
        tuning,
        bool(outcomes),
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


WORDS = {
    "for": "supported",
    "against": "refuted",
    "no effect": "no effect",
    "open": "not shown",
}
SAYS = {
    "supported": "An effect that matters is shown",
    "refuted": "The opposite is shown",
    "no effect": "An effect that matters is ruled out, either way",
    "not shown": "An effect that matters is neither shown nor ruled out",
}


@dataclass(frozen=True)
class Verdict:
    """What became of a claim. In a notebook it shows itself, and carries its row of the claim
    ledger.

    Attributes:
        claim: the `Claim`, as it was declared.
        verdict: "supported", "refuted", "no effect" or "not shown".
        in_short: one sentence, numbers included.
        effects: condition -> `Effect`, the further ones with their adjusted intervals; empty for an
            exact claim.
        control: the `Effect` without the property, or None.
    """

    claim: Claim
    verdict: str
    in_short: str
    effects: dict = field(default_factory=dict)
    control: Effect | None = None

    @property
    def counts(self):
        """How many of the further conditions are on each side."""
        sides = [self._side(name) for name in self.claim.further]
        return {side: sides.count(side) for side in WORDS}

    def _side(self, condition):
        return self.effects[condition].side(self.claim.margin_of(condition))

    @property
    def control_passed(self):
        """Whether the control did not come out for the claim; None without one."""
        if self.control is None:
            return None
        return self.control.side(self.claim.margin_of("control")) != "for"

    @property
    def because(self):
        """The sentences that give the reason, numbers included, one to a line."""
        lines = [self.in_short]
        for name, effect in self.effects.items():
            margin = f"; margin {self.claim.margin_of(name):g}"
            lines.append(f"{name} ({self._side(name)}{margin}): {effect}")
        if self.control is not None:
            side = self.control.side(self.claim.margin_of("control"))
            refuted = self.verdict == "refuted"
            if side == "for":
                passed = "FOR the claim"
            elif refuted and side == "against":  # then it need not be what is tested
                passed = "against the claim too"
            elif refuted:
                passed = "neither for nor against, as it must be"
            else:
                passed = "not for the claim, as it must be"
            lines.append(f"control, {self.claim.control} ({passed}): {self.control}")
        return "\n".join(lines)

    @property
    def row(self):
        """The row of the ledger, as plain values that ``json.dumps`` takes."""
        about = self.claim
        row = {
            "claim": about.id,
            "text": about.says,
            **{
                key: getattr(about, key)
                for key in ("who", "where", "words", "about", "kind")
            },
            "means": about.means,
            "verdict": self.verdict,
            "in_short": self.in_short,
            "because": self.because,
            "primary": about.primary,
            "counts": self.counts if self.effects else {},
            "conditions": [
                {
                    "condition": name,
                    "primary": name == about.primary,
                    "side": self._side(name),
                    "margin": about.margin_of(name),
                    **_as_row(effect),
                }
                for name, effect in self.effects.items()
            ],
            "control": None,
            "revised": about.revised,
        }
        if self.control is not None:
            row["control"] = {
                "condition": about.control,
                "passed": self.control_passed,
                "margin": about.margin_of("control"),
                **_as_row(self.control),
            }
        return row

    def __str__(self):
        return f"Claim {self.claim.id}: {self.claim.says}\nVerdict: {self.verdict}. {self.because}"

    def _repr_mimebundle_(self, include=None, exclude=None):
        first, *rest = self.because.split("\n")
        shown = (
            f"> **Claim {self.claim.id}:** {self.claim.says}\n>\n"
            f"> **Tested:** {self.claim.means}\n>\n"
            f"> **Verdict: {self.verdict}.** {first}"
        )
        if rest:
            shown += (
                "\n>\n> <details><summary>Every condition, and the control</summary>\n>\n> - "
                + "\n> - ".join(rest)
                + "\n>\n> </details>"
            )
        return {"text/plain": str(self), "text/markdown": shown, MIME: self.row}


def _as_row(effect):
    return {
        "treatment": effect.treatment,
        "baseline": effect.baseline,
        "metric": effect.metric,
        **_rounded(effect),
        "level": round(effect.level, 10),
        "unit": effect.unit,
        "seeds": list(effect.seeds),
        "positive": effect.positive,
        "at": effect.at,
    }


def _rounded(effect):
    """An effect's numbers to ten digits of the largest among them.

    What follows depends on the processor, and a stored digit should change only when a result does.
    """
    numbers = np.array([effect.mean, *effect.interval, effect.tuning])
    largest = np.abs(numbers).max()
    places = 9 - int(np.floor(np.log10(largest))) if largest else 0
    mean, low, high, tuning = (round(float(number), places) + 0.0 for number in numbers)
    return {"effect": mean, "interval": [low, high], "tuning": tuning}


def holm(effects, margins, alpha=0.05):
    """Effects with intervals that are adjusted for their number.

    Holm's rule (1979): the effects are put in the order of their `Effect.p_value`. The first of k
    gets an interval of level 1 - alpha/k, the next 1 - alpha/(k - 1), and so on, until one does not
    decide: it and all after it have that level, and are open. benchmarks/rule.py simulates how
    often any of the decisions is wrong, also where the effects share seeds.

    Args:
        effects: condition -> `Effect`.
        margins: condition -> the smallest effect that matters.

    Returns:
        condition -> `Effect`, in the order given.
    """
    p = {name: effect.p_value(margins[name]) for name, effect in effects.items()}
    adjusted, left, stopped = {}, len(effects), None
    for name in sorted(p, key=p.get):
        level = stopped or 1 - alpha / left
        adjusted[name] = replace(effects[name], level=level)
        if adjusted[name].side(margins[name]) == "open":
            stopped = level
        left -= 1
    return {name: adjusted[name] for name in effects}


def verdict(name, effects, control):
    """The verdict on a declared claim, by the rule at the top of this module.

    Args:
        name: the claim's id in claims.toml.
        effects: condition -> `Effect`, positive where the claim is right (negate one with
            ``-effect``): exactly the conditions that were declared, the primary one first.
        control: the `Effect` of the declared control.

    Returns:
        `Verdict`.

    Raises:
        ValueError: if the claim is not declared or is exact, or the conditions, the unit or the
            metric of the primary one are not the declared ones.
    """
    about = claim(name)
    if about.kind != "measured":
        raise ValueError(f"claim {name} is declared as exact: use evidence.check")
    if not isinstance(effects, dict) or not all(
        isinstance(e, Effect) for e in effects.values()
    ):
        raise ValueError(
            f"effects must be a dict: condition -> Effect; got {effects!r}"
        )
    if tuple(effects) != about.conditions:
        raise ValueError(
            f"claim {name} was declared for the conditions {list(about.conditions)}, in this "
            f"order; got {list(effects)}"
        )
    if not isinstance(control, Effect):
        raise ValueError(
            f"claim {name} was declared with a control, {about.control!r}; got {control!r}"
        )
    first = effects[about.primary]
    if (first.metric, first.unit) != (about.metric, about.unit):
        raise ValueError(
            f"claim {name} was declared for the metric {about.metric!r} in {about.unit!r}; got "
            f"{first.metric!r} in {first.unit!r}"
        )
    further = {condition: effects[condition] for condition in about.further}
    judged = {about.primary: first} | holm(
        further, {condition: about.margin_of(condition) for condition in further}
    )
    word = WORDS[first.side(about.margin)]
    unit = f" {about.unit}" if about.unit else ""
    found = Verdict(about, word, "", judged, control)
    short = (
        f"{SAYS[word]} (margin {about.margin:g}{unit}). Under “{about.primary}”: "
        f"{first.treatment} against {first.baseline}, {first.metric} {first.mean:+.3g}{unit} "
        f"[{first.low:+.3g}, {first.high:+.3g}], positive is {first.positive}."
    )
    if further:
        counted = ", ".join(f"{side} {count}" for side, count in found.counts.items())
        short += f" How far it carries: {counted} of {len(further)}."
    if not found.control_passed:
        short += " The control came out for the claim too, so the test cannot tell."
    return replace(found, in_short=short)


def check(name, holds, because, control=None):
    """The verdict on a declared exact claim, which needs no seeds: a formula, a shape, a count.

    Args:
        name: the claim's id in claims.toml.
        holds: True or False, computed in the cell.
        because: the reason, in a sentence that was computed too.
        control: what the same test says of a thing without the property. It must be False.

    Raises:
        ValueError: if the claim is not declared or is measured, or the control passes the test.
    """
    about = claim(name)
    if about.kind != "exact":
        raise ValueError(f"claim {name} is declared as measured: use evidence.verdict")
    for what, value in (("holds", holds), ("control", control)):
        if not isinstance(value, (bool, np.bool_)) and not (
            what == "control" and value is None
        ):
            raise ValueError(f"{what} must be True or False; got {value!r}")
    if not because:
        raise ValueError("because must say why; got nothing")
    if control:
        raise ValueError(
            f"claim {name}: the control passes the test too, so the test says nothing of the claim"
        )
    return Verdict(about, "supported" if holds else "refuted", because)


def ledger():
    """The claim ledger: a pandas table of the rows that the book's lessons wrote when they ran.
    Lesson 8.1.

    Columns: those of `Verdict.row`, and lesson (file name), title and cell (number in the notebook)
    that show it. The lessons that sum the ledger up
    (8.1, 9 and 11.3) have no rows in it.
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


def _share(outcomes, level):
    """Clopper and Pearson's exact interval of a share (1934)."""
    found = stats.binomtest(int(np.sum(outcomes)), len(outcomes)).proportion_ci(
        level, "exact"
    )
    return float(found.low), float(found.high)


def _numbers(values):
    return ", ".join(f"{value:g}" for value in values)
