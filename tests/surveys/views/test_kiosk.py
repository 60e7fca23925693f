"""The question on a shared device, and the poster that leads to the shared link."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from surveys.models import Answer, Response
from surveys.services.surveys import close, offer_kiosk, share
from surveys.views import kiosk
from tests.surveys import scenes
from tests.world import NOW


@pytest.fixture
def address(world):
    return scenes.kiosk(world)["address"]


@pytest.fixture
def device():
    return Client(enforce_csrf_checks=True)


def page(name, address):
    return reverse(f"surveys:{name}", args=[address])


def form_of(shown):
    return re.search(r'name="form" value="([^"]+)"', shown.content.decode())[1]


def test_an_answer_without_cookie_and_script_and_back_after_20_seconds(device, address):
    start = page("kiosk", address)
    asked = device.get(start)
    assert asked["Refresh"] == f"120; url={start}"
    html = asked.content.decode()
    assert "We do not ask who you are." in html
    assert "<script" not in html and 'autocomplete="off"' in html

    sent = device.post(start, {"score": "4", "form": form_of(asked), "in": "ar"})

    assert (sent.status_code, sent["Location"]) == (303, f"{start}thanks/?in=ar")
    thanked = device.get(sent["Location"])
    assert thanked["Refresh"] == f"20; url={start}"
    assert 'dir="rtl"' in thanked.content.decode()
    assert "يعود السؤال بعد 20 ثانية." in thanked.content.decode()
    assert not device.cookies
    (given,) = Response.objects.all()
    assert (given.origin, given.agent, given.contact) == ("shared", None, None)


def test_nothing_of_one_customer_is_left_for_the_next(device, address):
    """No address of a page on which the answer or a comment could be read."""
    start = page("kiosk", address)
    sent = device.post(start, {"score": "1", "form": form_of(device.get(start))})

    thanked = device.get(sent["Location"]).content.decode()
    assert "/t/" not in sent["Location"] + thanked
    assert "textarea" not in thanked and "checked" not in device.get(start).text
    next_one = device.get(start, {"score": "5"})
    assert form_of(next_one) != form_of(device.get(start))


def test_one_form_is_one_answer_and_the_next_form_another(device, address):
    start = page("kiosk", address)
    form = form_of(device.get(start))
    for _press in range(2):
        sent = device.post(start, {"score": "4", "form": form})
        assert sent.status_code == 303
    other = device.post(start, {"score": "1", "form": form})
    assert (other.status_code, other["Refresh"]) == (409, f"20; url={start}")
    device.post(start, {"score": "1", "form": form_of(device.get(start))})

    assert sorted(Answer.objects.values_list("value", flat=True)) == [1, 4]
    assert device.post(start, {"form": form}).status_code == 422
    assert device.post(start, {"score": "4"}).status_code == 422


def test_forms_of_the_kiosk_and_of_the_shared_link_are_apart(device, world, address):
    shared = page("shared", address)
    form = form_of(device.get(page("kiosk", address)))
    assert device.post(shared, {"score": "4", "form": form}).status_code == 422
    form = form_of(device.get(shared))
    sent = device.post(page("kiosk", address), {"score": "4", "form": form})
    assert sent.status_code == 422
    assert not Response.objects.exists()


def test_who_forgot_to_choose_answers_on_the_page_that_says_so(device, address):
    start = page("kiosk", address)
    told = device.post(start, {"form": form_of(device.get(start))})
    assert told.status_code == 422

    sent = device.post(start, {"score": "4", "form": form_of(told)})

    assert sent.status_code == 303
    assert Response.objects.count() == 1


def test_open_only_where_a_manager_wants_it(device, client, world):
    address = scenes.shared(world)["address"]
    survey = scenes.Survey.objects.get()
    for name in ("kiosk", "kiosk_thanks"):
        assert device.get(page(name, address)).status_code == 410
    switch = reverse("surveys:kiosk_switch", args=[survey.slug])
    channels = reverse("surveys:channels", args=[survey.slug])
    for person, status in ((world.nora, 403), (world.carl, 404), (world.lee, 403)):
        client.force_login(person)
        assert client.post(switch, {"kiosk": "yes"}).status_code == status
    client.force_login(world.ana)
    assert client.get(switch).status_code == 405
    assert address not in client.get(channels).text.split("kiosk")[-1].split("embed")[0]

    assert client.post(switch, {"kiosk": "yes"})["Location"] == channels
    share(survey, is_shared=False, actor=world.ana, now=NOW)
    assert f"http://127.0.0.1:8000/k/{address}/" in client.get(channels).text
    assert device.get(page("kiosk", address)).status_code == 200

    client.post(switch, {"kiosk": "no"})
    assert device.get(page("kiosk", address)).status_code == 410
    close(survey, actor=world.ana, now=NOW)
    told = client.post(switch, {"kiosk": "yes"}, follow=True).text
    assert "Publish the survey before you show it on a device." in told


def test_a_closed_survey_ends_the_kiosk(device, world, address):
    survey = scenes.Survey.objects.get()
    form = form_of(device.get(page("kiosk", address)))
    close(survey, actor=world.ana, now=NOW)

    sent = device.post(page("kiosk", address), {"score": "4", "form": form})

    assert (sent.status_code, sent["Refresh"][:3]) == (410, "20;")
    offer_kiosk(survey, is_offered=False, actor=world.ana, now=NOW)
    assert not Response.objects.exists()


def test_many_answers_of_one_shop_and_an_end_to_them(device, address, monkeypatch):
    monkeypatch.setattr(kiosk, "KIOSK_ANSWERS", 2)
    start = page("kiosk", address)
    answers = [
        device.post(start, {"score": "4", "form": form_of(device.get(start))})
        for _customer in range(3)
    ]

    assert [each.status_code for each in answers] == [303, 303, 429]
    assert answers[2]["Refresh"] == f"20; url={start}"
    assert device.get(start).status_code == 200


@pytest.mark.parametrize("name", ["kiosk", "kiosk_thanks", "kiosk_who"])
def test_unknown_addresses_lead_nowhere(device, db, name):
    shown = device.get(page(name, f"x-{'0' * 32}"))
    assert shown.status_code == 404
    assert "Refresh" not in shown


def test_the_poster_in_the_words_of_the_survey(client, world):
    address = scenes.shared(world)["address"]
    survey = scenes.Survey.objects.get()
    poster = reverse("surveys:poster", args=[survey.slug])
    client.force_login(world.ana)

    english, arabic = client.get(poster).text, client.get(poster, {"in": "ar"}).text

    assert "How satisfied" in english
    assert f'dir="ltr">http://127.0.0.1:8000/s/{address}/</p>' in arabic
    assert '<html lang="ar" dir="rtl">' in arabic
    assert f'src="{reverse("surveys:qr", args=[survey.slug])}"' in english
    assert "is closed" not in english
    assert client.get(poster, {"in": "xx"}).status_code == 200
    assert client.post(poster).status_code == 405
    share(survey, is_shared=False, actor=world.ana, now=NOW)
    assert "The shared link is closed" in client.get(poster).text
    for person, status in ((world.nora, 403), (world.carl, 404)):
        client.force_login(person)
        assert client.get(poster).status_code == status
