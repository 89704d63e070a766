"""The guide: what it recommends and refuses, what its lines rest on, and what its page shows."""

import json
import math
import re
from types import SimpleNamespace

import guide_page
import lessons
import numpy as np
import pytest
from test_schedule_parity import needs

from lrdecay_lib import checks, claims, guide
from lrdecay_lib.guide import PROCEDURE, SITUATIONS, Line, recommend
from lrdecay_lib.schedules import from_dict

PAGE = (lessons.ROOT / "book" / "guide.md").read_text(encoding="utf-8")
LINES = [line for about in SITUATIONS.values() for line in about.lines]
LINES += [line for lines in PROCEDURE.values() for line in lines]
VERDICTS = {"supported", "refuted", "no effect", "not shown"}
SIDES = {"for", "against", "no effect", "open"}
BIBLIOGRAPHY = (lessons.ROOT / "book" / "references.bib").read_text(encoding="utf-8")


def name_of(line):
    said = line.says if isinstance(line.says, str) else next(iter(line.says.values()))
    return f"{line.claim or line.papers[0]}: {said[:40]}"


EACH = pytest.mark.parametrize("line", LINES, ids=name_of)

# --- what it recommends -----------------------------------------------------------------


@pytest.mark.parametrize("situation", SITUATIONS)
@pytest.mark.parametrize("optimizer", guide.GUESSES)
@pytest.mark.parametrize("updates", [1, 2, 3, 10, 137, 5000, 10**6])
def test_a_schedule_is_what_its_parts_say(situation, optimizer, updates):
    advice = recommend(updates, situation=situation, optimizer=optimizer)
    about, factor = SITUATIONS[situation], advice.factor
    assert factor.peak == 1.0 and 0 <= advice.warmup < updates
    assert from_dict(json.loads(json.dumps(factor.to_dict()))) == factor
    if about.decay:
        assert advice.warmup + advice.hold + advice.decay == updates == factor.steps
        assert factor(updates) == 0.0 and factor(updates - advice.decay) == 1.0
        assert abs(advice.decay - about.decay * updates) <= max(advice.warmup, 1)
    else:
        assert advice.hold is None and factor(10 * updates) == 1.0
    assert (0.3 * advice.schedule(0.2)(np.arange(updates)) <= 0.06 + 1e-12).all()


def test_the_length_known_is_a_line_behind_a_short_warmup():
    advice = recommend(1000)
    assert (advice.situation, advice.warmup, advice.hold, advice.decay) == (
        "length known",
        20,
        0,
        980,
    )
    assert recommend(1000, optimizer="adam").warmup == 50
    assert recommend(1000, warmup=0).warmup == 0
    assert recommend(1000, floor=0.1).schedule(2.0)(1000) == pytest.approx(0.2)


def test_without_a_length_the_rate_is_held():
    advice = recommend()
    assert advice.situation == "length open" and advice.factor.steps is None
    assert advice.schedule(0.1)(10**9) == pytest.approx(0.1)
    assert recommend(800, situation="length open").decay == 400


def test_the_sweep_has_steps_of_root_two_about_the_guess():
    advice = recommend(100, guess=0.3)
    np.testing.assert_allclose(advice.peaks[1:] / advice.peaks[:-1], 2**0.5)
    assert advice.peaks[2] == pytest.approx(0.3) and len(advice.peaks) == 5
    np.testing.assert_allclose(advice.coarse[1:] / advice.coarse[:-1], 4)


def test_fine_tuning_begins_where_the_ledger_says(monkeypatch):
    ask = {"situation": "fine-tuning", "optimizer": "adam"}
    one = {"condition": "middle shift", "primary": True, "effect": 2.0}
    row = {"verdict": "supported", "conditions": [one]}
    monkeypatch.setattr(guide, "_rows", lambda: {"10.8-a": row})
    assert recommend(100, **ask).guess == pytest.approx(guide.GUESSES["adam"] / 4)
    monkeypatch.setattr(guide, "_rows", dict)
    assert recommend(100, **ask).guess == pytest.approx(guide.GUESSES["adam"] / 10)
    assert recommend(100, guess=0.01, **ask).guess == 0.01


@pytest.mark.parametrize(
    "claim, optimizer, usual, refuted",
    [("10.6-b", "sgd", 1.6, 0.4), ("10.6-c", "adamw", 0.4, 1.6)],
)
@pytest.mark.parametrize(
    "word", ["supported", "refuted", "no effect", "not shown", None]
)
def test_a_larger_batch_moves_the_sweep(
    monkeypatch, word, claim, optimizer, usual, refuted
):
    rows = {claim: {"verdict": word}} if word else {}
    monkeypatch.setattr(guide, "_rows", lambda: rows)
    ask = {"situation": "large batch", "batch_factor": 16, "optimizer": optimizer}
    wanted = refuted if word == "refuted" else usual
    assert recommend(100, guess=0.1, **ask).guess == pytest.approx(wanted)


