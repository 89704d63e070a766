"""Learning rate schedules as values with an algebra.

A schedule is a pure function of the 0-based update index ``t``: update ``t`` uses ``schedule(t)``.
A schedule of ``steps`` updates reaches its end value at ``t = steps`` and keeps it; one whose
``steps`` is None never ends. Before the start (``t < 0``) the first value holds.

    >>> import numpy as np
    >>> peak = 0.1
    >>> cosine = peak * (Warmup(100) >> Cosine(900).floor(0.1))
    >>> [round(cosine(t), 6) for t in (0, 100, 550, 1000, 5000)]
    [0.0, 0.1, 0.055, 0.01, 0.01]
    >>> cosine(np.arange(1000)).shape
    (1000,)

The building blocks have a peak of 1 and are multiplied by the peak rate last:

    Constant  Anneal  Exponential  InverseTime  Piecewise          the formulas
    Warmup  Linear  Cosine  Polynomial  InverseSqrt                short names for common ones
    a >> b   c * a   a / c                                         then; scaled
    a.floor(share)  a.shift(updates)  a.every(updates)  a.cycle(times, stretch, damp)
    a.to_keras()                                                   a Keras LearningRateSchedule

Every block is a frozen dataclass: ``repr`` can be evaluated, ``==`` compares, and ``to_dict`` with
``from_dict`` round-trips through JSON. Each formula stands once, in ``_at(t, ops)``, and is
evaluated by NumPy in float64 or by ``keras.ops`` inside a graph. Bad numbers raise ``ValueError``
here, at construction, with the name of the argument and its value.
"""

from __future__ import annotations

import math
import operator
from dataclasses import MISSING, dataclass, fields
from numbers import Real

import numpy as np

__all__ = [
    "Schedule",
    "Constant",
    "Anneal",
    "Exponential",
    "InverseTime",
    "Piecewise",
    "Warmup",
    "Linear",
    "Cosine",
    "Polynomial",
    "InverseSqrt",
    "Chain",
    "Scale",
    "Floor",
    "Shift",
    "Every",
    "Cycle",
    "SHAPES",
    "from_dict",
]

LONGEST = 2**53  # the largest count whose every smaller count is exact in float64


def _count(name, value, least=0):
    """An exact number of updates (or times): an integer, never a float that happens to be whole."""
    try:
        if isinstance(value, bool):
            raise TypeError
        count = operator.index(value)
    except TypeError:
        raise ValueError(
            f"{name} must be a whole number, as an int; got {value!r}"
        ) from None
    if not least <= count <= LONGEST:
        raise ValueError(
            f"{name} must be at least {least} and at most 2**53; got {value!r}"
        )
    return count


def _number(name, value, low=0.0, high=math.inf, above=False):
    """A finite float in [low, high], or in (low, high] when ``above`` is true."""
    try:
        number = (
            math.nan
            if isinstance(value, bool) or not isinstance(value, Real)
            else float(value)
        )
    except OverflowError:  # an int beyond the largest float
        number = math.inf
    if not math.isfinite(number):
        raise ValueError(f"{name} must be a finite number; got {value!r}")
    if not (low < number if above else low <= number) or number > high:
        bracket = "(" if above else "["
        end = "infinity)" if high == math.inf else f"{high:g}]"
        raise ValueError(f"{name} must lie in {bracket}{low:g}, {end}; got {value!r}")
    return number


def _schedule(name, value):
    if not isinstance(value, Schedule):
        raise ValueError(f"{name} must be a schedule; got {value!r}")
    return value


def _passed(marks, t, ops):
    """How many of the sorted ``marks`` are at or before ``t``.

    Counted by comparison. The closed form with ``floor(log(...))`` is off by one at some restarts,
    because the logarithm of a power is not always a whole number in floating point.
    """
    if ops is np:
        return np.searchsorted(marks, t, side="right")
    # a graph sees one t at a time, so comparing with every mark is cheap there
    t = ops.expand_dims(t, -1)
    marks = ops.convert_to_tensor(np.asarray(marks, dtype=np.float64), dtype=t.dtype)
    return ops.sum(ops.cast(t >= marks, "int32"), axis=-1)


