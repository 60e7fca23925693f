"""What scanners, forwarded links and hostile texts meet on every address there is.

The traps of asking and answering that concern one page are beside that page; these
concern all of them, and the list of addresses comes from the resolver.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import reverse

from crmkpi.crm.models import Exclusion
from surveys.content import Content
from surveys.extras import Extra, ExtraKind, ExtraWording
from surveys.flags import Flag
from surveys.look import Look, Style
from surveys.models import Answer, Response
from surveys.services import replies
from surveys.services.surveys import publish, update_survey
from surveys.services.test_mails import try_token
from surveys.urls import urlpatterns
from tests.surveys.addresses import NOT_READ, public_names, rows
from tests.surveys.addresses import addresses as all_addresses
from tests.surveys.cast import ask, contact, reply
from tests.surveys.drafting import filled_in
from tests.surveys.views.test_public import fields_of
from tests.world import NOW
from tests.world import day as day_of

SCRIPT = "<script>alert(1)</script>"
HOSTILE = {
    "script": f"</textarea></title>{SCRIPT}\"'><img src=x onerror=alert(1)>",
    "override": "pay\u202egnp.exe \u2066\u200b",
    "emoji": "🐢" * 50,
    "braces": "{brand} {score} {value} {{ form }} {% csrf_token %} %s %(n)d",
    "formula": '=HYPERLINK("https://evil.example")',
    "right to left": "مرحبا",
}


@pytest.fixture(autouse=True)
def at_now():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def addresses(world, survey) -> dict[str, str]:
    return all_addresses(world, survey)


def test_every_public_address_is_tried_here(addresses):
    """All but what other systems post to."""
    assert public_names() - NOT_READ == set(addresses)


QUERIES = (
    "",
    "?score=1",
    "?score=%00",
    "?score=%3Cscript%3E&in=%ED%A0%80&lang=%00&done=comment",
    "?next=https://evil.example/&unsubscribe=yes&act=erase&send=yes",
)


def test_scanner_answers_by_get_on_every_address(client, addresses):
    """Whoever only reads changes no row, with whatever it puts into the address."""
    before = rows()
    for name, address in addresses.items():
        for query in QUERIES:
            for fetch in (client.get, client.head, client.options):
                response = fetch(
                    address + query,
                    headers={
                        "Accept-Language": "\x00,<script>;q=x",
                        "Purpose": "prefetch",
                    },
                )
                assert response.status_code in (200, 405), (name, query)
                assert not response.cookies
                assert b"alert" not in response.content
                assert b"evil.example" not in response.content

    assert rows() == before


def test_embed_vs_clickjacking(client, addresses):
    """No page of ours stands in a frame of others unless it is made for that, and then
    only where its survey allows; none needs a cookie to post."""
    for name, address in addresses.items():
        shown = client.get(address)
        if name.startswith("embedded"):
            policy = shown["Content-Security-Policy"]
            assert policy.endswith("frame-ancestors 'self'")
            continue
        assert shown["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in shown["Content-Security-Policy"]
    bare = Client(enforce_csrf_checks=True)
    page = addresses["answer"]
    posted = bare.post(page, {**fields_of(bare.get(page)), "score": "4"})
    assert posted.status_code == 303


def test_body_of_10_mb_is_refused_and_stores_nothing(client, world, survey, addresses):
    before = rows()
    huge = {"score": "4", "comment": "x" * 10_000_000, "extra1": "1"}
    for name, address in addresses.items():
        assert client.post(address, huge).status_code in (405, 413), name
    assert rows() == before

    client.force_login(world.ana)
    edit = reverse("surveys:edit", args=[survey.slug])
    posted = filled_in(client.get(edit).context["form"])
    before = rows()
    for page in (edit, reverse("surveys:preview", args=[survey.slug])):
        refused = client.post(page, {**posted, "en_question": "x" * 10_000_000})
        assert refused.status_code in (400, 413)
    assert rows() == before


@pytest.mark.parametrize(
    "body",
    [
        b"score=4%00",
        b"score=%ED%A0%80",
        b"score=4&score=%00",
        b"comment=%00",
        b"comment=a%00b&extra3=%00",
        b"\xff\xfe=\x00",
        b"score[]=4&form[]=x",
        b"=&" * 500,
        b"score=" + b"9" * 5000,
    ],
)
def test_text_edge_cases_in_posted_bodies(client, addresses, body):
    """The right refusal, never a fault of ours, and nothing half-written."""
    kind = "application/x-www-form-urlencoded"
    before = rows()
    for name in ("answer", "shared", "thanks", "change", "try_out"):
        response = client.post(addresses[name], body, content_type=kind)
        allowed = {"thanks": (303, 422), "try_out": (200, 422)}.get(name, (400, 422))
        assert response.status_code in allowed, name
    after = rows()
    # What comes through a shared link is counted by network, for a limit, good or bad.
    assert [len(each.pop("surveys.AddressUse")) for each in (before, after)] == [0, 1]
    assert after == before


def test_text_edge_cases_5000_emoji(client, addresses):
    """As long as may be: 5,000 characters, each of four bytes, and a joined family."""
    thanks = addresses["thanks"]
    family = "👩‍👩‍👧‍👦"
    text = family + "🐢" * (5000 - len(family))

    assert client.post(thanks, {"comment": text}).status_code == 303
    assert Answer.objects.get(kind="text").text == text
    assert client.post(thanks, {"comment": f"{text}🐢"}).status_code == 422
    assert Answer.objects.get(kind="text").text == text


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_comment_as_payload_wherever_it_can_be_stored(
    client, world, survey, customer, text
):
    """Words of managers and of customers come back as text on every page and mail."""
    words = {
        code: replace(
            each,
            question=text,
            low=text,
            high=text,
            prompt_low=text,
            thanks=text,
            mail_subject=text,
            mail_intro=text,
            steps="\n".join([text] * 5),
        )
        for code, each in Content.from_json(survey.draft).wordings.items()
    }
    asked = {code: ExtraWording(text, (text, "b")) for code in words}
    content = replace(
        Content.from_json(survey.draft),
        brand=text,
        wordings=words,
        look=Look(Style.FACE),
        extras=(Extra("extra1", ExtraKind.MANY, asked),),
    )
    update_survey(survey, name=text, content=content, actor=world.ana, now=NOW)
    publish(survey, actor=world.ana, now=NOW)
    survey.refresh_from_db()
    _, token = ask(
        survey,
        contact(text[:300], email="i@example.org", customer=customer),
        agent_id=world.alice.pk,
    )
    key = reply(token, 1).edit_key
    replies.tell(key, comment=text, given={"extra1": ["1"]}, now=NOW)
    _, fresh = ask(survey, contact("Jon", customer=customer), subject="ticket:2")

    public = [f"/r/{fresh}/", f"/r/{fresh}/who/", f"/r/{fresh}/held/", f"/t/{key}/"]
    public += [f"/t/{key}/held/", f"/t/{key}/change/", f"/u/{fresh}/", f"/r/{token}/"]
    public += [f"/try/{try_token(survey, language='en')}/"]
    pages = [client.get(page) for page in public]
    client.force_login(world.ana)
    names = ("detail", "answers", "edit", "versions", "publish", "preview")
    pages += [
        client.get(reverse(f"surveys:{name}", args=[survey.slug])) for name in names
    ]
    pages.append(client.get(reverse("surveys:list")))

    for page in pages:
        html = page.content.decode()
        assert page.status_code == 200
        assert SCRIPT not in html
        assert "<img src=x" not in html
        assert 'href="https://evil.example' not in html
        if page["Content-Security-Policy"].startswith("default-src 'none'"):
            assert "\u202e" not in html
            assert "\u200b" not in html
    (sent, _) = mail.outbox[-2:]
    assert SCRIPT not in sent.alternatives[0].content
    assert "\n" not in sent.subject


def test_anonymous_that_is_not(client, addresses, survey):
    """Through the shared link nothing tells who: no contact, no invitation, no address
    of a network, and no word in the page that is another for another reader."""
    page = addresses["shared"]
    shown = [client.get(page) for _ in range(2)]
    hidden = [fields_of(each) for each in shown]
    assert hidden[0].keys() == {"form", "in"}
    one, two = (
        each.content.decode().replace(fields["form"], "")
        for each, fields in zip(shown, hidden, strict=True)
    )
    assert one == two
    client.post(
        page,
        {**hidden[0], "score": "4", "email": "i@example.org", "contact": "1"},
        headers={"User-Agent": "Ida's phone"},
        REMOTE_ADDR="203.0.113.7",
    )

    given = Response.objects.get(origin="shared")
    assert (given.contact, given.customer, given.invitation, given.agent) == (None,) * 4
    stored = str(rows())
    for trace in ("203.0.113.7", "Ida's phone", "i@example.org"):
        assert trace not in stored


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2026, 3, 28, 22, 59, tzinfo=UTC), "2026-03-28"),
        (datetime(2026, 3, 28, 23, 0, tzinfo=UTC), "2026-03-29"),
        (datetime(2026, 3, 29, 21, 59, tzinfo=UTC), "2026-03-29"),  # 23 hours long
        (datetime(2026, 3, 29, 22, 0, tzinfo=UTC), "2026-03-30"),
        (datetime(2026, 10, 25, 22, 59, tzinfo=UTC), "2026-10-25"),  # 25 hours long
        (datetime(2026, 10, 25, 23, 0, tzinfo=UTC), "2026-10-26"),
    ],
)
def test_clock_and_zone(client, world, survey, customer, at_now, instant, day):
    """Days are Berlin's, and the end of the window is an instant like any other."""
    at_now.move_to(instant)
    _, token = ask(survey, contact("Ida", customer=customer), now=instant)
    page = f"/r/{token}/"
    client.post(page, {**fields_of(client.get(page)), "score": "4"})
    assert Answer.objects.get().answered_day == day_of(day)

    _, other = ask(survey, contact("Jon", customer=customer), now=instant)
    at_now.move_to(instant + timedelta(days=14, seconds=-1))
    assert client.get(f"/r/{other}/").status_code == 200
    at_now.move_to(instant + timedelta(days=14))
    assert client.get(f"/r/{other}/").status_code == 410


