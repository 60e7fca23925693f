"""What metrics tells those above it."""

from django.dispatch import Signal

# Sent in the transaction that stored them: scopes: set[ScopeKey], now: datetime.
snapshots_changed = Signal()
