"""How the columns of the reference files become records; the files are not here."""

ACCOUNTS = {
    "columns": {
        "account": "name",
        "sector": "industry",
        "employees": "employees",
        "office_location": "country",
        "subsidiary_of": "parent",
    }
}
PRODUCTS = {
    "columns": {"product": "name", "series": "family", "sales_price": "list_price"}
}
AGENTS = {
    "columns": {"sales_agent": "name", "manager": "team", "regional_office": "region"}
}
OPPORTUNITIES = {
    "columns": {
        "opportunity_id": "external_id",
        "sales_agent": "owner",
        "product": "product",
        "account": "customer",
        "deal_stage": "stage",
        "engage_date": "opened",
        "close_date": "closed",
        "close_value": "amount",
    },
    "values": {"product": {"GTXPro": "GTX Pro"}},
    "date_order": "MDY",
}
CALLS = {
    "columns": {
        "call_id": "external_id",
        "agent": "agent",
        "date": "started",
        "time": "started",
        "topic": "topic",
        "answered": "answered",
        "resolved": "resolved",
        "speed_of_answer_s": "wait_seconds",
        "talk_s": "talk_seconds",
        "satisfaction": "csat",
    },
    "constants": {"channel": "phone"},
    "zone": "UTC",
}
CONFERENCE = {
    "columns": {
        "Timestamp": "answered",
        "On a scale of 0-10, how would you rate Sudzilla?": "score",
        "...why?": "comment",
    },
    "constants": {"survey": "Sudzilla", "kind": "nps"},
    "identity": ["Timestamp"],
    "date_order": "MDY",
}

FILES = {
    "maven_crm": (
        ("customer", "maven_accounts.csv.gz", ACCOUNTS),
        ("product", "maven_products.csv.gz", PRODUCTS),
        ("agent", "maven_sales_teams.csv.gz", AGENTS),
        ("opportunity", "maven_sales_pipeline.csv.gz", OPPORTUNITIES),
    ),
    "callcentre": (("interaction", "callcentre_calls.csv.gz", CALLS),),
    "nps_conference_survey": (("response", "nps_conference_survey.csv", CONFERENCE),),
}
