"""Writes to segments: make, change, order, archive, each with who and when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from crmkpi.accounts.audit import write_event
from crmkpi.accounts.models import User
from crmkpi.accounts.queries import access_of, get_organisation, today
from crmkpi.crm.members import ensure_members, folded
from crmkpi.crm.models import Customer, Member, Segment, SegmentTurn
from crmkpi.crm.segments import bells
from crmkpi.crm.segments.fields import FIELDS
from crmkpi.crm.segments.matching import finds, rule_of, sentences, sight
from crmkpi.crm.segments.rules import (
    MOST_CONDITIONS,
    NAMING,
    Condition,
    Rule,
    fault_of,
)
from crmkpi.lib import bulk

LOCK = "crm.segments.order"
MOST_SEGMENTS = 50  # in use at a time

Faults = Mapping[str, str]  # by part of the input: "name", "2_value", "" for the whole


class BadSegment(ValueError):
    """A segment that cannot be used, with a sentence for each part at fault."""

    def __init__(self, faults: Faults) -> None:
        super().__init__("; ".join(faults.values()))
        self.faults = faults


@dataclass(frozen=True)
class Draft:
    """What a person fills in."""

    name: str
    rule: Rule
    text: str = ""


@transaction.atomic
def create_segment(*, draft: Draft, actor: User | None, now: datetime) -> Segment:
    """Add a segment at the end of the order; customers come in within a minute.

    Raises: PermissionDenied for who manages no team; BadSegment.
    """
    _lock(actor, now)
    used = Segment.objects.filter(archived_at__isnull=True)
    faults = dict(faults_of(draft, now=now))
    if used.count() >= MOST_SEGMENTS:
        faults[""] = _("There are %(most)d segments, as many as can be used.") % {
            "most": MOST_SEGMENTS
        }
    _refuse(faults)
    last = Segment.objects.order_by("-place").values_list("place", flat=True).first()
    segment = Segment.objects.create(
        member_id=_member(draft.name),
        **_columns(draft),
        place=(last or 0) + 1,
        author=actor,
        created_at=now,
        changed_at=now,
    )
    _note("created", segment, actor, now, **_told(segment))
    _changed(now)
    return segment


@transaction.atomic
def change_segment(
    *, segment: Segment, draft: Draft, actor: User | None, now: datetime
) -> bool:
    """Change a segment; return whether it differed. The past stays as it was.

    Raises: PermissionDenied for who manages no team; BadSegment.
    """
    _lock(actor, now)
    held = Segment.objects.select_related("member").get(pk=segment.pk)
    _refuse(faults_of(draft, now=now, segment=held))
    before, columns = _told(held), _columns(draft)
    old_rule = (held.match, held.conditions)
    held.member.name = draft.name
    for name, value in columns.items():
        setattr(held, name, value)
    after = _told(held)
    if after == before:
        return False
    held.member.save(update_fields=["name"])
    held.changed_at = now
    held.save()
    _note("changed", held, actor, now, before=before, after=after)
    if (held.match, held.conditions) != old_rule:
        _changed(now)
    return True


@transaction.atomic
def move_segment(
    *, segment: Segment, up: bool, actor: User | None, now: datetime
) -> bool:
    """Have a segment change places with the one before or after it in the order.

    Returns whether there was one. Raises: PermissionDenied for who manages no team.
    """
    _lock(actor, now)
    used = list(Segment.objects.filter(archived_at__isnull=True))
    at = next((i for i, each in enumerate(used) if each.pk == segment.pk), None)
    other = None if at is None else at - 1 if up else at + 1
    if at is None or other is None or not 0 <= other < len(used):
        return False
    one, two = used[at], used[other]
    one.place, two.place = two.place, one.place
    Segment.objects.bulk_update([one, two], ["place"])
    names = dict(
        Segment.objects.filter(pk__in=[one.pk, two.pk]).values_list(
            "pk", "member__name"
        )
    )
    word = "before" if up else "after"
    _note("moved", one, actor, now, **{f"goes {word}": names[two.pk]})
    _changed(now)
    return True


@transaction.atomic
def archive_segment(
    *, segment: Segment, archived: bool, actor: User | None, now: datetime
) -> bool:
    """Use a segment no more, or again at the end of the order.

    Its customers leave from the day on which that is found; the past stays as it was.
    Returns whether anything changed. Raises: PermissionDenied; BadSegment.
    """
    _lock(actor, now)
    held = Segment.objects.select_related("member").get(pk=segment.pk)
    if (held.archived_at is not None) == archived:
        return False
    held.archived_at = now if archived else None
    held.changed_at = now
    if not archived:
        last = Segment.objects.order_by("-place").values_list("place", flat=True)[0]
        held.place = last + 1
    held.save()
    _note("archived" if archived else "restored", held, actor, now)
    _changed(now)
    return True


def faults_of(
    draft: Draft, *, now: datetime, segment: Segment | None = None
) -> dict[str, str]:
    """Return what is wrong with a draft, a sentence for each part; nothing if right.

    Queries: 2, and 1 or 2 for each condition.
    """
    faults = {}
    if told := _fault_of_name(draft.name, segment):
        faults["name"] = told
    faults |= faults_of_rule(draft.rule)
    if not faults and (told := _fault_of_width(draft.rule, now)):
        faults[""] = told
    return faults


def faults_of_rule(rule: Rule) -> dict[str, str]:
    """Return what is wrong with conditions, by their place and part: "2_value"."""
    if not rule.conditions:
        return {"1_field": _("Choose at least one thing to look at.")}
    if len(rule.conditions) > MOST_CONDITIONS:
        told = _("A segment has %(most)d conditions at most.")
        return {"": told % {"most": MOST_CONDITIONS}}
    faults = {}
    for at, condition in enumerate(rule.conditions, start=1):
        field = FIELDS.get(condition.field)
        needs_names = field is not None and condition.how in NAMING
        names = field.names() if field is not None and needs_names else {}
        found = fault_of(condition, field.shape if field else None, names)
        if found:
            faults[f"{at}_{found[0]}"] = found[1]
    return faults


def _fault_of_name(name: str, segment: Segment | None) -> str:
    """Return why a segment cannot be called so.

    A segment that sources give is another thing than one of rules, and one archived
    has a past of its own.
    """
    if not name:
        return _("Give it a name.")
    members = Member.objects.filter(dimension=Member.Dimension.SEGMENT)
    if segment is not None:
        members = members.exclude(pk=segment.member_id)
    taken = {folded(each): each for each in members.values_list("name", flat=True)}
    if folded(name) in taken:
        told = _("There is a segment called “%(name)s” already. Choose another name.")
        return told % {"name": taken[folded(name)]}
    return ""


def _fault_of_width(rule: Rule, now: datetime) -> str:
    """Return why a rule is too wide: one that takes all tells nobody apart."""
    counted = Customer._base_manager.filter(exclusion=0)
    n = counted.count()
    if n < 2 or counted.filter(finds(rule, sight(now))).count() < n:
        return ""
    told = _("This matches all %(n)d customers, so it tells nobody apart. Narrow it.")
    return told % {"n": n}


def _refuse(faults: Faults) -> None:
    if faults:
        raise BadSegment(faults)


def _lock(actor: User | None, now: datetime) -> None:
    """Let one change the order at a time, and only who manages a team."""
    if actor is not None:
        access = access_of(actor, day=today(now, get_organisation()))
        if not access.manages:
            raise PermissionDenied(_("Only managers may change segments."))
    bulk.hold(LOCK)


def _member(name: str) -> int:
    made = ensure_members(Member.Dimension.SEGMENT, [name])
    return made[folded(name)]


def _columns(draft: Draft) -> dict[str, Any]:
    needs_all = draft.rule.needs_all
    return {
        "text": draft.text,
        "match": Segment.Match.ALL if needs_all else Segment.Match.ANY,
        "conditions": _stored(draft.rule.conditions),
    }


def _stored(conditions: Sequence[Condition]) -> list[dict[str, Any]]:
    return [each.as_json() for each in conditions]


def _told(segment: Segment) -> dict[str, Any]:
    """Return what a segment consists of, for the audit log."""
    told: dict[str, Any] = {
        "name": segment.member.name,
        "text": segment.text,
        "holds": str(Segment.Match(segment.match).label),
    }
    for at, each in enumerate(sentences(rule_of(segment)), start=1):
        told[f"condition {at}"] = each
    return told


def _note(
    verb: str, segment: Segment, actor: User | None, now: datetime, **detail: Any
) -> None:
    write_event(
        f"segment.{verb}",
        subject=f"segment {segment.pk}",
        actor=actor,
        now=now,
        **({"name": segment.member.name} | detail),
    )


def _changed(now: datetime) -> None:
    """Have customers put into segments again soon."""
    SegmentTurn.objects.update_or_create(
        pk=SegmentTurn.ONLY, defaults={"changed_at": now}
    )
    transaction.on_commit(bells.ring)
