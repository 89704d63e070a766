"""The schedule cards: every call on them is run, and equals our schedule at every update, or
differs where it says so."""

import ast
import re
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from test_schedule_parity import needs, sgd, stepped

from lrdecay_lib import schedules
from lrdecay_lib.cards import CARDS, EVERY, PEAK, RECIPES, UPDATES

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


# A rule answers to the loss: each library's is told a card's losses, one after every EVERY updates.


def keras_after(code, losses):
    keras = pytest.importorskip("keras")
    optimizer = keras.optimizers.SGD(PEAK)
    callback = eval(code, {"keras": keras})
    callback.set_model(SimpleNamespace(optimizer=optimizer))
    callback.on_train_begin()
    for epoch, loss in enumerate(losses):
        callback.on_epoch_end(epoch, {"loss": loss})
        yield round(float(optimizer.learning_rate), 7)  # float32


def torch_after(code, losses, **packages):
    optimizer = sgd(PEAK)
    scheduler = eval(code, {"torch": needs("torch"), "optimizer": optimizer, **packages})
    for loss in losses:
        scheduler.step(loss)
        yield optimizer.param_groups[0]["lr"]


def transformers_after(code, losses):
    needs("torch")
    return torch_after(code, losses, transformers=needs("transformers"))


def optax_after(code, losses):
    optax, jax = needs("optax"), needs("optax", "jax")
    with jax.enable_x64(True):
        rule, one = eval(code, {"optax": optax}), jax.numpy.ones(())
        state = rule.init(one)
        for loss in losses:
            scale, state = rule.update(PEAK * one, state, value=loss)
            yield float(scale)


AFTER = dict(
    zip(LIBRARIES, (keras_after, torch_after, optax_after, transformers_after))
)


def rates_of(card, library, code=None):
    """The rate of each update, as the library's call gives it."""
    code = code or card.calls[library]
    if not card.losses:
        return RATES[library](code, card.schedule)
    told = [PEAK, *AFTER[library](code, card.losses)]
    return np.repeat(told, EVERY)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "name, library", CALLS, ids=[" in ".join(call) for call in CALLS]
)
def test_a_call_equals_ours_until_it_says_otherwise(name, library):
    card = CARDS[name]
    rates = rates_of(card, library)
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


# What a phrase or a trap says, as an assertion; those of phrases get the card, the library and the
# rates of its call.


def rises_again(card, library, rates):
    assert rates[UPDATES] == pytest.approx(0, abs=1e-12)
    assert (np.diff(rates[UPDATES : UPDATES + 300]) > 0).all()


def restarts_for_ever(card, library, rates):
    end = card.schedule.steps
    assert rates[end] == pytest.approx(PEAK) and card.schedule(end) == 0
    assert card.schedule.schedule.times == 4


def boundary_is_late(card, library, rates):
    ours = card.schedule.boundaries
    literal = card.calls[library].replace(str([b - 1 for b in ours]), str([*ours]))
    assert literal != card.calls[library]
    late = RATES[library](literal, card.schedule)
    np.testing.assert_allclose(late[1:], rates[:-1], rtol=1e-12)


def lengths_of(card):
    return {
        library: {int(n) for n in re.findall(r"\b\d{3,}\b(?!\.)", call)}
        for library, call in card.calls.items()
    }


def without_the_warmup(card, library, rates):
    assert lengths_of(card)[library] == {100, 900} and rates[999] > 0
    np.testing.assert_allclose(rates[1000:], 0, atol=1e-15)


def with_the_warmup(card, library, rates):
    for other in ("optax", "transformers"):
        assert lengths_of(card)[other] == {100, 1000}


def refuses_0(card, library, rates):
    literal = card.calls[library].replace("0.001", "0.0")
    with pytest.raises(ValueError, match="factor"):
        RATES[library](literal, card.schedule)


def peaks_one_earlier(card, library, rates):
    assert rates.argmax() == card.schedule(np.arange(UPDATES)).argmax() - 1


def ends_in_an_error(card, library, rates):
    optimizer = sgd(PEAK)
    scope = {"torch": needs("torch"), "optimizer": optimizer}
    scheduler = eval(card.calls[library], scope)
    stepped(optimizer, scheduler, UPDATES)
    with pytest.raises(ValueError, match=f"step {UPDATES + 1} times"):
        stepped(optimizer, scheduler, 1)


