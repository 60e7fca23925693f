"""What the tables hold, to compare before and after."""

from django.apps import apps

from crmkpi.crm.models import Fact
from metrics.models import MonthToCopy, Snapshot

OURS = ("accounts", "crm", "surveys", "metrics", "objectives")


def contents() -> dict[str, int]:
    """Return how many rows each table has, the engine's notes to itself apart."""
    configs = [apps.get_app_config(label) for label in OURS]
    found = [model for config in configs for model in config.get_models()]
    kept = [model for model in found if model is not MonthToCopy]
    return {model._meta.label: model._base_manager.count() for model in kept}


def stored(*but: str) -> dict[str, list]:
    """Return what is stored of every fact, but for when it was written."""
    facts = [model for model in apps.get_models() if issubclass(model, Fact)]
    found = {}
    for model in facts:
        names = [
            field.attname
            for field in model._meta.concrete_fields
            if field.name not in ("written_at", "import_run", *but)
        ]
        rows = model._base_manager.order_by("pk").values_list(*names)
        found[model._meta.label] = list(rows)
    return found


def figures() -> set[tuple]:
    """Return the stored values of all metrics."""
    names = ("version", "cut", "member", "other", "grain", "start", "value", "n")
    return set(Snapshot.objects.values_list(*names))
