"""Which events a rule asks about, as a frozen value."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from crmkpi.accounts.teams import TeamDirectory
from surveys.sending.happenings import Happening

LISTS = ("teams", "channels", "segments", "policies", "types", "clients")


@dataclass(frozen=True)
class Conditions:
    """What must hold; each empty one holds always. Several values: one of them."""

    teams: tuple[int, ...] = ()  # or a team below one of them
    channels: tuple[int, ...] = ()
    segments: tuple[int, ...] = ()
    policies: tuple[int, ...] = ()  # the ticket's service policy, its priority
    types: tuple[int, ...] = ()  # of ticket
    clients: tuple[int, ...] = ()  # the ticket's
    # Tickets that were closed by themselves, with no reply, are no reason to ask.
    replied_only: bool = True

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Read what to_json wrote; what is missing holds always."""
        return cls(
            **{name: tuple(data.get(name, ())) for name in LISTS},
            replied_only=bool(data.get("replied_only", True)),
        )

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON data with everything in it."""
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in asdict(self).items()
        }

    @property
    def members(self) -> tuple[int, ...]:
        """Return the members of all dimensions that are named."""
        return (*self.segments, *self.policies, *self.types, *self.clients)

    def hold(self, what: Happening) -> bool:
        """Tell whether an event fulfils all but the condition on teams."""
        if self.replied_only and not what.was_replied:
            return False
        pairs = (
            (self.channels, what.channel),
            (self.segments, what.segment_id),
            (self.policies, what.policy_id),
            (self.types, what.type_id),
            (self.clients, what.client_id),
        )
        return all(not wanted or value in wanted for wanted, value in pairs)


def concerns(
    conditions: Conditions, what: Happening, *, team_id: int, teams: TeamDirectory
) -> bool:
    """Tell whether a rule of a team's survey is about an event.

    A survey never asks about what another part of the organisation did: the event
    counts for the survey's team or one below it on its day. What counts for nobody is
    asked about by surveys of a team with nothing above it only.
    """
    if not conditions.hold(what):
        return False
    if what.team_id is None:
        above = teams.ancestors(team_id, what.day)
        return not conditions.teams and set(above) <= {team_id}
    chain = {what.team_id, *teams.ancestors(what.team_id, what.day)}
    if team_id not in chain:
        return False
    return not conditions.teams or not chain.isdisjoint(conditions.teams)
