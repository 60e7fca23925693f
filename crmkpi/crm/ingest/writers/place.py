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
from crmkpi.crm.models import Customer
from crmkpi.crm.stamps import Stamper
from crmkpi.lib.business_time import BusinessCalendar
from crmkpi.lib.periods import day_start, local_day, to_day

Values = dict[str, Any]  # of a row, by field name
Columns = dict[str, Any]  # of a stored row, by column
Moment = tuple[datetime | None, int | None]  # instant and local day
Traits = tuple[int | None, int | None, int | None]  # industry, region, segment


@dataclass
class Place:
    """Where rows land: the organisation, its teams, and what is known of customers."""

    batch: Batch
    org: Organisation
    stamper: Stamper
    exchange: Exchange
    customers: dict[int, Traits] = field(default_factory=dict)
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

    def know_customers(self, keys: Iterable[int | None], *, lock: bool) -> None:
        """Read industry, region and segment of customers, locked if asked. Queries: 1.

        Whoever works out what follows for a customer locks it before any of its rows,
        so that two who bring in rows of one customer cannot block each other.
        """
        wanted = {key for key in keys if key is not None} - self.customers.keys()
        if wanted:
            found = changes.with_keys(Customer, wanted)
            rows = (changes.locked(found) if lock else found).values_list(
                "pk", "industry_id", "region_id", "segment_id"
            )
            self.customers |= {pk: (one, two, three) for pk, one, two, three in rows}

    def traits(self, customer_id: int | None) -> Traits:
        if customer_id is None:
            return None, None, None
        return self.customers[customer_id]
