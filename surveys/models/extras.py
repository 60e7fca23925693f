"""What customers said to the questions after the score."""

from django.db import models

from surveys.models.responses import Response
from surveys.models.surveys import Question


class ExtraAnswer(models.Model):
    """The reply to an extra question.

    Apart from Answer, which carries all that figures are computed from: this has no
    scale and moves no figure.
    """

    response = models.ForeignKey(Response, models.CASCADE, related_name="extras")
    question = models.ForeignKey(
        Question, models.PROTECT, related_name="+", db_index=False
    )
    chosen = models.JSONField(default=list)  # options by their place, from 1
    text = models.CharField(max_length=300, blank=True)
    replied_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["question", "response"], name="extra_replied_once"
            )
        ]

    def __str__(self) -> str:
        return self.text or ", ".join(str(each) for each in self.chosen)
