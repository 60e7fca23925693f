"""The metrics that people made, as every process knows them now."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from threading import Lock

from django.utils.functional import lazy
from django.utils.translation import gettext as _

from crmkpi.lib.numbers import Unit
from metrics.custom.definitions import (
    Definition,
    Line,
    Undefined,
    broken,
    build,
    member_names,
)
from metrics.custom.models import CustomMetric, CustomStamp, CustomVersion
from metrics.custom.sharing import Audience
from metrics.formula import FormulaError
from metrics.metric import Better, Metric


@dataclass(frozen=True)
class Own:
    """A metric that somebody made, with who may read it."""

    metric: Metric
    audience: Audience
    is_retired: bool = False


class _Held:
    """What this process has read, and under which stamp."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.stamp: str | None = None
        self.metrics: dict[str, Own] = {}


_held = _Held()
# Set once a request or job has seen what is current, so that it looks only once.
_seen: ContextVar[dict[str, Own] | None] = ContextVar("own metrics", default=None)
_draft: ContextVar[dict[str, Own] | None] = ContextVar("a metric tried out")


def current() -> dict[str, Own]:
    """Return the metrics that people made by key, retired ones too.

    Queries: 1 for each request or job; when one has changed since this process read
    them, 2 and 1 for each dimension that is named.
    """
    found = _seen.get()
    if found is None:
        found = _read()
        _seen.set(found)
    tried = _draft.get(None)
    return found | tried if tried else found


def look_again() -> None:
    """Have the next look ask the database: for the start of a request or job."""
    _seen.set(None)


@contextmanager
def trying(metric: Metric, audience: Audience) -> Iterator[None]:
    """Let a metric that is not saved be computed inside."""
    token = _draft.set({metric.key: Own(metric, audience)})
    try:
        yield
    finally:
        _draft.reset(token)


def _read() -> dict[str, Own]:
    stamp = CustomStamp.objects.values_list("stamp", flat=True).first() or ""
    if not stamp:
        return {}
    if stamp != _held.stamp:
        metrics = _load()
        with _held.lock:
            _held.stamp, _held.metrics = stamp, metrics
        return metrics
    return _held.metrics


def newest_versions() -> list[CustomVersion]:
    """Return the version by which each metric counts. Queries: 1."""
    rows = CustomVersion.objects.select_related("metric__owner", "metric__team")
    newest: dict[int, CustomVersion] = {}
    for version in rows.order_by("metric", "number"):
        newest[version.metric_id] = version
    return list(newest.values())


def definition_of(version: CustomVersion) -> Definition:
    """Return what a version defines."""
    return Definition(
        kind=version.kind,
        title=version.title,
        text=version.text,
        unit=Unit(version.unit),
        better=Better(version.better),
        min_n=version.min_n,
        above=tuple(Line.of(each) for each in version.above),
        below=tuple(Line.of(each) for each in version.below),
        formula=version.formula,
    )


def audience_of(metric: CustomMetric) -> Audience:
    return Audience(metric.sharing, metric.team_id, metric.owner_id)


def _load() -> dict[str, Own]:
    versions = newest_versions()
    definitions = {each.metric.key: definition_of(each) for each in versions}
    whole = _without_rings(definitions)
    lines = [line for each in definitions.values() for line in each.lines]
    names = member_names(line for line in lines if line.cut)
    found: dict[str, Own] = {}
    for version in versions:
        key = version.metric.key
        definition = definitions[key]
        try:
            if key not in whole:
                raise Undefined(_("It is calculated from itself."))
            metric = build(definition, key, names=names, source=_source(version))
            _check_inputs(metric, definitions)
        except (Undefined, FormulaError) as fault:
            metric = broken(definition, key, str(fault))
        found[key] = Own(
            metric,
            audience_of(version.metric),
            is_retired=version.metric.retired_at is not None,
        )
    return found


def _check_inputs(metric: Metric, own: Mapping[str, Definition]) -> None:
    from metrics.catalog import METRICS

    for key in metric.inputs:
        if key not in own and key not in METRICS.declared:
            raise Undefined(_("There is no metric “%(key)s” any more.") % {"key": key})


def _without_rings(definitions: Mapping[str, Definition]) -> set[str]:
    """Return the keys that do not depend on themselves; saving refuses the others."""
    needs = {key: each.needs() for key, each in definitions.items()}
    return {key for key in needs if key not in reached_from(needs[key], needs)}


def reached_from(
    keys: Iterable[str], needs: Mapping[str, Iterable[str]]
) -> dict[str, str]:
    """Return every metric that some need, by whichever way, with who needs it.

    Example: of ["a"] where a needs b and b needs c, {"a": "", "b": "a", "c": "b"}.
    """
    found = dict.fromkeys(keys, "")
    todo = list(found)
    while todo:
        key = todo.pop()
        for needed in needs.get(key, ()):
            if needed not in found:
                found[needed] = key
                todo.append(needed)
    return found


def _source(version: CustomVersion) -> str:
    name = version.metric.owner.name if version.metric.owner else ""
    return _made_by(name, version.number)


def _in_words(name: str, number: int) -> str:
    if not name:
        return _("Made here, version %(number)s.") % {"number": number}
    return _("Made here by %(name)s, version %(number)s.") % {
        "name": name,
        "number": number,
    }


_made_by = lazy(_in_words, str)
