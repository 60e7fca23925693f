"""Ask for a metric of February 2026 in the world of the tests."""

from crmkpi.lib.periods import Period
from metrics import queries
from metrics.scopes import agent_scope, company, team_scope
from metrics.services import drain
from tests.world import NOW, TODAY, day

FEBRUARY = Period(day("2026-02-01"), day("2026-03-01"))


def computed():
    drain(now=NOW)


def of_company(key, period=FEBRUARY):
    return queries.read_value(key, company(), period, today=TODAY, now=NOW)


def of_team(key, team, period=FEBRUARY):
    return queries.read_value(key, team_scope(team), period, today=TODAY, now=NOW)


def of_agent(key, agent, period=FEBRUARY):
    return queries.read_value(key, agent_scope(agent), period, today=TODAY, now=NOW)
