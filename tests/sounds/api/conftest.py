"""Whoever asks here is signed in."""

from tests.support.people import client, user

__all__ = ["client", "user"]
