"""Ids of ours that are made of a row's own: of its rating, of what a mail is about."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby

from django.db.models import F, Q

from crmkpi.crm.forgotten import ERASED, erased_ids, hash_of_id, remember
from crmkpi.crm.telling_ids import telling
from crmkpi.lib import bulk
from surveys.models import Invitation, Occasion, Response
from surveys.scoring import Kind
from surveys.tokens import hash_of

Replaced = tuple[int, str, str]  # source, the id it was, the id it is now

LONGEST_ID = Response._meta.get_field("external_id").max_length or 200
RATED = frozenset({"ticket", "interaction"})  # records with ratings in their columns
# What rows of a record are called as what a mail is about, where not as the record.
SUBJECTS = {"order": ("order", "delivery"), "interaction": ("interaction", "call")}


def rating_id(record: str, external_id: str, kind: str) -> str:
    """Return the id of the response that a rating inside a record becomes.

    Example: the csat of interaction "9001": "interaction:9001:csat"
    """
    told = f"{record}:{external_id}:{kind}"
    if len(told) <= LONGEST_ID:
        return told
    return f"{record}:{hash_of(external_id)}:{kind}"


def follow_new_ids(record: str, rows: Iterable[Replaced], *, now: datetime) -> None:
    """Rename what was named after rows whose ids were replaced, so that it stays one.

    Queries: a fixed number for each source
    """
    replaced = sorted(rows)
    for source_id, ones in groupby(replaced, key=lambda row: row[0]):
        if record in RATED:
            _rename_ratings(record, list(ones), source_id=source_id, now=now)
    _rename_subjects(record, replaced)


def blank_subjects(words: Iterable[str]) -> None:
    """Take out of what mails were about what still tells one of the words.

    Shape: "ticket:erased:17" with the key of the invitation in place of the id.
    Queries: 2, and 1 for each of both that tells some
    """
    found = telling(words, column="subject")
    if found is None:
        return
    for model in (Invitation, Occasion):
        told = model._base_manager.filter(found).values_list("pk", "subject")
        rows = [
            (pk, f"{subject.partition(':')[0]}:{ERASED}{pk}")
            if ":" in subject
            else (pk, f"{ERASED}{pk}")
            for pk, subject in told
        ]
        bulk.update_rows(model, ["id"], ["subject"], rows)


def _rename_ratings(
    record: str, rows: Sequence[Replaced], *, source_id: int, now: datetime
) -> None:
    """Rename the responses of ratings, and remember those that are erased already."""
    ids = {
        rating_id(record, old, kind.value): rating_id(record, new, kind.value)
        for _source, old, new in rows
        for kind in (Kind.CSAT, Kind.NPS, Kind.CES)
    }
    stored = Response.objects.filter(
        bulk.KeysIn([F("external_id")], [(old,) for old in ids]), source=source_id
    ).values_list("pk", "external_id")
    bulk.update_rows(
        Response, ["id"], ["external_id"], [(pk, ids[old]) for pk, old in stored]
    )
    erased = erased_ids("response", ids, source_id=source_id)
    remember(
        "response",
        {
            hash_of_id("response", ids[old], source_id=source_id): pk
            for old, pk in erased.items()
        },
        now=now,
    )


def _rename_subjects(record: str, rows: Sequence[Replaced]) -> None:
    """Rename what mails are about: with the source in front, or the id alone."""
    ids = {
        before: after
        for name in SUBJECTS.get(record, (record,))
        for source_id, old, new in rows
        for before, after in (
            (f"{name}:{old}", f"{name}:{new}"),
            (f"{name}:{source_id}:{old}", f"{name}:{source_id}:{new}"),
        )
    }
    wanted = Q(bulk.KeysIn([F("subject")], [(old,) for old in ids]))
    if record == "contract":  # the day that it was renewed on comes after
        for old in ids:
            wanted |= Q(subject__startswith=f"{old}:")
    for model in (Invitation, Occasion):
        told = model._base_manager.filter(wanted).values_list("pk", "subject")
        renamed = [(pk, _renamed(subject, ids)) for pk, subject in told]
        bulk.update_rows(model, ["id"], ["subject"], renamed)


def _renamed(subject: str, ids: Mapping[str, str]) -> str:
    if subject in ids:
        return ids[subject]
    name, _colon, day = subject.rpartition(":")
    return f"{ids[name]}:{day}"
