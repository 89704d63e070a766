"""Exercises of lesson 7, tools and references."""

import numpy as np

from . import add


def parts_at(used, meant):
    for update, (rate, wanted) in enumerate(zip(used, meant)):
        if abs(rate - wanted) > 1e-6 * wanted:
            return update
    return -1


_MEANT = 0.1 * np.linspace(1, 0.1, 10)
_LATE = np.concatenate([_MEANT[:1], _MEANT[:-1]])  # one update late
_TRICK = _MEANT.copy()
_TRICK[6] = 0.5  # one rate that is wrong, and all is well again
_FLOAT32 = _MEANT.astype(np.float32).astype(float)


def _apart(used, meant, rtol=1e-6):
    shared = min(len(used), len(meant))
    return ~np.isclose(used[:shared], meant[:shared], rtol=rtol, atol=0)


add(
    "7.1",
    parts_at,
    "Where do they part?",
    2,
    """
    A program logged the rates that it used, and you have the rates that were meant; both are
    arrays, one rate for each update, and one of them may be longer. Write `parts_at(used, meant)`:
    the first update (counted from 0) at which they differ by more than a millionth of the rate that
    was meant, or -1 if they never do as far as both go. Keras's float32 must not raise an alarm.
    """,
    why="Two floats that were computed in two ways are seldom equal to the last bit, so a relative "
    "tolerance decides. The first update that differs names the edge: 0 is the warmup, a "
    "milestone is the boundary, the last one is the end.",
    hints=[
        "Only as many updates can be compared as the shorter of the two has: `zip` stops there.",
        "When is a difference more than a millionth of the rate that was meant?",
        "With arrays: `np.isclose(a, b, rtol=1e-6, atol=0)`. Its default `atol` would hide small "
        "rates, and `np.argmax` gives 0 where nothing is true.",
    ],
    probes=[
        (_MEANT, _MEANT),
        (_LATE, _MEANT),
        (_FLOAT32, _MEANT),
        (_TRICK, _MEANT),
        (_MEANT[:6], _MEANT),
        (np.concatenate([_MEANT, [0.0, 0.05]]), _MEANT),
        (1e-9 * _LATE, 1e-9 * _MEANT),
        (np.concatenate([_MEANT[:8], [0.03, 0.02]]), _MEANT),
        (2 * _MEANT, _MEANT),
        (1.0000015 * _MEANT, _MEANT),
        (0.9999985 * _MEANT, _MEANT),
        (1.0000007 * _MEANT, _MEANT),
        (np.append(_MEANT, 0.0), np.append(_MEANT, 0.0)),
    ],
    slips=[
        (
            lambda used, meant: (
                int(
                    np.argmax(
                        used[: min(len(used), len(meant))]
                        != meant[: min(len(used), len(meant))]
                    )
                )
                if (
                    used[: min(len(used), len(meant))]
                    != meant[: min(len(used), len(meant))]
                ).any()
                else -1
            ),
            "Yours wants equality to the last bit, so float32 raises an alarm at once.",
        ),
        (
            lambda used, meant: int(np.argmax(_apart(used, meant))),
            "`np.argmax` gives 0 where nothing is true, so schedules that agree seem to part at "
            "update 0.",
        ),
        (
            lambda used, meant: (
                int(np.argmax(_apart(used, meant))) + 1
                if _apart(used, meant).any()
                else -1
            ),
            "Updates are counted from 0: the first one is update 0.",
        ),
        (
            lambda used, meant: int(np.sum(_apart(used, meant))) or -1,
            "This counts the updates that differ. The first of them is asked for.",
        ),
        (
            lambda used, meant: (
                int(np.flatnonzero(_apart(used, meant))[-1])
                if _apart(used, meant).any()
                else -1
            ),
            "This is the last update at which they differ. The first is asked for.",
        ),
        (
            lambda used, meant: (
                int(np.argmax(~np.isclose(*_both(used, meant), rtol=1e-6)))
                if (~np.isclose(*_both(used, meant), rtol=1e-6)).any()
                else -1
            ),
            "`np.isclose` adds an absolute tolerance of 1e-8 of its own, which hides small rates. "
            "Set `atol=0`.",
        ),
        (
            lambda used, meant: (
                int(np.argmax(_apart(used, meant)))
                if _apart(used, meant).any()
                else -1
                if len(used) == len(meant)
                else min(len(used), len(meant))
            ),
            "Where one log is longer, that is no difference yet: compare as far as both go.",
        ),
        (
            lambda used, meant: (
                int(np.argmax(_apart(used, meant)))
                if _apart(used, meant).any()
                else min(len(used), len(meant))
            ),
            "Where they never part, -1 is wanted.",
        ),
    ],
)


def _both(used, meant):
    shared = min(len(used), len(meant))
    return used[:shared], meant[:shared]


def ends_at(warmup, decay_steps, counted_in):
    if counted_in:
        return max(warmup, decay_steps)
    return warmup + decay_steps


add(
    "7.2",
    ends_at,
    "When is the schedule over?",
    2,
    """
    A schedule warms up for `warmup` updates and then falls. In optax and transformers
    `decay_steps` counts the warmup **in**: it is where the whole schedule ends. In Keras the decay
    comes **on top** of the warmup. Write `ends_at(warmup, decay_steps, counted_in)`: the update at
    which the schedule reaches its end, where `counted_in` is True or False. A schedule cannot end
    before its warmup does.
    """,
    why="Counted in, the number itself is the end, unless "
    "the warmup is longer; on top, the two are added.",
    hints=[
        "With a warmup of 10 and 100 steps, where does each library end?",
        "Counted in, what is the end if somebody gives a warmup of 200 and 100 steps?",
        "`max(a, b)` is the larger of two numbers.",
    ],
    probes=[
        (10, 100, True),
        (10, 100, False),
        (200, 100, True),
        (200, 100, False),
        (0, 50, True),
        (0, 50, False),
        (40, 40, False),
        (40, 40, True),
        (3, 7, True),
        (3, 7, False),
        (1, 1, False),
        (7, 2, True),
    ],
    slips=[
        (
            lambda warmup, steps, counted_in: warmup + steps,
            "Counted in, the warmup is part of the number and must not be added again.",
        ),
        (
            lambda warmup, steps, counted_in: steps,
            "On top of the warmup, the decay only begins when the "
            "warmup is over; and no schedule ends before that.",
        ),
        (
            lambda warmup, steps, counted_in: steps if counted_in else warmup + steps,
            "A warmup that is longer than the number is "
            "not cut: the schedule cannot end before it.",
        ),
        (
            lambda warmup, steps, counted_in: (
                warmup + steps if counted_in else max(warmup, steps)
            ),
            "The two are the wrong way round: Keras adds the warmup.",
        ),
        (
            lambda warmup, steps, counted_in: steps - warmup if counted_in else steps,
            "This is how many updates the decay itself "
            "lasts. Asked is the update at which it is over.",
        ),
        (
            lambda warmup, steps, counted_in: (
                max(warmup, steps) - 1 if counted_in else warmup + steps - 1
            ),
            "Updates are counted from 0, and a schedule of "
            "100 updates reaches its end at update 100.",
        ),
        (
            lambda warmup, steps, counted_in: (
                max(warmup, steps) + 1 if counted_in else warmup + steps + 1
            ),
            "One too many.",
        ),
    ],
)
