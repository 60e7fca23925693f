import pytest
from django.utils import timezone

from crmkpi.accounts import services
from crmkpi.accounts.models import User
from tests.world import PASSWORD


@pytest.fixture
def url(world):
    _invitation, token = services.invite_user(
        email="new@example.com", name="New", actor=world.adam, now=timezone.now()
    )
    return f"/join/{token}/"


def test_looking_at_an_invitation_accepts_nothing(client, url):
    for _time in range(2):
        assert client.get(url).status_code == 200
        assert client.head(url).status_code == 200
    assert not User.objects.get(email="new@example.com").has_usable_password()


def test_the_page_is_kept_by_nobody(client, url):
    answer = client.get(url)
    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize(
    "password", ["", "short", "password", "1234567890", "new@example"]
)
def test_a_weak_password_is_refused_beside_its_field(client, url, password):
    answer = client.post(url, {"name": "New", "password": password})
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"password"}
    assert not User.objects.get(email="new@example.com").has_usable_password()


@pytest.mark.parametrize("token", ["x", "%00", "a" * 500, "..", "ä"])
@pytest.mark.django_db
def test_tokens_that_open_nothing_get_one_answer(client, token):
    answer = client.get(f"/join/{token}/")
    assert answer.status_code == 404
    assert b"no longer works" in answer.content or token == ".."


def test_signing_in_gives_a_new_session(client, url):
    client.get("/accounts/login/")
    client.session["before"] = 1
    before = client.session.session_key
    client.post(url, {"name": "New", "password": PASSWORD})
    assert client.session.session_key != before


def test_an_invited_person_gets_no_reset_mail(client, url, mailoutbox):
    client.post("/accounts/password/reset/", {"email": "new@example.com"})
    assert mailoutbox == []


def test_reset_mail_goes_to_those_who_joined(client, world, mailoutbox):
    client.post("/accounts/password/reset/", {"email": "alice@example.com"})
    (mail,) = mailoutbox
    assert mail.to == ["alice@example.com"]
