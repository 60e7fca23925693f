"""What every address answers to whom; a new address must be put into TABLE.

Principals, from tests/world.py:
anonymous      nobody signed in
agent          Alice of Support Berlin
lead           Lee of Support Berlin
manager        Ana of Support EMEA, above Support Berlin
analyst        Nora of the whole company
administrator  Adam, who holds no role in any team
stranger       Carl, lead of Sales North: what belongs to Support is 404 to him
key            a system with a key that reads metrics of Support EMEA
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from crmkpi.accounts import services
from crmkpi.crm.models import Customer, ImportRun, MarketFigure, Source
from tests.crm.rows import take
from tests.crm.segments.making import condition, segment
from tests.metrics.alerts import scenes as alerts
from tests.metrics.custom.making import make, ratio
from tests.objectives import scenes as aims
from tests.surveys import scenes
from tests.surveys.sending import scenes as sending
from tests.world import NOW, PASSWORD, World

PRINCIPALS = (
    "anonymous",
    "agent",
    "lead",
    "manager",
    "analyst",
    "administrator",
    "stranger",
    "key",
)
Answers = dict[str, int]


def nothing(world: World) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class Rule:
    """How one address answers.

    `get` and `post` hold a status for each principal; `post` is left out where the
    address takes none, and everybody gets 405 (anonymous is asked to sign in first).
    `kwargs` builds what the address needs, `data` what is posted, both in the world
    of the test. What a POST writes is taken back before the next principal.
    """

    get: Answers
    post: Answers | None = None
    kwargs: Callable[[World], dict[str, Any]] = nothing
    data: Callable[[World], dict[str, Any]] = nothing
    query: str = ""  # added to the address, for example "?scope=company"
    json: bool = False  # post the data as JSON


def everybody(status: int = 200, **others: int) -> Answers:
    """Return the same answer for all, signed in or not, but for those named."""
    return dict.fromkeys(PRINCIPALS, status) | others


def signed_in(status: int = 200, **others: int) -> Answers:
    """Return an answer for people who signed in; others are sent to sign in (302)."""
    return everybody(status, anonymous=302, key=302) | others


def administrators(status: int = 200) -> Answers:
    """Return an answer for administrators; other people get 403."""
    return signed_in(403, administrator=status)


def api(status: int = 200, **others: int) -> Answers:
    """Return an answer for people and keys; anonymous gets 401."""
    return everybody(status, anonymous=401) | others


def has_page(name: str) -> bool:
    """Whether this installation has a page, whatever its address needs."""
    try:
        reverse(name, kwargs={"slug": "any"})
    except NoReverseMatch:
        return False
    return True


def invitation(world: World) -> dict[str, Any]:
    # Views read the clock, so what expires must be counted from it.
    _invitation, token = services.invite_user(
        email="new@example.com", name="New", actor=world.adam, now=timezone.now()
    )
    return {"token": token}


def alice(world: World) -> dict[str, Any]:
    return {"pk": world.alice.pk}


def berlin(world: World) -> dict[str, Any]:
    return {"slug": world.berlin.slug}


TABLE: dict[str, Rule] = {}
TABLE |= {  # frame and sign-in
    "healthz": Rule(get=everybody()),
    "readyz": Rule(get=everybody()),
    "schema": Rule(get=api()),
    "api_docs": Rule(get=signed_in()),
    "appearance": Rule(
        get=signed_in(405), post=signed_in(302), data=lambda world: {"theme": "dark"}
    ),
    "account_login": Rule(
        get=everybody(302, anonymous=200, key=200),
        post=everybody(302, anonymous=200, key=200),
    ),
    "account_logout": Rule(get=signed_in(), post=signed_in(302)),
    "account_inactive": Rule(get=everybody()),
    "account_reauthenticate": Rule(get=signed_in(), post=signed_in()),
    "account_change_password": Rule(get=signed_in(), post=signed_in()),
    "account_set_password": Rule(get=signed_in(302), post=signed_in(302)),
    "account_reset_password": Rule(get=everybody(), post=everybody()),
    "account_reset_password_done": Rule(get=everybody()),
    "account_reset_password_from_key": Rule(
        get=everybody(),
        post=everybody(),
        kwargs=lambda world: {"uidb36": "1", "key": "wrong-key"},
    ),
    "account_reset_password_from_key_done": Rule(get=everybody()),
    "mfa_index": Rule(get=signed_in()),
    "mfa_authenticate": Rule(get=signed_in(302), post=signed_in(302)),
    "mfa_reauthenticate": Rule(get=signed_in(302), post=signed_in(302)),
    "mfa_activate_totp": Rule(get=signed_in(302), post=signed_in(302)),
    "mfa_deactivate_totp": Rule(get=signed_in(404), post=signed_in(404)),
    "mfa_view_recovery_codes": Rule(get=signed_in(404)),
    "mfa_generate_recovery_codes": Rule(get=signed_in(302), post=signed_in(302)),
    "mfa_download_recovery_codes": Rule(get=signed_in(404), post=signed_in(404)),
}

TABLE |= {  # people, teams, settings, keys
    # Scorecards greet those who have one, their pages being there.
    "accounts:landing": Rule(
        get=signed_in(302 if has_page("objectives:team_scorecard") else 200)
        | {"administrator": 302}
    ),
    "accounts:accept_invitation": Rule(
        get=everybody(),
        post=everybody(302),
        kwargs=invitation,
        data=lambda world: {"name": "New", "password": PASSWORD},
    ),
    "accounts:people": Rule(get=administrators()),
    "accounts:people_csv": Rule(get=administrators()),
    "accounts:person_new": Rule(
        get=administrators(),
        post=administrators(302),
        data=lambda world: {
            "name": "Zoe",
            "email": "zoe@example.com",
            "team": world.berlin.pk,
            "role": "agent",
        },
    ),
    "accounts:person": Rule(
        get=administrators(),
        post=administrators(302),
        kwargs=alice,
        data=lambda world: {"name": "Alicia"},
    ),
    "accounts:membership_add": Rule(
        get=signed_in(405),
        post=administrators(302),
        kwargs=alice,
        data=lambda world: {"team": world.north.pk, "role": "lead"},
    ),
    "accounts:membership_end": Rule(
        get=administrators(),
        post=administrators(302),
        kwargs=lambda world: {
            "pk": world.alice.pk,
            "membership": world.alice.memberships.get().pk,
        },
        data=lambda world: {"last": "2026-02-12"},
    ),
    "accounts:person_move": Rule(
        get=signed_in(405),
        post=administrators(302),
        kwargs=alice,
        data=lambda world: {"team": world.north.pk, "from_day": "2026-02-13"},
    ),
    "accounts:person_invite": Rule(
        get=signed_in(405),
        post=administrators(302),
        kwargs=lambda world: {
            "pk": services.agent_for(source="calls", external_id="Martha").pk
        },
        data=lambda world: {"email": "martha@example.com"},
    ),
    "accounts:person_deactivate": Rule(
        get=administrators(), post=administrators(302), kwargs=alice
    ),
    "accounts:teams": Rule(
        get=administrators(),
        post=administrators(302),
        data=lambda world: {"name": "Night shift", "parent": world.berlin.pk},
    ),
    "accounts:team": Rule(
        get=administrators(),
        post=administrators(302),
        kwargs=berlin,
        data=lambda world: {"name": "Berlin", "is_active": "on"},
    ),
    "accounts:team_place": Rule(
        get=signed_in(405),
        post=administrators(302),
        kwargs=berlin,
        data=lambda world: {"parent": world.sales.pk, "from_day": "2026-02-13"},
    ),
    "accounts:settings": Rule(
        get=administrators(),
        post=administrators(302),
        data=lambda world: {
            "name": "Southwind",
            "currency": "EUR",
            "zone": "Europe/Berlin",
            "week_start": "0",
            "fiscal_month": "1",
            **dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), "09:00-17:00"),
        },
    ),
    "accounts:api_keys": Rule(get=administrators()),
    "accounts:api_key_new": Rule(
        get=administrators(),
        post=administrators(200),  # the answer shows the key this once
        data=lambda world: {
            "name": "Import",
            "scopes": ["facts:write"],
            "whole_company": "on",
        },
    ),
    "accounts:api_key_revoke": Rule(
        get=administrators(),
        post=administrators(302),
        kwargs=lambda world: {"pk": world.key.pk},
    ),
    "accounts:audit": Rule(get=administrators()),
    "accounts:recalculation": Rule(get=administrators()),
    "accounts:recalculation_progress": Rule(get=administrators()),
    "accounts:rebuild": Rule(get=administrators(), post=administrators(302)),
}


def alices_customer(world: World) -> dict[str, Any]:
    """Return Alice's customer, whom Support Berlin and those above it may see."""
    take("customer", {"name": "Acme", "owner": "Alice", "acquired": NOW})
    return {"pk": Customer.objects.get().pk}


