"""Each exhibit of the museum (lesson 10.2) against the library at fault.

Where the library is installed, its rates are recorded and must be the exhibit's. A test that fails
here after an upgrade says that a library has mended its fault: then the exhibit becomes a miniature
and its label says since which version.
"""

import doctest
import importlib.util
import warnings
from pathlib import Path

import numpy as np
import pytest

from lrdecay_lib import checks, museum
from lrdecay_lib.museum import BATCHES, EPOCHS, EXHIBITS, RIGHT, UPDATES

MENDED = (
    "the library has mended the fault; make it a miniature, and say since which version"
)
ALL = pytest.mark.parametrize("name", EXHIBITS)
KERAS = [name for name, e in EXHIBITS.items() if e.source == "Keras"]

# The assertions that catch each, as the lesson prints them.
CAUGHT = {
    "accumulated gradients": {"moves"},
    "four workers": {"moves"},
    "horizon in epochs": {"moves", "falls", "end"},
    "stepped once an epoch": {"end"},
    "boundaries never reached": {"end"},
    "rounded down": {"moves"},
    "rises to its end": {"peak", "falls", "end"},
    "scales multiply": {"end"},
    "rate times rate": {"peak", "end"},
    "warmup on top": {"end"},
    "whole numbers": {"moves", "end"},
    "decay begins too early": {"peak"},
    "first update does nothing": {"moves"},
    "steps in the wrong order": {"moves"},
    "an epoch early": set(),
    "an update late": set(),
    "milestone between updates": {"end"},
    "resumed from the start": {"falls", "end"},
    "an epoch at the peak": {"falls"},
    "one value for all": set(),
    "used up by a look": {"peak", "end"},
}


def rates_of(name):
    exhibit = EXHIBITS[name]
    return exhibit.design(exhibit.peak), exhibit.used(exhibit.peak)


def wrong(exhibit, rates):
    design = exhibit.design(exhibit.peak)
    told = {"warmup": exhibit.warmup, "end": exhibit.end * exhibit.peak}
    return checks.failures(rates, UPDATES, design.max(), **told)


# --- every exhibit --------------------------------------------------------------------


def test_there_are_enough_exhibits_with_a_public_number():
    assert len(EXHIBITS) >= 15
    for exhibit in EXHIBITS.values():
        number = exhibit.url.rstrip("/").rpartition("/")[2]
        assert number.isdigit() or "found for this book" in exhibit.where
        assert not exhibit.url or number in exhibit.where
        assert exhibit.now and exhibit.told.endswith(".")


def test_each_exhibit_hangs_in_one_room():
    assert sum(museum.ROOMS.values(), []) == list(EXHIBITS)
    assert "first update does nothing" == museum.ROOMS["One off"][0]
    assert "resumed from the start" == museum.ROOMS["What does it remember?"][0]


def test_the_lesson_leads_to_every_source():
    lesson = Path(__file__).parents[2] / "chapters" / "en" / "10_2_museum.md"
    text = lesson.read_text(encoding="utf-8")
    assert [
        e.url for e in EXHIBITS.values() if f"({e.url})" not in text and e.url
    ] == []


@ALL
def test_what_was_used_is_not_what_was_meant(name):
    design, used = rates_of(name)
    assert design.shape == used.shape == (UPDATES,)
    assert np.isfinite(used).all() and (used >= 0).all()
    assert abs(used - design).max() > 1e-6 * design.max(), MENDED
    assert checks.first_difference(used, design, rtol=1e-6)


@ALL
def test_the_design_itself_passes(name):
    assert wrong(EXHIBITS[name], EXHIBITS[name].design(EXHIBITS[name].peak)) == {}


@ALL
def test_the_assertions_catch_what_the_lesson_says(name):
    assert set(wrong(EXHIBITS[name], rates_of(name)[1])) == CAUGHT[name]


@pytest.mark.parametrize("name", RIGHT)
def test_right_programs_are_right(name):
    exhibit = RIGHT[name]
    used = exhibit.used(exhibit.peak)
    assert wrong(exhibit, used) == {}
    assert checks.first_difference(used, exhibit.design(exhibit.peak), 1e-6) is None


