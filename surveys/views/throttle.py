"""How often one network address may miss, or answer without an invitation."""

from hashlib import sha256

from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone

from surveys.services.uses import WINDOW, count_use

WINDOW_SECONDS = int(WINDOW.total_seconds())
MISSES = 30  # links that lead nowhere
SHARED_ANSWERS = 60  # one office behind one address is normal
KIOSK_ANSWERS = 300  # five devices of one shop, an answer every ten seconds each


def too_many(request: HttpRequest, what: str, *, limit: int) -> bool:
    """Count one more and tell whether that is more than the limit allows.

    The address itself is not kept, only a hash of it, for ten minutes. In the cache,
    because pages that are only fetched write no row.
    """
    key = f"surveys:{what}:{sha256(_address(request).encode()).hexdigest()[:32]}"
    cache.add(key, 0, WINDOW_SECONDS)
    try:
        return cache.incr(key) > limit
    except ValueError:  # it went between the two calls
        return False


def too_many_answers(request: HttpRequest, link: str, *, limit: int) -> bool:
    """Count one more answer through a link, with all that come at the same time.

    Queries: 1; counting in a cache that is a table takes ten.
    """
    uses = count_use(f"answer:{link}", address=_address(request), now=timezone.now())
    return uses > limit


def _address(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))
