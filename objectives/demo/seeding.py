"""Loads Fjordlight into an empty database and tells it on, day after day.

Every step may be done again: rows keep their ids, so what an interrupted run has
written stays and the next run completes it. The audit log remembers which story is
told and up to when.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from crmkpi.accounts.audit import write_event
from crmkpi.accounts.models import AuditEvent
from crmkpi.crm.ingest.registry import RECORDS
from crmkpi.crm.models import ImportRun
from crmkpi.lib.periods import from_day, to_day
from metrics import analytics
from metrics import services as metrics
from metrics.analytics.models import CustomerStanding, LifetimeFit
from metrics.analytics.services import fit_if_due, fit_lifetimes
from metrics.analytics.standings import take_if_due, take_standings
from metrics.engine.snapshots import turn_the_day
from objectives.demo import (
    asking,
    founding,
    goals,
    loading,
    segments,
    sending,
    showroom,
)
from objectives.demo import organisation as org
from objectives.demo.story import Story, at, day_of
from objectives.demo.world import SHOP, World

BEGUN, TOLD = "demo.begun", "demo.told"
LATE_FILE = "partner-orders-late.csv"
PREDICTED_MONTHS = 3
LATE_BY = timedelta(days=7)  # before now: when the late rows came
PAUSE = timedelta(minutes=30)  # in which too little happens to tell it

Say = Callable[[str], None]


@dataclass(frozen=True)
class Told:
    """The story in the database, and up to when it is complete (None: nowhere)."""

    story: Story
    until: datetime | None


def told() -> Told | None:
    """Return what is told of Fjordlight in this database. Queries: 2."""
    begun = AuditEvent.objects.filter(action=BEGUN).order_by("-pk").first()
    if begun is None:
        return None
    last = AuditEvent.objects.filter(action=TOLD, pk__gt=begun.pk)
    event = last.order_by("-at", "-pk").first()
    story = Story(begun.detail["month_day"], begun.detail["scale"])
    return Told(story, event.at if event else None)


def is_empty() -> bool:
    """Whether nothing has been imported or measured yet."""
    models = [record.model for record in RECORDS.values() if record.model]
    return not any(model._default_manager.exists() for model in models)


def load(*, now: datetime, scale: float, password: str, say: Say) -> None:
    """Tell the whole story up to an instant, or take up where a run was interrupted.

    Time: an interrupted run is completed as the story it began with.
    """
    known = told()
    story = known.story if known else Story.told_on(day_of(now), scale=scale)
    if known is None:
        _note(BEGUN, now, month_day=story.month, scale=scale)
    say("Founding the organisation")
    founding.found(story, now=now)
    founding.open_doors(password, now=now)
    world = World(story, now)
    with metrics.filling():
        loading.import_world(world, say=say)
        asked = asking.bring_in(world)
        say(f"survey invitations: {asked} new")
        visits = showroom.bring_in(world)
        say(f"anonymous answers: {visits} new")
        segments.make_segments(story)
        moved = segments.turn_months(story, now=now)
        say(f"segments: {moved} customers came in or left")
        _follow_rules(world, say)
    say("Computing figures")
    metrics.rebuild(now=now, progress=_progress(say))
    say("Predicting what customers will do")
    predict(now=now)
    metrics.drain(now=now)
    say("Closing last quarter's objectives")
    goals.set_past_goals(now=now)
    say("Importing what partners reported late")
    import_late(world)
    metrics.drain(now=now)
    _finish(world, say)


def top_up(known: Told, *, now: datetime, say: Say) -> None:
    """Tell what has happened since the story was told last."""
    world = World(known.story, now, since=known.until)
    loading.import_world(world, say=say)
    asking.bring_in(world)
    showroom.bring_in(world)
    segments.turn_months(known.story, now=now)
    _follow_rules(world, say)
    say("Computing figures")
    fit_if_due(now=now)
    take_if_due(now=now)
    metrics.drain(now=now, progress=_progress(say))
    turn_the_day(now=now)
    _finish(world, say)


def _follow_rules(world: World, say: Say) -> None:
    mails = sending.follow_rules(world)
    if mails:
        say(f"survey mails by rules: {mails}")


def _finish(world: World, say: Say) -> None:
    now = world.as_of
    mails = asking.mail_some(world)
    if mails:
        say(f"survey mails with open links: {mails}")
    asking.share_one(now=now)
    say("Setting objectives and judging them")
    objectives = goals.set_goals(now=now)
    metrics.drain(now=now)
    goals.judge_days(objectives, now=now)
    _note(TOLD, now)


def predict(*, now: datetime) -> None:
    """Look at customers as of the ends of the last months and, when due, of yesterday.

    What has been looked at stays, so a second run adds nothing. Without the extra
    `analytics` there are no predictions, and their cards say so.
    """
    end = day_of(now) - 1
    ends = []
    for _month in range(PREDICTED_MONTHS):
        end = to_day(from_day(end).replace(day=1)) - 1
        ends.append(end)
    looked_at = set(CustomerStanding.objects.values_list("as_of_day", flat=True))
    fitted = set(LifetimeFit.objects.values_list("as_of_day", flat=True))
    for end in sorted(ends):
        if end not in looked_at:
            take_standings(as_of=end, now=now)
        if end not in fitted and analytics.is_installed():
            fit_lifetimes(as_of=end, now=now)
    take_if_due(now=now)
    fit_if_due(now=now)


def import_late(world: World) -> None:
    """Import last quarter's late orders, as of a day after its objectives closed."""
    if ImportRun.objects.filter(
        file_name=LATE_FILE, state=ImportRun.State.DONE
    ).exists():
        return
    after_close = at(world.story.quarter + 2, 9 * 60)
    arrived = min(world.as_of, max(world.as_of - LATE_BY, after_close))
    loading.import_rows(
        "order", world.late_orders(), source=SHOP, now=arrived, file_name=LATE_FILE
    )


def _note(action: str, now: datetime, **detail: object) -> None:
    write_event(action, subject=org.NAME, actor=None, now=now, **detail)


def _progress(say: Say) -> metrics.Progress:
    """Return what says how far a computation is, at every fifth of the way."""
    said: set[tuple[str, int]] = set()

    def progress(what: str, done: int, of: int) -> None:
        step = (what, 5 * done // max(1, of))
        if step not in said:
            said.add(step)
            say(f"{what}: {done} of about {of}")

    return progress
