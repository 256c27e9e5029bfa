"""The engines over HTTP: what they can do, what they are doing, and why one cannot work."""

from __future__ import annotations

from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound, PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Scope
from ccbell_site.filters import refuse_unknown
from sounds.engine_status import engine_statuses, unload
from sounds.engines.registry import EngineError


class EngineSerializer(serializers.Serializer):
    """An engine as it is right now."""

    id = serializers.CharField()
    title = serializers.CharField()
    version = serializers.CharField()
    licence = serializers.CharField(help_text="Of the sounds it makes: an SPDX id or a LicenseRef.")
    attribution = serializers.CharField()
    state = serializers.ChoiceField(choices=["unavailable", "ready", "loading", "busy", "loaded"])
    why_not = serializers.CharField(help_text="Why it cannot work, or empty.")
    since = serializers.DateTimeField(allow_null=True, help_text="Since when it has been in that state.")
    memory_bytes = serializers.IntegerField()
    details = serializers.DictField(child=serializers.CharField(), help_text="Device, precision …")
    last_error = serializers.CharField()
    last_error_at = serializers.DateTimeField(allow_null=True)
    qualities = serializers.ListField(child=serializers.CharField())
    quality_remarks = serializers.DictField(child=serializers.CharField())
    min_duration_s = serializers.FloatField()
    max_duration_s = serializers.FloatField()
    negative_prompt = serializers.BooleanField()
    knobs = serializers.BooleanField()


class DetailSerializer(serializers.Serializer):
    detail = serializers.CharField()


class Engines(viewsets.ViewSet):
    """Every engine with its state, memory and last error."""

    scope = Scope.MANAGE

    def list(self, request: Request) -> Response:
        refuse_unknown(request, [])
        return Response([status.as_dict() for status in engine_statuses()])

    @action(detail=True, methods=["post"])
    def unload(self, request: Request, pk: str) -> Response:
        """Have an engine leave memory as soon as it is idle."""
        if not request.user.has_perm("sounds.unload_engine"):
            raise PermissionDenied("You lack the permission to unload engines.")
        try:
            return Response({"detail": unload(pk)})
        except EngineError as error:
            raise NotFound(str(error)) from error
