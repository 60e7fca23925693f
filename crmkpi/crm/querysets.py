"""The only door to facts: what a reader may see."""

from typing import Any, Self

from django.db import models
from django.db.models import Q

from crmkpi.accounts.access import Access


class FactQuerySet(models.QuerySet[Any]):
    """Rows of a fact model that names its agent_path and team_paths."""

    def visible_to(self, access: Access) -> Self:
        """Return the rows that count for a person or team the reader may see.

        Rows that count for nobody are visible to those who see the company.
        """
        if access.sees_company:
            return self
        allowed = Q(pk__in=[])
        if self.model.agent_path:
            people = set(access.agent_ids)
            if access.own_team_ids:
                people.add(access.user_id)
            allowed |= Q(**{f"{self.model.agent_path}__in": people})
        for path in self.model.team_paths:
            allowed |= Q(**{f"{path}__in": access.team_ids})
        return self.filter(allowed)

    def counted(self) -> Self:
        """Return the rows that no standard exclusion leaves out."""
        return self.filter(exclusion=0)
