"""A worker that dies in the middle of computing loses nothing and doubles nothing."""

import pytest

from tests.faults.installation import Installation, installed, wait_until


@pytest.fixture
def installation(tmp_path):
    with installed(tmp_path) as made:
        yield made


def waiting(installation: Installation) -> int:
    keys, pairs = installation.ask("waiting").split()
    return int(keys) + int(pairs)


@pytest.mark.django_db
def test_a_killed_worker_loses_nothing_and_doubles_nothing(installation):
    installation.ask("load")
    before = waiting(installation)
    assert before > 10_000
    worker = installation.start_worker()
    installation.ask("ring")
    wait_until(
        lambda: waiting(installation) < before, seconds=120, why="it never began"
    )
    installation.kill(worker)
    left = waiting(installation)
    assert 0 < left < before, "the kill came before or after the work"

    installation.start_worker()
    installation.ask("ring")
    wait_until(
        lambda: waiting(installation) == 0, seconds=240, why="work was left undone"
    )
    assert installation.ask("verify").startswith("equal ")
