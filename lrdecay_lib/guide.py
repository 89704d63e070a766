"""Which schedule, and how do I set it? The book's guide as a function. Lesson 10.9 tests it.

    >>> advice = recommend(1000, optimizer="sgd")
    >>> advice.schedule(0.1)(np.array([0, 20, 510, 1000])).round(3).tolist()
    [0.0, 0.1, 0.05, 0.0]
    >>> advice.peaks.round(3).tolist()
    [0.05, 0.071, 0.1, 0.141, 0.2]

``print(advice)`` says what to do and why. The page of the guide is written from the same tables,
`SITUATIONS` and `PROCEDURE`, so the two cannot differ.

A line of advice rests on a claim of the ledger or on papers. What was measured (effect, interval,
how far it carries) is read from the ledger, never typed. For each word that the ledger may hold a
line has a sentence of its own, or says under which words its sentence is true; a test fails where
the ledger holds another one. What the ledger does not hold yet is said to be not measured yet.

Knows NumPy, the schedules and the ledger; nothing of TensorFlow.
"""

from __future__ import annotations

import json
import math
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from numbers import Real
from pathlib import Path

import numpy as np

from .arguments import positive, whole
from .schedules import Anneal, Constant, Warmup

__all__ = [
    "recommend",
    "Recommendation",
    "Line",
    "Situation",
    "SITUATIONS",
    "PROCEDURE",
    "GUESSES",
]

LEDGER = Path(__file__).with_name("ledger.json")

# Where to begin a sweep without any other knowledge: the largest rates of common recipes for a mean
# loss. They are guesses; the sweep goes on where the best one lies at its edge.
GUESSES = {
    "sgd": 0.1,
    "momentum": 0.03,
    "nesterov": 0.03,
    "adam": 1e-3,
    "adamw": 1e-3,
    "rmsprop": 1e-3,
}
ADAPTIVE = ("adam", "adamw", "rmsprop")
SWEEP = 5  # peaks, a factor of sqrt(2) apart
LOOK = 7  # peaks of a first look, a factor of COARSE apart
FURTHER = 2  # more of them on the side on which the best one lies at the edge
COARSE = 4.0  # the factor between the peaks of a first look
OPPOSITE = {"better": "worse", "worse": "better"}
OPEN_WARMUP = 100  # updates, where the run has no length to take a share of
FINE_TUNING = (
    0.1  # of the peak from scratch: where its sweep begins, until it is measured
)


# --- one line of advice ---------------------------------------------------------------


@cache
def _rows():
    """claim -> its row of the ledger."""
    rows = json.loads(LEDGER.read_text(encoding="utf-8"))
    return {row["claim"]: row for row in rows}


