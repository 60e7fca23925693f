"""The page that says why a number changed."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.apps import apps

from crmkpi.accounts.models import AuditEvent
from crmkpi.crm.models import ImportRun, Opportunity
from metrics.catalog import METRICS
from metrics.measures.opportunities import OpportunitiesClosed
from metrics.models import RowImage
from metrics.receivers import prepare_engine
from metrics.services import drain
from surveys.models import Answer
from tests.metrics import rows
from tests.metrics.catalog.test_market import answered
from tests.metrics.views.reading import page, signed_in, words
from tests.world import NOW, World, day

pytestmark = pytest.mark.usefixtures("at_now")
FIRST = day("2025-11-20")
T0 = NOW - timedelta(hours=10)
SALES = "?scope=team:sales&period=2025-12"


def minutes(number: int):
    return T0 + timedelta(minutes=number)


def deal(world: World, won: bool, **fields):
    return rows.deal(
        fields.pop("owner", world.cleo),
        fields.pop("team", world.north),
        opened=FIRST,
        closed=day("2025-12-10"),
        won=won,
        **fields,
    )


@pytest.fixture
def moved(world: World) -> World:
    """7 of 10 deals of December were won; a late one makes it 8 of 11, an edit 7."""
    deals = [deal(world, n < 7) for n in range(10)]
    rows.put(*deals, now=T0)
    drain(now=T0)
    late = deal(world, True, external_id="late deal")
    rows.put(late, now=minutes(1))
    deals[0].state = 2
    deals[0].external_id = "edited deal"
    rows.put(deals[0], cause="edit", now=minutes(2))
    drain(now=minutes(5))
    return world


def test_it_tells_what_moved_a_closed_figure(moved: World) -> None:
    """70 % → 8 of 11 is +2.7, one fewer won is −9.1: 63.6 %."""
    text = words(page(signed_in(moved.mona), f"/metrics/win_rate/why/{SALES}"))

    assert "As computed until 13 Feb 2026 03:05" in text
    assert "70 %" in text and "63.6 %" in text and "−6.4 pts, worse" in text
    assert "Late rows 1" in text and "+2.7 pts" in text
    assert "Edited rows 1" in text and "−9.1 pts" in text
    assert "late deal" in text and "edited deal" in text
    assert "State: Won → Lost" in text


def test_a_day_can_be_chosen(moved: World) -> None:
    client = signed_in(moved.mona)

    same = words(page(client, f"/metrics/win_rate/why/{SALES}&since=2026-02-13"))
    before = words(page(client, f"/metrics/win_rate/why/{SALES}&since=2026-02-12"))

    assert "On 2026-02-13" in same and "no value" in same  # deals came at 3:00
    assert "Late rows" in before


@pytest.mark.parametrize("text", ["2026-13-01", "soon", "2027-01-01", "0001-01-01"])
def test_a_day_that_is_none_is_named(moved: World, text: str) -> None:
    html = page(signed_in(moved.mona), f"/metrics/win_rate/why/{SALES}&since={text}")

    assert 'aria-invalid="true"' in html
    assert "no day" in html or "has not come" in html or "from 1990 on" in html


def test_two_periods_by_region(world: World) -> None:
    """North 9 of 10 and south 3 of 10 in November; 9 of 10 and 9 of 30 in December."""
    north, south = (rows.member("region", name) for name in ("North", "South"))
    for on, region, won, of in (
        ("2025-11-10", north, 9, 10),
        ("2025-11-10", south, 3, 10),
        ("2025-12-10", north, 9, 10),
        ("2025-12-10", south, 9, 30),
    ):
        rows.put(
            *(
                rows.deal(
                    world.cleo,
                    world.north,
                    opened=FIRST - 30,
                    closed=day(on),
                    won=n < won,
                    region=region,
                )
                for n in range(of)
            )
        )
    drain(now=NOW)
    address = f"/metrics/win_rate/why/{SALES}&against=previous&by=region"

    text = words(page(signed_in(world.mona), address))

    assert "60 % → 45 %" in text
    assert "−15.0 pts, too few to compare" in text  # of 20 deals, as on the page
    assert "North 50 % → 25 % 90 % → 90 %" in text
    assert "South 50 % → 75 % 30 % → 30 %" in text
    assert "the other way" not in text


def test_two_periods_of_what_is_calculated_from_others(world: World) -> None:
    """Won value ÷ cycle days: 100 ÷ 10 in November and 300 ÷ 20 in December.

    300 ÷ 10 is 20 more than before, and 20 days instead of 10 take 15 of it away.
    """
    for closed, amount, days in (
        ("2025-11-30", 100_00, 10),
        ("2025-12-30", 300_00, 20),
    ):
        on = day(closed)
        won = {"opened": on - days, "closed": on, "won": True, "amount": amount}
        rows.put(rows.deal(world.cleo, world.north, **won))
    drain(now=NOW)
    address = f"/metrics/closed_value_per_cycle_day/why/{SALES}&against=previous"

    text = words(page(signed_in(world.mona), address))

    assert "€10.00 a day" in text and "€15.00 a day" in text
    assert "Won value €100.00 → €300.00" in text and "+€20.00 a day" in text
    assert "Sales cycle length 10 days → 20 days" in text and "−€15.00 a day" in text
    assert "not split" not in text

    of_none = address.replace("period=2025-12", "period=2025-02")
    assert "with the next" not in page(signed_in(world.mona), of_none)


def test_a_person_is_told_where_more_is_known(moved: World) -> None:
    address = f"/metrics/win_rate/why/?scope=agent:~{moved.cleo.pk}&period=2025-12"
    text = words(page(signed_in(moved.cleo), f"{address}&against=previous"))

    assert "Choose a day above to see which rows have moved this one since." in text


def test_another_team_is_not_told(moved: World) -> None:
    client = signed_in(moved.ana)

    assert client.get(f"/metrics/win_rate/why/{SALES}").status_code == 404
    support = "?scope=team:support-emea&period=2025-12"
    html = page(client, f"/metrics/win_rate/why/{support}")
    assert "edited deal" not in html


def test_agents_see_why_their_own_figures_changed(moved: World) -> None:
    address = f"/metrics/win_rate/why/?scope=agent:~{moved.cleo.pk}&period=2025-12"
    text = words(page(signed_in(moved.cleo), f"{address}&since=2026-02-13"))

    assert "late deal" in text


def test_nothing_changed(moved: World) -> None:
    later = "&since=2026-02-13&period=2025-10"
    text = words(
        page(signed_in(moved.mona), f"/metrics/ticket_volume/why/?scope=company{later}")
    )

    assert "Nothing changed." in text


def test_changes_of_one_instant_by_an_import_and_by_nobody_are_told(
    moved: World,
) -> None:
    """An edit and what follows from it carry the same instant, not the same author."""
    run = ImportRun.objects.create(
        record="opportunity",
        source=rows.source(),
        actor=moved.ana,
        file_name="deals.csv",
        state="done",
        started_at=NOW,
    )
    image = RowImage.objects.get(model="crm.opportunity")
    image.pk, image.run = None, run
    image.save()

    text = words(page(signed_in(moved.mona), f"/metrics/win_rate/why/{SALES}"))

    assert "import of deals.csv by Ana" in text


def test_a_move_of_people_is_told_with_who_moved_them(moved: World) -> None:
    """The audit log and the rows carry the same instant; other changes name nobody."""
    lost = Opportunity.objects.filter(state=2).last()
    lost.agent, lost.closed_team = moved.alice, moved.berlin
    for name in ("membership.set", "unrelated"):
        at = minutes(6 if name == "membership.set" else 2)
        AuditEvent.objects.create(at=at, actor=moved.ana, action=name, subject="x")
    rows.put(lost, cause="reassignment", now=minutes(6))
    drain(now=minutes(7))

    text = words(page(signed_in(moved.mona), f"/metrics/win_rate/why/{SALES}"))
    first = page(
        signed_in(moved.mona), f"/metrics/win_rate/why/{SALES}&since=2026-02-13"
    )

    assert "Agent: Cleo → Alice" in text and "13 Feb 2026 03:06 Ana" in text
    assert "03:02 Ana" not in words(first)


AT = day("2025-12-10")
OF_COMPANY = "scope=company&from=2025-12-01&to=2025-12-31"
DECEMBER = "scope=team:sales&from=2025-12-01&to=2025-12-31"


def test_another_definition_marks_what_it_moved(moved: World, monkeypatch) -> None:
    """Of 11 deals 4 were lost: a metric that counts these instead moves to 36.4 %.

    What the release does not touch is not marked.
    """
    lost = OpportunitiesClosed.lost / OpportunitiesClosed.rows
    other = replace(METRICS["win_rate"], expression=lost)
    monkeypatch.setitem(METRICS.declared, "win_rate", other)
    prepare_engine(sender=apps.get_app_config("metrics"))
    drain(now=minutes(9))

    client = signed_in(moved.mona)
    value = client.get(f"/api/v1/metrics/win_rate/value?{DECEMBER}").json()
    untouched = client.get(f"/api/v1/metrics/won_deals/value?{DECEMBER}").json()
    why = words(page(client, f"/metrics/win_rate/why/{SALES}"))

    assert (value["value"], value["version"]) == (36.363636, 2)
    assert (value["revisions"], untouched["revisions"]) == (2, 0)
    assert "another definition" in words(page(client, f"/metrics/win_rate/{SALES}"))
    assert why.count("As computed until") == 2
    assert "Another definition" in why and "−27.3 pts" in why


def test_what_moves_beside_a_closed_figure_does_not_mark_it(world: World) -> None:
    """5 and 1 become 4 and 2 of 5: half are satisfied before and after."""
    answered(world, "csat", 1, 5, 4, [5, 1], on=AT)
    drain(now=NOW)
    given = list(Answer.objects.order_by("-value"))
    given[0].value, given[1].value = 4, 2
    rows.put(*given, cause="edit", now=minutes(1))
    drain(now=minutes(2))

    value = signed_in(world.mona).get(f"/api/v1/metrics/csat/value?{OF_COMPANY}").json()

    assert (value["value"], value["revisions"]) == (50, 0)
    assert value["stats"]["score:4"] == 1


def test_a_closed_figure_that_moved_is_marked_wherever_it_stands(moved: World) -> None:
    client = signed_in(moved.mona)
    value = client.get(f"/api/v1/metrics/win_rate/value?{DECEMBER}").json()
    series = client.get(f"/api/v1/metrics/win_rate/series?{DECEMBER}").json()
    other = client.get(
        "/api/v1/metrics/win_rate/value?scope=team:support-emea"
        "&from=2025-12-01&to=2025-12-31"
    ).json()

    assert value["revisions"] == series["points"][0]["revisions"] == 1
    assert value["revised_at"] == series["points"][0]["revised_at"] is not None
    assert (other["revisions"], other["revised_at"]) == (0, None)
    for place in ("", "passport/"):
        text = words(page(client, f"/metrics/win_rate/{place}{SALES}"))
        assert "Revised 13 Feb 2026 03:05" in text
    trend = page(client, f"/metrics/win_rate/{SALES}&grain=month")
    assert "72.7 %" not in trend and ", revised" in trend


def test_the_api_tells_the_parts_as_numbers(moved: World) -> None:
    """7 of 10 → 8 of 11 → 7 of 11."""
    client = signed_in(moved.mona)
    told = client.get(f"/api/v1/metrics/win_rate/changes?{DECEMBER}").json()

    assert (told["old_value"], told["value"]) == (70, 63.636364)
    assert told["change"] == -6.363636
    parts = {each["cause"]: each for each in told["parts"]}
    assert {
        cause: (each["numerator"], each["denominator"], each["value"], each["rows"])
        for cause, each in parts.items()
    } == {"late": (1, 1, 2.727273, 1), "edit": (-1, 0, -9.090909, 1)}
    assert parts["edit"]["shown"][0]["record"] == "edited deal"
    assert parts["edit"]["shown"][0]["changes"] == ["State: Won → Lost"]
    assert [each["value"] for each in told["earlier"]] == [70]


def test_the_api_refuses_days_that_are_none(moved: World) -> None:
    client = signed_in(moved.mona)
    for text in ("soon", "2026-02-30", "2027-01-01"):
        answer = client.get(f"/api/v1/metrics/win_rate/changes?{DECEMBER}&since={text}")
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["parameter"] == "since"
