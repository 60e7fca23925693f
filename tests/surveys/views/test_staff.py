"""The staff pages: who sees what, who may change what, and what the pages say."""

import csv
import io

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from crmkpi.accounts.queries import get_organisation, today
from crmkpi.crm.models import Exclusion, Source
from surveys.content import Content
from surveys.models import Answer, Invitation, Response, Suppression, Survey
from surveys.scoring import DEFAULT_SCALES, Kind, Scale
from surveys.services import answers
from surveys.services.imports import imported_survey, record_responses
from surveys.services.invitations import invite
from surveys.services.rows import Given
from surveys.services.suppressions import suppress
from surveys.services.surveys import create_survey
from surveys.tokens import address_hash
from tests.surveys import cast
from tests.surveys.cast import ask, contact, recipient, reply
from tests.world import NOW

PAGES = ("detail", "answers", "answers_csv", "invitations")
WRITING = ("edit", "preview", "publish", "close", "invite")


@pytest.fixture
def sign_in(client):
    def as_(user):
        client.force_login(user)
        return client

    return as_


@pytest.fixture
def ana(sign_in, world):
    return sign_in(world.ana)


def page(name, survey, **kwargs):
    return reverse(f"surveys:{name}", kwargs={"slug": survey.slug, **kwargs})


def text_of(response):
    return response.content.decode()


def calls(world, scores, *, agent=None, comment=""):
    """Answers about calls of an agent, on the day of the tests."""
    source = Source.objects.get_or_create(slug="calls", defaults={"name": "Calls"})[0]
    asked = imported_survey(name="Calls", scale=DEFAULT_SCALES[Kind.CSAT], now=NOW)
    start = Response.objects.count()
    record_responses(
        [
            Given(
                f"{start + n}",
                score,
                NOW,
                agent_id=(agent or world.alice).pk,
                comment=comment,
            )
            for n, score in enumerate(scores)
        ],
        asked=asked,
        source=source,
        now=NOW,
    )
    survey = Survey.objects.get(slug="calls")
    Answer.objects.filter(survey=survey).update(answered_day=_today())
    return survey


def _today():
    return today(timezone.now(), get_organisation())


# Who sees what


@pytest.mark.parametrize("name", PAGES)
def test_readers(sign_in, world, survey, name):
    """Managers above, the analyst and the lead below the team that asks."""
    for person in (world.ana, world.mona, world.nora, world.lee):
        assert sign_in(person).get(page(name, survey)).status_code == 200


@pytest.mark.parametrize("name", [*PAGES, *WRITING])
def test_a_survey_of_other_teams_is_404(sign_in, world, survey, name):
    for person in (world.carl, world.cleo, world.adam):
        assert sign_in(person).get(page(name, survey)).status_code == 404


@pytest.mark.parametrize("name", WRITING)
def test_readers_may_not_write(sign_in, world, survey, name):
    for person in (world.nora, world.lee, world.alice):
        client = sign_in(person)
        assert client.get(page(name, survey)).status_code == 403
        assert client.post(page(name, survey)).status_code in (403, 405)


def test_a_survey_of_the_company_is_read_below_and_not_changed(sign_in, world):
    survey = create_survey(
        name="All", kind=Kind.NPS, team=world.company, brand="B", actor=None, now=NOW
    )

    for person in (world.ana, world.carl, world.cleo):
        client = sign_in(person)
        assert client.get(page("detail", survey)).status_code == 200
        assert client.get(page("edit", survey)).status_code == 403
    assert sign_in(world.mona).get(page("edit", survey)).status_code == 200


@pytest.mark.parametrize("name", ["answers", "answers_csv", "invitations"])
def test_agents_open_no_single_answer(sign_in, world, survey, name):
    assert sign_in(world.alice).get(page(name, survey)).status_code == 403


def test_unknown_survey(ana):
    assert ana.get("/surveys/nothing/").status_code == 404


@pytest.mark.parametrize("name", ["share", "void"])
def test_posts_need_the_right_too(sign_in, world, survey, contact, name):
    _, token = ask(survey, contact, agent_id=world.alice.pk)
    reply(token, 1)
    kwargs = {"pk": Response.objects.get().pk} if name == "void" else {}
    url = page(name, survey, **kwargs)

    for person, status in ((world.lee, 403), (world.alice, 403), (world.carl, 404)):
        assert sign_in(person).post(url, {}).status_code == status


