"""Rules as filters on customers, and in order as the segment each of them gets."""

from collections.abc import Sequence
from datetime import datetime
from functools import reduce
from operator import and_, or_

from django.db.models import Q

from crmkpi.accounts.queries import get_organisation
from crmkpi.crm.models import Customer, Segment
from crmkpi.crm.segments.fields import FIELDS, Sight
from crmkpi.crm.segments.rules import Rule, sentence
from crmkpi.lib.periods import local_day

NOBODY = Q(pk__in=[])


def sight(now: datetime) -> Sight:
    """Return from where rules look at an instant. Queries: 1."""
    org = get_organisation()
    return Sight(local_day(now, org.zone), org.currency)


def rule_of(segment: Segment) -> Rule:
    """Return the rule of a segment."""
    needs_all = segment.match == Segment.Match.ALL
    return Rule.from_json(segment.conditions, needs_all=needs_all)


def finds(rule: Rule, seen: Sight) -> Q:
    """Return the filter for the customers that a rule matches.

    Test and internal accounts are in no segment. A field that is gone finds nobody.
    """
    parts = [
        FIELDS[each.field].finds(each, seen) if each.field in FIELDS else NOBODY
        for each in rule.conditions
    ]
    if not parts:
        return NOBODY
    return Q(exclusion=0) & reduce(and_ if rule.needs_all else or_, parts)


def current() -> list[Segment]:
    """Return the segments that are in use, in their order. Queries: 1."""
    found = Segment.objects.filter(archived_at__isnull=True)
    return list(found.select_related("member"))


def first_matches(segments: Sequence[Segment], seen: Sight) -> dict[int, int]:
    """Return the member that each customer gets by rules; the others are left out.

    Queries: 1 for each segment
    """
    found: dict[int, int] = {}
    for each in reversed(segments):  # an earlier one takes over
        matching = Customer._base_manager.filter(finds(rule_of(each), seen)).order_by()
        keys = matching.values_list("pk", flat=True)
        found.update(dict.fromkeys(keys.iterator(), each.member_id))
    return found


def sentences(rule: Rule) -> list[str]:
    """Return the conditions of a rule as people read them."""
    found = []
    for each in rule.conditions:
        field = FIELDS.get(each.field)
        names = field.names() if field and field.is_list else {}
        found.append(sentence(each, field.shape if field else None, names))
    return found
