"""What a version of a definition fixes and what it changed, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from metrics.lineage import change_of_part
from metrics.metric import Metric
from metrics.models import MetricVersion

# What the names in Metric.terms say. Weights and steps of an index share a word.
LABELS: dict[str, Promise] = {
    "active_days": gettext_lazy("Active after a purchase for"),
    "answered_within_seconds": gettext_lazy("Answered within"),
    "awareness": gettext_lazy("Weight of awareness"),
    "cap_years": gettext_lazy("Longest life taken"),
    "channels": gettext_lazy("Weight of channels"),
    "complaints": gettext_lazy("Weight of complaints"),
    "credit_days": gettext_lazy("Goes back to a touch of the last"),
    "days": gettext_lazy("Converted within"),
    "discount_percent": gettext_lazy("Discount a year"),
    "enough": gettext_lazy("Least weight known"),
    "gone_days": gettext_lazy("Gone without a purchase for"),
    "grace_days": gettext_lazy("Renewed up to, after the due day"),
    "horizon_days": gettext_lazy("Looks ahead"),
    "least_peers": gettext_lazy("Fewest competitors"),
    "long_0": gettext_lazy("Tenure, first step"),
    "long_1": gettext_lazy("Tenure, second step"),
    "long_2": gettext_lazy("Tenure, third step"),
    "long_3": gettext_lazy("Tenure, last step"),
    "looks_back": gettext_lazy("Looks back"),
    "matures_after_days": gettext_lazy("Waits until rows can no longer change"),
    "min_customers": gettext_lazy("Fewest customers of a segment"),
    "min_n": gettext_lazy("Enough to judge"),
    "new_days": gettext_lazy("Still there after"),
    "nps": gettext_lazy("Weight of NPS"),
    "preference": gettext_lazy("Weight of preference"),
    "price_premium": gettext_lazy("Weight of the price premium"),
    "recency": gettext_lazy("Weight of the latest contact"),
    "recent_0": gettext_lazy("Latest contact, first step"),
    "recent_1": gettext_lazy("Latest contact, second step"),
    "recent_2": gettext_lazy("Latest contact, third step"),
    "recent_3": gettext_lazy("Latest contact, last step"),
    "repeat_days": gettext_lazy("Bought again within"),
    "repeated_within_days": gettext_lazy("Called again within"),
    "returned_within_days": gettext_lazy("Came back within"),
    "tenure": gettext_lazy("Weight of tenure"),
    "trailing_days": gettext_lazy("Takes the days up to the end"),
}
IN_DAYS = ("days", "recent_", "long_", "looks_back")
TOLD_ELSEWHERE = ("matures_after_days", "min_n")  # in rows of their own on the card


@dataclass(frozen=True)
class Term:
    """One window or threshold."""

    label: str
    text: str  # "365 days"


@dataclass(frozen=True)
class VersionLine:
    """A version with what it changed against the one before."""

    number: int
    since: datetime
    changes: list[str]  # "Answered within: 20 seconds, before 30 seconds"


def terms_of(metric: Metric) -> list[Term]:
    """Return the windows and thresholds of a metric that have no row of their own."""
    return [
        Term(str(LABELS[name]), amount_text(name, amount))
        for name, amount in metric.terms.items()
        if name not in TOLD_ELSEWHERE
    ]


def amount_text(name: str, amount: int) -> str:
    """Return an amount in the unit that the name of its term implies.

    Example: amount_text("active_days", 365) is "365 days".
    """
    if any(each in name for each in IN_DAYS):
        return ngettext("%(n)s day", "%(n)s days", amount) % {"n": amount}
    if name.endswith("_seconds"):
        return ngettext("%(n)s second", "%(n)s seconds", amount) % {"n": amount}
    if name.endswith("_years"):
        return ngettext("%(n)s year", "%(n)s years", amount) % {"n": amount}
    return f"{amount}\N{NO-BREAK SPACE}%" if name.endswith("_percent") else str(amount)


def history(versions: Sequence[MetricVersion]) -> list[VersionLine]:
    """Return versions, latest first as they are given, with what each changed.

    Of a version that stored neither terms nor basis nothing is known but that it was
    calculated otherwise.
    """
    lines = [
        VersionLine(new.number, new.since, _changes(old, new))
        for new, old in pairwise(versions)
    ]
    return lines + [VersionLine(each.number, each.since, []) for each in versions[-1:]]


def _changes(old: MetricVersion, new: MetricVersion) -> list[str]:
    terms = [
        _change(name, old.terms.get(name), new.terms.get(name))
        for name in _differing(old.terms, new.terms)
    ]
    parts = [
        change_of_part(name) if name in old.basis and name in new.basis else ""
        for name in _differing(old.basis, new.basis)
    ]
    told = [*terms, *dict.fromkeys(each for each in parts if each)]
    return told or [_("Its formula or what is shown beside it changed.")]


def _differing(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Return the names whose values differ; none where one side is not known."""
    if not (old and new):
        return []
    names = dict.fromkeys([*new, *old])
    return [name for name in names if old.get(name) != new.get(name)]


def _change(name: str, old: int | None, new: int | None) -> str:
    label = LABELS.get(name, name)  # of a version that knew terms we no longer have
    told, before = (
        _("none") if each is None else amount_text(name, each) for each in (new, old)
    )
    return _("%(term)s: %(now)s, before %(before)s") % {
        "term": label,
        "now": told,
        "before": before,
    }
