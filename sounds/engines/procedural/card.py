"""What the studio knows of the synthesizer without importing numpy."""

from __future__ import annotations

from sounds.engines.base import Capabilities, EngineCard

CARD = EngineCard(
    id="procedural",
    title="Procedural synthesizer",
    version="1.0.0",
    implementation="sounds.engines.procedural.engine:ProceduralEngine",
    lane="procedural",
    licence="CC0-1.0",
    auto_rank=0,
    capabilities=Capabilities(knobs=True),
)
