"""Our schedules against the real ones of Keras, optax, PyTorch, transformers and timm, at every
update.

`PEERS` is the table: a name, our expression, the peer's own schedule, the number of updates
compared. Where two libraries differ from each other, the second half of this file asserts the
difference itself.
"""

import warnings
from types import SimpleNamespace

import numpy as np
import pytest

from lrdecay_lib.schedules import (
    Anneal,
    Constant,
    Cosine,
    Exponential,
    InverseSqrt,
    InverseTime,
    Linear,
    Piecewise,
    Polynomial,
    Warmup,
)

pytestmark = pytest.mark.filterwarnings(
    "ignore:__array__ implementation"
)  # Keras's own, on NumPy 2

PEAK = 0.1
TOLERANCE = {
    "rtol": 1e-12,
    "atol": 1e-12 * PEAK,
}  # of each rate, and of the peak where the rate is near 0

REASONS = {
    "torch": "torch is not installed: run `make torch`",
    "transformers": "transformers is not installed, or lacks torch: run `make torch`",
    "optax": "optax is not installed: it comes with the test extra of this package",
    "timm": "timm is not installed: its parity is NOT checked here; install timm to check it",
}


def needs(module, name=None):
    return pytest.importorskip(name or module, reason=REASONS[module])


# --- how each library is asked for its rates: a function of the number of updates -----


def keras(make):
    """``make`` gets keras.optimizers.schedules. Keras computes in the type of that rate: see LR."""

    def rates(updates):
        schedule = make(pytest.importorskip("keras").optimizers.schedules)
        return np.array([schedule(t).numpy() for t in range(updates)], dtype=float)

    return rates


def optax(make):
    """``make`` gets optax. JAX computes in float64 inside this call only."""

    def rates(updates):
        package, jax = needs("optax"), needs("optax", "jax")
        with jax.enable_x64(True):
            schedule = make(package)
            return np.array([float(schedule(t)) for t in range(updates)])

    return rates


def stepped(optimizer, scheduler, updates):
    """The rate that each update of a PyTorch loop uses: optimizer.step(), then scheduler.step()."""
    rates = []
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # SequentialLR warns about its own use of step(epoch)
        for _ in range(updates):
            rates.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            scheduler.step()
    return np.array(rates)


def sgd(rate=PEAK):
    torch_ = needs("torch")
    return torch_.optim.SGD(
        [torch_.zeros(1, requires_grad=True)], lr=rate, momentum=0.9
    )


def torch(make):
    """``make`` gets an optimizer of rate PEAK and torch.optim.lr_scheduler."""

    def rates(updates):
        optimizer = sgd()
        return stepped(
            optimizer, make(optimizer, needs("torch").optim.lr_scheduler), updates
        )

    return rates


def transformers(name, *arguments, **options):
    """``get_<name>`` of transformers, for an optimizer of rate PEAK."""

    def rates(updates):
        needs("torch")
        package = needs("transformers", "transformers.optimization")
        optimizer = sgd()
        return stepped(
            optimizer,
            getattr(package, "get_" + name)(optimizer, *arguments, **options),
            updates,
        )

    return rates


def timm(make):
    """``make`` gets an optimizer of rate PEAK and timm.scheduler."""

    def rates(updates):
        package = needs("timm", "timm.scheduler")
        scheduler = make(sgd(), package)
        return np.array(
            [scheduler._get_values(t, on_epoch=False)[0] for t in range(updates)]
        )

    return rates


def ours(schedule):
    """Our schedule as a plain callable in PyTorch's LambdaLR, which multiplies it by the
    optimizer's rate."""
    return torch(lambda optimizer, s: s.LambdaLR(optimizer, schedule / PEAK))


# Keras computes in the float type of the rate it is given, and takes a Python float for float32.
LR = np.float64(PEAK)

warmup_cosine = PEAK * (Warmup(10) >> Cosine(90))
sgdr = PEAK * Cosine(10).cycle(4, stretch=2)  # 10 + 20 + 40 + 80 updates
staircase = PEAK * Exponential(0.5).every(30)
milestones = Piecewise((30, 80), (PEAK, 0.1 * PEAK, 0.01 * PEAK))
linear_warmup = PEAK * (Warmup(10) >> Linear(90))


