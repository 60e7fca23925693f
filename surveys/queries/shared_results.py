"""What a results link shows: figures, and comments only where its maker chose so."""

from dataclasses import dataclass
from datetime import datetime

from crmkpi.lib.periods import Calendar, Grain
from surveys.hiding import MIN_N
from surveys.models import ResultLink
from surveys.queries.results import ScaleResult, answers_for, results
from surveys.queries.trends import Trend, trend
from surveys.scoring import Kind
from surveys.tokens import hash_of

MOST_COMMENTS = 100


@dataclass(frozen=True)
class SharedResults:
    """Results without a name of a customer or agent."""

    link: ResultLink  # with its survey and version
    scales: list[ScaleResult]  # with five answers or more
    is_too_few: bool
    trend: Trend | None
    comments: list[str]  # the latest first, without dates


def find_result_link(token: str, *, now: datetime) -> ResultLink | None:
    """Return the link of a token, None for an unknown, revoked or ended one.

    Queries: 1
    """
    if not 40 <= len(token) <= 60:
        return None
    link = (
        ResultLink.objects.select_related("survey__version")
        .filter(token_hash=hash_of(token))
        .first()
    )
    return link if link is not None and link.is_open(now) else None


def shared_results(
    link: ResultLink, *, day: int, since_day: int | None, calendar: Calendar
) -> SharedResults:
    """Return what a link shows on a local day. Queries: at most 6.

    Fewer than five answers, and months by which such could be found, are left out.
    """
    access = link.access(day=day)
    found = results(link.survey, access=access, since_day=since_day)
    scales = [each for each in found.scales if each.summary.n >= MIN_N]
    comments: list[str] = []
    if link.with_comments and scales:
        rows = answers_for(link.survey, access).counted()
        if since_day is not None:
            rows = rows.filter(answered_day__gte=since_day)
        said = rows.filter(kind=Kind.TEXT.value).exclude(text="")
        comments = list(
            said.order_by("-answered_at", "-pk").values_list("text", flat=True)[
                :MOST_COMMENTS
            ]
        )
    return SharedResults(
        link=link,
        scales=scales,
        is_too_few=len(scales) < len(found.scales),
        trend=trend(
            link.survey,
            access=access,
            calendar=calendar,
            grain=Grain.MONTH,
            hide_small=True,
        ),
        comments=comments if len(comments) >= MIN_N else [],
    )
