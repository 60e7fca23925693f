"""The versions of a survey, and where they break its line of figures."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from surveys.content import Content
from surveys.differences import breaks_line
from surveys.models import Survey, SurveyVersion


@dataclass(frozen=True)
class VersionLine:
    """One version beside the one before it."""

    version: SurveyVersion  # with published_by
    content: Content
    measurement: int  # number of the version that began to ask this on this scale
    breaks_line: bool  # false for the first


@dataclass(frozen=True)
class Break:
    """An instant at which a survey began to measure otherwise."""

    survey_id: int
    survey: str
    number: int  # of the version that began
    published_at: datetime


def version_lines(survey: Survey) -> list[VersionLine]:
    """Return the versions of a survey, the latest first. Queries: 1"""
    versions = survey.versions.select_related("published_by").order_by("number")
    return _lines(versions)[::-1]


def measurements(survey: Survey) -> dict[int, int]:
    """Return by a version's number that of the version whose measurement it continues.

    Example: version 2 has other colours, 3 another question: {1: 1, 2: 1, 3: 3}
    Queries: 1
    """
    return {
        line.version.number: line.measurement
        for line in _lines(survey.versions.order_by("number"))
    }


def breaks(
    survey_ids: Iterable[int], *, since: datetime, until: datetime
) -> list[Break]:
    """Return where surveys began to measure otherwise, the earliest first.

    Time: half-open by published_at. Queries: 1
    """
    rows = (
        SurveyVersion.objects.filter(survey__in=survey_ids, published_at__lt=until)
        .select_related("survey", "published_by")
        .order_by("survey", "number")
    )
    by_survey: dict[int, list[SurveyVersion]] = {}
    for row in rows:
        by_survey.setdefault(row.survey_id, []).append(row)
    found = [
        Break(
            line.version.survey_id,
            line.version.survey.name,
            line.version.number,
            line.version.published_at,
        )
        for versions in by_survey.values()
        for line in _lines(versions)
        if line.breaks_line and line.version.published_at >= since
    ]
    return sorted(found, key=lambda each: (each.published_at, each.survey_id))


def _lines(versions: Iterable[SurveyVersion]) -> list[VersionLine]:
    lines: list[VersionLine] = []
    for version in versions:
        content = Content.from_json(version.content)
        is_break = bool(lines) and breaks_line(lines[-1].content, content)
        continues = bool(lines) and not is_break
        measurement = lines[-1].measurement if continues else version.number
        lines.append(VersionLine(version, content, measurement, is_break))
    return lines