def patience_counts_one_more(card, library, rates):
    literal = card.calls[library].replace("patience=2", "patience=3")
    assert literal != card.calls[library] and card.rule.endswith("patience=3)")
    late = rates_of(card, library, literal)
    assert (late >= rates).all() and (late > rates).any()


PHRASES = {
    f"rises again after update {UPDATES:,}": rises_again,
    "goes on restarting, ours was told four cycles": restarts_for_ever,
    "its patience counts one evaluation more, so it is written one lower":
        patience_counts_one_more,
    "its boundary is the last update with the old value, so it is written one lower":
        boundary_is_late,
    "its length leaves the warmup out, 900": without_the_warmup,
    f"optax's and transformers' hold it, {UPDATES:,}": with_the_warmup,
    "its LinearLR refuses to start at 0": refuses_0,
    "its rise is one update shorter": peaks_one_earlier,
    "raises an error after the last update": ends_in_an_error,
}  # fmt: skip


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "name, library", [(n, lib) for n, c in CARDS.items() for lib in c.differs]
)
def test_every_phrase_of_a_card_is_so(name, library):
    card = CARDS[name]
    rates = rates_of(card, library)
    for phrase in card.differs[library]:
        PHRASES[phrase](card, library, rates)


def test_no_phrase_is_asserted_in_vain():
    used = {p for c in CARDS.values() for said in c.differs.values() for p in said}
    assert used == set(PHRASES)


def sawtooth():
    t = np.arange(UPDATES)
    wrong = PEAK * 0.5 ** ((t % 300) / 300)
    assert (np.flatnonzero(np.diff(wrong) > 0) == [299, 599, 899]).all()
    assert (np.diff(CARDS["step"].schedule(t)) <= 0).all()


def hardly_a_decay():
    assert schedules.Exponential(0.99, 10_000)(10_000) == pytest.approx(0.99)


def end_of_keras():
    code = "keras.optimizers.schedules.PolynomialDecay(0.1, 1000)"
    assert keras_rates(code, None)[UPDATES] == pytest.approx(0.0001, rel=1e-6)
    assert 0.0001 == pytest.approx(PEAK / 1000)


def share_or_rate():
    ours = PEAK * schedules.Cosine(1000).floor(0.1)
    made = {
        "Keras": "keras.optimizers.schedules.CosineDecay(0.1, 1000, alpha=0.1)",
        "optax": "optax.cosine_decay_schedule(0.1, 1000, alpha=0.1)",
        "PyTorch": "torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 1000, eta_min=0.01)",
    }
    for library, code in made.items():
        rates = RATES[library](code, ours)[: UPDATES + 1]
        np.testing.assert_allclose(rates, ours(np.arange(UPDATES + 1)), rtol=1e-6)


def first_update_at_0():
    card = CARDS["warmup and cosine"]
    for library in ("Keras", "optax", "transformers"):
        assert RATES[library](card.calls[library], card.schedule)[0] == 0
    assert card.schedule(0) == 0


def cycles_of_one_length():
    name = "get_cosine_with_hard_restarts_schedule_with_warmup"
    code = f"transformers.{name}(optimizer, 0, 1000, num_cycles=4)"
    rates = transformers_rates(code, None)[:UPDATES]
    assert (np.flatnonzero(np.diff(rates) > 0) == [249, 499, 749]).all()


