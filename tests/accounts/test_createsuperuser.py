import pytest
from django.core.management import CommandError, call_command

from crmkpi.accounts.models import User
from tests.world import PASSWORD

pytestmark = pytest.mark.django_db


def create(email="First@Example.com"):
    call_command(
        "createsuperuser", email=email, name="First", interactive=False, verbosity=0
    )


def test_the_first_administrator_is_made_by_command(monkeypatch, client):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    create()
    user = User.objects.get()
    assert user.is_administrator and user.email == "first@example.com"
    assert user.joined_at is not None
    answer = client.post(
        "/accounts/login/", {"login": "FIRST@example.com", "password": PASSWORD}
    )
    assert answer.status_code == 302
    assert client.get("/", follow=True).redirect_chain[-1][0] == "/people/"


def test_an_address_is_used_once(monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    create()
    with pytest.raises(CommandError):
        create("first@example.com")
