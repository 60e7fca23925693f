"""The declaration of an axis: a model whose fields are its measures."""

from functools import reduce
from operator import add
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Cast, Coalesce
from django.db.models.query_utils import DeferredAttribute
from django.utils.functional import Promise

from crmkpi.lib.numbers import Unit
from metrics.dimensions import DIMENSIONS, Cut
from metrics.expressions import Linear, MeasureRef, Ratio

BIG = models.BigIntegerField()
Text = str | Promise


class MeasureAttribute(DeferredAttribute):
    """Give the field itself on the class, so that measures can be calculated with."""

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        return self.field if instance is None else super().__get__(instance, cls)


class Measure(models.BigIntegerField):
    """One aggregation over the rows of an axis, a whole number.

    With a label people choose it for metrics of their own; it stands in the plural, as
    within a sentence: "tickets opened". `measured_in` is the unit of its sum.

    db_default beside default: workers of the previous release do not know a new
    measure and must still be able to write cells.
    """

    descriptor_class = MeasureAttribute

    def __init__(
        self,
        *,
        where: Q | None = None,
        label: Text = "",
        measured_in: Unit = Unit.COUNT,
        **options: Any,
    ) -> None:
        self.where = where
        self.label = label
        self.measured_in = measured_in
        super().__init__(**{"default": 0, "db_default": 0} | options)

    def deconstruct(self) -> Any:
        name, _path, _args, _options = super().deconstruct()
        plain = {"default": 0, "db_default": 0}
        return name, "django.db.models.BigIntegerField", [], plain

    def aggregate(self) -> models.expressions.Combinable:
        """Return the aggregation over the fact's rows."""
        raise NotImplementedError

    def describe(self) -> str:
        """Return a stable text of what is summed, for fingerprints."""
        return f"{type(self).__name__}({self.where})"

    def as_linear(self) -> Linear:
        """Return the measure as a sum of one term."""
        return Linear(((MeasureRef(self.model._meta.label_lower, self.name), 1),))

    def __add__(self, other: Any) -> Linear:
        added: Linear = self.as_linear() + other
        return added

    def __sub__(self, other: Any) -> Linear:
        left: Linear = self.as_linear() - other
        return left

    def __mul__(self, factor: int) -> Linear:
        return self.as_linear() * factor

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Ratio:
        ratio: Ratio = self.as_linear() / other
        return ratio


class Rows(Measure):
    """How many rows; with a filter, how many of them."""

    def aggregate(self) -> models.expressions.Combinable:
        return models.Count("pk", filter=self.where)


class Total(Measure):
    """The sum of a whole-number column or of several, perhaps in coarser units.

    Example: unit=60 makes of 29, 30 and 100 seconds 0, 1 and 2 minutes, together 3.
    """

    def __init__(
        self,
        *columns: str,
        unit: int = 1,
        where: Q | None = None,
        **options: Any,
    ) -> None:
        self.columns = columns
        self.unit = unit
        super().__init__(where=where, **options)

    def value(self) -> Any:
        """Return what one row adds."""
        # Whole-number division is the same on both databases for what is not negative.
        exact = self._exact()
        if self.unit == 1:
            return exact
        rounded = (exact + self.unit // 2) / self.unit
        return models.ExpressionWrapper(rounded, output_field=BIG)

    def _exact(self) -> Any:
        """Return the column, or the sum of several of which unknown ones add none."""
        if len(self.columns) == 1:
            return Cast(F(self.columns[0]), BIG)
        known = (Coalesce(F(column), 0, output_field=BIG) for column in self.columns)
        return models.ExpressionWrapper(reduce(add, known), output_field=BIG)

    def aggregate(self) -> models.expressions.Combinable:
        summed = models.Sum(self.value(), filter=self.where)
        return Cast(Coalesce(summed, 0, output_field=BIG), BIG)

    def describe(self) -> str:
        unit = "" if self.unit == 1 else f" / {self.unit}"
        columns = " + ".join(self.columns)
        return f"{type(self).__name__}({columns}{unit}, {self.where})"


class Squares(Total):
    """The sum of squares of a column, in units so coarse that 64 bits hold it."""

    def value(self) -> Any:
        one = super().value()
        return models.ExpressionWrapper(one * one, output_field=BIG)


class Cells(models.Model):
    """The cells of one axis: a fact with one of its time fields.

    A subclass names `fact`, `when` and `cuts` and declares its measures, of which
    `rows` is mandatory: a cell without rows is deleted. With a title its measures can
    be chosen; what counts stretches or single looks has none.

    Leaf cells (grain LEAF) are read from rows: an agent's day with `other` = the team
    at that time, and a dimension member's day with `other` = the team. All other
    grains are roll-ups: `other` is 0 for all teams, or a team with all below it.
    """

    cut = models.SmallIntegerField()
    member = models.BigIntegerField()  # 0: none
    grain = models.SmallIntegerField()
    start = models.IntegerField()
    other = models.BigIntegerField()
    pk = models.CompositePrimaryKey("cut", "member", "grain", "start", "other")

    fact: ClassVar[type[models.Model]]
    when: ClassVar[str]
    cuts: ClassVar[tuple[Cut, ...]] = ()
    title: ClassVar[Text] = ""  # "Tickets, on the day they were opened"
    base: ClassVar[Q] = Q(exclusion=0)
    agent: ClassVar[str] = "agent"
    columns: ClassVar[dict[Cut, str]] = {}  # where the fact calls a dimension otherwise

    class Meta:
        abstract = True
        indexes = [  # roll-ups and company-wide pages read a grain over a time
            models.Index(fields=["cut", "grain", "start"], name="%(class)s_grain")
        ]

    @classmethod
    def key(cls) -> str:
        """Return the name of the axis, for example "metrics.ticketsopened"."""
        return cls._meta.label_lower

    @classmethod
    def team(cls) -> str:
        """Return the fact's column with the owner's team on the day of the event."""
        columns = {field.name for field in cls.fact._meta.get_fields()}
        stamped = f"{cls.when.removesuffix('_day')}_team"
        return stamped if stamped in columns else "team"

    @classmethod
    def column(cls, cut: Cut) -> str:
        """Return the fact's column that holds the member of a cut."""
        if cut is Cut.AGENT:
            return cls.agent
        return cls.columns.get(cut, DIMENSIONS[cut].column)

    @classmethod
    def measures(cls) -> list[Measure]:
        return [each for each in cls._meta.local_fields if isinstance(each, Measure)]

    @classmethod
    def leaf_cuts(cls) -> tuple[Cut, ...]:
        return (Cut.AGENT, *cls.cuts)
