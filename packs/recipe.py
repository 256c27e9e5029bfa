"""What somebody asks for when he asks for a pack, checked word by word."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.utils.text import slugify

from packs.versions import parse_version
from sounds.brief import Brief
from sounds.engines.base import EngineCard
from sounds.engines.registry import resolve
from sounds.models import Hook, Theme, Variation
from sounds.prompts.build import build_brief
from sounds.prompts.seeds import derive_seed

FORMATS = ("wav", "mp3", "ogg", "flac")
MOST_TAKES = 20
LARGEST_SEED = 2**32 - 1
LONGEST_SLUG = 64

Named = TypeVar("Named", Hook, Theme, Variation)


class RecipeError(ValueError):
    """Something asked for does not exist or is out of range; the message says what there is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """A whole pack, decided: which hooks of which theme, rendered by what, in which formats."""

    theme: Theme
    variation: Variation | None
    hooks: Sequence[Hook]
    by_name: bool
    """Whether somebody named the hooks, instead of taking all."""
    engine: EngineCard
    quality: str
    prompt: str
    seed: int | None
    takes: int
    fresh: bool
    version: str
    formats: Sequence[str]

    @classmethod
    def of(
        cls,
        theme: str,
        *,
        variation: str = "",
        hooks: str = "",
        engine: str = "auto",
        quality: str = "standard",
        prompt: str | None = None,
        seed: int | None = None,
        takes: int = 1,
        fresh: bool = False,
        version: str = "",
        formats: str = "wav,mp3",
    ) -> Recipe:
        """Read what a person typed; raises `ValueError` with a sentence for the first thing wrong."""
        if version:
            parse_version(version)
        if not 1 <= takes <= MOST_TAKES:
            raise RecipeError(f"The number of takes must be from 1 to {MOST_TAKES}, not {takes}.")
        if seed is not None and not 0 <= seed <= LARGEST_SEED:
            raise RecipeError(f"The seed must be from 0 to {LARGEST_SEED}, not {seed}.")
        if prompt and not _is_text(prompt):
            raise RecipeError("The prompt is not valid text; write it in UTF-8.")
        if prompt is not None and not prompt.strip():
            raise RecipeError("The prompt is empty; write what it should sound like, or leave it out.")
        family = _named(Theme.objects.filter(enabled=True), theme, "theme")
        return cls(
            theme=family,
            variation=_named(family.variations.filter(enabled=True), variation, f"variation of {family.slug}")
            if variation
            else None,
            hooks=_hooks(hooks),
            by_name=bool(hooks.strip()),
            engine=resolve(engine),
            quality=quality,
            prompt=prompt or "",
            seed=seed,
            takes=takes,
            fresh=fresh,
            version=version,
            formats=_formats(formats),
        )

    @property
    def slug(self) -> str:
        """The pack's name: theme, variation and the prompt, cut where it is long."""
        parts = [self.theme.slug, self.variation.slug if self.variation else ""]
        family = "-".join(part for part in parts if part)
        if not self.prompt:
            return _as_slug(family, LONGEST_SLUG)
        return f"{family}-{_as_slug(self.prompt, LONGEST_SLUG - len(family) - 1)}"

    @property
    def other_slug(self) -> str:
        """The name where another pack has the first one: “wood echo” and “Wood, echo!” read alike."""
        digest = _digest(f"{self.theme.slug} {self.variation and self.variation.slug} {self.prompt}")
        return f"{self.slug[: LONGEST_SLUG - 7].rstrip('-_')}-{digest}"

    @property
    def title(self) -> str:
        parts = [self.theme.name, self.variation.name if self.variation else "", self.prompt]
        return " – ".join(part for part in parts if part)[:120]

    def briefs(self, hook: Hook) -> list[Brief]:
        """What to render for one hook: a Brief for each take."""
        return [
            build_brief(
                hook=hook.spec(),
                theme=self.theme.spec(),
                variation=self.variation.spec() if self.variation else None,
                prompt=self.prompt,
                seed=self._seed(hook, take),
                engine=self.engine,
                quality=self.quality,
            )
            for take in range(self.takes)
        ]

    def _seed(self, hook: Hook, take: int) -> int:
        if self.fresh:
            return secrets.randbelow(LARGEST_SEED + 1)
        if self.seed is not None:
            return (self.seed + take) % (LARGEST_SEED + 1)
        variation = self.variation.slug if self.variation else ""
        return derive_seed(self.theme.slug, variation, hook.slug, take)


def _is_text(words: str) -> bool:
    """Whether a terminal's bytes were text: others come through as lone surrogates."""
    try:
        words.encode()
    except UnicodeEncodeError:
        return False
    return True


def _as_slug(prompt: str, most: int) -> str:
    """A prompt as part of a name; one that is cut, or has other letters, ends in a digest of the whole."""
    slug = slugify(prompt)
    if len(slug) <= most and prompt.isascii() and slug:
        return slug
    return f"{slug[: most - 7].rstrip('-')}-{_digest(prompt)}".lstrip("-")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:6]


def _named(rows: Iterable[Named], slug: str, what: str) -> Named:
    known = {row.slug: row for row in rows}
    if slug in known:
        return known[slug]
    raise RecipeError(f"There is no {what} “{slug}”; choose one of: {', '.join(known) or 'none at all'}.")


def _hooks(words: str) -> list[Hook]:
    enabled = list(Hook.objects.filter(enabled=True))
    if not words.strip():
        return enabled
    wanted = {_named(enabled, slug, "hook").slug for slug in _words(words, "hook")}
    return [hook for hook in enabled if hook.slug in wanted]


def _formats(words: str) -> list[str]:
    wanted = _words(words, "format", str.lower)
    for word in wanted:
        if word not in FORMATS:
            raise RecipeError(f"There is no format “{word}”; choose from: {', '.join(FORMATS)}.")
    # WAV is the only format that is right on every player, so a pack is never without it.
    return [format_ for format_ in FORMATS if format_ == "wav" or format_ in wanted]


def _words(text: str, what: str, change: Callable[[str], str] = str) -> list[str]:
    words = [change(word.strip()) for word in text.split(",") if word.strip()]
    if not words:
        raise RecipeError(f"Name at least one {what}, or leave the option out.")
    return words
