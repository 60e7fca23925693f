"""Values of key results as people read them."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.dateformat import format as date_format
from django.utils.translation import gettext as _

from crmkpi.lib import numbers
from crmkpi.lib.numbers import Figure, Unit
from crmkpi.lib.periods import from_day
from metrics.catalog import METRICS
from metrics.metric import Metric
from metrics.queries import MONEY, minor


@dataclass(frozen=True)
class Print:
    """How values of one metric are printed; without a metric they are shares.

    Values come in the metric's unit, money in major units.
    """

    unit: Unit
    currency: str

    @classmethod
    def of(cls, metric: str, currency: str) -> "Print":
        known = METRICS.get(metric)
        return cls(known.unit if known else Unit.PERCENT, currency)

    def figure(self, value: Decimal | float | None, *, compact: bool = False) -> Figure:
        """Return the number apart from its unit. Empty: "no value"."""
        return numbers.figure(
            self._amount(value), self.unit, currency=self.currency, compact=compact
        )

    def text(self, value: Decimal | float | None, *, compact: bool = False) -> str:
        """Return the number with its unit: "84.1 %", "6:15 min", "€1.2m"."""
        found = self.figure(value, compact=compact)
        return f"{found.text} {found.unit}".strip()

    def change(self, value: Decimal | float) -> str:
        """Return a difference with its sign: "+2 pts"."""
        return numbers.difference(
            self._amount(value), self.unit, currency=self.currency
        )

    def _amount(self, value: Decimal | float | None) -> Decimal | float | None:
        if value is None or self.unit not in MONEY:
            return value
        return minor(value, self.currency)


def rests_on(
    metric: Metric,
    numerator: Decimal | int | None,
    denominator: Decimal | int | None,
    n: int | None,
) -> str:
    """Return what a value rests on: "38 of 44" for a share, else "412 answers".

    Empty: nothing for counts, which say so themselves, and without any rows.
    """
    if not n:
        return ""
    if metric.unit is Unit.PERCENT and None not in (numerator, denominator):
        return _("%(part)s of %(whole)s") % {
            "part": count_text(numerator),
            "whole": count_text(denominator),
        }
    if metric.additivity in ("A", "S") and metric.unit is Unit.COUNT:
        return ""
    return f"{count_text(n)} {metric.denominator}".strip()


def count_text(value: Decimal | int | None) -> str:
    """Return a whole number with separators: "1,310". Empty: "no value"."""
    return numbers.figure(value, Unit.COUNT).text


def day_text(day: int, *, year: bool = False) -> str:
    """Return a local day as people read it: "13 Feb", with `year` "13 Feb 2026"."""
    return str(date_format(from_day(day), "j M Y" if year else "j M"))


def share_text(share: Decimal | float) -> str:
    """Return a share of the way: "45 %", "−20 %"."""
    return _("%(number)s %%") % {"number": whole(Decimal(str(share)) * 100)}


def whole(value: Decimal) -> str:
    """Return a number without decimals and with a real minus sign."""
    return numbers.figure(value, Unit.COUNT).text


def score_text(score: Decimal) -> str:
    """Return a score of an objective with two decimals: "0.59"."""
    return numbers.figure(score, Unit.RATIO).text


def chance_text(reach: float) -> str:
    """Return a chance as "about 1 in 8", or "about 95 %" above a half.

    Example: 0.125 is "about 1 in 8", 0.0008 "about 1 in 1,250", below one in 10,000
    "practically never".
    """
    if reach > 0.5:
        share = min(99, round(reach * 100))
        return _("about %(share)s %%") % {"share": share}
    if reach < 0.0001:
        return _("practically never")
    return _("about 1 in %(number)s") % {
        "number": numbers.figure(round(1 / reach), Unit.COUNT).text
    }