# The figures


def test_score_with_interval_and_n(ana, world):
    """4 of 5 satisfied: 80 %, Wilson 37.6 to 96.4."""
    survey = calls(world, [5, 5, 4, 4, 1])

    html = text_of(ana.get(page("detail", survey)))

    assert '<span class="fig-xl">80</span> <span class="unit">%</span>' in html
    assert "4 of 5; with 95 % confidence" in html
    assert "the real value lies between 37.6 and 96.4 (method: Wilson)" in html
    assert "Mean 3.80" in html
    assert "5: 2 of 5" in html


def test_few_answers_say_how_many_would_be_enough(ana, world):
    few = text_of(ana.get(page("detail", calls(world, [5, 4, 1]))))
    enough = text_of(ana.get(page("detail", calls(world, [5] * 27))))

    assert "some 385 tell the score to within 5 points." in few
    assert "some 393 are needed before it and as many after" in few
    assert "Too few answers to judge" in few
    assert "Too few answers to judge" not in enough


def test_void_answers_are_in_no_figure(ana, world):
    survey = calls(world, [5, 5, 4, 4, 1])
    answers.void_response(
        Response.objects.get(answers__value=1),
        reason=Exclusion.SPAM,
        note="bot",
        actor=world.ana,
        now=NOW,
    )

    assert "4 of 4" in text_of(ana.get(page("detail", survey)))
    listed = text_of(ana.get(page("answers", survey)))
    assert "Left out: Spam. bot" in listed


def test_each_reader_counts_the_own_teams_only(sign_in, world):
    survey = calls(world, [5, 5])
    calls(world, [1, 1, 1], agent=world.cleo)

    assert "2 of 2" in text_of(sign_in(world.ana).get(page("detail", survey)))
    assert "0 of 3" in text_of(sign_in(world.carl).get(page("detail", survey)))
    assert "2 of 5" in text_of(sign_in(world.mona).get(page("detail", survey)))


@pytest.mark.parametrize(("n", "is_shown"), [(4, False), (5, True)])
def test_small_groups_are_not_shown_to_agents(sign_in, world, n, is_shown):
    survey = calls(world, [5] * n, comment="Grace was here")
    calls(world, [1] * 9, agent=world.bob)

    html = text_of(sign_in(world.alice).get(page("detail", survey)))
    listed = text_of(sign_in(world.alice).get(reverse("surveys:list")))

    assert (f"{n} of {n}" in html) is is_shown
    assert ("Too few answers to show" in html) is not is_shown
    assert (f"{n} answers" in listed) is is_shown
    assert "Grace was here" not in html
    assert "comment" not in html


def test_no_answers_is_not_zero(ana, survey):
    html = text_of(ana.get(page("detail", survey)))

    assert "No answers in this time" in html
    assert "fig-xl" not in html


def test_how_far_back(ana, world):
    survey = calls(world, [5])
    Answer.objects.update(answered_day=_today() - 60)

    for days, is_there in (("30", False), ("90", True), ("all", True), ("x", True)):
        html = text_of(ana.get(page("detail", survey), {"days": days}))
        assert ("1 of 1" in html) is is_there


def test_scales_are_never_added_up(ana, world):
    survey = calls(world, [5, 5, 1])
    source = Source.objects.get(slug="calls")
    record_responses(
        [Given("ten", 10, NOW, agent_id=world.alice.pk)],
        asked=imported_survey(name="Calls", scale=Scale(Kind.CSAT, 1, 10, 9), now=NOW),
        source=source,
        now=NOW,
    )
    Answer.objects.update(answered_day=_today())

    html = text_of(ana.get(page("detail", survey)))

    assert "1 of 1" in html
    assert "2 of 3" in html
    assert "Earlier, on a scale from 1 to 5" in html


