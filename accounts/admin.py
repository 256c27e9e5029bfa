"""People and their tokens in the admin."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.html import format_html

from accounts.models import Token, User

admin.site.register(User, UserAdmin)


@admin.register(Token)
class TokenAdmin(admin.ModelAdmin):
    """A token is made and revoked, never changed: its text is shown once, when it is made."""

    list_display = ["name", "beginning", "user", "scope", "alive", "last_used_at", "expires_at", "created_at"]
    list_filter = ["scope", "user"]
    search_fields = ["name", "beginning", "user__username"]
    fields = ["user", "name", "scope", "expires_at"]
    actions = ["revoke"]

    @admin.display(boolean=True)
    def alive(self, token: Token) -> bool:
        return token.is_alive

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

    @admin.action(description="Revoke", permissions=["delete"])
    def revoke(self, request: HttpRequest, tokens: QuerySet[Token]) -> None:
        for token in tokens:
            token.revoke()
        messages.success(request, "Revoked: these tokens no longer sign anybody in.")
