"""Who is in which team on which day, and what stands above a team: in memory."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Generic, Self, TypeVar

from django.db.models import Subquery

from crmkpi.accounts.models import (
    ALWAYS,
    FOREVER,
    Membership,
    Organisation,
    Team,
    TeamParent,
)
from crmkpi.lib.periods import UNDATED

Role = Membership.Role
# A person's figures go to the team where the person works, else leads, else manages.
_RANK = {Role.AGENT: 0, Role.LEAD: 1, Role.MANAGER: 2}
STAMPING_ROLES = frozenset(_RANK)

Chain = tuple[int, ...]  # a team and what stands above it, nearest first
Span = tuple[int, int | None, int | None]  # start, end (None: still on), team


@dataclass(frozen=True)
class Stint:
    """What a person is in a team for a while."""

    team_id: int
    role: str
    since_day: int
    until_day: int


@dataclass(frozen=True)
class Place:
    """Under which team a team stands for a while."""

    parent_id: int
    since_day: int
    until_day: int


T = TypeVar("T")


@dataclass(frozen=True)
class _Steps(Generic[T]):
    """A value that changes on some days: values[i] holds from days[i] on."""

    days: list[int]
    values: list[T]

    def at(self, day: int) -> T | None:
        index = bisect_right(self.days, day) - 1
        return self.values[index] if index >= 0 else None


@dataclass
class TeamDirectory:
    """The dated memberships and the dated tree of all teams.

    Teams that nobody placed stand below the root team.
    """

    root_id: int | None
    team_ids: frozenset[int]
    stints: Mapping[int, list[Stint]]  # by person
    places: Mapping[int, list[Place]]  # by team
    _teams_of: dict[int, _Steps[int | None]] = field(default_factory=dict, repr=False)
    _chains_of: dict[int, _Steps[Chain]] = field(default_factory=dict, repr=False)
    _below: dict[int, frozenset[int]] = field(default_factory=dict, repr=False)

    @classmethod
    def load(cls) -> Self:
        """Return the directory as it stands in the database. Queries: 3."""
        root = Subquery(Organisation.objects.values("root_team_id")[:1])
        roots: dict[int, int] = dict(Team.objects.order_by().values_list("pk", root))
        stints: dict[int, list[Stint]] = {}
        for user_id, team_id, role, since, until in Membership.objects.order_by(
            "pk"
        ).values_list("user_id", "team_id", "role", "since_day", "until_day"):
            stints.setdefault(user_id, []).append(Stint(team_id, role, since, until))
        places: dict[int, list[Place]] = {}
        for team_id, *place in TeamParent.objects.order_by("since_day").values_list(
            "team_id", "parent_id", "since_day", "until_day"
        ):
            places.setdefault(team_id, []).append(Place(*place))
        return cls(next(iter(roots.values()), None), frozenset(roots), stints, places)

    def team_of(self, agent_id: int | None, day: int) -> int | None:
        """Return the team that a person's rows of a local day belong to.

        The team where the person is an agent, else leads, else manages; of several
        the one joined last. UNDATED: the first team the person was ever in.
        Empty: None for nobody, and on days without such a membership.
        """
        if agent_id is None:
            return None
        if day == UNDATED:
            return first_of(self.stints.get(agent_id, ()))
        return self._teams(agent_id).at(day)

    def spans(
        self, agent_id: int | None, start_day: int, end_day: int | None
    ) -> list[Span]:
        """Cut a stretch of days wherever the person's team or its place changes.

        Shape: `[(start, end, team_id), …]`, each beginning where the one before ends;
        the last end is end_day. A stretch within one day is one span.
        Time: UNDATED as a start belongs to the first team the person was ever in.
        Example: someone who moved from team 2 to team 3 on day 100:
        `spans(7, 90, None) == [(90, 100, 2), (100, None, 3)]`
        """
        cuts = [
            day
            for day in self._cuts(agent_id)
            if start_day < day and (end_day is None or day < end_day)
        ]
        spans: list[Span] = []
        for start, end in zip([start_day, *cuts], [*cuts, end_day], strict=True):
            team_id = self.team_of(agent_id, start)
            if spans and self._same_place(spans[-1], start, team_id):
                spans[-1] = (spans[-1][0], end, team_id)
            else:
                spans.append((start, end, team_id))
        return spans

    def ancestors(self, team_id: int, day: int) -> tuple[int, ...]:
        """Return the team itself, then what stands above it, nearest first."""
        return self._chains(team_id).at(day) or (team_id,)

    def descendants(self, team_id: int, day: int) -> frozenset[int]:
        """Return the team itself and all that stand below it on a local day."""
        return frozenset(
            other for other in self.team_ids if team_id in self.ancestors(other, day)
        )

    def ever_descendants(self, team_id: int) -> frozenset[int]:
        """Return the team itself and all that ever stood or will stand below it."""
        if team_id not in self._below:
            self._below[team_id] = frozenset(
                other
                for other in self.team_ids
                if any(team_id in chain for _day, chain in self.chain_steps(other))
            )
        return self._below[team_id]

    def chain_steps(self, team_id: int) -> list[tuple[int, tuple[int, ...]]]:
        """Return `(day, ancestors from that day on)` for every change of place."""
        steps = self._chains(team_id)
        return list(zip(steps.days, steps.values, strict=True))

    def _same_place(self, span: Span, day: int, team_id: int | None) -> bool:
        start, _end, before = span
        if before != team_id:
            return False
        return team_id is None or (
            self.ancestors(team_id, start) == self.ancestors(team_id, day)
        )

    def _cuts(self, agent_id: int | None) -> list[int]:
        if agent_id is None:
            return []
        steps = self._teams(agent_id)
        days = set(steps.days)
        for team_id in set(steps.values):
            if team_id is not None:
                days.update(self._chains(team_id).days)
        return sorted(days)

    def _stamping(self, agent_id: int) -> list[Stint]:
        stints = self.stints.get(agent_id, ())
        return [stint for stint in stints if stint.role in STAMPING_ROLES]

    def _teams(self, agent_id: int) -> _Steps[int | None]:
        if agent_id not in self._teams_of:
            stints = self._stamping(agent_id)
            ends = {
                day for stint in stints for day in (stint.since_day, stint.until_day)
            }
            days = sorted(ends - {FOREVER})
            self._teams_of[agent_id] = _Steps(
                days, [_team_on(stints, day) for day in days]
            )
        return self._teams_of[agent_id]

    def _chains(self, team_id: int) -> _Steps[Chain]:
        if team_id not in self._chains_of:
            days, values = [ALWAYS], [self._chain(team_id, ALWAYS)]
            for day in self._moves_above(team_id):
                chain = self._chain(team_id, day)
                if chain != values[-1]:
                    days.append(day)
                    values.append(chain)
            self._chains_of[team_id] = _Steps(days, values)
        return self._chains_of[team_id]

    def _moves_above(self, team_id: int) -> list[int]:
        """Return the days on which the team or anything ever above it moved."""
        seen, todo = {team_id}, [team_id]
        days: set[int] = set()
        while todo:
            for place in self.places.get(todo.pop(), ()):
                days.update((place.since_day, place.until_day))
                if place.parent_id not in seen:
                    seen.add(place.parent_id)
                    todo.append(place.parent_id)
        return sorted(day for day in days if ALWAYS < day < FOREVER)

    def _chain(self, team_id: int, day: int) -> tuple[int, ...]:
        chain = [team_id]
        while (above := self._parent(chain[-1], day)) is not None:
            if above in chain:
                raise TeamCycle(above)
            chain.append(above)
        return tuple(chain)

    def _parent(self, team_id: int, day: int) -> int | None:
        if team_id == self.root_id:
            return None
        for place in self.places.get(team_id, ()):
            if place.since_day <= day < place.until_day:
                return place.parent_id
        return self.root_id


class TeamCycle(ValueError):
    """A team would stand below itself."""


def first_of(stints: Iterable[Stint]) -> int | None:
    """Return the first team of a person: as an agent, else as lead, else as manager."""
    first = min(
        (stint for stint in stints if stint.role in STAMPING_ROLES),
        key=lambda stint: (_RANK[Role(stint.role)], stint.since_day),
        default=None,
    )
    return first.team_id if first else None


def _team_on(stints: Iterable[Stint], day: int) -> int | None:
    best: Stint | None = None
    for stint in stints:
        if not stint.since_day <= day < stint.until_day:
            continue
        if best is None or _order(stint) >= _order(best):
            best = stint
    return best.team_id if best else None


def _order(stint: Stint) -> tuple[int, int]:
    return (-_RANK[Role(stint.role)], stint.since_day)
