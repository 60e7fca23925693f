"""Which comments may be passed on to agents, by whom, and what agents read of them."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef

from crmkpi.accounts.access import Access
from crmkpi.accounts.models import Membership, User
from crmkpi.crm.models import Exclusion
from crmkpi.lib.periods import from_day
from crmkpi.lib.text import clean_display
from surveys.hiding import MIN_N
from surveys.models import Answer, Response
from surveys.scoring import Kind

DELAY_DAYS = 7  # between an answer and the agent's reading its comment
LOOK_BACK_DAYS = 91


@dataclass(frozen=True)
class PassedOn:
    """A comment as its agent reads it: no score, no customer, no day."""

    text: str
    month: date  # any day of it
    is_top: bool  # its score lies in the top box


def led_team_ids(access: Access) -> frozenset[int]:
    """Return the teams whose people a reader leads or manages. Queries: 1."""
    led = Membership.objects.on(access.day).filter(
        user=access.user_id, role=Membership.Role.LEAD
    )
    return access.managed_team_ids | frozenset(led.values_list("team_id", flat=True))


def may_be_told(response: Response) -> bool:
    """Tell whether an agent may be told words of a response, should it have any.

    Anonymous ones never: of these an agent learns figures alone.
    """
    is_counted = response.exclusion == Exclusion.NONE
    return is_counted and response.agent_id is not None and not response.is_anonymous


def is_releasable(response: Response) -> bool:
    """Tell whether there is a comment that may be shown to an agent. Queries: 0, 1."""
    if not may_be_told(response):
        return False
    said = Answer.objects.filter(response=response, kind=Kind.TEXT.value)
    return said.exclude(text="").exists()


def passed_on(agent: User, *, access: Access) -> list[PassedOn]:
    """Return what was passed on to an agent, the latest first. Queries: 2.

    Time: of the last 91 local days, and not of the last 7.
    Empty: also while fewer than five answers in these days are about the agent.
    """
    rows = (
        Answer.objects.visible_to(access)
        .counted()
        .filter(
            agent=agent,
            answered_day__gt=access.day - LOOK_BACK_DAYS,
            answered_day__lte=access.day - DELAY_DAYS,
        )
    )
    if rows.filter(value__isnull=False).count() < MIN_N:
        return []
    pleased = Answer.objects.filter(response=OuterRef("response"), is_top=True)
    found = (
        rows.filter(kind=Kind.TEXT.value, response__release__isnull=False)
        .exclude(text="")
        .annotate(is_pleased=Exists(pleased))
        .order_by("-answered_day", "-pk")
    )
    return [
        PassedOn(clean_display(text), from_day(day), is_pleased)
        for text, day, is_pleased in found.values_list(
            "text", "answered_day", "is_pleased"
        )
    ]
