"""The only door to surveys; answers and invitations go through the door of facts."""

from typing import Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from crmkpi.accounts.access import Access
from crmkpi.accounts.models import TeamEdge


class SurveyQuerySet(models.QuerySet[Any]):
    """Surveys belong to a team; who stands below it may see what they got from it."""

    def visible_to(self, access: Access) -> Self:
        """Return the surveys of the reader's teams and of the teams above them.

        A survey of the whole company is everybody's, but each reader sees only those
        of its answers that Answer.objects.visible_to lets through.
        """
        if access.sees_company:
            return self
        teams = access.team_ids | access.own_team_ids
        above = TeamEdge.objects.filter(
            ancestor=OuterRef("team_id"),
            descendant__in=teams,
            since_day__lte=access.day,
            until_day__gt=access.day,
        )
        return self.filter(Q(team_id__in=teams) | Exists(above))

    def managed_by(self, access: Access) -> Self:
        """Return the surveys that the reader may change."""
        return self.filter(team_id__in=access.managed_team_ids)