@ALL
def test_the_design_is_proportional_to_the_peak(name):
    design = EXHIBITS[name].design
    np.testing.assert_allclose(design(0.25), 0.25 * design(1.0), rtol=1e-12)


def test_the_examples_in_the_docstring_run():
    assert doctest.testmod(museum).failed == 0


# --- Keras ----------------------------------------------------------------------------


def test_keras_asks_the_schedule_for_the_number_of_the_batch():
    wanted = 0.1 * np.maximum(1 - (2 * np.arange(UPDATES) + 1) / UPDATES, 0)
    used = rates_of("accumulated gradients")[1]
    np.testing.assert_allclose(used, wanted, atol=1e-8, err_msg=MENDED)


def test_keras_rises_to_the_default_end():
    used = rates_of("rises to its end")[1]
    assert used[-1] > 3 * used[0], MENDED
    assert (np.diff(used) > 0).all()


def test_keras_computes_in_whole_numbers():
    used = rates_of("whole numbers")[1]
    assert used[0] == 1 and not used[1:].any(), MENDED
    design, mended = EXHIBITS["whole numbers"].design, EXHIBITS["whole numbers"].used
    np.testing.assert_allclose(
        mended(1.5), design(1.5), rtol=1e-5
    )  # not whole, no fault


def test_keras_counts_the_decay_from_the_end_of_the_warmup():
    used = rates_of("warmup on top")[1]
    assert 0.01 < used[-1] / used.max() < 0.05, MENDED


def test_keras_stairs_are_late_at_some_boundaries_of_a_graph():
    design, used = rates_of("an update late")
    late = np.flatnonzero(abs(used - design) > 1e-6 * design.max())
    assert len(late) and (late % 83 == 0).all(), MENDED


# --- optax, PyTorch, transformers, timm, accelerate -----------------------------------


def peer(name):
    """The library, or a skip that says how to get it."""
    if importlib.util.find_spec(name) is None:
        pytest.skip(f"{name} is not installed: its exhibit is held as a miniature only")
    return importlib.import_module(name)


def test_scales_multiply_in_optax():
    optax = peer("optax")
    schedule = optax.piecewise_constant_schedule(1.0, {500: 0.1, 800: 0.01})
    given = [float(schedule(t)) for t in (0, 499, 500, 799, 800, 999)]
    used = EXHIBITS["scales multiply"].used(1.0)[[0, 499, 500, 799, 800, 999]]
    np.testing.assert_allclose(given, used, rtol=1e-6, err_msg=MENDED)


def recorded(make, step, peak, updates=UPDATES):
    """The rates of a PyTorch loop: ``make(optimizer)`` gives the scheduler, ``step(t)`` says how
    often it is stepped after update t."""
    torch = peer("torch")
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=peak)
    scheduler, rates = make(optimizer), []
    for t in range(updates):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        for _ in range(step(t)):
            scheduler.step()
    return np.array(rates)


def lr_scheduler(name):
    return getattr(peer("torch").optim.lr_scheduler, name)


def after_epochs(t):
    return int((t + 1) % BATCHES == 0)


TORCH = {
    "four workers": (
        lambda o: lr_scheduler("LambdaLR")(o, lambda t: max(1 - t / UPDATES, 0)),
        lambda t: 4,
    ),
    "horizon in epochs": (
        lambda o: lr_scheduler("CosineAnnealingLR")(o, T_max=EPOCHS),
        lambda t: 1,
    ),
    "stepped once an epoch": (
        lambda o: lr_scheduler("CosineAnnealingLR")(o, T_max=BATCHES),
        after_epochs,
    ),
    "rounded down": (
        lambda o: lr_scheduler("LambdaLR")(
            o, lambda t: max(1 - t / (EPOCHS * (BATCHES - 1)), 0)
        ),
        lambda t: 1,
    ),
    "rate times rate": (
        lambda o: lr_scheduler("LambdaLR")(o, lambda t: 0.01 * (1 + 0.01 * t) ** -0.75),
        lambda t: 1,
    ),
    "milestone between updates": (
        lambda o: lr_scheduler("MultiStepLR")(o, [UPDATES / 3, UPDATES * 2 / 3]),
        lambda t: 1,
    ),
}


