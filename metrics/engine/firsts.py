"""Since when there are rows: the first day of a scope on each axis."""

from collections.abc import Collection, Iterable

from django.db.models import Subquery
from django.db.models.functions import Coalesce

from crmkpi.accounts.models import Organisation
from crmkpi.lib.periods import UNDATED, Grain
from metrics.dimensions import Cut
from metrics.measures import AXES
from metrics.scopes import COMPANY_KEY, ScopeKey

Days = dict[str, int | None]  # by axis


def first_days(
    axes: Iterable[str] | None = None, scope: ScopeKey = COMPANY_KEY
) -> Days:
    """Return the first known day with rows of a scope on some axes, or on all of them.

    Empty: None for an axis without rows in the scope.

    Time: UNDATED where there are only rows of which nobody knows the day.

    Queries: 1.
    """
    return first_days_of([scope], axes)[scope]


def first_days_of(
    scopes: Collection[ScopeKey], axes: Iterable[str] | None = None
) -> dict[ScopeKey, Days]:
    """Return the same of several scopes. Queries: 1."""
    wanted = list(AXES) if axes is None else sorted(set(axes))
    pairs = [(scope, axis) for scope in dict.fromkeys(scopes) for axis in wanted]
    found: dict[ScopeKey, Days] = {scope: {} for scope in scopes}
    if not pairs:
        return found
    firsts = {f"first_{at}": _first(*pair) for at, pair in enumerate(pairs)}
    row = Organisation.objects.annotate(**firsts).values_list(*firsts).get()
    for (scope, axis), first in zip(pairs, row, strict=True):
        found[scope][axis] = first
    return found


def _first(scope: ScopeKey, axis: str) -> Coalesce:
    # An agent's days are leaves, one for each team the agent was in.
    days = {"grain": Grain.DAY, "other": scope.other}
    if scope.cut == Cut.AGENT:
        days = {"grain": Grain.LEAF}
    cells = AXES[axis]._default_manager.filter(
        cut=scope.cut, member=scope.member, **days
    )
    starts = cells.order_by("start").values("start")
    return Coalesce(
        Subquery(starts.filter(start__gt=UNDATED)[:1]), Subquery(starts[:1])
    )
