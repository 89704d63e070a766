"""The PyTorch text of lesson 10.5 does what the lesson says of it, where PyTorch is installed."""

import re

import lessons
import pytest

torch = pytest.importorskip("torch")
STEPS, STOP = 100, 60


@pytest.fixture(scope="module")
def shown():
    """The names that the lesson's text defines."""
    (path,) = (p for p in lessons.texts() if p.stem.startswith("10_5"))
    (code,) = re.findall(
        r"^```python\n(import torch\n.*?)^```$",
        path.read_text(encoding="utf-8"),
        re.MULTILINE | re.DOTALL,
    )
    names = {}
    exec(code, names)
    return names


def program(steps=STEPS):
    torch.manual_seed(0)
    model = torch.nn.Linear(3, 1)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
    scheduler = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda t: max(1 - t / steps, 0)
    )
    return model, optimizer, scheduler


def trained(parts, first, last):
    """The rates of the updates from ``first`` on; the data of an update depend on its number."""
    model, optimizer, scheduler = parts
    rates = []
    for update in range(first, last):
        x = torch.randn(8, 3, generator=torch.Generator().manual_seed(update))
        optimizer.zero_grad()
        model(x).square().mean().backward()
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return rates


def test_a_loaded_run_is_the_run_that_was_not_stopped(shown, tmp_path):
    whole = program()
    rates = trained(whole, 0, STEPS)
    stopped, resumed = program(), program()
    trained(stopped, 0, STOP)
    shown["save"](tmp_path / "run.pt", *stopped, STOP, STEPS)
    update = shown["load"](tmp_path / "run.pt", *resumed, STEPS)
    assert update == STOP
    assert trained(resumed, update, STEPS) == rates[STOP:]
    assert rates[STOP] == pytest.approx(0.04)
    for a, b in zip(whole[0].parameters(), resumed[0].parameters(), strict=True):
        assert torch.equal(a, b)


def test_another_horizon_is_refused(shown, tmp_path):
    stopped = program()
    trained(stopped, 0, STOP)
    shown["save"](tmp_path / "run.pt", *stopped, STOP, STEPS)
    with pytest.raises(AssertionError, match="made for 100 updates, not 200"):
        shown["load"](tmp_path / "run.pt", *program(200), 200)


def test_without_the_optimizers_state_the_step_is_another(shown, tmp_path):
    """That the state matters is seen: with the rates right and the state lost, weights differ."""
    whole, stopped, resumed = program(), program(), program()
    trained(whole, 0, STEPS)
    trained(stopped, 0, STOP)
    resumed[0].load_state_dict(stopped[0].state_dict())
    resumed[2].load_state_dict(stopped[2].state_dict())
    resumed[1].param_groups[0]["lr"] = stopped[1].param_groups[0]["lr"]
    rates = trained(resumed, STOP, STEPS)
    assert rates[0] == pytest.approx(0.04)
    assert not torch.allclose(whole[0].weight, resumed[0].weight, rtol=1e-6, atol=0)
