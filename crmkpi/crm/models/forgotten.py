"""What must not come back: names of rows that were erased, as hashes only."""

from django.db import models


class Forgotten(models.Model):
    """Something that an erased row was called; who reads it learns no name.

    An import that tells of it again leaves the row as it is, and a row that names it
    finds the one that stays.
    """

    record = models.CharField(max_length=32)  # as imports call it: "contact"
    hashed = models.CharField(max_length=64, unique=True)  # see crm.forgotten
    row_id = models.BigIntegerField()  # the row that stays and names nobody
    forgotten_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.record} {self.row_id}"