def product_import(world: World) -> dict[str, Any]:
    source = Source.objects.create(slug="shop", name="Shop")
    run = ImportRun.objects.create(
        record="product", source=source, state="done", started_at=NOW
    )
    return {"pk": run.pk}


def market_size(world: World) -> dict[str, Any]:
    """Return a figure that is the company's."""
    days = {"first_day": date(2025, 1, 1), "last_day": date(2025, 12, 31)}
    row = {"external_id": "m", "metric": "market_size", "value": 1, **days}
    take("market_figure", row)
    return {"pk": MarketFigure.objects.get().pk}


def northern_segment(world: World) -> dict[str, Any]:
    take("customer", {"name": "Acme", "region": "North"}, {"name": "Bolt"})
    take("customer", {"name": "Cara", "region": "South"})
    return {"pk": segment("Northern", condition("region", "any_of", "North")).pk}


SOUTHERN = {  # what a manager types
    "name": "Southern",
    "match": "all",
    "1_field": "employees",
    "1_how": "unknown",
    "2_field": "region",
    "2_how": "any_of",
    "2_value": "south",
}
MANAGERS_ONLY = signed_in(403, manager=200)
FIGURE_READERS = signed_in(404, analyst=200)
CUSTOMER_READERS = signed_in(administrator=404, stranger=404)
IMPORT_READERS = signed_in(404, analyst=200, administrator=200)

