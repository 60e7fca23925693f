"""What waits for the reader of a scorecard: check-ins, and claims that numbers deny."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crmkpi.accounts.access import Access
from crmkpi.lib.periods import local_day
from objectives.evaluation import rolled_up
from objectives.lines import KeyResultLine
from objectives.models import Objective
from objectives.printing import day_text
from objectives.scoring import KrStatus

EVERY = 7  # days from one check-in to the next
GRACE = 3  # days after which a missing one is shown to those above
SURE, UNSURE = 8, 3  # confidence from or up to which numbers may contradict


@dataclass(frozen=True)
class Decision:
    """One thing to do, with the objective to do it on; several share the list."""

    text: str
    note: str
    objective: int | None
    whose: str  # which list has them: a key of objectives.queries.listing.WHOSE


@dataclass(frozen=True)
class Claim:
    """An objective with what was last said about it."""

    objective: Objective
    lines: list[KeyResultLine]
    said_at: datetime | None
    confidence: int | None

    @property
    def status(self) -> KrStatus:
        """Return what the numbers say of the whole objective."""
        parts = ((line.key_result, line.evaluation) for line in self.lines)
        return rolled_up(parts).status


def claims(lines: Iterable[KeyResultLine]) -> list[Claim]:
    """Return the running objectives of key results read with their last check-in."""
    by_objective: dict[int, list[KeyResultLine]] = defaultdict(list)
    for line in lines:
        objective = line.key_result.objective
        is_active = objective.state == Objective.State.ACTIVE
        if is_active and not objective.cycle.is_closed:
            by_objective[objective.pk].append(line)
    return [
        Claim(
            objective=some[0].key_result.objective,
            lines=some,
            said_at=getattr(some[0].key_result, "said_at", None),
            confidence=getattr(some[0].key_result, "confidence", None),
        )
        for some in by_objective.values()
    ]


def decisions(found: Iterable[Claim], *, access: Access, zone: str) -> list[Decision]:
    """Return what the reader should do next: owners check in, managers ask after it.

    Empty: nothing for those who neither own nor manage.
    """
    known = list(found)
    mine = _late(known, access, zone, after=EVERY, own=True)
    others = _late(known, access, zone, after=EVERY + GRACE, own=False)
    waiting = []
    if mine:
        text = ngettext("%(n)s check-in due", "%(n)s check-ins due", len(mine))
        waiting.append(_counted(text, mine, "mine"))
    if others:
        text = ngettext("%(n)s check-in late", "%(n)s check-ins late", len(others))
        waiting.append(_counted(text, others, "teams"))
    return waiting + [each for claim in known if (each := _doubt(claim, access))]


def _late(
    found: Iterable[Claim], access: Access, zone: str, *, after: int, own: bool
) -> list[tuple[int, Claim]]:
    """Return the claims that are too old, with the day on which they became so."""
    late = []
    for claim in found:
        objective = claim.objective
        is_mine = objective.owner_id == access.user_id
        if is_mine != own or not (is_mine or _is_above(objective, access)):
            continue
        last = claim.said_at or objective.created_at
        due = max(local_day(last, zone), objective.cycle.start_day) + after
        if due <= access.day:
            late.append((due, claim))
    return sorted(late, key=lambda each: each[0])


def _is_above(objective: Objective, access: Access) -> bool:
    is_reviewer = objective.reviewer_id == access.user_id
    return is_reviewer or access.may_manage_team(objective.team_id)


def _counted(text: str, late: list[tuple[int, Claim]], whose: str) -> Decision:
    day, claim = late[0]
    return Decision(
        text=text % {"n": len(late)},
        note=_("since %(day)s") % {"day": day_text(day)},
        objective=claim.objective.pk if len(late) == 1 else None,
        whose=whose,
    )


def _doubt(claim: Claim, access: Access) -> Decision | None:
    """Return the question that a claim raises which the numbers deny."""
    sure, objective = claim.confidence, claim.objective
    if sure is None or not (
        objective.owner_id == access.user_id or _is_above(objective, access)
    ):
        return None
    status = claim.status
    if sure >= SURE and status is KrStatus.OFF_TRACK:
        note = _("%(sure)s of 10 sure, yet off track")
    elif sure <= UNSURE and status is KrStatus.ON_TRACK:
        note = _("%(sure)s of 10 sure, yet on track")
    else:
        return None
    return Decision(objective.title, note % {"sure": sure}, objective.pk, "mine")
