"""Where the model's files lie: in the layout of the Hugging Face hub's cache, read without its library.

``<cache>/models--owner--name/refs/main`` holds a revision, ``…/snapshots/<revision>/`` its files.
(https://huggingface.co/docs/huggingface_hub/guides/manage-cache)
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """A model repository on the hub and the files of it that we need.

    Attributes
    ----------
    ids
        ``owner/name``; the first one is asked for, any of them will do where it is cached already.
    gated
        Whether a person must accept the licence and use a token.
    """

    ids: tuple[str, ...]
    files: tuple[str, ...]
    title: str
    licence: str
    licence_url: str
    about_bytes: int
    gated: bool = False

    def is_whole_in(self, folder: Path) -> bool:
        """Whether `folder` holds every file."""
        return all((folder / name).is_file() for name in self.files)


MODEL = Repository(
    ids=("stabilityai/stable-audio-open-small",),
    files=("model_config.json", "model.safetensors"),
    title="Stable Audio Open Small",
    licence="Stability AI Community License",
    licence_url="https://huggingface.co/stabilityai/stable-audio-open-small/blob/main/LICENSE.md",
    about_bytes=2_000_000_000,
    gated=True,
)
TEXT_ENCODER = Repository(
    ids=("google-t5/t5-base", "t5-base"),
    files=("config.json", "model.safetensors", "tokenizer.json"),
    title="T5 base, which reads the prompts",
    licence="Apache-2.0",
    licence_url="https://huggingface.co/google-t5/t5-base",
    about_bytes=894_000_000,
)


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """Everything the engine loads; `text_encoder` is a folder."""

    config: Path
    weights: Path
    text_encoder: Path

    @classmethod
    def of(cls, model: Path, text_encoder: Path) -> ModelFiles:
        """The files of the two folders."""
        return cls(model / "model_config.json", model / "model.safetensors", text_encoder)


def model_cache() -> Path:
    """The studio's own cache, ``MODEL_CACHE_DIR``; downloads and adopted files go here."""
    return Path(os.environ.get("MODEL_CACHE_DIR") or "data/models").resolve()


def hub_home() -> Path:
    """Where the hub's library keeps its things on this machine."""
    home = os.environ.get("HF_HOME")
    if not home:
        home = os.path.join(os.environ.get("XDG_CACHE_HOME") or "~/.cache", "huggingface")
    try:
        return Path(os.path.expandvars(home)).expanduser()
    except RuntimeError:  # nobody's home, as in a container that runs as whoever it likes
        return model_cache()


def caches() -> list[Path]:
    """Where to look, in order: our own, then the one of the hub's library."""
    hub = os.environ.get("HF_HUB_CACHE") or os.environ.get("HUGGINGFACE_HUB_CACHE")
    return [model_cache(), Path(os.path.expandvars(hub)) if hub else hub_home() / "hub"]


def snapshot(repository: Repository) -> Path | None:
    """The folder that holds every file of `repository`, or None."""
    return next((found for cache in caches() if (found := snapshot_in(cache, repository))), None)


def snapshot_in(cache: Path, repository: Repository) -> Path | None:
    """The same in one cache only."""
    for id_ in repository.ids:
        for revision in _revisions(cache / folder_name(id_)):
            if repository.is_whole_in(revision):
                return revision
    return None


def folder_name(id_: str) -> str:
    """What the folder of a repository is called in a cache."""
    return f"models--{id_.replace('/', '--')}"


def find() -> ModelFiles | None:
    """The installed model, or None when any part of it is missing."""
    model, text = snapshot(MODEL), snapshot(TEXT_ENCODER)
    return None if model is None or text is None else ModelFiles.of(model, text)


def _revisions(folder: Path) -> list[Path]:
    """Cached revisions, the one that ``main`` points at first."""
    snapshots = sorted((folder / "snapshots").glob("*"))
    try:
        main = folder / "snapshots" / (folder / "refs" / "main").read_text().strip()
    except (OSError, ValueError):
        return snapshots
    return [main, *(one for one in snapshots if one != main)]
