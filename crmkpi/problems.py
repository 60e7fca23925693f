"""Errors of the API in one form: application/problem+json (RFC 9457)."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from rest_framework.response import Response
from rest_framework.views import exception_handler

MEDIA_TYPE = "application/problem+json"


def answer_problem(error: Exception, context: dict[str, Any]) -> Response | None:
    """Return the answer to an error, None for one that nobody foresaw.

    Shape: {"type", "title", "status", "detail"}, and for what was sent wrongly
    "errors": [{"parameter", "detail"}].
    """
    response = exception_handler(error, context)
    if response is None:
        return None
    faults = list(_faults(response.data))
    problem: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(response.status_code).phrase,
        "status": response.status_code,
        "detail": " ".join(text for _parameter, text in faults),
    }
    named = [
        {"parameter": parameter, "detail": text}
        for parameter, text in faults
        if parameter
    ]
    if named:
        problem["errors"] = named
    response.data = problem
    response.content_type = MEDIA_TYPE
    return response


def _faults(data: Any, parameter: str = "") -> Iterator[tuple[str, str]]:
    """Return what is wrong as (parameter, text), the parameter empty for the whole."""
    if isinstance(data, dict):
        for name, inner in data.items():
            is_whole = name in ("detail", "non_field_errors")
            inside = parameter if is_whole else f"{parameter}.{name}".lstrip(".")
            yield from _faults(inner, inside)
    elif isinstance(data, list):
        for inner in data:
            yield from _faults(inner, parameter)
    else:
        yield parameter, str(data)
