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


def least_patience(losses):
    waits = []
    for run in losses:
        best, waited = run[0], 0
        for loss in run[1:]:
            waited = 0 if loss < best else waited + 1
            best = min(best, loss)
            waits.append(waited)
    return max(waits) + 1


def _waits(run, better=lambda loss, best, before: loss < best):
    """How long the rule has waited after each evaluation but the first."""
    best, before, waited, waits = run[0], run[0], 0, []
    for loss in run[1:]:
        waited = 0 if better(loss, best, before) else waited + 1
        best, before = min(best, loss), loss
        waits.append(waited)
    return np.array(waits)


def _ended(run):
    """The waits that an improvement has ended."""
    waits = _waits(run)
    return [wait for wait, after in zip(waits, waits[1:]) if after == 0] or [0]


_CALM = np.array([[1.0, 0.9, 0.8, 0.7, 0.6], [1.1, 0.9, 0.8, 0.75, 0.6]])
_JUMPS = np.array(
    [
        [1.0, 0.8, 0.9, 0.7, 0.75, 0.72, 0.6, 0.65, 0.5],
        [1.1, 0.9, 0.8, 0.82, 0.85, 0.81, 0.7, 0.6, 0.62],
        [0.9, 0.8, 0.85, 0.7, 0.72, 0.6, 0.55, 0.5, 0.45],
    ]
)
_EQUAL = np.array([[1.0, 0.8, 0.8, 0.8, 0.7, 0.6, 0.5, 0.4]])
_ENDS = np.array([[1.0, 0.9, 0.8, 0.7, 0.75, 0.74, 0.73, 0.72]])
_ROUGH = np.array([[1.0, 0.5, 0.9, 0.8, 0.7, 0.6, 0.55, 0.4, 0.45, 0.3]])


add(
    "2.2.2",
    least_patience,
    "Choose a patience",
    2,
    """
    Here are trial runs at a constant rate that were still learning: `losses` has a row for each
    run, with the validation loss of each of its evaluations. A plateau that reduce on plateau
    would report in them would be a false alarm. Write `least_patience(losses)`: the smallest
    patience, an int, with which the rule of exercise 2.2.1 would not have lowered the rate in any
    of these runs.
    """,
    why="The rule falls as soon as it has waited as long as its patience, so the patience must be "
    "one more than the longest wait of any run.",
    hints=[
        "Count, for one run, how many evaluations in a row brought no new lowest loss. "
        "Which of these counts matters?",
        "With a longest wait of 3, would a patience of 3 have lowered the rate?",
        "The run with the longest wait decides for all, and a wait that is still going "
        "on at the end counts too.",
    ],
    probes=[
        (_JUMPS,),
        (_CALM,),
        (_JUMPS[:1],),
        (_EQUAL,),
        (_ENDS,),
        (_ROUGH,),
        (_JUMPS[::-1],),
        (_JUMPS[:, 3:],),
        (np.vstack([_EQUAL, _ENDS]),),
        (_JUMPS[:, ::-1],),
    ],
    slips=[
        (
            lambda losses: max(int(_waits(run).max()) for run in losses),
            "With this patience the rule would just have fallen: it does so as soon "
            "as it has waited that long.",
        ),
        (
            lambda losses: (
                max(int(_waits(run, lambda n, b, p: n < p).max()) for run in losses) + 1
            ),
            "Each loss is compared with the one just before it. "
            "An improvement is a loss below the *best* so far.",
        ),
        (
            lambda losses: (
                max(int(_waits(run, lambda n, b, p: n <= b).max()) for run in losses)
                + 1
            ),
            "An equal loss counts as an improvement here. For the rule it is none.",
        ),
        (
            lambda losses: min(int(_waits(run).max()) for run in losses) + 1,
            "This suits the calmest run. In the others the rule would have fallen.",
        ),
        (
            lambda losses: (
                int(np.median([int(_waits(run).max()) for run in losses])) + 1
            ),
            "This suits the run in the middle. In the rougher ones the rule would have fallen.",
        ),
        (
            lambda losses: max(int(np.sum(_waits(run) > 0)) for run in losses) + 1,
            "This counts all evaluations without a new lowest loss. "
            "The rule counts those in a row.",
        ),
        (
            lambda losses: max(int(max(_ended(run))) for run in losses) + 1,
            "A wait that is still going on at the end of a run is left out.",
        ),
        (
            lambda losses: int(_waits(np.ravel(losses)).max()) + 1,
            "The runs are read as one long run. Each has its own lowest loss.",
        ),
        (
            lambda losses: int(_waits(np.mean(losses, axis=0)).max()) + 1,
            "This reads the mean of the runs, which is smoother than any of them. "
            "The rule hears one run.",
        ),
        (
            lambda losses: np.shape(losses)[1],
            "So long a patience never hears anything. The smallest is wanted.",
        ),
    ],
)
