"""Columns for what colleagues call things."""

from typing import Any

from django.db import models

from crmkpi.lib.text import clean_display


class NameField(models.CharField):
    """A text that is kept without marks that hide it or turn what stands beside it.

    Names stand on every page, in mails and in files: what never comes in needs no care
    there. Words of customers stay as they were written and are cleaned when shown.
    """

    def get_prep_value(self, value: Any) -> Any:
        prepared = super().get_prep_value(value)
        return clean_display(prepared) if isinstance(prepared, str) else prepared

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        # The column is the same, so migrations need not know of it.
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs
