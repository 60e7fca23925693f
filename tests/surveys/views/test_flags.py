"""Flags on answers: what raises one, who sees them, and that they decide nothing."""

import csv
import io
import re
from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from crmkpi.crm.models import Exclusion
from surveys.flags import Flag
from surveys.links import shared_address
from surveys.models import Answer, FlagLook, NetworkAnswer, Response, Survey
from surveys.queries.flags import flags_of, with_flags
from surveys.services import answers
from surveys.services.surveys import offer_kiosk, share
from surveys.services.uses import forget_uses
from tests.lib.test_workbooks import sheets
from tests.surveys.cast import ask, contact, reply
from tests.surveys.replies import replies
from tests.surveys.views.test_public import fields_of
from tests.world import NOW

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
HERE, THERE = "9.9.9.9", "8.8.8.8"


@pytest.fixture(autouse=True)
def at_now():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def ana(client, world):
    client.force_login(world.ana)
    return client


def page(name, survey, **kwargs):
    return reverse(f"surveys:{name}", kwargs={"slug": survey.slug, **kwargs})


def flags():
    """The flags of each answer, in the order in which they came."""
    return [flags_of(each) for each in with_flags(Response.objects.order_by("pk"))]


def answered(survey, email, *, after=DAY):
    """Ask an address and have it answer so long after the mail."""
    person = contact(email, email=email)
    _, token = ask(survey, person, subject=f"ticket:{person.pk}")
    reply(token, 1, now=NOW + after)


def post(address, score=4, *, network=HERE):
    shown = Client().get(address)
    posted = {**fields_of(shown), "score": score}
    return Client().post(address, posted, REMOTE_ADDR=network)


@pytest.fixture
def shared_page(world, survey):
    share(survey, is_shared=True, actor=world.ana, now=NOW)
    return reverse("surveys:shared", args=[shared_address(survey)])


# What raises a flag


@pytest.mark.parametrize(
    ("after", "flag"), [(0, True), (9, True), (10, False), (3600, False)]
)
def test_within_seconds_of_the_mail(survey, after, flag):
    answered(survey, "grace@example.org", after=after * SECOND)

    assert flags() == [(Flag.QUICK,) if flag else ()]


def test_addresses_in_the_domains_of_active_colleagues(world, survey):
    """Our people have addresses at example.com, one at a provider of free mail."""
    type(world.bob).objects.filter(pk=world.bob.pk).update(email="bob@gmail.com")
    type(world.cleo).objects.filter(pk=world.cleo.pk).update(
        email="cleo@left.example", is_active=False
    )
    for email in ("a@example.org", "b@EXAMPLE.com", "c@gmail.com", "d@left.example"):
        answered(survey, email)

    assert flags() == [(), (Flag.COLLEAGUE,), (), ()]


def test_from_the_fifth_answer_of_a_network_within_seven_days(
    survey, shared_page, at_now
):
    for network in (HERE, HERE, HERE, THERE, HERE, HERE):
        assert post(shared_page, network=network).status_code == 303
    assert flags() == [(), (), (), (), (), (Flag.SEVERAL,)]

    at_now.shift(7 * DAY - SECOND)
    post(shared_page)
    at_now.shift(SECOND)  # now only the latest one is within a week
    post(shared_page)

    assert flags()[6:] == [(Flag.SEVERAL,), ()]
    assert not Response.objects.exclude(exclusion=0).exists()


def test_counting_a_network_takes_two_statements(survey, shared_page, settings):
    """With the cache in the database, as it is where nobody set up another."""
    backend = "django.core.cache.backends.db.DatabaseCache"
    settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": "cached"}}
    call_command("createcachetable")

    def statements(network):
        shown = Client().get(shared_page)
        posted = {**fields_of(shown), "score": 4}
        with CaptureQueriesContext(connection) as seen:
            Client().post(shared_page, posted, REMOTE_ADDR=network)
        return [each["sql"] for each in seen]

    post(shared_page)  # what is made or looked up once, and kept then
    post(shared_page)
    of_a_proxy, of_a_network = statements("10.0.0.7"), statements(HERE)

    assert len(of_a_network) == len(of_a_proxy) + 2
    told = [sql.split()[0] for sql in of_a_network if "networkanswer" in sql]
    assert told == ["SELECT", "INSERT"]