TABLE |= {  # customers and the data page
    "crm:customers": Rule(get=signed_in()),
    "crm:customers_csv": Rule(get=signed_in()),
    "crm:customer": Rule(get=CUSTOMER_READERS, kwargs=alices_customer),
    "crm:customer_rows_csv": Rule(
        get=CUSTOMER_READERS,
        kwargs=lambda world: alices_customer(world) | {"tab": "tickets"},
    ),
    "crm:data": Rule(get=signed_in()),
    "crm:manual": Rule(get=signed_in()),
    "crm:figures": Rule(get=FIGURE_READERS),
    "crm:figures_csv": Rule(get=FIGURE_READERS),
    "crm:figure_new": Rule(  # only who manages the whole company may
        get=FIGURE_READERS | {"analyst": 403},
        post=FIGURE_READERS | {"analyst": 403},
        kwargs=lambda world: {"kind": "brand"},
    ),
    "crm:figure": Rule(
        get=FIGURE_READERS,
        post=FIGURE_READERS | {"analyst": 403},
        kwargs=market_size,
    ),
    "crm:figure_delete": Rule(
        get=FIGURE_READERS | {"analyst": 403},
        post=FIGURE_READERS | {"analyst": 403},
        kwargs=market_size,
    ),
    "crm:segments": Rule(get=signed_in()),
    "crm:segment": Rule(get=signed_in(), kwargs=northern_segment),
    "crm:segment_csv": Rule(get=signed_in(), kwargs=northern_segment),
    "crm:segment_count": Rule(
        get=MANAGERS_ONLY, query="?match=all&1_field=age&1_how=at_least&1_value=3"
    ),
    "crm:segment_new": Rule(  # of nobody: there is nobody of the South yet
        get=MANAGERS_ONLY,
        post=MANAGERS_ONLY | {"manager": 422},
        data=lambda world: SOUTHERN,
    ),
    "crm:segment_edit": Rule(
        get=MANAGERS_ONLY,
        post=MANAGERS_ONLY | {"manager": 302},
        kwargs=northern_segment,
        data=lambda world: SOUTHERN,
    ),
    "crm:segment_move": Rule(
        get=signed_in(405),
        post=MANAGERS_ONLY | {"manager": 302},
        kwargs=northern_segment,
        data=lambda world: {"way": "up"},
    ),
    "crm:segment_archive": Rule(
        get=MANAGERS_ONLY,
        post=MANAGERS_ONLY | {"manager": 302},
        kwargs=northern_segment,
    ),
    "crm:import": Rule(get=IMPORT_READERS, kwargs=product_import),
    "crm:import_errors_csv": Rule(get=IMPORT_READERS, kwargs=product_import),
}


