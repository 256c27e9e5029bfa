"""Programs sign in with tokens, and only as far as their scope goes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Scope, Token, User

pytestmark = pytest.mark.django_db

ENGINES = "/api/engines"
UNLOAD = "/api/engines/procedural/unload"


@pytest.fixture
def user() -> User:
    return User.objects.create_user("ada", password="long enough")


@pytest.fixture
def staff() -> User:
    return User.objects.create_superuser("root", password="long enough")


def issue(user: User, scope: Scope = Scope.READ, **options) -> tuple[Token, dict[str, str]]:
    token, text = Token.objects.issue(user, name="a program", scope=scope, **options)
    return token, {"Authorization": f"Bearer {text}"}


def test_a_token_signs_in_as_its_owner(client: Client, user):
    _, header = issue(user)
    assert client.get(ENGINES, headers=header).status_code == 200


def test_without_a_token_or_a_login_there_is_no_way_in(client: Client):
    answer = client.get(ENGINES)
    assert answer.status_code == 401 and answer["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("text", ["", "ccb_wrong", "ccb_" + "x" * 43, "ünïcode", "two words", "\x00"])
def test_a_wrong_token_is_refused_in_words_even_beside_a_login(client: Client, user, text):
    client.force_login(user)
    answer = client.get(ENGINES, HTTP_AUTHORIZATION=f"Bearer {text}")
    assert answer.status_code == 401 and "make a new one" in answer.json()["detail"]


def test_a_token_is_kept_as_a_hash_only(user):
    token, text = Token.objects.issue(user, name="a program")
    kept = [str(value) for value in Token.objects.filter(pk=token.pk).values_list().get()]
    assert text.startswith("ccb_") and len(text) > 40
    assert not any(text in value or text[8:] in value for value in kept)


def test_revoked_and_expired_tokens_and_those_of_people_who_left_are_dead(client: Client, user):
    revoked, header_1 = issue(user)
    revoked.revoke()
    _, header_2 = issue(user, expires_at=timezone.now() - timedelta(seconds=1))
    _, header_3 = issue(User.objects.create_user("left", is_active=False))
    for header in (header_1, header_2, header_3):
        assert client.get(ENGINES, headers=header).status_code == 401


def test_a_token_does_no_more_than_its_scope(client: Client, staff):
    _, reads = issue(staff, Scope.READ)
    _, manages = issue(staff, Scope.MANAGE)
    answer = client.post(UNLOAD, headers=reads)
    assert answer.status_code == 403 and "needs the scope manage" in answer.json()["detail"]
    assert client.post(UNLOAD, headers=manages).status_code == 200


def test_no_token_makes_staff_of_its_owner(client: Client, user):
    _, header = issue(user, Scope.MANAGE)
    answer = client.post(UNLOAD, headers=header)
    assert answer.status_code == 403 and answer.json()["detail"] == "Only staff may do this."


def test_a_login_by_cookie_needs_the_csrf_token_and_a_bearer_does_not(staff):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(staff)
    assert strict.post(UNLOAD).status_code == 403
    _, header = issue(staff, Scope.MANAGE)
    assert Client(enforce_csrf_checks=True).post(UNLOAD, headers=header).status_code == 200


def test_its_use_is_noted_but_not_with_every_request(client: Client, user, django_assert_num_queries):
    token, header = issue(user)
    client.get(ENGINES, headers=header)
    token.refresh_from_db()
    first = token.last_used_at
    assert first
    client.get(ENGINES, headers=header)
    token.refresh_from_db()
    assert token.last_used_at == first


@given(scope=st.sampled_from(Scope), other=st.sampled_from(Scope))
def test_scopes_are_ordered(scope, other):
    assert scope.includes(scope)
    assert scope.includes(other) or other.includes(scope)
    assert scope == other or scope.includes(other) != other.includes(scope)


def test_the_command_prints_a_token_that_works(client: Client, user, capsys):
    call_command("create_token", "ada", "--name", "my script", "--scope", "read")
    text = capsys.readouterr().out.strip()
    assert client.get(ENGINES, headers={"Authorization": f"Bearer {text}"}).status_code == 200
    assert Token.objects.get().name == "my script"


@pytest.mark.parametrize(
    "words, sentence", [(["nobody"], "no user “nobody”"), (["ada", "--scope", "all"], "no scope “all”")]
)
def test_the_command_says_what_there_is(user, words, sentence):
    with pytest.raises(CommandError, match=sentence):
        call_command("create_token", *words)
    assert not Token.objects.exists()


def test_the_admin_shows_a_new_token_once_and_revokes_it(admin_client: Client, client: Client, admin_user):
    form = {"user": admin_user.pk, "name": "my script", "scope": "read"}
    page = admin_client.post(reverse("admin:accounts_token_add"), form, follow=True).content.decode()
    text = page.split("<code>")[1].split("</code>")[0]
    header = {"Authorization": f"Bearer {text}"}
    assert Client().get(ENGINES, headers=header).status_code == 200
    listing = reverse("admin:accounts_token_changelist")
    assert text not in admin_client.get(listing).content.decode()
    token = Token.objects.get()
    assert admin_client.get(reverse("admin:accounts_token_change", args=[token.pk])).status_code == 200
    admin_client.post(listing, {"action": "revoke", "_selected_action": [token.pk]})
    assert Client().get(ENGINES, headers=header).status_code == 401
