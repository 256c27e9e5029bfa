"""prompts.json: how every sound was asked for, so that anybody can ask again."""

from __future__ import annotations

from packs.content import PackContent
from packs.formats.documents import as_json

DOCUMENT = "prompts.json"


def write(content: PackContent) -> dict[str, bytes]:
    """The prompt, engine and seed of each hook."""
    prompts = {
        sound.hook: {
            "prompt": sound.prompt,
            "engine": sound.engine,
            "engine_version": sound.engine_version,
            "seed": sound.seed,
            "theme": sound.theme,
            "variation": sound.variation,
        }
        for sound in content.sounds
    }
    return {DOCUMENT: as_json({"name": content.name, "prompts": prompts})}
