import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.test import RequestFactory

from crmkpi.accounts.middleware import ReaderMiddleware


def request_of(user):
    request = RequestFactory().get("/")
    request.user = user
    ReaderMiddleware(lambda request: HttpResponse())(request)
    return request


def test_access_is_looked_up_once_and_when_used(world, django_assert_num_queries):
    with django_assert_num_queries(0):
        request = request_of(world.ana)
    with django_assert_num_queries(3):  # organisation, roles, people
        assert request.access.may_manage_team(world.berlin.pk)
        assert request.access.agent_ids
        assert request.organisation.zone == "Europe/Berlin"


@pytest.mark.django_db
def test_nobody_has_no_rights():
    access = request_of(AnonymousUser()).access
    assert not access.team_ids and not access.is_administrator
    assert not access.may_read_agent(0)
