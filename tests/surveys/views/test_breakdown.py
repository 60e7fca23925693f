"""Answers compared: by dimension, two groups, period by period, and who was asked."""

import csv
import io
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from crmkpi.crm.models import Channel
from surveys.content import Content
from surveys.look import Look, Style
from surveys.models import Invitation
from surveys.scoring import DEFAULT_SCALES, Kind
from surveys.services.invitations import invite
from surveys.services.surveys import add_version
from tests.lib.test_workbooks import sheets
from tests.surveys import cast
from tests.surveys.cast import ask, contact, recipient, reply
from tests.surveys.replies import replies

DAY = timedelta(days=1)


@pytest.fixture
def ana(client, world):
    client.force_login(world.ana)
    return client


def compared(survey, **query):
    return reverse("surveys:breakdown", args=[survey.slug], query=query or None)


def lines(response):
    return {row["name"]: row for row in response.context["rows"]}


def test_each_member_with_interval_n_and_verdict(ana, world):
    """Alice 45 of 50, Bob 25 of 50: each against the rest p < .0001."""
    replies({5: 45, 1: 5}, agent_id=world.alice.pk)
    survey = replies({5: 25, 1: 25}, agent_id=world.bob.pk)

    shown = ana.get(compared(survey, by="agent"))

    found = lines(shown)
    assert "the real value lies in the interval (method: Wilson)" in shown.text
    assert found["Alice"]["figure"].text == "90"
    assert (found["Alice"]["low"], found["Alice"]["high"]) == ("78.6", "95.7")
    assert found["Alice"]["n"] == 50
    assert found["Alice"]["said"] == "above the others"
    assert found["Bob"]["said"] == "below the others"


def test_no_real_difference_unless_the_statistics_say_so(ana, world):
    """85 of 100 against 75 of 100 is p 0.077; 29 answers are never judged."""
    replies({5: 85, 1: 15}, channel=Channel.PHONE, agent_id=world.alice.pk)
    survey = replies({5: 75, 1: 25}, channel=Channel.CHAT, agent_id=world.alice.pk)
    replies({1: 29}, channel=Channel.EMAIL, agent_id=world.alice.pk, survey="Mails")

    found = lines(ana.get(compared(survey, by="channel")))

    assert found["Phone"]["said"] == found["Chat"]["said"] == "no real difference"
    other = replies({5: 40}, channel=Channel.CHAT, survey="Mails")
    alone = lines(ana.get(compared(other, by="channel")))
    assert {row["said"] for row in alone.values()} == {"too few to judge"}


def test_small_group_differencing(ana, world):
    """Three answers by chat are hidden, and the twelve by mail that would tell them."""
    replies({5: 40}, channel=Channel.PHONE, agent_id=world.alice.pk)
    replies({5: 12}, channel=Channel.EMAIL, agent_id=world.alice.pk)
    survey = replies({1: 3}, channel=Channel.CHAT, agent_id=world.alice.pk)

    page = ana.get(compared(survey, by="channel"))
    file = ana.get(
        reverse("surveys:breakdown_file", args=[survey.slug, "csv"]), {"by": "channel"}
    )
    refused = ana.get(
        compared(survey, by="channel", a=Channel.PHONE.value, b=Channel.CHAT.value)
    )

    assert list(lines(page)) == ["Phone"]
    assert "2 are not shown, together 15 answers" in page.content.decode()
    saved = b"".join(file.streaming_content).decode()
    assert "Phone" in saved
    assert "Chat" not in saved
    assert refused.context["comparison"]["is_refused"]


def test_two_groups_with_the_interval_of_their_difference(ana, world):
    """Newcombe 1998: 56 of 70 against 48 of 80 is 20 points, 5.2 to 33.4."""
    replies({5: 56, 1: 14}, agent_id=world.alice.pk)
    survey = replies({5: 48, 1: 32}, agent_id=world.bob.pk)
    both = {"a": world.alice.pk, "b": world.bob.pk}

    page = ana.get(compared(survey, by="agent", **both))
    found = page.context["comparison"]

    assert (found["text"], found["low"], found["high"]) == (
        "+20.0 pts",
        "+5.2 pts",
        "+33.4 pts",
    )
    assert found["said"] == "the first scores higher"
    assert "Alice: 80 from 70 answers; Bob: 60 from 80" in page.content.decode()


@pytest.mark.parametrize("way", ["team", "segment", "product", "language", "version"])
def test_every_dimension(ana, world, way):
    survey = replies({5: 6, 2: 3}, agent_id=world.alice.pk, language="de")

    (row,) = ana.get(compared(survey, by=way)).context["rows"]

    assert row["n"] == 9
    expected = {"team": "Support Berlin", "language": "DE", "version": "Version 1"}
    assert row["name"] == expected.get(way, "None of these")


def test_unknown_dimension_and_ending(ana, world):
    survey = replies({5: 5}, agent_id=world.alice.pk)

    assert ana.get(compared(survey, by="mood")).status_code == 404
    file = reverse("surveys:breakdown_file", args=[survey.slug, "exe"])
    assert ana.get(file).status_code == 404


def test_readers_compare_their_own_teams_only(client, world):
    replies({5: 6}, agent_id=world.alice.pk)
    survey = replies({1: 7}, agent_id=world.cleo.pk)

    for person, names in (
        (world.ana, ["Alice"]),
        (world.carl, ["Cleo"]),
        (world.nora, ["Cleo", "Alice"]),
    ):
        client.force_login(person)
        assert list(lines(client.get(compared(survey, by="agent")))) == names


