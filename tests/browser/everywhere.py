"""Rows that fill every page, and the address of each page for each role.

What somebody made has a number that nobody knows before; `places` fills it in.
"""

from datetime import date

from crmkpi.accounts import services as accounts
from crmkpi.crm.models import Customer, ImportRun, MarketFigure, Source
from metrics.alerts.services import Delivery
from objectives import services as objectives
from objectives.alerts.services import create_status_rule
from objectives.evaluation import evaluate_due
from objectives.rules import Step
from surveys.links import shared_address
from surveys.look import Look, Style
from surveys.models import FollowUp, FollowUpRule, Survey
from surveys.scoring import Kind
from surveys.sending.services import suppress_by_hand
from surveys.services.erasure import request_erasure
from surveys.services.redirects import allow_host
from surveys.services.replies import tell
from surveys.services.result_links import make_result_link
from surveys.services.surveys import (
    close,
    create_survey,
    offer_kiosk,
    publish,
    share,
)
from surveys.services.test_mails import try_token
from surveys.services.themes import save_theme
from tests.crm.rows import take
from tests.crm.segments.making import condition, segment
from tests.metrics.alerts import scenes as alerts
from tests.metrics.custom.making import make, ratio
from tests.metrics.everything import write_everything
from tests.objectives.cast import key_result, numbers, objective
from tests.surveys.cast import ask, contact, customer, reply
from tests.surveys.drafting import WHERE, WHY, WORD, change
from tests.surveys.replies import replies
from tests.surveys.sending.making import rule as sending_rule
from tests.surveys.sending.making import run, solved
from tests.world import NOW, World, build_world

Places = dict[str, object]

CUSTOMER_PAGES = (
    "/r/{asked}/",
    "/r/{asked}/?score=2",
    "/r/{asked}/who/",
    "/r/{asked}/held/",
    "/r/{answered}/",
    "/r/{closed}/",
    "/r/no-such-link/",
    "/s/{shared}/",
    "/e/{shared}/",
    "/k/{shared}/",
    "/k/{shared}/thanks/",
    "/t/{thanks}/",
    "/t/{thanks}/change/",
    "/t/{thanks}/held/",
    "/u/{asked}/",
)
PAGES = {
    "Mona": (
        "/scorecards/company/",
        "/data/figures/",
        "/data/figures/new/competitor/",
        "/data/figures/upload/",
        "/data/figures/{figure}/",
        "/data/figures/{figure}/delete/",
        "/metrics/market_size/passport/?scope=company&period=2025-Q4",
        "/surveys/past/",
    ),
    "Ana": (
        "/scorecards/",
        "/scorecards/teams/support-emea/",
        "/scorecards/teams/support-berlin/",
        "/scorecards/people/{alice}/",
        "/objectives/",
        "/objectives/?q=nothing-like-it",
        "/objectives/new/",
        "/objectives/{objective}/",
        "/objectives/{objective}/edit/",
        "/objectives/{objective}/key-results/new/",
        "/objectives/{objective}/key-results/new/?metric=win_rate",
        "/objectives/{objective}/milestones/new/",
        "/objectives/key-results/{key_result}/target/",
        "/objectives/key-results/{key_result}/alert/",
        "/metrics/",
        "/metrics/win_rate/?by=agent&period=2025-Q4",
        "/metrics/first_response_time/",
        "/metrics/win_rate/passport/?period=all",
        "/metrics/win_rate/why/?period=2025-Q4",
        "/metrics/win_rate/rows/?period=all",
        "/metrics/own/",
        "/metrics/own/new/?preview=yes&title=X&unit=percent&better=higher&min_n=30"
        "&sharing=private&above_1_measure=opportunitiesclosed.won&above_1_cut=13"
        "&above_1_members=Phone&below_1_measure=opportunitiesclosed.rows",
        "/metrics/own/new/?kind=formula&preview=yes&formula=win_rat&unit=score"
        "&better=higher&min_n=0&sharing=team",
        "/metrics/own_our_share/edit/",
        "/metrics/own_our_share/versions/",
        "/metrics/own_our_share/retire/",
        "/alerts/",
        "/alerts/new/?metric=ticket_volume&scope=team:support-berlin",
        "/data/segments/",
        "/data/segments/new/",
        "/data/segments/{segment}/",
        "/data/segments/{segment}/edit/",
        "/customers/",
        "/customers/{customer}/",
        "/surveys/",
        "/surveys/new/",
        "/surveys/after-a-request/",
        "/surveys/after-a-request/answers/",
        "/surveys/after-a-request/invitations/",
        "/surveys/after-a-request/edit/",
        "/surveys/after-a-request/versions/",
        "/surveys/after-a-request/invite/",
        "/surveys/after-a-request/sending/",
        "/surveys/last-year/sending/",
        "/surveys/after-a-request/sending/new/",
        "/surveys/after-a-request/sending/{sending_rule}/",
        "/surveys/after-a-request/sending/{sending_rule}/edit/",
        "/surveys/after-a-request/sends/",
        "/surveys/after-a-request/channels/",
        "/surveys/after-a-request/poster/",
        "/surveys/after-a-request/themes/{theme}/",
        "/surveys/after-a-request/links/",
        "/surveys/after-a-request/follow-up/",
        "/surveys/after-a-request/follow-up/{follow_up_rule}/",
        "/surveys/calls/",
        "/surveys/calls/compared/?by=agent&a={alice}&b={bob}",
        "/surveys/calls/themes/",
        "/follow-ups/",
        "/follow-ups/{follow_up}/",
        "/surveys/limits/",
        "/surveys/limits/?q=nobody@example.org",
        "/manual/sending/",
        "/manual/writing/",
        "/accounts/password/change/",
    ),
    "Lee": (
        "/scorecards/teams/support-berlin/",
        "/scorecards/me/",
        "/metrics/csat/",
        "/alerts/{alert}/",
        "/notifications/",
        "/surveys/calls/answers/",
        "/surveys/calls/answers/{said}/release/",
    ),
    "Alice": (
        "/scorecards/me/",
        "/objectives/{objective}/",
        "/metrics/win_rate/",
        "/metrics/win_rate/passport/",
        "/data/",
    ),
    "Nora": ("/scorecards/company/", "/data/imports/{import}/"),
    "Adam": (
        "/data/",
        "/people/",
        "/people/new/",
        "/people/{alice}/",
        "/people/teams/",
        "/people/teams/support-berlin/",
        "/settings/",
        "/settings/keys/",
        "/settings/keys/new/",
        "/settings/audit/",
        "/settings/figures/",
        "/settings/redirects/",
        "/settings/erasures/",
        "/settings/erasures/{wish}/",
        "/settings/erasures/person/",
        "/manual/data/",
        "/manual/engines/",
        "/accounts/two-step/",
        "/nowhere/",
    ),
    "": (  # those who have not signed in: customers, and people at the door
        *CUSTOMER_PAGES,
        "/try/{tried}/",
        "/p/{results}/",
        "/accounts/login/",
        "/accounts/password/reset/",
        "/join/{join}/",
    ),
}


