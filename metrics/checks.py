"""System checks: what must hold of the catalogue before anything runs."""

from typing import Any

from django.core.checks import CheckMessage, Error, register

from metrics.catalog import METRICS
from metrics.custom.models import PREFIX
from metrics.measures import AXES
from metrics.measures.base import Rows

RESERVED = ("own",)  # what addresses of pages begin with
TEXTS = ("title", "text", "formula", "includes", "excludes", "source")


@register()
def catalogue_is_complete(**_: Any) -> list[CheckMessage]:
    """Every metric says what it includes and leaves out, and its inputs exist."""
    errors: list[CheckMessage] = []
    for key, metric in METRICS.items():
        if key.startswith(PREFIX) or key in RESERVED:
            errors.append(
                Error(f"The key {key} is kept for what people make.", id="metrics.E005")
            )
        for name in TEXTS:
            if not str(getattr(metric, name)):
                errors.append(
                    Error(f"The metric {key} has no {name}.", id="metrics.E001")
                )
        for needed in metric.inputs:
            if needed not in METRICS:
                errors.append(
                    Error(
                        f"The metric {key} needs {needed}, which does not exist.",
                        id="metrics.E002",
                    )
                )
        for axis in metric.axes - set(AXES):
            errors.append(
                Error(
                    f"The metric {key} reads an unlisted axis {axis}.",
                    id="metrics.E003",
                )
            )
    return errors


@register()
def axes_count_their_rows(**_: Any) -> list[CheckMessage]:
    """Every axis has a measure `rows` without a filter: 0 of it deletes a cell."""
    return [
        Error(f"The axis {key} has no measure rows = Rows().", id="metrics.E004")
        for key, axis in AXES.items()
        if not any(
            isinstance(each, Rows) and each.name == "rows" and each.where is None
            for each in axis.measures()
        )
    ]