class Schedule:
    """What every schedule can do. Lesson 4.1 teaches the formulas, lesson 3.1 the families.

    Attributes:
        steps: updates until the end value is reached (int), or None if the schedule never ends.
        peak: the largest value it takes: the unit that ``floor`` takes its share of.
    """

    __array_ufunc__ = None  # so that numpy.float64(0.1) * schedule is ours to answer

    peak = 1.0

    def __call__(self, update):
        """The learning rate of update ``update``.

        Args:
            update: 0-based update index, a number or an array of any shape. Fractions are allowed;
                below 0 the first value holds, past ``steps`` the last.

        Returns:
            A float for a number, a float64 array of the same shape for an array.
        """
        t = np.maximum(np.asarray(update, dtype=np.float64), 0.0)
        value = self._at(t, np)
        return value if t.ndim else float(value)

    def _at(self, t, ops):
        raise NotImplementedError

    def __mul__(self, factor):
        """``factor * schedule``: every value times ``factor``, a finite number of at least 0."""
        return Scale(self, factor) if isinstance(factor, Real) else NotImplemented

    __rmul__ = __mul__

    def __truediv__(self, divisor):
        """``schedule / divisor``: every value over ``divisor``, a finite number above 0."""
        if not isinstance(divisor, Real):
            return NotImplemented
        return Scale(self, 1.0 / _number("divisor", divisor, above=True))

    def __rshift__(self, following):
        """``first >> following``: first, then following, which starts where first ends.

        Raises:
            ValueError: if first never ends, or if the two do not meet (see `Chain`).
        """
        return (
            Chain((self, following))
            if isinstance(following, Schedule)
            else NotImplemented
        )

    def floor(self, share):
        """End at ``share`` of the peak instead of at 0: ``share * peak + (1 - share) *
        self(t)``."""
        return Floor(self, share)

    def shift(self, updates):
        """The same schedule, entered ``updates`` later: ``self(t + updates)``.

        To resume a run at update n, shift by n. To count the first update as 1, shift by 1.
        """
        return Shift(self, updates)

    def every(self, updates):
        """Hold each value for ``updates`` updates: ``self(floor(t / updates))``.

        Makes a staircase of a smooth schedule, and a per-update schedule of a per-epoch one.
        """
        return Every(self, updates)

    def cycle(self, times, stretch=1, damp=1.0):
        """Run ``times`` times; each run ``stretch`` times as long and ``damp`` times as high."""
        return Cycle(self, times, stretch, damp)

    def to_keras(self):
        """A ``keras.optimizers.schedules.LearningRateSchedule``: serializable, in-graph, XLA.

        Importing TensorFlow happens here, at the first call, and nowhere else in this module.

        A saved model holds the schedule's description, not its code. In a fresh process import
        ``lrdecay_lib.keras_schedule`` before ``keras.models.load_model``: that registers the class,
        without which Keras refuses the file. Training then goes on at the update where it stopped.
        """
        from .keras_schedule import KerasSchedule

        return KerasSchedule(self)

    def to_dict(self):
        """Plain dicts, lists, strings and numbers that ``json.dumps`` takes; see `from_dict`."""

        def plain(value):
            if isinstance(value, Schedule):
                return value.to_dict()
            return (
                [plain(item) for item in value] if isinstance(value, tuple) else value
            )

        values = {
            field.name: plain(getattr(self, field.name)) for field in fields(self)
        }
        return {"class": type(self).__name__, **values}


def from_dict(description):
    """The schedule that ``to_dict`` described.

    Raises:
        ValueError: if the description is not a dict, names no class of this module, or holds
            arguments that the class does not take.
    """

    def value_of(item):
        if isinstance(item, dict):
            return from_dict(item)
        return (
            tuple(value_of(part) for part in item) if isinstance(item, list) else item
        )

    if not isinstance(description, dict):
        raise ValueError(
            f"a schedule's description must be a dict; got {description!r}"
        )
    arguments = dict(description)
    name = arguments.pop("class", None)
    known = {kind.__name__: kind for kind in Schedule.__subclasses__()}
    if not isinstance(name, str) or name not in known:
        raise ValueError(
            f"class must be one of {', '.join(sorted(known))}; got {name!r}"
        )
    takes = {field.name: field.default is MISSING for field in fields(known[name])}
    unknown = [str(key) for key in arguments if key not in takes]
    if unknown:
        raise ValueError(f"{name} takes no argument named {', '.join(unknown)}")
    missing = [key for key, needed in takes.items() if needed and key not in arguments]
    if missing:
        raise ValueError(f"{name} needs the argument {', '.join(missing)}")
    return known[name](**{key: value_of(item) for key, item in arguments.items()})


