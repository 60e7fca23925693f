"""Surveys: what is asked, who was asked, what they said."""

from surveys.models.authoring import Logo, RedirectHost
from surveys.models.ballots import Ballot
from surveys.models.consents import Consent
from surveys.models.erasure import ErasureRequest
from surveys.models.extras import ExtraAnswer
from surveys.models.flag_looks import FlagLook
from surveys.models.follow_ups import FollowUp, FollowUpEvent, FollowUpRule
from surveys.models.invitations import (
    Invitation,
    InvitationToken,
    Means,
    Suppression,
)
from surveys.models.releases import CommentRelease
from surveys.models.responses import Answer, AnswerRevision, Response
from surveys.models.result_links import ResultLink
from surveys.models.sending import BounceEvent, Occasion, SendingLimits, SendingRule
from surveys.models.surveys import Question, Survey, SurveyVersion
from surveys.models.themes import Theme, ThemeMark
from surveys.models.uses import AddressUse, NetworkAnswer

__all__ = [
    "AddressUse",
    "Answer",
    "AnswerRevision",
    "Ballot",
    "BounceEvent",
    "CommentRelease",
    "Consent",
    "ErasureRequest",
    "ExtraAnswer",
    "FlagLook",
    "FollowUp",
    "FollowUpEvent",
    "FollowUpRule",
    "Invitation",
    "InvitationToken",
    "Logo",
    "Means",
    "NetworkAnswer",
    "Occasion",
    "Question",
    "RedirectHost",
    "Response",
    "ResultLink",
    "SendingLimits",
    "SendingRule",
    "Suppression",
    "Survey",
    "SurveyVersion",
    "Theme",
    "ThemeMark",
]
