"""The exercises of section 6, what decay is used for."""

import math

import numpy as np

from . import add


# --- 6.1 Faster convergence? ------------------------------------------------------------------


def updates_to_target(updates, losses, target):
    reached = [update for update, loss in zip(updates, losses) if loss <= target]
    return min(reached, default=math.inf)


def _within(updates, losses, target):
    return [update for update, loss in zip(updates, losses) if loss <= target]


_AT = [0, 50, 100, 150, 200]
_DOWN = [2.0, 1.2, 0.9, 0.7, 0.6]
_BUMPY = [2.0, 0.8, 1.1, 0.7, 0.9]


add(
    "6.1.1", updates_to_target, "Updates to a target", 2, """
    A run was evaluated now and then: the list `updates` says when, rising, and the list `losses` what the loss was. Write
    `updates_to_target(updates, losses, target)`: the first of `updates` at which the loss was at or below
    `target`, or `math.inf` if it never was.
    """,
    why="Those evaluations are kept that reach the target, and the first of them is the smallest. Of none, the smallest "
        "is infinity: the run never got there.",
    hints=["`zip(updates, losses)` goes through both lists side by side. Which pairs do you keep?",
           "Of the updates that are left, the first is wanted. What if none is left?"],
    probes=[(_AT, _DOWN, 0.9), (_AT, _DOWN, 1.0), (_AT, _DOWN, 0.65), (_AT, _DOWN, 3.0), (_AT, _BUMPY, 1.0),
            (_AT, _BUMPY, 0.75), (_AT, _DOWN, 0.5), ([0, 10, 40, 90], [1.0, 0.5, 0.5, 0.4], 0.5), ([0], [1.0], 0.2)],
    slips=[
        (lambda updates, losses, target: min([u for u, loss in zip(updates, losses) if loss < target], default=math.inf),
         "A loss that equals the target has reached it."),
        (lambda updates, losses, target: max(_within(updates, losses, target), default=math.inf),
         "This is the last evaluation that reached the target, not the first."),
        (lambda updates, losses, target: next((i for i, loss in enumerate(losses) if loss <= target), math.inf),
         "This is the number of the evaluation. The update is wanted, which stands in `updates`."),
        (lambda updates, losses, target: len(_within(updates, losses, target)) or math.inf,
         "This counts the evaluations that reached the target."),
        (lambda updates, losses, target: updates[int(np.argmin(losses))],
         "This is where the loss was lowest. The target may have been reached earlier, or not at all."),
        (lambda updates, losses, target: updates[int(np.argmin(losses))] if min(losses) <= target else math.inf,
         "This is where the loss was lowest. The target may have been reached earlier."),
        (lambda updates, losses, target: min(_within(updates, losses, target), default=updates[-1]),
         "Where the target was never reached, yours gives the end of the run, as if it had been reached there."),
        (lambda updates, losses, target: min(_within(updates, losses, target), default=-1),
         "Where the target was never reached, `math.inf` is wanted, so that such a run counts as the slowest."),
        (lambda updates, losses, target: updates[int(np.argmax(np.array(losses) <= target))],
         "`np.argmax` gives 0 where nothing is true, so a run that never reached the target seems to have started "
         "there."),
    ],
)


def share_saved(lengths, losses, rival_length, rival_loss):
    enough = [length for length, loss in zip(lengths, losses) if loss <= rival_loss]
    return 1 - min(enough) / rival_length if enough else 0.0


def _enough(lengths, losses, rival_loss):
    return [length for length, loss in zip(lengths, losses) if loss <= rival_loss]


def _saved(choose):
    """A share saved by one of the lengths that are enough, or 0: ``choose(enough, rival length)``."""
    def share(lengths, losses, rival_length, rival_loss):
        enough = _enough(lengths, losses, rival_loss)
        return choose(enough, rival_length) if enough else 0.0
    return share