# --- the formulas ---------------------------------------------------------------------


@dataclass(frozen=True)
class Constant(Schedule):
    """The same rate at every update: ``value``, for all t.

    Args:
        value: the rate, at least 0.
        steps: how many updates it lasts before what follows it (int), or None: it never ends.

    >>> [Constant()(t) for t in (0, 10)]
    [1.0, 1.0]
    """

    value: float = 1.0
    steps: int | None = None

    def __post_init__(self):
        object.__setattr__(self, "value", _number("value", self.value))
        if self.steps is not None:
            object.__setattr__(self, "steps", _count("steps", self.steps))

    @property
    def peak(self):
        return self.value

    def _at(self, t, ops):
        return self.value * ops.ones_like(t)


# Each shape falls from 1 at p = 0 to 0 at p = 1, where p is the share of the steps that has passed.
# "exponential" (a straight line on a log scale) and "polynomial" (which has a power) stand in
# Anneal.
SHAPES = {
    "linear": lambda p, ops: 1.0 - p,
    # Loshchilov and Hutter 2017, arXiv 1608.03983, equation 5
    "cosine": lambda p, ops: 0.5 * (1.0 + ops.cos(math.pi * p)),
    # Hägele and others 2024, arXiv 2405.18392
    "1-sqrt": lambda p, ops: 1.0 - ops.sqrt(p),
    # Hsueh, Li and Wu 2019, arXiv 1806.01593, with L = -6 and U = 3, stretched to reach 1 and 0
    "tanh": lambda p, ops: (
        (math.tanh(3.0) - ops.tanh(9.0 * p - 6.0)) / (math.tanh(3.0) + math.tanh(6.0))
    ),
    # no standard reference; this one does not depend on the unit of time: one decade, log10 from 1
    # to 10
    "log": lambda p, ops: 1.0 - ops.log(1.0 + 9.0 * p) / math.log(10.0),
    # Chen, Wolfe and Kyrillidis 2022, arXiv 2107.04197
    "rex": lambda p, ops: (1.0 - p) / (1.0 - 0.5 * p),
}


@dataclass(frozen=True)
class Anneal(Schedule):
    """From ``start`` to ``stop`` in ``steps`` updates, along a named shape.

    With p = t / steps, the share of the way that has passed::

        t <= 0            start
        0 < t < steps     start * g(p) + stop * (1 - g(p))
        t >= steps        stop

        shape           g(p)
        "linear"        1 - p
        "cosine"        (1 + cos(pi p)) / 2
        "polynomial"    (1 - p) ** power
        "1-sqrt"        1 - sqrt(p)
        "tanh"          (tanh 3 - tanh(9 p - 6)) / (tanh 3 + tanh 6)
        "log"           1 - log10(1 + 9 p)
        "rex"           (1 - p) / (1 - p / 2)
        "exponential"   the value is start ** (1 - p) * stop ** p, so both ends must be above 0

    Args:
        steps: updates from start to stop (int). With 0 steps the value is stop from the first
            update.
        start, stop: rates, at least 0. The schedule rises where stop is above start.
        shape: one of the names above. Their sources stand beside `SHAPES`.
        power: the exponent of "polynomial", above 0; refused with any other shape.

    >>> [Anneal(10, 0.4, 0.2)(t) for t in (0, 5, 10, 99)]
    [0.4, 0.30000000000000004, 0.2, 0.2]
    """

    steps: int
    start: float = 1.0
    stop: float = 0.0
    shape: str = "linear"
    power: float = 1.0

    def __post_init__(self):
        known = (*SHAPES, "exponential", "polynomial")
        if self.shape not in known:
            raise ValueError(
                f"shape must be one of {', '.join(sorted(known))}; got {self.shape!r}"
            )
        object.__setattr__(self, "steps", _count("steps", self.steps))
        positive = (
            self.shape == "exponential"
        )  # a straight line on a log scale never reaches 0
        object.__setattr__(self, "start", _number("start", self.start, above=positive))
        object.__setattr__(self, "stop", _number("stop", self.stop, above=positive))
        object.__setattr__(self, "power", _number("power", self.power, above=True))
        if self.power != 1.0 and self.shape != "polynomial":
            raise ValueError(
                f"power belongs to the shape 'polynomial'; got power={self.power!r} "
                f"with shape={self.shape!r}"
            )

    @property
    def peak(self):
        return max(self.start, self.stop)

    def _at(self, t, ops):
        if self.steps == 0:
            return self.stop * ops.ones_like(t)
        p = ops.minimum(t / self.steps, 1.0)
        if self.shape == "exponential":
            value = ops.power(self.start, 1.0 - p) * ops.power(self.stop, p)
        else:
            g = (
                ops.power(1.0 - p, self.power)
                if self.shape == "polynomial"
                else SHAPES[self.shape](p, ops)
            )
            value = self.start * g + self.stop * (1.0 - g)
        # TensorFlow's graphs turn t / steps into t * (1 / steps), which need not be 1 at t = steps;
        # then a
        # root of 1 - p is 1e-8 instead of 0. So the end is decided by t, which is exact.
        return ops.where(t >= self.steps, self.stop, value)


