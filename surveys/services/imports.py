"""Take answers that were given elsewhere: imported rows and ratings inside records.

Many rows at once, so plain tuples and a fixed number of statements; what is already
there and equal is left alone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import F, Q

from crmkpi.accounts.queries import get_organisation
from crmkpi.crm.forgotten import erased_ids
from crmkpi.crm.models import Exclusion, ImportRun, Source
from crmkpi.lib import bulk
from surveys.changes import announce, rows_of
from surveys.content import Content
from surveys.models import Answer, CommentRelease, Response, Survey
from surveys.scoring import Kind, Scale
from surveys.services.rows import (
    ANSWER_COLUMNS,
    RESPONSE_COLUMNS,
    Asked,
    Given,
    Placed,
    Placer,
    Row,
    answer_rows,
    answers_to,
    asked_by,
    response_row,
)
from surveys.services.surveys import add_version, free_slug


@dataclass(frozen=True)
class Recorded:
    """Which answers came, changed and stayed, by external id."""

    new: frozenset[str]
    changed: frozenset[str]
    same: frozenset[str]
    erased: frozenset[str]  # of people who were erased: left as they are


class _Known(NamedTuple):
    """A response that is there, as far as a new import could change it."""

    response_id: int
    given: Given
    version_id: int
    team_id: int | None
    segment_id: int | None
    exclusion: int


@transaction.atomic
def record_responses(
    answers: Iterable[Given],
    *,
    asked: Asked,
    source: Source,
    now: datetime,
    run: ImportRun | None = None,
) -> Recorded:
    """Store answers to one version, one for each external id of the source.

    The agent's team and the customer's segment are those of the answer's day and of
    now; an equal answer keeps what it was given the first time. One whose person was
    erased stays as it is, whatever the source tells.

    Queries: a fixed number
    """
    given = {each.external_id: each for each in answers}
    erased = erased_ids("response", given, source_id=source.pk)
    for external_id in erased:
        del given[external_id]
    known = _known(source, given)
    changed = {
        key: each
        for key, each in given.items()
        if key in known
        and (
            known[key].exclusion == Exclusion.DELETED
            or (known[key].given, known[key].version_id) != (each, asked.version_id)
        )
    }
    new = {key: each for key, each in given.items() if key not in known}
    if new or changed:
        placer = Placer.load([*new.values(), *changed.values()])
        after = _insert(
            [placer.place(each) for each in new.values()],
            asked=asked,
            source=source,
            run=run,
            now=now,
        )
        announce(Answer, before=[], after=after, now=now, cause="import")
        _replace(
            [
                (known[key], _again(known[key], placer.place(each)))
                for key, each in changed.items()
            ],
            asked=asked,
            run=run,
            now=now,
        )
    return Recorded(
        frozenset(new),
        frozenset(changed),
        frozenset(given) - set(new) - set(changed),
        frozenset(erased),
    )


@transaction.atomic
def delete_responses(
    external_ids: Sequence[str], *, source: Source, now: datetime
) -> int:
    """Delete answers that the source withdrew; return how many there were."""
    gone = Response.objects.filter(
        bulk.KeysIn([F("external_id")], [(each,) for each in external_ids]),
        source=source,
        origin=Response.Origin.IMPORT,
    )
    ids = list(gone.values_list("pk", flat=True))
    before = rows_of(answers_to(ids))
    announce(Answer, before=before, after=[], now=now, cause="deletion")
    Response.objects.filter(bulk.KeysIn([F("pk")], [(pk,) for pk in ids])).delete()
    return len(ids)


@transaction.atomic
def withdraw_responses(
    external_ids: Sequence[str], *, source: Source, now: datetime
) -> set[str]:
    """Leave out answers that are no longer in the source; return those that counted.

    They stay, with the reason, and count again when the source tells them again.
    """
    found = Response.objects.filter(
        bulk.KeysIn([F("external_id")], [(each,) for each in external_ids]),
        source=source,
        origin=Response.Origin.IMPORT,
        exclusion=Exclusion.NONE,
    ).select_for_update(of=("self",))
    gone = dict(found.order_by("pk").values_list("pk", "external_id"))
    if not gone:
        return set()
    answers = answers_to(list(gone))
    before = rows_of(answers)
    answers.update(exclusion=Exclusion.DELETED)
    Response.objects.filter(pk__in=gone).update(exclusion=Exclusion.DELETED)
    after = rows_of(answers_to(list(gone)))
    announce(Answer, before=before, after=after, now=now, cause="edit")
    return set(gone.values())


@transaction.atomic
def imported_survey(*, name: str, scale: Scale, now: datetime, slug: str = "") -> Asked:
    """Return what imported answers of this name and scale belong to, made if need be.

    A survey is found by slug or name and asks one kind of question: a second kind
    under the same name is a survey beside it. Another scale is another version; of a
    survey that we ask ourselves, one that is not asked now.
    """
    survey = _called(slug or name, scale.kind)
    if survey is None:
        survey = _new_imported(name=name, kind=scale.kind, now=now, slug=slug)
    for version in survey.versions.order_by("-number"):
        if Content.from_json(version.content).scale == scale:
            return asked_by(version)
    content = Content(
        brand=get_organisation().name, language="en", scale=scale, wordings={}
    )
    version = add_version(survey, content=content, actor=None, now=now)
    if survey.is_imported:
        survey.version, survey.status = version, Survey.Status.LIVE
        survey.save()
    return asked_by(version)


def _called(text: str, kind: Kind) -> Survey | None:
    """Return the survey of a kind that goes by a slug or name. Queries: 1.

    Never an anonymous one: answers from elsewhere are known there by their ids, so
    they make a survey of their own beside it.
    """
    named = Q(slug=text.lower()) | Q(name__iexact=text)
    beside = Q(name__iexact=_beside(text, kind))
    found = Survey.objects.filter(named | beside, kind=kind.value, is_anonymous=False)
    return found.order_by("pk").first()


def _beside(name: str, kind: Kind) -> str:
    return f"{name} ({kind.upper()})"


def _new_imported(*, name: str, kind: Kind, now: datetime, slug: str) -> Survey:
    if Survey.objects.filter(name__iexact=name).exists():
        name = _beside(name, kind)
    root = get_organisation().root_team
    if root is None:
        raise RuntimeError("the organisation has no root team; run migrate")
    return Survey.objects.create(
        slug=free_slug(slug or name),
        name=name,
        kind=kind.value,
        team=root,
        is_imported=True,
        created_at=now,
    )


def stored(source: Source, external_ids: Iterable[str]) -> dict[str, Given]:
    """Return the answers of a source that are there, by external id. Queries: 2."""
    known = _known(source, external_ids)
    return {external_id: each.given for external_id, each in known.items()}


def _known(source: Source, external_ids: Iterable[str]) -> dict[str, _Known]:
    keys = [(each,) for each in external_ids]
    scores = (
        Answer.objects.filter(
            bulk.KeysIn([F("response__external_id")], keys),
            response__source=source,
            value__isnull=False,
        )
        .select_for_update(of=("self",))
        .values_list(*_KEPT, named=True)
    )
    found = {score.response__external_id: score for score in scores}
    responses = [(score.response_id,) for score in found.values()]
    comments = dict(
        Answer.objects.filter(
            bulk.KeysIn([F("response_id")], responses), kind=Kind.TEXT.value
        ).values_list("response_id", "text")
    )
    return {
        external_id: _as_known(score, comment=comments.get(score.response_id, ""))
        for external_id, score in found.items()
    }


_KEPT = (
    "response__external_id",
    "response_id",
    "value",
    "answered_at",
    "agent_id",
    "response__customer_id",
    "response__contact_id",
    "channel",
    "response__language",
    "response__version_id",
    "answered_team_id",
    "segment_id",
    "client_id",
    "exclusion",
)


def _as_known(score: Any, *, comment: str) -> _Known:
    """Return a stored score, as _KEPT names its columns, with its comment."""
    return _Known(
        response_id=score.response_id,
        given=Given(
            score.response__external_id,
            score.value or 0,  # never NULL here
            score.answered_at,
            score.agent_id,
            score.response__customer_id,
            score.response__contact_id,
            score.channel,
            comment,
            score.response__language,
            score.client_id,
        ),
        version_id=score.response__version_id,
        team_id=score.answered_team_id,
        segment_id=score.segment_id,
        exclusion=score.exclusion,
    )


def _insert(
    placed: Sequence[Placed],
    *,
    asked: Asked,
    source: Source,
    run: ImportRun | None,
    now: datetime,
) -> list[Row]:
    """Insert responses with their answers; return the answers as signal rows."""
    inserted = bulk.insert_new(
        Response,
        RESPONSE_COLUMNS,
        [
            response_row(
                each,
                asked=asked,
                source_id=source.pk,
                external_id=each.given.external_id,
                origin=Response.Origin.IMPORT,
                run=run,
                now=now,
            )
            for each in placed
        ],
    )
    # Another import may have been quicker with some: only ours get answers.
    ours = dict(
        Response.objects.filter(
            bulk.KeysIn([F("pk")], [(pk,) for pk in inserted])
        ).values_list("external_id", "pk")
    )
    rows = [
        row
        for each in placed
        if (response_id := ours.get(each.given.external_id)) is not None
        for row in answer_rows(response_id, each, asked, now=now)
    ]
    bulk.insert_rows(Answer, ANSWER_COLUMNS, rows)
    return rows_of(answers_to(inserted))


def _again(known: _Known, placed: Placed) -> Placed:
    """Return a changed answer; unless about somebody or some day else, it keeps
    the team and segment that it was given. One that was withdrawn counts again."""
    old, new = known.given, placed.given
    if (old.agent_id, old.customer_id, old.answered_at) == (
        new.agent_id,
        new.customer_id,
        new.answered_at,
    ):
        placed = replace(placed, team_id=known.team_id, segment_id=known.segment_id)
    is_back = known.exclusion == Exclusion.DELETED
    return replace(placed, exclusion=0 if is_back else known.exclusion)


def _replace(
    changes: Sequence[tuple[_Known, Placed]],
    *,
    asked: Asked,
    run: ImportRun | None,
    now: datetime,
) -> None:
    """Give known responses the answers that the source tells now."""
    if not changes:
        return
    ids = [known.response_id for known, _ in changes]
    before = rows_of(answers_to(ids))
    _place_anew(changes, asked=asked, run=run, now=now)
    _take_back_other_words(changes)
    answers_to(ids).delete()
    bulk.insert_rows(
        Answer,
        ANSWER_COLUMNS,
        [
            row
            for known, placed in changes
            for row in answer_rows(known.response_id, placed, asked, now=now)
        ],
    )
    after = rows_of(answers_to(ids))
    announce(Answer, before=before, after=after, now=now, cause="import")


def _place_anew(
    changes: Sequence[tuple[_Known, Placed]],
    *,
    asked: Asked,
    run: ImportRun | None,
    now: datetime,
) -> None:
    """Write whom known responses are about, by whom and when they were given."""
    bulk.update_rows(
        Response,
        ["id"],
        [
            "written_at",
            "import_run_id",
            "survey_id",
            "version_id",
            "customer_id",
            "contact_id",
            "agent_id",
            "answered_team_id",
            "language",
            "answered_at",
            "exclusion",
        ],
        [
            (
                known.response_id,
                now,
                run.pk if run else None,
                asked.survey_id,
                asked.version_id,
                placed.given.customer_id,
                placed.given.contact_id,
                placed.given.agent_id,
                placed.team_id,
                placed.given.language,
                placed.given.answered_at,
                placed.exclusion,
            )
            for known, placed in changes
        ],
    )


def _take_back_other_words(changes: Sequence[tuple[_Known, Placed]]) -> None:
    """Show no agent words that nobody has read yet, in the place of those shown."""
    other_words = [
        (known.response_id,)
        for known, placed in changes
        if known.given.comment != placed.given.comment
    ]
    shown = CommentRelease.objects.filter(bulk.KeysIn([F("response_id")], other_words))
    shown.delete()
