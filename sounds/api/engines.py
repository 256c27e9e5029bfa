"""The engines over HTTP: what they can do, what they are doing, and why one cannot work."""

from __future__ import annotations

from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import Scope
from sounds.engine_status import engine_statuses, unload
from sounds.engines.registry import EngineError


class Engines(APIView):
    """Every engine with its state, memory and last error."""

    def get(self, request: Request) -> Response:
        return Response([status.as_dict() for status in engine_statuses()])


class Unload(APIView):
    """Have an engine leave memory as soon as it is idle."""

    scope = Scope.MANAGE

    def post(self, request: Request, engine: str) -> Response:
        try:
            return Response({"detail": unload(engine)})
        except EngineError as error:
            raise NotFound(str(error)) from error
