"""The survey inside pages of others: where, and without cookies."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from surveys.links import shared_address
from surveys.models import Answer, Response
from surveys.services.surveys import share
from tests.world import NOW


@pytest.fixture
def address(world, survey):
    share(survey, is_shared=True, actor=world.ana, now=NOW)
    survey.refresh_from_db()
    survey.frame_origins = ["https://shop.example.com"]
    survey.save()
    return shared_address(survey)


@pytest.fixture
def stranger():
    return Client(enforce_csrf_checks=True)


def form_of(page):
    return re.search(r'name="form" value="([^"]+)"', page.content.decode())[1]


def test_embed_vs_clickjacking(stranger, address):
    """Only the survey's list may frame it; all other pages refuse any frame."""
    inside = stranger.get(reverse("surveys:embedded", args=[address]))
    assert (
        "frame-ancestors 'self' https://shop.example.com"
        in inside["Content-Security-Policy"]
    )
    assert "X-Frame-Options" not in inside
    outside = stranger.get(reverse("surveys:shared", args=[address]))
    assert "frame-ancestors 'none'" in outside["Content-Security-Policy"]
    assert outside["X-Frame-Options"] == "DENY"


def test_without_a_list_only_our_own_pages(stranger, address, survey):
    survey.frame_origins = []
    survey.save()
    page = stranger.get(reverse("surveys:embedded", args=[address]))
    assert page["Content-Security-Policy"].endswith("frame-ancestors 'self'")


def test_an_answer_in_a_frame_needs_no_cookie_and_stays_inside(stranger, address):
    url = reverse("surveys:embedded", args=[address])
    form = form_of(stranger.get(url))
    answer = stranger.post(url, {"score": "4", "form": form})

    assert answer.status_code == 303
    assert answer["Location"].startswith(f"/e/{address}/t/")
    assert not stranger.cookies
    thanks = stranger.get(answer["Location"])
    assert thanks.status_code == 200
    assert "https://shop.example.com" in thanks["Content-Security-Policy"]
    more = stranger.post(answer["Location"], {"comment": "Well done"})
    assert more["Location"].startswith(f"/e/{address}/t/")
    assert stranger.get(more["Location"]).status_code == 200
    assert Response.objects.get().origin == Response.Origin.SHARED
    assert Answer.objects.filter(text="Well done").exists()


def test_the_page_on_who_sees_leads_back_inside(stranger, address):
    page = stranger.get(reverse("surveys:embedded_who", args=[address]))
    assert f'href="/e/{address}/' in page.content.decode()
    assert "https://shop.example.com" in page["Content-Security-Policy"]


def test_every_link_of_the_question_stays_inside(stranger, address):
    page = stranger.get(reverse("surveys:embedded", args=[address]))
    links = re.findall(r'<a [^>]*href="([^"]+)"', page.content.decode())
    assert links
    assert all(link.startswith((f"/e/{address}/", "?")) for link in links)


@pytest.mark.parametrize("name", ["embedded", "embedded_who"])
def test_unknown_links_are_404_in_no_frame(stranger, db, name):
    page = stranger.get(reverse(f"surveys:{name}", args=[f"x-{'0' * 32}"]))
    assert page.status_code == 404
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]


def test_a_closed_link_says_so_inside(stranger, address, world, survey):
    share(survey, is_shared=False, actor=world.ana, now=timezone.now())
    page = stranger.get(reverse("surveys:embedded", args=[address]))
    assert page.status_code == 410
