"""The hashes that name files in the hub's cache."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

SHA256_DIGITS, SHA1_DIGITS = 64, 40
CHUNK = 4 * 1024 * 1024


def sha256(path: Path, each: Callable[[int], None]) -> str:
    """The hash of a file; `each` is called with the bytes of every chunk."""
    return _digest(hashlib.sha256(), path, each)


def matches(path: Path, etag: str, each: Callable[[int], None]) -> bool:
    """Whether a file is what its etag says: the SHA-256 of large files, git's hash of small ones.

    Etags of any other form say nothing about the content.
    """
    if len(etag) == SHA256_DIGITS:
        return sha256(path, each) == etag
    if len(etag) == SHA1_DIGITS:
        git = hashlib.sha1(b"blob %d\0" % path.stat().st_size, usedforsecurity=False)
        return _digest(git, path, each) == etag
    return True


def _digest(hasher: Any, path: Path, each: Callable[[int], None]) -> str:
    with path.open("rb", buffering=0) as file:
        while chunk := file.read(CHUNK):
            hasher.update(chunk)
            each(len(chunk))
    digest: str = hasher.hexdigest()
    return digest
