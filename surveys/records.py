"""The record "response": answers that were given elsewhere, one a row."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from crmkpi.accounts.access import Access
from crmkpi.accounts.queries import get_organisation
from crmkpi.crm.ingest.fields import (
    channel,
    choice,
    client,
    external_id,
    instant,
    ref,
    text,
    whole,
)
from crmkpi.crm.ingest.registry import Batch, Counts, Record, Row, RowFault
from crmkpi.crm.models import Source
from crmkpi.lib.periods import day_start, to_day
from surveys.comments import MAX_LENGTH, CommentFault, clean_comment
from surveys.models import Response
from surveys.scoring import (
    DEFAULT_SCALES,
    SCALE_HIGH,
    SCALE_LOW,
    Kind,
    Scale,
    ScoreError,
)
from surveys.services.imports import (
    delete_responses,
    imported_survey,
    record_responses,
    stored,
)
from surveys.services.rows import Given

KINDS = {
    Kind.CSAT.value: ("csat", "satisfaction"),
    Kind.NPS.value: ("nps", "recommendation"),
    Kind.CES.value: ("ces", "effort"),
}
UNTOLD = Given("", 0, datetime.min.replace(tzinfo=UTC))
Values = Mapping[str, Any]


def scale_of(values: Values) -> Scale:
    """Return the scale that a row declares, else the usual one of its kind.

    Raises: RowFault for half a scale, one that cannot be, and one of which nobody
    says which scores are good.
    """
    kind = Kind(values["kind"])
    usual = DEFAULT_SCALES[kind]
    low, high, top_from = (values.get(name) for name in ("low", "high", "top_from"))
    if (low is None) != (high is None):
        raise RowFault("low" if low is None else "high", _("Give both ends or none."))
    if low is None or high is None:
        low, high = usual.low, usual.high
    if top_from is None:
        if (low, high) != (usual.low, usual.high) and kind is not Kind.NPS:
            raise RowFault("top_from", _("Say from which score an answer is good."))
        top_from = usual.top_from
    try:
        return Scale(kind, low, high, top_from)
    except ScoreError as error:
        raise RowFault("low", str(error)) from error


def may_bring(access: Access) -> bool:
    """Tell whether a person may bring in answers: who manages the whole company."""
    return access.sees_company and access.manages


class ResponseWriter:
    """Writes answers through the survey service."""

    def check(self, values: Values, now: datetime) -> None:
        if not {"kind", "score"} <= values.keys():
            return  # the import says itself that the table lacks a column
        try:
            scale_of(values).check(values["score"])
        except ScoreError as error:
            raise RowFault("score", str(error)) from error
        try:
            clean_comment(values.get("comment") or "")
        except CommentFault as error:
            reason = _("This contains a character that cannot be stored.")
            raise RowFault("comment", reason) from error

    def write(self, batch: Batch) -> Counts:
        counts = Counts()
        known = stored(batch.source, [row.values["external_id"] for row in batch.rows])
        zone = get_organisation().zone
        for (survey, scale), rows in _by_survey(batch.rows).items():
            recorded = record_responses(
                [
                    _given(row.values, known.get(row.values["external_id"]), zone)
                    for row in rows
                ],
                asked=imported_survey(name=survey, scale=scale, now=batch.now),
                source=batch.source,
                now=batch.now,
                run=batch.run,
            )
            counts.new += len(recorded.new)
            counts.changed += len(recorded.changed)
            counts.same += len(recorded.same)
            counts.erased += len(recorded.erased)
        return counts

    def delete(self, source: Source, external_ids: Sequence[str], now: datetime) -> int:
        return delete_responses(external_ids, source=source, now=now)


def _by_survey(rows: Iterable[Row]) -> dict[tuple[str, Scale], list[Row]]:
    groups: dict[tuple[str, Scale], list[Row]] = {}
    for row in rows:
        key = (row.values["survey"], scale_of(row.values))
        groups.setdefault(key, []).append(row)
    return groups


def _given(values: Values, old: Given | None, zone: str) -> Given:
    """Return a row as an answer; fields that the table has not keep what is stored."""
    kept = old or UNTOLD

    def told(name: str, stored: Any, blank: Any = None) -> Any:
        if name not in values:
            return stored
        return blank if values[name] is None else values[name]

    return Given(
        external_id=values["external_id"],
        score=values["score"],
        answered_at=_instant(values["answered"], zone),
        agent_id=told("agent", kept.agent_id),
        customer_id=told("customer", kept.customer_id),
        contact_id=told("contact", kept.contact_id),
        channel=told("channel", kept.channel, 0),
        comment=clean_comment(told("comment", kept.comment, "")),
        language=told("language", kept.language, ""),
        client_id=told("client", kept.client_id),
    )


def _instant(value: datetime | date, zone: str) -> datetime:
    """Return the instant; a day alone begins it."""
    return value if isinstance(value, datetime) else day_start(to_day(value), zone)


RESPONSE = Record(
    "response",
    _("Survey answers"),
    _("One person's score, and perhaps a comment, in answer to a survey"),
    (
        external_id(),
        text("survey", _("Name of the survey; made when it is new"), required=True),
        choice(
            "kind",
            KINDS,
            _("csat for satisfaction, nps for recommendation, ces for effort"),
            required=True,
        ),
        whole(
            "score",
            _("The number that was chosen"),
            low=SCALE_LOW,
            high=SCALE_HIGH,
            required=True,
        ),
        whole(
            "low",
            _("First score of the scale; blank: 1, for NPS 0"),
            low=SCALE_LOW,
            high=SCALE_HIGH,
        ),
        whole(
            "high",
            _("Last score; blank: 5 for CSAT, 10 for NPS, 7 for CES"),
            low=SCALE_LOW,
            high=SCALE_HIGH,
        ),
        whole(
            "top_from",
            _("First good score; blank: 4 of 5, 9 of 10 for NPS, 5 of 7"),
            low=SCALE_LOW,
            high=SCALE_HIGH,
        ),
        instant("answered", _("When it was answered"), required=True),
        ref("agent", "agent", _("Whom it is about")),
        ref("customer", "customer", _("Which customer answered")),
        ref("contact", "contact", _("Which person there answered")),
        channel(_("Over which channel the contact was")),
        client(),
        text("comment", _("What was written with it"), length=MAX_LENGTH),
        text("language", _("Such as en or de"), length=12),
    ),
    ResponseWriter(),
    Response,
)
