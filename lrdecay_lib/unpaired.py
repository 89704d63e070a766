"""Controls that could come out wrong: a schedule against itself, on seeds of its own.

Rivals are compared on the same seeds. A schedule that meets itself there differs by nothing, so
such a control cannot fail. Here the two groups have no seed in common, and chance has its say.
"""

from dataclasses import fields

from lrdecay_lib import evidence

MARK = "unpaired"


class Effect(evidence.Effect):
    """A difference of two groups of as many runs that have no seed in common."""

    def __str__(self):
        others = f"seeds and {len(self.seeds)} others"
        return super().__str__().replace(f"paired seeds, {MARK}", others)


def difference(treatment, baseline, names, metric, **options):
    """How far the runs of one group end below those of another, as `evidence.difference` has it.

    The interval is that of the differences of independent pairs, so it holds the scatter of both
    groups: its variance is the sum of theirs.

    Args:
        treatment, baseline: a number for each seed (pandas Series), as many in one as in the
            other, and no seed in both.
        names: what the two are called.
        metric: what was measured.
        options: those of `evidence.difference`, but `at`.

    Raises:
        ValueError: if the groups share a seed, or one is larger.
    """
    shared = sorted(set(treatment.index) & set(baseline.index))
    if shared:
        raise ValueError(
            f"the groups {' and '.join(map(repr, names))} share the seeds {shared}: they are "
            "paired, for evidence.difference"
        )
    if len(treatment) != len(baseline):
        raise ValueError(
            f"{names[0]!r} has {len(treatment)} seeds and {names[1]!r} {len(baseline)}: give both "
            "as many"
        )
    met = baseline.set_axis(treatment.index)
    found = evidence.difference(treatment, met, names, metric, at=MARK, **options)
    return Effect(**{one.name: getattr(found, one.name) for one in fields(found)})
