"""Some rows of every fact, with everything that a metric has to leave out.

Day by day from 1 October 2025 to 13 February 2026, the same on every run. Alice and
Bob of Support Berlin and Cleo of Sales North own them; a few belong to nobody.
"""

from datetime import timedelta
from itertools import count
from typing import Any

from crmkpi.accounts.models import Team, User
from crmkpi.crm import models as crm
from crmkpi.crm.models import Channel, Exclusion
from crmkpi.lib.periods import UNDATED
from metrics.engine import refresh
from metrics.models import CustomerPrediction, CustomerStanding, LifetimeFit
from surveys import models as surveys
from tests.metrics import rows
from tests.world import NOW, TODAY, World, day

FIRST = day("2025-10-01")
LEFT_OUT = {3: Exclusion.TEST, 7: Exclusion.SPAM, 11: Exclusion.DUPLICATE}


def write_everything(world: World) -> None:
    """Write the rows and let the engine compute their cells."""
    with rows.remembering():
        _write_rows(world)
    while refresh.work_off_one(now=NOW):
        pass


def _write_rows(world: World) -> None:
    owners = [(world.alice, world.berlin), (world.bob, world.berlin)]
    owners += [(world.cleo, world.north), (None, None)]
    pile = Pile()
    for number, on in enumerate(range(FIRST, TODAY + 1, 2)):
        owner, team = owners[number % 4]
        for build in (
            campaigns,
            deals,
            tickets,
            calls,
            work,
            money,
            loyalty,
            attributed,
            engagement,
            answers,
        ):
            build(pile, number, on, owner, team)
    undated(pile, world)
    pile.write()
    promises(pile)
    predictions(pile)
    standings(pile)
    pile.write()


