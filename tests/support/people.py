"""Who asks in most tests of the API: fixtures, for the `conftest` of a folder to name."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import User
from tests.support.library import signed_in, somebody


@pytest.fixture
def user(db) -> User:
    return somebody()


@pytest.fixture
def client(user: User) -> Client:
    """Somebody with a login, `user`, who is not of the staff."""
    return signed_in(user)
