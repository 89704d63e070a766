"""CartPole and PPO: the environment is Gymnasium's, the gradients are right, and the numbers
are the same everywhere."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import gymnasium
import numpy as np
import pytest

from lrdecay_lib import reinforcement as rl
from lrdecay_lib.schedules import Constant, Linear

RNG = np.random.default_rng(0)
RIVALS = {"constant": Constant(), "linear": Linear(48)}


def short(**changes):
    return rl.sweep(
        **{
            "schedules": RIVALS,
            "peaks": [0.03],
            "seeds": [0, 1],
            "rounds": 3,
            **changes,
        }
    )


# --- the environment ------------------------------------------------------------------


def test_the_environment_is_gymnasiums_step_by_step():
    cart = gymnasium.make("CartPole-v1").unwrapped
    for seed in range(20):
        cart.reset(seed=seed)
        lost = False
        while not lost:
            before, right = np.array(cart.state), int(RNG.integers(2))
            _, _, lost, *_ = cart.step(right)
            after, ours = rl.step(before, np.bool_(right))
            assert (
                after == pytest.approx(cart.state, rel=1e-12, abs=1e-14)
                and ours == lost
            )
    assert gymnasium.spec("CartPole-v1").max_episode_steps == rl.LONGEST


def test_many_carts_step_as_one_does():
    states, right = RNG.uniform(-0.2, 0.2, size=(4, 3, 5)), RNG.random((3, 5)) < 0.5
    after, lost = rl.step(states, right)
    assert after.shape == (4, 3, 5) and lost.shape == (3, 5)
    for i in np.ndindex(3, 5):
        assert np.array_equal(
            after[(slice(None), *i)], rl.step(states[(slice(None), *i)], right[i])[0]
        )


def test_the_series_are_those_of_sine_cosine_and_the_logistic():
    angle, logit = np.linspace(-0.3, 0.3, 1001), np.linspace(-12, 12, 1001)
    sin, cos = rl._sin_cos(angle)
    assert (
        np.abs(sin - np.sin(angle)).max() < 1e-15
        and np.abs(cos - np.cos(angle)).max() < 1e-15
    )
    assert rl._logistic(logit) == pytest.approx(1 / (1 + np.exp(-logit)), rel=1e-9)
    assert rl._logistic(np.array([-1e9, 1e9])) == pytest.approx([0, 1], abs=1e-5)


# --- the gradients --------------------------------------------------------------------


def numerical(function, array, width=1e-6):
    """The gradient of a function of one array that is changed in place."""
    gradient = np.empty_like(array)
    for i in np.ndindex(array.shape):
        kept = array[i]
        array[i] = kept + width
        above = function()
        array[i] = kept - width
        gradient[i] = (above - function()) / (2 * width)
        array[i] = kept
    return gradient


def test_the_networks_gradient_is_right():
    weights = [RNG.normal(size=shape) for shape in ((4, 2, 5), (2, 5), (2, 5), (2, 1))]
    state, slope = RNG.normal(size=(4, 2, 7)), RNG.normal(size=(2, 7))
    hidden, output = rl._forward(weights, state)
    assert hidden.shape == (2, 5, 7) and output.shape == (2, 7)
    for weight, gradient in zip(weights, rl._backward(weights, state, hidden, slope)):
        assert gradient == pytest.approx(
            numerical(lambda: (slope * rl._forward(weights, state)[1]).sum(), weight),
            abs=1e-6,
        )


def test_the_policys_gradient_is_right_on_both_sides_of_the_clip():
    logit, gain, right = (
        RNG.normal(size=200),
        RNG.normal(size=200),
        RNG.random(200) < 0.5,
    )
    likely = RNG.uniform(0.2, 0.8, size=200)

    def loss():
        now = rl._logistic(logit)
        ratio = np.where(right, now, 1 - now) / likely
        return -np.minimum(
            ratio * gain, np.clip(ratio, 1 - rl.CLIP, 1 + rl.CLIP) * gain
        ).sum()

    slope = rl._policy_slope(logit, right, likely, gain)
    assert slope == pytest.approx(numerical(loss, logit), abs=1e-6)
    assert 0 < (slope == 0).sum() < 200


def test_advantages_are_those_of_their_definition():
    value, later = RNG.normal(size=(2, 1, 9, 1))
    lost, over = np.zeros((2, 1, 9, 1), dtype=bool)
    lost[0, 3], over[0, 3], over[0, 6] = (
        True,
        True,
        True,
    )  # lost after step 3, cut off after step 6

    def of(k):
        """The sum of discounted surprises from step k to the end of its episode."""
        surprise = (
            (1 - rl.DISCOUNT)
            + (0 if lost[0, k, 0] else rl.DISCOUNT * later[0, k, 0])
            - value[0, k, 0]
        )
        return (
            surprise
            if k == 8 or over[0, k, 0]
            else surprise + rl.DISCOUNT * rl.TRACE * of(k + 1)
        )

    assert rl._advantages(value, later, lost, over)[0, :, 0] == pytest.approx(
        [of(k) for k in range(9)]
    )


def test_adam_is_that_of_its_paper():
    """Algorithm 1 of Kingma and Ba 2015, with the constants where its section 2 moves them."""
    weight, gradients, rates = (
        RNG.normal(size=(2, 3)),
        RNG.normal(size=(6, 2, 3)),
        np.array([0.1, 0.02]),
    )
    wanted, mean, square = weight.copy(), 0.0, 0.0
    optimizer = rl._Adam([weight])
    for t, gradient in enumerate(gradients, 1):
        optimizer.update([gradient], rates)
        mean, square = 0.9 * mean + 0.1 * gradient, 0.999 * square + 0.001 * gradient**2
        pace = rates[:, None] * np.sqrt(1 - 0.999**t) / (1 - 0.9**t)
        wanted = wanted - pace * mean / (np.sqrt(square) + 1e-7)
        assert weight == pytest.approx(wanted, rel=1e-12)


# --- runs -----------------------------------------------------------------------------


def test_a_run_is_the_same_alone_and_in_any_company(monkeypatch):
    together = short(seeds=[3, 0, 1], evaluate_every=1)
    monkeypatch.setattr(rl, "_TOGETHER", 2)
    assert short(seeds=[3, 0, 1], evaluate_every=1).equals(together)
    for (name, seed), rows in together.groupby(["schedule", "seed"]):
        alone = short(schedules={name: RIVALS[name]}, seeds=[seed], evaluate_every=1)
        assert alone["return"].tolist() == rows["return"].tolist()


def test_the_table_has_a_row_for_each_evaluation_of_each_run():
    table = short(peaks={"constant": 0.01, "linear": [0.01, 0.02]}, evaluate_every=2)
    assert list(table) == ["schedule", "peak", "seed", "update", "return", "diverged"]
    assert sorted(set(table["update"])) == [0, 32, 48] and len(table) == 3 * 2 * 3
    assert set(short()["update"]) == {48}
    first = table[table["update"] == 0].groupby("seed")["return"]
    assert (
        first.nunique() == 1
    ).all() and first.mean().max() < 12  # the same start, and nobody can balance yet


def test_rivals_of_one_seed_meet_the_same_dice():
    """With a rate of 0 nothing is learned, so nothing may differ; and other seeds differ."""
    table = short(peaks=[0.0], seeds=range(5), evaluate_every=1)
    assert (table.groupby("seed")["return"].nunique() == 1).all() and table[
        "return"
    ].nunique() > 1


def test_in_the_middle_a_step_is_worth_less_the_further_off_it_leads():
    state = np.zeros((4, 3))
    state[0] = 0.0, 0.1, -0.3
    assert rl._worth(state, "middle") == pytest.approx([1, 1 / 2, 1 / 10])
    assert rl._worth(state, "anywhere") == 1
    alike = short(peaks=[0.0], evaluate_every=1)["return"]
    off = short(peaks=[0.0], evaluate_every=1, goal="middle")["return"]
    assert (off < alike).all() and (off > 0).all()
    with pytest.raises(ValueError, match="goal must be one of"):
        short(goal="centre")


def test_it_learns():
    returns = rl.sweep({"constant": Constant()}, [0.03], seeds=range(6))["return"]
    assert returns.mean() > 400


# --- the same numbers everywhere ------------------------------------------------------

EXACT = """
from lrdecay_lib import reinforcement as rl
rivals = {"constant": lambda t: 1.0, "linear": lambda t: 1 - t / 128}
table = rl.sweep(rivals, [0.03, 0.2], range(4), rounds=8)
print(*table["return"])
"""
DIGITS = (
    "356.5625 151.875 450.375 266.0 191.75 152.125 443.375 150.4375 "
    "155.6875 253.9375 409.6875 351.0 203.1875 122.375 219.0 411.3125"
)


def test_the_numbers_are_those_of_every_other_machine():
    plain = subprocess.run(
        [sys.executable, "-c", EXACT], capture_output=True, text=True, check=True
    ).stdout.strip()
    assert plain == DIGITS
    other = {
        **os.environ,
        "NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4 AVX2 FMA3 AVX512F",
    }  # as on an old processor
    assert (
        subprocess.run(
            [sys.executable, "-c", EXACT], capture_output=True, text=True, env=other
        ).stdout.strip()
        == plain
    )


def test_nothing_is_computed_that_rounds_otherwise_elsewhere():
    exact = {
        "abs",
        "add",
        "arange",
        "array",
        "ascontiguousarray",
        "atleast_1d",
        "clip",
        "concatenate",
        "empty_like",
        "integer",
        "isfinite",
        "maximum",
        "moveaxis",
        "ones",
        "pi",
        "split",
        "sqrt",
        "stack",
        "unique",
        "where",
        "zeros",
        "zeros_like",
    }
    tree = ast.parse(Path(rl.__file__).read_text(encoding="utf-8"))
    used = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "np"
    }
    assert used <= exact
    assert not [
        node for node in ast.walk(tree) if isinstance(node, ast.MatMult | ast.Pow)
    ]
    methods = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert not methods & {"mean", "std", "var", "dot", "normal"}


# --- bad input ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"schedules": {}}, "schedules must be a dict: name -> schedule; got {}"),
        ({"schedules": Constant()}, "schedules must be a dict"),
        (
            {"schedules": {"rule": 0.1}},
            "'rule' must be a callable of the update index; got 0.1",
        ),
        (
            {"peaks": {"constant": 0.1}},
            "peaks must name the schedules ['constant', 'linear']; got ['constant']",
        ),
        (
            {"peaks": [-0.1]},
            "peaks of 'constant' must be finite rates of at least 0; got [-0.1]",
        ),
        ({"peaks": [float("nan")]}, "must be finite rates of at least 0; got [nan]"),
        ({"seeds": []}, "seeds must be distinct, at least one; got []"),
        ({"seeds": [1, 1]}, "seeds must be distinct"),
        ({"seeds": [-1]}, "seeds must be a whole number of at least 0; got -1"),
        ({"seeds": [0.5]}, "seeds must be a whole number of at least 0; got 0.5"),
        ({"rounds": 0}, "rounds must be a whole number of at least 1; got 0"),
        ({"rounds": 2.0}, "rounds must be a whole number of at least 1; got 2.0"),
        (
            {"evaluate_every": True},
            "evaluate_every must be a whole number of at least 1; got True",
        ),
    ],
)
def test_bad_input_gets_a_sentence(changes, message):
    with pytest.raises(ValueError) as caught:
        short(**changes)
    assert message in str(caught.value)
