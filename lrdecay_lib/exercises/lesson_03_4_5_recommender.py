"""Exercises of lesson 3.4.5, recommender systems."""

import numpy as np

from . import add


def fair_gain(constant, line, constant_again, line_again):
    own = [np.argmin(tuning.mean(axis=0)) for tuning in (constant, line)]
    return np.mean(constant_again[:, own[0]] - line_again[:, own[1]])


def _gain(chosen_by, reported):
    """A wrong comparison: ``chosen_by`` gives the places of the two peaks, ``reported`` whether
    the other seeds are reported."""

    def answer(*losses):
        first, second = chosen_by(*losses)
        constant, line = losses[2:] if reported else losses[:2]
        return float(np.mean(constant[:, first]) - np.mean(line[:, second]))

    return answer


def _best(losses):
    return int(np.argmin(losses.mean(axis=0)))


_CONSTANT = np.array(
    [[0.38, 0.40, 0.39, 0.60], [0.52, 0.44, 0.46, np.inf], [0.54, 0.41, 0.45, np.inf]]
)
_LINE = np.array(
    [[0.70, 0.50, 0.38, 0.41], [0.72, 0.52, 0.40, 0.37], [0.71, 0.48, 0.39, 0.42]]
)
_CONSTANT_AGAIN = np.array(
    [
        [0.51, 0.39, 0.41, 0.80],
        [0.50, 0.45, 0.42, 0.90],
        [0.53, 0.44, 0.40, 0.70],
        [0.52, 0.46, 0.37, 0.85],
    ]
)
_LINE_AGAIN = np.array(
    [
        [0.69, 0.50, 0.41, 0.36],
        [0.70, 0.51, 0.40, 0.38],
        [0.72, 0.49, 0.40, 0.35],
        [0.71, 0.47, 0.36, 0.44],
    ]
)


add(
    "3.4.5.1",
    fair_gain,
    "Repair an unfair comparison",
    3,
    """
    Both rivals were trained at each peak of one grid. `constant` and `line` hold their losses on
    the seeds for tuning, arrays of shape (seeds, peaks); `constant_again` and `line_again` those
    on other seeds, with rows for these. A run that diverged has the loss infinity. Write
    `fair_gain(constant, line, constant_again, line_again)`: by how much the line's mean loss is
    lower than the constant's, as a float, each at the peak that is its own best, chosen on the one
    set of seeds and reported on the other.
    """,
    why="Each rival has the same grid and is judged at its own best; the seeds "
    "that chose a peak flatter it, so others report.",
    hints=[
        "Which peak is the constant's best, by the mean over the seeds for tuning? "
        "And which is the line's? They need not be the same.",
        "`losses.mean(axis=0)` gives one mean for each peak, and `np.argmin` "
        "the place of the lowest. A mean with an infinity in it is never that.",
        "With the two places, take one column of `constant_again` "
        "and one of `line_again`.",
    ],
    probes=[
        (_CONSTANT, _LINE, _CONSTANT_AGAIN, _LINE_AGAIN),
        (_LINE, _CONSTANT, _LINE_AGAIN, _CONSTANT_AGAIN),
        (_CONSTANT[:, 1:], _LINE[:, 1:], _CONSTANT_AGAIN[:, 1:], _LINE_AGAIN[:, 1:]),
        (_CONSTANT, _LINE[::-1] + 0.1, _CONSTANT_AGAIN, _LINE_AGAIN + 0.13),
        (_CONSTANT[:2], _LINE[:2], _CONSTANT_AGAIN[:3], _LINE_AGAIN[:3]),
    ],
    slips=[
        (
            _gain(lambda a, b, c, d: (_best(c), _best(d)), True),
            "The peaks are chosen on the seeds that report: these flatter the winner.",
        ),
        (
            _gain(lambda a, b, c, d: (_best(a), _best(b)), False),
            "The seeds that chose the peaks also report. The others are for that.",
        ),
        (
            _gain(lambda a, b, c, d: (_best(a), _best(a)), True),
            "Both run at the constant's best peak. So the line is compared "
            "at a peak that suits its rival.",
        ),
        (
            _gain(lambda a, b, c, d: (_best(b), _best(b)), True),
            "Both run at the line's best peak. So the constant is compared "
            "at a peak that suits its rival.",
        ),
        (
            lambda a, b, c, d: float(np.mean(d[:, _best(b)]) - np.mean(c[:, _best(a)])),
            "The sign is wrong: a positive number says that the line's loss is lower.",
        ),
        (
            lambda a, b, c, d: float(c.min() - d.min()),
            "This compares the luckiest run of each. What "
            "is wanted is the mean over the seeds, at one peak for each rival.",
        ),
        (
            lambda a, b, c, d: float(np.mean(c.min(axis=1)) - np.mean(d.min(axis=1))),
            "Each seed has a peak of its own here, the best for it. "
            "Nobody knows that peak before the run.",
        ),
        (
            lambda a, b, c, d: float(np.mean(c) - np.mean(d)),
            "This is the mean over all peaks, good and bad. "
            "Each rival is to be judged at its best.",
        ),
        (
            lambda a, b, c, d: (
                100 * fair_gain(a, b, c, d) / float(np.mean(c[:, _best(a)]))
            ),
            "This is in percent. The difference of the losses is wanted.",
        ),
        (
            _gain(
                lambda a, b, c, d: (
                    int(np.unravel_index(np.argmin(a), a.shape)[1]),
                    int(np.unravel_index(np.argmin(b), b.shape)[1]),
                ),
                True,
            ),
            "The peak of the luckiest run is chosen. "
            "The best peak is the one with the lowest mean over the seeds.",
        ),
        (
            _gain(
                lambda a, b, c, d: (
                    int(np.argmin(np.where(np.isinf(a), 0, a).mean(axis=0))),
                    int(np.argmin(np.where(np.isinf(b), 0, b).mean(axis=0))),
                ),
                True,
            ),
            "A run that diverged counts as a loss of 0, "
            "so its peak looks good. It is the worst there is.",
        ),
    ],
)


