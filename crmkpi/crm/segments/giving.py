"""From when on a source gives a customer another segment; days before keep theirs."""

from collections.abc import Mapping

from django.db.models import F

from crmkpi.accounts.models import ALWAYS
from crmkpi.crm import changes
from crmkpi.crm.models import Customer, SegmentBefore
from crmkpi.crm.segments.history import befores_of
from crmkpi.crm.segments.stays import given_anew
from crmkpi.lib import bulk
from crmkpi.lib.periods import local_day


def keep_given(
    held: Mapping[int, int | None],
    since: Mapping[int, int],
    *,
    today: int,
    zone: str,
) -> set[int]:
    """Write what customers were given before; return those whose past is another now.

    `held` are the segments up to now of customers who were given something else, or of
    whom `since` tells from which day on it holds. Without that it holds from today on;
    always, for who was in none before or came only today.

    Queries: 2, and 2 more when anything changes.
    """
    if not held:
        return set()
    old = befores_of(held)
    rows = changes.with_keys(Customer, held).order_by()
    came = dict(rows.values_list("pk", "added_at"))
    gone, new, changed = [], [], set()
    for customer, segment in held.items():
        before = old.get(customer, [])
        is_new = came[customer] and local_day(came[customer], zone) == today
        is_first = segment is None and not before
        usual = ALWAYS if is_first or is_new else today
        on = min(since.get(customer, usual), today)
        kept = given_anew(before, segment, on=on, always=ALWAYS)
        if kept != before:
            changed.add(customer)
            gone += [(customer, until) for until, _segment in before]
            new += [(customer, *each) for each in kept]
    keys = bulk.KeysIn([F("customer_id"), F("until_day")], gone)
    SegmentBefore.objects.filter(keys).delete()
    columns = ["customer_id", "until_day", "segment_id"]
    bulk.insert_rows(SegmentBefore, columns, new)
    return changed
