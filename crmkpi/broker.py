"""The broker made of files, whose messages appear in the queue whole.

Kombu creates the file of a message and then fills it. A worker that looks between the
two takes an empty message away and ends with the error of reading it.
"""

from pathlib import Path
from time import monotonic
from typing import Any
from uuid import uuid4

from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    """Puts messages into the queue by renaming them."""

    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]
        """Write a message under a name that is in no queue, then give it its own."""
        place = Path(self.data_folder_out)
        waiting = place / f"{uuid4()}.part"
        waiting.write_text(dumps(payload))
        # Workers take the lowest name first: that of the oldest message.
        moment = round(monotonic() * 1000)
        waiting.replace(place / f"{moment}_{waiting.stem}.{queue}.msg")


class Transport(filesystem.Transport):
    Channel = Channel


def take_over() -> None:
    """Make filesystem:// mean this broker."""
    TRANSPORT_ALIASES["filesystem"] = f"{__name__}:Transport"
