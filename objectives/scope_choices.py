"""Whose number a key result may follow: the scopes that its author may see."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crmkpi.accounts.access import Access
from crmkpi.accounts.models import Team, User
from crmkpi.crm.models import Channel
from metrics.dimensions import Dimension
from metrics.metric import Metric
from metrics.pickers import readable_teams
from metrics.scopes import Scope, company, team_scope
from metrics.splits import dimensions_of

MEMBERS = 100  # of one dimension; more are found by their name in the address

Group = tuple[str | Promise, list[tuple[str, str]]]


def scope_choices(
    metric: Metric, *, team: Team, access: Access, with_people: bool
) -> list[Group]:
    """Return the scopes for a metric in groups: (text of the scope, label).

    Whoever does not see the company gets members of dimensions within the team.

    Queries: 4, 1 for each dimension of the metric, 1 with people.
    """
    whole = [(found.text, found.label) for found in _company(access)]
    whole += [(team_scope(each).text, each.name) for each in readable_teams(access)]
    groups: list[Group] = [(_("Company and teams"), whole)]
    if with_people and metric.agents:
        people = User.objects.filter(pk__in=access.agent_ids, is_active=True)
        groups.append(
            (_("People"), [(f"agent:~{each.pk}", each.name) for each in people])
        )
    for dimension in dimensions_of(metric):
        groups.append((dimension.label, _members(dimension, team, access)))
    return [(label, options) for label, options in groups if options]


def _company(access: Access) -> list[Scope]:
    return [company()] if access.sees_company else []


def _members(dimension: Dimension, team: Team, access: Access) -> list[tuple[str, str]]:
    found = []
    for text, label in _names(dimension):
        if access.sees_company:
            found.append((f"{dimension.key}:{text}", label))
        within = f"{dimension.key}:{text}@team:{team.slug}"
        found.append((within, f"{label}, {team.name}"))
    return found


def _names(dimension: Dimension) -> list[tuple[str, str]]:
    """Return how addresses write each member, and what people call it."""
    if dimension.choices is not None:
        return [
            (choice.name.lower(), str(choice.label))
            for choice in dimension.choices
            if choice.name != Channel.UNKNOWN.name
        ]
    column = dimension.names[0]
    names = dimension.members().order_by(column).values_list(column, flat=True)
    return [(name, name) for name in names[:MEMBERS]]
