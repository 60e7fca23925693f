"""Orders in bulk: 300 agents in 30 teams, three years, four dimensions."""

import random
from collections.abc import Iterator
from typing import Any

from django.db import transaction

from crmkpi.accounts import services
from crmkpi.accounts.models import Membership, Team, User
from crmkpi.crm.models import Channel, Member, Order, Product, Source
from crmkpi.lib import bulk
from tests.world import NOW, TODAY

DAYS = 3 * 365
COLUMNS = (
    "source_id",
    "external_id",
    "exclusion",
    "written_at",
    "agent_id",
    "state",
    "sale",
    "is_recurring",
    "is_first",
    "is_credited",
    "product_id",
    "channel",
    "campaign_id",
    "segment_id",
    "region_id",
    "amount",
    "original_currency",
    "paid_day",
    "paid_team_id",
    "credited_campaign_id",
)


class Company:
    """A tree of 30 teams below 5 departments, with ten agents each."""

    def __init__(self) -> None:
        services.update_organisation(actor=None, now=NOW, name="Bench")
        self.teams: list[Team] = []
        for number in range(5):
            department = services.add_team(
                name=f"Department {number}", actor=None, now=NOW
            )
            self.teams += [
                services.add_team(
                    name=f"Team {number}.{each}", parent=department, actor=None, now=NOW
                )
                for each in range(6)
            ]
        people = [User(name=f"Agent {number}") for number in range(300)]
        self.agents = User.objects.bulk_create(people)
        Membership.objects.bulk_create(
            Membership(user=agent, team=self.team_of(number), role="agent")
            for number, agent in enumerate(self.agents)
        )
        self.source = Source.objects.create(slug="bench", name="Bench")
        self.segments = [
            Member.objects.create(dimension="segment", name=f"Segment {number}")
            for number in range(4)
        ]
        self.regions = [
            Member.objects.create(dimension="region", name=f"Region {number}")
            for number in range(3)
        ]
        self.products = [
            Product.objects.create(
                source=self.source,
                external_id=f"p{number}",
                name=f"Product {number}",
                written_at=NOW,
            )
            for number in range(20)
        ]

    def team_of(self, number: int) -> Team:
        return self.teams[number % len(self.teams)]

    def rows(self, count: int, *, seed: int, days: int = DAYS) -> Iterator[Any]:
        """Give order rows in the order of COLUMNS."""
        dice = random.Random(seed)
        channels = [Channel.PHONE, Channel.WEB, Channel.EMAIL, Channel.PARTNER]
        for number in range(count):
            who = dice.randrange(300)
            yield (
                self.source.pk,
                f"{seed}-{number}",
                0,
                NOW,
                self.agents[who].pk,
                Order.State.PAID,
                0,
                dice.random() < 0.3,
                dice.random() < 0.1,
                False,
                dice.choice(self.products).pk,
                int(dice.choice(channels)),
                None,
                dice.choice(self.segments).pk,
                self.regions[who % 3].pk,
                dice.randrange(1_000, 500_000),
                "EUR",
                TODAY - dice.randrange(days),
                self.team_of(who).pk,
                None,
            )

    @transaction.atomic
    def load(self, count: int, *, seed: int) -> None:
        """Write orders past the engine, in one transaction."""
        chunk: list[Any] = []
        for row in self.rows(count, seed=seed):
            chunk.append(row)
            if len(chunk) == 20_000:
                bulk.insert_rows(Order, COLUMNS, chunk)
                chunk = []
        bulk.insert_rows(Order, COLUMNS, chunk)
