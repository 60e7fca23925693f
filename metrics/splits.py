"""By what a metric can be split, and what else can be read beside its value."""

from collections.abc import Iterable
from functools import partial

from crmkpi.crm.members import is_in_use
from metrics.dimensions import DIMENSIONS, Cut, Dimension
from metrics.engine.once import once
from metrics.expressions import Mean
from metrics.measures import AXES
from metrics.metric import Metric


def dimensions_of(metric: Metric) -> list[Dimension]:
    """Return the dimensions that all rows of a metric carry, in a fixed order.

    Empty: for what is calculated from other metrics, and for what counts only some
    members of a dimension, whose cells are split no further.
    """
    axes = [AXES[key] for key in sorted(metric.counted_axes)]
    if not axes or metric.is_restricted:
        return []
    return [
        dimension
        for cut, dimension in sorted(DIMENSIONS.items())
        if all(cut in axis.cuts for axis in axes)
        and (metric.split_by is None or cut in metric.split_by)
    ]


def in_use(dimensions: Iterable[Dimension]) -> list[Dimension]:
    """Return those that pages offer: without what only other organisations have.

    Queries: 1 for each rare one among them, within `reading` only the first time.
    """
    return [
        each
        for each in dimensions
        if once(("in use", each.key), partial(is_in_use, each.key))
    ]


def can_be_cut(metric: Metric, cut: Cut) -> bool:
    """Whether all rows of a metric carry what a scope of this kind is cut by."""
    if cut in (Cut.COMPANY, Cut.TEAM):
        return cut is Cut.COMPANY or metric.teams
    if cut is Cut.AGENT:
        return metric.agents
    return any(dimension.cut is cut for dimension in dimensions_of(metric))


def readings_of(metric: Metric) -> list[str]:
    """Return the names of what stands beside the value: mean, median, p90, variants."""
    names = ["mean"] if isinstance(metric.expression, Mean) else []
    names += [name for name, _expression in metric.variants]
    names += [name for name, _unit in metric.reading_units if name not in names]
    if metric.distribution is not None:
        names += ["median", "p90"]
    return names
