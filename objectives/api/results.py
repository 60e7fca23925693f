"""The shape of objectives outside: numbers as numbers, days as dates."""

from decimal import Decimal
from typing import Any

from crmkpi.lib.periods import from_day
from metrics.results import number
from objectives.lines import KeyResultLine
from objectives.models import Objective
from objectives.queries.detail import ObjectivePage
from objectives.queries.listing import ObjectiveLine
from objectives.scoring import Rollup

Json = dict[str, Any]


def line_as_json(line: ObjectiveLine) -> Json:
    """Return an objective without its key results as JSON."""
    return _objective(line.objective, line.rollup, line.confidence)


def page_as_json(page: ObjectivePage) -> Json:
    """Return an objective with its key results as JSON."""
    last = page.last_check_in
    known = _objective(page.objective, page.rollup, last.confidence if last else None)
    return known | {"key_results": [_key_result(line) for line in page.lines]}


def _objective(objective: Objective, rollup: Rollup, confidence: int | None) -> Json:
    period = objective.cycle.period
    return {
        "id": objective.pk,
        "title": objective.title,
        "description": objective.description,
        "team": objective.team.slug,
        "owner": str(objective.owner),
        "reviewer": str(objective.reviewer),
        "cycle": objective.cycle.name,
        "from": period.first_date.isoformat(),
        "to": period.last_date.isoformat(),
        "state": objective.state,
        "visibility": objective.visibility,
        "status": rollup.status.value,
        "score": _share(rollup.progress),
        "coverage": _share(rollup.coverage),
        "confidence": confidence,
    }


def _key_result(line: KeyResultLine) -> Json:
    each, found, version = line.key_result, line.evaluation, line.version
    targets = ("baseline", "target", "red", "low", "high")
    shares = ("progress", "expected", "pace")
    ahead = ("forecast", "forecast_low", "forecast_high")
    closed = found is not None and found.value_closed is not None
    return {
        "id": each.pk,
        "title": each.title,
        "metric": each.metric or None,
        "scope": each.scope_text or None,
        "direction": each.direction,
        "weight": number(each.weight),
        **{name: number(getattr(version, name, None)) for name in targets},
        "target_version": version.number if version else None,
        "value_now": number(found.value_now) if found else None,
        "value": number(found.value_closed) if found else None,
        "closed_day": (
            from_day(found.closed_to - 1).isoformat() if found and closed else None
        ),
        **{name: number(getattr(found, name, None)) for name in (*shares, *ahead)},
        "status": str(line.status),
        "reason": (found.reason or None) if found else None,
        "reach": found.reach if found else None,
        "computed_at": line.computed_at.isoformat() if line.computed_at else None,
    }


def _share(value: Decimal | None) -> float | None:
    return None if value is None else round(float(value), 6)
