"""Where a metric is used, asked of everything that can be built on one."""

from dataclasses import dataclass
from typing import cast

from django.urls import reverse

from crmkpi.accounts.access import Access
from metrics.custom import loading
from metrics.custom.sharing import TEAM, Audience, may_read, teams_around
from metrics.signals import metric_uses


@dataclass(frozen=True)
class Use:
    """One thing that is built on a metric."""

    title: str  # empty for what the reader may not see
    url: str
    audience: Audience  # who has to be able to read the metric


def uses_of(key: str, *, access: Access | None = None) -> list[Use]:
    """Return what is built on a metric: other metrics, then what stands above.

    Titles only of what the reader may see; without a reader, of everything.

    Empty: for a metric that may be deleted.

    Queries: those of loading.current, 1, and those of the receivers of `metric_uses`.
    """
    around = teams_around(access) if access else frozenset()
    found = []
    for each, own in loading.current().items():
        if key not in own.metric.inputs:
            continue
        if access and not may_read(own.audience, access, around):
            found.append(Use("", "", own.audience))
            continue
        page = reverse("metrics:detail", kwargs={"key": each})
        found.append(Use(str(own.metric.title), page, own.audience))
    for _receiver, some in metric_uses.send(sender=Use, key=key, access=access):
        found += cast(list[Use], some)
    return found


def use_in_team(title: str, url: str, team_id: int) -> Use:
    """Return a use by something of a team, whose people then see the metric."""
    return Use(title, url, Audience(TEAM, team_id))
