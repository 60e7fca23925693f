"""Reads about the organisation, its people and who may see what."""

from crmkpi.accounts.queries.access import (
    access_of,
    access_of_key,
    home_team,
    people_of,
)
from crmkpi.accounts.queries.organisation import (
    get_business_calendar,
    get_calendar,
    get_organisation,
    get_zone,
    today,
    zone_column,
)

__all__ = [
    "access_of",
    "access_of_key",
    "get_business_calendar",
    "get_calendar",
    "get_organisation",
    "get_zone",
    "home_team",
    "people_of",
    "today",
    "zone_column",
]
