"""Teams and agents: written through the services of people."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from crmkpi.accounts import services
from crmkpi.accounts.models import ALWAYS, FOREVER, Membership, Team, TeamParent, User
from crmkpi.accounts.queries import get_organisation, today
from crmkpi.crm.ingest.registry import Batch, Counts, RowFault
from crmkpi.crm.ingest.writers.rules import (
    check_email,
    day_after,
    day_of,
    in_order,
)
from crmkpi.crm.members import folded
from crmkpi.crm.models import Source
from crmkpi.crm.removal import StillNamed
from crmkpi.crm.restamp import restamping_once
from crmkpi.lib.periods import to_day

Role = Membership.Role
OTHER_REGION = _("Teams that keep the region they have")


class TeamWriter:
    """Writes teams, known by their names, and where they stand."""

    def check(self, values: Mapping[str, Any], now: datetime) -> None:
        if folded(values.get("parent") or "") == folded(values["name"]):
            raise RowFault("parent", _("A team cannot stand below itself."))

    def write(self, batch: Batch) -> Counts:
        counts = Counts()
        known = {folded(team.name): team for team in Team.objects.all()}
        with restamping_once():
            for row in batch.rows:
                outcome = self._write(row.values, known, batch)
                counts.new += outcome is None
                counts.changed += outcome is True
                counts.same += outcome is False
        return counts

    def _write(
        self, values: Mapping[str, Any], known: dict[str, Team], batch: Batch
    ) -> bool | None:
        """Write a team; return whether it changed, None when it is new."""
        parent = Team.objects.get(pk=values["parent"]) if values.get("parent") else None
        region = values.get("region") or ""
        team = known.get(folded(values["name"]))
        if team is None:
            team = services.add_team(
                name=values["name"], region=region, actor=None, now=batch.now
            )
            known[folded(team.name)] = team
            self._place(team, parent, values, batch)
            return None
        changed = False
        if region and region != team.region:
            services.update_team(team=team, region=region, actor=None, now=batch.now)
            team.region = region
            changed = True
        return self._place(team, parent, values, batch) or changed

    def _place(
        self,
        team: Team,
        parent: Team | None,
        values: Mapping[str, Any],
        batch: Batch,
    ) -> bool:
        if parent is None:
            return False
        since = values.get("since")
        first = ALWAYS if since is None else to_day(since)
        placed = TeamParent.objects.filter(team=team).order_by("-since_day").first()
        if since is None and placed is not None:
            # Not told since when, so a new place counts from the day we hear of it.
            first = today(batch.now, get_organisation())
        if placed is not None and placed.parent_id == parent.pk:
            return False
        services.place_team(
            team=team, parent=parent, from_day=first, actor=None, now=batch.now
        )
        return True

    def delete(self, source: Source, external_ids: Sequence[str], now: datetime) -> int:
        raise StillNamed(_("Teams are closed on their page, not deleted."))


class AgentWriter:
    """Writes people, known by id, address or name, and the team they work in.

    A team given for the first time holds from `since`, or for as long as anybody
    knows; another team without a day holds from the day we hear of it.
    """

    def check(self, values: Mapping[str, Any], now: datetime) -> None:
        check_email(values)
        in_order(values, "since", "until", _("This lies before the first day."), now)

    def write(self, batch: Batch) -> Counts:
        counts = Counts()
        last = User.objects.aggregate(last=Max("pk"))["last"] or 0
        before = _names(batch)
        found = services.agents_for(
            source=batch.source.slug,
            people=[
                services.Met(
                    row.values["external_id"],
                    row.values["name"],
                    row.values.get("email") or "",
                )
                for row in batch.rows
            ],
        )
        users = User.objects.in_bulk(set(found.values()))
        teams = Team.objects.in_bulk(
            {row.values["team"] for row in batch.rows if row.values.get("team")}
        )
        day = today(batch.now, get_organisation())
        seen: set[int] = set()
        with restamping_once():
            for row in batch.rows:
                user = users[found[row.values["external_id"]]]
                team = teams.get(row.values.get("team") or 0)
                changed = before.get(user.pk, _person(user)) != _person(user)
                if team is not None:
                    changed |= self._set_region(team, row.values, batch, counts)
                    changed |= _join(user, team, row.values, day=day, now=batch.now)
                if user.pk > last and user.pk not in seen:
                    counts.new += 1
                else:
                    counts.changed += changed
                    counts.same += not changed
                seen.add(user.pk)
        return counts

    def _set_region(
        self, team: Team, values: Mapping[str, Any], batch: Batch, counts: Counts
    ) -> bool:
        region = values.get("region") or ""
        if not region or region == team.region:
            return False
        if team.region:
            counts.warn(OTHER_REGION)
            return False
        services.update_team(team=team, region=region, actor=None, now=batch.now)
        team.region = region
        return True

    def delete(self, source: Source, external_ids: Sequence[str], now: datetime) -> int:
        raise StillNamed(_("People are deactivated on their page, not deleted."))


def _person(user: User) -> tuple[str, str | None]:
    return user.name, user.email


def _names(batch: Batch) -> dict[int, tuple[str, str | None]]:
    """Return the people whom the source knows, as they are before the import."""
    users = User.objects.filter(identities__source=batch.source.slug)
    return {user.pk: _person(user) for user in users}


def _join(
    user: User, team: Team, values: Mapping[str, Any], *, day: int, now: datetime
) -> bool:
    """Put a person into a team; return whether that was news.

    Without a first day, a team the person has been in before is no news: what was
    arranged on the page of the person since then stands.
    """
    role = values.get("role") or Role.AGENT
    since = day_of(values.get("since"))
    until = day_after(values.get("until"))
    held = list(Membership.objects.filter(user=user, role=role).order_by("since_day"))
    same = [
        one for one in held if one.team_id == team.pk and since in (None, one.since_day)
    ]
    if same:
        return _end(same[-1], until, now)
    if since is None:
        since = day if held else ALWAYS
    overlaps = [one for one in held if one.until_day > since]
    if role == Role.AGENT and overlaps and overlaps[0].since_day <= since:
        services.move_agent(user=user, team=team, from_day=since, actor=None, now=now)
        joined = Membership.objects.get(
            user=user, team=team, role=role, since_day=since
        )
        _end(joined, until, now)
        return True
    services.set_membership(
        user=user,
        team=team,
        role=role,
        since_day=since,
        until_day=until or _next(held, since),
        actor=None,
        now=now,
    )
    return True


def _next(held: Sequence[Membership], since: int) -> int:
    """Return the day on which something arranged for later begins."""
    later = [one.since_day for one in held if one.since_day > since]
    return min(later, default=FOREVER)


def _end(membership: Membership, until: int | None, now: datetime) -> bool:
    if until is None or membership.until_day == until:
        return False
    services.end_membership(membership=membership, until_day=until, actor=None, now=now)
    return True
