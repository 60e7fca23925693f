"""The catalogue: every metric people can choose, one module for each family.

A metric is declared as a module-level name, which is its key; nothing else has to be
written for it to be computed, stored, shown, listed and served.
"""

from types import ModuleType

from django.utils.translation import gettext_lazy as _

from metrics.catalog import (
    calls,
    data_quality,
    engagement,
    finance,
    leads,
    loyalty,
    market,
    marketing,
    operations,
    revenue,
    sales,
    satisfaction,
    tickets,
    work,
)
from metrics.catalog.door import Catalogue
from metrics.metric import Metric

FAMILIES = {
    "satisfaction": _("Customer satisfaction"),
    "loyalty": _("Loyalty and retention"),
    "sales": _("Sales and conversion"),
    "marketing": _("Marketing"),
    "engagement": _("Engagement"),
    "service": _("Customer service"),
    "finance": _("Finance"),
    "operations": _("Operations"),
    "data_quality": _("Data quality"),
    "market": _("Market and competition"),
    "own": _("Own metrics"),
}


# Large families have more than one module.
MODULES: tuple[tuple[str, ModuleType], ...] = (
    ("satisfaction", satisfaction),
    ("loyalty", loyalty),
    ("sales", leads),
    ("sales", sales),
    ("sales", revenue),
    ("marketing", marketing),
    ("engagement", engagement),
    ("service", tickets),
    ("service", calls),
    ("service", work),
    ("finance", finance),
    ("operations", operations),
    ("data_quality", data_quality),
    ("market", market),
)


def _declared(family: str, module: ModuleType) -> dict[str, Metric]:
    return {
        key: value.named(key, family)
        for key, value in vars(module).items()
        if isinstance(value, Metric)
    }


METRICS = Catalogue(
    {
        key: metric
        for family, module in MODULES
        for key, metric in _declared(family, module).items()
    }
)
