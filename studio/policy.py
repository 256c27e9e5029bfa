"""What browsers are told of every page of the studio."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from studio.says import sentence

POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""Scripts come from the studio's own files alone, whatever somebody manages to write into a page."""
OTHERS = ("/admin/", "/api/")
"""Pages of packages that bring scripts within their pages."""


def content_security_policy(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware that adds the policy to answers that have none."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if not request.path.startswith(OTHERS):
            response.headers.setdefault("Content-Security-Policy", POLICY)
        return response

    return answer


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form from before somebody signed in anew, in another tab for example."""
    if request.path == reverse("studio:login"):
        return redirect("studio:login")
    said = "You signed in anew meanwhile, so this page is out of date; reload it."
    return sentence(request, said, 403)
