"""Cells that no import takes: each with the reason that is given, and nothing written.

The table is written in a CSV file and imported by the command's own service, so that
texts, types and rules are met as they are by those who import.
"""

from pathlib import Path

import pytest

from crmkpi.crm.ingest.files import import_file
from crmkpi.crm.ingest.mapping import parse_mapping
from crmkpi.crm.ingest.registry import get_record
from crmkpi.crm.models import ImportRun
from tests.crm.rows import take
from tests.world import NOW

pytestmark = pytest.mark.django_db

GOOD = {
    "team": {"name": "North", "region": "Wet"},
    "agent": {"name": "Zoe"},
    "customer": {"name": "Brill"},
    "contact": {"external_id": "1", "name": "Pat"},
    "product": {"name": "GTX"},
    "campaign": {"name": "Spring"},
    "lead": {"external_id": "1"},
    "opportunity": {"external_id": "1", "stage": "Won"},
    "order": {"external_id": "1"},
    "contract": {"external_id": "1", "customer": "Acme", "started": "2026-01-01"},
    "ticket": {"external_id": "1", "opened": "2026-02-02 08:00"},
    "interaction": {"external_id": "1", "started": "2026-02-02 08:00"},
    "cost": {
        "external_id": "1",
        "kind": "sales",
        "amount": "1",
        "first_day": "2026-01-01",
    },
    "agent_time": {
        "agent": "Alice",
        "day": "2026-02-02",
        "state": "break",
        "seconds": "60",
    },
    "process_run": {"external_id": "1", "ended": "2026-02-02 08:00"},
    "engagement_day": {"channel": "web", "day": "2026-02-02"},
    "market_figure": {
        "external_id": "1",
        "metric": "market_size",
        "value": "1",
        "first_day": "2026-01-01",
        "last_day": "2026-01-31",
    },
    "exchange_rate": {"currency": "USD", "day": "2026-02-02", "rate": "0.85"},
}
REQUIRED = "This is required."
FUTURE = "This lies in the future."
NOT_A_DATE = "“{}” is not a date written as year, month, day."
NOT_A_NUMBER = "“{}” is not a number."
BEFORE_OPENED = "This lies before it was opened."
BEFORE_START = "This lies before the first day."
LONG = "The text has {} characters; {} are allowed."
CHANNELS = (
    "This must be one of: unknown, phone, email, chat, web, social, app, in person, "
    "sms, partner, other."
)


