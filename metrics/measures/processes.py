"""Runs of processes by the day they ended."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crmkpi.crm.models import ProcessRun
from metrics.dimensions import Cut
from metrics.measures.base import Cells, Rows

ELIGIBLE = Q(is_eligible=True)


class ProcessRuns(Cells):
    fact, when, cuts = ProcessRun, "ended_day", (Cut.PROCESS,)
    title = _("Processes, on the day a run ended")
    rows = Rows(label=_("runs of processes"))
    eligible = Rows(where=ELIGIBLE, label=_("runs that could be automated"))
    untouched = Rows(
        where=ELIGIBLE & Q(is_finished=True, human_touches=0),
        label=_("runs that no person touched"),
    )
