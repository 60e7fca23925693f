"""Who is what in which team, from when until when."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from crmkpi.accounts import signals
from crmkpi.accounts.audit import write_event
from crmkpi.accounts.models import ALWAYS, FOREVER, Membership, Team, User
from crmkpi.accounts.services.errors import DaysOutOfOrder, MembershipOverlap
from crmkpi.accounts.teams import STAMPING_ROLES, Stint, first_of

Role = Membership.Role


@transaction.atomic
def set_membership(
    *,
    user: User,
    team: Team,
    role: str,
    actor: User | None,
    now: datetime,
    since_day: int = ALWAYS,
    until_day: int = FOREVER,
) -> Membership:
    """Give a person a role in a team from one local day until another (half-open).

    Said again with the same first day it moves the last one; said again unchanged it
    does nothing.
    Raises: DaysOutOfOrder; MembershipOverlap with the same role in the same team.
    """
    if since_day >= until_day:
        raise DaysOutOfOrder(_("A membership ends after it begins."))
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    first = first_team(user.pk)
    same = Membership.objects.filter(user=user, team=team, role=role)
    stored = same.filter(since_day=since_day).first()
    others = same.exclude(since_day=since_day)
    if others.filter(since_day__lt=until_day, until_day__gt=since_day).exists():
        raise MembershipOverlap(
            _("%(person)s already is %(role)s in %(team)s on some of these days.")
            % {"person": user, "role": Role(role).label, "team": team}
        )
    if stored is None:
        membership = Membership.objects.create(
            user=user, team=team, role=role, since_day=since_day, until_day=until_day
        )
        span = (since_day, until_day)
    elif stored.until_day != until_day:
        membership, span = stored, _between(stored.until_day, until_day)
        membership.until_day = until_day
        membership.save(update_fields=["until_day"])
    else:
        return stored
    _changed("membership.set", membership, first, span=span, actor=actor, now=now)
    return membership


@transaction.atomic
def end_membership(
    *, membership: Membership, until_day: int, actor: User | None, now: datetime
) -> Membership:
    """Let a membership end: until_day is the first local day without it.

    Raises: DaysOutOfOrder when it would end before it begins.
    """
    membership = Membership.objects.select_for_update().get(pk=membership.pk)
    first = first_team(membership.user_id)
    if until_day <= membership.since_day:
        raise DaysOutOfOrder(_("A membership ends after it begins."))
    if until_day == membership.until_day:
        return membership
    span = _between(membership.until_day, until_day)
    membership.until_day = until_day
    membership.save(update_fields=["until_day"])
    _changed("membership.ended", membership, first, span=span, actor=actor, now=now)
    return membership


@transaction.atomic
def move_agent(
    *, user: User, team: Team, from_day: int, actor: User | None, now: datetime
) -> Membership:
    """Let an agent work in another team from a local day on; earlier days stay.

    What the person was an agent of on that day ends; what was arranged to begin later
    still does.
    """
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    first = first_team(user.pk)
    agent = Membership.objects.filter(user=user, role=Role.AGENT)
    here: list[Membership] = list(agent.on(from_day).order_by("-since_day", "-pk"))
    leaving = [stint for stint in here if stint.team_id != team.pk]
    staying = [stint for stint in here if stint.team_id == team.pk]
    if staying and not leaving:
        return staying[0]
    changed_until = max([stint.until_day for stint in leaving], default=FOREVER)
    for stint in leaving:
        _cut(stint, from_day)
    membership = (
        staying[0] if staying else _join(agent, user, team, from_day, changed_until)
    )
    _changed(
        "membership.moved",
        membership,
        first,
        span=(from_day, max(changed_until, membership.until_day)),
        actor=actor,
        now=now,
        team_ids={stint.team_id for stint in leaving},
    )
    return membership


def first_team(user_id: int) -> int | None:
    """Return the team that rows of unknown days of a person belong to. Queries: 1."""
    stints = Membership.objects.filter(user=user_id).order_by("pk")
    return first_of(
        [
            Stint(*stint)
            for stint in stints.values_list("team_id", "role", "since_day", "until_day")
        ]
    )


def _cut(stint: Membership, day: int) -> None:
    if stint.since_day == day:
        stint.delete()
    else:
        stint.until_day = day
        stint.save(update_fields=["until_day"])


def _join(
    agent: QuerySet[Membership], user: User, team: Team, from_day: int, until_day: int
) -> Membership:
    later = agent.filter(since_day__gt=from_day).order_by("since_day").first()
    if later is not None:
        until_day = min(until_day, later.since_day)
    return Membership.objects.create(
        user=user, team=team, role=Role.AGENT, since_day=from_day, until_day=until_day
    )


def _between(one: int, other: int) -> tuple[int, int]:
    return min(one, other), max(one, other)


def _changed(
    action: str,
    membership: Membership,
    first: int | None,
    *,
    span: tuple[int, int],
    actor: User | None,
    now: datetime,
    team_ids: Iterable[int] = (),
) -> None:
    User.objects.filter(pk=membership.user_id).update(
        access_version=F("access_version") + 1
    )
    write_event(
        action,
        subject=membership.user,
        actor=actor,
        now=now,
        team=membership.team.slug,
        role=membership.role,
        since_day=membership.since_day,
        until_day=membership.until_day,
    )
    if membership.role not in STAMPING_ROLES:
        return  # nobody's rows follow an analyst
    # Rows of unknown days follow the first team, whenever that began.
    if first_team(membership.user_id) != first:
        span = (ALWAYS, span[1])
    signals.teams_changed.send(
        sender=Membership,
        agent_ids={membership.user_id},
        team_ids={membership.team_id, *team_ids},
        from_day=span[0],
        until_day=span[1],
        now=now,
    )
