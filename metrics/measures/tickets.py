"""Tickets by the day they were opened, answered and resolved; open spells; promises."""

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crmkpi.crm.models import SlaClock, Ticket, TicketSpell
from crmkpi.lib.numbers import Unit
from metrics.dimensions import Cut
from metrics.measures.base import Cells, Rows, Squares, Total
from metrics.measures.filled import named

_WINDOW = F("resolved_day") + Ticket.REOPEN_WINDOW_DAYS
_NOT_REOPENED = Q(reopened_day__isnull=True) | Q(reopened_day__gt=_WINDOW)
_NOT_FOLLOWED_UP = Q(followed_up_day__isnull=True) | Q(followed_up_day__gt=_WINDOW)
COMPLAINT = Q(is_complaint=True)
SETTLED = Q(customer_contacts__lte=1) & _NOT_REOPENED & _NOT_FOLLOWED_UP


class TicketsOpened(Cells):
    fact, when = Ticket, "opened_day"
    cuts = (Cut.CHANNEL, Cut.TYPE, Cut.SEGMENT, Cut.CLIENT)
    title = _("Tickets, on the day they were opened")
    rows = Rows(label=_("tickets opened"))
    same_day = Rows(
        where=Q(resolved_day=F("opened_day")),
        label=_("tickets resolved on the day they were opened"),
    )
    complaints = Rows(where=COMPLAINT, label=_("complaints opened"))
    requests = Rows(where=~COMPLAINT)
    has_owner = Rows(where=named("agent"))
    has_customer = Rows(where=named("customer"))
    has_topic = Rows(where=named("topic"))
    has_type = Rows(where=named("type"))
    done = Rows(where=named("resolved_day"))
    done_in_order = Rows(where=Q(resolution_seconds__gte=0))


class TicketsReplied(Cells):
    fact, when = Ticket, "replied_day"
    cuts = (Cut.CHANNEL, Cut.SEGMENT, Cut.CLIENT)
    title = _("Tickets, on the day of the first reply")
    rows = Rows(label=_("tickets replied to"))
    seconds = Total(
        "reply_seconds", label=_("time to the first reply"), measured_in=Unit.SECONDS
    )
    tens = Total("reply_seconds", unit=10)
    tens2 = Squares("reply_seconds", unit=10)
    business_rows = Rows(where=Q(reply_business_seconds__isnull=False))
    business_seconds = Total("reply_business_seconds")


class TicketsResolved(Cells):
    fact, when = Ticket, "resolved_day"
    cuts = (Cut.CHANNEL, Cut.TYPE, Cut.SEGMENT, Cut.CLIENT)
    title = _("Tickets, on the day they were resolved")
    rows = Rows(label=_("tickets resolved"))
    seconds = Total(
        "resolution_seconds", label=_("time to resolution"), measured_in=Unit.SECONDS
    )
    tens = Total("resolution_seconds", unit=10)  # 64 bits hold the squares of
    tens2 = Squares("resolution_seconds", unit=10)  # 130 million tickets of 30 days
    business_rows = Rows(where=Q(resolution_business_seconds__isnull=False))
    business_seconds = Total("resolution_business_seconds")
    settled = Rows(where=SETTLED, label=_("tickets resolved at the first contact"))
    complaints = Rows(where=COMPLAINT)
    complaint_seconds = Total("resolution_seconds", where=COMPLAINT)
    complaint_tens = Total("resolution_seconds", unit=10, where=COMPLAINT)
    complaint_tens2 = Squares("resolution_seconds", unit=10, where=COMPLAINT)
    complaint_business_rows = Rows(
        where=COMPLAINT & Q(resolution_business_seconds__isnull=False)
    )
    complaint_business_seconds = Total("resolution_business_seconds", where=COMPLAINT)


class TicketSpellsStarted(Cells):
    fact, when = TicketSpell, "started_day"
    cuts = (Cut.CHANNEL, Cut.TYPE, Cut.SEGMENT, Cut.CLIENT)
    rows = Rows()
    open = Rows(where=Q(is_open=True))


class TicketSpellsEnded(Cells):
    fact, when = TicketSpell, "ended_day"
    cuts = (Cut.CHANNEL, Cut.TYPE, Cut.SEGMENT, Cut.CLIENT)
    rows = Rows()
    open = Rows(where=Q(is_open=True))


class PromisesDecided(Cells):
    fact, when = SlaClock, "decided_day"
    cuts = (Cut.POLICY, Cut.CLOCK, Cut.SEGMENT, Cut.CLIENT)
    title = _("Promises, on the day they were met or broken")
    rows = Rows(label=_("promises decided"))
    met = Rows(where=Q(is_met=True), label=_("promises met"))
