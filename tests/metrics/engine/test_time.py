"""What time alone changes, and days that are not like others."""

from datetime import UTC, datetime, timedelta

import pytest

from crmkpi.accounts import services as accounts
from crmkpi.accounts.models import Organisation
from crmkpi.lib.periods import UNDATED, Calendar, Grain, Period
from metrics import queries
from metrics.dimensions import Cut
from metrics.engine import refresh, snapshots
from metrics.measures.orders import OrdersPaid
from metrics.models import Revision, Snapshot
from metrics.scopes import company
from metrics.services import drain
from tests.crm.rows import order, take
from tests.metrics import rows
from tests.metrics.engine.state import assert_equal_from_scratch
from tests.world import NOW, TODAY, day


def read(key, period, *, on=TODAY, snapshots_too=True):
    asked = (key, company().key, period)
    found = queries.read_values([asked], today=on, now=NOW, snapshots=snapshots_too)
    return found[asked]


def test_a_ticket_matures_without_any_change_of_rows(world):
    """Resolved on 9 February, it settles 7 days later: 1 of 1, and nothing before."""
    resolved = day("2026-02-09")
    rows.put(
        rows.resolved(
            world.alice, world.berlin, opened=resolved, on=resolved, seconds=60
        )
    )
    drain(now=NOW)
    february = Calendar().period(TODAY, Grain.MONTH)
    assert read("first_contact_resolution", february).status == "immature"
    later = read("first_contact_resolution", february, on=resolved + 7)
    assert (later.numerator, later.denominator) == (1, 1)


def test_turning_the_day_brings_snapshots_up_to_date_and_no_revisions(world):
    resolved = day("2026-02-09")
    rows.put(
        rows.resolved(
            world.alice, world.berlin, opened=resolved, on=resolved, seconds=60
        )
    )
    drain(now=NOW)
    later = NOW + timedelta(days=5)
    assert snapshots.turn_the_day(now=later) > 0
    held = Snapshot.objects.get(
        version__key="first_contact_resolution", cut=1, grain=Grain.MONTH
    )
    assert (held.numerator, held.denominator) == (1, 1)
    assert Revision.objects.count() == 0
    before = set(Snapshot.objects.values_list("pk", "computed_at"))
    snapshots.turn_the_day(now=later)
    assert set(Snapshot.objects.values_list("pk", "computed_at")) == before


def test_weeks_that_nobody_stored_are_made_up_for(world):
    """Pinned four weeks ago and left alone since: turning the day stores all weeks."""
    for weeks in range(8):
        rows.put(rows.ticket(world.alice, world.berlin, opened=TODAY - 7 * weeks))
    drain(now=NOW)
    scope = company().key
    snapshots.pin("ticket_volume", scope, now=NOW - timedelta(days=28))
    weeks = Snapshot.objects.filter(version__key="ticket_volume", grain=Grain.WEEK)
    assert weeks.count() == 4
    snapshots.turn_the_day(now=NOW)
    assert sorted(weeks.values_list("value", flat=True)) == [1] * 8


def test_snapshot_and_cells_give_the_same_value(world):
    rows.put(
        *[
            rows.deal(
                world.cleo,
                world.north,
                opened=day("2025-11-20"),
                closed=day("2025-12-01") + n,
                won=n % 3 == 0,
            )
            for n in range(12)
        ]
    )
    drain(now=NOW)
    december = Calendar().period(day("2025-12-01"), Grain.MONTH)
    for key in ("win_rate", "won_value", "average_deal_size", "sales_cycle_length"):
        stored = read(key, december)
        computed = read(key, december, snapshots_too=False)
        assert stored.from_snapshot
        assert not computed.from_snapshot
        for name in ("value", "numerator", "denominator", "n", "low", "high", "status"):
            assert getattr(stored, name) == getattr(computed, name), (key, name)


def test_a_range_that_fits_no_grain_is_read_by_day(world):
    """Tickets on 30 and 31 January and 1 February: two in the range from 31 January."""
    for on in ("2026-01-30", "2026-01-31", "2026-02-01"):
        rows.put(rows.ticket(world.alice, world.berlin, opened=day(on)))
    drain(now=NOW)
    found = read("ticket_volume", Period(day("2026-01-31"), day("2026-02-10")))
    assert found.value == 2


