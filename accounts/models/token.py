"""Tokens: how programs sign in as a person."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone

from accounts.models.user import User

BEGINNING = "ccb_"
"""By it secret scanners and people know what they have found."""
SHOWN = len(BEGINNING) + 4
USE_IS_NOTED_EVERY = timedelta(minutes=1)


class Scope(models.TextChoices):
    """What a token may do; each includes those before it."""

    READ = "read", "Read: look at and download everything its owner may"
    GENERATE = "generate", "Generate: also make and change sounds and packs"
    MANAGE = "manage", "Manage: also what only staff may, if its owner is staff"

    def includes(self, other: Scope) -> bool:
        order = list(Scope)
        return order.index(self) >= order.index(other)


class TokenQuerySet(models.QuerySet["Token"]):
    def issue(
        self, user: User, *, name: str, scope: Scope = Scope.READ, expires_at: datetime | None = None
    ) -> tuple[Token, str]:
        """Make a token; its text is returned here and never again."""
        text = BEGINNING + secrets.token_urlsafe(32)
        token = self.create(
            user=user,
            name=name,
            scope=scope,
            beginning=text[:SHOWN],
            digest=_digest(text),
            expires_at=expires_at,
        )
        return token, text

    def find(self, text: str) -> Token | None:
        """The living token with that text, of a person who may still sign in."""
        # By the one thing that is indexed, and no more: every request of a program goes through here.
        for token in self.filter(digest=_digest(text)).select_related("user"):
            if token.is_alive and token.user.is_active:
                return token
        return None


class Token(models.Model):
    """One program's way in; only a hash of it is kept.

    SHA-256 without salt or stretching is enough, and quick: unlike a password, the text is 256 random bits.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=80, help_text="What it is for, such as the program or machine.")
    scope = models.CharField(max_length=10, choices=Scope.choices, default=Scope.READ)
    beginning = models.CharField(max_length=12, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True, help_text="Empty: it does not expire.")
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = TokenQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.name} ({self.beginning}…)"

    @property
    def is_alive(self) -> bool:
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > timezone.now())

    def allows(self, scope: Scope) -> bool:
        return Scope(self.scope).includes(scope)

    def note_use(self) -> None:
        """Remember when it was used, to the minute: a program that asks often must not write often."""
        now = timezone.now()
        if self.last_used_at is None or now - self.last_used_at > USE_IS_NOTED_EVERY:
            Token.objects.filter(pk=self.pk).update(last_used_at=now)

    def revoke(self) -> None:
        """End it for good."""
        Token.objects.filter(pk=self.pk, revoked_at=None).update(revoked_at=timezone.now())
        self.refresh_from_db()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()
