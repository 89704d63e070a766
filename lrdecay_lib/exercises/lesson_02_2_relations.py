"""Exercises of lesson 2.2, how they hang together."""

import numpy as np

from . import add


def plateau_rates(losses, peak, factor, patience):
    rate, best, waited, rates = peak, losses[0], 0, [peak]
    for loss in losses[1:]:
        waited = 0 if loss < best else waited + 1
        best = min(best, loss)
        if waited == patience:
            rate, waited = rate * factor, 0
        rates.append(rate)
    return np.array(rates)


def _plateau(
    better=lambda loss, best, before: loss < best,
    again=0,
    early=0,
    forget=False,
    late=False,
):
    """A wrong rule: another idea of an improvement, another count after a fall, and so on."""

    def rates(losses, peak, factor, patience):
        rate, best, waited, found, before = peak, losses[0], 0, [peak], losses[0]
        for loss in losses[1:]:
            waited = 0 if better(loss, best, before) else waited + 1
            best, before, now = min(best, loss), loss, rate
            if waited >= patience + early:
                rate, waited = rate * factor, waited if again is None else again
                best = loss if forget else best
            found.append(now if late else rate)
        return np.array(found)

    return rates


_STUCK = np.array([1.0, 0.8, 0.7, 0.7, 0.72, 0.6, 0.61, 0.59, 0.6, 0.6, 0.6])
_SAW = np.array(
    [1.0, 0.5, 0.9, 0.8, 0.7, 0.6, 0.55, 0.52, 0.51, 0.4, 0.45, 0.44, 0.43, 0.42]
)


