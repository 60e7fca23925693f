"""Writes of predictions: fit the models, store what they say, forget what is old."""

from collections import defaultdict
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q, Sum

from crmkpi.accounts.queries import get_organisation
from crmkpi.accounts.teams import TeamDirectory
from crmkpi.crm import changes, derived
from crmkpi.crm.models import Customer, Order
from crmkpi.lib import bulk
from crmkpi.lib.periods import UNDATED, local_day
from metrics.analytics import is_installed, storing
from metrics.analytics.models import CustomerPrediction, LifetimeFit
from metrics.analytics.predicting import Amounts, Expected, Prediction, predict

EVERY_DAYS = 7
LOCK = "metrics.lifetimes"
# What a fit that is refused does not have.
FITTED = (
    *("r", "alpha", "a", "b", "log_likelihood"),
    *("p", "q", "v", "value_log_likelihood"),
    *("holdout_error", "brier"),
)


class NotInstalled(RuntimeError):
    """The extra `analytics` is not installed here."""


def fit_if_due(*, now: datetime) -> LifetimeFit | None:
    """Fit the models as of yesterday once a week; after a refusal once a day.

    Returns None when there is nothing to do, or no scipy to do it with.
    """
    yesterday = local_day(now, get_organisation().zone) - 1
    recent = LifetimeFit.objects.filter(as_of_day__gt=yesterday - EVERY_DAYS)
    done = recent.filter(Q(refusal="") | Q(as_of_day__gte=yesterday))
    if not is_installed() or done.exists():
        return None
    return fit_lifetimes(as_of=yesterday, now=now)


def fit_lifetimes(*, as_of: int, now: datetime) -> LifetimeFit:
    """Fit the models to all purchases up to and with a day and store what they say.

    In place of what was stored for that day. Who is active, and whose customer, is as
    it was on the day. A fit that is refused is stored with its reason.

    Queries: 5, and the writes.

    Raises: NotInstalled.
    """
    if not is_installed():
        raise NotInstalled("Install the extra “analytics” (scipy) to fit the models.")
    found = predict(_purchases(as_of), until=as_of)
    with transaction.atomic():
        bulk.hold(LOCK)
        fit, _is_new = LifetimeFit.objects.update_or_create(
            as_of_day=as_of, defaults={"fitted_at": now, **_parameters(found)}
        )
        old = derived.stored(CustomerPrediction, "fit_id", [fit.pk])
        wanted = {fit.pk: _rows(fit, found.expected)}
        derived.replace(CustomerPrediction, old, wanted, now=now, cause="import")
        _forget(as_of)
    return fit


def _purchases(as_of: int) -> dict[int, Amounts]:
    """Return what each customer paid by day. Queries: 1."""
    paid = (
        Order.objects.filter(
            exclusion=0,
            state=Order.State.PAID,
            customer__exclusion=0,
            paid_day__gt=UNDATED,
            paid_day__lte=as_of,
        )
        .order_by()
        .values_list("customer_id", "paid_day")
        .annotate(paid=Sum("amount"))
    )
    found: dict[int, dict[int, float | None]] = defaultdict(dict)
    for customer, day, amount in paid.iterator(chunk_size=5_000):
        found[customer][day] = None if amount is None else float(amount)
    return dict(found)


def _parameters(found: Prediction) -> dict[str, Any]:
    columns: dict[str, Any] = dict.fromkeys(FITTED) | {
        "customers": found.customers,
        "weeks": found.weeks,
        "refusal": found.refusal or "",
        "value_refusal": found.value_refusal or "",
        "correlation": found.correlation,
    }
    if found.buying is not None:
        columns |= vars(found.buying)
    if found.spending is not None:
        spending = dict(vars(found.spending))
        columns["value_log_likelihood"] = spending.pop("log_likelihood")
        columns |= spending
    if found.holdout is not None:
        columns |= {
            "holdout_error": found.holdout.error,
            "brier": found.holdout.brier,
        }
    return columns


def _rows(fit: LifetimeFit, expected: dict[int, Expected]) -> list[changes.Row]:
    """Return the rows of customers in the order of their columns. Queries: 3."""
    if not expected:
        return []
    day = fit.as_of_day
    active = storing.active(day)
    directory = TeamDirectory.load()
    names = changes.columns(CustomerPrediction)
    known = Customer.objects.order_by("pk").values_list(
        "pk", "agent_id", "segment_id", "industry_id"
    )
    rows = []
    for customer, agent, present, industry in known.iterator(chunk_size=5_000):
        one = expected.get(customer)
        if one is None:
            continue
        owner, team, segment = active.get(customer) or (
            agent,
            directory.team_of(agent, day),
            present,
        )
        values = {
            "fit_id": fit.pk,
            "customer_id": customer,
            "as_of_day": day,
            "agent_id": owner,
            "team_id": team,
            "segment_id": segment,
            "industry_id": industry,
            "is_active": customer in active,
            "expected_purchases": Decimal(f"{one.purchases:.2f}"),
            "alive_share": round(one.alive * 10_000),
            "gone_share": round(one.gone * 10_000),
            "value": None if one.value is None else round(one.value),
        }
        rows.append(tuple(values[name] for name in names))
    return rows


def _forget(as_of: int) -> None:
    days = LifetimeFit.objects.values_list("as_of_day", flat=True)
    fits = LifetimeFit.objects.filter(
        as_of_day__in=storing.outdated(days, newest=as_of)
    )
    storing.forget(CustomerPrediction.objects.filter(fit__in=list(fits)))
    fits.delete()
