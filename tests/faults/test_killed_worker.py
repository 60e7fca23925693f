"""A worker that dies in the middle of computing loses nothing and doubles nothing."""

import pytest

from tests.faults.installation import Installation, installed, wait_until


@pytest.fixture
def installation(tmp_path, tables):
    with installed(tmp_path, tables) as made:
        yield made


def waiting(installation: Installation) -> int:
    keys, pairs = installation.ask("waiting").split()
    return int(keys) + int(pairs)


@pytest.mark.django_db
def test_a_killed_worker_loses_nothing_and_doubles_nothing(installation):
    installation.ask("load")
    before = waiting(installation)
    assert before > 5_000
    installation.ask("ring")
    assert installation.ask("kill_worker_at_work") == "killed"
    assert waiting(installation) > 0, "the work was done before the kill"

    installation.start_worker()
    installation.ask("ring")
    wait_until(
        lambda: waiting(installation) == 0, seconds=240, why="work was left undone"
    )
    assert installation.ask("verify").startswith("equal ")


@pytest.mark.django_db
def test_a_killed_recalculation_is_old_or_warns_until_it_is_done(installation):
    """Killed among the rows all is old; killed among the figures every page says so."""
    installation.ask("load", "1000")
    installation.run("manage.py", "compute")
    installation.ask("ask_for_another_zone")
    assert told(installation) == "waiting Europe/Berlin whole quiet"

    assert killed_while(installation, "rows")
    assert told(installation) == "rows Europe/Berlin whole quiet"

    assert killed_while(installation, "cells")
    assert told(installation) == "cells America/New_York whole warns"

    installation.start_worker()
    installation.ask("ring")
    wait_until(
        lambda: told(installation) == "done America/New_York whole quiet",
        seconds=240,
        why="the recalculation never ended",
    )
    assert installation.ask("verify").startswith("equal ")


def told(installation: Installation) -> str:
    return installation.ask("recalculation")


def killed_while(installation: Installation, state: str) -> bool:
    installation.ask("ring")
    return installation.ask("kill_worker_while", state) == "killed"
