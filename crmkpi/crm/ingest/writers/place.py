"""Where rows land: what their writers must know of the organisation."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from crmkpi.accounts.models import Organisation
from crmkpi.accounts.queries import get_business_calendar, get_organisation
from crmkpi.crm import changes
from crmkpi.crm.exchange import Exchange
from crmkpi.crm.ingest.registry import Batch
from crmkpi.crm.models import Contact, Customer, Exclusion
from crmkpi.crm.segments.history import SegmentHistory
from crmkpi.crm.stamps import Stamper
from crmkpi.lib.business_time import BusinessCalendar
from crmkpi.lib.periods import day_start, local_day, to_day

Values = dict[str, Any]  # of a row, by field name
Columns = dict[str, Any]  # of a stored row, by column
Moment = tuple[datetime | None, int | None]  # instant and local day


@dataclass
class Place:
    """Where rows land: the organisation, its teams, and what is known of customers."""

    batch: Batch
    org: Organisation
    stamper: Stamper
    exchange: Exchange
    industries: dict[int, int | None] = field(default_factory=dict)  # by customer
    segments: SegmentHistory = field(default_factory=SegmentHistory)
    test_accounts: set[int] = field(default_factory=set)  # of these customers
    stages: Any = None  # what the writer of opportunities has read of them

    @classmethod
    def load(cls, batch: Batch) -> "Place":
        """Return the place for a batch. Queries: 7."""
        org = get_organisation()
        return cls(batch, org, Stamper.load(), Exchange(org.currency))

    @cached_property
    def hours(self) -> BusinessCalendar | None:
        """The organisation's business hours, None when it has none."""
        calendar = get_business_calendar(self.org)
        return calendar if any(calendar.hours) else None

    @cached_property
    def today(self) -> int:
        return local_day(self.batch.now, self.org.zone)

    @cached_property
    def erased(self) -> dict[str, set[int]]:
        """Who was erased, by the column that names them. Queries: 2."""
        return {
            column: set(
                model._base_manager.filter(erased_at__isnull=False).values_list(
                    "pk", flat=True
                )
            )
            for column, model in (("customer_id", Customer), ("contact_id", Contact))
        }

    def is_about_erased(self, columns: Columns) -> bool:
        """Tell whether a row is about somebody who was erased."""
        return any(columns.get(name) in keys for name, keys in self.erased.items())

    def moment(
        self, value: datetime | date | None, *, missing: int | None = None
    ) -> Moment:
        """Return the instant and local day of a value; a day alone begins it."""
        if value is None:
            return None, missing
        if isinstance(value, datetime):
            return value, local_day(value, self.org.zone)
        day = to_day(value)
        return day_start(day, self.org.zone), day

    def know_customers(self, keys: Iterable[int | None]) -> None:
        """Read traits of customers and whether they count, and lock them. Queries: 3.

        Whoever works out what follows for a customer locks it before any of its rows,
        so that two who bring in rows of one customer cannot block each other, and that
        no row comes in beside a customer that is just being left out.
        """
        wanted = {key for key in keys if key is not None} - self.industries.keys()
        if not wanted:
            return
        found = changes.locked(changes.with_keys(Customer, wanted))
        given: dict[int, int | None] = {}
        for pk, exclusion, industry, segment in found.values_list(
            "pk", "exclusion", "industry_id", "given_segment_id"
        ):
            self.industries[pk], given[pk] = industry, segment
            if exclusion == Exclusion.TEST:
                self.test_accounts.add(pk)
        self.segments.learn(given)

    def industry_of(self, customer_id: int | None) -> int | None:
        return None if customer_id is None else self.industries[customer_id]

    def segment_on(self, customer_id: int | None, day: int | None) -> int | None:
        """Return a customer's segment on the day of an event, today if there is none.

        A row of last year that comes today counts for the segment of last year.
        """
        if customer_id is None:
            return None
        return self.segments.on(customer_id, self.today if day is None else day)