@dataclass(frozen=True)
class Line:
    """A line of advice, and what it rests on.

    Attributes:
        says: the advice, in one or two sentences: text, or words of the ledger (joined by "/") ->
            text, with None -> the text until there is a row.
        claim: the claim that shows it, such as "10.5-e"; "" for the literature alone.
        condition: the claim's condition that is meant, where it is not the primary one.
        words: the ledger's words under which ``says`` is true, where it is one text: verdicts for a
            whole claim, sides ("for", "against", "no effect", "open") for a condition.
        papers: keys of references.bib.
    """

    says: str | Mapping
    claim: str = ""
    condition: str = ""
    words: tuple = ()
    papers: tuple = ()

    def __post_init__(self):
        if isinstance(self.words, str):
            object.__setattr__(self, "words", tuple(self.words.split("/")))
        if not self.claim and not self.papers:
            raise ValueError(f"a line rests on a claim or on a paper: {self.says!r}")

    @property
    def row(self):
        """The row of the ledger, or None where there is none yet."""
        return _rows().get(self.claim)

    @property
    def lesson(self):
        """The number of the lesson that shows it."""
        return self.row["title"].split()[0] if self.row else self.claim.split("-")[0]

    @property
    def found(self):
        """The condition of the row that is meant, or None: an exact claim has no conditions."""
        if not self.row:
            return None
        if self.condition:
            named = {one["condition"]: one for one in self.row["conditions"]}
            return named.get(self.condition)
        return next((one for one in self.row["conditions"] if one["primary"]), None)

    @property
    def word(self):
        """What the ledger says: a verdict, the side of a condition, or None."""
        if not self.row:
            return None
        if self.condition:
            return self.found["side"] if self.found else None
        return self.row["verdict"]

    @property
    def texts(self):
        """word -> the sentence that is true under it; None -> the one until there is a word."""
        if isinstance(self.says, str):
            return dict.fromkeys((*self.words, None), self.says)
        return {
            word: text
            for words, text in self.says.items()
            for word in (words.split("/") if words else (None,))
        }

    @property
    def holds(self):
        """Whether the advice has a sentence that is true under the ledger's word."""
        return self.word in self.texts

    @property
    def advice(self):
        """The sentence that is true under the ledger's word."""
        if self.holds:
            return self.texts[self.word]
        return f"The lesson now finds: {self.word}. This line has to be written anew."

    @property
    def evidence(self):
        """What it rests on, in one phrase: effect, interval and counts as the ledger holds them."""
        if not self.claim:
            return "from the literature"
        lesson = f"lesson {self.lesson}"
        if self.word is None:
            literature = ", from the literature" if self.papers else ""
            return f"not measured yet ({lesson}){literature}"
        return f"{self.effect} ({lesson}, claim {self.claim})"

    @property
    def rivals(self):
        """Who was compared with whom; "" for an exact claim."""
        found = self.found
        return f"{found['treatment']} against {found['baseline']}" if found else ""

    @property
    def number(self):
        """Effect and interval, such as "+3.7 % [+1.4, +6.1] better". An effect below 0 is told as
        one above 0 with the opposite word, where there is one."""
        found = self.found
        effect, ends, side = found["effect"], found["interval"], found["positive"]
        if effect < 0 and side in OPPOSITE:
            effect, ends, side = -effect, [-end for end in ends], OPPOSITE[side]
        low, high = sorted(ends)
        unit = f" {found['unit']}" if found["unit"] else ""
        return f"{effect:+.3g}{unit} [{low:+.3g}, {high:+.3g}] {side}"

    @property
    def counts(self):
        """On how many further conditions the claim came out for and against; "" without any."""
        counts = self.row["counts"]
        if self.condition or not sum(counts.values()):
            return ""
        return f"; further: for {counts['for']}, against {counts['against']}"

    @property
    def effect(self):
        """The ledger's word with effect, interval and counts; "" where there is no row."""
        if self.word is None:
            return ""
        if not self.found:
            return f"{self.word}, computed exactly"
        return f"{self.word}, {self.rivals}: {self.number}{self.counts}"

    @property
    def short(self):
        """As ``effect``, without the word and the rivals, for a page that is short of room."""
        return f"{self.number}{self.counts}" if self.found else self.effect

    def __str__(self):
        papers = f" [{', '.join(self.papers)}]" if self.papers else ""
        return f"{self.advice} ({self.evidence}{papers})"


# --- the situations -------------------------------------------------------------------


@dataclass(frozen=True)
class Situation:
    """What the guide says of one situation.

    Attributes:
        title: for the page. when: how to tell that it is yours.
        plan: the schedule, in words.
        warmup: share of the run, for (SGD, adaptive optimizers).
        decay: share of the run over which the rate falls in a straight line to 0: 1 is all that the
            warmup leaves, 0 is no decay.
        lines: the reasons.
        needs: whether it cannot be set without a length.
        unit: in which the length counts.
    """

    title: str
    when: str
    plan: str
    warmup: tuple
    decay: float
    lines: tuple = field(repr=False)
    needs: bool = True
    unit: str = "updates"


