"""What a customer's link leads to: found by its hash, the same for every page."""

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from crmkpi.accounts.queries import zone_column
from crmkpi.lib.kept import kept
from surveys.changes import columns
from surveys.content import Content
from surveys.models import Invitation, InvitationToken, Survey, SurveyVersion
from surveys.tokens import hash_of

# Who opened the page in time may take this long to press the button.
GRACE = timedelta(hours=1)
TOKEN = re.compile(r"[A-Za-z0-9_-]{40,60}\Z")
SHARED = re.compile(r"(?P<slug>[a-z0-9_-]{1,80})-(?P<key>[0-9a-f]{32})\Z")

# What the pages of a link look at: a draft in three languages is not among it.
_OF_SURVEY = (
    "team",
    "status",
    "version",
    "shared_key",
    "is_shared",
    "has_kiosk",
    "is_anonymous",
    "frame_origins",
    "follow_up_stamp",
)
_SURVEYS = Survey.objects.only(*_OF_SURVEY).annotate(zone=zone_column())
_INVITED = Invitation.objects.select_related("survey").annotate(zone=zone_column())
_INVITATIONS = _INVITED.only(
    *(field.name for field in Invitation._meta.concrete_fields),
    *(f"survey__{name}" for name in _OF_SURVEY),
)
# What answering takes, and what it announces as changed.
_TO_ANSWER = _INVITED.only(
    *columns(Invitation),
    "uuid",
    "language",
    "expires_at",
    "survey__status",
    "survey__is_anonymous",
    "survey__follow_up_stamp",
).select_for_update(of=("self",))


@dataclass(frozen=True)
class Link:
    """A link that exists; whether it still takes an answer is another question."""

    name: str  # binds a handed-out form to the link
    survey: Survey
    version: SurveyVersion
    zone: str  # of the organisation
    invitation: Invitation | None  # none for a shared link
    is_kiosk: bool = False  # a shared link on a device that many use

    @property
    def content(self) -> Content:
        return content_of(self.version.pk)

    @property
    def is_answered(self) -> bool:
        return self.invitation is not None and self.invitation.is_answered

    def is_open(self, now: datetime, *, opened_at: datetime | None = None) -> bool:
        """Tell whether an answer is taken now, on a page opened at an instant.

        Time: half-open, up to but not at expires_at; who opened the page before has
        an hour more.
        """
        if self.survey.status != Survey.Status.LIVE:
            return False
        if self.invitation is None:
            return self.survey.has_kiosk if self.is_kiosk else self.survey.is_shared
        if self.invitation.state == Invitation.State.CANCELLED:
            return False
        end = self.invitation.expires_at
        if end is None or now < end:
            return True
        return opened_at is not None and opened_at < end and now < end + GRACE


def find_invitation(
    token: str, *, may_be_unsubscribe: bool = False, lock: bool = False
) -> Link | None:
    """Return what a mailed link leads to, None for any other text.

    With `lock` nobody else answers the invitation until the end of the transaction;
    only what answering takes is read of it.
    Queries: 1.
    """
    if not TOKEN.match(token):
        return None
    purposes = [InvitationToken.Purpose.ANSWER]
    if may_be_unsubscribe:
        purposes.append(InvitationToken.Purpose.UNSUBSCRIBE)
    try:
        invitation = (_TO_ANSWER if lock else _INVITATIONS).get(
            tokens__token_hash=hash_of(token),
            tokens__purpose__in=purposes,
            tokens__revoked_at=None,
        )
    except Invitation.DoesNotExist:
        return None
    return Link(
        name=str(invitation.uuid),
        survey=invitation.survey,
        version=published_version(invitation.version_id),
        zone=invitation.zone,
        invitation=invitation,
    )


def find_shared(address: str) -> Link | None:
    """Return what a shared link leads to. Queries: 1."""
    parts = SHARED.match(address)
    if parts is None:
        return None
    try:
        survey = _SURVEYS.get(shared_key=parts["key"], slug=parts["slug"])
    except Survey.DoesNotExist:
        return None
    if survey.version_id is None:
        return None
    version = published_version(survey.version_id)
    return Link(survey.shared_key, survey, version, survey.zone, invitation=None)


def find_kiosk(address: str) -> Link | None:
    """Return what the page of a shared device leads to. Queries: 1.

    Its forms are of no use on the shared link, which may be closed, nor the other way
    round.
    """
    link = find_shared(address)
    if link is None:
        return None
    return replace(link, name=f"kiosk-{link.name}", is_kiosk=True)


@kept
def published_version(pk: int) -> SurveyVersion:
    """Return what was asked by the key of a version; read it only, it is shared."""
    return SurveyVersion.objects.get(pk=pk)


@kept
def content_of(version_id: int) -> Content:
    """Return the content of a published version."""
    return Content.from_json(published_version(version_id).content)


def shared_address(survey: Survey) -> str:
    """Return the last part of a survey's shared link."""
    return f"{survey.slug}-{survey.shared_key}"
