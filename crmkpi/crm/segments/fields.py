"""What rules can look at: traits of customers and what they did.

Apps above add fields of their own, as surveys do with the last score.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from django.db.models import (
    BigIntegerField,
    Count,
    Exists,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
)
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crmkpi.crm.models import (
    Channel,
    Contract,
    Customer,
    Interaction,
    Member,
    Order,
    Ticket,
)
from crmkpi.crm.segments.rules import COMPARING, NAMING, Condition, How, Shape
from crmkpi.lib.money import to_minor


@dataclass(frozen=True)
class Sight:
    """From where rules look: a local day and the organisation's currency."""

    today: int
    currency: str


Filter = Callable[[Condition, Sight], Q]


@dataclass(frozen=True)
class Field:
    """One thing to compare: how conditions on it look, and whom they find."""

    shape: Shape
    group: str | Promise
    finds: Filter
    names: Callable[[], dict[str, str]] = dict  # the values there are, with their names
    is_list: bool = False  # a fixed list of values, named otherwise in each language


FIELDS: dict[str, Field] = {}
TRAITS, DEEDS = _("What customers are"), _("What they did")


def register(fields: Iterable[Field]) -> None:
    """Make fields known; to do it again changes nothing."""
    FIELDS.update({field.shape.key: field for field in fields})


# Traits


def _member(
    key: str, label: str | Promise, dimension: Member.Dimension, column: str
) -> Field:
    def names() -> dict[str, str]:
        used = Customer.objects.order_by().values(column)
        found = Member.objects.filter(dimension=dimension, pk__in=used)
        return {name: name for name in found.values_list("name", flat=True)}

    def finds(condition: Condition, _sight: Sight) -> Q:
        if condition.how is How.UNKNOWN:
            return Q(**{f"{column}__isnull": True})
        named = Member.objects.filter(dimension=dimension, name__in=condition.values)
        return _named(condition, Q(**{f"{column}__in": named.order_by().values("pk")}))

    return Field(Shape(key, label, (*NAMING, How.UNKNOWN)), TRAITS, finds, names)


def _text(key: str, label: str | Promise) -> Field:
    def names() -> dict[str, str]:
        used = Customer.objects.exclude(**{key: ""}).order_by(key)
        return {name: name for name in used.values_list(key, flat=True).distinct()}

    def finds(condition: Condition, _sight: Sight) -> Q:
        if condition.how is How.UNKNOWN:
            return Q(**{key: ""})
        return _named(condition, Q(**{f"{key}__in": condition.values}))

    return Field(Shape(key, label, (*NAMING, How.UNKNOWN)), TRAITS, finds, names)


def _named(condition: Condition, q: Q) -> Q:
    return q if condition.how is How.ANY_OF else ~q


def _channels() -> dict[str, str]:
    return {each.name.lower(): str(each.label) for each in Channel}


def _by_channel(condition: Condition, _sight: Sight) -> Q:
    wanted = [Channel[value.upper()] for value in condition.values]
    return _named(condition, Q(acquired_channel__in=wanted))


def _by_employees(condition: Condition, _sight: Sight) -> Q:
    if condition.how is How.UNKNOWN:
        return Q(employees__isnull=True)
    end = "gte" if condition.how is How.AT_LEAST else "lte"
    return Q(**{f"employees__{end}": condition.number})


def _by_age(condition: Condition, sight: Sight) -> Q:
    """Find customers by the days since they were won; some do not say when."""
    known = Q(acquired_day__gt=0, acquired_day__lte=sight.today)
    if condition.how is How.UNKNOWN:
        return ~known
    day = sight.today - int(condition.number or 0)
    if condition.how is How.AT_LEAST:
        return known & Q(acquired_day__lte=day)
    return known & Q(acquired_day__gte=day)


# Deeds


# Rows are looked up customer by customer, through their index. As a list of customers
# that must not match, PostgreSQL reads them again for each customer.


def _customers(rows: QuerySet[Any], **having: Any) -> Q:
    """Return the filter for the customers of rows."""
    return Q(Exists(_of_customer(rows).filter(**having)))


