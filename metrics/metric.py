"""What a metric is: the declaration that the catalogue consists of."""

import hashlib
from dataclasses import dataclass, field, replace
from enum import StrEnum

from django.utils.functional import Promise

from crmkpi.lib.numbers import Unit
from metrics.expressions import (
    Derived,
    Expression,
    FromRows,
    Level,
    axes_of,
    describe,
)

Text = str | Promise


class Better(StrEnum):
    HIGHER = "higher"
    LOWER = "lower"
    RANGE = "range"
    NONE = "none"


@dataclass(frozen=True)
class Distribution:
    """The column whose median and 90th percentile stand beside a mean.

    `axis` names the measures whose rows it is taken from; `where` is the name of the
    measure on that axis that filters them.
    """

    axis: str
    column: str
    where: str = "rows"


@dataclass(frozen=True, kw_only=True)
class Metric:
    """One metric of the catalogue; its key is the name it is declared under."""

    expression: Expression
    title: Text
    text: Text  # what it says, in one or two plain sentences
    formula: Text  # the same as a formula in words
    includes: Text
    excludes: Text
    unit: Unit
    better: Better
    source: Text  # where the definition comes from
    numerator: Text = ""  # what one unit of the numerator is called, in the plural
    denominator: Text = ""  # the same of n: "answers", "deals closed"
    sides: tuple[Text, Text] = ("", "")  # of a balance: what counts for and against it
    min_n: int = 30  # below it a value is too uncertain to judge
    matures_after: int = 0  # days after which a row can no longer change its verdict
    variants: tuple[tuple[str, Expression], ...] = ()  # other readings, shown beside
    distribution: Distribution | None = None
    agents: bool = True  # whether rows carry an agent
    key: str = field(default="", compare=False)
    family: str = field(default="", compare=False)

    def named(self, key: str, family: str) -> "Metric":
        return replace(self, key=key, family=family)

    @property
    def is_state(self) -> bool:
        return isinstance(self.expression, Level)

    @property
    def is_flow(self) -> bool:
        """Whether it counts up over the period, so that a target can be paced."""
        return self.additivity == "A"

    @property
    def additivity(self) -> str:
        """Return the class of metrics.md: A, R, M, S or X."""
        letters = {
            "Amount": "A",
            "Ratio": "R",
            "Balance": "R",
            "Mean": "M",
            "Level": "S",
        }
        return letters.get(type(self.expression).__name__, "X")

    @property
    def axes(self) -> frozenset[str]:
        """Return the axes whose change makes this metric stale, inputs left out."""
        found = axes_of(self.expression)
        for _name, variant in self.variants:
            found |= axes_of(variant)
        return found

    @property
    def inputs(self) -> tuple[str, ...]:
        """Return the keys of the metrics this one is calculated from."""
        if isinstance(self.expression, Derived):
            return tuple(each.split(":")[0] for each in self.expression.inputs)
        return ()

    @property
    def reads_rows(self) -> bool:
        return isinstance(self.expression, FromRows)

    def fingerprint(self) -> str:
        """Return a hash of everything that decides the number."""
        parts = [
            describe(self.expression),
            *(f"{name}={describe(variant)}" for name, variant in self.variants),
            str(self.distribution),
            str(self.matures_after),
            str(self.min_n),
            self.unit.value,
        ]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
