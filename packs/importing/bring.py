"""Bring a pack into the studio: rows, and a job for each sound that takes its file in as it is."""

from __future__ import annotations

import errno
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from jobs.models import Batch, Job, NewJob, Tier
from packs.archive import LARGEST_PACK_BYTES, OpenedPack, open_pack, shown
from packs.errors import BuildError
from packs.formats.cesp_rules import licence_parts
from packs.importing.found import FoundPack, FoundSound
from packs.importing.read import read
from packs.importing.rows import Row, rows_for
from packs.models import Pack
from packs.models.pack import LONGEST_SLUG, RESERVED, SLUG
from sounds import store
from sounds.audio.magic import HEAD_BYTES
from sounds.models import Collection, Hook, Slot, Theme, Variation
from sounds.models.sound import LONGEST_LICENCE
from sounds.uploads import LOUDNESS_LUFS, container_of, import_job, keep_copy

UNKNOWN_AUTHOR = "unknown"
LONGEST_TITLE = 120
LARGEST_FORM_BYTES = LARGEST_PACK_BYTES + 2 * 1024**2
"""Of a zip on its way in, with its directory and the wrapping of a form."""


@dataclass(frozen=True, slots=True)
class Brought:
    """A pack whose sounds are on their way in."""

    pack: Pack
    found: FoundPack
    batch: Batch


def bring(
    path: Path,
    *,
    label: str = "",
    owner: Any = None,
    tier: Tier = Tier.ADMIN,
    title: str = "",
    slug: str = "",
    licence: str = "",
    remaster: bool = False,
    spend: Callable[[int], None] = lambda sounds: None,
    wake: bool = True,
) -> Brought:
    """Make a pack of what lies at `path`, zipped or as a folder, and queue a job for each of its sounds.

    Parameters
    ----------
    label
        What to call it in a sentence, where the name at `path` says nothing to a person.
    title, slug
        Instead of what the pack calls itself; a `slug` has to be free.
    licence
        An SPDX expression for the sounds that the pack states no known licence for.
    remaster
        Whether to have each sound that misses the badge remastered, too.
    spend
        Told how many sounds there will be at most before anything is written; raises for too many.

    Raises
    ------
    PackError
        When it cannot be opened, is no pack, or names what is no sound; see `open_pack` and `read`.
    BuildError
        When the `slug` is taken or no name for a pack, the `title` too long, the `licence` none, or the
        disk full.
    """
    _refuse_name(slug, title)
    _refuse_licence(licence)
    temp = settings.AUDIO_OUTPUT_DIR / "temp"
    temp.mkdir(parents=True, exist_ok=True)
    with _telling_of_a_full_disk(), open_pack(path, temp=temp, label=label) as opened:
        pack, said = read(opened)
        said = said.under(licence) if licence else said
        spend(len(said.sounds) * (2 if remaster else 1))
        kept = _Kept(pack)
        try:
            kept.copy(sound.file for sound in said.sounds)  # first: it takes longer than writing the rows
            with transaction.atomic():
                _refuse_taken(slug)  # by somebody meanwhile
                made = _pack(said, owner, title or said.display_name or pack.label.removesuffix(".zip"), slug)
                jobs = _jobs(made.collection, said, kept, remaster=remaster)
                batch = Job.objects.submit(jobs, owner=owner, tier=tier, label=f"Import {made}", wake=wake)
        except BaseException:
            kept.discard()
            raise
    return Brought(made, said, batch)


@contextmanager
def _telling_of_a_full_disk() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise BuildError("The disk is full; make room on it, then import the pack again.") from error


class _Kept:
    """Copies of a pack's files for their jobs; a file that is named twice is copied twice."""

    def __init__(self, pack: OpenedPack) -> None:
        self.pack = pack
        self._copies: list[tuple[str, Path]] = []

    def copy(self, files: Iterable[str]) -> None:
        for file in files:
            container = container_of(self.pack.head(file, HEAD_BYTES))
            assert container  # `read` refuses what has none
            self._copies.append((file, keep_copy(self.pack.path(file), container.suffix_for(file))))
            self.pack.sha256(file)  # known from now on

    def take(self, file: str) -> Path:
        """A copy of a file that no other job has."""
        return self._waiting[file].pop()

    def discard(self) -> None:
        store.let_go(*(copy for _, copy in self._copies))

    @cached_property
    def _waiting(self) -> dict[str, list[Path]]:
        waiting = defaultdict(list)
        for file, copy in self._copies:
            waiting[file].append(copy)
        return waiting


