"""Whose jobs come first."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

from jobs.models import Tier

PREMIUM_GROUP = "premium"


def tier_of(user: AbstractBaseUser | AnonymousUser | None) -> Tier:
    """Staff come first, then the group “premium”, then everybody with a login, then the rest."""
    if user is None or not user.is_authenticated:
        return Tier.FREE
    if getattr(user, "is_staff", False):
        return Tier.ADMIN
    if user.groups.filter(name=PREMIUM_GROUP).exists():  # type: ignore[union-attr]
        return Tier.PREMIUM
    return Tier.STANDARD
