"""Surveys: what is asked, who was asked, what they said."""

from surveys.models.authoring import Logo, RedirectHost
from surveys.models.erasure import ErasureRequest
from surveys.models.extras import ExtraAnswer
from surveys.models.invitations import Invitation, InvitationToken, Suppression
from surveys.models.responses import Answer, AnswerRevision, Response
from surveys.models.surveys import Question, Survey, SurveyVersion

__all__ = [
    "Answer",
    "AnswerRevision",
    "ErasureRequest",
    "ExtraAnswer",
    "Invitation",
    "InvitationToken",
    "Logo",
    "Question",
    "RedirectHost",
    "Response",
    "Suppression",
    "Survey",
    "SurveyVersion",
]
