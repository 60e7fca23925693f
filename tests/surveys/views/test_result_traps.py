"""What others were bitten by, on the pages of results; each test bears its name."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from crmkpi.accounts.queries import get_organisation, today
from crmkpi.accounts.services import move_agent
from crmkpi.crm.models import Exclusion
from crmkpi.lib.periods import to_day
from surveys.models import Answer, FollowUp, FollowUpRule, Invitation, Response
from surveys.queries.coverage import response_steps
from surveys.queries.results import results
from surveys.queries.splits import split
from surveys.scoring import DEFAULT_SCALES, Kind
from surveys.services import answers
from surveys.services.result_links import make_result_link
from surveys.services.themes import save_theme
from tests.surveys.cast import ask, contact
from tests.surveys.replies import replies
from tests.world import NOW

PAYLOAD = "<script>alert(1)</script> https://evil.example \u202etxt.exe"
DAY = timedelta(days=1)


@pytest.fixture
def mona(client, world):
    client.force_login(world.mona)
    return client


def test_wrong_formula_or_denominator(world):
    """Comments and void answers are in no n; no answers is no 0."""
    survey = replies(
        {10: 3, 8: 2, 2: 1},
        scale=DEFAULT_SCALES[Kind.NPS],
        agent_id=world.alice.pk,
        comment="words",
    )
    access = world.access(world.mona)
    answers.void_response(
        Response.objects.get(answers__value=2),
        reason=Exclusion.SPAM,
        note="x",
        actor=world.mona,
        now=NOW,
    )

    (found,) = results(survey, access=access, since_day=None).scales
    empty = results(survey, access=access, since_day=None, until_day=1)

    assert (found.summary.n, found.summary.value) == (5, 60)
    assert sum(n for _, n in found.summary.distribution) == 5
    assert empty.scales == []
    assert split(survey, by="agent", access=access, since_day=99_999) is None


def test_clock_and_zone(world):
    """23:30 UTC on 12 February is the 13th in Berlin; on 28 March summer begins."""
    survey = replies(
        {5: 1},
        agent_id=world.alice.pk,
        at=datetime(2026, 2, 12, 23, 30, tzinfo=UTC),
    )
    replies(
        {4: 1},
        agent_id=world.alice.pk,
        at=datetime(2026, 3, 29, 21, 59, tzinfo=UTC),
    )
    replies(
        {3: 1},
        agent_id=world.alice.pk,
        at=datetime(2026, 3, 29, 22, 0, tzinfo=UTC),
    )
    access = world.access(world.mona)

    def scores(first, last):
        found = results(survey, access=access, since_day=first, until_day=last + 1)
        return [
            score
            for each in found.scales
            for score, n in each.summary.distribution
            if n
        ]

    february = to_day(datetime(2026, 2, 13, tzinfo=UTC).date())
    march = to_day(datetime(2026, 3, 29, tzinfo=UTC).date())
    assert scores(february - 1, february - 1) == []
    assert scores(february, february) == [5]
    assert scores(march, march) == [4]
    assert scores(march + 1, march + 1) == [3]


def test_attribution_at_answer_time(world):
    """Who moves takes no answers along, on the page of teams neither."""
    survey = replies({5: 6}, agent_id=world.alice.pk, at=timezone.now() - DAY)
    move_agent(
        user=world.alice,
        team=world.north,
        from_day=today(timezone.now(), get_organisation()),
        actor=None,
        now=timezone.now(),
    )

    found = split(survey, by="team", access=world.access(world.mona), since_day=None)

    assert [line.name for line in found.lines] == ["Support Berlin"]


def test_bounces(world, survey, customer):
    """Of three sent one came back: two arrived, and the rate is of two."""
    for name in ("A", "B", "C"):
        ask(survey, contact(name, customer=customer), subject=f"t:{name}")
    Invitation.objects.filter(contact__name="A").update(
        is_bounced=True, state=Invitation.State.BOUNCED
    )

    steps = response_steps(survey, access=world.access(world.mona), since_day=None)

    assert (steps.sent, steps.bounced, steps.arrived) == (3, 1, 2)


def test_comment_as_payload(mona, client, world):
    """On every page that shows what customers or colleagues wrote."""
    survey = replies({5: 1}, agent_id=world.alice.pk)
    FollowUpRule.objects.create(
        survey=survey, name=PAYLOAD[:40], created_at=NOW - 400 * DAY
    )
    replies({1: 6}, agent_id=world.alice.pk, comment=PAYLOAD)
    save_theme(
        survey, name="<script>T", words="alert", actor=world.mona, now=timezone.now()
    )
    _link, token = make_result_link(
        survey,
        name=PAYLOAD,
        span="all",
        days=1,
        with_comments=True,
        access=world.access(world.mona),
        actor=world.mona,
        now=timezone.now(),
    )
    item = FollowUp.objects.first().pk
    pages = [
        reverse("surveys:follow_ups"),
        reverse("surveys:follow_up", args=[item]),
        reverse("surveys:follow_up_rules", args=[survey.slug]),
        reverse("surveys:themes", args=[survey.slug]),
        reverse("surveys:answers", args=[survey.slug]),
        reverse("surveys:result_links", args=[survey.slug]),
        reverse("surveys:shared_results", args=[token]),
    ]

    for url in pages:
        html = mona.get(url).content.decode()
        assert "&lt;script&gt;" in html, url
        assert "<script>alert" not in html, url
        assert "<script>T" not in html, url
        assert 'href="https://evil' not in html, url
        assert "\u202e" not in html, url


def test_text_edge_cases(mona, world):
    """NUL, half characters and emoji in searches, themes and rules: never a 500."""
    survey = replies({5: 1}, agent_id=world.alice.pk, comment="👍🏽 größer")
    slug = survey.slug

    for text in ("\x00", "👍🏽", "%_\\", "'", "GRÖSSER", "x" * 101):
        found = mona.get(reverse("surveys:answers", args=[slug]), {"q": text})
        assert found.status_code == 200
    new = reverse("surveys:theme_new", args=[slug])
    assert mona.post(new, {"name": "a\x00", "words": "x"}).status_code == 422
    assert mona.post(new, {"name": "a", "words": "x\x00"}).status_code == 422
    assert mona.post(new, {"name": "👍🏽", "words": "👍🏽, größer"}).status_code == 302
    rule = {"name": "a", "when": "words", "owned_by": "lead", "due_hours": "1"}
    rules = reverse("surveys:follow_up_rule_new", args=[slug])
    assert mona.post(rules, rule | {"words": "a\x00"}).status_code == 422
    assert (
        mona.post(rules, rule | {"when": "low", "score": "9" * 30}).status_code == 302
    )
    for days in ("9" * 40, "-1", "\x00", "x"):
        detail = reverse("surveys:detail", args=[slug])
        assert mona.get(detail, {"days": days, "grain": days}).status_code == 200
    compared = reverse("surveys:breakdown", args=[slug])
    assert mona.get(compared, {"a": "\x00", "b": "x"}).status_code == 200
    assert Answer.objects.filter(kind="text").count() == 1
