from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress

from crmkpi.accounts import services
from crmkpi.accounts.models import AgentIdentity, ApiKey, AuditEvent, User
from crmkpi.accounts.services import Met
from tests.world import NOW, PASSWORD

pytestmark = pytest.mark.django_db


def meet(*people, source="crm"):
    return services.agents_for(source=source, people=people)


def test_people_met_twice_are_met_once():
    first = meet(Met("7", "Ana Duarte"), Met("8", "Bo"))
    assert meet(Met("8"), Met("7", "Ana Duarte")) == first
    assert User.objects.count() == 2


def test_somebody_met_cannot_sign_in():
    user = services.agent_for(source="calls", external_id="Martha")
    assert user.name == "Martha" and user.email is None
    assert not user.has_usable_password() and user.joined_at is None


def test_the_same_id_in_two_sources_is_two_people():
    assert meet(Met("7", "Ana")) != meet(Met("7", "Bo"), source="helpdesk")


def test_an_address_joins_sources():
    known = meet(Met("7", "Ana Duarte", "Ana@Example.com"))
    assert meet(Met("a.duarte", "A. Duarte", "ana@example.com"), source="hr") == {
        "a.duarte": known["7"]
    }


def test_a_name_that_one_person_has_joins_sources():
    known = meet(Met("7", "Ana Duarte"))
    assert meet(Met("ana  duarte"), source="calls") == {"ana  duarte": known["7"]}


def test_a_name_that_two_people_have_joins_nothing():
    meet(Met("7", "Ana Duarte"), Met("8", "Ana Duarte"))
    assert User.objects.count() == 2
    meet(Met("Ana Duarte"), source="calls")
    assert User.objects.count() == 3


def test_two_ids_of_one_source_are_two_people_though_the_name_is_the_same():
    meet(Met("7", "Ana Duarte"))
    meet(Met("8", "Ana Duarte"))
    assert User.objects.count() == 2


def test_a_name_then_the_id_of_the_same_person_are_one():
    by_name = meet(Met("Ana Duarte"))
    assert meet(Met("7", "Ana Duarte")) == {"7": by_name["Ana Duarte"]}
    assert AgentIdentity.objects.count() == 2


def test_an_id_alone_gets_its_name_later():
    meet(Met("7"))
    meet(Met("7", "Ana Duarte", "ana@example.com"))
    user = User.objects.get()
    assert (user.name, user.email) == ("Ana Duarte", "ana@example.com")


def test_names_and_addresses_that_are_known_stay():
    meet(Met("7", "Ana Duarte", "ana@example.com"))
    meet(Met("7", "Anna", "anna@example.com"))
    assert User.objects.get().email == "ana@example.com"


def test_meeting_many_takes_few_queries(django_assert_max_num_queries):
    people = [Met(str(number), f"Person {number}") for number in range(300)]
    meet(*people)
    with django_assert_max_num_queries(6):
        meet(*[Met(str(number)) for number in range(300)])


def invite(world, **given):
    return services.invite_user(
        **{"email": "New@Example.com", "name": "New", "actor": world.adam, "now": NOW}
        | given
    )


def test_an_invitation_opens_once(world):
    _invitation, token = invite(world)
    user = services.accept_invitation(
        token=token, name="Newton", password=PASSWORD, now=NOW
    )
    assert user.name == "Newton" and user.email == "new@example.com"
    assert user.check_password(PASSWORD) and user.joined_at == NOW
    assert EmailAddress.objects.get(user=user).verified
    with pytest.raises(services.InvitationSpent):
        services.accept_invitation(token=token, name="X", password="y", now=NOW)
    assert User.objects.get(pk=user.pk).check_password(PASSWORD)


def test_only_the_hash_of_a_token_is_kept(world):
    invitation, token = invite(world)
    assert token not in str(vars(invitation))
    assert token not in str(list(AuditEvent.objects.values()))


def test_an_invitation_lasts_seven_days(world):
    _invitation, token = invite(world)
    week = NOW + timedelta(days=7)
    assert services.open_invitation(token=token, now=week - timedelta(seconds=1))
    with pytest.raises(services.InvitationSpent):
        services.open_invitation(token=token, now=week)


def test_a_second_invitation_ends_the_first(world):
    first, token = invite(world)
    _second, newer = invite(world, user=first.user)
    with pytest.raises(services.InvitationSpent):
        services.open_invitation(token=token, now=NOW)
    assert services.open_invitation(token=newer, now=NOW).user == first.user