def update_vectors(user, item, rating, rate, penalty):
    error = rating - np.sum(user * item)
    return np.stack(
        [
            user + 2 * rate * (error * item - penalty * user),
            item + 2 * rate * (error * user - penalty * item),
        ],
        axis=0,
    )


def _updated(factor=2.0, sign=1.0, shrink=1.0, own=False):
    """A wrong update: another factor or sign, another share of the penalty, or each vector's
    own direction."""

    def answer(user, item, rating, rate, penalty):
        error = sign * (rating - np.sum(user * item))
        along = (user, item) if own else (item, user)
        return np.stack(
            [
                old + factor * rate * (error * other - shrink * penalty * old)
                for old, other in zip((user, item), along)
            ]
        )

    return answer


def _one_after_the_other(user, item, rating, rate, penalty):
    user = user + 2 * rate * ((rating - user @ item) * item - penalty * user)
    return np.stack(
        [user, item + 2 * rate * ((rating - user @ item) * user - penalty * item)]
    )


def _old_error(user, item, rating, rate, penalty):
    error = rating - user @ item
    user = user + 2 * rate * (error * item - penalty * user)
    return np.stack([user, item + 2 * rate * (error * user - penalty * item)])


_PAIR = np.array([1.0, -0.5, 2.0]), np.array([0.4, 1.5, 0.3])


add(
    "3.4.5.2",
    update_vectors,
    "One update of a recommender",
    3,
    """
    Write `update_vectors(user, item, rating, rate, penalty)`: one update of gradient descent on
    one rating. The loss is `(rating - p)**2 + penalty * (a + b)`, where p is the product of the
    vectors `user` and `item`, both of shape (rank,), and a and b are their squared lengths. Return
    the new user vector and the new item vector as the rows of an array of shape (2, rank).
    """,
    why="Both gradients are taken at the old vectors. The derivative "
    "of the square brings the factor 2, and so does that of the "
    "squared length; going against the gradient turns the sign.",
    hints=[
        "Write down the derivative of the loss by one element of the "
        "user's vector. Which element of the item's vector stands in it?",
        "The derivative by the user is -2 (rating - p) item + 2 penalty "
        "user. By the item it is the same with the roles exchanged.",
        "Compute both new vectors from the old ones, and "
        "only then put them together with `np.stack`.",
    ],
    probes=[
        (*_PAIR, 1.0, 0.1, 0.0),
        (*_PAIR, 1.0, 0.1, 0.05),
        (*_PAIR[::-1], -2.0, 0.02, 0.3),
        (_PAIR[0][:2], _PAIR[1][:2], 0.7, 0.25, 0.1),
    ],
    slips=[
        (
            _one_after_the_other,
            "The item is updated with the user's new vector. One "
            "update takes both gradients at the old vectors.",
        ),
        (
            _old_error,
            "The error is the old one, but the item moves along the "
            "user's new vector. Both gradients belong to the old vectors.",
        ),
        (
            _updated(factor=1.0),
            "A factor is missing: the derivative of a square is twice what is inside.",
        ),
        (
            _updated(shrink=0.0),
            "The penalty is not there. It pulls each vector towards zero.",
        ),
        (
            _updated(shrink=0.5),
            "The penalty's derivative has a factor 2 of its own: "
            "that of the squared length is twice the vector.",
        ),
        (
            _updated(shrink=-1.0),
            "The penalty makes the vectors longer. It has the wrong sign.",
        ),
        (
            _updated(sign=-1.0),
            "This goes up: the error has the wrong sign, so the prediction gets worse.",
        ),
        (
            _updated(sign=-1.0, shrink=-1.0),
            "This adds the gradient, which goes up. Gradient descent subtracts it.",
        ),
        (
            _updated(own=True),
            "Each vector moves along itself. In the derivative by the "
            "user stands the item's vector, and the other way round.",
        ),
        (
            lambda user, item, rating, rate, penalty: np.stack(
                [_updated()(user, item, rating, rate, penalty)[0], item]
            ),
            "Only the user has learned from the rating. "
            "The item's vector has a gradient as well.",
        ),
        (
            lambda user, item, rating, rate, penalty: _updated()(
                user, item, rating, rate, penalty
            )[::-1],
            "The rows are in the wrong order: the user comes first.",
        ),
    ],
)
