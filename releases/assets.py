"""The files of a release: what they have to be, what GitHub holds, and bringing the one to the other."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from github.GitRelease import GitRelease
from github.GitReleaseAsset import GitReleaseAsset

from packs.archive import open_pack
from packs.formats import manifest
from packs.models import Build
from releases.faults import Fault
from releases.session import download

UPLOADED = "uploaded"


@dataclass(frozen=True, slots=True)
class Asset:
    """A file that a release has to have; `source` is its bytes, or where they lie."""

    name: str
    content_type: str
    source: bytes | Path
    bytes: int
    sha256: str

    def open(self, tell: Callable[[int], None]) -> BinaryIO:
        """Its bytes to be read; `tell` hears how many were, before each piece."""
        if isinstance(self.source, Path):
            return _Told(self.source, tell)
        return io.BytesIO(self.source)


class _Told(io.FileIO):
    def __init__(self, path: Path, tell: Callable[[int], None]) -> None:
        super().__init__(path)
        self._tell = tell

    def read(self, size: int | None = -1) -> bytes:
        self._tell(self.tell())
        return super().read(-1 if size is None else size)


def assets_of(build: Build) -> dict[str, Asset]:
    """Name to file: the zip, its manifest, and the digest as `sha256sum -c` reads it.

    The zip comes last, as it is what people look for.
    """
    digest = f"{build.zip_sha256}  {build.file_name}\n".encode()
    assets = [
        _small(manifest.DOCUMENT, "application/json", _manifest(build)),
        _small(f"{build.file_name}.sha256", "text/plain", digest),
        Asset(build.file_name, "application/zip", build.bring(), build.zip_bytes, build.zip_sha256),
    ]
    return {asset.name: asset for asset in assets}


def _manifest(build: Build) -> bytes:
    with open_pack(build.bring()) as pack:
        return pack.read(manifest.DOCUMENT)


def _small(name: str, content_type: str, content: bytes) -> Asset:
    return Asset(name, content_type, content, len(content), hashlib.sha256(content).hexdigest())


class Holdings:
    """What GitHub holds of one release's files, by name; digests that it does not tell are computed once."""

    def __init__(self) -> None:
        self._digests: dict[int, str] = {}

    def right(self, wanted: Mapping[str, Asset], release: GitRelease) -> dict[str, GitReleaseAsset]:
        """Those of the wanted files that GitHub holds as they have to be."""
        there = {asset.name: asset for asset in release.get_assets()}
        return {
            name: there[name]
            for name, asset in wanted.items()
            if name in there and self.is_right(asset, there[name])
        }

    def is_right(self, wanted: Asset, there: GitReleaseAsset) -> bool:
        return there.state == UPLOADED and there.size == wanted.bytes and self.sha256(there) == wanted.sha256

    def sha256(self, asset: GitReleaseAsset) -> str:
        """As GitHub tells it; GitHub Enterprise may not, so there the file is downloaded and hashed."""
        digest = asset.digest or ""
        if digest.startswith("sha256:"):
            return digest.removeprefix("sha256:")
        if asset.id not in self._digests:
            hashed = hashlib.sha256()
            for chunk in download(asset.url):
                hashed.update(chunk)
            self._digests[asset.id] = hashed.hexdigest()
        return self._digests[asset.id]


def upload(release: GitRelease, asset: Asset, holdings: Holdings, *, tell: Callable[[int], None]) -> None:
    """Bring a file into a release that has none of its name; raises `Fault` when something else arrived."""
    with asset.open(tell) as file:
        there = release.upload_asset_from_memory(
            file, asset.bytes, asset.name, content_type=asset.content_type
        )
    if not holdings.is_right(asset, there):
        raise Fault(f"{asset.name} did not arrive at GitHub as it was sent; publish again.")


def told(assets: Mapping[str, GitReleaseAsset], digests: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """What a row keeps of a published release's files."""
    return {
        name: {
            "bytes": asset.size,
            "sha256": digests[name],
            "url": asset.browser_download_url,
            "downloads": asset.download_count,
        }
        for name, asset in assets.items()
    }
