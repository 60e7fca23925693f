"""Text messages through a gateway of the organisation's choice.

Each message is one POST of JSON to SMS_HOOK_URL, signed with SMS_HOOK_SECRET:

    {"id": "…", "to": "+4930123", "text": "One question …: https://…/r/…/",
     "link": "https://…/r/…/", "stop": "https://…/u/…/", "language": "de"}

`id` and the header Idempotency-Key stay the same when a message is sent again. An
answer of 200 to 299 takes it; 408, 429 and 500 to 599 are tried again; anything else
refuses it for good. `signatures` says how the header X-Crmkpi-Signature is made.
"""

import json
import re
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from django.conf import settings
from django.utils import timezone

from surveys.content import Content, choose_language
from surveys.mails import absolute, named
from surveys.models import Invitation
from surveys.sending.signatures import HEADER, sign

TIMEOUT_SECONDS = 10
LATER = frozenset({408, 425, 429})  # beside 500 and above


class Refused(Exception):
    """The gateway does not take this message, and would not later."""


class NotNow(OSError):
    """The gateway is away or busy."""


class _StayHere(HTTPRedirectHandler):
    """Follow nothing: the message goes to the configured address only."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


def plain_number(phone: str) -> str:
    """Return a number without what only helps to read it.

    Example: plain_number("+49 (30) 123-45") == "+493012345"
    """
    return re.sub(r"(?!^\+)\D", "", phone.strip())


def send(
    invitation: Invitation,
    *,
    answer_token: str,
    stop_token: str,
    is_reminder: bool = False,
) -> None:
    """Hand a message over to the gateway; returning means that it took it.

    Raises: Refused when it is not taken for good, NotNow when it may be later.
    """
    if not settings.SMS_HOOK_URL:
        raise Refused("No gateway for text messages is configured.")
    key = f"{invitation.uuid}-reminder" if is_reminder else str(invitation.uuid)
    body = json.dumps(
        _message(invitation, key=key, answer_token=answer_token, stop_token=stop_token)
    ).encode()
    if urlsplit(settings.SMS_HOOK_URL).scheme not in ("https", "http"):
        raise Refused("The gateway's address is no web address.")
    request = Request(  # noqa: S310  # the scheme was looked at above
        settings.SMS_HOOK_URL,
        data=body,
        method="POST",
        headers={
            "Content-Type": "application/json",
            "Idempotency-Key": key,
            HEADER: sign(body, secret=settings.SMS_HOOK_SECRET, at=timezone.now()),
        },
    )
    try:
        with build_opener(_StayHere).open(request, timeout=TIMEOUT_SECONDS):
            return
    except HTTPError as error:
        if error.code >= 500 or error.code in LATER:
            raise NotNow(f"the gateway answered {error.code}") from error
        raise Refused(f"the gateway answered {error.code}") from error


def _message(
    invitation: Invitation, *, key: str, answer_token: str, stop_token: str
) -> dict[str, str]:
    content = Content.from_json(invitation.version.content)
    language = choose_language(content.languages, invitation.language)
    words = content.wording(language)
    link = absolute("surveys:answer", answer_token)
    return {
        "id": key,
        "to": invitation.phone,
        "text": f"{named(words.mail_subject, content.brand)}: {link}",
        "link": link,
        "stop": absolute("surveys:unsubscribe", stop_token),
        "language": language,
    }
