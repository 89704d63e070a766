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
    a.floor(share)  a.shift(updates)  a.every(updates)  a.until(steps)
    a.cycle(times, stretch, damp)
    a.to_keras()                                                   a Keras LearningRateSchedule

Every block is a value that nothing outside can change: ``repr`` can be evaluated, ``==`` compares,
it is hashed, copied and pickled, and ``to_dict`` with ``from_dict`` round-trips through JSON. Each
formula stands once, in ``_at(t, ops)``, and is evaluated by NumPy in float64, by ``jax.numpy``
where the update is a JAX array (so also inside ``jax.jit``, ``vmap`` and ``scan``), or by
``keras.ops`` inside a graph of Keras. Bad numbers raise ``ValueError`` here, at construction, with
the name of the argument and its value.

No operation recurses: 10,000 pieces in a chain, or factors around a schedule, cost 10,000 times
what one costs.
"""

from __future__ import annotations

import math
import operator
import sys
from dataclasses import MISSING, dataclass, fields
from itertools import accumulate
from numbers import Real
from types import GeneratorType

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
    "Until",
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


def _set(schedule, **values):
    """Write attributes of a schedule under construction; afterwards nothing can."""
    for name, value in values.items():
        object.__setattr__(schedule, name, value)


def _cached(schedule, make):
    """What ``make()`` gave the first time: arrays that follow from the fields alone."""
    try:
        return schedule._cache
    except AttributeError:
        _set(schedule, _cache=make())
        return schedule._cache


def _constant(values, t, ops):
    """A NumPy array as one of ``ops``, in the type of ``t``."""
    if ops is np:
        return values
    make = getattr(ops, "convert_to_tensor", None) or ops.asarray
    return make(values, dtype=t.dtype)


def _passed(marks, t, ops):
    """How many of the sorted ``marks`` are at or before ``t``.

    Counted by comparison. The closed form with ``floor(log(...))`` is off by one at some restarts,
    because the logarithm of a power is not always a whole number in floating point.
    """
    if ops is np:
        return np.searchsorted(marks, t, side="right")
    # a graph sees one t at a time, so comparing with every mark is cheap there
    t = ops.expand_dims(t, -1)
    return ops.sum(ops.where(t >= _constant(marks, t, ops), 1, 0), axis=-1)


def _whole(t, length, ops):
    """How many whole ``length`` have passed at ``t``: floor(t / length).

    Graphs turn t / length into t * (1 / length), whose floor is one too low at some multiples,
    49 * (1 / 49) for one. It is off by one at most, and comparing puts it right.
    """
    count = ops.floor(t / length)
    count = ops.where(t < count * length, count - 1.0, count)
    return ops.where(t >= (count + 1.0) * length, count + 1.0, count)


def _evaluate(schedule, t, ops):
    """The values of ``schedule`` at ``t`` by the functions of ``ops``.

    ``_at`` of a composite is a generator: it yields each (part, t) whose values it needs, and
    returns its own. So the call stack does not grow with the depth of the tree.
    """
    waiting, value = [], schedule._at(t, ops)
    while True:
        if isinstance(value, GeneratorType):
            waiting.append(value)
            value = None
        elif not waiting:
            return value
        try:
            part, at = waiting[-1].send(value)
        except StopIteration as done:
            waiting.pop()
            value = done.value
        else:
            value = part._at(at, ops)


def _flat(schedule):
    """The tree of a schedule as a flat tuple, parts before the whole: (class, own values,
    number of parts) each. Comparing, hashing and pickling work on it, without recursion."""
    nodes, todo = [], [schedule]
    while todo:
        one = todo.pop()
        nodes.append((type(one), one._own(), len(one._parts())))
        todo += one._parts()
    return tuple(reversed(nodes))


def _rebuild(nodes, make=None):
    """The schedule of `_flat`, or what ``make(class, parts, own values)`` makes of it."""

    def build(kind, parts, own):
        return kind(tuple(parts), *own) if kind is Chain else kind(*parts, *own)

    make, made = make or build, []
    for kind, own, count in nodes:
        start = len(made) - count
        made[start:] = [make(kind, made[start:], own)]
    return made[0]


class Schedule:
    """What every schedule can do. Lesson 4.1 teaches the formulas, lesson 3.1 the families.

    Attributes:
        steps: updates until the end value is reached (int), or None if the schedule never ends.
        peak: the largest value it takes: the unit that ``floor`` takes its share of.
    """

    # _kept: (steps, peak, first value, end value), so that no question walks the tree; NaN for a
    # value that is not known. jax.jit holds its functions by weak references.
    __slots__ = ("_kept", "_cache", "__weakref__")
    __array_ufunc__ = None  # so that numpy.float64(0.1) * schedule is ours to answer

    @property
    def __dict__(self):
        """Nothing: the values stand in slots. PyTorch's LambdaLR stores a callable's ``__dict__``
        in its state and writes the stored one back at loading, which must change no schedule."""
        return {}

    @property
    def peak(self):
        return self._kept[1]

    def __setattr__(self, name, value):
        raise AttributeError(
            f"a schedule cannot be changed; make another one (tried to set {name!r})"
        )

    def __delattr__(self, name):
        raise AttributeError(
            f"a schedule cannot be changed; make another one (tried to delete {name!r})"
        )

    def _parts(self):
        """The schedules that it is made of."""
        return ()

    def _own(self):
        """Its values that are not schedules, in the order of its arguments."""
        names = type(self).__match_args__
        return tuple(getattr(self, name) for name in names if name not in PARTS)

    def __eq__(self, other):
        if type(self) is not type(other):
            return NotImplemented
        return self is other or _flat(self) == _flat(other)

    def __hash__(self):
        return hash(_flat(self))

    def __repr__(self):
        text, todo = [], [self]
        while todo:
            one = todo.pop()
            if isinstance(one, str):
                text.append(one)
                continue
            written = [type(one).__qualname__, "("]
            for i, name in enumerate(type(one).__match_args__):
                value = getattr(one, name)
                written.append(f"{', ' if i else ''}{name}=")
                if name == "pieces":
                    for j, piece in enumerate(value):
                        written += [", " if j else "(", piece]
                    written.append(",)" if len(value) == 1 else ")")
                else:
                    written.append(value if name == "schedule" else repr(value))
            todo += reversed([*written, ")"])
        return "".join(text)

    def __copy__(self):
        return self  # it cannot change, so a copy is of no use

    def __deepcopy__(self, memo):
        return self

    def __reduce__(self):
        return _rebuild, (_flat(self),)

    def __call__(self, update=MISSING):
        """The learning rate of update ``update``.

        Args:
            update: 0-based update index, a number or an array of any shape. Fractions are allowed;
                below 0 the first value holds, past ``steps`` the last.

        Returns:
            A float for a number, a float64 array of the same shape for an array. For a JAX array,
            traced or not, a JAX array of the same shape in JAX's default float; where that is
            float32, update indices are exact up to 2**24.

        Raises:
            TypeError: without an update, as Keras's optimizers call what is no Keras schedule.
            ValueError: if update is no number, or cannot become a NumPy array.
        """
        if update is MISSING:
            raise TypeError(
                "a schedule needs the index of the update, schedule(t); an optimizer of Keras "
                "gives none, so hand it schedule.to_keras()"
            )
        jax = sys.modules.get("jax")
        if jax is not None and isinstance(update, getattr(jax, "Array", ())):
            ops = jax.numpy
            return _evaluate(self, ops.maximum(update.astype(float), 0.0), ops)
        t = np.maximum(_updates(update), 0.0)
        value = _evaluate(self, t, np)
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
        if not isinstance(following, Schedule):
            return NotImplemented
        # only the new joint is looked at, so that a chain of n pieces takes n looks to build
        pieces = self._pieces() + following._pieces()
        joint = len(self._pieces())
        _meet(*pieces[joint - 1 : joint + 1])
        chain = object.__new__(Chain)
        _set(chain, pieces=pieces, _kept=_joined(self._kept, following._kept))
        return chain

    def _pieces(self):
        return (self,)

    def _no_order(self, other):
        raise TypeError(
            "a schedule is no single rate, so it has no order; schedule(t) is the rate of update "
            "t. For PyTorch write LambdaLR(optimizer, schedule), with the optimizer's lr=1.0"
        )

    # torch.optim.SGD(parameters, lr=schedule) asks first whether lr < 0
    __lt__ = __le__ = __gt__ = __ge__ = _no_order

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

    def until(self, steps):
        """End after ``steps`` updates: ``self(min(t, steps))``. What follows may then be a
        cooldown; see `Until`."""
        return Until(self, steps)

    def cycle(self, times=None, stretch=1, damp=1.0):
        """Run ``times`` times, or for ever; each run ``stretch`` times as long and ``damp`` times
        as high. See `Cycle`."""
        return Cycle(self, times, stretch, damp)

    def to_keras(self):
        """A ``keras.optimizers.schedules.LearningRateSchedule``: serializable, in-graph, XLA.

        Importing Keras happens here, at the first call, and nowhere else in this module.

        A saved model holds the schedule's description, not its code. In a fresh process import
        ``lrdecay_lib.keras_schedule`` before ``keras.models.load_model``: that registers the class,
        without which Keras refuses the file. Training then goes on at the update where it stopped.
        """
        from .keras_schedule import KerasSchedule

        return KerasSchedule(self)

    def to_dict(self):
        """Plain dicts, lists, strings and numbers that ``json.dumps`` takes; see `from_dict`."""

        def describe(kind, parts, own):
            own = [list(value) if isinstance(value, tuple) else value for value in own]
            parts = [parts] if kind is Chain else parts
            return {
                "class": kind.__name__,
                **dict(zip(kind.__match_args__, [*parts, *own])),
            }

        return _rebuild(_flat(self), describe)


PARTS = ("schedule", "pieces")  # the arguments that hold schedules, always the first


def _updates(update):
    """``update`` as float64, by way of NumPy."""
    if isinstance(update, (int, float)):
        return np.asarray(update, dtype=np.float64)
    try:
        given = np.asarray(update)
        if given.dtype.kind == "O":  # fractions, decimals, integers beyond 2**63
            given = np.vectorize(float, otypes=[np.float64])(given)
        if given.dtype.kind not in "biuf":
            raise TypeError
        return given.astype(np.float64, copy=False)
    except Exception:
        raise ValueError(
            "update must be a number or an array of numbers, with values that are there to be "
            f"read; got {update!r}. In a graph of TensorFlow or Keras call schedule.to_keras()"
        ) from None


def _value(kind):
    """A dataclass whose instances are values: in slots, without a way to write into them."""
    kind = dataclass(frozen=True, slots=True, eq=False, repr=False)(kind)
    if "steps" not in kind.__match_args__:
        kind.steps = property(lambda schedule: schedule._kept[0])
    # Schedule's own are stricter, and pickling goes through the constructor
    del kind.__setattr__, kind.__delattr__, kind.__getstate__, kind.__setstate__
    return kind


def from_dict(description):
    """The schedule that ``to_dict`` described.

    Raises:
        ValueError: if the description is not a dict, names no class of this module, holds
            arguments that the class does not take, or holds itself.
    """

    made, opened, todo = {}, {}, [description]
    while todo:  # parts before the whole, without recursion
        one = todo[-1]
        first = id(one) not in opened
        if first:
            opened[id(one)] = _described(one)
        kind, arguments = opened[id(one)]
        parts = [
            part
            for value in arguments.values()
            for part in (value if isinstance(value, list) else [value])
            if isinstance(part, dict) and id(part) not in made
        ]
        if parts and not first:
            raise ValueError(f"a {kind.__name__}'s description must not hold itself")
        todo += reversed(parts)
        if not parts:
            values = {
                name: tuple(made.get(id(part), part) for part in value)
                if isinstance(value, list)
                else made.get(id(value), value)
                for name, value in arguments.items()
            }
            made[id(todo.pop())] = kind(**values)
    return made[id(description)]


def _described(description):
    """The class that a description names, and its arguments, still as described."""
    if not isinstance(description, dict):
        raise ValueError(
            f"a schedule's description must be a dict; got {description!r}"
        )
    arguments = dict(description)
    name = arguments.pop("class", None)
    # slots make of each class a second one, and the first may live on: the last one counts
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
    return known[name], arguments


# --- the formulas ---------------------------------------------------------------------


@_value
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
        value = _number("value", self.value)
        steps = None if self.steps is None else _count("steps", self.steps)
        _set(self, value=value, steps=steps, _kept=(steps, value, value, value))

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


@_value
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
        # a straight line on a log scale never reaches 0
        positive = self.shape == "exponential"
        steps = _count("steps", self.steps)
        start = _number("start", self.start, above=positive)
        stop = _number("stop", self.stop, above=positive)
        power = _number("power", self.power, above=True)
        _set(self, steps=steps, start=start, stop=stop, power=power)
        _set(self, _kept=(steps, max(start, stop), start if steps else stop, stop))
        if self.power != 1.0 and self.shape != "polynomial":
            raise ValueError(
                f"power belongs to the shape 'polynomial'; got power={self.power!r} "
                f"with shape={self.shape!r}"
            )

    def _at(self, t, ops):
        if self.steps == 0:
            return self.stop * ops.ones_like(t)
        steps = float(self.steps)
        p = ops.minimum(t / steps, 1.0)
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
        # then a root of 1 - p is 1e-8 instead of 0. So the end is decided by t, which is exact.
        return ops.where(t >= steps, self.stop, value)


@_value
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

    def __post_init__(self):
        factor = _number("factor", self.factor, high=1.0, above=True)
        timescale = _number("timescale", self.timescale, above=True)
        _set(self, factor=factor, timescale=timescale)
        _set(self, _kept=(None, 1.0, 1.0, math.nan))

    def _at(self, t, ops):
        return ops.power(self.factor, t / self.timescale)


@_value
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

    def __post_init__(self):
        timescale = _number("timescale", self.timescale, above=True)
        power = _number("power", self.power, above=True)
        _set(self, timescale=timescale, power=power)
        _set(self, _kept=(None, 1.0, 1.0, math.nan))

    def _at(self, t, ops):
        return ops.power(1.0 + t / self.timescale, -self.power)


@_value
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
        values = tuple(_number(f"values[{i}]", v) for i, v in enumerate(values))
        _set(self, boundaries=boundaries, values=values)
        _set(self, _kept=(boundaries[-1], max(values), values[0], values[-1]))

    def _arrays(self):
        return np.array(self.boundaries, dtype=np.float64), np.array(self.values)

    def _at(self, t, ops):
        boundaries, values = _cached(self, self._arrays)
        return ops.take(_constant(values, t, ops), _passed(boundaries, t, ops))


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


def _meet(first, following):
    """ValueError unless ``following`` may stand behind ``first``."""
    if first.steps is None:
        raise ValueError(
            "nothing can follow a schedule that never ends; end it with .until(steps): "
            f"{first!r}"
        )
    end, begin = first._kept[3], following._kept[2]
    end = first(first.steps) if math.isnan(end) else end
    begin = following(0) if math.isnan(begin) else begin
    if not math.isclose(end, begin, rel_tol=1e-9):
        raise ValueError(
            f"the pieces do not meet: one ends at {end:g}, the next starts at "
            f"{begin:g}. To scale both, put brackets around the chain: peak * (a >> b)"
        )


def _joined(first, following):
    """``_kept`` of a chain of two."""
    steps = None if following[0] is None else first[0] + following[0]
    return steps, max(first[1], following[1]), first[2], following[3]


@_value
class Chain(Schedule):
    """Pieces one after another, as ``a >> b >> c``.

    Piece i starts at the sum of the steps before it, and the next one rules from its first update
    on::

        begin(i) = steps of piece 0 + ... + steps of piece i - 1
        begin(i) <= t < begin(i + 1)    piece i at t - begin(i)
        t >= begin(last)                the last piece at t - begin(last)

    Args:
        pieces: schedules, of which all but the last end (tuple).

    Raises:
        ValueError: if a piece that is followed never ends, or if two neighbours do not meet: the
            end value of one and the first of the next differ by more than a part in 10**9. Meant
            jumps are `Piecewise` or ``cycle``. The check also catches ``0.1 * a >> b``, which
            Python reads as ``(0.1 * a) >> b``.

    >>> [(Warmup(4) >> Constant(1, 2) >> Linear(4))(t) for t in (0, 2, 4, 6, 8, 10)]
    [0.0, 0.5, 1.0, 1.0, 0.5, 0.0]
    """

    pieces: tuple[Schedule, ...]

    def __post_init__(self):
        if not isinstance(self.pieces, (tuple, list)) or not self.pieces:
            raise ValueError(
                f"pieces must be a tuple of schedules; got {self.pieces!r}"
            )
        flat = []
        for i, piece in enumerate(self.pieces):
            flat += _schedule(f"pieces[{i}]", piece)._pieces()
        kept = flat[0]._kept
        for first, following in zip(flat, flat[1:]):
            _meet(first, following)
            kept = _joined(kept, following._kept)
        _set(self, pieces=tuple(flat), _kept=kept)

    def _parts(self):
        return self.pieces

    def _pieces(self):
        return self.pieces

    def _begins(self):
        lengths = (piece.steps for piece in self.pieces[:-1])
        return np.array([*accumulate(lengths, initial=0)], dtype=np.float64)

    def _at(self, t, ops):
        begins = _cached(self, self._begins)
        if ops is not np:
            value = yield self.pieces[0], t
            for begin, piece in zip(begins[1:].tolist(), self.pieces[1:]):
                following = yield piece, ops.maximum(t - begin, 0.0)
                value = ops.where(t >= begin, following, value)
            return value
        if not t.size:
            return t
        # each piece is asked for its own updates only, a slice of the sorted ones
        flat = t.ravel()
        order = None if (flat[1:] >= flat[:-1]).all() else np.argsort(flat)
        flat = flat if order is None else flat[order]
        low, high = np.searchsorted(begins, flat[[0, -1]], side="right") - 1
        cuts = np.searchsorted(flat, begins[low + 1 : high + 1]).tolist()
        value = np.empty_like(flat)
        for i, (start, stop) in enumerate(zip([0, *cuts], [*cuts, flat.size]), low):
            if start < stop:
                part = yield self.pieces[i], flat[start:stop] - begins[i]
                value[start:stop] = part
        if order is not None:
            value[order] = value.copy()
        return value.reshape(t.shape)


@_value
class Scale(Schedule):
    """Every value times a factor: ``factor * schedule(t)``, for all t; see `Schedule.__mul__`.

    Args:
        schedule: any schedule.
        factor: a finite number of at least 0; factor times the peak must be finite too.

    >>> [(0.1 * Linear(4))(t) for t in (0, 2, 4)]
    [0.1, 0.05, 0.0]
    """

    schedule: Schedule
    factor: float

    def __post_init__(self):
        steps, peak, first, last = _schedule("schedule", self.schedule)._kept
        factor = _number("factor", self.factor)
        # two finite numbers can have an infinite product
        peak = _number("factor * peak", factor * peak)
        _set(self, factor=factor, _kept=(steps, peak, factor * first, factor * last))

    def _parts(self):
        return (self.schedule,)

    def _at(self, t, ops):
        value = yield self.schedule, t
        return self.factor * value


@_value
class Floor(Schedule):
    """``share * peak + (1 - share) * schedule(t)``, for all t; see `Schedule.floor`.

    The share is of the schedule's own peak, as ``alpha`` is in Keras and optax. PyTorch's
    ``eta_min`` is a rate.

    Args:
        schedule: any schedule.
        share: what the floor is of the peak, in [0, 1].

    >>> [(0.5 * Cosine(4).floor(0.25))(t) for t in (0, 4, 99)]
    [0.5, 0.125, 0.125]
    """

    schedule: Schedule
    share: float

    def __post_init__(self):
        steps, peak, first, last = _schedule("schedule", self.schedule)._kept
        share = _number("share", self.share, high=1.0)
        first, last = (share * peak + (1.0 - share) * end for end in (first, last))
        _set(self, share=share, _kept=(steps, peak, first, last))

    def _parts(self):
        return (self.schedule,)

    def _at(self, t, ops):
        value = yield self.schedule, t
        return self.share * self.peak + (1.0 - self.share) * value


@_value
class Shift(Schedule):
    """``schedule(t + updates)``, for t >= 0: entered ``updates`` later; see `Schedule.shift`.

    Its floor stays that of the whole.

    Args:
        schedule: any schedule.
        updates: how many are left out (int), at least 0. Beyond the schedule's steps only its end
            value is left.

    >>> [Linear(4).shift(1)(t) for t in (0, 1, 3)]
    [0.75, 0.5, 0.0]
    """

    schedule: Schedule
    updates: int

    def __post_init__(self):
        steps, peak, _, last = _schedule("schedule", self.schedule)._kept
        updates = _count("updates", self.updates)
        steps = None if steps is None else max(steps - updates, 0)
        _set(self, updates=updates, _kept=(steps, peak, math.nan, last))

    def _parts(self):
        return (self.schedule,)

    def _at(self, t, ops):
        value = yield self.schedule, t + float(self.updates)
        return value


@_value
class Every(Schedule):
    """``schedule(floor(t / updates))``, for t >= 0; see `Schedule.every`.

    Args:
        schedule: any schedule.
        updates: how long each value is held (int), at least 1.

    >>> [Linear(2).every(10)(t) for t in (0, 9, 10, 19, 20)]
    [1.0, 1.0, 0.5, 0.5, 0.0]
    """

    schedule: Schedule
    updates: int

    def __post_init__(self):
        steps, *others = _schedule("schedule", self.schedule)._kept
        updates = _count("updates", self.updates, least=1)
        steps = None if steps is None else steps * updates
        _set(self, updates=updates, _kept=(steps, *others))

    def _parts(self):
        return (self.schedule,)

    def _at(self, t, ops):
        value = yield self.schedule, _whole(t, float(self.updates), ops)
        return value


@_value
class Until(Schedule):
    """``schedule(min(t, steps))``: ended, so that something can follow; see `Schedule.until`.

    The value at ``steps`` is the schedule's own at that update, and is kept. So a cycle that is to
    end low ends by its ``times``: the update at which a run is over is the first of the next run.

    Args:
        schedule: any schedule, whether it ends or not. One that ends before ``steps`` keeps its end
            value until then.
        steps: how many updates it lasts (int), at least 0.

    A cooldown after the first transformer's schedule, which has no end of its own:

    >>> stable = (Warmup(100) >> InverseSqrt(100)).until(800)
    >>> rate = 0.1 * (stable >> stable(800) * Linear(200))
    >>> [round(rate(t), 6) for t in (0, 100, 400, 800, 900, 1000)]
    [0.0, 0.1, 0.05, 0.035355, 0.017678, 0.0]
    """

    schedule: Schedule
    steps: int

    def __post_init__(self):
        whole, peak, first, last = _schedule("schedule", self.schedule)._kept
        steps = _count("steps", self.steps)
        last = math.nan if whole is None or steps < whole else last
        _set(self, steps=steps, _kept=(steps, peak, first, last))

    def _parts(self):
        return (self.schedule,)

    def _at(self, t, ops):
        value = yield self.schedule, ops.minimum(t, float(self.steps))
        return value


@_value
class Cycle(Schedule):
    """``schedule`` run ``times`` times, with warm restarts (Loshchilov and Hutter 2017, arXiv
    1608.03983).

    Run i, counted from 0, lasts ``steps * stretch**i`` updates::

        begin(i) = steps * (1 + stretch + ... + stretch**(i - 1))
        begin(i) <= t < begin(i + 1)    damp**i * schedule((t - begin(i)) / stretch**i)
        t >= begin(times)               damp**(times - 1) * schedule(steps)

    The first update of a run has the run's first value; after the last run its end value is kept.
    The cost of a value does not depend on the number of runs.

    Args:
        schedule: one that ends, of at least one step.
        times: runs (int), at least 1, or None: it never ends.
        stretch: how much longer each run is than the one before (int), at least 1.
        damp: how much of the height is left for the next run, in (0, 1].

    >>> [Linear(2).cycle(2, stretch=2)(t) for t in (0, 1, 2, 3, 4, 5, 6)]
    [1.0, 0.5, 1.0, 0.75, 0.5, 0.25, 0.0]
    >>> [Linear(2).cycle()(t) for t in (0, 1, 2, 10**9, 10**9 + 1)]
    [1.0, 0.5, 1.0, 1.0, 0.5]
    """

    schedule: Schedule
    times: int | None = None
    stretch: int = 1
    damp: float = 1.0

    def __post_init__(self):
        length, peak, first, last = _schedule("schedule", self.schedule)._kept
        if not length:
            raise ValueError(
                "only a schedule that ends, of at least one step, can be cycled; got "
                f"{self.schedule!r}"
            )
        times = None if self.times is None else _count("times", self.times, least=1)
        stretch = _count("stretch", self.stretch, least=1)
        damp = _number("damp", self.damp, high=1.0, above=True)
        steps, last = None, math.nan if times is None else damp ** (times - 1) * last
        if times is not None:
            if stretch > 1 and times > 53:  # before a huge power takes all memory
                raise ValueError(
                    f"times must be at most 53 where stretch is above 1; got {times!r}"
                )
            runs = times if stretch == 1 else (stretch**times - 1) // (stretch - 1)
            steps = _count("the steps of all cycles together", length * runs)
        _set(self, times=times, stretch=stretch, damp=damp)
        _set(self, _kept=(steps, peak, first, last))

    def _parts(self):
        return (self.schedule,)

    def _runs(self):
        """A row each of begins, lengths (in units of the first) and heights, for all runs that
        begin at an update a float64 can hold."""
        rows, begin = [], 0
        for i in range(self.times or 54):
            rows.append((float(begin), float(self.stretch**i), self.damp**i))
            begin += self.schedule.steps * self.stretch**i
            if begin > LONGEST:
                break
        return np.array(rows).T

    def _at(self, t, ops):
        last = math.inf if self.times is None else self.times - 1.0
        if self.stretch == 1 and (self.damp == 1.0 or last >= TABLE):
            # equal runs, counted by a division, at the same cost for any number of them
            length = float(self.schedule.steps)
            t = ops.minimum(t, float(LONGEST))
            run = ops.minimum(_whole(t, length, ops), last)
            value = yield self.schedule, t - run * length
            return value if self.damp == 1.0 else ops.power(self.damp, run) * value
        runs = _cached(self, self._runs)
        run = _passed(runs[0], t, ops) - 1
        begin, scale, height = (ops.take(_constant(row, t, ops), run) for row in runs)
        value = yield self.schedule, (t - begin) / scale
        return height * value


TABLE = 100  # up to so many runs are looked up, with heights as Python's own power gives them
