"""How messages between systems are signed, in both directions.

The header X-Crmkpi-Signature holds `t=SECONDS,v1=HEX`: the time of signing, and the
HMAC-SHA256 of `SECONDS.BODY` with the shared secret. What is older than five minutes
is not taken, so that an overheard message cannot be sent again later.
"""

import hmac
import re
from datetime import datetime, timedelta
from hashlib import sha256

HEADER = "X-Crmkpi-Signature"
AGE = timedelta(minutes=5)
_SIGNATURE = re.compile(r"t=(\d{1,12}),v1=([0-9a-f]{64})\Z")


def sign(body: bytes, *, secret: str, at: datetime) -> str:
    """Return the header's value for a body."""
    seconds = int(at.timestamp())
    return f"t={seconds},v1={_digest(body, secret, seconds)}"


def is_signed(header: str, body: bytes, *, secret: str, now: datetime) -> bool:
    """Tell whether a body was signed with the secret a short while ago.

    Empty: without a secret nothing is.
    """
    parts = _SIGNATURE.match(header)
    if parts is None or not secret:
        return False
    seconds = int(parts[1])
    if abs(now.timestamp() - seconds) > AGE.total_seconds():
        return False
    return hmac.compare_digest(parts[2], _digest(body, secret, seconds))


def _digest(body: bytes, secret: str, seconds: int) -> str:
    signed = f"{seconds}.".encode() + body
    return hmac.new(secret.encode(), signed, sha256).hexdigest()
