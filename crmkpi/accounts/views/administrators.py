"""The door to the pages of administrators."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.core.exceptions import PermissionDenied
from django.http import HttpResponseBase

from crmkpi.accounts.http import ReaderRequest

P = ParamSpec("P")
View = Callable[Concatenate[ReaderRequest, P], HttpResponseBase]


def administrators_only(view: View[P]) -> Callable[..., Any]:
    """Let administrators in and answer 403 to everybody else who is signed in."""

    @wraps(view)
    def guarded(
        request: ReaderRequest, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponseBase:
        if not request.user.is_administrator:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded
