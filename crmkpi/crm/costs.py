"""The even share of each cost on each of its days."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from crmkpi.crm import changes, derived
from crmkpi.crm.models import CostShare
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
    """
    wanted = {key: _shares(key, cost) for key, cost in costs.items()}
    old = derived.stored(CostShare, "cost_id", [key for key in costs if key not in new])
    derived.replace(CostShare, old, wanted, now=now, cause=cause)


def _shares(key: int, cost: Mapping[str, Any]) -> list[changes.Row]:
    if cost["amount"] is None:
        return []
    amounts = spread(cost["amount"], cost["end_day"] - cost["first_day"])
    names = changes.columns(CostShare)
    values = {
        "cost_id": key,
        "kind": cost["kind"],
        "exclusion": cost["exclusion"],
        "campaign_id": cost["campaign_id"],
        "agent_id": None,
        "team_id": cost["team_id"],
    }
    return [
        tuple((values | {"day": day, "amount": amount})[name] for name in names)
        for day, amount in enumerate(amounts, cost["first_day"])
    ]
