"""Evidence: the numbers against SciPy, the rule of the verdict, and misuse that teaches."""

import json

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from lrdecay_lib import claims, evidence, unpaired


def runs(optimum, seeds=range(10), peaks=tuple(evidence.grid(0.1, 1.6)), noise=0.01):
    """A made-up sweep: the loss of a schedule is lowest at its optimum, and each seed has its
    own level."""
    rows = []
    for name, best in optimum.items():
        for seed in seeds:
            rng = np.random.default_rng((seed, 7))
            level = rng.normal()
            for peak in peaks:
                loss = level + np.log2(peak / best) ** 2 + noise * rng.normal()
                rows.append(
                    {
                        "schedule": name,
                        "peak": peak,
                        "seed": seed,
                        "validation_loss": loss,
                        "test_loss": loss + 5,
                        "test_accuracy": -loss,
                        "validation_accuracy": -loss,
                        "diverged": False,
                    }
                )
    return pd.DataFrame(rows)


def finals(a, b, seeds=None):
    seeds = range(len(a)) if seeds is None else seeds
    return pd.concat(
        [
            pd.DataFrame(
                {
                    "schedule": name,
                    "peak": 0.1,
                    "seed": list(seeds),
                    "test_loss": values,
                    "diverged": False,
                }
            )
            for name, values in (("new", a), ("old", b))
        ]
    )


RNG = np.random.default_rng(0)
OLD = RNG.normal(size=20)
NEW = OLD - 0.3 + 0.1 * RNG.normal(size=20)


def test_paired_difference_is_scipys():
    effect = evidence.paired(finals(NEW, OLD), "new", "old", "loss")
    expected = stats.ttest_rel(OLD, NEW).confidence_interval(0.95)
    assert effect.mean == pytest.approx((OLD - NEW).mean(), abs=1e-14)
    assert effect.interval == pytest.approx((expected.low, expected.high), abs=1e-12)
    assert effect.bootstrap == pytest.approx(effect.interval, abs=0.02)
    assert effect.low > 0 and (-effect).high < 0


def test_pairing_is_by_seed_not_by_row():
    shuffled = finals(NEW, OLD).sample(frac=1, random_state=1)
    assert evidence.paired(shuffled, "new", "old", "loss") == evidence.paired(
        finals(NEW, OLD), "new", "old", "loss"
    )


def test_higher_is_better_turns_the_sign():
    table = finals(NEW, OLD).rename(columns={"test_loss": "test_accuracy"})
    assert evidence.paired(
        table, "new", "old", "accuracy", better="higher"
    ).mean == pytest.approx((NEW - OLD).mean())


def test_percent_of_the_baseline():
    effect = evidence.paired(
        finals(NEW + 9, OLD + 9), "new", "old", "loss", percent=True
    )
    assert effect.unit == "%" and effect.mean == pytest.approx(
        100 * (OLD - NEW).mean() / (OLD + 9).mean()
    )


def test_tune_finds_the_interior_best_and_paired_accepts_it():
    tuning = runs({"new": 0.4, "old": 0.8}, seeds=range(100, 110))
    best = evidence.tune(tuning, "loss")
    assert dict(best) == {"new": 0.4, "old": 0.8} and best.seeds == frozenset(
        range(100, 110)
    )
    report = runs({"new": 0.4, "old": 0.8})
    report = report[report["peak"] == report["schedule"].map(dict(best))]
    assert abs(evidence.paired(report, "new", "old", "loss", tuned=best).mean) < 0.05


def test_a_peak_at_which_a_seed_diverged_is_never_best():
    tuning = runs({"a": 0.4})
    tuning.loc[(tuning["peak"] == 0.4) & (tuning["seed"] == 3), "diverged"] = True
    assert evidence.tune(tuning, "loss")["a"] != 0.4


def test_grid_is_sqrt_2():
    rates = evidence.grid(0.1, 1.6)
    assert len(rates) == 9 and rates[0] == 0.1 and rates[-1] == pytest.approx(1.6)
    assert np.allclose(np.divide(rates[1:], rates[:-1]), np.sqrt(2), rtol=1e-5)


TUNED = evidence.tune(runs({"new": 0.4, "old": 0.8}, seeds=range(100, 110)), "loss")


