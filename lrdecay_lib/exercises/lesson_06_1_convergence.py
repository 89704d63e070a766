"""Exercises of lesson 6.1, faster convergence?"""

import math

import numpy as np

from . import add


def updates_to_target(updates, losses, target):
    reached = [update for update, loss in zip(updates, losses) if loss <= target]
    return min(reached, default=math.inf)


def _within(updates, losses, target):
    return [update for update, loss in zip(updates, losses) if loss <= target]


_AT = [0, 50, 100, 150, 200]
_DOWN = [2.0, 1.2, 0.9, 0.7, 0.6]
_BUMPY = [2.0, 0.8, 1.1, 0.7, 0.9]


add(
    "6.1.1",
    updates_to_target,
    "Updates to a target",
    2,
    """
    A run was evaluated now and then: the list `updates` says when, rising, and the list `losses`
    what the loss was. Write `updates_to_target(updates, losses, target)`: the first of `updates`
    at which the loss was at or below `target`, or `math.inf` if it never was.
    """,
    why="Those evaluations are kept that reach the target, and the first of them "
    "is the smallest. Of none, the smallest is infinity: the run never got there.",
    hints=[
        "`zip(updates, losses)` goes through both "
        "lists side by side. Which pairs do you keep?",
        "Of the updates that are left, the first is wanted. What if none is left?",
    ],
    probes=[
        (_AT, _DOWN, 0.9),
        (_AT, _DOWN, 1.0),
        (_AT, _DOWN, 0.65),
        (_AT, _DOWN, 3.0),
        (_AT, _BUMPY, 1.0),
        (_AT, _BUMPY, 0.75),
        (_AT, _DOWN, 0.5),
        ([0, 10, 40, 90], [1.0, 0.5, 0.5, 0.4], 0.5),
        ([0], [1.0], 0.2),
    ],
    slips=[
        (
            lambda updates, losses, target: min(
                [u for u, loss in zip(updates, losses) if loss < target],
                default=math.inf,
            ),
            "A loss that equals the target has reached it.",
        ),
        (
            lambda updates, losses, target: max(
                _within(updates, losses, target), default=math.inf
            ),
            "This is the last evaluation that reached the target, not the first.",
        ),
        (
            lambda updates, losses, target: next(
                (i for i, loss in enumerate(losses) if loss <= target), math.inf
            ),
            "This is the number of the evaluation. The "
            "update is wanted, which stands in `updates`.",
        ),
        (
            lambda updates, losses, target: (
                len(_within(updates, losses, target)) or math.inf
            ),
            "This counts the evaluations that reached the target.",
        ),
        (
            lambda updates, losses, target: updates[int(np.argmin(losses))],
            "This is where the loss was lowest. The target "
            "may have been reached earlier, or not at all.",
        ),
        (
            lambda updates, losses, target: (
                updates[int(np.argmin(losses))] if min(losses) <= target else math.inf
            ),
            "This is where the loss was lowest. The "
            "target may have been reached earlier.",
        ),
        (
            lambda updates, losses, target: min(
                _within(updates, losses, target), default=updates[-1]
            ),
            "Where the target was never reached, yours gives the "
            "end of the run, as if it had been reached there.",
        ),
        (
            lambda updates, losses, target: min(
                _within(updates, losses, target), default=-1
            ),
            "Where the target was never reached, `math.inf` is "
            "wanted, so that such a run counts as the slowest.",
        ),
        (
            lambda updates, losses, target: updates[
                int(np.argmax(np.array(losses) <= target))
            ],
            "`np.argmax` gives 0 where nothing is true, so a run that "
            "never reached the target seems to have started there.",
        ),
    ],
)


def share_saved(lengths, losses, rival_length, rival_loss):
    enough = [length for length, loss in zip(lengths, losses) if loss <= rival_loss]
    return 1 - min(enough) / rival_length if enough else 0.0


def _enough(lengths, losses, rival_loss):
    return [length for length, loss in zip(lengths, losses) if loss <= rival_loss]


