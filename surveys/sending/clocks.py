"""The two clocks against fatigue: one for each survey, one across all of them."""

from bisect import bisect_right, insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import F, Q

from crmkpi.lib.bulk import KeysIn
from surveys.models import Invitation, SendingLimits

State = Invitation.State
Skip = Invitation.Skip
DAILY_CAP = 2  # for one person, whatever the clocks say
DAY = timedelta(days=1)
NOT_ASKED = (State.SKIPPED, State.CANCELLED, State.FAILED, State.BOUNCED)

Key = str | int  # the hash of an address or number, or the id of a contact


@dataclass
class Clocks:
    """When people were asked, by one survey and by any; one person may have keys.

    An address and a contact are both looked at, so that a mail and a text message to
    one contact, or two contacts behind one address, count together.
    """

    cooldown: timedelta  # of the survey
    rest: timedelta  # across surveys
    _any: dict[Key, list[datetime]] = field(default_factory=dict)
    _own: dict[Key, list[datetime]] = field(default_factory=dict)

    def note(self, keys: Iterable[Key], at: datetime, *, is_own: bool) -> None:
        """Remember that somebody was asked."""
        for key in keys:
            insort(self._any.setdefault(key, []), at)
            if is_own:
                insort(self._own.setdefault(key, []), at)

    def reason(self, keys: Sequence[Key], at: datetime) -> Skip | None:
        """Return why somebody is not asked at an instant.

        Time: asked exactly a whole span ago, somebody is asked again.
        """
        if _count(self._own, keys, at, self.cooldown):
            return Skip.RECENT
        if _count(self._any, keys, at, self.rest):
            return Skip.RECENT_ANY
        if _count(self._any, keys, at, DAY) >= DAILY_CAP:
            return Skip.DAILY
        return None


def _count(
    asked: dict[Key, list[datetime]],
    keys: Sequence[Key],
    at: datetime,
    span: timedelta,
) -> int:
    """Return how often the busiest of the keys was asked in the span up to now."""
    counts = [0]
    for key in keys:
        times = asked.get(key, [])
        counts.append(bisect_right(times, at) - bisect_right(times, at - span))
    return max(counts)


def load_clocks(
    survey_id: int,
    *,
    cooldown_days: int,
    rest_days: int,
    since: datetime,
    hashes: Iterable[str],
    contact_ids: Iterable[int],
    without_rule: int | None = None,
) -> Clocks:
    """Return the clocks of a survey for these people, from an instant on.

    Invitations of one rule can be left out, to try it anew.

    Queries: 2
    """
    clocks = Clocks(timedelta(days=cooldown_days), timedelta(days=rest_days))
    from_day = since - max(clocks.cooldown, clocks.rest, DAY)
    asked = Invitation.objects.exclude(state__in=NOT_ASKED).filter(
        created_at__gt=from_day
    )
    if without_rule is not None:
        asked = asked.filter(~Q(rule_id=without_rule) | Q(rule_id=None))
    found: dict[int, tuple[int, datetime, set[Key]]] = {}
    for column, keys in (
        ("address_hash", sorted(set(hashes) - {""})),
        ("contact_id", sorted(set(contact_ids))),
    ):
        if not keys:
            continue
        wanted = [(key,) for key in keys]
        rows = asked.filter(Q(KeysIn([F(column)], wanted)))
        for pk, of, at, key in rows.values_list(
            "pk", "survey_id", "created_at", column
        ):
            found.setdefault(pk, (of, at, set()))[2].add(key)
    for of, at, keys_of in found.values():
        clocks.note(keys_of, at, is_own=of == survey_id)
    return clocks


def keys_of(address_hash: str, contact_id: int | None) -> list[Key]:
    """Return what somebody is known under; nothing for nobody in particular."""
    keys: list[Key] = [address_hash] if address_hash else []
    return [*keys, contact_id] if contact_id else keys


def rest_days() -> int:
    """Return the days between any two surveys to the same person. Queries: 1."""
    found = SendingLimits.objects.filter(pk=1).values_list("rest_days", flat=True)
    default: int = SendingLimits._meta.get_field("rest_days").default
    return next(iter(found), default)


def locked_rest_days() -> int:
    """Return the same while nobody else invites: two surveys must not ask at once."""
    limits, _made = SendingLimits.objects.select_for_update().get_or_create(pk=1)
    return limits.rest_days