SGD_BATCH = Line(
    {
        None: "SGD: begin at the old peak times the factor of the batch.",
        "supported": "SGD: begin at the old peak times the factor of the batch, not its root.",
        "refuted": "SGD: begin at the old peak times the root of the batch's factor: the factor "
        "itself ended higher.",
        "no effect/not shown": "SGD: begin at the old peak times the factor of the batch, as is "
        "usual; that this is better than its root was not shown.",
    },
    "10.6-b",
    papers=("goyal2017",),
)
ADAM_BATCH = Line(
    {
        None: "Adam: begin at the old peak times the root of the batch's factor.",
        "supported": "Adam: begin at the old peak times the root of the batch's factor, not the "
        "factor itself.",
        "refuted": "Adam: begin at the old peak times the factor of the batch: its root ended "
        "higher.",
        "no effect/not shown": "Adam: begin at the old peak times the root of the batch's "
        "factor, as is usual; that this is better than the factor itself was not shown.",
    },
    "10.6-c",
    papers=("malladi2022",),
)
AGAIN = Line(
    {
        None: "Another batch: begin where the row of the large batch says, and sweep again.",
        "supported": "Another batch: begin where the row of the large batch says, and sweep "
        "again, for the rule alone costs.",
        "refuted/no effect": "Another batch: the rule in the row of the large batch was as good "
        "as a new sweep at four times the batch; further away, sweep again.",
        "not shown": "Another batch: begin where the row of the large batch says, and sweep "
        "again if you can. That the rule alone costs was not shown.",
    },
    "10.6-d",
)
SHORT_TESTED = {
    "for": "Asked for a known length instead, the guide's line ended higher.",
    "against": "A line over the whole run ended lower all the same: try it too.",
    "no effect": "A line over the whole run was as good.",
    "open": "Whether a line over the whole run would be worse stayed open.",
    None: "It is tested against a line over the whole run.",
}

