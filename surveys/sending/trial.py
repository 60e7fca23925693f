"""What a rule would have done lately, from the rows there are; nothing is written."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crmkpi.accounts.queries import get_organisation
from crmkpi.accounts.teams import TeamDirectory
from crmkpi.crm.models import Contact
from crmkpi.lib.bulk import KeysIn
from crmkpi.lib.periods import local_day
from surveys.models import Invitation, Means, SendingRule
from surveys.sending.clocks import load_clocks, rest_days
from surveys.sending.conditions import Conditions, concerns
from surveys.sending.events import due_time
from surveys.sending.happenings import BY_EVENT, Happening
from surveys.sending.hours import next_send_time
from surveys.sending.people import Person, people_for
from surveys.sending.periods import turns
from surveys.sending.sampling import is_sampled
from surveys.services.invitations import Recipient, skip_reason
from surveys.services.suppressions import stops

DAYS = 30
AT_MOST = 20_000  # events; more take too long for a page
Skip = Invitation.Skip


@dataclass(frozen=True)
class Trial:
    """How many a rule would have asked, and why not the others."""

    sent: int
    skips: tuple[tuple[str, int], ...]  # the reason in words, the most frequent first
    is_cut: bool = False  # there were more events than could be looked at

    @property
    def skipped(self) -> int:
        return sum(n for _reason, n in self.skips)

    @property
    def sentence(self) -> str:
        """Return the result in words.

        Example: "It would have sent 214 in the last 30 days and skipped 61."
        """
        if not self.sent and not self.skipped:
            words = _("In the last %(days)d days nothing would have been asked about.")
            return words % {"days": DAYS}
        words = ngettext(
            "It would have sent %(sent)d invitation in the last %(days)d days and "
            "skipped %(skipped)d.",
            "It would have sent %(sent)d invitations in the last %(days)d days and "
            "skipped %(skipped)d.",
            self.sent,
        )
        return words % {"sent": self.sent, "skipped": self.skipped, "days": DAYS}


def trial(rule: SendingRule, *, now: datetime) -> Trial | None:
    """Return what a rule, stored or not, would have done in the last 30 days.

    Its own invitations are left out of the clocks, so that a rule that is on is tried
    as if it had begun 30 days ago. Suppressions are those of today.

    Empty: None for rules that wait for another system.
    Queries: constant in the number of events.
    """
    if rule.event == SendingRule.Event.API:
        return None
    organisation = get_organisation()
    since = now - timedelta(days=DAYS)
    happened, is_cut = _happened(rule, since=since, now=now, zone=organisation.zone)
    people = people_for(
        {(each.customer_id, each.contact_id) for each in happened},
        means=rule.means,
        zone=organisation.zone,
    )
    planned = sorted(
        (
            (_leaves(rule, what, person), what.subject, what, person)
            for what in happened
            for person in [people[what.customer_id, what.contact_id]]
        ),
        key=lambda each: each[:2],
    )
    reasons = _judge(rule, planned, since=since, now=now)
    counts = Counter(reason for reason in reasons if reason is not None)
    return Trial(
        sent=len(reasons) - counts.total(),
        skips=tuple((str(Skip(key).label), n) for key, n in counts.most_common()),
        is_cut=is_cut,
    )


Planned = tuple[datetime, str, Happening, Person]


def _happened(
    rule: SendingRule, *, since: datetime, now: datetime, zone: str
) -> tuple[list[Happening], bool]:
    """Return the events that the rule is about, and whether there were too many."""
    teams, conditions = TeamDirectory.load(), Conditions.from_json(rule.conditions)
    first, last = local_day(since, zone), local_day(now, zone)
    kind = BY_EVENT.get(rule.event)
    if kind is None:
        chunks = turns(rule, first=first + 1, last=last, zone=zone)
        found = [what for chunk in chunks for what in chunk]
    else:
        wanted = kind.between(since, now, first + 1, last)
        rows = kind.model._base_manager.filter(wanted, exclusion=0).order_by("pk")
        read = (kind.read(row, zone) for row in rows.values()[: AT_MOST + 1].iterator())
        found = [what for what in read if what is not None]
    about = [
        what
        for what in islice(found, AT_MOST)
        if concerns(conditions, what, team_id=rule.survey.team_id, teams=teams)
    ]
    return about, len(found) > AT_MOST


def _leaves(rule: SendingRule, what: Happening, person: Person) -> datetime:
    return next_send_time(
        due_time(rule, what),
        zone=person.zone,
        start=rule.send_from,
        end=rule.send_until,
    )


def _judge(
    rule: SendingRule, planned: Sequence[Planned], *, since: datetime, now: datetime
) -> list[Skip | None]:
    """Return for each event in order of time why nobody would have been asked."""
    recipients = [_recipient(rule, person) for _at, _key, _what, person in planned]
    hashes = [each.hashed for each in recipients]
    contacts = {each.contact_id for each in recipients if each.contact_id}
    stopped = stops(hashes, now=now)
    erased = set(
        Contact.objects.filter(
            KeysIn([F("pk")], [(key,) for key in contacts]), erased_at__isnull=False
        ).values_list("pk", flat=True)
    )
    clocks = load_clocks(
        rule.survey_id,
        cooldown_days=rule.survey.cooldown_days,
        rest_days=rest_days(),
        since=since,
        hashes=hashes,
        contact_ids=contacts,
        without_rule=rule.pk,
    )
    reasons: list[Skip | None] = []
    for (at, _key, _what, person), recipient, hashed in zip(
        planned, recipients, hashes, strict=True
    ):
        if not is_sampled(rule.survey_id, person.known_as, percent=rule.sample_percent):
            reasons.append(Skip.SAMPLE)
            continue
        reason = skip_reason(
            recipient,
            hashed,
            is_erased=recipient.contact_id in erased,
            stopped=stopped,
            clocks=clocks,
            at=at,
        )
        reasons.append(reason)
    return reasons


def _recipient(rule: SendingRule, person: Person) -> Recipient:
    return Recipient(
        address=person.address,
        phone=person.phone,
        means=Means(rule.means),
        contact_id=person.contact_id,
    )