def one_cycle(up, down, shape="cosine"):
    """Smith's one-cycle policy with the divisors that PyTorch and optax share: 25 and 10,000."""
    return Anneal(up, PEAK / 25, PEAK, shape) >> Anneal(
        down, PEAK, PEAK / 25 / 1e4, shape
    )


def wsd(cooldown, share=0.0):
    """Warmup, stable, cooldown. transformers takes its floor of the warmup too; that is a rate
    to start from."""
    return PEAK * (
        Warmup(10, share) >> Constant(1, 60) >> Anneal(30, 1, share, cooldown)
    )


PEERS = [
    # name, our expression, the peer's own schedule, updates
    (
        "keras CosineDecay",
        PEAK * Cosine(100),
        keras(lambda s: s.CosineDecay(LR, 100)),
        150,
    ),
    (
        "keras CosineDecay, alpha",
        PEAK * Cosine(100).floor(0.1),
        keras(lambda s: s.CosineDecay(LR, 100, alpha=0.1)),
        150,
    ),
    (
        "keras CosineDecay, warmup",
        PEAK * (Warmup(10, 0.2) >> Cosine(90).floor(0.1)),
        keras(
            lambda s: s.CosineDecay(
                0.2 * LR, 90, 0.1, warmup_target=LR, warmup_steps=10
            )
        ),
        150,
    ),
    (
        "keras ExponentialDecay",
        PEAK * Exponential(0.5, 30),
        keras(lambda s: s.ExponentialDecay(LR, 30, 0.5)),
        200,
    ),
    (
        "keras ExponentialDecay, staircase",
        staircase,
        keras(lambda s: s.ExponentialDecay(LR, 30, 0.5, staircase=True)),
        200,
    ),
    (
        "keras PolynomialDecay",
        PEAK * Polynomial(100, 2).floor(0.01),
        keras(lambda s: s.PolynomialDecay(LR, 100, 0.01 * LR, power=2.0)),
        150,
    ),
    (
        "keras PolynomialDecay, power 1",
        PEAK * Linear(100),
        keras(lambda s: s.PolynomialDecay(LR, 100, 0.0)),
        150,
    ),
    (
        "keras InverseTimeDecay",
        PEAK * InverseTime(20),
        keras(lambda s: s.InverseTimeDecay(LR, 10, 0.5)),
        200,
    ),
    (
        "keras InverseTimeDecay, staircase",
        PEAK * InverseTime(2).every(10),
        keras(lambda s: s.InverseTimeDecay(LR, 10, 0.5, staircase=True)),
        200,
    ),
    (
        "keras PiecewiseConstantDecay",
        Piecewise((31, 81), (PEAK, 0.1 * PEAK, 0.01 * PEAK)),  # one update later
        keras(lambda s: s.PiecewiseConstantDecay([30, 80], [LR, 0.1 * LR, 0.01 * LR])),
        150,
    ),
    (
        "keras CosineDecayRestarts",
        PEAK * Cosine(10).cycle(4, stretch=2, damp=0.5),
        keras(lambda s: s.CosineDecayRestarts(LR, 10, t_mul=2.0, m_mul=0.5)),
        150,
    ),
    (
        "keras CosineDecayRestarts, equal runs, alpha",
        PEAK * Cosine(10).cycle(15).floor(0.1),
        keras(
            lambda s: s.CosineDecayRestarts(LR, 10, t_mul=1.0, alpha=np.float64(0.1))
        ),
        150,
    ),
    (
        "optax cosine_decay_schedule",
        PEAK * Cosine(100).floor(0.1),
        optax(lambda o: o.cosine_decay_schedule(PEAK, 100, alpha=0.1)),
        150,
    ),
    (
        "optax exponential_decay",
        PEAK * Exponential(0.5, 30),
        optax(lambda o: o.exponential_decay(PEAK, 30, 0.5)),
        200,
    ),
    (
        "optax exponential_decay, staircase, begin",
        PEAK * (Constant(1, 25) >> Exponential(0.5).every(30)),
        optax(
            lambda o: o.exponential_decay(
                PEAK, 30, 0.5, transition_begin=25, staircase=True
            )
        ),
        200,
    ),
    (
        "optax polynomial_schedule",
        PEAK * (Constant(1, 25) >> Polynomial(100, 3).floor(0.1)),
        optax(
            lambda o: o.polynomial_schedule(
                PEAK, 0.1 * PEAK, 3, 100, transition_begin=25
            )
        ),
        150,
    ),
    (
        "optax linear_schedule",
        Anneal(100, PEAK, 0.02),
        optax(lambda o: o.linear_schedule(PEAK, 0.02, 100)),
        150,
    ),
    (
        "optax warmup_constant_schedule",
        PEAK * (Warmup(10, 0.1) >> Constant()),
        optax(lambda o: o.warmup_constant_schedule(0.1 * PEAK, PEAK, 10)),
        50,
    ),
    (
        "optax warmup_cosine_decay_schedule",
        PEAK * (Warmup(10) >> Cosine(90).floor(0.1)),
        optax(lambda o: o.warmup_cosine_decay_schedule(0.0, PEAK, 10, 100, 0.1 * PEAK)),
        150,
    ),
    (
        "optax warmup_exponential_decay_schedule",
        PEAK * (Warmup(10) >> Exponential(0.5, 30)),
        optax(lambda o: o.warmup_exponential_decay_schedule(0.0, PEAK, 10, 30, 0.5)),
        150,
    ),
    (
        "optax piecewise_constant_schedule",
        milestones,
        optax(lambda o: o.piecewise_constant_schedule(PEAK, {30: 0.1, 80: 0.1})),
        150,
    ),
    (
        "optax join_schedules",
        PEAK * (Warmup(10) >> Constant(1, 60) >> Linear(30)),
        optax(
            lambda o: o.join_schedules(
                [
                    o.linear_schedule(0.0, PEAK, 10),
                    o.constant_schedule(PEAK),
                    o.linear_schedule(PEAK, 0.0, 30),
                ],
                [10, 70],
            )
        ),
        150,
    ),
    (
        "optax sgdr_schedule",
        PEAK * (Warmup(5) >> Cosine(15)).cycle(4, stretch=2, damp=0.5),
        optax(
            lambda o: o.sgdr_schedule(
                [
                    {
                        "init_value": 0.0,
                        "peak_value": PEAK * 0.5**i,
                        "warmup_steps": 5 * 2**i,
                        "decay_steps": 20 * 2**i,
                    }
                    for i in range(4)
                ]
            )
        ),
        350,
    ),
    (
        "optax cosine_onecycle_schedule",
        one_cycle(30, 70),
        optax(lambda o: o.cosine_onecycle_schedule(100, PEAK)),
        150,
    ),
    (
        "optax linear_onecycle_schedule",  # three legs: up, down by 85 %, and out
        Anneal(30, PEAK / 25, PEAK)
        >> Anneal(55, PEAK, PEAK / 25)
        >> Anneal(15, PEAK / 25, PEAK / 25 / 1e4),
        optax(lambda o: o.linear_onecycle_schedule(100, PEAK)),
        150,
    ),
    (
        "torch StepLR",
        staircase,
        torch(lambda optimizer, s: s.StepLR(optimizer, 30, 0.5)),
        200,
    ),
    (
        "torch MultiStepLR",
        milestones,
        torch(lambda optimizer, s: s.MultiStepLR(optimizer, [30, 80], 0.1)),
        150,
    ),
    (
        "torch ConstantLR",
        Piecewise((20,), (PEAK / 3, PEAK)),
        torch(lambda optimizer, s: s.ConstantLR(optimizer, 1 / 3, 20)),
        50,
    ),
    (
        "torch ExponentialLR",
        PEAK * Exponential(0.97),
        torch(lambda optimizer, s: s.ExponentialLR(optimizer, 0.97)),
        200,
    ),
    (
        "torch LinearLR",
        PEAK * Anneal(50, 0.25, 1),
        torch(lambda optimizer, s: s.LinearLR(optimizer, 0.25, 1.0, 50)),
        100,
    ),
    (
        "torch PolynomialLR",
        PEAK * Polynomial(100, 2),
        torch(lambda optimizer, s: s.PolynomialLR(optimizer, 100, 2)),
        150,
    ),
    (
        "torch CosineAnnealingLR, to its end",
        PEAK * Cosine(100).floor(0.1),
        torch(lambda optimizer, s: s.CosineAnnealingLR(optimizer, 100, 0.1 * PEAK)),
        101,
    ),
    (
        "torch CosineAnnealingWarmRestarts",
        sgdr,
        torch(lambda optimizer, s: s.CosineAnnealingWarmRestarts(optimizer, 10, 2)),
        150,
    ),
    (
        "torch CosineAnnealingWarmRestarts, equal runs",
        PEAK * Cosine(10).floor(0.1).cycle(15),
        torch(
            lambda optimizer, s: s.CosineAnnealingWarmRestarts(
                optimizer, 10, 1, 0.1 * PEAK
            )
        ),
        150,
    ),
    (
        "torch OneCycleLR",
        one_cycle(29, 70),  # its peak is one update earlier, its end one update sooner
        torch(lambda optimizer, s: s.OneCycleLR(optimizer, PEAK, 100)),
        100,
    ),
    (
        "torch OneCycleLR, linear",
        one_cycle(29, 70, "linear"),
        torch(
            lambda optimizer, s: s.OneCycleLR(
                optimizer, PEAK, 100, anneal_strategy="linear"
            )
        ),
        100,
    ),
    (
        "torch CyclicLR",
        (Anneal(20, 0.02, PEAK) >> Anneal(30, PEAK, 0.02)).cycle(4),
        torch(
            lambda optimizer, s: s.CyclicLR(
                optimizer, 0.02, PEAK, 20, 30, cycle_momentum=False
            )
        ),
        200,
    ),
    (
        "torch SequentialLR",
        PEAK * (Warmup(10, 0.1) >> Cosine(90)),
        torch(
            lambda optimizer, s: s.SequentialLR(
                optimizer,
                [
                    s.LinearLR(optimizer, 0.1, 1.0, 10),
                    s.CosineAnnealingLR(optimizer, 90),
                ],
                [10],
            )
        ),
        101,
    ),
    (
        "torch LambdaLR of ours, warmup and cosine",
        warmup_cosine,
        ours(warmup_cosine),
        150,
    ),
    ("torch LambdaLR of ours, restarts", sgdr, ours(sgdr), 200),
    (
        "transformers constant_with_warmup",
        PEAK * (Warmup(10) >> Constant()),
        transformers("constant_schedule_with_warmup", 10),
        50,
    ),
    (
        "transformers linear",
        linear_warmup,
        transformers("linear_schedule_with_warmup", 10, 100),
        150,
    ),
    (
        "transformers cosine, to its end",
        warmup_cosine,
        transformers("cosine_schedule_with_warmup", 10, 100),
        101,
    ),
    (
        "transformers cosine_with_restarts",
        PEAK * (Warmup(10) >> Cosine(30).cycle(3)),
        transformers("cosine_with_hard_restarts_schedule_with_warmup", 10, 100, 3),
        150,
    ),
    (
        "transformers polynomial",
        PEAK * (Warmup(10) >> Polynomial(90, 2).floor(0.01)),
        transformers(
            "polynomial_decay_schedule_with_warmup",
            10,
            100,
            lr_end=0.01 * PEAK,
            power=2.0,
        ),
        150,
    ),
    (
        "transformers inverse_sqrt",
        PEAK * (Warmup(10) >> InverseSqrt(10)),
        transformers("inverse_sqrt_schedule", 10),
        200,
    ),
    (
        "transformers inverse_sqrt, timescale",
        PEAK * (Warmup(10) >> InverseSqrt(40)),
        transformers("inverse_sqrt_schedule", 10, 40),
        200,
    ),
    (
        "transformers cosine_with_min_lr, to its end",
        PEAK * (Warmup(10) >> Cosine(90).floor(0.1)),
        transformers(
            "cosine_with_min_lr_schedule_with_warmup", 10, 100, min_lr_rate=0.1
        ),
        101,
    ),
    (
        "transformers wsd, linear",
        wsd("linear"),
        transformers("wsd_schedule", 10, 30, num_stable_steps=60, decay_type="linear"),
        150,
    ),
    (
        "transformers wsd, cosine, min_lr_ratio",
        wsd("cosine", 0.1),
        transformers(
            "wsd_schedule",
            10,
            30,
            num_training_steps=100,
            decay_type="cosine",
            min_lr_ratio=0.1,
        ),
        150,
    ),
    (
        "transformers wsd, 1-sqrt",
        wsd("1-sqrt"),
        transformers("wsd_schedule", 10, 30, num_stable_steps=60, decay_type="1-sqrt"),
        150,
    ),
    (
        "timm CosineLRScheduler",
        PEAK * Cosine(100),
        timm(
            lambda optimizer, s: s.CosineLRScheduler(optimizer, 100, t_in_epochs=False)
        ),
        150,
    ),
    (
        "timm StepLRScheduler",
        staircase,
        timm(
            lambda optimizer, s: s.StepLRScheduler(
                optimizer, 30, 0.5, t_in_epochs=False
            )
        ),
        200,
    ),
]


