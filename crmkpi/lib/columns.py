"""Columns of models by the names of their fields."""

from typing import Any, cast

from django.db.models import Field, Model


def column_of(model: type[Model], name: str) -> str:
    """Return the column that holds a field: that of a foreign key ends in _id.

    Raises: FieldDoesNotExist.

    Example: column_of(Order, "agent") is "agent_id".
    """
    return cast("Field[Any, Any]", model._meta.get_field(name)).attname


def related_model(model: type[Model], name: str) -> type[Model]:
    """Return the model that a foreign key points to.

    Raises: FieldDoesNotExist.
    """
    return cast("type[Model]", model._meta.get_field(name).related_model)
