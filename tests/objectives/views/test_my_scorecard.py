"""Personal scorecards: the own one, and those of people for whom one answers."""

from datetime import timedelta

import pytest

from crmkpi.crm.models import Source
from objectives.models import AccessLog
from objectives.services import note_look
from tests.metrics import rows
from tests.objectives.cast import key_result, objective, put
from tests.world import NOW, TODAY, day, person

pytestmark = pytest.mark.django_db
URL = "/scorecards/me/"
MARKERS = [f"Xmarker{number}" for number in range(6)]


@pytest.fixture
def team(world):
    """Give Alice and six colleagues with telling names ten deals each."""
    people = [world.alice, *(person(name, world.berlin) for name in MARKERS)]
    closed = day("2026-02-03")
    put(
        *[
            rows.deal(
                who, world.berlin, opened=closed - 9, closed=closed, won=number < won
            )
            for won, who in enumerate(people, start=2)
            for number in range(10)
        ]
    )
    return people


def text(answer) -> str:
    return answer.content.decode()


def test_agents_see_their_own_numbers_first(world, as_, team):
    page = text(as_("alice").get(URL))

    assert "My month" in page
    assert "Win rate" in page and "2 of 10" in page
    assert "middle half of the team" in page
    assert "Only you, Lee (lead), Ana (manager)" in page
    assert "Nobody is ranked." in page
    assert f"/metrics/win_rate/rows/?scope=agent%3A~{world.alice.pk}" in page


@pytest.mark.parametrize("period", ["", "?period=this-quarter", "?period=last-week"])
def test_no_colleague_is_named(as_, team, period):
    page = text(as_("alice").get(URL + period))

    assert [name for name in [*MARKERS, "Bob"] if name in page] == []


def test_a_period_without_rows(as_, team):
    assert "No numbers in this period" in text(
        as_("alice").get(f"{URL}?period=2024-Q1")
    )


def test_who_works_in_no_team_has_none(as_):
    assert as_("mona").get(URL).status_code == 404
    assert as_("adam").get(URL).status_code == 404
    assert as_("lee").get(URL).status_code == 200


def test_the_own_page_is_not_noted(as_):
    as_("alice").get(URL)

    assert not AccessLog.objects.exists()


def test_what_the_team_aims_at_is_shown_by_status(world, as_, team):
    key_result(world, objective(world), title="Win more")
    key_result(world, objective(world, visibility="private"), title="Secret plan")

    page = text(as_("alice").get(URL))

    assert "Win more" in page and "Secret plan" not in page


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_only_looking(world, as_, method):
    assert getattr(as_("lee"), method)(URL).status_code == 405
    url = f"/scorecards/people/{world.alice.pk}/"
    assert getattr(as_("lee"), method)(url).status_code == 405


@pytest.mark.parametrize("period", ["nonsense", "all", "2026-W60"])
def test_a_period_that_is_none(as_, period):
    assert as_("alice").get(URL, {"period": period}).status_code == 404


# Of somebody else


@pytest.fixture
def url(world) -> str:
    return f"/scorecards/people/{world.alice.pk}/"


def test_leads_and_those_above_may_look(as_, url):
    answers = {
        name: as_(name).get(url).status_code
        for name in ("lee", "ana", "mona", "nora", "bob", "carl", "cleo", "adam")
    }

    assert answers == {
        "lee": 200,
        "ana": 200,
        "mona": 200,
        "nora": 200,
        "bob": 404,
        "carl": 404,
        "cleo": 404,
        "adam": 404,
    }


def test_ones_own_is_at_its_own_address(as_, url):
    assert as_("alice").get(url)["Location"] == URL


def test_the_page_is_that_of_the_agent(as_, url, team):
    page = text(as_("lee").get(url))

    assert "Only Alice, Lee (lead)" in page
    assert "2 of 10" in page
    assert [name for name in MARKERS if name in page] == []


def test_a_look_is_noted_once_a_day_and_shown_to_the_agent(world, as_, url):
    as_("lee").get(url)
    as_("lee").get(url)

    (look,) = AccessLog.objects.all()
    assert (look.viewer, look.subject, look.day) == (world.lee, world.alice, TODAY)
    assert "Lee looked on 13 Feb." in text(as_("alice").get(URL))


def test_a_look_of_last_month_is_not_shown(world, as_):
    note_look(viewer=world.lee, subject=world.alice, now=NOW - timedelta(days=31))

    assert "looked on" not in text(as_("alice").get(URL))


def test_asking_for_the_head_alone_is_no_look(as_, url):
    assert as_("lee").head(url).status_code == 200
    assert not AccessLog.objects.exists()


def test_who_may_not_look_leaves_no_trace(as_, url):
    as_("carl").get(url)

    assert not AccessLog.objects.exists()


@pytest.mark.parametrize("pk", [0, 999_999])
def test_nobody_by_that_number(as_, pk):
    assert as_("mona").get(f"/scorecards/people/{pk}/").status_code == 404


def test_the_foot_says_how_new_the_data_are(as_, team):
    Source.objects.update(last_success_at=NOW)

    assert "Data to Fri 13 Feb" in text(as_("alice").get(URL))