@dataclass(frozen=True)
class Exponential(Schedule):
    """Lose the same share in the same time, for ever: ``factor ** (t / timescale)``, for t >= 0.

    The half-life is ``timescale * log(2) / -log(factor)`` updates (lesson 4.2).

    Args:
        factor: what is left after one timescale, in (0, 1]. To grow, use `Anneal` with
            "exponential".
        timescale: in updates, above 0; need not be whole. For a staircase write
            ``Exponential(factor).every(updates)``.

    >>> [Exponential(0.99, 10_000)(t) for t in (0, 10_000)]
    [1.0, 0.99]
    """

    factor: float
    timescale: float = 1.0
    steps = None

    def __post_init__(self):
        object.__setattr__(
            self, "factor", _number("factor", self.factor, high=1.0, above=True)
        )
        object.__setattr__(
            self, "timescale", _number("timescale", self.timescale, above=True)
        )

    def _at(self, t, ops):
        return ops.power(self.factor, t / self.timescale)


@dataclass(frozen=True)
class InverseTime(Schedule):
    """``(1 + t / timescale) ** -power``, for t >= 0; never ends.

    With power 1 this is the 1/t of Robbins and Monro 1951, which averages the noise away.

    Args:
        timescale: updates until the rate is 2 ** -power of the first, above 0; need not be whole.
        power: the exponent, above 0.

    >>> [InverseTime(100)(t) for t in (0, 100, 300)]
    [1.0, 0.5, 0.25]
    """

    timescale: float
    power: float = 1.0
    steps = None

    def __post_init__(self):
        object.__setattr__(
            self, "timescale", _number("timescale", self.timescale, above=True)
        )
        object.__setattr__(self, "power", _number("power", self.power, above=True))

    def _at(self, t, ops):
        return ops.power(1.0 + t / self.timescale, -self.power)


@dataclass(frozen=True)
class Piecewise(Schedule):
    """Values that change at given updates.

    ::

        t < boundaries[0]                        values[0]
        boundaries[i - 1] <= t < boundaries[i]   values[i]
        t >= boundaries[-1]                      values[-1]

    Update ``boundaries[i]`` is the first with the new value, as in PyTorch's MultiStepLR and optax.
    Keras's PiecewiseConstantDecay still gives it the old one.

    Args:
        boundaries: update indices (ints) above 0, strictly rising.
        values: rates, at least 0; one more than there are boundaries.

    >>> [Piecewise((10, 20), (1, 0.1, 0.01))(t) for t in (0, 9, 10, 19, 20)]
    [1.0, 1.0, 0.1, 0.1, 0.01]
    """

    boundaries: tuple[int, ...]
    values: tuple[float, ...]

    def __post_init__(self):
        try:
            boundaries, values = tuple(self.boundaries), tuple(self.values)
        except TypeError:
            raise ValueError(
                "boundaries and values must be sequences; "
                f"got {self.boundaries!r} and {self.values!r}"
            ) from None
        boundaries = tuple(
            _count(f"boundaries[{i}]", b, least=1) for i, b in enumerate(boundaries)
        )
        if not boundaries or any(a >= b for a, b in zip(boundaries, boundaries[1:])):
            raise ValueError(
                f"boundaries must be strictly rising, at least one; got {boundaries!r}"
            )
        if len(values) != len(boundaries) + 1:
            raise ValueError(
                f"values must be one more than boundaries, {len(boundaries) + 1}; "
                f"got {values!r}"
            )
        object.__setattr__(self, "boundaries", boundaries)
        object.__setattr__(
            self,
            "values",
            tuple(_number(f"values[{i}]", v) for i, v in enumerate(values)),
        )

    @property
    def steps(self):
        return self.boundaries[-1]

    @property
    def peak(self):
        return max(self.values)

    def _at(self, t, ops):
        values = np.asarray(self.values)
        if ops is not np:
            values = ops.convert_to_tensor(values, dtype=t.dtype)
        return ops.take(values, _passed(self.boundaries, t, ops))


