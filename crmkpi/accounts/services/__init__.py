"""Writes to people, teams, settings and keys.

Every function takes keywords only, runs in one transaction, leaves an audit event and
refuses by raising Refused with words for the user.
"""

from crmkpi.accounts.services.errors import (
    BadSetting,
    CurrencyLocked,
    DaysOutOfOrder,
    EmailTaken,
    InvitationSpent,
    LastAdministrator,
    MembershipOverlap,
    NoScope,
    NotAllowed,
    RecalculationRunning,
    Refused,
    TeamLoop,
    TeamNameTaken,
)
from crmkpi.accounts.services.keys import create_api_key, revoke_api_key, touch_api_key
from crmkpi.accounts.services.memberships import (
    end_membership,
    move_agent,
    set_membership,
)
from crmkpi.accounts.services.organisation import (
    currency_is_locked,
    ensure_organisation,
    update_organisation,
)
from crmkpi.accounts.services.people import (
    Met,
    accept_invitation,
    agent_for,
    agents_for,
    deactivate_user,
    invite_user,
    open_invitation,
    update_user,
)
from crmkpi.accounts.services.recalculation import (
    ask_for_rebuild,
    ask_for_settings,
    stop_recalculation,
)
from crmkpi.accounts.services.tree import (
    add_team,
    place_team,
    rebuild_team_edges,
    update_team,
)

__all__ = [
    "BadSetting",
    "CurrencyLocked",
    "DaysOutOfOrder",
    "EmailTaken",
    "InvitationSpent",
    "LastAdministrator",
    "MembershipOverlap",
    "Met",
    "NoScope",
    "NotAllowed",
    "RecalculationRunning",
    "Refused",
    "TeamLoop",
    "TeamNameTaken",
    "accept_invitation",
    "add_team",
    "agent_for",
    "agents_for",
    "ask_for_rebuild",
    "ask_for_settings",
    "create_api_key",
    "currency_is_locked",
    "deactivate_user",
    "end_membership",
    "ensure_organisation",
    "invite_user",
    "move_agent",
    "open_invitation",
    "place_team",
    "rebuild_team_edges",
    "revoke_api_key",
    "set_membership",
    "stop_recalculation",
    "touch_api_key",
    "update_organisation",
    "update_team",
    "update_user",
]
