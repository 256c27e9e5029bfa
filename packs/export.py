"""Loose sounds, or what is chosen in a collection, as a pack to take away: a zip without a build."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils.text import slugify

from packs.content import PackContent
from packs.formats import pack_files
from packs.gather import Chosen, audio_files, licence_of, moment_of, pack_sound, takes_in
from packs.models.build import zip_name
from packs.models.pack import LONGEST_SLUG
from packs.zipping import write_zip
from sounds.models import Collection, Hook, Sound

VERSION = "1.0.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """What is to be zipped, decided; `missing` says which files have to be made first."""

    slug: str
    title: str
    takes: Sequence[Chosen]
    formats: Sequence[str]
    theme: str = ""
    variation: str = ""
    version: str = VERSION
    gone: Sequence[Sound] = field(default_factory=tuple)
    """Sounds whose master was cleaned up."""

    @classmethod
    def of_sounds(cls, sounds: Iterable[Sound], *, title: str, formats: Sequence[str]) -> Export:
        """Any sounds: each goes in under its hook's name, or its title's; a second one is numbered."""
        hooks = {hook.slug: hook for hook in Hook.objects.all()}
        takes: list[Chosen] = []
        gone = []
        for sound in sounds:
            files = audio_files(sound)
            if "wav" in files:
                key = _free_key(sound, {take.key for take in takes})
                takes.append(Chosen(key, hooks.get(sound.hook), sound, files))
            else:
                gone.append(sound)
        return cls(slug=_slug(title), title=title, takes=takes, formats=formats, gone=gone)

    @classmethod
    def of_collection(cls, collection: Collection, *, formats: Sequence[str]) -> Export:
        """What is chosen in its enabled slots; raises `BuildError` where nothing is."""
        slots = collection.slots.select_related("chosen", "hook").prefetch_related("chosen__files")
        takes = takes_in(slots.order_by("position", "id"), f"The collection {collection}")
        pack = getattr(collection, "pack", None)
        return cls(
            slug=pack.slug if pack else _slug(collection.title),
            title=collection.title,
            takes=takes,
            formats=formats,
            theme=collection.theme.slug if collection.theme else "",
            variation=collection.variation.slug if collection.variation else "",
            version=pack.suggested_version() if pack else VERSION,
        )

    def missing(self) -> list[tuple[Sound, str]]:
        """Sound and format of each file that is not there yet."""
        return [
            (take.sound, format_)
            for take in self.takes
            for format_ in self.formats
            if format_ not in take.files
        ]

    @property
    def file_name(self) -> str:
        return zip_name(self.slug, self.version)

    def write(self) -> tuple[Path, str]:
        """Write the zip into a folder of its own for the caller to remove; its path and its SHA-256."""
        temporary = settings.AUDIO_OUTPUT_DIR / "temp"
        temporary.mkdir(parents=True, exist_ok=True)
        path = Path(tempfile.mkdtemp(prefix="export-", dir=temporary)) / self.file_name
        content = self._content()
        sha256, _ = write_zip(path, pack_files(content), timestamp=datetime.fromisoformat(content.created_at))
        return path, sha256

    def _content(self) -> PackContent:
        sounds = [take.sound for take in self.takes]
        return PackContent(
            name=self.slug,
            display_name=self.title,
            version=self.version,
            description=f"{len(sounds)} notification sounds.",
            author="ccbell sound studio",
            licence=licence_of(sounds),
            theme=self.theme,
            variation=self.variation,
            tags=("notifications", "coding-agents"),
            created_at=moment_of(sounds),
            generator_version=settings.VERSION,
            sounds=[pack_sound(take, self.formats) for take in self.takes],
        )


def _slug(title: str) -> str:
    return slugify(title)[:LONGEST_SLUG].strip("-_") or "sounds"


def _free_key(sound: Sound, taken: set[str]) -> str:
    stem = sound.hook or slugify(sound.title)[: LONGEST_SLUG - 4].strip("-_") or "sound"
    number, key = 1, stem
    while key in taken:
        number += 1
        key = f"{stem}-{number}"
    return key
