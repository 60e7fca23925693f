"""Money as whole numbers of minor units (cents), so that sums are exact."""

from decimal import ROUND_HALF_EVEN, Decimal

from babel.numbers import format_currency, get_currency_precision, list_currencies
from django.utils.translation import gettext as _

_LARGEST = 2**63 - 1  # what a database column of 64 bits holds


class MoneyError(ValueError):
    """An amount or a currency that cannot be used, in words for the user."""


def digits(currency: str) -> int:
    """Return how many decimal digits amounts in the currency have.

    Raises: MoneyError for a code that is no currency.
    Example: `digits("EUR") == 2`, `digits("JPY") == 0`, `digits("KWD") == 3`
    """
    try:
        return _DIGITS[currency]
    except KeyError:
        raise MoneyError(
            _("“%(code)s” is not a currency. Write a code such as EUR or USD.")
            % {"code": currency[:20]}
        ) from None


def to_minor(amount: Decimal, currency: str) -> int:
    """Return the amount in minor units; a half goes to the even neighbour.

    Unit: currency minor units.
    Raises: MoneyError for an unknown currency, a value that is not finite and one
    beyond 64 bits.
    Example: `to_minor(Decimal("10.005"), "EUR") == 1000`
    """
    places = digits(currency)
    if not amount.is_finite():
        raise MoneyError(_("An amount of money is a plain number."))
    if amount.adjusted() + places > 18:
        raise MoneyError(_("This amount is too large."))
    minor = int(amount.scaleb(places).to_integral_value(ROUND_HALF_EVEN))
    if abs(minor) > _LARGEST:
        raise MoneyError(_("This amount is too large."))
    return minor


def to_major(minor: int, currency: str) -> Decimal:
    """Return the amount in major units with all its digits.

    Raises: MoneyError for an unknown currency.
    Example: `to_major(131050, "EUR") == Decimal("1310.50")`
    """
    return Decimal(minor).scaleb(-digits(currency))


def format_money(minor: int, currency: str, *, locale: str = "en") -> str:
    """Return the amount as text with the sign of the currency.

    Raises: MoneyError for an unknown currency.
    Example: `format_money(-131050, "EUR") == "−€1,310.50"`
    """
    text = format_currency(abs(to_major(minor, currency)), currency, locale=locale)
    return f"−{text}" if minor < 0 else str(text)


def spread(amount: int, days: int) -> list[int]:
    """Return the amount in equal daily shares that sum to it exactly.

    Shape: one share a day; what does not divide goes one unit a day to the first days.
    Unit: currency minor units.
    Raises: ValueError when there is no day.
    Example: `spread(100, 3) == [34, 33, 33]`, `spread(-100, 3) == [-34, -33, -33]`
    """
    if days < 1:
        raise ValueError("an amount is spread over one day or more")
    sign = -1 if amount < 0 else 1
    share, rest = divmod(abs(amount), days)
    return [sign * (share + 1)] * rest + [sign * share] * (days - rest)


_DIGITS = {code: get_currency_precision(code) for code in list_currencies()}