# --- short names ----------------------------------------------------------------------


def Warmup(steps, start=0.0):
    """Rise from ``start`` to 1 in a straight line. Update 0 has the rate ``start``.

    >>> [Warmup(4)(t) for t in (0, 2, 4, 5)]
    [0.0, 0.5, 1.0, 1.0]
    """
    return Anneal(steps, start, 1.0)


def Linear(steps):
    """Fall from 1 to 0 in a straight line."""
    return Anneal(steps)


def Cosine(steps):
    """Fall from 1 to 0 along half a cosine; it never rises. Restarts are ``Cosine(n).cycle(k)``."""
    return Anneal(steps, shape="cosine")


def Polynomial(steps, power):
    """Fall from 1 to 0 as ``(1 - t / steps) ** power``."""
    return Anneal(steps, shape="polynomial", power=power)


def InverseSqrt(timescale):
    """``1 / sqrt(1 + t / timescale)``. ``Warmup(n) >> InverseSqrt(n)`` is that of Vaswani and
    others 2017."""
    return InverseTime(timescale, 0.5)


# --- the algebra ----------------------------------------------------------------------


@dataclass(frozen=True)
class Chain(Schedule):
    """Pieces one after another, as ``a >> b >> c``.

    Piece i starts at the sum of the steps before it, and the next one rules from its first update
    on.

    Raises:
        ValueError: if a piece that is followed never ends, or if two neighbours do not meet: the
            end value of one and the first of the next differ by more than a part in 10**9. Meant
            jumps are `Piecewise` or ``cycle``. The check also catches ``0.1 * a >> b``, which
            Python reads as ``(0.1 * a) >> b``.
    """

    pieces: tuple[Schedule, ...]

    def __post_init__(self):
        if not isinstance(self.pieces, (tuple, list)) or not self.pieces:
            raise ValueError(
                f"pieces must be a tuple of schedules; got {self.pieces!r}"
            )
        flat = []
        for i, piece in enumerate(self.pieces):
            _schedule(f"pieces[{i}]", piece)
            flat += piece.pieces if isinstance(piece, Chain) else [piece]
        for first, following in zip(flat, flat[1:]):
            if first.steps is None:
                raise ValueError(
                    f"nothing can follow a schedule that never ends: {first!r}"
                )
            end, begin = first(first.steps), following(0)
            if not math.isclose(end, begin, rel_tol=1e-9):
                raise ValueError(
                    f"the pieces do not meet: one ends at {end:g}, the next starts at "
                    f"{begin:g}. To scale both, put brackets around the chain: peak * (a >> b)"
                )
        object.__setattr__(self, "pieces", tuple(flat))

    @property
    def steps(self):
        lengths = [piece.steps for piece in self.pieces]
        return None if lengths[-1] is None else sum(lengths)

    @property
    def peak(self):
        return max(piece.peak for piece in self.pieces)

    def _at(self, t, ops):
        value, begin = self.pieces[0]._at(t, ops), 0
        for before, piece in zip(self.pieces, self.pieces[1:]):
            begin += before.steps
            value = ops.where(
                t >= begin, piece._at(ops.maximum(t - begin, 0.0), ops), value
            )
        return value


@dataclass(frozen=True)
class Scale(Schedule):
    """``factor * schedule``; see `Schedule.__mul__`."""

    schedule: Schedule
    factor: float

    def __post_init__(self):
        _schedule("schedule", self.schedule)
        object.__setattr__(self, "factor", _number("factor", self.factor))
        _number(
            "factor * peak", self.peak
        )  # two finite numbers can have an infinite product

    @property
    def steps(self):
        return self.schedule.steps

    @property
    def peak(self):
        return self.factor * self.schedule.peak

    def _at(self, t, ops):
        return self.factor * self.schedule._at(t, ops)


