"""The even share of each cost on each of its days."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from crmkpi.crm import changes, derived
from crmkpi.crm.models import Campaign, Channel, Cost, CostShare
from crmkpi.lib.money import spread


def share_out(
    costs: Mapping[int, Mapping[str, Any]],
    *,
    new: Collection[int],
    now: datetime,
    cause: str,
) -> None:
    """Replace the daily shares of costs, given by key with their columns.

    Costs in `new` have no shares yet. A cost without a known amount has none.

    Queries: 1 for the channels of campaigns, 1 for old shares, and those of replace.
    """
    channels = _channels({cost["campaign_id"] for cost in costs.values()})
    wanted = {key: _shares(key, cost, channels) for key, cost in costs.items()}
    old = derived.stored(CostShare, "cost_id", [key for key in costs if key not in new])
    derived.replace(CostShare, old, wanted, now=now, cause=cause)


def follow_campaigns(campaigns: Collection[int], *, now: datetime, cause: str) -> None:
    """Have the shares of campaigns' costs follow what was written to the campaigns.

    Queries: 1 for the costs and those of share_out, none without campaigns.
    """
    if campaigns:
        costs = Cost.objects.filter(campaign__in=campaigns).values()
        by_key = {cost["id"]: cost for cost in costs}
        share_out(by_key, new=(), now=now, cause=cause)


def _channels(campaigns: Collection[int | None]) -> dict[int | None, int]:
    named = {each for each in campaigns if each is not None}
    return dict(Campaign.objects.filter(pk__in=named).values_list("pk", "channel"))


def _shares(
    key: int, cost: Mapping[str, Any], channels: Mapping[int | None, int]
) -> list[changes.Row]:
    if cost["amount"] is None:
        return []
    amounts = spread(cost["amount"], cost["end_day"] - cost["first_day"])
    names = changes.columns(CostShare)
    values = {
        "cost_id": key,
        "kind": cost["kind"],
        "exclusion": cost["exclusion"],
        "campaign_id": cost["campaign_id"],
        "channel": channels.get(cost["campaign_id"], Channel.UNKNOWN),
        "agent_id": None,
        "team_id": cost["team_id"],
    }
    return [
        tuple((values | {"day": day, "amount": amount})[name] for name in names)
        for day, amount in enumerate(amounts, cost["first_day"])
    ]
