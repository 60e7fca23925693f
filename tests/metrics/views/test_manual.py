"""The chapter on databases says what the declarations and the settings are."""

import re

from django.conf import settings
from django.test import Client

from metrics.measures import AXES
from tests.world import World


def test_the_chapter_on_databases_counts_the_declared_queries(world: World) -> None:
    client = Client()
    client.force_login(world.adam)
    html = client.get("/manual/engines/").content.decode()
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html))

    cuts = sum(1 + len(axis.cuts) for axis in AXES.values())
    assert f"All {len(AXES)} axes" in words
    assert f"{cuts} queries" in words
    for name in ("METRICS_DB_ALIAS", "METRICS_PARQUET"):
        assert name in words
        assert hasattr(settings, name)
    assert 'href="/manual/engines/"' in client.get("/manual/metrics/").content.decode()
