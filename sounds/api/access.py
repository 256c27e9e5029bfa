"""Who may change what lies in the library: its owner, and staff."""

from __future__ import annotations

from typing import Any

from rest_framework.exceptions import APIException
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework.status import HTTP_409_CONFLICT, HTTP_423_LOCKED

from accounts.models import User


class Locked(APIException):
    status_code = HTTP_423_LOCKED
    default_detail = "This is locked; unlock it first."


class Conflict(APIException):
    status_code = HTTP_409_CONFLICT
    default_detail = "It is not in a state for this."


class OwnerOrStaff(BasePermission):
    """Everybody with a login may look and like; changes are for the owner and for staff."""

    message = "Only its owner and staff may change this; make your own from it instead."

    def has_object_permission(self, request: Request, view: Any, obj: Any) -> bool:
        if request.method in SAFE_METHODS or getattr(view, "action", "") in getattr(view, "for_all", ()):
            return True
        return may_change(request.user, obj)


def may_change(user: Any, obj: Any) -> bool:
    return bool(user.is_staff or (obj.owner_id is not None and obj.owner_id == user.pk))


def person(request: Request) -> User:
    """Who is signed in, where permissions have seen to it that somebody is."""
    assert isinstance(request.user, User)
    return request.user
