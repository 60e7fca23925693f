"""Logos: small pictures without script, stored once by what is in them."""

import struct
from datetime import datetime
from hashlib import sha256

from django.utils.translation import gettext_lazy as _

from crmkpi.accounts.models import User
from surveys.models import Logo
from surveys.services.errors import BadSurvey

LARGEST = 12 * 1024  # so that the page with its logo stays below 30 kB
PNG, WEBP, JPEG = b"\x89PNG\r\n\x1a\n", b"RIFF", b"\xff\xd8\xff"
PIXELS = 2048  # a side


def store_logo(content: bytes, *, actor: User | None, now: datetime) -> Logo:
    """Store a logo, or return the equal one that is there.

    Raises: BadSurvey, with the field "logo", for what is too large or no such picture.
    """
    if len(content) > LARGEST:
        raise BadSurvey(
            _("Use a picture of at most 12 kB; customers load it on their phones."),
            field="logo",
        )
    media_type = _media_type(content)
    if media_type is None:
        raise BadSurvey(_("Use a PNG, JPEG or WebP picture."), field="logo")
    logo, _created = Logo.objects.get_or_create(
        digest=sha256(content).hexdigest(),
        defaults={
            "media_type": media_type,
            "content": content,
            "created_at": now,
            "created_by": actor,
        },
    )
    return logo


def _media_type(content: bytes) -> str | None:
    if content.startswith(PNG) and len(content) > 33 and content[12:16] == b"IHDR":
        width, height = struct.unpack(">II", content[16:24])
        return "image/png" if 0 < width <= PIXELS and 0 < height <= PIXELS else None
    if content.startswith(JPEG):
        return "image/jpeg"
    if content.startswith(WEBP) and content[8:12] == b"WEBP":
        return "image/webp"
    return None
