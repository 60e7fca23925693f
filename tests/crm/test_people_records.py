"""Teams and agents as they come in."""

from datetime import date

import pytest

from crmkpi.accounts import services
from crmkpi.accounts.models import ALWAYS, FOREVER, Membership, Team, User
from crmkpi.accounts.teams import TeamDirectory
from crmkpi.crm.models import Opportunity
from tests.crm.rows import opportunity, refused, take
from tests.world import NOW, TODAY, day

pytestmark = pytest.mark.django_db


def stints(name):
    held = Membership.objects.filter(user__name=name).order_by("since_day", "pk")
    return list(held.values_list("team__name", "role", "since_day", "until_day"))


class TestTeams:
    def test_a_new_team_below_another(self, world):
        rows = [
            {"name": "Sales East", "parent": "Sales", "region": "East"},
            {"name": "Sales West", "parent": "New above"},
        ]
        assert take("team", *rows).new == 2
        east, west = (Team.objects.get(name=row["name"]) for row in rows)
        above = TeamDirectory.load().ancestors
        assert above(east.pk, TODAY) == (east.pk, world.sales.pk, world.company.pk)
        assert above(west.pk, TODAY)[1] == Team.objects.get(name="New above").pk
        assert east.region == "East"
        assert take("team", *rows).same == 2

    def test_a_team_that_moves_without_a_day_moves_today(self, world):
        take("team", {"name": "Sales North", "parent": "Support EMEA"})
        above = TeamDirectory.load().ancestors
        assert world.sales.pk in above(world.north.pk, TODAY - 1)
        assert world.support.pk in above(world.north.pk, TODAY)

    def test_a_team_that_moves_on_a_day(self, world):
        row = {"name": "Sales North", "parent": "Support EMEA"}
        assert take("team", row | {"since": date(2025, 7, 1)}).changed == 1
        above = TeamDirectory.load().ancestors
        assert world.sales.pk in above(world.north.pk, day("2025-06-30"))
        assert world.support.pk in above(world.north.pk, day("2025-07-01"))

    def test_another_region(self, world):
        assert take("team", {"name": "Sales", "region": "East"}).changed == 1
        assert take("team", {"name": "sales", "region": "East"}).same == 1

    def test_below_itself(self, world):
        assert refused("team", {"name": "Sales", "parent": "sales"}) == [
            (2, "parent", "A team cannot stand below itself.")
        ]


class TestAgents:
    def test_a_new_person_in_a_new_team(self, world):
        row = {"name": "Zoe", "team": "Sales South", "region": "South"}
        assert take("agent", row).new == 1
        zoe = User.objects.get(name="Zoe")
        assert (zoe.email, zoe.has_usable_password()) == (None, False)
        assert stints("Zoe") == [("Sales South", "agent", ALWAYS, FOREVER)]
        assert Team.objects.get(name="Sales South").region == "South"
        assert take("agent", row).same == 1

    def test_known_by_name_address_or_id(self, world):
        take(
            "agent",
            {"external_id": "1", "name": "Cleo"},
            {"external_id": "2", "name": "A. Lice", "email": "Alice@example.com"},
        )
        take("agent", {"external_id": "1", "name": "Cleo C."})
        assert User.objects.filter(identities__source="crm").count() == 2
        assert {user.pk for user in User.objects.filter(identities__source="crm")} == {
            world.cleo.pk,
            world.alice.pk,
        }

    def test_a_team_of_somebody_without_one_is_for_always(self, world):
        take("agent", {"name": "Zoe"})
        take("agent", {"name": "Zoe", "team": "Sales"})
        assert stints("Zoe") == [("Sales", "agent", ALWAYS, FOREVER)]

    def test_another_team_without_a_day_holds_from_today(self, world):
        assert take("agent", {"name": "Cleo", "team": "Sales"}).changed == 1
        assert stints("Cleo") == [
            ("Sales North", "agent", ALWAYS, TODAY),
            ("Sales", "agent", TODAY, FOREVER),
        ]
        assert take("agent", {"name": "Cleo", "team": "Sales"}).same == 1

    def test_what_was_arranged_on_the_page_stands(self, world):
        take("agent", {"name": "Zoe", "team": "Sales"})
        services.move_agent(
            user=User.objects.get(name="Zoe"),
            team=world.north,
            from_day=TODAY,
            actor=None,
            now=NOW,
        )
        before = stints("Zoe")
        assert take("agent", {"name": "Zoe", "team": "Sales"}).same == 1
        assert stints("Zoe") == before

    def test_a_history_in_several_rows(self, world):
        one = {"name": "Zoe", "team": "Sales", "since": date(2024, 1, 1)}
        two = {"name": "Zoe", "team": "Sales North", "since": date(2025, 1, 1)}
        rows = [one | {"until": date(2024, 12, 31)}, two]
        for _again in range(2):
            take("agent", *rows)
            assert stints("Zoe") == [
                ("Sales", "agent", day("2024-01-01"), day("2025-01-01")),
                ("Sales North", "agent", day("2025-01-01"), FOREVER),
            ]
        assert take("agent", *rows).same == 2

    def test_an_end_that_is_told_later(self, world):
        row = {"name": "Zoe", "team": "Sales"}
        take("agent", row)
        assert take("agent", row | {"until": date(2026, 1, 31)}).changed == 1
        assert stints("Zoe") == [("Sales", "agent", ALWAYS, day("2026-02-01"))]

    def test_leads_keep_their_other_roles(self, world):
        take("agent", {"name": "Cleo", "team": "Sales", "role": "team lead"})
        assert stints("Cleo") == [
            ("Sales North", "agent", ALWAYS, FOREVER),
            ("Sales", "lead", ALWAYS, FOREVER),
        ]

    def test_a_team_keeps_its_region(self, world):
        take("team", {"name": "Sales", "region": "East"})
        outcome = take("agent", {"name": "Zoe", "team": "Sales", "region": "West"})
        assert list(outcome.warnings.values()) == [1]
        assert Team.objects.get(name="Sales").region == "East"

    def test_a_bad_address(self, world):
        assert refused("agent", {"name": "Zoe", "email": "zoe(at)x"}) == [
            (2, "email", "This is not an e-mail address.")
        ]

    def test_rows_that_came_before_the_team_get_it(self, world):
        take("opportunity", opportunity(owner="Zoe"))
        take("agent", {"name": "Zoe", "team": "Sales South", "region": "South"})
        deal = Opportunity.objects.get()
        assert (str(deal.opened_team), str(deal.region)) == ("Sales South", "South")
