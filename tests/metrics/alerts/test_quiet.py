"""When a mail may leave: quiet hours over midnight and where clocks change."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from metrics.alerts.quiet import mail_at

BERLIN = "Europe/Berlin"
NIGHT = (time(22), time(7))


def berlin(text: str, fold: int = 0) -> datetime:
    wall = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(BERLIN), fold=fold)
    return wall.astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "leaves"),
    [
        ("2026-02-13T21:59:59", "2026-02-13T21:59:59"),
        ("2026-02-13T22:00", "2026-02-14T07:00"),
        ("2026-02-13T23:30", "2026-02-14T07:00"),
        ("2026-02-14T00:00", "2026-02-14T07:00"),
        ("2026-02-14T06:59:59", "2026-02-14T07:00"),
        ("2026-02-14T07:00", "2026-02-14T07:00"),
        ("2026-12-31T23:59", "2027-01-01T07:00"),
    ],
)
def test_quiet_hours_over_midnight(now: str, leaves: str) -> None:
    assert mail_at(berlin(now), *NIGHT, BERLIN) == berlin(leaves)


@pytest.mark.parametrize(
    ("now", "leaves"),
    [
        ("2026-02-13T11:59", "2026-02-13T11:59"),
        ("2026-02-13T12:00", "2026-02-13T14:00"),
        ("2026-02-13T14:00", "2026-02-13T14:00"),
    ],
)
def test_quiet_hours_within_a_day(now: str, leaves: str) -> None:
    assert mail_at(berlin(now), time(12), time(14), BERLIN) == berlin(leaves)


@pytest.mark.parametrize("ends", [(None, None), (time(7), time(7))])
def test_without_quiet_hours_mail_leaves_at_once(ends: tuple) -> None:
    now = berlin("2026-02-13T23:30")
    assert mail_at(now, *ends, BERLIN) == now


def test_a_night_in_which_the_clocks_change_ends_at_the_same_wall_time() -> None:
    """29 March and 25 October 2026: 22:00 to 07:00 are 8 and 10 hours."""
    spring = mail_at(datetime(2026, 3, 28, 21, 0, tzinfo=UTC), *NIGHT, BERLIN)
    autumn = mail_at(datetime(2026, 10, 24, 20, 0, tzinfo=UTC), *NIGHT, BERLIN)
    assert spring == datetime(2026, 3, 29, 5, 0, tzinfo=UTC)
    assert autumn == datetime(2026, 10, 25, 6, 0, tzinfo=UTC)


def test_an_end_that_the_clocks_skip_comes_as_if_they_had_not() -> None:
    """02:30 does not exist on 29 March; 01:30 UTC is when it would have been."""
    now = datetime(2026, 3, 28, 22, 30, tzinfo=UTC)
    leaves = mail_at(now, time(22), time(2, 30), BERLIN)
    assert leaves == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_of_an_end_that_comes_twice_the_second_counts() -> None:
    """02:30 comes at 00:30 and at 01:30 UTC on 25 October."""
    for minute in (23, 24):
        now = datetime(2026, 10, 24, 21, minute, tzinfo=UTC)
        leaves = mail_at(now, time(22), time(2, 30), BERLIN)
        assert leaves == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    second_time = berlin("2026-10-25T02:10", fold=1)
    assert mail_at(second_time, time(22), time(2, 30), BERLIN) == datetime(
        2026, 10, 25, 1, 30, tzinfo=UTC
    )