add(
    "2.2.1",
    plateau_rates,
    "Reduce on plateau",
    2,
    """
    A rule looks at the validation loss after each evaluation. An evaluation is an improvement if
    its loss is below the best so far. After `patience` evaluations in a row without one the rate
    is multiplied by `factor`, and the rule begins to wait anew. Write `plateau_rates(losses, peak,
    factor, patience)`: an array with the rate after each evaluation. `losses` is an array; its
    first loss is the first best, and the rate begins at `peak`.
    """,
    why="The rule remembers three numbers: the rate, "
    "the best loss, and how long it has waited.",
    hints=[
        "What must the rule remember from one evaluation to "
        "the next? Write it for losses that only fall, first.",
        "Count the evaluations since the last improvement. When "
        "is the count set back to 0? There are two occasions.",
        "An equal loss is no improvement, and the "
        "best loss is kept when the rate falls.",
    ],
    probes=[
        (np.array([1.0, 0.9, 0.8, 0.7]), 0.1, 0.5, 2),
        (np.array([1.0, 1.1, 1.2, 1.3, 1.4, 1.5]), 0.1, 0.5, 2),
        (_STUCK, 0.1, 0.5, 2),
        (_SAW, 0.4, 0.1, 3),
        (_STUCK, 0.2, 0.2, 1),
        (_SAW, 1.0, 0.5, 4),
        (np.full(9, 0.3), 0.8, 0.5, 3),
    ],
    slips=[
        (
            _plateau(lambda loss, best, before: loss < before),
            "Each loss is compared with the one just before it. "
            "An improvement is a loss below the *best* so far.",
        ),
        (
            _plateau(lambda loss, best, before: loss <= best),
            "An equal loss counts as an improvement here.",
        ),
        (
            _plateau(again=None),
            "After a fall the waiting does not begin anew, so the rate "
            "falls at every evaluation until the next improvement.",
        ),
        (
            _plateau(again=1),
            "After a fall the count begins at 1 instead of "
            "0, so the next fall comes one evaluation early.",
        ),
        (
            _plateau(early=1),
            "The rate falls one evaluation late: after `patience` "
            "evaluations without improvement it has waited long enough.",
        ),
        (_plateau(early=-1), "The rate falls one evaluation early."),
        (
            _plateau(forget=True),
            "The best loss is forgotten when the rate falls. Then a "
            "loss above the old best can count as an improvement.",
        ),
        (
            _plateau(late=True),
            "Each rate stands one place late. The "
            "rate *after* the evaluation is wanted.",
        ),
        (
            lambda losses, peak, factor, patience: plateau_rates(
                losses, peak, factor, patience
            )[:-1],
            "One rate is missing: there is one after "
            "each evaluation, and the first is `peak`.",
        ),
        (
            lambda losses, peak, factor, patience: plateau_rates(
                losses, peak, factor, patience
            )[1:],
            "The rate after the first evaluation is missing. It is `peak`.",
        ),
        (
            lambda losses, peak, factor, patience: plateau_rates(
                losses, 1.0, factor, patience
            ),
            "These are shares of the peak. Start at `peak`.",
        ),
        (
            lambda losses, peak, factor, patience: (
                peak * factor ** (np.arange(len(losses)) // patience)
            ),
            "This is a step decay: it falls by the "
            "clock and never looks at the losses.",
        ),
        (
            lambda losses, peak, factor, patience: np.full(len(losses), peak),
            "The rate never falls.",
        ),
    ],
)


def has_loop(arrows):
    while arrows:
        starts = {start for start, end in arrows}
        kept = [(start, end) for start, end in arrows if end in starts]
        if kept == arrows:
            return True
        arrows = kept
    return False


def _reaches(arrows, start, goal, seen=()):
    return any(
        end == goal or end not in seen and _reaches(arrows, end, goal, (*seen, end))
        for begin, end in arrows
        if begin == start
    )


def _followed(after, box):
    """Whether the one path from a box comes back to where it was: ``after`` has one arrow for
    each box."""
    seen = set()
    while box in after and box not in seen:
        seen.add(box)
        box = after[box]
    return box in seen


def _undirected(arrows):
    """Whether there is a loop if one may walk against the arrows."""
    groups = {box: {box} for arrow in arrows for box in arrow}
    for start, end in arrows:
        if groups[start] is groups[end]:
            return True
        both = groups[start] | groups[end]
        groups.update(dict.fromkeys(both, both))
    return False


_ARTICLE = [
    ("initial rate", "gradient descent"),
    ("gradient descent", "loss"),
    ("loss", "update"),
    ("initial rate", "decay"),
    ("decay", "gradient descent"),
]


add(
    "2.2.2",
    has_loop,
    "Is there a loop?",
    2,
    """
    A chart is a list of arrows, each a pair (start, end) of names. Write `has_loop(arrows)`: True
    if one can follow the arrows, always forwards, from some box back to the same box, else False.
    An arrow from a box to itself is a loop. A chart without arrows has none.
    """,
    why="An arrow into a box that nothing leaves cannot lie on a loop, so it is "
    "taken away. What is left when no more can be taken away is a loop, or nothing.",
    hints=[
        "In which charts does every path come to an "
        "end? Look for boxes that nothing leaves.",
        "One way: from every box, collect what can be reached "
        "from it, and see whether the box itself is there.",
        "Another: take away all arrows into boxes that nothing "
        "leaves, again and again. When does this stop?",
    ],
    probes=[
        ([("a", "b"), ("b", "a")],),
        ([("a", "b"), ("b", "c")],),
        (_ARTICLE,),
        ([("a", "b"), ("b", "c"), ("c", "a")],),
        ([("a", "a")],),
        ([],),
        ([("a", "b"), ("a", "c"), ("b", "d"), ("c", "d")],),
        ([("a", "x"), ("b", "a")],),
        ([("a", "b"), ("b", "c"), ("c", "d"), ("d", "b")],),
        ([("a", "b"), ("c", "d"), ("d", "e"), ("e", "c")],),
        ([("a", "c"), ("b", "c")],),
        ([("b", "c"), ("a", "b")],),
        ([("c", "a"), ("b", "c"), ("a", "b"), ("b", "d")],),
    ],
    slips=[
        (
            _undirected,
            "This may walk against the arrows. Two paths "
            "that part and meet again are no loop.",
        ),
        (
            lambda arrows: any((end, start) in arrows for start, end in arrows),
            "This finds only loops of one or two arrows. A loop may be longer.",
        ),
        (
            lambda arrows: any(start == end for start, end in arrows),
            "This finds only arrows from a box to itself.",
        ),
        (
            lambda arrows: (
                bool(arrows) and _reaches(arrows, arrows[0][0], arrows[0][0])
            ),
            "This looks for a loop through the first box only.",
        ),
        (
            lambda arrows: bool(arrows) and _followed(dict(arrows), arrows[0][0]),
            "This follows one path, from the first box on. Other boxes "
            "may have a loop, and a box may have two arrows out.",
        ),
        (
            lambda arrows: len({end for _, end in arrows}) < len(arrows),
            "This asks whether two arrows end in one "
            "box. Two paths may meet without a loop.",
        ),
        (
            lambda arrows: len({start for start, _ in arrows}) < len(arrows),
            "This asks whether two arrows start at "
            "one box. A path may part without a loop.",
        ),
        (
            lambda arrows: (
                len(arrows) >= len({box for arrow in arrows for box in arrow}) > 0
            ),
            "This counts arrows and boxes. Their numbers do "
            "not decide it, since the directions matter.",
        ),
        (
            lambda arrows: bool(
                {start for start, _ in arrows} & {end for _, end in arrows}
            ),
            "This asks whether some box has an arrow in and an "
            "arrow out. On every path of two arrows there is one.",
        ),
        (
            lambda arrows: all(
                end in {start for start, _ in arrows} for _, end in arrows
            ),
            "This asks whether something leaves *every* box. A chart with a "
            "loop may also have a dead end, and one without arrows has no loop.",
        ),
        (lambda arrows: not has_loop(arrows), "True and False are exchanged."),
    ],
)
