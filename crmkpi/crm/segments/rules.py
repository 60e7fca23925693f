"""What a rule consists of, what is wrong with it, and how it reads. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

MOST_CONDITIONS = 6
MOST_VALUES = 50
MOST_DAYS = 3_650
LARGEST = Decimal(10) ** 12
NAMED = 12  # of the values there are, in a sentence


class How(StrEnum):
    """How a condition compares."""

    ANY_OF = "any_of"
    NONE_OF = "none_of"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    UNKNOWN = "unknown"


HOW_NAMES: dict[How, Promise] = {
    How.ANY_OF: gettext_lazy("is one of"),
    How.NONE_OF: gettext_lazy("is none of"),
    How.AT_LEAST: gettext_lazy("is at least"),
    How.AT_MOST: gettext_lazy("is at most"),
    How.UNKNOWN: gettext_lazy("is not known"),
}
NAMING = (How.ANY_OF, How.NONE_OF)
COMPARING = (How.AT_LEAST, How.AT_MOST)


@dataclass(frozen=True)
class Shape:
    """What conditions on one field look like."""

    key: str
    label: str | Promise
    hows: tuple[How, ...]
    looks_back: bool = False  # over a number of days
    counts_from_zero: bool = False  # everybody has at least 0 of it
    whole: bool = True  # takes whole numbers only
    least: Decimal = Decimal(0)
    most: Decimal = LARGEST
    unit: str | Promise = ""


@dataclass(frozen=True)
class Condition:
    """One thing that must hold: a field compared with values or a number."""

    field: str
    how: How
    values: tuple[str, ...] = ()
    number: Decimal | None = None
    days: int | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the condition as it is stored; what it does not need is left out."""
        told: dict[str, Any] = {"field": self.field, "how": self.how.value}
        if self.values:
            told["values"] = list(self.values)
        if self.number is not None:
            told["number"] = format(self.number, "f")
        if self.days is not None:
            told["days"] = self.days
        return told


@dataclass(frozen=True)
class Rule:
    """Conditions of which all, or at least one, must hold."""

    conditions: tuple[Condition, ...] = ()
    needs_all: bool = True

    @classmethod
    def from_json(cls, told: Sequence[Mapping[str, Any]], *, needs_all: bool) -> "Rule":
        """Return a stored rule.

        Raises: ValueError for what no rule of ours looks like.
        """
        return cls(tuple(_read(each) for each in told), needs_all)


def _read(told: Mapping[str, Any]) -> Condition:
    try:
        number = told.get("number")
        return Condition(
            field=str(told["field"]),
            how=How(told["how"]),
            values=tuple(str(value) for value in told.get("values", ())),
            number=None if number is None else Decimal(number),
            days=told.get("days"),
        )
    except (KeyError, TypeError, InvalidOperation) as error:
        raise ValueError(f"not a condition: {told!r}") from error


# Of a condition: the part that is at fault, and what is wrong with it.
Fault = tuple[str, str]


def fault_of(
    condition: Condition, shape: Shape | None, known: Mapping[str, str]
) -> Fault | None:
    """Return the first thing that is wrong with a condition, None when it is right.

    `known` are the values that there are, with their names. The part is one of field,
    how, value and days.
    """
    if shape is None:
        return "field", _("Customers have nothing that is called so.")
    if condition.how not in shape.hows:
        hows = ", ".join(str(HOW_NAMES[how]) for how in shape.hows)
        return "how", _("Choose one of: %(hows)s.") % {"hows": hows}
    if condition.how in NAMING:
        return _fault_of_values(condition.values, known)
    if condition.how in COMPARING:
        told = _fault_of_number(condition, shape)
        if told:
            return "value", told
    if shape.looks_back and condition.how is not How.UNKNOWN:
        return _fault_of_days(condition.days)
    return None


def _fault_of_values(values: Sequence[str], known: Mapping[str, str]) -> Fault | None:
    unknown = [value for value in values if value not in known]
    told = ""
    if not values:
        told = _("Name at least one.")
    elif len(values) > MOST_VALUES:
        return "value", _("Name %(most)d at most.") % {"most": MOST_VALUES}
    elif unknown:
        told = _("There is none called “%(name)s”.") % {"name": unknown[0][:80]}
    elif set(values) >= set(known):
        return "value", _("These are all there are, so this tells nobody apart.")
    if not told:
        return None
    names = list(known.values())
    shown = ", ".join(names[:NAMED]) + (", …" if len(names) > NAMED else "")
    if names:
        told += " " + _("There are: %(names)s.") % {"names": shown}
    return "value", told


def _fault_of_number(condition: Condition, shape: Shape) -> str:
    number = condition.number
    if number is None or not number.is_finite():
        return _("Write a number.")
    if not shape.least <= number <= shape.most:
        return _("This lies between %(least)s and %(most)s.") % {
            "least": f"{shape.least:,f}",
            "most": f"{shape.most:,f}",
        }
    if shape.whole and number != number.to_integral_value():
        return _("Write a whole number.")
    if shape.counts_from_zero and condition.how is How.AT_LEAST and number == 0:
        return _("Everybody has at least 0, so this tells nobody apart.")
    return ""


def _fault_of_days(days: int | None) -> Fault | None:
    if days is None:
        return "days", _("Say over how many days.")
    if not 1 <= days <= MOST_DAYS:
        told = _("Look back over 1 to %(most)d days.") % {"most": MOST_DAYS}
        return "days", told
    return None


def sentence(
    condition: Condition, shape: Shape | None, known: Mapping[str, str]
) -> str:
    """Return a condition as people read it.

    Example: "Orders in the last 90 days: at least 3", "Region: one of North, South"
    """
    if shape is None:
        return condition.field
    label = str(shape.label)
    if shape.looks_back and condition.days is not None:
        label = _("%(label)s in the last %(days)d days") % {
            "label": label,
            "days": condition.days,
        }
    names = ", ".join(known.get(value, value) for value in condition.values)
    number = "" if condition.number is None else f"{condition.number:,f}"
    if shape.unit:
        number = f"{number} {shape.unit}"
    forms = {
        How.ANY_OF: _("%(label)s: one of %(names)s"),
        How.NONE_OF: _("%(label)s: none of %(names)s"),
        How.AT_LEAST: _("%(label)s: at least %(number)s"),
        How.AT_MOST: _("%(label)s: at most %(number)s"),
        How.UNKNOWN: _("%(label)s: not known"),
    }
    return forms[condition.how] % {"label": label, "names": names, "number": number}