def win_rate(world: World) -> dict[str, Any]:
    return {"key": "win_rate"}


BERLIN = "?scope=team:support-berlin"
DAYS = "&from=2026-01-01&to=2026-01-31"

TABLE |= {  # metrics for other systems
    "metrics_api:list": Rule(get=api()),
    "metrics_api:value": Rule(
        get=api(agent=404, administrator=404, stranger=404),
        kwargs=win_rate,
        query=BERLIN + DAYS,
    ),
    "metrics_api:series": Rule(
        get=api(agent=404, administrator=404, stranger=404),
        kwargs=win_rate,
        query=BERLIN + DAYS,
    ),
    "metrics_api:passport": Rule(
        get=api(agent=404, administrator=404, stranger=404),
        kwargs=win_rate,
        query=BERLIN + DAYS,
    ),
    "metrics_api:changes": Rule(
        get=api(agent=404, administrator=404, stranger=404),
        kwargs=win_rate,
        query=BERLIN + DAYS,
    ),
    "metrics_api:rows": Rule(
        get=api(agent=404, administrator=404, stranger=404),
        kwargs=win_rate,
        query=BERLIN + DAYS,
    ),
}

TABLE |= {  # surveys for other systems; the key of the cast reads metrics alone
    "surveys_api:list": Rule(get=api(key=403)),
    "surveys_api:results": Rule(
        get=api(administrator=404, stranger=404, key=403), kwargs=scenes.slug
    ),
    "surveys_api:responses": Rule(  # only who manages the whole company may
        get=api(405, key=403), post=api(403)
    ),
}

SURVEY_READERS = signed_in(administrator=404, stranger=404)
ANSWER_READERS = SURVEY_READERS | {"agent": 403}


def survey_managers(status: int = 200) -> Answers:
    """Return an answer for who manages the team of the survey; readers get 403."""
    return signed_in(403, manager=status, administrator=404, stranger=404)


FOLLOW_UP_RULE = {
    "name": "Low",
    "when": "low",
    "owned_by": "lead",
    "due_hours": "8",
    "is_active": "on",
}

