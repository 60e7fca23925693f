"""Segments for tests, made as managers make them."""

from decimal import Decimal
from typing import Any

from crmkpi.crm.models import Segment
from crmkpi.crm.segments.rules import Condition, How, Rule
from crmkpi.crm.segments.services import Draft, create_segment
from tests.world import NOW


def condition(field: str, how: str, *values: str, days: int | None = None) -> Condition:
    """Return a condition: condition("region", "any_of", "North")."""
    if how in (How.AT_LEAST, How.AT_MOST):
        return Condition(field, How(how), number=Decimal(values[0]), days=days)
    return Condition(field, How(how), values=values)


def segment(
    name: str, *conditions: Condition, needs_all: bool = True, **more: Any
) -> Segment:
    """Make a segment at the end of the order."""
    draft = Draft(name, Rule(conditions, needs_all))
    return create_segment(draft=draft, **{"actor": None, "now": NOW} | more)
