"""Publishing over HTTP: the addresses are there, what is behind them is not yet."""

from __future__ import annotations

from typing import NoReturn

from rest_framework import status
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.models import Scope


class NotBuilt(APIException):
    status_code = status.HTTP_501_NOT_IMPLEMENTED
    default_detail = "The studio cannot publish releases yet; download the pack's zip and upload it yourself."


class ReleaseToGithub(APIView):
    """Publish a build as a GitHub release: not yet."""

    scope = Scope.MANAGE

    def post(self, request: Request) -> NoReturn:
        raise NotBuilt


class ReleaseList(APIView):
    """What was published: not yet."""

    def get(self, request: Request) -> NoReturn:
        raise NotBuilt
