"""What rows that all tests of a module share cost on PostgreSQL."""

from django.db import connection


def settle() -> None:
    """Check the foreign keys of the shared rows once.

    Each test checks at its end what has not been checked, and then takes that back:
    the next would check all shared rows again.
    """
    connection.check_constraints()


def give_back() -> None:
    """Free the space of rows that were rolled back, or later tests read through it."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM")
