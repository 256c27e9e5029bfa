"""From rows to plain data: what a pack holds right now, ready for the formats."""

from __future__ import annotations

from collections.abc import Collection as Collection_
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC

from django.conf import settings

from packs.content import PackContent, PackFile, PackSound
from packs.errors import BuildError
from packs.models import Pack
from sounds.models import AudioFile, Collection, Slot, Sound


@dataclass(frozen=True, slots=True)
class Chosen:
    """A slot's chosen take with its audio files, format to file."""

    slot: Slot
    sound: Sound
    files: dict[str, AudioFile]


def chosen_takes(pack: Pack, keys: Collection_[str] = ()) -> list[Chosen]:
    """The take chosen for every slot named in `keys`, or for every enabled one.

    Raises `BuildError` naming the slots that have none.
    """
    slots = [slot for slot in pack.slots() if (slot.key in keys if keys else slot.enabled)]
    if not slots:
        raise BuildError(f"The pack {pack} has no enabled slot; enable at least one.")
    files = {slot.chosen.pk: _audio_files(slot.chosen) for slot in slots if slot.chosen}
    missing = [slot.key for slot in slots if slot.chosen is None or "wav" not in files[slot.chosen.pk]]
    if missing:
        raise BuildError(
            f"The pack {pack} has no take chosen for {', '.join(missing)}; generate and choose one, "
            "or disable the slot."
        )
    return [Chosen(slot, slot.chosen, files[slot.chosen.pk]) for slot in slots if slot.chosen]


def _audio_files(sound: Sound) -> dict[str, AudioFile]:
    """Format to file, for the files that are whole."""
    roles = (AudioFile.Role.MASTER, AudioFile.Role.RENDITION)
    return {file.format: file for file in sound.files.all() if file.role in roles and file.is_whole}


def content_of(pack: Pack, takes: Sequence[Chosen], version: str, formats: Sequence[str]) -> PackContent:
    """The pack's content with files in `formats`; every take must have them already."""
    collection = pack.collection
    sounds = [take.sound for take in takes]
    newest = max(sound.created_at for sound in sounds)
    return PackContent(
        name=pack.slug,
        display_name=collection.title,
        version=version,
        description=pack.description,
        author=pack.author,
        author_github=pack.author_github,
        licence=licence_of(sounds),
        homepage=pack.homepage,
        theme=collection.theme.slug if collection.theme else "",
        variation=collection.variation.slug if collection.variation else "",
        tags=_tags(collection, sounds),
        created_at=newest.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        generator_version=settings.VERSION,
        sounds=[_pack_sound(take, formats) for take in takes],
    )


def licence_of(sounds: Sequence[Sound]) -> str:
    """One SPDX expression for the whole: each licence once."""
    return " AND ".join(sorted({sound.licence for sound in sounds}))


def _tags(collection: Collection, sounds: Sequence[Sound]) -> list[str]:
    theme = [collection.theme.slug] if collection.theme else []
    return [*theme, "notifications", "coding-agents", *sorted({sound.engine for sound in sounds})][:10]


def _pack_sound(take: Chosen, formats: Sequence[str]) -> PackSound:
    hook, sound, brief = take.slot.hook, take.sound, take.sound.brief
    return PackSound(
        hook=take.slot.key,
        title=hook.name if hook else sound.title,
        description=hook.description if hook else "",
        claude_event=hook.claude_events[0] if hook and hook.claude_events else "",
        ccbell_event=hook.ccbell_event if hook else "",
        cesp_category=hook.cesp_category if hook else "",
        duration_s=sound.duration_s,
        loudness_lufs=sound.loudness_lufs,
        intended_lufs=sound.intended_lufs,
        true_peak_dbtp=sound.true_peak_dbtp,
        quality=sound.quality,
        engine=sound.engine,
        engine_version=sound.engine_version,
        prompt=brief["prompt"],
        seed=sound.seed,
        theme=brief["theme"],
        variation=brief["variation"],
        licence=sound.licence,
        attribution=sound.attribution,
        files={format_: _pack_file(take.files[format_]) for format_ in formats},
    )


def _pack_file(file: AudioFile) -> PackFile:
    return PackFile(format=file.format, source=file.location, bytes=file.bytes, sha256=file.sha256)