def test_the_sweep_goes_on_at_its_edge_and_ends_inside():
    advice = recommend(100)
    losses = lambda best: {p: abs(math.log(p / best)) for p in advice.peaks}
    assert len(advice.more(losses(0.1))) == 0
    up, down = advice.more(losses(9.0)), advice.more(losses(0.001))
    np.testing.assert_allclose(up, advice.peaks[-1] * 2 ** (np.arange(1, 3) / 2))
    np.testing.assert_allclose(down, advice.peaks[0] / 2 ** (np.arange(1, 3) / 2))
    broken = dict.fromkeys(advice.peaks, math.nan)
    assert (advice.more(broken) < advice.peaks[0]).all()
    assert len(advice.more(broken | {advice.peaks[2]: 0.5})) == 0


@pytest.mark.parametrize("situation", SITUATIONS)
def test_it_reads_well_in_a_terminal(situation):
    said = str(recommend(1000, situation=situation))
    assert max(map(len, said.splitlines())) <= 80
    assert said.startswith(SITUATIONS[situation].title) and "√2 apart" in said
    assert "None" not in said and "nan" not in said
    reasons = [str(line) for line in SITUATIONS[situation].lines]
    assert len(set(reasons)) == len(reasons) == said.count("\n  - ")


# --- what it refuses ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong, said",
    [
        ({"updates": 0}, "updates must be a whole number of at least 1; got 0"),
        ({"updates": 100.0}, "updates must be a whole number"),
        ({"updates": True}, "updates must be a whole number"),
        ({"situation": "length known"}, "updates must be given for 'length known'"),
        ({"updates": 9, "situation": "gpt"}, "situation must be one of 'length known'"),
        ({"updates": 9, "optimizer": "SGD"}, "optimizer must be one of 'sgd'"),
        ({"updates": 9, "guess": 0}, "guess must be a finite number above 0; got 0"),
        ({"updates": 9, "guess": "0.1"}, "guess must be a finite number above 0"),
        ({"updates": 9, "guess": math.nan}, "guess must be a finite number above 0"),
        (
            {"updates": 9, "warmup": 9},
            "warmup must be shorter than the run of 9 updates",
        ),
        ({"updates": 9, "warmup": -1}, "warmup must be a whole number of at least 0"),
        ({"updates": 9, "floor": 1}, "floor must be a share of the peak in [0, 1)"),
        ({"updates": 9, "floor": None}, "floor must be a share"),
        (
            {"updates": 9, "batch_factor": 2},
            "batch_factor is for situation='large batch'",
        ),
        (
            {"updates": 9, "situation": "large batch", "batch_factor": 0},
            "batch_factor must be a finite number above 0",
        ),
    ],
)
def test_bad_input_gets_one_clear_sentence(wrong, said):
    with pytest.raises(ValueError, match=re.escape(said)) as error:
        recommend(wrong.pop("updates", None), **wrong)
    assert "\n" not in str(error.value)


def test_bad_peaks_and_losses_too():
    with pytest.raises(ValueError, match="peak must be a finite number above 0"):
        recommend(9).schedule(-1)
    with pytest.raises(ValueError, match="losses must hold one loss for each peak"):
        recommend(9).more({})


# --- what its lines rest on ---------------------------------------------------------------


@EACH
def test_the_ledger_says_what_a_line_says(line):
    """Fails where a lesson now finds another word than those under which the advice is true."""
    assert line.holds, f"{line.claim} {line.condition}: the ledger says {line.word}"
    assert "written anew" not in line.advice


@EACH
def test_a_line_is_true_under_words_that_exist(line):
    words = {word for word in line.texts if word}
    if not line.claim:
        assert line.papers and not words
    elif line.condition:
        assert words and words <= SIDES
    else:
        assert words and words <= VERDICTS


@EACH
def test_a_line_that_waits_for_its_lesson_fits_any_word(line):
    if line.claim and not line.row:
        assert set(line.texts) - {None} in (VERDICTS, SIDES) and None in line.texts


@EACH
def test_its_claim_and_its_papers_exist(line):
    if line.claim:
        declared = claims.claim(line.claim)
        if line.condition:
            assert line.condition in declared.conditions
    for key in line.papers:
        assert f"{{{key}," in BIBLIOGRAPHY


