"""Who may follow what: decided once, when a client connects."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from io import BytesIO
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import SuspiciousOperation
from django.core.handlers.asgi import ASGIRequest
from django.db.models import QuerySet
from rest_framework.exceptions import (
    APIException,
    MethodNotAllowed,
    NotAuthenticated,
    NotFound,
    ParseError,
    ValidationError,
)
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import BearerAuthentication
from accounts.models import User
from ccbell_site import problems
from jobs.models import Batch, Event, Job
from jobs.stream.sight import Sight

METHODS = ("GET", "HEAD")
PARAMETERS = ("job", "batch", "last_event_id")
LARGEST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Admission:
    """A client gets the events of its `sight` with an id above `after`; `newest` is the last there is."""

    sight: Sight
    after: int
    newest: int


def admit(scope: dict[str, Any]) -> Admission | Response:
    """Look at one request; what is wrong with it comes back as a problem to answer with."""
    try:
        return _admission(ASGIRequest(scope, BytesIO()))
    except SuspiciousOperation:
        return _problem(ParseError("This address or question is not one that the studio answers."))
    except APIException as error:
        return _problem(error)


def _admission(request: ASGIRequest) -> Admission:
    request.get_host()  # a page of a stranger whose name was made to lead here must not read along
    if request.method not in METHODS:
        raise MethodNotAllowed(str(request.method))
    user = _person(request)
    if user is None and not settings.ALLOW_ANONYMOUS:
        raise _unauthenticated()
    if unknown := {name: "There is no such parameter." for name in request.GET if name not in PARAMETERS}:
        raise ValidationError(unknown)
    sight = _sight(request, user)
    newest = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    last = _last_event_id(request)
    # An id that is still to come is of another database: a backup was restored, say.
    return Admission(sight, newest if last is None else min(last, newest), newest)


def _person(request: ASGIRequest) -> User | None:
    """Who asks, by a token or by having signed in; None for anybody else."""
    try:
        found = BearerAuthentication().authenticate(Request(request))
    except APIException as error:
        raise _telling_how(error) from error
    if found:
        return found[0]
    sessions = import_module(settings.SESSION_ENGINE)
    request.session = sessions.SessionStore(request.COOKIES.get(settings.SESSION_COOKIE_NAME))
    user = get_user(request)
    return user if isinstance(user, User) else None


def _sight(request: ASGIRequest, user: User | None) -> Sight:
    if user is None and not ("job" in request.GET or "batch" in request.GET):
        raise _unauthenticated()
    everybodys = user is not None and user.is_staff
    asker = user or AnonymousUser()
    return Sight(
        everybodys=everybodys,
        owner_id=user.pk if user else None,
        job_id=_key(Job.objects.open_to(asker), request, "job"),
        batch_id=_key(Batch.objects.open_to(asker), request, "batch"),
    )


def _key(rows: QuerySet[Any], request: ASGIRequest, name: str) -> int | None:
    """The primary key of the row that is asked for by its uuid."""
    if name not in request.GET:
        return None
    try:
        uuid = UUID(request.GET[name])
    except ValueError:
        raise ValidationError({name: "This must be a UUID."}) from None
    key = rows.filter(uuid=uuid).values_list("pk", flat=True).first()
    if key is None:
        raise NotFound(f"There is no {name} {uuid}.")
    return key


def _last_event_id(request: ASGIRequest) -> int | None:
    """The last event a client has seen; of both the header is newer: a browser adds it when it returns."""
    header = request.headers.get("Last-Event-ID", "")
    name, text = ("Last-Event-ID", header) if header else ("last_event_id", request.GET.get("last_event_id"))
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 20 and int(text) <= LARGEST_ID):
        raise ValidationError({name: "This must be the id of an event, a whole number."})
    return int(text)


def _unauthenticated() -> APIException:
    return _telling_how(NotAuthenticated())


def _telling_how(error: APIException) -> APIException:
    error.auth_header = "Bearer"  # type: ignore[attr-defined]
    return error


def _problem(error: APIException) -> Response:
    response = problems.handle(error, {})
    assert response is not None
    if isinstance(error, MethodNotAllowed):
        response["Allow"] = ", ".join(METHODS)
    return response
