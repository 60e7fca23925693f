"""Contacts by the day they ended; calls carry seconds."""

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crmkpi.crm.models import Channel, Interaction
from crmkpi.lib.numbers import Unit
from metrics.dimensions import Cut
from metrics.measures.base import Cells, Rows, Squares, Total
from metrics.measures.filled import named

CALL = Q(channel=Channel.PHONE)
OFFERED = CALL & Q(direction=Interaction.Direction.INBOUND, is_answered__isnull=False)
ANSWERED = OFFERED & Q(is_answered=True)
CONTACT = Q(is_answered=True)
HANDLED = CONTACT & Q(talk_seconds__isnull=False)
HANDLING_SECONDS = ("talk_seconds", "hold_seconds", "wrap_up_seconds")
HELD = HANDLED & Q(hold_seconds__isnull=False)
THRESHOLD_SECONDS = 20

# Calls by customers; who buys by phone is not served.
SERVICE_CALL = CALL & Q(direction=Interaction.Direction.INBOUND, is_sales=False)
KNOWN_CALLER = SERVICE_CALL & Q(customer__isnull=False)
_WITHIN_WINDOW = Q(followed_up_day__lte=F("at_day") + Interaction.REPEAT_WINDOW_DAYS)


class Interactions(Cells):
    fact, when = Interaction, "at_day"
    cuts = (Cut.CHANNEL, Cut.TOPIC, Cut.CAMPAIGN, Cut.SEGMENT, Cut.CLIENT)
    title = _("Contacts, on the day they ended")
    rows = Rows(label=_("contacts of all kinds"))
    phone = Rows(where=CALL, label=_("calls"))
    email = Rows(where=Q(channel=Channel.EMAIL), label=_("e-mails"))
    chat = Rows(where=Q(channel=Channel.CHAT), label=_("chats"))
    sales_calls = Rows(
        where=CALL & Q(direction=Interaction.Direction.OUTBOUND, is_sales=True),
        label=_("sales calls made"),
    )
    responses = Rows(
        where=Q(campaign__isnull=False, direction=Interaction.Direction.INBOUND)
    )
    offered = Rows(where=OFFERED, label=_("calls that came in"))
    answered = Rows(where=ANSWERED, label=_("calls answered"))
    in_time = Rows(
        where=ANSWERED & Q(wait_seconds__lte=THRESHOLD_SECONDS),
        label=_("calls answered in time"),
    )
    waited = Rows(where=ANSWERED & Q(wait_seconds__isnull=False))
    wait = Total("wait_seconds", where=ANSWERED)
    wait2 = Squares("wait_seconds", where=ANSWERED)
    contacts = Rows(where=CONTACT)
    resolved = Rows(where=CONTACT & Q(is_resolved=True))
    asked = Rows(where=Q(is_answered__isnull=False))
    handled = Rows(where=HANDLED, label=_("contacts handled"))
    talk = Total(
        "talk_seconds",
        where=HANDLED,
        label=_("time spent talking"),
        measured_in=Unit.SECONDS,
    )
    talk2 = Squares("talk_seconds", where=HANDLED)
    hold = Total(
        "hold_seconds", where=HELD, label=_("time on hold"), measured_in=Unit.SECONDS
    )
    hold2 = Squares("hold_seconds", where=HELD)
    hold_known = Rows(where=HELD)
    put_on_hold = Rows(where=HELD & Q(hold_seconds__gt=0))
    wrap_up = Total(
        "wrap_up_seconds",
        where=HANDLED,
        label=_("time for wrapping up"),
        measured_in=Unit.SECONDS,
    )
    handling = Total(
        *HANDLING_SECONDS,
        where=HANDLED,
        label=_("time spent handling"),
        measured_in=Unit.SECONDS,
    )
    handling2 = Squares(*HANDLING_SECONDS, where=HANDLED)
    has_owner = Rows(where=named("agent"))
    has_customer = Rows(where=named("customer"))
    has_topic = Rows(where=named("topic"))
    answered_calls = Rows(where=CALL & CONTACT)
    talked = Rows(where=CALL & CONTACT & Q(talk_seconds__gt=0))
    topics = Total("topics", where=CONTACT)
    topics2 = Squares("topics", where=CONTACT)
    service_calls = Rows(where=SERVICE_CALL)
    known_callers = Rows(where=KNOWN_CALLER)
    repeated = Rows(where=KNOWN_CALLER & _WITHIN_WINDOW)
