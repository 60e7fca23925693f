"""The list of scorecards, and where people land."""

import pytest

from tests.objectives.cast import deals, key_result, objective, put

pytestmark = pytest.mark.django_db
URL = "/scorecards/"


def text(answer) -> str:
    return answer.content.decode()


def test_managers_see_their_teams_and_people(world, as_):
    put(*deals(world, on="2026-01-20", won=20, lost=20))
    key_result(world, objective(world))

    page = text(as_("ana").get(URL))

    assert "/scorecards/teams/support-emea/" in page
    assert "/scorecards/teams/support-berlin/" in page
    assert "On track" in page
    assert f"/scorecards/people/{world.alice.pk}/" in page
    assert "Sales" not in page


def test_the_company_for_those_who_see_it(as_):
    assert "/scorecards/company/" in text(as_("mona").get(URL))
    assert "/scorecards/company/" not in text(as_("ana").get(URL))


def test_agents_go_to_their_own(as_):
    assert as_("alice").get(URL)["Location"] == "/scorecards/me/"


def test_administrators_see_that_nothing_is_open_to_them(as_):
    page = text(as_("adam").get(URL))

    assert "No scorecard is open to you" in page
    assert "Berlin" not in page


def test_posting_is_not_taken(as_):
    assert as_("ana").post(URL).status_code == 405


@pytest.mark.parametrize(
    ("who", "url"),
    [
        ("ana", "/scorecards/teams/support-emea/"),
        ("lee", "/scorecards/teams/support-berlin/"),
        ("alice", "/scorecards/me/"),
    ],
)
def test_people_land_on_their_scorecard(as_, who, url):
    answer = as_(who).get("/", follow=True)

    assert answer.redirect_chain == [(url, 302)]
    assert answer.status_code == 200


def test_managers_of_the_company_land_on_it(as_):
    answer = as_("mona").get("/", follow=True)

    assert answer.request["PATH_INFO"] == "/scorecards/company/"
