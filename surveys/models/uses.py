"""How often network addresses did what there is a limit for."""

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
