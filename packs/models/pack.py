"""Packs: a collection's chosen takes under a name that players know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.validators import MaxLengthValidator, RegexValidator
from django.db import models

from packs.versions import next_version

if TYPE_CHECKING:
    from packs.models.build import Build
    from sounds.models import Slot


class Pack(models.Model):
    """What is built, installed and published; each `Build` of it is a frozen version."""

    collection = models.OneToOneField("sounds.Collection", models.PROTECT, related_name="pack")
    slug = models.CharField(
        max_length=64,
        unique=True,
        validators=[RegexValidator(r"^[a-z0-9][a-z0-9_-]*$", "Use small letters, digits, - and _ only.")],
    )
    description = models.TextField(blank=True, validators=[MaxLengthValidator(256)])
    author = models.CharField(max_length=80, default="ccbell sound studio")
    author_github = models.CharField("GitHub user", max_length=40, blank=True)
    homepage = models.URLField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.slug

    def slots(self) -> models.QuerySet[Slot]:
        """Its slots with what is chosen for them, in order."""
        return (
            self.collection.slots.select_related("chosen", "hook")
            .prefetch_related("chosen__files")
            .order_by("position", "id")
        )

    def latest_build(self) -> Build | None:
        return max(self.builds.all(), key=lambda build: build.number, default=None)

    def suggested_version(self, *, sounds_changed: bool = True) -> str:
        """The version for content that no build has yet."""
        latest = self.latest_build()
        return next_version(latest.version, sounds_changed=sounds_changed) if latest else "1.0.0"