def test_detect_the_bot_heuristics(client, world, survey, contact):
    """Whoever is quick, nameless and opens every link counts like anybody else, with a
    flag that says so; only a person leaves an answer out, says why, and cannot turn it
    into another one."""
    _, token = ask(survey, contact)
    page = f"/r/{token}/"
    for score in range(1, 6):
        client.head(f"{page}?score={score}")
        shown = client.get(f"{page}?score={score}", headers={"User-Agent": ""})
    client.post(page, {**fields_of(shown), "score": "1"}, headers={"User-Agent": ""})
    response = Response.objects.get()
    assert (response.exclusion, Answer.objects.counted().count()) == (0, 1)

    client.force_login(world.ana)
    listed = client.get(reverse("surveys:answers", args=[survey.slug]))
    assert str(Flag.QUICK.label) in listed.text
    assert (listed.context["flagged"], Answer.objects.counted().count()) == (1, 1)
    void = reverse("surveys:void", args=[survey.slug, response.pk])
    assert str(Flag.QUICK.label) in client.get(void).text
    assert client.post(void, {"note": "a robot", "score": "5"}).status_code == 422
    posted = {"reason": Exclusion.SPAM.value, "note": "a robot", "score": "5"}
    assert client.post(void, posted).status_code == 302

    response.refresh_from_db()
    assert (response.exclusion, response.void_note) == (Exclusion.SPAM, "a robot")
    assert Answer.objects.get().value == 1
    assert not Answer.objects.counted().exists()
    assert (
        "a robot"
        in client.get(reverse("surveys:answers", args=[survey.slug])).content.decode()
    )


def test_gaming_by_agents(client, world, survey, addresses):
    """Whose work is rated writes nothing about it, finds no link to answer by, and
    does not learn which answers are flagged."""
    client.force_login(world.alice)
    response = Response.objects.get().pk
    keys = {"slug": survey.slug, "pk": response, "ending": "csv"}
    before = rows()
    tried = 0
    for pattern in urlpatterns:
        if pattern.name in public_names() or pattern.name.startswith("follow_ups"):
            continue
        needed = pattern.pattern.regex.groupindex
        address = reverse(
            f"surveys:{pattern.name}", kwargs={name: keys[name] for name in needed}
        )
        tried += 1
        refused = client.post(address, {"act": "erase", "reason": "2", "name": "x"})
        assert refused.status_code in (403, 404, 405), pattern.name
        shown = client.get(address).content.decode()
        for name in ("answer", "unsubscribe", "shared", "thanks"):
            assert addresses[name] not in shown, pattern.name
        assert str(Flag.QUICK.label) not in shown, pattern.name

    assert tried > 30
    assert rows() == before
    client.force_login(world.ana)
    listed = client.get(reverse("surveys:answers", args=[survey.slug]))
    assert str(Flag.QUICK.label) in listed.text
