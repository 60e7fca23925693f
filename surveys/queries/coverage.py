"""Who was asked of those who could have been, and who answered. Opens are unknown."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from crmkpi.accounts.access import Access
from crmkpi.accounts.models import User
from surveys.models import Answer, Invitation, Survey
from surveys.queries.results import invitations_for
from surveys.scoring import Kind

State = Invitation.State
# Nobody was asked: a rule or a person kept the mail back.
NOT_ASKED = (State.SKIPPED, State.CANCELLED)


@dataclass(frozen=True)
class Steps:
    """How many came how far; each number is part of the one before, `bounced` apart."""

    eligible: int  # events that could have led to a question
    invited: int  # not kept back by a rule or a person
    sent: int  # taken by the mail server
    bounced: int  # of those sent
    answered: int
    commented: int

    @property
    def arrived(self) -> int:
        return self.sent - self.bounced


@dataclass(frozen=True)
class AgentCoverage:
    """One agent's part of it."""

    name: str  # empty: invitations that count for no agent
    steps: Steps


def response_steps(survey: Survey, *, access: Access, since_day: int | None) -> Steps:
    """Return how far the invitations of the reader's teams came. Queries: 1.

    Time: local days of the events that were asked about.
    """
    rows = _since(invitations_for(survey, access), since_day)
    return _steps(rows.aggregate(**_COUNTS))


def coverage(
    survey: Survey, *, access: Access, since_day: int | None
) -> list[AgentCoverage]:
    """Return the same for each agent, by name: who asks only the happy ones shows.

    Empty: nobody was invited. Queries: 2.
    """
    rows = _since(invitations_for(survey, access), since_day)
    grouped: Any = rows.order_by().values("agent_id").annotate(**_COUNTS)
    found = {each.pop("agent_id"): _steps(each) for each in grouped}
    names = dict(User.objects.filter(pk__in=found).values_list("pk", "name"))
    lines = [AgentCoverage(names.get(pk, ""), each) for pk, each in found.items()]
    return sorted(lines, key=lambda line: (not line.name, line.name.casefold()))


def _since(rows: QuerySet[Invitation], since_day: int | None) -> QuerySet[Invitation]:
    counted = rows.filter(exclusion=0)
    return counted if since_day is None else counted.filter(event_day__gte=since_day)


_SAID = Answer.objects.filter(kind=Kind.TEXT.value, exclusion=0).exclude(text="")
_COUNTS = {
    "eligible": Count("pk"),
    "invited": Count("pk", filter=~Q(state__in=NOT_ASKED)),
    "sent": Count("pk", filter=Q(sent_at__isnull=False)),
    "bounced": Count("pk", filter=Q(sent_at__isnull=False, is_bounced=True)),
    "answered": Count("pk", filter=Q(is_answered=True)),
    "commented": Count(
        "pk", filter=Q(response__in=_SAID.values("response_id"), is_answered=True)
    ),
}


def _steps(counts: dict[str, int]) -> Steps:
    return Steps(**counts)
