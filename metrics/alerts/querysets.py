"""The doors to rules, notices and notes."""

from collections.abc import Iterable
from typing import Self

from django.db import models
from django.db.models import Q

from crmkpi.accounts.access import Access
from metrics.alerts.kinds import visible_notices
from metrics.scopes import ScopeKey


class AlertRuleQuerySet(models.QuerySet["AlertRule"]):  # type: ignore[name-defined]
    def visible_to(self, access: Access) -> Self:
        """Return the rules of the reader; nobody else's are listed or changed."""
        return self.filter(owner=access.user_id)

    def of_scopes(self, scopes: Iterable[ScopeKey]) -> Self:
        """Return the rules on figures of one of the scopes."""
        found = Q(pk__in=[])
        by_kind: dict[tuple[int, int], set[int]] = {}
        for scope in scopes:
            by_kind.setdefault((scope.cut, scope.other), set()).add(scope.member)
        for (cut, other), members in by_kind.items():
            found |= Q(cut=cut, other=other, member__in=members)
        return self.filter(found)


class NotificationQuerySet(models.QuerySet["Notification"]):  # type: ignore[name-defined]
    def visible_to(self, access: Access) -> Self:
        """Return what the reader was told in the application and may still see."""
        mine = self.filter(person=access.user_id, is_shown=True)
        return mine.filter(visible_notices(access))


class TrendNoteQuerySet(models.QuerySet["TrendNote"]):  # type: ignore[name-defined]
    def on(self, metric: str, scope: ScopeKey) -> Self:
        """Return the notes on the trend of a metric of one scope."""
        return self.filter(
            metric=metric, cut=scope.cut, member=scope.member, other=scope.other
        )
