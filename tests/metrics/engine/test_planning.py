"""PostgreSQL runs the engine's queries as they are."""

import pytest
from django.db import connection, connections


@pytest.mark.postgresql
@pytest.mark.django_db
def test_no_connection_compiles_its_queries():
    new = connections.create_connection("default")
    new.settings_dict = connection.settings_dict
    try:
        with new.cursor() as cursor:
            cursor.execute("SHOW jit")
            assert cursor.fetchone() == ("off",)
    finally:
        new.close()
