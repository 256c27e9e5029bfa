from sounds.models.audio_file import AudioFile
from sounds.models.collection import Collection
from sounds.models.engine_fault import EngineFault
from sounds.models.liking import Favourite, Tag
from sounds.models.preset import Hook, Theme, Variation
from sounds.models.slot import Choice, Slot
from sounds.models.sound import Sound

__all__ = [
    "AudioFile",
    "Choice",
    "Collection",
    "EngineFault",
    "Favourite",
    "Hook",
    "Slot",
    "Sound",
    "Tag",
    "Theme",
    "Variation",
]