@pytest.mark.parametrize(
    "schedule, peer, updates", [row[1:] for row in PEERS], ids=[row[0] for row in PEERS]
)
def test_every_update_has_the_peers_rate(schedule, peer, updates):
    np.testing.assert_allclose(schedule(np.arange(updates)), peer(updates), **TOLERANCE)


# --- where the libraries differ -------------------------------------------------------


def plateau_keras(losses, patience):
    """The rate after each of the losses, from Keras's ReduceLROnPlateau."""
    keras_ = pytest.importorskip("keras")
    optimizer = keras_.optimizers.SGD(1.0)
    callback = keras_.callbacks.ReduceLROnPlateau(
        "loss", factor=0.5, patience=patience, mode="min", min_delta=0
    )
    callback.set_model(SimpleNamespace(optimizer=optimizer))
    callback.on_train_begin()
    rates = []
    for epoch, loss in enumerate(losses):
        callback.on_epoch_end(epoch, {"loss": loss})
        rates.append(float(optimizer.learning_rate))
    return rates


def plateau_torch(losses, patience):
    """The same from PyTorch's."""
    optimizer = sgd(1.0)
    scheduler = needs("torch").optim.lr_scheduler.ReduceLROnPlateau(
        optimizer, "min", 0.5, patience, threshold=0
    )
    rates = []
    for loss in losses:
        scheduler.step(loss)
        rates.append(optimizer.param_groups[0]["lr"])
    return rates


