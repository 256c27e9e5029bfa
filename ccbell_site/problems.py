"""Every error of the API in one shape: problem details (RFC 9457)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views import defaults
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.views import exception_handler

if TYPE_CHECKING:
    from jobs.stream.client import Send

CONTENT_TYPE = "application/problem+json"
API = "/api/"


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn what a view raised into a problem; None leaves a fault of ours to Django.

    ``detail`` is one sentence; ``errors`` has a sentence for each field that is wrong, by its name.
    """
    response = exception_handler(error, context)
    if response is None:
        return None
    errors = dict(_by_field(response.data)) if isinstance(error, ValidationError) else {}
    detail = _sentence(response.data, errors)
    response.data = problem(response.status_code, detail) | ({"errors": errors} if errors else {})
    request = context.get("request")  # the event stream has none
    if request and getattr(request, "accepted_media_type", "") != "text/html":  # people get a page
        request.accepted_renderer, request.accepted_media_type = JSONRenderer(), JSONRenderer.media_type
        response.content_type = CONTENT_TYPE
    return response


def problem(status: int, detail: str) -> dict[str, Any]:
    """A problem document without fields."""
    return {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}


def _sentence(data: Any, errors: dict[str, str]) -> str:
    if errors:
        field, sentence = next(iter(errors.items()))
        return f"{field}: {sentence}" if field else sentence
    return str(data.get("detail", "")) if isinstance(data, dict) else str(data)


def _by_field(data: Any, field: str = "") -> Iterator[tuple[str, str]]:
    """Each wrong field's first sentence, nested ones as ``outer.inner``; what is wrong with all as ""."""
    if isinstance(data, ErrorDetail | str):
        yield _text(field), _text(str(data))
    elif isinstance(data, dict):
        for name, value in data.items():
            inner = "" if name == "non_field_errors" else str(name)
            yield from _by_field(value, ".".join(part for part in (field, inner) if part))
    elif isinstance(data, list) and data:
        if all(isinstance(value, ErrorDetail | str) for value in data):
            yield from _by_field(data[0], field)
        else:
            for number, value in enumerate(data):
                if value:
                    yield from _by_field(value, f"{field}.{number}" if field else str(number))


def _text(words: str) -> str:
    """Words of a client's that may be half of a character: JSON can say that, UTF-8 cannot."""
    return words.encode(errors="replace").decode()


def plain(request: HttpRequest, status: int, detail: str) -> JsonResponse:
    """A problem outside of the framework's views."""
    return JsonResponse(problem(status, detail), status=status, content_type=CONTENT_TYPE)


async def send_problem(send: Send, document: dict[str, Any], headers: Mapping[str, str]) -> None:
    """Answer with a problem where no view does: in front of Django, or beside it."""
    body = json.dumps(document).encode()
    told = {name.lower(): value for name, value in headers.items()}
    told |= {"content-type": CONTENT_TYPE, "content-length": str(len(body))}
    raw = [(name.encode(), value.encode()) for name, value in told.items()]
    await send({"type": "http.response.start", "status": document["status"], "headers": raw})
    await send({"type": "http.response.body", "body": body, "more_body": False})


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What is at no address of ours: a problem below ``/api/``, a page elsewhere."""
    if request.path.startswith(API):
        return plain(request, 404, "There is nothing at this address; /api/docs/ shows what there is.")
    return defaults.page_not_found(request, exception)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if request.path.startswith(API):
        return plain(request, 400, "This request cannot be understood.")
    return defaults.bad_request(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """A fault of ours: what it was stands in the log and nowhere else."""
    if request.path.startswith(API):
        return plain(request, 500, "Something unforeseen went wrong; the server's log says more.")
    return defaults.server_error(request)
