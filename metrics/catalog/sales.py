"""Sales and conversion: from leads to orders."""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from crmkpi.lib.numbers import Unit
from metrics.catalog.advice import sales as advice
from metrics.expressions import Amount, Derived, Level, Mean
from metrics.measures.cohorts_sales import AGE_IN_STAGE, CALLS_FOR_DEALS
from metrics.measures.customers import CustomersAcquired
from metrics.measures.interactions import Interactions
from metrics.measures.leads import LeadSpellsEnded, LeadSpellsStarted
from metrics.measures.opportunities import (
    OpportunitiesClosed,
    OpportunitiesOpened,
    ProposalsSent,
    StagesEntered,
    StagesLeft,
)
from metrics.measures.orders import OrdersPaid
from metrics.metric import Better, Distribution, Metric

DEALS_OUT = _("Test, duplicate and deleted deals.")
ORDERS_IN = _("Paid orders on the day of payment, net of tax and shipping.")
ORDERS_OUT = _("Unpaid, cancelled and refunded orders; test accounts.")

prospects = Metric(
    expression=Level(
        started=LeadSpellsStarted.rows + StagesEntered.before_proposal,
        ended=LeadSpellsEnded.rows + StagesLeft.before_proposal,
    ),
    title=_("Prospects"),
    text=_("Open leads, and open deals that have not reached the proposal."),
    formula=_("open leads + open deals before the proposal, at the end of the period"),
    includes=_(
        "Whatever is open at the end of the period, under its owner of that day."
    ),
    excludes=_("Spam and test leads; test, duplicate and deleted deals."),
    unit=Unit.COUNT,
    better=Better.NONE,
    source=_("State at the end of the last day of the period."),
    advice=advice.PROSPECTS,
    numerator=_("prospects"),
    denominator=_("prospects"),
    min_n=0,
)

open_opportunities = Metric(
    expression=Level(started=StagesEntered.open, ended=StagesLeft.open),
    title=_("Open opportunities"),
    text=_("Deals that are neither won nor lost."),
    formula=_("deals open at the end of the period"),
    includes=_(
        "Deals without an opening date count from the first day of their source."
    ),
    excludes=DEALS_OUT,
    unit=Unit.COUNT,
    better=Better.NONE,
    source=_("State at the end of the last day of the period."),
    advice=advice.OPEN_OPPORTUNITIES,
    numerator=_("deals"),
    denominator=_("deals"),
    min_n=0,
)

win_rate = Metric(
    expression=OpportunitiesClosed.won / OpportunitiesClosed.rows,
    title=_("Win rate"),
    text=_("Share of decided deals that were won. Open deals are not in it."),
    formula=_("won ÷ (won + lost)"),
    includes=_("Deals won or lost, on the day they were closed."),
    excludes=_("Open deals; test, duplicate and deleted deals."),
    unit=Unit.PERCENT,
    better=Better.HIGHER,
    source=_("Won of decided. For won of all that were opened see the close rate."),
    advice=advice.WIN_RATE,
    numerator=_("won"),
    denominator=_("deals decided"),
)

close_rate = Metric(
    expression=OpportunitiesOpened.won / OpportunitiesOpened.rows,
    title=_("Close rate"),
    text=_("Of the deals opened in the period, those won until now."),
    formula=_("won ÷ deals opened"),
    includes=_("All deals opened in the period, open ones too, so it still grows."),
    excludes=DEALS_OUT,
    unit=Unit.PERCENT,
    better=Better.HIGHER,
    source=_("Won of opened, by the day of opening. Decided deals: see the win rate."),
    advice=advice.CLOSE_RATE,
    numerator=_("won"),
    denominator=_("deals opened"),
)

won_deals = Metric(
    expression=Amount(OpportunitiesClosed.won),
    title=_("Won deals"),
    text=_("Deals that were won."),
    formula=_("number of deals won"),
    includes=_("Deals on the day they were won."),
    excludes=DEALS_OUT,
    unit=Unit.COUNT,
    better=Better.HIGHER,
    source=_("Count."),
    advice=advice.WON_DEALS,
    numerator=_("deals"),
    denominator=_("deals won"),
    min_n=0,
)

won_value = Metric(
    expression=Amount(OpportunitiesClosed.won_amount, OpportunitiesClosed.won),
    title=_("Won value"),
    text=_("What the deals won are worth."),
    formula=_("sum of the amounts of deals won"),
    includes=_("Amounts at the exchange rate of the day of closing."),
    excludes=_("Test, duplicate and deleted deals; deals without an exchange rate."),
    unit=Unit.MONEY,
    better=Better.HIGHER,
    source=_("Sum."),
    advice=advice.WON_VALUE,
    numerator=_("amount"),
    denominator=_("deals won"),
    min_n=0,
)