@pytest.mark.parametrize(
    "misuse, lesson",
    [
        (
            lambda: evidence.paired(finals(NEW, OLD).iloc[:-1], "new", "old", "loss"),
            "unpaired seeds",
        ),
        (
            lambda: evidence.paired(finals(NEW[:4], OLD[:4]), "new", "old", "loss"),
            "4 seeds are too few",
        ),
        (
            lambda: evidence.paired(
                runs({"new": 0.4, "old": 0.8}), "new", "old", "loss"
            ),
            "9 peaks",
        ),
        (
            lambda: evidence.paired(
                finals(NEW, OLD).assign(
                    peak=lambda t: np.where(t.schedule == "new", 1, 2)
                ),
                "new",
                "old",
                "loss",
            ),
            "unequal budgets",
        ),
        (
            lambda: evidence.paired(
                finals(NEW, OLD), "new", "old", "loss", tuned=TUNED
            ),
            "tuning chose",
        ),
        (
            lambda: evidence.paired(
                finals(NEW, OLD, seeds=range(95, 115)),
                "new",
                "old",
                "loss",
                tuned=TUNED,
            ),
            "other seeds",
        ),
        (
            lambda: evidence.paired(
                finals(NEW, OLD).assign(test_accuracy=1.0),
                "new",
                "old",
                "accuracy",
                "higher",
                TUNED,
            ),
            "same metric",
        ),
        (
            lambda: evidence.paired(
                finals(NEW, OLD).assign(diverged=True), "new", "old", "loss"
            ),
            "diverged",
        ),
        (
            lambda: evidence.paired(finals(NEW, OLD), "nwe", "old", "loss"),
            "no schedule 'nwe'",
        ),
        (
            lambda: evidence.paired(finals(NEW, OLD), "new", "old", "speed"),
            "metric must be a column",
        ),
        (
            lambda: evidence.paired(
                finals(NEW, OLD), "new", "old", "loss", better="higher"
            ),
            "contradicts",
        ),
        (
            lambda: evidence.paired(
                finals(NEW, OLD), "new", "old", "loss", better="up"
            ),
            "better must be",
        ),
        (
            lambda: evidence.paired(
                finals(NEW, OLD).assign(optimizer=["sgd", "adam"] * 20),
                "new",
                "old",
                "loss",
            ),
            "one at a time",
        ),
        (lambda: evidence.tune(runs({"a": 0.1}), "loss"), "edge of its grid"),
        (lambda: evidence.tune(runs({"a": 1.6}), "loss"), "above it. Widen"),
        (
            lambda: evidence.tune(
                runs({"a": 0.4}, peaks=(0.1, 0.2, 0.4, 0.8, 1.6)), "loss"
            ),
            "too coarse",
        ),
        (
            lambda: evidence.tune(runs({"a": 0.4}, seeds=range(3)), "loss"),
            "3 seeds are too few",
        ),
        (lambda: evidence.tune(runs({"a": 0.4}).iloc[:-1], "loss"), "interrupted"),
        (
            lambda: evidence.tune(
                pd.concat(
                    [runs({"a": 0.4}), runs({"b": 0.4}, peaks=evidence.grid(0.1, 3.2))]
                ),
                "loss",
            ),
            "unequal budgets",
        ),
        (
            lambda: evidence.tune(
                pd.concat([runs({"a": 0.4}), runs({"b": 0.4}, seeds=range(5, 15))]),
                "loss",
            ),
            "unpaired seeds",
        ),
        (lambda: evidence.grid(1, 0.1), "low must be"),
    ],
)
def test_misuse_raises_and_teaches(misuse, lesson):
    with pytest.raises(ValueError, match=lesson):
        misuse()


def effect(mean, spread=0.1, **options):
    """An effect whose 95 % interval is its mean ± 0.045 for a spread of 0.1."""
    values = mean + spread * np.linspace(-1, 1, 10)
    return evidence.Effect(
        "new", "old", "loss", "nats", tuple(values), tuple(range(10)), **options
    )


MEASURED = {
    "lesson": "01_background",
    "says": "New is better.",
    "who": "book",
    "where": "",
    "about": "decay",
    "kind": "measured",
    "means": "New against old, each tuned.",
    "primary": "a",
    "metric": "loss",
    "unit": "nats",
    "margin": 0.5,
    "control": "old against itself",
}
EXACT = {
    k: MEASURED[k] for k in ("lesson", "says", "who", "where", "about", "means")
} | {"kind": "exact"}


