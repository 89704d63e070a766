"""The exercises of section 8, the summary, the trends and the outlook."""

import numpy as np

from . import add


# --- 8.2.2 Several tasks at once, and federated learning ----------------------------------------


def average(weights, samples):
    return samples @ weights / np.sum(samples)


_TWO_CLIENTS = np.array([[1.0, 2.0, -1.0], [3.0, 0.5, 4.0]])
_FOUR_CLIENTS = np.array([[0.2, 1.5], [-1.0, 2.5], [4.0, 0.3], [1.1, -2.0]])


add(
    "8.2.2.1", average, "The server's average", 1, """
    Write `average(weights, samples)`: the common weights after a round. `weights` is an array of shape (clients, n),
    a row for what each client sends back; `samples`, of shape (clients,), says how many samples each has. Each
    client counts in proportion to its samples. The result has shape (n,).
    """,
    why="The loss over all samples weighs each client by its number of samples, and so does the average.",
    hints=["Two clients with 10 and 30 samples: with what share does each count?",
           "Multiply each row by its number of samples, add the rows, and divide by the number of all samples. "
           "`samples @ weights` does the first two."],
    probes=[(_TWO_CLIENTS, np.array([10, 30])), (_TWO_CLIENTS, np.array([7, 2])), (_TWO_CLIENTS, np.array([5, 5])),
            (_FOUR_CLIENTS, np.array([1, 2, 3, 40])), (_FOUR_CLIENTS, np.array([100, 20, 60, 10]))],
    slips=[
        (lambda w, n: np.mean(w, axis=0),
         "Every client counts the same here. A client with more samples must count more."),
        (lambda w, n: n @ w, "This is the sum. It must be divided by the number of all samples."),
        (lambda w, n: n @ w / len(n), "This divides by the number of clients, and not by the number of samples."),
        (lambda w, n: np.sum(w, axis=0), "This adds the clients up and weighs none. An average is wanted."),
        (lambda w, n: n[:, None] * w / np.sum(n), "These are the clients' shares. They must still be added."),
        (lambda w, n: (1 / n) @ w / np.sum(1 / n),
         "This is upside down: the client with the fewest samples counts most."),
        (lambda w, n: w[np.argmax(n)], "This takes the client with the most samples and drops the others."),
    ],
)


def bias(curvatures, optima, rate, local):
    left = (1 - rate * curvatures) ** local
    rest = np.sum((1 - left) * optima) / np.sum(1 - left)
    return rest - np.sum(curvatures * optima) / np.sum(curvatures)


def _rest(pull, c):
    return np.sum(pull * c) / np.sum(pull)


_BENDS, _AIMS = np.array([1.0, 0.1]), np.array([0.0, 1.0])
_THREE_BENDS, _THREE_AIMS = np.array([2.0, 0.5, 0.2]), np.array([1.0, -0.5, 3.0])


add(
    "8.2.2.2", bias, "Where federated averaging rests", 2, """
    Client i has the loss h (w - c)² / 2, with its own h in `curvatures` and c in `optima`, two arrays. In each round
    every client makes `local` updates at the constant `rate`, and the results are averaged, each with the same
    weight. Write `bias(curvatures, optima, rate, local)`: the resting point of w minus the optimum of the clients'
    mean loss.
    """,
    why="A round leaves the share (1 - rate h)**local of the distance to each c, so each client pulls with what it does "
        "not leave; the optimum weighs the clients by h instead.",
    hints=["By what number do `local` updates multiply the distance between w and a client's own optimum?",
           "At rest the average of what the clients send back is w again. Solve that equation for w: it is an average of "
           "the c, and each counts with 1 minus that number.",
           "The optimum is an average of the c too, in which each counts with h. With `local` = 1 the bias must be 0."],
    probes=[(_BENDS, _AIMS, 0.5, 1), (_BENDS, _AIMS, 0.5, 5), (_BENDS, _AIMS, 0.5, 20), (_BENDS, _AIMS, 0.01, 20),
            (_THREE_BENDS, _THREE_AIMS, 0.3, 3), (_THREE_BENDS, _THREE_AIMS, 0.7, 7), (_THREE_BENDS, _THREE_AIMS, 0.1, 2)],
    slips=[
        (lambda h, c, r, e: _rest(1 - (1 - r * h) ** e, c), "This is where it rests. Subtract the optimum."),
        (lambda h, c, r, e: _rest(h, c) - _rest(1 - (1 - r * h) ** e, c),
         "The sign is wrong: resting point minus optimum is wanted."),
        (lambda h, c, r, e: abs(_rest(1 - (1 - r * h) ** e, c) - _rest(h, c)),
         "The sign is lost: the resting point may lie on either side."),
        (lambda h, c, r, e: _rest(1 - (1 - r * h) ** e, c) - np.mean(c),
         "The optimum is not the mean of the c: a steep client counts more, in proportion to its curvature."),
        (lambda h, c, r, e: _rest((1 - r * h) ** e, c) - _rest(h, c),
         "Each client counts here with what its updates *leave* of the distance. It pulls with what they take away."),
        (lambda h, c, r, e: np.mean((1 - (1 - r * h) ** e) * c) - _rest(h, c),
         "The weights of the average do not add up to 1: divide by their sum."),
        (lambda h, c, r, e: _rest(1 - (1 - r * h), c) - _rest(h, c),
         "The clients count here as with one update, small or large. Each local update starts where the one before it "
         "ended, so the factor 1 - rate h is raised to the power `local`."),
        (lambda h, c, r, e: _rest(1 - np.exp(-r * h * e), c) - _rest(h, c),
         "This is the limit of many small steps, and holds only nearly. For steps of some size the power is exact."),
    ],
)


# --- 8.2.5 Decay with clipping and weight decay ---------------------------------------------------


def weight_left(rates, weight_decay):
    return np.prod(1 - weight_decay * rates)


_FALLING = 0.4 * (1 - np.arange(8) / 8)


