import pytest
from django.template.loader import render_to_string

from tests.world import person

POLICY = {
    "default-src 'self'",
    "img-src 'self' data:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
}


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/accounts/login/", "/nothing-here", "/healthz"])
def test_every_answer_carries_the_protecting_headers(client, path):
    headers = client.get(path).headers

    assert set(headers["Content-Security-Policy"].split("; ")) == POLICY
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "no-store" in headers["Cache-Control"]


@pytest.mark.django_db
def test_no_page_of_the_shell_holds_inline_script_or_style(client):
    client.force_login(person("Ana", is_administrator=True))

    page = client.get("/accounts/two-step/").content.decode()

    assert "<style" not in page
    assert " style=" not in page
    assert " onclick=" not in page
    assert page.count("<script") == page.count("<script src=")


@pytest.mark.django_db
def test_the_interface_does_not_mix_languages(client):
    page = client.get("/accounts/login/", headers={"accept-language": "de"})

    assert '<html lang="en" dir="ltr"' in page.content.decode()


@pytest.mark.django_db
def test_the_reader_may_choose_another_language(client):
    reader = person("Ana")
    reader.language = "ar"
    reader.save()
    client.force_login(reader)

    page = client.get("/accounts/two-step/").content.decode()

    assert '<html lang="ar" dir="rtl"' in page


@pytest.mark.django_db
def test_an_unknown_address_says_so_in_our_words(client):
    response = client.get("/nothing-here")

    assert response.status_code == 404
    assert "There is nothing here" in response.content.decode()


def test_a_page_that_breaks_shows_our_words():
    assert "Something broke on our side" in render_to_string("500.html")
