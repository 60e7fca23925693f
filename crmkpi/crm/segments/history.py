"""Which segment a customer was in on a day: that of a rule, else the source's."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from crmkpi.accounts.models import ALWAYS
from crmkpi.crm import changes
from crmkpi.crm.models import Customer, SegmentBefore, SegmentStay
from crmkpi.crm.segments.stays import (
    Before,
    Stay,
    Stretch,
    given,
    segment_on,
    stretches,
)


class SegmentHistory:
    """The segments of customers over time; those it has not learnt of have none."""

    def __init__(self) -> None:
        self._stays: dict[int, list[Stay]] = {}  # by rules, then those given

    @classmethod
    def load(cls, customer_ids: Iterable[int]) -> "SegmentHistory":
        """Return the history of customers. Queries: 3, none without customers."""
        history, wanted = cls(), set(customer_ids)
        if wanted:
            found = changes.with_keys(Customer, wanted)
            history.learn(dict(found.values_list("pk", "given_segment_id")))
        return history

    def learn(self, now: Mapping[int, int | None]) -> None:
        """Take in customers with the segments that sources give now. Queries: 2."""
        ruled, before = stays_of(now), befores_of(now)
        for customer, segment in now.items():
            others = given(before.get(customer, ()), segment, always=ALWAYS)
            self._stays[customer] = [*ruled.get(customer, ()), *others]

    def on(self, customer_id: int | None, day: int) -> int | None:
        """Return the member that a customer belonged to on a day."""
        stays = self._stays.get(customer_id or 0, ())
        return segment_on(stays, day, otherwise=None)

    def spans(self, customer_id: int, start: int, end: int | None) -> list[Stretch]:
        """Cut a stretch of days wherever the customer's segment changes."""
        stays = self._stays.get(customer_id, ())
        return stretches(stays, start, end, otherwise=None)


def stays_of(customer_ids: Iterable[int]) -> dict[int, list[Stay]]:
    """Return the stays of customers in the order of their days, by member.

    Queries: 1
    """
    found: dict[int, list[Stay]] = defaultdict(list)
    rows = changes.with_keys(SegmentStay, customer_ids, column="customer_id")
    columns = ("customer_id", "segment__member_id", "entered_day", "left_day")
    for customer, *stay in rows.order_by("entered_day").values_list(*columns):
        found[customer].append(Stay(*stay))
    return dict(found)


def befores_of(customer_ids: Iterable[int]) -> dict[int, list[Before]]:
    """Return what sources gave customers before, in the order of the days.

    Queries: 1
    """
    found: dict[int, list[Before]] = defaultdict(list)
    rows = changes.with_keys(SegmentBefore, customer_ids, column="customer_id")
    columns = ("customer_id", "until_day", "segment_id")
    for customer, *before in rows.order_by("until_day").values_list(*columns):
        found[customer].append((before[0], before[1]))
    return dict(found)
