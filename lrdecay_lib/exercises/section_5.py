"""The exercises of section 5, a project."""

import math

import numpy as np

from . import Named, _Fault, _words, add


# --- 5.1 Setting up -----------------------------------------------------------------------------


def new_enough(have, want):
    have_parts = [int(part) for part in have.split(".")]
    want_parts = [int(part) for part in want.split(".")]
    return have_parts >= want_parts


def _texts(version):
    return version.split(".")


add(
    "5.1.1", new_enough, "Is this version new enough?", 1, """
    Write `new_enough(have, want)`: True if the version `have` is `want` or a later one, else False. Both are texts
    of three whole numbers, as "3.15.1".
    """,
    why="Lists are compared part by part, and the parts must be numbers: as numbers, 15 is more than 5.",
    hints=["Which is the later version, 3.5.0 or 3.15.0? What does Python say to `\"3.15.0\" >= \"3.5.0\"`?",
           "`version.split(\".\")` gives the parts as texts. `int` makes a number of a text.",
           "Two lists of numbers can be compared with `>=`: the first part that differs decides."],
    probes=[("3.6.0", "3.5.0"), ("3.4.9", "3.5.0"), ("3.5.0", "3.5.0"), ("3.15.1", "3.5.0"), ("2.9.3", "2.18.0"),
            ("10.0.0", "9.9.9"), ("2.0.0", "1.26.4"), ("1.26.4", "2.0.0"), ("1.4.10", "1.4.9"), ("3.5.0", "3.15.1"),
            ("1.5.2", "1.4.9"), ("2.3.0", "2.3.1")],
    slips=[
        (lambda have, want: have >= want,
         "Texts are compared letter by letter, whole or in parts, and the letter 1 comes before 5: so 3.15 counts as "
         "older than 3.5."),
        (lambda have, want: [int(part) for part in _texts(have)] > [int(part) for part in _texts(want)],
         "The wanted version itself is new enough."),
        (lambda have, want: float(have.rsplit(".", 1)[0]) >= float(want.rsplit(".", 1)[0]),
         "As a decimal fraction 3.15 is less than 3.5, and the third part is lost. A version is no fraction."),
        (lambda have, want: int(have.replace(".", "")) >= int(want.replace(".", "")),
         "Without the dots 2.9.3 is 293 and 2.18.0 is 2180, but 10.0.0 is 1000: the parts run into one another."),
        (lambda have, want: int(_texts(have)[0]) >= int(_texts(want)[0]),
         "Only the first part is looked at. Where it is equal, the next decides."),
        (lambda have, want: [int(part) for part in _texts(have)][:2] >= [int(part) for part in _texts(want)][:2],
         "The third part is not looked at."),
        (lambda have, want: all(int(a) >= int(b) for a, b in zip(_texts(have), _texts(want))),
         "This wants every part to be large enough. Where an earlier part is larger, the later ones do not matter."),
        (lambda have, want: [int(part) for part in _texts(want)] >= [int(part) for part in _texts(have)],
         "The two are the wrong way round."),
        (lambda have, want: have == want, "A later version than the wanted one is fine as well."),
    ],
)


def decimal_digits(bits):
    return math.floor((bits - 1) * math.log10(2))


add(
    "5.1.2", decimal_digits, "How many digits does a float keep?", 2, """
    A float whose numbers have `bits` binary digits is sure to keep d decimal digits apart as long as 10 to the d is
    at most 2 to the (`bits` − 1). Write `decimal_digits(bits)`: the largest whole d for which that holds, as an
    int.
    """,
    why="Take the logarithm of both sides, and round down. It gives 6 for float32 (24 bits), 15 for float64 (53).",
    hints=["Try it by hand for 11 bits: which powers of 10 are at most 1024?",
           "Taking the logarithm to base 10 of both sides turns the powers into products.",
           "The largest whole number that is at most something is found by rounding down: `math.floor`."],
    probes=[(11,), (24,), (53,), (8,), (9,), (64,), (113,), (4,), (14,), (5,), (31,), (100,)],
    slips=[
        (lambda bits: math.floor(bits * math.log10(2)),
         "This takes 2 to the `bits`: the 1 is forgotten."),
        (lambda bits: math.floor((bits - 1) * math.log(2)),
         "This is the natural logarithm. The digits are those of base 10."),
        (lambda bits: math.ceil((bits - 1) * math.log10(2)),
         "Rounded up, the last digit is not kept for sure."),
        (lambda bits: round((bits - 1) * math.log10(2)),
         "`round` goes to the nearest, and so sometimes up: then the last digit is not kept for sure."),
        (lambda bits: (bits - 1) * math.log10(2), "A number of digits is whole: round down."),
        (lambda bits: bits - 1, "These are binary digits."),
        (lambda bits: math.floor((bits - 1) / math.log10(2)),
         "A decimal digit needs more than three binary ones, so there must be fewer of them: multiply."),
        (lambda bits: math.floor((bits + 1) * math.log10(2)),
         "The 1 has the wrong sign."),
    ],
)


