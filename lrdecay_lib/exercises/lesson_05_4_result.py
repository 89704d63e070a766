"""Exercises of lesson 5.4, the result."""

import math

import numpy as np

from . import add


def r_squared(target, prediction):
    target, prediction = np.ravel(target), np.ravel(prediction)
    left = np.sum((target - prediction) ** 2)
    spread = np.sum((target - target.mean()) ** 2)
    return 1 - left / spread


_Y = np.array([1.0, 2.0, 3.0, 4.0, 7.0])


def _ratio(left, spread):
    """A wrong R²: 1 minus ``left(y, p)`` over ``spread(y, p)``, with both laid out in a row."""
    return lambda y, p: float(
        1 - left(np.ravel(y), np.ravel(p)) / spread(np.ravel(y), np.ravel(p))
    )


def _missed(y, p):
    return np.sum((y - p) ** 2)


def _spread(y, p):
    return np.sum((y - y.mean()) ** 2)


add(
    "5.4.1",
    r_squared,
    "R² of a regression",
    2,
    """
    Write `r_squared(target, prediction)`: the share of the target's variance that the prediction
    explains. It is 1 for a perfect prediction, 0 for always predicting the target's mean, and
    below 0 for anything worse than that. Either argument may have shape (n,) or (n, 1).
    """,
    why="The mean is the rival: R² compares what is left "
    "of the squares with what the mean would leave.",
    hints=[
        "How large is the sum of squared errors of the prediction, and how "
        "large would it be if the target's mean were predicted for everything?",
        "R² is 1 minus a quotient. Which of its two "
        "sums must be 0 for a perfect prediction?",
        "Before you subtract, bring both arguments to shape (n,).",
    ],
    probes=[
        (_Y, _Y + [0.5, -0.5, 1.0, 0.0, -1.0]),
        (_Y, 0.5 * _Y),
        (_Y, _Y[::-1]),
        (_Y, np.full(5, 3.4)),
        (_Y, _Y + 1),
        (_Y, _Y[:, None] + 1),
        (_Y[:, None], 2 * _Y),
    ],
    slips=[
        (
            lambda y, p: float(
                1 - np.sum((y - p) ** 2) / np.sum((y - np.mean(y)) ** 2)
            ),
            "For shapes (n,) it is right. With (n, 1) beside (n,), the difference "
            "has shape (n, n): every target is compared with every prediction.",
        ),
        (
            lambda y, p: 100 * r_squared(y, p),
            "This is in percent. A perfect prediction must give 1.",
        ),
        (
            lambda y, p: 1 - r_squared(y, p),
            "This is the share that is left unexplained: a perfect prediction gives 0.",
        ),
        (
            lambda y, p: r_squared(p, y),
            "The spread in the quotient is that of the prediction. Has the "
            "order of the arguments changed? The rival is the target's mean.",
        ),
        (
            _ratio(_missed, lambda y, p: np.sum((y - p.mean()) ** 2)),
            "The spread is taken about the prediction's "
            "mean. The rival is the target's own mean.",
        ),
        (
            _ratio(_missed, lambda y, p: np.sum(y**2)),
            "The spread is taken about 0. The rival is the target's "
            "mean, so a prediction of the mean must give 0.",
        ),
        (
            lambda y, p: (
                float(np.corrcoef(np.ravel(y), np.ravel(p))[0, 1] ** 2)
                if np.ptp(p)
                else math.nan
            ),
            "This is the squared correlation. It forgives a prediction "
            "that is off by a constant, a factor or a sign; R² does not.",
        ),
        (
            lambda y, p: (
                float(np.corrcoef(np.ravel(y), np.ravel(p))[0, 1])
                if np.ptp(p)
                else math.nan
            ),
            "This is the correlation: it forgives a prediction "
            "that is off by a constant or a factor.",
        ),
        (
            _ratio(lambda y, p: np.var(y - p), lambda y, p: np.var(y)),
            "This forgives a prediction that is off by a constant: "
            "`np.var` takes the mean of the errors away first.",
        ),
        (
            _ratio(lambda y, p: np.mean((y - p) ** 2), lambda y, p: 1),
            "This is 1 minus the mean squared error, which depends "
            "on the unit. It must be compared with the mean's error.",
        ),
        (
            _ratio(_missed, lambda y, p: np.var(y)),
            "A sum is divided by a mean, so the quotient is n times too large.",
        ),
        (
            _ratio(lambda y, p: np.mean((y - p) ** 2), _spread),
            "A mean is divided by a sum, so the quotient is n times too small.",
        ),
        (
            _ratio(lambda y, p: np.mean((y - p) ** 2), lambda y, p: np.var(y, ddof=1)),
            "One is divided by n and the other by "
            "n - 1. Take both sums, or both means.",
        ),
        (
            lambda y, p: float(np.var(p) / np.var(y)),
            "This is the prediction's variance over the target's. "
            "A prediction can vary as much as the target and "
            "still be wrong everywhere: the errors must come in.",
        ),
        (
            lambda y, p: float(np.mean((np.ravel(y) - np.ravel(p)) ** 2)),
            "This is the mean squared error, which is 0 for "
            "a perfect prediction and depends on the unit.",
        ),
        (
            _ratio(
                lambda y, p: np.sum(np.abs(y - p)),
                lambda y, p: np.sum(np.abs(y - y.mean())),
            ),
            "Absolute errors are compared. R² compares squares.",
        ),
        (
            _ratio(
                lambda y, p: np.sqrt(_missed(y, p)), lambda y, p: np.sqrt(_spread(y, p))
            ),
            "Roots are compared. R² compares the squares themselves.",
        ),
    ],
)