SITUATIONS = {
    "length known": Situation(
        "The length is known",
        "You know how many updates you will make, and samples are many or noisy.",
        "short warmup, then a straight line to 0",
        (0.02, 0.05),
        1.0,
        (
            Line(
                "A line to zero ends lower than the best constant rate where the last "
                "updates are noisy.",
                "1-a",
                words="supported",
            ),
            Line("With wrong labels it does so too.", "1-g", words="supported"),
        ),
    ),
    "length open": Situation(
        "The length is open, or data still arrive",
        "You will stop when the budget or the data do, and want results on the way.",
        "short warmup, hold; for a result branch off, straight to 0 over the last half",
        (0.02, 0.05),
        0.5,
        (
            Line(
                "Branched from a held rate, a cooldown over half of the run costs little "
                "against a line that was planned for this length.",
                "10.5-b",
                "teacher, the length",
                words="no effect",
            ),
            Line(
                "A cooldown over only a fifth costs more on noisy data.",
                "10.5-a",
                words="supported",
            ),
            Line(
                "Or do not cool down: the mean of the weights over the last half of the held "
                "run is worth a line.",
                "10.7-c",
                words="no effect",
            ),
        ),
        needs=False,
    ),
    "fine-tuning": Situation(
        "Fine-tuning",
        "The weights come from another task.",
        "warmup, then a straight line to 0, from a smaller peak",
        (0.05, 0.05),
        1.0,
        (
            Line(
                {
                    None: "Sweep about a tenth of the peak from scratch: it is commonly a "
                    "small fraction.",
                    "supported": "The best peak was smaller than from scratch: the sweep "
                    "begins as much lower, and goes on where the best one lies at the edge.",
                    "refuted/no effect": "The best peak was not smaller than from scratch: let "
                    "the sweep reach up to that one.",
                    "not shown": "Whether the best peak is smaller than from scratch stayed "
                    "open: let the sweep reach up to that one.",
                },
                "10.8-a",
                papers=("devlin2019",),
            ),
            Line(
                {
                    None: "An adapter of low rank is said to want a larger peak.",
                    "supported": "An adapter of low rank wants a larger peak than all weights.",
                    "refuted": "An adapter of low rank wants a smaller peak than all weights.",
                    "no effect": "An adapter of low rank has the peak of all weights.",
                    "not shown": "That an adapter of low rank wants a larger peak was not shown.",
                },
                "10.8-d",
            ),
            Line(
                {
                    None: "Rates that fall from layer to layer are left alone here.",
                    "supported": "Rates that fall downwards from layer to layer pay.",
                    "refuted": "Rates that fall downwards from layer to layer cost.",
                    "no effect": "Rates that fall from layer to layer buy nothing.",
                    "not shown": "That rates which fall from layer to layer pay was not shown.",
                },
                "10.8-e",
            ),
            Line(
                {
                    None: "A line to zero is common.",
                    "supported": "A line to zero ends lower than a constant rate here too.",
                    "refuted": "A constant rate ended lower than a line: try it.",
                    "no effect": "A constant rate is as good as a line.",
                    "not shown": "That a line is better than a constant rate was not shown.",
                },
                "10.8-g",
                papers=("devlin2019",),
            ),
            Line(
                {
                    None: "So is a warmup.",
                    "supported": "The warmup pays.",
                    "refuted/no effect": "With the peak tuned, the warmup may go.",
                    "not shown": "That a warmup pays was not shown.",
                },
                "10.8-f",
                papers=("devlin2019",),
            ),
        ),
    ),
    "small data": Situation(
        "Small data, clean above all",
        "The network could learn all samples by heart, and sees each many times.",
        "short warmup, hold, then straight to 0 over the last fifth",
        (0.02, 0.05),
        0.2,
        (
            Line(
                "On digits, held and cooled down over the last fifth, runs end lower than on "
                "a line.",
                "10.5-a",
                "digits, the length",
                words="against",
            ),
            Line(
                "Where a model can fit everything there is no noise to remove: a whole run "
                "of decay only slows it down.",
                "3.4-d",
                "no noise",
                words="against",
            ),
        ),
    ),
    "online": Situation(
        "Reinforcement learning, online",
        "What is to be learned drifts while you learn.",
        "short warmup, then hold, or lower it by the validation loss",
        (0.02, 0.05),
        0.0,
        (
            Line(
                "In reinforcement learning no gain from decay was shown.",
                "3.4-c",
                words="not shown/no effect",
            ),
            Line(
                "Where the data change under way, a rule that looks at the loss ends lower "
                "than a line.",
                "8.2-d",
                "plateau against the line, noisier",
                words="for",
            ),
        ),
        needs=False,
    ),
    "many clients": Situation(
        "Many clients (federated)",
        "Clients train apart and are averaged in rounds.",
        "no warmup, a straight line to 0 over the rounds",
        (0.0, 0.0),
        1.0,
        (
            Line(
                "With differing clients a line over the rounds pays when rounds are few.",
                "8.2-g",
                "test loss, 20 rounds",
                words="for",
            ),
            Line(
                {
                    "supported": "With more rounds it pays too.",
                    "refuted": "With more rounds it costs: hold the rate.",
                    "no effect": "With more rounds it makes no difference.",
                    "not shown": "With more rounds a gain that matters was not shown.",
                },
                "8.2-g",
                papers=("li2020fedavg",),
            ),
        ),
        unit="rounds",
    ),
    "short run": Situation(
        "A short run, far from convergence",
        "The loss would still fall fast if you went on.",
        "no warmup, hold, then straight to 0 over the last fifth",
        (0.0, 0.0),
        0.2,
        (
            Line(
                "On the way, a rate that already falls lags behind a constant one.",
                "1-a",
                "teacher, after a quarter",
                words="against",
            ),
            Line(SHORT_TESTED, "10.9-b", "short run, as a known length"),
            Line(
                {
                    None: "It is tested against twelve others.",
                    "for": "One of twelve other schedules ended lower still: where a run is this "
                    "short, try a constant rate too.",
                    "against/no effect": "None of twelve other schedules ended lower.",
                    "open": "Whether one of twelve other schedules ends lower stayed open.",
                },
                "10.9-a",
                "short run, Adam",
            ),
        ),
    ),
    "large batch": Situation(
        "A large batch",
        "You enlarged the batch, and make fewer updates.",
        "longer warmup, then a straight line to 0, from a larger peak",
        (0.1, 0.1),
        1.0,
        (
            Line(
                "A larger peak needs its warmup: behind one, larger peaks work.",
                "10.4-a",
                words="supported",
            ),
            SGD_BATCH,
            ADAM_BATCH,
        ),
    ),
}
ALIASES = {
    "small clean data": "small data",
    "reinforcement learning": "online",
    "stream": "online",
    "federated": "many clients",
}

# --- the procedure: topic -> lines -----------------------------------------------------

