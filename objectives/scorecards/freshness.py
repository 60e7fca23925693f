"""How new the data of this installation are, in two lines."""

from datetime import datetime

from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crmkpi.accounts.models import Organisation
from crmkpi.crm.models import Source
from crmkpi.crm.rhythm import patience
from crmkpi.lib.periods import from_day, local_day


def freshness_lines(
    *, computed_at: datetime | None, day: int, organisation: Organisation
) -> list[str]:
    """Return what stands at the foot of the navigation.

    Example: ["Data to Fri 13 Feb", "Computed 06:10, 4 sources well"]
    Queries: 1
    """
    sources = Source.objects.filter(last_success_at__isnull=False).values_list(
        "last_success_at", "expected_every_days", "came_days"
    )
    known = [
        (local_day(at, organisation.zone), patience(every, came))
        for at, every, came in sources
        if at is not None
    ]
    if not known:
        return [_("No data yet")]
    newest = from_day(max(last for last, _days in known))
    late = sum(days is not None and last + days < day for last, days in known)
    words = _sources(len(known), late)
    if computed_at is not None:
        at = date_format(timezone.localtime(computed_at), "H:i")
        words = _("Computed %(at)s, %(sources)s") % {"at": at, "sources": words}
    return [_("Data to %(day)s") % {"day": date_format(newest, "D j M")}, words]


def _sources(count: int, late: int) -> str:
    if late:
        return _("%(late)s of %(count)s sources late") % {"late": late, "count": count}
    words = ngettext("%(count)s source well", "%(count)s sources well", count)
    return words % {"count": count}