def paired_interval(a, b):
    from scipy import stats

    difference = b - a
    n = len(difference)
    error = np.std(difference, ddof=1) / math.sqrt(n)
    reach = stats.t.ppf(0.975, df=n - 1) * error
    return difference.mean() - reach, difference.mean() + reach


def _interval(level=0.975, lost=1, ddof=1, root=True, paired=True):
    """An interval as `paired_interval`, but for what is given; ``lost`` degrees of freedom,
    None: normal."""

    def interval(a, b):
        from scipy import stats

        n = len(a)
        spread = (
            np.std(b - a, ddof=ddof)
            if paired
            else math.hypot(np.std(a, ddof=1), np.std(b, ddof=1))
        )
        freedom = math.inf if lost is None else n - lost if paired else 2 * n - 2
        reach = stats.t.ppf(level, freedom) * spread / (math.sqrt(n) if root else 1)
        return np.mean(b - a) - reach, np.mean(b - a) + reach

    return interval


_LOSS_A = np.array([0.52, 0.61, 0.48, 0.70, 0.55])  # of one rival over five seeds
_LOSS_B = np.array([0.50, 0.60, 0.45, 0.69, 0.52])


add(
    "5.4.2",
    paired_interval,
    "A paired interval over seeds",
    3,
    """
    `a` and `b` are the losses of two rivals, arrays of shape (n,), where `a[i]` and `b[i]` come
    from the same seed. Write `paired_interval(a, b)`: the ends (low, high) of the 95 % t-interval
    of the mean of b − a. `scipy.stats.t.ppf(q, df)` is the quantile function of the t-distribution.
    """,
    why="Pairing comes first: one difference per seed takes away what "
    "both rivals share, and n differences have n - 1 degrees of freedom.",
    hints=[
        "Make one number of each seed first. The "
        "interval is then that of a mean of n numbers.",
        "The reach of the interval to each side is a quantile "
        "times the standard error. How does the standard error "
        "follow from the standard deviation of n numbers?",
        "95 % in the middle leaves 2.5 % on each side. The standard deviation "
        "of a sample divides by n - 1, which `np.std` does with `ddof=1`.",
    ],
    probes=[
        (_LOSS_A, _LOSS_B),
        (_LOSS_A, _LOSS_A[::-1] + 0.2),
        (np.array([1.0, 2.0]), np.array([1.5, 2.1])),
        (np.arange(12.0), np.arange(12.0) ** 1.1),
    ],
    slips=[
        (
            lambda a, b: _interval()(b, a),
            "The sign is wrong: this is a − b. With "
            "losses, b − a below 0 says that b is better.",
        ),
        (
            _interval(lost=None),
            "The quantile is that of the normal distribution, 1.96. With a handful "
            "of seeds, whose spread is itself estimated, the interval must be wider.",
        ),
        (
            _interval(lost=0),
            "The degrees of freedom are one too many: one is spent on the mean.",
        ),
        (
            _interval(level=0.95),
            "The quantile leaves 5 % on each side, so this is a 90 % interval.",
        ),
        (
            _interval(ddof=0),
            "The standard deviation is divided by n, as "
            "`np.std` does by default. Of a sample it is n - 1.",
        ),
        (
            _interval(root=False),
            "The reach is that of single differences. "
            "The mean of n of them varies less.",
        ),
        (
            _interval(lost=None, ddof=0),
            "Two things make it too narrow: the normal quantile, "
            "1.96, and a standard deviation divided by n.",
        ),
        (
            _interval(root=False, ddof=0),
            "The reach is that of single differences (the mean of n "
            "varies less), and the standard deviation is divided by n.",
        ),
        (
            _interval(paired=False),
            "The pairs are lost: this treats `a` and `b` as two independent "
            "samples, so what a seed does to both widens the interval.",
        ),
        (
            _interval(lost=None, paired=False),
            "The pairs are lost (`a` and `b` are treated as two independent "
            "samples), and the quantile is that of the normal distribution.",
        ),
        (
            _interval(lost=None, root=False),
            "The reach is that of single differences (the mean of n varies "
            "less), and the quantile is that of the normal distribution.",
        ),
        (
            _interval(lost=None, root=False, ddof=0),
            "Three things differ from a t-interval of the mean: the "
            "quantile is the normal one, the standard deviation is "
            "divided by n, and the reach is that of single differences.",
        ),
        (
            lambda a, b: tuple(np.percentile(b - a, [2.5, 97.5])),
            "These are percentiles of the differences: where single "
            "seeds lie. The interval of their mean is wanted.",
        ),
        (
            lambda a, b: _interval()(a, b)[::-1],
            "The ends are in the wrong order: (low, high) is wanted.",
        ),
        (
            lambda a, b: (
                _interval()(a, b)[0] - np.mean(b - a),
                _interval()(a, b)[1] - np.mean(b - a),
            ),
            "This interval lies around 0. It must lie around the mean difference.",
        ),
        (
            lambda a, b: (np.mean(b - a), _interval()(a, b)[1] - np.mean(b - a)),
            "This is the mean and the reach. The two ends of the interval are wanted.",
        ),
        (
            lambda a, b: float(np.mean(b - a)),
            "This is the mean difference alone. How far could it be off?",
        ),
    ],
)
