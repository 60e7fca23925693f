"""Answers to anonymous surveys on their way: in a box, before they are answers."""

import uuid

from django.db import models

from crmkpi.crm.models import Member
from crmkpi.crm.models.base import agent_field, member_field, team_field
from surveys.models.surveys import SurveyVersion


class Ballot(models.Model):
    """One anonymous answer that waits, unread, until its box is opened.

    It has no key to whoever gave it, and nothing that would tell in which order
    ballots came: its id is random, and of the time only the day is kept. What it holds
    of the event is blurred when the box is opened (surveys.blurring); then it is gone.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(SurveyVersion, models.PROTECT, related_name="ballots")
    day = models.IntegerField()  # local day on which it was cast
    score = models.SmallIntegerField()
    comment = models.TextField(blank=True)
    # Replies by the key of their question: {"extra1": {"chosen": [2], "text": ""}}.
    extras = models.JSONField(default=dict, blank=True)
    agent = agent_field()
    team = team_field()
    segment = member_field(Member.Dimension.SEGMENT)
    key_hash = models.CharField(max_length=64, unique=True)  # of its thank-you page

    def __str__(self) -> str:
        return f"ballot for {self.version}"