def restarts(first, stretch, last=10**6):
    """The exact starts of the runs after the first, in Python's integers."""
    start, length = 0, first
    while (start := start + length) <= last:
        length *= stretch
        yield start


def test_keras_computes_in_float32_unless_the_rate_is_a_numpy_float64():
    """Even with floatx float64: Keras takes the type of the given rate, and a Python float is
    float32 to it."""
    keras_ = pytest.importorskip("keras")
    before = keras_.config.floatx()
    try:
        keras_.config.set_floatx("float64")
        decay = keras_.optimizers.schedules.CosineDecay
        assert keras_.backend.standardize_dtype(decay(0.1, 100)(30).dtype) == "float32"
        assert (
            keras_.backend.standardize_dtype(decay(np.float64(0.1), 100)(30).dtype)
            == "float64"
        )
        assert (
            keras_.backend.standardize_dtype((0.1 * Cosine(100)).to_keras()(30).dtype)
            == "float64"
        )
    finally:
        keras_.config.set_floatx(before)


def test_piecewise_boundary_keras_uses_the_old_value_once_more():
    """At update 30 Keras still has the old value, where PyTorch, optax and we have the new one."""
    old_new = [PEAK, 0.1 * PEAK]
    in_keras = keras(
        lambda s: s.PiecewiseConstantDecay([30], [np.float64(v) for v in old_new])
    )(32)
    in_optax = optax(lambda o: o.piecewise_constant_schedule(PEAK, {30: 0.1}))(32)
    np.testing.assert_allclose(in_keras[29:], [PEAK, PEAK, 0.1 * PEAK], rtol=1e-12)
    np.testing.assert_allclose(
        in_optax[29:], [PEAK, 0.1 * PEAK, 0.1 * PEAK], rtol=1e-12
    )
    np.testing.assert_allclose(
        Piecewise([30], old_new)([29, 30, 31]), in_optax[29:], rtol=1e-12
    )
    in_torch = torch(lambda optimizer, s: s.MultiStepLR(optimizer, [30], 0.1))(32)
    np.testing.assert_allclose(in_torch[29:], in_optax[29:], rtol=1e-12)


