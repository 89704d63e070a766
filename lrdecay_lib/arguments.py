"""How sweeps, checks and the guide read their arguments: one rule and one sentence for all."""

from __future__ import annotations

import inspect
import math
import os
import sys
from numbers import Real

import numpy as np

__all__ = [
    "whole",
    "positive",
    "distinct",
    "seeds_of",
    "peaks_of",
    "names_of",
    "valid_rates",
    "silent",
    "cores",
]


def cores():
    """How many cores this process may use."""
    return (
        len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count()
    )


def whole(name, value, least=1):
    """``value`` as an int of at least ``least``; a ValueError that names the argument if it is
    none."""
    if (
        isinstance(value, bool)
        or not isinstance(value, (int, np.integer))
        or value < least
    ):
        raise ValueError(
            f"{name} must be a whole number of at least {least}; got {value!r}"
        )
    return int(value)


def positive(name, value, zero=False):
    """``value`` as a finite float above 0, or of at least 0 if ``zero``; a ValueError that names
    the argument if it is none."""
    number = isinstance(value, Real) and not isinstance(value, bool)
    if not (number and math.isfinite(value) and (value > 0 or zero and value == 0)):
        raise ValueError(
            f"{name} must be a finite number {'of at least' if zero else 'above'} 0; "
            f"got {value!r}"
        )
    return float(value)


def distinct(name, values):
    """``values`` as they are, if there are any and no two are equal."""
    if not values or len(set(values)) != len(values):
        raise ValueError(f"{name} must be distinct, at least one; got {values!r}")
    return values


def seeds_of(seeds):
    """``seeds`` as a list of ints, if they are distinct whole numbers of at least 0."""
    try:
        seeds = list(seeds)
    except TypeError:
        raise ValueError(
            f"seeds must be several whole numbers, such as range(20); got {seeds!r}"
        ) from None
    return distinct("seeds", [whole("seeds", seed, least=0) for seed in seeds])


def names_of(argument, named):
    """``named``, a dict with at least one entry whose keys are names; ``argument`` is what the
    message calls it.

    Names are text, because a sweep is saved as text: what is no text would be refused after the
    runs, or come back as something else.
    """
    if not isinstance(named, dict) or not named:
        raise ValueError(
            f"{argument} must be a dict: name -> {argument.rstrip('s')}; got {named!r}"
        )
    for name in named:
        if not isinstance(name, str):
            raise ValueError(
                f"{argument} must have text as names; got the name {name!r}"
            )
    return named


def silent(progress):
    """What `tqdm` takes as ``disable``: None shows a bar in a terminal only."""
    if sys.stderr is None:  # a service, or pythonw: there is nowhere to draw
        return True
    return None if progress is None else not progress


def peaks_of(schedules, peaks):
    """Schedule name -> list of its peaks, from peaks for all or a dict with the peak or peaks
    of each."""
    for name, schedule in names_of("schedules", schedules).items():
        if inspect.isclass(schedule):
            raise ValueError(
                f"schedules must hold schedules, and {name!r} is a class; "
                f"write {schedule.__name__}(...)"
            )
        peak = getattr(schedule, "peak", 1.0)
        if not np.isclose(peak, 1.0):
            raise ValueError(
                "schedules must have a peak of 1, because a sweep multiplies them by "
                f"each peak; {name!r} has {peak:g}"
            )
    each = peaks if hasattr(peaks, "keys") else dict.fromkeys(schedules, peaks)
    if set(each) != set(schedules):
        raise ValueError(
            f"peaks must name the schedules {sorted(schedules)}; got {sorted(each)}"
        )
    return {
        name: distinct(f"peaks of {name!r}", _rates_of(name, each[name]))
        for name in schedules
    }


def _rates_of(name, peaks):
    """One rate or several as a list of floats."""
    try:
        rates = np.atleast_1d(np.asarray(peaks, dtype=float))
    except (TypeError, ValueError):
        rates = np.array([np.nan])
    if rates.ndim != 1 or not (np.isfinite(rates) & (rates >= 0)).all():
        raise ValueError(
            f"peaks of {name!r} must be finite rates of at least 0; got {peaks!r}"
        )
    return rates.tolist()


def valid_rates(values, of="schedule"):
    """``values`` as they are, if each is finite and at least 0; ``of`` says in the message
    whose they are."""
    bad = ~(np.isfinite(values) & (values >= 0))
    if bad.any():
        t = int(np.argmax(bad))
        raise ValueError(
            f"{of} must give finite rates of at least 0; update {t} gets {values[t]!r}"
        )
    return values
