"""What metrics tells those above it."""

from django.dispatch import Signal

# Sent in the transaction that stored them: scopes: set[ScopeKey], now: datetime.
snapshots_changed = Signal()

# Asks everything above for what is built on a metric: key: str, access: Access or None
# (whose titles to show). Receivers return a list of metrics.custom.uses.Use.
metric_uses = Signal()
