"""Whose jobs come first."""

from __future__ import annotations

from accounts.models import User
from jobs.models import Tier


def tier_of(user: object) -> Tier:
    """Staff come first, then the group “premium”, then everybody with a login, then the rest."""
    if not isinstance(user, User):
        return Tier.FREE
    if user.is_staff:
        return Tier.ADMIN
    if user.is_premium:
        return Tier.PREMIUM
    return Tier.STANDARD
