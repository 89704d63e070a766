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


def fair_lead(constant, line, moment):
    ours = line[np.argmin(line[:, -1]), moment]
    return np.min(constant[:, moment]) - ours


# losses after a quarter, a half, three quarters and all of the run, at three and four peaks
_CONSTANT = np.array(
    [[0.95, 0.70, 0.52, 0.40], [0.62, 0.48, 0.43, 0.42], [0.55, 0.54, 0.53, 0.53]]
)
_LINE = np.array(
    [
        [0.98, 0.80, 0.68, 0.64],
        [0.66, 0.50, 0.41, 0.37],
        [0.58, 0.45, 0.34, 0.30],
        [0.50, 0.40, 0.33, 0.33],
    ]
)


def _read(c, line, moment, of_constant, of_line):
    """A lead whose peaks were chosen at these evaluations."""
    best = np.argmin(c[:, of_constant]), np.argmin(line[:, of_line])
    return c[best[0], moment] - line[best[1], moment]


add(
    "6.1.2",
    fair_lead,
    "Ahead of whom?",
    2,
    """
    A report says that after a quarter of the run its line to zero is far ahead: both peaks were
    chosen by the loss at the *end*. Repair the comparison. `constant` and `line` hold mean losses,
    a row for each peak and a column for each evaluation (the last one is the end of the run). Write
    `fair_lead(constant, line, moment)`: by how much the line that is best at the end lies below the
    constant rate that is best at evaluation `moment`, both read at that evaluation. Positive means
    that the line is ahead.
    """,
    why="A line is made for its end, and a constant rate for none: its run, stopped at any moment, "
    "is a shorter run with that rate. So the fair rival is chosen at the moment that is judged.",
    hints=[
        "Which row of `line` has the lowest loss in its last column?",
        "The constant rate that is best at the moment has the smallest loss of that column.",
    ],
    probes=[
        (_CONSTANT, _LINE, 0),
        (_CONSTANT, _LINE, 1),
        (_CONSTANT, _LINE, 3),
        (_CONSTANT[:2], _LINE, 2),
        (_CONSTANT, _LINE[:2], 0),
        (_CONSTANT[1:], _LINE[[0, 3]], 1),
    ],
    slips=[
        (
            lambda c, line, moment: _read(c, line, moment, -1, -1),
            "This is the report's own comparison: its constant rate was chosen for the end, and is "
            "judged at another moment.",
        ),
        (
            lambda c, line, moment: _read(c, line, moment, moment, moment),
            "The line was chosen at the moment too. It is the line made for the end that is asked "
            "for.",
        ),
        (
            lambda c, line, moment: _read(c, line, moment, -1, moment),
            "The two are the wrong way round: the constant rate is to be chosen at the moment, and "
            "the line at the end.",
        ),
        (
            lambda c, line, moment: -_read(c, line, moment, moment, -1),
            "The sign is turned round: positive is to mean that the line is ahead.",
        ),
        (
            lambda c, line, moment: np.min(c[:, -1]) - np.min(line[:, -1]),
            "This is the lead at the end of the run. It is to be read at the moment.",
        ),
        (
            lambda c, line, moment: (
                np.mean(c[:, moment]) - line[np.argmin(line[:, -1]), moment]
            ),
            "This takes the mean over all constant rates. Nobody would run most of them: the best "
            "one is the rival.",
        ),
        (
            lambda c, line, moment: (
                np.max(c[:, moment]) - line[np.argmin(line[:, -1]), moment]
            ),
            "This takes the constant rate with the highest loss. The best one is the rival.",
        ),
        (
            lambda c, line, moment: (
                1 - line[np.argmin(line[:, -1]), moment] / np.min(c[:, moment])
            ),
            "This is a share of the constant rate's loss. The difference of the two is wanted.",
        ),
    ],
)
