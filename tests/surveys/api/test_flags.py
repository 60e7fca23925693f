"""Flags of answers for other systems: which there are, and that one was looked at."""

import pytest
import time_machine
from django.test import Client

from crmkpi.accounts.models import ApiKey
from crmkpi.crm.models import Exclusion
from surveys.models import FlagLook, Response
from surveys.services import answers
from tests.surveys.api.test_results_and_responses import bearer
from tests.surveys.views.test_flags import DAY, SECOND, answered
from tests.world import NOW


@pytest.fixture(autouse=True)
def at_now():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def flagged(survey):
    """Two flagged answers and one that is not; return the flagged, latest first."""
    answered(survey, "colleague@example.com", after=SECOND)
    answered(survey, "grace@example.org")
    answered(survey, "other@example.com", after=2 * DAY)
    return Response.objects.order_by("-pk")[0], Response.objects.order_by("pk")[0]


def listed(survey, header, query=""):
    url = f"/api/v1/surveys/{survey.slug}/flagged{query}"
    answer = Client().get(url, **header)
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_flagged_answers_with_their_flags_and_who_is_left(world, survey, flagged):
    read = bearer(world, ApiKey.Scope.READ_SURVEYS)
    late, quick = flagged
    found = listed(survey, read)
    assert (found["count"], found["page"], found["pages"]) == (2, 1, 1)
    assert [(each["id"], each["flags"]) for each in found["results"]] == [
        (late.pk, ["colleague"]),
        (quick.pk, ["quick", "colleague"]),
    ]
    assert {each["score"] for each in found["results"]} == {1}

    answers.void_response(
        quick, reason=Exclusion.TEST, note="try-out", actor=world.ana, now=NOW
    )

    assert [each["id"] for each in listed(survey, read)["results"]] == [late.pk]
    everything = listed(survey, read, "?state=all")["results"]
    assert [each["is_left_out"] for each in everything] == [False, True]
    bad = Client().get(f"/api/v1/surveys/{survey.slug}/flagged?state=new", **read)
    assert bad.status_code == 400


def test_a_look_is_put_and_taken_away(world, survey, flagged):
    read = bearer(world, ApiKey.Scope.READ_SURVEYS)
    write = bearer(world, ApiKey.Scope.WRITE_SURVEYS)
    late, quick = flagged
    url = f"/api/v1/surveys/{survey.slug}/flagged/{late.pk}/look"
    assert Client().put(url, **read).status_code == 403

    assert [Client().put(url, **write).status_code for _ in range(2)] == [204, 204]

    assert FlagLook.objects.get().looked_at == NOW
    assert [each["id"] for each in listed(survey, read)["results"]] == [quick.pk]
    everything = listed(survey, read, "?state=all")["results"]
    assert [bool(each["looked_at"]) for each in everything] == [True, False]
    assert Client().delete(url, **write).status_code == 204
    assert listed(survey, read)["count"] == 2
    unflagged = url.replace(str(late.pk), str(late.pk - 1))
    assert Client().put(unflagged, **write).status_code == 404


def test_agents_and_other_teams_read_none(client, world, survey, flagged):
    url = f"/api/v1/surveys/{survey.slug}/flagged"
    for person, status in ((world.alice, 403), (world.mona, 200), (world.adam, 404)):
        client.force_login(person)
        assert client.get(url).status_code == status, person
    look = f"{url}/{flagged[0].pk}/look"
    client.force_login(world.lee)
    assert client.put(look).status_code == 403
    client.force_login(world.ana)
    assert client.put(look).status_code == 204
