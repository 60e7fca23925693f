"""What moves a number and what to try, for the person who reads it."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from crmkpi.accounts.access import Access
from crmkpi.accounts.models import User
from metrics.metric import Advice, Metric, Text
from metrics.models import MetricVersion, Reading


@dataclass(frozen=True)
class Try:
    """What somebody in one role can try."""

    role: str  # in words
    text: Text


@dataclass(frozen=True)
class AdvicePanel:
    """The advice on one metric as one person sees it."""

    moves: Text
    tries: list[Try]  # that of the reader's own role first
    read_at: datetime | None  # None: not read in this version
    is_new: bool  # an earlier version has been read


def advice_for(
    metric: Metric, version: MetricVersion | None, access: Access
) -> AdvicePanel | None:
    """Return the advice on a metric with whether the reader has read it.

    Empty: None for a metric without advice.

    Queries: 1, none for a metric without advice.
    """
    if metric.advice is None:
        return None
    mine = Reading.objects.filter(user_id=access.user_id, version__key=metric.key)
    readings = dict(mine.values_list("version_id", "at"))
    read_at = readings.get(version.pk) if version is not None else None
    return AdvicePanel(
        moves=metric.advice.moves,
        tries=_tries(metric.advice, access),
        read_at=read_at,
        is_new=read_at is None and bool(readings),
    )


def _tries(advice: Advice, access: Access) -> list[Try]:
    agent = Try(_("As an agent"), advice.agent)
    lead = Try(_("As a team lead"), advice.lead)
    manager = Try(_("As a manager"), advice.manager)
    order = [lead, manager, agent]
    if access.manages:
        order = [manager, lead, agent]
    elif access.is_agent_only:
        order = [agent, lead, manager]
    return [each for each in order if each.text]


@transaction.atomic
def mark_read(*, key: str, actor: User, now: datetime) -> bool:
    """Remember that a person has read the advice on a metric as it is now.

    Returns whether it was new. Doing it twice keeps the first time. Queries: 3.
    """
    version = MetricVersion.objects.filter(key=key).order_by("-number").first()
    if version is None:
        return False
    _reading, created = Reading.objects.get_or_create(
        user=actor, version=version, defaults={"at": now}
    )
    return created


@transaction.atomic
def mark_unread(*, key: str, actor: User) -> None:
    """Forget that a person has read the advice on a metric. Queries: 1."""
    Reading.objects.filter(user=actor, version__key=key).delete()
