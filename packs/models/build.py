"""Builds: packs as they were handed out, frozen."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import models, transaction

from packs.versions import parse_version
from sounds import store


class Build(models.Model):
    """One version of a pack: its content's hash, manifest, report and zip never change."""

    pack = models.ForeignKey("packs.Pack", models.PROTECT, related_name="builds")
    version = models.CharField(max_length=20)
    content_sha256 = models.CharField(max_length=64, db_index=True)
    formats = models.JSONField(default=list)
    manifest = models.JSONField()
    report = models.JSONField()
    zip_path = models.CharField(max_length=300, help_text="Below the audio folder.")
    zip_sha256 = models.CharField(max_length=64)
    zip_bytes = models.PositiveBigIntegerField()
    job = models.ForeignKey("jobs.Job", models.SET_NULL, null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["pack", "version"], name="one_build_of_a_version")]

    def __str__(self) -> str:
        return f"{self.pack} {self.version}"

    def discard(self) -> None:
        """Delete it with its zip; its sounds are free to go then."""
        zip_path = self.location
        with transaction.atomic():
            self.delete()
            transaction.on_commit(lambda: store.let_go(zip_path))

    @property
    def number(self) -> tuple[int, int, int]:
        """The version as something that sorts."""
        return parse_version(self.version)

    @property
    def location(self) -> Path:
        """Where the zip lies, absolute."""
        return settings.AUDIO_OUTPUT_DIR / self.zip_path

    def bring(self) -> Path:
        """The same, with the zip there if there is one: fetched from a shared store when it has to be.

        Raises `StoreError` when that does not give it.
        """
        store.bring([self.location])
        return self.location

    @property
    def file_name(self) -> str:
        return zip_name(self.pack.slug, self.version)


class BuildItem(models.Model):
    """One sound in a build; it protects the sound from being deleted."""

    build = models.ForeignKey(Build, models.CASCADE, related_name="items")
    hook = models.CharField(max_length=64)
    sound = models.ForeignKey("sounds.Sound", models.PROTECT, related_name="in_builds")

    class Meta:
        ordering = ["build", "id"]
        constraints = [models.UniqueConstraint(fields=["build", "hook"], name="one_sound_a_hook_in_a_build")]

    def __str__(self) -> str:
        return f"{self.hook} in {self.build}"


def zip_name(slug: str, version: str) -> str:
    return f"ccbell-sounds-{slug}-v{version}.zip"
