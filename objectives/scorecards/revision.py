"""Whether a scorecard may have changed: what open pages ask every few seconds."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

from django.db.models import Count, Max, OuterRef, Subquery, Sum
from django.utils.translation import get_language

from crmkpi.accounts.access import Access
from crmkpi.lib.periods import Period
from objectives.models import Evaluation, KeyResult
from objectives.querysets import KeyResultQuerySet


@dataclass(frozen=True)
class Revision:
    """All of its key results that can change what a scorecard shows."""

    count: int
    edits: int  # the sum of the versions of their objectives
    judged_at: datetime | None  # the latest of their last evaluations


def revision_of(
    results: Iterable[KeyResult], evaluations: Iterable[Evaluation]
) -> Revision:
    """Return the revision of key results that have been read, with their last
    evaluations."""
    known = list(results)
    return Revision(
        count=len(known),
        edits=sum(each.objective.version for each in known),
        judged_at=max((each.computed_at for each in evaluations), default=None),
    )


def read_revision(results: KeyResultQuerySet) -> Revision:
    """Return the same without reading the key results. Queries: 1."""
    judged = Evaluation.objects.filter(key_result=OuterRef("pk")).order_by("-day")
    found = (
        results.order_by()
        .annotate(judged_at=Subquery(judged.values("computed_at")[:1]))
        .aggregate(
            count=Count("pk"), edits=Sum("objective__version"), last=Max("judged_at")
        )
    )
    return Revision(found["count"], found["edits"] or 0, found["last"])


def etag(
    revision: Revision,
    *,
    scope: str,
    figures: int,
    period: Period,
    comparison: str,
    access: Access,
) -> str:
    """Return the tag of a scorecard as one reader sees it today, in one language.

    `figures` is the number that grows with every change of the scope's figures.
    """
    judged_at = revision.judged_at
    parts = (
        revision.count,
        revision.edits,
        judged_at.timestamp() if judged_at else None,
        scope,
        figures,
        period.key,
        comparison,
        access.user_id,
        access.version,
        access.day,
        get_language(),
    )
    return f'"{blake2b(repr(parts).encode(), digest_size=12).hexdigest()}"'
