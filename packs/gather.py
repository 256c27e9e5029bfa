"""From rows to plain data: what a pack holds right now, ready for the formats."""

from __future__ import annotations

from collections.abc import Collection as Collection_
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC

from django.conf import settings

from packs.content import SOURCE, PackContent, PackFile, PackSound
from packs.errors import BuildError
from packs.models import Pack
from sounds import store
from sounds.models import AudioFile, Collection, Hook, Slot, Sound


@dataclass(frozen=True, slots=True)
class Chosen:
    """A take that goes into a pack as `key`, with its audio files, format to file."""

    key: str
    hook: Hook | None
    sound: Sound
    files: dict[str, AudioFile]


def chosen_takes(pack: Pack, keys: Collection_[str] = ()) -> list[Chosen]:
    """The take chosen for every slot named in `keys`, or for every enabled one.

    Raises `BuildError` naming the slots that have none.
    """
    return takes_in(pack.slots(), f"The pack {pack}", keys)


def takes_in(slots: Iterable[Slot], whose: str, keys: Collection_[str] = ()) -> list[Chosen]:
    """The same for slots of anything; `whose` is what the sentence of a `BuildError` is about."""
    wanted = [slot for slot in slots if (slot.key in keys if keys else slot.enabled)]
    if not wanted:
        raise BuildError(f"{whose} has no enabled slot; enable at least one.")
    store.bring(file.location for slot in wanted if slot.chosen for file in audio_of(slot.chosen))
    files = {slot.chosen.pk: audio_files(slot.chosen) for slot in wanted if slot.chosen}
    if gone := [slot.key for slot in wanted if slot.chosen and "wav" not in files[slot.chosen.pk]]:
        raise BuildError(
            f"The files of what is chosen for {', '.join(gone)} are gone; generate and choose a new take."
        )
    missing = [slot.key for slot in wanted if slot.chosen is None]
    if missing:
        raise BuildError(
            f"{whose} has no take chosen for {', '.join(missing)}; generate and choose one, "
            "or disable the slot."
        )
    return [Chosen(slot.key, slot.hook, slot.chosen, files[slot.chosen.pk]) for slot in wanted if slot.chosen]


def audio_files(sound: Sound) -> dict[str, AudioFile]:
    """Format to file, for the files that are whole."""
    return {file.format: file for file in audio_of(sound) if file.is_whole}


def audio_of(sound: Sound) -> list[AudioFile]:
    """Its files that packs may hold, as the rows say."""
    roles = (AudioFile.Role.MASTER, AudioFile.Role.RENDITION)
    return [file for file in sound.files.all() if file.role in roles]


def content_of(pack: Pack, takes: Sequence[Chosen], version: str, formats: Sequence[str]) -> PackContent:
    """The pack's content with files in `formats`; every take must have them already."""
    collection = pack.collection
    sounds = [take.sound for take in takes]
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
        created_at=moment_of(sounds),
        generator_version=settings.VERSION,
        sounds=[pack_sound(take, formats) for take in takes],
    )


def moment_of(sounds: Sequence[Sound]) -> str:
    """When the newest of them was made, as packs write it."""
    return max(sound.created_at for sound in sounds).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def licence_of(sounds: Sequence[Sound]) -> str:
    """One SPDX expression for the whole: each licence once, alternatives in parentheses."""
    licences = {part for sound in sounds for part in _conjoined(sound.licence)}
    if len(licences) > 1:
        licences = {f"({licence})" if " OR " in licence else licence for licence in licences}
    return " AND ".join(sorted(licences))


def _conjoined(licence: str) -> list[str]:
    """The parts of an expression that all apply; a nested one is a single part."""
    return [licence] if " OR " in licence or "(" in licence else licence.split(" AND ")


def _tags(collection: Collection, sounds: Sequence[Sound]) -> list[str]:
    theme = [collection.theme.slug] if collection.theme else []
    engines = sorted({sound.origin["engine"] for sound in sounds})
    return [*theme, "notifications", "coding-agents", *engines][:10]


def pack_sound(take: Chosen, formats: Sequence[str]) -> PackSound:
    hook, sound, said = take.hook, take.sound, take.sound.provenance
    return PackSound(
        hook=take.key,
        title=hook.name if hook else sound.title,
        description=hook.description if hook else said.get("description", ""),
        claude_event=next(iter(hook.claude_events), "") if hook else said.get("claude_event", ""),
        ccbell_event=hook.ccbell_event if hook else said.get("ccbell_event", ""),
        cesp_category=hook.cesp_category if hook else said.get("cesp_category", ""),
        duration_s=sound.duration_s,
        loudness_lufs=sound.loudness_lufs,
        intended_lufs=sound.intended_lufs,
        true_peak_dbtp=sound.true_peak_dbtp,
        quality=sound.quality,
        **sound.origin,
        licence=sound.licence,
        attribution=sound.attribution,
        source={key: said[key] for key in SOURCE if key in said},
        files={format_: _pack_file(take.files[format_]) for format_ in formats},
    )


def _pack_file(file: AudioFile) -> PackFile:
    return PackFile(format=file.format, source=file.location, bytes=file.bytes, sha256=file.sha256)
