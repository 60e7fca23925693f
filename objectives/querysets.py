"""The only doors to objectives and what hangs on them."""

from collections.abc import Iterable
from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from crmkpi.accounts.access import Access
from metrics.scopes import ScopeKey


def visible(access: Access) -> Q:
    """Return the filter for objectives that a reader may open.

    Public ones are for everybody with a role; those of a team for who reads or works
    there; private ones and drafts for owner, reviewer and the team's managers. An API
    key opens the public ones of its teams.
    """
    mine = Q(team__in=access.managed_team_ids)
    if access.user_id:
        mine |= Q(owner=access.user_id) | Q(reviewer=access.user_id)
    teams = access.team_ids | access.own_team_ids
    shared = Q(visibility="team", team__in=teams)
    if access.sees_company or (access.user_id and teams):
        shared |= Q(visibility="public")
    else:
        shared |= Q(visibility="public", team__in=teams)
    return mine | (shared & ~Q(state="draft"))


class ObjectiveQuerySet(models.QuerySet["Objective"]):  # type: ignore[name-defined]
    def visible_to(self, access: Access) -> Self:
        """Return the objectives that the reader may open."""
        return self.filter(visible(access))

    def managed_by(self, access: Access) -> Self:
        """Return the objectives that the reader may change."""
        return self.filter(team__in=access.managed_team_ids)


class KeyResultQuerySet(models.QuerySet["KeyResult"]):  # type: ignore[name-defined]
    def visible_to(self, access: Access) -> Self:
        """Return the key results of the objectives that the reader may open."""
        objectives = self.model._meta.get_field("objective").related_model
        open_to = objectives._default_manager.visible_to(access)
        return self.filter(Exists(open_to.filter(pk=OuterRef("objective"))))

    def running(self) -> Self:
        """Return those that are judged: not cancelled, of cycles not yet closed."""
        return self.filter(is_cancelled=False, objective__cycle__state="open").exclude(
            objective__state="closed"
        )

    def of_scopes(self, scopes: Iterable[ScopeKey]) -> Self:
        """Return those whose numbers belong to one of the scopes."""
        found = Q(pk__in=[])
        by_kind: dict[tuple[int, int], set[int]] = {}
        for scope in scopes:
            by_kind.setdefault((scope.cut, scope.other), set()).add(scope.member)
        for (cut, other), members in by_kind.items():
            found |= Q(cut=cut, other=other, member__in=members)
        return self.filter(found).exclude(metric="")
