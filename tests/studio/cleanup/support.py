"""Takes with real files, as old as a test wants them."""

from __future__ import annotations

import hashlib
import os
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db.migrations.recorder import MigrationRecorder
from django.db.models import F
from django.utils import timezone

from sounds.models import AudioFile, Choice, Collection, Slot, Sound
from tests.support.library import a_collection, a_sound

TWO_DAYS = 48.0


def a_slot(*, hours_ago: float = TWO_DAYS, **more: Any) -> Slot:
    """A row that nobody touched for so long."""
    slot = a_collection(None, "idle", **more).slots.get()
    Collection.objects.update(created_at=timezone.now() - timedelta(hours=hours_ago))
    return slot


def a_take(title: str = "a take", *, hours_ago: float = TWO_DAYS, **more: Any) -> Sound:
    """A sound with a master and a rendition on the disk, made so long ago."""
    sound = a_sound(title, **more)
    Sound.objects.filter(pk=sound.pk).update(created_at=timezone.now() - timedelta(hours=hours_ago))
    sound.folder.mkdir(parents=True)
    for role, format_ in (("master", "wav"), ("rendition", "mp3")):
        data = f"{title} {format_} {sound.uuid}".encode() * 20
        (sound.folder / f"sound.{format_}").write_bytes(data)
        facts = {"name": f"sound.{format_}", "role": role, "format": format_, "bytes": len(data)}
        AudioFile.of(sound, facts | {"sha256": hashlib.sha256(data).hexdigest()}).save()
    sound.refresh_from_db()
    return sound


def an_old_database() -> None:
    """Have this database be of long ago, as a studio's is."""
    MigrationRecorder.Migration.objects.update(applied=timezone.now() - timedelta(days=365))


def choose(slot: Slot, sound: Sound | None, *, hours_ago: float = TWO_DAYS) -> None:
    """Choose it, so long ago."""
    slot.choose(sound)
    Choice.objects.filter(slot=slot).update(at=timezone.now() - timedelta(hours=hours_ago))


def is_clean(sound: Sound) -> bool:
    """Whether its files are gone and its row says so; it must never be one without the other."""
    sound = Sound.objects.get(pk=sound.pk)
    gone = not sound.folder.exists()
    assert gone == bool(sound.cleaned_at) == (not sound.files.exists())
    assert gone or sound.is_whole
    return gone


def an_old_file(path: Path, *, hours_ago: float = TWO_DAYS, data: bytes = b"something") -> Path:
    """A file that was written so long ago."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    moment = time.time() - 3600 * hours_ago
    os.utime(path, (moment, moment))
    return path


def aged(*, hours: float) -> None:
    """Have everything that there is been made and chosen so long ago."""
    ago = timedelta(hours=hours)
    Sound.objects.update(created_at=F("created_at") - ago)
    Choice.objects.update(at=F("at") - ago)