def test_somebody_met_in_an_import_can_be_invited(world):
    met = services.agent_for(source="calls", external_id="Martha")
    _invitation, token = invite(world, user=met, email="martha@example.com")
    user = services.accept_invitation(token=token, name="", password=PASSWORD, now=NOW)
    assert user.pk == met.pk and user.name == "Martha"


def test_an_address_belongs_to_one_person(world):
    with pytest.raises(services.EmailTaken):
        invite(world, email=" ALICE@example.com ")


@pytest.mark.parametrize("email", ["", "nobody", "a@b", "a b@example.com"])
def test_what_is_no_address_is_refused(world, email):
    with pytest.raises(services.Refused):
        invite(world, email=email)


def test_people_who_sign_in_are_not_invited_again(world):
    with pytest.raises(services.Refused, match="already signs in"):
        invite(world, user=world.alice, email="alice@example.com")


def test_deactivating_ends_sessions_invitations_and_keys(world, client):
    second = User.objects.create_superuser("second@example.com", PASSWORD, name="Eve")
    key, _plain = services.create_api_key(
        name="Eve's", scopes=["metrics:read"], whole_company=True, actor=second, now=NOW
    )
    client.force_login(second)
    services.deactivate_user(user=second, actor=world.adam, now=NOW)
    key.refresh_from_db()
    assert key.revoked_at == NOW
    assert client.get("/", follow=False).status_code == 302  # to the sign-in page
    second.refresh_from_db()
    assert not second.is_active and not second.is_administrator
    assert not second.check_password(PASSWORD)


def test_a_session_from_before_does_not_revive_with_the_person(world, client):
    client.force_login(world.alice)
    services.deactivate_user(user=world.alice, actor=world.adam, now=NOW)
    _invitation, token = invite(world, user=world.alice, email="alice@example.com")
    services.accept_invitation(token=token, name="", password=PASSWORD, now=NOW)
    assert "_auth_user_id" not in client.get("/").wsgi_request.session


def test_one_administrator_must_remain(world):
    with pytest.raises(services.LastAdministrator):
        services.deactivate_user(user=world.adam, actor=world.mona, now=NOW)
    with pytest.raises(services.LastAdministrator):
        services.update_user(
            user=world.adam, is_administrator=False, actor=world.mona, now=NOW
        )


def test_nobody_changes_the_own_rights(world):
    with pytest.raises(services.NotAllowed):
        services.deactivate_user(user=world.adam, actor=world.adam, now=NOW)
    with pytest.raises(services.NotAllowed):
        services.update_user(
            user=world.mona, is_administrator=True, actor=world.mona, now=NOW
        )


def test_a_change_of_rights_ends_sessions(world, client):
    client.force_login(world.alice)
    services.update_user(
        user=world.alice, is_administrator=True, actor=world.adam, now=NOW
    )
    assert client.get("/").status_code == 302
    assert "_auth_user_id" not in client.session


def test_a_key_is_shown_once_and_kept_as_a_hash(world):
    assert world.plain_key.startswith(world.key.prefix)
    assert world.plain_key not in str(ApiKey.objects.filter(pk=world.key.pk).values())
    assert world.plain_key not in str(list(AuditEvent.objects.values()))


@pytest.mark.parametrize(
    "given",
    [
        {"scopes": [], "whole_company": True},
        {"scopes": ["everything"], "whole_company": True},
        {"scopes": ["metrics:read"]},
    ],
)
def test_a_key_that_could_do_nothing_is_refused(world, given):
    with pytest.raises(services.NoScope):
        services.create_api_key(name="Key", actor=world.adam, now=NOW, **given)


def test_a_key_that_has_expired_is_refused(world):
    with pytest.raises(services.DaysOutOfOrder):
        services.create_api_key(
            name="Key",
            scopes=["metrics:read"],
            whole_company=True,
            expires_at=NOW,
            actor=world.adam,
            now=NOW,
        )


def test_revoking_twice_is_one_event(world):
    for hours in range(2):
        later = NOW + timedelta(hours=hours)
        services.revoke_api_key(key=world.key, actor=world.adam, now=later)
    world.key.refresh_from_db()
    assert world.key.revoked_at == NOW
    assert AuditEvent.objects.filter(action="key.revoked").count() == 1


def test_use_of_a_key_is_noted_once_a_minute(world, django_assert_num_queries):
    services.touch_api_key(key=world.key, now=NOW)
    world.key.refresh_from_db()
    assert world.key.last_used_at == NOW
    with django_assert_num_queries(0):
        services.touch_api_key(key=world.key, now=NOW + timedelta(seconds=59))
    services.touch_api_key(key=world.key, now=NOW + timedelta(seconds=60))
    world.key.refresh_from_db()
    assert world.key.last_used_at == NOW + timedelta(seconds=60)
