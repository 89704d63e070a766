"""Schedule cards: for each family its formula, when it is used, its traps, and the call that
equals it elsewhere.

    >>> CARDS["cosine"].schedule(500)
    0.05

One table, `CARDS`, for a peak of 0.1 and 1,000 updates. The book draws its page of cards from it,
and the tests run every call and compare it with our schedule at every update.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from . import schedules

__all__ = ["Card", "CARDS", "PEAK", "UPDATES", "EVERY"]

PEAK, UPDATES = 0.1, 1000
EVERY = 50  # updates between two evaluations, where a rule is told the loss


@dataclass(frozen=True)
class Card:
    """What the book says of one family.

    Attributes:
        title: its name.
        formula: LaTeX lines, all cases; p is the peak, t the update, T = 1,000.
        when: when it is used, and why.
        cost: what has to be known or chosen beforehand.
        code: the expression in this library.
        calls: library -> its own expression; ``optimizer`` is an optimizer whose rate is 0.1 where
            one is needed.
        differs: library -> phrases on how its call is written otherwise, or what it does from
            the first update that differs. A test asserts each of them.
        equal_until: library -> the first update that differs, where there is one.
        equals: library -> our expression that its call equals, where that is not ``code``.
        traps: (sentence, name of the source, its address or None). Where the source is no public
            report, a test runs the trap.
        source: keys of references.bib.
        losses: of a rule that answers to the loss, the validation losses that it is told in the
            picture and in the tests, one after every `EVERY` updates; ``code`` is then the
            schedule that results.
        rule: such a rule's own expression in this library.
    """

    title: str
    formula: tuple
    when: str
    cost: str
    code: str
    calls: dict
    differs: dict = field(default_factory=dict)
    equal_until: dict = field(default_factory=dict)
    equals: dict = field(default_factory=dict)
    traps: tuple = ()
    source: tuple = ()
    losses: tuple = ()
    rule: str = ""

    @property
    def schedule(self):
        """The schedule that ``code`` makes."""
        return eval(
            self.code, dict(vars(schedules))
        )  # our own text, from the table below

    def comparison(self, library):
        """The sentence that says how far a call equals ours, from what the tests compare."""
        if library not in self.calls:
            return "No call of its own: hand over this library's schedule."
        until = self.equal_until.get(library)
        said = {
            None: "Equal after each of these losses"
            if self.losses
            else "Equal at every update",
            0: "Differs from update 0 on",
            1: "Equal at update 0 only",
        }.get(until, f"Equal at updates 0 to {(until or 0) - 1:,}")
        same = self.equals.get(library)
        return (
            "; ".join([said, *self.differs.get(library, ())])
            + (f". It equals `{same}`" if same else "")
            + "."
        )


# How ours is handed over, for any schedule; LambdaLR multiplies the optimizer's own rate by it.
LAMBDA = (
    "torch.optim.lr_scheduler.LambdaLR(torch.optim.SGD(parameters, lr=1.0), schedule)"
)
RECIPES = {
    "Keras": "keras.optimizers.SGD(schedule.to_keras())",
    "PyTorch": LAMBDA,
    "optax": "optax.sgd(schedule)",
    "transformers": LAMBDA,
}
ACCUMULATION = (
    "With gradient accumulation a scheduler that steps at every batch runs that many "
    "times too fast.",
    "accelerate, issue 963",
    "https://github.com/huggingface/accelerate/issues/963",
)

FIRST_IS_0 = (
    "The first update has the rate 0 and teaches nothing.",
    "Keras, optax, transformers and ours",
    None,
)
PATIENCE = "its patience counts one evaluation more, so it is written one lower"

CARDS = {
    "constant": Card(
        "Constant",
        (r"\lambda(t) = p",),
        "The rival of every other. On problems without noise at the end, or as the "
        "stable part of warmup-stable-decay, nothing else is needed.",
        "One number, the rate; the noise that is left at the end stays.",
        "0.1 * Constant()",
        {
            "Keras": "keras.optimizers.SGD(0.1).learning_rate",
            "PyTorch": "torch.optim.lr_scheduler.ConstantLR(optimizer, 1.0)",
            "optax": "optax.constant_schedule(0.1)",
            "transformers": "transformers.get_constant_schedule(optimizer)",
        },
    ),
    "step": Card(
        "Step decay",
        (r"\lambda(t) = p \, \gamma^{\lfloor t/s \rfloor}",),
        "The classic of image classification: hold, drop, hold. The drops show in the "
        "loss curve, which makes it good for teaching.",
        "Two choices, the factor and the length of a step; the best ones depend on the "
        "length of the run.",
        "0.1 * Exponential(0.5).every(300)",
        {
            "Keras": "keras.optimizers.schedules.ExponentialDecay(0.1, 300, 0.5, staircase=True)",
            "PyTorch": "torch.optim.lr_scheduler.StepLR(optimizer, 300, 0.5)",
            "optax": "optax.exponential_decay(0.1, 300, 0.5, staircase=True)",
        },
        traps=(
            (
                "Counted in epochs where updates were meant, the boundaries are never reached.",
                "handson-ml3, pull request 206",
                "https://github.com/ageron/handson-ml3/pull/206",
            ),
            (
                "A remainder in place of a whole quotient makes a sawtooth of it.",
                "lesson 3.2",
                "/chapters/en/03_2_step_decay.ipynb",
            ),
        ),
    ),
    "piecewise": Card(
        "Piecewise constant",
        (r"\lambda(t) = v_i \quad \text{for } b_{i-1} \le t < b_i",),
        "Where somebody has already found good places for the drops, as in published "
        "training recipes.",
        "As many choices as there are pieces.",
        "Piecewise((500, 750), (0.1, 0.01, 0.001))",
        {
            "Keras": "keras.optimizers.schedules.PiecewiseConstantDecay([499, 749], [0.1, 0.01, "
            "0.001])",
            "PyTorch": "torch.optim.lr_scheduler.MultiStepLR(optimizer, [500, 750], 0.1)",
            "optax": "optax.piecewise_constant_schedule(0.1, {500: 0.1, 750: 0.1})",
        },
        differs={
            "Keras": (
                "its boundary is the last update with the old value, so it is written one lower",
            )
        },
        traps=(
            (
                "timm's MultiStepLRScheduler drops one epoch before each milestone.",
                "pytorch-image-models, pull request 2753",
                "https://github.com/huggingface/pytorch-image-models/pull/2753",
            ),
        ),
    ),
    "exponential": Card(
        "Exponential decay",
        (r"\lambda(t) = p \, a^{t/s}",),
        "When the length of the run is not known. It loses the same share in the same "
        "time, for ever.",
        "The factor and its timescale say one thing together, the half-life. Its rates "
        "have a finite sum, so too short a half-life freezes training.",
        "0.1 * Exponential(0.5, 300)",
        {
            "Keras": "keras.optimizers.schedules.ExponentialDecay(0.1, 300, 0.5)",
            "PyTorch": "torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.5 ** (1 / 300))",
            "optax": "optax.exponential_decay(0.1, 300, 0.5)",
        },
        traps=(
            (
                "The factor alone says nothing: 0.99 for 10,000 updates is hardly a decay.",
                "lesson 4.3",
                "/chapters/en/04_3_worked_example.ipynb",
            ),
            (
                "In a callback the variable of the notebook was used instead of the "
                "callback's own.",
                "handson-ml2, issue 522",
                "https://github.com/ageron/handson-ml2/issues/522",
            ),
        ),
    ),
    "inverse time": Card(
        "Inverse time, 1/t",
        (r"\lambda(t) = \dfrac{p}{1 + t/s}",),
        "The schedule of the theory of stochastic approximation: the noise averages "
        "away, and the rates still sum to infinity.",
        "One timescale. Over short runs it keeps the rate high for long, and it never ends.",
        "0.1 * InverseTime(200)",
        {"Keras": "keras.optimizers.schedules.InverseTimeDecay(0.1, 200, 1.0)"},
        traps=(
            (
                "Its two parameters, decay_steps and decay_rate, say one thing "
                "together, and are taken for an event at decay_steps.",
                "tensorflow, issue 46071",
                "https://github.com/tensorflow/tensorflow/issues/46071",
            ),
        ),
        source=("robbins1951",),
    ),
    "inverse square root": Card(
        "Warmup and inverse square root",
        (
            r"\lambda(t) = p \, t/w \quad (t < w)",
            r"\lambda(t) = p \sqrt{w/t} \quad (t \ge w)",
        ),
        "The first transformer's schedule, for runs of unknown length.",
        "The warmup sets both the rise and the fall. At the end the rate is still "
        "high, so a cooldown pays.",
        "0.1 * (Warmup(100) >> InverseSqrt(100))",
        {"transformers": "transformers.get_inverse_sqrt_schedule(optimizer, 100)"},
        source=("vaswani2017",),
    ),
    "linear": Card(
        "Linear to zero",
        (
            r"\lambda(t) = p \,(1 - t/T) \quad (t < T)",
            r"\lambda(t) = 0 \quad (t \ge T)",
        ),
        "The plainest good choice when the length of the run is known. The bound for "
        "the last iterate of a convex problem asks for it.",
        "The length of the run. Stopping early leaves a rate that is still high; going "
        "on finds a rate of 0.",
        "0.1 * Linear(1000)",
        {
            "Keras": "keras.optimizers.schedules.PolynomialDecay(0.1, 1000, 0.0)",
            "PyTorch": "torch.optim.lr_scheduler.PolynomialLR(optimizer, 1000, 1.0)",
            "optax": "optax.linear_schedule(0.1, 0.0, 1000)",
            "transformers": "transformers.get_linear_schedule_with_warmup(optimizer, 0, 1000)",
        },
        traps=(
            ACCUMULATION,
            (
                "Keras's default end is not 0 but 0.0001, a thousandth of our peak.",
                "Keras, PolynomialDecay",
                None,
            ),
        ),
        source=("zamani2025", "defazio2023"),
    ),
    "polynomial": Card(
        "Polynomial decay",
        (
            r"\lambda(t) = p \,(1 - t/T)^k \quad (t < T)",
            r"\lambda(t) = 0 \quad (t \ge T)",
        ),
        "Between linear (k = 1) and ever calmer ends. Known from semantic segmentation.",
        "The length of the run and the power.",
        "0.1 * Polynomial(1000, 2)",
        {
            "Keras": "keras.optimizers.schedules.PolynomialDecay(0.1, 1000, 0.0, power=2.0)",
            "PyTorch": "torch.optim.lr_scheduler.PolynomialLR(optimizer, 1000, 2.0)",
            "optax": "optax.polynomial_schedule(0.1, 0.0, 2, 1000)",
            "transformers": "transformers.get_polynomial_decay_schedule_with_warmup(optimizer, 0, "
            "1000, lr_end=0.0, power=2.0)",
        },
        traps=(ACCUMULATION,),
    ),
    "cosine": Card(
        "Cosine",
        (
            r"\lambda(t) = \tfrac{p}{2}\left(1 + \cos \pi t/T\right) \quad (t < T)",
            r"\lambda(t) = 0 \quad (t \ge T)",
        ),
        "The habit of image and language models alike: slow, fast, slow. It falls at "
        "every update and never rises.",
        "The length of the run.",
        "0.1 * Cosine(1000)",
        {
            "Keras": "keras.optimizers.schedules.CosineDecay(0.1, 1000)",
            "PyTorch": "torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 1000)",
            "optax": "optax.cosine_decay_schedule(0.1, 1000)",
            "transformers": "transformers.get_cosine_schedule_with_warmup(optimizer, 0, 1000)",
        },
        differs={
            "PyTorch": ("rises again after update 1,000",),
            "transformers": ("rises again after update 1,000",),
        },
        equal_until={"PyTorch": 1001, "transformers": 1001},
        traps=(
            (
                "A floor is a share of the peak in Keras and optax (`alpha=0.1`) and here "
                "(`.floor(0.1)`), but a rate in PyTorch (`eta_min=0.01`).",
                "the parity tests",
                None,
            ),
            (
                "The documentation's formula and the framework's values part past the end.",
                "pytorch, issue 40971",
                "https://github.com/pytorch/pytorch/issues/40971",
            ),
        ),
        source=("loshchilov2017",),
    ),
    "warmup and cosine": Card(
        "Warmup and cosine",
        (
            r"\lambda(t) = p \, t/w \quad (t < w)",
            r"\lambda(t) = \tfrac{p}{2}\left(1 + \cos \pi \tfrac{t-w}{T-w}\right) \\ & "
            r"\quad (w \le t < T)",
            r"\lambda(t) = 0 \quad (t \ge T)",
        ),
        "Where large early steps break training: transformers with normalization after "
        "the layers, large batches, Adam.",
        "The length of the run and of the warmup. Whether the warmup counts as part of "
        "the length differs between libraries.",
        "0.1 * (Warmup(100) >> Cosine(900))",
        {
            "Keras": "keras.optimizers.schedules.CosineDecay(0.0, 900, warmup_target=0.1, "
            "warmup_steps=100)",
            "PyTorch": "torch.optim.lr_scheduler.SequentialLR(optimizer, "
            "[torch.optim.lr_scheduler.LinearLR(optimizer, 0.001, 1.0, 100), "
            "torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 900)], [100])",
            "optax": "optax.warmup_cosine_decay_schedule(0.0, 0.1, 100, 1000)",
            "transformers": "transformers.get_cosine_schedule_with_warmup(optimizer, 100, 1000)",
        },
        differs={
            "Keras": (
                "its length leaves the warmup out, 900",
                "optax's and transformers' hold it, 1,000",
            ),
            "PyTorch": (
                "its LinearLR refuses to start at 0",
                "rises again after update 1,000",
            ),
            "transformers": ("rises again after update 1,000",),
        },
        equal_until={"PyTorch": 0, "transformers": 1001},
        equals={"PyTorch": "0.1 * (Warmup(100, 0.001) >> Cosine(900))"},
        traps=(ACCUMULATION, FIRST_IS_0),
        source=("loshchilov2017",),
    ),
    "warmup and linear": Card(
        "Warmup and a straight line",
        (
            r"\lambda(t) = p \, t/w \quad (t < w)",
            r"\lambda(t) = p \, \dfrac{T-t}{T-w} \quad (w \le t < T)",
            r"\lambda(t) = 0 \quad (t \ge T)",
        ),
        "The habit of fine-tuning, and the plainest schedule for a known length where a first large "
        "step could break something.",
        "The length of the run and of the warmup, and whether the one holds the other.",
        "0.1 * (Warmup(100) >> Linear(900))",
        {
            "PyTorch": "torch.optim.lr_scheduler.SequentialLR(optimizer, "
            "[torch.optim.lr_scheduler.LinearLR(optimizer, 0.001, 1.0, 100), "
            "torch.optim.lr_scheduler.PolynomialLR(optimizer, 900)], [100])",
            "optax": "optax.join_schedules([optax.linear_schedule(0.0, 0.1, 100), "
            "optax.linear_schedule(0.1, 0.0, 900)], [100])",
            "transformers": "transformers.get_linear_schedule_with_warmup(optimizer, 100, 1000)",
        },
        differs={"PyTorch": ("its LinearLR refuses to start at 0",)},
        equal_until={"PyTorch": 0},
        equals={"PyTorch": "0.1 * (Warmup(100, 0.001) >> Linear(900))"},
        traps=(ACCUMULATION, FIRST_IS_0),
    ),
    "restarts": Card(
        "Cosine with warm restarts",
        (
            r"\lambda(t) = \tfrac{p}{2}\left(1 + \cos \pi \tfrac{t - t_i}{T_i}\right) "
            r"\\ & \quad (t_i \le t < t_i + T_i)",
            r"T_i = T_0 \, m^i",
        ),
        "To have a good model at the end of each cycle, for ensembles, or when the "
        "length of the run is open.",
        "The first length and the stretch. A restart is a jump, and undoes part of "
        "what the cooldown won.",
        "0.1 * Cosine(100).cycle(4, stretch=2)",
        {
            "Keras": "keras.optimizers.schedules.CosineDecayRestarts(0.1, 100, t_mul=2.0)",
            "PyTorch": "torch.optim.lr_scheduler.CosineAnnealingWarmRestarts(optimizer, 100, 2)",
            "optax": "optax.sgdr_schedule([dict(init_value=0.1, peak_value=0.1, warmup_steps=0, "
            "decay_steps=100 * 2**i) for i in range(4)])",
        },
        differs={
            "Keras": ("goes on restarting, ours was told four cycles",),
            "PyTorch": ("goes on restarting, ours was told four cycles",),
        },
        equal_until={"Keras": 1500, "PyTorch": 1500},
        traps=(
            (
                "transformers' `get_cosine_with_hard_restarts_schedule_with_warmup` has cycles of "
                "one length only, and divides the whole length by their number.",
                "the parity tests",
                None,
            ),
            (
                "Where restarts are found by a logarithm, some come one update late.",
                "lesson 7",
                "/chapters/en/07_tools.ipynb",
            ),
        ),
        source=("loshchilov2017",),
    ),
    "one cycle": Card(
        "One cycle",
        (
            r"\text{cosine from } p/25 \text{ to } p \text{ in } 0.3\,T",
            r"\text{cosine from } p \text{ to } p/250{,}000 \text{ in } 0.7\,T",
        ),
        "Short runs with a very large peak, momentum moving the other way.",
        "The length of the run, and a peak from a range test.",
        "Anneal(300, 0.1 / 25, 0.1, 'cosine') >> Anneal(700, 0.1, 0.1 / 25 / 1e4, 'cosine')",
        {
            "optax": "optax.cosine_onecycle_schedule(1000, 0.1)",
            "PyTorch": "torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.1, 1000)",
        },
        differs={
            "PyTorch": (
                "its rise is one update shorter",
                "raises an error after the last update",
            )
        },
        equal_until={"PyTorch": 1},
        equals={
            "PyTorch": "Anneal(299, 0.1 / 25, 0.1, 'cosine') >> Anneal(700, 0.1, 0.1 / 25 / 1e4, "
            "'cosine')"
        },
        traps=(
            (
                "It refuses any update past the length it was told, and its message "
                "counts one too many.",
                "pytorch, issue 38170",
                "https://github.com/pytorch/pytorch/issues/38170",
            ),
        ),
        source=("smith2019",),
    ),
    "warmup-stable-decay": Card(
        "Warmup, stable, decay (WSD)",
        (
            r"\lambda(t) = p \, t/w \quad (t < w)",
            r"\lambda(t) = p \quad (w \le t < T - c)",
            r"\lambda(t) = p \left(1 - \sqrt{(t - T + c)/c}\right) \\ & \quad (T - c \le t < T)",
            r"\lambda(t) = 0 \quad (t \ge T)",
        ),
        "When the length of the run is open: go on at the stable rate, and cool down "
        "from any point for a finished model.",
        "The peak, and about a fifth of the run for the cooldown.",
        "0.1 * (Warmup(100) >> Constant(1, 700) >> Anneal(200, shape='1-sqrt'))",
        {
            "transformers": "transformers.get_wsd_schedule(optimizer, 100, 200, "
            "num_stable_steps=700, decay_type='1-sqrt')",
            "optax": "optax.join_schedules([optax.linear_schedule(0.0, 0.1, 100), "
            "optax.constant_schedule(0.1), 0.1 * Anneal(200, shape='1-sqrt')], [100, 800])",
        },
        source=("hu2024", "hagele2024"),
    ),
    "plateau": Card(
        "Reduce on plateau",
        (
            r"\lambda \leftarrow \gamma \lambda",
            r"&\quad \text{after } k \text{ evaluations without a new best loss}",
        ),
        "When nothing is known of the length, and a validation loss without much noise is looked at "
        "anyway. It answers to the loss, so it is a rule and no schedule: where the rate falls is "
        "known only afterwards. [Lesson 8.2.4](/chapters/en/08_2_4_state_driven.ipynb) "
        "measures it against a line.",
        "An evaluation every so many updates; the factor, the patience, and how small a fall counts.",
        "Piecewise((350, 550), (0.1, 0.05, 0.025))",
        {
            "Keras": "keras.callbacks.ReduceLROnPlateau('loss', factor=0.5, patience=3, min_delta=0)",
            "PyTorch": "torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.5, "
            "patience=2, threshold=0)",
            "optax": "optax.contrib.reduce_on_plateau(factor=0.5, patience=3, rtol=0.0, atol=1e-12)",
            "transformers": "transformers.optimization.get_reduce_on_plateau_schedule(optimizer, "
            "factor=0.5, patience=2, threshold=0)",
        },
        differs={
            "PyTorch": (PATIENCE,),
            "transformers": (PATIENCE,),
        },
        traps=(
            (
                "Keras's callback looks at the loss of each epoch, optax's at every update unless "
                "`accumulation_size` says otherwise: the same patience is another length.",
                "the parity tests",
                None,
            ),
            (
                "Early stopping with a patience no longer than the rule's ends the run before the "
                "rate has fallen.",
                "yolov3-tf2, pull request 181",
                "https://github.com/zzh8829/yolov3-tf2/pull/181",
            ),
            (
                "Beside a schedule Keras's callback raises an error: a schedule's rate cannot be "
                "set by hand.",
                "tensorflow, issue 36612",
                "https://github.com/tensorflow/tensorflow/issues/36612",
            ),
        ),
        losses=(1.0, 0.8, 0.6, 0.55, 0.56, 0.57, 0.55, 0.5, 0.51, 0.5, 0.52)
        + (0.45, 0.42, 0.41, 0.4, 0.39, 0.38, 0.37, 0.36),
        rule="training.Plateau(factor=0.5, patience=3)",
    ),
    "tanh": Card(
        "Hyperbolic tangent",
        (
            r"\lambda(t) = p \, \dfrac{\tanh 3 - \tanh(9t/T - 6)}{\tanh 3 + \tanh 6} \\ "
            r"& \quad (t < T)",
            r"\lambda(t) = 0 \quad (t \ge T)",
        ),
        "A longer plateau than the cosine's, then a faster fall. The article's outlook "
        "recommends it; lesson 8.4.2 measures it.",
        "The length of the run; the two bounds of the curve, of which the paper gives -6 and 3.",
        "0.1 * Anneal(1000, shape='tanh')",
        {},
        source=("hsueh2019",),
    ),
}
