"""Everything we hold about one person, as they may ask for it."""

from typing import Any

from django.db.models import Prefetch

from crmkpi.crm.erasure import texts_about
from crmkpi.crm.telling_ids import rows_telling
from surveys.models import Answer, ExtraAnswer, FollowUpEvent, Response, Suppression
from surveys.services.erasure import Held


def person_as_json(held: Held) -> dict[str, Any]:
    """Return all rows in which somebody is known, as plain JSON data.

    Queries: 13, and 1 for each fact whose ids may tell an address or a number
    """
    stops = Suppression.objects.filter(address_hash__in=held.address_hashes)
    return {
        "contacts": [
            {
                "name": each.name,
                "email": each.email,
                "phone": each.phone,
                "language": each.language,
                "zone": each.zone,
                "customer": each.customer.name if each.customer else None,
            }
            for each in held.contacts.select_related("customer").order_by("pk")
        ],
        "customers": [{"name": each.name} for each in held.customers],
        "texts": [
            {"record": str(rows.model._meta.verbose_name), "text": text}
            for rows, column in texts_about(held.contacts, held.customers)
            for text in rows.exclude(**{column: ""}).values_list(column, flat=True)
        ],
        "ids": [
            {"record": str(rows.model._meta.verbose_name), "id": external_id}
            for rows in rows_telling(held.words)
            for external_id in rows.values_list("external_id", flat=True)
        ],
        "invitations": [
            {
                "survey": each.survey.name,
                # Then an answer is not below: nothing leads to it.
                "is_anonymous": each.survey.is_anonymous,
                "about": each.subject,
                "address": each.address,
                "phone": each.phone,
                "language": each.language,
                "state": each.state,
                "created_at": each.created_at.isoformat(),
                "sent_at": each.sent_at.isoformat() if each.sent_at else None,
            }
            for each in held.invitations.select_related("survey").order_by("pk")
        ],
        "responses": [_response(each) for each in _responses(held)],
        "no_mail_because": list(stops.values_list("reason", flat=True)),
    }


def _responses(held: Held) -> Any:
    return (
        held.responses.select_related("survey", "follow_up")
        .prefetch_related(
            Prefetch("answers", Answer.objects.prefetch_related("revisions")),
            Prefetch("extras", ExtraAnswer.objects.select_related("question")),
            "consents",
            Prefetch("follow_up__events", FollowUpEvent.objects.order_by("pk")),
        )
        .order_by("pk")
    )


def _response(response: Response) -> dict[str, Any]:
    item = getattr(response, "follow_up", None)
    return {
        "survey": response.survey.name,
        "answered_at": response.answered_at.isoformat(),
        "language": response.language,
        "answers": [
            {
                "kind": answer.kind,
                "value": answer.value,
                "text": answer.text,
                "earlier": [
                    {"value": each.value, "text": each.text}
                    for each in answer.revisions.all()
                ],
            }
            for answer in response.answers.all()
        ],
        "more": [
            {"question": each.question.key, "chosen": each.chosen, "text": each.text}
            for each in response.extras.all()
        ],
        "agreed": [
            {
                "wording": each.wording,
                "given_at": each.given_at.isoformat(),
                "revoked_at": each.revoked_at and each.revoked_at.isoformat(),
            }
            for each in response.consents.all()
        ],
        "follow_up": {
            "state": item.state,
            "cause": item.cause,
            "outcome": item.outcome,
            "notes": [each.text for each in item.events.all() if each.text],
        }
        if item
        else None,
    }
