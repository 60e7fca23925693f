"""One hostile text in every column that holds words, read back on every page there is.

The columns come from the models and the pages from the resolver, so that what is added
later is tried without being thought of.
"""

import csv
import io
import re
from collections.abc import Iterable

import pytest
import time_machine
from django.apps import apps
from django.core import mail
from django.db import models
from django.test import Client
from django.urls import reverse

from crmkpi.crm.models import Exclusion
from surveys.closing.services import close as close_item
from surveys.extras import Extra, ExtraKind, ExtraWording
from surveys.models import (
    FollowUp,
    FollowUpRule,
    Response,
    ResultLink,
    Survey,
)
from surveys.services import answers, replies
from surveys.services.erasure import request_erasure
from surveys.services.redirects import allow_host
from surveys.services.themes import save_theme
from surveys.urls import urlpatterns
from tests.lib.test_workbooks import sheets
from tests.surveys.addresses import addresses, public_names
from tests.surveys.drafting import WORD, change
from tests.surveys.sending.making import rule, run, solved
from tests.world import NOW, World

MARKUP = "=1+<script>alert(1)</script>'\"><img src=x onerror=alert(1)>🐢&"
HOSTILE = f"{MARKUP}\u202eexe.\u200bfdp"  # what turns or hides what stands beside it
# Words with a meaning to the programme, not to people: keys, addresses, languages.
TECHNICAL = {
    "action", "address", "address_hash", "content_hash", "currency", "digest",
    "edit_key_hash", "email", "event_id", "external_id", "file_hash", "fingerprint",
    "host", "key", "key_hash", "language", "media_type", "metric_key",
    "original_currency", "password", "phone", "prefix", "record", "request_key",
    "shared_key", "slug", "source", "span", "theme", "token_hash", "unit", "zone",
}  # fmt: skip
MARKS = ("<script>alert", "<img src=x", "\u202e", "\u200b")
FORMULA = re.compile(r"\s*[=+@＝＋＠\t\r-]\D")


@pytest.fixture(autouse=True)
def at_now():
    with time_machine.travel(NOW, tick=False):
        yield


def spoil() -> set[str]:
    """Write the text over every word of every row; return the columns it came into."""
    found = set()
    for label in ("surveys", "crm", "accounts"):
        for model in apps.get_app_config(label).get_models():
            for column in model._meta.concrete_fields:
                is_text = isinstance(column, (models.CharField, models.TextField))
                if not is_text or column.choices or column.name in TECHNICAL:
                    continue
                for row in model._base_manager.exclude(**{column.name: ""}):
                    text = HOSTILE
                    if column.name == "name" and column.max_length > 100:
                        text += str(row.pk)  # some may be there once only
                    text = text[: column.max_length]
                    model._base_manager.filter(pk=row.pk).update(**{column.name: text})
                    found.add(f"{model.__name__}.{column.name}")
    return found


def written(world: World, survey: Survey) -> tuple[dict[str, str], dict[str, int]]:
    """Write rows of every kind; return customers' addresses, and keys by URL."""
    said = ExtraWording(HOSTILE, (HOSTILE, "b"))
    asked = Extra("extra1", ExtraKind.MANY, dict.fromkeys(("en", "de", "ar"), said))
    sentences = ("question", "low", "high", "prompt_low", "thanks", "mail_subject")
    words = dict.fromkeys((*sentences, "mail_intro"), HOSTILE)
    change(survey, world, brand=HOSTILE, words=words, extras=(asked, WORD))
    theme = save_theme(survey, name="T", words="1", actor=world.ana, now=NOW)
    low = FollowUpRule.objects.create(
        survey=survey, name="Low", words=[HOSTILE], created_at=NOW
    )
    found = addresses(world, survey)
    key = found["thanks"].split("/")[2]
    given = {"extra1": ["1"], "extra2": [HOSTILE], "extra3": [HOSTILE]}
    replies.tell(key, comment=HOSTILE, given=given, now=NOW)
    response = Response.objects.get()
    item = FollowUp.objects.get()
    close_item(
        item,
        state=FollowUp.State.RESOLVED,
        cause=FollowUp.Cause.TONE,
        outcome=HOSTILE,
        actor=world.ana,
        now=NOW,
    )
    answers.void_response(
        response, reason=Exclusion.SPAM, note=HOSTILE, actor=world.ana, now=NOW
    )
    wish = request_erasure(invitation=response.invitation, now=NOW)
    return found, {
        "void": response.pk,
        "response_themes": response.pk,
        "release": response.pk,
        "flags_look": response.pk,
        "theme_edit": theme.pk,
        "theme_delete": theme.pk,
        "follow_up_rule": low.pk,
        "follow_up": item.pk,
        "result_link_revoke": ResultLink.objects.get().pk,
        "erasure": wish.pk,
        "rule": 0,
    }


