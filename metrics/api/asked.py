"""What a request to the API asks for; anything unclear is refused in words."""

import re
from collections.abc import Collection
from datetime import date

from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request

from crmkpi.accounts.access import Access
from crmkpi.lib.periods import FIRST_DAY, LAST_DAY, Calendar, Grain, Period, to_day
from metrics.metric import Metric
from metrics.queries import UnknownMetric, get_metric
from metrics.row_lists import PER_PAGE
from metrics.scopes import NotVisible, Scope, ScopeError, visible_scope
from metrics.splits import readings_of

GRAINS = {
    grain.name.lower(): grain
    for grain in (Grain.DAY, Grain.WEEK, Grain.MONTH, Grain.QUARTER, Grain.YEAR)
}
MOST_DAYS = 5 * 366
MOST_PERIODS = 400
_NUMBER = re.compile(r"[0-9]{1,9}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def only(request: Request, known: Collection[str]) -> None:
    """Refuse parameters that would be passed over, such as a misspelt one."""
    for name in request.query_params:
        if name not in known:
            raise _fault(
                name[:80],
                _("There is no such parameter; there are: %(known)s.")
                % {"known": ", ".join(known)},
            )


def asked_metric(key: str, access: Access) -> Metric:
    """Return the metric of a path.

    Raises: NotFound naming the key and where all keys are listed.
    """
    try:
        return get_metric(key, access)
    except UnknownMetric as error:
        where = _("All keys are listed at /api/v1/metrics/.")
        raise NotFound(f"{error} {where}") from error


def asked_scope(request: Request, access: Access) -> Scope:
    """Return the scope of ?scope=, the company when it is left out.

    Raises: ValidationError for a text that is no scope; NotFound for the scope of
    others, and in the same words for a team or person that does not exist, so that
    nobody learns which there are.
    """
    text = request.query_params.get("scope", "company")
    try:
        return visible_scope(text, access)
    except ScopeError as error:
        if not access.sees_company and _names_somebody(text):
            raise _not_yours(text) from error
        raise _fault("scope", str(error)) from error
    except NotVisible as error:
        raise _not_yours(text) from error


def asked_period(request: Request) -> Period | None:
    """Return the days from ?from= to ?to=, both inclusive; None for no dates at all.

    Raises: ValidationError for one date alone, an unreadable one or a wrong order.
    """
    if not request.query_params.get("from") and not request.query_params.get("to"):
        return None
    return asked_days(request)


def asked_days(request: Request) -> Period:
    """Return the days from ?from= to ?to=, both needed and both inclusive.

    Raises: ValidationError for a missing or unreadable date or a wrong order.
    """
    first, last = (_day(request, name) for name in ("from", "to"))
    if last < first:
        raise _fault("to", _("The last day is before the first."))
    return Period(first, last + 1)


def asked_stat(request: Request, metric: Metric) -> str | None:
    """Return the reading of ?stat=, None for the value itself.

    Raises: ValidationError naming the readings there are.
    """
    text = request.query_params.get("stat", "") or None
    known = ["value", *readings_of(metric)]
    if text is not None and text not in known:
        raise _fault(
            "stat",
            _("%(metric)s has no reading “%(stat)s”; it has: %(known)s.")
            % {"metric": metric.key, "stat": text[:80], "known": ", ".join(known)},
        )
    return text


def asked_since(request: Request, today: int) -> int | None:
    """Return the day of ?since=, None when it is left out.

    Raises: ValidationError for a text that is no day, and a day still to come.
    """
    if not request.query_params.get("since"):
        return None
    day = _day(request, "since")
    if day > today:
        raise _fault("since", _("This day has not come yet."))
    return day


def asked_grain(request: Request) -> str:
    """Return the key in GRAINS of ?grain=, the month when it is left out.

    Raises: ValidationError naming the grains there are.
    """
    text = request.query_params.get("grain", "month")
    if text not in GRAINS:
        reason = _("Choose one of: %(known)s.") % {"known": ", ".join(GRAINS)}
        raise _fault("grain", reason)
    return text


def asked_choice(request: Request, name: str, known: Collection[str]) -> str:
    """Return one of the known words, nothing when the parameter is left out.

    Raises: ValidationError naming the words there are.
    """
    text = request.query_params.get(name, "")
    if text and text not in known:
        reason = _("Choose one of: %(known)s.") % {"known": ", ".join(known)}
        raise _fault(name, reason)
    return text


def asked_page(request: Request, rows: int) -> int:
    """Return the page of ?page=, the first when it is left out.

    Raises: ValidationError for what is no page of so many rows.
    """
    text, last = request.query_params.get("page", "1"), max(-(-rows // PER_PAGE), 1)
    if not _NUMBER.fullmatch(text) or not 1 <= int(text) <= last:
        raise _fault("page", _("Choose a page from 1 to %(last)d.") % {"last": last})
    return int(text)


def asked_periods(request: Request, calendar: Calendar, grain: Grain) -> list[Period]:
    """Return the periods of a grain that touch the days asked for.

    Raises: ValidationError for more than five years or 400 periods.
    """
    days = asked_days(request)
    if days.days > MOST_DAYS:
        raise _fault("from", _("Ask for five years at most."))
    periods = calendar.periods(days.start, days.end, grain)
    if len(periods) > MOST_PERIODS:
        raise _fault(
            "grain",
            _("These are %(count)d periods, %(most)d at most; take a coarser grain.")
            % {"count": len(periods), "most": MOST_PERIODS},
        )
    return periods


def _day(request: Request, name: str) -> int:
    text = request.query_params.get(name, "")
    if not text:
        raise _fault(name, _("Give both dates, from and to."))
    try:
        if not _DATE.fullmatch(text):
            raise ValueError(text)
        day = to_day(date.fromisoformat(text))
    except ValueError as error:
        reason = _("“%(text)s” is no date; write it as 2026-01-31.")
        raise _fault(name, reason % {"text": text[:40]}) from error
    if not FIRST_DAY <= day <= LAST_DAY:
        raise _fault(name, _("Choose days between 1990 and 2059."))
    return day


def _names_somebody(text: str) -> bool:
    return text.strip().startswith(("team:", "agent:")) or "@team:" in text


def _not_yours(text: str) -> NotFound:
    reason = _("There is no scope “%(text)s” that you may see.")
    return NotFound(reason % {"text": text[:80]})


def _fault(parameter: str, reason: str) -> ValidationError:
    return ValidationError({parameter: [reason]})
