"""Amounts in the organisation's currency, at the rate of the day they belong to."""

from bisect import bisect_right
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal
from typing import NamedTuple

from crmkpi.crm.models import FxRate
from crmkpi.lib.money import digits, to_minor

# A rate older than this says nothing about a day any more.
OLDEST_RATE_DAYS = 31


class Amount(NamedTuple):
    """An amount as the source gave it and in the organisation's currency."""

    original: int  # minor units of `currency`
    currency: str
    amount: int | None  # minor units of the organisation's; None: no rate is known


@dataclass(frozen=True)
class Exchange:
    """Converts amounts; reads the rates of a currency when it first meets it."""

    currency: str
    _rates: dict[str, tuple[list[int], list[Decimal]]] = field(default_factory=dict)

    def convert(self, amount: Decimal, currency: str, day: int) -> Amount:
        """Return an amount of a local day in both currencies.

        Raises: MoneyError for an unknown currency or an amount beyond 64 bits.
        Queries: 1 for each foreign currency
        """
        currency = currency or self.currency
        original = to_minor(amount, currency)
        if currency == self.currency:
            return Amount(original, currency, original)
        rate = self._rate(currency, day)
        if rate is None:
            return Amount(original, currency, None)
        shift = digits(self.currency) - digits(currency)
        minor = (original * rate).scaleb(shift).to_integral_value(ROUND_HALF_EVEN)
        return Amount(original, currency, int(minor))

    def _rate(self, currency: str, day: int) -> Decimal | None:
        if currency not in self._rates:
            rows = FxRate.objects.filter(currency=currency).order_by("day")
            found = list(rows.values_list("day", "rate"))
            self._rates[currency] = ([day for day, _ in found], [r for _, r in found])
        days, rates = self._rates[currency]
        index = bisect_right(days, day) - 1
        if index < 0 or day - days[index] > OLDEST_RATE_DAYS:
            return None
        return rates[index]
