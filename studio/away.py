"""What people are told while the store that machines share does not give a file."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from ccbell_site import problems
from sounds.errors import StoreError
from studio.says import sentence


class StoreAway:
    """Middleware that answers 503 and a sentence where a view could not have a file."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, StoreError):
            return None
        if request.path.startswith(problems.API):
            return problems.plain(request, 503, str(error))
        return sentence(request, str(error), 503)