def write_places() -> Places:
    """Write rows of every kind and return what their addresses are made of."""
    world = build_world()
    places = {"alice": world.alice.pk} | _surveys(world)
    write_everything(world)
    for part in (_objectives, _made, _told, _data):
        places |= part(world)
    return places


def _objectives(world: World) -> Places:
    goal = objective(world, visibility="team")
    result = key_result(world, goal)
    key_result(
        world,
        goal,
        title="Answer within an hour",
        metric="first_response_time",
        direction="decrease",
        aim=numbers(baseline=7200, target=3600),
    )
    objectives.add_milestones(
        objective=goal,
        title="Launch",
        steps=[Step("Plan"), Step("Try", due_day=goal.cycle.end_day - 1)],
        actor=world.ana,
        now=NOW,
    )
    everywhere = objective(
        world, title="Answer all", team=world.company, actor=world.mona
    )
    key_result(world, everywhere, scope="company", metric="csat", actor=world.mona)
    create_status_rule(
        key_result=result,
        worse_than="on_track",
        delivery=Delivery(),
        actor=world.lee,
        now=NOW,
    )
    evaluate_due(now=NOW)
    return {"objective": goal.pk, "key_result": result.pk}


def _surveys(world: World) -> Places:
    survey = _survey(world, "After a request")
    found = _results(world, survey)
    grace = contact("Grace", customer=customer("Globex", agent=world.alice))
    _, asked = ask(survey, grace)
    # From here on it has faces, colours and questions after the score.
    steps = "Bad\nPoor\nSo so\nGood\nGreat"
    look = Look(Style.FACE, colour="#7a1f5c")
    extras = (WHY, WHERE, WORD)
    change(survey, world, look=look, extras=extras, words={"steps": steps})
    frank = contact("Frank", customer=customer("Initech", agent=world.alice))
    invitation, answered = ask(survey, frank, subject="ticket:T-18")
    thanks = reply(answered, 2).edit_key
    for code in ("de", "ar"):
        reader = contact(f"Reader-{code}", customer=customer(f"House {code}"))
        _, token = ask(survey, reader, subject=f"ticket:{code}")
        found[f"thanks_{code}"] = reply(token, 5, language=code).edit_key
    rule = sending_rule(survey)
    solved()
    solved("T-20", contact="Frank")
    run()
    suppress_by_hand("henry@example.org", actor=world.ana, now=NOW)
    told = {"extra1": ["1"], "extra2": ["1", "3"], "extra3": ["slow"]}
    tell(thanks, comment="", given=told, now=NOW)
    wish = request_erasure(invitation=invitation, now=NOW)
    allow_host("www.example.org", actor=world.adam, now=NOW)
    over = _survey(world, "Last year")
    hugo = contact("Hugo", customer=customer("Hooli", agent=world.bob))
    _, closed = ask(over, hugo, subject="ticket:T-19")
    close(over, actor=world.ana, now=NOW)
    return {
        "asked": asked,
        "answered": answered,
        "closed": closed,
        "shared": shared_address(survey),
        "thanks": thanks,
        "sending_rule": rule.pk,
        "tried": try_token(survey, language="de"),
        "wish": wish.pk,
        "follow_up": FollowUp.objects.get().pk,
        **found,
    }


