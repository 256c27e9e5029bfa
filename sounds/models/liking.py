"""What people stick on sounds: tags that all share, favourites that are each person's own."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models

MOST_TAGS = 20
TAG = RegexValidator(
    r"^[^\W_](?:[\w .-]{0,38}[^\W_])?$", "A tag is up to 40 letters, digits, spaces, dots and dashes."
)


class Tag(models.Model):
    """A word to find sounds by."""

    name = models.CharField(max_length=40, unique=True, validators=[TAG])

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Favourite(models.Model):
    """A sound that somebody likes; clean-up keeps its files."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="likings")
    sound = models.ForeignKey("sounds.Sound", models.CASCADE, related_name="likings")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["user", "sound"], name="one_favourite_of_a_sound")]

    def __str__(self) -> str:
        return f"{self.sound} of {self.user}"
