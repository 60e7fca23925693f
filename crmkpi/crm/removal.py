"""Deleting facts with all that followed from them, and telling of it."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from crmkpi.accounts.queries import get_organisation
from crmkpi.crm import acquisition, attribution, changes, derived, follow_ups
from crmkpi.crm.models import (
    Campaign,
    Contact,
    Contract,
    Cost,
    CostShare,
    Customer,
    CustomerSpell,
    Interaction,
    Lead,
    LeadSpell,
    Opportunity,
    Order,
    Product,
    SlaClock,
    StageSpell,
    Ticket,
    TicketSpell,
)
from crmkpi.crm.stamps import Stamper
from crmkpi.lib import bulk

Model = type[models.Model]
Link = tuple[Model, str]

# Rows that follow from a fact and go with it.
_DERIVED: dict[Model, tuple[Link, ...]] = {
    Lead: ((LeadSpell, "lead_id"),),
    Opportunity: ((StageSpell, "opportunity_id"),),
    Ticket: ((TicketSpell, "ticket_id"), (SlaClock, "ticket_id")),
    Cost: ((CostShare, "cost_id"),),
    Customer: ((CustomerSpell, "customer_id"),),
}
# Rows that name a fact and stay without it.
_LINKED: dict[Model, tuple[Link, ...]] = {
    Opportunity: ((Interaction, "opportunity_id"),),
    Ticket: ((Interaction, "ticket_id"),),
    Contact: ((Ticket, "contact_id"),),
}
# Facts by which other rows are grouped: not to be taken away from under them.
_GROUPING = (Customer, Product, Campaign)


OTHERS_NAME_IT = _("Other rows name this; exclude it instead of deleting it.")


class StillNamed(ValueError):
    """A record that other rows name and are grouped by."""

    def __init__(self, reason: object = OTHERS_NAME_IT) -> None:
        super().__init__(reason)

    def __str__(self) -> str:
        return str(self.args[0])


def remove(model: Model, rows: dict[int, changes.Row], *, now: datetime) -> None:
    """Delete rows of a fact, given by key, locked, as they are stored.

    Raises: StillNamed for a customer, product or campaign that other rows name.
    """
    if not rows:
        return
    if model in _GROUPING and _is_named(model, rows):
        raise StillNamed
    for follower, column in _DERIVED.get(model, ()):
        old = derived.stored(follower, column, rows)
        derived.replace(follower, old, {}, now=now, cause="deletion")
    for linked, column in _LINKED.get(model, ()):
        _unlink(linked, column, rows, now)
    changes.announce(model, before=rows, after=[], now=now, cause="deletion")
    model._base_manager.filter(pk__in=list(rows)).delete()
    names = changes.columns(model)
    _follow(model, [dict(zip(names, row, strict=True)) for row in rows.values()], now)


def _follow(model: Model, gone: Iterable[dict[str, Any]], now: datetime) -> None:
    """Work out anew what followed from the rows that are gone."""
    if model in (Order, Contract):
        acquisition.refresh(
            {row["customer_id"] for row in gone} - {None},
            stamper=Stamper.load(),
            now=now,
            zone=get_organisation().zone,
            cause="deletion",
        )
    if model is Interaction:
        attribution.refresh(attribution.touched(gone), now=now, cause="deletion")
    for rule in (follow_ups.TICKETS, follow_ups.CALLS):
        if rule.model is model:
            follow_ups.refresh(
                rule, follow_ups.matters_of(gone), now=now, cause="deletion"
            )


def _is_named(model: Model, keys: Collection[int]) -> bool:
    derived_models = {follower for follower, _column in _DERIVED.get(model, ())}
    return any(
        changes.with_keys(relation.related_model, keys, column=relation.field.attname)
        .exclude(pk__in=list(keys) if relation.related_model is model else [])
        .exists()
        for relation in model._meta.related_objects
        if relation.related_model not in derived_models
    )


def _unlink(linked: Model, column: str, keys: Collection[int], now: datetime) -> None:
    rows = changes.rows_by_key(
        changes.with_keys(linked, keys, column=column), for_update=True
    )
    at = changes.position(linked, column)
    bulk.update_rows(linked, ["id"], [column], [(key, None) for key in rows])
    changes.announce(
        linked,
        before=rows,
        after=[(*row[:at], None, *row[at + 1 :]) for row in rows.values()],
        now=now,
        cause="edit",
    )
