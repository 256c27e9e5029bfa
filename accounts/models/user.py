"""People who use the studio."""

from __future__ import annotations

import secrets

from django.contrib.auth.models import AbstractUser


class User(AbstractUser):
    """A person with a login; custom from the first migration so that it can grow."""

    @classmethod
    def create_first_admin(cls) -> tuple[User, str] | None:
        """Make the first administrator with a random password, or None when somebody is there."""
        if cls.objects.exists():
            return None
        password = secrets.token_urlsafe(12)
        return cls.objects.create_superuser("admin", password=password), password
