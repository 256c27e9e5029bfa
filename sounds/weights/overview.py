"""What a person reads before and after an installation."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sounds.engines.stable_audio import files
from sounds.engines.stable_audio.files import Repository
from sounds.weights.catalogue import Model
from sounds.weights.sizes import in_words


def overview(model: Model, source: Path | None = None) -> str:
    """What will be installed, under which terms, from where and into what."""
    main, missing = model.repositories[0], model.missing()
    lines = [
        f"{main.title}",
        f"  licence  {main.licence}",
        f"           {main.licence_url}",
        *(f"  {'needs' if number else 'model'}    {_standing(one, one in missing, source)}"
          for number, one in enumerate(model.repositories)),
        f"  into     {files.model_cache()}",
        "",
    ]  # fmt: skip
    return "\n".join(lines)


def farewell(model: Model, result: Mapping[str, Any], source: Path | None = None) -> str:
    """That it is done, where it is, and what to do with it."""
    first, *others = result["folders"].values()
    state = "was installed already; it is checked" if result["already"] else "is installed"
    lines = [f"{model.title} {state} ({in_words(result['bytes'])}).", f"  {first}"]
    lines += [f"  {other}" for other in others]
    if source and result["already"]:
        lines.append(f"Nothing was taken from {source}: what is installed is whole.")
    return "\n".join([*lines, f"Next: make pack THEME=sci-fi ENGINE={model.engine}"])


def _standing(repository: Repository, missing: bool, source: Path | None) -> str:
    id_ = repository.ids[0]
    if not missing:
        return f"{id_}, already at {files.snapshot(repository)}"
    if source:
        return f"{id_}, from {source}"
    terms = "needs a token" if repository.gated else repository.licence
    return f"{id_}, about {in_words(repository.about_bytes)}, {terms}"
