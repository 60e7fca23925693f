"""Why a change to a metric was refused; str() gives words for the user."""

from collections.abc import Mapping, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from metrics.custom.uses import Use

Words = str | Promise
Faults = dict[str, Words]  # a sentence for each field


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
                "Somebody else has changed this metric meanwhile. Look at it as it is "
                "now and make your change again."
            )
        )


class InUse(Refused):
    """A metric that something is built on is retired, not deleted."""

    def __init__(self, uses: Sequence[Use]) -> None:
        super().__init__(_("This metric is in use. Retire it instead."))
        self.uses = list(uses)
