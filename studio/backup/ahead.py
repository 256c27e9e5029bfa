"""Read files before they are needed: many small ones wait for the disk beside each other."""

from __future__ import annotations

import hashlib
import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

THREADS = 4
AHEAD = 32
"""So many files are read before their turn."""
SMALL_BYTES = 1024**2
"""Larger files are not read ahead: they would fill the memory, and are read fast enough as they are."""


@dataclass(frozen=True, slots=True)
class Small:
    """A whole file, and its SHA-256 digest."""

    data: bytes
    sha256: str


def read_ahead(places: Iterable[Path]) -> Iterator[Future[Small | None]]:
    """What each file holds, in their order: None for a large one, `OSError` for one that cannot be read."""
    with ThreadPoolExecutor(THREADS, thread_name_prefix="read-ahead") as pool:
        waiting: deque[Future[Small | None]] = deque()
        for place in places:
            waiting.append(pool.submit(_read, place))
            if len(waiting) > AHEAD:
                yield waiting.popleft()
        yield from waiting


def _read(place: Path) -> Small | None:
    with place.open("rb", buffering=0) as file:
        if os.fstat(file.fileno()).st_size > SMALL_BYTES:
            return None
        data = file.readall()
    return Small(data, hashlib.sha256(data).hexdigest())