PROCEDURE = {
    "Length": (
        Line(
            "Count updates: steps of the optimizer, not batches and not epochs. Stepped once "
            "an epoch, a schedule ends higher, even with a new peak.",
            "10.1-b",
            words="supported",
        ),
        Line(
            "Three percent too long or too short do not matter.",
            "10.1-d",
            words="no effect",
        ),
        Line("A schedule that runs out half way does.", "10.2-d", words="supported"),
    ),
    "Peak": (
        Line(
            {
                None: "Sweep the peak anew for each schedule, in steps of √2; where the best "
                "one lies at the edge, go on.",
                "supported": "Sweep the peak anew for each schedule, in steps of √2: the "
                "constant rate's best peak costs a line. Where the best one lies at the edge, "
                "go on.",
                "refuted/no effect/not shown": "Sweep the peak for the schedule that you use, "
                "in steps of √2; where the best one lies at the edge, go on. (That another "
                "schedule's peak costs was not shown.)",
            },
            "10.3-e",
        ),
        Line(
            {
                None: "Sweep at the full length, if you can.",
                "supported": "Sweep at the full length: the peak of a run a fifth as long costs.",
                "refuted": "A run a fifth as long finds a peak that is even better.",
                "no effect": "A run a fifth as long is enough to find the peak.",
                "not shown": "Sweep at the full length if you can: whether the peak of a run a "
                "fifth as long costs stayed open.",
            },
            "10.3-f",
        ),
        Line(
            {
                None: "A range test gives a first guess only.",
                "supported": "A tenth of a range test's minimum is within a factor of two.",
                "refuted": "Do not take a tenth of a range test's minimum: it misses the best "
                "peak by more than a factor of two.",
                "no effect/not shown": "A tenth of a range test's minimum is a first guess: "
                "that it is within a factor of two was not shown.",
            },
            "10.3-a",
        ),
        Line(
            {
                None: "For a decay take more of its minimum.",
                "supported": "For a line half of its minimum is better than a tenth.",
                "refuted": "Half of its minimum is worse than a tenth.",
                "no effect": "Half of its minimum is as good as a tenth.",
                "not shown": "Whether half of its minimum is better stayed open.",
            },
            "10.3-c",
        ),
        Line(
            {
                None: "Five short runs cost as much.",
                "supported": "It is better than five short runs of equal cost.",
                "refuted": "Five short runs of equal cost find a better peak than a tenth of it.",
                "no effect": "Five short runs of equal cost are as good.",
                "not shown": "Whether five short runs of equal cost are better stayed open.",
            },
            "10.3-d",
        ),
        Line(
            {
                None: "Use several seeds for each peak where you can.",
                "supported": "One seed for each peak is too few.",
                "refuted/no effect": "One seed for each peak was enough where the seeds agree; "
                "where they scatter, use several.",
                "not shown": "Whether one seed for each peak is enough stayed open: use three.",
            },
            "10.9-c",
        ),
    ),
    "Warmup": (
        Line(
            "Take the shortest that holds. Begin with 2 % (SGD) or 5 % (Adam); where the "
            "larger peaks break down, take 10 %: they then work.",
            "10.4-a",
            words="supported",
        ),
        Line(
            {
                "supported": "30 % was better still in the lesson's hard case: try it.",
                "refuted": "30 % was worse.",
                "no effect": "30 % buys nothing more.",
                "not shown": "That 30 % buys more was not shown.",
            },
            "10.4-c",
        ),
    ),
    "Clipping": (
        Line(
            "Clip the gradient's norm where single batches have outliers; it adds to decay.",
            "8.2-e",
            words="supported",
        ),
    ),
    "Floor, shape, average": (
        Line(
            "End at 0 or at 10 % of the peak: no difference that matters.",
            "10.5-e",
            words="no effect",
        ),
        Line("A straight cooldown is as good as 1 − √.", "10.5-f", words="no effect"),
        Line(
            "An average of the weights on top of decay buys nothing.",
            "10.7-e",
            words="no effect",
        ),
    ),
    "When something changes": (
        Line(
            "Another length: plan a new line for it, and sweep the old peak's neighbours.",
            papers=("li2020budgeted",),
        ),
        AGAIN,
        Line(
            {
                None: "Accumulated gradients count as the larger batch.",
                "supported": "Accumulated gradients are the larger batch, and want its rate.",
                "refuted": "Accumulated gradients are not the same as the larger batch.",
                "no effect/not shown": "Accumulated gradients count as the larger batch.",
            },
            "10.6-f",
        ),
        Line(
            "Another optimizer: sweep again, as wide; Adam's range of good peaks is not wider.",
            "8.2-a",
            words="no effect/refuted",
        ),
        Line(
            "Another weight decay: sweep peak and weight decay together, for with SGD it is "
            "their product that shrinks the weights. With AdamW they are easier to tune apart.",
            papers=("loshchilov2019",),
        ),
    ),
    "Log and assert": (
        Line(
            "Record the rate before each update, and give it to `checks.require` with the "
            "number of updates, peak, warmup and end. It catches most published faults.",
            "10.2-c",
            words="supported",
        ),
        Line("Tuning does not make up for them.", "10.2-b", words="refuted"),
    ),
    "Stop, resume, extend": (
        Line(
            "Stop early: not in the middle of a line. Branch off, and cool down to the new end.",
            "10.5-b",
            "teacher, half the length",
            words="no effect",
        ),
        Line(
            "Resume: restore weights, optimizer state, count and length. Without one of them "
            "it is another run.",
            "10.5-d",
            words="supported",
        ),
        Line(
            "Extend: from a state before the decay. Warming a finished run up again costs.",
            "10.5-c",
            words="supported",
        ),
    ),
}


