"""What was predicted of customers, by the last day that was looked at."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.db.models import BigIntegerField, F, Q, Subquery, Value
from django.db.models.functions import Cast
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from crmkpi.lib.numbers import Unit, figure
from crmkpi.lib.periods import from_day
from metrics.analytics import is_installed
from metrics.analytics.models import CustomerPrediction, LifetimeFit
from metrics.analytics.predicting import DISCOUNT_PERCENT, GONE_DAYS, HORIZON_DAYS
from metrics.dimensions import Cut
from metrics.expressions import Cohort, Span, Told
from metrics.measures.base import Cells, Rows, Total

BIG = BigIntegerField()
LATEST_DAYS = 35  # an older prediction says nothing of a day any more
WHOLE = 10_000  # hundredths of a per cent
AT_RISK = 5_000  # of these: from here on customers are counted as at risk


class Predictions(Cells):
    fact, when = CustomerPrediction, "as_of_day"
    cuts = (Cut.SEGMENT, Cut.INDUSTRY)
    base = Q(customer__exclusion=0)
    rows = Rows()
    value = Total("value")
    gone = Total("gone_share")


def _latest(span: Span) -> Q:
    """Return the filter for active customers in the latest fit before a span ends."""
    recent = LifetimeFit.objects.filter(
        as_of_day__lt=span.end, as_of_day__gte=span.end - LATEST_DAYS
    )
    latest = recent.order_by("-as_of_day").values("pk")[:1]
    return Q(fit=Subquery(latest), is_active=True)


def _gone(span: Span) -> Any:
    return Cast(F("gone_share"), BIG)


def _of_buying(fit: LifetimeFit) -> Told:
    stats = {"holdout_error": fit.holdout_error, "brier_score": fit.brier}
    return _told(fit.get_refusal_display(), stats)


def _of_spending(fit: LifetimeFit) -> Told:
    stats = {"holdout_error": fit.holdout_error}
    return _told(fit.get_value_refusal_display(), stats)


def _told(reason: Any, stats: dict[str, float | None]) -> Told:
    return Told(str(reason), {name: _six(number) for name, number in stats.items()})


NO_FIT = LifetimeFit()


def _tells(say: Callable[[LifetimeFit], Told]) -> Callable[[set[int]], dict[int, Told]]:
    """Return what tells, by end of span, what its fit says of itself. Queries: 1."""

    def tells(ends: set[int]) -> dict[int, Told]:
        fits = list(LifetimeFit.objects.order_by("-as_of_day"))
        found = {}
        for end in ends:
            fit = _fit_for(end, fits)
            found[end] = say(fit) if fit else replace(say(NO_FIT), reason=_no_fit())
        return found

    return tells


def _fit_for(end: int, fits: Iterable[LifetimeFit]) -> LifetimeFit | None:
    """Return the fit that a span takes, of those there are, latest first."""
    recent = range(end - LATEST_DAYS, end)
    return next((each for each in fits if each.as_of_day in recent), None)


def _of_which_fit(end: int) -> str:
    """Return when the model was fitted and from how much, "" without. Queries: 1."""
    fit = _fit_for(end, LifetimeFit.objects.order_by("-as_of_day"))
    if fit is None:
        return ""
    return _(
        "The model was fitted to purchases up to %(day)s, of %(n)s customers over "
        "%(weeks)s weeks."
    ) % {
        "day": date_format(from_day(fit.as_of_day), "j M Y"),
        "n": figure(fit.customers, Unit.COUNT).text,
        "weeks": figure(int(fit.weeks), Unit.COUNT).text,
    }


def _no_fit() -> str:
    if not is_installed():
        return _("Predictions need the extra “analytics”, which is not installed here.")
    return _("Nothing had been predicted in the five weeks before.")


def _six(number: float | None) -> Decimal | None:
    return None if number is None else Decimal(str(round(number, 6)))


_GONE = (("gone_days", GONE_DAYS),)
_VALUE = (("horizon_days", HORIZON_DAYS), ("discount_percent", DISCOUNT_PERCENT))

GONE = Cohort(
    name="gone",
    axis=Predictions.key(),
    rows=_latest,
    above=_gone,
    below=lambda span: Value(WHOLE, BIG),
    options=_GONE,
    tells=_tells(_of_buying),
    note=_of_which_fit,
)
GONE_LIKELY = Cohort(
    name="gone_likely",
    axis=Predictions.key(),
    rows=lambda span: _latest(span) & Q(gone_share__gte=AT_RISK),
    options=(*_GONE, ("at_risk", AT_RISK)),
    is_sum=True,
)
FUTURE_VALUE = Cohort(
    name="future_value",
    axis=Predictions.key(),
    rows=lambda span: _latest(span) & Q(value__isnull=False),
    above=lambda span: F("value"),
    options=_VALUE,
    tells=_tells(_of_spending),
    note=_of_which_fit,
)
FUTURE_VALUE_IN_ALL = Cohort(
    name="future_value_in_all",
    axis=Predictions.key(),
    rows=lambda span: _latest(span) & Q(value__isnull=False),
    above=lambda span: F("value"),
    options=_VALUE,
    is_sum=True,
)
