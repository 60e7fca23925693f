"""What happened: dated notes on a trend, and which signals still wait for one."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from crmkpi.accounts.access import Access
from crmkpi.accounts.models import User
from crmkpi.accounts.queries import access_of, get_organisation, today
from crmkpi.lib.periods import FIRST_DAY, Period, from_day, to_day
from metrics.alerts.models import TrendNote
from metrics.alerts.readers import manages
from metrics.custom.errors import BadInput, Faults, Refused
from metrics.scopes import Scope, ScopeKey, is_plain
from metrics.trends import Point, Trend

LONGEST = 200


@dataclass(frozen=True)
class Note:
    """A note as the page of a metric shows it."""

    pk: int
    at: int  # position of its period in the trend
    day: date
    text: str
    author: str


@dataclass(frozen=True)
class Prompt:
    """A closed period that is a signal and that nobody has said anything about."""

    period: Period
    is_above: bool

    @property
    def day(self) -> date:
        return self.period.first_date


@dataclass(frozen=True)
class Row:
    """A line of the table beside the chart."""

    point: Point
    is_signal: bool
    notes: list[Note]


@dataclass(frozen=True)
class Notes:
    """The notes on a trend, and what its managers are asked to say."""

    notes: list[Note]
    may_write: bool
    prompt: Prompt | None  # the latest signal without a note

    @property
    def is_shown(self) -> bool:
        return self.may_write or bool(self.notes)

    @property
    def marks(self) -> list[dict[str, object]]:
        """Return what charts.js draws: where, and the notes there as one text."""
        by_place: dict[int, list[str]] = {}
        for note in self.notes:
            by_place.setdefault(note.at, []).append(short(note.text))
        return [{"at": at, "label": "; ".join(texts)} for at, texts in by_place.items()]

    def rows(self, trend: Trend) -> list[Row]:
        """Return the points of a trend with what was noted of each."""
        signals = trend.limits.signals if trend.limits else {}
        return [
            Row(point, at in signals, [note for note in self.notes if note.at == at])
            for at, point in enumerate(trend.points)
        ]


def short(text: str, most: int = 28) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def notes_on(trend: Trend, *, metric: str, scope: ScopeKey, access: Access) -> Notes:
    """Return the notes on a trend and the signal that waits for one.

    Queries: 1, and 1 for managers where `manages` asks.
    """
    if not trend.points:
        return Notes([], False, None)
    first, end = trend.points[0].period.start, trend.points[-1].period.end
    stored = TrendNote.objects.on(metric, scope).filter(day__gte=first, day__lt=end)
    found = [
        Note(
            note.pk,
            _place(trend, note.day),
            from_day(note.day),
            note.text,
            str(note.author or ""),
        )
        for note in stored.select_related("author")
    ]
    may_write = manages(scope, access)
    said = {note.at for note in found}
    prompt = _prompt(trend, said) if may_write else None
    return Notes(found, may_write, prompt)


def _place(trend: Trend, day: int) -> int:
    places = (at for at, point in enumerate(trend.points) if day in point.period)
    return next(places)


def _prompt(trend: Trend, said: set[int]) -> Prompt | None:
    signals = trend.limits.signals if trend.limits else {}
    waiting = [at for at in signals if at not in said]
    if not waiting:
        return None
    last = max(waiting)
    return Prompt(trend.points[last].period, signals[last])


@transaction.atomic
def add_note(
    *,
    metric: str,
    scope: Scope,
    day: date | None,
    text: str,
    actor: User,
    now: datetime,
) -> TrendNote:
    """Note what happened on a day.

    Raises: Refused for who does not manage the scope; BadInput with a sentence for
    each field.
    """
    on = today(now, get_organisation())
    if not manages(scope.key, access_of(actor, day=on)):
        raise Refused(_("Only who manages these people may note what happened."))
    faults: Faults = {}
    said = " ".join(text.split())
    if not said or not is_plain(said):
        faults["text"] = _("Write what happened.")
    elif len(said) > LONGEST:
        faults["text"] = _("Use at most 200 characters.")
    if day is None or not FIRST_DAY <= to_day(day) <= on:
        faults["day"] = _("Choose a day up to today.")
    if faults or day is None:
        raise BadInput(faults)
    return TrendNote.objects.create(
        metric=metric,
        cut=scope.key.cut,
        member=scope.key.member,
        other=scope.key.other,
        day=to_day(day),
        text=said,
        author=actor,
        at=now,
    )


@transaction.atomic
def delete_note(*, note: TrendNote, actor: User, now: datetime) -> None:
    """Take a note back. Raises: Refused for who does not manage the scope."""
    on = today(now, get_organisation())
    scope = ScopeKey(note.cut, note.member, note.other)
    if not manages(scope, access_of(actor, day=on)):
        raise Refused(_("Only who manages these people may note what happened."))
    note.delete()
