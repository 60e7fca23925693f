"""Every metric can be asked why it changed."""

import pytest

from tests.metrics.keys import KEYS, in_turn
from tests.metrics.views.reading import page, signed_in
from tests.world import World

pytestmark = pytest.mark.usefixtures("at_now")


WAYS = ["", "&since=2026-01-10", "&against=last-year"]


@pytest.mark.parametrize(("key", "query"), in_turn(KEYS, WAYS))
def test_every_metric_has_the_page(key: str, query: str, everything: World) -> None:
    client = signed_in(everything.mona)

    page(client, f"/metrics/{key}/why/?scope=company&period=2025-12{query}")