@EACH
def test_its_numbers_are_the_ledgers(line):
    """And no number of a result stands in a sentence."""
    if not line.row:
        assert line.effect == ""
        assert line.evidence == "from the literature" or "not measured" in line.evidence
    elif line.found:
        assert f"{abs(line.found['effect']):.3g}" in line.effect
        assert all(f"{abs(e):.3g}" in line.short for e in line.found["interval"])
        assert line.found["treatment"] in line.effect and line.short in line.effect
    for text in line.texts.values():
        assert not re.search(r"[-+]\d|\d\.\d", text), text


def test_a_negative_effect_is_told_with_the_opposite_word():
    line = Line("It does.", "10.5-a", "digits, the length", words="against")
    low, high = line.found["interval"]
    assert line.found["positive"] == "worse" and high < 0
    effect = -line.found["effect"]
    assert line.number == f"{effect:+.3g} % [{-high:+.3g}, {-low:+.3g}] better"


def test_a_word_that_a_line_does_not_know_is_told(monkeypatch):
    line = Line("Decay helps.", "1-a", words="supported")
    turned = {**guide._rows()["1-a"], "verdict": "refuted"}
    monkeypatch.setattr(guide, "_rows", lambda: {"1-a": turned})
    assert not line.holds and "refuted" in line.advice and "helps" not in line.advice
    monkeypatch.setattr(guide, "_rows", dict)
    assert "not measured yet" in str(line)


def test_a_line_rests_on_something():
    with pytest.raises(ValueError, match="rests on a claim or on a paper"):
        Line("Believe me.")


# --- page and function --------------------------------------------------------------------


def plain(text):
    return re.sub(r"<[^>]+>", "", text)


def test_the_page_shows_every_line_of_the_function_with_its_evidence():
    from page_parts import words

    shown = plain(guide_page.why() + guide_page.procedure())
    for line in LINES:
        assert plain(words(line.advice)) in shown
        assert not line.short or plain(line.short) in shown
    table = plain(guide_page.situations())
    for about in SITUATIONS.values():
        assert about.title in table and about.plan in table and about.when in table


def test_the_page_includes_all_that_is_generated(tmp_path):
    guide_page.write(tmp_path)
    made = {path.name for path in tmp_path.iterdir()}
    assert set(re.findall(r"generated/(guide_\w+\.md)", PAGE)) == made
    asked = recommend(20_000, optimizer="adamw", guess=3e-4)
    assert str(asked) in guide_page.printed()
    assert 'print(recommend(20_000, optimizer="adamw", guess=3e-4))' in PAGE


def test_a_picture_is_the_schedule():
    points = re.search(r'points="(.*?)"', guide_page.picture("short run"))[1].split()
    heights = [float(point.split(",")[1]) for point in points]
    assert len(set(heights[: int(0.79 * len(heights))])) == 1 and heights[-1] == max(
        heights
    )


# --- the lines for each library, read out of the page -------------------------------------

SWEEP, MEANT, KERAS, LOOP, PYTORCH, OPTAX, TRANSFORMERS, RESUME = re.findall(
    r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL
)
UPDATES, PEAK = 40, 0.02


