"""Occasions whose time has come become invitations, or keep the reason why not."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import models, transaction
from django.db.models import F, Min

from crmkpi.accounts.queries import get_organisation
from crmkpi.lib.bulk import KeysIn
from surveys.models import Invitation, Occasion, SendingRule
from surveys.sending.events import TOO_LATE
from surveys.sending.happenings import BY_EVENT
from surveys.sending.hours import first_zone, next_send_time
from surveys.sending.people import Person, people_for
from surveys.sending.sampling import is_sampled
from surveys.services.errors import BadSurvey
from surveys.services.invitations import Recipient, invite

State = Occasion.State
Reason = Invitation.Skip
BATCH = 200


def due_rules(*, now: datetime) -> list[int]:
    """Return the rules that have something due, the longest waiting first."""
    waiting = Occasion.objects.filter(state=State.WAITING, due_at__lte=now)
    grouped = waiting.order_by().values("rule_id").annotate(since=Min("due_at"))
    return list(grouped.order_by("since", "rule_id").values_list("rule_id", flat=True))


@transaction.atomic
def plan_rule(rule_id: int, *, now: datetime, limit: int = BATCH) -> int:
    """Settle occasions of a rule that are due; return how many were looked at.

    One transaction, so that it is done or as it was: killed half-way nothing is lost,
    and two at once find different rows or, later, none.

    Queries: constant in the number of occasions.
    """
    rule = SendingRule.objects.select_related("survey").get(pk=rule_id)
    batch = list(
        Occasion.objects.filter(rule=rule, state=State.WAITING, due_at__lte=now)
        .select_for_update(skip_locked=True, of=("self",))
        .order_by("due_at", "pk")[:limit]
    )
    _settle(rule, batch, now=now)
    changed = ("state", "reason", "due_at", "settled_at", "invitation")
    Occasion.objects.bulk_update(batch, [*changed, "address", "phone"])
    return len(batch)


def _settle(rule: SendingRule, batch: Sequence[Occasion], *, now: datetime) -> None:
    """Say of each occasion what becomes of it now."""
    organisation = get_organisation()
    people = _people(rule, batch, zone=organisation.zone)
    undone = _undone(rule, batch, zone=organisation.zone)
    ready: list[tuple[Occasion, Recipient]] = []
    for each in batch:
        person = people[each.pk]
        reason = undone.get(each.subject) or _reason(rule, each, person, now=now)
        leaves = next_send_time(
            now, zone=person.zone, start=rule.send_from, end=rule.send_until
        )
        if reason == Reason.SAMPLE:
            # Kept as an invitation that is not sent, which coverage counts.
            ready.append((each, _recipient(rule, each, person, skip=reason)))
        elif reason is not None:
            _close(each, reason, now=now)
        elif leaves > now:
            each.due_at = leaves
        else:
            ready.append((each, _recipient(rule, each, person)))
    _ask(rule, ready, now=now)


def _reason(
    rule: SendingRule, occasion: Occasion, person: Person, *, now: datetime
) -> Reason | None:
    """Return why an occasion is not one, before addresses and clocks are looked at."""
    if not rule.is_on:
        return Reason.CLOSED
    if occasion.due_at < now - TOO_LATE:
        return Reason.LATE
    percent = rule.sample_percent
    if not is_sampled(rule.survey_id, person.known_as, percent=percent):
        return Reason.SAMPLE
    return None


def _ask(
    rule: SendingRule, ready: Sequence[tuple[Occasion, Recipient]], *, now: datetime
) -> None:
    if not ready:
        return
    recipients = [recipient for _occasion, recipient in ready]
    try:
        invited = invite(
            rule.survey,
            recipients,
            request=f"rule {rule.pk}",
            actor=None,
            now=now,
            rule=rule,
        )
    except BadSurvey:
        for each, _to in ready:
            _close(each, Reason.CLOSED, now=now)
        return
    taken = set(
        Occasion.objects.filter(
            invitation__in=[each.pk for each in invited.by_subject.values()]
        ).values_list("invitation_id", flat=True)
    )
    for each, _to in ready:
        invitation = invited.by_subject[each.subject]
        if invitation.rule_id != rule.pk or invitation.pk in taken:
            _close(each, Reason.SAME, now=now)
            continue
        each.invitation = invitation
        if invitation.state == Invitation.State.SKIPPED:
            _close(each, Reason(invitation.skip_reason), now=now)
        else:
            _finish(each, State.ASKED, now=now)


def _recipient(
    rule: SendingRule,
    occasion: Occasion,
    person: Person,
    *,
    skip: Reason | None = None,
) -> Recipient:
    return Recipient(
        address=person.address,
        phone=person.phone,
        means=rule.means,
        contact_id=person.contact_id,
        customer_id=occasion.customer_id,
        language=person.language,
        subject=occasion.subject,
        event_day=occasion.event_day,
        agent_id=occasion.agent_id,
        channel=occasion.channel,
        segment_id=occasion.segment_id,
        client_id=occasion.client_id,
        product_id=occasion.product_id,
        reminder_days=rule.reminder_days,
        skip=skip,
    )


def _close(occasion: Occasion, reason: Reason, *, now: datetime) -> None:
    is_back = reason == Reason.REOPENED
    occasion.reason = reason
    _finish(occasion, State.CANCELLED if is_back else State.SKIPPED, now=now)


def _finish(occasion: Occasion, state: State, *, now: datetime) -> None:
    occasion.state, occasion.settled_at = state, now
    # The invitation has them; nothing else needs them any more.
    occasion.address = occasion.phone = ""


def _people(
    rule: SendingRule, batch: Iterable[Occasion], *, zone: str
) -> dict[int, Person]:
    """Return whom each occasion is about. Queries: 3."""
    found = people_for(
        {(each.customer_id, each.contact_id) for each in batch},
        means=rule.means,
        zone=zone,
    )
    people = {}
    for each in batch:
        person = found[each.customer_id, each.contact_id]
        if each.address or each.phone:  # a system said whom
            person = Person(
                zone=first_zone(person.zone, otherwise=zone),
                contact_id=each.contact_id,
                customer_id=each.customer_id,
                address=each.address or person.address,
                phone=each.phone or person.phone,
                language=each.language or person.language,
            )
        people[each.pk] = person
    return people


def _undone(
    rule: SendingRule, batch: Iterable[Occasion], *, zone: str
) -> dict[str, Reason]:
    """Return which events did not stay as they were, by subject. Queries: 1."""
    kind = BY_EVENT.get(rule.event)
    if kind is None:
        return {}
    subjects = {each.subject for each in batch}
    keys = [tuple(subject.split(":", 2)[1:]) for subject in subjects]
    if kind.event == SendingRule.Event.CONTRACT_RENEWED:
        keys = [(source, name.rpartition(":")[0]) for source, name in keys]
    rows: models.QuerySet[models.Model] = kind.model._base_manager.filter(
        KeysIn(
            [F("source_id"), F("external_id")],
            [(int(source), name) for source, name in keys],
        )
    )
    stand, there = set(), set()
    for row in rows.values():
        subject = kind.subject(row)
        there.add(subject)
        if row["exclusion"] == 0 and kind.read(row, zone) is not None:
            stand.add(subject)
    return {
        subject: Reason.REOPENED if subject in there else Reason.GONE
        for subject in subjects - stand
    }
