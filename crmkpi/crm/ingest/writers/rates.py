"""Exchange rates: what one unit of a currency was worth on a day."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from crmkpi.crm.ingest.registry import Batch, Counts, RowFault
from crmkpi.crm.ingest.writers.rules import (
    check_amount,
)
from crmkpi.crm.models import FxRate, Source
from crmkpi.crm.removal import StillNamed
from crmkpi.crm.revalue import value_rows_left_out
from crmkpi.lib import bulk
from crmkpi.lib.bulk import KeysIn
from crmkpi.lib.periods import to_day

LARGEST = 10**10
VALUED = _("Rows counted now that their exchange rate is known")


class RateWriter:
    """Writes rates, known by currency and day, and values what waited for them."""

    def check(self, values: Mapping[str, Any], now: datetime) -> None:
        check_amount(values)
        rate = values.get("rate")
        if rate is not None and not Decimal("0.00000001") <= rate < LARGEST:
            raise RowFault("rate", _("A rate is more than zero and less than 10^10."))

    def write(self, batch: Batch) -> Counts:
        wanted = {
            (row.values["currency"], to_day(row.values["day"])): Decimal(
                row.values["rate"]
            ).quantize(Decimal("0.00000001"))
            for row in batch.rows
        }
        keys = KeysIn([F("currency"), F("day")], list(wanted))
        known = {
            (currency, day): rate
            for currency, day, rate in FxRate.objects.filter(keys).values_list(
                "currency", "day", "rate"
            )
        }
        counts = Counts(new=len(wanted.keys() - known.keys()))
        changed = [key for key, rate in known.items() if rate != wanted[key]]
        counts.changed = len(changed)
        counts.same = len(known) - len(changed)
        news = [(*key, rate) for key, rate in wanted.items() if known.get(key) != rate]
        bulk.upsert(FxRate, ["currency", "day"], ["rate"], news)
        if news:
            currencies = {currency for currency, _day, _rate in news}
            counts.warn(VALUED, value_rows_left_out(currencies, now=batch.now))
        return counts

    def delete(self, source: Source, external_ids: Sequence[str], now: datetime) -> int:
        raise StillNamed(_("Amounts rest on exchange rates; correct them instead."))
