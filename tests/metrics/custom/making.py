"""Metrics as people make them, with what most tests do not care about filled in."""

from crmkpi.lib.numbers import Unit
from metrics.custom.definitions import Definition, Line
from metrics.custom.models import CustomMetric
from metrics.custom.services import change_metric, create_metric
from metrics.metric import Better
from tests.world import NOW

WON = Line("opportunitiesclosed.won")
CLOSED = Line("opportunitiesclosed.rows")


def ratio(above=(WON,), below=(CLOSED,), **more):
    known = {
        "kind": "ratio",
        "title": "Our share",
        "unit": Unit.PERCENT,
        "better": Better.HIGHER,
        "min_n": 30,
    }
    return Definition(above=tuple(above), below=tuple(below), **known | more)


def formula(text, **more):
    known = {
        "kind": "formula",
        "title": "Our formula",
        "unit": Unit.SCORE,
        "better": Better.HIGHER,
        "min_n": 0,
    }
    return Definition(formula=text, **known | more)


def make(definition, actor, *, sharing="everybody", team=None, now=NOW) -> CustomMetric:
    return create_metric(
        definition=definition, sharing=sharing, team=team, actor=actor, now=now
    )


def change(metric, definition, actor, *, number=1, now=NOW, **sharing) -> CustomMetric:
    shared = {"sharing": metric.sharing, "team": metric.team} | sharing
    return change_metric(
        metric=metric,
        definition=definition,
        expected_number=number,
        actor=actor,
        now=now,
        **shared,
    )
