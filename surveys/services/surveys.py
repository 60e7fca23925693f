"""Make, publish and close surveys."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils.functional import Promise
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from crmkpi.accounts.audit import write_event
from crmkpi.accounts.models import Team, User
from surveys.content import Content, ContentError
from surveys.models import Invitation, Question, Survey, SurveyVersion
from surveys.scoring import DEFAULT_SCALES, Kind, Scale
from surveys.services.errors import BadSurvey
from surveys.services.redirects import check_redirect
from surveys.texts import first_wording

Status = Survey.Status


@transaction.atomic
def create_survey(
    *,
    name: str,
    kind: Kind,
    team: Team,
    brand: str,
    actor: User | None,
    now: datetime,
    language: str = "en",
    languages: Iterable[str] | None = None,
    scale: Scale | None = None,
    window_days: int = 14,
    cooldown_days: int = 30,
    slug: str = "",
) -> Survey:
    """Create a draft with our first words in each language, ready to be changed.

    Raises: BadSurvey for a kind that has no score, or a slug that is taken.
    Example: `create_survey(name="After a call", kind=Kind.CSAT, team=support,
    brand="Fjordlight", actor=ana, now=now)`
    """
    if kind not in DEFAULT_SCALES:
        raise BadSurvey(_("Choose CSAT, NPS or CES."), field="kind")
    content = Content(
        brand=brand,
        language=language,
        scale=scale or DEFAULT_SCALES[kind],
        wordings={
            each: first_wording(kind, each)
            for each in dict.fromkeys([language, *(languages or _all_languages())])
        },
    )
    return Survey.objects.create(
        slug=free_slug(slug or name, exactly=bool(slug)),
        name=name,
        kind=kind.value,
        team=team,
        draft=content.to_json(),
        window_days=window_days,
        cooldown_days=cooldown_days,
        created_at=now,
        created_by=actor,
    )


@transaction.atomic
def update_survey(
    survey: Survey,
    *,
    actor: User | None,
    now: datetime,
    name: str | None = None,
    team: Team | None = None,
    content: Content | None = None,
    window_days: int | None = None,
    cooldown_days: int | None = None,
    is_anonymous: bool | None = None,
) -> Survey:
    """Change the draft; customers see it only after the next publishing.

    Raises: BadSurvey when the scale is of another kind, for an imported survey, for
    an address to which no survey may lead, and when what was published is to become
    anonymous, or no longer so.
    """
    locked = _locked(survey)
    if is_anonymous is not None and is_anonymous != locked.is_anonymous:
        _set_anonymous(locked, is_anonymous)
    if content is not None:
        if locked.is_imported:
            raise BadSurvey(_("The answers of this survey come with imported records."))
        if content.scale.kind != locked.kind:
            raise BadSurvey(_("The kind of a survey stays as it is."), field="kind")
        check_redirect(content.redirect)
        locked.draft = content.to_json()
    changes = {
        "name": name,
        "team": team,
        "window_days": window_days,
        "cooldown_days": cooldown_days,
    }
    for field, value in changes.items():
        if value is not None:
            setattr(locked, field, value)
    locked.save()
    write_event(
        "survey.changed",
        subject=f"survey {locked.slug}",
        actor=actor,
        now=now,
        content=content.fingerprint if content else "",
        is_anonymous=locked.is_anonymous,
    )
    return locked


@transaction.atomic
def publish(survey: Survey, *, actor: User | None, now: datetime) -> SurveyVersion:
    """Freeze the draft as a version and ask it from now on.

    An unchanged draft gives no new version; a closed survey opens again. Links that
    were sent keep asking what they were sent with.

    Raises: BadSurvey when words are missing, or its redirect is no longer allowed.
    """
    locked = _locked(survey)
    if locked.is_imported:
        raise BadSurvey(_("The answers of this survey come with imported records."))
    try:
        content = Content.from_json(locked.draft).complete()
    except ContentError as error:
        raise BadSurvey(str(error)) from error
    check_redirect(content.redirect)
    version = locked.version
    if version is None or version.content_hash != content.fingerprint:
        version = add_version(locked, content=content, actor=actor, now=now)
    elif locked.status == Status.LIVE:
        return version
    locked.version, locked.status, locked.closed_at = version, Status.LIVE, None
    locked.save()
    write_event(
        "survey.published",
        subject=f"survey {locked.slug}",
        actor=actor,
        now=now,
        version=version.number,
    )
    return version


def add_version(
    survey: Survey, *, content: Content, actor: User | None, now: datetime
) -> SurveyVersion:
    """Write a version with its questions; call it inside a transaction."""
    last = survey.versions.aggregate(last=Max("number"))["last"] or 0
    version = SurveyVersion.objects.create(
        survey=survey,
        number=last + 1,
        content=content.to_json(),
        content_hash=content.fingerprint,
        published_at=now,
        published_by=actor,
    )
    scale = content.scale
    Question.objects.bulk_create(
        [
            Question(
                version=version,
                key=Question.SCORE,
                kind=scale.kind.value,
                low=scale.low,
                high=scale.high,
                top_from=scale.top_from,
                is_reversed=scale.reversed,
            ),
            Question(version=version, key=Question.COMMENT, kind=Kind.TEXT.value),
            *(
                Question(version=version, key=each.key, kind=each.kind.stored.value)
                for each in content.extras
            ),
        ]
    )
    return version


@transaction.atomic
def close(survey: Survey, *, actor: User | None, now: datetime) -> Survey:
    """End a survey: its links take no more answers, and what waits is not sent."""
    locked = _locked(survey)
    if locked.status != Status.LIVE:
        return locked
    locked.status, locked.closed_at = Status.CLOSED, now
    locked.save()
    waiting = locked.invitations.filter(state=Invitation.State.QUEUED)
    cancelled = waiting.update(state=Invitation.State.CANCELLED)
    write_event(
        "survey.closed",
        subject=f"survey {locked.slug}",
        actor=actor,
        now=now,
        cancelled=cancelled,
    )
    return locked


@transaction.atomic
def share(
    survey: Survey, *, is_shared: bool, actor: User | None, now: datetime
) -> Survey:
    """Open or close the shared link, with which anybody may answer any time.

    Raises: BadSurvey unless the survey is live and asked by us.
    """
    return _open_way(
        survey,
        "is_shared",
        is_open=is_shared,
        refusal=_("Publish the survey before you share its link."),
        event="survey.shared" if is_shared else "survey.unshared",
        actor=actor,
        now=now,
    )


@transaction.atomic
def offer_kiosk(
    survey: Survey, *, is_offered: bool, actor: User | None, now: datetime
) -> Survey:
    """Open or close the page for a device that many customers use.

    Raises: BadSurvey unless the survey is live and asked by us.
    """
    return _open_way(
        survey,
        "has_kiosk",
        is_open=is_offered,
        refusal=_("Publish the survey before you show it on a device."),
        event="survey.kiosk_opened" if is_offered else "survey.kiosk_closed",
        actor=actor,
        now=now,
    )


def _open_way(
    survey: Survey,
    way: str,
    *,
    is_open: bool,
    refusal: str | Promise,
    event: str,
    actor: User | None,
    now: datetime,
) -> Survey:
    """Open or close a way on which people answer without an invitation."""
    locked = _locked(survey)
    if is_open and (locked.status != Status.LIVE or locked.is_imported):
        raise BadSurvey(refusal)
    if getattr(locked, way) != is_open:
        setattr(locked, way, is_open)
        locked.save()
        write_event(event, subject=f"survey {locked.slug}", actor=actor, now=now)
    return locked


def _set_anonymous(survey: Survey, is_anonymous: bool) -> None:
    """Say whether answers name somebody, which whoever was asked must rely on.

    Once published it stays: no answer may be given under one promise and kept under
    the other.
    """
    if survey.version_id is not None or survey.responses.exists():
        raise BadSurvey(
            _("Whether answers are anonymous is fixed by the first publishing."),
            field="is_anonymous",
        )
    survey.is_anonymous = is_anonymous


def _locked(survey: Survey) -> Survey:
    return (
        Survey.objects.select_for_update(of=("self",))
        .select_related("version")
        .get(pk=survey.pk)
    )


def _all_languages() -> list[str]:
    return [code for code, _name in settings.LANGUAGES]


def free_slug(text: str, *, exactly: bool = False) -> str:
    """Return an address that no survey has yet; the very text when it must be."""
    base = slugify(text)[:70].strip("-") or "survey"
    taken = set(
        Survey.objects.filter(slug__startswith=base).values_list("slug", flat=True)
    )
    taken |= {"new", "limits", "past"}  # the addresses of pages for all surveys
    if base not in taken:
        return base
    if exactly:
        raise BadSurvey(_("Another survey has this address."), field="slug")
    return next(
        slug for n in range(2, len(taken) + 3) if (slug := f"{base}-{n}") not in taken
    )
