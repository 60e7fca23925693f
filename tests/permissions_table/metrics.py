"""Metrics: pages, own ones, alerts, notes and what other systems read."""

from typing import Any

from tests.metrics.alerts import scenes as alerts
from tests.metrics.custom.making import make, ratio
from tests.permissions_table.rules import Rule, api, signed_in
from tests.world import World


def win_rate(world: World) -> dict[str, Any]:
    return {"key": "win_rate"}


BERLIN = "?scope=team:support-berlin"
DAYS = "&from=2026-01-01&to=2026-01-31"


TABLE: dict[str, Rule] = {  # metrics for other systems
    "metrics_api:list": Rule(get=api()),
    "metrics_api:value": Rule(
        get=api(agent=404, administrator=404, stranger=404),
        kwargs=win_rate,
        query=BERLIN + DAYS,
    ),
    "metrics_api:series": Rule(
        get=api(agent=404, administrator=404, stranger=404),
        kwargs=win_rate,
        query=BERLIN + DAYS,
    ),
    "metrics_api:passport": Rule(
        get=api(agent=404, administrator=404, stranger=404),
        kwargs=win_rate,
        query=BERLIN + DAYS,
    ),
    "metrics_api:changes": Rule(
        get=api(agent=404, administrator=404, stranger=404),
        kwargs=win_rate,
        query=BERLIN + DAYS,
    ),
    "metrics_api:rows": Rule(
        get=api(agent=404, administrator=404, stranger=404),
        kwargs=win_rate,
        query=BERLIN + DAYS,
    ),
}


def own_metric(world: World) -> dict[str, Any]:
    """Return the key of a metric that Ana shares with Support EMEA."""
    metric = make(ratio(), world.ana, sharing="team", team=world.support)
    return {"key": metric.key}


def two_boxes(world: World) -> dict[str, Any]:
    return {
        "title": "Deals won",
        "unit": "percent",
        "better": "higher",
        "min_n": 30,
        "sharing": "private",
        "above_1_measure": "opportunitiesclosed.won",
        "below_1_measure": "opportunitiesclosed.rows",
        "number": 1,
    }


MANAGERS = signed_in(403, manager=200)
THOSE_WHO_READ_IT = signed_in(200, administrator=404, stranger=404)
THOSE_WHO_MAY_CHANGE_IT = THOSE_WHO_READ_IT | {
    "agent": 403,
    "lead": 403,
    "analyst": 403,
}
SENT_ON = {"manager": 302}


TABLE |= {  # metrics that managers make
    "metrics:own_list": Rule(get=signed_in()),
    "metrics:own_new": Rule(get=MANAGERS, post=MANAGERS | SENT_ON, data=two_boxes),
    "metrics:own_preview": Rule(get=MANAGERS),
    "metrics:own_versions": Rule(get=THOSE_WHO_READ_IT, kwargs=own_metric),
    "metrics:own_edit": Rule(
        get=THOSE_WHO_MAY_CHANGE_IT,
        post=THOSE_WHO_MAY_CHANGE_IT | SENT_ON,
        kwargs=own_metric,
        data=two_boxes,
    ),
    "metrics:own_retire": Rule(
        get=THOSE_WHO_MAY_CHANGE_IT,
        post=THOSE_WHO_MAY_CHANGE_IT | SENT_ON,
        kwargs=own_metric,
        data=lambda world: {"act": "retire"},
    ),
}


TABLE |= {  # pages of metrics
    "metrics:library": Rule(get=signed_in()),
    "metrics:library_csv": Rule(get=signed_in(administrator=404)),
    "metrics:manual": Rule(get=signed_in()),
    "metrics:engines": Rule(get=signed_in()),
    "metrics:read": Rule(get=signed_in(405), post=signed_in(302), kwargs=win_rate),
    "metrics:owner": Rule(get=signed_in(405), post=signed_in(403), kwargs=win_rate),
} | {
    f"metrics:{page}": Rule(
        get=signed_in(agent=404, administrator=404, stranger=404),
        kwargs=win_rate,
        query=BERLIN,
    )
    for page in ("detail", "detail_csv", "passport", "rows", "rows_csv", "why")
}
READERS_OF_BERLIN = signed_in(agent=404, administrator=404, stranger=404)
ONLY_LEE = signed_in(404, lead=200)


TABLE |= {  # alerts, what they told, and what people noted
    "metrics:alerts": Rule(get=signed_in()),
    "metrics:alert_new": Rule(
        get=READERS_OF_BERLIN,
        post=READERS_OF_BERLIN | {"lead": 302, "manager": 302, "analyst": 302},
        query=f"{BERLIN}&metric=ticket_volume",
        data=alerts.new_rule,
    ),
    "metrics:alert_trial": Rule(
        get=READERS_OF_BERLIN, query=f"{BERLIN}&metric=ticket_volume"
    ),
    "metrics:alert_edit": Rule(
        get=ONLY_LEE,
        post=ONLY_LEE | {"lead": 302},
        kwargs=alerts.rule_of_lee,
        data=alerts.new_rule,
    ),
    "metrics:follow_up_alert": Rule(
        get=ONLY_LEE,
        post=ONLY_LEE | {"lead": 302},
        kwargs=alerts.follow_up_rule_of_lee,
        data=lambda world: {"channels": ["app"]},
    ),
    "metrics:alert_delete": Rule(
        get=ONLY_LEE, post=ONLY_LEE | {"lead": 302}, kwargs=alerts.rule_of_lee
    ),
    "metrics:alert_pause": Rule(
        get=signed_in(405),
        post=ONLY_LEE | {"lead": 302},
        kwargs=alerts.rule_of_lee,
    ),
    "metrics:notifications": Rule(get=signed_in()),
    "metrics:notifications_read": Rule(get=signed_in(405), post=signed_in(302)),
    "metrics:notifications_reach": Rule(  # of all alerts; foreign ones are 404
        get=signed_in(405), post=signed_in(302), data=lambda world: {"app": "on"}
    ),
    "metrics:notification_read": Rule(
        get=signed_in(405),
        post=ONLY_LEE | {"lead": 302},
        kwargs=alerts.notice_of_lee,
    ),
    "metrics:note_new": Rule(
        get=signed_in(405),
        post=signed_in(404, lead=403, manager=302, analyst=403),
        kwargs=win_rate,
        data=lambda world: {
            "scope": alerts.BERLIN,
            "day": "2026-02-10",
            "text": "A strike",
        },
    ),
    "metrics:note_delete": Rule(
        get=signed_in(405),
        post=signed_in(404, lead=403, manager=302, analyst=403),
        kwargs=alerts.note_on_berlin,
    ),
}
