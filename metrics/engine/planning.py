"""How PostgreSQL goes about the engine's queries."""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper


def never_compile(connection: BaseDatabaseWrapper, **_signal: Any) -> None:
    """Have a new connection to PostgreSQL run queries as they are, not compile them.

    Many periods and scopes are asked for in one query of hundreds of short arms. Their
    guessed costs add up to what PostgreSQL takes for a long query, and it compiles each
    arm: with 3 million orders it had not ended after ten minutes; without, the same
    query takes milliseconds. It is set here, not among the connection's options, which
    poolers refuse.

    Queries: 1 for each new connection to PostgreSQL.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET jit = off")
