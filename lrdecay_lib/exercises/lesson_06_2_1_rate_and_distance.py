"""Exercises of lesson 6.2.1, the rate or the distance."""

import numpy as np

from . import add


def memorised(given, truth, predicted):
    wrong = given != truth
    return np.mean(predicted[wrong] == given[wrong])


_TRUTH = np.array([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
_GIVEN = np.array([0, 1, 2, 3, 9, 7, 6, 1, 8, 0])  # four are wrong
_HALF = np.array(
    [0, 1, 2, 5, 9, 7, 6, 7, 8, 3]
)  # two of the four are given back, one is right, one is neither


def _labels(function):
    return lambda given, truth, predicted: float(
        function(*map(np.asarray, (given, truth, predicted)))
    )


add(
    "6.2.1.1",
    memorised,
    "How much was memorised?",
    1,
    """
    Write `memorised(given, truth, predicted)`: of the training images whose given label is wrong,
    the share for which the network predicts just that wrong label. The arguments are arrays of
    class numbers, one for each image: the label that training used, the true one, and the
    network's answer. At least one label is wrong.
    """,
    why="Only the wrong labels can show memorising, since "
    "a right answer may have been learned honestly.",
    hints=[
        "Which images have a wrong label? `given != truth` is True there.",
        "An array of True and False picks elements: `predicted[wrong]`. "
        "And the mean of True and False is a share.",
    ],
    probes=[
        (_GIVEN, _TRUTH, _HALF),
        (_GIVEN, _TRUTH, _GIVEN),
        (_GIVEN, _TRUTH, _TRUTH),
        (_GIVEN[4:], _TRUTH[4:], _HALF[4:]),
        (np.array([1, 2, 0]), np.array([0, 1, 2]), np.array([1, 1, 1])),
    ],
    slips=[
        (
            _labels(lambda g, t, p: np.mean(p == g)),
            "This is the training accuracy: it counts "
            "the images with a right label too.",
        ),
        (
            _labels(lambda g, t, p: np.mean((g != t) & (p == g))),
            "The share is taken of all images. It is "
            "to be taken of those with a wrong label.",
        ),
        (
            _labels(lambda g, t, p: np.mean(p[g != t] != t[g != t])),
            "This counts every wrong answer. An answer that is "
            "wrong in another way than the label was not memorised.",
        ),
        (
            _labels(lambda g, t, p: np.mean(p[g != t] == t[g != t])),
            "This is the share of wrong labels at which the network "
            "is right all the same: the opposite of memorising.",
        ),
        (
            _labels(lambda g, t, p: np.mean(p[g == t] == g[g == t])),
            "The images are the wrong ones: these are those with a right label.",
        ),
        (
            _labels(lambda g, t, p: np.mean((g != t)[p == g])),
            "The condition is turned round: this is, of the answers that "
            "agree with the label, the share where that label is wrong.",
        ),
        (
            _labels(lambda g, t, p: np.mean(p != t)),
            "This is the share of wrong answers, by the true labels.",
        ),
        (
            lambda given, truth, predicted: int(
                np.sum((given != truth) & (predicted == given))
            ),
            "This is a count. A share is wanted, between 0 and 1.",
        ),
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
    "6.2.1.2",
    updates_to_travel,
    "Far enough",
    2,
    """
    Write `updates_to_travel(rates, distance)`: the smallest number of updates, an int, after which
    the sum of the rates used so far is at least `distance`. `rates` holds the rate of each update
    of a run that goes that far; `distance` is above 0.
    """,
    why="The distance is added up update by update until it is "
    "enough. `np.cumsum(rates)` gives the same sums at once.",
    hints=[
        "`np.cumsum(rates)` holds the distance after 1, 2, 3, ... updates.",
        "`np.argmax` of True and False gives the index of the "
        "first True. Which number of updates belongs to index 0?",
    ],
    probes=[
        (np.full(10, 0.25), 1.0),
        (_FALLING, 1.0),
        (_FALLING, 2.0),
        (_FALLING, 4.5),
        (_FALLING, 0.25),
        (0.5 * _FALLING, 1.25),
        (np.array([0.0, 0.5, 1.0, 1.0, 0.5]), 1.5),
    ],
    slips=[
        (
            lambda rates, distance: int(np.argmax(np.cumsum(rates) >= distance)),
            "This is one too few: it is the index of the last "
            "update that is needed, and updates are counted from 0.",
        ),
        (
            lambda rates, distance: int(np.argmax(np.cumsum(rates) > distance)) + 1,
            "A sum that equals the distance is enough: "
            "at least, and not more than, is asked for.",
        ),
        (
            lambda rates, distance: int(np.argmax(np.cumsum(rates) > distance)),
            "This is the largest number of updates that does not go beyond "
            "the distance. The smallest that reaches it is asked for.",
        ),
        (
            lambda rates, distance: (
                int(np.ceil(distance / rates[0])) if rates[0] else 1
            ),
            "This counts as if the first rate were kept for "
            "the whole run. A falling rate needs longer.",
        ),
        (
            lambda rates, distance: int(np.ceil(distance / np.mean(rates))),
            "This takes the mean rate of the whole run. Early "
            "updates of a falling rate are longer than that.",
        ),
        (
            lambda rates, distance: int(np.ceil(distance / np.max(rates))),
            "This counts as if every update had the peak rate.",
        ),
        (
            lambda rates, distance: int(np.argmax(rates >= distance)) + 1,
            "This looks for a single rate that is as large "
            "as the distance. The rates must be summed.",
        ),
        (
            lambda rates, distance: int(np.sum(np.cumsum(rates) >= distance)),
            "This counts the updates from there to the end of the run.",
        ),
        (lambda rates, distance: len(rates), "This is the length of the whole run."),
    ],
)
