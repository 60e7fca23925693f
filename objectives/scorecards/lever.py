"""Where one person has most to gain: the topic that came back most often."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count

from crmkpi.accounts.access import Access
from crmkpi.lib.periods import Period
from metrics.behind import Part, behind, visible
from metrics.catalog import METRICS
from metrics.queries import Value
from objectives.printing import Print

KEY = "first_contact_resolution"
FEWEST = 3  # tickets of one topic, below which it is chance
SHARE = Decimal("0.3")  # of all that came back, below which no topic stands out


@dataclass(frozen=True)
class Lever:
    """The topic behind most of the tickets that were not settled at once."""

    key: str  # of the metric
    topic: str
    count: int  # tickets of the topic that were not settled at once
    settled: int  # how many would be, with these
    of: int
    share: str  # the same in per cent


def best_lever(
    me: Value, *, period: Period, access: Access, currency: str
) -> Lever | None:
    """Return the topic that a person's first contact resolution hangs on most.

    Empty: None when no topic stands out, with three tickets and three tenths of all
    that came back.
    Queries: 1
    """
    if me.numerator is None or me.denominator is None:
        return None
    missed = me.denominator - me.numerator
    for rows in behind(METRICS[KEY], me.scope, period, today=access.day):
        topics = (
            visible(rows, access, Part.BELOW)
            .exclude(topic=None)
            .order_by()
            .values("topic__name")
            .annotate(count=Count("pk"))
            .order_by("-count", "topic__name")
        )
        first = topics.first()
        if first is None or first["count"] < max(FEWEST, missed * SHARE):
            continue
        settled = me.numerator + first["count"]
        share = 100 * settled / me.denominator
        return Lever(
            key=KEY,
            topic=first["topic__name"],
            count=first["count"],
            settled=int(settled),
            of=int(me.denominator),
            share=Print.of(KEY, currency).text(share),
        )
    return None
