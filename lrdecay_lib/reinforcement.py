"""Deep reinforcement learning: networks that learn to balance a pole. Lesson 3.4.4.

    >>> rivals = {"constant": Constant(), "linear": Linear(UPDATES)}
    >>> curves = sweep(rivals, peaks=[0.01, 0.02], seeds=range(20))
    >>> final = curves[curves["update"] == UPDATES]

The environment is CartPole (Barto, Sutton and Anderson 1983) with the equations of Gymnasium's
``CartPole-v1``. The learner is proximal policy optimization, PPO (Schulman and others 2017, arXiv
1707.06347), with generalized advantages (Schulman and others 2016, arXiv 1506.02438). All runs go
side by side, as one more axis of each array.

Learning to act is chaotic: one bit rounded otherwise, and some hundred updates later the cart goes
left instead of right. ``np.exp``, ``np.sin`` and ``@`` do round otherwise on other processors. So
everything here is made of ``+ - * /``, roots and sums, which are the same to the last bit
everywhere, and so are the numbers.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
from tqdm import tqdm

from .arguments import cores, peaks_of, seeds_of, silent, valid_rates, whole
from .tasks import generator

__all__ = ["step", "sweep", "ROUNDS", "UPDATES"]

# CartPole: metres, seconds, radians, kilograms, newtons. HALF_LENGTH is the pole's.
GRAVITY, CART, POLE, HALF_LENGTH, FORCE, SECONDS = 9.8, 1.0, 0.1, 0.5, 10.0, 0.02
FARTHEST, STEEPEST, LONGEST = 2.4, 12 * 2 * np.pi / 360, 500  # where an episode ends
NEAR = 0.1  # metres from the middle at which a step is worth a half, with the goal "middle"
GOALS = ("anywhere", "middle")

# PPO with its usual settings, but for smaller networks and a shorter run
ROUNDS, CARTS, STEPS = 40, 4, 128  # in a round each cart takes so many steps,
EPOCHS, BATCHES = (
    4,
    4,
)  # and then they are learned from in so many epochs of so many batches
UPDATES = ROUNDS * EPOCHS * BATCHES
HIDDEN, DISCOUNT, TRACE, CLIP = 16, 0.99, 0.95, 0.2
EPISODES = 16  # of an evaluation

_TOGETHER = (
    40  # runs side by side; the arrays of more would not fit into a core's cache
)
_ROLLS, _ORDER, _EXAM, _POLICY, _CRITIC = range(
    10, 15
)  # streams of a seed's random numbers


# --- the environment ------------------------------------------------------------------


def step(state, right):
    """The state of each cart 0.02 seconds later, and whether its episode is lost.

    Args:
        state: array whose first axis is (place, speed, angle, turning speed), of any further shape.
        right: whether the cart is pushed to the right, and not to the left; of that further shape.

    Returns:
        (state, lost): lost where the cart is more than 2.4 m away, or the pole more than 12
        degrees off.
    """
    place, speed, angle, turning = state
    sin, cos = _sin_cos(angle)
    mass, moment = CART + POLE, POLE * HALF_LENGTH
    push = (np.where(right, FORCE, -FORCE) + moment * (turning * turning) * sin) / mass
    spin = (GRAVITY * sin - cos * push) / (
        HALF_LENGTH * (4 / 3 - POLE * (cos * cos) / mass)
    )
    pull = push - moment * spin * cos / mass
    place, angle = place + SECONDS * speed, angle + SECONDS * turning
    lost = (np.abs(place) > FARTHEST) | (np.abs(angle) > STEEPEST)
    return np.stack(
        [place, speed + SECONDS * pull, angle, turning + SECONDS * spin]
    ), lost


def _worth(state, goal):
    """What a step is worth that led to ``state``: 1 anywhere, or less the further off the
    middle."""
    if goal == "anywhere":
        return 1.0
    off = state[0] / NEAR
    return 1 / (1 + off * off)


def _sin_cos(angle):
    """Sine and cosine by their series, to the last digit up to 0.3; an episode ends at 0.21."""
    s = angle * angle
    sin = angle * (
        1 - s / 6 * (1 - s / 20 * (1 - s / 42 * (1 - s / 72 * (1 - s / 110))))
    )
    cos = 1 - s / 2 * (
        1 - s / 12 * (1 - s / 30 * (1 - s / 56 * (1 - s / 90 * (1 - s / 132))))
    )
    return sin, cos


# --- the networks: one hidden layer, and for each run its own weights -----------------


def _forward(weights, state):
    """The hidden layer (runs, hidden, n) and the output (runs, n) for states of shape (4, runs,
    n)."""
    inner, bias, outer, shift = weights
    hidden = inner[0][..., None] * state[0][:, None]
    for weight, part in zip(inner[1:], state[1:]):
        hidden += weight[..., None] * part[:, None]
    hidden += bias[..., None]
    hidden /= 1 + np.abs(
        hidden
    )  # softsign; in place, because new arrays cost more than sums
    return hidden, (outer[..., None] * hidden).sum(axis=1) + shift


def _backward(weights, state, hidden, slope):
    """The gradient for each of the weights; ``slope`` is that for the output, of shape (runs,
    n)."""
    slope = slope[:, None]
    flat = 1 - np.abs(hidden)
    flat *= flat  # the derivative of softsign
    back = slope * weights[2][..., None] * flat
    inner = np.stack([(back * part[:, None]).sum(axis=-1) for part in state])
    return inner, back.sum(axis=-1), (slope * hidden).sum(axis=-1), slope.sum(axis=-1)


def _logistic(logit):
    """1 / (1 + exp(-logit)); beyond 12 a policy is sure enough."""
    small = np.clip(logit, -12.0, 12.0) / -2048
    power = 1 + small * (1 + small / 2 * (1 + small / 3 * (1 + small / 4)))
    for _ in range(11):  # exp(x) is exp(x / 2048) squared eleven times
        power = power * power
    return 1 / (1 + power)


# --- learning -------------------------------------------------------------------------


class _Chance:
    """A stream of random numbers for each run: the same for all runs of one seed."""

    def __init__(self, seeds, stream):
        distinct, self.which = np.unique(seeds, return_inverse=True)
        self.generators = [generator(int(seed), stream) for seed in distinct]

    def uniform(self, *shape):
        """Numbers in [0, 1), of shape (runs, *shape)."""
        return np.stack([one.random(shape) for one in self.generators])[self.which]

    def order(self, count):
        return np.stack([one.permutation(count) for one in self.generators])[self.which]

    def starts(self, *shape):
        """States that begin an episode, (4, runs, *shape): each number within 0.05 of 0."""
        return np.moveaxis(0.1 * self.uniform(4, *shape) - 0.05, 1, 0)

    def weights(self):
        """Into the hidden layer (4, runs, hidden), its biases, out of it (both runs, hidden), the
        last bias (runs, 1).

        The last layer starts at zero, so the first policy tosses a coin and the first critic knows
        nothing.
        """
        inner = np.moveaxis(2 * self.uniform(4, HIDDEN) - 1, 1, 0)
        runs = inner.shape[1]
        return [
            np.ascontiguousarray(inner),
            np.zeros((runs, HIDDEN)),
            np.zeros((runs, HIDDEN)),
            np.zeros((runs, 1)),
        ]


class _Adam:
    """Kingma and Ba 2015, arXiv 1412.6980."""

    def __init__(self, weights):
        self.weights = weights
        self.means, self.squares = (
            [np.zeros_like(w) for w in weights] for _ in range(2)
        )
        self.left = 1.0, 1.0  # of the zeros that both averages start from

    def update(self, gradients, rates):
        self.left = self.left[0] * 0.9, self.left[1] * 0.999
        pace = (rates * np.sqrt(1 - self.left[1]) / (1 - self.left[0]))[:, None]
        for weight, gradient, mean, square in zip(
            self.weights, gradients, self.means, self.squares
        ):
            mean += 0.1 * (gradient - mean)
            square += 0.001 * (gradient * gradient - square)
            weight -= pace * mean / (np.sqrt(square) + 1e-7)


def _collect(policy, state, age, chance):
    """A round. What was seen: (state, state after, right, lost, over), steps and carts last;
    state and age after."""
    rolls, fresh, seen = chance.uniform(STEPS, CARTS), chance.starts(STEPS, CARTS), []
    for k in range(STEPS):
        right = rolls[:, k] < _logistic(_forward(policy, state)[1])
        after, lost = step(state, right)
        over = lost | (age + 1 >= LONGEST)
        seen.append((state, after, right, lost, over))
        state, age = np.where(over, fresh[:, :, k], after), np.where(over, 0, age + 1)
    return [np.stack(part, axis=-2) for part in zip(*seen)], state, age


def _advantages(value, later, lost, over, worth=1.0):
    """How much better things went than the critic foresaw, for each step; all arrays (runs, steps,
    carts).

    A step counts ``worth`` times 1 - discount, so a pole that stands for ever is worth 1.
    ``value`` is what the critic foresees in a state and ``later`` in the one after it. After a
    lost episode there is nothing to come. One that is over because it is the longest is not lost:
    what was to come is still foreseen, but no longer counted.
    """
    surprise = (1 - DISCOUNT) * worth + DISCOUNT * later * ~lost - value
    gains, carry = np.empty_like(value), 0.0
    for k in reversed(range(value.shape[1])):
        gains[:, k] = carry = surprise[:, k] + DISCOUNT * TRACE * ~over[:, k] * carry
    return gains


def _policy_slope(logit, right, likely, gain):
    """The derivative of PPO's loss by the logit.

    The loss of a sample is -min(ratio gain, clip(ratio) gain): ratio is how much likelier the push
    has become since it was made, when it was as likely as ``likely``, and gain is its advantage.
    """
    now = _logistic(logit)
    ratio = np.where(right, now, 1 - now) / likely
    free = np.where(gain > 0, ratio < 1 + CLIP, ratio > 1 - CLIP)
    return -gain * ratio * free * (right - now)


def _update(policy, critic, optimizers, batch, rates):
    """One step of both networks, on the samples (states, pushes, how likely they were,
    advantages, aims)."""
    state, right, likely, gain, aim = batch
    size = gain.shape[-1]
    gain = gain - gain.sum(axis=-1, keepdims=True) / size
    gain = gain / (np.sqrt((gain * gain).sum(axis=-1, keepdims=True) / size) + 1e-8)
    hidden, logit = _forward(policy, state)
    optimizers[0].update(
        _backward(
            policy, state, hidden, _policy_slope(logit, right, likely, gain) / size
        ),
        rates,
    )
    hidden, value = _forward(critic, state)
    optimizers[1].update(_backward(critic, state, hidden, (value - aim) / size), rates)


def _evaluate(policy, state, goal):
    """The mean return of each run from the given states. The likelier push is made: no dice."""
    standing, returns = np.ones(state.shape[1:], dtype=bool), np.zeros(state.shape[1])
    for _ in range(LONGEST):
        state, lost = step(state, _forward(policy, state)[1] > 0)
        returns += (standing * _worth(state, goal)).sum(axis=1)
        standing &= ~lost
        if not standing.any():
            break
        state = np.where(standing, state, 0.0)
    return returns / state.shape[2]


def _learn(rates, seeds, marks, goal):
    """The returns (marks, runs) of runs with these rates (updates, runs) and seeds, after each
    round in ``marks``."""
    runs, count = len(seeds), STEPS * CARTS
    policy, critic = (_Chance(seeds, stream).weights() for stream in (_POLICY, _CRITIC))
    optimizers = _Adam(policy), _Adam(critic)
    chance, shuffle, exam = (
        _Chance(seeds, _ROLLS),
        _Chance(seeds, _ORDER),
        _Chance(seeds, _EXAM).starts(EPISODES),
    )
    state, age, rows = (
        chance.starts(CARTS),
        np.zeros((runs, CARTS), dtype=int),
        np.arange(runs)[:, None],
    )
    returns = [_evaluate(policy, exam, goal)] * (0 in marks)
    for number, of_round in enumerate(rates.reshape(-1, EPOCHS, BATCHES, runs), 1):
        (states, after, right, lost, over), state, age = _collect(
            policy, state, age, chance
        )
        value, later = (
            _forward(critic, part.reshape(4, runs, count))[1].reshape(lost.shape)
            for part in (states, after)
        )
        gain = _advantages(value, later, lost, over, _worth(after, goal))
        states, right, gain, aim = (
            part.reshape(*part.shape[:-2], count)
            for part in (states, right, gain, gain + value)
        )
        chances = _logistic(_forward(policy, states)[1])
        samples = states, right, np.where(right, chances, 1 - chances), gain, aim
        for of_epoch in of_round:
            order = shuffle.order(count)
            shuffled = [
                np.split(part[..., rows, order], BATCHES, axis=-1) for part in samples
            ]
            for batch, now in zip(zip(*shuffled), of_epoch):
                _update(policy, critic, optimizers, batch, now)
        if number in marks:
            returns.append(_evaluate(policy, exam, goal))
    return np.array(returns)


def sweep(
    schedules,
    peaks,
    seeds,
    rounds=ROUNDS,
    evaluate_every=None,
    progress=None,
    goal="anywhere",
):
    """Make a run for each schedule, peak and seed, on all cores.

    A round is 512 steps (4 carts, 128 each), from which policy and critic learn in 16 updates. All
    runs of one seed start with the same weights, from the same states, with the same dice and the
    same orders.

    Args:
        schedules: name -> schedule with a peak of 1, or any callable of the 0-based update index.
        peaks: the peak rates, or a dict: schedule name -> peak rate or rates.
        seeds: whole numbers of at least 0.
        rounds: the length of a run, at least 1; it makes 16 times as many updates.
        evaluate_every: rounds between evaluations, from before the first to after the last; None
            evaluates after the last only.
        progress: show a bar; by default only in a terminal.
        goal: "anywhere", as in Gymnasium: each step is worth 1, and the best return is 500, which
            good policies reach. Or "middle": a step is worth 1 / (1 + (x / 0.1)**2), x metres from
            the middle of the rail, so that the return has room above whatever is learned.

    Returns:
        A pandas table as `evidence` and `figures` take it, with one row for each evaluation of
        each run: schedule, peak, seed, update (how many were made), return (what the up to 500
        steps were worth; the mean of 16 episodes, in which the likelier push was made) and
        diverged (whether that is not finite: never).
    """
    if goal not in GOALS:
        raise ValueError(f"goal must be one of {GOALS}; got {goal!r}")
    rounds = whole("rounds", rounds)
    every = (
        rounds if evaluate_every is None else whole("evaluate_every", evaluate_every)
    )
    marks = sorted(
        {*range(0, rounds, every), rounds} - ({0} if evaluate_every is None else set())
    )
    jobs = _jobs(schedules, peaks, seeds, rounds * EPOCHS * BATCHES)
    size = min(_TOGETHER, -(-len(jobs) // cores()))
    groups = [jobs[i : i + size] for i in range(0, len(jobs), size)]

    def work(group):
        return _learn(
            np.stack([rates for *_, rates in group], axis=1),
            [seed for *_, seed, _ in group],
            marks,
            goal,
        )

    with ThreadPoolExecutor(cores()) as pool:
        bar = tqdm(
            pool.map(work, groups),
            total=len(groups),
            unit="group",
            disable=silent(progress),
        )
        returns = np.concatenate(list(bar), axis=1)
    return pd.DataFrame(
        [
            {
                "schedule": name,
                "peak": peak,
                "seed": seed,
                "update": mark * EPOCHS * BATCHES,
                "return": value,
                "diverged": not np.isfinite(value),
            }
            for (name, peak, seed, _), of_run in zip(jobs, returns.T)
            for mark, value in zip(marks, of_run)
        ]
    )


def _jobs(schedules, peaks, seeds, updates):
    """(schedule, peak, seed, rates) of each run."""
    seeds = seeds_of(seeds)
    jobs = []
    for name, its in peaks_of(schedules, peaks).items():
        if not callable(schedules[name]):
            raise ValueError(
                f"{name!r} must be a callable of the update index; got {schedules[name]!r}"
            )
        for peak in its:
            rates = valid_rates(
                np.array(
                    [peak * schedules[name](t) for t in range(updates)], dtype=float
                ),
                repr(name),
            )
            jobs += [(name, peak, seed, rates) for seed in seeds]
    return sorted(
        jobs, key=lambda job: job[2]
    )  # runs of one seed share its random numbers
