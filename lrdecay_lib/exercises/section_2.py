"""The exercises of section 2, the concepts and how they hang together."""

import numpy as np

from . import add


# --- 2.1 The three concepts -----------------------------------------------------------------------


def stability_limit(hessian):
    return 2 / np.linalg.eigvalsh(hessian).max()


def _limit(statistic, numerator=2.0):
    """A wrong limit: ``numerator`` over a statistic of the Hessian."""
    return lambda hessian: float(numerator / statistic(hessian))


add(
    "2.1.1", stability_limit, "The largest stable rate", 1, """
    Write `stability_limit(hessian)`: the rate below which gradient descent on a quadratic loss with this Hessian
    converges from everywhere, and above which it diverges from nearly everywhere. `hessian` is a symmetric
    array of shape (n, n) whose eigenvalues are above 0.
    """,
    why="Along an eigenvector with eigenvalue h each update multiplies the distance by 1 - rate h. The largest h is "
        "the first for which this passes -1.",
    hints=["For a loss h x² / 2 the limit is 2/h. Which h counts when there are several?",
           "The curvatures of a quadratic are the eigenvalues of its Hessian. `np.linalg.eigvalsh` gives those of a "
           "symmetric matrix.",
           "All directions must converge, so the steepest decides."],
    probes=[(np.array([[4.0]]),), (np.array([[1.0, 0.0], [0.0, 10.0]]),), (np.array([[2.0, 1.0], [1.0, 3.0]]),),
            (np.array([[2.0, -1.0, 0.0], [-1.0, 2.0, -1.0], [0.0, -1.0, 2.0]]),),
            (np.array([[5.0, 2.0], [2.0, 1.0]]),)],
    slips=[
        (_limit(lambda H: np.linalg.eigvalsh(H).max(), 1.0),
         "This is 1/L, the rate at which the steepest direction arrives in one update. Up to twice that it still "
         "converges, swinging."),
        (_limit(lambda H: np.linalg.eigvalsh(H).min()),
         "This is the limit of the *flattest* direction. The steeper ones diverge long before."),
        (_limit(lambda H: np.linalg.eigvalsh(H).mean()),
         "This takes the mean of the curvatures. All directions must converge, the steepest as well."),
        (_limit(np.trace), "This takes the sum of the curvatures. It is safe, and smaller than the limit."),
        (_limit(lambda H: np.diag(H).max()),
         "This takes the largest entry, which is the curvature along one of the axes. The steepest direction may lie "
         "between them."),
        (_limit(np.linalg.norm), "This takes the root of the sum of squares of all entries. It is safe, and smaller "
                                 "than the limit."),
        (_limit(lambda H: np.abs(H).sum(axis=1).max()),
         "This takes the largest sum of a row, a bound on the eigenvalues. The limit itself needs the eigenvalue."),
        (_limit(np.linalg.det), "This takes the determinant, the *product* of the curvatures."),
        (lambda H: float(np.linalg.eigvalsh(H).max()), "This is the largest curvature. What rate does it allow?"),
        (lambda H: 2 / np.linalg.eigvalsh(H),
         "These are the limits of all directions. One rate serves them all."),
        (_limit(lambda H: np.sqrt(np.linalg.eigvalsh(H).max())),
         "This takes the root of the largest curvature. The root belongs to singular values of the data, whose squares "
         "are the curvatures; here the Hessian itself is given."),
    ],
)


def rate_for_floor(floor, curvature, variance):
    return 2 * floor * curvature / (variance + floor * curvature**2)


add(
    "2.1.2", rate_for_floor, "A rate for a floor", 2, """
    With a constant rate λ, a curvature h and gradient noise of variance σ², the mean square of the distance comes to
    rest at λσ² / (h (2 - λh)). Write `rate_for_floor(floor, curvature, variance)`: the rate at which it comes to
    rest at `floor`. All arguments are above 0.
    """,
    why="Multiply the formula out, bring the terms with the rate to one side, and divide. The rate is below 2/h for "
        "every floor, as it must be.",
    hints=["Write the formula as an equation, with `floor` on one side, and multiply by the denominator.",
           "The rate now stands in two terms. Bring both to one side, and take the rate out as a factor.",
           "Test it: put your rate back into the formula. Do you get the floor?"],
    probes=[(0.1, 1.0, 1.0), (0.01, 1.0, 1.0), (0.5, 1.0, 2.0), (0.3, 2.5, 0.7), (2.0, 0.2, 5.0), (50.0, 3.0, 1.0)],
    slips=[
        (lambda f, h, v: 2 * f * h / v,
         "This is the rule for small rates, where λh beside 2 is left out. Near the limit it gives rates above 2/h, "
         "which diverge."),
        (lambda f, h, v: 2 * f * h / (v + f * h),
         "Nearly: when the denominator is multiplied out, h appears once more."),
        (lambda f, h, v: 2 * f * h / (v - f * h**2),
         "A sign is lost on the way: the term with the rate changes it when it goes to the other side."),
        (lambda f, h, v: f * h / (v + f * h**2), "A factor of 2 is lost on the way."),
        (lambda f, h, v: f * v / (h * (2 - f * h)),
         "This puts the floor in the place of the rate and gives a floor. The question is the other way round."),
        (lambda f, h, v: 2 * f / (v + f), "The curvature is forgotten."),
        (lambda f, h, v: 2 * f * h / (v**2 + f * h**2),
         "`variance` is σ² already. It needs no square."),
        (lambda f, h, v: 2 * f**2 * h / (v + f**2 * h**2),
         "`floor` is the mean *square* of the distance already. It needs no square."),
        (lambda f, h, v: (v + f * h**2) / (2 * f * h), "This is upside down: a higher floor allows a larger rate."),
        (lambda f, h, v: 2 * f / (v + f * h**2), "One h is lost: the denominator of the formula begins with it."),
    ],
)