average_deal_size = Metric(
    expression=Mean(
        total=OpportunitiesClosed.won_amount,
        count=OpportunitiesClosed.won,
        squares=OpportunitiesClosed.won_units2,
        squares_unit=100,
        squared=OpportunitiesClosed.won_units,
    ),
    distribution=Distribution("metrics.opportunitiesclosed", "amount", "won"),
    title=_("Average deal size"),
    text=_("Mean amount of the deals won."),
    formula=_("won value ÷ won deals"),
    includes=_("Deals on the day they were won."),
    excludes=DEALS_OUT,
    unit=Unit.MONEY,
    better=Better.HIGHER,
    source=_("Arithmetic mean; median and 90th percentile beside it."),
    advice=advice.AVERAGE_DEAL_SIZE,
    numerator=_("amount"),
    denominator=_("deals won"),
    min_n=5,
)

sales_cycle_length = Metric(
    expression=Mean(
        total=OpportunitiesClosed.cycle_days,
        count=OpportunitiesClosed.timed,
        squares=OpportunitiesClosed.cycle_days2,
    ),
    distribution=Distribution("metrics.opportunitiesclosed", "cycle_days", "timed"),
    title=_("Sales cycle length"),
    text=_("Days from opening to winning a deal. Lost deals are not in it."),
    formula=_("sum of (closed − opened) of deals won ÷ deals won"),
    includes=_("Deals won, on the day they were closed, with both dates known."),
    excludes=_("Lost deals; deals without an opening date; test and duplicate deals."),
    unit=Unit.DAYS,
    better=Better.LOWER,
    source=_("Arithmetic mean of won deals; median and 90th percentile beside it."),
    advice=advice.SALES_CYCLE_LENGTH,
    numerator=_("days"),
    denominator=_("deals won"),
    min_n=5,
)

new_revenue = Metric(
    expression=Amount(OrdersPaid.first_amount, OrdersPaid.first),
    title=_("New revenue"),
    text=_("Value of the first orders of new customers."),
    formula=_("sum of first orders"),
    includes=_("The first paid order of each customer, net of tax and shipping."),
    excludes=ORDERS_OUT,
    unit=Unit.MONEY,
    better=Better.HIGHER,
    source=_("Sum."),
    advice=advice.NEW_REVENUE,
    numerator=_("amount"),
    denominator=_("first orders"),
    min_n=0,
)

average_order_value = Metric(
    expression=Mean(
        total=OrdersPaid.amount,
        count=OrdersPaid.rows,
        squares=OrdersPaid.units2,
        squares_unit=100,
        squared=OrdersPaid.units,
    ),
    distribution=Distribution("metrics.orderspaid", "amount"),
    title=_("Average order value"),
    text=_("Mean value of a paid order."),
    formula=_("order value ÷ paid orders"),
    includes=ORDERS_IN,
    excludes=ORDERS_OUT,
    unit=Unit.MONEY,
    better=Better.HIGHER,
    source=_("Arithmetic mean; median and 90th percentile beside it."),
    advice=advice.AVERAGE_ORDER_VALUE,
    numerator=_("amount"),
    denominator=_("orders"),
    min_n=5,
)


def velocity(
    deals: Decimal, win_percent: Decimal, size: Decimal, days: Decimal
) -> Decimal | None:
    """Return deals × win rate × deal size ÷ cycle days, None for a cycle of 0 days.

    Example: 20 open deals, 50 %, 1,000 each, 40 days: 20 × 0.5 × 1,000 ÷ 40 = 250.
    """
    if not days:
        return None
    return deals * win_percent / 100 * size / days


pipeline_velocity = Metric(
    expression=Derived(
        (
            "open_opportunities",
            "win_rate",
            "average_deal_size",
            "sales_cycle_length:median",
        ),
        velocity,
        "open deals × win rate × mean won value ÷ median cycle days",
    ),
    title=_("Pipeline velocity"),
    text=_("What the open deals bring in a day if they go as deals have gone."),
    formula=_("open deals × win rate × average deal size ÷ median cycle days"),
    includes=_(
        "Deals open at the end of the period; the period's own win rate and size."
    ),
    excludes=DEALS_OUT,
    unit=Unit.MONEY_PER_DAY,
    better=Better.HIGHER,
    source=_("Pipeline velocity over open deals."),
    advice=advice.PIPELINE_VELOCITY,
    denominator=_("deals"),
    min_n=5,
)

closed_value_per_cycle_day = Metric(
    expression=Derived(
        ("won_value", "sales_cycle_length"),
        lambda value, days: value / days if days else None,
        "won value ÷ mean cycle days",
    ),
    title=_("Closed value per cycle day"),
    text=_("What the deals won bring for each day of the average sales cycle."),
    formula=_("won value ÷ mean cycle days"),
    includes=_("All deals won in the period; the cycle of those with both dates."),
    excludes=DEALS_OUT,
    unit=Unit.MONEY_PER_DAY,
    better=Better.HIGHER,
    source=_("The other form of pipeline velocity, over closed instead of open deals."),
    advice=advice.CLOSED_VALUE_PER_CYCLE_DAY,
    denominator=_("deals won"),
    min_n=5,
)

