"""Scope, period and comparison as the address of a page says them, with what else
could be picked."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.http import Http404
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crmkpi.accounts.access import Access
from crmkpi.accounts.http import ReaderRequest
from crmkpi.accounts.models import Team, TeamEdge, User
from crmkpi.accounts.queries import get_calendar, home_team
from crmkpi.lib.periods import Calendar, Period, PeriodError
from metrics.scopes import (
    NotVisible,
    Scope,
    ScopeError,
    agent_scope,
    company,
    team_scope,
    visible_scope,
)

ALL = "all"  # the word for every row, those without a known day too
PERIODS = (
    "this-quarter",
    "last-quarter",
    "this-month",
    "last-month",
    "this-week",
    "last-week",
    "this-year",
    "last-year",
)
KEPT = ("scope", "period", "compare")  # what moves along from page to page

COMPARISONS: dict[str, Promise] = {
    "previous": gettext_lazy("the period before"),
    "last-year": gettext_lazy("a year earlier"),
}


class Option(NamedTuple):
    """One entry of a picker."""

    label: str
    url: str
    is_current: bool


@dataclass(frozen=True)
class Picked:
    """What a page shows, and the entries of its pickers."""

    scope: Scope
    period: Period | None  # None: all days, only where a page offers ALL
    compare: Period | None  # of an open period only the same elapsed part
    compare_full: Period | None  # the whole of it
    comparison: str  # key of COMPARISONS
    scope_options: list[Option]
    period_options: list[Option]
    compare_options: list[Option]

    @property
    def query(self) -> str:
        """Return the query part that shows the same scope and period elsewhere."""
        return query(self.scope, self.period, comparison=self.comparison)

    @property
    def period_label(self) -> str:
        return label_of(self.period)

    def as_context(self) -> dict[str, Any]:
        """Return the variables of the top bar, `picked` and `picked_query`."""
        compared = self.compare_full
        return {
            "picked": self,
            "picked_query": self.query,
            "scope_options": self.scope_options,
            "scope_current": self.scope.label,
            "period_options": self.period_options,
            "period_current": self.period_label,
            "compare_options": self.compare_options,
            "compare_current": compared.label if compared else "",
        }


def context(
    request: ReaderRequest,
    *,
    default_scope: Scope | None = None,
    periods: Sequence[str] = PERIODS,
    scope_url: Callable[[Scope], str] | None = None,
    fixed_scope: bool = False,
    options: bool = True,
) -> Picked:
    """Return scope, period and comparison of a request, from ?scope=&period=&compare=.

    Without ?scope it is `default_scope`, else the reader's own (see home_scope); with
    `fixed_scope` it is always `default_scope`, for pages that have it in their path,
    and `scope_url` then says where the page of another scope is. The first of `periods`
    is the default; words and keys of Calendar.parse, and ALL. Without `options` there
    is nothing to pick from: for files and parts of a page.

    Queries: 2 for the scopes the reader may pick, 1 more for those who are among them,
    1 to 3 for the one in the address.

    Raises: Http404 for a scope that is unknown or foreign, for a period that is none,
    and for readers who may see no figures.
    """
    access = request.access
    scope = default_scope if fixed_scope else _asked_scope(request, default_scope)
    if scope is None:
        raise Http404(_("There are no figures that you may see."))
    calendar = get_calendar(request.organisation)
    period = _asked_period(request, calendar, periods)
    comparison = _asked_comparison(request)
    full = compared_with(period, calendar, comparison)
    return Picked(
        scope=scope,
        period=period,
        compare=same_part(full, period, until=access.day + 1),
        compare_full=full,
        comparison=comparison,
        scope_options=(_scope_options(request, scope, scope_url) if options else []),
        period_options=(
            _period_options(request, calendar, periods, period) if options else []
        ),
        compare_options=(
            _compare_options(request, calendar, period, comparison) if options else []
        ),
    )


def home_scope(access: Access, *, company_name: str = "") -> Scope | None:
    """Return the scope a reader starts with: company, own team, else oneself.

    Empty: None for those who may see no figures.

    Queries: 1 or 2, none for the company when its name is given.
    """
    if access.sees_company:
        return company(company_name)
    if (team := home_team(access)) is not None:
        return team_scope(team)
    if access.team_ids:  # an API key has no membership
        return team_scope(Team.objects.filter(pk__in=access.team_ids).order_by("pk")[0])
    if access.own_team_ids:
        return agent_scope(User.objects.get(pk=access.user_id))
    return None


def readable_scopes(access: Access, *, company_name: str = "") -> list[Scope]:
    """Return company, teams from the top down and oneself, as far as they are open.

    Queries: 2 for teams, 1 for oneself, 1 for the company unless its name is given.
    """
    found = [company(company_name)] if access.sees_company else []
    found += [team_scope(team) for team in readable_teams(access)]
    if access.own_team_ids:
        found.append(agent_scope(User.objects.get(pk=access.user_id)))
    return found


def readable_teams(access: Access) -> list[Team]:
    """Return the teams whose figures are open, each followed by those below it.

    The root team is left out for those who see the company, which is the same.

    Queries: 2, none for those who open no team.
    """
    if not access.team_ids:
        return []
    above = teams_above(access.day)
    names = Team.objects.in_bulk()

    def place(team: Team) -> list[str]:
        chain = above.get(team.pk, {team.pk})
        from_top = sorted(chain, key=lambda pk: len(above.get(pk, ())))
        return [names[pk].name for pk in from_top]

    teams = [team for pk, team in names.items() if pk in access.team_ids]
    if access.sees_company:
        teams = [team for team in teams if len(above.get(team.pk, ())) != 1]
    return sorted(teams, key=place)


def teams_above(day: int) -> dict[int, set[int]]:
    """Return each team with all above it, itself included, on a day. Queries: 1."""
    edges = TeamEdge.objects.filter(since_day__lte=day, until_day__gt=day)
    above: dict[int, set[int]] = {}
    for below, ancestor in edges.values_list("descendant_id", "ancestor_id"):
        above.setdefault(below, set()).add(ancestor)
    return above


def compared_with(
    period: Period | None, calendar: Calendar, comparison: str
) -> Period | None:
    """Return the whole period to compare with; None when there is none before."""
    if period is None:
        return None
    if comparison == "last-year":
        return calendar.same_last_year(period)
    return calendar.previous(period)


def same_part(
    other: Period | None, period: Period | None, *, until: int
) -> Period | None:
    """Return as many first days of another period as have passed of an open one.

    Example: of Q4 2025 the days 1 October to 13 November, seen on 13 February 2026
    (until 14 February) from Q1 2026: 44 days each.
    """
    if other is None or period is None or not period.start < until < period.end:
        return other
    return Period(other.start, min(other.end, other.start + until - period.start))


def query(
    scope: Scope | str, period: Period | None, *, comparison: str = "previous"
) -> str:
    """Return the query part of an address that shows a scope and period.

    Example: query("team:sales", Q1 2026) is "scope=team%3Asales&period=2026-Q1".
    """
    parts = {
        "scope": scope if isinstance(scope, str) else scope.text,
        "period": ALL if period is None else period.key,
    }
    if comparison != "previous":
        parts["compare"] = comparison
    return urlencode(parts)


def label_of(period: Period | None) -> str:
    """Return the name of a period, of all days too."""
    return _("All days") if period is None else period.label


def _asked_scope(request: ReaderRequest, default: Scope | None) -> Scope | None:
    text = request.GET.get("scope", "")
    if not text:
        name = request.organisation.name
        return default or home_scope(request.access, company_name=name)
    try:
        return visible_scope(text, request.access)
    except (ScopeError, NotVisible) as error:
        raise Http404(_("There is no such scope that you may see.")) from error


def _asked_period(
    request: ReaderRequest, calendar: Calendar, periods: Sequence[str]
) -> Period | None:
    text = request.GET.get("period", "") or periods[0]
    if text == ALL and ALL in periods:
        return None
    try:
        return calendar.parse(text, today=request.access.day)
    except PeriodError as error:
        raise Http404(str(error)) from error


def _asked_comparison(request: ReaderRequest) -> str:
    asked = request.GET.get("compare", "")
    return asked if asked in COMPARISONS else next(iter(COMPARISONS))


def _scope_options(
    request: ReaderRequest, current: Scope, url: Callable[[Scope], str] | None
) -> list[Option]:
    name = request.organisation.name
    scopes = readable_scopes(request.access, company_name=name)
    if current.key not in {scope.key for scope in scopes}:
        scopes.insert(0, current)
    return [
        Option(
            scope.label,
            url(scope) if url else _with(request, scope=scope.text),
            scope.key == current.key,
        )
        for scope in scopes
    ]


def _period_options(
    request: ReaderRequest,
    calendar: Calendar,
    words: Iterable[str],
    current: Period | None,
) -> list[Option]:
    found: dict[str, Period | None] = {}
    for word in words:
        if word == ALL:
            found[ALL] = None
            continue
        period = calendar.parse(word, today=request.access.day)
        found[period.key] = period
    entries = list(found.items())
    if current is not None and current.key not in found:
        entries.insert(0, (current.key, current))
    return [
        Option(label_of(period), _with(request, period=key), period == current)
        for key, period in entries
    ]


def _compare_options(
    request: ReaderRequest, calendar: Calendar, period: Period | None, current: str
) -> list[Option]:
    found = []
    for key, words in COMPARISONS.items():
        other = compared_with(period, calendar, key)
        if other is not None:
            label = f"{other.label}, {words}"
            found.append(Option(label, _with(request, compare=key), key == current))
    return found


def _with(request: ReaderRequest, **changed: str) -> str:
    """Return the address of this page with parts changed, from its first page on."""
    parts = request.GET.copy()
    parts.pop("page", None)
    for name, value in changed.items():
        parts[name] = value
    return f"?{parts.urlencode()}"