@pytest.fixture
def declare(monkeypatch):
    """Declares a claim "x" for the time of a test."""

    def one(base=MEASURED, **table):
        found = claims.Claim("x", **{**base, **table})
        monkeypatch.setattr(evidence, "claim", lambda name: {"x": found}[name])
        return found

    return one


NONE = effect(0)


@pytest.mark.parametrize(
    ("mean", "word"),
    [
        (1, "supported"),
        (0.58, "supported"),
        (0.52, "not shown"),
        (0.3, "no effect"),
        (0, "no effect"),
        (-0.3, "no effect"),
        (-0.52, "not shown"),
        (-1, "refuted"),
    ],
)
def test_the_word_comes_from_the_primary_condition(declare, mean, word):
    """However many further conditions there are, and whatever they say."""
    declare()
    assert evidence.verdict("x", {"a": effect(mean)}, NONE).verdict == word
    declare(further=["b", "c", "d"])
    effects = {"a": effect(mean), "b": effect(-mean), "c": effect(2), "d": effect(0, 9)}
    assert evidence.verdict("x", effects, NONE).verdict == word


def test_the_further_conditions_are_counted(declare):
    declare(further=["b", "c", "d", "e"], margins={"e": 3})
    found = evidence.verdict(
        "x",
        {
            "a": effect(1),
            "b": effect(1),
            "c": effect(-1),
            "d": effect(0, 9),
            "e": effect(1),
        },
        NONE,
    )
    assert found.counts == {"for": 1, "against": 1, "no effect": 1, "open": 1}
    assert "for 1, against 1, no effect 1, open 1 of 4" in found.in_short
    assert "e (no effect; margin 3)" in found.because
    sides = {c["condition"]: c["side"] for c in found.row["conditions"]}
    assert sides == {
        "a": "for",
        "b": "for",
        "c": "against",
        "d": "open",
        "e": "no effect",
    }


def test_a_control_that_comes_out_for_the_claim_is_told(declare):
    declare()
    good = evidence.verdict("x", {"a": effect(1)}, effect(0.2))
    assert good.control_passed and good.row["control"]["passed"]
    assert "cannot tell" not in good.in_short
    bad = evidence.verdict("x", {"a": effect(1)}, effect(1))
    assert not bad.control_passed and "the test cannot tell" in bad.in_short
    assert "FOR the claim" in bad.because
    declare(margins={"control": 2})
    assert evidence.verdict("x", {"a": effect(1)}, effect(1)).control_passed


def test_a_control_that_comes_out_against_a_refuted_claim_is_told(declare):
    declare()
    good = evidence.verdict("x", {"a": effect(-1)}, effect(0.1))
    assert good.verdict == "refuted"
    assert "neither for nor against, as it must be" in good.because
    bad = evidence.verdict("x", {"a": effect(-1)}, effect(-1))
    assert "against the claim too" in bad.because
    # where the claim is not refuted, a control may be as bad as it likes
    fine = evidence.verdict("x", {"a": effect(1)}, effect(-1))
    assert "not for the claim, as it must be" in fine.because


def test_the_box_says_what_was_tested(declare):
    declare()
    found = evidence.verdict("x", {"a": effect(1)}, effect(0.2))
    assert (
        f"**Tested:** {found.claim.means}" in found._repr_mimebundle_()["text/markdown"]
    )


def test_an_effect_says_how_its_rates_were_chosen():
    table = finals(NEW, OLD)
    how = "at equal sums of rates"
    assert how in str(evidence.paired(table, "new", "old", "loss", at=how))


def test_holms_intervals_are_those_of_his_rule():
    """Against the rule computed from SciPy's p-values."""
    rng = np.random.default_rng(4)
    effects = {
        str(k): evidence.Effect(
            "a", "b", "m", "", shift + rng.normal(size=20), range(20)
        )
        for k, shift in enumerate([0.0, 0.45, 0.6, 0.7, 1.2])
    }
    margins = dict.fromkeys(effects, 1e-9)
    p = {name: stats.ttest_1samp(e.values, 0).pvalue for name, e in effects.items()}
    for name, one in effects.items():
        assert one.p_value(1e-9) == pytest.approx(p[name], rel=1e-4)
    rejected = []
    for left, name in zip(range(5, 0, -1), sorted(p, key=p.get), strict=True):
        if p[name] > 0.05 / left:
            break
        rejected.append(name)
    assert 0 < len(rejected) < 5
    found = evidence.holm(effects, margins)
    assert list(found) == list(effects)
    assert {n for n, e in found.items() if e.side(1e-9) != "open"} == set(rejected)
    assert all(found[n].level >= effects[n].level for n in found)


