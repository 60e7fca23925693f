"""Answers by the dozen, stored as imports store them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from crmkpi.crm.models import Source
from surveys.models import Response, Survey
from surveys.scoring import DEFAULT_SCALES, Kind, Scale
from surveys.services.imports import imported_survey, record_responses
from surveys.services.rows import Given


def replies(
    counts: Mapping[int, int],
    *,
    survey: str = "Calls",
    scale: Scale = DEFAULT_SCALES[Kind.CSAT],
    at: datetime | None = None,
    **given: Any,
) -> Survey:
    """Record so many answers of each score, of now, and return their survey."""
    source = Source.objects.get_or_create(slug="calls", defaults={"name": "Calls"})[0]
    now = timezone.now()
    asked = imported_survey(name=survey, scale=scale, now=now)
    scores = [score for score, n in counts.items() for _ in range(n)]
    start = Response.objects.count()
    record_responses(
        [
            Given(f"r{start + index}", score, at or now, **given)
            for index, score in enumerate(scores)
        ],
        asked=asked,
        source=source,
        now=now,
    )
    return Survey.objects.select_related("version").get(pk=asked.survey_id)
