"""Why a change was refused; str() gives words for the user."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise


class Refused(Exception):
    """A change that the rules do not allow; nothing was written."""

    def __init__(self, message: Words) -> None:
        super().__init__(message)

    def __str__(self) -> str:
        return str(self.args[0])


class BadInput(Refused):
    """What was given cannot be; `faults` has a sentence for each field."""

    def __init__(self, faults: Mapping[str, Words]) -> None:
        super().__init__(next(iter(faults.values())))
        self.faults = dict(faults)


class Conflict(Refused):
    """Somebody else changed it since it was read."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "Somebody else has changed this meanwhile. Look at it as it is now and "
                "make your change again."
            )
        )


class AlreadyClosed(Refused):
    """An objective or cycle that is closed takes no more changes."""


class CycleNotOver(Refused):
    """A cycle closes after its last day."""


class LinkLoop(Refused):
    """An objective would contribute to itself by way of others."""


class SecondParent(Refused):
    """An objective contributes to one other at most."""
