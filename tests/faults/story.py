"""What happens inside the installation under test: `python -m tests.faults.story X`."""

import random
import sys

import django

django.setup()

from django.db import transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from crmkpi.crm.models import Source, Ticket  # noqa: E402
from crmkpi.crm.signals import facts_changed  # noqa: E402
from metrics import services  # noqa: E402
from metrics.models import DirtyKey, Snapshot, StalePair  # noqa: E402
from metrics.tasks import ring_the_bell  # noqa: E402
from tests.metrics.engine.state import cells, from_scratch, snapshots  # noqa: E402
from tests.metrics.rows import columns, noon, values  # noqa: E402
from tests.world import NOW, TODAY, build_world  # noqa: E402

TICKETS = 6_000


def load() -> str:
    """Write tickets and their dirty keys; nothing is computed yet."""
    world = build_world()
    source = Source.objects.create(slug="faults", name="Faults")
    dice = random.Random(1)
    people = [(world.alice, world.berlin), (world.cleo, world.north)]
    made = []
    for number in range(TICKETS):
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
                opened_at=noon(opened),
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
    return "rung"


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
    sys.stdout.write(globals()[sys.argv[1]]())
