"""Market and competition: what figures from outside say beside our own."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from crmkpi.lib.numbers import Unit
from metrics import market
from metrics.catalog import satisfaction, tickets
from metrics.catalog.advice import market as advice
from metrics.expressions import FromRows
from metrics.measures.cohorts_sales import PAID
from metrics.measures.figures import MarketFigures
from metrics.measures.orders import OrdersPaid
from metrics.metric import Better, Metric

FIGURES = (MarketFigures.key(),)

market_share = Metric(
    expression=FromRows(
        load=market.market_share,
        name="market_share",
        axes=(OrdersPaid.key(), *FIGURES),
        parts=(PAID,),
        figures=market.sizes_taken,
    ),
    title=_("Market share"),
    text=_("Own sales as a share of all that the market bought on the same days."),
    formula=_("own sales ÷ market size"),
    includes=_(
        "Paid orders; market sizes entered by hand or imported, each with its source, "
        "spread evenly over its days. Of two for the same day the later entry counts."
    ),
    excludes=_(
        "Any day without a market size leaves the whole period without a value: no "
        "size is carried forward. Orders that were not paid, refunds, test orders."
    ),
    unit=Unit.PERCENT,
    above_unit=Unit.MONEY,
    below_unit=Unit.MONEY,
    better=Better.HIGHER,
    source=_("Share by value; the size comes from whoever is named with it."),
    advice=advice.MARKET_SHARE,
    numerator=_("own sales"),
    denominator=_("market size"),
    min_n=0,
    agents=False,
    teams=False,
)

brand_equity = Metric(
    expression=FromRows(
        load=market.brand_equity,
        name="brand_equity",
        options=tuple(market.WEIGHTS.items()),
        axes=FIGURES,
        inputs=("nps",),
        figures=market.brand_taken,
    ),
    title=_("Brand equity"),
    text=_("What the brand is worth to people, from 0 to 100."),
    formula=_(
        "(30 × aided awareness + 30 × preference + 20 × (NPS + 100) ÷ 2 + 20 × price "
        "premium) ÷ weights present"
    ),
    includes=_(
        "Awareness, preference and price premium as entered for a wave that overlaps "
        "the period, each 0 to 100; NPS of our own surveys in the period."
    ),
    excludes=_("Waves of other periods. Below 70 of 100 points of weight: no value."),
    unit=Unit.INDEX,
    better=Better.HIGHER,
    source=_("Weighted index of four components; the weights are part of its version."),
    advice=advice.BRAND_EQUITY,
    numerator=_("points"),
    denominator=_("components"),
    min_n=0,
    agents=False,
    teams=False,
)


def benchmark_of(key: str, metric: Metric, title: Any) -> Metric:
    """Return the metric that holds another one against competitors' figures."""
    return Metric(
        expression=FromRows(
            load=market.against_competitors(key, metric),
            name=f"against_competitors:{key}",
            options=(("least_peers", market.LEAST_PEERS),),
            axes=FIGURES,
            inputs=(key,),
            figures=market.competitors_taken(key),
        ),
        reading_units=(
            ("peer_median", metric.unit),
            ("rank", Unit.COUNT),
            ("ranked", Unit.COUNT),
        ),
        title=title,
        text=_(
            "By how many per cent we are better (+) or worse (−) than the median of "
            "our competitors, and our rank among them."
        ),
        formula=_("(own value − median of competitors) ÷ size of the median"),
        includes=_(
            "Competitors with a figure for this metric that holds for a day of the "
            "period. The benchmark is declared for CSAT, NPS and first response time; "
            "figures for other metrics stand beside the value on their pages."
        ),
        excludes=_(
            "Figures of other periods; nothing is carried forward. Below three "
            "competitors there is no value."
        ),
        unit=Unit.PERCENT,
        below_unit=Unit.RATIO,
        better=Better.HIGHER,
        source=_("Turned so that more is better, whatever the metric."),
        advice=advice.COMPETITIVE_BENCHMARK,
        numerator=_("difference"),
        denominator=_("competitors"),
        min_n=0,
        agents=False,
        teams=False,
    )


competitive_benchmark = benchmark_of(
    "csat", satisfaction.csat, _("CSAT against competitors")
)
competitive_benchmark_nps = benchmark_of(
    "nps", satisfaction.nps, _("NPS against competitors")
)
competitive_benchmark_first_response_time = benchmark_of(
    "first_response_time",
    tickets.first_response_time,
    _("First response time against competitors"),
)
