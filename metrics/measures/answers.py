"""Survey answers by the day they were given, one measure for each scale value."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from metrics.dimensions import Cut
from metrics.measures.base import Cells, Rows
from surveys.models import Answer, Invitation

SPLITS = (Cut.SURVEY, Cut.CHANNEL, Cut.SEGMENT, Cut.CLIENT)


def scale(kind: str, low: int, high: int, value: int) -> Rows:
    """Return the count of one value on one scale."""
    return Rows(where=Q(kind=kind, low=low, high=high, value=value))


class Answers(Cells):
    fact, when, cuts = Answer, "answered_day", SPLITS
    title = _("Survey answers, on the day they were given")
    rows = Rows(label=_("answers to surveys"))
    csat = Rows(
        where=Q(kind="csat", value__isnull=False), label=_("answers about satisfaction")
    )
    csat_top = Rows(where=Q(kind="csat", is_top=True), label=_("satisfied answers"))
    csat_1 = scale("csat", 1, 5, 1)
    csat_2 = scale("csat", 1, 5, 2)
    csat_3 = scale("csat", 1, 5, 3)
    csat_4 = scale("csat", 1, 5, 4)
    csat_5 = scale("csat", 1, 5, 5)
    nps_0 = scale("nps", 0, 10, 0)
    nps_1 = scale("nps", 0, 10, 1)
    nps_2 = scale("nps", 0, 10, 2)
    nps_3 = scale("nps", 0, 10, 3)
    nps_4 = scale("nps", 0, 10, 4)
    nps_5 = scale("nps", 0, 10, 5)
    nps_6 = scale("nps", 0, 10, 6)
    nps_7 = scale("nps", 0, 10, 7)
    nps_8 = scale("nps", 0, 10, 8)
    nps_9 = scale("nps", 0, 10, 9)
    nps_10 = scale("nps", 0, 10, 10)
    ces_1 = scale("ces", 1, 7, 1)
    ces_2 = scale("ces", 1, 7, 2)
    ces_3 = scale("ces", 1, 7, 3)
    ces_4 = scale("ces", 1, 7, 4)
    ces_5 = scale("ces", 1, 7, 5)
    ces_6 = scale("ces", 1, 7, 6)
    ces_7 = scale("ces", 1, 7, 7)


class InvitationsSent(Cells):
    fact, when, cuts = Invitation, "sent_day", SPLITS
    title = _("Survey invitations, on the day they were sent")
    rows = Rows(label=_("invitations sent"))
    arrived = Rows(where=Q(is_bounced=False), label=_("invitations that arrived"))
    answered = Rows(
        where=Q(is_bounced=False, is_answered=True), label=_("invitations answered")
    )
