"""Find out what kind of pack somebody brings, and read it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import NamedTuple

from packs.archive import OpenedPack, PackError, shown
from packs.formats import ccbell_pack, manifest
from packs.formats import cesp as cesp_manifest
from packs.importing import ccbell, cesp, ours
from packs.importing.found import FoundPack, document_of
from sounds.audio.magic import HEAD_BYTES
from sounds.uploads import container_of

READERS: Mapping[str, Callable[[OpenedPack], FoundPack]] = {
    manifest.DOCUMENT: ours.read,
    cesp_manifest.DOCUMENT: cesp.read,
    ccbell_pack.DOCUMENT: ccbell.read,
}
"""Document to who reads it; where there are several, the first says most."""
MOST_SOUNDS = 200


class Found(NamedTuple):
    """What was read, and the folder of files that its names are of."""

    pack: OpenedPack
    said: FoundPack


def read(opened: OpenedPack) -> Found:
    """Read a pack of any kind; it may lie in a folder of the archive, as downloads from GitHub do.

    Raises
    ------
    PackError
        When it is no pack, is broken, names a file that it does not hold or that is no audio file, or
        has no sound at all or more than 200.
    """
    pack = _pack_in(opened)
    said = READERS[_document(pack)](pack)
    if not said.sounds:
        raise PackError(f"{pack.label} names no sound at all, so there is nothing to import.")
    if len(said.sounds) > MOST_SOUNDS:
        raise PackError(f"{pack.label} names {len(said.sounds):,} sounds; {MOST_SOUNDS} are the most.")
    for file in {sound.file for sound in said.sounds}:
        _refuse_no_audio(pack, file)
    return Found(pack, said)


def _document(pack: OpenedPack) -> str:
    """The one to read. Others have a manifest.json too, which says nothing of sounds, or in other words."""
    first, *others = (name for name in READERS if name in pack)
    if first != manifest.DOCUMENT or "files" in (document := document_of(pack, first)):
        return first
    if others:
        return others[0]
    if manifest.is_foreign(document):
        raise PackError(
            f"{pack.label} is a pack in peon-ping's old format; get it with an openpeon.json instead."
        )
    return first


def _pack_in(opened: OpenedPack) -> OpenedPack:
    """The archive itself, or the one folder in it that holds a pack."""
    folders = {name.rpartition("/")[0] for name in opened.names if name.rpartition("/")[2] in READERS}
    if "" in folders:
        return opened
    if not folders:
        wanted = ", ".join(READERS)
        raise PackError(f"{opened.label} is no sound pack: it holds none of {wanted}.")
    if len(folders) > 1:
        some = ", ".join(shown(folder) for folder in sorted(folders)[:3])
        raise PackError(f"{opened.label} holds several packs, such as {some}; import one at a time.")
    prefix = f"{folders.pop()}/"
    sizes = {
        name.removeprefix(prefix): size for name, size in opened.sizes.items() if name.startswith(prefix)
    }
    return replace(opened, root=opened.root / prefix, sizes=sizes, _digests={})


def _refuse_no_audio(pack: OpenedPack, file: str) -> None:
    container = container_of(pack.head(file, HEAD_BYTES))
    if container is None or container.demuxer:
        raise PackError(f"{shown(file)} is no sound that packs hold; only WAV, MP3, OGG, FLAC and AIFF are.")
