"""The OpenAPI schema and the pages that show it; imported when one is asked for, as it takes 10 MB."""

from __future__ import annotations

import inspect
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings

from ccbell_site import schema_of_views  # noqa: F401  (its extensions register themselves)
from ccbell_site.filters import refuse_unknown
from ccbell_site.problems import CONTENT_TYPE

PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "One sentence that says what to do."},
        "errors": {
            "type": "object",
            "additionalProperties": {"type": "string"},
            "description": "A sentence for each wrong field, by its name.",
        },
    },
}
PROBLEMS = {
    "400": "Something in the request is wrong; `errors` names the fields.",
    "401": "Nobody is signed in, or the token is not known.",
    "403": "Whoever is signed in may not do this.",
    "404": "There is nothing of that name, or nothing that you may see.",
    "405": "This address does not know the method.",
    "406": "There is no answer of the type that is accepted.",
    "409": "It is not in a state in which this can be done.",
    "413": "The body is too large.",
    "415": "The body is of a type that is not understood here.",
    "423": "It is locked.",
    "429": "Too much was asked for; Retry-After says when to come back.",
}


VERBS = {
    "list": "List the",
    "create": "Add one to the",
    "retrieve": "Look at one of the",
    "partial_update": "Change one of the",
    "destroy": "Delete one of the",
}


class StudioSchema(AutoSchema):
    """Every operation may also answer with a problem."""

    def get_summary(self) -> str | None:
        """The first sentence of the description, so that a list of operations can be read."""
        action = getattr(self.view, "action", None)
        if action in VERBS and not inspect.getdoc(type(self.view).__dict__.get(action)):
            return f"{VERBS[action]} {type(self.view).__name__.lower()}"
        words = " ".join((self.get_description() or "").split("\n\n")[0].split())
        return words.split(". ")[0].removesuffix(".") or None

    def get_operation(self, *args: Any, **kwargs: Any) -> Any:
        operation = super().get_operation(*args, **kwargs)
        if operation:
            for status, description in PROBLEMS.items():
                operation["responses"].setdefault(status, _problem(description))
        return operation


def _problem(description: str) -> dict[str, Any]:
    return {"description": description, "content": {CONTENT_TYPE: {"schema": PROBLEM}}}


def with_events(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Add the event stream, which is served beside Django."""
    text = {"schema": {"type": "string"}}
    uuid = {"type": "string", "format": "uuid"}
    asked = (
        ("batch", "query", uuid),
        ("job", "query", uuid),
        ("Last-Event-ID", "header", {"type": "string"}),
    )
    result["paths"]["/api/queue/events"] = {
        "get": {
            "operationId": "queue_events",
            "description": (
                "Server-sent events: every change and every step of the jobs that you may see. Each message "
                "has an id, and data in JSON: job_id, batch_id, type, status, progress, message, error, "
                "sound_id, audio_url. Who comes back with Last-Event-ID gets what was missed."
            ),
            "tags": ["queue"],
            "security": [{"token": []}, {"cookieAuth": []}],
            "parameters": [{"name": name, "in": place, "schema": schema} for name, place, schema in asked],
            "responses": {"200": {"description": "A stream.", "content": {"text/event-stream": text}}}
            | {status: _problem(PROBLEMS[status]) for status in ("400", "401", "404", "405")},
        }
    }
    return result


# In the settings it would be imported with the first view.
api_settings.DEFAULT_SCHEMA_CLASS = StudioSchema  # type: ignore[assignment]


class Schema(SpectacularAPIView):
    """There is one version of it, in one language."""

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        refuse_unknown(request, [])  # a version would end up in a header as it is
        return super().get(request, *args, **kwargs)


schema = Schema.as_view()
docs = SpectacularSwaggerView.as_view(url_name="api-schema")


class Bearer(OpenApiAuthenticationExtension):
    """Tells the schema of our tokens; it registers itself."""

    target_class = "accounts.authentication.BearerAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}
