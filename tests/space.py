"""What rows that all tests share, and servers, leave behind on PostgreSQL."""

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


def end_other_sessions() -> None:
    """End what threads of live servers may still hold, or the database cannot go."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
