"""Data quality: how far the records can be trusted."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from crmkpi.lib.numbers import Unit
from metrics.catalog.advice import data_quality as advice
from metrics.expressions import Linear, Ratio, Standing
from metrics.measures.customers import CustomersAcquired
from metrics.measures.figures import MarketFigures
from metrics.measures.interactions import Interactions
from metrics.measures.leads import LeadsCreated
from metrics.measures.opportunities import OpportunitiesOpened
from metrics.measures.orders import OrdersPaid
from metrics.measures.tickets import TicketsOpened
from metrics.metric import Above, Better, Metric

# The fields that a record cannot do without: record -> field -> rows that have it.
REQUIRED: dict[str, dict[str, Any]] = {
    "customer": {
        "owner": CustomersAcquired.has_owner,
        "industry": CustomersAcquired.has_industry,
        "segment": CustomersAcquired.has_segment,
        "region": CustomersAcquired.has_region,
    },
    "lead": {"owner": LeadsCreated.has_owner, "channel": LeadsCreated.has_channel},
    "deal": {
        "owner": OpportunitiesOpened.has_owner,
        "customer": OpportunitiesOpened.has_customer,
        "product": OpportunitiesOpened.has_product,
    },
    "order": {"customer": OrdersPaid.has_customer, "product": OrdersPaid.has_product},
    "ticket": {
        "owner": TicketsOpened.has_owner,
        "customer": TicketsOpened.has_customer,
        "topic": TicketsOpened.has_topic,
        "type": TicketsOpened.has_type,
    },
    "interaction": {
        "owner": Interactions.has_owner,
        "customer": Interactions.has_customer,
        "topic": Interactions.has_topic,
    },
}
RECORDS: dict[str, Any] = {
    "customer": CustomersAcquired.rows,
    "lead": LeadsCreated.rows,
    "deal": OpportunitiesOpened.rows,
    "order": OrdersPaid.rows,
    "ticket": TicketsOpened.rows,
    "interaction": Interactions.rows,
}
# What a value must obey: rule -> (rows that obey it, rows that it is asked of).
RULES: dict[str, tuple[Any, Any]] = {
    "order_with_an_amount": (OrdersPaid.has_amount, OrdersPaid.rows),
    "order_with_a_day": (OrdersPaid.is_dated, OrdersPaid.rows),
    "deal_with_a_day": (OpportunitiesOpened.is_dated, OpportunitiesOpened.rows),
    "won_deal_with_an_amount": (
        OpportunitiesOpened.won_with_amount,
        OpportunitiesOpened.won,
    ),
    "resolution_after_opening": (TicketsOpened.done_in_order, TicketsOpened.done),
    "answered_call_with_talk_time": (
        Interactions.talked,
        Interactions.answered_calls,
    ),
}


def _sum(measures: list[Any]) -> Linear:
    """Return measures added up."""
    total = Linear(())
    for each in measures:
        total += each
    return total


def _of_record(record: str) -> Ratio:
    fields = REQUIRED[record]
    return Ratio(_sum(list(fields.values())), RECORDS[record] * len(fields))


def _standing(ratio: Ratio) -> Standing:
    return Standing(ratio.numerator, ratio.denominator)


data_completeness = Metric(
    expression=Standing(
        _sum([each for fields in REQUIRED.values() for each in fields.values()]),
        _sum(
            [
                RECORDS[record]
                for record, fields in REQUIRED.items()
                for _field in fields
            ]
        ),
        count=_sum(list(RECORDS.values())),
    ),
    above=Above.WITHIN,
    variants=tuple(
        variant
        for record, fields in REQUIRED.items()
        for variant in (
            (record, _standing(_of_record(record))),
            *(
                (f"{record}_{name}", _standing(filled / RECORDS[record]))
                for name, filled in fields.items()
            ),
        )
    ),
    title=_("Data completeness"),
    text=_("Share of the fields a record cannot do without that are filled in."),
    formula=_("filled required fields ÷ (records × required fields)"),
    includes=_(
        "All records up to the end of the period, as they stand today. Customers: "
        "owner, industry, segment, region. Leads: owner, channel. Deals: owner, "
        "customer, product. Orders: customer, product. Tickets: owner, customer, "
        "topic, type. Interactions: owner, customer, topic."
    ),
    excludes=_(
        "What says nothing, such as “n/a”, “-” and “0000”, is empty. People who have "
        "not become customers yet; test, spam, duplicate and deleted records."
    ),
    unit=Unit.PERCENT,
    better=Better.HIGHER,
    source=_("State at the end of the last day of the period; each record beside it."),
    advice=advice.DATA_COMPLETENESS,
    numerator=_("fields filled in"),
    denominator=_("records"),
    min_n=0,
)

data_validity = Metric(
    expression=Standing(
        _sum([kept for kept, _asked in RULES.values()]),
        _sum([asked for _kept, asked in RULES.values()]),
        count=_sum(
            [
                OrdersPaid.rows,
                OpportunitiesOpened.rows,
                TicketsOpened.done,
                Interactions.answered_calls,
            ]
        ),
    ),
    above=Above.WITHIN,
    variants=tuple(
        (name, _standing(kept / asked)) for name, (kept, asked) in RULES.items()
    ),
    title=_("Data validity"),
    text=_("Share of values that obey the rules that values of their kind obey."),
    formula=_("values that obey their rule ÷ values that are asked"),
    includes=_(
        "All records up to the end of the period, as they stand today. Paid orders "
        "have a day and an amount above 0, deals a day on which they were opened, won "
        "deals an amount above 0; tickets are resolved after they were opened; in "
        "answered calls somebody talked."
    ),
    excludes=_(
        "Rows that an import refused: they are not here. Whether a valid value is true "
        "is data accuracy."
    ),
    unit=Unit.PERCENT,
    better=Better.HIGHER,
    source=_("Rules over stored rows; each rule stands beside the value."),
    advice=advice.DATA_VALIDITY,
    numerator=_("values that obey"),
    denominator=_("records"),
    min_n=0,
)

data_accuracy = Metric(
    expression=Ratio(
        MarketFigures.confirmed, MarketFigures.checked, count=MarketFigures.audits
    ),
    title=_("Data accuracy"),
    text=_("Share of fields that turned out right when somebody checked them."),
    formula=_("fields confirmed right ÷ fields checked"),
    includes=_("Audits entered by hand or imported, on the day of the check."),
    excludes=_("Fields that nobody checked: rules are not asked here."),
    unit=Unit.PERCENT,
    better=Better.HIGHER,
    source=_(
        "A sample of fields held against the truth, such as a call or a document."
    ),
    advice=advice.DATA_ACCURACY,
    numerator=_("confirmed"),
    denominator=_("audits"),
    agents=False,
    teams=False,
)
