"""Why a change was refused; str() gives words for the user."""

from django.utils.functional import Promise


class Refused(Exception):
    """A change that the rules do not allow; nothing was written."""

    def __init__(self, message: str | Promise) -> None:
        super().__init__(message)

    def __str__(self) -> str:
        return str(self.args[0])


class BadSetting(Refused):
    """A setting of the organisation that cannot be; `field` names it."""

    def __init__(self, message: str | Promise, *, field: str) -> None:
        super().__init__(message)
        self.field = field


class CurrencyLocked(BadSetting):
    """Amounts are already kept in the organisation's currency."""


class TeamNameTaken(Refused):
    """Another team has this name."""


class TeamLoop(Refused):
    """A team would stand below itself, or something above the root team."""


class DaysOutOfOrder(Refused):
    """Something would end before it begins."""


class MembershipOverlap(Refused):
    """The person already has this role in this team on some of these days."""


class EmailTaken(Refused):
    """Another person signs in with this address."""


class InvitationSpent(Refused):
    """An invitation that is unknown, used or too old; readers are not told which."""


class LastAdministrator(Refused):
    """Nobody would be left to arrange people and settings."""


class NotAllowed(Refused):
    """Nobody may do this to themselves."""


class NoScope(Refused):
    """A key that could do nothing, or to no team."""


class RecalculationRunning(Refused):
    """Figures are being computed anew; what would start it again has to wait."""
