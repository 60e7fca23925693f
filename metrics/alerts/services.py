"""Writes to alert rules, and to what people have read."""

from dataclasses import asdict, dataclass
from datetime import datetime, time
from decimal import Decimal

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from crmkpi.accounts.access import Access
from crmkpi.accounts.models import User
from crmkpi.accounts.queries import access_of, get_organisation, today
from crmkpi.lib.numbers import Unit
from crmkpi.lib.periods import Grain
from metrics import scopes
from metrics.alerts import bells
from metrics.alerts.models import AlertRule, Notification
from metrics.alerts.readers import manages
from metrics.alerts.reading import axes_of
from metrics.catalog import METRICS
from metrics.custom.errors import BadInput, Faults, Refused
from metrics.metric import Metric
from metrics.scopes import Scope

Kind, Side, State = AlertRule.Kind, AlertRule.Side, AlertRule.State
MOST_RULES = 200  # of one person
LARGEST = Decimal(10) ** 15


@dataclass(frozen=True)
class Terms:
    """What a rule on a metric looks for."""

    kind: str
    metric: str
    scope: Scope
    side: str = ""
    threshold: Decimal | None = None
    is_relative: bool = False
    grain: int = int(Grain.WEEK)
    min_n: int | None = None

    def columns(self) -> dict[str, object]:
        """Return the columns of a rule with these terms."""
        return {
            "kind": self.kind,
            "metric": self.metric,
            "cut": self.scope.key.cut,
            "member": self.scope.key.member,
            "other": self.scope.key.other,
            "scope_text": self.scope.text,
            "side": self.side,
            "threshold": self.threshold,
            "is_relative": self.is_relative,
            "grain": self.grain,
            "min_n": self.min_n,
        }


@dataclass(frozen=True)
class Delivery:
    """Whom a rule tells, how, and when not."""

    audience: str = AlertRule.Audience.SELF
    in_app: bool = True
    by_mail: bool = False
    quiet_from: time | None = None
    quiet_until: time | None = None


@transaction.atomic
def create_rule(
    *, terms: Terms, delivery: Delivery, actor: User, now: datetime
) -> AlertRule:
    """Add a rule; workers look at it at once.

    Raises: BadInput with a sentence for each field; Refused for one too many.
    """
    access = access_of(actor, day=today(now, get_organisation()))
    faults = faults_of(terms, access) | delivery_faults(delivery)
    if delivery.audience == AlertRule.Audience.READERS and "scope" not in faults:
        faults |= audience_faults(manages(terms.scope.key, access))
    refuse(faults)
    make_room(actor)
    rule = AlertRule.objects.create(
        owner=actor, since=now, created_at=now, **terms.columns(), **asdict(delivery)
    )
    transaction.on_commit(bells.ring_for_alerts)
    return rule


@transaction.atomic
def change_rule(
    *, rule: AlertRule, terms: Terms, delivery: Delivery, actor: User, now: datetime
) -> AlertRule:
    """Change a rule of the actor; one that looks for something else starts anew.

    Raises: BadInput with a sentence for each field; Refused when it is another's.
    """
    held = own_rule(rule, actor)
    access = access_of(actor, day=today(now, get_organisation()))
    faults = faults_of(terms, access) | delivery_faults(delivery)
    if delivery.audience == AlertRule.Audience.READERS and "scope" not in faults:
        faults |= audience_faults(manages(terms.scope.key, access))
    refuse(faults)
    return write_change(held, terms.columns(), delivery, now=now)


def write_change(
    held: AlertRule, columns: dict[str, object], delivery: Delivery, *, now: datetime
) -> AlertRule:
    """Write what changes about a locked rule; other terms forget what was told."""
    if any(getattr(held, name) != value for name, value in columns.items()):
        start_anew(held, now=now)
    for name, value in (columns | asdict(delivery)).items():
        setattr(held, name, value)
    held.turn += 1
    held.save()
    transaction.on_commit(bells.ring_for_alerts)
    return held


def start_anew(held: AlertRule, *, now: datetime) -> None:
    """Forget what was seen and told, without saving."""
    held.state, held.told, held.why = State.UNKNOWN, State.QUIET, ""
    held.since, held.checked_day, held.checked_at = now, None, None


@transaction.atomic
def pause_rule(
    *, rule: AlertRule, paused: bool, actor: User, now: datetime
) -> AlertRule:
    """Look at a rule no more, or again. What was told stays told.

    Raises: Refused when it is another's.
    """
    held = own_rule(rule, actor)
    if held.is_active == paused:
        held.is_active = not paused
        held.state, held.why, held.since = State.UNKNOWN, "", now
        held.checked_day, held.checked_at = None, None
        held.turn += 1
        held.save()
        if not paused:
            transaction.on_commit(bells.ring_for_alerts)
    return held