# --- 5.2 A training program that runs ---------------------------------------------------


def residuals(prediction, target):
    return np.ravel(target) - np.ravel(prediction)


_COLUMN = np.array([[1.0], [2.0], [4.0]])  # as a network with one output predicts
_ROW = np.array([1.5, 2.0, 3.0])


add(
    "5.2.1", residuals, "Residuals of the right shape", 1, """
    Write `residuals(prediction, target)`: target minus prediction, one number for each of the n examples,
    always of shape (n,). Either argument may have shape (n,) or (n, 1): a network with one output predicts (n,
    1), and targets are often stored as (n,).
    """,
    why="Both are brought to one shape before they meet, so that broadcasting has nothing to stretch.",
    hints=["Print the shape of `np.ones((3, 1)) - np.ones(3)`. Where do its nine numbers come from?",
           "Broadcasting repeats an axis of length 1 to fit the other array. Give both arrays the same shape "
           "first.",
           "`np.ravel(a)` and `np.reshape(a, -1)` lay an array out along one axis."],
    probes=[(_ROW[::-1], _ROW), (_COLUMN, _ROW), (_ROW, _COLUMN), (_COLUMN, _COLUMN + 0.5),
            (np.array([[0.5]]), np.array([2.0])), (np.arange(5.0) ** 2, np.arange(5.0)[:, None])],
    slips=[
        (lambda p, y: y - p,
         "Between (n, 1) and (n,), NumPy pairs every prediction with every target: shape (n, n), and no error. A "
         "loss taken of that compares each prediction with all targets, so the best a model can do is to "
         "predict their mean. Two columns keep their shape (n, 1)."),
        (lambda p, y: p - y,
         "Shapes (n, 1) and (n,) give (n, n), every prediction paired with every target; and the sign is wrong: "
         "target minus prediction is wanted."),
        (lambda p, y: np.ravel(p) - np.ravel(y), "The sign is wrong: target minus prediction is wanted."),
        (lambda p, y: np.ravel(y - p),
         "The subtraction comes too early: it has already paired every prediction with every target, and the n × n "
         "numbers are only laid out in a row."),
        (lambda p, y: np.reshape(y, (-1, 1)) - np.reshape(p, (-1, 1)),
         "The numbers are right and stand in a column. Shape (n,) is wanted, which has one axis."),
        (lambda p, y: y - np.reshape(p, np.shape(y)),
         "The prediction takes the target's shape, so a target of shape (n, 1) gives a column. Shape (n,) is "
         "wanted always."),
        (lambda p, y: np.squeeze(y) - np.squeeze(p),
         "`np.squeeze` takes away every axis of length 1. With one example that is also the axis of the examples."),
        (lambda p, y: (np.ravel(y) - np.ravel(p)) ** 2, "These are squared residuals."),
        (lambda p, y: np.abs(np.ravel(y) - np.ravel(p)), "These are absolute values: the signs are lost."),
        (lambda p, y: float(np.mean(np.ravel(y) - np.ravel(p))),
         "This is their mean. One number for each example is wanted."),
    ],
)


def rates_of_a_run(schedule, epochs, updates_per_epoch):
    return schedule(np.arange(epochs * updates_per_epoch))


_LINEAR = Named("lambda t: 0.4 * (1 - t / 900)")
_STEP = Named("lambda t: 0.1 * 0.5 ** (t // 100)")


