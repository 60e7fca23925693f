"""What a key may do, route by route."""

from typing import TYPE_CHECKING

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from crmkpi.accounts.models import ApiKey

if TYPE_CHECKING:  # rest_framework.views reads this class while it is being imported
    from rest_framework.views import APIView


class KeyHasScope(BasePermission):
    """Let a key through only where the route names a scope that the key carries.

    A route says `required_scope = ApiKey.Scope.READ_METRICS`; one that says nothing is
    closed to keys. People pass: what they see is decided by `request.access`.
    """

    def has_permission(self, request: Request, view: "APIView") -> bool:
        if not isinstance(request.auth, ApiKey):
            return True
        scope = getattr(view, "required_scope", None)
        return scope is not None and scope in request.auth.scopes