TABLE |= {  # surveys, for staff
    "surveys:list": Rule(get=signed_in()),
    "surveys:new": Rule(
        get=signed_in(403, manager=200),
        post=signed_in(403, manager=302),
        data=lambda world: {
            "name": "After a call",
            "kind": "csat",
            "team": world.support.pk,
            "brand": "Fjordlight",
            "language": "en",
        },
    ),
    "surveys:detail": Rule(get=SURVEY_READERS, kwargs=scenes.slug),
    "surveys:answers": Rule(get=ANSWER_READERS, kwargs=scenes.slug),
    "surveys:answers_csv": Rule(get=ANSWER_READERS, kwargs=scenes.slug),
    "surveys:answers_xlsx": Rule(get=ANSWER_READERS, kwargs=scenes.slug),
    "surveys:breakdown": Rule(get=ANSWER_READERS, kwargs=scenes.slug),
    "surveys:breakdown_file": Rule(
        get=ANSWER_READERS, kwargs=lambda world: scenes.slug(world) | {"ending": "csv"}
    ),
    "surveys:result_links": Rule(
        get=survey_managers(),
        post=survey_managers(201),
        kwargs=scenes.slug,
        data=lambda world: {"name": "For the board", "span": "90", "days": "30"},
    ),
    "surveys:result_link_revoke": Rule(
        get=signed_in(405), post=survey_managers(302), kwargs=scenes.result_link
    ),
    "surveys:follow_ups": Rule(get=signed_in()),
    "surveys:follow_up": Rule(  # of Support Berlin, whose lead owns it
        get=signed_in(agent=404, administrator=404, stranger=404),
        post=signed_in(
            403, lead=302, manager=302, agent=404, administrator=404, stranger=404
        ),
        kwargs=scenes.follow_up,
        data=lambda world: {"act": "note", "note-text": "Called"},
    ),
    "surveys:follow_up_rules": Rule(get=ANSWER_READERS, kwargs=scenes.slug),
    "surveys:follow_up_rule_new": Rule(
        get=survey_managers(),
        post=survey_managers(302),
        kwargs=scenes.slug,
        data=lambda world: FOLLOW_UP_RULE,
    ),
    "surveys:follow_up_rule": Rule(
        get=survey_managers(),
        post=survey_managers(302),
        kwargs=scenes.follow_up_rule,
        data=lambda world: FOLLOW_UP_RULE,
    ),
    "surveys:themes": Rule(get=ANSWER_READERS, kwargs=scenes.slug),
    "surveys:theme_new": Rule(
        get=survey_managers(),
        post=survey_managers(302),
        kwargs=scenes.slug,
        data=lambda world: {"name": "Waiting", "words": "wait*"},
    ),
    "surveys:theme_edit": Rule(
        get=survey_managers(),
        post=survey_managers(302),
        kwargs=scenes.theme,
        data=lambda world: {"name": "Waiting", "words": "queue"},
    ),
    "surveys:theme_delete": Rule(
        get=survey_managers(), post=survey_managers(302), kwargs=scenes.theme
    ),
    "surveys:response_themes": Rule(
        get=survey_managers(), post=survey_managers(302), kwargs=scenes.response
    ),
    "surveys:invitations": Rule(get=ANSWER_READERS, kwargs=scenes.slug),
    "surveys:void": Rule(
        get=survey_managers(),
        post=survey_managers(302),
        kwargs=scenes.response,
        data=lambda world: {"reason": "1", "note": "our own try-out"},
    ),
    "surveys:edit": Rule(
        get=survey_managers(), post=survey_managers(422), kwargs=scenes.slug
    ),
    "surveys:preview": Rule(
        get=survey_managers(), post=survey_managers(), kwargs=scenes.slug
    ),
    "surveys:test": Rule(
        get=signed_in(405), post=survey_managers(302), kwargs=scenes.slug
    ),
    "surveys:versions": Rule(get=ANSWER_READERS, kwargs=scenes.changed_draft),
    "surveys:publish": Rule(
        get=survey_managers(), post=survey_managers(302), kwargs=scenes.changed_draft
    ),
    "surveys:close": Rule(
        get=survey_managers(), post=survey_managers(302), kwargs=scenes.slug
    ),
    "surveys:share": Rule(
        get=signed_in(405), post=survey_managers(302), kwargs=scenes.slug
    ),
    "surveys:invite": Rule(
        get=survey_managers(),
        post=survey_managers(302),
        kwargs=scenes.slug,
        data=lambda world: {"addresses": "new@example.org", "send": "yes"},
    ),
}

TABLE |= {  # surveys, for administrators
    "surveys:hosts": Rule(
        get=administrators(),
        post=administrators(302),
        data=lambda world: {"host": "www.example.org"},
    ),
    "surveys:host_forbid": Rule(
        get=signed_in(405), post=administrators(302), kwargs=scenes.host
    ),
    "surveys:erasures": Rule(get=administrators()),
    "surveys:person": Rule(
        get=administrators(),
        post=administrators(),
        data=lambda world: {"address": "grace@example.org"},
    ),
    "surveys:erasure": Rule(
        get=administrators(),
        post=administrators(302),
        kwargs=scenes.wish,
        data=lambda world: {"act": "erase"},
    ),
}

RULE = {"event": "ticket", "delay_hours": 24, "send_from": 8, "send_until": 20}
RULE |= {"sample_percent": 100, "means": "mail"}
SENDING_MANAGERS = signed_in(403, manager=200, administrator=200)

