"""What happens inside the installation under test: `python -m tests.faults.story X`."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta

import django

django.setup()

from django.db import transaction
from django.utils import timezone

from crmkpi.accounts import services as accounts
from crmkpi.accounts.models import Recalculation, User
from crmkpi.accounts.queries import get_organisation
from crmkpi.crm.models import Source, Ticket
from crmkpi.crm.signals import facts_changed
from crmkpi.lib.periods import local_day
from metrics import services
from metrics.models import DirtyKey, Snapshot, StalePair
from metrics.tasks import recalculate, ring_the_bell
from tests.metrics.engine.state import cells, from_scratch, snapshots
from tests.metrics.rows import columns, noon, values
from tests.world import NOW, TODAY, build_world


def load(tickets: str = "2000") -> str:
    """Write tickets and their dirty keys; nothing is computed yet."""
    world = build_world()
    source = Source.objects.create(slug="faults", name="Faults")
    dice = random.Random(1)
    people = [(world.alice, world.berlin), (world.cleo, world.north)]
    made = []
    for number in range(int(tickets)):
        agent, team = dice.choice(people)
        opened = TODAY - dice.randrange(700)
        resolved = opened + dice.randrange(4)
        made.append(
            Ticket(
                source=source,
                external_id=str(number),
                written_at=NOW,
                agent=agent,
                status=Ticket.Status.RESOLVED,
                channel=dice.randrange(8),
                # At two in the morning half of the world is a day behind.
                opened_at=noon(opened) - timedelta(hours=dice.choice((0, 10))),
                opened_day=opened,
                opened_team=team,
                resolved_at=noon(resolved),
                resolved_day=resolved,
                resolved_team=team,
                resolution_seconds=dice.randrange(90_000),
            )
        )
    with transaction.atomic():
        Ticket.objects.bulk_create(made, batch_size=500)
        facts_changed.send(
            sender=Ticket,
            columns=columns(Ticket),
            before=[],
            after=[values(row) for row in made],
            now=timezone.now(),
            cause="import",
        )
    return waiting()


def waiting() -> str:
    """Print how many dirty keys and stale pairs wait."""
    return f"{DirtyKey.objects.count()} {StalePair.objects.count()}"


def ring() -> str:
    """Ring as beat does."""
    ring_the_bell()
    ring_the_bell(recalculate)
    return "rung"


def ask_for_another_zone() -> str:
    """Wish for another zone, as the page of the settings does."""
    accounts.ask_for_settings(
        actor=User.objects.get(name="Adam"),
        now=timezone.now(),
        holidays=[],
        zone="America/New_York",
    )
    return "asked"


def kill_worker_at_work() -> str:
    """Start a worker; kill it once it has worked off some keys."""
    before = DirtyKey.objects.count()
    return _kill_worker_when(lambda: DirtyKey.objects.count() < before)


def kill_worker_while(state: str) -> str:
    """Start a worker; kill it once the recalculation has done a part of a state."""

    def is_there() -> bool:
        job = Recalculation.objects.get()
        return job.state == state and bool(job.done or not job.total)

    return _kill_worker_when(is_there)


def _kill_worker_when(it_is_time: Callable[[], bool]) -> str:
    """Look from in here, a hundred times a second: outside it would soon be over."""
    command = (sys.executable, "-m", "celery", "-A", "crmkpi", "worker", "-c", "1")
    quiet = subprocess.DEVNULL
    worker = subprocess.Popen(
        command, start_new_session=True, stdout=quiet, stderr=quiet
    )
    end = time.monotonic() + 120
    try:
        while time.monotonic() < end:
            if it_is_time():
                return "killed"
            time.sleep(0.01)
        return "never came"
    finally:
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()


def recalculation() -> str:
    """Print how far it is, the zone, whether rows lie in it, and whether pages warn."""
    org = get_organisation()
    held = list(Ticket.objects.values_list("opened_day", "opened_at"))
    lying = {day == local_day(at, org.zone) for day, at in held}
    rows = "whole" if lying == {True} else "mixed"
    said = "quiet" if org.recalculating_since is None else "warns"
    return f"{Recalculation.objects.get().state} {org.zone} {rows} {said}"


def verify() -> str:
    """Compare what is stored with a computation from nothing."""
    kept = cells(), snapshots()
    twice = Snapshot.objects.count() - len(kept[1])
    services.drain(now=timezone.now())
    fresh_cells, fresh_snapshots = from_scratch(timezone.now())
    if kept[0] != fresh_cells:
        return f"{len(set(kept[0].items()) ^ set(fresh_cells.items()))} cells differ"
    wrong = [key for key in fresh_snapshots if kept[1].get(key) != fresh_snapshots[key]]
    if wrong or twice:
        return f"{len(wrong)} snapshots differ, {twice} are there twice: {wrong[:3]}"
    return f"equal {len(fresh_cells)} {len(fresh_snapshots)}"


if __name__ == "__main__":
    sys.stdout.write(globals()[sys.argv[1]](*sys.argv[2:]))
