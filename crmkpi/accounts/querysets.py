"""The only doors to people and teams."""

from django.db import models

from crmkpi.accounts.access import Access


class UserQuerySet(models.QuerySet["User"]):  # type: ignore[name-defined]
    def visible_to(self, access: Access) -> "UserQuerySet":
        """Return the people whose figures or names the reader may see."""
        if access.is_administrator:
            return self
        return self.filter(pk__in=access.agent_ids | {access.user_id})


class TeamQuerySet(models.QuerySet["Team"]):  # type: ignore[name-defined]
    def visible_to(self, access: Access) -> "TeamQuerySet":
        """Return the teams whose scorecards the reader may open."""
        if access.is_administrator:
            return self
        return self.filter(pk__in=access.team_ids)


class MembershipQuerySet(models.QuerySet["Membership"]):  # type: ignore[name-defined]
    def on(self, day: int) -> "MembershipQuerySet":
        """Return what holds on a local day."""
        return self.filter(since_day__lte=day, until_day__gt=day)


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):  # type: ignore[name-defined]
    def visible_to(self, access: Access) -> "ApiKeyQuerySet":
        """Return all keys to administrators, none to others."""
        return self if access.is_administrator else self.none()
