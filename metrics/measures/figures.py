"""Figures from outside by the first day they hold for."""

from django.db.models import Q

from crmkpi.crm.models import MarketFigure
from metrics.measures.base import Cells, Rows, Total

IS_AUDIT = Q(confirmed__isnull=False)


class MarketFigures(Cells):
    fact, when = MarketFigure, "first_day"
    rows = Rows()
    # Moves with anything in any figure, so that values made of figures turn stale.
    content = Total("checksum")
    audits = Rows(where=IS_AUDIT)
    confirmed = Total("confirmed", where=IS_AUDIT)
    checked = Total("out_of", where=IS_AUDIT)
