import pytest

from crmkpi.accounts import services
from crmkpi.accounts.models import ALWAYS, FOREVER, Team, TeamEdge, TeamParent
from tests.accounts.test_memberships import heard
from tests.world import NOW, TODAY, team


def edges(descendant):
    rows = TeamEdge.objects.filter(descendant=descendant)
    return set(rows.values_list("ancestor__slug", "since_day", "until_day"))


def place(team, parent, from_day=TODAY):
    return services.place_team(
        team=team, parent=parent, from_day=from_day, actor=None, now=NOW
    )


def test_a_new_team_has_always_stood_below_its_parent(world):
    night = team("Night shift", parent=world.berlin, region="EMEA")
    assert night.slug == "night-shift" and night.region == "EMEA"
    assert edges(night) == {
        ("night-shift", ALWAYS, FOREVER),
        ("support-berlin", ALWAYS, FOREVER),
        ("support-emea", ALWAYS, FOREVER),
        ("company", ALWAYS, FOREVER),
    }


def test_names_are_taken_whatever_their_case(world):
    with pytest.raises(services.TeamNameTaken, match="SALES north"):
        team("  SALES   north ")


def test_addresses_of_like_names_differ(world):
    assert team("Sales/North").slug == "salesnorth"
    assert team("Sales North!").slug == "sales-north-2"
    assert team("销售").slug == "team"


def test_a_team_moves_from_a_day_on(world):
    place(world.berlin, world.sales)
    assert edges(world.berlin) == {
        ("support-berlin", ALWAYS, FOREVER),
        ("support-emea", ALWAYS, TODAY),
        ("sales", TODAY, FOREVER),
        ("company", ALWAYS, FOREVER),
    }


def test_all_below_a_moved_team_are_told(world):
    night = team("Night shift", parent=world.berlin)
    with heard() as said:
        place(world.support, world.sales)
    (news,) = said
    assert news["team_ids"] == {world.support.pk, world.berlin.pk, night.pk}
    assert news["agent_ids"] == {
        user.pk for user in (world.ana, world.lee, world.alice, world.bob)
    }
    assert (news["from_day"], news["until_day"]) == (TODAY, FOREVER)


def test_placing_a_team_where_it_stands_changes_nothing(world):
    with heard() as said:
        place(world.berlin, world.support)
    assert said == [] and TeamParent.objects.filter(team=world.berlin).count() == 1


def test_a_placement_back_in_time_leaves_the_later_one(world):
    place(world.berlin, world.sales, TODAY)
    with heard() as said:
        place(world.berlin, world.north, TODAY - 10)
    assert (said[0]["from_day"], said[0]["until_day"]) == (TODAY - 10, TODAY)
    assert ("sales-north", TODAY - 10, TODAY) in edges(world.berlin)
    assert ("sales", TODAY - 10, FOREVER) in edges(world.berlin)


def test_a_loop_is_refused_and_nothing_changes(world):
    before = edges(world.support)
    with pytest.raises(services.TeamLoop, match="Support EMEA already stands above"):
        place(world.support, world.berlin)
    assert edges(world.support) == before
    assert not TeamParent.objects.filter(team=world.support).exists()


def test_a_loop_of_some_days_only_is_refused(world):
    place(world.north, world.berlin, TODAY - 10)
    place(world.north, world.sales, TODAY)
    with pytest.raises(services.TeamLoop):
        place(world.berlin, world.north, TODAY - 20)


def test_the_root_and_the_team_itself_are_refused(world):
    with pytest.raises(services.TeamLoop):
        place(world.company, world.sales)
    with pytest.raises(services.TeamLoop):
        place(world.sales, world.sales)


def test_a_team_can_go_back_below_the_root(world):
    place(world.berlin, world.company)
    assert ("support-emea", ALWAYS, TODAY) in edges(world.berlin)
    assert len(edges(world.berlin)) == 3


def test_rebuilding_edges_repairs_them_and_leaves_right_ones(world):
    kept = set(TeamEdge.objects.values_list("pk", flat=True))
    TeamEdge.objects.create(
        descendant=world.north, ancestor=world.berlin, since_day=1, until_day=2
    )
    services.rebuild_team_edges()
    assert set(TeamEdge.objects.values_list("pk", flat=True)) == kept


def test_a_renamed_team_keeps_its_address(world):
    services.update_team(team=world.berlin, name="Berlin", actor=None, now=NOW)
    renamed = Team.objects.get(slug="support-berlin")
    assert renamed.name == "Berlin"
    with pytest.raises(services.TeamNameTaken):
        services.update_team(team=renamed, name="sales", actor=None, now=NOW)