add(
    "8.2.5.1", weight_left, "What weight decay leaves", 1, """
    Write `weight_left(rates, weight_decay)`: the share of a weight that is left after updates with these rates,
    an array of shape (n,), if its gradient is always zero. At each update the optimizer takes away the weight
    times `weight_decay` times the rate of that update, as AdamW does.
    """,
    why="Each update keeps the share 1 - weight_decay * rate of what is there, so the shares multiply.",
    hints=["Which share of the weight is left after one update with the rate 0.4 and a weight decay of 0.5?",
           "After two updates with different rates the two shares multiply. `np.prod` multiplies an array."],
    probes=[(np.full(5, 0.1), 0.5), (_FALLING, 0.5), (np.array([0.4]), 1.0), (_FALLING[::-1], 0.02),
            (np.array([0.2, 0.0, 0.1]), 2.0)],
    slips=[
        (lambda rates, decay: float(np.exp(-decay * np.sum(rates))),
         "The exponential of the sum is the limit for small rates. The updates are finite: multiply the shares."),
        (lambda rates, decay: float(1 - decay * np.sum(rates)),
         "This takes every part away from the first weight. Each update takes its part of what is left."),
        (lambda rates, decay: float((1 - decay) ** len(rates)),
         "The rates do not come in: this is weight decay that is not multiplied by the rate. AdamW's is, so a "
         "falling rate weakens it."),
        (lambda rates, decay: float((1 - decay * np.mean(rates)) ** len(rates)),
         "This is right for equal rates. With others the product is not that of the mean rate."),
        (lambda rates, decay: float((1 - decay * rates[0]) ** len(rates)),
         "Every update gets the rate of the first. The rate falls, and the weight decay with it."),
        (lambda rates, decay: 1 - float(np.prod(1 - decay * rates)),
         "This is the share that is lost. The share that is left is wanted."),
        (lambda rates, decay: np.cumprod(1 - decay * rates),
         "This is the share after each update. The last of them is wanted, one number."),
        (lambda rates, decay: 1 - decay * rates,
         "These are the shares that single updates keep. One number is wanted: their product."),
        (lambda rates, decay: float(np.prod(decay * rates)),
         "This multiplies what the updates take away. Multiply what they keep."),
    ],
)


def without_weight_decay(rates, weight_decay):
    kept = 1 - weight_decay * rates
    product = np.cumprod(kept)
    return rates * kept / product**2


def _kept(rates, decay):
    return 1 - decay * rates


add(
    "8.2.5.2", without_weight_decay, "The same training without weight decay", 3, """
    On a scale-invariant loss, write `without_weight_decay(rates, weight_decay)`: the rates, as an array of the
    same shape (n,), that give without weight decay the losses that `rates` give with it. With P the product of
    1 − weight_decay × rate over all *earlier* updates (1 at the first), the new rate of an update is its old one
    over P² (1 − weight_decay × rate).
    """,
    why="`np.cumprod` includes the update itself, so its square holds one factor kept² where the formula has kept.",
    hints=["What is P at the first, the second and the third update? Write it down for three rates.",
           "`np.cumprod` of what each update keeps is the product up to and with that update. Divide by the "
           "update's own share to leave it out."],
    probes=[(np.full(6, 0.5), 0.2), (_FALLING, 0.5), (np.array([0.4]), 1.0), (np.array([0.1, 0.4, 0.2]), 1.5),
            (_FALLING, 0.0)],
    slips=[
        (lambda rates, decay: rates / (np.cumprod(_kept(rates, decay)) ** 2 * _kept(rates, decay)),
         "The product holds the update itself. P is over the earlier ones, so it is 1 at the first."),
        (lambda rates, decay: rates / np.cumprod(_kept(rates, decay)) ** 2,
         "The product holds the update itself, and so one factor too many. P is over the earlier updates."),
        (lambda rates, decay: rates * _kept(rates, decay) ** 2 / np.cumprod(_kept(rates, decay)) ** 2,
         "The factor 1 − weight_decay × rate of the update itself is missing: the pull comes before the step."),
        (lambda rates, decay: rates / np.cumprod(_kept(rates, decay)),
         "P is not squared. One factor comes from the weights, which are larger, and one from the gradient, which "
         "is smaller for that."),
        (lambda rates, decay: rates * np.cumprod(_kept(rates, decay)) ** 2 / _kept(rates, decay),
         "These rates fall where they must rise. Without weight decay the weights grow, so the steps must too: "
         "divide by P²."),
        (lambda rates, decay: rates * _kept(rates, decay)[0] / _kept(rates, decay)[0] ** (2 * np.arange(1, len(rates) + 1)),
         "This is the formula for a constant rate: it takes the first update's factor for all. Multiply the "
         "factors of the earlier updates."),
        (lambda rates, decay: rates * _kept(rates, decay) / np.prod(_kept(rates, decay)) ** 2,
         "The product is over all updates of the run. At each update it goes only as far as the one before."),
        (lambda rates, decay: np.cumprod(_kept(rates, decay)) / _kept(rates, decay),
         "This is P itself, the product over the earlier updates. What is the rate?"),
    ],
)


# --- 8.3 The challenges ---------------------------------------------------------------------------


def expected_lowest(losses, trials):
    n = len(losses)
    left = np.linspace(1, 0, n + 1) ** trials
    return np.sum(np.sort(losses) * (left[:-1] - left[1:]))


def _lowest(losses, trials, order=np.sort):
    n = len(losses)
    left = (np.arange(n, -1, -1) / n) ** trials
    return float(np.sum(order(losses) * (left[:-1] - left[1:])))


_SIX = np.array([0.5, 0.2, 0.9, 0.3, 1.6, 0.4])


