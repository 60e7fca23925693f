"""The catalogue: every metric people can choose, one module for each family.

A metric is declared as a module-level name, which is its key; nothing else has to be
written for it to be computed, stored, shown, listed and served.
"""

from types import ModuleType

from django.utils.translation import gettext_lazy as _

from metrics.catalog import finance, loyalty, sales, satisfaction, service
from metrics.metric import Metric

FAMILIES = {
    "satisfaction": _("Customer satisfaction"),
    "loyalty": _("Loyalty and retention"),
    "sales": _("Sales and conversion"),
    "service": _("Customer service"),
    "finance": _("Finance"),
}


def _declared(module: ModuleType) -> dict[str, Metric]:
    family = module.__name__.rpartition(".")[2]
    return {
        key: value.named(key, family)
        for key, value in vars(module).items()
        if isinstance(value, Metric)
    }


METRICS: dict[str, Metric] = {
    key: metric
    for module in (satisfaction, loyalty, sales, service, finance)
    for key, metric in _declared(module).items()
}
