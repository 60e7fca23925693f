"""Who or what changed rows: an import, a person, a source."""

from collections.abc import Iterable

from django.db.models import F
from django.utils.translation import gettext as _

from crmkpi.accounts.models import AuditEvent, User
from crmkpi.crm.models import ImportRun
from crmkpi.lib.bulk import KeysIn
from metrics.models import Cause
from metrics.why.records import Touch


class Who:
    """The names behind changes, read once for many."""

    def __init__(self, touches: Iterable[Touch]) -> None:
        """Read imports, people and what the audit log says of these instants.

        Queries: 3.
        """
        known = list(touches)
        runs = {each.run_id for each in known if each.run_id}
        self._runs = {
            run.pk: run
            for run in ImportRun.objects.filter(
                KeysIn([F("pk")], [(pk,) for pk in runs])
            ).select_related("source", "actor")
        }
        people = {each.actor_id for each in known if each.actor_id}
        named = User.objects.filter(KeysIn([F("pk")], [(pk,) for pk in people]))
        self._people = dict(named.values_list("pk", "name"))
        # A move of people or teams carries its instant into every row that follows.
        silent = {
            each.at
            for each in known
            if each.cause == Cause.REASSIGNMENT and not (each.run_id or each.actor_id)
        }
        events = AuditEvent.objects.filter(at__in=silent, actor__isnull=False)
        self._events = dict(events.values_list("at", "actor__name"))

    def of(self, touch: Touch) -> str:
        """Return who made a change: "import of deals.csv by Ana", or nothing known."""
        run = self._runs.get(touch.run_id or 0)
        if run is not None:
            what = run.file_name or run.source.name
            if run.actor is None:
                return _("import of %(file)s") % {"file": what}
            return _("import of %(file)s by %(name)s") % {
                "file": what,
                "name": run.actor.name,
            }
        if touch.actor_id in self._people:
            return str(self._people[touch.actor_id])
        is_move = touch.cause == Cause.REASSIGNMENT
        return str(self._events.get(touch.at, "")) if is_move else ""
