"""Who may change what lies in the library: its owner, and staff."""

from __future__ import annotations

from typing import Any

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from accounts.access import may_change
from accounts.models import User


class OwnerOrStaff(BasePermission):
    """Everybody with a login may look and like; changes are for the owner and for staff."""

    message = "Only its owner and staff may change this; make your own from it instead."

    def has_object_permission(self, request: Request, view: Any, obj: Any) -> bool:
        if request.method in SAFE_METHODS or getattr(view, "action", "") in getattr(view, "for_all", ()):
            return True
        return may_change(request.user, obj)


class OfItsCollection(OwnerOrStaff):
    """The same for a collection, and for what belongs to whoever its collection belongs to."""

    def has_object_permission(self, request: Request, view: Any, obj: Any) -> bool:
        return super().has_object_permission(request, view, getattr(obj, "collection", obj))


def person(request: Request) -> User:
    """Who is signed in, where permissions have seen to it that somebody is."""
    assert isinstance(request.user, User)
    return request.user
