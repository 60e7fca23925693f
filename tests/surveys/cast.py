"""Customers who are asked, and short ways to ask them and to answer."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core import mail

from crmkpi.accounts.models import User
from crmkpi.crm.models import Channel, Contact, Customer, Source
from surveys.links import Link, find_invitation
from surveys.models import Invitation, Survey
from surveys.services import answers
from surveys.services.answers import Answered
from surveys.services.dispatch import due, send_invitation
from surveys.services.errors import UnknownLink
from surveys.services.invitations import Recipient, invite
from surveys.signals import response_changed
from surveys.tokens import Form
from tests.world import NOW, day


@dataclass
class News:
    model: type
    before: list[dict[str, Any]]
    after: list[dict[str, Any]]
    cause: str


@contextmanager
def listening() -> Iterator[list[News]]:
    news: list[News] = []

    def named(rows, columns):
        return [dict(zip(columns, row, strict=True)) for row in rows]

    def hear(changes, cause, **_):
        for model, columns, before, after in changes:
            told = (named(rows, columns) for rows in (before, after))
            news.append(News(model, *told, cause))

    response_changed.connect(hear)
    try:
        yield news
    finally:
        response_changed.disconnect(hear)


def crm() -> Source:
    return Source.objects.get_or_create(slug="crm", defaults={"name": "CRM"})[0]


def customer(name: str, *, agent: User | None = None) -> Customer:
    return Customer.objects.create(
        source=crm(), external_id=name, name=name, agent=agent, written_at=NOW
    )


def contact(name: str, *, customer: Customer | None = None, **fields: Any) -> Contact:
    return Contact.objects.create(
        source=crm(),
        external_id=name,
        name=name,
        email=fields.pop("email", f"{name.lower()}@example.org"),
        customer=customer,
        written_at=NOW,
        **fields,
    )


def recipient(contact: Contact, **fields: Any) -> Recipient:
    return Recipient(
        **{
            "address": contact.email,
            "contact_id": contact.pk,
            "customer_id": contact.customer_id,
            "language": contact.language,
            **fields,
        }
    )


def ask(
    survey: Survey, contact: Contact, *, now: datetime = NOW, **fields: Any
) -> tuple[Invitation, str]:
    """Invite a contact, send the mail, and return the invitation with its token."""
    fields.setdefault("subject", "ticket:T-17")
    fields.setdefault("event_day", day("2026-02-12"))
    fields.setdefault("channel", Channel.PHONE)
    invite(survey, [recipient(contact, **fields)], request="test", actor=None, now=now)
    for pk in due(now=now, limit=10):
        send_invitation(pk, now=now)
    assert mail.outbox[-1].to == [contact.email], "somebody else was asked"
    token = token_of(mail.outbox[-1])
    link = find_invitation(token)
    assert link is not None
    assert link.invitation is not None
    return link.invitation, token


def token_of(message: Any) -> str:
    found = re.search(r"/r/([\w-]+)/\?score=", message.body)
    assert found is not None
    return found[1]


def link_of(token: str) -> Link:
    """Return what a token leads to, as the page finds it."""
    link = find_invitation(token)
    if link is None:
        raise UnknownLink(token)
    return link


def form_for(token: str, *, opened_at: datetime = NOW) -> str:
    link = link_of(token)
    return Form.hand_out(
        link=link.name, version_id=link.version.pk, now=opened_at
    ).signed


def reply(
    token: str,
    score: object,
    *,
    now: datetime = NOW,
    form: str = "",
    language: str = "en",
) -> Answered:
    return answers.answer(
        token,
        score=score,
        form=form or form_for(token, opened_at=now),
        speak=lambda _link: language,
        now=now,
    )


def english(_link: Link) -> str:
    return "en"
