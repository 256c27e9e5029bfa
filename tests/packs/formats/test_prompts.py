from __future__ import annotations

import json

from packs.formats import prompts


def test_prompts_are_kept_for_whoever_asks_again(content):
    document = json.loads(prompts.write(content)["prompts.json"])
    assert document["prompts"]["idle"] == {
        "prompt": "a tone for idle",
        "engine": "procedural",
        "engine_version": "1.0",
        "seed": 5,
        "theme": "sci-fi",
        "variation": "",
    }
