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


def difference(first, second, names, metric, **options):
    """The effect of ``first - second``, as `evidence.difference` has it, of two groups of runs.

    The runs meet in any order. The variance of their differences is the sum of the groups' own,
    so the interval holds the scatter of both.

    Args:
        first, second: a number for each seed (pandas Series), as many in one as in the other,
            and no seed in both.
        names, metric, options: those of `evidence.difference`, but `at`.

    Raises:
        ValueError: if the groups share a seed, or one is larger.
    """
    shared = sorted(set(first.index) & set(second.index))
    if shared:
        raise ValueError(
            f"the groups {' and '.join(map(repr, names))} share the seeds {shared}: they are "
            "paired, for evidence.difference"
        )
    if len(first) != len(second):
        raise ValueError(
            f"{names[0]!r} has {len(first)} seeds and {names[1]!r} {len(second)}: give both "
            "as many"
        )
    met = second.set_axis(first.index)
    found = evidence.difference(first, met, names, metric, at=MARK, **options)
    return Effect(**{one.name: getattr(found, one.name) for one in fields(found)})
