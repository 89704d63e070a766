"""Did the run use the rates that were meant? A few checks of what was recorded. Lesson 10.2.

Record the rate of every update just before it is applied, in any program, and ask:

    >>> rates = [0.1 * (1 - t / 100) for t in range(100)]
    >>> failures(rates, updates=100, peak=0.1)
    {}
    >>> twice_as_fast = [max(0.1 * (1 - 2 * t / 100), 0.0) for t in range(100)]
    >>> print(*failures(twice_as_fast, updates=100, peak=0.1).values())
    update 50: the rate is 0, so this update changes nothing (50 such updates in all)

In PyTorch the record is one line, between ``loss.backward()`` and ``optimizer.step()``, where a
step is really taken::

    rates.append(optimizer.param_groups[0]["lr"])

and after the run ``checks.require(rates, updates=..., peak=...)``. Better, before the run: the loop
without the model, in seconds. In Keras `keras_callback` records and checks.

Knows NumPy alone; Keras is imported when its callback is made.
"""

from __future__ import annotations

import math
import warnings

import numpy as np

from .arguments import positive, whole

__all__ = [
    "CHECKS",
    "RatesError",
    "failures",
    "require",
    "first_difference",
    "keras_callback",
]

# Name -> what it asks, in the order in which `failures` asks.
CHECKS = {
    "length": "as many rates were recorded as there are updates",
    "finite": "every rate is a finite number of at least 0",
    "moves": "no update has a rate of 0",
    "peak": "the largest rate is the peak, and is reached when the warmup ends",
    "falls": "after the warmup no rate is above the one before",
    "end": "the last update has brought the rate to its end value",
    "smooth": "after the warmup the rate changes at every update",
    "design": "every rate is the one that the schedule gives",
}

# Of the peak: wider than rounding, tighter than the step of a usual warmup.
PEAK_RTOL = 2e-3
END_RTOL = 1e-2  # of the end, or of the peak where the end is 0
RISE_RTOL = 1e-6  # of the peak: a rise below it is rounding
DESIGN_RTOL = 1e-5  # of the peak


class RatesError(AssertionError):
    """The recorded rates are not the ones that were meant; each line is one failed check."""


def failures(
    rates,
    updates,
    peak,
    *,
    warmup=0,
    end=0.0,
    falls=True,
    smooth=False,
    zeros=0,
    design=None,
):
    """What is wrong with the rates that a run used.

    Args:
        rates: one rate for each update, in order: a list, or an array of shape (updates,). Record
            each just before its update is applied, for a rate that is read after an update may be
            the next one's.
        updates: how many updates were meant (int): optimizer steps, not batches and not epochs.
        peak: the largest rate that was meant, above 0.
        warmup: how many updates it takes to reach the peak (int). The first or the second update
            after it may be the first at the peak, since warmups are written both ways.
        end: the rate that was meant once the run is over, at least 0.
        falls: whether the rate was meant never to rise after the warmup. False for restarts.
        smooth: whether it was meant to change at every update after the warmup. False for steps.
        zeros: how many updates may have a rate of 0, such as the first of a warmup from 0.
        design: the schedule that was meant: a callable of the 0-based update, or one rate for each
            update. It finds whatever the others miss, and is the only one that must know the shape.

    Returns:
        dict from a name in `CHECKS` to one sentence that names the update, what was found and what
        was meant; empty if nothing is wrong. Rates that are no finite numbers are told alone.

    Raises:
        ValueError: if ``rates`` has not one axis, is empty, or an argument is out of its range.

    >>> failures([3e-5, 5e-5, 8e-5], updates=3, peak=3e-5, end=8e-5)["peak"]
    'update 2: the largest rate is 8e-05, and 3e-05 was meant'
    """
    rates = _recorded(rates)
    updates, warmup = whole("updates", updates), whole("warmup", warmup, least=0)
    zeros = whole("zeros", zeros, least=0)
    peak, end = positive("peak", peak), positive("end", end, zero=True)
    if warmup >= updates:
        raise ValueError(
            f"warmup must be shorter than the run of {updates} updates; got {warmup}"
        )
    found = {"length": _length(rates, updates), "finite": _finite(rates)}
    if not found["finite"]:
        found["moves"] = _moves(rates, zeros)
        found["peak"] = _peak(rates, peak, warmup)
        found["falls"] = _falls(rates, peak, warmup) if falls else None
        found["end"] = _end(rates, peak, end)
        found["smooth"] = _smooth(rates, warmup) if smooth else None
        if design is not None:
            found["design"] = first_difference(rates, design)
    return {name: sentence for name, sentence in found.items() if sentence}


def require(rates, updates, peak, **meant):
    """Raise unless the rates are the ones that were meant.

    Args:
        rates, updates, peak, meant: as `failures` takes them.

    Raises:
        RatesError: an AssertionError with one line for each failed check.
        ValueError: as `failures` does.
    """
    wrong = failures(rates, updates, peak, **meant)
    if wrong:
        raise RatesError("\n".join(wrong.values()))


