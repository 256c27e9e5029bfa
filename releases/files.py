"""A pack as files in a repository: what CESP players need of it, and its entry for their registry."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from packs.archive import PackError, open_pack
from packs.formats import cesp, licence
from packs.formats.cesp_rules import LARGEST_PREVIEW_BYTES, PLAIN_VERSION
from packs.formats.documents import Findings, Key, check_keys, is_object, is_sha256, is_whole, matching, text
from packs.formats.files import FOLDER
from packs.models import Build
from releases.errors import PublishError

MOST_PREVIEWS = 2
"""As many as the registry's own examples name."""


@dataclass(frozen=True, slots=True)
class PackFiles:
    """The files of a pack by their paths below `folder`, which is named after the pack."""

    folder: str
    contents: dict[str, bytes]

    @classmethod
    def of(cls, build: Build) -> PackFiles:
        """openpeon.json, the sounds it names, and the LICENSE, as they lie in the build's zip.

        Raises `PublishError` when CESP players could play nothing of it.
        """
        try:
            with open_pack(build.bring()) as pack:
                sounds = cesp.references(pack)
                names = [cesp.DOCUMENT, licence.DOCUMENT, *sorted(sounds)]
                contents = {name: pack.path(name).read_bytes() for name in names}
        except PackError as error:
            raise PublishError(str(error)) from error
        if not sounds:
            raise PublishError(
                f"No sound of {build} has a CESP category, so no CESP player could play it; publish it "
                "without its files."
            )
        return cls(build.pack.slug, contents)

    @property
    def document(self) -> dict[str, Any]:
        """openpeon.json."""
        document: dict[str, Any] = json.loads(self.contents[cesp.DOCUMENT])
        return document

    @property
    def git_shas(self) -> dict[str, str]:
        """Path to the name that git gives to its content."""
        return {path: git_sha(content) for path, content in self.contents.items()}

    @property
    def sound_count(self) -> int:
        return sum(path.startswith(f"{FOLDER}/") for path in self.contents)

    def registry_entry(self, repo: str, tag: str) -> dict[str, Any]:
        """The entry in the registry of CESP packs, for somebody to hand in (reference: openpeon.com/create).

        Raises `PublishError` when it lacks what the registry asks for.
        """
        document = self.document
        entry = {
            "name": document["name"],
            "display_name": document["display_name"],
            "version": document["version"],
            "description": document.get("description", ""),
            "author": document.get("author", {}),
            "trust_tier": "community",
            "categories": list(document["categories"]),
            "language": document.get("language", "en"),
            "license": document.get("license", ""),
            "sound_count": self.sound_count,
            "total_size_bytes": self._sound_bytes(),
            "source_repo": repo,
            "source_ref": tag,
            "source_path": self.folder,
            "manifest_sha256": hashlib.sha256(self.contents[cesp.DOCUMENT]).hexdigest(),
            "tags": document.get("tags", []),
            "preview_sounds": self._previews(),
        }
        findings = Findings("registry")
        if not check_keys(entry, REGISTRY_KEYS, findings, strict=True):
            raise PublishError(f"The registry of CESP packs would not take this: {findings[0].sentence}")
        return entry

    def _sound_bytes(self) -> int:
        return sum(len(data) for path, data in self.contents.items() if path.startswith(f"{FOLDER}/"))

    def _previews(self) -> list[str]:
        """Bare names of a few sounds that are small enough, those of the first categories first."""
        entries = [one for category in self.document["categories"].values() for one in category["sounds"]]
        paths = dict.fromkeys(entry["file"] for entry in entries)
        small = [path for path in paths if len(self.contents.get(path, b"")) <= LARGEST_PREVIEW_BYTES]
        return [path.rpartition("/")[2] for path in small[:MOST_PREVIEWS]]


def git_sha(content: bytes) -> str:
    """What git calls a file of this content."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) and one for one in value)


def _are_some(value: Any) -> bool:
    return _are_texts(value) and bool(value)


REGISTRY_KEYS = (
    Key("name", "text", text(64, 1), True),
    Key("display_name", "text", text(128, 1), True),
    Key("version", "a plain version such as 1.0.0", matching(PLAIN_VERSION), True),
    Key("description", "text of at most 256 characters", text(256), True),
    Key("author", "an object with a name", lambda value: is_object(value) and bool(value.get("name")), True),
    Key("trust_tier", "“community”", lambda value: value == "community", True),
    Key("categories", "a list of CESP categories", _are_some, True),
    Key("language", "a language tag such as en", text(least=2), True),
    Key("license", "an SPDX expression", text(least=1), True),
    Key("sound_count", "a whole number", is_whole, True),
    Key("total_size_bytes", "a whole number", is_whole, True),
    Key("source_repo", "owner/name", matching(r"[A-Za-z0-9._-]+/[A-Za-z0-9._-]+"), True),
    Key("source_ref", "a tag", text(least=1), True),
    Key("source_path", "a path in the repository", text(least=1), True),
    Key("manifest_sha256", "64 hexadecimal digits", is_sha256, True),
    Key("tags", "a list of texts", _are_texts, True),
    Key("preview_sounds", "a list of files", _are_texts, True),
)
"""What an entry consists of (the registry's CONTRIBUTING.md)."""
