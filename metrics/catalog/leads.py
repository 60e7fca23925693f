"""Leads: how many come, how soon they are answered and what becomes of them."""

from django.utils.translation import gettext_lazy as _

from crmkpi.lib.numbers import Unit
from metrics.catalog.advice import leads as advice
from metrics.expressions import Amount, Mean
from metrics.measures.cohorts_sales import CONVERSION_DAYS, CONVERTED
from metrics.measures.customers import CustomersAcquired
from metrics.measures.leads import LeadsCreated, LeadsResponded
from metrics.metric import Above, Better, Distribution, Metric

LEADS_OUT = _("Spam, test, duplicate and deleted leads.")

new_leads = Metric(
    expression=Amount(LeadsCreated.rows),
    title=_("New leads"),
    text=_("People and companies who might buy, counted when they come."),
    formula=_("number of leads created"),
    includes=_("Leads by the day they were created, under their owner of that day."),
    excludes=LEADS_OUT,
    unit=Unit.COUNT,
    better=Better.HIGHER,
    source=_("Count."),
    advice=advice.NEW_LEADS,
    numerator=_("leads"),
    denominator=_("leads"),
    min_n=0,
)

lead_conversion_rate = Metric(
    expression=CONVERTED,
    matures_after=CONVERSION_DAYS,
    title=_("Lead conversion rate"),
    text=_("Of the leads created in the period, those converted within 90 days."),
    formula=_("converted within 90 days ÷ leads created"),
    includes=_("Leads created at least 90 days ago; later ones are too recent."),
    excludes=_(
        "Spam, test and duplicate leads; leads of existing customers; leads of an "
        "unknown day."
    ),
    unit=Unit.PERCENT,
    better=Better.HIGHER,
    source=_("Conversion of a cohort with a window of 90 days."),
    advice=advice.LEAD_CONVERSION_RATE,
    numerator=_("converted"),
    denominator=_("leads"),
)

lead_to_customer_ratio = Metric(
    expression=CustomersAcquired.rows / LeadsCreated.rows,
    title=_("Lead-to-customer ratio"),
    text=_(
        "Customers won in the period for every hundred leads created in it. The two "
        "are not the same people, so it may exceed 100 %."
    ),
    formula=_("customers won in the period ÷ leads created in the period"),
    includes=_("Customers by the day they were won, leads by the day they came."),
    excludes=_("Spam, test and duplicate leads; test accounts."),
    unit=Unit.PERCENT,
    better=Better.HIGHER,
    source=_("The common wording. For a share of the same leads see lead conversion."),
    advice=advice.LEAD_TO_CUSTOMER_RATIO,
    numerator=_("customers"),
    denominator=_("leads"),
    above=Above.APART,
)

lead_response_time = Metric(
    expression=Mean(
        total=LeadsResponded.seconds,
        count=LeadsResponded.timed,
        squares=LeadsResponded.tens2,
        squares_unit=10,
        squared=LeadsResponded.tens,
    ),
    variants=(("unanswered", Amount(LeadsCreated.unanswered)),),
    reading_units=(("unanswered", Unit.COUNT),),
    distribution=Distribution("metrics.leadsresponded", "response_seconds", "timed"),
    title=_("Lead response time"),
    text=_("How long a lead waits for the first answer of a person."),
    formula=_("sum of (first response − created) ÷ leads answered"),
    includes=_("Leads by the day of the first response, with both times known."),
    excludes=_("Leads nobody has answered (counted beside it); spam and test leads."),
    unit=Unit.SECONDS,
    better=Better.LOWER,
    source=_("Divided by leads answered; by all leads it would be too short."),
    advice=advice.LEAD_RESPONSE_TIME,
    numerator=_("seconds"),
    denominator=_("leads answered"),
    min_n=5,
)
