"""Bringing the presets that ship with the studio into the database."""

from __future__ import annotations

from django.db import transaction

from sounds.models import Hook, Theme, Variation
from sounds.prompts.presets import load_hooks, load_themes


@transaction.atomic
def load_presets() -> tuple[int, int, int]:
    """Create what is missing and refresh what nobody edited; how many hooks, themes and variations ship."""
    hooks, themes, variations = load_hooks(), load_themes(), 0
    for position, hook in enumerate(hooks, start=1):
        Hook.load({"slug": hook.slug}, hook.as_dict(), position=position)
    for position, theme in enumerate(themes, start=1):
        row = Theme.load({"slug": theme.slug}, theme.as_dict(), position=position)
        for place, variation in enumerate(theme.variations, start=1):
            Variation.load({"theme": row, "slug": variation.slug}, variation.as_dict(), position=place)
            variations += 1
    return len(hooks), len(themes), variations