add(
    "5.2.2", rates_of_a_run, "All rates of a run", 2, """
    Write `rates_of_a_run(schedule, epochs, updates_per_epoch)`: the rates that a run uses, one for each update,
    in order, as an array or a list. `schedule` is a function of the update index, a number or an array. The
    index is 0 at the first update of the run and is counted through all epochs.
    """,
    why="The optimizer counts through the run and knows nothing of epochs, so only the number of updates matters.",
    hints=["How many updates does the run have in all? Write down their indices for 2 epochs of 3 updates.",
           "`np.arange(n)` counts from 0 to n - 1, and `schedule` takes an array."],
    probes=[(_LINEAR, 1, 3), (_LINEAR, 2, 3), (_LINEAR, 3, 2), (_STEP, 5, 50), (_STEP, 1, 250)],
    slips=[
        (lambda schedule, epochs, n: np.tile(schedule(np.arange(n)), epochs),
         "The count begins again in every epoch, and with it the schedule: the article's fault. After the first "
         "epoch, which number has the next update?"),
        (lambda schedule, epochs, n: schedule(np.arange(epochs)),
         "There is one rate for each epoch, and the epoch's number went to the schedule as if it were an "
         "update's."),
        (lambda schedule, epochs, n: schedule(np.arange(epochs) * n),
         "There is one rate for each epoch. A run uses one for each update."),
        (lambda schedule, epochs, n: schedule(np.arange(n)), "These are the rates of the first epoch alone."),
        (lambda schedule, epochs, n: np.repeat(schedule(np.arange(epochs)), n),
         "The epoch's number went to the schedule as if it were an update's."),
        (lambda schedule, epochs, n: np.repeat(schedule(np.arange(epochs) * n), n),
         "Each epoch keeps the rate of its first update. The schedule is asked at every update."),
        (lambda schedule, epochs, n: schedule(np.arange(epochs * n) + 1),
         "The count begins at 1. The first update is number 0."),
        (lambda schedule, epochs, n: schedule(np.arange(epochs * n + 1)),
         "There is one rate too many: the last index is one below the number of updates."),
        (lambda schedule, epochs, n: schedule(np.arange(epochs * n - 1)),
         "The rate of the last update is missing."),
        (lambda schedule, epochs, n: schedule(np.arange(epochs * n).reshape(epochs, n)),
         "The rates are right and stand in a table, one row to an epoch. One after another is wanted."),
        (lambda schedule, epochs, n: schedule(np.add.outer(np.arange(n), n * np.arange(epochs)).ravel()),
         "All rates are there and not in order: the loop over the epochs must be the outer one."),
        (lambda schedule, epochs, n: schedule(np.multiply.outer(np.arange(epochs), np.arange(n)).ravel()),
         "The epoch's number is multiplied by the update's. How many updates lie before epoch e?"),
        (lambda schedule, epochs, n: schedule(np.add.outer(np.arange(epochs), np.arange(n)).ravel()),
         "Each epoch starts only one update later than the one before: epoch e begins after e whole epochs."),
    ],
)


# --- 5.3 Reading the program --------------------------------------------------------------------


def rate_per_epoch(schedule, updates_per_epoch):
    def rate(epoch):
        return schedule(epoch * updates_per_epoch)
    return rate


def _rate_of_epoch(answer, schedule, updates_per_epoch, epoch):
    rate = answer(schedule, updates_per_epoch)
    if rate is not None and not callable(rate):
        return _Fault(f"`rate_per_epoch` gives {_words(rate)}, where a function of the epoch is wanted: define one "
                      "inside it, or write a `lambda`, and return that.")
    return rate if rate is None else rate(epoch)


