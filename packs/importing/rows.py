"""Which sounds of a pack go into which rows: those of our hooks, and rows of its own for other events."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from itertools import chain, count

from django.utils.text import slugify

from packs.importing.found import FoundPack, FoundSound
from sounds.models import Hook

LONGEST_KEY = 64


@dataclass(slots=True)
class Row:
    """A slot to be, and the takes for it; the first of them is to be chosen."""

    key: str
    hook: Hook | None
    sounds: list[FoundSound] = field(default_factory=list)


def rows_for(found: FoundPack, hooks: Iterable[Hook]) -> list[Row]:
    """A row for each hook or event that has a sound, hooks in their order first.

    Of the hooks with an event, the first gets its first sound, the second its second, and so on; what is
    left then are further takes for the first. An event that no hook has gets a row called like it, with a
    number behind that where another event's row is called so.
    """
    hooks = list(hooks)
    rows = {hook.slug: Row(hook.slug, hook) for hook in hooks}
    keys: dict[str, str] = {}
    seen: dict[str, int] = {}
    for sound in found.sounds:
        number = seen[sound.event] = seen.get(sound.event, -1) + 1
        theirs = [hook for hook in hooks if sound.event and getattr(hook, found.vocabulary) == sound.event]
        if not theirs and sound.event not in keys:
            keys[sound.event] = _free(_key(sound.event), keys.values())
        key = theirs[number if number < len(theirs) else 0].slug if theirs else keys[sound.event]
        rows.setdefault(key, Row(key, None)).sounds.append(sound)
    return [row for row in rows.values() if row.sounds]


def _free(key: str, taken: Collection[str]) -> str:
    """The key, or the first with a number behind it that is not taken."""
    numbered = (f"{key[: LONGEST_KEY - 4]}-{number}" for number in count(2))
    return next(one for one in chain([key], numbered) if one not in taken)


def _key(event: str) -> str:
    """An event's name as a row's, of letters that its address and its file may have."""
    return slugify(event.replace(".", "_"))[:LONGEST_KEY].strip("-_") or "sound"
