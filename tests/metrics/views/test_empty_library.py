"""The library before anything was imported."""

import pytest

from tests.metrics.views.reading import page, signed_in, words
from tests.world import World

pytestmark = pytest.mark.usefixtures("at_now")


def test_without_rows_each_metric_says_what_it_needs(world: World) -> None:
    text = words(page(signed_in(world.mona), "/metrics/"))

    assert (
        "Ticket volume Tickets that were opened. no value needs tickets: none" in text
    )
    assert "needs leads, deals: none imported yet" in text  # prospects
    assert "needs deals: none imported yet" in text


def test_a_metric_without_rows_has_a_page_that_says_why(world: World) -> None:
    text = words(page(signed_in(world.mona), "/metrics/ticket_volume/"))

    assert "No rows of this kind have arrived yet." in text
    assert "There are no values to draw yet." in text


def test_no_rows_is_an_empty_list(world: World) -> None:
    html = page(signed_in(world.mona), "/metrics/ticket_volume/rows/")

    assert "No rows here" in html
    assert "0 rows counted" in words(html)
