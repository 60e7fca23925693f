"""Hours of the day by the wall clock of who gets the mail."""

import pytest

from surveys.sending.hours import first_zone, next_send_time
from surveys.sending.sampling import is_sampled
from tests.surveys.sending.making import at


@pytest.mark.parametrize(
    ("zone", "now", "leaves"),
    [
        ("Europe/Berlin", "2026-02-13 12:00", "2026-02-13 12:00"),
        ("Europe/Berlin", "2026-02-13 06:59", "2026-02-13 07:00"),  # before 8 there
        ("Europe/Berlin", "2026-02-13 18:59", "2026-02-13 18:59"),
        ("Europe/Berlin", "2026-02-13 19:00", "2026-02-14 07:00"),  # 20 there
        ("America/New_York", "2026-02-13 12:00", "2026-02-13 13:00"),
        ("Asia/Tokyo", "2026-02-13 12:00", "2026-02-13 23:00"),
        ("Pacific/Kiritimati", "2026-02-13 12:00", "2026-02-13 18:00"),
        # the nights in which clocks change
        ("Europe/Berlin", "2026-03-28 22:00", "2026-03-29 06:00"),
        ("Europe/Berlin", "2026-10-24 22:00", "2026-10-25 07:00"),
        ("Australia/Lord_Howe", "2026-10-03 12:00", "2026-10-03 21:00"),
    ],
)
def test_next_send_time(zone, now, leaves):
    assert next_send_time(at(now), zone=zone, start=8, end=20) == at(leaves)


def test_hours_that_begin_in_the_gap():
    """2:00 does not exist in Berlin on 29 March: 3:00 does, one instant later."""
    now = at("2026-03-28 23:30")
    assert next_send_time(now, zone="Europe/Berlin", start=2, end=5) == at(
        "2026-03-29 01:00"
    )


def test_whole_days_are_always_open():
    now = at("2026-02-13 23:59")
    assert next_send_time(now, zone="Asia/Kolkata", start=0, end=24) == now


def test_first_zone_skips_what_is_none():
    assert first_zone("", "Mars/Base", "../x", "Asia/Tokyo", otherwise="UTC") == (
        "Asia/Tokyo"
    )
    assert first_zone("", otherwise="UTC") == "UTC"


def test_sample_is_the_same_each_time_and_grows_with_its_share():
    people = [f"contact {n}" for n in range(1000)]
    small = {who for who in people if is_sampled(7, who, percent=20)}
    large = {who for who in people if is_sampled(7, who, percent=50)}

    assert {who for who in people if is_sampled(7, who, percent=20)} == small
    assert small < large
    assert 160 < len(small) < 240
    assert 440 < len(large) < 560
    assert all(is_sampled(7, who, percent=100) for who in people)
    assert {who for who in people if is_sampled(8, who, percent=20)} != small
