"""Every metric that the product promises is declared, explained and has its rows."""

import pytest

from crmkpi.lib.numbers import Unit
from metrics.behind import main_axes
from metrics.catalog import FAMILIES, METRICS
from metrics.dimensions import Cut
from metrics.measures import AXES
from metrics.metric import Better, Metric
from metrics.queries import read_values
from metrics.scopes import COMPANY_KEY
from metrics.terms import LABELS
from tests.metrics.catalog.ask import FEBRUARY
from tests.world import NOW, TODAY

PROMISED = [
    "csat",
    "csat_mean",
    "nps",
    "ces",
    "survey_response_rate",
    "survey_coverage",
    "customer_retention_rate",
    "new_customer_retention_rate",
    "churn_rate",
    "retained_customers",
    "active_customers",
    "repeat_purchase_rate",
    "renewal_rate",
    "service_renewal_rate",
    "defection_propensity",
    "customer_referrals",
    "upsell_rate",
    "cross_sell_rate",
    "relationship_index",
    "prospects",
    "new_leads",
    "lead_conversion_rate",
    "lead_to_customer_ratio",
    "lead_response_time",
    "new_customers",
    "open_opportunities",
    "win_rate",
    "close_rate",
    "sales_growth",
    "average_order_value",
    "average_deal_size",
    "won_deals",
    "won_value",
    "new_revenue",
    "recurring_revenue",
    "existing_customer_revenue_growth",
    "revenue_per_rep",
    "pipeline_velocity",
    "closed_value_per_cycle_day",
    "sales_cycle_length",
    "stage_duration",
    "sales_calls",
    "sales_calls_per_opportunity",
    "proposals_given",
    "competitive_knockouts",
    "competitive_win_rate",
    "campaigns",
    "campaign_responses",
    "campaign_purchases",
    "campaign_revenue",
    "campaign_new_customers",
    "cost_per_interaction",
    "lead_generation_cost",
    "engagement_rate",
    "customer_interactions",
    "website_visits",
    "website_visitors",
    "time_on_site",
    "social_engagements",
    "app_usage",
    "ticket_volume",
    "tickets_handled",
    "first_contact_resolution",
    "first_response_time",
    "average_resolution_time",
    "complaint_resolution_time",
    "same_day_closure_rate",
    "same_day_closures",
    "sla_compliance",
    "open_tickets",
    "service_calls",
    "service_calls_per_day",
    "service_requests_by_type",
    "repeat_call_rate",
    "repeat_calls",
    "topics_per_contact",
    "average_handle_time",
    "average_hold_time",
    "average_talk_time",
    "average_speed_of_answer",
    "answer_rate",
    "abandonment_rate",
    "service_level",
    "contact_resolution_rate",
    "occupancy",
    "shrinkage",
    "break_adherence",
    "customer_lifetime_value",
    "predicted_lifetime_value",
    "customer_acquisition_cost",
    "clv_to_cac",
    "customer_retention_cost",
    "crm_attributed_revenue",
    "crm_roi",
    "campaign_roi",
    "margin",
    "process_automation_rate",
    "data_completeness",
    "data_accuracy",
    "data_validity",
    "segmentation_effectiveness",
    "market_share",
    "brand_equity",
    "competitive_benchmark",
]
# Columns that say whose a row is.
BELONGING = {"customer", "ticket", "opportunity", "lead", "response", "segment"}
WORDS = ("title", "text", "formula", "includes", "excludes", "source")


def test_all_that_is_promised_is_declared() -> None:
    assert [key for key in PROMISED if key not in METRICS] == []


def test_windows_and_thresholds_have_words() -> None:
    terms = {name for metric in METRICS.values() for name in metric.terms}

    assert terms - LABELS.keys() == set()
    assert METRICS["service_level"].terms["answered_within_seconds"] == 20
    assert METRICS["renewal_rate"].terms["grace_days"] == 30


def test_a_key_names_neither_period_nor_scope() -> None:
    parts = {part for key in METRICS for part in key.split("_")}
    assert parts & {"monthly", "weekly", "daily", "team", "company"} == set()


@pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)
def test_it_is_explained(metric: Metric) -> None:
    assert [name for name in WORDS if not str(getattr(metric, name)).strip()] == []
    assert metric.unit in Unit and metric.better in Better
    assert metric.family in FAMILIES
    assert str(metric.text).endswith(".")


@pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)
def test_it_leads_to_rows_or_to_metrics_that_do(metric: Metric) -> None:
    assert leads_to_rows(metric)


def test_without_rows_none_has_a_value_but_a_reason(world) -> None:
    """Not even counts are 0: nothing of their kind has been imported."""
    asked = [(key, COMPANY_KEY, FEBRUARY) for key in METRICS]
    found = read_values(asked, today=TODAY, now=NOW)

    assert [key for (key, *_), each in found.items() if each.value is not None] == []
    assert [key for (key, *_), each in found.items() if not each.reason] == []


def test_what_customers_do_is_split_by_their_segment() -> None:
    """Rows of a customer, or of a record that is a customer's, carry the segment."""
    of_customers = {
        key
        for key, axis in AXES.items()
        if {field.name for field in axis.fact._meta.get_fields()} & BELONGING
    }

    assert len(of_customers) > 20
    assert [key for key in of_customers if Cut.SEGMENT not in AXES[key].cuts] == []


def leads_to_rows(metric: Metric) -> bool:
    if main_axes(metric):
        return True
    return any(leads_to_rows(METRICS[key]) for key in metric.inputs)
