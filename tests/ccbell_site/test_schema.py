"""The OpenAPI schema that `/api/schema/` gives out."""

from __future__ import annotations

import pytest
from django.test import Client
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.validation import validate_schema

from accounts.models import Scope
from tests.support.library import bearer, problem, signed_in, somebody

pytestmark = pytest.mark.django_db

SCHEMA = "/api/schema/?format=json"


@pytest.fixture
def client() -> Client:
    return signed_in(somebody())


def test_the_schema_is_valid_and_nothing_in_it_was_guessed(client: Client):
    GENERATOR_STATS.reset()
    answer = client.get(SCHEMA)
    assert answer.status_code == 200
    validate_schema(answer.json())
    assert not GENERATOR_STATS, (GENERATOR_STATS._warn_cache, GENERATOR_STATS._error_cache)


def test_every_operation_says_that_it_needs_a_login_or_a_token_and_how_it_may_fail(client: Client):
    for path, operations in client.get(SCHEMA).json()["paths"].items():
        for method, operation in operations.items():
            assert {"token": []} in operation["security"], (path, method)
            assert {"401", "404"} <= operation["responses"].keys(), (path, method)


@pytest.mark.parametrize("name", ["version", "lang", "nonsense"])
def test_there_is_one_schema_whatever_is_asked_of_it(client: Client, name):
    assert name in problem(client.get(SCHEMA, {name: "\0\r\n"}), 400)["errors"]


@pytest.mark.parametrize("path", ["/api/schema/", "/api/docs/"])
def test_the_schema_is_only_read_and_only_by_who_is_signed_in(path):
    strict = Client(enforce_csrf_checks=True)
    assert strict.get(path).status_code == 401
    assert strict.put(path, headers=bearer(somebody(), Scope.GENERATE)).status_code == 405
