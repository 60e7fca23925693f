"""Ask for a metric of February 2026 in the world of the tests."""

from crmkpi.lib.periods import Period
from metrics import queries
from metrics.engine import refresh
from metrics.scopes import agent_scope, company, parse_scope, team_scope
from tests.world import NOW, TODAY, day

FEBRUARY = Period(day("2026-02-01"), day("2026-03-01"))


def computed():
    """Bring the cells up to date; values are then computed when they are asked for."""
    while refresh.work_off_one(now=NOW):
        pass


def of_company(key, period=FEBRUARY):
    return queries.read_value(key, company(), period, today=TODAY, now=NOW)


def of_team(key, team, period=FEBRUARY):
    return queries.read_value(key, team_scope(team), period, today=TODAY, now=NOW)


def of_agent(key, agent, period=FEBRUARY):
    return queries.read_value(key, agent_scope(agent), period, today=TODAY, now=NOW)


def of_member(key, dimension, member, period=FEBRUARY):
    scope = parse_scope(f"{dimension}:{member.name}")
    return queries.read_value(key, scope, period, today=TODAY, now=NOW)