def test_funnel_and_response_rate(ana, world, survey, customer):
    """Of two whose time is over one answered; a third is still open."""
    people = [contact(f"C{n}", customer=customer) for n in range(4)]
    tokens = [
        ask(survey, each, subject=f"ticket:{each.pk}", agent_id=world.alice.pk)[1]
        for each in people[:3]
    ]
    reply(tokens[0], 5)
    Invitation.objects.filter(contact__in=people[:2]).update(expires_at=NOW)
    Invitation.objects.filter(contact=people[2]).update(expires_at="2999-01-01T00:00Z")

    html = text_of(ana.get(page("detail", survey)))

    assert '<span class="fig">50</span> <span class="unit">%</span>' in html
    assert "1 of 2 that arrived and whose time to answer is over" in html


# Lists


def test_list_filters_and_sorts(ana, world, survey):
    create_survey(
        name="Zebra", kind=Kind.NPS, team=world.berlin, brand="B", actor=None, now=NOW
    )
    create_survey(
        name="Of others",
        kind=Kind.NPS,
        team=world.north,
        brand="B",
        actor=None,
        now=NOW,
    )
    url = reverse("surveys:list")

    def names(**query):
        found = ana.get(url, query)
        assert found.status_code == 200
        return [line["survey"].name for line in found.context["lines"]]

    assert names() == ["After a request", "Zebra"]
    assert names(sort="-name") == ["Zebra", "After a request"]
    assert names(q="zeb") == ["Zebra"]
    assert names(kind="csat") == ["After a request"]
    assert names(status="draft") == ["Zebra"]
    assert names(q="nothing") == []
    assert names(sort="; drop", kind="x", page="99") == ["After a request", "Zebra"]


def test_empty_list_offers_the_next_step(sign_in, world):
    assert "Ask your first question" in text_of(
        sign_in(world.ana).get(reverse("surveys:list"))
    )
    assert "No surveys yet" in text_of(
        sign_in(world.alice).get(reverse("surveys:list"))
    )


def test_number_of_queries_does_not_grow(ana, world, django_assert_num_queries):
    survey = calls(world, [5], comment="a")
    pages = [reverse("surveys:list"), page("detail", survey), page("answers", survey)]
    few = []
    for url in pages:
        with CaptureQueriesContext(connection) as seen:
            ana.get(url)
        few.append(len(seen))
    calls(world, [1, 2, 3, 4, 5] * 8, comment="b")
    for n in range(20):
        create_survey(
            name=f"S{n}",
            kind=Kind.NPS,
            team=world.support,
            brand="B",
            actor=None,
            now=NOW,
        )
    for url, n in zip(pages, few, strict=True):
        with django_assert_num_queries(n):
            ana.get(url)


def test_answers_are_filtered_by_band_and_comment(ana, world):
    survey = calls(world, [1, 3, 5])
    calls(world, [2], comment="slow")

    def scores(**query):
        found = ana.get(page("answers", survey), query)
        return sorted(line.score for line in found.context["lines"])

    assert scores() == [1, 2, 3, 5]
    assert scores(band="low") == [1, 2]
    assert scores(band="middle") == [3]
    assert scores(band="high") == [5]
    assert scores(comment="on") == [2]
    assert scores(band="high", comment="on") == []


def test_comment_as_payload(ana, world):
    """Markup, bidi overrides and links arrive as harmless text."""
    survey = calls(
        world,
        [1],
        comment="<script>alert(1)</script> https://evil.example \u202etxt.exe",
    )

    html = text_of(ana.get(page("answers", survey)))

    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert 'href="https://evil.example' not in html
    assert "\u202e" not in html


def test_formula_on_export(ana, world):
    survey = calls(world, [1], comment="=HYPERLINK(1)")
    calls(world, [2], comment="  +1")

    sent = b"".join(ana.get(page("answers_csv", survey)).streaming_content)
    rows = list(csv.DictReader(io.StringIO(sent.decode("utf-8-sig"))))

    assert {row["Score"] for row in rows} == {"1", "2"}
    assert all(not row["Comment"].lstrip().startswith(("=", "+")) for row in rows)
    assert any("HYPERLINK" in row["Comment"] for row in rows)