stage_duration = Metric(
    expression=Mean(
        total=StagesLeft.days,
        count=StagesLeft.stays,
        squares=StagesLeft.days2,
    ),
    distribution=Distribution("metrics.stagesleft", "days", "stays"),
    title=_("Stage duration"),
    text=_("Days that deals stayed in a stage before they left it."),
    formula=_("sum of (left − entered) of completed stays ÷ completed stays"),
    includes=_(
        "Stays that ended in the period, whoever owned the deal; credited to the last."
    ),
    excludes=_(
        "Deals still in the stage (see age in stage); stays without both days; test, "
        "duplicate and deleted deals."
    ),
    unit=Unit.DAYS,
    better=Better.LOWER,
    source=_("Arithmetic mean; median and 90th percentile beside it."),
    advice=advice.STAGE_DURATION,
    numerator=_("days"),
    denominator=_("completed stays"),
    min_n=5,
)

age_in_stage = Metric(
    expression=AGE_IN_STAGE,
    title=_("Age in stage"),
    text=_("Days that open deals have been in their stage by the end of the period."),
    formula=_("sum of (end of the period − entered) of open deals ÷ open deals"),
    includes=_("Deals open at the end of the period, in the stage of that day."),
    excludes=_("Closed deals; deals of which nobody knows when they were opened."),
    unit=Unit.DAYS,
    better=Better.LOWER,
    source=_("What stage duration cannot tell yet: stays that have not ended."),
    advice=advice.AGE_IN_STAGE,
    numerator=_("days"),
    denominator=_("open deals"),
    min_n=5,
)

sales_calls = Metric(
    expression=Amount(Interactions.sales_calls),
    title=_("Sales calls"),
    text=_("Outgoing calls for a sale."),
    formula=_("number of outgoing sales calls"),
    includes=_("Outgoing calls marked as sales contact, answered or not."),
    excludes=_("Incoming and service calls; test calls."),
    unit=Unit.COUNT,
    better=Better.NONE,
    source=_("Count."),
    advice=advice.SALES_CALLS,
    numerator=_("calls"),
    denominator=_("calls"),
    min_n=0,
)

sales_calls_per_opportunity = Metric(
    expression=CALLS_FOR_DEALS,
    title=_("Sales calls per opportunity"),
    text=_("Calls it took to bring a deal to its close, won or lost."),
    formula=_("calls linked to deals closed in the period ÷ these deals"),
    includes=_("All calls linked to a deal, whenever they were made, in and out."),
    excludes=_("Calls linked to no deal; open deals; test and duplicate deals."),
    unit=Unit.RATIO,
    above_unit=Unit.COUNT,
    better=Better.NONE,
    source=_("Arithmetic mean over deals closed."),
    advice=advice.SALES_CALLS_PER_OPPORTUNITY,
    numerator=_("calls"),
    denominator=_("deals closed"),
    min_n=5,
)

proposals_given = Metric(
    expression=Amount(ProposalsSent.rows),
    title=_("Proposals given"),
    text=_("Deals for which a proposal was sent."),
    formula=_("number of proposals sent"),
    includes=_("Deals by the day the proposal was sent; one proposal a deal."),
    excludes=DEALS_OUT,
    unit=Unit.COUNT,
    better=Better.HIGHER,
    source=_("Count."),
    advice=advice.PROPOSALS_GIVEN,
    numerator=_("proposals"),
    denominator=_("proposals"),
    min_n=0,
)

competitive_knockouts = Metric(
    expression=Amount(OpportunitiesClosed.knockouts),
    title=_("Competitive knockouts"),
    text=_("Deals won although a competitor was in the running."),
    formula=_("number of deals won that name a competitor"),
    includes=_("Deals on the day they were won."),
    excludes=_("Deals that name no competitor; test, duplicate and deleted deals."),
    unit=Unit.COUNT,
    better=Better.HIGHER,
    source=_("Count."),
    advice=advice.COMPETITIVE_KNOCKOUTS,
    numerator=_("deals"),
    denominator=_("deals won"),
    min_n=0,
)

competitive_win_rate = Metric(
    expression=OpportunitiesClosed.knockouts / OpportunitiesClosed.contested,
    title=_("Competitive win rate"),
    text=_("Share of decided deals with a named competitor that were won."),
    formula=_("won with a competitor ÷ (won + lost) with a competitor"),
    includes=_("Deals won or lost, on the day they were closed."),
    excludes=_("Deals that name no competitor; open, test and duplicate deals."),
    unit=Unit.PERCENT,
    better=Better.HIGHER,
    source=_("Win rate of contested deals."),
    advice=advice.COMPETITIVE_WIN_RATE,
    numerator=_("won"),
    denominator=_("contested deals"),
)

new_customers = Metric(
    expression=Amount(CustomersAcquired.rows),
    title=_("New customers"),
    text=_("Customers won in the period."),
    formula=_("number of customers acquired"),
    includes=_("By the day of acquisition, else of the first paid order."),
    excludes=_("Customers who came back; test and internal accounts."),
    unit=Unit.COUNT,
    better=Better.HIGHER,
    source=_("Count."),
    advice=advice.NEW_CUSTOMERS,
    numerator=_("customers"),
    denominator=_("customers"),
    min_n=0,
)
