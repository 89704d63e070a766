"""Exercises of lesson 3.3, what decay gives and what it costs."""

import math

from . import add


def updates_to_spend(share, half_life):
    return math.ceil(half_life * math.log2(1 / (1 - share)))


add(
    "3.3.1",
    updates_to_spend,
    "When the way is spent",
    2,
    """
    An exponential decay that goes on for ever halves its rate every `half_life` updates. All its
    rates together have a finite sum. Write `updates_to_spend(share, half_life)`: the smallest
    number of updates, an int, whose rates make up at least the share `share` of that sum. `share`
    lies between 0 and 1; the peak does not matter.
    """,
    why="What is left of the sum after n updates is the whole "
    "decay again, begun at a smaller rate: so the share that "
    "is left halves with the rate, every `half_life` updates.",
    hints=[
        "After one half-life, how large is what is "
        "still to come, compared with all of it?",
        "After n updates the share 2 to the power of -n / half_life "
        "is still to come. When has it fallen to 1 - share?",
        "`math.log2` undoes the power, and `math.ceil` rounds up to an int.",
    ],
    probes=[
        (0.4, 10),
        (0.7, 10),
        (0.99, 25),
        (0.9, 100),
        (0.999, 89),
        (0.25, 65),
        (0.87, 7),
        (0.2, 30),
        (0.6, 3),
        (0.75, 1),
        (0.875, 1),
    ],  # met exactly, and without rounding
    slips=[
        (
            lambda share, n: math.ceil(n * math.log2(1 / share)),
            "This is when the share `share` is left. "
            "It is to be spent, so 1 - share is left.",
        ),
        (
            lambda share, n: math.floor(n * math.log2(1 / (1 - share))),
            "Rounded down, the share is not quite reached.",
        ),
        (
            lambda share, n: round(n * math.log2(1 / (1 - share))),
            "`round` goes to the nearest whole number, so "
            "the share is sometimes not quite reached.",
        ),
        (
            lambda share, n: n * math.log2(1 / (1 - share)),
            "A number of updates is whole: the first at which the share is reached.",
        ),
        (
            lambda share, n: math.ceil(n * math.log(1 / (1 - share))),
            "This is the natural logarithm. The rate halves, so the base is 2.",
        ),
        (
            lambda share, n: math.ceil(n * math.log10(1 / (1 - share))),
            "This is the logarithm to base 10. The rate halves, so the base is 2.",
        ),
        (
            lambda share, n: math.ceil(n * share / (1 - share)),
            "This is as if the rate fell like 1/t. An "
            "exponential loses the same share in the same time.",
        ),
        (
            lambda share, n: math.ceil(2 * n * share),
            "This spends the rate evenly. The early updates have "
            "the larger rates, so the last part takes longest.",
        ),
        (
            lambda share, n: math.ceil(math.log2(1 / (1 - share))),
            "These are half-lives. Updates are wanted, "
            "and `half_life` of them make one.",
        ),
        (
            lambda share, n: math.ceil(n * math.log2(1 / (1 - share))) + 1,
            "One too many: the smallest number is wanted.",
        ),
        (
            lambda share, n: math.ceil(n * math.log2(1 / (1 - share))) - 1,
            "One too few: the share is not yet reached.",
        ),
    ],
)


def line_begun_anew(update, peak, total, changes):
    start = max(change for change in [0, *changes] if change <= update)
    return peak * (total - update) / (total - start)


def _line_from(starts, update, peak, total):
    start = max(starts, default=0)
    return peak * (total - update) / (total - start)


add(
    "3.3.2",
    line_begun_anew,
    "A line that begins anew",
    2,
    """
    Write `line_begun_anew(update, peak, total, changes)`: the rate of update `update`, a number
    from 0 to `total` - 1. It starts at `peak` and falls in a straight line to 0 at `total`.
    `changes` is a sorted list of updates at which the data change: each is the first update with
    the new data. There the rate is `peak` again, and falls in a straight line to 0 at the same
    `total`. The list may be empty.
    """,
    why="Only the last change counts, and the start of the "
    "run counts as one. From there to `total` it is one line.",
    hints=[
        "Which of the changes still matter at this "
        "update? Treat update 0 as a change too.",
        "How many updates lie between the last change and "
        "`total`, and how many of them are still to come?",
    ],
    probes=[
        (0, 0.1, 100, []),
        (25, 0.1, 100, []),
        (50, 0.1, 100, [50]),
        (49, 0.1, 100, [50]),
        (75, 0.1, 100, [50]),
        (90, 0.4, 100, [20, 80]),
        (80, 0.4, 100, [20, 80]),
        (50, 0.4, 100, [20, 80]),
        (10, 0.4, 100, [20, 80]),
        (99, 0.2, 100, [10, 30, 90]),
        (150, 1.0, 200, [100]),
        (21, 0.3, 40, [20, 21]),
    ],
    slips=[
        (
            lambda t, peak, total, changes: peak * (1 - t / total),
            "This is the line of the whole run. It "
            "does not begin anew when the data change.",
        ),
        (
            lambda t, peak, total, changes: _line_from(
                [c for c in changes if c < t], t, peak, total
            ),
            "At a change itself yours is still the old line. A change is the "
            "first update with the new data, so the rate must be `peak` there.",
        ),
        (
            lambda t, peak, total, changes: _line_from(
                [c for c in changes[:1] if c <= t], t, peak, total
            ),
            "It begins anew at the first change only. There may be more than one.",
        ),
        (
            lambda t, peak, total, changes: _line_from(changes[-1:], t, peak, total),
            "It looks at the last change of the list, even when that is still to come.",
        ),
        (
            lambda t, peak, total, changes: (
                peak * (1 - (t - max([0, *(c for c in changes if c <= t)])) / total)
            ),
            "After a change yours falls as slowly as the whole run's line, so at "
            "`total` it is not at 0. The line has only the updates that are left.",
        ),
        (
            lambda t, peak, total, changes: (
                peak if any(c <= t for c in changes) else peak * (1 - t / total)
            ),
            "After a change yours stays at `peak`. It must fall again.",
        ),
        (lambda t, peak, total, changes: peak, "Yours is `peak` at every update."),
        (
            lambda t, peak, total, changes: (
                (total - t) / (total - max([0, *(c for c in changes if c <= t)]))
            ),
            "The shape is right, and `peak` is missing.",
        ),
        (
            lambda t, peak, total, changes: (
                peak * (total - t) / total * 2 ** sum(c <= t for c in changes)
            ),
            "Yours doubles at each change. The rate is "
            "to be `peak` again, whatever it was before.",
        ),
    ],
)
