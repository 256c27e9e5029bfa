"""Stand-ins for two packages that stable-audio-tools imports and that inference never calls.

torchaudio has no build for every torch, and k_diffusion drags half a training set-up behind it. Of the first
the library needs `transforms.Resample` when audio is fed in, of the second the samplers of another objective;
we do neither. Where the real packages can be imported they are left alone, and the stand-ins are gone again
once the library is imported: transformers asks whether there is a torchaudio, and there is none.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any


class Resample:
    """Takes the place of ``torchaudio.transforms.Resample``; cannot resample."""

    def __init__(self, *args: Any, **options: Any) -> None:
        raise ImportError("torchaudio is not installed, and its stand-in cannot resample.")


def import_library() -> ModuleType:
    """Import stable-audio-tools' models, quietly, and return its ``models.factory``."""
    with (
        _stand_in("torchaudio", {"torchaudio.transforms": {"Resample": Resample}}),
        _stand_in("k_diffusion", {}),
        contextlib.redirect_stdout(io.StringIO()),  # it prints that flash_attn is missing
    ):
        for part in ("diffusion", "autoencoders", "conditioners"):
            importlib.import_module(f"stable_audio_tools.models.{part}")
    return importlib.import_module("stable_audio_tools.models.factory")


@contextlib.contextmanager
def _stand_in(name: str, parts: dict[str, dict[str, Any]]) -> Iterator[None]:
    """Where `name` cannot be imported, have an empty package, and modules with these contents below it."""
    try:
        importlib.import_module(name)
    except (ImportError, OSError):  # OSError: a binary built for another torch
        _forget(name)
        package = sys.modules[name] = ModuleType(name)
        for path, contents in parts.items():
            module = sys.modules[path] = ModuleType(path)
            vars(module).update(contents)
            setattr(package, path.rpartition(".")[2], module)
        try:
            yield
        finally:
            _forget(name)
    else:
        yield


def _forget(name: str) -> None:
    for module in [module for module in sys.modules if module.split(".")[0] == name]:
        del sys.modules[module]