def late_by_a_logarithm():
    code = "keras.optimizers.schedules.CosineDecayRestarts(0.1, 1, t_mul=3.0)"
    rates = keras_rates(code, None)
    begins = [(3**i - 1) // 2 for i in range(8)]
    missed = [b for b in begins if rates[b] < 0.5 * PEAK]
    assert missed and all(rates[b + 1] > 0.9 * PEAK for b in missed)


def another_length():
    """Told the losses of single updates, optax's patience is over after three of them."""
    rule = CARDS["plateau"].calls["optax"]
    assert "accumulation_size" not in rule and "epoch" not in rule
    falls = list(optax_after(rule, [1.0] * 5))
    assert falls == pytest.approx([PEAK, PEAK, PEAK, PEAK / 2, PEAK / 2])
    slower = rule.replace("patience=3", "patience=3, accumulation_size=2")
    assert list(optax_after(slower, [1.0] * 5)) == pytest.approx([PEAK] * 5)


TRAPS = {
    "A remainder in place": sawtooth,
    "The factor alone says nothing": hardly_a_decay,
    "Keras's default end is not 0": end_of_keras,
    "A floor is a share of the peak": share_or_rate,
    "The first update has the rate 0": first_update_at_0,
    "transformers' `get_cosine_with_hard": cycles_of_one_length,
    "Keras's callback looks at the loss of each epoch": another_length,
    "Where restarts are found by a logarithm": late_by_a_logarithm,
}
ALL_TRAPS = list(dict.fromkeys(trap for card in CARDS.values() for trap in card.traps))


def test_every_trap_is_run_by_a_test_or_has_a_public_number():
    run = {key for key in TRAPS for said, *_ in ALL_TRAPS if said.startswith(key)}
    assert run == set(TRAPS)
    for said, source, address in ALL_TRAPS:
        if not said.startswith(tuple(TRAPS)):
            path, number = re.fullmatch(
                r"https://github.com/[^/]+/([^/]+/(?:issues|pull)/)(\d+)", address
            ).groups()
            kind = "pull request" if "pull" in path else "issue"
            assert source == f"{path.split('/')[0]}, {kind} {number}"


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("key", TRAPS)
def test_a_trap_is_one(key):
    TRAPS[key]()


README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def test_the_recipes_of_the_readme_run_as_they_stand_there(capsys):
    keras = pytest.importorskip("keras")
    first, pytorch = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    scope = {}
    exec(first, scope)
    assert [capsys.readouterr().out.strip()] == re.findall(r"# (0\.\d+)", first)
    schedule, optimizer = scope["schedule"], scope["optimizer"]
    optimizer.iterations.assign(550)
    assert float(optimizer.learning_rate) == pytest.approx(schedule(550), rel=1e-6)
    assert keras.optimizers.deserialize(keras.optimizers.serialize(optimizer))

    (in_jax,) = re.findall(r"`(optax\.\w+\(schedule\))`", README)
    optax, jax = needs("optax"), needs("optax", "jax")
    made = eval(in_jax, {"optax": optax, "schedule": schedule})
    weight = jax.numpy.zeros(())
    update, state = jax.jit(made.update), made.init(weight)
    for t in range(3):
        step, state = update(jax.numpy.ones(()), state, weight)
        assert float(step) == pytest.approx(-schedule(t), rel=1e-6)

    torch = needs("torch")
    scope |= {"torch": torch, "model": torch.nn.Linear(1, 1)}
    exec(pytorch, scope)
    rates = stepped(scope["optimizer"], scope["scheduler"], UNTIL)
    np.testing.assert_array_equal(rates, schedule(np.arange(UNTIL)))


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
    assert bool(card.losses) == bool(card.rule)
    assert (
        card.formula and card.when and card.cost and card.schedule.peak <= PEAK * 1.001
    )
    assert set(card.calls) <= set(RECIPES) == set(LIBRARIES)
    assert set(card.equal_until) <= set(card.differs) <= set(card.calls)


def test_the_rule_of_a_card_gives_the_rates_of_its_picture():
    """`training.Plateau` itself, told the card's losses."""
    training = pytest.importorskip("lrdecay_lib.training")
    card = CARDS["plateau"]
    rule = eval(card.rule, {"training": training})
    control, shares = rule.start, [1.0]
    for loss in card.losses:
        control = rule.after(control, loss)
        shares.append(float(control[0]))
    rates = PEAK * np.repeat(shares, EVERY)
    np.testing.assert_allclose(rates, card.schedule(np.arange(len(rates))), rtol=1e-6)


def test_a_comparison_says_what_the_tests_compare():
    assert CARDS["one cycle"].comparison("PyTorch").startswith("Equal at update 0 only")
    assert CARDS["cosine"].comparison("PyTorch") == (
        "Equal at updates 0 to 1,000; rises again after update 1,000."
    )
    assert CARDS["linear"].comparison("Keras") == "Equal at every update."
