"""The form of the organisation's settings: hours and holidays as people write them."""

import re
from datetime import date
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from babel import Locale
from django import forms
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

from crmkpi.accounts.models import Organisation
from crmkpi.lib.periods import from_day, to_day

WEEKDAYS = {
    "mon": _("Monday"),
    "tue": _("Tuesday"),
    "wed": _("Wednesday"),
    "thu": _("Thursday"),
    "fri": _("Friday"),
    "sat": _("Saturday"),
    "sun": _("Sunday"),
}
_SPAN = re.compile(r"(\d{1,2}:\d{2})\s*(?:-|–|to)\s*(\d{1,2}:\d{2})")
CALENDAR_FIELDS = ("zone", "week_start", "fiscal_month", "holidays", *WEEKDAYS)


@cache
def zones() -> list[tuple[str, str]]:
    """Return the time zones of places, by name."""
    named = (name for name in available_timezones() if "/" in name or name == "UTC")
    places = sorted(
        name for name in named if not name.startswith(("Etc/", "SystemV/", "posix/"))
    )
    return [(name, name.replace("_", " ")) for name in places]


@cache
def currencies() -> list[tuple[str, str]]:
    """Return the currencies with a code of three letters, by code."""
    names = Locale("en").currencies
    return [(code, f"{code}, {name}") for code, name in sorted(names.items())]


class SettingsForm(forms.Form):
    """Settings of the organisation; cleaned to what update_organisation takes."""

    name = forms.CharField(label=_("Name"), max_length=200)
    currency = forms.ChoiceField(label=_("Currency"), choices=currencies)
    zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=zones,
        help_text=_("Days, weeks and months begin at its midnight."),
    )
    week_start = forms.TypedChoiceField(
        label=_("Week starts on"), choices=Organisation.WeekStart.choices, coerce=int
    )
    fiscal_month = forms.TypedChoiceField(
        label=_("Fiscal year starts in"), choices=list(MONTHS.items()), coerce=int
    )
    holidays = forms.CharField(
        label=_("Holidays"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("One a line, for example 2026-12-25 Christmas Day."),
    )

    def __init__(
        self, *args: Any, organisation: Organisation, is_locked: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for key, label in WEEKDAYS.items():
            self.fields[key] = forms.CharField(
                label=label, required=False, max_length=100
            )
        if organisation.zone not in dict(zones()):
            zone = (organisation.zone, organisation.zone)
            self.fields["zone"].choices = [*zones(), zone]  # type: ignore[attr-defined]
        if is_locked:
            self.fields["currency"].disabled = True
            self.fields["currency"].help_text = _(
                "Can no longer change: amounts are already stored in it."
            )

    @property
    def changes_calendar(self) -> bool:
        """Whether stored days and durations would have to be worked out anew."""
        return any(name in self.changed_data for name in CALENDAR_FIELDS)

    @property
    def hours_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in WEEKDAYS]

    @property
    def other_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name not in WEEKDAYS]

    def clean_holidays(self) -> list[tuple[int, str]]:
        lines = self.cleaned_data["holidays"].splitlines()
        found: dict[int, str] = {}
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            day, _space, name = line.strip().partition(" ")
            try:
                found[to_day(date.fromisoformat(day))] = name.strip()[:200]
            except ValueError as error:
                raise forms.ValidationError(
                    _("Line %(number)d does not begin with a date such as 2026-12-25."),
                    params={"number": number},
                ) from error
        return sorted(found.items())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        hours = {}
        for key in WEEKDAYS:
            text = cleaned.pop(key, "").strip()
            try:
                spans = hours_of(text)
            except ValueError:
                self.add_error(
                    key, _("Write 09:00-17:00, or 09:00-12:00, 13:00-17:00.")
                )
                continue
            if spans:
                hours[key] = spans
        return cleaned | {"business_hours": hours}


def settings_initial(
    organisation: Organisation, holidays: list[tuple[int, str]]
) -> dict[str, Any]:
    """Return what the form shows of the settings as they are."""
    hours = organisation.business_hours
    return {
        "name": organisation.name,
        "currency": organisation.currency,
        "zone": organisation.zone,
        "week_start": organisation.week_start,
        "fiscal_month": organisation.fiscal_month,
        "holidays": "\n".join(
            f"{from_day(day).isoformat()} {name}".strip() for day, name in holidays
        ),
    } | {
        key: ", ".join("-".join(span) for span in hours.get(key, []))
        for key in WEEKDAYS
    }


def hours_of(text: str) -> list[list[str]]:
    """Return the hours that a text names: "9:00-12:00, 13:00-17:00".

    Empty: no text, no hours.
    Raises: ValueError for anything else.
    """
    spans = []
    for part in filter(None, (part.strip() for part in re.split("[,;]", text))):
        match = _SPAN.fullmatch(part)
        if match is None:
            raise ValueError(part)
        spans.append([time.zfill(5) for time in match.groups()])
    return spans