def faults_of(text: str, where: str, *, signs: Iterable[str] = MARKS) -> list[str]:
    """Return what of the text came through as it was written."""
    return [f"{sign!r} on {where}" for sign in signs if sign in text]


def harmless_file(content: bytes, where: str) -> None:
    """No cell that a spreadsheet would compute, headings included."""
    if content.startswith(b"PK"):
        cells = [cell for rows in sheets([content]) for row in rows for cell in row]
        assert not any(is_formula for _, _, is_formula in cells), where
        texts = [text for is_text, text, _ in cells if is_text]
    else:
        table = csv.reader(io.StringIO(content.decode("utf-8-sig")))
        texts = [cell for row in table for cell in row]
    assert texts
    assert not [text for text in texts if FORMULA.match(text)], where


def test_on_every_page_of_customers_and_staff(world, survey, contact, client):
    found, keys = written(world, survey)
    sending = rule(survey, reminder_days=1)
    solved(subject="Broken")
    run()
    allow_host("www.example.org", actor=world.adam, now=NOW)
    spoiled = spoil()
    survey.refresh_from_db()

    kinds = {"Survey.name", "Contact.name", "Customer.name", "Ticket.subject"}
    kinds |= {"Answer.text", "ExtraAnswer.text", "Response.void_note", "Theme.name"}
    kinds |= {"FollowUp.outcome", "FollowUpRule.name", "ResultLink.name", "Team.name"}
    assert kinds <= spoiled

    faults = []
    for message in mail.outbox:
        faults += faults_of(
            f"{message.subject} {message.body}", "a mail", signs=MARKS[2:]
        )
        for html, _type in message.alternatives:
            faults += faults_of(html, f"mail {message.subject}")
    assert mail.outbox[-1].to == [contact.email]
    for name, address in found.items():
        shown = Client().get(address)
        assert shown.status_code in (200, 410), name  # it was left out
        if shown["Content-Type"].startswith("text/html"):
            faults += faults_of(shown.content.decode(), name)
    keys |= dict.fromkeys(("rule", "rule_edit", "rule_switch"), sending.pk)
    for pattern in urlpatterns:
        if pattern.name in public_names():
            continue
        needed = pattern.pattern.regex.groupindex
        for ending in ("csv", "xlsx") if "ending" in needed else ("",):
            given = {"slug": survey.slug, "ending": ending}
            given["pk"] = keys.get(pattern.name, 1)
            address = reverse(
                f"surveys:{pattern.name}", kwargs={each: given[each] for each in needed}
            )
            is_setting = address.startswith("/settings/")
            client.force_login(world.adam if is_setting else world.mona)
            shown = client.get(address)
            assert shown.status_code in (200, 405), address
            content = b"".join(shown)
            if shown.get("Content-Disposition"):
                harmless_file(content, address)
            elif shown["Content-Type"].startswith("text/html"):
                # Whoever writes finds the own words as they were written.
                is_form = pattern.name in ("edit", "follow_up_rule")
                signs = MARKS[:2] if is_form else MARKS
                faults += faults_of(content.decode(), address, signs=signs)
    client.force_login(world.adam)
    faults += faults_of(client.get("/settings/audit/").content.decode(), "audit")
    assert not faults, "\n".join(faults)
