"""How often one network address may miss, or answer without an invitation."""

from hashlib import sha256

from django.core.cache import cache
from django.http import HttpRequest

WINDOW_SECONDS = 600
MISSES = 30  # links that lead nowhere
SHARED_ANSWERS = 60  # one office behind one address is normal
KIOSK_ANSWERS = 300  # five devices of one shop, an answer every ten seconds each


def too_many(request: HttpRequest, what: str, *, limit: int) -> bool:
    """Count one more and tell whether that is more than the limit allows.

    The address itself is not kept, only a hash of it, for ten minutes.
    """
    address = request.META.get("REMOTE_ADDR", "")
    key = f"surveys:{what}:{sha256(address.encode()).hexdigest()[:32]}"
    cache.add(key, 0, WINDOW_SECONDS)
    try:
        return cache.incr(key) > limit
    except ValueError:  # it went between the two calls
        return False
