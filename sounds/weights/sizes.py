"""Bytes in words, and whether a disk has room for them."""

from __future__ import annotations

import shutil
from pathlib import Path

from sounds.weights.errors import WeightsError


def in_words(size: int) -> str:
    if size >= 1e9:
        return f"{size / 1e9:,.1f} GB"
    if size >= 1e7:
        return f"{size / 1e6:.0f} MB"
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{size / 1e3:.0f} kB"


def require_space(folder: Path, size: int) -> None:
    """Raise `WeightsError` unless `size` more bytes go into `folder`, which need not exist yet."""
    there = next(one for one in (folder, *folder.parents) if one.is_dir())
    free = shutil.disk_usage(there).free
    if size > free:
        raise WeightsError(
            f"{in_words(size)} more are needed in {folder}, but only {in_words(free)} are free; "
            f"make room there, or point MODEL_CACHE_DIR to a larger disk."
        )