def _refuse_name(slug: str, title: str) -> None:
    if len(title) > LONGEST_TITLE:
        raise BuildError(f"Shorten the title to {LONGEST_TITLE} letters or fewer.")
    if slug and not (re.fullmatch(SLUG, slug) and len(slug) <= LONGEST_SLUG and slug not in RESERVED):
        raise BuildError(f"“{slug}” is no name for a pack; use small letters, digits, - and _ only.")
    _refuse_taken(slug)


def _refuse_taken(slug: str) -> None:
    if slug and Pack.objects.filter(slug=slug).exists():
        raise BuildError(_taken(slug))


def _taken(slug: str) -> str:
    return f"There is a pack {slug} already; choose another name."


def _refuse_licence(licence: str) -> None:
    if licence and not (len(licence) <= LONGEST_LICENCE and licence_parts(licence)):
        raise BuildError(f"{shown(licence)} is no licence in SPDX's words; write one such as CC-BY-4.0.")


def _pack(said: FoundPack, owner: Any, title: str, slug: str) -> Pack:
    theme = Theme.objects.filter(slug=said.theme).first()
    collection = Collection.objects.create(
        title=title,
        owner=owner,
        theme=theme,
        variation=Variation.objects.filter(theme=theme, slug=said.variation).first() if theme else None,
    )
    try:
        return Pack.objects.create_for(
            collection,
            slug=slug,
            name=said.name,
            description=said.description,
            author=said.author or UNKNOWN_AUTHOR,
            author_github=said.author_github,
            homepage=said.homepage,
        )
    except IntegrityError as error:  # taken since it was looked at
        raise BuildError(_taken(slug)) from error


def _jobs(collection: Collection, said: FoundPack, kept: _Kept, *, remaster: bool) -> list[NewJob]:
    rows = rows_for(said, _hooks(said))
    slots = _slots(collection, rows)
    return [
        _job(said, sound, slots[row.key], kept, choose=number == 0, remaster=remaster)
        for row in rows
        for number, sound in enumerate(row.sounds)
    ]


def _hooks(said: FoundPack) -> list[Hook]:
    """Those that sounds may be for; what is switched off is found by its own name alone."""
    hooks = Hook.objects.all() if said.vocabulary == "slug" else Hook.objects.filter(enabled=True)
    return list(hooks)


def _slots(collection: Collection, rows: list[Row]) -> dict[str, Slot]:
    """Key to slot for each row; every other hook there is has a slot too, switched off."""
    collection.add_slots(Hook.objects.filter(enabled=True))
    collection.add_slots(row.hook for row in rows if row.hook)
    known = {slot.key: slot for slot in collection.slots.select_related("hook")}
    last = max((slot.position for slot in known.values()), default=0)
    for number, row in enumerate((row for row in rows if row.key not in known), start=1):
        known[row.key] = Slot.objects.create(collection=collection, key=row.key, position=last + number)
    wanted = {row.key for row in rows}
    collection.slots.exclude(key__in=wanted).update(enabled=False)
    return {key: known[key] for key in wanted}


def _job(
    said: FoundPack, sound: FoundSound, slot: Slot, kept: _Kept, *, choose: bool, remaster: bool
) -> NewJob:
    usual = slot.hook.loudness_lufs if slot.hook else LOUDNESS_LUFS
    return import_job(
        kept.take(sound.file),
        name=sound.file,
        title=sound.title,
        slot=slot,
        loudness_lufs=usual if sound.intended_lufs is None else sound.intended_lufs,
        choose=choose,
        remaster=remaster,
        licence=sound.licence,
        attribution=sound.attribution,
        provenance=said.provenance(sound, kept.pack),
    )
