from datetime import UTC, datetime

from crmkpi.accounts import queries, services
from crmkpi.accounts.models import Holiday
from tests.world import NOW, TODAY, Role, person, team


def test_today_is_the_day_in_the_zone_of_the_organisation(world):
    late = datetime(2026, 2, 13, 23, 30, tzinfo=UTC)  # 00:30 in Berlin
    assert queries.today(NOW, world.org) == TODAY
    assert queries.today(late, world.org) == TODAY + 1


def test_agents_see_themselves_and_no_team(world):
    access = world.access(world.alice)
    assert access.is_agent_only
    assert access.own_team_ids == {world.berlin.pk}
    assert access.team_ids == access.agent_ids == set()
    assert access.may_read_agent(world.alice.pk)
    assert not access.may_read_agent(world.bob.pk)


def test_leads_see_their_own_team_only(world):
    cell = team("Night shift", parent=world.berlin)
    access = world.access(world.lee)
    assert access.team_ids == {world.berlin.pk}
    assert not access.may_read_team(cell.pk)
    assert access.agent_ids == {world.lee.pk, world.alice.pk, world.bob.pk}
    assert not access.manages and not access.sees_company


def test_managers_see_and_manage_all_below(world):
    access = world.access(world.ana)
    assert access.team_ids == {world.support.pk, world.berlin.pk}
    assert access.managed_team_ids == access.team_ids
    assert not access.may_read_team(world.north.pk)
    assert not access.may_read_agent(world.cleo.pk)
    assert not access.sees_company


def test_managers_of_the_root_team_see_the_company(world):
    access = world.access(world.mona)
    assert access.sees_company and access.manages
    assert len(access.team_ids) == 5


def test_analysts_read_and_manage_nothing(world):
    access = world.access(world.nora)
    assert access.sees_company and not access.manages
    assert access.may_read_agent(world.cleo.pk)


def test_administrators_see_no_figures(world):
    access = world.access(world.adam)
    assert access.is_administrator
    assert not access.team_ids and not access.agent_ids and not access.sees_company


def test_several_memberships_add_up(world):
    services.set_membership(
        user=world.carl, team=world.berlin, role=Role.AGENT, actor=None, now=NOW
    )
    access = world.access(world.carl)
    assert access.team_ids == {world.north.pk}
    assert access.own_team_ids == {world.berlin.pk}
    assert not access.is_agent_only


def test_rights_begin_and_end_with_the_membership(world):
    late = person("Late", world.berlin, Role.LEAD, since="2026-02-14")
    assert not queries.access_of(late, day=TODAY).team_ids
    assert queries.access_of(late, day=TODAY + 1).team_ids == {world.berlin.pk}


def test_a_team_moved_away_is_out_of_sight_from_that_day(world):
    services.place_team(
        team=world.berlin, parent=world.sales, from_day=TODAY, actor=None, now=NOW
    )
    assert queries.access_of(world.ana, day=TODAY).team_ids == {world.support.pk}
    assert world.berlin.pk in queries.access_of(world.ana, day=TODAY - 1).team_ids


def test_people_without_a_team_are_seen_by_the_company_only(world):
    met = services.agent_for(source="calls", external_id="Martha")
    assert world.access(world.mona).may_read_agent(met.pk)
    assert not world.access(world.ana).may_read_agent(met.pk)


def test_deactivated_people_see_nothing(world):
    gone = services.deactivate_user(user=world.mona, actor=world.adam, now=NOW)
    assert not queries.access_of(gone, day=TODAY).sees_company


def test_the_version_moves_with_the_rights(world):
    before = world.access(world.ana).version
    assert world.access(world.ana).version == before
    person("New", world.berlin)
    assert world.access(world.ana).version != before


def test_two_queries_for_a_person_and_for_a_key(world, django_assert_num_queries):
    with django_assert_num_queries(2):
        queries.access_of(world.ana, day=TODAY)
    with django_assert_num_queries(1):
        queries.access_of(world.alice, day=TODAY)
    with django_assert_num_queries(2):
        queries.access_of_key(world.key, day=TODAY)


def test_a_key_sees_its_teams_and_all_below(world):
    access = queries.access_of_key(world.key, day=TODAY)
    assert access.user_id == 0
    assert access.team_ids == {world.support.pk, world.berlin.pk}
    assert access.agent_ids == {world.lee.pk, world.alice.pk, world.bob.pk}
    assert access.allows("metrics:read") and not access.allows("facts:write")
    assert not access.manages and not access.is_administrator


def test_a_key_for_the_company_sees_everything(world):
    key, _plain = services.create_api_key(
        name="All",
        scopes=["metrics:read"],
        whole_company=True,
        actor=world.adam,
        now=NOW,
    )
    access = queries.access_of_key(key, day=TODAY)
    assert access.sees_company and len(access.team_ids) == 5


def test_holidays_are_no_business_days(world):
    Holiday.objects.create(day=TODAY, name="Carnival")  # a Friday
    calendar = queries.get_business_calendar(world.org)
    assert calendar.zone == "Europe/Berlin"
    assert calendar.holidays == {TODAY}
