"""How the score of a survey went, with a verdict from period to period."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count

from crmkpi.accounts.access import Access
from crmkpi.lib.periods import Calendar, Grain, Period
from surveys.comparing import Difference, Verdict, compare
from surveys.hiding import hidden
from surveys.models import Survey
from surveys.queries.results import answers_for, current_scale
from surveys.queries.splits import on_scale
from surveys.queries.versions import measurements
from surveys.scoring import Scale, Summary, summary

PERIODS = {Grain.WEEK: 13, Grain.MONTH: 13, Grain.QUARTER: 9}  # how many are shown
Tally = dict[tuple[int, int], int]  # (first version, score) -> answers


@dataclass(frozen=True)
class TrendPoint:
    """One period of a trend."""

    period: Period
    is_open: bool  # it is not over
    summary: Summary | None  # None: too few answers to show
    versions: tuple[int, ...]  # wordings that were answered, by their first version
    change: Difference | None  # from the period before; None for the first one


@dataclass(frozen=True)
class Trend:
    """The periods up to today, on the scale that is asked now."""

    scale: Scale
    points: list[TrendPoint]


def trend(
    survey: Survey,
    *,
    access: Access,
    calendar: Calendar,
    grain: Grain,
    hide_small: bool = False,
) -> Trend | None:
    """Return the score of the last periods, the open one included.

    Answers to another wording are not compared: the line breaks there. With
    `hide_small` periods of fewer than five answers are left blank, as are those by
    which they could be found from the sum of all.

    Time: local days of the answers. Empty: None without an answer in that time.
    Queries: 3.
    """
    scale = current_scale(survey)
    if scale is None:
        return None
    periods = _last_periods(calendar, grain, day=access.day)
    tallies = _tallies(survey, access, scale, periods)
    if not any(tallies):
        return None
    sizes = {index: sum(each.values()) for index, each in enumerate(tallies)}
    gone = hidden(sizes) if hide_small else frozenset()
    points: list[TrendPoint] = []
    for index, (period, tally) in enumerate(zip(periods, tallies, strict=True)):
        is_shown = index not in gone and index - 1 not in gone
        points.append(
            TrendPoint(
                period=period,
                is_open=access.day in period,
                summary=None
                if index in gone
                else summary(scale.kind, scale, _scores(tally)),
                versions=_versions(tally),
                change=change(scale, tally, tallies[index - 1])
                if index and is_shown
                else None,
            )
        )
    return Trend(scale, points)


def change_since(survey: Survey, *, access: Access, days: int) -> Difference | None:
    """Return how the last days differ from as many days before them.

    Empty: None without an answer in either. Queries: 3.
    """
    scale = current_scale(survey)
    if scale is None:
        return None
    end = access.day + 1
    spans = [Period(end - 2 * days, end - days), Period(end - days, end)]
    before, after = _tallies(survey, access, scale, spans)
    if not before and not after:
        return None
    return change(scale, after, before)


def change(scale: Scale, after: Tally, before: Tally) -> Difference:
    """Return the difference of two periods; of other wordings without a verdict."""
    found = compare(scale, _scores(after), _scores(before))
    if before and after and _versions(before) != _versions(after):
        return replace(found, verdict=Verdict.OTHER)
    return found


def _last_periods(calendar: Calendar, grain: Grain, *, day: int) -> list[Period]:
    periods = [calendar.period(day, grain)]
    while len(periods) < PERIODS[grain]:
        periods.append(calendar.previous(periods[-1]))
    return periods[::-1]


def _tallies(
    survey: Survey, access: Access, scale: Scale, periods: list[Period]
) -> list[Tally]:
    """Return the answers of adjoining periods, by wording and score. Queries: 2."""
    begun = measurements(survey)
    rows: Any = (
        on_scale(answers_for(survey, access).counted(), scale)
        .filter(answered_day__gte=periods[0].start, answered_day__lt=periods[-1].end)
        .order_by()
        .values_list("answered_day", "response__version__number", "value")
        .annotate(n=Count("pk"))
    )
    tallies: list[Tally] = [{} for _ in periods]
    index_of = {
        day: index
        for index, period in enumerate(periods)
        for day in range(period.start, period.end)
    }
    for day, version, value, n in rows:
        tally = tallies[index_of[day]]
        key = (begun[version], value)
        tally[key] = tally.get(key, 0) + n
    return tallies


def _scores(tally: Tally) -> dict[int, int]:
    scores: dict[int, int] = {}
    for (_version, score), n in tally.items():
        scores[score] = scores.get(score, 0) + n
    return scores


def _versions(tally: Iterable[tuple[int, int]]) -> tuple[int, ...]:
    return tuple(sorted({version for version, _score in tally}))
