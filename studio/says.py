"""Answers to what people do on a page: done, or one sentence that says why not."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from rest_framework.exceptions import APIException

from accounts.models import User
from packs.errors import BuildError
from sounds.engines.registry import EngineError
from sounds.errors import LockedError

POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""Scripts come from the studio's own files alone, whatever somebody manages to write into a page."""

Given = ParamSpec("Given")
View = Callable[Concatenate["Request", Given], HttpResponse]


class Request(HttpRequest):
    """One of somebody who is signed in."""

    user: User


def page(view: View[Given]) -> Callable[..., Any]:
    """A page for people who are signed in; what they cannot do, it says in a sentence.

    The sentence is the whole body of the answer: scripts show it as it is.
    """

    @wraps(view)
    def answer(request: Request, *args: Given.args, **kwargs: Given.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            if "HX-Request" in request.headers:  # a script would take the login page for an answer
                return sentence("You are signed out; reload the page and sign in.", 401)
            return redirect_to_login(request.get_full_path())
        response = _answer(view, request, *args, **kwargs)
        response["Content-Security-Policy"] = POLICY
        return response

    return answer


def _answer(view: View[Given], request: Request, *args: Given.args, **kwargs: Given.kwargs) -> HttpResponse:
    try:
        return view(request, *args, **kwargs)
    except LockedError as why:
        return sentence(str(why), 423)
    except APIException as why:
        return sentence(str(why.detail), why.status_code)
    except PermissionDenied as why:
        return sentence(str(why) or "Only its owner and staff may do this.", 403)
    except (BuildError, EngineError) as why:
        return sentence(str(why), 409)
    except ValidationError as why:
        return sentence(" ".join(why.messages), 400)
    except ValueError as why:
        return sentence(str(why), 400)


def sentence(text: str, status: int) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
