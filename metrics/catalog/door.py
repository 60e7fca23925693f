"""The one door to metrics: those declared in code and those that people made."""

from collections.abc import Iterator, Mapping

from crmkpi.accounts.access import Access
from metrics.custom import loading
from metrics.custom.loading import Own
from metrics.custom.models import PREFIX
from metrics.custom.sharing import may_read, teams_around
from metrics.metric import Metric


class Catalogue(Mapping[str, Metric]):
    """Every metric by key.

    Looking a key up finds declared metrics and those that people made. Going through
    it lists the declared ones alone, which takes no database: for checks, the manual
    and tests. `everything` lists all, for the engine; `readable` what a reader may
    see, for every list that people get.
    """

    def __init__(self, declared: dict[str, Metric]) -> None:
        self.declared = declared

    def __getitem__(self, key: str) -> Metric:
        """Return a metric. Queries: none for a declared one, else as loading.current.

        Raises: KeyError.
        """
        found = self.declared.get(key)
        return self.own(key).metric if found is None else found

    def __iter__(self) -> Iterator[str]:
        return iter(self.declared)

    def __len__(self) -> int:
        return len(self.declared)

    def own(self, key: str) -> Own:
        """Return a metric that somebody made. Raises: KeyError."""
        if not key.startswith(PREFIX):
            raise KeyError(key)
        return loading.current()[key]

    def everything(self) -> dict[str, Metric]:
        """Return all metrics, retired ones too: what the engine keeps up to date."""
        made = {key: own.metric for key, own in loading.current().items()}
        return self.declared | made

    def readable(self, access: Access, *, retired: bool = False) -> dict[str, Metric]:
        """Return the metrics that a reader may choose, retired ones only on request.

        Queries: as loading.current, and 1 when any is shared with a team.
        """
        own = loading.current()
        if not own:
            return dict(self.declared)
        around = teams_around(access)
        return self.declared | {
            key: each.metric
            for key, each in own.items()
            if (retired or not each.is_retired)
            and may_read(each.audience, access, around)
        }

    def may_read(self, key: str, access: Access) -> bool:
        """Whether there is such a metric and a reader may see it."""
        return key in self.declared or key in self.readable(access, retired=True)
