"""The form in which managers write the rules of a segment."""

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from crmkpi.crm.figure_forms import one_line
from crmkpi.crm.models import Segment
from crmkpi.crm.segments.fields import FIELDS
from crmkpi.crm.segments.matching import rule_of
from crmkpi.crm.segments.rules import (
    COMPARING,
    HOW_NAMES,
    MOST_CONDITIONS,
    NAMING,
    Condition,
    How,
    Rule,
)
from crmkpi.crm.segments.services import Draft

PARTS = ("field", "how", "value", "days")


class SegmentForm(forms.Form):
    """Name and conditions of a segment; a condition without a field is left out."""

    name = forms.CharField(
        label=_("Name"),
        max_length=100,
        validators=[one_line],
    )
    text = forms.CharField(
        label=_("What it is for"),
        help_text=_("In one plain sentence, for those who meet it."),
        max_length=500,
        required=False,
    )
    match = forms.ChoiceField(
        label=_("Who belongs to it"),
        choices=Segment.Match.choices,
        initial=Segment.Match.ALL,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for at in _places():
            self._add_line(at)

    def _add_line(self, at: int) -> None:
        self.fields[f"{at}_field"] = forms.ChoiceField(
            label=_("What"), choices=_fields, required=at == 1
        )
        self.fields[f"{at}_how"] = forms.ChoiceField(
            label=_("How"), choices=_hows, required=at == 1
        )
        self.fields[f"{at}_value"] = forms.CharField(
            label=_("Value"),
            help_text=_("A number, or names separated by commas."),
            max_length=2_000,
            required=False,
        )
        self.fields[f"{at}_days"] = forms.IntegerField(
            label=_("In the last … days"),
            help_text=_("Where something is counted or summed up."),
            required=False,
        )

    def lines(self) -> list[tuple[int, bool, list[Any]]]:
        """Return the fields of each condition: its place, and whether it is filled."""
        return [
            (at, bool(self[f"{at}_field"].value()), [self[name] for name in _names(at)])
            for at in _places()
        ]

    def is_begun(self) -> bool:
        """Whether anything to look at is chosen."""
        return any(is_filled for _at, is_filled, _fields in self.lines())

    def rule(self) -> Rule:
        """Return what was filled in; of an invalid form as much as can be read."""
        return Rule(
            tuple(condition for _at, condition in self._conditions()),
            needs_all=self.cleaned_data.get("match") != Segment.Match.ANY,
        )

    def draft(self) -> Draft:
        """Return the segment that was filled in; call it after is_valid."""
        given = self.cleaned_data
        return Draft(given["name"], self.rule(), given["text"])

    def refuse(self, faults: Mapping[str, str]) -> None:
        """Put sentences on what is wrong beside their fields.

        Conditions are numbered without the lines that were left empty.
        """
        lines = [at for at, _condition in self._conditions()] or [1]
        for name, told in faults.items():
            place, _dash, part = name.partition("_")
            if part in PARTS and place.isdecimal():
                name = f"{lines[int(place) - 1]}_{part}"
            self.add_error(name if name in self.fields else None, told)

    def _conditions(self) -> Iterator[tuple[int, Condition]]:
        given = self.cleaned_data
        for at in _places():
            key = given.get(f"{at}_field", "")
            if key:
                how = How(given.get(f"{at}_how") or How.ANY_OF)
                text = given.get(f"{at}_value", "")
                days = given.get(f"{at}_days")
                yield at, _condition(key, how, text, days)


def initial_of(segment: Segment) -> dict[str, Any]:
    """Return a stored segment as the form shows it."""
    found: dict[str, Any] = {
        "name": segment.member.name,
        "text": segment.text,
        "match": segment.match,
    }
    for at, each in enumerate(rule_of(segment).conditions, start=1):
        field = FIELDS.get(each.field)
        names = field.names() if field and field.is_list else {}
        value = ", ".join(names.get(value, value) for value in each.values)
        if each.number is not None:
            value = format(each.number, "f")
        parts = (each.field, each.how.value, value, each.days)
        found |= dict(zip(_names(at), parts, strict=True))
    return found


def _condition(key: str, how: How, text: str, days: int | None) -> Condition:
    """Return a condition as it was typed; what it does not need is left out."""
    field = FIELDS[key]
    if how in NAMING:
        return Condition(key, how, values=tuple(_values(text, field.names())))
    number = _number(text) if how in COMPARING else None
    looks_back = field.shape.looks_back
    return Condition(key, how, number=number, days=days if looks_back else None)


def _values(text: str, known: Mapping[str, str]) -> Iterator[str]:
    """Return the values that names stand for, each once; the unknown as typed."""
    by_name = {name.casefold(): value for value, name in known.items()}
    by_name |= {value.casefold(): value for value in known}
    named = (" ".join(name.split()) for name in text.split(","))
    found = (by_name.get(name.casefold(), name) for name in named if name)
    yield from dict.fromkeys(found)


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text.replace(",", "").replace(" ", "")[:40])
    except InvalidOperation:
        return None


def _places() -> range:
    return range(1, MOST_CONDITIONS + 1)


def _names(at: int) -> list[str]:
    return [f"{at}_{part}" for part in PARTS]


def _fields() -> list[tuple[Any, Any]]:
    groups: dict[Any, list[tuple[str, Any]]] = {}
    for key, field in FIELDS.items():
        groups.setdefault(field.group, []).append((key, field.shape.label))
    return [("", _t("Choose …")), *groups.items()]


def _hows() -> list[tuple[str, Any]]:
    return [(how.value, name) for how, name in HOW_NAMES.items()]
