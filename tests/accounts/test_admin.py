"""People and their tokens in the admin."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from accounts.models import Token, User
from tests.support.admin import listing, page, page_of, press, staff
from tests.support.library import somebody

pytestmark = pytest.mark.django_db


@pytest.fixture
def token() -> Token:
    return Token.objects.issue(somebody("ada"), name="laptop")[0]


def test_a_token_is_revoked_by_its_button(admin_client: Client, token):
    assert "no longer signs anybody in" in press(admin_client, token, "revoke").content.decode()
    assert not Token.objects.get().is_alive
    assert ">revoked<" in page(admin_client, listing("accounts_token"))


def test_the_list_tells_which_tokens_are_alive(admin_client: Client, token):
    assert ">alive<" in page(admin_client, listing("accounts_token"))
    Token.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert ">expired<" in page(admin_client, listing("accounts_token"))


def test_who_may_only_look_at_tokens_revokes_none(token):
    client = staff("accounts.view_token")
    assert "formaction" not in page(client, listing("accounts_token"))
    assert press(client, token, "revoke").status_code == 403
    assert Token.objects.get().is_alive


def test_people_and_groups_are_managed(admin_client: Client):
    form = {"username": "grace", "usable_password": "true"}
    form |= {"password1": "a long password", "password2": "a long password"}
    admin_client.post("/admin/accounts/user/add/", form)
    grace = User.objects.get(username="grace")
    assert grace.check_password("a long password")
    assert "Staff status" in page_of(admin_client, grace)
    assert page(admin_client, f"/admin/accounts/user/{grace.pk}/password/")
    admin_client.post("/admin/auth/group/add/", {"name": "premium"})
    assert page_of(admin_client, Group.objects.get(name="premium"))
