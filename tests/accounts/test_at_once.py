"""What happens when two do the same at the same moment."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from crmkpi.accounts import services
from crmkpi.accounts.models import AgentIdentity, User
from crmkpi.accounts.services import Met
from tests.world import NOW, PASSWORD

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def eight_times(act):
    def once(number):
        try:
            return act(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(once, range(8)))


def test_an_invitation_is_accepted_by_one():
    _invitation, token = services.invite_user(
        email="new@example.com", name="New", actor=None, now=NOW
    )

    def accept(number):
        try:
            services.accept_invitation(
                token=token, name=f"New {number}", password=PASSWORD, now=NOW
            )
        except services.InvitationSpent:
            return None
        return f"New {number}"

    (winner,) = filter(None, eight_times(accept))
    assert User.objects.get().name == winner


def test_somebody_met_by_two_imports_is_one_person():
    met = [Met("7", "Ana Duarte"), Met("8", "Bo")]
    found = eight_times(lambda _n: services.agents_for(source="crm", people=met))
    assert all(one == found[0] for one in found)
    assert User.objects.count() == AgentIdentity.objects.count() == 2


def test_a_team_name_is_taken_once():
    def add(number):
        try:
            return services.add_team(name="Support", actor=None, now=NOW)
        except services.TeamNameTaken:
            return None

    assert len(list(filter(None, eight_times(add)))) == 1