def test_one_further_condition_is_not_adjusted():
    assert evidence.holm({"a": effect(1)}, {"a": 0.5})["a"].level == 0.95


def test_outcomes_have_exact_intervals():
    """Clopper and Pearson's, against the beta distribution."""
    yes = evidence.Effect(
        "a", "b", "m", "", (1,) * 10 + (0,) * 10, range(20), outcomes=True
    )
    low, high = stats.beta.ppf(0.0125, 10, 11), stats.beta.ppf(0.9875, 11, 10)
    none = 1 - 0.0125 ** (1 / 20)  # the upper end of 0 of 20
    assert yes.interval == pytest.approx((low - none, high))
    same = evidence.Effect("a", "b", "m", "", (0,) * 20, range(20), outcomes=True)
    assert same.interval == pytest.approx((-none, none))
    table = finals(NEW, OLD).assign(
        diverged=lambda t: (t.schedule == "old") & (t.seed < 10)
    )
    assert evidence.paired(table, "new", "old", "diverged").interval == yes.interval


def test_the_tuning_is_in_the_interval():
    """Against resampling in plain Python."""
    tuning = runs({"new": 0.4, "old": 0.5}, seeds=range(100, 110), noise=0.3)
    best = evidence.tune(tuning, "loss")
    draws = np.random.default_rng(0).integers(10, size=(1000, 10))
    wide = {
        n: t.pivot(index="seed", columns="peak", values="validation_loss")
        for n, t in tuning.groupby("schedule")
    }
    moved = [
        sum(
            sign
            * (
                wide[n].mean()[wide[n].iloc[draw].mean().idxmin()]
                - wide[n].mean()[best[n]]
            )
            for sign, n in ((1, "new"), (-1, "old"))
        )
        for draw in draws
    ]
    expected = np.sqrt(np.mean(np.square(moved)))
    assert best.uncertainty("new", "old") == pytest.approx(expected) and expected > 0.01
    report = runs({"new": 0.4, "old": 0.5}, noise=0.3)
    report = report[report["peak"] == report["schedule"].map(dict(best))]
    effect = evidence.paired(report, "new", "old", "loss", tuned=best)
    error = np.hypot(stats.sem(effect.values), expected)
    assert effect.high - effect.mean == pytest.approx(stats.t.ppf(0.975, 9) * error)
    assert "each at its best peak, tuning included" in str(effect)
    own = {n: t.set_index("seed")["test_loss"] for n, t in report.groupby("schedule")}
    again = evidence.difference(
        own["old"], own["new"], ("new", "old"), "loss", tuned=best
    )
    assert again == effect
    apart = evidence.difference(
        own["old"], own["new"], ("new", "old"), "loss", tuned=(best, best)
    )
    assert apart.tuning == pytest.approx(
        np.hypot(best.uncertainty("new"), best.uncertainty("old"))
    )
    share = evidence.paired(report, "new", "old", "loss", tuned=best, percent=True)
    scale = 100 / own["old"].mean()
    assert share.tuning == pytest.approx(expected * scale)


def test_the_best_peaks_are_a_mapping():
    assert (
        list(TUNED.values())
        == [TUNED["new"], TUNED["old"]]
        == list(dict(TUNED).values())
    )
    assert list(pd.Series(["old", "new"]).map(TUNED)) == [TUNED["old"], TUNED["new"]]


def test_without_tuning_an_effect_says_so():
    assert "at one peak" in str(evidence.paired(finals(NEW, OLD), "new", "old", "loss"))


def test_the_sentence_says_when_no_difference_was_shown():
    assert "no difference was shown" in str(effect(0))
    assert "no difference was shown" not in str(effect(1))


