"""Who is to get back to a customer, and who is told when nobody did."""

from dataclasses import dataclass

from crmkpi.accounts.models import Membership
from crmkpi.accounts.teams import TeamDirectory

Role = Membership.Role


@dataclass(frozen=True)
class Responsible:
    """The leads and managers of all teams on one local day."""

    day: int
    teams: TeamDirectory
    leads: dict[int, int]  # team -> person, the one who leads it longest
    managers: dict[int, int]

    @classmethod
    def load(cls, day: int) -> "Responsible":
        """Return who leads and manages what on a day. Queries: 4."""
        held: dict[str, dict[int, int]] = {Role.LEAD: {}, Role.MANAGER: {}}
        rows = Membership.objects.on(day).filter(
            role__in=list(held), user__is_active=True
        )
        for role, team_id, user_id in rows.order_by("since_day", "pk").values_list(
            "role", "team_id", "user_id"
        ):
            held[role].setdefault(team_id, user_id)
        return cls(day, TeamDirectory.load(), held[Role.LEAD], held[Role.MANAGER])

    def lead(self, team_id: int | None) -> int | None:
        """Return the lead of a team, else its manager or the next one above."""
        if team_id is None:
            return self._manager(())
        return self.leads.get(team_id) or self._manager(
            self.teams.ancestors(team_id, self.day)
        )

    def above(self, team_id: int | None, *, than: int | None) -> int | None:
        """Return the next person above who is not the owner.

        Empty: None when nobody else stands above.
        """
        chain = self.teams.ancestors(team_id, self.day) if team_id is not None else ()
        candidates = [
            *([self.leads.get(team_id)] if team_id is not None else []),
            *(self.managers.get(each) for each in chain),
            self.managers.get(self.teams.root_id or 0),
        ]
        if than in candidates:  # the owner's own place is no escalation
            candidates = candidates[candidates.index(than) + 1 :]
        return next((each for each in candidates if each and each != than), None)

    def _manager(self, chain: tuple[int, ...]) -> int | None:
        places = (*chain, self.teams.root_id or 0)
        found = (self.managers.get(each) for each in places)
        return next((each for each in found if each), None)
