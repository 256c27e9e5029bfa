"""How a pack stands before it is built: who could play it, and whether its sounds earn the badge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from packs.formats.cesp_rules import CORE
from packs.gather import licence_of
from packs.installer.ccbell_rules import EVENTS
from packs.models import Build, Pack
from sounds.badge import HIGHEST_PEAK_DBTP, LATEST_ONSET_S, WITHIN_LU, misses
from sounds.models import Slot, Sound
from sounds.remaster import is_wanting


@dataclass(frozen=True)
class Standing:
    """What goes into a pack right now, judged by what was measured when its sounds were made."""

    pack: Pack
    slots: Sequence[Slot]

    @classmethod
    def of(cls, pack: Pack, slots: Sequence[Slot] | None = None) -> Standing:
        return cls(pack, list(pack.slots()) if slots is None else slots)

    @cached_property
    def enabled(self) -> list[Slot]:
        return [slot for slot in self.slots if slot.enabled]

    @cached_property
    def missing(self) -> list[Slot]:
        """Enabled slots that nothing is chosen for; a pack cannot be built while there are any."""
        return [slot for slot in self.enabled if slot.chosen is None]

    @cached_property
    def filled(self) -> list[tuple[Slot, Sound]]:
        return [(slot, slot.chosen) for slot in self.enabled if slot.chosen]

    @property
    def is_complete(self) -> bool:
        return bool(self.enabled) and not self.missing

    @property
    def coverage(self) -> list[tuple[str, int, int]]:
        """Player, events covered, events there are."""
        hooks = [slot.hook for slot, _ in self.filled if slot.hook]
        ccbell = {hook.ccbell_event for hook in hooks} & set(EVENTS)
        cesp = {hook.cesp_category for hook in hooks} & set(CORE)
        return [("ccbell", len(ccbell), len(EVENTS)), ("CESP", len(cesp), len(CORE))]

    @property
    def licence(self) -> str:
        return licence_of([sound for _, sound in self.filled])

    @property
    def seconds(self) -> float:
        return sum(sound.duration_s for _, sound in self.filled)

    @cached_property
    def misses(self) -> list[tuple[str, str]]:
        """Slot and sentence for everything that stands between the pack and its badge."""
        return [(slot.key, miss) for slot, sound in self.filled for miss in misses(sound)]

    @cached_property
    def wanting(self) -> list[tuple[Slot, Sound]]:
        """What remastering could bring nearer to the badge, and is free to be changed."""
        return [(slot, sound) for slot, sound in self.filled if not slot.locked and is_wanting(sound, slot)]

    @property
    def earns_badge(self) -> bool:
        return self.is_complete and not self.misses

    @cached_property
    def measured(self) -> list[str]:
        """What the badge goes by, in words with the figures of this pack."""
        sounds = [sound for _, sound in self.filled]
        if not sounds:
            return []
        off = max(abs(sound.loudness_lufs - sound.intended_lufs) for sound in sounds)
        peak = max(sound.true_peak_dbtp for sound in sounds)
        onset = max(sound.measures.get("onset_s", 0.0) for sound in sounds)
        return [
            f"every sound within {off:.1f} LU of its intended loudness (at most {WITHIN_LU:g})",
            f"true peak {peak:.1f} dBTP (at most {HIGHEST_PEAK_DBTP:g})",
            f"first sound within {onset * 1000:.0f} ms (at most {LATEST_ONSET_S * 1000:.0f})",
        ]

    @cached_property
    def latest(self) -> Build | None:
        return self.pack.latest_build()

    @cached_property
    def has_new_sounds(self) -> bool:
        """Whether the latest build holds other sounds than these, or there is none."""
        if self.latest is None:
            return True
        built = set(self.latest.items.values_list("hook", "sound_id"))
        return built != {(slot.key, sound.pk) for slot, sound in self.filled}

    @cached_property
    def is_built(self) -> bool:
        """Whether the latest build holds just these sounds, under the words of today."""
        if self.latest is None or not self.is_complete or self.has_new_sounds:
            return False
        words = {
            "display_name": self.pack.collection.title,
            "description": self.pack.description,
            "author": self.pack.author,
            "homepage": self.pack.homepage,
        }
        return all(self.latest.manifest.get(key, "") == value for key, value in words.items())

    @property
    def version(self) -> str:
        """Of the build that holds all this, or of the one to come."""
        if self.latest and self.is_built:
            return self.latest.version
        return self.pack.suggested_version(sounds_changed=self.has_new_sounds)