# --- 2.2 How they hang together -------------------------------------------------------------------


def plateau_rates(losses, peak, factor, patience):
    rate, best, waited, rates = peak, losses[0], 0, [peak]
    for loss in losses[1:]:
        waited = 0 if loss < best else waited + 1
        best = min(best, loss)
        if waited == patience:
            rate, waited = rate * factor, 0
        rates.append(rate)
    return np.array(rates)


def _plateau(better=lambda loss, best, before: loss < best, again=0, early=0, forget=False, late=False):
    """A wrong rule: another idea of an improvement, another count after a fall, and so on."""
    def rates(losses, peak, factor, patience):
        rate, best, waited, found, before = peak, losses[0], 0, [peak], losses[0]
        for loss in losses[1:]:
            waited = 0 if better(loss, best, before) else waited + 1
            best, before, now = min(best, loss), loss, rate
            if waited >= patience + early:
                rate, waited = rate * factor, waited if again is None else again
                best = loss if forget else best
            found.append(now if late else rate)
        return np.array(found)
    return rates


_STUCK = np.array([1.0, 0.8, 0.7, 0.7, 0.72, 0.6, 0.61, 0.59, 0.6, 0.6, 0.6])
_SAW = np.array([1.0, 0.5, 0.9, 0.8, 0.7, 0.6, 0.55, 0.52, 0.51, 0.4, 0.45, 0.44, 0.43, 0.42])


