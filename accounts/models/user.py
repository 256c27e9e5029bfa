"""People who use the studio."""

from __future__ import annotations

import secrets

from django.contrib.auth.models import AbstractUser
from django.utils.functional import cached_property

PREMIUM_GROUP = "premium"


class User(AbstractUser):
    """A person with a login; custom from the first migration so that it can grow."""

    @cached_property
    def is_premium(self) -> bool:
        """Whether the group “premium” has this person; looked up once, as an instance lives one request."""
        return self.groups.filter(name=PREMIUM_GROUP).exists()

    @classmethod
    def create_first_admin(cls) -> tuple[User, str] | None:
        """Make the first administrator with a random password, or None when somebody is there."""
        if cls.objects.exists():
            return None
        password = secrets.token_urlsafe(12)
        return cls.objects.create_superuser("admin", password=password), password
