"""Who may open a person's scorecard, and who did."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from crmkpi.accounts.models import Membership, User
from crmkpi.lib.periods import from_day
from objectives.models import AccessLog

Role = Membership.Role
ABOVE = (Role.MANAGER, Role.ANALYST)
ORDER = (Role.LEAD, Role.MANAGER, Role.ANALYST)
LOOKS_SHOWN, LOOKS_DAYS = 5, 30
NAMES_SHOWN = 4


@dataclass(frozen=True)
class Look:
    """Somebody who opened the scorecard."""

    name: str
    day: date


def readers_of(person: User, *, day: int) -> list[str]:
    """Return who else may open a person's scorecard on a day, with their roles.

    These are the leads of every team the person ever worked in, and the managers and
    analysts of these teams or of any above them.

    Shape: leads first: ["Lee (lead)", "Ana (manager)"].
    Queries: 2
    """
    teams = set(
        Membership.objects.filter(
            user=person, role__in=(Role.AGENT, Role.LEAD), since_day__lte=day
        ).values_list("team_id", flat=True)
    )
    leads = Q(role=Role.LEAD, team__in=teams)
    above = Q(
        role__in=ABOVE,
        team__edges_down__descendant__in=teams,
        team__edges_down__since_day__lte=day,
        team__edges_down__until_day__gt=day,
    )
    held = Membership.objects.on(day).filter(leads | above, user__is_active=True)
    rows = held.exclude(user=person).order_by("user__name", "user_id")
    roles: dict[tuple[str, int], str] = {}
    for name, pk, role in rows.values_list("user__name", "user_id", "role"):
        known = roles.get((name, pk), role)
        roles[name, pk] = min(known, role, key=_rank)
    ordered = sorted(roles.items(), key=lambda each: (_rank(each[1]), each[0]))
    return [
        _("%(name)s (%(role)s)") % {"name": name, "role": str(Role(role).label).lower()}
        for (name, _pk), role in ordered
    ]


def readers_text(person: User, readers: Sequence[str], *, is_own: bool) -> str:
    """Return who may open the page as one sentence.

    Example: "Only you, Lee (lead) and Ana (manager) can open this page."
    """
    first = _("you") if is_own else str(person)
    named = [first, *readers[:NAMES_SHOWN]]
    more = len(readers) - NAMES_SHOWN
    if more > 0:
        named.append(_("%(n)s others") % {"n": more})
    if len(named) == 1:
        return _("Only %(name)s can open this page.") % {"name": first}
    return _("Only %(names)s and %(last)s can open this page.") % {
        "names": ", ".join(named[:-1]),
        "last": named[-1],
    }


def looks_at(person: User, *, day: int) -> list[Look]:
    """Return who looked within the last month, each with the last day. Queries: 1."""
    rows = AccessLog.objects.filter(subject=person, day__gt=day - LOOKS_DAYS)
    seen: dict[int, Look] = {}
    for viewer, name, on in rows.order_by("-day", "-at").values_list(
        "viewer_id", "viewer__name", "day"
    ):
        seen.setdefault(viewer, Look(name, from_day(on)))
    return list(seen.values())[:LOOKS_SHOWN]


def _rank(role: str) -> int:
    return ORDER.index(Role(role))
