"""Mails about changes of state: each once, later during quiet hours, with retries."""

from datetime import datetime, timedelta
from email.utils import formataddr, parseaddr
from smtplib import SMTPException, SMTPRecipientsRefused
from urllib.parse import urlsplit

import css_inline
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import F, Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from crmkpi.accounts.queries import access_of, get_organisation, today
from metrics.alerts.kinds import visible_notices
from metrics.alerts.models import AlertRule, Notification
from metrics.alerts.muting import reaches
from metrics.alerts.quiet import mail_at

Mail = Notification.Mail
LEASE = timedelta(minutes=5)  # after it, whoever was sending is taken for dead
MAX_ATTEMPTS = 8  # with doubling pauses from one minute: about two hours


def due(*, now: datetime, limit: int) -> list[int]:
    """Return the notices whose mail is to be sent now, the longest waiting first."""
    found = Notification.objects.filter(_is_due(now)).order_by("mail_after", "pk")
    return list(found.values_list("pk", flat=True)[:limit])


def send(pk: int, *, now: datetime) -> Mail | None:
    """Send the mail of one notice, unless somebody else is at it.

    A sender that dies leaves a lease; when it is over the mail goes out again under
    the same Message-ID. Who may no longer see the figures, or has been deactivated,
    gets nothing; neither does anybody of a rule that is gone, paused or muted.

    Returns: the state it has now, None when there was nothing to do.
    """
    if not _claim(pk, now=now):
        return None
    notice = Notification.objects.select_related("person", "rule").get(pk=pk)
    if notice.attempts > MAX_ATTEMPTS:
        return _settle(notice, Mail.FAILED)
    rule = notice.rule
    if rule is None or not _may_be_sent(notice, rule, now=now):
        return _settle(notice, Mail.WITHHELD)
    zone = get_organisation().zone
    leaves = mail_at(now, rule.quiet_from, rule.quiet_until, zone)
    if leaves > now:
        return _settle(
            notice, Mail.WAITING, mail_after=leaves, attempts=notice.attempts - 1
        )
    try:
        build_mail(notice, rule).send()
    except SMTPRecipientsRefused as error:
        if any(code < 500 for code, _text in error.recipients.values()):
            return _try_again(notice, error, now=now)
        return _settle(notice, Mail.FAILED, fault=_said(error))
    except (SMTPException, OSError) as error:
        return _try_again(notice, error, now=now)
    return _settle(notice, Mail.SENT, sent_at=now, fault="")


def build_mail(notice: Notification, rule: AlertRule) -> EmailMultiAlternatives:
    """Return the message in the person's language, as text and as HTML."""
    organisation = get_organisation()
    language = notice.person.language or settings.LANGUAGE_CODE
    context = {
        "notice": notice,
        "rule": rule,
        "is_own": rule.owner_id == notice.person_id,
        "owner": rule.owner,
        "organisation": organisation.name,
        "language": language,
        "link": f"{settings.BASE_URL}{notice.link}" if notice.link else "",
        "rules_link": f"{settings.BASE_URL}{reverse('metrics:alerts')}",
        "mute_link": f"{settings.BASE_URL}{reverse('metrics:notifications')}#reach",
    }
    with translation.override(language):
        context["is_rtl"] = translation.get_language_bidi()
        text = render_to_string("emails/alert.txt", context)
        html = render_to_string("emails/alert.html", context)
    host = urlsplit(settings.BASE_URL).hostname
    sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    mail = EmailMultiAlternatives(
        subject=" ".join(notice.title.split()),
        body=text,
        from_email=formataddr((organisation.name, sender)),
        to=[str(notice.person.email)],
        headers={
            # Equal for a second copy, so that mailboxes show it once.
            "Message-ID": f"<alert-{notice.pk}@{host}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    inlined = css_inline.inline(html, load_remote_stylesheets=False)
    mail.attach_alternative(inlined, "text/html")
    return mail


def _may_be_sent(notice: Notification, rule: AlertRule, *, now: datetime) -> bool:
    person = notice.person
    if not rule.is_active or not rule.by_mail:
        return False
    if not person.is_active or not person.email:
        return False
    if not reaches(rule, [person])[person.pk].by_mail:
        return False
    access = access_of(person, day=today(now, get_organisation()))
    return Notification.objects.filter(visible_notices(access), pk=notice.pk).exists()


def _is_due(now: datetime) -> Q:
    return Q(mail_state=Mail.WAITING, mail_after__lte=now) | Q(
        mail_state=Mail.SENDING, lease_until__lte=now
    )


def _claim(pk: int, *, now: datetime) -> bool:
    """Take a mail if nobody has it: one statement decides between senders."""
    return bool(
        Notification.objects.filter(_is_due(now), pk=pk).update(
            mail_state=Mail.SENDING,
            lease_until=now + LEASE,
            attempts=F("attempts") + 1,
        )
    )


def _try_again(notice: Notification, error: Exception, *, now: datetime) -> Mail:
    if notice.attempts >= MAX_ATTEMPTS:
        return _settle(notice, Mail.FAILED, fault=_said(error))
    pause = timedelta(minutes=2 ** (notice.attempts - 1))
    return _settle(notice, Mail.WAITING, mail_after=now + pause, fault=_said(error))


def _settle(notice: Notification, state: Mail, **columns: object) -> Mail:
    Notification.objects.filter(pk=notice.pk).update(
        mail_state=state, lease_until=None, **columns
    )
    return state


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:300]
