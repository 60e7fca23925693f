"""Marketing: what campaigns stir, bring in and cost."""

from django.utils.translation import gettext_lazy as _

from crmkpi.lib.numbers import Unit
from metrics.catalog.advice import marketing as advice
from metrics.dimensions import Cut
from metrics.expressions import Amount
from metrics.measures.campaigns import RUNNING
from metrics.measures.costs import CostsSpread
from metrics.measures.customers import CustomersAcquired
from metrics.measures.interactions import Interactions
from metrics.measures.leads import LeadsCreated
from metrics.measures.orders import OrdersPaid
from metrics.metric import Better, Metric

ORDERS_OUT = _(
    "Orders without a campaign; unpaid, cancelled and refunded orders; test accounts."
)
ATTRIBUTED = _("Count; the source names the campaign it goes back to.")

campaigns = Metric(
    expression=RUNNING,
    title=_("Campaigns"),
    text=_("Campaigns that ran in the period."),
    formula=_("number of campaigns with a day in the period"),
    includes=_("Each campaign once, from its first day to its last or until now."),
    excludes=_("Campaigns without a first day; test, duplicate and deleted ones."),
    unit=Unit.COUNT,
    better=Better.NONE,
    source=_("Count; periods do not add up, as a campaign may run in several."),
    advice=advice.CAMPAIGNS,
    numerator=_("campaigns"),
    denominator=_("campaigns"),
    min_n=0,
    agents=False,
)

campaign_responses = Metric(
    expression=Amount(Interactions.responses),
    title=_("Campaign responses"),
    text=_("Contacts by customers that go back to a campaign."),
    formula=_("number of incoming interactions of campaigns"),
    includes=_("Incoming calls, mails, chats and visits, on the day they ended."),
    excludes=_("What we sent ourselves; contacts without a campaign; test contacts."),
    unit=Unit.COUNT,
    better=Better.HIGHER,
    source=ATTRIBUTED,
    advice=advice.CAMPAIGN_RESPONSES,
    numerator=_("responses"),
    denominator=_("responses"),
    min_n=0,
)

campaign_purchases = Metric(
    expression=Amount(OrdersPaid.of_campaigns),
    title=_("Campaign purchases"),
    text=_("Paid orders that go back to a campaign."),
    formula=_("number of paid orders of campaigns"),
    includes=_("Orders on the day of payment."),
    excludes=ORDERS_OUT,
    unit=Unit.COUNT,
    better=Better.HIGHER,
    source=ATTRIBUTED,
    advice=advice.CAMPAIGN_PURCHASES,
    numerator=_("orders"),
    denominator=_("orders of campaigns"),
    min_n=0,
)

campaign_revenue = Metric(
    expression=Amount(OrdersPaid.campaign_amount, OrdersPaid.of_campaigns),
    title=_("Campaign revenue"),
    text=_("Value of the paid orders that go back to a campaign."),
    formula=_("sum of paid orders of campaigns"),
    includes=_("Orders on the day of payment, net of tax and shipping."),
    excludes=ORDERS_OUT,
    unit=Unit.MONEY,
    better=Better.HIGHER,
    source=_("Sum; the source names the campaign it goes back to."),
    advice=advice.CAMPAIGN_REVENUE,
    numerator=_("amount"),
    denominator=_("orders of campaigns"),
    min_n=0,
)

campaign_new_customers = Metric(
    expression=Amount(CustomersAcquired.by_campaigns),
    title=_("New customers by campaigns"),
    text=_("New customers whom a campaign won."),
    formula=_("number of customers acquired by campaigns"),
    includes=_("By the day of acquisition, else of the first paid order."),
    excludes=_("Customers won without a campaign; those who came back; test accounts."),
    unit=Unit.COUNT,
    better=Better.HIGHER,
    source=ATTRIBUTED,
    advice=advice.CAMPAIGN_NEW_CUSTOMERS,
    numerator=_("customers"),
    denominator=_("customers won by campaigns"),
    min_n=0,
)

cost_per_interaction = Metric(
    expression=CostsSpread.of_campaigns / Interactions.responses,
    title=_("Cost per interaction"),
    text=_("Cost of campaigns for each response to them."),
    formula=_("cost of campaigns ÷ campaign responses"),
    includes=_(
        "Costs booked on campaigns, each spread evenly over its days; incoming "
        "interactions on their day. Responses after the last cost have none."
    ),
    excludes=_("Costs and contacts without a campaign; test contacts."),
    unit=Unit.MONEY,
    better=Better.LOWER,
    source=_("Cost by day over responses by day, the same campaigns on both sides."),
    advice=advice.COST_PER_INTERACTION,
    numerator=_("cost"),
    denominator=_("responses"),
    min_n=5,
    agents=False,
    split_by=(Cut.CAMPAIGN,),  # who answers a mail may call, so channels do not match
)

lead_generation_cost = Metric(
    expression=CostsSpread.marketing / LeadsCreated.rows,
    title=_("Lead generation cost"),
    text=_("Marketing cost per new lead."),
    formula=_("marketing cost ÷ leads created"),
    includes=_(
        "Marketing costs with and without a campaign, each spread evenly over its "
        "days; all leads on the day they were created. By channel, costs stand with "
        "the channel of their campaign, leads with that by which they came."
    ),
    excludes=_("Cost of sales, service and retention; spam, test and double leads."),
    unit=Unit.MONEY,
    better=Better.LOWER,
    source=_("Cost per lead without lag."),
    advice=advice.LEAD_GENERATION_COST,
    numerator=_("cost"),
    denominator=_("leads"),
    min_n=5,
    agents=False,
)
