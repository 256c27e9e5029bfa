"""Whose jobs come first."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from jobs.models import Tier
from jobs.tiers import tier_of
from tests.support.library import somebody

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "more, tier",
    [
        ({}, Tier.STANDARD),
        ({"group": "premium"}, Tier.PREMIUM),
        ({"group": "Premium"}, Tier.STANDARD),
        ({"group": "friends"}, Tier.STANDARD),
        ({"is_staff": True}, Tier.ADMIN),
        ({"is_staff": True, "group": "premium"}, Tier.ADMIN),
    ],
)
def test_it_is_what_somebody_is_that_counts(more, tier):
    assert tier_of(somebody(**more)) == tier


def test_the_group_is_asked_for_once(django_assert_num_queries):
    ada = User.objects.get(pk=somebody(group="premium").pk)
    with django_assert_num_queries(1):
        assert [tier_of(ada) for _ in range(3)] == [Tier.PREMIUM] * 3


@pytest.mark.parametrize("nobody", [AnonymousUser(), None])
def test_who_is_nobody_comes_last(nobody):
    assert tier_of(nobody) == Tier.FREE
