"""What people can choose from follows from the measures as they are declared."""

from django.utils.translation import override

from crmkpi.lib.numbers import Unit
from metrics.custom.offered import OFFERED, WITHOUT_AGENTS, chapters
from metrics.measures import AXES
from metrics.measures.orders import OrdersPaid

# They count stretches of records or looks at them, of which nobody speaks.
PIECES = {
    "customersended",
    "customersstarted",
    "leadspellsended",
    "leadspellsstarted",
    "marketfigures",
    "predictions",
    "stagesentered",
    "stagesleft",
    "standings",
    "ticketspellsended",
    "ticketspellsstarted",
}


def test_every_axis_is_offered_unless_it_counts_pieces():
    offered = {each.axis.key() for each in OFFERED.values()}

    assert {f"metrics.{name}" for name in PIECES} == AXES.keys() - offered


def test_what_is_offered_is_a_measure_as_it_is_declared():
    found = OFFERED["orderspaid.amount"]

    assert found.axis is OrdersPaid
    assert (found.title, found.unit) == ("Value of orders", Unit.MONEY)
    assert [each.key for each in found.dimensions] == [
        "segment",
        "region",
        "product",
        "channel",
        "campaign",
    ]


def test_no_two_are_called_the_same():
    titles = [each.title for each in OFFERED.values()]

    assert sorted(set(titles)) == sorted(titles)


def test_chapters_are_in_the_order_of_their_titles():
    for language in ("en", "de"):
        with override(language):
            titles = [str(chapter.title) for chapter in chapters()]
            assert titles == sorted(titles, key=str.casefold)


def test_rows_of_no_agent_are_known():
    assert {
        "metrics.campaignsstarted",
        "metrics.costsspread",
        "metrics.engagementdays",
        "metrics.marketfigures",
    } == WITHOUT_AGENTS