def test_past_the_end_keras_optax_and_ours_keep_the_end_value():
    """Update 100 is the first with the end value, and nothing moves after it."""
    for end in (0.0, 0.1):
        for peer in (
            keras(lambda s, end=end: s.CosineDecay(LR, 100, alpha=end)),
            optax(lambda o, end=end: o.cosine_decay_schedule(PEAK, 100, alpha=end)),
        ):
            np.testing.assert_allclose(peer(301)[100:], end * PEAK, atol=1e-15)
        assert (
            (PEAK * Cosine(100).floor(end))(np.arange(100, 301)) == end * PEAK
        ).all()


def test_past_the_end_torch_cosine_rises_again():
    """CosineAnnealingLR is one half of a wave that goes on: at 2 T_max it is back at the peak."""
    rates = torch(lambda optimizer, s: s.CosineAnnealingLR(optimizer, 100))(301)
    assert rates[100] == pytest.approx(0, abs=1e-15)
    assert (np.diff(rates[100:201]) > 0).all()
    assert rates[200] == pytest.approx(PEAK, rel=1e-9)
    wave = PEAK * (1 + np.cos(np.pi * np.arange(301) / 100)) / 2
    np.testing.assert_allclose(rates, wave, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(
    "name, options",
    [
        ("cosine_schedule_with_warmup", {}),
        ("cosine_with_min_lr_schedule_with_warmup", {"min_lr_rate": 0.1}),
        ("cosine_with_min_lr_schedule_with_warmup_lr_rate", {"min_lr_rate": 0.1}),
    ],
)
def test_past_the_end_transformers_cosine_rises_again(name, options):
    """So do all three cosines of transformers, the last one update early; its linear,
    polynomial, restarts and wsd schedules hold their end."""
    rates = transformers(name, 10, 100, **options)(191)
    rates = rates[99 if name.endswith("lr_rate") else 100 :][:91]
    assert rates[0] == pytest.approx(options.get("min_lr_rate", 0) * PEAK, abs=1e-15)
    assert (np.diff(rates) > 0).all() and rates[90] == pytest.approx(PEAK)


def test_past_the_end_torch_one_cycle_raises():
    """OneCycleLR(total_steps=100) has the rates of updates 0 to 99, tolerates one more, then
    raises."""
    rates = torch(lambda optimizer, s: s.OneCycleLR(optimizer, PEAK, 100))
    assert rates(100)[99] == pytest.approx(PEAK / 25 / 1e4)
    with pytest.raises(ValueError, match="Tried to step 101 times"):
        rates(101)


def test_past_the_end_torch_polynomial_and_linear_hold():
    """Unlike the cosine: PolynomialLR stays at 0, LinearLR at its end factor."""
    assert (
        torch(lambda optimizer, s: s.PolynomialLR(optimizer, 100))(200)[100:] == 0
    ).all()
    np.testing.assert_allclose(
        torch(lambda optimizer, s: s.LinearLR(optimizer, 1, 0.2, 100))(200)[100:],
        0.2 * PEAK,
    )


def test_past_the_end_keras_restarts_for_ever_and_ours_as_often_as_asked():
    """CosineDecayRestarts has no number of runs; a cycle of 3 runs keeps its end value after
    the third."""
    in_keras = keras(lambda s: s.CosineDecayRestarts(LR, 10, t_mul=2.0))(71)
    mine = PEAK * Cosine(10).cycle(3, stretch=2)
    assert in_keras[70] == pytest.approx(PEAK) and mine(70) == 0


def test_warmup_keras_counts_it_on_top_optax_and_transformers_count_it_in():
    """Warmup 10 and "100 steps" end at update 110 in Keras, at 100 in optax and transformers."""
    in_keras = keras(
        lambda s: s.CosineDecay(0 * LR, 100, warmup_target=LR, warmup_steps=10)
    )(121)
    in_optax = optax(lambda o: o.warmup_cosine_decay_schedule(0.0, PEAK, 10, 100))(121)
    np.testing.assert_allclose(
        in_keras, (PEAK * (Warmup(10) >> Cosine(100)))(np.arange(121)), **TOLERANCE
    )
    np.testing.assert_allclose(
        in_optax, (PEAK * (Warmup(10) >> Cosine(90)))(np.arange(121)), **TOLERANCE
    )
    assert in_keras[109] > 1e-6 and in_keras[110] == pytest.approx(0, abs=1e-15)
    assert in_optax[99] > 1e-6 and in_optax[100] == pytest.approx(0, abs=1e-15)
    in_transformers = transformers("linear_schedule_with_warmup", 10, 100)(101)
    assert in_transformers[99] > 0 == in_transformers[100]


def test_first_update_of_a_warmup_is_0_but_torch_starts_at_a_third():
    """Keras, optax and transformers make one update at rate 0; PyTorch's LinearLR starts at its
    factor, 1/3."""
    assert (
        keras(lambda s: s.CosineDecay(0 * LR, 90, warmup_target=LR, warmup_steps=10))(
            1
        )[0]
        == 0
    )
    assert (
        optax(lambda o: o.warmup_cosine_decay_schedule(0.0, PEAK, 10, 100))(1)[0] == 0
    )
    assert warmup_cosine(0) == 0
    assert transformers("linear_schedule_with_warmup", 10, 100)(1)[0] == 0
    assert torch(lambda optimizer, s: s.LinearLR(optimizer, total_iters=10))(1)[
        0
    ] == pytest.approx(PEAK / 3)
    with pytest.raises(ValueError, match="factor"):  # it refuses to start at 0
        torch(lambda optimizer, s: s.LinearLR(optimizer, 0.0, 1.0, 10))(1)


def test_warmup_of_min_lr_rate_transformers_counts_updates_from_1():
    """get_cosine_with_min_lr_schedule_with_warmup_lr_rate alone is one update ahead: shift by 1."""
    rates = transformers(
        "cosine_with_min_lr_schedule_with_warmup_lr_rate", 10, 100, min_lr_rate=0.1
    )(100)
    warmup = PEAK * Warmup(10).shift(1)
    cosine = PEAK * Cosine(90).floor(0.1).shift(1)
    np.testing.assert_allclose(rates[:10], warmup(np.arange(10)), **TOLERANCE)
    np.testing.assert_allclose(rates[10:], cosine(np.arange(90)), **TOLERANCE)
    assert rates[9] == pytest.approx(PEAK) and rates[10] < PEAK


def test_wsd_floor_transformers_lifts_the_warmup_too():
    """min_lr_ratio is also where the warmup starts, so update 0 is not at rate 0."""
    rates = transformers("wsd_schedule", 10, 30, num_stable_steps=60, min_lr_ratio=0.1)(
        101
    )
    assert rates[0] == pytest.approx(0.1 * PEAK) == rates[100]


def test_one_cycle_peak_torch_is_one_update_before_optax():
    """Of 100 updates, 30 % up: PyTorch peaks at update 29 and ends at 99, optax at 30 and 100."""
    in_optax = optax(lambda o: o.cosine_onecycle_schedule(100, PEAK))(101)
    assert in_optax.argmax() == 30 and in_optax[99] > 1.5 * in_optax[100]
    in_torch = torch(lambda optimizer, s: s.OneCycleLR(optimizer, PEAK, 100))(100)
    assert in_torch.argmax() == 29 and in_torch[99] == pytest.approx(in_optax[100])


def test_one_cycle_linear_optax_has_three_legs_and_another_end():
    """PyTorch's linear one-cycle falls in one line to peak / 25e4; optax's falls to peak / 25
    at 85 %, then on."""
    in_optax = optax(lambda o: o.linear_onecycle_schedule(100, PEAK))(101)
    assert in_optax[85] == pytest.approx(PEAK / 25)
    in_torch = torch(
        lambda optimizer, s: s.OneCycleLR(
            optimizer, PEAK, 100, anneal_strategy="linear"
        )
    )(100)
    assert in_torch[84] > 5 * in_optax[85]
    np.testing.assert_allclose(
        np.diff(in_torch[29:]), in_torch[30] - in_torch[29], rtol=1e-9
    )


@pytest.mark.parametrize(
    "number, stretch", [(float, 2), (np.float64, 3), (np.float64, 10)]
)
def test_cosine_restarts_keras_misses_some_because_of_a_logarithm(number, stretch):
    """At a missed restart Keras still has the end of the run before, 0, for one update; we have
    the peak.

    From a first run of 1 it misses update 8,191 of runs that double (in float32, its default), and
    updates 121 and 111 of runs that grow by 3 and 10 (in float64). The logarithm may round
    otherwise on another machine, so the first miss is searched for.
    """
    make = pytest.importorskip("keras").optimizers.schedules.CosineDecayRestarts
    peer = make(number(PEAK), 1, t_mul=number(stretch))
    mine = PEAK * Cosine(1).cycle(20 if stretch == 2 else 7, stretch)
    starts = [start for start in restarts(1, stretch) if start < mine.steps]
    assert all(mine(start) == PEAK for start in starts)
    missed = [start for start in starts if float(peer(start)) < 1e-6 * PEAK]
    assert missed and 1 < missed[0] < 10_000


@pytest.mark.parametrize("stretch, first_miss", [(3, 121), (10, 111)])
def test_cosine_restarts_torch_misses_some_when_told_the_epoch(stretch, first_miss):
    """CosineAnnealingWarmRestarts.step(epoch) takes a logarithm; step(), which counts, is
    exact, as we are."""
    optimizer = sgd()
    peer = needs("torch").optim.lr_scheduler.CosineAnnealingWarmRestarts(
        optimizer, 1, stretch
    )
    mine, missed = PEAK * Cosine(1).cycle(14, stretch), []
    for start in restarts(1, stretch):
        assert mine(start) == PEAK
        peer.step(start)
        if optimizer.param_groups[0]["lr"] < 0.5 * PEAK:
            missed.append(start)
    assert missed[0] == first_miss
    counted = torch(
        lambda optimizer, s: s.CosineAnnealingWarmRestarts(optimizer, 1, stretch)
    )(first_miss + 1)
    assert counted[first_miss] == PEAK


def test_cosine_restarts_length_transformers_divides_the_total_others_take_the_run():
    """ "3 cycles" of transformers share the total; a run of Keras, PyTorch and ours has its own
    length."""
    rates = transformers("cosine_with_hard_restarts_schedule_with_warmup", 10, 100, 3)(
        101
    )
    assert [t for t in range(1, 101) if rates[t] > rates[t - 1] and t > 10] == [40, 70]
    assert rates[100] == 0


def test_cosine_restarts_falls_to_the_floor_of_the_peak_in_keras_of_each_run_in_ours():
    """Keras's alpha stays where m_mul lowers the runs; a floored schedule that is cycled is
    lowered whole."""
    in_keras = keras(
        lambda s: s.CosineDecayRestarts(
            LR, 10, t_mul=1.0, m_mul=0.5, alpha=np.float64(0.2)
        )
    )(20)
    lowered_after = PEAK * Cosine(10).cycle(2, damp=0.5).floor(0.2)
    lowered_whole = PEAK * Cosine(10).floor(0.2).cycle(2, damp=0.5)
    np.testing.assert_allclose(lowered_after(np.arange(20)), in_keras, **TOLERANCE)
    assert lowered_whole(10) == pytest.approx(0.5 * PEAK) and in_keras[
        10
    ] == pytest.approx(0.6 * PEAK)


def test_inverse_time_keras_rate_per_steps_is_our_timescale():
    """Keras's decay_steps / decay_rate is one number here: the updates after which the rate is
    halved."""
    rates = keras(lambda s: s.InverseTimeDecay(LR, 10, 0.5))(21)
    assert rates[20] == pytest.approx(PEAK / 2) == (PEAK * InverseTime(20))(20)


def test_join_optax_jumps_without_a_word_ours_refuses():
    """optax.join_schedules takes pieces that do not meet; >> raises."""
    rates = optax(
        lambda o: o.join_schedules(
            [o.linear_schedule(0.0, PEAK, 10), o.cosine_decay_schedule(1.0, 90)], [10]
        )
    )(11)
    assert rates[9] < PEAK and rates[10] == 1.0
    with pytest.raises(ValueError, match="do not meet"):
        PEAK * Warmup(10) >> Cosine(90)


@pytest.mark.parametrize("patience", [1, 2, 3, 10])
def test_plateau_patience_keras_reduces_one_flat_evaluation_before_torch(patience):
    """After the best loss, Keras reduces at flat evaluation number patience, PyTorch at
    patience + 1."""
    flat = [1.0] * (patience + 3)  # the first is an improvement on nothing
    assert plateau_keras(flat, patience).index(0.5) == patience
    assert plateau_torch(flat, patience).index(0.5) == patience + 1


def test_plateau_patience_0_is_1_in_keras():
    """With patience 0 both reduce at the first flat evaluation: Keras's 0 and 1 are the same."""
    assert plateau_keras([1.0, 1.0], 0) == plateau_keras([1.0, 1.0], 1) == [1.0, 0.5]
    assert plateau_torch([1.0, 1.0], 0) == [1.0, 0.5]