# ruff: noqa: E501 (a case is read as one line)
# fmt: off
BAD = [
    # record, field, cell, reason
    ("team", "name", "", REQUIRED),
    ("team", "name", "x" * 201, LONG.format(201, 200)),
    ("team", "parent", "North", "A team cannot stand below itself."),
    ("team", "since", "soon", NOT_A_DATE.format("soon")),
    ("agent", "name", "?", REQUIRED),
    ("agent", "email", "zoe", "This is not an e-mail address."),
    ("agent", "role", "boss", "This must be one of: agent, lead, manager, analyst."),
    ("agent", "since", "2026-02-30", "“2026-02-30” is not in the calendar, read as year, month, day."),
    ("agent", "until", "1/2/26", "“1/2/26”: write the year with four digits."),
    ("customer", "name", "n/a", REQUIRED),
    ("customer", "parent", "Nobody", "There is no customer with this id or name."),
    ("customer", "employees", "many", NOT_A_NUMBER.format("many")),
    ("customer", "employees", "-1", "This must be 0 or more."),
    ("customer", "employees", "1.5", "“1.5” is not a whole number."),
    ("customer", "employees", "3000000000", "This must be 2147483647 or less."),
    ("customer", "zone", "Mars/Base", "This time zone is not known."),
    ("customer", "acquired", "1989-12-31", "“1989-12-31” is not between 1990 and 2059."),
    ("customer", "acquired", "2026-03-01", FUTURE),
    ("customer", "campaign", "Autumn", "There is no campaign with this id or name."),
    ("customer", "channel", "pigeon", CHANNELS),
    ("customer", "language", "a very long code", LONG.format(16, 12)),
    ("contact", "external_id", "", REQUIRED),
    ("contact", "email", "pat@", "This is not an e-mail address."),
    ("contact", "customer", "Nobody", "There is no customer with this id or name."),
    ("product", "list_price", "1,05", "“1,05” does not fit the decimal sign “.”; perhaps it is written with “,”."),
    ("product", "list_price", "1e5", "“1e5” is shortened; write the number in full."),
    ("product", "list_price", "45k", NOT_A_NUMBER.format("45k")),
    ("product", "list_price", "9" * 30, "This amount is too large."),
    ("campaign", "started", "45631", NOT_A_DATE.format("45631")),
    ("lead", "state", "warm", "This must be one of: open, converted, lost."),
    ("lead", "created", "2026-02-02 25:00", "“2026-02-02 25:00” has an impossible hour."),
    ("lead", "product", "GTX", "There is no product with this id or name."),
    ("opportunity", "external_id", "x" * 201, LONG.format(201, 200)),
    ("opportunity", "stage", "", "Say which stage or state the deal is in."),
    ("opportunity", "state", "maybe", "This must be one of: open, won, lost."),
    ("opportunity", "opened", "yesterday", NOT_A_DATE.format("yesterday")),
    ("opportunity", "opened", "13/02/2026", NOT_A_DATE.format("13/02/2026")),
    ("opportunity", "opened", "2026-02-15", FUTURE),
    ("opportunity", "closed", "2026-06-30", "It is closed already, so this cannot lie in the future."),
    ("opportunity", "amount", "nan", NOT_A_NUMBER.format("nan")),
    ("opportunity", "amount", "1_000", NOT_A_NUMBER.format("1_000")),
    ("opportunity", "amount", "١٢", NOT_A_NUMBER.format("١٢")),
    ("opportunity", "currency", "XXXX", LONG.format(4, 3)),
    ("opportunity", "currency", "QQQ", "“QQQ” is not a currency. Write a code such as EUR or USD."),
    ("opportunity", "is_renewal", "perhaps", "“perhaps” is neither yes nor no."),
    ("opportunity", "customer", "Nobody", "There is no customer with this id or name."),
    ("opportunity", "exclusion", "boring", "This must be one of: none, test, spam, merged, duplicate, deleted, draft."),
    ("order", "state", "shipped", "This must be one of: pending, paid, cancelled, refunded."),
    ("order", "sale", "gift", "This must be one of: new, upsell, cross sell, renewal."),
    ("order", "paid", "2026-02-20 10:00", FUTURE),
    ("order", "cost", "free", NOT_A_NUMBER.format("free")),
    ("contract", "customer", "-", REQUIRED),
    ("contract", "kind", "lease", "This must be one of: subscription, service."),
    ("contract", "started", "", REQUIRED),
    ("contract", "ended", "2025-12-31", BEFORE_START),
    ("contract", "monthly_amount", "ten", NOT_A_NUMBER.format("ten")),
    ("ticket", "opened", "none", REQUIRED),
    ("ticket", "opened", "2026-02-02 08:60", "“2026-02-02 08:60” has no time that can be read."),
    ("ticket", "status", "stuck", "This must be one of: new, open, pending, resolved, closed."),
    ("ticket", "replied", "2026-02-02 07:59", BEFORE_OPENED),
    ("ticket", "resolved", "2026-02-01", BEFORE_OPENED),
    ("ticket", "reply_due", "2026-02-01 08:00", BEFORE_OPENED),
    ("ticket", "reopens", "-1", "This must be 0 or more."),
    ("ticket", "reopens", "40000", "This must be 32767 or less."),
    ("ticket", "csat", "6", "This must be 5 or less."),
    ("ticket", "csat", "0", "This must be 1 or more."),
    ("ticket", "csat", "Good", NOT_A_NUMBER.format("Good")),
    ("ticket", "nps", "11", "This must be 10 or less."),
    ("ticket", "ces", "8", "This must be 7 or less."),
    ("ticket", "contact", "p9", "There is no contact with this id or name."),
    ("interaction", "started", "", REQUIRED),
    ("interaction", "ended", "2026-02-02 07:00", "This lies before it began."),
    ("interaction", "direction", "sideways", "This must be one of: inbound, outbound."),
    ("interaction", "answered", "2", "“2” is neither yes nor no."),
    ("interaction", "wait_seconds", "-3", "“-3” is not a duration. Write seconds or H:MM:SS."),
    ("interaction", "talk_seconds", "3:45", "“3:45” may be hours or minutes. Write H:MM:SS or seconds."),
    ("interaction", "ticket", "t9", "There is no ticket with this id or name."),
    ("interaction", "opportunity", "o9", "There is no opportunity with this id or name."),
    ("cost", "kind", "coffee", "This must be one of: marketing, sales, retention, service, crm system."),
    ("cost", "amount", "", REQUIRED),
    ("cost", "last_day", "2025-12-31", BEFORE_START),
    ("cost", "last_day", "2046-01-01", "A cost is spread over ten years at most."),
    ("agent_time", "state", "asleep", "This must be one of: handling, available, break, meeting, training, absent."),
    ("agent_time", "seconds", "90001", "A day does not have so many seconds."),
    ("agent_time", "agent", "", REQUIRED),
    ("process_run", "is_finished", "half", "“half” is neither yes nor no."),
    ("process_run", "human_touches", "two", NOT_A_NUMBER.format("two")),
    ("engagement_day", "channel", "", REQUIRED),
    ("engagement_day", "reach", "9007199254740993", "This must be 9007199254740992 or less."),
    ("market_figure", "value", "", REQUIRED),
    ("market_figure", "value", "1" + "0" * 16, "This number is too large."),
    ("market_figure", "last_day", "2025-12-31", BEFORE_START),
    ("exchange_rate", "rate", "0", "A rate is more than zero and less than 10^10."),
    ("exchange_rate", "currency", "QQQ", "“QQQ” is not a currency. Write a code such as EUR or USD."),
    ("exchange_rate", "day", "", REQUIRED),
]
# fmt: on


@pytest.fixture
def record_file(world, tmp_path):
    take("customer", {"name": "Acme"})

    def load(record, cells):
        path: Path = tmp_path / f"{record}.csv"
        headings, row = (
            ",".join(cells),
            ",".join(f'"{cell}"' for cell in cells.values()),
        )
        path.write_text(f"{headings}\n{row}\n", encoding="utf-8")
        found = get_record(record)
        return import_file(
            path,
            record=found,
            source="bad",
            mapping=parse_mapping({}, found),
            now=NOW,
            clock=lambda: NOW,
        )

    return load


@pytest.mark.parametrize(("record", "field", "cell", "reason"), BAD)
def test_refused(record_file, record, field, cell, reason):
    imported = record_file(record, GOOD[record] | {field: cell})
    ((row, column, _value, told),) = imported.outcome.refused
    assert (row, column, told) == (2, field, reason)
    assert imported.outcome.taken == 0
    assert imported.run.state == ImportRun.State.REFUSED
    model = get_record(record).model
    written = model.objects.all() if model else ImportRun.objects.none()
    if hasattr(model, "external_id"):
        written = written.exclude(source__slug="crm")
    assert not written.exists()


@pytest.mark.parametrize("record", GOOD)
def test_the_rows_they_spoil_are_good(record_file, record):
    assert record_file(record, GOOD[record]).outcome.refused == []