TABLE |= {  # sending of surveys
    "surveys:sending": Rule(get=ANSWER_READERS, kwargs=sending.rule_of),
    "surveys:sends": Rule(get=ANSWER_READERS, kwargs=sending.rule_of),
    "surveys:rule_new": Rule(
        get=survey_managers(),
        post=survey_managers(302),
        kwargs=scenes.slug,
        data=lambda world: RULE,
    ),
    "surveys:rule": Rule(get=survey_managers(), kwargs=sending.sending_rule),
    "surveys:rule_edit": Rule(
        get=survey_managers(),
        post=survey_managers(302),
        kwargs=sending.sending_rule,
        data=lambda world: RULE,
    ),
    "surveys:rule_switch": Rule(
        get=signed_in(405), post=survey_managers(302), kwargs=sending.sending_rule
    ),
    "surveys:channels": Rule(
        get=survey_managers(),
        post=survey_managers(302),
        kwargs=scenes.slug,
        data=lambda world: {"origins": "https://www.example.com"},
    ),
    "surveys:qr": Rule(get=survey_managers(), kwargs=scenes.slug),
    "surveys:limits": Rule(
        get=SENDING_MANAGERS,
        post=SENDING_MANAGERS | {"manager": 302, "administrator": 302},
        data=lambda world: {"address": "new@example.org"},
    ),
    "surveys:suppression_release": Rule(
        get=signed_in(405),
        post=SENDING_MANAGERS | {"manager": 302, "administrator": 302},
        kwargs=sending.suppressed,
    ),
    "surveys:sending_manual": Rule(get=signed_in()),
    "surveys:writing_manual": Rule(get=signed_in()),
    "surveys_api:invite": Rule(
        get=api(405, key=403),
        post=api(403, manager=400, administrator=404, stranger=404),
        kwargs=sending.asked_by_systems,
        data=lambda world: {"email": "new@example.org"},
        json=True,
    ),
    # The signature is all that other systems have.
    "surveys:bounces": Rule(get=everybody(405), post=everybody(401)),
}

TABLE |= {  # surveys, for customers: the secret in the address is all they have
    "surveys:answer": Rule(
        get=everybody(),
        post=everybody(303),
        kwargs=scenes.asked,
        data=scenes.answer_form,
    ),
    "surveys:answer_who": Rule(get=everybody(), kwargs=scenes.asked),
    "surveys:held": Rule(get=everybody(), post=everybody(), kwargs=scenes.asked),
    "surveys:held_answer": Rule(
        get=everybody(), post=everybody(), kwargs=scenes.answered
    ),
    "surveys:shared": Rule(
        get=everybody(),
        post=everybody(303),
        kwargs=scenes.shared,
        data=scenes.shared_form,
    ),
    "surveys:shared_who": Rule(get=everybody(), kwargs=scenes.shared),
    "surveys:embedded": Rule(
        get=everybody(),
        post=everybody(303),
        kwargs=scenes.shared,
        data=scenes.shared_form,
    ),
    "surveys:embedded_who": Rule(get=everybody(), kwargs=scenes.shared),
    "surveys:embedded_thanks": Rule(
        get=everybody(),
        post=everybody(303),
        kwargs=sending.framed_answer,
        data=lambda world: {"comment": "too slow"},
    ),
    "surveys:shared_results": Rule(get=everybody(), kwargs=scenes.results_token),
    "surveys:thanks": Rule(
        get=everybody(),
        post=everybody(303),
        kwargs=scenes.answered,
        data=lambda world: {"comment": "too slow"},
    ),
    "surveys:change": Rule(
        get=everybody(),
        post=everybody(303),
        kwargs=scenes.answered,
        data=lambda world: {"score": "4"},
    ),
    "surveys:try_out": Rule(get=everybody(), post=everybody(422), kwargs=scenes.tried),
    "surveys:colours": Rule(
        get=everybody(), kwargs=lambda world: {"name": "1f5f8b-8cc4ea"}
    ),
    "surveys:logo": Rule(get=everybody(), kwargs=scenes.logo),
    "surveys:unsubscribe": Rule(get=everybody(), post=everybody(), kwargs=scenes.asked),
}

OBJECTIVE_READERS = signed_in(404, agent=200, lead=200, manager=200, analyst=200)


def objective_managers(status: int = 200) -> Answers:
    """Return the answer for those who manage the team; readers get 403, others 404."""
    return signed_in(404, agent=403, lead=403, analyst=403, manager=status)