add(
    "2.2.1", plateau_rates, "Reduce on plateau", 2, """
    A rule looks at the validation loss after each evaluation. An evaluation is an improvement if its loss is below
    the best so far. After `patience` evaluations in a row without one the rate is multiplied by `factor`, and the
    rule begins to wait anew. Write `plateau_rates(losses, peak, factor, patience)`: an array with the rate after
    each evaluation. `losses` is an array; its first loss is the first best, and the rate begins at `peak`.
    """,
    why="The rule remembers three numbers: the rate, the best loss, and how long it has waited.",
    hints=["What must the rule remember from one evaluation to the next? Write it for losses that only fall, first.",
           "Count the evaluations since the last improvement. When is the count set back to 0? There are two occasions.",
           "An equal loss is no improvement, and the best loss is kept when the rate falls."],
    probes=[(np.array([1.0, 0.9, 0.8, 0.7]), 0.1, 0.5, 2), (np.array([1.0, 1.1, 1.2, 1.3, 1.4, 1.5]), 0.1, 0.5, 2),
            (_STUCK, 0.1, 0.5, 2), (_SAW, 0.4, 0.1, 3), (_STUCK, 0.2, 0.2, 1), (_SAW, 1.0, 0.5, 4),
            (np.full(9, 0.3), 0.8, 0.5, 3)],
    slips=[
        (_plateau(lambda loss, best, before: loss < before),
         "Each loss is compared with the one just before it. An improvement is a loss below the *best* so far."),
        (_plateau(lambda loss, best, before: loss <= best), "An equal loss counts as an improvement here."),
        (_plateau(again=None), "After a fall the waiting does not begin anew, so the rate falls at every evaluation "
                               "until the next improvement."),
        (_plateau(again=1), "After a fall the count begins at 1 instead of 0, so the next fall comes one evaluation "
                            "early."),
        (_plateau(early=1), "The rate falls one evaluation late: after `patience` evaluations without improvement it has "
                            "waited long enough."),
        (_plateau(early=-1), "The rate falls one evaluation early."),
        (_plateau(forget=True), "The best loss is forgotten when the rate falls. Then a loss above the old best can "
                                "count as an improvement."),
        (_plateau(late=True), "Each rate stands one place late. The rate *after* the evaluation is wanted."),
        (lambda losses, peak, factor, patience: plateau_rates(losses, peak, factor, patience)[:-1],
         "One rate is missing: there is one after each evaluation, and the first is `peak`."),
        (lambda losses, peak, factor, patience: plateau_rates(losses, peak, factor, patience)[1:],
         "The rate after the first evaluation is missing. It is `peak`."),
        (lambda losses, peak, factor, patience: plateau_rates(losses, 1.0, factor, patience),
         "These are shares of the peak. Start at `peak`."),
        (lambda losses, peak, factor, patience: peak * factor ** (np.arange(len(losses)) // patience),
         "This is a step decay: it falls by the clock and never looks at the losses."),
        (lambda losses, peak, factor, patience: np.full(len(losses), peak), "The rate never falls."),
    ],
)


def has_loop(arrows):
    while arrows:
        starts = {start for start, end in arrows}
        kept = [(start, end) for start, end in arrows if end in starts]
        if kept == arrows:
            return True
        arrows = kept
    return False


def _reaches(arrows, start, goal, seen=()):
    return any(end == goal or end not in seen and _reaches(arrows, end, goal, (*seen, end))
               for begin, end in arrows if begin == start)


def _followed(after, box):
    """Whether the one path from a box comes back to where it was: ``after`` has one arrow for each box."""
    seen = set()
    while box in after and box not in seen:
        seen.add(box)
        box = after[box]
    return box in seen


def _undirected(arrows):
    """Whether there is a loop if one may walk against the arrows."""
    groups = {box: {box} for arrow in arrows for box in arrow}
    for start, end in arrows:
        if groups[start] is groups[end]:
            return True
        both = groups[start] | groups[end]
        groups.update(dict.fromkeys(both, both))
    return False


_ARTICLE = [("initial rate", "gradient descent"), ("gradient descent", "loss"), ("loss", "update"),
            ("initial rate", "decay"), ("decay", "gradient descent")]


add(
    "2.2.2", has_loop, "Is there a loop?", 2, """
    A chart is a list of arrows, each a pair (start, end) of names. Write `has_loop(arrows)`: True if one can follow
    the arrows, always forwards, from some box back to the same box, else False. An arrow from a box to itself is a
    loop. A chart without arrows has none.
    """,
    why="An arrow into a box that nothing leaves cannot lie on a loop, so it is taken away. What is left when no more can "
        "be taken away is a loop, or nothing.",
    hints=["In which charts does every path come to an end? Look for boxes that nothing leaves.",
           "One way: from every box, collect what can be reached from it, and see whether the box itself is there.",
           "Another: take away all arrows into boxes that nothing leaves, again and again. When does this stop?"],
    probes=[([("a", "b"), ("b", "a")],), ([("a", "b"), ("b", "c")],), (_ARTICLE,),
            ([("a", "b"), ("b", "c"), ("c", "a")],), ([("a", "a")],), ([],),
            ([("a", "b"), ("a", "c"), ("b", "d"), ("c", "d")],), ([("a", "x"), ("b", "a")],),
            ([("a", "b"), ("b", "c"), ("c", "d"), ("d", "b")],), ([("a", "b"), ("c", "d"), ("d", "e"), ("e", "c")],),
            ([("a", "c"), ("b", "c")],), ([("b", "c"), ("a", "b")],), ([("c", "a"), ("b", "c"), ("a", "b"), ("b", "d")],)],
    slips=[
        (_undirected, "This may walk against the arrows. Two paths that part and meet again are no loop."),
        (lambda arrows: any((end, start) in arrows for start, end in arrows),
         "This finds only loops of one or two arrows. A loop may be longer."),
        (lambda arrows: any(start == end for start, end in arrows),
         "This finds only arrows from a box to itself."),
        (lambda arrows: bool(arrows) and _reaches(arrows, arrows[0][0], arrows[0][0]),
         "This looks for a loop through the first box only."),
        (lambda arrows: bool(arrows) and _followed(dict(arrows), arrows[0][0]),
         "This follows one path, from the first box on. Other boxes may have a loop, and a box may have two arrows out."),
        (lambda arrows: len({end for _, end in arrows}) < len(arrows),
         "This asks whether two arrows end in one box. Two paths may meet without a loop."),
        (lambda arrows: len({start for start, _ in arrows}) < len(arrows),
         "This asks whether two arrows start at one box. A path may part without a loop."),
        (lambda arrows: len(arrows) >= len({box for arrow in arrows for box in arrow}) > 0,
         "This counts arrows and boxes. Their numbers do not decide it, since the directions matter."),
        (lambda arrows: bool({start for start, _ in arrows} & {end for _, end in arrows}),
         "This asks whether some box has an arrow in and an arrow out. On every path of two arrows there is one."),
        (lambda arrows: all(end in {start for start, _ in arrows} for _, end in arrows),
         "This asks whether something leaves *every* box. A chart with a loop may also have a dead end, and one without "
         "arrows has no loop."),
        (lambda arrows: not has_loop(arrows), "True and False are exchanged."),
    ],
)
