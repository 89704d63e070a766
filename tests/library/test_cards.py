"""The schedule cards: every call on them is run, and equals our schedule at every update, or
differs where it says so."""

import ast

import numpy as np
import pytest
from test_schedule_parity import needs, sgd, stepped

from lrdecay_lib.cards import CARDS, PEAK, UPDATES

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
        made = eval(code, {"optax": optax})
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


@pytest.mark.parametrize("name", CARDS)
def test_a_card_is_whole(name):
    card = CARDS[name]
    assert (
        card.formula and card.when and card.cost and card.schedule.peak <= PEAK * 1.001
    )
    assert set(card.calls) | set(card.absent) == set(LIBRARIES), (
        "each library has a call, or says what to do instead"
    )
    assert not set(card.calls) & set(card.absent)
    assert set(card.equal_until) <= set(card.differs) <= set(card.calls)
