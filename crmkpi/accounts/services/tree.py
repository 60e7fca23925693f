"""The dated team tree."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from crmkpi.accounts import signals
from crmkpi.accounts.audit import write_event
from crmkpi.accounts.models import (
    ALWAYS,
    FOREVER,
    Membership,
    Organisation,
    Team,
    TeamEdge,
    TeamParent,
    User,
)
from crmkpi.accounts.services.errors import DaysOutOfOrder, TeamLoop, TeamNameTaken
from crmkpi.accounts.teams import STAMPING_ROLES, TeamCycle, TeamDirectory
from crmkpi.lib.text import clean_display


@transaction.atomic
def add_team(
    *,
    name: str,
    actor: User | None,
    now: datetime,
    parent: Team | None = None,
    region: str = "",
) -> Team:
    """Add a team that has always stood below its parent, or else the root team.

    Raises: TeamNameTaken, upper and lower case being one.
    """
    lock_tree()
    name = _free_name(name)
    team = Team.objects.create(name=name, slug=_free_slug(name), region=region.strip())
    if parent is not None:
        TeamParent.objects.create(team=team, parent=parent)
    rebuild_team_edges()
    write_event(
        "team.added",
        subject=team,
        actor=actor,
        now=now,
        name=name,
        parent=parent.slug if parent else None,
    )
    return team


@transaction.atomic
def update_team(
    *,
    team: Team,
    actor: User | None,
    now: datetime,
    name: str | None = None,
    region: str | None = None,
    is_active: bool | None = None,
) -> Team:
    """Rename a team, give it another region, or close and reopen it.

    The address of its pages stays. Raises: TeamNameTaken.
    """
    team = Team.objects.select_for_update().get(pk=team.pk)
    before = {"name": team.name, "region": team.region, "is_active": team.is_active}
    if name is not None:
        team.name = _free_name(name, but=team)
    if region is not None:
        team.region = region.strip()
    if is_active is not None:
        team.is_active = is_active
    after = {"name": team.name, "region": team.region, "is_active": team.is_active}
    if after != before:
        team.save()
        write_event(
            "team.updated",
            subject=team,
            actor=actor,
            now=now,
            before=before,
            after=after,
        )
    return team


@transaction.atomic
def place_team(
    *,
    team: Team,
    parent: Team,
    from_day: int,
    actor: User | None,
    now: datetime,
) -> TeamParent:
    """Let a team stand below another from a local day on; earlier days stay.

    It stays there until the day of a placement already made for later.
    Raises: TeamLoop; DaysOutOfOrder for a day after all placements end.
    """
    root_id = lock_tree()
    if team.pk == root_id:
        raise TeamLoop(_("The root team stands above all others."))
    if team.pk == parent.pk:
        raise TeamLoop(_("A team cannot stand below itself."))
    if not ALWAYS <= from_day < FOREVER:
        raise DaysOutOfOrder(_("Choose another day."))
    placed, changed_until = _place(team, parent, from_day)
    if changed_until is None:
        return placed
    try:
        rebuild_team_edges()
    except TeamCycle as error:
        raise TeamLoop(
            _("%(team)s already stands above %(parent)s.")
            % {"team": team, "parent": parent}
        ) from error
    write_event(
        "team.placed",
        subject=team,
        actor=actor,
        now=now,
        parent=parent.slug,
        from_day=from_day,
    )
    _tell(team, from_day=from_day, until_day=changed_until, now=now)
    return placed


def _place(team: Team, parent: Team, from_day: int) -> tuple[TeamParent, int | None]:
    """Return the placement and the day until which it is new (None: it is not)."""
    later = TeamParent.objects.filter(team=team, since_day__gt=from_day)
    next_day = later.order_by("since_day").values_list("since_day", flat=True).first()
    until_day = FOREVER if next_day is None else next_day
    here = TeamParent.objects.filter(
        team=team, since_day__lte=from_day, until_day__gt=from_day
    ).first()
    if here is None:
        placed = TeamParent.objects.create(
            team=team, parent=parent, since_day=from_day, until_day=until_day
        )
        return placed, until_day
    if here.parent_id == parent.pk:
        return here, None
    if here.since_day == from_day:
        here.parent = parent
        here.save(update_fields=["parent"])
        return here, here.until_day
    until_day = here.until_day
    here.until_day = from_day
    here.save(update_fields=["until_day"])
    placed = TeamParent.objects.create(
        team=team, parent=parent, since_day=from_day, until_day=until_day
    )
    return placed, until_day


def _tell(team: Team, *, from_day: int, until_day: int, now: datetime) -> None:
    moved = set(
        TeamEdge.objects.filter(
            ancestor=team, since_day__lt=until_day, until_day__gt=from_day
        ).values_list("descendant_id", flat=True)
    )
    people = Membership.objects.filter(
        team__in=moved,
        role__in=STAMPING_ROLES,
        since_day__lt=until_day,
        until_day__gt=from_day,
    )
    signals.teams_changed.send(
        sender=Team,
        agent_ids=set(people.values_list("user_id", flat=True)),
        team_ids=moved,
        from_day=from_day,
        until_day=until_day,
        now=now,
    )


@transaction.atomic
def rebuild_team_edges() -> None:
    """Write the closure of the tree anew; edges that stay are not touched.

    Raises: TeamCycle (from crmkpi.accounts.teams) when a team stands below itself.
    """
    directory = TeamDirectory.load()
    wanted = {
        (team_id, ancestor_id, since, until)
        for team_id in directory.team_ids
        for ancestor_id, since, until in _edges(directory.chain_steps(team_id))
    }
    stored = {
        tuple(edge): pk
        for pk, *edge in TeamEdge.objects.values_list(
            "pk", "descendant_id", "ancestor_id", "since_day", "until_day"
        )
    }
    gone = [pk for edge, pk in stored.items() if edge not in wanted]
    if gone:
        TeamEdge.objects.filter(pk__in=gone).delete()
    TeamEdge.objects.bulk_create(
        TeamEdge(
            descendant_id=team_id,
            ancestor_id=ancestor_id,
            since_day=since,
            until_day=until,
        )
        for team_id, ancestor_id, since, until in sorted(wanted - stored.keys())
    )


def _edges(
    steps: list[tuple[int, tuple[int, ...]]],
) -> Iterable[tuple[int, int, int]]:
    """Return `(ancestor, since, until)`, joined where an ancestor stays."""
    ends = [day for day, _chain in steps[1:]] + [FOREVER]
    open_since: dict[int, int] = {}
    for (day, chain), end in zip(steps, ends, strict=True):
        for ancestor_id in [a for a in open_since if a not in chain]:
            yield ancestor_id, open_since.pop(ancestor_id), day
        for ancestor_id in chain:
            open_since.setdefault(ancestor_id, day)
        if end == FOREVER:
            for ancestor_id, since in open_since.items():
                yield ancestor_id, since, FOREVER


def lock_tree() -> int | None:
    """Let one change of the tree wait for another; return the root team's id."""
    org = Organisation.objects.select_for_update(of=("self",)).get(pk=1)
    return org.root_team_id


def _free_name(name: str, *, but: Team | None = None) -> str:
    name = " ".join(clean_display(name).split())  # as it will be kept
    if not name:
        raise TeamNameTaken(_("Give the team a name."))
    taken = Team.objects.filter(Q(name__iexact=name))
    if but is not None:
        taken = taken.exclude(pk=but.pk)
    if taken.exists():
        raise TeamNameTaken(
            _("There is already a team called %(name)s.") % {"name": name}
        )
    return name


def _free_slug(name: str) -> str:
    base = slugify(name)[:180] or "team"
    taken = set(
        Team.objects.filter(slug__startswith=base).values_list("slug", flat=True)
    )
    slug, number = base, 2
    while slug in taken:
        slug, number = f"{base}-{number}", number + 1
    return slug
