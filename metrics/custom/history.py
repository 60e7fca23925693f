"""The versions of a metric, each with what it changed."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from metrics.custom import loading
from metrics.custom.checking import unit_name
from metrics.custom.definitions import FORMULA, Definition, Line, member_names, words
from metrics.custom.definitions import Names as MemberNames
from metrics.custom.models import CustomMetric


@dataclass(frozen=True)
class Change:
    """One thing that an edit changed."""

    label: str
    before: str  # empty in the first version
    after: str


@dataclass(frozen=True)
class VersionLine:
    """One version with what it changed against the one before."""

    number: int
    computed_as: int  # the version that its values are stored under
    at: datetime
    by: str
    changes: list[Change]


def versions_of(metric: CustomMetric) -> list[VersionLine]:
    """Return the versions of a metric, latest first.

    Shape: the first version lists everything, later ones what differs.

    Queries: 1 and 1 for each dimension that is named.
    """
    rows = list(
        metric.versions.select_related("created_by", "computed_as").order_by("number")
    )
    definitions = [loading.definition_of(row) for row in rows]
    names = member_names(line for each in definitions for line in each.lines)
    told = [_told(each, names) for each in definitions]
    found = []
    before: dict[str, str] = {}
    for row, now in zip(rows, told, strict=True):
        changes = [
            Change(label, before.get(label, ""), now.get(label, ""))
            for label in dict.fromkeys([*before, *now])
            if before.get(label, "") != now.get(label, "")
        ]
        by = row.created_by.name if row.created_by else ""
        found.append(
            VersionLine(row.number, row.computed_as.number, row.created_at, by, changes)
        )
        before = now
    return found[::-1]


def _told(definition: Definition, names: MemberNames) -> dict[str, str]:
    """Return a definition in words by what each part is called."""
    told = {
        _("Name"): definition.title,
        _("What it says"): definition.text,
        _("Unit"): unit_name(definition.unit),
        _("Better"): definition.better.value,
        _("Enough to judge"): str(definition.min_n),
    }
    if definition.kind == FORMULA:
        return told | {_("Formula"): definition.formula}
    return told | {
        _("Numerator"): _sum(definition.above, names),
        _("Denominator"): _sum(definition.below, names),
    }


def _sum(lines: tuple[Line, ...], names: MemberNames) -> str:
    return words([line for line in lines if line.is_known], names)
