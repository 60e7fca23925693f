"""Many at once on one link: the database lets one through."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client

from surveys.links import shared_address
from surveys.models import Answer, Ballot, Invitation, Response, Survey
from surveys.scoring import Kind
from surveys.services.dispatch import due, send_invitation
from surveys.services.surveys import create_survey, publish, share
from tests.surveys.cast import ask, contact, customer
from tests.surveys.views.test_public import fields_of
from tests.world import NOW, team

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 50


@pytest.fixture
def live():
    survey = create_survey(
        name="After a request",
        kind=Kind.CSAT,
        team=team("Support"),
        brand="Fjordlight",
        actor=None,
        now=NOW,
    )
    publish(survey, actor=None, now=NOW)
    survey.refresh_from_db()
    return survey


def at_once(work):
    """Run work(0), work(1), … in threads that start together."""
    barrier = threading.Barrier(THREADS)

    def run(number):
        try:
            barrier.wait(timeout=30)
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(run, range(THREADS)))


def page_of(live):
    _, token = ask(live, contact("Grace", customer=customer("Globex")))
    Invitation.objects.update(expires_at=None)
    return f"/r/{token}/"


def test_double_or_concurrent_submit_of_one_form(live):
    """The same form 50 times: one response, 50 times the same page."""
    page = page_of(live)
    fields = {**fields_of(Client().get(page)), "score": "4"}

    got = at_once(lambda number: Client().post(page, fields))

    assert {response.status_code for response in got} == {303}
    assert len({response["Location"] for response in got}) == 1
    assert Response.objects.count() == Answer.objects.count() == 1


def test_double_or_concurrent_submit_from_50_tabs(live):
    """50 forms with other scores: one is taken, 49 are told so."""
    page = page_of(live)
    forms = [fields_of(Client().get(page)) for _ in range(THREADS)]

    got = at_once(
        lambda number: Client().post(
            page, {**forms[number], "score": str(1 + number % 5)}
        )
    )

    statuses = sorted(response.status_code for response in got)
    assert statuses == [303] + [409] * (THREADS - 1)
    assert Response.objects.count() == Answer.objects.count() == 1


def test_double_or_concurrent_submit_of_one_shared_form(live):
    """No row to lock: the unique form decides."""
    share(live, is_shared=True, actor=None, now=NOW)
    page = f"/s/{shared_address(live)}/"
    fields = {**fields_of(Client().get(page)), "score": "4"}

    got = at_once(lambda number: Client().post(page, fields))

    assert {response.status_code for response in got} == {303}
    assert Response.objects.count() == Answer.objects.count() == 1


def make_anonymous(live):
    Survey.objects.filter(pk=live.pk).update(is_anonymous=True)
    live.refresh_from_db()


def test_double_or_concurrent_submit_of_one_anonymous_link(live):
    """50 forms of one mailed link: one ballot, and the invitation tells no score."""
    make_anonymous(live)
    page = page_of(live)
    forms = [fields_of(Client().get(page)) for _ in range(THREADS)]

    got = at_once(
        lambda number: Client().post(
            page, {**forms[number], "score": str(1 + number % 5)}
        )
    )

    statuses = sorted(response.status_code for response in got)
    assert statuses == [303] + [409] * (THREADS - 1)
    assert Ballot.objects.count() == 1
    assert Response.objects.count() == Answer.objects.count() == 0
    assert Invitation.objects.get().is_answered


def test_double_or_concurrent_submit_of_one_shared_anonymous_form(live):
    """The same form 50 times: one ballot, 50 times its thank-you page."""
    make_anonymous(live)
    share(live, is_shared=True, actor=None, now=NOW)
    page = f"/s/{shared_address(live)}/"
    fields = {**fields_of(Client().get(page)), "score": "4"}

    got = at_once(lambda number: Client().post(page, fields))

    assert {response.status_code for response in got} == {303}
    assert len({response["Location"] for response in got}) == 1
    assert Ballot.objects.count() == 1


def test_celery_sends_twice_at_once(live, mailoutbox):
    page_of(live)
    Invitation.objects.update(state=Invitation.State.QUEUED)
    mailoutbox.clear()
    (pk,) = due(now=NOW, limit=9)

    got = at_once(lambda number: send_invitation(pk, now=NOW))

    assert sorted(map(str, got)) == ["None"] * (THREADS - 1) + ["sent"]
    assert len(mailoutbox) == 1
