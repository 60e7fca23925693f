"""The two steps of bringing in past answers: a file, and what its columns hold."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crmkpi.crm.column_forms import ColumnsForm
from crmkpi.crm.ingest.headings import Column, guess_date_order, guess_fields
from crmkpi.crm.ingest.mapping import MappingError, parse_mapping, read_json
from crmkpi.crm.ingest.reader import heading_key
from crmkpi.crm.ingest.services import slug_of
from crmkpi.crm.models import Source
from crmkpi.crm.uploads import DATE_ORDERS, SentFileForm
from surveys.models.surveys import SCORE_KINDS
from surveys.records import RESPONSE

CHECK, ALL, GOOD = "check", "all", "good"
SAME = ("survey", "kind")  # often the same in each row, and then in no column
# What other tools call the fields, in English and German.
HEADINGS = {
    "external_id": (
        "response id", "answer id", "submission id", "id", "no", "number", "nr",
        "nummer", "antwort id",
    ),
    "survey": ("survey name", "survey title", "questionnaire", "umfrage", "fragebogen"),
    "kind": ("type", "metric", "art", "kennzahl"),
    "score": (
        "rating", "value", "points", "nps", "csat", "ces", "satisfaction", "note",
        "bewertung", "punkte", "wert",
    ),
    "answered": (
        "answered at", "answered on", "submitted", "submitted at", "completed at",
        "response date", "created at", "created", "date", "time", "timestamp",
        "beantwortet am", "beantwortet", "eingegangen am", "datum", "zeitpunkt",
    ),
    "agent": (
        "assignee", "agent name", "employee", "user", "owner", "mitarbeiter",
        "mitarbeiterin", "bearbeiter",
    ),
    "customer": (
        "company", "account", "organization", "organisation", "kunde", "firma",
    ),
    "contact": (
        "email", "e mail", "e mail address", "customer email", "respondent",
        "kontakt", "ansprechpartner",
    ),
    "channel": ("via", "kanal"),
    "comment": (
        "comments", "feedback", "text", "remark", "verbatim", "kommentar",
        "anmerkung", "bemerkung",
    ),
    "language": ("locale", "sprache"),
}  # fmt: skip


def may_be_source(text: str) -> None:
    """Raise ValidationError for what no system may be called."""
    try:
        slug_of(text)
    except ValueError as error:
        raise forms.ValidationError(str(error)) from error


class PastFileForm(SentFileForm):
    """A file with one answer in each row, and whose ids they have."""

    source = forms.CharField(
        label=_("System they come from"),
        max_length=64,
        validators=[may_be_source],
        help_text=_(
            "The ids in the file are known by it: write it the same next time."
        ),
    )
    mapping = forms.CharField(
        label=_("Mapping"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(
            attrs={"rows": 4, "class": "mono", "spellcheck": "false"}
        ),
        help_text=_(
            'Only for words of your own, such as {"values": {"kind": {"Happy": '
            '"csat"}}}. Blank: as the last file of this system was read.'
        ),
    )
    field_order = ("file", "source", "mapping")

    def told(self) -> dict[str, Any]:
        """Return what is known of how the file is read; call it after is_valid.

        Raises: MappingError for a text that is no mapping.
        """
        given = self.cleaned_data
        if given["mapping"].strip():
            told = read_json(given["mapping"])
        else:
            known = Source.objects.filter(slug=slug_of(given["source"])).first()
            told = known.mapping.get(RESPONSE.name, {}) if known else {}
        parse_mapping(told, RESPONSE)
        return dict(told)


class PastColumnsForm(ColumnsForm):
    """What each column of a file of past answers holds, and what to do with it."""

    source = forms.CharField(
        widget=forms.HiddenInput, max_length=64, validators=[may_be_source]
    )
    told = forms.CharField(widget=forms.HiddenInput, max_length=40_000)
    date_order = forms.ChoiceField(label=_("Dates look like"), choices=DATE_ORDERS)
    survey = forms.CharField(
        label=_("Name of the survey, if no column has it"),
        required=False,
        max_length=200,
    )
    kind = forms.ChoiceField(
        label=_("Kind of question, if no column has it"),
        required=False,
        choices=[("", "–"), *SCORE_KINDS],
    )
    take = forms.ChoiceField(
        label=_("What to do"),
        choices=[
            (CHECK, _("Check only, write nothing")),
            (ALL, _("Take all rows, or none if one is wrong")),
            (GOOD, _("Take the good rows, refuse the others")),
        ],
        initial=CHECK,
        widget=forms.RadioSelect,
    )

    def __init__(
        self,
        *args: Any,
        columns: Sequence[Column],
        told: Mapping[str, Any],
        **rest: Any,
    ) -> None:
        """`told` is a mapping that fits the record; its columns are the guesses."""
        constants = told.get("constants", {})
        initial = rest.pop("initial", {}) | {
            "told": json.dumps(told),
            "date_order": told.get("date_order") or guess_date_order(columns) or "YMD",
            **{name: constants.get(name, "") for name in SAME},
        }
        super().__init__(
            *args,
            record=RESPONSE,
            columns=columns,
            guesses=_guesses(columns, told),
            initial=initial,
            **rest,
        )

    def clean_told(self) -> dict[str, Any]:
        try:
            told = read_json(self.cleaned_data["told"])
            parse_mapping(told, RESPONSE)
        except MappingError as error:
            raise forms.ValidationError(str(error)) from error
        return dict(told)

    def known_otherwise(self) -> set[str]:
        told = self.cleaned_data.get("told", {})
        return {*self._constants(), *(["external_id"] if told.get("identity") else [])}

    def mapping_data(self) -> dict[str, Any]:
        """Return how the file is read, as a mapping says it; call it after is_valid."""
        told: dict[str, Any] = self.cleaned_data["told"]
        chosen = self.chosen()
        joined = {
            heading_key(heading): fields
            for heading, fields in told.get("columns", {}).items()
            if isinstance(fields, list)
        }
        columns: dict[str, Any] = {}
        for column in self.columns:
            name = chosen.get(column.heading)
            fields = joined.get(heading_key(column.heading), [])
            columns[column.heading] = fields if fields[:1] == [name] else name
        constants = self._constants()
        return told | {
            "date_order": self.cleaned_data["date_order"],
            "columns": columns,
            "constants": {
                name: value
                for name, value in constants.items()
                if name not in chosen.values()
            },
        }

    def _constants(self) -> dict[str, Any]:
        """Return what every row has: as told, as far as it is not said here."""
        given = self.cleaned_data
        same = {name: given.get(name, "") for name in SAME}
        kept = {
            name: value
            for name, value in given.get("told", {}).get("constants", {}).items()
            if name not in SAME
        }
        return kept | {name: value for name, value in same.items() if value}


def _guesses(columns: Sequence[Column], told: Mapping[str, Any]) -> dict[str, str]:
    """Return what each column is likely to be: as told, then by its heading."""
    known = {
        heading_key(heading): fields[0] if isinstance(fields, list) else fields or ""
        for heading, fields in told.get("columns", {}).items()
        if fields != []
    }
    found = {}
    new = []
    for column in columns:
        key = heading_key(column.heading)
        if key in known:
            found[column.heading] = known[key]
        else:
            new.append(column.heading)
    taken = {*found.values(), *told.get("constants", {})}
    guessed = guess_fields(RESPONSE, new, also=HEADINGS)
    return found | {
        heading: name for heading, name in guessed.items() if name not in taken
    }