def _results(world: World, survey: Survey) -> Places:
    """Write what pages of results are made of, before the first answer comes."""
    rule = FollowUpRule.objects.create(survey=survey, name="Low", created_at=NOW)
    theme = save_theme(survey, name="Speed", words="slow", actor=world.ana, now=NOW)
    replies({5: 40, 1: 10}, agent_id=world.alice.pk, comment="A friendly tone")
    calls = replies({5: 10, 2: 30}, agent_id=world.bob.pk, comment="Too slow")
    save_theme(calls, name="Speed", words="slow", actor=world.mona, now=NOW)
    save_theme(calls, name="Price", words="price", actor=world.mona, now=NOW)
    _link, token = make_result_link(
        calls,
        name="For the board",
        span="90",
        days=30,
        with_comments=True,
        access=world.access(world.mona),
        actor=world.mona,
        now=NOW,
    )
    return {
        "bob": world.bob.pk,
        "said": calls.responses.order_by("pk")[0].pk,
        "follow_up_rule": rule.pk,
        "theme": theme.pk,
        "results": token,
    }


def _survey(world: World, name: str) -> Survey:
    made = create_survey(
        name=name,
        kind=Kind.CSAT,
        team=world.support,
        brand="Fjordlight",
        actor=world.ana,
        now=NOW,
    )
    publish(made, actor=world.ana, now=NOW)
    share(made, is_shared=True, actor=world.ana, now=NOW)
    offer_kiosk(made, is_offered=True, actor=world.ana, now=NOW)
    made.refresh_from_db()
    return made


def _made(world: World) -> Places:
    make(ratio(), world.ana)
    take("customer", {"name": "Acme", "region": "North", "owner": "Alice"})
    take("customer", {"name": "Cara", "region": "South", "owner": "Alice"})
    northern = segment("Northern", condition("region", "any_of", "North"))
    acme = Customer.objects.get(name="Acme")
    return {"segment": northern.pk, "customer": acme.pk}


def _told(world: World) -> Places:
    rule = alerts.rule(world)
    alerts.rule(world, world.ana)
    alerts.notice(world.lee, rule=rule)
    return {"alert": rule.pk}


def _data(world: World) -> Places:
    days = {"first_day": date(2025, 1, 1), "last_day": date(2025, 12, 31)}
    figure = {"external_id": "m", "metric": "market_size", "value": 1, **days}
    take("market_figure", figure)
    shop = Source.objects.create(slug="shop", name="Shop")
    run = ImportRun.objects.create(
        record="product", source=shop, state="done", started_at=NOW
    )
    _invitation, join = accounts.invite_user(
        email="new@example.com", name="New", actor=world.adam, now=NOW
    )
    return {
        "figure": MarketFigure.objects.get(metric_key="market_size").pk,
        "import": run.pk,
        "join": join,
    }
