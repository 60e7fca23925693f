"""Two-step sign-in from end to end, with codes computed as an app does (RFC 6238)."""

import base64
import hmac
import re
import struct
import time

import pytest
import time_machine

from tests.world import NOW, PASSWORD, person

pytestmark = pytest.mark.django_db

ACTIVATE = "/accounts/two-step/totp/activate/"


def code_of(secret, *, at):
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, struct.pack(">Q", int(at) // 30), "sha1")
    offset = digest[-1] & 0x0F
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


def test_the_code_of_the_oracle():
    """The first test value of RFC 6238, appendix B, cut to six digits."""
    secret = base64.b32encode(b"12345678901234567890").decode()

    assert code_of(secret, at=59) == "287082"


@pytest.fixture(autouse=True)
def clock():
    """Stand still, so that no code expires between two lines of a test."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def ana(client):
    """Ana, who has signed in and just confirmed that it is she."""
    ana = person("Ana")
    client.post("/accounts/login/", {"login": "ana@example.com", "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return ana


def set_up_app(client):
    page = client.get(ACTIVATE).content.decode()
    (secret,) = re.findall(r'class="mono">([A-Z2-7]+)<', page)
    client.post(ACTIVATE, {"code": code_of(secret, at=time.time())})
    return secret


def test_with_an_app_the_password_alone_opens_nothing(client, ana):
    set_up_app(client)
    client.post("/accounts/logout/")

    response = client.post(
        "/accounts/login/", {"login": "ana@example.com", "password": PASSWORD}
    )

    assert response["Location"].startswith("/accounts/two-step/authenticate/")
    assert "_auth_user_id" not in client.session
    wrong = client.post("/accounts/two-step/authenticate/", {"code": "000000"})
    assert wrong.status_code == 200
    assert "_auth_user_id" not in client.session


def test_the_code_of_the_app_opens_the_door(client, ana, clock):
    secret = set_up_app(client)
    client.post("/accounts/logout/")
    client.post("/accounts/login/", {"login": "ana@example.com", "password": PASSWORD})

    clock.shift(30)  # the code used for the set-up is spent, another one is due
    code = code_of(secret, at=time.time())
    client.post("/accounts/two-step/authenticate/", {"code": code})

    assert client.session["_auth_user_id"] == str(ana.pk)


def test_a_recovery_code_works_once(client, ana):
    set_up_app(client)
    page = client.get("/accounts/two-step/recovery-codes/").content.decode()
    code = re.findall(r"<li>(\w+)</li>", page)[0]

    def sign_in_with_it():
        client.post("/accounts/logout/")
        client.post(
            "/accounts/login/", {"login": "ana@example.com", "password": PASSWORD}
        )
        client.post("/accounts/two-step/authenticate/", {"code": code})
        return "_auth_user_id" in client.session

    assert sign_in_with_it()
    assert not sign_in_with_it()


@pytest.mark.parametrize(
    "path",
    ["", "totp/deactivate/", "recovery-codes/", "recovery-codes/generate/"],
)
def test_the_pages_around_it_open(client, ana, path):
    set_up_app(client)

    assert client.get(f"/accounts/two-step/{path}").status_code == 200


def test_the_app_can_be_put_away(client, ana):
    set_up_app(client)

    client.post("/accounts/two-step/totp/deactivate/")

    assert "Not in use" in client.get("/accounts/two-step/").content.decode()


def test_without_confirming_nothing_is_changed(client):
    client.force_login(person("Ana"))

    response = client.get(ACTIVATE)

    assert response["Location"].startswith("/accounts/reauthenticate/")
    assert client.get(response["Location"]).status_code == 200
