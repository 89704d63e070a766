"""The rule of verdicts, simulated: seldom wrong, and it finds what is there."""

import pytest

from benchmarks import rule

TRIALS = 400
CHANCE = (
    3 * (0.025 * 0.975 / TRIALS) ** 0.5
)  # three standard errors of a share of 2.5 %


@pytest.mark.parametrize("size", rule.SIZES)
def test_false_alarms_stay_below_their_level(size):
    """However many conditions a claim has, and where they share half of their variance."""
    found = rule.shares(size, effect=0, spread=100, shared=0.5, trials=TRIALS, seed=1)
    for word in ("supported", "refuted", "for", "against"):
        assert found[word] <= 0.025 + CHANCE, word


def test_an_effect_of_no_more_than_the_margin_is_seldom_supported():
    found = rule.shares(1, effect=1, spread=1.5, trials=TRIALS, seed=1)
    assert found["supported"] <= 0.025 + CHANCE


@pytest.mark.parametrize("size", rule.SIZES)
def test_twice_the_margin_is_found_in_four_of_five_claims(size):
    assert (
        rule.shares(size, effect=2, spread=1.4, trials=TRIALS, seed=1)["supported"]
        >= 0.8
    )
