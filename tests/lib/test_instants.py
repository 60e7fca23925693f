"""Instants name their zone, summer and winter, with a name or without."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from crmkpi.lib.instants import instant_text


@pytest.mark.parametrize(
    ("zone", "month", "text"),
    [
        ("Europe/Berlin", 2, "13 Feb 2026, 13:05 CET"),
        ("Europe/Berlin", 7, "13 Jul 2026, 14:05 CEST"),
        ("America/Sao_Paulo", 2, "13 Feb 2026, 09:05 UTC-03"),
        ("Asia/Kathmandu", 2, "13 Feb 2026, 17:50 UTC+0545"),
        ("UTC", 2, "13 Feb 2026, 12:05 UTC"),
    ],
)
def test_zone_is_named(zone, month, text):
    at = datetime(2026, month, 13, 12, 5, tzinfo=UTC).astimezone(ZoneInfo(zone))

    assert instant_text(at) == text
