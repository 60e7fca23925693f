"""One survey of Support EMEA in each state that an address needs, made when asked.

Views read the clock, so everything here is of now.
"""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from crmkpi.accounts.queries import access_of, today
from surveys.links import shared_address
from surveys.models import (
    FollowUp,
    FollowUpRule,
    Invitation,
    Response,
    ResultLink,
    Survey,
)
from surveys.scoring import Kind
from surveys.services.erasure import request_erasure
from surveys.services.logos import store_logo
from surveys.services.redirects import allow_host
from surveys.services.result_links import make_result_link
from surveys.services.surveys import (
    create_survey,
    offer_kiosk,
    publish,
    share,
    update_survey,
)
from surveys.services.test_mails import try_token
from surveys.services.themes import save_theme
from surveys.tokens import Form
from tests.surveys.cast import ask, contact, customer, reply
from tests.surveys.drafting import PNG
from tests.world import World


def live_survey(world: World) -> Survey:
    now = timezone.now()
    survey = create_survey(
        name="After a request",
        kind=Kind.CSAT,
        team=world.support,
        brand="Fjordlight",
        actor=world.ana,
        now=now,
    )
    publish(survey, actor=world.ana, now=now)
    share(survey, is_shared=True, actor=world.ana, now=now)
    survey.refresh_from_db()
    return survey


def slug(world: World) -> dict[str, Any]:
    return {"slug": live_survey(world).slug}


def changed_draft(world: World) -> dict[str, Any]:
    survey = live_survey(world)
    update_survey(survey, name="Other", actor=world.ana, now=timezone.now())
    return {"slug": survey.slug}


def asked(world: World) -> dict[str, Any]:
    grace = contact("Grace", customer=customer("Globex", agent=world.alice))
    _invitation, token = ask(
        live_survey(world), grace, now=timezone.now(), agent_id=world.alice.pk
    )
    return {"token": token}


def answered(world: World) -> dict[str, Any]:
    token = asked(world)["token"]
    return {"key": reply(token, 2, now=timezone.now()).edit_key}


def response(world: World) -> dict[str, Any]:
    answered(world)
    found = Response.objects.select_related("survey").get()
    return {"slug": found.survey.slug, "pk": found.pk}


def follow_up_rule(world: World) -> dict[str, Any]:
    survey = live_survey(world)
    rule = FollowUpRule.objects.create(
        survey=survey, name="Low", created_at=timezone.now() - timedelta(days=1)
    )
    return {"slug": survey.slug, "pk": rule.pk}


def follow_up(world: World) -> dict[str, Any]:
    """Return an item of Support Berlin that its lead owns."""
    follow_up_rule(world)
    grace = contact("Grace", customer=customer("Globex", agent=world.alice))
    now = timezone.now()
    _, token = ask(Survey.objects.get(), grace, now=now, agent_id=world.alice.pk)
    reply(token, 1, now=now)
    return {"pk": FollowUp.objects.get().pk}


def result_link(world: World) -> dict[str, Any]:
    """Return a link to the results of Support EMEA."""
    survey = live_survey(world)
    link, _token = _results_of(survey, world)
    return {"slug": survey.slug, "pk": link.pk}


def results_token(world: World) -> dict[str, Any]:
    return {"token": _results_of(live_survey(world), world)[1]}


def _results_of(survey: Survey, world: World) -> tuple[ResultLink, str]:
    now = timezone.now()
    return make_result_link(
        survey,
        name="For the board",
        span="90",
        days=30,
        with_comments=False,
        access=access_of(world.ana, day=today(now, world.org)),
        actor=world.ana,
        now=now,
    )


def theme(world: World) -> dict[str, Any]:
    survey = live_survey(world)
    made = save_theme(
        survey, name="Speed", words="slow", actor=world.ana, now=timezone.now()
    )
    return {"slug": survey.slug, "pk": made.pk}


def shared(world: World) -> dict[str, Any]:
    return {"address": shared_address(live_survey(world))}


def kiosk(world: World) -> dict[str, Any]:
    survey = live_survey(world)
    offer_kiosk(survey, is_offered=True, actor=world.ana, now=timezone.now())
    return {"address": shared_address(survey)}


def wish(world: World) -> dict[str, Any]:
    asked(world)
    invitation = Invitation.objects.get()
    return {"pk": request_erasure(invitation=invitation, now=timezone.now()).pk}


def host(world: World) -> dict[str, Any]:
    allowed = allow_host("www.example.org", actor=world.adam, now=timezone.now())
    return {"pk": allowed.pk}


def tried(world: World) -> dict[str, Any]:
    return {"token": try_token(live_survey(world), language="en")}


def logo(world: World) -> dict[str, Any]:
    stored = store_logo(PNG, actor=world.ana, now=timezone.now())
    return {"digest": stored.digest}


def answer_form(world: World) -> dict[str, Any]:
    """Return what answers the question of `asked`."""
    return _posted(str(Invitation.objects.get().uuid))


def shared_form(world: World) -> dict[str, Any]:
    """Return what answers the question of `shared`."""
    return _posted(Survey.objects.get().shared_key)


def kiosk_form(world: World) -> dict[str, Any]:
    """Return what answers the question of `kiosk`."""
    return _posted(f"kiosk-{Survey.objects.get().shared_key}")


def _posted(link: str) -> dict[str, Any]:
    version_id = Survey.objects.get().version_id
    assert version_id is not None
    form = Form.hand_out(link=link, version_id=version_id, now=timezone.now())
    return {"score": "4", "form": form.signed}
