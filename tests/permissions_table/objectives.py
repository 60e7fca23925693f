"""Objectives and scorecards."""

from tests.objectives import scenes as aims
from tests.permissions_table.rules import Answers, Rule, alice, api, berlin, signed_in

OBJECTIVE_READERS = signed_in(404, agent=200, lead=200, manager=200, analyst=200)


def objective_managers(status: int = 200) -> Answers:
    """Return the answer for those who manage the team; readers get 403, others 404."""
    return signed_in(404, agent=403, lead=403, analyst=403, manager=status)


TABLE: dict[
    str, Rule
] = {  # objectives of Support Berlin that its team and readers may see
    "objectives:list": Rule(get=signed_in()),
    "objectives:list_csv": Rule(get=signed_in()),
    "objectives:new": Rule(
        get=signed_in(403, manager=200),
        post=signed_in(403, manager=302),
        data=aims.new_objective,
    ),
    "objectives:detail": Rule(get=OBJECTIVE_READERS, kwargs=aims.objective),
    "objectives:edit": Rule(
        get=objective_managers(), post=objective_managers(422), kwargs=aims.objective
    ),
    "objectives:check_in": Rule(
        get=signed_in(405),
        post=objective_managers(302),
        kwargs=aims.objective,
        data=lambda world: {"confidence": "7", "sentence": "Call them."},
    ),
    "objectives:close": Rule(
        get=objective_managers(), post=objective_managers(302), kwargs=aims.objective
    ),
    "objectives:key_result_new": Rule(
        get=objective_managers(),
        post=objective_managers(422),
        kwargs=aims.objective,
        query="?metric=win_rate",
    ),
    "objectives:target_hint": Rule(
        get=objective_managers(), kwargs=aims.objective, query="?metric=win_rate"
    ),
    "objectives:milestones_new": Rule(
        get=objective_managers(), post=objective_managers(422), kwargs=aims.objective
    ),
    "objectives:target_change": Rule(
        get=objective_managers(), post=objective_managers(422), kwargs=aims.key_result
    ),
    "objectives:key_result_cancel": Rule(
        get=objective_managers(), post=objective_managers(302), kwargs=aims.key_result
    ),
    "objectives:milestone_tick": Rule(
        get=signed_in(405),
        post=objective_managers(302),
        kwargs=aims.milestone,
        data=lambda world: {"done": "1"},
    ),
    "objectives:cycle_close": Rule(  # for who manages the company
        get=signed_in(403), post=signed_in(403), kwargs=aims.cycle
    ),
    "objectives_api:list": Rule(get=api()),
    "objectives_api:detail": Rule(
        get=api(404, agent=200, lead=200, manager=200, analyst=200, key=200),
        kwargs=aims.objective,
    ),
}
ONLY_LEE = signed_in(404, lead=200)
TEAM_READERS = signed_in(404, lead=200, manager=200, analyst=200)


TABLE |= {  # scorecards and alerts on a status
    "objectives:scorecards": Rule(get=signed_in(agent=302)),
    "objectives:company_scorecard": Rule(get=signed_in(404, analyst=200)),
    "objectives:team_scorecard": Rule(get=TEAM_READERS, kwargs=berlin),
    "objectives:scorecard_rows": Rule(get=TEAM_READERS, kwargs=berlin),
    "objectives:scorecard_csv": Rule(get=TEAM_READERS, kwargs=berlin),
    "objectives:scorecard_trend": Rule(
        get=TEAM_READERS, kwargs=lambda world: berlin(world) | aims.key_result(world)
    ),
    # For those who work in a team or lead one.
    "objectives:my_scorecard": Rule(
        get=signed_in(404, agent=200, lead=200, stranger=200)
    ),
    "objectives:agent_scorecard": Rule(
        get=TEAM_READERS | {"agent": 302},
        kwargs=alice,  # Alice herself
    ),
    "objectives:status_alert_new": Rule(
        get=signed_in(administrator=404, stranger=404),
        post=signed_in(302, administrator=404, stranger=404),
        kwargs=aims.key_result,
        data=lambda world: {
            "worse_than": "on_track",
            "audience": "self",
            "channels": ["app"],
        },
    ),
    "objectives:status_alert_edit": Rule(
        get=ONLY_LEE,
        post=ONLY_LEE | {"lead": 302},
        kwargs=aims.status_rule,
        data=lambda world: {"worse_than": "watch", "channels": ["mail"]},
    ),
}