def test_nothing_is_kept_of_a_network_that_was_quiet_for_a_week(shared_page, at_now):
    post(shared_page)
    kept = NetworkAnswer.objects.get()
    assert re.fullmatch("[0-9a-f]{64}", kept.place_hash)

    assert forget_uses(now=NOW + 7 * DAY - SECOND) == 1  # the limit's ten minutes
    assert forget_uses(now=NOW + 7 * DAY) == 1
    assert not NetworkAnswer.objects.exists()


def test_one_form_pressed_often_is_one_answer_of_its_network(survey, shared_page):
    shown = Client().get(shared_page)
    for _ in range(6):
        posted = {**fields_of(shown), "score": "4"}
        assert Client().post(shared_page, posted, REMOTE_ADDR=HERE).status_code == 303
    post(shared_page)

    assert flags() == [(), ()]


@pytest.mark.parametrize("network", ["10.0.0.7", "127.0.0.1", "fd00::7", ""])
def test_the_address_of_a_proxy_is_no_network(survey, shared_page, network):
    for _ in range(6):
        post(shared_page, network=network)

    assert set(flags()) == {()}


@pytest.mark.parametrize(
    ("addresses", "is_one"),
    [
        (("2600:1f18:1:2::1", "2600:1f18:1:2:ffff::9"), True),
        (("2600:1f18:1:2::1", "2600:1f18:1:3::1"), False),
        (("::ffff:9.9.9.9", HERE), True),
        (("::ffff:9.9.9.9", "::ffff:8.8.8.8"), False),
    ],
)
def test_devices_of_one_network(survey, shared_page, addresses, is_one):
    first, other = addresses
    for network in (first, first, first, first, other):
        post(shared_page, network=network)

    assert flags()[-1] == ((Flag.SEVERAL,) if is_one else ())


def test_a_device_for_many_is_one_network_by_design(world, survey):
    offer_kiosk(survey, is_offered=True, actor=world.ana, now=NOW)
    kiosk = reverse("surveys:kiosk", args=[shared_address(survey)])
    for _ in range(6):
        assert post(kiosk).status_code == 303

    assert flags() == [()] * 6


def test_anonymous_answers_and_those_of_others_have_no_flag(world, survey, shared_page):
    Survey.objects.filter(pk=survey.pk).update(is_anonymous=True)
    for _ in range(6):
        assert post(shared_page).status_code == 303
    assert not Response.objects.exists()
    replies({4: 2})

    assert flags() == [(), ()]


# What people see of it


def test_words_on_the_list_with_their_number_and_what_they_mean(ana, world, survey):
    answered(survey, "grace@example.org")
    quiet = ana.get(page("answers", survey))
    assert "Flagged, to look at (0)" in quiet.text
    assert "A flag explains" not in quiet.text

    answered(survey, "colleague@example.com", after=SECOND)
    shown = ana.get(page("answers", survey))
    assert "Flagged, to look at (1)" in shown.text
    assert "no answer is left out by itself" in shown.text
    assert "within 10 seconds" in shown.text
    for flag in (Flag.QUICK, Flag.COLLEAGUE):
        assert shown.text.count(escape(str(flag.label))) == 1
    assert str(Flag.SEVERAL.label) not in shown.text


def test_flagged_only_until_they_are_left_out(ana, world, survey):
    answered(survey, "grace@example.org")
    answered(survey, "colleague@example.com")
    answered(survey, "other@example.com")
    flagged = {"flagged": "on"}
    found = ana.get(page("answers", survey), flagged).context["lines"]
    assert [line.flags for line in found] == [(Flag.COLLEAGUE,)] * 2

    answers.void_response(
        found[0].response,
        reason=Exclusion.TEST,
        note="try-out",
        actor=world.ana,
        now=NOW,
    )
    rest = ana.get(page("answers", survey), flagged)

    assert [each.response for each in rest.context["lines"]] == [found[1].response]
    assert "Flagged, to look at (1)" in rest.text
    assert Answer.objects.counted().count() == 2  # it is a person who leaves out


