"""Exercises of lesson 3.4.5, recommender systems."""

import numpy as np

from . import add


def predict_ratings(users, items, pairs):
    return np.sum(users[pairs[:, 0]] * items[pairs[:, 1]], axis=1)


_USERS = np.array(
    [[1.0, 0.5, -1.0], [0.0, 2.0, 1.0], [-1.5, 1.0, 0.25], [2.0, -0.5, 3.0]]
)
_ITEMS = np.array(
    [
        [0.5, 1.0, 2.0],
        [-1.0, 0.3, 0.7],
        [1.2, -2.0, 0.4],
        [0.1, 0.6, -0.9],
        [2.5, 1.5, -0.2],
    ]
)


add(
    "3.4.5.1",
    predict_ratings,
    "Predicted ratings",
    1,
    """
    Write `predict_ratings(users, items, pairs)`: the predicted rating of each pair, an array of
    shape (n,). `users` has shape (number of users, rank), one vector to a row, and `items` has
    shape (number of items, rank). `pairs` has shape (n, 2): the number of a user and the number of
    an item.
    """,
    why="Indexing with an array of numbers takes a row for each "
    "of them, so the two factors have the shape (n, rank), and "
    "the sum over the rank leaves one product for each pair.",
    hints=[
        "What does `users[np.array([2, 0, 2])]` give? Try it with three users.",
        "Take the vectors of all pairs' users, and those of "
        "all pairs' items: two arrays of shape (n, rank).",
        "The product of two vectors is the sum over "
        "their elements' products, here along axis 1.",
    ],
    probes=[
        (_USERS, _ITEMS, np.array([[0, 1], [2, 3]])),
        (_USERS, _ITEMS, np.array([[0, 1], [2, 4], [3, 0], [1, 3], [0, 2]])),
        (_USERS, _ITEMS, np.array([[1, 1], [1, 2]])),
        (_USERS[:, :2], _ITEMS[:, :2], np.array([[3, 4]])),
    ],
    slips=[
        (
            lambda u, v, pairs: u @ v.T,
            "This is the whole table, every user with every "
            "item. Only the pairs that were asked are wanted.",
        ),
        (
            lambda u, v, pairs: u[pairs[:, 0]] @ v[pairs[:, 1]].T,
            "This pairs every user that was asked with every item that "
            "was asked: shape (n, n). One number for each pair is wanted.",
        ),
        (
            lambda u, v, pairs: u[pairs[:, 0]] * v[pairs[:, 1]],
            "The products of the elements are there, "
            "and not yet added up: shape (n, rank).",
        ),
        (
            lambda u, v, pairs: np.sum(
                u[pairs[:, 1] % len(u)] * v[pairs[:, 0]], axis=1
            ),
            "User and item are exchanged: in a pair the user comes first.",
        ),
        (
            lambda u, v, pairs: np.mean(u[pairs[:, 0]] * v[pairs[:, 1]], axis=1),
            "This is the mean over the rank. The product of two vectors is the sum.",
        ),
        (
            lambda u, v, pairs: np.sum(u[pairs[:, 0]] * v[pairs[:, 1]], axis=0),
            "The sum goes over the pairs. It must go over the rank, within each pair.",
        ),
        (
            lambda u, v, pairs: float(np.sum(u[pairs[:, 0]] * v[pairs[:, 1]])),
            "This adds up everything. One number for each pair is wanted.",
        ),
        (
            lambda u, v, pairs: np.sum(
                (u[pairs[:, 0]] * v[pairs[:, 1]])
                / np.linalg.norm(u[pairs[:, 0]], axis=1)[:, None]
                / np.linalg.norm(v[pairs[:, 1]], axis=1)[:, None],
                axis=1,
            ),
            "This is the cosine of the angle between the "
            "vectors. Their lengths belong to the prediction.",
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