def test_invitations_say_what_became_of_them(ana, survey, customer):
    one, two = (contact(name, customer=customer) for name in ("Ida", "Jon"))
    suppress(address_hash(two.email), reason=Suppression.Reason.UNSUBSCRIBED, now=NOW)
    ask(survey, one, agent_id=customer.agent_id)
    invite(
        survey,
        [recipient(two, agent_id=customer.agent_id)],
        request="r",
        actor=None,
        now=NOW,
    )

    html = text_of(ana.get(page("invitations", survey)))
    assert "Asked not to get surveys" in html
    only = ana.get(page("invitations", survey), {"state": "sent"})
    assert [each.contact for each in only.context["page_obj"]] == [one]


# Making and changing


def test_new_survey_to_published(ana, world):
    made = ana.post(
        reverse("surveys:new"),
        {
            "name": "After a call",
            "kind": "nps",
            "team": world.berlin.pk,
            "brand": "Fjordlight",
            "language": "de",
        },
    )
    survey = Survey.objects.get()
    assert made["Location"] == page("edit", survey)
    assert (survey.status, survey.kind, survey.team) == ("draft", "nps", world.berlin)

    form = ana.get(page("edit", survey)).context["form"]
    data = {name: field.value() or "" for name, field in _bound(form)}
    data["de_question"] = "Empfehlen Sie {brand}?"
    data["ar_question"] = ""
    assert ana.post(page("edit", survey), data).status_code == 302
    preview = text_of(ana.get(page("preview", survey)))
    assert "Empfehlen Sie <bdi>Fjordlight</bdi>?" in preview
    assert "disabled" in preview

    assert "Publish" in text_of(ana.get(page("publish", survey)))
    survey.refresh_from_db()
    assert survey.version is None
    done = ana.post(page("publish", survey))

    survey.refresh_from_db()
    assert done["Location"] == page("detail", survey)
    content = Content.from_json(survey.version.content)
    assert (survey.status, survey.version.number) == ("live", 1)
    assert content.languages == ("de", "en")
    assert content.wording("de").question == "Empfehlen Sie {brand}?"
    assert survey.version.published_by == world.ana


def _bound(form):
    return [(name, form[name]) for name in form.fields]


def test_managers_make_surveys_for_their_teams_only(sign_in, world):
    data = {
        "name": "x",
        "kind": "csat",
        "brand": "b",
        "language": "en",
        "team": world.north.pk,
    }
    refused = sign_in(world.ana).post(reverse("surveys:new"), data)

    assert refused.status_code == 422
    for person in (world.lee, world.alice, world.nora, world.adam):
        client = sign_in(person)
        assert client.get(reverse("surveys:new")).status_code == 403
        assert client.post(reverse("surveys:new"), data).status_code == 403
    assert not Survey.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("en_question", ""),  # its own language
        ("de_mail_subject", ""),  # half a language
        ("brand", "a\nBcc: all@example.org"),
        ("en_mail_subject", "a\nBcc: all@example.org"),
        ("scale", "1-3-2"),
        ("window_days", "0"),
        ("team", "999999"),
    ],
)
def test_a_draft_that_cannot_be(ana, survey, field, value):
    form = ana.get(page("edit", survey)).context["form"]
    data = {name: bound.value() or "" for name, bound in _bound(form)}

    refused = ana.post(page("edit", survey), {**data, field: value})

    assert refused.status_code == 422
    before = survey.draft
    survey.refresh_from_db()
    assert survey.draft == before


def test_a_scale_changed_and_published_is_a_new_version(ana, survey):
    form = ana.get(page("edit", survey)).context["form"]
    data = {name: bound.value() or "" for name, bound in _bound(form)}
    ana.post(page("edit", survey), {**data, "scale": "1-10-9"})
    for _ in range(2):
        ana.post(page("publish", survey))

    survey.refresh_from_db()
    assert survey.version.number == 2
    assert survey.versions.count() == 2


def test_close_asks_first(ana, survey):
    assert "Close this survey" in text_of(ana.get(page("close", survey)))
    survey.refresh_from_db()
    assert survey.status == "live"

    ana.post(page("close", survey))

    survey.refresh_from_db()
    assert survey.status == "closed"


