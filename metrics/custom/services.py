"""Writes to the metrics that people make."""

from collections.abc import Iterable
from datetime import datetime
from uuid import uuid4

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crmkpi.accounts.access import Access
from crmkpi.accounts.audit import write_event
from crmkpi.accounts.models import Organisation, Team, User
from crmkpi.accounts.queries import access_of, get_organisation, today
from metrics.catalog import METRICS
from metrics.custom import loading
from metrics.custom.checking import faults_of
from metrics.custom.definitions import Definition, build, member_names
from metrics.custom.errors import BadInput, Conflict, Faults, InUse
from metrics.custom.models import (
    LONGEST_KEY,
    PREFIX,
    CustomMetric,
    CustomStamp,
    CustomVersion,
)
from metrics.custom.sharing import TEAM, Audience, covers, may_edit
from metrics.custom.uses import uses_of
from metrics.engine import marks, stale, versions
from metrics.models import MetricVersion, Pin

NOT_YOURS = gettext_lazy("Only who made this metric and managers may change it.")


@transaction.atomic
def create_metric(
    *,
    definition: Definition,
    sharing: str,
    team: Team | None,
    actor: User,
    now: datetime,
) -> CustomMetric:
    """Add a metric; its stored values follow as those of any changed metric do.

    Raises: PermissionDenied for who manages no team; BadInput with a sentence for each
    field.
    """
    access = _rights(actor, now)
    if not access.manages:
        raise PermissionDenied(_("Only managers may make metrics."))
    _lock()
    audience = Audience(sharing, team.pk if team else None, actor.pk)
    faults = faults_of(definition, access=access)
    _refuse(faults | _sharing_faults(definition, audience, "", access))
    metric = CustomMetric.objects.create(
        key=_new_key(definition.title),
        owner=actor,
        sharing=sharing,
        team=team if sharing == TEAM else None,
        created_at=now,
    )
    _add_version(metric, definition, actor=actor, now=now)
    _changed()
    write_event("metric.created", subject=f"metric {metric.key}", actor=actor, now=now)
    return metric


@transaction.atomic
def change_metric(
    *,
    metric: CustomMetric,
    definition: Definition,
    sharing: str,
    team: Team | None,
    expected_number: int,
    actor: User,
    now: datetime,
) -> CustomMetric:
    """Make another version of a metric, where anything differs, and share it anew.

    `expected_number` is that of the version that the actor has seen as the last. One
    who closes a ring of formulas is refused, whatever others save at the same moment.

    Raises: PermissionDenied; Conflict when another version came meanwhile; BadInput
    with a sentence for each field.
    """
    _lock()
    held, access = _mine(metric, actor, now)
    last = _last(held)
    if last.number != expected_number:
        raise Conflict
    audience = Audience(sharing, team.pk if team else None, held.owner_id)
    faults = faults_of(definition, access=access, key=held.key)
    _refuse(faults | _sharing_faults(definition, audience, held.key, access))
    if definition != loading.definition_of(last):
        _add_version(held, definition, actor=actor, now=now)
    held.sharing, held.team = sharing, team if sharing == TEAM else None
    held.save(update_fields=["sharing", "team"])
    _changed()
    write_event(
        "metric.changed",
        subject=f"metric {held.key}",
        actor=actor,
        now=now,
        version=_last(held).number,
        sharing=sharing,
    )
    return held


@transaction.atomic
def retire_metric(
    *, metric: CustomMetric, retired: bool, actor: User, now: datetime
) -> CustomMetric:
    """Offer a metric no more, or again; where it is used it goes on being computed.

    Raises: PermissionDenied.
    """
    _lock()
    held, _access = _mine(metric, actor, now)
    if (held.retired_at is not None) != retired:
        held.retired_at = now if retired else None
        held.save(update_fields=["retired_at"])
        _changed()
        action = "metric.retired" if retired else "metric.restored"
        write_event(action, subject=f"metric {held.key}", actor=actor, now=now)
    return held


@transaction.atomic
def delete_metric(*, metric: CustomMetric, actor: User, now: datetime) -> None:
    """Forget a metric that nothing is built on, with all its values.

    Raises: PermissionDenied; InUse.
    """
    _lock()
    held, _access = _mine(metric, actor, now)
    key = held.key
    loading.look_again()
    if uses := uses_of(key):
        raise InUse(uses)
    held.delete()
    MetricVersion.objects.filter(key=key).delete()
    Pin.objects.filter(metric=key).delete()
    _changed()
    write_event("metric.deleted", subject=f"metric {key}", actor=actor, now=now)


@transaction.atomic
def follow_release(*, now: datetime) -> list[str]:
    """Make a version of each metric whose parts a release counts otherwise.

    Returns their keys; one that cannot be computed any more stays as it is.
    """
    if not CustomMetric.objects.exists():
        return []
    _lock()
    followed = []
    for version in loading.newest_versions():
        definition, key = loading.definition_of(version), version.metric.key
        metric = METRICS[key]
        if metric.fingerprint() != version.computed_as.fingerprint:
            continue
        if versions.differs(version.computed_as, metric):
            _add_version(version.metric, definition, actor=None, now=now)
            followed.append(key)
        else:
            versions.complete(version.computed_as, metric)
    if followed:
        _changed()
    return followed


