"""Contacts by the day they ended; calls carry seconds."""

from django.db.models import Q

from crmkpi.crm.models import Channel, Interaction
from metrics.dimensions import Cut
from metrics.measures.base import Cells, Rows, Squares, Total

CALL = Q(channel=Channel.PHONE)
OFFERED = CALL & Q(direction=Interaction.Direction.INBOUND, is_answered__isnull=False)
ANSWERED = OFFERED & Q(is_answered=True)
CONTACT = Q(is_answered=True)
HANDLED = CONTACT & Q(talk_seconds__isnull=False)
THRESHOLD_SECONDS = 20


class Interactions(Cells):
    fact, when, cuts = Interaction, "at_day", (Cut.CHANNEL, Cut.TOPIC)
    rows = Rows()
    phone = Rows(where=CALL)
    email = Rows(where=Q(channel=Channel.EMAIL))
    chat = Rows(where=Q(channel=Channel.CHAT))
    sales_calls = Rows(
        where=CALL & Q(direction=Interaction.Direction.OUTBOUND, is_sales=True)
    )
    offered = Rows(where=OFFERED)
    answered = Rows(where=ANSWERED)
    in_time = Rows(where=ANSWERED & Q(wait_seconds__lte=THRESHOLD_SECONDS))
    waited = Rows(where=ANSWERED & Q(wait_seconds__isnull=False))
    wait = Total("wait_seconds", where=ANSWERED)
    wait2 = Squares("wait_seconds", unit=1, where=ANSWERED)
    contacts = Rows(where=CONTACT)
    resolved = Rows(where=CONTACT & Q(is_resolved=True))
    asked = Rows(where=Q(is_answered__isnull=False))
    handled = Rows(where=HANDLED)
    talk = Total("talk_seconds", where=HANDLED)
    talk2 = Squares("talk_seconds", unit=1, where=HANDLED)
    hold = Total("hold_seconds", where=HANDLED)
    wrap_up = Total("wrap_up_seconds", where=HANDLED)
