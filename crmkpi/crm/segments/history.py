"""Which segment a customer was in on a day: that of a rule, else the source's."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from crmkpi.crm import changes
from crmkpi.crm.models import Customer, SegmentStay
from crmkpi.crm.segments.stays import Stay, Stretch, segment_on, stretches


class SegmentHistory:
    """The segments of customers over time; those it has not learnt of have none."""

    def __init__(self) -> None:
        self._given: dict[int, int | None] = {}
        self._stays: dict[int, list[Stay]] = {}

    @classmethod
    def load(cls, customer_ids: Iterable[int]) -> "SegmentHistory":
        """Return the history of customers. Queries: 2, none without customers."""
        history, wanted = cls(), set(customer_ids)
        if wanted:
            found = changes.with_keys(Customer, wanted)
            history.learn(dict(found.values_list("pk", "given_segment_id")))
        return history

    def learn(self, given: Mapping[int, int | None]) -> None:
        """Take in customers with the segments that sources gave. Queries: 1."""
        self._given.update(given)
        self._stays.update(stays_of(given))

    def on(self, customer_id: int | None, day: int) -> int | None:
        """Return the member that a customer belonged to on a day."""
        return segment_on(
            self._stays.get(customer_id or 0, ()),
            day,
            otherwise=self._given.get(customer_id or 0),
        )

    def spans(self, customer_id: int, start: int, end: int | None) -> list[Stretch]:
        """Cut a stretch of days wherever the customer's segment changes."""
        otherwise = self._given.get(customer_id)
        return stretches(
            self._stays.get(customer_id, ()), start, end, otherwise=otherwise
        )


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
