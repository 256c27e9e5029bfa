"""Writing the layout of the hub's cache, so that its library and others built on it find the files.

``blobs/`` holds contents by their hash, ``snapshots/<revision>/`` names that point at them, ``refs/main`` the
revision that counts. (https://huggingface.co/docs/huggingface_hub/guides/manage-cache)
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from sounds.engines.stable_audio.files import folder_name

PARTIAL = ".incomplete"


class Store:
    """One repository in a cache.

    A snapshot is made ready aside and appears all at once, so nothing that is half there looks whole.
    """

    def __init__(self, cache: Path, id_: str) -> None:
        self.folder = cache / folder_name(id_)
        self._blobs = self.folder / "blobs"
        self._staged = self.folder / "staged"

    def blob(self, etag: str) -> Path:
        """Where the content of that hash lies."""
        return self._blobs / etag

    def partial(self, etag: str) -> Path:
        """Where its bytes gather until they are all there and checked."""
        self._blobs.mkdir(parents=True, exist_ok=True)
        return self._blobs / f"{etag}{PARTIAL}"

    def keep(self, etag: str) -> None:
        """The partial content is whole."""
        os.replace(self.partial(etag), self.blob(etag))

    def stage(self, revision: str, names: Mapping[str, str]) -> Path:
        """Make a snapshot ready aside: file name to the etag of its blob."""
        shutil.rmtree(self._staged, ignore_errors=True)
        folder = self._staged / revision  # as deep as it will be later, for its links are relative
        folder.mkdir(parents=True)
        for name, etag in names.items():
            (folder / name).symlink_to(Path("..", "..", "blobs", etag))
        return folder

    def publish(self, revision: str) -> Path:
        """Let the staged snapshot appear, and remove what earlier tries left."""
        target = self.folder / "snapshots" / revision
        self._write_main(revision)
        if target.exists():  # another's: ours adds to it
            for link in (self._staged / revision).iterdir():
                os.replace(link, target / link.name)
        else:
            target.parent.mkdir(exist_ok=True)
            os.rename(self._staged / revision, target)
        shutil.rmtree(self._staged, ignore_errors=True)
        for left in self._blobs.glob(f"*{PARTIAL}"):
            left.unlink(missing_ok=True)
        return target

    def _write_main(self, revision: str) -> None:
        main = self.folder / "refs" / "main"
        main.parent.mkdir(exist_ok=True)
        new = main.with_suffix(".new")
        new.write_text(revision)
        os.replace(new, main)