TABLE |= {  # objectives of Support Berlin that its team and readers may see
    "objectives:list": Rule(get=signed_in()),
    "objectives:list_csv": Rule(get=signed_in()),
    "objectives:new": Rule(
        get=signed_in(403, manager=200),
        post=signed_in(403, manager=302),
        data=aims.new_objective,
    ),
    "objectives:detail": Rule(get=OBJECTIVE_READERS, kwargs=aims.objective),
    "objectives:edit": Rule(
        get=objective_managers(), post=objective_managers(422), kwargs=aims.objective
    ),
    "objectives:check_in": Rule(
        get=signed_in(405),
        post=objective_managers(302),
        kwargs=aims.objective,
        data=lambda world: {"confidence": "7", "sentence": "Call them."},
    ),
    "objectives:close": Rule(
        get=objective_managers(), post=objective_managers(302), kwargs=aims.objective
    ),
    "objectives:key_result_new": Rule(
        get=objective_managers(),
        post=objective_managers(422),
        kwargs=aims.objective,
        query="?metric=win_rate",
    ),
    "objectives:target_hint": Rule(
        get=objective_managers(), kwargs=aims.objective, query="?metric=win_rate"
    ),
    "objectives:milestones_new": Rule(
        get=objective_managers(), post=objective_managers(422), kwargs=aims.objective
    ),
    "objectives:target_change": Rule(
        get=objective_managers(), post=objective_managers(422), kwargs=aims.key_result
    ),
    "objectives:key_result_cancel": Rule(
        get=objective_managers(), post=objective_managers(302), kwargs=aims.key_result
    ),
    "objectives:milestone_tick": Rule(
        get=signed_in(405),
        post=objective_managers(302),
        kwargs=aims.milestone,
        data=lambda world: {"done": "1"},
    ),
    "objectives:cycle_close": Rule(  # for who manages the company
        get=signed_in(403), post=signed_in(403), kwargs=aims.cycle
    ),
    "objectives_api:list": Rule(get=api()),
    "objectives_api:detail": Rule(
        get=api(404, agent=200, lead=200, manager=200, analyst=200, key=200),
        kwargs=aims.objective,
    ),
}

TEAM_READERS = signed_in(404, lead=200, manager=200, analyst=200)

TABLE |= {  # scorecards
    "objectives:scorecards": Rule(get=signed_in(agent=302)),
    "objectives:company_scorecard": Rule(get=signed_in(404, analyst=200)),
    "objectives:team_scorecard": Rule(get=TEAM_READERS, kwargs=berlin),
    "objectives:scorecard_rows": Rule(get=TEAM_READERS, kwargs=berlin),
    "objectives:scorecard_csv": Rule(get=TEAM_READERS, kwargs=berlin),
    "objectives:scorecard_trend": Rule(
        get=TEAM_READERS, kwargs=lambda world: berlin(world) | aims.key_result(world)
    ),
    # For those who work in a team or lead one.
    "objectives:my_scorecard": Rule(
        get=signed_in(404, agent=200, lead=200, stranger=200)
    ),
    "objectives:agent_scorecard": Rule(
        get=TEAM_READERS | {"agent": 302},
        kwargs=alice,  # Alice herself
    ),
}


def own_metric(world: World) -> dict[str, Any]:
    """Return the key of a metric that Ana shares with Support EMEA."""
    metric = make(ratio(), world.ana, sharing="team", team=world.support)
    return {"key": metric.key}


def two_boxes(world: World) -> dict[str, Any]:
    return {
        "title": "Deals won",
        "unit": "percent",
        "better": "higher",
        "min_n": 30,
        "sharing": "private",
        "above_1_measure": "opportunitiesclosed.won",
        "below_1_measure": "opportunitiesclosed.rows",
        "number": 1,
    }


MANAGERS = signed_in(403, manager=200)
THOSE_WHO_READ_IT = signed_in(200, administrator=404, stranger=404)
THOSE_WHO_MAY_CHANGE_IT = THOSE_WHO_READ_IT | {
    "agent": 403,
    "lead": 403,
    "analyst": 403,
}
SENT_ON = {"manager": 302}