def hold(key: str) -> bool:
    """Keep a metric from being deleted until the caller's transaction ends.

    Returns whether there is one to build on; declared metrics are always there.

    Queries: 1, none for a declared metric.
    """
    if not key.startswith(PREFIX):
        return key in METRICS
    held = CustomMetric.objects.select_for_update().filter(key=key)
    return held.values_list("pk", flat=True).first() is not None


def is_shared_with(key: str, team_id: int, *, day: int) -> bool:
    """Whether the people of a team may all read a metric. Queries: up to 1."""
    if key in METRICS.declared:
        return True
    return covers(METRICS.own(key).audience, Audience(TEAM, team_id), day=day)


def _lock() -> None:
    """Let one change at a time look at all metrics."""
    CustomStamp.objects.get_or_create(pk=1)
    CustomStamp.objects.select_for_update().get(pk=1)
    loading.look_again()


def _changed() -> None:
    """Have every process read the metrics again, this one at once."""
    CustomStamp.objects.update(stamp=uuid4().hex)
    loading.look_again()
    transaction.on_commit(marks.ring)


def _rights(actor: User, now: datetime) -> Access:
    return access_of(actor, day=today(now, get_organisation()))


def _mine(
    metric: CustomMetric, actor: User, now: datetime
) -> tuple[CustomMetric, Access]:
    held = CustomMetric.objects.select_for_update().get(pk=metric.pk)
    access = _rights(actor, now)
    if not may_edit(loading.audience_of(held), access, root_team_id()):
        raise PermissionDenied(NOT_YOURS)
    return held, access


def root_team_id() -> int | None:
    """Return the team of the whole company. Queries: 1."""
    return Organisation.objects.values_list("root_team_id", flat=True).first()


def _refuse(faults: Faults) -> None:
    if faults:
        raise BadInput(faults)


def _last(metric: CustomMetric) -> CustomVersion:
    return metric.versions.select_related("computed_as").order_by("-number")[0]


def _new_key(title: str) -> str:
    """Return a key from a title that no metric has: "own_open_share", "…_2"."""
    stem = PREFIX + (slugify(title).replace("-", "_")[:40] or "metric")
    taken = set(
        MetricVersion.objects.filter(key__startswith=stem).values_list("key", flat=True)
    )
    key, number = stem, 1
    while key in taken:
        number += 1
        key = f"{stem}_{number}"
    return key[:LONGEST_KEY]


def _add_version(
    metric: CustomMetric, definition: Definition, *, actor: User | None, now: datetime
) -> None:
    """Write a version; values are computed anew only if they can differ."""
    last = metric.versions.select_related("computed_as").order_by("-number").first()
    names = member_names(definition.lines)
    built = build(definition, metric.key, names=names)
    before = last.computed_as if last else None
    if before is None or versions.differs(before, built):
        computed_as = versions.add_version(built, after=before, now=now)
    else:
        computed_as = before
    CustomVersion.objects.create(
        metric=metric,
        number=1 if last is None else last.number + 1,
        computed_as=computed_as,
        kind=definition.kind,
        title=definition.title,
        text=definition.text,
        unit=definition.unit,
        better=definition.better,
        min_n=definition.min_n,
        above=[line.as_json() for line in definition.above],
        below=[line.as_json() for line in definition.below],
        formula=definition.formula,
        created_at=now,
        created_by=actor,
    )
    if computed_as != before:
        stale.note_redefined(built)


def _sharing_faults(
    definition: Definition, audience: Audience, key: str, access: Access
) -> Faults:
    """Return what is wrong with who may read a metric; empty when nothing is."""
    if audience.sharing not in CustomMetric.Sharing.values:
        return {"sharing": _("Choose who may read the metric.")}
    if audience.sharing == TEAM:
        if audience.team_id is None:
            return {"team": _("Choose the team that you share it with.")}
        if not access.may_manage_team(audience.team_id) and not _is_kept(key, audience):
            return {"team": _("Choose a team that you manage.")}
    if narrow := _too_narrow(definition.needs(), audience, access.day):
        return {
            "sharing": _(
                "%(metric)s in the formula is not shared as widely. Share it first, or "
                "share this one with fewer."
            )
            % {"metric": narrow}
        }
    for use in uses_of(key) if key else ():
        if not covers(audience, use.audience, day=access.day):
            return {
                "sharing": _(
                    "“%(title)s” is built on this metric and read by people whom you "
                    "would shut out. Share it at least as widely."
                )
                % {"title": use.title}
            }
    return {}


def _is_kept(key: str, audience: Audience) -> bool:
    own = loading.current().get(key)
    return own is not None and own.audience == audience


def _too_narrow(keys: Iterable[str], audience: Audience, day: int) -> str:
    """Return the first of some metrics that not all of an audience may read."""
    for key in keys:
        own = loading.current().get(key)
        if own is not None and not covers(own.audience, audience, day=day):
            return key
    return ""
