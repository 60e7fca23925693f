"""Tickets by the day they were opened, answered and resolved; open spells; promises."""

from django.db.models import F, Q

from crmkpi.crm.models import SlaClock, Ticket, TicketSpell
from metrics.dimensions import Cut
from metrics.measures.base import Cells, Rows, Squares, Total

_WINDOW = F("resolved_day") + Ticket.REOPEN_WINDOW_DAYS
_NOT_REOPENED = Q(reopened_day__isnull=True) | Q(reopened_day__gt=_WINDOW)
_NOT_FOLLOWED_UP = Q(followed_up_day__isnull=True) | Q(followed_up_day__gt=_WINDOW)
SETTLED = Q(customer_contacts__lte=1) & _NOT_REOPENED & _NOT_FOLLOWED_UP


class TicketsOpened(Cells):
    fact, when = Ticket, "opened_day"
    cuts = (Cut.CHANNEL, Cut.TYPE, Cut.SEGMENT)
    rows = Rows()
    same_day = Rows(where=Q(resolved_day=F("opened_day")))
    complaints = Rows(where=Q(is_complaint=True))


class TicketsReplied(Cells):
    fact, when, cuts = Ticket, "replied_day", (Cut.CHANNEL,)
    rows = Rows()
    seconds = Total("reply_seconds")
    minutes2 = Squares("reply_seconds", unit=60)
    business_rows = Rows(where=Q(reply_business_seconds__isnull=False))
    business_seconds = Total("reply_business_seconds")


class TicketsResolved(Cells):
    fact, when = Ticket, "resolved_day"
    cuts = (Cut.CHANNEL, Cut.TYPE, Cut.SEGMENT)
    rows = Rows()
    seconds = Total("resolution_seconds")
    minutes2 = Squares("resolution_seconds", unit=60)
    business_rows = Rows(where=Q(resolution_business_seconds__isnull=False))
    business_seconds = Total("resolution_business_seconds")
    settled = Rows(where=SETTLED)


class TicketSpellsStarted(Cells):
    fact, when, cuts = TicketSpell, "started_day", (Cut.CHANNEL, Cut.TYPE)
    rows = Rows()
    open = Rows(where=Q(is_open=True))


class TicketSpellsEnded(Cells):
    fact, when, cuts = TicketSpell, "ended_day", (Cut.CHANNEL, Cut.TYPE)
    rows = Rows()
    open = Rows(where=Q(is_open=True))


class PromisesDecided(Cells):
    fact, when, cuts = SlaClock, "decided_day", (Cut.POLICY, Cut.CLOCK)
    rows = Rows()
    met = Rows(where=Q(is_met=True))