def test_a_verdict_shows_itself_and_carries_its_row(declare):
    declare(further=["b"], who="article", where="section 1", words="衰减")
    bundle = evidence.verdict(
        "x", {"a": effect(1), "b": effect(0)}, NONE
    )._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/markdown", evidence.MIME}
    assert bundle["text/markdown"].startswith("> **Claim x:** New is better.\n>\n")
    assert "**Verdict: supported.** An effect that matters" in bundle["text/markdown"]
    assert "<details>" in bundle["text/markdown"]
    row = json.loads(json.dumps(bundle[evidence.MIME]))
    assert (row["claim"], row["verdict"], row["primary"]) == ("x", "supported", "a")
    assert (row["who"], row["where"], row["words"]) == ("article", "section 1", "衰减")
    assert [c["primary"] for c in row["conditions"]] == [True, False]
    assert row["conditions"][0]["seeds"] == list(range(10))
    declare(EXACT)
    exact = evidence.check("x", False, "It gives 0.099.", control=False)
    assert exact.verdict == "refuted" and "It gives 0.099." in str(exact)
    assert (exact.row["conditions"], exact.row["control"], exact.row["counts"]) == (
        [],
        None,
        {},
    )
    assert "<details>" not in exact._repr_mimebundle_()["text/markdown"]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: evidence.verdict("x", {}, NONE), "conditions"),
        (
            lambda: evidence.verdict("x", {"b": effect(1)}, NONE),
            "was declared for the conditions",
        ),
        (
            lambda: evidence.verdict("x", {"a": effect(1), "b": NONE}, NONE),
            "was declared for",
        ),
        (lambda: evidence.verdict("x", [effect(1)], NONE), "must be a dict"),
        (lambda: evidence.verdict("x", {"a": effect(1)}, None), "with a control"),
        (
            lambda: evidence.verdict("x", {"a": minus(OLD)}, NONE),
            "declared for the metric",
        ),
        (lambda: evidence.check("x", True, "so"), "is declared as measured"),
    ],
)
def test_a_verdict_on_something_else_than_was_declared_is_refused(declare, make, words):
    declare()
    with pytest.raises(ValueError, match=words):
        make()


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: evidence.check("x", 1, "z"), "holds"),
        (lambda: evidence.check("x", True, ""), "because"),
        (lambda: evidence.check("x", True, "so", control=1), "control must be"),
        (lambda: evidence.check("x", True, "so", control=True), "passes the test too"),
        (lambda: evidence.verdict("x", {"a": effect(1)}, NONE), "is declared as exact"),
    ],
)
def test_a_check_that_is_none_is_refused(declare, make, words):
    declare(EXACT)
    with pytest.raises(ValueError, match=words):
        make()


def test_a_claim_that_nobody_declared_is_refused():
    with pytest.raises(
        ValueError, match="no claim '99-z' is declared in lrdecay_lib/claims.toml"
    ):
        evidence.check("99-z", True, "so")


def test_tune_takes_a_table_that_says_nothing_of_divergence():
    assert evidence.tune(runs({"a": 0.4}).drop(columns="diverged"), "loss")["a"] == 0.4


# --- no effect passes the guards by ----------------------------------------------------


def of(values, seeds=None):
    return pd.Series(values, index=range(len(values)) if seeds is None else seeds)


def minus(first, second=0, **options):
    first = of(first) if isinstance(first, np.ndarray) else first
    return evidence.difference(first, second, ("a", "b"), "m", **options)