TABLE |= {  # metrics that managers make
    "metrics:own_list": Rule(get=signed_in()),
    "metrics:own_new": Rule(get=MANAGERS, post=MANAGERS | SENT_ON, data=two_boxes),
    "metrics:own_preview": Rule(get=MANAGERS),
    "metrics:own_versions": Rule(get=THOSE_WHO_READ_IT, kwargs=own_metric),
    "metrics:own_edit": Rule(
        get=THOSE_WHO_MAY_CHANGE_IT,
        post=THOSE_WHO_MAY_CHANGE_IT | SENT_ON,
        kwargs=own_metric,
        data=two_boxes,
    ),
    "metrics:own_retire": Rule(
        get=THOSE_WHO_MAY_CHANGE_IT,
        post=THOSE_WHO_MAY_CHANGE_IT | SENT_ON,
        kwargs=own_metric,
        data=lambda world: {"act": "retire"},
    ),
}

TABLE |= {  # pages of metrics
    "metrics:library": Rule(get=signed_in()),
    "metrics:library_csv": Rule(get=signed_in(administrator=404)),
    "metrics:manual": Rule(get=signed_in()),
    "metrics:engines": Rule(get=signed_in()),
    "metrics:read": Rule(get=signed_in(405), post=signed_in(302), kwargs=win_rate),
} | {
    f"metrics:{page}": Rule(
        get=signed_in(agent=404, administrator=404, stranger=404),
        kwargs=win_rate,
        query=BERLIN,
    )
    for page in ("detail", "detail_csv", "passport", "rows", "rows_csv", "why")
}

READERS_OF_BERLIN = signed_in(agent=404, administrator=404, stranger=404)
ONLY_LEE = signed_in(404, lead=200)

TABLE |= {  # alerts, what they told, and what people noted
    "metrics:alerts": Rule(get=signed_in()),
    "metrics:alert_new": Rule(
        get=READERS_OF_BERLIN,
        post=READERS_OF_BERLIN | {"lead": 302, "manager": 302, "analyst": 302},
        query=f"{BERLIN}&metric=ticket_volume",
        data=alerts.new_rule,
    ),
    "metrics:alert_trial": Rule(
        get=READERS_OF_BERLIN, query=f"{BERLIN}&metric=ticket_volume"
    ),
    "metrics:alert_edit": Rule(
        get=ONLY_LEE,
        post=ONLY_LEE | {"lead": 302},
        kwargs=alerts.rule_of_lee,
        data=alerts.new_rule,
    ),
    "metrics:follow_up_alert": Rule(
        get=ONLY_LEE,
        post=ONLY_LEE | {"lead": 302},
        kwargs=alerts.follow_up_rule_of_lee,
        data=lambda world: {"channels": ["app"]},
    ),
    "metrics:alert_delete": Rule(
        get=ONLY_LEE, post=ONLY_LEE | {"lead": 302}, kwargs=alerts.rule_of_lee
    ),
    "metrics:alert_pause": Rule(
        get=signed_in(405),
        post=ONLY_LEE | {"lead": 302},
        kwargs=alerts.rule_of_lee,
    ),
    "metrics:notifications": Rule(get=signed_in()),
    "metrics:notifications_read": Rule(get=signed_in(405), post=signed_in(302)),
    "metrics:notifications_reach": Rule(  # of all alerts; foreign ones are 404
        get=signed_in(405), post=signed_in(302), data=lambda world: {"app": "on"}
    ),
    "metrics:notification_read": Rule(
        get=signed_in(405),
        post=ONLY_LEE | {"lead": 302},
        kwargs=alerts.notice_of_lee,
    ),
    "metrics:note_new": Rule(
        get=signed_in(405),
        post=signed_in(404, lead=403, manager=302, analyst=403),
        kwargs=win_rate,
        data=lambda world: {
            "scope": alerts.BERLIN,
            "day": "2026-02-10",
            "text": "A strike",
        },
    ),
    "metrics:note_delete": Rule(
        get=signed_in(405),
        post=signed_in(404, lead=403, manager=302, analyst=403),
        kwargs=alerts.note_on_berlin,
    ),
    "objectives:status_alert_new": Rule(
        get=signed_in(administrator=404, stranger=404),
        post=signed_in(302, administrator=404, stranger=404),
        kwargs=aims.key_result,
        data=lambda world: {
            "worse_than": "on_track",
            "audience": "self",
            "channels": ["app"],
        },
    ),
    "objectives:status_alert_edit": Rule(
        get=ONLY_LEE,
        post=ONLY_LEE | {"lead": 302},
        kwargs=aims.status_rule,
        data=lambda world: {"worse_than": "watch", "channels": ["mail"]},
    ),
}