def test_share_and_stop(ana, survey):
    assert ana.get(page("share", survey)).status_code == 405
    ana.post(page("share", survey), {"shared": "yes"})
    survey.refresh_from_db()
    assert survey.is_shared
    assert survey.shared_key in text_of(ana.get(page("detail", survey)))

    ana.post(page("share", survey), {"shared": "no"})
    survey.refresh_from_db()
    assert not survey.is_shared


def test_the_shared_link_is_for_managers(sign_in, world, survey):
    Survey.objects.update(is_shared=True)

    for person in (world.lee, world.alice, world.nora):
        html = text_of(sign_in(person).get(page("detail", survey)))
        assert survey.shared_key not in html


def test_imported_surveys_have_no_draft(ana, sign_in, world):
    survey = calls(world, [5])
    client = sign_in(world.mona)

    for name in ("edit", "preview", "publish", "close"):
        assert client.get(page(name, survey)).status_code == 404


def test_void_asks_why(ana, world, survey, contact):
    _, token = ask(survey, contact, agent_id=world.alice.pk)
    reply(token, 1)
    response = Response.objects.get()
    url = page("void", survey, pk=response.pk)

    assert ana.get(url).status_code == 200
    assert ana.post(url, {"reason": "1"}).status_code == 422
    assert ana.post(url, {"reason": "3", "note": "x"}).status_code == 422
    assert ana.post(url, {"reason": "1", "note": "try-out"}).status_code == 302

    response.refresh_from_db()
    assert response.exclusion == Exclusion.TEST
    other = page("void", survey, pk=response.pk + 1)
    assert ana.get(other).status_code == 404


# Inviting


def test_invite_contacts_and_addresses(
    ana, world, survey, contact, django_capture_on_commit_callbacks
):
    found = text_of(ana.get(page("invite", survey), {"q": "globex"}))
    assert contact.email in found
    data = {"contacts": [contact.pk], "addresses": f"new@example.org, {contact.email}"}

    looked = ana.post(page("invite", survey), data)
    assert looked.context["n"] == 2
    assert not Invitation.objects.exists()
    send = {**data, "send": "yes", "request_id": looked.context["request_id"]}
    with django_capture_on_commit_callbacks() as rung:
        done = ana.post(page("invite", survey), send)
    ana.post(page("invite", survey), send)

    assert done["Location"] == page("invitations", survey)
    assert len(rung) == 1
    known = Invitation.objects.get(contact=contact)
    assert (known.agent, known.sent_team) == (world.alice, world.berlin)
    unknown = Invitation.objects.get(contact=None)
    assert (unknown.address, unknown.sent_team) == ("new@example.org", world.support)
    assert Invitation.objects.count() == 2
    assert mail.outbox == []


def test_invite_shows_who_would_be_skipped(ana, survey, contact):
    suppress(
        address_hash(contact.email), reason=Suppression.Reason.UNSUBSCRIBED, now=NOW
    )

    looked = ana.post(page("invite", survey), {"contacts": [contact.pk]})

    assert looked.context["n"] == 0
    assert "Asked not to get surveys" in text_of(looked)


def test_invite_refuses_what_is_no_address(ana, survey):
    for data in (
        {"addresses": "good@example.org bad@"},
        {"addresses": ""},
        {"contacts": ["999999"]},
        {"contacts": ["x"], "addresses": ""},
        {"contacts": ["²", "9" * 30], "addresses": ""},
        {"addresses": " ".join(f"a{n}@example.org" for n in range(501))},
    ):
        assert ana.post(page("invite", survey), data).status_code == 422
    assert not Invitation.objects.exists()


def test_contacts_of_other_teams_are_neither_found_nor_invited(ana, world, survey):
    foreign = contact("Foreign", customer=cast.customer("Initech", agent=world.cleo))

    assert foreign.email not in text_of(ana.get(page("invite", survey), {"q": "init"}))
    refused = ana.post(page("invite", survey), {"contacts": [foreign.pk]})
    assert refused.status_code == 422


def test_invite_to_a_draft_is_refused(ana, world, contact):
    draft = create_survey(
        name="d", kind=Kind.NPS, team=world.support, brand="B", actor=None, now=NOW
    )

    refused = ana.post(page("invite", draft), {"contacts": [contact.pk], "send": "yes"})

    assert refused.status_code == 422
    assert "Publish the survey" in text_of(refused)
