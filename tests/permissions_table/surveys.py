"""Surveys: for staff, administrators, customers and other systems."""

from tests.permissions_table.rules import (
    Answers,
    Rule,
    administrators,
    api,
    everybody,
    signed_in,
)
from tests.surveys import scenes
from tests.surveys.sending import scenes as sending

TABLE: dict[
    str, Rule
] = {  # surveys for other systems; the key of the cast reads metrics alone
    "surveys_api:list": Rule(get=api(key=403)),
    "surveys_api:results": Rule(
        get=api(administrator=404, stranger=404, key=403), kwargs=scenes.slug
    ),
    "surveys_api:flagged": Rule(
        get=api(agent=403, administrator=404, stranger=404, key=403),
        kwargs=scenes.slug,
    ),
    "surveys_api:flag_look": Rule(  # takes PUT and DELETE
        get=api(405, key=403), kwargs=scenes.response
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
    "surveys:past_answers": Rule(  # only who manages the whole company may
        get=signed_in(403), post=signed_in(403)
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
    "surveys:flags_look": Rule(  # answered within seconds
        get=signed_in(405), post=survey_managers(302), kwargs=scenes.response
    ),
    "surveys:release": Rule(  # of Support Berlin
        get=signed_in(200, agent=403, analyst=403, administrator=404, stranger=404),
        post=signed_in(422, agent=403, analyst=403, administrator=404, stranger=404),
        kwargs=scenes.response,
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
    "surveys:poster": Rule(get=survey_managers(), kwargs=scenes.slug),
    "surveys:kiosk_switch": Rule(
        get=signed_in(405), post=survey_managers(302), kwargs=scenes.slug
    ),
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
    "surveys:kiosk": Rule(
        get=everybody(),
        post=everybody(303),
        kwargs=scenes.kiosk,
        data=scenes.kiosk_form,
    ),
    "surveys:kiosk_who": Rule(get=everybody(), kwargs=scenes.kiosk),
    "surveys:kiosk_thanks": Rule(get=everybody(), kwargs=scenes.kiosk),
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
