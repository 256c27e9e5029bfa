"""What can stand in the way of a request, as problems."""

from __future__ import annotations

from rest_framework import status
from rest_framework.exceptions import APIException


class Locked(APIException):
    status_code = status.HTTP_423_LOCKED
    default_detail = "This is locked; unlock it first."


class Conflict(APIException):
    status_code = status.HTTP_409_CONFLICT
    default_detail = "It is not in a state for this."


class Gone(APIException):
    status_code = status.HTTP_410_GONE
    default_detail = (
        "This file was cleaned up; generate the sound again: POST its seed to /api/sounds/ID/regenerate."
    )


class NotMade(APIException):
    """A job that was waited for ended badly; its own sentence says why."""

    status_code = status.HTTP_409_CONFLICT


class NotYet(APIException):
    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_detail = "It is still being made; ask again in a moment."
    wait = 2
    """Seconds, told as Retry-After."""


class NeedsFfmpeg(APIException):
    status_code = status.HTTP_501_NOT_IMPLEMENTED


class TooLarge(APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
