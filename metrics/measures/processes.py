"""Runs of processes by the day they ended."""

from django.db.models import Q

from crmkpi.crm.models import ProcessRun
from metrics.dimensions import Cut
from metrics.measures.base import Cells, Rows

ELIGIBLE = Q(is_eligible=True)


class ProcessRuns(Cells):
    fact, when, cuts = ProcessRun, "ended_day", (Cut.PROCESS,)
    rows = Rows()
    eligible = Rows(where=ELIGIBLE)
    untouched = Rows(where=ELIGIBLE & Q(is_finished=True, human_touches=0))
