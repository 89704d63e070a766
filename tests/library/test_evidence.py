"""Evidence: the numbers against SciPy, the rule of the verdict, and misuse that teaches."""

import json

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from lrdecay_lib import evidence


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
    assert (
        effect.bootstrap
        == evidence.paired(finals(NEW, OLD), "new", "old", "loss").bootstrap
    )
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
        (lambda: evidence.verdict("x", "y", {}), "effects"),
        (lambda: evidence.check("x", "y", 1, "z"), "holds"),
        (lambda: evidence.check("x", "y", True, ""), "because"),
    ],
)
def test_misuse_raises_and_teaches(misuse, lesson):
    with pytest.raises(ValueError, match=lesson):
        misuse()


def effect(mean, spread=0.1):
    values = mean + spread * np.linspace(-1, 1, 10)
    return evidence.Effect(
        "new", "old", "loss", "nats", tuple(values), tuple(range(10))
    )


@pytest.mark.parametrize(
    "effects, margin, word",
    [
        ({"a": effect(1)}, 0, "supported"),
        ({"a": effect(-1)}, 0, "refuted"),
        ({"a": effect(0)}, 0, "not shown"),
        ({"a": effect(1), "b": effect(2)}, 0, "supported"),
        ({"a": effect(1), "b": effect(0)}, 0, "it depends"),
        ({"a": effect(1), "b": effect(-1)}, 0, "it depends"),
        ({"a": effect(0), "b": effect(-1)}, 0, "refuted"),
        ({"a": effect(1)}, 0.99, "not shown"),
        ({"a": effect(1)}, 0.8, "supported"),
        ({"a": effect(1)}, 2, "refuted"),
        ({"a": effect(0), "b": effect(0)}, 0, "not shown"),
        ({"a": effect(1), "b": effect(0)}, 0, "it depends"),
    ],
)
def test_the_rule_of_the_verdict(effects, margin, word):
    assert evidence.verdict("1-a", "new is better", effects, margin).verdict == word


def test_the_sentence_says_when_no_difference_was_shown_and_names_conditions():
    assert "no difference was shown" in str(
        evidence.verdict("1-a", "c", {"a": effect(0)})
    )
    assert "no difference was shown" not in str(
        evidence.verdict("1-a", "c", {"a": effect(1)})
    )
    text = str(
        evidence.verdict(
            "1-a", "c", {"digits": effect(1), "diabetes": effect(-1), "none": effect(0)}
        )
    )
    assert (
        "For the claim: digits; against it: diabetes; no difference was shown: none."
        in text
    )


def test_a_verdict_shows_itself_and_carries_its_row():
    bundle = evidence.verdict(
        "1-a", "new is better", {"digits": effect(1)}
    )._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/markdown", evidence.MIME}
    assert (
        bundle["text/markdown"].startswith("> **Claim 1-a:**")
        and "**Verdict: supported.**" in bundle["text/markdown"]
    )
    row = json.loads(json.dumps(bundle[evidence.MIME]))
    assert (
        row["claim"] == "1-a"
        and row["verdict"] == "supported"
        and row["conditions"][0]["seeds"] == list(range(10))
    )
    exact = evidence.check(
        "4.3-a", "the example gives 0.00004", False, "It gives 0.099."
    )
    assert (
        exact.verdict == "refuted"
        and "It gives 0.099." in str(exact)
        and exact.row["conditions"] == []
    )


def test_a_difference_without_spread_has_an_interval_of_no_width():
    same = evidence.Effect("a", "b", "diverged", "", (1.0,) * 10, tuple(range(10)))
    assert same.interval == same.bootstrap == (1.0, 1.0)


def test_tune_takes_a_table_that_says_nothing_of_divergence():
    assert evidence.tune(runs({"a": 0.4}).drop(columns="diverged"), "loss")["a"] == 0.4


# --- no effect passes the guards by ----------------------------------------------------


def of(values, seeds=None):
    return pd.Series(values, index=range(len(values)) if seeds is None else seeds)


def minus(first, second=0, **options):
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


def test_a_row_holds_ten_digits_of_the_largest_number():
    """Last bits, which differ from processor to processor, are not stored."""
    values = list(OLD[:6])
    rows = [
        evidence.verdict("x", "y", {"c": minus(of(v), 0)}).row
        for v in (values, [v * (1 + 1e-13) for v in values])
    ]
    assert rows[0] == rows[1]
    condition = rows[0]["conditions"][0]
    assert condition["effect"] == pytest.approx(np.mean(values), rel=1e-9)
    tiny = evidence.difference(
        of([1e-17, -1e-17, 2.0, -2.0, 0.0, 0.0]), 0, ("a", "b"), "m"
    )
    assert evidence.verdict("x", "y", {"c": tiny}).row["conditions"][0]["effect"] == 0.0
