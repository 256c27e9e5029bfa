"""Who may do what over the API: a person signed in, or a token with the scope that a view asks for."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from accounts.models import Scope, Token


class HasScope(BasePermission):
    """Reading needs ``read``; the rest what the view calls its ``scope``, ``generate`` if it says nothing.

    What is behind ``manage`` is for staff, whichever way they sign in. Where `ALLOW_ANONYMOUS` is set, the
    rest of a view that says ``anonymous = True`` is for everybody.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        scope = needed(request, view)
        if not (request.user and request.user.is_authenticated):
            is_open = settings.ALLOW_ANONYMOUS and getattr(view, "anonymous", False)
            return bool(is_open and scope is not Scope.MANAGE)
        if scope is Scope.MANAGE and not request.user.is_staff:
            self.message = "Only staff may do this."
            return False
        if isinstance(request.auth, Token) and not request.auth.allows(scope):
            self.message = f"This token may not do that; it needs the scope {scope}."
            return False
        return True


def needed(request: Request, view: Any) -> Scope:
    """The scope that a request to a view needs."""
    if request.method in SAFE_METHODS:
        return Scope(getattr(view, "read_scope", Scope.READ))
    return Scope(getattr(view, "scope", Scope.GENERATE))
