"""People, teams, settings and keys."""

from typing import Any

from django.utils import timezone

from crmkpi.accounts import services
from tests.permissions_table.rules import (
    Rule,
    administrators,
    alice,
    berlin,
    everybody,
    has_page,
    signed_in,
)
from tests.world import PASSWORD, World


def invitation(world: World) -> dict[str, Any]:
    # Views read the clock, so what expires must be counted from it.
    _invitation, token = services.invite_user(
        email="new@example.com", name="New", actor=world.adam, now=timezone.now()
    )
    return {"token": token}


TABLE: dict[str, Rule] = {  # people, teams, settings, keys
    # Scorecards greet those who have one, their pages being there.
    "accounts:landing": Rule(
        get=signed_in(302 if has_page("objectives:team_scorecard") else 200)
        | {"administrator": 302}
    ),
    "accounts:accept_invitation": Rule(
        get=everybody(),
        post=everybody(302),
        kwargs=invitation,
        data=lambda world: {"name": "New", "password": PASSWORD},
    ),
    "accounts:people": Rule(get=administrators()),
    "accounts:people_csv": Rule(get=administrators()),
    "accounts:person_new": Rule(
        get=administrators(),
        post=administrators(302),
        data=lambda world: {
            "name": "Zoe",
            "email": "zoe@example.com",
            "team": world.berlin.pk,
            "role": "agent",
        },
    ),
    "accounts:person": Rule(
        get=administrators(),
        post=administrators(302),
        kwargs=alice,
        data=lambda world: {"name": "Alicia"},
    ),
    "accounts:membership_add": Rule(
        get=signed_in(405),
        post=administrators(302),
        kwargs=alice,
        data=lambda world: {"team": world.north.pk, "role": "lead"},
    ),
    "accounts:membership_end": Rule(
        get=administrators(),
        post=administrators(302),
        kwargs=lambda world: {
            "pk": world.alice.pk,
            "membership": world.alice.memberships.get().pk,
        },
        data=lambda world: {"last": "2026-02-12"},
    ),
    "accounts:person_move": Rule(
        get=signed_in(405),
        post=administrators(302),
        kwargs=alice,
        data=lambda world: {"team": world.north.pk, "from_day": "2026-02-13"},
    ),
    "accounts:person_invite": Rule(
        get=signed_in(405),
        post=administrators(302),
        kwargs=lambda world: {
            "pk": services.agent_for(source="calls", external_id="Martha").pk
        },
        data=lambda world: {"email": "martha@example.com"},
    ),
    "accounts:person_deactivate": Rule(
        get=administrators(), post=administrators(302), kwargs=alice
    ),
    "accounts:teams": Rule(
        get=administrators(),
        post=administrators(302),
        data=lambda world: {"name": "Night shift", "parent": world.berlin.pk},
    ),
    "accounts:team": Rule(
        get=administrators(),
        post=administrators(302),
        kwargs=berlin,
        data=lambda world: {"name": "Berlin", "is_active": "on"},
    ),
    "accounts:team_place": Rule(
        get=signed_in(405),
        post=administrators(302),
        kwargs=berlin,
        data=lambda world: {"parent": world.sales.pk, "from_day": "2026-02-13"},
    ),
    "accounts:settings": Rule(
        get=administrators(),
        post=administrators(302),
        data=lambda world: {
            "name": "Southwind",
            "currency": "EUR",
            "zone": "Europe/Berlin",
            "week_start": "0",
            "fiscal_month": "1",
            **dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), "09:00-17:00"),
        },
    ),
    "accounts:api_keys": Rule(get=administrators()),
    "accounts:api_key_new": Rule(
        get=administrators(),
        post=administrators(200),  # the answer shows the key this once
        data=lambda world: {
            "name": "Import",
            "scopes": ["facts:write"],
            "whole_company": "on",
        },
    ),
    "accounts:api_key_revoke": Rule(
        get=administrators(),
        post=administrators(302),
        kwargs=lambda world: {"pk": world.key.pk},
    ),
    "accounts:audit": Rule(get=administrators()),
    "accounts:recalculation": Rule(get=administrators()),
    "accounts:recalculation_progress": Rule(get=administrators()),
    "accounts:rebuild": Rule(get=administrators(), post=administrators(302)),
    "accounts:recalculation_stop": Rule(
        get=administrators(),
        post=administrators(409),  # none is under way
    ),
}
