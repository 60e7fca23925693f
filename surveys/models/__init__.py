"""Surveys: what is asked, who was asked, what they said."""

from surveys.models.invitations import Invitation, InvitationToken, Suppression
from surveys.models.responses import Answer, AnswerRevision, Response
from surveys.models.surveys import Question, Survey, SurveyVersion

__all__ = [
    "Answer",
    "AnswerRevision",
    "Invitation",
    "InvitationToken",
    "Question",
    "Response",
    "Suppression",
    "Survey",
    "SurveyVersion",
]
