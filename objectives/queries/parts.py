"""What several pages read of key results: evaluations, targets and names at once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from crmkpi.accounts.access import Access
from crmkpi.lib.periods import Calendar
from metrics.scopes import ScopeKey, labels
from objectives.evaluation import latest_evaluations, rolled_up
from objectives.lines import KeyResultLine, lines
from objectives.models import KeyResult, TargetVersion
from objectives.scoring import Rollup


def targets_of(key_results: Iterable[KeyResult]) -> dict[int, list[TargetVersion]]:
    """Return the target versions of key results, oldest first. Queries: 1."""
    found: dict[int, list[TargetVersion]] = defaultdict(list)
    rows = TargetVersion.objects.filter(key_result__in=list(key_results))
    for version in rows.select_related("author", "approver").order_by("number"):
        found[version.key_result_id].append(version)
    return found


def read_lines(
    key_results: list[KeyResult],
    *,
    access: Access,
    currency: str,
    versions: Mapping[int, list[TargetVersion]] | None = None,
    calendar: Calendar | None = None,
) -> list[KeyResultLine]:
    """Return key results as pages print them, in the order given.

    Queries: 2 (1 when their target versions are given), and 1 for each kind of scope
    among them.
    """
    if not key_results:
        return []
    scopes: set[ScopeKey] = {each.scope for each in key_results if each.metric}
    return lines(
        key_results,
        evaluations=latest_evaluations(key_results),
        versions=targets_of(key_results) if versions is None else versions,
        labels=labels(sorted(scopes)),
        access=access,
        currency=currency,
        calendar=calendar,
    )


def score(printed: Iterable[KeyResultLine]) -> Rollup:
    """Return the score of an objective from its printed key results."""
    return rolled_up((line.key_result, line.evaluation) for line in printed)