add(
    "6.1.2", share_saved, "How much is saved?", 2, """
    A schedule was tuned and run for several lengths of run: the list `lengths` holds these, in updates, in any order,
    and the list `losses` the loss at the end of each. Its rival ended at `rival_loss` after `rival_length` updates. Write
    `share_saved(lengths, losses, rival_length, rival_loss)`: the share of the rival's updates that is saved by
    the smallest length whose loss is at or below the rival's; 0.0 if none is. It may be negative: then more
    updates were needed.
    """,
    why="The smallest length that is enough is what the target costs, and what it costs in units of the rival's length "
        "is not saved.",
    hints=["Which lengths are enough? Of these, which is the cheapest?",
           "If 600 updates do what the rival did in 1,000, what share of them is saved?"],
    probes=[([200, 400, 800], [0.9, 0.5, 0.4], 800, 0.5), ([200, 400, 800], [0.9, 0.6, 0.4], 1000, 0.5),
            ([800, 200, 400], [0.4, 0.9, 0.45], 800, 0.5), ([200, 400], [0.9, 0.8], 800, 0.5),
            ([1000, 1500], [0.6, 0.45], 1000, 0.5), ([100, 200, 400], [0.3, 0.6, 0.2], 500, 0.3),
            ([100, 200, 400], [0.3, 0.2, 0.25], 500, 0.35)],
    slips=[
        (_saved(lambda enough, rival: min(enough) / rival),
         "This is the share that is needed. What is saved is the rest."),
        (_saved(lambda enough, rival: 100 * (1 - min(enough) / rival)), "This is in percent. A share is wanted."),
        (_saved(lambda enough, rival: rival / min(enough)),
         "This says how many times shorter the run is. The share of the updates that is saved is wanted."),
        (_saved(lambda enough, rival: float(rival - min(enough))),
         "These are the updates that are saved. Their share of the rival's is wanted."),
        (_saved(lambda enough, rival: 1 - max(enough) / rival),
         "Of the lengths that are enough, yours takes the largest. The smallest one saves most."),
        (_saved(lambda enough, rival: 1 - enough[0] / rival),
         "Yours takes the first in the list that is enough. The lengths come in any order."),
        (_saved(lambda enough, rival: max(0.0, 1 - min(enough) / rival)),
         "Where more updates were needed than the rival's, the share is negative. Yours hides it."),
        (_saved(lambda enough, rival: rival / min(enough) - 1),
         "This is in units of the smaller length. The rival's updates are what is saved from."),
        (lambda lengths, losses, rival_length, rival_loss: 1 - lengths[int(np.argmin(losses))] / rival_length,
         "Yours takes the length with the lowest loss. A smaller one may be enough, or none is."),
        (lambda lengths, losses, rival_length, rival_loss:
         1 - lengths[int(np.argmin(losses))] / rival_length if min(losses) <= rival_loss else 0.0,
         "Yours takes the length with the lowest loss. A smaller one may be enough."),
        (lambda lengths, losses, rival_length, rival_loss: 1 - min(
            (b for b, loss in zip(lengths, losses) if loss < rival_loss), default=rival_length) / rival_length,
         "A length whose loss equals the rival's is enough."),
    ],
)


# --- 6.2 Less overfitting? ----------------------------------------------------------------------


def memorised(given, truth, predicted):
    wrong = given != truth
    return np.mean(predicted[wrong] == given[wrong])


