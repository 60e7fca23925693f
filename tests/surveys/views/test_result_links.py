"""Links to results: what they show without an account, and how they end."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from crmkpi.accounts.models import AuditEvent
from crmkpi.crm.models import Channel, Exclusion
from surveys.models import Response, ResultLink
from surveys.services import answers
from surveys.services.result_links import make_result_link
from tests.surveys.cast import customer
from tests.surveys.replies import replies

DAY = timedelta(days=1)


@pytest.fixture
def mona(client, world):
    client.force_login(world.mona)
    return client


def link_to(survey, world, *, person=None, **fields):
    given = {"name": "Board", "span": "90", "days": 30, "with_comments": False}
    link, token = make_result_link(
        survey,
        access=world.access(person or world.mona),
        actor=world.mona,
        now=timezone.now(),
        **(given | fields),
    )
    return link, reverse("surveys:shared_results", args=[token])


def text_of(response):
    return response.content.decode()


def test_figures_without_any_name(world):
    globex = customer("Globex", agent=world.alice)
    survey = replies(
        {5: 4, 1: 1},
        agent_id=world.alice.pk,
        customer_id=globex.pk,
        channel=Channel.PHONE,
        comment="Alice of Globex",
    )
    _, url = link_to(survey, world)

    response = Client().get(url)
    html = text_of(response)

    assert response.status_code == 200
    assert "4 of 5; with 95 % confidence" in html
    assert "the real value lies between 37.6 and 96.4 (method: Wilson)" in html
    assert not any(word in html for word in ("Globex", "Alice", "Mona", survey.slug))


def test_comments_only_where_chosen(world):
    survey = replies({5: 5}, agent_id=world.alice.pk, comment="<b>Good</b>")
    few = replies({5: 4}, agent_id=world.alice.pk, comment="Rare", survey="Few")
    replies({5: 9}, agent_id=world.alice.pk, survey="Few")
    spam = Response.objects.filter(survey=survey).first()

    assert "Good" not in text_of(Client().get(link_to(survey, world)[1]))
    _, url = link_to(survey, world, with_comments=True)
    assert "&lt;b&gt;Good&lt;/b&gt;" in text_of(Client().get(url))
    assert "Rare" not in text_of(
        Client().get(link_to(few, world, with_comments=True)[1])
    )
    answers.void_response(
        spam, reason=Exclusion.SPAM, note="x", actor=world.mona, now=timezone.now()
    )
    assert "Good" not in text_of(Client().get(url))


def test_small_group_differencing(world):
    """Four answers show nothing, and a month of two is hidden with its neighbour."""
    few = replies({5: 4}, agent_id=world.alice.pk, survey="Few")
    survey = replies({5: 40}, agent_id=world.alice.pk)
    replies({1: 2}, agent_id=world.alice.pk, at=timezone.now() - 62 * DAY)
    replies({5: 7}, agent_id=world.alice.pk, at=timezone.now() - 124 * DAY)

    assert "fewer than five answers" in text_of(Client().get(link_to(few, world)[1]))
    html = text_of(Client().get(link_to(survey, world, span="all")[1]))
    assert html.count("too few to show") == 2


def test_it_shows_what_its_maker_could_see(world):
    survey = replies({5: 6}, agent_id=world.alice.pk)
    replies({1: 6}, agent_id=world.cleo.pk)

    _, support = link_to(survey, world, person=world.ana)
    _, company = link_to(survey, world)

    assert "6 of 6" in text_of(Client().get(support))
    assert "6 of 12" in text_of(Client().get(company))


def test_revoked_ended_and_unknown_are_the_same_404(mona, world):
    survey = replies({5: 6}, agent_id=world.alice.pk)
    revoked, one = link_to(survey, world)
    ended, two = link_to(survey, world)
    ResultLink.objects.filter(pk=ended.pk).update(expires_at=timezone.now())
    assert Client().get(one).status_code == 200
    revoke = reverse("surveys:result_link_revoke", args=[survey.slug, revoked.pk])
    assert mona.post(revoke).status_code == 302
    assert mona.post(revoke).status_code == 302

    pages = [Client().get(url) for url in (one, two, "/p/x/", f"/p/{'x' * 43}/")]

    assert {page.status_code for page in pages} == {404}
    assert len({page.content for page in pages}) == 1
    done = AuditEvent.objects.filter(action__startswith="result_link")
    assert sorted(done.values_list("action", flat=True)) == [
        "result_link.made",
        "result_link.made",
        "result_link.revoked",
    ]


def test_guessing_is_limited(world):
    cache.clear()

    found = [Client().get(f"/p/{n:043}/").status_code for n in range(31)]

    assert found[-1] == 429


def test_never_cached_never_framed_no_cookie(world):
    survey = replies({5: 6}, agent_id=world.alice.pk)
    response = Client().get(link_to(survey, world)[1])

    assert response["Cache-Control"] == "no-store"
    assert response["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in response["Content-Security-Policy"]
    assert response["Referrer-Policy"] == "same-origin"
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert not response.cookies
    assert "<script" not in text_of(response)


def test_the_address_is_shown_once(mona, world):
    survey = replies({5: 6}, agent_id=world.alice.pk)
    url = reverse("surveys:result_links", args=[survey.slug])
    assert "Nobody outside sees" in text_of(mona.get(url))
    for bad in ({"name": ""}, {"days": "0"}, {"days": "366"}, {"span": "7"}):
        data = {"name": "Board", "span": "90", "days": "30"} | bad
        assert mona.post(url, data).status_code == 422

    made = mona.post(url, {"name": "Board", "span": "90", "days": "30"})

    assert made.status_code == 201
    address = re.search(r'value="http[^"]*(/p/[^"]+)"', text_of(made))[1]
    assert Client().get(address).status_code == 200
    assert address not in text_of(mona.get(url))
    token = address.split("/")[2]
    assert not ResultLink.objects.filter(token_hash=token).exists()
