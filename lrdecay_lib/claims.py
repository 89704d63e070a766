"""The claims that the book judges, declared in claims.toml before their runs.

    >>> claims.declared()["6.1-a"].margin
    2.0

A lesson never types a claim's text, its conditions or its margin: `evidence.verdict` and
`evidence.check` read them here, and refuse a verdict on other conditions. What the fields mean
stands at the head of claims.toml.
"""

import tomllib
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("claims.toml")
WHO = ("article", "book", "practice", "paper")
ABOUT = ("decay", "text")
KINDS = ("measured", "exact")
MEASURED = ("primary", "metric", "margin", "further", "control")  # what an effect needs


@dataclass(frozen=True)
class Claim:
    """One declaration.

    Attributes:
        id: such as "6.1-a": the section, and a letter.
        lesson: the file name, without its ending, of the lesson that judges it.
        says: the claim, in words that its author would accept.
        who: "article", "book" (the book's own question), "practice" or "paper".
        where: section and paragraph, or the citation key of a paper.
        words: key words of the article in the original; "" for others.
        about: "decay", or "text" for a slip of the article's text or program.
        kind: "measured" (runs over seeds) or "exact" (a formula, a shape, a count).
        means: what is tested, in one sentence.
        primary: the condition whose interval gives the word; "" for an exact claim.
        metric, unit: of the primary condition.
        margin: the smallest effect that matters, in ``unit``; above 0.
        further: the conditions that say how far it carries.
        margins: condition (or "control") -> margin, where its unit is another.
        control: what goes through the same test and must not come out for the claim.
        revised: what was changed after a look at a result, and why; "" if nothing.
    """

    id: str
    lesson: str
    says: str
    who: str
    where: str
    about: str
    kind: str
    means: str
    words: str = ""
    primary: str = ""
    metric: str = ""
    unit: str = ""
    margin: float = 0.0
    further: tuple = ()
    margins: dict = field(default_factory=dict)
    control: str = ""
    revised: str = ""

    def __post_init__(self):
        for name, allowed in (("who", WHO), ("about", ABOUT), ("kind", KINDS)):
            if getattr(self, name) not in allowed:
                raise ValueError(
                    f"claim {self.id}: {name} must be one of {', '.join(allowed)}; got "
                    f"{getattr(self, name)!r}"
                )
        object.__setattr__(self, "further", tuple(self.further))
        if len(set(self.conditions)) != len(self.conditions):
            raise ValueError(f"claim {self.id}: a condition is named twice")
        for name in self.margins:
            if name not in (*self.conditions, "control"):
                raise ValueError(
                    f"claim {self.id}: margins names no condition {name!r}"
                )
        if self.kind == "measured":
            for condition in (*self.conditions, "control"):
                if not self.margin_of(condition) > 0:
                    raise ValueError(
                        f"claim {self.id}: the margin of {condition!r} must be above 0, the "
                        f"smallest effect that matters; got {self.margin_of(condition)!r}"
                    )
            if not (self.primary and self.metric and self.control):
                raise ValueError(
                    f"claim {self.id}: a measured claim declares {', '.join(MEASURED)}"
                )
        elif self.primary or self.further or self.margin:
            raise ValueError(
                f"claim {self.id}: an exact claim has no primary, further or margin"
            )

    @property
    def conditions(self):
        """The primary condition and the further ones, in order."""
        return ((self.primary,) if self.primary else ()) + self.further

    def margin_of(self, condition):
        return float(self.margins.get(condition, self.margin))


@cache
def declared():
    """All claims: id -> `Claim`, in the order of the file.

    Raises:
        ValueError: naming the claim and the field that is missing, unknown or wrong.
    """
    return read(FILE)


def read(path):
    """The claims of a file such as claims.toml."""
    try:
        tables = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{Path(path).name} is no TOML: {error}") from None
    known = {f.name for f in fields(Claim)} - {"id"}
    found = {}
    for name, table in tables.items():
        unknown = sorted(set(table) - known)
        if unknown:
            raise ValueError(f"claim {name}: unknown field {unknown[0]!r}")
        try:
            found[name] = Claim(name, **table)
        except TypeError as error:  # a field without a default is missing
            missing = str(error).split(": ")[-1]
            raise ValueError(f"claim {name}: {missing} is not declared") from None
    return found


def claim(name):
    """The declaration of one claim.

    Raises:
        ValueError: if no such claim is declared.
    """
    if name not in declared():
        raise ValueError(
            f"no claim {name!r} is declared in lrdecay_lib/claims.toml: declare it there before "
            "its run, with primary condition, margin and control"
        )
    return declared()[name]
