"""Which models can be installed, by the engine they are for."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec

from sounds.engines.registry import cards
from sounds.engines.stable_audio import files
from sounds.engines.stable_audio.card import CARD, PACKAGES
from sounds.engines.stable_audio.files import Repository
from sounds.weights.errors import WeightsError


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """An engine's model; the first repository is the model itself, the others are what it needs beside."""

    engine: str
    repositories: tuple[Repository, ...]

    @property
    def title(self) -> str:
        return self.repositories[0].title

    def missing(self) -> list[Repository]:
        """Those repositories that lie in none of the caches."""
        return [one for one in self.repositories if files.snapshot(one) is None]

    def require_packages(self) -> None:
        """Raise `WeightsError` where what loads and checks the files is not installed."""
        if any(find_spec(package) is None for package in (*PACKAGES, "huggingface_hub")):
            raise WeightsError("Installing a model needs the packages of its engine; run: make neural")


MODELS = {CARD.id: Model(engine=CARD.id, repositories=(files.MODEL, files.TEXT_ENCODER))}


def model_of(engine: str) -> Model:
    """The model of `engine`; raises `WeightsError` that lists what there is."""
    if engine in MODELS:
        return MODELS[engine]
    known = ", ".join(MODELS)
    if not engine:
        raise WeightsError(f"Say which model to install: {known}.")
    if engine in cards():
        raise WeightsError(f"The engine {engine} needs no model; those that do: {known}.")
    raise WeightsError(f"There is no model “{engine}” to install; choose one of: {known}.")
