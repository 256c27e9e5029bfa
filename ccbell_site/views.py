"""Pages of the studio as a whole."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.views import APIView


class PlainText(BaseRenderer):
    media_type = "text/plain"
    format = "txt"
    charset = None

    def render(self, data: Any, *args: Any, **options: Any) -> bytes:
        return str(data).encode()


class Metrics(APIView):
    """For Prometheus, with a token that may read."""

    renderer_classes = [PlainText]
    schema = None

    def get(self, request: Request) -> HttpResponse:
        from ccbell_site import metrics  # what it needs takes memory, and few ask

        return HttpResponse(metrics.text(), content_type=metrics.CONTENT_TYPE)