# --- the recommendation ---------------------------------------------------------------


@dataclass(frozen=True)
class Recommendation:
    """A schedule, the peaks to try, and why. `recommend` makes it.

    Attributes:
        situation, optimizer: what was asked. updates: the length, or None where it is open.
        warmup, hold, decay: the updates of each part; hold is None where it has no end.
        floor: the share of the peak at which the decay ends.
        guess: the middle of the sweep.
        reasons: of `Line`.
    """

    situation: str
    optimizer: str
    updates: int | None
    warmup: int
    hold: int | None
    decay: int
    guess: float
    reasons: tuple = field(repr=False)
    floor: float = 0.0

    @property
    def factor(self):
        pieces = [Warmup(self.warmup)] if self.warmup else []
        if self.hold is None:
            pieces.append(Constant())
        elif self.hold:
            pieces.append(Constant(1, self.hold))
        if self.decay:
            pieces.append(Anneal(self.decay, 1.0, self.floor))
        whole_run, *others = pieces
        for piece in others:
            whole_run = whole_run >> piece
        return whole_run

    def schedule(self, peak):
        """The schedule with this peak, as `lrdecay_lib.schedules` has it."""
        return positive("peak", peak) * self.factor

    @property
    def peaks(self):
        """The peaks to try, a factor of √2 apart, about the guess; shape (5,)."""
        return self.guess * 2.0 ** (np.arange(-(SWEEP // 2), SWEEP // 2 + 1) / 2)

    @property
    def coarse(self):
        """For who has no guess: peaks a factor of 4 apart, one run each; shape (7,)."""
        return self.guess * COARSE ** np.arange(-(LOOK // 2), LOOK // 2 + 1.0)

    def more(self, losses):
        """Which peaks to try next.

        Args:
            losses: dict from each peak tried to its loss, the mean over the seeds; one that is no
                finite number counts as the worst.

        Returns:
            Two more peaks on the side on which the best one lies at the edge; an empty array once
            it lies inside.

        Raises:
            ValueError: if losses is empty or a peak is no number above 0.

        >>> recommend(100).more({0.1: 0.5, 0.2: 0.4}).round(3).tolist()
        [0.283, 0.4]
        """
        if not losses:
            raise ValueError("losses must hold one loss for each peak; got none")
        tried = sorted(positive("peak", peak) for peak in losses)
        finite = {p: losses[p] for p in losses if math.isfinite(losses[p])}
        best = min(finite, key=finite.get) if finite else tried[0]
        steps = 2.0 ** (np.arange(1, FURTHER + 1) / 2)
        if best == tried[0]:
            return tried[0] / steps
        return tried[-1] * steps if best == tried[-1] else np.array([])

    @property
    def plan(self):
        """The schedule as a sentence, with its updates."""
        unit = SITUATIONS[self.situation].unit
        parts = [f"rise from 0 to the peak over {self.warmup:,}"] if self.warmup else []
        if self.hold is None:
            parts.append("hold it")
        elif self.hold:
            parts.append(f"hold it for {self.hold:,}")
        if self.decay:
            end = f"{self.floor:.0%} of the peak" if self.floor else "0"
            parts.append(f"fall in a straight line to {end} over {self.decay:,}")
        said = ", ".join(parts)
        return f"{said[0].upper()}{said[1:]} ({unit})."

    def __str__(self):
        about = SITUATIONS[self.situation]
        length = f"{self.updates:,} {about.unit}" if self.updates else "length open"
        peaks = ", ".join(f"{peak:.3g}" for peak in self.peaks)
        ends = f"{self.coarse[0]:.2g} to {self.coarse[-1]:.2g}"
        lines = [
            f"{about.title} ({self.optimizer}, {length})",
            *_filled("Schedule: ", self.plan),
            *_filled("Peaks:    ", f"{peaks} (√2 apart)."),
            *_filled(
                "          ",
                "If the best one lies at the edge, go on on that side. No idea of the peak? One "
                f"run each a factor of {COARSE:g} apart first, from {ends}.",
            ),
            "Why:",
            *(text for line in self.reasons for text in _filled("  - ", str(line))),
        ]
        return "\n".join(lines)


def _filled(first, text):
    return textwrap.wrap(
        text, 78, initial_indent=first, subsequent_indent=" " * len(first)
    )


def recommend(
    updates=None,
    *,
    situation=None,
    optimizer="sgd",
    guess=None,
    warmup=None,
    floor=0.0,
    batch_factor=1.0,
):
    """What to train with, and why.

    Args:
        updates: the length of the run in steps of the optimizer (int); in rounds for many clients.
            For an open length: that of the next result. None where there is none.
        situation: a key of `SITUATIONS`; by default "length known", or "length open" without
            updates.
        optimizer: a key of `GUESSES`.
        guess: where to begin the sweep of the peaks; by default `GUESSES`, and for fine-tuning the
            fraction of it that lesson 10.8 found (a tenth, until it has).
        warmup: in updates, where you know how long it must be; by default a share of the run, which
            the situation and the optimizer decide.
        floor: the share of the peak at which the decay ends, in [0, 1).
        batch_factor: for a large batch, by how much it grew: the guess is multiplied by it (SGD) or
            by its root (Adam and its kin), unless the ledger refutes that.

    Returns:
        A `Recommendation`.

    Raises:
        ValueError: in one sentence, naming the argument.
    """
    if situation is None:
        situation = "length open" if updates is None else "length known"
    situation = ALIASES.get(situation, situation)
    if situation not in SITUATIONS:
        raise ValueError(
            f"situation must be one of {', '.join(map(repr, SITUATIONS))}; got {situation!r}"
        )
    about = SITUATIONS[situation]
    if optimizer not in GUESSES:
        raise ValueError(
            f"optimizer must be one of {', '.join(map(repr, GUESSES))}; got {optimizer!r}"
        )
    if updates is None and about.needs:
        raise ValueError(
            f"updates must be given for {situation!r}; without a length, ask for "
            "situation='length open'"
        )
    updates = None if updates is None else whole("updates", updates)
    floor = float(floor) if _is_number(floor) else math.nan
    if not 0 <= floor < 1:
        raise ValueError(f"floor must be a share of the peak in [0, 1); got {floor!r}")
    factor = positive("batch_factor", batch_factor)
    if factor != 1 and situation != "large batch":
        raise ValueError(
            f"batch_factor is for situation='large batch'; got {factor:g} with {situation!r}"
        )
    adaptive = optimizer in ADAPTIVE
    if guess is None:
        guess = GUESSES[optimizer]
        guess *= _fine_tuning() if situation == "fine-tuning" else 1.0
    guess = positive("guess", guess) * factor ** _exponent(adaptive)
    if warmup is None:
        share = about.warmup[adaptive]
        warmup = round(share * updates) if updates else OPEN_WARMUP
    warmup = whole("warmup", warmup, least=0)
    if updates is not None and warmup >= updates:
        raise ValueError(
            f"warmup must be shorter than the run of {updates} {about.unit}; got {warmup}"
        )
    if updates is None or not about.decay:
        hold, decay = None, 0
    else:
        decay = min(max(round(about.decay * updates), 1), updates - warmup)
        hold = updates - warmup - decay
    return Recommendation(
        situation, optimizer, updates, warmup, hold, decay, guess, about.lines, floor
    )


def _exponent(adaptive):
    """With which power of the batch the guess grows; see `SGD_BATCH` and `ADAM_BATCH`."""
    if adaptive:
        return 1.0 if ADAM_BATCH.word == "refuted" else 0.5
    return 0.5 if SGD_BATCH.word == "refuted" else 1.0


def _fine_tuning():
    """The best peak for fine-tuning, of that from scratch: the ledger has it in octaves."""
    smaller = SITUATIONS["fine-tuning"].lines[0]
    return (
        2.0 ** -smaller.found["effect"] if smaller.word == "supported" else FINE_TUNING
    )


def _is_number(value):
    return isinstance(value, Real) and not isinstance(value, bool)
