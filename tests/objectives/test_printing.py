"""Values of key results in words."""

import pytest

from metrics.catalog import METRICS
from objectives.printing import rests_on


@pytest.mark.parametrize(
    ("metric", "numbers", "words"),
    [
        ("csat", (38, 44, 44), "38 of 44"),
        ("customer_retention_rate", (1453, 1512, 1512), "1,453 of 1,512"),
        ("nps", (12, 412, 412), "412 answers"),
        ("average_handle_time", (3_456_789, 9412, 9412), "9,412 answered contacts"),
        ("won_value", (100_000, None, 30), "30 deals won"),
        ("won_deals", (30, None, 30), ""),
        ("open_tickets", (12, None, 12), ""),
        ("csat", (0, 0, 0), ""),
        ("csat", (None, None, None), ""),
    ],
)
def test_what_a_value_rests_on(metric, numbers, words):
    assert rests_on(METRICS[metric], *numbers) == words
