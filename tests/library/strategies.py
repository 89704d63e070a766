"""Random schedules for hypothesis: expression trees of the algebra, with short pieces."""

import math

from hypothesis import assume, settings
from hypothesis import strategies as st

from lrdecay_lib.schedules import (
    SHAPES,
    Anneal,
    Constant,
    Cycle,
    Every,
    Exponential,
    Floor,
    InverseTime,
    Piecewise,
    Scale,
    Shift,
    Until,
)

settings.register_profile(
    "book", deadline=None, max_examples=100, derandomize=True
)  # no check is timed
settings.load_profile("book")

SHAPE_NAMES = [*SHAPES, "polynomial", "exponential"]

rates = st.one_of(
    st.sampled_from([0.0, 1e-3, 0.1, 1.0, 3.0]), st.floats(0, 10, allow_subnormal=False)
)
positive = st.floats(1e-3, 10)
shares = st.floats(0, 1)
lengths = st.integers(0, 20)


@st.composite
def anneals(draw, start=None):
    shape = draw(st.sampled_from(SHAPE_NAMES))
    ends = positive if shape == "exponential" else rates
    if start is None or (shape == "exponential" and start <= 0):
        start = draw(ends)
    power = draw(st.sampled_from([0.5, 1.0, 2.0])) if shape == "polynomial" else 1.0
    return Anneal(draw(lengths), start, draw(ends), shape, power)


@st.composite
def piecewise(draw):
    boundaries = sorted(draw(st.sets(st.integers(1, 30), min_size=1, max_size=4)))
    return Piecewise(
        boundaries,
        draw(
            st.lists(rates, min_size=len(boundaries) + 1, max_size=len(boundaries) + 1)
        ),
    )


@st.composite
def following(draw, schedule):
    """A piece that starts where ``schedule`` ends, so that the two can be chained."""
    end = schedule(schedule.steps)
    piece = draw(
        st.one_of(anneals(start=end), st.builds(Constant, st.just(end), lengths))
    )
    assume(
        math.isclose(piece(0), end, rel_tol=1e-9)
    )  # an exponential cannot start at 0
    return piece


def cycles(inner, times):
    """Runs of what may be cycled and is short."""
    short = inner.filter(lambda s: s.steps and s.steps <= 200)
    return st.builds(Cycle, short, times, st.integers(1, 3), st.floats(0.1, 1))


def grow(inner):
    """One more operation of the algebra on top of ``inner``."""
    return st.one_of(
        st.builds(Scale, inner, rates),
        st.builds(Floor, inner, shares),
        st.builds(Shift, inner, lengths),
        st.builds(Every, inner, st.integers(1, 60)),
        st.builds(Until, inner, st.integers(0, 60)),
        cycles(inner, st.integers(1, 3)),
        inner.filter(lambda s: s.steps is not None).flatmap(
            lambda s: following(s).map(lambda f: s >> f)
        ),
    )


ending = st.recursive(
    st.one_of(anneals(), piecewise(), st.builds(Constant, rates, lengths)),
    grow,
    max_leaves=4,
)
endless = st.one_of(
    st.builds(Constant, rates),
    st.builds(Exponential, st.floats(1e-3, 1), positive),
    st.builds(InverseTime, positive, positive),
    cycles(ending, st.none()),
)
anything = st.one_of(ending, st.recursive(endless, grow, max_leaves=3))
