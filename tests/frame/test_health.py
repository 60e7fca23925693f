from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import DatabaseError, connection

from crmkpi import health

NOW = datetime(2026, 2, 13, 12, 0, tzinfo=UTC)


def test_alive_needs_nothing_but_the_process(client):
    response = client.get("/healthz")

    assert response.status_code == 200
    assert response.content == b"ok\n"


@pytest.mark.django_db
def test_jobs_are_late_when_no_beat_was_ever_taken(client):
    response = client.get("/readyz")

    assert response.status_code == 200
    assert response.json() == {"database": "ok", "jobs": "late", "last_beat_at": None}


@pytest.mark.django_db
@pytest.mark.parametrize(("seconds", "jobs"), [(0, "ok"), (120, "ok"), (121, "late")])
def test_jobs_are_late_two_minutes_after_the_last_beat(client, seconds, jobs):
    health.note_beat(NOW)

    with time_machine.travel(NOW + timedelta(seconds=seconds), tick=False):
        answer = client.get("/readyz").json()

    assert answer["jobs"] == jobs
    assert answer["last_beat_at"] == "2026-02-13T12:00:00+00:00"


@pytest.mark.django_db
def test_not_ready_without_the_database(client, monkeypatch):
    def gone():
        raise DatabaseError("connection refused: secret host")

    monkeypatch.setattr(connection, "cursor", gone)

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json() == {"database": "unreachable"}


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_only_reading_is_allowed(client, path):
    assert client.post(path).status_code == 405