def _compared(rows: QuerySet[Any], amount: Any, condition: Condition, than: int) -> Q:
    """Return the filter for customers by a sum over rows; without rows it is 0."""
    summed = _of_customer(rows).values("customer_id").annotate(amount=amount)
    found = Coalesce(Subquery(summed.values("amount")), 0, output_field=_WHOLE)
    if condition.how is How.AT_LEAST:
        return Q(GreaterThanOrEqual(found, than))
    return Q(LessThanOrEqual(found, than))


def _of_customer(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.filter(customer=OuterRef("pk"), exclusion=0).order_by()


_WHOLE = BigIntegerField()


def _lately(
    condition: Condition, sight: Sight, *, rows: QuerySet[Any], day: str, amount: str
) -> Q:
    """Find customers by what they did in the last days, today among them."""
    first = sight.today - int(condition.days or 0) + 1
    some = rows.filter(**{f"{day}__gte": first, f"{day}__lte": sight.today})
    number = condition.number or Decimal(0)
    if amount:
        return _compared(some, Sum(amount), condition, to_minor(number, sight.currency))
    return _compared(some, Count("pk"), condition, int(number))


def _ago(condition: Condition, sight: Sight, *, rows: QuerySet[Any], day: str) -> Q:
    """Find customers by the days since they last did something; some never did."""
    ever = _customers(rows, **{f"{day}__lte": sight.today})
    if condition.how is How.UNKNOWN:
        return ~ever
    last = sight.today - int(condition.number or 0)
    if condition.how is How.AT_MOST:
        return _customers(rows, **{f"{day}__gte": last, f"{day}__lte": sight.today})
    since = _customers(rows, **{f"{day}__gt": last, f"{day}__lte": sight.today})
    return ever & ~since


def _by_contracts(condition: Condition, sight: Sight) -> Q:
    running = Contract.objects.filter(
        Q(ended_day__isnull=True) | Q(ended_day__gt=sight.today),
        started_day__lte=sight.today,
    )
    than = to_minor(condition.number or Decimal(0), sight.currency)
    return _compared(running, Sum("monthly_amount"), condition, than)


def _done(
    key: str,
    label: str | Promise,
    rows: QuerySet[Any],
    day: str,
    amount: str = "",
) -> Field:
    shape = Shape(
        key,
        label,
        COMPARING,
        looks_back=True,
        counts_from_zero=True,
        whole=not amount,
    )
    return Field(shape, DEEDS, partial(_lately, rows=rows, day=day, amount=amount))


def _since(key: str, label: str | Promise, rows: QuerySet[Any], day: str) -> Field:
    shape = Shape(key, label, (*COMPARING, How.UNKNOWN), counts_from_zero=True)
    return Field(shape, DEEDS, partial(_ago, rows=rows, day=day))


_PAID = Order.objects.filter(state=Order.State.PAID)
_SPOKEN = Interaction.objects.exclude(is_answered=False)

register(
    (
        _member("industry", _("Industry"), Member.Dimension.INDUSTRY, "industry"),
        _member("region", _("Region"), Member.Dimension.REGION, "region"),
        _member(
            "given_segment",
            _("Segment by the source"),
            Member.Dimension.SEGMENT,
            "given_segment",
        ),
        _text("country", _("Country")),
        _text("language", _("Language")),
        Field(
            Shape("channel", _("Channel that won it"), NAMING),
            TRAITS,
            _by_channel,
            _channels,
            is_list=True,
        ),
        Field(
            Shape("employees", _("Employees"), (*COMPARING, How.UNKNOWN)),
            TRAITS,
            _by_employees,
        ),
        Field(
            Shape(
                "age",
                _("Days since it became a customer"),
                (*COMPARING, How.UNKNOWN),
            ),
            TRAITS,
            _by_age,
        ),
        _done("orders", _("Orders"), _PAID, "paid_day"),
        _done("revenue", _("Revenue"), _PAID, "paid_day", "amount"),
        _since("last_order", _("Days since the last order"), _PAID, "paid_day"),
        Field(
            Shape(
                "contracts",
                _("Running contracts, a month"),
                COMPARING,
                counts_from_zero=True,
                whole=False,
            ),
            DEEDS,
            _by_contracts,
        ),
        _done("tickets", _("Tickets"), Ticket.objects.all(), "opened_day"),
        _done(
            "complaints",
            _("Complaints"),
            Ticket.objects.filter(is_complaint=True),
            "opened_day",
        ),
        _since("last_contact", _("Days since the last contact"), _SPOKEN, "at_day"),
    )
)
