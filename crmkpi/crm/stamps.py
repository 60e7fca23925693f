"""Which team each event of a row belongs to: its owner's on the local day of it."""

from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Any

from django.db import models

from crmkpi.accounts.models import Team
from crmkpi.accounts.teams import TeamDirectory
from crmkpi.crm.members import ensure_members, folded
from crmkpi.crm.models import (
    AgentTime,
    Contract,
    Customer,
    EngagementDay,
    Interaction,
    Lead,
    Member,
    Opportunity,
    Order,
    ProcessRun,
    SlaClock,
    Ticket,
)

# Day columns and the team columns that they decide.
STAMPS: dict[type[models.Model], tuple[tuple[str, str], ...]] = {
    Customer: (("acquired_day", "acquired_team_id"),),
    Lead: (
        ("created_day", "created_team_id"),
        ("responded_day", "responded_team_id"),
        ("closed_day", "closed_team_id"),
    ),
    Opportunity: (
        ("opened_day", "opened_team_id"),
        ("proposed_day", "proposed_team_id"),
        ("closed_day", "closed_team_id"),
    ),
    Order: (("paid_day", "paid_team_id"), ("delivered_day", "delivered_team_id")),
    Contract: (("due_day", "due_team_id"),),
    Ticket: (
        ("opened_day", "opened_team_id"),
        ("replied_day", "replied_team_id"),
        ("resolved_day", "resolved_team_id"),
    ),
    SlaClock: (("decided_day", "team_id"),),
    Interaction: (("at_day", "at_team_id"),),
    AgentTime: (("day", "team_id"),),
    ProcessRun: (("ended_day", "team_id"),),
    EngagementDay: (("day", "team_id"),),
}
# Facts whose region is that of the team, where the row names none.
REGION_FROM: dict[type[models.Model], str] = {
    Lead: "created_team_id",
    Opportunity: "opened_team_id",
    Order: "paid_team_id",
}


@dataclass(frozen=True)
class Stamper:
    """Stamps rows of facts with teams and regions."""

    directory: TeamDirectory
    regions: dict[int, int]  # team -> member of the dimension region

    @classmethod
    def load(cls) -> "Stamper":
        """Return a stamper for the teams as they stand. Queries: 5 and new regions."""
        return cls(TeamDirectory.load(), _regions())

    def stamp(
        self, model: type[models.Model], values: MutableMapping[str, Any]
    ) -> None:
        """Set the team columns of a row given by column name.

        A row without an owner keeps the teams it has, where it names them itself.
        """
        agent = values["agent_id"]
        if agent is None and model is EngagementDay:
            return
        for day, team in STAMPS[model]:
            values[team] = (
                None
                if values[day] is None
                else self.directory.team_of(agent, values[day])
            )

    def region_of(self, team_id: int | None) -> int | None:
        return None if team_id is None else self.regions.get(team_id)


def _regions() -> dict[int, int]:
    named = {
        team_id: region
        for team_id, region in Team.objects.order_by().values_list("pk", "region")
        if region
    }
    if not named:
        return {}
    members = ensure_members(Member.Dimension.REGION, sorted(set(named.values())))
    return {team_id: members[folded(region)] for team_id, region in named.items()}