@dataclass(frozen=True)
class Floor(Schedule):
    """``share * peak + (1 - share) * schedule``, with share in [0, 1]; see `Schedule.floor`."""

    schedule: Schedule
    share: float

    def __post_init__(self):
        _schedule("schedule", self.schedule)
        object.__setattr__(self, "share", _number("share", self.share, high=1.0))

    @property
    def steps(self):
        return self.schedule.steps

    @property
    def peak(self):
        return self.schedule.peak

    def _at(self, t, ops):
        return self.share * self.peak + (1.0 - self.share) * self.schedule._at(t, ops)


@dataclass(frozen=True)
class Shift(Schedule):
    """``schedule`` entered ``updates`` later; see `Schedule.shift`. Its floor stays that of the
    whole."""

    schedule: Schedule
    updates: int

    def __post_init__(self):
        _schedule("schedule", self.schedule)
        object.__setattr__(self, "updates", _count("updates", self.updates))

    @property
    def steps(self):
        return (
            None
            if self.schedule.steps is None
            else max(self.schedule.steps - self.updates, 0)
        )

    @property
    def peak(self):
        return self.schedule.peak

    def _at(self, t, ops):
        return self.schedule._at(t + float(self.updates), ops)


@dataclass(frozen=True)
class Every(Schedule):
    """``schedule`` with each value held for ``updates`` updates; see `Schedule.every`."""

    schedule: Schedule
    updates: int

    def __post_init__(self):
        _schedule("schedule", self.schedule)
        object.__setattr__(self, "updates", _count("updates", self.updates, least=1))

    @property
    def steps(self):
        return (
            None if self.schedule.steps is None else self.schedule.steps * self.updates
        )

    @property
    def peak(self):
        return self.schedule.peak

    def _at(self, t, ops):
        # TensorFlow's graphs turn t / updates into t * (1 / updates), whose floor is one too low at
        # some
        # multiples, 49 * (1 / 49) for one. Half an update keeps the quotient away from whole
        # numbers.
        return self.schedule._at(ops.floor((ops.floor(t) + 0.5) / self.updates), ops)


@dataclass(frozen=True)
class Cycle(Schedule):
    """``schedule`` run ``times`` times, with warm restarts (Loshchilov and Hutter 2017, arXiv
    1608.03983).

    Run i, counted from 0, lasts ``steps * stretch**i`` updates, so it starts at the sum of the
    lengths before it, and its values are ``damp**i * schedule((t - start) / stretch**i)``. The
    first update of a run has the run's first value. After the last run its end value is kept.

    Args:
        schedule: one that ends, of at least one step.
        times: runs (int), at least 1.
        stretch: how much longer each run is than the one before (int), at least 1.
        damp: how much of the height is left for the next run, in (0, 1].
    """

    schedule: Schedule
    times: int
    stretch: int = 1
    damp: float = 1.0

    def __post_init__(self):
        if not _schedule("schedule", self.schedule).steps:
            raise ValueError(
                "only a schedule that ends, of at least one step, can be cycled; got "
                f"{self.schedule!r}"
            )
        object.__setattr__(self, "times", _count("times", self.times, least=1))
        object.__setattr__(self, "stretch", _count("stretch", self.stretch, least=1))
        object.__setattr__(
            self, "damp", _number("damp", self.damp, high=1.0, above=True)
        )
        if (
            self.stretch > 1 and self.times > 53
        ):  # refused before a huge power takes all memory
            raise ValueError(
                f"times must be at most 53 where stretch is above 1; got {self.times!r}"
            )
        _count("the steps of all cycles together", self.steps)

    @property
    def steps(self):
        length = self.schedule.steps
        if self.stretch == 1:
            return length * self.times
        return length * (self.stretch**self.times - 1) // (self.stretch - 1)

    @property
    def peak(self):
        return self.schedule.peak

    def _at(self, t, ops):
        scales = [float(self.stretch**i) for i in range(self.times)]
        starts = np.cumsum(
            [0.0] + [self.schedule.steps * scale for scale in scales[:-1]]
        )
        run = _passed(starts, t, ops) - 1
        table = np.array([starts, scales, [self.damp**i for i in range(self.times)]])
        if ops is not np:
            table = ops.convert_to_tensor(table, dtype=t.dtype)
        start, scale, height = (ops.take(table[row], run) for row in range(3))
        return height * self.schedule._at((t - start) / scale, ops)
