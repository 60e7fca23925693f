"""Campaigns, what customer work costs, and what the channels reach."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from random import Random

from crmkpi.lib.periods import Calendar, Grain, Period, from_day
from objectives.demo import organisation as org
from objectives.demo.story import SALES, SHOP, Story, at, busy, day_of, draw, is_holiday

Row = dict[str, object]

CAMPAIGNS = (  # name, channel, first month, months, cost a day
    ("Light for winter", "email", 10, 3, 95),
    ("Desk week", "social", 2, 1, 210),
    ("Architects' letter", "email", 4, 2, 60),
    ("Summer terraces", "social", 6, 2, 140),
    ("Back to the office", "web", 8, 2, 180),
)
ENGAGEMENT = {  # channel: reach a day, share that reacts, visits a day
    "email": (2600, 0.034, 0),
    "social": (5400, 0.021, 0),
    "web": (0, 0.0, 1450),
    "app": (900, 0.38, 0),
}
# Euros a working month: kind, team, first and yearly growing.
MONTHLY = (
    ("sales", org.SALES_NORTH, 11_800),
    ("sales", org.SALES_SOUTH, 11_400),
    ("sales", org.INSIDE_SALES, 9_900),
    ("retention", org.RENEWALS, 12_600),
    ("retention", org.ONBOARDING, 8_200),
    ("service", org.SERVICE_BERLIN, 23_500),
    ("service", org.SERVICE_HAMBURG, 22_800),
    ("service", org.TECHNICAL, 18_900),
    ("crm system", "", 4_100),
)
PEERS = (("Helios Lighting", 79), ("Candela Nord", 83), ("Halo & Sons", 76))
# What the panel tells of them beside CSAT: NPS, and seconds to the first reply.
PEER_NPS = (24, 35, 18)
PEER_SECONDS = (21_600, 16_200, 27_000)
BRAND_LEVELS = (
    ("brand_awareness", 46),
    ("brand_preference", 31),
    ("brand_price_premium", 12),
)


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign of so many days, `last` included."""

    id: str
    name: str
    channel: str
    first: int
    last: int
    daily_cost: int

    @property
    def moments(self) -> tuple[datetime, ...]:
        return (at(self.first, 0),)

    def row(self, as_of: datetime) -> Row:
        # Nobody says beforehand when a campaign will have ended.
        over = day_of(as_of) > self.last
        return {
            "external_id": self.id,
            "name": self.name,
            "channel": self.channel,
            "started": from_day(self.first),
            "ended": from_day(self.last) if over else None,
        }


def campaigns(story: Story, until: int) -> list[Campaign]:
    """Return the campaigns that had begun by a day, oldest first."""
    found = []
    for year in range(from_day(story.start).year, from_day(until).year + 1):
        for name, channel, month, months, cost in CAMPAIGNS:
            first = _month_start(year, month)
            last = _month_start(year, month + months) - 1
            key = f"{name.split()[0].lower()}-{year}"
            found.append(Campaign(key, f"{name} {year}", channel, first, last, cost))
    return sorted(
        (each for each in found if each.first <= until), key=lambda each: each.first
    )


class Airtime:
    """Which campaigns are running on a day."""

    def __init__(self, running: list[Campaign]) -> None:
        self._campaigns = running

    def on(self, day: int) -> list[Campaign]:
        return [each for each in self._campaigns if each.first <= day <= each.last]

    def pick(self, rng: Random, day: int, chance: float) -> Campaign | None:
        """Return the campaign that something goes back to, with that chance."""
        running = self.on(day)
        hit = rng.random() < chance
        return rng.choice(running) if running and hit else None


def costs(story: Story, as_of: datetime) -> Iterator[tuple[Row, int]]:
    """Return costs with the last day that each is for.

    A month or campaign that is not over has cost what its days so far have.
    """
    today = day_of(as_of)
    for month in Calendar().periods(story.start, today + 1, Grain.MONTH):
        last = min(month.end - 1, today)
        share = Decimal(last - month.start + 1) / month.days
        years = Decimal(month.start - story.start) / 365
        for kind, team, euros in MONTHLY:
            amount = euros * share * (1 + years * Decimal("0.035"))
            row = _cost(f"{kind} {team}".strip(), kind, amount, month.start, last)
            yield row | {"team": team or None}, last
    for campaign in campaigns(story, today):
        last = min(campaign.last, today)
        amount = Decimal(campaign.daily_cost * (last - campaign.first + 1))
        row = _cost(campaign.id, "marketing", amount, campaign.first, last)
        yield row | {"campaign": campaign.id}, last