@pytest.fixture
def scope():
    """What the page's first lines leave, for a run of 40 updates. Of the sweep's runs the one with
    the peak is the best."""

    def train(peak, schedule):
        assert schedule(UPDATES // 2) == pytest.approx(peak * 0.5, rel=0.1)
        return abs(np.log(peak / PEAK))

    names = {"updates": UPDATES, "train": train}
    exec(SWEEP.replace("guess=1e-3", f"guess={PEAK / 8}"), names)
    assert names["peak"] == pytest.approx(PEAK) and len(names["losses"]) > 5
    exec(MEANT, names)
    return names


def designed():
    return recommend(UPDATES, optimizer="adam").schedule(PEAK)(np.arange(UPDATES))


def test_the_checks_know_the_advice(scope):
    assert not checks.failures(designed(), **scope["meant"])
    assert checks.failures(designed()[::2], **scope["meant"])


@pytest.mark.filterwarnings("error")
def test_keras_fit(scope):
    keras = pytest.importorskip("keras")
    scope |= {"keras": keras, "model": keras.Sequential([keras.layers.Dense(1)])}
    scope |= {"x": np.ones((160, 2)), "y": np.ones((160, 1))}
    scope |= {"batch_size": 16, "epochs": 4}
    exec(KERAS, scope)
    np.testing.assert_allclose(scope["watch"].rates, designed(), rtol=1e-5, atol=1e-9)
    assert scope["watch"].failures == {}


def test_a_loop_of_your_own(scope):
    keras = pytest.importorskip("keras")
    import tensorflow as tf

    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    batches = [(np.ones((4, 2)), np.ones((4, 1)))] * UPDATES
    scope |= {"tf": tf, "model": model, "batches": batches}
    exec(LOOP, scope | {"optimizer": keras.optimizers.Adam()}, scope)
    np.testing.assert_allclose(scope["rates"], designed(), rtol=1e-5, atol=1e-9)


def test_pytorch(scope):
    torch = needs("torch")
    batches = [(torch.ones(4, 2), torch.ones(4, 1))] * UPDATES
    scope |= {"torch": torch, "model": torch.nn.Linear(2, 1), "batches": batches}
    exec(PYTORCH, scope)
    np.testing.assert_allclose(scope["rates"], designed(), rtol=1e-12)


def test_accumulated_gradients_in_pytorch(scope):
    """The condition of the page makes as many updates as it says; half of it makes fewer."""
    (condition,) = re.findall(r"`if (\(i \+ 1\).*?)`", PAGE)
    (count,) = re.findall(r"`updates` is `(epochs \* math\.ceil.*?)`", PAGE)
    names = {"epochs": 3, "group": 4, "loader": range(10), "math": math}
    meant, half = eval(count, names), condition.split(" or ")[0]
    for said, made in ((condition, meant), (half, meant - 3)):
        batches = [eval(said, names | {"i": i}) for _ in range(3) for i in range(10)]
        assert sum(batches) == made


def test_pytorch_resumes_without_a_saved_scheduler(scope):
    torch = needs("torch")
    batches = [(torch.ones(4, 2), torch.ones(4, 1))] * 25
    scope |= {"torch": torch, "model": torch.nn.Linear(2, 1), "batches": batches}
    exec(PYTORCH.split("checks.require")[0], scope)
    states = {name: scope[name].state_dict() for name in ("model", "optimizer")}

    rest = {name: scope[name] for name in ("torch", "schedule")}
    rest |= {"saved": states | {"done": 25}, "model": torch.nn.Linear(2, 1)}
    rest["optimizer"] = torch.optim.Adam(rest["model"].parameters(), lr=1.0)
    exec(RESUME, rest)
    rates = scope["rates"]
    for _ in range(UPDATES - 25):
        rates.append(rest["optimizer"].param_groups[0]["lr"])
        rest["optimizer"].step()
        rest["scheduler"].step()
    checks.require(rates, **scope["meant"])


def test_optax(scope):
    optax, jax = needs("optax"), needs("optax", "jax")
    names = scope | {"optax": optax, "jax": jax}
    exec(OPTAX, names)
    np.testing.assert_allclose(names["rates"], designed(), rtol=1e-7, atol=1e-12)
    twice = OPTAX.replace("schedule))", "schedule), optax.scale_by_schedule(schedule))")
    assert twice != OPTAX
    with pytest.raises(checks.RatesError):
        exec(twice, names)


class Trainer:
    """What the page's callback meets in transformers' Trainer, in its order."""

    def __init__(self, model, arguments, *, train_dataset, callbacks, optimizers):
        (self.watch,), (self.optimizer, self.scheduler) = callbacks, optimizers

    def train(self, updates):
        about = (None, SimpleNamespace(max_steps=updates), None)
        parts = {"optimizer": self.optimizer, "model": None}
        self.watch.on_train_begin(*about, **parts)
        for _ in range(updates):
            self.watch.on_pre_optimizer_step(*about, **parts)
            self.optimizer.step()
            self.scheduler.step()
        self.watch.on_train_end(*about, **parts)


def test_transformers(scope):
    torch, transformers = needs("torch"), needs("transformers")
    assert hasattr(transformers.TrainerCallback, "on_pre_optimizer_step")
    stand_in = SimpleNamespace(
        get_linear_schedule_with_warmup=transformers.get_linear_schedule_with_warmup,
        TrainerCallback=transformers.TrainerCallback,
        Trainer=Trainer,
    )
    scope |= {"torch": torch, "model": torch.nn.Linear(2, 1), "transformers": stand_in}
    exec(TRANSFORMERS, scope | {"arguments": None, "data": None}, scope)
    scope["trainer"].train(UPDATES)
    rates = scope["trainer"].watch.rates
    np.testing.assert_allclose(rates, designed(), rtol=1e-9, atol=1e-12)
    with pytest.raises(AssertionError):
        scope["trainer"].train(UPDATES // 2)


def test_it_is_light_and_knows_the_schedules_and_the_ledger_alone():
    from test_imports import ROOMS, TENSORFLOW, reached

    eager = reached("guide", lazily=False)
    assert not eager & (TENSORFLOW | {"pandas", "scipy", "matplotlib"})
    assert eager & set(ROOMS) == {"arguments", "schedules"}