add(
    "8.3.1", expected_lowest, "What a random search may expect", 2, """
    Write `expected_lowest(losses, trials)`: `losses` is an array of shape (n,), one loss for each setting. A
    random search draws `trials` settings, each time any of the n with the same chance, so that one may come
    twice. The result is the expected value of the lowest loss among those drawn.
    """,
    why="The lowest is at least the i-th best if every trial misses the better ones, so the chances of the order "
        "are differences of powers.",
    hints=["Put the losses in order. With one trial, what is the chance that it hits none of the i best?",
           "All trials miss the i best with the chance ((n - i) / n) ** trials. The chance that the lowest is "
           "exactly the one at place i is a difference of two of these."],
    probes=[(_SIX, 1), (_SIX, 2), (_SIX, 8), (np.array([0.7]), 3), (_SIX[:3], 4)],
    slips=[
        (lambda losses, trials: float(np.min(losses)),
         "This is the lowest loss of all. A search with few trials may miss it."),
        (lambda losses, trials: float(np.mean(losses)),
         "This is the mean, which is right for one trial only. More trials leave only the best of them."),
        (lambda losses, trials: _lowest(losses, trials, order=np.asarray),
         "The losses are not in order, so the chances belong to other ones. Sort first."),
        (lambda losses, trials: _lowest(losses, trials, order=lambda values: np.sort(values)[::-1]),
         "The order is turned round: this is the expected value of the highest loss."),
        (lambda losses, trials: float(np.mean(np.sort(losses)[: max(1, len(losses) // trials)])),
         "The mean of the best part is a guess. Which chance has each loss to be the lowest?"),
        (lambda losses, trials: float(np.mean(losses) / trials),
         "Dividing the mean by the trials can go below the lowest loss there is."),
        (lambda losses, trials: _lowest(losses, trials + 1),
         "This is one trial too many: one trial must give the mean."),
        (lambda losses, trials: _lowest(losses, 1) if trials < 2 else _lowest(losses, trials - 1),
         "This is one trial too few."),
    ],
)


def share_of_schedule(weights, batch_size, operations):
    return operations / (6.0 * weights * batch_size)


add(
    "8.3.2", share_of_schedule, "The share of a schedule", 1, """
    An update of dense layers takes about six operations for each weight and each sample of the batch. Write
    `share_of_schedule(weights, batch_size, operations)`: the operations of the schedule over those of the
    update that it belongs to. `operations` is what the schedule takes for one rate.
    """,
    why="One rate is computed for one update, whatever the size of the batch.",
    hints=["How many operations has an update of 1,000 weights with a batch of one sample? And with ten?",
           "One rate serves the whole batch. Divide."],
    probes=[(2762, 16, 3), (2762, 16, 20), (1000, 1, 6), (10_000_000, 256, 20), (50, 4, 100)],
    slips=[
        (lambda weights, size, operations: operations / (6 * weights),
         "The batch is missing: the update works on every sample of it, and the schedule gives one rate for all."),
        (lambda weights, size, operations: operations / (weights * size),
         "Each weight takes six operations for a sample: two forwards, four backwards."),
        (lambda weights, size, operations: operations / (2 * weights * size),
         "This counts the way forwards alone. Backwards takes twice as many again."),
        (lambda weights, size, operations: 6 * weights * size / operations,
         "This is upside down: the schedule's operations come first."),
        (lambda weights, size, operations: 100 * operations / (6 * weights * size),
         "This is in percent. A share of one half is 0.5."),
        (lambda weights, size, operations: operations / (operations + 6 * weights * size),
         "This is the share of the sum of both. The operations of the update alone stand below."),
        (lambda weights, size, operations: operations * weights / (6 * weights * size),
         "All weights share one rate, so it is not computed for each."),
    ],
)


# --- 8.4.2 Tanh and log decay -------------------------------------------------------------------


def tanh_decay(update, peak, total, lower, upper):
    progress = min(update / total, 1)
    return peak / 2 * (1 - np.tanh(lower + (upper - lower) * progress))


def _tanh(t, total, low, high):
    return np.tanh(low + (high - low) * min(t / total, 1))


add(
    "8.4.2.1", tanh_decay, "Tanh decay with both its knobs", 2, """
    Write `tanh_decay(update, peak, total, lower, upper)`: `peak` times half of 1 - tanh(x), where x goes in a
    straight line from `lower` at update 0 to `upper` at update `total`, and stays there. `update` is a number of
    at least 0.
    """,
    why="The tanh goes from -1 to 1, so half of 1 - tanh goes from 1 to 0. The share of the way stops at 1, so the "
        "rate stays at its end.",
    hints=["Write the x of the straight line: where is it at update 0, halfway, and at `total`?",
           "With the share p of the way that has passed, x is `lower + (upper - lower) * p`.",
           "Past `total`, the share must stay at 1. `min(update / total, 1)` does that."],
    probes=[(t, 0.1, 100, -6.0, 3.0) for t in (0, 50, 60, 75, 99, 100, 150, 300)]
    + [(t, 0.8, 40, -2.0, 1.0) for t in (0, 10, 30, 40, 90)],
    slips=[
        (lambda t, peak, total, low, high: peak / 2 * (1 + _tanh(t, total, low, high)),
         "This rises. The tanh has the wrong sign."),
        (lambda t, peak, total, low, high: peak * (1 - _tanh(t, total, low, high)),
         "The factor one half is missing: 1 - tanh goes from 2 to 0."),
        (lambda t, peak, total, low, high: peak / 2 * (1 - np.tanh(low + (high - low) * t / total)),
         "Past `total` the rate falls on. It must stay where it is at `total`."),
        (lambda t, peak, total, low, high: peak / 2 * (1 - np.tanh(low + high * min(t / total, 1))),
         "At `total`, x is the sum of `lower` and `upper`. It must be `upper`: the way it goes is their difference."),
        (lambda t, peak, total, low, high: peak / 2 * (1 - _tanh(t, total, high, low)),
         "The line goes the wrong way, from `upper` to `lower`, so the rate rises."),
        (lambda t, peak, total, low, high: peak / 2 * (1 - np.tanh(min(t / total, 1))),
         "The tanh is taken of the share of the way. It is taken of x, which runs from `lower` to `upper`."),
        (lambda t, peak, total, low, high: peak * (np.tanh(high) - _tanh(t, total, low, high))
         / (np.tanh(high) - np.tanh(low)),
         "This one is stretched to start at the peak exactly and to end at 0, as the library's is. Here the plain "
         "formula is wanted, which comes only near to them."),
    ],
)


def log_decay(update, peak, end_rate, total):
    progress = min(update / total, 1)
    return peak + (end_rate - peak) * np.log10(1 + 9 * progress)


add(
    "8.4.2.2", log_decay, "Log decay that does not depend on the unit", 2, """
    Write `log_decay(update, peak, end_rate, total)`: the rate falls from `peak` at update 0 to `end_rate` at
    update `total` as a decimal logarithm does between 1 and 10, fast first and then slowly, and stays there. So
    the share of the fall that is done is the logarithm of 1 + 9 p, with p the share of the updates.
    `update` is a number of at least 0.
    """,
    why="The logarithm of 1 + 9 p goes from 0 to 1 as p does, whatever the unit of time, and its share of the height "
        "is taken from the peak.",
    hints=["What is the decimal logarithm of 1, and of 10? What goes from 1 to 10 while p goes from 0 to 1?",
           "The height of the fall is `peak - end_rate`. `np.log10` is the decimal logarithm.",
           "The share p must stay at 1 past `total`."],
    probes=[(t, 0.1, 0.01, 100) for t in (0, 1, 10, 50, 99, 100, 150, 400)]
    + [(t, 0.8, 0.2, 30) for t in (0, 3, 15, 30, 31)],
    slips=[
        (lambda t, peak, end, total: peak + (end - peak) * np.log(1 + 9 * min(t / total, 1)),
         "This is the natural logarithm, which reaches 2.3 at 10. The decimal one reaches 1."),
        (lambda t, peak, end, total: peak + (end - peak) * np.log10(1 + 9 * t / total),
         "Past `total` the rate falls below its end. It must stay there."),
        (lambda t, peak, end, total: peak + (end - peak) * np.log10(1 + 10 * min(t / total, 1)),
         "At the end the logarithm is that of 11, and the rate falls too far. Count from 1 to 10: that is 9."),
        (lambda t, peak, end, total: peak * (1 - np.log10(1 + 9 * min(t / total, 1))),
         "This falls to 0. The end is `end_rate`."),
        (lambda t, peak, end, total: end + peak * (1 - np.log10(1 + 9 * min(t / total, 1))),
         "This starts above the peak: the end is added, and the height of the fall must be `peak - end_rate`."),
        (lambda t, peak, end, total: end + (peak - end) * np.log10(1 + 9 * min(t / total, 1)),
         "This rises, from `end_rate` to `peak`."),
        (lambda t, peak, end, total: max(peak * (1 - np.log10(1 + 9 * min(t / total, 1))), end),
         "The curve is cut off at the end rate. The whole fall is to be squeezed between `peak` and `end_rate`."),
        (lambda t, peak, end, total: peak * (end / peak) ** min(t / total, 1),
         "This is the exponential: it loses the same share in the same time. Here the *fall* follows a logarithm."),
        (lambda t, peak, end, total: peak / (1 + np.log10(1 + t)),
         "This divides by a logarithm of the update, which is another family: it depends on the unit in which time is "
         "counted, and it does not end at `end_rate`."),
    ],
)


# --- 8.2.1 Adaptive rates: less to tune? --------------------------------------------------------


def adagrad_rates(gradients, rate):
    return rate / np.sqrt(np.cumsum(gradients ** 2))


add(
    "8.2.1.1", adagrad_rates, "AdaGrad's own decay", 2, """
    AdaGrad divides the `rate` of an update by the root of the sum of the squares of all gradients up to and with
    this update's. Write `adagrad_rates(gradients, rate)`: for one weight, whose `gradients` at the updates are an array,
    the factor that multiplies the gradient at each update. Leave out the small constant that guards against a
    division by 0, and start the sum at 0.
    """,
    why="The running sum of the squares never falls, so the factor never rises: with gradients of equal size it falls as "
        "one over the root of the update's number.",
    hints=["`np.cumsum(a)` holds the sum of the first element, of the first two, and so on.",
           "Square first, then sum, then take the root."],
    probes=[(np.array([1.0, 1.0, 1.0, 1.0]), 0.1), (np.array([3.0, -4.0, 12.0]), 0.5), (np.array([0.5, -0.1, 2.0, 0.3]), 0.02),
            (np.array([-2.0]), 1.0), (np.array([10.0, 0.1, 0.1, -0.1, 5.0]), 0.3)],
    slips=[
        (lambda g, r: r / np.cumsum(g ** 2), "The root is missing."),
        (lambda g, r: r / np.sqrt(np.cumsum(np.abs(g))), "The sizes are summed here, without their squares."),
        (lambda g, r: r / np.cumsum(np.abs(g)), "The sizes are summed here. Their squares are, and the root comes after."),
        (lambda g, r: r / np.sqrt(np.sum(g ** 2)) + 0 * g,
         "This divides every update by the sum over the whole run. An update knows only the gradients so far."),
        (lambda g, r: r / np.sqrt(np.sum(g ** 2)), "This is the last factor alone. One for each update is wanted."),
        (lambda g, r: r / np.sqrt(np.cumsum(g ** 2) / (1 + np.arange(len(g)))),
         "This divides by the root of the *mean* square, as RMSProp nearly does. A mean does not grow, so there is no decay "
         "in it. AdaGrad takes the sum."),
        (lambda g, r: r * g / np.sqrt(np.cumsum(g ** 2)), "These are the steps. The factor before the gradient is wanted."),
        (lambda g, r: r / np.abs(g), "Each update looks at its own gradient alone here. AdaGrad remembers all of them."),
        (lambda g, r: r / np.sqrt(np.arange(1, len(g) + 1)),
         "This is right only where every gradient has the size 1."),
    ],
)


def valley(rates, losses, slack):
    good = rates[losses <= (1 + slack) * np.min(losses)]
    return np.max(good) / np.min(good)


add(
    "8.2.1.2", valley, "The width of a valley", 2, """
    Write `valley(rates, losses, slack)`: the largest good rate over the smallest. `rates` and `losses` are arrays of
    one length, in no special order; a rate is good if its loss is at most the share `slack` above the lowest loss, so
    0.1 allows ten percent.
    """,
    why="The limit is the lowest loss times 1 + slack; of the rates at or below it, the largest over the smallest.",
    hints=["Which is the largest loss that is still good?",
           "An array of truths picks elements: `rates[losses <= limit]`."],
    probes=[(np.array([0.1, 0.2, 0.4, 0.8]), np.array([2.0, 1.0, 1.05, 3.0]), 0.1),
            (np.array([0.8, 0.1, 0.4, 0.2]), np.array([1.5, 1.25, 1.0, 9.0]), 0.5),
            (np.array([0.01, 0.03, 0.1]), np.array([0.3, 0.2, 0.5]), 0.25),
            (np.array([2.0, 3.0, 5.0, 7.0]), np.array([0.4, 0.2, 0.22, 0.6]), 1.0),
            (np.array([1.0, 2.0, 4.0, 16.0]), np.array([8.0, 8.5, 8.4, 20.0]), 0.1)],
    slips=[
        (lambda r, v, s: np.max(r[v <= np.min(v) + s]) / np.min(r[v <= np.min(v) + s]),
         "The slack is added to the lowest loss here. It is a share of that loss."),
        (lambda r, v, s: np.ptp(r[v <= (1 + s) * np.min(v)]),
         "This is the difference of the two rates. Rates are compared by their ratio."),
        (lambda r, v, s: np.log2(np.max(r[v <= (1 + s) * np.min(v)]) / np.min(r[v <= (1 + s) * np.min(v)])),
         "These are the octaves. The ratio itself is wanted."),
        (lambda r, v, s: np.min(r[v <= (1 + s) * np.min(v)]) / np.max(r[v <= (1 + s) * np.min(v)]),
         "The ratio is upside down: the largest good rate over the smallest."),
        (lambda r, v, s: r[v <= (1 + s) * np.min(v)][-1] / r[v <= (1 + s) * np.min(v)][0],
         "This takes the first and the last of the good rates. They come in no special order."),
        (lambda r, v, s: np.max(r) / np.min(r), "This is the width of the whole grid. Only the good rates count."),
        (lambda r, v, s: np.max(v[v <= (1 + s) * np.min(v)]) / np.min(v),
         "This is a ratio of losses. The rates that belong to them are wanted."),
        (lambda r, v, s: float(np.sum(v <= (1 + s) * np.min(v))), "This counts the good rates. Their range is wanted."),
    ],
)


# --- 8.2.3 Hybrid optimizers: Adam first, then SGD ----------------------------------------------


def second_leg(schedule, switch, update):
    return schedule(update) if update >= switch else 0.0


def _fall(t):
    return 0.1 * (1 - t / 100)


def _step(t):
    return 0.4 * 0.5 ** (t // 30)


add(
    "8.2.3.1", second_leg, "Waiting for the switch", 1, """
    The second optimizer of a hybrid goes on where the first one stopped: with the same count of updates. Write
    `second_leg(schedule, switch, update)`: its rate at an update. `schedule` is a function of the update index; the
    rate is 0 before the update `switch`, and that of the schedule from this update on.
    """,
    why="The schedule is asked at the number of the update itself, so it goes on and does not begin again; before the switch "
        "the rate is 0, and the weights wait.",
    hints=["Which of the two optimizers makes the update whose index is `switch`?",
           "`schedule(update)` is the rate at this update. When is it used?"],
    probes=[(_fall, 40, 10), (_fall, 40, 39), (_fall, 40, 40), (_fall, 40, 70), (_step, 30, 0), (_step, 30, 29),
            (_step, 30, 30), (_step, 30, 75), (_fall, 0, 0), (_fall, 0, 25)],
    slips=[
        (lambda schedule, switch, t: schedule(t - switch) if t >= switch else 0.0,
         "The schedule begins again at the switch, from its peak. It should go on: ask it at the update's own number."),
        (lambda schedule, switch, t: schedule(t) if t > switch else 0.0,
         "The update `switch` is already the second optimizer's. Here it is nobody's."),
        (lambda schedule, switch, t: schedule(t) if t < switch else 0.0,
         "This is the first leg: it works before the switch and rests after."),
        (lambda schedule, switch, t: schedule(t),
         "The second optimizer is at work before the switch here. It has to wait, at a rate of 0."),
        (lambda schedule, switch, t: schedule(switch) if t >= switch else 0.0,
         "The rate stays at what it was at the switch. The schedule goes on."),
        (lambda schedule, switch, t: schedule(max(t, switch)),
         "Before the switch the rate is that of the switch here. It has to be 0."),
    ],
)


def sgd_rate(step, gradient):
    return -np.sum(step**2) / np.sum(step * gradient)


add(
    "8.2.3.2", sgd_rate, "SGD's rate from Adam's step", 3, """
    SWATS asks of SGD's step, minus rate times `gradient`, that its projection onto the direction of Adam's `step` be
    that step itself. Write `sgd_rate(step, gradient)` for two arrays of shape (n,): the rate for which this holds. `step`
    is what Adam adds to the weights, so it points downhill.
    """,
    why="Projecting v onto the direction of p gives p times (v · p) / (p · p). With v = -rate g this is p where "
        "-rate (g · p) = p · p.",
    hints=["The projection of v onto the direction of p is p times (v · p) / (p · p).",
           "Put v = -rate times the gradient and set the factor before p to 1.",
           "A step that points downhill has a negative product with the gradient, so the rate is above 0."],
    probes=[(np.array([-0.1, 0.0]), np.array([2.0, 0.0])), (np.array([-0.1, 0.2]), np.array([1.0, -3.0])),
            (np.array([-0.01, -0.01, 0.01]), np.array([0.5, 4.0, 0.1])), (np.array([0.3, -0.1, -0.2]), np.array([-1.0, 2.0, 5.0])),
            (np.array([-0.5]), np.array([0.25]))],
    slips=[
        (lambda p, g: np.sum(p**2) / np.sum(p * g),
         "The sign is wrong: the step goes *down* the gradient, so their product is negative, and the rate must be positive."),
        (lambda p, g: np.sqrt(np.sum(p**2) / np.sum(g**2)),
         "This makes SGD's step as *long* as Adam's. Its projection is shorter unless both point the same way."),
        (lambda p, g: -np.sum(p * g) / np.sum(g**2),
         "This is the projection the other way round: of Adam's step onto the gradient. The step of SGD is projected onto "
         "that of Adam."),
        (lambda p, g: -np.sum(p * g) / np.sum(p**2), "The quotient is upside down: a larger gradient needs a smaller rate."),
        (lambda p, g: -p / g, "This is a rate for each weight, which is what Adam has. SGD has one for all."),
        (lambda p, g: np.mean(-p / g), "This is the mean of the rates of the single weights. A projection weighs them by "
                                       "the sizes of step and gradient."),
    ],
)


# --- 8.4.1 AdaGrad and its kin ------------------------------------------------------------------


def rmsprop_factors(gradients, rho):
    mean, factors = 0.0, np.empty(len(gradients))
    for i, gradient in enumerate(gradients):
        mean = rho * mean + (1 - rho) * gradient**2
        factors[i] = 1 / np.sqrt(mean)
    return factors


def _means(gradients, rho, power=2, start=0.0):
    mean, means = start, []
    for gradient in gradients:
        mean = rho * mean + (1 - rho) * gradient**power
        means.append(mean)
    return np.array(means)


add(
    "8.4.1.1", rmsprop_factors, "RMSProp's factor", 2, """
    Write `rmsprop_factors(gradients, rho)`: what RMSProp multiplies each gradient by, at a rate of 1. `gradients` is an
    array of shape (n,) without zeros. The moving mean of their squares starts at 0; at each update it becomes `rho` times
    itself plus `1 - rho` times the new square, *before* it is used. The factor is 1 over its root. Return shape (n,).
    """,
    why="The new gradient is in the mean that divides it. Because the mean starts at 0, the first factors are large: that is the "
        "start which Adam corrects.",
    hints=["Keep one number, the moving mean, and go through the gradients one after another.",
           "`mean = rho * mean + (1 - rho) * g**2`, then `1 / np.sqrt(mean)`."],
    probes=[(np.array([2.0, 1.0, -1.0, 3.0]), 0.9), (np.array([-0.5, 0.25, 4.0]), 0.5), (np.full(12, 3.0), 0.99),
            (np.array([1e-3, 10.0, -1e-2, 0.3, 0.7]), 0.8)],
    slips=[
        (lambda g, rho: 1 / np.sqrt(np.cumsum(g**2)), "This sums all squares, which is AdaGrad. RMSProp's mean forgets."),
        (lambda g, rho: 1 / np.sqrt(np.r_[0.0, _means(g, rho)[:-1]]),
         "The mean is used before the new square comes in, so the first factor divides by 0."),
        (lambda g, rho: 1 / _means(g, rho), "The mean of the squares has the unit of a square. Its root is missing."),
        (lambda g, rho: np.sqrt(_means(g, rho)), "This is what RMSProp divides by; it multiplies by 1 over it."),
        (lambda g, rho: 1 / np.sqrt(_means(g, 1 - rho)), "Here `rho` is the weight of the new square. It is that of the old mean."),
        (lambda g, rho: 1 / np.sqrt(_means(g, rho) / (1 - rho ** np.arange(1, len(g) + 1))),
         "This corrects the mean for its start at 0, as Adam does. RMSProp does not."),
        (lambda g, rho: 1 / np.sqrt(_means(g, rho, start=g[0] ** 2)), "The mean starts at the first square here. It starts at 0."),
        (lambda g, rho: 1 / np.abs(_means(g, rho, power=1)), "This is the mean of the gradients, in which their signs cancel. It is that of their squares."),
        (lambda g, rho: g / np.sqrt(_means(g, rho)), "This is the step itself. Asked for is what the gradient is multiplied by."),
    ],
)


def half_life(n):
    return 3 * n


add(
    "8.4.1.2", half_life, "AdaGrad's half-life", 2, """
    All gradients of a weight have the size 1, so that AdaGrad's factor after `n` updates is `1 / sqrt(n)`. Write
    `half_life(n)`: how many *further* updates it takes until the factor is half of that.
    """,
    why="Half of 1/sqrt(n) is 1/sqrt(4n), so it is reached at 4n updates, 3n later. An exponential decay halves in the same time "
        "always; AdaGrad takes longer each time, so it never freezes, and never ends.",
    hints=["At which number of updates is `1 / sqrt(m)` half of `1 / sqrt(n)`?", "m = 4n. How many updates lie between?"],
    probes=[(1,), (10,), (100,), (250,), (7,)],
    slips=[
        (lambda n: 4 * n, "This is the number of the update at which it is reached, counted from the start. Asked for are the further ones."),
        (lambda n: n, "After as many updates again the factor is 1/sqrt(2n), which is 0.71 of it, not a half."),
        (lambda n: 2 * n, "At 3n updates the factor is 0.58 of what it was. The root makes it slower than that."),
        (lambda n: np.log(2) * n, "ln 2 belongs to an exponential decay. This one is a power of the time."),
        (lambda n: 3, "It depends on n: the older the sum, the less a new gradient adds to it."),
    ],
)


# --- 8.4.3 Automatic tuning -----------------------------------------------------------------------


def trials_needed(share, chance):
    return int(np.ceil(np.log(1 - chance) / np.log(1 - share)))


add(
    "8.4.3.1", trials_needed, "How many random trials?", 1, """
    A `share` of all settings is good. A random search draws each setting with the same chance, and may draw one twice.
    Write `trials_needed(share, chance)`: the smallest number of trials, a whole number, after which at least one good
    setting has been drawn with a probability of at least `chance`. Both are above 0 and below 1.
    """,
    why="All k trials miss with probability (1 - share)**k, and that must be at most 1 - chance. The number of dimensions does "
        "not come in: only the share of the good settings does.",
    hints=["What is the probability that a trial misses? And that k trials all miss?",
           "Solve (1 - share)**k <= 1 - chance for k, and round up."],
    probes=[(0.05, 0.95), (0.1, 0.9), (0.3, 0.5), (0.01, 0.99), (0.6, 0.7)],
    slips=[
        (lambda share, chance: np.log(1 - chance) / np.log(1 - share), "There are only whole trials: round up."),
        (lambda share, chance: int(np.log(1 - chance) / np.log(1 - share)),
         "This is rounded down, so the chance is not quite reached. Round up."),
        (lambda share, chance: int(np.ceil(chance / share)),
         "This adds up the chances of the trials. Two trials may hit both, so the chances do not add; those of missing multiply."),
        (lambda share, chance: int(np.ceil(1 / share)),
         "This is the number of trials that it takes on average. With it the chance is only about 63 percent."),
        (lambda share, chance: int(np.ceil(np.log(chance) / np.log(1 - share))),
         "All trials may miss with the probability 1 - chance, and not with the probability chance."),
        (lambda share, chance: int(np.ceil(np.log(1 - chance) / np.log(share))),
         "This is the number until not all trials *hit*. A trial misses with the probability 1 - share."),
    ],
)


def held(trials):
    return trials[[np.argmin(trials[:n, 0]) for n in range(1, len(trials) + 1)], 1]


_TRIALS = np.array([[0.9, 0.8], [0.5, 0.6], [0.7, 0.3], [0.4, 0.7], [0.6, 0.2], [0.3, 0.5]])


add(
    "8.4.3.2", held, "What a search holds", 2, """
    Each row of `trials`, an array of shape (n, 2), holds the validation loss and the test loss of a trial's run, in the
    order of the trials. Write `held(trials)`: after each trial, the *test* loss of the setting that the search would
    choose by what it has seen so far. Return an array of shape (n,).
    """,
    why="The search chooses by validation and is judged by test, so what it holds can become worse with a further trial. It does so "
        "when that trial was lucky in validation.",
    hints=["After the third trial: which of the first three has the lowest validation loss? What is its test loss?",
           "`np.argmin(trials[:n, 0])` is the row that is held after n trials."],
    probes=[(_TRIALS,), (_TRIALS[:, ::-1].copy(),), (_TRIALS[::-1].copy(),), (np.array([[0.3, 0.1], [0.2, 0.4], [0.25, 0.05]]),),
            (np.array([[0.7, 0.9]]),)],
    slips=[
        (lambda trials: np.minimum.accumulate(trials[:, 1]),
         "This chooses by the test loss, which the search must not see: the result is too good to be true."),
        (lambda trials: np.minimum.accumulate(trials[:, 0]),
         "This reports the validation loss of the best trial. It was chosen for being low, so it flatters. Report its test loss."),
        (lambda trials: np.full(len(trials), trials[np.argmin(trials[:, 0]), 1]),
         "This is what the search holds at the end, at every place. After n trials it knows only the first n."),
        (lambda trials: trials[np.argmin(trials[:, 0]), 1],
         "This is what the search holds at the end. Asked for is what it holds after each trial."),
        (lambda trials: np.array([np.argmin(trials[:n, 0]) for n in range(1, len(trials) + 1)]),
         "These are the numbers of the trials that are held. Their test losses are wanted."),
        (lambda trials: trials[:, 1], "This is the test loss of each trial. The search keeps the best one so far, and not the last."),
    ],
)


# --- 8.1 What we found ----------------------------------------------------------------------------


def share_better(lows, highs, signs):
    middle, half = signs * (lows + highs) / 2, (highs - lows) / 2  # only the middle turns round
    return np.mean(middle - half > 0)


_LOWS = np.array([0.5, -0.2, -3.0, 1.0, -0.4, -2.0])
_HIGHS = np.array([1.5, 0.3, -1.0, 2.0, 0.6, -0.5])
_SIGNS = np.array([1, 1, -1, -1, -1, 1])
_BAD_LOWS, _BAD_HIGHS = np.array([0.2, -0.5, 0.1, -4.0, -1.0]), np.array([0.9, -0.1, 0.4, 1.0, -0.3])
_BAD_SIGNS = np.array([-1, -1, 1, -1, -1])


add(
    "8.1.1", share_better, "Turned the same way round", 2, """
    Write `share_better(lows, highs, signs)`: the share of comparisons, from 0 to 1, in which the interval lies wholly
    on the side where decay is better. All three are arrays of shape (n,). The interval of each effect goes from `lows`
    to `highs`; in `signs` a 1 says that a positive effect means decay is better, a -1 that it means worse.
    """,
    why="Where the sign turns, the ends change places: from -3 to -1 becomes from 1 to 3, which lies above zero.",
    hints=["Where a positive effect means that decay is better, the low end must be above zero. And where it means worse?",
           "With a sign of -1 decay is better where the whole interval is below zero, so its high end must be."],
    probes=[(_LOWS, _HIGHS, _SIGNS), (_BAD_LOWS, _BAD_HIGHS, _BAD_SIGNS), (_LOWS[:3], _HIGHS[:3], np.array([1, -1, 1])),
            (_BAD_LOWS, _BAD_HIGHS, -_BAD_SIGNS), (np.array([0.1, 0.2]), np.array([0.3, 0.4]), np.array([1, 1])),
            (np.array([0.0, -0.5, 0.0]), np.array([0.25, 0.0, 0.5]), np.array([1, -1, -1]))],
    slips=[
        (lambda lows, highs, signs: np.mean(lows > 0),
         "The signs are not used. A row whose claim says that decay does harm speaks the other way round."),
        (lambda lows, highs, signs: np.mean(signs * lows > 0),
         "The low end times -1 is the high end of the turned interval. It must lie wholly above zero, so the other end counts."),
        (lambda lows, highs, signs: np.mean(signs * (lows + highs) > 0),
         "This asks where the middle lies. An interval that covers zero shows no difference, wherever its middle is."),
        (lambda lows, highs, signs: np.mean(np.where(signs > 0, highs < 0, lows > 0)),
         "This is the share in which decay is worse."),
        (lambda lows, highs, signs: np.mean((lows > 0) | (highs < 0)),
         "This is the share in which any difference was shown, for decay or against it."),
        (lambda lows, highs, signs: np.sum(np.where(signs > 0, lows > 0, highs < 0)),
         "This is their number. The share is asked for."),
        (lambda lows, highs, signs: np.mean(np.where(signs > 0, highs > 0, lows < 0)),
         "This counts the intervals that cover zero too. They show no difference."),
    ],
)


def wins_by_chance(comparisons, level):
    return comparisons * (1 - level) / 2


add(
    "8.1.2", wins_by_chance, "Won by chance", 2, """
    Decay does nothing at all in any of `comparisons` experiments, so each true difference is 0. Each has an interval that
    covers its true difference with the probability `level`, for example 0.95, and misses it on either side equally often.
    Write `wins_by_chance(comparisons, level)`: how many intervals are expected to lie wholly on the side of decay.
    """,
    why="An interval misses with the probability 1 - level, half of the time on each side, and expectations add up.",
    hints=["With what probability does one interval miss its true difference?",
           "Only half of the misses are on the side of decay. The expected number is that probability times the number of "
           "comparisons."],
    probes=[(40, 0.95), (100, 0.9), (1, 0.5), (20, 0.99), (7, 0.8)],
    slips=[
        (lambda n, level: n * (1 - level), "This counts the misses on both sides. Half of them speak against decay."),
        (lambda n, level: n * level / 2, "This takes the level for the chance of a miss. It is the chance of covering."),
        (lambda n, level: n * level, "This is how many intervals cover the truth."),
        (lambda n, level: (1 - level) / 2, "This is the probability for one comparison. There are several."),
        (lambda n, level: 1 - level**n, "This is the probability that at least one misses. The expected number is asked for."),
        (lambda n, level: 1 - (1 - (1 - level) / 2) ** n,
         "This is the probability of at least one such win. The expected number is asked for."),
        (lambda n, level: 0.0, "None, if intervals never missed. Each misses now and then."),
    ],
)


# --- 8.2.4 Rates that follow the state ----------------------------------------------------------


def bold_driver(losses, peak, up, cut):
    fell = np.diff(losses, prepend=np.inf) < 0
    return peak * np.cumprod(np.where(fell, up, cut))


def _steered(fell, peak, up, cut):
    return peak * np.cumprod(np.where(fell, up, cut))


def _fell(losses):
    return np.diff(losses, prepend=np.inf) < 0


_LOOKS = np.array([2.0, 1.4, 1.5, 0.2, 0.2, 0.6, 2.1, 1.9])


add(
    "8.2.4.1", bold_driver, "The bold driver", 2, """
    Write `bold_driver(losses, peak, up, cut)`: the rates after each look, an array of shape (n,). `losses`, of shape (n,),
    holds the validation losses in order. The rate starts at `peak`. At each look it is multiplied by `up` if the loss is
    below that of the look before, and by `cut` otherwise. The first look has none before it and counts as a fall.
    """,
    why="Each look multiplies the rate by one of two factors, so the rates are running products.",
    hints=["For each look: did the loss fall? `np.diff(losses, prepend=np.inf)` is negative where it did, the first included.",
           "`np.where(fell, up, cut)` gives the factor of each look, and `np.cumprod` the product of all up to it."],
    probes=[(_LOOKS, 0.4, 1.05, 0.5), (_LOOKS[::-1].copy(), 0.1, 1.2, 0.7), (np.array([0.3, 0.3, 0.3]), 1.0, 1.1, 0.6),
            (np.array([1.5]), 0.2, 1.05, 0.5), (_LOOKS[2:], 0.3, 1.1, 0.8)],
    slips=[
        (lambda losses, peak, up, cut: _steered(
            losses < np.r_[np.inf, np.minimum.accumulate(losses)[:-1]], peak, up, cut),
         "This compares with the best loss so far, as reduce on plateau does. The bold driver remembers only the last look."),
        (lambda losses, peak, up, cut: _steered(np.diff(losses, prepend=np.inf) <= 0, peak, up, cut),
         "An equal loss counts as a fall here. Only a loss below that of the look before does."),
        (lambda losses, peak, up, cut: np.r_[peak, _steered(_fell(losses), peak, up, cut)[:-1]],
         "These are the rates before the looks. The rate after each look is wanted."),
        (lambda losses, peak, up, cut: _steered(_fell(losses), peak, 1.0, cut),
         "The rate only falls here. After a fall of the loss it must rise by the factor `up`."),
        (lambda losses, peak, up, cut: peak * np.where(_fell(losses), up, cut),
         "Each rate is taken from the peak. The factors must act on the rate that the last look left."),
        (lambda losses, peak, up, cut: _steered(_fell(losses), peak, up, cut) / up,
         "The first rate is `peak` itself here. The first look counts as a fall of the loss, so it raises the rate already."),
        (lambda losses, peak, up, cut: _steered(~_fell(losses), peak, up, cut),
         "This is upside down: it raises the rate when the loss does not fall."),
        (lambda losses, peak, up, cut: _steered(np.diff(losses, prepend=-np.inf) < 0, peak, up, cut),
         "The first look is taken for a rise. It counts as a fall, because there is no loss before it."),
        (lambda losses, peak, up, cut: _steered(_fell(losses), 1.0, up, cut),
         "This is the share of the peak. Multiply it by `peak`."),
        (lambda losses, peak, up, cut: _steered(_fell(losses), peak, up, cut)[-1],
         "This is the rate after the last look alone. The rates after all looks are wanted."),
    ],
)


def hypergradient_rates(gradients, rate, gain):
    agreement = np.sum(gradients[1:] * gradients[:-1], axis=1)
    return rate + gain * np.cumsum(agreement)


def _agreement(gradients):
    return np.sum(gradients[1:] * gradients[:-1], axis=1)


_TURNS = np.array([[1.0, 0.5, -0.2], [0.8, -0.3, 0.4], [-0.6, 0.2, 1.1], [0.3, 0.9, 0.7], [-0.4, -1.2, 0.1]])


add(
    "8.2.4.2", hypergradient_rates, "A rate that follows the gradients", 3, """
    Write `hypergradient_rates(gradients, rate, gain)`. `gradients` has shape (n, d), a row for each update. The first
    update uses `rate`. From the second on, the rate is that of the update before plus `gain` times the dot product of
    this update's gradient with the one before. Return the rates of updates 2 to n, of shape (n - 1,).
    """,
    why="The dot product is positive while the gradients point the same way, and their running sum is what the rate has gained.",
    hints=["`gradients[1:]` are the gradients of updates 2 to n, and `gradients[:-1]` those before them. What does the sum of "
           "their product over each row say?",
           "Each rate is the one before plus `gain` times one number, so use `np.cumsum` over the updates."],
    probes=[(_TURNS, 0.1, 0.02), (_TURNS[::-1].copy(), 0.3, 0.1), (_TURNS[:, :2].copy(), 0.5, 0.05), (_TURNS[:4], 0.2, 0.3),
            (_TURNS, 0.4, 0.0)],
    slips=[
        (lambda g, rate, gain: rate - gain * np.cumsum(_agreement(g)),
         "The sign is wrong: gradients that agree must raise the rate."),
        (lambda g, rate, gain: rate + gain * _agreement(g),
         "Each rate is taken from the first. It must be added to that of the update before."),
        (lambda g, rate, gain: rate * np.cumprod(1 + gain * _agreement(g)),
         "This multiplies the rate. The rule adds to it."),
        (lambda g, rate, gain: rate + gain * np.cumsum(np.sum(g[1:] ** 2, axis=1)),
         "This is each gradient's product with itself. It is never negative, so the rate could not fall."),
        (lambda g, rate, gain: np.r_[rate, rate + gain * np.cumsum(_agreement(g))],
         "The rate of the first update stands in front. The rates of updates 2 to n are wanted."),
        (lambda g, rate, gain: rate + gain * np.cumsum(np.sign(_agreement(g))),
         "Only the sign of the dot product is used here. Its size counts too."),
        (lambda g, rate, gain: rate + gain * np.cumsum(_agreement(g) / (
            np.linalg.norm(g[1:], axis=1) * np.linalg.norm(g[:-1], axis=1))),
         "This is the cosine of the angle. The plain dot product is wanted, which grows with the gradients."),
        (lambda g, rate, gain: rate + gain * np.sum(_agreement(g)),
         "This is the rate of the last update alone. Use a running sum."),
    ],
)


# --- 8.4.4 Regularization and pruning -------------------------------------------------------------


def prune_smallest(weights, count):
    places = np.argsort(np.argsort(np.abs(weights)))
    return np.where(places >= count, weights, 0.0)


add(
    "8.4.4.1", prune_smallest, "Prune by magnitude", 2, """
    Write `prune_smallest(weights, count)`: the `weights`, an array of shape (n,), with those `count` set to zero whose
    magnitude is smallest. No two magnitudes are equal. The others stay as they are, in their places.
    """,
    why="Magnitude is size without sign. Sorting the places twice gives each weight its rank.",
    hints=["Which weight is the smallest of -3, 0.1, -0.5 in magnitude?",
           "`np.argsort(np.abs(weights))[:count]` are the places of the smallest. Set them to zero in a copy."],
    probes=[(np.array([-3.0, 0.1, -0.5, 2.0]), 2), (np.array([0.4, -0.2, 0.3, -5.0, 1.0]), 1),
            (np.array([-1.0, -2.0, -3.0]), 2), (np.array([1.5, -0.7, 0.2]), 0), (np.array([0.9, 0.1, -0.8, 0.3, -0.4, 0.6]), 5)],
    slips=[
        (lambda w, k: np.where(np.argsort(np.argsort(w)) >= k, w, 0.0),
         "This prunes the lowest numbers. A large negative weight is large: compare magnitudes."),
        (lambda w, k: np.where(np.argsort(np.argsort(-np.abs(w))) >= k, w, 0.0), "This prunes the largest and keeps the smallest."),
        (lambda w, k: w[np.argsort(np.argsort(np.abs(w))) >= k],
         "The pruned weights are gone here. They should be zero and keep their places."),
        (lambda w, k: np.where(np.argsort(np.abs(w)) >= k, w, 0.0),
         "One `argsort` gives the places of the sorted weights, and not the rank of each weight."),
        (lambda w, k: np.where(np.argsort(np.argsort(np.abs(w))) >= k, np.abs(w), 0.0),
         "The signs are lost. What is kept stays as it was."),
        (lambda w, k: np.where(np.argsort(np.argsort(np.abs(w))) >= len(w) - k, w, 0.0),
         "This keeps `count` weights. It should set `count` of them to zero."),
    ],
)


def gain_left(gain, rate, weight_decay, updates):
    return gain * (1 - rate * weight_decay) ** updates


add(
    "8.4.4.2", gain_left, "The gain that weight decay leaves", 1, """
    A recurrent matrix has the gain `gain`. Its gradient is zero, and each update takes away `rate` times `weight_decay`
    of every weight. Write `gain_left(gain, rate, weight_decay, updates)`: the gain after so many updates.
    """,
    why="Each update multiplies the whole matrix by the same share, so the gain too.",
    hints=["What share of a weight is left after one update?", "The shares of the updates multiply."],
    probes=[(1.5, 0.1, 0.5, 10), (2.0, 0.14, 1.0, 3), (0.5, 0.2, 0.1, 100), (1.0, 0.3, 0.02, 0), (1.2, 0.05, 2.0, 7)],
    slips=[
        (lambda gain, rate, decay, n: gain * (1 - rate * decay * n),
         "This takes each part from the first weights. Each update takes its part of what is left."),
        (lambda gain, rate, decay, n: gain * (1 - decay) ** n, "The rate is missing: an update takes the rate times the weight decay."),
        (lambda gain, rate, decay, n: (1 - rate * decay) ** n, "This is the share that is left. Multiply it by the gain at the start."),
        (lambda gain, rate, decay, n: gain * np.exp(-rate * decay * n),
         "The exponential is the limit for small rates. The updates are finite: use the power."),
        (lambda gain, rate, decay, n: gain - (1 - rate * decay) ** n, "The share is subtracted here. It multiplies the gain."),
        (lambda gain, rate, decay, n: gain * (1 - rate * decay), "This is the gain after one update."),
    ],
)
