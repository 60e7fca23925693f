"""Scope, period and comparison in the address."""

import pytest
from django.http import Http404
from django.test import RequestFactory

from crmkpi.accounts.models import User
from crmkpi.lib.periods import Calendar, Grain, Period
from metrics import pickers
from metrics.scopes import agent_scope, team_scope
from tests.world import World, day


def reading(world: World, user: User, address: str = "/") -> pickers.ReaderRequest:
    request = RequestFactory().get(address)
    request.user, request.organisation = user, world.org
    request.access = world.access(user)
    return request


def test_a_manager_starts_with_the_team_and_the_running_quarter(world: World) -> None:
    picked = pickers.context(reading(world, world.ana))

    assert picked.scope.text == "team:support-emea"
    assert picked.period == Period(day("2026-01-01"), day("2026-04-01"), Grain.QUARTER)
    assert [option.label for option in picked.scope_options] == [
        "Support EMEA",
        "Support Berlin",
    ]
    assert picked.query == "scope=team%3Asupport-emea&period=2026-Q1"


def test_who_sees_the_company_starts_there_and_has_the_root_team_once(
    world: World,
) -> None:
    picked = pickers.context(reading(world, world.mona))

    assert [option.label for option in picked.scope_options] == [
        "Northwind",
        "Sales",
        "Sales North",
        "Support EMEA",
        "Support Berlin",
    ]
    assert picked.scope_options[0].is_current


def test_an_agent_has_the_own_figures_only(world: World) -> None:
    picked = pickers.context(reading(world, world.alice))

    assert picked.scope == agent_scope(world.alice)
    assert [option.label for option in picked.scope_options] == ["Alice"]


def test_an_administrator_has_no_figures(world: World) -> None:
    assert pickers.home_scope(world.access(world.adam)) is None
    with pytest.raises(Http404):
        pickers.context(reading(world, world.adam))


def test_the_address_decides_and_options_keep_the_rest_of_it(world: World) -> None:
    address = "/?scope=team:support-berlin&period=2025-12&sort=name&page=3"

    picked = pickers.context(reading(world, world.ana, address))

    assert picked.scope == team_scope(world.berlin)
    assert picked.period is not None and picked.period.label == "December 2025"
    first = picked.period_options[0]
    assert first.label == "December 2025" and first.is_current
    assert (
        picked.period_options[1].url
        == "?scope=team%3Asupport-berlin&period=2026-Q1&sort=name"
    )


@pytest.mark.parametrize(
    "address",
    [
        "/?scope=team:sales-north",  # another's
        "/?scope=team:nobody",
        "/?scope=company",
        "/?scope=agent:cleo@example.com",
        "/?scope=channel:phone",  # of the whole company
        "/?scope=%00",
        "/?scope=team:",
        "/?period=2026-Q5",
        "/?period=all",
    ],
)
def test_what_is_foreign_or_unreadable_is_not_found(world: World, address: str) -> None:
    with pytest.raises(Http404):
        pickers.context(reading(world, world.ana, address))


def test_all_days_only_where_a_page_offers_them(world: World) -> None:
    request = reading(world, world.ana, "/?period=all")

    picked = pickers.context(request, periods=(*pickers.PERIODS, pickers.ALL))

    assert picked.period is None and picked.compare is None
    assert picked.query == "scope=team%3Asupport-emea&period=all"


def test_an_open_period_is_compared_with_the_same_days_of_the_other(
    world: World,
) -> None:
    # 13 February is the 44th day of the quarter; 1 October + 44 days is 14 November.
    picked = pickers.context(reading(world, world.ana))

    assert picked.compare_full == Calendar().parse("2025-Q4", today=0)
    assert picked.compare == Period(day("2025-10-01"), day("2025-11-14"))


def test_a_closed_period_is_compared_with_the_whole_of_the_other(world: World) -> None:
    address = "/?period=2025-Q4&compare=last-year"

    picked = pickers.context(reading(world, world.ana, address))

    assert picked.compare == Calendar().parse("2024-Q4", today=0)
    assert [option.is_current for option in picked.compare_options] == [False, True]
    assert "compare=last-year" in picked.query


def test_the_same_part_never_leaves_the_shorter_period() -> None:
    calendar = Calendar()
    march, february = (calendar.parse(text, today=0) for text in ("2026-03", "2026-02"))

    part = pickers.same_part(february, march, until=day("2026-03-31"))

    assert part == Period(day("2026-02-01"), day("2026-03-01"))


def test_pages_with_their_scope_in_the_path_say_where_others_are(world: World) -> None:
    picked = pickers.context(
        reading(world, world.ana, "/?scope=team:sales"),
        default_scope=team_scope(world.berlin),
        fixed_scope=True,
        scope_url=lambda scope: f"/teams/{scope.text}",
    )

    assert picked.scope == team_scope(world.berlin)
    assert picked.scope_options[0].url == "/teams/team:support-emea"