def test_difference_is_paired_by_seed():
    first, second = (
        of([1.0, 2.0, 3.0, 4.0, 5.0]),
        of([5.0, 4.0, 3.0, 2.0, 1.5], [4, 3, 2, 1, 0]),
    )
    effect = evidence.difference(
        first, second, ("new", "old"), "distance", "m", "farther"
    )
    assert effect.values == (-0.5, 0.0, 0.0, 0.0, 0.0) and effect.seeds == (
        0,
        1,
        2,
        3,
        4,
    )
    assert (effect.treatment, effect.baseline, effect.unit) == ("new", "old", "m")
    assert (
        evidence.difference(
            dict(first), dict(second), ("new", "old"), "distance", "m", "farther"
        )
        == effect
    )
    alone = evidence.difference(
        first - second, 0, ("new", "old"), "distance", "m", "farther"
    )
    assert alone == effect
    assert (
        evidence.difference(first, second, ("a", "b"), "x", percent=2.0).values[0]
        == -25.0
    )


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: evidence.Effect("a", "b", "m", "", (2.0,) * 5, range(5)), "an exact claim"),
        (lambda: evidence.Effect("a", "b", "m", "", (1, 0, 0, 1, 0), range(5)), "outcomes=True"),
        (
            lambda: evidence.Effect("a", "b", "m", "", (1, 0, 2, 1, 0), range(5), outcomes=True),
            "differences are -1, 0 or 1",
        ),
        (lambda: evidence.Effect("a", "b", "m", "", OLD, range(20), tuning=-1), "tuning must be"),
        (lambda: minus(OLD, tuned=TUNED), "chosen by 'loss'"),
        (
            lambda: evidence.difference(of(OLD), 0, ("new", "none"), "loss", tuned=TUNED),
            "no schedule 'none' was tuned",
        ),
        (lambda: evidence.Effect("a", "b", "m", "", (1.0,), (0,)), "1 seeds are too few"),
        (lambda: evidence.Effect("a", "b", "m", "", (1.0,) * 5, range(6)), "equally many"),
        (lambda: evidence.Effect("a", "b", "m", "", (1.0,) * 5, (0, 1, 2, 3, 3)), "distinct"),
        (lambda: evidence.Effect("a", "b", "m", "", (1.0, np.nan) * 3, range(6)), "for seed 1"),
        (lambda: evidence.Effect("a", "b", "m", "", (1.0, np.inf) * 3, range(6)), "not finite"),
        (lambda: evidence.Effect("a", "b", "m", "", (1.0,) * 5, range(5), level=9), "level must"),
        (lambda: minus(of([1.0] * 5), of([1.0] * 6)), "unpaired seeds"),
        (lambda: minus(of([1.0] * 4), of([1.0] * 4)), "too few"),
        (lambda: minus([1.0] * 5, [1.0] * 5), "pandas Series"),
        (lambda: minus(of([1.0] * 5, [0] * 5), 0), "one number for each"),
        (lambda: minus(of([1.0] * 5), 0, percent=0.0), "means nothing"),
        (lambda: minus(of([1.0] * 5), 0, percent=np.nan), "means nothing"),
    ],
)  # fmt: skip
def test_an_effect_is_refused_wherever_it_is_made(make, words):
    with pytest.raises(ValueError, match=words):
        make()


def test_percent_of_a_mean_of_zero_is_refused_by_name():
    """It was "-inf % [+nan, +nan]", and a verdict was made of it."""
    old = np.array([-2.0, -1.0, 0.0, 1.0, 2.0])
    with pytest.raises(
        ValueError, match="percent of 0 means nothing: the mean that loss"
    ):
        evidence.paired(finals(old - 1, old), "new", "old", "loss", percent=True)


def test_a_row_holds_ten_digits_of_the_largest_number(declare):
    """Last bits, which differ from processor to processor, are not stored."""
    declare(metric="m", unit="")
    values = OLD[:6]
    rows = [
        evidence.verdict("x", {"a": minus(v)}, NONE).row
        for v in (values, values * (1 + 1e-13))
    ]
    assert rows[0]["conditions"] == rows[1]["conditions"]
    condition = rows[0]["conditions"][0]
    assert condition["effect"] == pytest.approx(np.mean(values), rel=1e-9)
    tiny = minus(np.array([1e-17, -1e-17, 2.0, -2.0, 0.0, 0.0]))
    row = evidence.verdict("x", {"a": tiny}, NONE).row
    assert row["conditions"][0]["effect"] == 0.0


def test_a_schedule_meets_itself_on_seeds_of_its_own():
    """The interval holds the scatter of both groups, and the sentence does not say paired."""
    first, second = (
        pd.Series(np.random.default_rng(k).normal(size=40), range(k, k + 40))
        for k in (0, 100)
    )
    apart = unpaired.difference(first, second, ("line", "line again"), "loss")
    spread = np.sqrt((first.var() + second.var()) / 40)
    assert apart.mean == pytest.approx(first.mean() - second.mean())
    assert (apart.high - apart.low) / 2 == pytest.approx(2.02 * spread, rel=0.25)
    assert "over 40 seeds and 40 others)" in str(apart) and "paired" not in str(apart)
    with pytest.raises(ValueError, match=r"share the seeds \[39\]: they are paired"):
        unpaired.difference(first, first.rename(lambda k: k + 39), ("a", "b"), "loss")
    with pytest.raises(ValueError, match="'a' has 40 seeds and 'b' 39: give both as"):
        unpaired.difference(first, second[1:], ("a", "b"), "loss")
