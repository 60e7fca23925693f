"""A mail to oneself with the draft in it: marked as a test, stored nowhere."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from smtplib import SMTPException

from django.core import signing
from django.utils.translation import gettext_lazy as _

from crmkpi.accounts.audit import write_event
from crmkpi.accounts.models import User
from crmkpi.accounts.queries import get_zone
from crmkpi.lib.periods import local_day
from surveys.content import Content, ContentError
from surveys.mails import absolute, build_mail
from surveys.models import Invitation, Survey, SurveyVersion
from surveys.services.errors import BadSurvey

LIFE = timedelta(days=7)  # of the link in the mail
SALT = "surveys.test"


@dataclass(frozen=True)
class Tried:
    """What a link in a test mail leads to."""

    content: Content
    language: str
    is_anonymous: bool


def send_test_mail(
    survey: Survey, *, language: str, actor: User, now: datetime
) -> None:
    """Send the draft to whoever asks for it, as customers would get it.

    Its link leads to pages that store nothing, so no test is ever counted.

    Raises: BadSurvey when words are missing or the mail server refuses.
    """
    try:
        content = Content.from_json(survey.draft).complete()
    except ContentError as error:
        raise BadSurvey(str(error)) from error
    if not actor.email:
        raise BadSurvey(_("You have no e-mail address here."))
    spoken = language if language in content.wordings else content.language
    zone = get_zone()
    link = absolute("surveys:try_out", try_token(survey, language=spoken))
    invitation = Invitation(  # never saved
        survey=survey,
        version=SurveyVersion(survey=survey, number=0, content=content.to_json()),
        address=actor.email,
        language=spoken,
        event_day=local_day(now, zone),
    )
    mail = build_mail(
        invitation,
        answer_token="",
        stop_token="",
        until=now + LIFE,
        zone=zone,
        test_url=link,
    )
    try:
        mail.send()
    except (SMTPException, OSError) as error:
        raise BadSurvey(
            _("The mail server did not take it: %(fault)s.") % {"fault": error}
        ) from error
    write_event("survey.tested", subject=f"survey {survey.slug}", actor=actor, now=now)


def try_token(survey: Survey, *, language: str) -> str:
    """Return the signed name of a survey's draft in a language."""
    return signing.dumps([survey.pk, language], salt=SALT)


def find_tried(token: str) -> Tried | None:
    """Return what a link of a test mail leads to; None when forged or too old.

    It is the draft as it is now, so that a change can be looked at by reloading.
    Queries: 1
    """
    try:
        pk, language = signing.loads(token, salt=SALT, max_age=LIFE)
    except signing.BadSignature:
        return None
    survey = Survey.objects.filter(pk=pk).first()
    if survey is None:
        return None
    try:
        content = Content.from_json(survey.draft).complete()
    except ContentError:
        return None
    spoken = language if language in content.wordings else content.language
    return Tried(content, spoken, survey.is_anonymous)