def test_days_after_today_do_not_count(world):
    rows.put(rows.ticket(world.alice, world.berlin, opened=TODAY))
    rows.put(rows.ticket(world.alice, world.berlin, opened=TODAY + 1))
    drain(now=NOW)
    assert read("ticket_volume", Calendar().period(TODAY, Grain.MONTH)).value == 1


def test_no_rows_of_a_kind_is_no_data_and_not_0(world):
    found = read("ticket_volume", Calendar().period(TODAY, Grain.MONTH))
    assert (found.value, found.status) == (None, "no_data")
    assert found.reason


def test_a_month_without_rows_between_others_is_0(world):
    for on in ("2025-10-05", "2025-12-05"):
        rows.put(rows.ticket(world.alice, world.berlin, opened=day(on)))
    drain(now=NOW)
    november = Calendar().period(day("2025-11-01"), Grain.MONTH)
    assert read("ticket_volume", november).value == 0
    before = Calendar().period(day("2025-09-01"), Grain.MONTH)
    assert read("ticket_volume", before).value is None


def test_another_week_start_and_fiscal_year_count_the_same_rows_anew(world):
    """5 January 2026 is a Monday; with weeks from Sunday the 4th belongs to it too."""
    for on in ("2026-01-04", "2026-01-05"):
        rows.put(rows.ticket(world.alice, world.berlin, opened=day(on)))
    drain(now=NOW)
    week = Calendar().period(day("2026-01-05"), Grain.WEEK)
    assert read("ticket_volume", week).value == 1
    accounts.update_organisation(actor=None, now=NOW, week_start=6, fiscal_month=4)
    drain(now=NOW)
    calendar = Calendar(week_start=6, fiscal_month=4)
    week = calendar.period(day("2026-01-05"), Grain.WEEK)
    assert read("ticket_volume", week).value == 2
    assert read("ticket_volume", calendar.period(TODAY, Grain.YEAR)).value == 2
    assert_equal_from_scratch()


def test_an_undated_deal_counts_only_without_a_range(world):
    rows.put(rows.deal(world.cleo, world.north, opened=UNDATED))
    rows.put(rows.deal(world.cleo, world.north, opened=day("2026-01-05")))
    drain(now=NOW)
    january = Calendar().period(day("2026-01-05"), Grain.MONTH)
    assert read("close_rate", january).denominator == 1
    assert read("close_rate", None).denominator == 2
    left_out = queries.exclusions("close_rate", company().key, january, today=TODAY)
    assert [(each.name, each.count) for each in left_out] == [("Undated", 1)]


@pytest.mark.parametrize(
    ("zone", "begin", "half_hours"),
    [
        ("Europe/Berlin", "2025-03-29 23:00", {"2025-03-30": 46, "2025-03-31": 48}),
        ("Europe/Berlin", "2025-10-25 22:00", {"2025-10-26": 50, "2025-10-27": 48}),
        # Half an hour forth and back.
        ("Australia/Lord_Howe", "2025-10-04 13:30", {"2025-10-05": 47}),
        ("Australia/Lord_Howe", "2025-04-05 13:00", {"2025-04-06": 49}),
        ("Pacific/Kiritimati", "2024-02-28 10:00", {"2024-02-29": 48}),
        # The last week of a year with 53, and the day that Kiritimati left out.
        ("Pacific/Kiritimati", "2020-12-31 10:00", {"2021-01-01": 48}),
        (
            "Pacific/Kiritimati",
            "1994-12-30 10:00",
            {"1994-12-30": 48, "1995-01-01": 48},
        ),
    ],
)
def test_each_local_day_has_one_cell_per_member(world, zone, begin, half_hours):
    """An order each half hour of some local days, of which each is in one cell."""
    Organisation.objects.update(zone=zone)
    first = datetime.fromisoformat(begin).replace(tzinfo=UTC)
    count = sum(half_hours.values())
    take("customer", {"name": "Acme", "owner": "Cleo"})
    sold = [
        order(f"o{n}", paid=first + n * timedelta(minutes=30)) for n in range(count)
    ]
    take("order", *sold)
    while refresh.work_off_one(now=NOW):
        pass
    cells = OrdersPaid.objects.filter(grain=Grain.DAY)
    found = cells.filter(cut=Cut.COMPANY).values_list("start", "rows")
    assert sorted(found) == [(day(on), n) for on, n in half_hours.items()]
    members = cells.order_by().values_list("cut", "member", "other", "start")
    assert len(members) == len(set(members))
