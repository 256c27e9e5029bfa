"""Files that belong to a sound."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models

from sounds import store

if TYPE_CHECKING:
    from sounds.models.sound import Sound


class AudioFile(models.Model):
    """One file of a sound: its master, a rendition of that in another format, or a picture of it."""

    class Role(models.TextChoices):
        ORIGINAL = "original", "Original"
        MASTER = "master", "Master"
        RENDITION = "rendition", "Rendition"
        PICTURE = "picture", "Picture"

    sound = models.ForeignKey("sounds.Sound", models.CASCADE, related_name="files")
    role = models.CharField(max_length=10, choices=Role.choices)
    format = models.CharField(max_length=10)
    path = models.CharField(max_length=300, help_text="Below the audio folder.")
    bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["role", "format"]
        constraints = [
            models.UniqueConstraint(fields=["sound", "role", "format"], name="one_file_of_a_format_and_role")
        ]

    def __str__(self) -> str:
        return self.path

    @classmethod
    def of(cls, sound: Sound, made: dict[str, Any]) -> AudioFile:
        """An unsaved row for a file that the render host says it made in the sound's folder."""
        return cls(
            sound=sound,
            role=made["role"],
            format=made["format"],
            path=str((sound.folder / made["name"]).relative_to(settings.AUDIO_OUTPUT_DIR)),
            bytes=made["bytes"],
            sha256=made["sha256"],
        )

    @property
    def location(self) -> Path:
        """Where it lies, absolute."""
        return settings.AUDIO_OUTPUT_DIR / self.path

    @property
    def is_there(self) -> bool:
        """Whether there is one, as far as that is to be known without asking a store that is shared."""
        return self.sound.cleaned_at is None if store.is_shared() else self._is_here

    @property
    def is_readable(self) -> bool:
        """Whether a file of its size lies where it should, inside the audio folder: safe to be given out.

        Fetched from a shared store if need be; raises `StoreError` when that does not give it.
        """
        return self._is_here or (self._fetch() and self._is_here)

    @property
    def is_whole(self) -> bool:
        """Whether the very bytes that were made are on disk; a sound's are read in a millisecond.

        Fetched as for `is_readable`, in the place of others that lie here.
        """
        return self._is_intact or (self._fetch() and self._is_intact)

    @property
    def _is_here(self) -> bool:
        try:
            place = self.location.resolve(strict=True)
            inside = place.is_relative_to(settings.AUDIO_OUTPUT_DIR.resolve())
            return inside and place.is_file() and place.stat().st_size == self.bytes
        except OSError:
            return False

    @property
    def _is_intact(self) -> bool:
        try:
            with self.location.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest() == self.sha256
        except OSError:
            return False

    def _fetch(self) -> bool:
        """Have here what a shared store has of it, if there is any."""
        try:
            store.fetch(self.location)
        except (FileNotFoundError, ValueError):  # nobody has it, or it is none of the audio folder's
            return False
        return True
