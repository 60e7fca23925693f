"""Who answers for the definition of a metric: a person whom managers name."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from crmkpi.accounts.access import Access
from crmkpi.accounts.audit import write_event
from crmkpi.accounts.models import Membership, User
from crmkpi.accounts.queries import access_of, get_organisation, today
from metrics.catalog import METRICS
from metrics.custom.models import PREFIX, CustomMetric
from metrics.models import MetricOwner


def may_name_owner(key: str, access: Access) -> bool:
    """Whether the reader may say who answers for a metric: who manages the company.

    For a metric that somebody made, that person answers.
    """
    return key in METRICS.declared and access.sees_company and access.manages


def owner_of(key: str) -> User | None:
    """Return who answers for a metric. Queries: 1."""
    if key.startswith(PREFIX):
        made = CustomMetric.objects.select_related("owner").filter(key=key).first()
        return made.owner if made else None
    named = MetricOwner.objects.select_related("user").filter(key=key).first()
    return named.user if named else None


def owners() -> dict[str, User]:
    """Return who answers for which metric, by key. Queries: 2."""
    named = MetricOwner.objects.select_related("user")
    made = CustomMetric.objects.select_related("owner").filter(owner__isnull=False)
    return {each.key: each.user for each in named} | {
        each.key: each.owner for each in made if each.owner
    }


def possible_owners(access: Access) -> QuerySet[User]:
    """Return who may be named: who leads, manages or analyses today."""
    held = Membership.objects.on(access.day).exclude(role=Membership.Role.AGENT)
    found: QuerySet[User] = User.objects.filter(
        pk__in=held.values("user"), is_active=True
    )
    return found.order_by("name", "pk")


@transaction.atomic
def name_owner(*, key: str, user: User | None, actor: User, now: datetime) -> None:
    """Say who answers for a declared metric, or that nobody does any more.

    Raises: PermissionDenied for who does not manage the company, and for a person who
    cannot be named.
    """
    access = access_of(actor, day=today(now, get_organisation()))
    if not may_name_owner(key, access):
        raise PermissionDenied(_("Only managers of the company name who answers."))
    before = owner_of(key)
    if before == user:
        return
    if user is None:
        MetricOwner.objects.filter(key=key).delete()
    else:
        if not possible_owners(access).filter(pk=user.pk).exists():
            raise PermissionDenied(_("This person cannot answer for a metric."))
        MetricOwner.objects.update_or_create(key=key, defaults={"user": user})
    write_event(
        "metric.owner",
        subject=f"metric {key}",
        actor=actor,
        now=now,
        before=before.name if before else "",
        after=user.name if user else "",
    )
