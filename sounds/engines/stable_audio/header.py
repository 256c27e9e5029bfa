"""The header of a safetensors file: what it holds, read without loading it.

Eight bytes little-endian give the length of a JSON object that follows; it maps each tensor's name to its
type, shape and place, and the tensors fill the rest of the file.
(https://github.com/huggingface/safetensors#format)
"""

from __future__ import annotations

import json
from pathlib import Path

from sounds.engines.stable_audio.errors import damaged

_LONGEST = 100_000_000


def read_shapes(path: Path, what: str) -> dict[str, tuple[int, ...]]:
    """Shapes by name; raises `ModelError` where the file is cut short, too long, or no safetensors file."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            if length > min(size, _LONGEST):
                raise ValueError("the header is longer than the file")
            entries = json.loads(file.read(length))
        entries.pop("__metadata__", None)
        end = max((entry["data_offsets"][1] for entry in entries.values()), default=0)
        if 8 + length + end != size:
            raise ValueError("the tensors do not fill the file")
        return {name: tuple(entry["shape"]) for name, entry in entries.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise damaged(what) from error
