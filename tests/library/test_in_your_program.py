"""What lesson 10.1 shows as text and does not run: the lines for PyTorch, and what it says of
optax. The lines are read out of the lesson, so what it shows is what is tested."""

import ast
import re

import lessons
import numpy as np
import pytest
from test_schedule_parity import needs

from lrdecay_lib.schedules import Cosine, Warmup

TEXT = (lessons.CHAPTERS / "en" / "10_1_your_program.md").read_text(encoding="utf-8")
TRAIN, SAVE = re.findall(r"^```python\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
STORED = ast.literal_eval(re.search(r"^pytorch = (\{.*?\})", TEXT, re.M | re.S)[1])
EPOCHS, BATCHES = 10, 32
SCHEDULE = 0.1 * (Warmup(20) >> Cosine(EPOCHS * BATCHES - 20))


class Scales:
    """The lesson's model of one weight whose gradient is 1, in PyTorch, and its batches: 1,000
    samples, 32 at a time. The weight is noted before each."""

    def __init__(self):
        torch = needs("torch")
        self.model = torch.nn.Linear(1, 1, bias=False, dtype=torch.float64)
        torch.nn.init.zeros_(self.model.weight)
        self.ones, self.weights = torch.ones(1000, 1, dtype=torch.float64), []

    def __iter__(self):
        for x in self.ones.split(32):
            self.weights.append(self.model.weight.item())
            yield x, -1000.0 * x

    def used(self, code=TRAIN, epochs=EPOCHS, scope=None):
        """Run the lesson's lines; the rate that each batch took off the weight."""
        scope = {} if scope is None else scope
        scope |= {"model": self.model, "loader": self, "epochs": epochs}
        exec(code, scope | {"schedule": SCHEDULE}, scope)
        return 0.0 - np.diff([*self.weights, self.model.weight.item()])


def designed(updates=EPOCHS * BATCHES):
    return SCHEDULE(np.arange(updates))


def test_the_schedule_is_the_lessons():
    assert "schedule = 0.1 * (Warmup(20) >> Cosine(updates - 20))" in TEXT
    assert "batch_size, epochs = 32, 10" in TEXT


def test_ten_lines_of_pytorch_use_the_designed_rates():
    assert len([line for line in TRAIN.splitlines() if line.strip()]) <= 10
    np.testing.assert_allclose(Scales().used(), designed(), rtol=0, atol=1e-13)


def test_the_stored_run_of_pytorch_is_the_one_that_it_gives():
    used = Scales().used()
    assert len(STORED) >= 5
    for update, rate in STORED.items():
        assert rate == pytest.approx(used[update], rel=1e-3, abs=1e-12)


def test_a_step_outside_of_the_loop_over_batches_is_seen():
    """The control: the same lines with one indented less."""
    wrong = TRAIN.replace("        scheduler.step()", "    scheduler.step()")
    assert wrong != TRAIN
    used = Scales().used(wrong)
    assert not np.allclose(used, designed(), rtol=0, atol=1e-3)
    assert len(np.unique(used.round(12))) <= EPOCHS


def test_the_cosine_of_pytorch_without_a_warmup_is_ours():
    (call,) = re.findall(r"`(torch\.optim\.\S+CosineAnnealingLR\(.*?\))`", TEXT)
    torch = needs("torch")
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
    scheduler = eval(call, {"torch": torch, "optimizer": optimizer, "updates": 320})
    for t in range(320):
        rate = optimizer.param_groups[0]["lr"]
        assert rate == pytest.approx((0.1 * Cosine(320))(t), rel=1e-9, abs=1e-12)
        optimizer.step()
        scheduler.step()


def test_three_states_resume_the_count(tmp_path, monkeypatch):
    """Half of a run is saved by the lesson's first line, and all of it is loaded by the others
    into a new program, which goes on."""
    monkeypatch.chdir(tmp_path)
    saved, first = SAVE.splitlines(keepends=True)[:1], Scales()
    scope = {}
    half = first.used(epochs=EPOCHS // 2, scope=scope)
    exec("".join(saved), scope)

    second = Scales()
    load = "".join(SAVE.splitlines(keepends=True)[1:])
    lines = TRAIN.splitlines(keepends=True)
    loop = next(i for i, line in enumerate(lines) if line.startswith("for "))
    code = "".join([*lines[:loop], load, *lines[loop:]])
    rest = second.used(code, epochs=EPOCHS // 2)
    np.testing.assert_allclose([*half, *rest], designed(), rtol=0, atol=1e-13)


def test_a_schedule_of_another_length_uses_the_old_rate_once(tmp_path):
    """What the lesson says of a length that changed: one update late, and then a jump; PyTorch's
    own cosine keeps its old length."""
    torch = needs("torch")
    schedulers = torch.optim.lr_scheduler

    def made(length, own):
        optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
        if own:
            return optimizer, schedulers.CosineAnnealingLR(optimizer, length)
        return optimizer, schedulers.LambdaLR(optimizer, Cosine(length))

    for own in (True, False):
        first, second, rates = made(100, own), made(300, own), []
        for _ in range(50):
            first[0].step()
            first[1].step()
        torch.save([part.state_dict() for part in first], tmp_path / "run.pt")
        for part, state in zip(second, torch.load(tmp_path / "run.pt")):
            part.load_state_dict(state)
        for _ in range(3):
            rates.append(second[0].param_groups[0]["lr"])
            second[0].step()
            second[1].step()
        later = Cosine(100 if own else 300)(np.arange(51, 53))
        np.testing.assert_allclose(rates, [Cosine(100)(50), *later], rtol=1e-6)


def test_optax_counts_updates_where_gradients_are_accumulated():
    optax, jax = needs("optax"), needs("optax", "jax")
    with jax.enable_x64(True):
        short = 0.1 * Cosine(8)
        optimizer = optax.MultiSteps(optax.sgd(short), every_k_schedule=4)
        weight = jax.numpy.zeros(())
        state, moves = optimizer.init(weight), []
        for _ in range(32):
            step, state = optimizer.update(jax.numpy.ones(()), state, weight)
            moves.append(float(-step))
        moves = np.reshape(moves, (8, 4))
    np.testing.assert_allclose(moves[:, 3], short(np.arange(8)), rtol=1e-12, atol=1e-15)
    assert not moves[:, :3].any()


@pytest.mark.parametrize(
    "going_on", [{"epochs": 10, "initial_epoch": 5}, {"epochs": 5}]
)
def test_the_assertions_let_a_resumed_fit_pass(going_on):
    """Keras counts epochs from `initial_epoch`, or anew: both are half of a run that was half
    made."""
    keras = pytest.importorskip("keras")
    code = re.search(r"^class Checked.*?(?=^```)", TEXT, re.M | re.S)[0]
    scope = {"keras": keras, "np": np}
    exec(code, scope)
    schedule, ones = 0.1 * Cosine(40), np.ones((16, 1))
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(schedule.to_keras()), "mae")
    model.fit(ones, ones, batch_size=4, epochs=5, verbose=0)
    checked, run = scope["Checked"](schedule), {"batch_size": 4, "verbose": 0}
    model.fit(ones, ones, callbacks=[checked], **run, **going_on)
    assert len(checked.log) == 20
    with pytest.raises(AssertionError, match="1: 60 updates"):
        model.fit(ones, ones, callbacks=[scope["Checked"](schedule)], epochs=5, **run)
