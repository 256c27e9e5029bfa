"""Answers to what people do on a page: done, or one sentence that says why not."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from rest_framework.exceptions import APIException, Throttled

from accounts.models import User
from jobs.errors import JobFailed
from sounds.errors import LockedError, StoreError

Given = ParamSpec("Given")
View = Callable[Concatenate["Request", Given], HttpResponse]


class Request(HttpRequest):
    """One of somebody who is signed in."""

    user: User


def page(view: View[Given]) -> Callable[..., Any]:
    """A page for people who are signed in; what they cannot do, it says in a sentence.

    Scripts get the sentence as the whole body of the answer, and show it as it is.
    """

    @wraps(view)
    def answer(request: Request, *args: Given.args, **kwargs: Given.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            if is_script(request):  # it would take the login page for an answer
                return sentence(request, "You are signed out; reload the page and sign in.", 401)
            return redirect_to_login(_page_of(request))
        try:
            return view(request, *args, **kwargs)
        except Exception as why:
            said, status = said_of(why)
            if not said:
                raise
            return sentence(request, said, status)

    return answer


def said_of(why: Exception) -> tuple[str, int]:
    """The sentence and the status that tell a person of it; no sentence for what is no fault of theirs."""
    match why:
        case LockedError():
            return str(why), 423
        case Throttled():
            minutes = math.ceil((getattr(why, "wait", 0) or 0) / 60)
            when = f" Come back in {minutes} minutes." if minutes > 1 else ""
            return str(why.detail).split(" Expected available")[0] + when, 429
        case APIException():
            return str(why.detail), why.status_code
        case PermissionDenied():
            return str(why) or "Only its owner and staff may do this.", 403
        case Http404():
            own = "" if "matches the given query" in str(why) else str(why)
            return own or "This is not there any more; somebody deleted it.", 404
        case StoreError():
            return str(why), 503
        case JobFailed():
            return str(why), 409
        case ValidationError():
            return _of_fields(why), 400
        case ValueError():
            return str(why), 400
    return "", 500


def sentence(request: HttpRequest, text: str, status: int) -> HttpResponse:
    """A sentence by itself for scripts, else on a page that leads back."""
    if is_script(request):
        return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
    context = {"sentence": text, "back": _page_of(request)}
    return render(request, "studio/refused.html", context, status=status)


def is_script(request: HttpRequest) -> bool:
    """Whether what asks would show a page to nobody: browsers ask for pages by name."""
    return "HX-Request" in request.headers or "text/html" not in request.headers.get("Accept", "text/html")


def _page_of(request: HttpRequest) -> str:
    """Where a person is: what is posted has no page of its own."""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    came_from = urlsplit(request.headers.get("Referer", ""))
    is_ours = came_from.netloc == request.get_host()
    return came_from.path if is_ours else "/"


def _of_fields(why: ValidationError) -> str:
    """What a model found wrong, each with the field it is about."""
    if not hasattr(why, "error_dict"):
        return " ".join(why.messages)
    found = ((name, " ".join(said)) for name, said in why.message_dict.items())
    return " ".join(
        said if name == NON_FIELD_ERRORS else f"{name.capitalize()}: {said}" for name, said in found
    )
