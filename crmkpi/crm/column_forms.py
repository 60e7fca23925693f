"""The step of an import that asks what each column of a file holds."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crmkpi.crm.ingest.headings import Column
from crmkpi.crm.ingest.registry import Field, Kind, Record


class ColumnsForm(forms.Form):
    """One choice for each column; the file itself comes along in a hidden field."""

    table = forms.CharField(widget=forms.HiddenInput)  # as uploads.packed has it
    file_name = forms.CharField(widget=forms.HiddenInput, max_length=255)

    def __init__(
        self,
        *args: Any,
        record: Record,
        columns: Sequence[Column],
        guesses: Mapping[str, str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.record, self.columns = record, columns
        choices = [
            ("", gettext_lazy("Not read")),
            *((field.name, _marked(field)) for field in record.fields),
        ]
        for place, column in enumerate(columns):
            self.fields[_name(place)] = forms.ChoiceField(
                label=column.shown,
                required=False,
                choices=choices,
                initial=guesses.get(column.heading, ""),
                widget=forms.Select(attrs={"class": "form-select"}),
            )

    @property
    def rows(self) -> list[tuple[Column, BoundField]]:
        """Return the columns, each with the choice of what it holds."""
        return [
            (column, self[_name(place)]) for place, column in enumerate(self.columns)
        ]

    def others(self) -> list[BoundField]:
        """Return what is asked beside the columns, hidden fields included."""
        asked = {_name(place) for place in range(len(self.columns))}
        return [self[name] for name in self.fields if name not in asked]

    def known_otherwise(self) -> Iterable[str]:
        """Return the fields that no column needs to hold; call it while cleaning."""
        return ()

    def chosen(self) -> dict[str, str]:
        """Return which field each heading is; call it while cleaning or after."""
        return {
            column.heading: name
            for place, column in enumerate(self.columns)
            if (name := self.cleaned_data.get(_name(place), ""))
        }

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        self._refuse_doubles()
        there = {*self.chosen().values(), *self.known_otherwise()}
        lacking = [
            field.label
            for field in self.record.fields
            if field.required and field.name not in there
        ]
        if lacking:
            self.add_error(
                None,
                _("No column is chosen for what every row needs: %(fields)s.")
                % {"fields": get_text_list(lacking, _("and"))},
            )
        return given

    def _refuse_doubles(self) -> None:
        """Several columns are read as one text, never as one number or id."""
        headings: dict[str, str] = {}
        for place, column in enumerate(self.columns):
            field = self.record.field(self.cleaned_data.get(_name(place), ""))
            if field is None or (field.kind is Kind.TEXT and not _is_id(field)):
                continue
            first = headings.setdefault(field.name, column.heading)
            if first != column.heading:
                self.add_error(
                    _name(place),
                    _("“%(heading)s” is chosen as %(field)s already.")
                    % {"heading": first, "field": field.label},
                )


def _is_id(field: Field) -> bool:
    return field.name == "external_id"


def _marked(field: Field) -> str:
    words = {"field": field.label}
    return _("%(field)s (needed)") % words if field.required else field.label


def _name(place: int) -> str:
    return f"column-{place}"