def first_difference(rates, design, rtol=DESIGN_RTOL):
    """Where recorded rates first leave a schedule.

    Args:
        rates: as in `failures`.
        design: a callable of the 0-based update, or one rate for each update.
        rtol: of the design's largest rate.

    Returns:
        A sentence, or None if no rate differs by more than ``rtol``.

    >>> first_difference([0.1, 0.1, 0.01], lambda t: 0.1 if t < 1 else 0.01)
    'update 1: the rate is 0.1, and the design says 0.01 (1 of 3 updates differ)'
    """
    rates = _recorded(rates)
    wanted = np.array(
        [float(design(t)) for t in range(len(rates))] if callable(design) else design,
        dtype=float,
    )
    if wanted.shape != rates.shape:
        return (
            f"{len(rates)} rates were recorded, and the design has shape {wanted.shape}"
        )
    with np.errstate(invalid="ignore"):
        wrong = ~(np.abs(rates - wanted) <= rtol * np.max(np.abs(wanted)))
    if not wrong.any():
        return None
    t = int(wrong.argmax())
    return (
        f"update {t}: the rate is {rates[t]:.4g}, and the design says {wanted[t]:.4g} "
        f"({wrong.sum()} of {len(rates)} updates differ)"
    )


def keras_callback(updates, peak, *, strict=False, **meant):
    """A Keras callback that records the rate of every update, and checks them when `fit` ends.

    It reads the rate before each batch, and with ``gradient_accumulation_steps`` only before those
    that update. Put it last among the callbacks, so that it sees what the others set. With
    ``steps_per_execution`` above 1 Keras calls back once for several updates, so that rates are
    missing and the check of the length says so. Under the JAX backend the optimizer's counter is
    brought up to date after each batch, which costs some speed.

    Args:
        updates, peak, meant: as `failures` takes them.
        strict: raise `RatesError` at the end of the training, instead of a warning.

    Returns:
        A ``keras.callbacks.Callback`` with ``rates``, the list of what was recorded in the last
        ``fit``, and ``failures``, the dict of that name, None before the end.

    Raises:
        ImportError: if Keras is not installed.
    """
    import keras

    class Rates(keras.callbacks.Callback):
        def __init__(self):
            super().__init__()
            self.rates, self.failures = [], None

        def on_train_begin(self, logs=None):
            self.rates, self.failures, self._batches = [], None, 0

        def on_train_batch_begin(self, batch, logs=None):
            optimizer = self.model.optimizer
            self._batches += 1
            if self._batches % (optimizer.gradient_accumulation_steps or 1) == 0:
                rate = keras.ops.convert_to_tensor(optimizer.learning_rate)
                self.rates.append(float(rate))

        def on_train_batch_end(self, batch, logs=None):
            if keras.backend.backend() == "jax":
                self.model.jax_state_sync()

        def on_train_end(self, logs=None):
            self.failures = failures(self.rates, updates, peak, **meant)
            if self.failures and strict:
                raise RatesError("\n".join(self.failures.values()))
            if self.failures:
                warnings.warn("\n".join(self.failures.values()), stacklevel=2)

    return Rates()


# --- one function a check: a sentence, or None ----------------------------------------


def _recorded(rates):
    try:
        found = np.asarray(rates, dtype=float)
    except (TypeError, ValueError):  # words, None, rows of different lengths
        raise ValueError(
            f"rates must be one number for each update; got {rates!r:.80}"
        ) from None
    if found.ndim != 1 or not len(found):
        raise ValueError(
            "rates must be one number for each update, at least one; got shape "
            f"{found.shape}"
        )
    return found


def _length(rates, updates):
    if len(rates) != updates:
        return f"{len(rates)} updates were recorded, and {updates} were meant"


def _finite(rates):
    wrong = ~(np.isfinite(rates) & (rates >= 0))
    if wrong.any():
        t = int(wrong.argmax())
        return (
            f"update {t}: the rate is {rates[t]:.4g}, and a rate is a finite number of "
            "at least 0"
        )


def _moves(rates, zeros):
    still = np.flatnonzero(rates == 0)
    if len(still) > zeros:
        t = still[zeros]
        more = f" ({len(still)} such updates in all)" if len(still) > 1 else ""
        return f"update {t}: the rate is 0, so this update changes nothing{more}"


def _peak(rates, peak, warmup):
    t = int(rates.argmax())
    if abs(rates[t] - peak) > PEAK_RTOL * peak:
        return (
            f"update {t}: the largest rate is {rates[t]:.4g}, and {peak:.4g} was meant"
        )
    t = int((rates >= (1 - PEAK_RTOL) * peak).argmax())
    early = math.floor((1 - PEAK_RTOL) * warmup) - 1
    if not early <= t <= warmup:
        return (
            f"update {t}: the peak is reached here, and update {warmup} was meant to be "
            "the first with it"
        )


def _falls(rates, peak, warmup):
    after = rates[warmup:]
    rises = np.flatnonzero(np.diff(after) > RISE_RTOL * peak)
    if len(rises):
        t = warmup + int(rises[0]) + 1
        more = f" ({len(rises)} rises in all)" if len(rises) > 1 else ""
        return (
            f"update {t}: the rate rises from {rates[t - 1]:.4g} to {rates[t]:.4g}, and "
            f"was meant not to rise any more{more}"
        )


def _end(rates, peak, end):
    last = rates[-1]
    # one more step of the size of the last: a line to 0 over n updates stands at peak / n
    following = last + (last - rates[-2]) if len(rates) > 1 else last
    if min(abs(last - end), abs(following - end)) > END_RTOL * (end or peak):
        return (
            f"update {len(rates) - 1}: the last rate is {last:.4g}, and the rate was "
            f"meant to come to {end:.4g}"
        )


def _smooth(rates, warmup):
    after = rates[warmup:]
    same = np.flatnonzero(np.diff(after) == 0)
    if len(same):
        t = warmup + int(same[0]) + 1
        changes = len(after) - 1 - len(same)
        return (
            f"update {t}: the rate is still {rates[t]:.4g}; it changed at {changes} of "
            f"{len(after) - 1} updates, and was meant to change at each: is it stepped "
            "once an epoch?"
        )
