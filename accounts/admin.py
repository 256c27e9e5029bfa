"""People and their tokens in the admin."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth import admin as auth_admin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from accounts.models import Token, User
from ccbell_site.admin_base import StudioAdmin, Verb, verb

admin.site.unregister(Group)


@admin.register(User)
class UserAdmin(auth_admin.UserAdmin, ModelAdmin):
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm


@admin.register(Group)
class GroupAdmin(auth_admin.GroupAdmin, ModelAdmin):
    pass


@admin.register(Token)
class TokenAdmin(StudioAdmin):
    """A token is made and revoked, never changed: its text is shown once, when it is made."""

    list_display = ["name", "beginning", "user", "scope", "state", "last_used_at", "expires_at", "created_at"]
    list_filter = ["scope", "user"]
    list_select_related = ["user"]
    search_fields = ["name", "beginning", "user__username"]
    actions = ["revoke"]
    verbs = ("revoke_one",)

    @admin.display(description="state")
    def state(self, token: Token) -> str:
        word, colour = "alive", "succeeded"
        if token.revoked_at:
            word, colour = "revoked", "failed"
        elif token.expires_at and token.expires_at <= timezone.now():
            word, colour = "expired", "cancelled"
        return format_html('<span class="state {}">{}</span>', colour, word)

    def get_fields(self, request: HttpRequest, obj: Token | None = None) -> list[str]:
        made = ["user", "name", "scope", "expires_at"]
        return [*made, "state", "beginning", "created_at", "last_used_at", "revoked_at"] if obj else made

    def get_readonly_fields(self, request: HttpRequest, obj: Token | None = None) -> list[str]:
        return ["state", "beginning", "created_at", "last_used_at", "revoked_at"] if obj else []

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"user": request.user.pk}

    def has_change_permission(self, request: HttpRequest, obj: Token | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Token, form: ModelForm, change: bool) -> None:
        given = form.cleaned_data
        token, text = Token.objects.issue(
            given["user"], name=given["name"], scope=given["scope"], expires_at=given["expires_at"]
        )
        obj.pk, obj.beginning = token.pk, token.beginning
        messages.warning(
            request, format_html("Copy the token now, it is not shown again: <code>{}</code>", text)
        )

    def fits(self, one: Verb, row: Token) -> bool:
        return row.is_alive

    @verb("revoke", icon="key_off", permission="delete")
    def revoke_one(self, request: HttpRequest, token: Token) -> str:
        token.revoke()
        return f"Revoked: “{token}” no longer signs anybody in."

    @admin.action(description="Revoke", permissions=["delete"])
    def revoke(self, request: HttpRequest, tokens: QuerySet[Token]) -> None:
        for token in tokens:
            token.revoke()
        messages.success(request, "Revoked: these tokens no longer sign anybody in.")