class Pile:
    """Rows that wait to be written, model by model, parents first."""

    def __init__(self) -> None:
        self.waiting: dict[type[Any], list[Any]] = {}

    def add(self, *some: Any) -> None:
        """Add rows; of each kind every third is of one segment, every third of none.

        Clients take turns the same way, two rows each.
        """
        for row in some:
            others = self.waiting.setdefault(type(row), [])
            segment = ("Small", "Large", None)[len(others) % 3]
            client = ("North Bank", None, "Harbour Air")[len(others) // 2 % 3]
            for column, dimension, name in (
                ("segment", "segment", segment),
                ("acquired_segment", "segment", segment),
                ("client", "client", client),
            ):
                if name and hasattr(row, column):
                    setattr(row, column, rows.member(dimension, name))
            others.append(row)

    def write(self) -> None:
        for some in self.waiting.values():
            rows.put(*some)
        self.waiting = {}


def excluded(number: int) -> int:
    return int(LEFT_OUT.get(number % 13, Exclusion.NONE))


def campaigns(
    pile: Pile, number: int, on: int, owner: User | None, team: Team | None
) -> None:
    """Start a campaign every sixth time; some have ended, some go on."""
    if number % 6 == 0:
        pile.add(
            _fact(
                crm.Campaign,
                name=f"Campaign {number}",
                team=team,
                channel=number % 4,
                started_day=on,
                ended_day=None if number % 4 else on + 15,
                exclusion=excluded(number // 6 + 2),
            )
        )


def attributed(
    pile: Pile, number: int, on: int, owner: User | None, team: Team | None
) -> None:
    """Say of some of the latest rows that they go back to the latest campaign."""
    campaign = pile.waiting[crm.Campaign][-1]
    if number % 3 == 0:
        pile.waiting[crm.Interaction][-3].campaign = campaign
        pile.waiting[crm.Interaction][-2].campaign = campaign
    if number % 3 != 1:
        pile.waiting[crm.Order][-1].campaign = campaign
        pile.waiting[crm.CostShare][-1].campaign = campaign
    if number % 4 == 0:
        pile.waiting[crm.Customer][-1].acquired_campaign = campaign


def engagement(
    pile: Pile, number: int, on: int, owner: User | None, team: Team | None
) -> None:
    """Give each day two figures; some know less, some are no channel's."""
    known = {"day": on, "team": team, "exclusion": excluded(number + 6)}
    pile.add(
        _fact(
            crm.EngagementDay,
            channel=[Channel.SOCIAL, Channel.EMAIL][number % 2],
            reach=None if number % 7 == 0 else 1_000 + number,
            engagements=20 + number,
            active_users=None if number % 3 == 0 else 300 + number,
            **known,
        ),
        _fact(
            crm.EngagementDay,
            channel=Channel.WEB,
            campaign=pile.waiting[crm.Campaign][-1] if number % 2 else None,
            visits=400 + number,
            visitors=None if number % 5 == 0 else 300 + number,
            visit_seconds=None if number % 4 == 0 else 40_000 + 3 * number,
            **known,
        ),
    )


def deals(
    pile: Pile, number: int, on: int, owner: User | None, team: Team | None
) -> None:
    out = excluded(number)
    closed = on + 5 + number % 9 if number % 5 else None
    if closed is not None and closed > TODAY:
        closed = None
    deal = rows.deal(
        owner,
        team,
        opened=on,
        closed=closed,
        won=number % 3 == 0,
        amount=100_000 + 7_919 * number,
        exclusion=out,
        channel=number % 4,
        region=rows.member("region", ["North", "South"][number % 2]),
        competitor="Rival" if number % 4 else "",
        proposed_day=min(on + 2, TODAY) if number % 5 else None,
        proposed_team=team if number % 5 else None,
    )
    pile.add(deal)
    pile.add(
        crm.StageSpell(
            opportunity=deal,
            stage=rows.stage("Talks"),
            agent=owner,
            team=team,
            started_day=on,
            ended_day=closed,
            entered_day=on,
            days=None if closed is None else closed - on,
            before_proposal=number % 2 == 0,
            exclusion=out,
        )
    )
    lead = _fact(
        crm.Lead,
        agent=owner,
        created_day=on,
        created_team=team,
        exclusion=out,
        **(converted(number, on, team) if number % 3 else {}),
    )
    pile.add(lead)
    pile.add(
        crm.LeadSpell(
            lead=lead,
            agent=owner,
            team=team,
            started_day=on,
            ended_day=on + 10 if number % 2 else None,
            exclusion=out,
        )
    )


def converted(number: int, on: int, team: Team | None) -> dict[str, Any]:
    """Return what a lead has that was answered and, sooner or later, converted."""
    return {
        "state": crm.Lead.State.CONVERTED,
        "responded_day": on,
        "responded_team": team,
        "response_seconds": 60 * number if number % 5 else None,
        "closed_day": on + number % 120,
        "closed_team": team,
    }


def tickets(
    pile: Pile, number: int, on: int, owner: User | None, team: Team | None
) -> None:
    out = excluded(number + 1)
    done = on + number % 4
    is_done = done <= TODAY and number % 6 != 0
    extra: dict[str, Any] = {}
    if is_done:
        extra = {
            "status": crm.Ticket.Status.RESOLVED,
            "replied_at": rows.noon(on),
            "replied_day": on,
            "replied_team": team,
            "reply_seconds": 600 + 37 * number,
            "reply_business_seconds": 300 + 37 * number if number % 2 else None,
            "resolved_at": rows.noon(done),
            "resolved_day": done,
            "resolved_team": team,
            "resolution_seconds": 86_400 * (done - on) + 61 * number,
            "customer_contacts": 1 + number % 2,
        }
    ticket = rows.ticket(
        owner,
        team,
        opened=on,
        exclusion=out,
        channel=number % 4,
        is_complaint=number % 5 == 1,
        **extra,
    )
    pile.add(ticket)
    pile.add(
        crm.TicketSpell(
            ticket=ticket,
            status=crm.Ticket.Status.OPEN,
            agent=owner,
            team=team,
            started_day=on,
            ended_day=done if is_done else None,
            channel=ticket.channel,
            exclusion=out,
        )
    )


def calls(
    pile: Pile, number: int, on: int, owner: User | None, team: Team | None
) -> None:
    out = excluded(number + 2)
    caller = _caller() if number % 4 < 2 else None
    is_answered = None if number % 10 == 9 else number % 4 != 1
    pile.add(
        rows.call(
            owner,
            team,
            at=on,
            exclusion=out,
            is_answered=is_answered,
            is_resolved=number % 3 == 0 if is_answered else None,
            wait_seconds=10 + number if is_answered and number % 7 else None,
            talk_seconds=60 + 3 * number if is_answered and number % 8 else None,
            hold_seconds=number % 5 or None,
            wrap_up_seconds=20,
            customer=caller,
            followed_up_day=on + number % 12 if caller and number % 3 else None,
        ),
        rows.call(
            owner,
            team,
            at=on,
            direction=crm.Interaction.Direction.OUTBOUND,
            is_sales=number % 2 == 0,
            exclusion=out,
        ),
        rows.call(owner, team, at=on, channel=Channel.EMAIL, is_answered=None),
    )


def work(
    pile: Pile, number: int, on: int, owner: User | None, team: Team | None
) -> None:
    out = excluded(number + 5)
    for state in crm.AgentTime.State.values:
        pile.add(
            _fact(
                crm.AgentTime,
                agent=owner,
                team=team,
                day=on,
                state=state,
                seconds=600 * state + 97 * number,
                scheduled_seconds=1_200 + 61 * number if state > 2 else None,
                is_planned=number % 5 != 0,
                exclusion=out,
            )
        )
    pile.add(
        _fact(
            crm.ProcessRun,
            agent=owner,
            team=team,
            ended_at=rows.noon(on),
            ended_day=on,
            process=rows.member("process", ["Invoice", "Refund"][number % 2]),
            is_eligible=number % 7 != 0,
            is_finished=number % 11 != 0,
            human_touches=number % 3,
            exclusion=out,
        ),
        _fact(
            crm.MarketFigure,
            metric_key="data_accuracy",
            value=number % 20,
            confirmed=number % 20,
            out_of=20,
            first_day=on,
            end_day=on + 1,
            exclusion=out,
        ),
    )


def money(
    pile: Pile, number: int, on: int, owner: User | None, team: Team | None
) -> None:
    out = excluded(number + 3)
    customer = _fact(
        crm.Customer,
        name=f"Customer {number}",
        agent=owner,
        acquired_day=on,
        acquired_team=team,
        exclusion=out,
    )
    pile.add(customer)
    ended = on + 20 + number if number % 3 == 0 else on + 365
    pile.add(
        crm.CustomerSpell(
            customer=customer, agent=owner, team=team, started_day=on, ended_day=ended
        )
    )
    pile.add(
        rows.order(
            owner,
            team,
            paid=on,
            amount=5_000 + 101 * number,
            customer=customer,
            is_first=number % 2 == 0,
            is_recurring=number % 3 == 0,
            cost_amount=3_000 + number if number % 4 else None,
            is_credited=number % 3 > 0,
            credited_campaign=rows.campaign("Spring") if number % 3 == 1 else None,
            state=number % 9 % 4 if number % 9 < 4 else crm.Order.State.PAID,
            exclusion=out,
        )
    )
    again = rows.order(owner, team, paid=on + 30, amount=2_000, customer=customer)
    if on + 30 <= TODAY:
        pile.add(again)
    cost = _fact(
        crm.Cost, kind=1 + number % 5, amount=1_000, first_day=on, end_day=on + 1
    )
    pile.add(cost)
    pile.add(
        crm.CostShare(
            cost=cost,
            day=on,
            amount=1_000 + number,
            kind=cost.kind,
            team=team,
            campaign=rows.campaign("Spring") if number % 2 else None,
        )
    )


def loyalty(
    pile: Pile, number: int, on: int, owner: User | None, team: Team | None
) -> None:
    """Add to the last customer: who sent it, what more it bought, its contract."""
    customers = pile.waiting[crm.Customer]
    customer = customers[-1]
    if number % 5 == 2:
        customer.referred_by = customers[0]
    sale = crm.Order.Sale.UPSELL if number % 2 else crm.Order.Sale.CROSS_SELL
    if on + 30 <= TODAY and number % 3:
        again = {"paid": on + 30, "amount": 4_000, "sale": sale}
        pile.add(rows.order(owner, team, customer=customer, **again))
    pile.add(
        _fact(
            crm.Contract,
            customer=customer,
            agent=owner,
            kind=number % 2,
            monthly_amount=None if number % 7 == 0 else 1_000 + number,
            started_day=on - 365,
            ended_day=on if number % 4 == 0 else None,
            due_day=on,
            due_team=team,
            renewed_day=on + 10 * (number % 5) if number % 4 else None,
            exclusion=excluded(number + 5),
        )
    )


def answers(
    pile: Pile, number: int, on: int, owner: User | None, team: Team | None
) -> None:
    kind, low, high, top = [("csat", 1, 5, 4), ("nps", 0, 10, 9), ("ces", 1, 7, 5)][
        number % 3
    ]
    version = survey_version(kind, low, high, top)
    at = rows.noon(on)
    invitation = surveys.Invitation(
        survey=version.survey,
        version=version,
        request_key=str(number),
        subject=f"ticket:{pile.waiting[crm.Ticket][-1].external_id}",
        event_day=on,
        agent=owner,
        sent_team=team,
        sent_day=on,
        sent_at=at,
        send_after=at,
        created_at=at,
        is_bounced=number % 8 == 5,
        is_answered=number % 8 < 4,
        exclusion=excluded(number),
    )
    pile.add(invitation)
    response = surveys.Response(
        source=rows.source(),
        external_id=f"answer {number}",
        written_at=NOW,
        survey=version.survey,
        version=version,
        origin=surveys.Response.Origin.IMPORT,
        agent=owner,
        answered_team=team,
        answered_at=at,
    )
    response.save()
    value = low + number // 3 % (high - low + 1)
    pile.add(
        surveys.Answer(
            response=response,
            question=version.questions.get(),
            survey=version.survey,
            kind=kind,
            value=value,
            low=low,
            high=high,
            is_top=value >= top,
            answered_at=at,
            answered_day=on,
            event_day=on,
            answered_team=team,
            agent=owner,
            channel=number % 3,
            exclusion=excluded(number + 4),
        )
    )


def promises(pile: Pile) -> None:
    """Put a kept or missed promise on every ticket that was opened, some for today."""
    for number, ticket in enumerate(crm.Ticket.objects.order_by("pk")):
        decided = min(ticket.opened_day + number % 5, TODAY)
        pile.add(
            crm.SlaClock(
                ticket=ticket,
                kind=number % 2,
                due_at=rows.noon(decided),
                decided_at=rows.noon(decided) + timedelta(hours=1),
                decided_day=decided,
                is_met=number % 4 != 0,
                agent=ticket.agent,
                team=ticket.opened_team,
                exclusion=ticket.exclusion,
            )
        )


def predictions(pile: Pile) -> None:
    """Predict what every third customer will do, at the end of 2025 and yesterday."""
    for number, as_of in enumerate((day("2025-12-31"), TODAY - 1)):
        fit = LifetimeFit.objects.create(
            as_of_day=as_of, fitted_at=NOW, customers=300, weeks=30
        )
        known = crm.Customer.objects.filter(acquired_day__lt=as_of).order_by("pk")
        for one in known[::3]:
            pile.add(
                CustomerPrediction(
                    fit=fit,
                    customer=one,
                    as_of_day=as_of,
                    agent=one.agent,
                    team=one.acquired_team,
                    is_active=one.pk % 5 > 0,
                    expected_purchases=one.pk % 4,
                    alive_share=9_000,
                    gone_share=one.pk * 977 % 10_001,
                    value=None if one.pk % 7 == number else 1_000 + one.pk,
                )
            )


def standings(pile: Pile) -> None:
    """Look at every second customer at the end of 2025 and yesterday."""
    for as_of in (day("2025-12-31"), TODAY - 1):
        known = crm.Customer.objects.filter(acquired_day__lt=as_of).order_by("pk")
        for one in known[::2]:
            weight = 60 + one.pk % 3 * 20
            pile.add(
                CustomerStanding(
                    customer=one,
                    as_of_day=as_of,
                    agent=one.agent,
                    team=one.acquired_team,
                    recency=one.pk % 5 * 25,
                    complaints=100,
                    weight=weight,
                    points=weight * (one.pk % 100),
                )
            )


def undated(pile: Pile, world: World) -> None:
    """Deals of which nobody knows when they were opened."""
    for _number in range(4):
        deal = rows.deal(world.alice, world.berlin, opened=UNDATED)
        pile.add(deal)
        pile.add(
            crm.StageSpell(
                opportunity=deal,
                stage=rows.stage("Talks"),
                agent=world.alice,
                team=world.berlin,
                started_day=UNDATED,
            )
        )


def survey_version(kind: str, low: int, high: int, top: int) -> surveys.SurveyVersion:
    """Return the published version of the survey of a kind, made when missing."""
    found = surveys.SurveyVersion.objects.filter(survey__slug=kind).first()
    if found is not None:
        return found
    company = Team.objects.get(parents__isnull=True, name="Company")
    survey = surveys.Survey.objects.create(
        slug=kind, name=kind.upper(), kind=kind, team=company, created_at=NOW
    )
    version = surveys.SurveyVersion.objects.create(
        survey=survey, number=1, content={}, content_hash="", published_at=NOW
    )
    surveys.Question.objects.create(
        version=version, key="score", kind=kind, low=low, high=high, top_from=top
    )
    return version


def _caller() -> crm.Customer:
    """Return the customer who calls again and again, made when missing."""
    made = {"name": "Caller", "written_at": NOW}
    found, _new = crm.Customer.objects.get_or_create(
        source=rows.source(), external_id="caller", defaults=made
    )
    return found


_numbers = count(1)


def _fact(model: type[Any], **fields: Any) -> Any:
    known = {
        "source": rows.source(),
        "external_id": f"{model._meta.model_name} {next(_numbers)}",
        "written_at": NOW,
    }
    return model(**known | fields)