@transaction.atomic
def delete_rule(*, rule: AlertRule, actor: User) -> None:
    """Forget a rule; what people were told stays.

    Raises: Refused when it is another's.
    """
    own_rule(rule, actor).delete()


@transaction.atomic
def mark_read(*, pks: list[int] | None, actor: User, now: datetime) -> int:
    """Mark notices of the actor as read, all of them for None; return how many.

    Queries: 3
    """
    User.objects.select_for_update().get(pk=actor.pk)  # a new notice waits or is seen
    unread = Notification.objects.filter(person=actor, read_at=None)
    chosen = unread if pks is None else unread.filter(pk__in=pks)
    marked = chosen.update(read_at=now)
    left = unread.filter(person=OuterRef("pk"), is_shown=True)
    User.objects.filter(pk=actor.pk).update(has_notices=Exists(left))
    return marked


def faults_of(terms: Terms, access: Access) -> Faults:
    """Return a sentence for each field of terms that cannot be."""
    metric = METRICS.get(terms.metric)
    if metric is None or not METRICS.may_read(terms.metric, access):
        return {"metric": _("There is no such metric.")}
    if not scopes.may_see(terms.scope.key, access):
        return {"scope": _("There is no such scope that you may see.")}
    faults: Faults = {}
    if terms.kind not in (Kind.VALUE, Kind.CHANGE, Kind.SIGNAL, Kind.FRESHNESS):
        faults["kind"] = _("Choose what to be told of.")
    if terms.kind in (Kind.VALUE, Kind.CHANGE, Kind.FRESHNESS):
        faults |= _threshold_faults(terms, metric)
    sides = {
        Kind.VALUE: (Side.ABOVE, Side.BELOW),
        Kind.CHANGE: tuple(Side),
    }
    if terms.kind in sides and terms.side not in sides[Kind(terms.kind)]:
        faults["side"] = _("Choose a direction.")
    if terms.grain not in (Grain.DAY, Grain.WEEK, Grain.MONTH, Grain.QUARTER):
        faults["grain"] = _("Choose days, weeks, months or quarters.")
    if terms.min_n is not None and terms.min_n < metric.min_n:
        words = _("This metric needs at least %(n)d to be judged.")
        faults["min_n"] = words % {"n": metric.min_n}
    if terms.kind == Kind.FRESHNESS and not axes_of(metric):
        faults["kind"] = _("This metric has no rows of its own to wait for.")
    return faults


def _threshold_faults(terms: Terms, metric: Metric) -> Faults:
    given = terms.threshold
    if given is None or not given.is_finite():
        return {"threshold": _("Enter a number.")}
    if abs(given) >= LARGEST:
        return {"threshold": _("This number is too large.")}
    is_count = terms.kind == Kind.VALUE and metric.unit is Unit.COUNT
    if is_count and given != given.to_integral_value():
        return {"threshold": _("Enter a whole number: this metric counts.")}
    if terms.kind == Kind.CHANGE and given < 0:
        return {"threshold": _("Enter by how much, without a sign.")}
    if terms.kind == Kind.FRESHNESS and not 1 <= given <= 366:
        return {"threshold": _("Enter 1 to 366 days.")}
    return {}


def delivery_faults(delivery: Delivery) -> Faults:
    """Return a sentence for each field of a delivery that cannot be."""
    faults: Faults = {}
    if delivery.audience not in AlertRule.Audience:
        faults["audience"] = _("Choose whom to tell.")
    if not (delivery.in_app or delivery.by_mail):
        faults["channels"] = _("Choose at least one way to be told.")
    ends = (delivery.quiet_from, delivery.quiet_until)
    if (ends[0] is None) != (ends[1] is None):
        faults["quiet_until"] = _("Enter both ends of the quiet hours, or none.")
    elif ends[0] is not None and ends[0] == ends[1]:
        faults["quiet_until"] = _("Quiet hours end at another time than they begin.")
    return faults


def audience_faults(is_manager: bool) -> Faults:
    if is_manager:
        return {}
    return {"audience": _("Only who manages these people may have others told.")}


def refuse(faults: Faults) -> None:
    """Raises: BadInput where there are faults."""
    if faults:
        raise BadInput(faults)


def make_room(actor: User) -> None:
    """Raises: Refused for who has as many rules as anybody may."""
    if AlertRule.objects.filter(owner=actor).count() >= MOST_RULES:
        raise Refused(_("You have 200 alerts. Delete one that you no longer need."))


def own_rule(rule: AlertRule, actor: User) -> AlertRule:
    """Return a rule of the actor, locked. Raises: Refused when it is another's."""
    held = AlertRule.objects.select_for_update().filter(pk=rule.pk, owner=actor)
    found = held.first()
    if found is None:
        raise Refused(_("Only who made this alert may change it."))
    return found