@pytest.mark.parametrize("name", TORCH)
def test_pytorch_gives_the_exhibits_rates(name):
    exhibit = EXHIBITS[name]
    given = recorded(*TORCH[name], exhibit.peak)
    np.testing.assert_allclose(
        given, exhibit.used(exhibit.peak), atol=1e-9 * exhibit.peak, err_msg=MENDED
    )


def test_pytorch_skips_the_first_value_in_the_wrong_order():
    torch = peer("torch")
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
    line = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda t: 1 - t / UPDATES)
    rates = []
    with pytest.warns(UserWarning, match="before `optimizer.step"):
        for _ in range(UPDATES):
            line.step()
            rates.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
    used = EXHIBITS["steps in the wrong order"].used(0.1)
    np.testing.assert_allclose(rates, used, atol=1e-12, err_msg=MENDED)


def resumed(factor, by_hand):
    """A run that is stopped half way and resumed as two programs did."""
    torch = peer("torch")
    half = UPDATES // 2

    def begin():
        optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
        return optimizer, lambda: torch.optim.lr_scheduler.LambdaLR(optimizer, factor)

    def run(optimizer, scheduler, rates):
        for t in range(half):
            rates.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            if not by_hand or after_epochs(t):
                scheduler.step()

    rates = []
    optimizer, make = begin()
    run(optimizer, make(), rates)
    saved = optimizer.state_dict()
    optimizer, make = begin()
    optimizer.load_state_dict(saved)
    scheduler = make()
    if by_hand:
        scheduler.last_epoch = EPOCHS // 2
    run(optimizer, scheduler, rates)
    return np.array(rates)


@pytest.mark.parametrize(
    "name, factor, by_hand",
    [
        ("resumed from the start", lambda t: 1 - t / UPDATES, False),
        ("an epoch at the peak", museum._yolo, True),
    ],
)
def test_pytorch_resumes_as_the_exhibit_does(name, factor, by_hand):
    given = resumed(factor, by_hand)
    used = EXHIBITS[name].used(1.0)
    np.testing.assert_allclose(given, used, atol=1e-9, err_msg=MENDED)


def test_the_first_update_of_transformers_warmup_does_nothing():
    peer("torch")
    transformers = peer("transformers")
    given = recorded(
        lambda o: transformers.get_linear_schedule_with_warmup(o, BATCHES, UPDATES),
        lambda t: 1,
        1e-3,
    )
    exhibit = EXHIBITS["first update does nothing"]
    np.testing.assert_allclose(given, exhibit.used(1e-3), atol=1e-12, err_msg=MENDED)
    # "decay begins too early" was mended in 2020: from the warmup on it is the design
    design = EXHIBITS["decay begins too early"].design(1e-3)
    np.testing.assert_allclose(given[1:], design[1:], atol=1e-12)


def test_timm_decays_an_epoch_early():
    timm = peer("timm")
    torch = peer("torch")
    from timm.scheduler import MultiStepLRScheduler

    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    scheduler = MultiStepLRScheduler(optimizer, decay_t=[5, 8], decay_rate=0.1)
    rates = []
    for epoch in range(EPOCHS):
        scheduler.step(epoch)
        rates.append(optimizer.param_groups[0]["lr"])
    used = EXHIBITS["an epoch early"].used(1.0)[::BATCHES]
    np.testing.assert_allclose(
        rates, used, rtol=1e-9, err_msg=f"timm {timm.__version__}"
    )


def test_accelerate_steps_the_scheduler_once_a_worker():
    accelerate = peer("accelerate")
    from unittest import mock

    torch = peer("torch")
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=5e-4)
    line = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda t: max(1 - t / 1000, 0))
    accelerator = accelerate.Accelerator(cpu=True)
    optimizer = accelerator.prepare_optimizer(optimizer)
    scheduler = accelerator.prepare_scheduler(line)
    rates = []
    four = mock.patch(
        "accelerate.scheduler.AcceleratorState",
        return_value=mock.Mock(num_processes=4, use_distributed=True),
    )
    with four, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for _ in range(UPDATES):
            rates.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            scheduler.step()
    used = EXHIBITS["four workers"].used(5e-4)
    np.testing.assert_allclose(rates, used, atol=1e-12, err_msg=MENDED)
