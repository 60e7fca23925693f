"""News from the facts for the apps above, sent inside the writer's transaction."""

from django.dispatch import Signal

# Rows of a fact, or of what is derived from facts, changed. The sender is the model.
# Arguments: columns (attnames), before (tuples of the rows that changed or went, as
# they were), after (tuples of the rows that came or changed, as they are), now, cause
# ("import", "edit", "late rows", "reassignment" or "deletion"). Rows that stayed equal
# are in neither.
facts_changed = Signal()

# Ratings came as columns of interactions or tickets. Arguments: source (its slug),
# rows (dicts of kind, score, external_id, answered_at, agent_id, customer_id, channel,
# subject), now; subject is "interaction" or "ticket", and a score of None says that
# there is no rating any more. Sent again whenever the row is imported again: receivers
# keep one response for each record and kind. A receiver may return the external ids of
# the records whose response is new or other than before.
ratings_received = Signal()
