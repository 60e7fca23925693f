"""Where the surveys behind a metric began to ask otherwise: breaks in its trend."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from crmkpi.accounts.access import Access
from crmkpi.accounts.models import TeamEdge
from crmkpi.lib.periods import day_start, from_day, local_day
from metrics.dimensions import Cut
from metrics.expressions import linears
from metrics.measures.answers import Answers
from metrics.metric import Metric
from metrics.scopes import ScopeKey
from metrics.trends import Trend
from surveys.models import Answer, Survey, SurveyVersion
from surveys.queries.results import reads_answers
from surveys.queries.versions import breaks
from surveys.scoring import SCORED

AXIS = Answers._meta.label_lower
Mark = dict[str, object]


@dataclass(frozen=True)
class OtherWording:
    """A survey that counts in a metric measures otherwise from a day on."""

    at: int  # position of its period in the trend
    day: date
    survey: str
    slug: str | None  # of its page; None: the reader may not open it
    number: int  # of the version


def other_wordings(
    trend: Trend, *, metric: Metric, scope: ScopeKey, access: Access, zone: str
) -> list[OtherWording]:
    """Return where surveys with answers in a scope began to ask otherwise.

    Empty: none for metrics that count no scores. Queries: none for them, 1 while no
    survey has a second version in that time, else up to 4.
    """
    kinds = _kinds(metric)
    if not kinds or not trend.points:
        return []
    first, end = trend.points[0].period.start, trend.points[-1].period.end
    since, until = (day_start(day, zone) for day in (first, end))
    changed = SurveyVersion.objects.filter(
        number__gt=1,
        published_at__gte=since,
        published_at__lt=until,
        survey__kind__in=kinds,
    )
    ids = set(changed.values_list("survey", flat=True))
    if not ids:
        return []
    counted = Answer.objects.filter(
        _in_scope(scope),
        survey=OuterRef("pk"),
        answered_day__gte=first,
        answered_day__lt=end,
    )
    counting = Survey.objects.filter(Exists(counted), pk__in=ids)
    readable = Survey.objects.visible_to(access) if reads_answers(access) else None
    found = dict(counting.values_list("pk", "slug"))
    open_to = (
        set()
        if readable is None
        else set(readable.filter(pk__in=found).values_list("pk", flat=True))
    )
    return [
        OtherWording(
            at=_place(trend, local_day(each.published_at, zone)),
            day=from_day(local_day(each.published_at, zone)),
            survey=each.survey,
            slug=found[each.survey_id] if each.survey_id in open_to else None,
            number=each.number,
        )
        for each in breaks(found, since=since, until=until)
    ]


def with_breaks(marks: list[Mark], found: list[OtherWording]) -> list[Mark]:
    """Return the marks of a chart with the breaks, one text at each place."""
    texts: dict[object, list[str]] = {}
    for mark in marks:
        texts.setdefault(mark["at"], []).append(str(mark["label"]))
    for place in dict.fromkeys(each.at for each in found):
        texts.setdefault(place, []).insert(0, _("other wording"))
    return [{"at": at, "label": "; ".join(said)} for at, said in texts.items()]


def _kinds(metric: Metric) -> frozenset[str]:
    """Return the kinds of questions whose scores a metric counts."""
    names = {
        ref.name.partition("_")[0]
        for linear in linears(metric.expression)
        for ref in linear.refs
        if ref.axis == AXIS
    }
    scored = frozenset(kind.value for kind in SCORED)
    return scored & names


def _in_scope(scope: ScopeKey) -> Q:
    """Return which answers count in a scope, as far as teams and surveys tell."""
    if scope.cut == Cut.AGENT:
        return Q(agent=scope.member)
    team = scope.member if scope.cut == Cut.TEAM else scope.other
    counted = Q()
    if team:
        below = TeamEdge.objects.filter(ancestor=team).values("descendant")
        counted &= Q(answered_team__in=below)
    if scope.cut == Cut.SURVEY:
        counted &= Q(survey=scope.member)
    return counted


def _place(trend: Trend, day: int) -> int:
    return next(at for at, point in enumerate(trend.points) if day in point.period)
