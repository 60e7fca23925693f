from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import path
from rest_framework.decorators import api_view
from rest_framework.response import Response
from rest_framework.views import APIView

from crmkpi.accounts import services
from crmkpi.accounts.models import ApiKey
from tests.world import NOW


class Read(APIView):
    required_scope = ApiKey.Scope.READ_METRICS

    def get(self, request):
        access = request.access
        return Response(
            {
                "user": access.user_id,
                "teams": sorted(access.team_ids),
                "day": access.day,
            }
        )


class Write(APIView):
    required_scope = ApiKey.Scope.WRITE_FACTS

    def post(self, request):
        return Response({})


@api_view()
def unsaid(request):
    return Response({})


urlpatterns = [
    path("read", Read.as_view()),
    path("write", Write.as_view()),
    path("unsaid", unsaid),
]
pytestmark = [pytest.mark.urls(__name__)]


@pytest.fixture(autouse=True)
def stopped_clock():
    with time_machine.travel(NOW, tick=False):
        yield


def read(key: str, *, url: str = "/read", scheme: str = "Bearer"):
    return Client().get(url, headers={"Authorization": f"{scheme} {key}"})


def test_a_key_reads_what_its_teams_are(world):
    answer = read(world.plain_key)
    assert answer.status_code == 200
    assert answer.json() == {
        "user": 0,
        "teams": sorted([world.support.pk, world.berlin.pk]),
        "day": world.access(world.ana).day,
    }


def test_people_read_with_their_session(world, client):
    client.force_login(world.carl)
    answer = client.get("/read")
    assert answer.json()["teams"] == [world.north.pk]


@pytest.mark.django_db
def test_nobody_is_told_how_to_sign_in():
    answer = Client().get("/read")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "given",
    ["", "x", "ck000000000000.nothing", "\x00.a", "ä.ö", "a b c", "." * 5000],
)
def test_what_is_no_key_opens_nothing(world, given):
    client = Client()
    header = f"Bearer {given}".encode().decode("latin-1")
    answer = client.get("/read", HTTP_AUTHORIZATION=header)
    assert answer.status_code == 401


def test_the_prefix_alone_opens_nothing(world):
    assert read(world.key.prefix).status_code == 401
    assert read(world.plain_key[:-1]).status_code == 401
    assert read(world.plain_key + "x").status_code == 401


def test_other_schemes_are_not_keys(world):
    assert read(world.plain_key, scheme="Basic").status_code == 401
    assert read(world.plain_key, scheme="bearer").status_code == 200


def test_a_revoked_key_opens_nothing(world):
    services.revoke_api_key(key=world.key, actor=world.adam, now=NOW)
    assert read(world.plain_key).status_code == 401


def test_a_key_expires_to_the_second(world):
    world.key.expires_at = NOW + timedelta(hours=1)
    world.key.save()
    with time_machine.travel(NOW + timedelta(minutes=59, seconds=59), tick=False):
        assert read(world.plain_key).status_code == 200
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        assert read(world.plain_key).status_code == 401


def test_a_key_ends_with_the_administrator_who_made_it(world):
    world.mona.is_administrator = True
    world.mona.save()
    services.deactivate_user(user=world.adam, actor=world.mona, now=NOW)
    assert read(world.plain_key).status_code == 401


def test_a_key_needs_the_scope_that_the_route_names(world):
    headers = {"Authorization": f"Bearer {world.plain_key}"}
    assert Client().post("/write", headers=headers).status_code == 403


def test_a_route_that_names_no_scope_is_closed_to_keys(world, client):
    assert read(world.plain_key, url="/unsaid").status_code == 403
    client.force_login(world.alice)
    assert client.get("/unsaid").status_code == 200


def test_the_use_of_a_key_is_noted(world):
    read(world.plain_key)
    world.key.refresh_from_db()
    assert world.key.last_used_at == NOW


def test_a_key_wins_over_a_session(world, client):
    client.force_login(world.carl)
    answer = client.get("/read", headers={"Authorization": f"Bearer {world.plain_key}"})
    assert answer.json()["user"] == 0


def test_reading_takes_few_queries(world, django_assert_num_queries):
    read(world.plain_key)  # notes the use once a minute
    with django_assert_num_queries(4):  # key, organisation, teams, people
        read(world.plain_key)
