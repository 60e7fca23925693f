"""Where surveys may lead customers: hosts that an administrator put on a list.

An open redirect on a page that customers trust would be a gift to phishers.
"""

import re
from datetime import datetime
from urllib.parse import urlsplit

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from crmkpi.accounts.audit import write_event
from crmkpi.accounts.models import User
from surveys.models import RedirectHost
from surveys.services.errors import BadSurvey

LONGEST = 500
# Letters, digits and hyphens between dots; other alphabets as punycode.
HOST = re.compile(
    r"(?=.{4,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]+\Z"
)
PLAIN = re.compile(r"https://[!-\[\]-~]+\Z")  # printable ASCII without a backslash


def check_redirect(address: str) -> None:
    """Make sure that a survey may lead to an address. Empty: it leads nowhere.

    Raises: BadSurvey with the field "redirect". Queries: 1
    """
    if not address:
        return
    host = host_of(address)
    if host is None:
        raise BadSurvey(
            _("Write an address that begins with https:// and a host name."),
            field="redirect",
        )
    if not is_allowed(host):
        raise BadSurvey(
            _(
                "Surveys may not lead to %(host)s. An administrator can allow it in "
                "the settings, under Redirects."
            )
            % {"host": host},
            field="redirect",
        )


def host_of(address: str) -> str | None:
    """Return the host of an https address without user, port or tricks, else None.

    Example: host_of("https://www.example.org/thanks") == "www.example.org"
    """
    if len(address) > LONGEST or not PLAIN.match(address):
        return None
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    host = parts.netloc.lower()
    return host if parts.scheme == "https" and HOST.match(host) else None


def is_allowed(host: str) -> bool:
    """Tell whether a host is on the list; the very host, not those below it."""
    return RedirectHost.objects.filter(host=host).exists()


def allowed_redirect(address: str) -> str:
    """Return an address if surveys may still lead there, else "".

    Asked when the page is shown: taking a host off the list works at once, also for
    versions that were published before.
    """
    host = host_of(address) if address else None
    return address if host and is_allowed(host) else ""


@transaction.atomic
def allow_host(host: str, *, actor: User, now: datetime) -> RedirectHost:
    """Put a host on the list.

    Raises: BadSurvey when it is no host name, or on the list.
    """
    wanted = host.strip().lower().removeprefix("https://").rstrip("/")
    if not HOST.match(wanted):
        raise BadSurvey(_("Write a host name, such as www.example.org."), field="host")
    try:
        with transaction.atomic():
            allowed = RedirectHost.objects.create(
                host=wanted, created_at=now, created_by=actor
            )
    except IntegrityError as error:
        raise BadSurvey(_("This host is on the list."), field="host") from error
    write_event("survey.host_allowed", subject=wanted, actor=actor, now=now)
    return allowed


@transaction.atomic
def forbid_host(allowed: RedirectHost, *, actor: User, now: datetime) -> None:
    """Take a host off the list; surveys lead there no more."""
    allowed.delete()
    write_event("survey.host_forbidden", subject=allowed.host, actor=actor, now=now)