def engagement(story: Story, since: int, until: int) -> Iterator[Row]:
    """Return what each channel reached on the days from `since` to before `until`."""
    for day in range(since, until):
        for channel, (reach, reacting, visits) in ENGAGEMENT.items():
            yield _engagement(story, channel, day, reach, reacting, visits)


def market_figures(story: Story, until: int) -> Iterator[tuple[Row, int]]:
    """Return figures from outside with the day on which each was published."""
    for quarter in Calendar().periods(story.start, until, Grain.QUARTER):
        rng = draw("market", quarter.start)
        published = quarter.end + 20
        if published > until:
            continue
        size = 38_000_000 + 900_000 * (quarter.start - story.start) / 91
        figures = [("market_size", "", Decimal(round(size, -4)), "EUR")]
        for peer, level in PEERS:
            share = Decimal(str(round(rng.gauss(level, 1.2), 1)))
            figures.append(("csat", peer, share, "%"))
        for component, level in BRAND_LEVELS:
            found = Decimal(str(round(rng.gauss(level, 1.5), 1)))
            figures.append((component, "", found, "%"))
        figures += _of_peers(quarter)
        for metric, subject, value, unit in figures:
            name = "-".join(filter(None, (metric, subject.lower().replace(" ", "-"))))
            yield (
                {
                    "external_id": f"{name}-{quarter.key}",
                    "metric": metric,
                    "subject": subject,
                    "value": value,
                    "unit": unit,
                    "first_day": from_day(quarter.start),
                    "last_day": from_day(quarter.end - 1),
                    "origin": "Lighting trade panel",
                },
                published,
            )
        yield _audit(quarter, rng), published


def _of_peers(quarter: Period) -> Iterator[tuple[str, str, Decimal, str]]:
    rng = draw("peers", quarter.start)
    levels = zip(PEERS, PEER_NPS, PEER_SECONDS, strict=True)
    for (peer, _csat), score, seconds in levels:
        yield "nps", peer, Decimal(round(rng.gauss(score, 2))), ""
        reply = Decimal(round(rng.gauss(seconds, 900)))
        yield "first_response_time", peer, reply, "s"


def _audit(quarter: Period, rng: Random) -> Row:
    """Return how many of 120 fields of customers a call-back found right."""
    checked_on = from_day(quarter.end - 10)
    return {
        "external_id": f"audit-{quarter.key}",
        "metric": "data_accuracy",
        "subject": "customer",
        "value": Decimal(min(120, round(rng.gauss(110, 3)))),
        "out_of": 120,
        "unit": "",
        "first_day": checked_on,
        "last_day": checked_on,
        "origin": "Call-back of 30 customers",
    }


def _engagement(
    story: Story, channel: str, day: int, reach: int, reacting: float, visits: int
) -> Row:
    rng = draw("engagement", channel, day)
    season = busy(SALES if channel == "email" else SHOP, day) * story.grown(day)
    if channel == "email" and is_holiday(day):
        season = 0.0
    reached = max(0, round(reach * season * rng.uniform(0.85, 1.15)))
    visited = max(0, round(visits * season * rng.uniform(0.9, 1.1)))
    row: Row = {
        "external_id": f"{channel}-{from_day(day):%y%m%d}",
        "channel": channel,
        "day": from_day(day),
    }
    if reach:
        row["reach"] = reached
        row["engagements"] = round(reached * reacting * rng.uniform(0.8, 1.2))
    if visits:
        row["visits"] = visited
        row["visit_seconds"] = visited * rng.randint(95, 150)
        row["visitors"] = round(visited * rng.uniform(0.74, 0.82))
    if channel == "app":
        row["active_users"] = round(reached * rng.uniform(0.55, 0.7))
    return row


def _cost(name: str, kind: str, amount: Decimal, first: int, last: int) -> Row:
    return {
        "external_id": f"{name.lower().replace(' ', '-')}-{from_day(first):%y%m}",
        "kind": kind,
        "description": name[:1].upper() + name[1:],
        "campaign": None,
        "team": None,
        "amount": amount.quantize(Decimal("0.01")),
        "first_day": from_day(first),
        "last_day": from_day(last),
    }


def _month_start(year: int, month: int) -> int:
    years, rest = divmod(month - 1, 12)
    first = date(year + years, rest + 1, 1)
    return Calendar().start_of((first - date(1970, 1, 1)).days, Grain.MONTH)