_TRUTH = np.array([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
_GIVEN = np.array([0, 1, 2, 3, 9, 7, 6, 1, 8, 0])  # four are wrong
_HALF = np.array([0, 1, 2, 5, 9, 7, 6, 7, 8, 3])  # two of the four are given back, one is right, one is neither


def _labels(function):
    return lambda given, truth, predicted: float(function(*map(np.asarray, (given, truth, predicted))))


add(
    "6.2.1", memorised, "How much was memorised?", 1, """
    Write `memorised(given, truth, predicted)`: of the training images whose given label is wrong, the share for
    which the network predicts just that wrong label. The arguments are arrays of class numbers, one for each
    image: the label that training used, the true one, and the network's answer. At least one label is wrong.
    """,
    why="Only the wrong labels can show memorising, since a right answer may have been learned honestly.",
    hints=["Which images have a wrong label? `given != truth` is True there.",
           "An array of True and False picks elements: `predicted[wrong]`. And the mean of True and False is a share."],
    probes=[(_GIVEN, _TRUTH, _HALF), (_GIVEN, _TRUTH, _GIVEN), (_GIVEN, _TRUTH, _TRUTH),
            (_GIVEN[4:], _TRUTH[4:], _HALF[4:]), (np.array([1, 2, 0]), np.array([0, 1, 2]), np.array([1, 1, 1]))],
    slips=[
        (_labels(lambda g, t, p: np.mean(p == g)),
         "This is the training accuracy: it counts the images with a right label too."),
        (_labels(lambda g, t, p: np.mean((g != t) & (p == g))),
         "The share is taken of all images. It is to be taken of those with a wrong label."),
        (_labels(lambda g, t, p: np.mean(p[g != t] != t[g != t])),
         "This counts every wrong answer. An answer that is wrong in another way than the label was not memorised."),
        (_labels(lambda g, t, p: np.mean(p[g != t] == t[g != t])),
         "This is the share of wrong labels at which the network is right all the same: the opposite of memorising."),
        (_labels(lambda g, t, p: np.mean(p[g == t] == g[g == t])),
         "The images are the wrong ones: these are those with a right label."),
        (_labels(lambda g, t, p: np.mean((g != t)[p == g])),
         "The condition is turned round: this is, of the answers that agree with the label, the share where that "
         "label is wrong."),
        (_labels(lambda g, t, p: np.mean(p != t)), "This is the share of wrong answers, by the true labels."),
        (lambda given, truth, predicted: int(np.sum((given != truth) & (predicted == given))),
         "This is a count. A share is wanted, between 0 and 1."),
    ],
)


def updates_to_travel(rates, distance):
    travelled, updates = 0.0, 0
    while travelled < distance:
        travelled += rates[updates]
        updates += 1
    return updates


_FALLING = np.arange(8, 0, -1) / 8  # exact in binary, so that sums are too


add(
    "6.2.2", updates_to_travel, "Far enough", 2, """
    Write `updates_to_travel(rates, distance)`: the smallest number of updates, an int, after which the sum of the
    rates used so far is at least `distance`. `rates` holds the rate of each update of a run that goes that far;
    `distance` is above 0.
    """,
    why="The distance is added up update by update until it is enough. `np.cumsum(rates)` gives the same sums at once.",
    hints=["`np.cumsum(rates)` holds the distance after 1, 2, 3, ... updates.",
           "`np.argmax` of True and False gives the index of the first True. Which number of updates belongs to "
           "index 0?"],
    probes=[(np.full(10, 0.25), 1.0), (_FALLING, 1.0), (_FALLING, 2.0), (_FALLING, 4.5), (_FALLING, 0.25),
            (0.5 * _FALLING, 1.25), (np.array([0.0, 0.5, 1.0, 1.0, 0.5]), 1.5)],
    slips=[
        (lambda rates, distance: int(np.argmax(np.cumsum(rates) >= distance)),
         "This is one too few: it is the index of the last update that is needed, and updates are counted from 0."),
        (lambda rates, distance: int(np.argmax(np.cumsum(rates) > distance)) + 1,
         "A sum that equals the distance is enough: at least, and not more than, is asked for."),
        (lambda rates, distance: int(np.argmax(np.cumsum(rates) > distance)),
         "This is the largest number of updates that does not go beyond the distance. The smallest that reaches it is "
         "asked for."),
        (lambda rates, distance: int(np.ceil(distance / rates[0])) if rates[0] else 1,
         "This counts as if the first rate were kept for the whole run. A falling rate needs longer."),
        (lambda rates, distance: int(np.ceil(distance / np.mean(rates))),
         "This takes the mean rate of the whole run. Early updates of a falling rate are longer than that."),
        (lambda rates, distance: int(np.ceil(distance / np.max(rates))),
         "This counts as if every update had the peak rate."),
        (lambda rates, distance: int(np.argmax(rates >= distance)) + 1,
         "This looks for a single rate that is as large as the distance. The rates must be summed."),
        (lambda rates, distance: int(np.sum(np.cumsum(rates) >= distance)),
         "This counts the updates from there to the end of the run."),
        (lambda rates, distance: len(rates), "This is the length of the whole run."),
    ],
)


# --- 6.3 More stability? ------------------------------------------------------------------------


def clipped_gradient(gradient, limit):
    length = np.sqrt(np.sum(gradient**2))
    return gradient * limit / max(length, limit)


add(
    "6.3.1", clipped_gradient, "Clipping by length", 2, """
    Write `clipped_gradient(gradient, limit)`: a gradient (an array of shape (n,)) that is longer than `limit` is
    shortened to that length and keeps its direction. A gradient that is not longer stays as it is.
    """,
    why="One factor for all elements keeps the direction. Where the gradient is short, the factor is limit / limit, so 1.",
    hints=["The length is the root of the sum of squares, as `np.linalg.norm` gives it.",
           "By which number must a gradient of length 10 be multiplied so that its length is 2?"],
    probes=[(np.array([3.0, 4.0]), 1.0), (np.array([3.0, 4.0]), 10.0), (np.array([0.3, -0.4]), 1.0),
            (np.array([-6.0, 0.0, 8.0]), 5.0), (np.zeros(3), 1.0), (np.array([2.0, -1.0, 2.0]), 3.0)],
    slips=[
        (lambda g, limit: np.clip(g, -limit, limit),
         "This cuts each element by itself, which turns the gradient into another direction."),
        (lambda g, limit: g * limit / np.linalg.norm(g) if np.any(g) else g,
         "This makes every gradient as long as the limit, the short ones too."),
        (lambda g, limit: g / np.linalg.norm(g) if np.linalg.norm(g) > limit else g,
         "The long gradients come out with a length of 1, whatever the limit is."),
        (lambda g, limit: g * limit / np.sum(g**2) if np.sum(g**2) > limit else g,
         "The root is missing: this takes the sum of squares for the length."),
        (lambda g, limit: g * limit / np.sum(np.abs(g)) if np.sum(np.abs(g)) > limit else g,
         "This takes the sum of absolute values for the length."),
        (lambda g, limit: g * limit / np.max(np.abs(g)) if np.max(np.abs(g)) > limit else g,
         "This takes the largest element for the length."),
        (lambda g, limit: g if np.linalg.norm(g) <= limit else np.zeros_like(g),
         "The long gradients are thrown away. They are to be shortened."),
        (lambda g, limit: g * limit, "This multiplies every gradient by the limit."),
        (lambda g, limit: g, "Nothing is clipped."),
    ],
)


def steps_until_vanished(factor, share):
    steps, left = 0, 1.0
    while left > share:
        left *= factor
        steps += 1
    return steps


add(
    "6.3.2", steps_until_vanished, "Vanished", 2, """
    On its way back through time a gradient is multiplied by `factor`, between 0 and 1, at each step. Write
    `steps_until_vanished(factor, share)`: the smallest number of steps, an int, after which at most `share` of
    its length is left. `share` is above 0 and at most 1.
    """,
    why="After k steps `factor ** k` is left. The learning rate does not occur.",
    hints=["How much is left after 1, 2 and 3 steps?",
           "Count in a loop, or solve `factor ** k = share` with logarithms and round up."],
    probes=[(0.5, 0.1), (0.5, 0.25), (0.75, 0.01), (0.5, 1.0), (0.25, 0.5), (0.875, 0.3)],
    slips=[
        (lambda factor, share: math.floor(math.log(share) / math.log(factor)),
         "This rounds down: then more than the share is left."),
        (lambda factor, share: math.floor(math.log(share) / math.log(factor)) + 1,
         "Where the share is met exactly this is one step too many: at most, and not less than, is asked for."),
        (lambda factor, share: math.ceil((1 - share) / (1 - factor)),
         "This takes the same amount away at each step. Each step multiplies."),
        (lambda factor, share: math.ceil(math.log(factor) / math.log(share)) if share < 1 else 0,
         "The quotient is upside down."),
        (lambda factor, share: math.ceil(-math.log(share)),
         "The factor is forgotten, or taken for 1/e."),
        (lambda factor, share: math.ceil(factor / share), "A gradient is divided again at each step, not once."),
        (lambda factor, share: math.log(share) / math.log(factor),
         "This solves the equation. The number of steps is whole: round it up."),
    ],
)
