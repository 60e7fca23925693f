"""Responses as other systems send them, made ready for the one door for rows."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from crmkpi.accounts.access import Access
from crmkpi.crm.ingest.registry import RowError
from crmkpi.crm.ingest.services import Outcome, ensure_source, ingest
from surveys.services.team_rows import foreign_rows

MOST_ROWS = 1_000
LONGEST_SOURCE = 64
Row = dict[str, Any]


def read_sent(data: Any) -> tuple[str, list[Row]]:
    """Return the source and the rows of a request's body.

    Rows are checked later, one by one; only what is no list of rows is refused here.

    Raises: ValidationError naming what is missing or of the wrong kind.
    """
    if not isinstance(data, Mapping):
        raise ValidationError(_("Send an object with source and responses."))
    unknown = sorted(set(data) - {"source", "responses"})
    if unknown:
        reason = _("There is no such field; there are: source, responses.")
        raise ValidationError({str(unknown[0])[:80]: [reason]})
    source, rows = data.get("source"), data.get("responses")
    if not isinstance(source, str) or not source.strip() or "\x00" in source:
        raise ValidationError({"source": [_("Say in a text whose ids these are.")]})
    if len(source) > LONGEST_SOURCE:
        raise ValidationError({"source": [_("At most 64 characters.")]})
    if not isinstance(rows, list) or not all(isinstance(each, dict) for each in rows):
        raise ValidationError({"responses": [_("This must be a list of objects.")]})
    if not 0 < len(rows) <= MOST_ROWS:
        raise ValidationError({"responses": [_("Send 1 to 1,000 at a time.")]})
    return source.strip(), [_typed(each) for each in rows]


@transaction.atomic
def take_sent(
    rows: list[Row], *, source: str, access: Access, now: datetime
) -> Outcome:
    """Store the good rows; those that are not about the reader's teams are refused."""
    foreign: list[RowError] = []
    if not access.sees_company:
        own = ensure_source(source)
        foreign = foreign_rows(rows, source=own, access=access, now=now)
    refused = {error.row for error in foreign}
    kept = [number for number in range(len(rows)) if number not in refused]
    outcome = ingest(
        "response",
        [rows[number] for number in kept],
        source=source,
        now=now,
        first_row=0,
        partial=True,
    )
    told = [error._replace(row=kept[error.row]) for error in outcome.refused]
    outcome.refused = sorted([*foreign, *told], key=lambda error: error.row)
    return outcome


def outcome_as_json(outcome: Outcome, rows: list[Row]) -> dict[str, Any]:
    """Return what became of the rows, with the reason for each that was refused."""
    return {
        "new": outcome.new,
        "changed": outcome.changed,
        "same": outcome.same,
        "erased": outcome.erased,
        "refused": outcome.refused_rows,
        "errors": [
            {
                "row": error.row,
                "external_id": str(rows[error.row].get("external_id") or "")[:200],
                "field": error.column,
                "value": error.value,
                "reason": str(error.reason),
            }
            for error in outcome.refused
        ],
    }


def _typed(row: Mapping[Any, Any]) -> Row:
    """Return a row with its instant read; what cannot be read stays to be refused."""
    typed = {str(name)[:80]: value for name, value in row.items()}
    answered = typed.get("answered")
    if isinstance(answered, str):
        typed["answered"] = _instant(answered) or answered
    return typed


def _instant(text: str) -> date | datetime | None:
    try:
        return parse_date(text) or parse_datetime(text)
    except ValueError:  # well formed, but no day of any month
        return None
