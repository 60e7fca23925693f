"""Which themes go together with low scores: counted, never explained."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from crmkpi.accounts.access import Access
from surveys.comparing import Difference, compare, judged_strictly
from surveys.hiding import MIN_N
from surveys.models import Answer, Survey, Theme
from surveys.queries.results import answers_for, current_scale
from surveys.queries.splits import on_scale
from surveys.scoring import Band, Kind, Scale, Summary, summary

Counts = dict[int, int]


@dataclass(frozen=True)
class ThemeLine:
    """One theme: the scores of those who wrote about it, against the other comments."""

    theme: Theme
    n: int  # commented answers with the theme
    low: int  # of these, scores in the low band
    summary: Summary | None  # None: so few that single answers could be told
    against_rest: Difference | None


@dataclass(frozen=True)
class Drivers:
    """The themes of a survey and the scores that go with them."""

    scale: Scale
    lines: list[ThemeLine]  # the furthest below the other comments first
    whole: Summary  # of all answers with a comment
    without_theme: int  # answers with a comment that has none


def drivers(survey: Survey, *, access: Access, since_day: int | None) -> Drivers | None:
    """Return what scores go with which themes, among the answers with a comment.

    A comment may have several themes. What goes together need not bring about
    anything, so nothing here says why a score is low.

    Empty: None without a comment. Queries: 5.
    """
    scale = current_scale(survey)
    if scale is None:
        return None
    said = Answer.objects.filter(survey=survey, kind=Kind.TEXT.value).exclude(text="")
    rows = on_scale(answers_for(survey, access).counted(), scale).filter(
        response__in=said.values("response_id")
    )
    if since_day is not None:
        rows = rows.filter(answered_day__gte=since_day)
    whole = _counts(rows.values_list("value").annotate(n=Count("pk")).order_by())
    if not whole:
        return None
    marked = rows.filter(response__theme_marks__is_on=True)
    by_theme: dict[int, Counts] = {}
    grouped: Any = (
        marked.order_by()
        .values_list("response__theme_marks__theme_id", "value")
        .annotate(n=Count("pk"))
    )
    for theme_id, value, n in grouped:
        by_theme.setdefault(theme_id, {})[value] = n
    lines = [
        _line(theme, by_theme.get(theme.pk, {}), whole, scale)
        for theme in Theme.objects.filter(survey=survey)
    ]
    with_theme = marked.values("response_id").distinct().count()
    return Drivers(
        scale=scale,
        lines=_judged(lines),
        whole=summary(scale.kind, scale, whole),
        without_theme=sum(whole.values()) - with_theme,
    )


def _line(theme: Theme, counts: Counts, whole: Counts, scale: Scale) -> ThemeLine:
    rest = {value: n - counts.get(value, 0) for value, n in whole.items()}
    n, others = sum(counts.values()), sum(rest.values())
    # The others are all less these, so neither may be a handful.
    is_shown = n >= MIN_N and not 0 < others < MIN_N
    return ThemeLine(
        theme=theme,
        n=n,
        low=sum(
            each for value, each in counts.items() if scale.band(value) is Band.LOW
        ),
        summary=summary(scale.kind, scale, counts) if is_shown else None,
        against_rest=compare(scale, counts, rest) if is_shown else None,
    )


def _judged(lines: list[ThemeLine]) -> list[ThemeLine]:
    found = {
        line.theme.pk: line.against_rest
        for line in lines
        if line.against_rest is not None
    }
    stricter = judged_strictly(found)
    judged = [
        ThemeLine(
            line.theme,
            line.n,
            line.low,
            line.summary,
            stricter.get(line.theme.pk),
        )
        for line in lines
    ]
    return sorted(judged, key=_order)


def _order(line: ThemeLine) -> tuple[bool, float, str]:
    value = line.against_rest.value if line.against_rest else None
    return (value is None, value or 0.0, line.theme.name)


def _counts(rows: Any) -> Counts:
    return dict(rows)
