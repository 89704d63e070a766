"""The schedule cards: every call on them is run, and equals our schedule at every update, or
differs where it says so."""

import ast

import numpy as np
import pytest
from test_schedule_parity import needs, sgd, stepped

from lrdecay_lib import schedules
from lrdecay_lib.cards import CARDS, PEAK, RECIPES, UPDATES

LIBRARIES = ("Keras", "PyTorch", "optax", "transformers")
UNTIL = UPDATES + 600  # past the end too
CALLS = [(name, library) for name, card in CARDS.items() for library in card.calls]


class InFloat64(ast.NodeTransformer):
    """Keras computes in the type of the rate it is given, and takes a Python float for float32."""

    def visit_Constant(self, node):
        if isinstance(node.value, float):
            return ast.Call(
                ast.Attribute(ast.Name("numpy", ast.Load()), "float64", ast.Load()),
                [node],
                [],
            )
        return node


def keras_rates(code, schedule):
    keras = pytest.importorskip("keras")
    tree = ast.fix_missing_locations(InFloat64().visit(ast.parse(code, mode="eval")))
    made = eval(compile(tree, "card", "eval"), {"keras": keras, "numpy": np})
    if not callable(made):  # the rate of an optimizer, which Keras keeps in float32
        return np.full(UNTIL, round(float(made), 7))
    return np.array([made(t).numpy() for t in range(UNTIL)], dtype=float)


def torch_rates(code, schedule):
    optimizer = sgd(PEAK)
    scheduler = eval(
        code, {"torch": needs("torch"), "optimizer": optimizer, "schedule": schedule}
    )
    length = UPDATES if "OneCycleLR" in code else UNTIL
    return stepped(optimizer, scheduler, length)


def optax_rates(code, schedule):
    optax, jax = needs("optax"), needs("optax", "jax")
    with jax.enable_x64(True):
        made = eval(code, {**vars(schedules), "optax": optax})
        return np.array(jax.vmap(made)(np.arange(UNTIL)) * np.ones(UNTIL), dtype=float)


def transformers_rates(code, schedule):
    needs("torch")
    optimizer = sgd(PEAK)
    return stepped(
        optimizer,
        eval(code, {"transformers": needs("transformers"), "optimizer": optimizer}),
        UNTIL,
    )


RATES = dict(
    zip(LIBRARIES, (keras_rates, torch_rates, optax_rates, transformers_rates))
)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "name, library", CALLS, ids=[" in ".join(call) for call in CALLS]
)
def test_a_call_equals_ours_until_it_says_otherwise(name, library):
    card = CARDS[name]
    rates = RATES[library](card.calls[library], card.schedule)
    ours, equal = (
        card.schedule(np.arange(len(rates))),
        card.equal_until.get(library, len(rates)),
    )
    np.testing.assert_allclose(
        rates[:equal], ours[:equal], rtol=1e-12, atol=1e-12 * PEAK
    )
    if equal < len(rates):
        assert library in card.differs and abs(rates[equal] - ours[equal]) > 1e-9


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "name, library", [(n, lib) for n, c in CARDS.items() for lib in c.equals]
)
def test_a_call_that_differs_equals_what_the_card_names(name, library):
    card = CARDS[name]
    rates = RATES[library](card.calls[library], card.schedule)[: UPDATES + 1]
    ours = eval(card.equals[library], dict(vars(schedules)))
    np.testing.assert_allclose(
        rates, ours(np.arange(len(rates))), rtol=1e-12, atol=1e-12 * PEAK
    )


@pytest.mark.parametrize("name", CARDS)
def test_the_recipe_of_each_library_applies_our_rates(name):
    schedule, t = CARDS[name].schedule, np.arange(0, UNTIL, 7)
    keras = pytest.importorskip("keras")
    optimizer = eval(RECIPES["Keras"], {"keras": keras, "schedule": schedule})
    for one in (0, 300, 1500):
        optimizer.iterations.assign(one)
        assert float(optimizer.learning_rate) == pytest.approx(schedule(one), rel=1e-6)
    optax, jax = needs("optax"), needs("optax", "jax")
    made = eval(RECIPES["optax"], {"optax": optax, "schedule": schedule})
    state, weight = made.init(jax.numpy.zeros(())), jax.numpy.zeros(())
    update = jax.jit(made.update)(jax.numpy.ones(()), state, weight)[0]
    assert float(update) == pytest.approx(-schedule(0), rel=1e-6)
    torch = needs("torch")
    scope = {"torch": torch, "schedule": schedule}
    scope["parameters"] = [torch.zeros(1, requires_grad=True)]
    scheduler = eval(RECIPES["PyTorch"], scope)
    rates = stepped(scheduler.optimizer, scheduler, UNTIL)
    np.testing.assert_array_equal(rates[t], [schedule(int(one)) for one in t])
    assert RECIPES["transformers"] == RECIPES["PyTorch"]


def test_the_recipe_of_pytorch_survives_save_and_load_and_keeps_the_new_plan(tmp_path):
    torch, saved = needs("torch"), schedules.Cosine(100)
    scope = {"torch": torch, "parameters": [torch.zeros(1, requires_grad=True)]}
    scheduler = eval(RECIPES["PyTorch"], {**scope, "schedule": saved})
    stepped(scheduler.optimizer, scheduler, 10)
    torch.save(scheduler.state_dict(), tmp_path / "state")
    longer = 0.5 * schedules.Linear(1000)
    plan, number = repr(longer), hash(longer)
    again = eval(RECIPES["PyTorch"], {**scope, "schedule": longer})
    again.load_state_dict(torch.load(tmp_path / "state"))  # weights_only, the default
    again.load_state_dict({**again.state_dict(), "lr_lambdas": [{"steps": 7}]})
    stepped(again.optimizer, again, 1)
    assert (repr(longer), hash(longer)) == (plan, number)
    assert again.get_last_lr() == [longer(11)]


@pytest.mark.parametrize("name", CARDS)
def test_a_card_is_whole(name):
    card = CARDS[name]
    assert (
        card.formula and card.when and card.cost and card.schedule.peak <= PEAK * 1.001
    )
    assert set(card.calls) <= set(RECIPES) == set(LIBRARIES)
    assert set(card.equal_until) <= set(card.differs) <= set(card.calls)


def test_a_comparison_says_what_the_tests_compare():
    assert CARDS["one cycle"].comparison("PyTorch").startswith("Equal at update 0 only")
    assert CARDS["cosine"].comparison("PyTorch").startswith("Equal at updates 0 to 1,0")
    assert CARDS["linear"].comparison("Keras") == "Equal at every update."
