"""How the sweeps of `training`, `reinforcement` and `federated` read their arguments: one rule
and one sentence for all three."""

from __future__ import annotations

import os

import numpy as np

__all__ = ["whole", "distinct", "peaks_of", "valid_rates", "cores"]


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


def distinct(name, values):
    """``values`` as they are, if there are any and no two are equal."""
    if not values or len(set(values)) != len(values):
        raise ValueError(f"{name} must be distinct, at least one; got {values!r}")
    return values


def peaks_of(schedules, peaks):
    """Schedule name -> list of its peaks, from peaks for all or a dict with the peak or peaks
    of each."""
    if not isinstance(schedules, dict) or not schedules:
        raise ValueError(
            f"schedules must be a dict: name -> schedule; got {schedules!r}"
        )
    for name, schedule in schedules.items():
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
        name: distinct(
            f"peaks of {name!r}", [float(peak) for peak in np.atleast_1d(each[name])]
        )
        for name in schedules
    }


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
