"""Signing in to the API with ``Authorization: Bearer``."""

from __future__ import annotations

from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.models import Token, User


class BearerAuthentication(BaseAuthentication):
    """A token in the header; a request without one is left to the next way of signing in."""

    def authenticate(self, request: Request) -> tuple[User, Token] | None:
        word, _, text = get_authorization_header(request).decode("latin-1").partition(" ")
        if word.lower() != "bearer":
            return None
        token = Token.objects.find(text.strip())
        if token is None:
            raise AuthenticationFailed("This token is unknown, expired or revoked; make a new one.")
        token.note_use()
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"
