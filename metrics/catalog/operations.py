"""Operations: what runs without people."""

from django.utils.translation import gettext_lazy as _

from crmkpi.lib.numbers import Unit
from metrics.catalog.advice import operations as advice
from metrics.expressions import FromRows
from metrics.measures.cohorts_finance import ACTIVE_AT_START
from metrics.measures.cohorts_sales import PAID
from metrics.measures.processes import ProcessRuns
from metrics.metric import Better, Metric
from metrics.rules.segmentation import AXES_OF_SEGMENTS, MIN_CUSTOMERS, segmentation

process_automation_rate = Metric(
    expression=ProcessRuns.untouched / ProcessRuns.eligible,
    title=_("Process automation rate"),
    text=_("Share of runs that came to their end without anybody stepping in."),
    formula=_("finished without a human touch ÷ runs of eligible processes"),
    includes=_(
        "Runs that could be automated, on the day they ended; failed runs and those "
        "handed to a person stay below the line."
    ),
    excludes=_("Runs of processes that only people can do; test runs."),
    unit=Unit.PERCENT,
    better=Better.HIGHER,
    source=_("Share of eligible runs."),
    advice=advice.PROCESS_AUTOMATION_RATE,
    numerator=_("finished untouched"),
    denominator=_("runs"),
)

segmentation_effectiveness = Metric(
    expression=FromRows(
        load=segmentation,
        name="eta squared of revenue between segments",
        options=(("min_customers", MIN_CUSTOMERS),),
        axes=AXES_OF_SEGMENTS,
        parts=(ACTIVE_AT_START, PAID),
    ),
    trailing=365,
    title=_("Segmentation effectiveness (revenue per customer)"),
    text=_(
        "How much of the difference in what customers bring is a difference between "
        "segments: 0 if segments tell nothing, 1 if they tell everything."
    ),
    formula=_("η²: variance between segments ÷ variance of all customers"),
    includes=_(
        "Customers active 365 days before the end, in the segment they had then, and "
        "their paid orders since; who bought nothing brought 0. Beside it stands the "
        "same for the number of orders and for who is still a customer."
    ),
    excludes=_(
        "Customers without a segment; segments with fewer than 30 customers; test and "
        "internal accounts. With fewer than two segments left there is none."
    ),
    unit=Unit.RATIO,
    better=Better.HIGHER,
    source=_("Correlation ratio (Pearson 1905), outcome: revenue per customer."),
    advice=advice.SEGMENTATION_EFFECTIVENESS,
    numerator=_("variance between segments"),
    denominator=_("customers"),
    reading_units=(
        ("segments", Unit.COUNT),
        ("best_segment", Unit.PERCENT),
        ("by_orders", Unit.RATIO),
        ("by_stayed", Unit.RATIO),
    ),
    agents=False,
    split_by=(),
)
