"""News from surveys for the apps above."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db.models import Model
from django.dispatch import Signal


class Change(NamedTuple):
    """Rows of Answer or Invitation as they were and as they are."""

    model: type[Model]
    columns: tuple[str, ...]  # attnames, the key among them
    before: Sequence[tuple[Any, ...]]
    after: Sequence[tuple[Any, ...]]


# Sent inside the writer's transaction with all that changed together: changes (a list
# of Change), now, cause, run_id and actor_id as crm.signals.facts_changed has them; and
# may_follow_up, False where the writer knows that no rule for following up names a row.
response_changed = Signal()

# Sent inside the writer's transaction when items become somebody's to see to: calls (a
# list of closing.calls.Call) and now.
follow_ups_called = Signal()
