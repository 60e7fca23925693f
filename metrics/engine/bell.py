"""When this process wakes a worker: at once, then once a second for all that follows.

Many changes a second need one job, not as many messages, which cost more than the
changes. What comes while a message waits for its second is worked off with it.
"""

import threading
import time

PAUSE = 1.0  # seconds between two messages

_lock = threading.Lock()
_next = -PAUSE  # when the job of the last message starts, by the monotonic clock


def due_in() -> float | None:
    """Return in how many seconds a job is to start for a change that is committed.

    None where one that starts later than now has been asked for already.
    Example: changes at 0.0, 0.4, 0.5 and 1.2 s give 0.0, 0.6, None and 0.8
    """
    global _next
    with _lock:
        now = time.monotonic()
        if now < _next:
            return None
        _next = max(now, _next + PAUSE)
        return _next - now


def forget() -> None:
    """Ring at once for the next change: for tests, each of which begins in silence."""
    global _next
    _next = -PAUSE