add(
    "5.3.1", rate_per_epoch, "From updates to epochs", 2, """
    The Keras callback `LearningRateScheduler` asks a function of the epoch, counted from 0, for one rate, and
    uses it for the whole epoch. Write `rate_per_epoch(schedule, updates_per_epoch)`: it returns such a
    function. The rate of an epoch is the one that `schedule`, a function of the update index, has at the first
    update of that epoch.
    """,
    why="Epoch e begins after e whole epochs, so its first update has the index e times `updates_per_epoch`.",
    hints=["With 50 updates in an epoch, which updates belong to epoch 0, and which to epoch 1?",
           "A function may return a function: `def rate(epoch): ...` inside, then `return rate`."],
    probes=[*((_STEP, 50, epoch) for epoch in (0, 1, 2, 3, 10)),
            *((_LINEAR, 45, epoch) for epoch in (0, 1, 7, 19)),
            *((Named("lambda t: np.minimum(t / 30, 1.0)"), 10, epoch) for epoch in (0, 1, 2, 3, 12))],
    slips=[
        (lambda schedule, n: schedule,
         "The epoch goes to the schedule as if it were an update, so the decay is `updates_per_epoch` times too "
         "slow."),
        (lambda schedule, n: lambda epoch: schedule((epoch + 1) * n - 1),
         "This is the rate of the last update of the epoch. The first is wanted."),
        (lambda schedule, n: lambda epoch: schedule((epoch + 1) * n),
         "This is the first update of the epoch after. Epochs are counted from 0."),
        (lambda schedule, n: lambda epoch: schedule(max((epoch - 1) * n, 0)),
         "This is one epoch behind: it takes the first epoch for number 1. Epochs are counted from 0."),
        (lambda schedule, n: lambda epoch: schedule(epoch * n + 1),
         "This is the second update of the epoch: updates are counted from 0 as well."),
        (lambda schedule, n: lambda epoch: schedule(epoch / n),
         "This divides. An epoch holds many updates, so the update index is larger than the epoch."),
        (lambda schedule, n: lambda epoch: schedule(epoch // n),
         "This divides and cuts off. An epoch holds many updates, so the update index is larger than the epoch."),
        (lambda schedule, n: lambda epoch: float(np.mean(schedule(np.arange(n) + epoch * n))),
         "This is the mean over the epoch. The rate of its first update is wanted."),
        (lambda schedule, n: lambda epoch: int(schedule(epoch * n)),
         "The rate is cut off to a whole number: learning rates are fractions."),
        (lambda schedule, n: lambda epoch: schedule(0),
         "Every epoch gets the rate of update 0, as if the schedule began again each time."),
    ],
    use=_rate_of_epoch, asked="rate_per_epoch({}, {})({})",
)


def count_updates(samples, batch_size, epochs):
    return math.ceil(samples / batch_size) * epochs


add(
    "5.3.2", count_updates, "How many updates?", 1, """
    Write `count_updates(samples, batch_size, epochs)`: how many updates a training makes, as an int. Each epoch
    goes through all samples once, one update to a batch. A last batch that is not full is trained on as well,
    as `fit` does.
    """,
    why="An epoch has a whole number of batches, rounded up; the next epoch begins with a fresh batch.",
    hints=["How many batches do 10 samples make, 4 to a batch? How many updates are that in 3 epochs?",
           "`//` leaves the batch out that is not full. `math.ceil` rounds up, and gives an int."],
    probes=[(1000, 32, 25), (10, 4, 3), (64, 32, 3), (442, 16, 10), (5, 10, 2), (100, 100, 7), (3, 1, 4)],
    slips=[
        (lambda samples, size, epochs: samples // size * epochs,
         "The last batch of each epoch is left out where it is not full. `//` rounds down."),
        (lambda samples, size, epochs: math.ceil(samples * epochs / size),
         "Here a batch runs on into the next epoch. Each epoch begins with a fresh batch, so each is rounded by "
         "itself."),
        (lambda samples, size, epochs: samples * epochs // size,
         "This rounds only once, at the end, and down. Each epoch has its own last batch, full or not."),
        (lambda samples, size, epochs: (samples // size + 1) * epochs,
         "One too many in each epoch wherever the batches divide the samples evenly."),
        (lambda samples, size, epochs: math.ceil(samples / size), "These are the updates of one epoch."),
        (lambda samples, size, epochs: samples * epochs,
         "This is one update to a sample. A batch of samples makes one update."),
        (lambda samples, size, epochs: samples / size * epochs,
         "The number of batches in an epoch is whole: the last may be smaller, but is a batch."),
        (lambda samples, size, epochs: round(samples / size) * epochs,
         "`round` goes to the nearest whole number, so it leaves out a last batch that is less than half full."),
    ],
)


# --- 5.4 The result -----------------------------------------------------------------------------


def r_squared(target, prediction):
    target, prediction = np.ravel(target), np.ravel(prediction)
    left = np.sum((target - prediction) ** 2)
    spread = np.sum((target - target.mean()) ** 2)
    return 1 - left / spread


_Y = np.array([1.0, 2.0, 3.0, 4.0, 7.0])


def _ratio(left, spread):
    """A wrong R²: 1 minus ``left(y, p)`` over ``spread(y, p)``, with both laid out in a row."""
    return lambda y, p: float(1 - left(np.ravel(y), np.ravel(p)) / spread(np.ravel(y), np.ravel(p)))


def _missed(y, p):
    return np.sum((y - p) ** 2)


def _spread(y, p):
    return np.sum((y - y.mean()) ** 2)


add(
    "5.4.1", r_squared, "R² of a regression", 2, """
    Write `r_squared(target, prediction)`: the share of the target's variance that the prediction explains. It
    is 1 for a perfect prediction, 0 for always predicting the target's mean, and below 0 for anything worse
    than that. Either argument may have shape (n,) or (n, 1).
    """,
    why="The mean is the rival: R² compares what is left of the squares with what the mean would leave.",
    hints=["How large is the sum of squared errors of the prediction, and how large would it be if the target's "
           "mean were predicted for everything?",
           "R² is 1 minus a quotient. Which of its two sums must be 0 for a perfect prediction?",
           "Before you subtract, bring both arguments to shape (n,)."],
    probes=[(_Y, _Y + [0.5, -0.5, 1.0, 0.0, -1.0]), (_Y, 0.5 * _Y), (_Y, _Y[::-1]), (_Y, np.full(5, 3.4)),
            (_Y, _Y + 1), (_Y, _Y[:, None] + 1), (_Y[:, None], 2 * _Y)],
    slips=[
        (lambda y, p: float(1 - np.sum((y - p) ** 2) / np.sum((y - np.mean(y)) ** 2)),
         "For shapes (n,) it is right. With (n, 1) beside (n,), the difference has shape (n, n): every target is "
         "compared with every prediction."),
        (lambda y, p: 100 * r_squared(y, p), "This is in percent. A perfect prediction must give 1."),
        (lambda y, p: 1 - r_squared(y, p),
         "This is the share that is left unexplained: a perfect prediction gives 0."),
        (lambda y, p: r_squared(p, y),
         "The spread in the quotient is that of the prediction. Has the order of the arguments changed? The "
         "rival is the target's mean."),
        (_ratio(_missed, lambda y, p: np.sum((y - p.mean()) ** 2)),
         "The spread is taken about the prediction's mean. The rival is the target's own mean."),
        (_ratio(_missed, lambda y, p: np.sum(y**2)),
         "The spread is taken about 0. The rival is the target's mean, so a prediction of the mean must give 0."),
        (lambda y, p: float(np.corrcoef(np.ravel(y), np.ravel(p))[0, 1] ** 2) if np.ptp(p) else math.nan,
         "This is the squared correlation. It forgives a prediction that is off by a constant, a factor or a "
         "sign; R² does not."),
        (lambda y, p: float(np.corrcoef(np.ravel(y), np.ravel(p))[0, 1]) if np.ptp(p) else math.nan,
         "This is the correlation: it forgives a prediction that is off by a constant or a factor."),
        (_ratio(lambda y, p: np.var(y - p), lambda y, p: np.var(y)),
         "This forgives a prediction that is off by a constant: `np.var` takes the mean of the errors away first."),
        (_ratio(lambda y, p: np.mean((y - p) ** 2), lambda y, p: 1),
         "This is 1 minus the mean squared error, which depends on the unit. It must be compared with the mean's "
         "error."),
        (_ratio(_missed, lambda y, p: np.var(y)),
         "A sum is divided by a mean, so the quotient is n times too large."),
        (_ratio(lambda y, p: np.mean((y - p) ** 2), _spread),
         "A mean is divided by a sum, so the quotient is n times too small."),
        (_ratio(lambda y, p: np.mean((y - p) ** 2), lambda y, p: np.var(y, ddof=1)),
         "One is divided by n and the other by n - 1. Take both sums, or both means."),
        (lambda y, p: float(np.var(p) / np.var(y)),
         "This is the prediction's variance over the target's. A prediction can vary as much as the target and "
         "still be wrong everywhere: the errors must come in."),
        (lambda y, p: float(np.mean((np.ravel(y) - np.ravel(p)) ** 2)),
         "This is the mean squared error, which is 0 for a perfect prediction and depends on the unit."),
        (_ratio(lambda y, p: np.sum(np.abs(y - p)), lambda y, p: np.sum(np.abs(y - y.mean()))),
         "Absolute errors are compared. R² compares squares."),
        (_ratio(lambda y, p: np.sqrt(_missed(y, p)), lambda y, p: np.sqrt(_spread(y, p))),
         "Roots are compared. R² compares the squares themselves."),
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
    """An interval as `paired_interval`, but for what is given; ``lost`` degrees of freedom, None: normal."""
    def interval(a, b):
        from scipy import stats

        n = len(a)
        spread = np.std(b - a, ddof=ddof) if paired else math.hypot(np.std(a, ddof=1), np.std(b, ddof=1))
        freedom = math.inf if lost is None else n - lost if paired else 2 * n - 2
        reach = stats.t.ppf(level, freedom) * spread / (math.sqrt(n) if root else 1)
        return np.mean(b - a) - reach, np.mean(b - a) + reach
    return interval


_LOSS_A = np.array([0.52, 0.61, 0.48, 0.70, 0.55])  # of one rival over five seeds
_LOSS_B = np.array([0.50, 0.60, 0.45, 0.69, 0.52])


add(
    "5.4.2", paired_interval, "A paired interval over seeds", 3, """
    `a` and `b` are the losses of two rivals, arrays of shape (n,), where `a[i]` and `b[i]` come from the same
    seed. Write `paired_interval(a, b)`: the ends (low, high) of the 95 % t-interval of the mean of b − a.
    `scipy.stats.t.ppf(q, df)` is the quantile function of the t-distribution.
    """,
    why="Pairing comes first: one difference per seed takes away what both rivals share, and n differences have "
        "n - 1 degrees of freedom.",
    hints=["Make one number of each seed first. The interval is then that of a mean of n numbers.",
           "The reach of the interval to each side is a quantile times the standard error. How does the standard "
           "error follow from the standard deviation of n numbers?",
           "95 % in the middle leaves 2.5 % on each side. The standard deviation of a sample divides by n - 1, "
           "which `np.std` does with `ddof=1`."],
    probes=[(_LOSS_A, _LOSS_B), (_LOSS_A, _LOSS_A[::-1] + 0.2), (np.array([1.0, 2.0]), np.array([1.5, 2.1])),
            (np.arange(12.0), np.arange(12.0) ** 1.1)],
    slips=[
        (lambda a, b: _interval()(b, a),
         "The sign is wrong: this is a − b. With losses, b − a below 0 says that b is better."),
        (_interval(lost=None), "The quantile is that of the normal distribution, 1.96. With a handful of seeds, "
                               "whose spread is itself estimated, the interval must be wider."),
        (_interval(lost=0), "The degrees of freedom are one too many: one is spent on the mean."),
        (_interval(level=0.95), "The quantile leaves 5 % on each side, so this is a 90 % interval."),
        (_interval(ddof=0), "The standard deviation is divided by n, as `np.std` does by default. Of a sample it "
                            "is n - 1."),
        (_interval(root=False), "The reach is that of single differences. The mean of n of them varies less."),
        (_interval(lost=None, ddof=0), "Two things make it too narrow: the normal quantile, 1.96, and a standard "
                                       "deviation divided by n."),
        (_interval(root=False, ddof=0), "The reach is that of single differences (the mean of n varies less), "
                                        "and the standard deviation is divided by n."),
        (_interval(paired=False), "The pairs are lost: this treats `a` and `b` as two independent samples, so "
                                  "what a seed does to both widens the interval."),
        (_interval(lost=None, paired=False),
         "The pairs are lost (`a` and `b` are treated as two independent samples), and the quantile is that of "
         "the normal distribution."),
        (_interval(lost=None, root=False),
         "The reach is that of single differences (the mean of n varies less), and the quantile is that of the "
         "normal distribution."),
        (_interval(lost=None, root=False, ddof=0),
         "Three things differ from a t-interval of the mean: the quantile is the normal one, the standard "
         "deviation is divided by n, and the reach is that of single differences."),
        (lambda a, b: tuple(np.percentile(b - a, [2.5, 97.5])),
         "These are percentiles of the differences: where single seeds lie. The interval of their mean is wanted."),
        (lambda a, b: _interval()(a, b)[::-1], "The ends are in the wrong order: (low, high) is wanted."),
        (lambda a, b: (_interval()(a, b)[0] - np.mean(b - a), _interval()(a, b)[1] - np.mean(b - a)),
         "This interval lies around 0. It must lie around the mean difference."),
        (lambda a, b: (np.mean(b - a), _interval()(a, b)[1] - np.mean(b - a)),
         "This is the mean and the reach. The two ends of the interval are wanted."),
        (lambda a, b: float(np.mean(b - a)), "This is the mean difference alone. How far could it be off?"),
    ],
)
