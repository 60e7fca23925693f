"""The organisation, its calendar and its days."""

from datetime import datetime

from django.db.models import Subquery

from crmkpi.accounts.models import Holiday, Organisation
from crmkpi.lib.business_time import BusinessCalendar, hours_from_json
from crmkpi.lib.periods import Calendar, local_day


def get_organisation() -> Organisation:
    """Return the one organisation with its root team. Queries: 1."""
    return Organisation.objects.select_related("root_team").get(pk=1)


def get_zone() -> str:
    """Return the name of the organisation's time zone. Queries: 1."""
    return Organisation.objects.values_list("zone", flat=True).get(pk=1)


def zone_column() -> Subquery:
    """Return the zone as a column of another statement, which then reads it as well."""
    return Subquery(Organisation.objects.filter(pk=1).values("zone"))


def get_calendar(org: Organisation) -> Calendar:
    """Return how the organisation cuts days into weeks, quarters and years."""
    return Calendar(week_start=org.week_start, fiscal_month=org.fiscal_month)


def get_business_calendar(org: Organisation) -> BusinessCalendar:
    """Return the organisation's business hours without its holidays. Queries: 1."""
    holidays = frozenset(Holiday.objects.order_by().values_list("day", flat=True))
    return BusinessCalendar(org.zone, hours_from_json(org.business_hours), holidays)


def today(now: datetime, org: Organisation) -> int:
    """Return the organisation's local day of an instant."""
    return local_day(now, org.zone)