def _saved(choose):
    """A share saved by one of the lengths that are enough, or 0: ``choose(enough, rival
    length)``."""

    def share(lengths, losses, rival_length, rival_loss):
        enough = _enough(lengths, losses, rival_loss)
        return choose(enough, rival_length) if enough else 0.0

    return share


add(
    "6.1.2",
    share_saved,
    "How much is saved?",
    2,
    """
    A schedule was tuned and run for several lengths of run: the list `lengths` holds these, in
    updates, in any order, and the list `losses` the loss at the end of each. Its rival ended at
    `rival_loss` after `rival_length` updates. Write `share_saved(lengths, losses, rival_length,
    rival_loss)`: the share of the rival's updates that is saved by the smallest length whose loss
    is at or below the rival's; 0.0 if none is. It may be negative: then more updates were needed.
    """,
    why="The smallest length that is enough is what the target costs, "
    "and what it costs in units of the rival's length is not saved.",
    hints=[
        "Which lengths are enough? Of these, which is the cheapest?",
        "If 600 updates do what the rival did in 1,000, what share of them is saved?",
    ],
    probes=[
        ([200, 400, 800], [0.9, 0.5, 0.4], 800, 0.5),
        ([200, 400, 800], [0.9, 0.6, 0.4], 1000, 0.5),
        ([800, 200, 400], [0.4, 0.9, 0.45], 800, 0.5),
        ([200, 400], [0.9, 0.8], 800, 0.5),
        ([1000, 1500], [0.6, 0.45], 1000, 0.5),
        ([100, 200, 400], [0.3, 0.6, 0.2], 500, 0.3),
        ([100, 200, 400], [0.3, 0.2, 0.25], 500, 0.35),
    ],
    slips=[
        (
            _saved(lambda enough, rival: min(enough) / rival),
            "This is the share that is needed. What is saved is the rest.",
        ),
        (
            _saved(lambda enough, rival: 100 * (1 - min(enough) / rival)),
            "This is in percent. A share is wanted.",
        ),
        (
            _saved(lambda enough, rival: rival / min(enough)),
            "This says how many times shorter the run is. The "
            "share of the updates that is saved is wanted.",
        ),
        (
            _saved(lambda enough, rival: float(rival - min(enough))),
            "These are the updates that are saved. "
            "Their share of the rival's is wanted.",
        ),
        (
            _saved(lambda enough, rival: 1 - max(enough) / rival),
            "Of the lengths that are enough, yours takes "
            "the largest. The smallest one saves most.",
        ),
        (
            _saved(lambda enough, rival: 1 - enough[0] / rival),
            "Yours takes the first in the list that is "
            "enough. The lengths come in any order.",
        ),
        (
            _saved(lambda enough, rival: max(0.0, 1 - min(enough) / rival)),
            "Where more updates were needed than the "
            "rival's, the share is negative. Yours hides it.",
        ),
        (
            _saved(lambda enough, rival: rival / min(enough) - 1),
            "This is in units of the smaller length. The "
            "rival's updates are what is saved from.",
        ),
        (
            lambda lengths, losses, rival_length, rival_loss: (
                1 - lengths[int(np.argmin(losses))] / rival_length
            ),
            "Yours takes the length with the lowest loss. "
            "A smaller one may be enough, or none is.",
        ),
        (
            lambda lengths, losses, rival_length, rival_loss: (
                1 - lengths[int(np.argmin(losses))] / rival_length
                if min(losses) <= rival_loss
                else 0.0
            ),
            "Yours takes the length with the lowest loss. A smaller one may be enough.",
        ),
        (
            lambda lengths, losses, rival_length, rival_loss: (
                1
                - min(
                    (b for b, loss in zip(lengths, losses) if loss < rival_loss),
                    default=rival_length,
                )
                / rival_length
            ),
            "A length whose loss equals the rival's is enough.",
        ),
    ],
)
