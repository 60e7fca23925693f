"""What network addresses did lately."""

from django.db import models


class AddressUse(models.Model):
    """How often one network address did one thing within one window of time.

    Of the address there is only a keyed hash, and of that no more when it is over.
    """

    place_hash = models.CharField(max_length=64, primary_key=True)
    uses = models.PositiveIntegerField()
    ends_at = models.DateTimeField(db_index=True)  # what is over is deleted

    def __str__(self) -> str:
        return f"{self.place_hash[:8]}: {self.uses}"


class NetworkAnswer(models.Model):
    """That a network gave an answer by a survey's shared link, kept for a week.

    Of the network there is only a keyed hash, another one for each link.
    """

    place_hash = models.CharField(max_length=64)
    at = models.DateTimeField(db_index=True)  # what is old is deleted

    class Meta:
        indexes = [  # the latest ones of a network, counted with each answer
            models.Index(fields=["place_hash", "at"], name="answer_of_network")
        ]

    def __str__(self) -> str:
        return f"{self.place_hash[:8]}: {self.at:%Y-%m-%d %H:%M}"
