"""Which tickets and calls were followed by another of the same customer and topic."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crmkpi.crm import changes
from crmkpi.crm.models import Channel, Customer, Interaction, Ticket
from crmkpi.lib import bulk

Columns = Mapping[str, Any]
Matter = tuple[int, int | None]  # customer and topic; no topic is one of its own


@dataclass(frozen=True)
class Rule:
    """When a row counts as the follow-up of another."""

    model: type[Ticket] | type[Interaction]
    begun: str  # column of the instant at which a row begins
    done: str  # column of the instant after which another one is a follow-up
    day: str  # column of the day that is noted

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that this rule looks at."""
        kind = () if self.model is Ticket else ("channel", "direction")
        return (
            *("customer_id", "topic_id", "exclusion", "followed_up_day"),
            *dict.fromkeys((self.begun, self.done, self.day)),
            *kind,
        )

    def counts(self, row: Columns) -> bool:
        """Whether a row can follow up, or be followed up, at all.

        Of interactions only calls by the customer do.
        """
        if row["exclusion"]:
            return False
        return self.model is Ticket or (
            row["channel"] == Channel.PHONE
            and row["direction"] == Interaction.Direction.INBOUND
        )


TICKETS = Rule(Ticket, begun="opened_at", done="resolved_at", day="opened_day")
CALLS = Rule(Interaction, begun="started_at", done="started_at", day="at_day")


def matters_of(rows: Iterable[Columns]) -> set[Matter]:
    """Return the customers and topics whose follow-ups rows may change."""
    return {
        (row["customer_id"], row["topic_id"])
        for row in rows
        if row["customer_id"] is not None
    }


def refresh(
    rule: Rule, matters: Collection[Matter], *, now: datetime, cause: str
) -> None:
    """Note on every row of these matters the day of the next one after it.

    Who else brings in rows of these customers waits until this is done.
    Queries: 2, and 2 more when anything changes.
    """
    customers = {customer for customer, _topic in matters}
    list(changes.locked(changes.with_keys(Customer, customers)).values_list("pk"))
    rows = changes.with_keys(rule.model, customers, column="customer_id")
    names = rule.columns
    groups: dict[Matter, dict[int, dict[str, Any]]] = defaultdict(dict)
    for key, *row in rows.order_by().values_list("pk", *names):
        values = dict(zip(names, row, strict=True))
        matter = (values["customer_id"], values["topic_id"])
        if matter in matters:
            groups[matter][key] = values
    changed: dict[int, int | None] = {}
    for group in groups.values():
        days = next_days(rule, group)
        changed |= {
            key: day
            for key, day in days.items()
            if group[key]["followed_up_day"] != day
        }
    _set(rule, changed, now=now, cause=cause)


def _set(
    rule: Rule, days: Mapping[int, int | None], *, now: datetime, cause: str
) -> None:
    if not days:
        return
    rows = changes.rows_by_key(changes.with_keys(rule.model, days), for_update=True)
    at = changes.position(rule.model, "followed_up_day")
    bulk.update_rows(
        rule.model, ["id"], ["followed_up_day"], [(key, days[key]) for key in rows]
    )
    changes.announce(
        rule.model,
        before=rows,
        after=[(*row[:at], days[key], *row[at + 1 :]) for key, row in rows.items()],
        now=now,
        cause=cause,
    )


def next_days(rule: Rule, rows: Mapping[int, Columns]) -> dict[int, int | None]:
    """Return, for each row of one matter, the day of the next one begun after it.

    Empty: None where nothing followed, and for rows that are not done or do not count.
    """
    counting = sorted(
        (row[rule.begun], row[rule.day]) for row in rows.values() if rule.counts(row)
    )
    days: dict[int, int | None] = {}
    for key, row in rows.items():
        days[key] = None
        done = row[rule.done]
        if done is None or not rule.counts(row):
            continue
        later = bisect_right(counting, done, key=lambda one: one[0])
        if later < len(counting):
            days[key] = counting[later][1]
    return days
