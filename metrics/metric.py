"""What a metric is: the declaration that the catalogue consists of."""

import hashlib
from dataclasses import dataclass, field, replace
from enum import StrEnum

from django.utils.functional import Promise

from crmkpi.lib.numbers import Unit
from metrics.dimensions import Cut
from metrics.expressions import (
    Cohort,
    Derived,
    Expression,
    FromRows,
    Level,
    Standing,
    axes_of,
    describe,
    linears,
)

Text = str | Promise
SCORE = "score:"  # begins the readings that count the answers of one score: "score:4"


class Better(StrEnum):
    HIGHER = "higher"
    LOWER = "lower"
    RANGE = "range"
    NONE = "none"


class Above(StrEnum):
    """What stands above the line of a ratio, as seen from the rows below it."""

    PART = "part"  # each of those rows either counts above the line or does not
    WITHIN = "within"  # each of those rows adds an amount, perhaps 0
    APART = "apart"  # other rows


@dataclass(frozen=True)
class Distribution:
    """The column whose median and 90th percentile stand beside a mean.

    `axis` names the measures whose rows it is taken from; `where` is the name of the
    measure on that axis that filters them. The columns in `plus` are added to it, of
    which unknown ones add none.
    """

    axis: str
    column: str
    where: str = "rows"
    plus: tuple[str, ...] = field(default=(), repr=False)

    @property
    def text(self) -> str:
        """Return a stable text of what is distributed, for fingerprints."""
        return " + ".join((repr(self), *self.plus))


@dataclass(frozen=True, kw_only=True)
class Advice:
    """What moves a number, and what each role can try; plain sentences."""

    moves: Text
    agent: Text = ""
    lead: Text = ""
    manager: Text = ""


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
    trailing: int = 0  # days up to the end that are taken, whatever the period
    # Windows and thresholds that its measures keep to; those of rules are in options.
    windows: tuple[tuple[str, int], ...] = ()
    above_unit: Unit | None = None  # of the numerator; none: money of money, else count
    below_unit: Unit = Unit.COUNT
    above: Above = Above.PART  # of a ratio whose sides lie on one axis
    variants: tuple[tuple[str, Expression], ...] = ()  # other readings, shown beside
    reading_units: tuple[tuple[str, Unit], ...] = ()  # of readings in another unit
    distribution: Distribution | None = None
    agents: bool = True  # whether rows carry an agent
    advice: Advice | None = None
    # The only dimensions it is read by; None: all that its rows carry.
    split_by: tuple[Cut, ...] | None = None
    nothing: Text = ""  # why there is no value when there is nothing to divide by
    teams: bool = True  # whether it can be told of a team, not of the company alone
    key: str = field(default="", compare=False)
    family: str = field(default="", compare=False)

    def named(self, key: str, family: str) -> "Metric":
        return replace(self, key=key, family=family)

    @property
    def is_state(self) -> bool:
        return isinstance(self.expression, Level | Standing)

    @property
    def is_derived(self) -> bool:
        """Whether it is calculated from the values of other metrics."""
        return isinstance(self.expression, Derived)

    @property
    def is_restricted(self) -> bool:
        """Whether only some members of a dimension count, which splits it for good."""
        return any(ref.only for each in linears(self.expression) for ref in each.refs)

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
            "Standing": "S",
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
    def counted_axes(self) -> frozenset[str]:
        """Return the axes whose rows are counted, and so decide what it is split by.

        Empty: for what is not split by any dimension.
        """
        if self.split_by == ():
            return frozenset()
        if isinstance(self.expression, Cohort):
            return frozenset({self.expression.axis})
        return self.axes

    @property
    def inputs(self) -> tuple[str, ...]:
        """Return the keys of the metrics this one is calculated from."""
        if isinstance(self.expression, Derived | FromRows):
            return tuple(each.split(":")[0] for each in self.expression.inputs)
        return ()

    @property
    def reads_rows(self) -> bool:
        return isinstance(self.expression, (Cohort, FromRows))

    def unit_of(self, reading: str) -> Unit:
        """Return the unit of a reading beside the value."""
        return dict(self.reading_units).get(reading, self.unit)

    @property
    def terms(self) -> dict[str, int]:
        """Return the windows and thresholds of the definition, stored by its version.

        Example: {"answered_within_seconds": 20, "min_n": 30}; metrics.terms has words.
        """
        options = getattr(self.expression, "options", ())
        more = {
            "matures_after_days": self.matures_after,
            "trailing_days": self.trailing,
            "min_n": self.min_n,
        }
        fixed = dict((*self.windows, *options))
        return fixed | {name: amount for name, amount in more.items() if amount}

    def fingerprint(self) -> str:
        """Return a hash of everything that decides the number."""
        parts = [
            describe(self.expression),
            *(f"{name}={describe(variant)}" for name, variant in self.variants),
            self.distribution.text if self.distribution else "None",
            f"{self.matures_after}+{self.trailing}"
            if self.trailing
            else str(self.matures_after),
            str(self.min_n),
            self.unit.value,
            *(f"{name}={amount}" for name, amount in self.windows),
        ]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
