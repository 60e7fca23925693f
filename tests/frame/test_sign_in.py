import re

import pytest
from django.core import mail
from django.urls import NoReverseMatch, reverse

from tests.world import PASSWORD, person

pytestmark = pytest.mark.django_db

SIGN_IN = "/accounts/login/"


def sign_in(client, *, email="ana@example.com", password=PASSWORD, **extra):
    return client.post(SIGN_IN, {"login": email, "password": password}, **extra)


def signed_in(client):
    return "_auth_user_id" in client.session


def test_the_page_has_labels_and_no_placeholders(client):
    page = client.get(SIGN_IN).content.decode()

    assert "E-mail address" in page
    assert "Keep me signed in on this device" in page
    assert "placeholder" not in page


def test_address_and_password_open_the_door(client):
    person("Ana")

    response = sign_in(client)

    assert response.status_code == 302
    assert response["Location"] == "/"
    assert signed_in(client)


def test_signing_in_gives_a_new_session(client):
    person("Ana")
    client.get(SIGN_IN)
    session = client.session
    session["planted"] = 1
    session.save()
    before = client.cookies["sessionid"] = session.session_key

    sign_in(client)

    assert client.session.session_key != before


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("ana@example.com", "wrong"),
        ("nobody@example.com", PASSWORD),
        ("ana@example.com", ""),
        ("not an address", PASSWORD),
    ],
)
def test_wrong_words_do_not(client, email, password):
    person("Ana")

    response = sign_in(client, email=email, password=password)

    assert response.status_code == 200
    assert not signed_in(client)


def test_known_and_unknown_addresses_get_the_same_answer(client):
    person("Ana")
    texts = [
        re.findall(
            r'role="alert">.*?</div>',
            sign_in(client, email=email, password="wrong").content.decode(),
            re.DOTALL,
        )
        for email in ("ana@example.com", "nobody@example.com")
    ]

    assert texts[0]
    assert texts[0] == texts[1]


def test_after_many_wrong_passwords_the_right_one_waits_too(client):
    person("Ana")
    for _ in range(10):
        sign_in(client, password="wrong")

    sign_in(client)

    assert not signed_in(client)


def test_a_closed_account_stays_out(client):
    ana = person("Ana")
    ana.is_active = False
    ana.save()

    sign_in(client)

    assert not signed_in(client)


def test_next_leads_only_to_our_own_pages(client):
    person("Ana")

    response = client.post(
        SIGN_IN,
        {
            "login": "ana@example.com",
            "password": PASSWORD,
            "next": "https://evil.example.com/",
        },
    )

    assert "evil" not in response["Location"]


@pytest.mark.parametrize(
    "name",
    ["account_signup", "account_email", "account_request_login_code"],
)
def test_what_is_not_offered_has_no_address(name):
    with pytest.raises(NoReverseMatch):
        reverse(name)


def test_signing_out_takes_a_form(client):
    client.force_login(person("Ana"))

    assert client.get("/accounts/logout/").status_code == 200
    assert signed_in(client)
    client.post("/accounts/logout/")
    assert not signed_in(client)


def test_a_forgotten_password_is_replaced_through_the_mail(client):
    ana = person("Ana")
    client.post("/accounts/password/reset/", {"email": "ana@example.com"})

    (letter,) = mail.outbox
    link = re.search(r"http://127\.0\.0\.1:8000(\S+)", letter.body)
    assert link
    form = client.get(link[1], follow=True)
    words = {"password1": "another fine phrase", "password2": "another fine phrase"}
    client.post(form.redirect_chain[-1][0], words)

    ana.refresh_from_db()
    assert ana.check_password("another fine phrase")
    assert "no longer works" in client.get(link[1], follow=True).content.decode()


def test_the_mailed_link_ignores_a_forged_host(client, settings):
    person("Ana")
    settings.ALLOWED_HOSTS = ["*"]

    client.post(
        "/accounts/password/reset/",
        {"email": "ana@example.com"},
        headers={"host": "evil.example.com"},
    )

    assert "evil" not in mail.outbox[0].body
    assert "http://127.0.0.1:8000/accounts/" in mail.outbox[0].body


def test_strangers_get_no_mail_and_the_same_page(client):
    response = client.post(
        "/accounts/password/reset/", {"email": "nobody@example.com"}, follow=True
    )

    assert mail.outbox == []
    assert "Look into your mail" in response.content.decode()


PAGES_OF_ONES_OWN = (
    "/accounts/password/change/",
    "/accounts/two-step/",
    "/accounts/logout/",
)


@pytest.mark.parametrize("path", PAGES_OF_ONES_OWN)
def test_pages_of_ones_own_open_in_our_shell(client, path):
    client.force_login(person("Ana"))

    response = client.get(path)

    assert response.status_code == 200
    assert "crmkpi" in response.content.decode()


@pytest.mark.parametrize("path", PAGES_OF_ONES_OWN[:2])
def test_they_ask_strangers_to_sign_in(client, path):
    response = client.get(path)

    assert response.status_code == 302
    assert response["Location"] == f"{SIGN_IN}?next={path}"
