"""News from surveys for the apps above."""

from django.dispatch import Signal

# Sent inside the writer's transaction, for Answer and Invitation, with the arguments
# of crm.signals.facts_changed: columns (attnames), before and after (lists of tuples
# of the changed rows, keys among their columns), now, cause, run_id, actor_id; and
# may_follow_up, False where the writer knows that no rule for following up names a row.
response_changed = Signal()

# Sent inside the writer's transaction when items become somebody's to see to: calls (a
# list of closing.calls.Call) and now.
follow_ups_called = Signal()
