"""Writes to objectives, key results, targets and cycles.

Every function takes keywords only, runs in one transaction, checks that the actor may
do it, and refuses by raising Refused with words for the user.
"""

from objectives.services.cycles import close_cycle, cycle_for
from objectives.services.errors import (
    AlreadyClosed,
    BadInput,
    Conflict,
    CycleNotOver,
    LinkLoop,
    Refused,
    SecondParent,
)
from objectives.services.looks import note_look
from objectives.services.objectives import (
    check_in,
    close_objective,
    create_objective,
    link_objectives,
    update_objective,
)
from objectives.services.targets import (
    add_key_result,
    add_milestones,
    cancel_key_result,
    change_target,
    tick_milestone,
)

__all__ = [
    "AlreadyClosed",
    "BadInput",
    "Conflict",
    "CycleNotOver",
    "LinkLoop",
    "Refused",
    "SecondParent",
    "add_key_result",
    "add_milestones",
    "cancel_key_result",
    "change_target",
    "check_in",
    "close_cycle",
    "close_objective",
    "create_objective",
    "cycle_for",
    "link_objectives",
    "note_look",
    "tick_milestone",
    "update_objective",
]