def test_leaving_out_starts_with_the_words_of_the_flag_and_no_reason(ana, survey):
    answered(survey, "colleague@example.com", after=SECOND)
    answered(survey, "grace@example.org")
    flagged, other = Response.objects.order_by("pk")

    form = ana.get(page("void", survey, pk=flagged.pk)).context["form"]
    assert form["note"].value() == "within seconds of the mail, a colleague's address"
    assert form["reason"].value() is None
    assert (
        not ana.get(page("void", survey, pk=other.pk)).context["form"]["note"].value()
    )
    posted = {"note": form["note"].value()}
    assert ana.post(page("void", survey, pk=flagged.pk), posted).status_code == 422


def test_words_in_the_files(ana, survey):
    answered(survey, "colleague@example.com", after=SECOND)
    answered(survey, "grace@example.org")
    said = "within seconds of the mail, a colleague's address"

    sent = b"".join(ana.get(page("answers_csv", survey)))
    rows = list(csv.DictReader(io.StringIO(sent.decode("utf-8-sig"))))
    assert [row["Flags"] for row in rows] == ["", said]
    (book,) = sheets([b"".join(ana.get(page("answers_xlsx", survey)))])
    assert said in [text for row in book for _, text, _ in row]
    only = b"".join(ana.get(page("answers_csv", survey), {"flagged": "on"}))
    assert said in only.decode() and len(only.splitlines()) == 2


def test_each_reader_counts_the_own_teams_only(client, world, survey):
    """The answer counts for Support EMEA, above the team that Lee leads."""
    answered(survey, "colleague@example.com")

    for person, n in ((world.ana, 1), (world.mona, 1), (world.lee, 0)):
        client.force_login(person)
        assert f"Flagged, to look at ({n})" in client.get(page("answers", survey)).text


def test_as_many_statements_for_fifty_as_for_one(ana, world):
    survey = replies({1: 1}, agent_id=world.alice.pk, at=timezone.now())
    Response.objects.update(is_one_of_several=True)
    asked = [page("answers", survey), page("answers", survey) + "?flagged=on"]
    few = []
    for url in asked:
        with CaptureQueriesContext(connection) as seen:
            ana.get(url)
        few.append(len(seen))
    replies({1: 49}, agent_id=world.alice.pk, at=timezone.now())
    Response.objects.update(is_one_of_several=True)

    for url, n in zip(asked, few, strict=True):
        with CaptureQueriesContext(connection) as seen:
            assert "Flagged, to look at (50)" in ana.get(url).text
        assert len(seen) == n


def test_looked_at_it_waits_no_more_and_counts_as_before(client, world, ana, survey):
    answered(survey, "colleague@example.com")
    answered(survey, "grace@example.org")
    flagged, plain = Response.objects.order_by("pk")
    url = page("flags_look", survey, pk=flagged.pk)

    assert ana.post(url, {"act": "looked"}).status_code == 302
    assert ana.post(url, {"act": "looked"}).status_code == 302  # the first look stays

    assert FlagLook.objects.get().looked_by == world.ana
    shown = ana.get(page("answers", survey)).text
    assert "Flagged, to look at (0)" in shown
    assert "looked at by" in shown
    assert Answer.objects.counted().count() == 2
    assert ana.post(page("flags_look", survey, pk=plain.pk)).status_code == 404
    assert ana.get(url).status_code == 405
    ana.post(url, {"act": "again"})
    assert "Flagged, to look at (1)" in ana.get(page("answers", survey)).text
    client.force_login(world.lee)
    assert client.post(url).status_code == 403  # only who manages the survey
