"""What a reader may see: one frozen value that every door takes."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Access:
    """The rights of a person or an API key on one local day.

    Agents see themselves, leads their own team, managers a team and all below it;
    analysts read like managers; administrators arrange people and settings but see
    no figures unless they also hold one of the other roles.
    """

    user_id: int  # 0 for an API key
    day: int  # the local day on which the rights were looked up
    is_administrator: bool = False
    sees_company: bool = False  # manager or analyst of a root team, or such a key
    team_ids: frozenset[int] = frozenset()  # teams whose figures and rows are open
    managed_team_ids: frozenset[int] = frozenset()  # of these, where targets are set
    own_team_ids: frozenset[int] = frozenset()  # where the reader is an agent
    agent_ids: frozenset[int] = frozenset()  # people whose figures are open
    scopes: frozenset[str] | None = None  # None for a person, who has all of them
    version: str = field(default="")  # changes whenever the rights change

    @property
    def is_agent_only(self) -> bool:
        """Whether the reader sees nothing but the own scorecard."""
        return bool(self.own_team_ids) and not self.team_ids

    @property
    def manages(self) -> bool:
        """Whether the reader may write objectives for at least one team."""
        return bool(self.managed_team_ids)

    def may_read_team(self, team_id: int) -> bool:
        return team_id in self.team_ids

    def may_manage_team(self, team_id: int) -> bool:
        return team_id in self.managed_team_ids

    def may_read_agent(self, agent_id: int) -> bool:
        return agent_id in self.agent_ids or (
            agent_id == self.user_id and bool(self.own_team_ids)
        )

    def allows(self, scope: str) -> bool:
        """Whether an API key carries a scope; people carry every scope."""
        return self.scopes is None or scope in self.scopes
