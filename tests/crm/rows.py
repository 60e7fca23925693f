"""Rows for the tests of customer relations, and ears for what is told of them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db import models

from crmkpi.crm.ingest.services import Outcome, ingest
from tests.world import NOW


def at(text: str) -> datetime:
    """Return an instant of UTC: at("2026-02-13 12:00") == NOW."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def take(
    record: str, *rows: dict[str, Any], source: str = "crm", now: datetime = NOW
) -> Outcome:
    """Import rows that are all good."""
    outcome = ingest(record, rows, source=source, now=now)
    assert outcome.refused == []
    return outcome


def refused(
    record: str, *rows: dict[str, Any], source: str = "crm", now: datetime = NOW
) -> list[tuple[int, str, str]]:
    """Import rows of which some are bad; return row, column and reason of each."""
    outcome = ingest(record, rows, source=source, now=now)
    assert outcome.taken == 0
    return [(error.row, error.column, error.reason) for error in outcome.refused]


def opportunity(external_id: str = "o1", **values: Any) -> dict[str, Any]:
    """Return an open deal of Cleo's, opened on 2 January 2026."""
    return {
        "external_id": external_id,
        "owner": "Cleo",
        "stage": "Prospecting",
        "opened": at("2026-01-02 09:00"),
    } | values


def lead(external_id: str = "l1", **values: Any) -> dict[str, Any]:
    """Return Cleo's lead, which came on 2 January 2026."""
    return {
        "external_id": external_id,
        "owner": "Cleo",
        "created": at("2026-01-02 09:00"),
    } | values


def order(external_id: str = "r1", **values: Any) -> dict[str, Any]:
    """Return an order of 100 that was paid on 10 January 2026."""
    return {
        "external_id": external_id,
        "customer": "Acme",
        "owner": "Cleo",
        "amount": 100,
        "paid": at("2026-01-10 09:00"),
    } | values


def ticket(external_id: str = "t1", **values: Any) -> dict[str, Any]:
    """Return Alice's ticket, opened on Monday 2 February 2026, 9:00 in Berlin."""
    return {
        "external_id": external_id,
        "agent": "Alice",
        "opened": at("2026-02-02 08:00"),
    } | values


def call(external_id: str = "c1", **values: Any) -> dict[str, Any]:
    """Return a call that Alice took on 2 February 2026."""
    return {
        "external_id": external_id,
        "agent": "Alice",
        "channel": "phone",
        "started": at("2026-02-02 08:00"),
    } | values


def spells(
    model: type[models.Model], *columns: str, order: str = "started_day"
) -> list[tuple[Any, ...]]:
    """Return columns of all spells of a kind, oldest first."""
    names = columns or ("agent__name", "started_day", "ended_day")
    return list(model.objects.order_by(order, "pk").values_list(*names))


@dataclass
class Heard:
    """What facts_changed told, by model."""

    told: list[tuple[type[models.Model], list[Any], list[Any], str]] = field(
        default_factory=list
    )
    columns: dict[type[models.Model], tuple[str, ...]] = field(default_factory=dict)

    def listen(self, sender: Any, **news: Any) -> None:
        self.columns[sender] = news["columns"]
        self.told.append(
            (sender, list(news["before"]), list(news["after"]), news["cause"])
        )

    def of(
        self, model: type[models.Model], *names: str
    ) -> list[tuple[list[Any], list[Any], str]]:
        """Return (before, after, cause) of each message about a model."""
        at = [self.columns[model].index(name) for name in names if self.told]

        def pick(rows: Iterable[Any]) -> list[Any]:
            return [tuple(row[index] for index in at) for row in rows]

        return [
            (pick(before), pick(after), cause)
            for sender, before, after, cause in self.told
            if sender is model
        ]
