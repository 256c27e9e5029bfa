"""What the studio knows of Stable Audio Open Small without importing torch."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec

from sounds.engines.base import Capabilities, EngineCard
from sounds.engines.stable_audio.files import MODEL, TEXT_ENCODER, snapshot

PACKAGES = ("torch", "stable_audio_tools", "transformers", "safetensors")


@dataclass(frozen=True, slots=True, kw_only=True)
class StableAudioCard(EngineCard):
    """Says which part is missing: the packages, the model, or its text encoder."""

    def why_unavailable(self) -> str:
        if any(find_spec(package) is None for package in PACKAGES):
            return f"The engine {self.id} needs PyTorch and stable-audio-tools; run: make neural"
        install = f"python manage.py install_model {self.id}"
        if snapshot(MODEL) is None:
            return f"The model {MODEL.title} is not installed; run: {install}"
        if snapshot(TEXT_ENCODER) is None:
            return f"The text encoder of {MODEL.title} is not installed; run: {install}"
        return ""


CARD = StableAudioCard(
    id="stable-audio-open-small",
    title="Stable Audio Open Small",
    version="1.0.0",
    implementation="sounds.engines.stable_audio.engine:StableAudioEngine",
    lane="neural",
    licence="LicenseRef-Stability-AI-Community",
    attribution="Made with Stable Audio Open Small under the Stability AI Community License, "
    "https://stability.ai/license. Powered by Stability AI.",
    exclusive=True,
    auto_rank=10,
    capabilities=Capabilities(
        qualities=frozenset({"exact", "standard", "draft"}),
        quality_remarks={
            "draft": "Draft quality runs the model on a shorter stretch than it was made for; nobody has "
            "judged by ear how that sounds."
        },
        batch_size=16,
    ),
)
