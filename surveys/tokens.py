"""Secrets of the customer pages: link tokens, handed-out forms and edit keys.

Link tokens are random and only their hash is stored, so a new SECRET_KEY leaves every
mailed link working. Forms and edit keys live for a day and are signed with it.
"""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from hashlib import sha256

from django.core.signing import BadSignature, Signer
from django.utils.crypto import salted_hmac

FORM_LIFE = timedelta(hours=24)
_signer = Signer(salt="surveys.form", sep=".")


class BadForm(ValueError):
    """What was posted did not come from a form of this link, or from an old one."""


def new_token() -> str:
    """Return 256 random bits for a link."""
    return secrets.token_urlsafe(32)


def hash_of(secret: str) -> str:
    """Return under what a secret is stored."""
    return sha256(secret.encode()).hexdigest()


@dataclass(frozen=True)
class Form:
    """One rendering of a question page; posting it twice is posting it once."""

    link: str  # what it was handed out for
    version_id: int  # what was asked
    opened_at: datetime  # UTC, whole seconds
    nonce: str

    @classmethod
    def hand_out(cls, *, link: str, version_id: int, now: datetime) -> "Form":
        """Return a form that nobody has yet."""
        return cls(link, version_id, now.replace(microsecond=0), secrets.token_hex(16))

    @classmethod
    def read(cls, signed: str, *, link: str, now: datetime) -> "Form":
        """Return the form that was posted.

        Raises: BadForm when it is forged, belongs to another link or is too old.
        """
        try:
            version, opened, nonce, own = _signer.unsign(signed).split(":")
        except (BadSignature, ValueError) as error:
            raise BadForm from error
        form = cls(own, int(version), datetime.fromtimestamp(int(opened), UTC), nonce)
        if own != link or not form.opened_at <= now < form.opened_at + FORM_LIFE:
            raise BadForm
        return form

    @property
    def signed(self) -> str:
        """Return the form as the page carries it."""
        opened = int(self.opened_at.timestamp())
        return _signer.sign(f"{self.version_id}:{opened}:{self.nonce}:{self.link}")

    @cached_property
    def edit_key(self) -> str:
        """Return the key of the thank-you page that answering this form leads to.

        Derived, so that a second press of the button leads to the same page.
        """
        hmac = salted_hmac("surveys.edit", self.nonce, algorithm="sha256")
        return hmac.hexdigest()[:48]


def address_hash(address: str) -> str:
    """Return under what an address is remembered; case does not matter."""
    return hash_of(address.strip().lower()) if address.strip() else ""


def place_hash(what: str, address: str, window: int = 0) -> str:
    """Return under what a network address is counted: nobody can try out all of them.

    Another for each thing it does and in each window, so that two cannot be joined.
    """
    told = f"{what} {address} {window}"
    return salted_hmac("surveys.place", told, algorithm="sha256").hexdigest()
