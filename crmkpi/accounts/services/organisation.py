"""The organisation: set up once, its settings changed with care."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import available_timezones

from django.apps import apps as installed_apps
from django.apps.registry import Apps
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crmkpi.accounts import signals
from crmkpi.accounts.audit import write_event
from crmkpi.accounts.models import Holiday, Organisation, User
from crmkpi.accounts.services.errors import BadSetting, CurrencyLocked
from crmkpi.lib.business_time import HoursError, hours_from_json
from crmkpi.lib.periods import FIRST_DAY, LAST_DAY

ROOT_NAME, ROOT_SLUG = "Company", "company"
# What the stored days and durations of facts, or the periods of figures, rest on.
CALENDAR_FIELDS = ("zone", "week_start", "fiscal_month", "business_hours")


def ensure_organisation(*, using: str, apps: Apps = installed_apps) -> None:
    """Create the organisation and its root team where they are missing.

    Runs after every migration, so it works on the models as migrations know them.
    """
    try:
        organisation = apps.get_model("accounts", "Organisation")
    except LookupError:
        return  # migrated back to nothing
    team = apps.get_model("accounts", "Team")
    edge = apps.get_model("accounts", "TeamEdge")
    with transaction.atomic(using=using):
        org, _new = organisation._base_manager.using(using).get_or_create(
            pk=1, defaults={"name": "My organisation"}
        )
        if org.root_team_id:
            return
        root, _new = team._base_manager.using(using).get_or_create(
            slug=ROOT_SLUG, defaults={"name": ROOT_NAME}
        )
        edge._base_manager.using(using).get_or_create(descendant=root, ancestor=root)
        org.root_team = root
        org.save(using=using, update_fields=["root_team"])


@transaction.atomic
def update_organisation(
    *,
    actor: User | None,
    now: datetime,
    holidays: Collection[tuple[int, str]] | None = None,
    **changes: Any,
) -> Organisation:
    """Change settings of the organisation; what is not named stays.

    Shape: changes are fields of Organisation; holidays is the whole list of
    `(day, name)`. calendar_version moves with zone, calendar, hours and holidays, and
    calendar_changed is sent: stored days and durations must then be worked out anew.
    Raises: BadSetting naming the field; CurrencyLocked once amounts are stored.
    """
    org = Organisation.objects.select_for_update(of=("self",)).get(pk=1)
    changed = differing(org, changes)
    check_settings(changed, holidays)
    before = {name: getattr(org, name) for name in changed}
    for name, value in changed.items():
        setattr(org, name, value)
    moved = {name for name in CALENDAR_FIELDS if name in changed}
    if holidays is not None and _replace_holidays(holidays):
        moved.add("holidays")
    if moved:
        org.calendar_version += 1
    if changed or moved:
        org.save()
        write_event(
            "organisation.updated",
            subject=org,
            actor=actor,
            now=now,
            before=before,
            after=changed,
            holidays="holidays" in moved,
        )
    if moved:
        signals.calendar_changed.send(
            sender=Organisation, fields=moved, before=before, now=now
        )
    return org


def differing(org: Organisation, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the changes that are not settings already."""
    return {
        name: value for name, value in changes.items() if getattr(org, name) != value
    }


def check_settings(
    changed: Mapping[str, Any], holidays: Collection[tuple[int, str]] | None
) -> None:
    """Refuse settings that cannot be. Raises: BadSetting, CurrencyLocked."""
    if not str(changed.get("name", "name")).strip():
        raise BadSetting(_("Give the organisation a name."), field="name")
    if "zone" in changed and changed["zone"] not in available_timezones():
        raise BadSetting(_("This time zone is not known."), field="zone")
    if changed.get("week_start", 0) not in Organisation.WeekStart.values:
        raise BadSetting(
            _("A week starts on Monday, Saturday or Sunday."), field="week_start"
        )
    if not 1 <= changed.get("fiscal_month", 1) <= 12:
        raise BadSetting(_("Choose a month."), field="fiscal_month")
    if "business_hours" in changed:
        try:
            hours_from_json(changed["business_hours"])
        except HoursError as error:
            raise BadSetting(str(error), field="business_hours") from error
    if "currency" in changed:
        _check_currency()
    if any(not FIRST_DAY <= day <= LAST_DAY for day, _name in holidays or ()):
        raise BadSetting(_("Choose holidays between 1990 and 2059."), field="holidays")


def currency_is_locked() -> bool:
    """Whether amounts are stored in the organisation's currency, so that it stays."""
    answers = signals.currency_in_use.send(sender=Organisation)
    return any(answer for _receiver, answer in answers)


def _check_currency() -> None:
    if currency_is_locked():
        raise CurrencyLocked(
            _("The currency can no longer change: amounts are already stored in it."),
            field="currency",
        )


def holidays_differ(holidays: Iterable[tuple[int, str]]) -> bool:
    """Whether these are other holidays than those stored. Queries: 1."""
    return _by_day(holidays) != dict(Holiday.objects.values_list("day", "name"))


def _by_day(holidays: Iterable[tuple[int, str]]) -> dict[int, str]:
    return {day: name.strip() for day, name in holidays}


def _replace_holidays(holidays: Iterable[tuple[int, str]]) -> bool:
    wanted = _by_day(holidays)
    if not holidays_differ(wanted.items()):
        return False
    Holiday.objects.exclude(day__in=wanted).delete()
    Holiday.objects.bulk_create(
        [Holiday(day=day, name=name) for day, name in wanted.items()],
        update_conflicts=True,
        unique_fields=["day"],
        update_fields=["name"],
    )
    return True
