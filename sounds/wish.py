"""What somebody asks for when he asks for a sound, its names looked up."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from django.db.models import QuerySet

from sounds.brief import Brief
from sounds.engines.base import EngineCard
from sounds.engines.registry import resolve
from sounds.models import Hook, Theme, Variation
from sounds.prompts.build import PromptError, build_brief
from sounds.prompts.seeds import MAX_SEED

MOST_TAKES = 20

Named = TypeVar("Named", Hook, Theme, Variation)


class WishError(PromptError):
    """Something asked for does not exist or is out of range; the message says what there is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """One sound, in one or more takes: of a theme, for a hook, or described in words."""

    engine: EngineCard
    quality: str = "standard"
    hook: Hook | None = None
    theme: Theme | None = None
    variation: Variation | None = None
    prompt: str = ""
    seed: int | None = None
    takes: int = 1
    duration_s: float | None = None
    loudness_offset_db: float = 0.0
    knobs: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        *,
        theme: str = "",
        variation: str = "",
        hook: str = "",
        engine: str = "auto",
        prompt: str | None = None,
        seed: int | None = None,
        takes: int = 1,
        **more: object,
    ) -> Wish:
        """Look up what a person named; raises ``ValueError`` with a sentence for the first thing wrong."""
        if not 1 <= takes <= MOST_TAKES:
            raise WishError(f"The number of takes must be from 1 to {MOST_TAKES}, not {takes}.", "takes")
        if seed is not None and not 0 <= seed <= MAX_SEED:
            raise WishError(f"The seed must be from 0 to {MAX_SEED}, not {seed}.", "seed")
        if prompt and not _is_text(prompt):
            raise WishError("The prompt is not valid text; write it in UTF-8.", "prompt")
        if prompt is not None and not prompt.strip():
            raise WishError(
                "The prompt is empty; write what it should sound like, or leave it out.", "prompt"
            )
        family = named(Theme.objects.filter(enabled=True), theme, "theme") if theme else None
        if variation and family is None:
            raise WishError(f"Choose the theme that the variation {variation} belongs to.", "theme")
        return cls(
            theme=family,
            variation=_variation(family, variation),
            hook=named(Hook.objects.filter(enabled=True), hook, "hook") if hook else None,
            engine=resolve(engine),
            prompt=prompt or "",
            seed=seed,
            takes=takes,
            **more,  # type: ignore[arg-type]
        )

    def briefs(self, seeds: Iterable[int] | None = None) -> list[Brief]:
        """What to render: a Brief for each take; raises `PromptError` for what cannot be.

        Without `seeds` they count up from the wish's own, or are drawn if it has none.
        """
        return [
            build_brief(
                hook=self.hook.spec() if self.hook else None,
                theme=self.theme.spec() if self.theme else None,
                variation=self.variation.spec() if self.variation else None,
                prompt=self.prompt,
                seed=seed,
                engine=self.engine,
                duration_s=self.duration_s,
                loudness_offset_db=self.loudness_offset_db,
                knobs=self.knobs,
                quality=self.quality,
            )
            for seed in (self.seeds() if seeds is None else seeds)
        ]

    def seeds(self) -> list[int]:
        """One for each take."""
        if self.seed is None:
            return [drawn_seed() for _ in range(self.takes)]
        return [(self.seed + take) % (MAX_SEED + 1) for take in range(self.takes)]

    @property
    def label(self) -> str:
        """What its job is called: the hook, or the words."""
        return self.hook.name if self.hook else (self.prompt or str(self.theme or "Sound"))[:80]


def drawn_seed() -> int:
    """A seed by chance."""
    return secrets.randbelow(MAX_SEED + 1)


def named(rows: QuerySet[Named] | Iterable[Named], slug: str, what: str, *, field: str = "") -> Named:
    """The row of that slug; raises `WishError` with those there are, at `field` or that of its kind."""
    likely = rows.filter(slug=slug) if isinstance(rows, QuerySet) else rows
    for row in likely:
        if row.slug == slug:
            return row
    known = ", ".join(row.slug for row in rows) or "none at all"
    raise WishError(f"There is no {what} “{slug}”; choose one of: {known}.", field or what.split()[0])


def _variation(theme: Theme | None, slug: str) -> Variation | None:
    if theme is None or not slug:
        return None
    return named(theme.variations.filter(enabled=True), slug, f"variation of {theme.slug}")


def _is_text(words: str) -> bool:
    """Whether a terminal's bytes were text: others come through as lone surrogates."""
    try:
        words.encode()
    except UnicodeEncodeError:
        return False
    return True
