"""The mail that asks: one question, its values as links, nothing to load from afar."""

from datetime import datetime
from email.utils import formataddr, parseaddr
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import css_inline
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse

from crmkpi.lib.periods import from_day
from crmkpi.lib.text import clean_display
from surveys.content import BRAND, Content, choose_language
from surveys.models import Invitation
from surveys.scoring import Scale
from surveys.texts import PAGES, Page, direction, spoken_day


def build_mail(
    invitation: Invitation,
    *,
    answer_token: str,
    stop_token: str,
    until: datetime,
    zone: str,
    is_reminder: bool = False,
    test_url: str = "",
) -> EmailMultiAlternatives:
    """Return the message in the recipient's language, as HTML and as plain text.

    Every address is built from BASE_URL. The links only open the page with a value
    chosen; mail programs and scanners may fetch them as they like. With `test_url` it
    says that it is a test, and all its links lead there.
    """
    content = Content.from_json(invitation.version.content)
    language = choose_language(content.languages, invitation.language)
    page, brand = PAGES[language], clean_display(content.brand)
    last_day = until.astimezone(ZoneInfo(zone)).date()
    links = _links(answer_token, stop_token, test_url, scale=content.scale)
    context = {
        **_words(invitation, content, language, is_reminder=is_reminder),
        **links,
        "until": page.mail_until.format(day=spoken_day(last_day, language)),
        "test": page.test if test_url else "",
    }
    subject = named(content.wording(language).mail_subject, brand)
    mail = EmailMultiAlternatives(
        subject=f"[{page.test}] {subject}" if test_url else subject,
        body=render_to_string("emails/survey.txt", context),
        from_email=_sender(brand),
        to=[invitation.address],
        headers={
            # Equal for a second copy, so that mailboxes show it once.
            "Message-ID": message_id(invitation, is_reminder=is_reminder),
            **({} if test_url else _unsubscribing(links["stop_url"])),
            "Auto-Submitted": "auto-generated",
        },
    )
    html = render_to_string("emails/survey.html", context)
    mail.attach_alternative(
        css_inline.inline(html, load_remote_stylesheets=False), "text/html"
    )
    return mail


def _words(
    invitation: Invitation, content: Content, language: str, *, is_reminder: bool
) -> dict[str, Any]:
    """Return what the mail says, in a language of the survey."""
    page, words = PAGES[language], content.wording(language)
    brand = clean_display(content.brand)
    return {
        "brand": brand,
        "language": language,
        "direction": direction(language),
        "page": page,
        "intro": page.mail_reminder if is_reminder else named(words.mail_intro, brand),
        "question": named(words.question, brand),
        "low": clean_display(words.low),
        "high": clean_display(words.high),
        "scale": content.scale,
        "about": about(invitation, page, language),
        "anonymous": page.anonymous if invitation.survey.is_anonymous else "",
    }


def _links(
    answer_token: str, stop_token: str, test_url: str, *, scale: Scale
) -> dict[str, Any]:
    """Return where the mail leads: each value of the scale has a link of its own."""
    answer_url = test_url or absolute("surveys:answer", answer_token)
    return {
        "choices": [
            {"value": value, "url": f"{answer_url}?score={value}"}
            for value in range(scale.low, scale.high + 1)
        ],
        "answer_url": answer_url,
        "who_url": test_url or f"{answer_url}who/",
        "stop_url": test_url or absolute("surveys:unsubscribe", stop_token),
    }


def _unsubscribing(stop_url: str) -> dict[str, str]:
    return {
        "List-Unsubscribe": f"<{stop_url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def message_id(invitation: Invitation, *, is_reminder: bool = False) -> str:
    """Return under which id a mail goes out, which bounces tell."""
    which = "-reminder" if is_reminder else ""
    return f"<{invitation.uuid}{which}@{urlsplit(settings.BASE_URL).hostname}>"


def absolute(name: str, *args: str) -> str:
    """Return the public address of a page; the host of a request never counts."""
    return f"{settings.BASE_URL}{reverse(name, args=args)}"


def named(text: str, brand: str) -> str:
    """Return a text with the name shown to customers in it, fit for display."""
    return clean_display(text.replace(BRAND, brand))


def about(invitation: Invitation, page: Page, language: str) -> str:
    """Return what the question is about in words, "" for the relation as a whole.

    Example: "ticket:T-17" of 12 February: "About your request of 12 February."
    """
    kind, _, _ = invitation.subject.partition(":")
    sentence = page.subjects.get(kind, "")
    day = spoken_day(from_day(invitation.event_day), language) if sentence else ""
    return sentence.format(day=day)


def _sender(brand: str) -> str:
    return formataddr((brand, parseaddr(settings.DEFAULT_FROM_EMAIL)[1]))
