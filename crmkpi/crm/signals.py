"""News from the facts for the apps above, sent inside the writer's transaction."""

from django.dispatch import Signal

# Rows of a fact, or of what is derived from facts, changed. The sender is the model.
# Arguments: columns (attnames), before (tuples of the rows that changed or go, as they
# were), keys (their primary keys), after (tuples of the rows that came or changed, as
# they are), now, cause ("import", "edit", "late rows", "reassignment" or "deletion"),
# run_id and actor_id (of the import or person behind it, None where nobody is known).
# Rows that stayed equal are in neither. Rows that go are still there.
facts_changed = Signal()

# Ratings came as columns of interactions or tickets. Arguments: source (its slug),
# rows (dicts of kind, score, external_id, answered_at, agent_id, customer_id, channel,
# client_id, subject), now; subject is "interaction" or "ticket", and a score of None
# says that there is no rating any more. Sent again whenever the row is imported again:
# receivers keep one response for each record and kind. A receiver may return the
# external ids of the records whose response is new or other than before.
ratings_received = Signal()

# Customers came into other segments. Arguments: moves (by customer the members before
# and after), from_day (rows of that day and later follow), now.
segments_moved = Signal()

# Rows of a fact lost their names and ids for good. The sender is the model. Argument:
# keys. Who keeps ids of rows forgets these.
rows_erased = Signal()

# Ids of rows of a fact told whose they are, and were replaced. The sender is the model.
# Arguments: rows (source id, the id it was, the id it is now), now. Who makes ids of
# these makes others from now on.
ids_replaced = Signal()
