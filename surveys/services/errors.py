"""Why something about surveys was refused; str() gives words for the user."""

from crmkpi.accounts.services.errors import Refused


class UnknownLink(Refused):
    """A link that is unknown, malformed or revoked; readers are not told which."""


class LinkClosed(Refused):
    """The survey has ended, or the time to answer this invitation is over."""


class AlreadyAnswered(Refused):
    """The link has taken its one answer, and this is another."""


class StaleForm(Refused):
    """The form is forged, of another link, or was open for more than a day."""


class BadScore(Refused):
    """Not a score of this question's scale."""


class BadComment(Refused):
    """A comment that cannot be stored; `reason` is "too long" or "unreadable"."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class BadReply(Refused):
    """A reply to an extra question that cannot be stored; `reason` as in ReplyFault."""

    def __init__(self, key: str, reason: str) -> None:
        super().__init__(reason)
        self.key = key  # of the question
        self.reason = reason


class EditOver(Refused):
    """The answer can no longer be changed on its thank-you page."""


class BadSurvey(Refused):
    """Something about a survey that cannot be; `field` names it when there is one."""

    def __init__(self, message: object, *, field: str | None = None) -> None:
        super().__init__(str(message))
        self.field = field