def test_formula_on_export(ana, world):
    """A team may be called anything."""
    world.berlin.name = "=HYPERLINK(1)"
    world.berlin.save()
    survey = replies({5: 30, 1: 10}, agent_id=world.alice.pk)

    def saved(ending):
        url = reverse("surveys:breakdown_file", args=[survey.slug, ending])
        return b"".join(ana.get(url).streaming_content)

    (row,) = csv.DictReader(io.StringIO(saved("csv").decode()))
    ((_, cells),) = sheets([saved("xlsx")])
    assert row["Member"] == cells[0][1] == "'=HYPERLINK(1)"
    assert [text for is_text, text, _ in cells if not is_text] == [
        "75",
        "59.806",
        "85.8129",
        "40",
    ]
    assert row["Method"] == "wilson"


def test_number_of_queries_does_not_grow(ana, world, django_assert_num_queries):
    survey = replies({5: 6}, agent_id=world.alice.pk)
    urls = [compared(survey, by="agent"), reverse("surveys:detail", args=[survey.slug])]
    few = []
    for url in urls:
        with CaptureQueriesContext(connection) as seen:
            ana.get(url)
        few.append(len(seen))
    for person in (world.alice, world.bob, world.lee):
        for days in range(10):
            replies(
                {1: 2, 3: 3, 5: 9},
                agent_id=person.pk,
                at=timezone.now() - 20 * days * DAY,
            )
    for url, n in zip(urls, few, strict=True):
        with django_assert_num_queries(n):
            ana.get(url)


# Periods


def detail(client, survey, **query):
    return client.get(reverse("surveys:detail", args=[survey.slug]), query)


def test_no_real_change_between_periods(ana, world):
    """40 of 50 after 38 of 50 is nothing; 45 after 25 is."""
    before = timezone.now() - 45 * DAY
    small = replies({5: 38, 1: 12}, agent_id=world.alice.pk, at=before)
    replies({5: 40, 1: 10}, agent_id=world.alice.pk)
    large = replies({5: 25, 1: 25}, agent_id=world.alice.pk, survey="L", at=before)
    replies({5: 45, 1: 5}, agent_id=world.alice.pk, survey="L")

    one = detail(ana, small, days="30").context["change"]
    two = detail(ana, large, days="30").context["change"]

    assert (one["text"], one["said"], one["tone"]) == ("+4.0 pts", "no real change", "")
    assert (two["text"], two["said"], two["tone"]) == ("+40.0 pts", "better", "better")


def test_edited_while_running(ana, world):
    """Asking otherwise makes another version, and the trend breaks there."""
    before = timezone.now() - 45 * DAY
    survey = replies({5: 50}, agent_id=world.alice.pk, at=before)
    content = Content.from_json(survey.version.content)
    content = replace(content, look=Look(Style.STAR))
    survey.version = add_version(
        survey, content=content, actor=world.ana, now=timezone.now()
    )
    survey.save()
    replies({1: 50}, agent_id=world.alice.pk)

    page = detail(ana, survey, days="30", grain="quarter")

    assert page.context["change"]["said"] == "asked in other words, not comparable"
    assert page.context["change"]["tone"] == ""


def test_trend_names_open_and_empty_periods(ana, world):
    survey = replies({5: 4}, agent_id=world.alice.pk)

    html = detail(ana, survey, grain="week").content.decode()

    assert "still open" in html
    assert "no answers" in html
    assert detail(ana, survey, grain="day").status_code == 200


@pytest.mark.parametrize(
    ("counts", "kind", "ends"),
    [
        ({5: 4}, Kind.CSAT, {"max": 100}),  # 100 %, from 51 to 100
        ({1: 4}, Kind.CSAT, {"min": 0}),
        ({5: 1, 1: 1}, Kind.CSAT, {"min": 0, "max": 100}),  # 50 %, from 9.5 to 90.5
        ({5: 50, 1: 50}, Kind.CSAT, {}),
        ({10: 1}, Kind.NPS, {"max": 100}),
        ({0: 9, 10: 9}, Kind.NPS, {}),  # from -41 to 41: 0 is no end of it
    ],
)
def test_axis_of_the_trend_stays_on_the_scale(ana, world, counts, kind, ends):
    survey = replies(counts, scale=DEFAULT_SCALES[kind], agent_id=world.alice.pk)

    chart = detail(ana, survey).context["trend_chart"]

    assert {end: chart[end] for end in ("min", "max") if end in chart} == ends


# Who was asked


def test_gaming_shows_in_the_coverage_beside_the_score(ana, world, survey, customer):
    """Of four events Alice had, one was kept back and one of three mails bounced."""
    people = [contact(f"C{n}", customer=customer) for n in range(4)]
    tokens = [
        ask(survey, each, subject=f"t:{each.pk}", agent_id=world.alice.pk)[1]
        for each in people[:3]
    ]
    reply(tokens[0], 5)
    invite(
        survey,
        [recipient(people[0], subject="t:again", agent_id=world.alice.pk)],
        request="r",
        actor=None,
        now=cast.NOW,
    )
    Invitation.objects.filter(contact=people[1]).update(
        is_bounced=True, state=Invitation.State.BOUNCED
    )

    page = ana.get(compared(survey, days="all"))
    (row,) = page.context["coverage"]

    steps = row["steps"]
    assert row["name"] == "Alice"
    assert (steps.eligible, steps.invited, steps.sent, steps.bounced) == (4, 3, 3, 1)
    assert (steps.answered, steps.commented) == (1, 0)
    assert (row["coverage"], row["rate"]) == ("75 %", "50 %")
    assert "opened is not tracked" in page.content.decode()
