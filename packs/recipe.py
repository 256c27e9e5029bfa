"""What somebody asks for when he asks for a pack, checked word by word."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from django.utils.text import slugify

from packs.versions import parse_version
from sounds.brief import Brief
from sounds.engines.base import EngineCard
from sounds.formats import HOST_FORMATS
from sounds.models import Hook, Theme, Variation
from sounds.prompts.seeds import derive_seed
from sounds.wish import Wish, WishError, drawn_seed, named

LONGEST_SLUG = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """A whole pack, decided: which hooks of which theme, rendered by what, in which formats."""

    wish: Wish
    """What all its sounds have in common; its theme is there, its hook is not."""
    hooks: Sequence[Hook]
    by_name: bool
    """Whether somebody named the hooks, instead of taking all."""
    fresh: bool
    version: str
    formats: Sequence[str]

    @classmethod
    def of(
        cls,
        theme: str,
        *,
        variation: str = "",
        hooks: str | Sequence[str] = (),
        engine: str = "auto",
        quality: str = "standard",
        prompt: str | None = None,
        seed: int | None = None,
        takes: int = 1,
        fresh: bool = False,
        version: str = "",
        formats: str | Sequence[str] = "wav,mp3",
    ) -> Recipe:
        """Read what a person asked for, lists as such or with commas.

        Raises ``ValueError`` with a sentence for the first thing wrong.
        """
        if version:
            parse_version(version)
        if not theme:
            named(Theme.objects.filter(enabled=True), theme, "theme")
        return cls(
            wish=Wish.of(
                theme=theme,
                variation=variation,
                engine=engine,
                quality=quality,
                prompt=prompt,
                seed=seed,
                takes=takes,
            ),
            hooks=_hooks(hooks),
            by_name=bool(hooks and (not isinstance(hooks, str) or hooks.strip())),
            fresh=fresh,
            version=version,
            formats=_formats(formats),
        )

    @property
    def theme(self) -> Theme:
        assert self.wish.theme
        return self.wish.theme

    @property
    def variation(self) -> Variation | None:
        return self.wish.variation

    @property
    def prompt(self) -> str:
        return self.wish.prompt

    @property
    def engine(self) -> EngineCard:
        return self.wish.engine

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

    def slug_of(self, owner: object) -> str:
        """The name where those packs are somebody else's."""
        digest = _digest(f"{owner} {self.other_slug}")
        return f"{self.slug[: LONGEST_SLUG - 7].rstrip('-_')}-{digest}"

    @property
    def title(self) -> str:
        parts = [self.theme.name, self.variation.name if self.variation else "", self.prompt]
        return " – ".join(part for part in parts if part)[:120]

    def briefs(self, hook: Hook) -> list[Brief]:
        """What to render for one hook: a Brief for each take."""
        return replace(self.wish, hook=hook).briefs(self._seeds(hook))

    def _seeds(self, hook: Hook) -> list[int]:
        """The wish's; where it has none, theme and hook decide, so that the same call finds its takes."""
        if self.fresh:
            return [drawn_seed() for _ in range(self.wish.takes)]
        if self.wish.seed is not None:
            return self.wish.seeds()
        variation = self.variation.slug if self.variation else ""
        return [derive_seed(self.theme.slug, variation, hook.slug, take) for take in range(self.wish.takes)]


def _as_slug(prompt: str, most: int) -> str:
    """A prompt as part of a name; one that is cut, or has other letters, ends in a digest of the whole."""
    slug = slugify(prompt)
    if len(slug) <= most and prompt.isascii() and slug:
        return slug
    return f"{slug[: most - 7].rstrip('-')}-{_digest(prompt)}".lstrip("-")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:6]


def _hooks(wanted: str | Sequence[str]) -> list[Hook]:
    enabled = list(Hook.objects.filter(enabled=True))
    if not wanted or (isinstance(wanted, str) and not wanted.strip()):
        return enabled
    slugs = {named(enabled, slug, "hook", field="hooks").slug for slug in _words(wanted, "hook")}
    return [hook for hook in enabled if hook.slug in slugs]


def _formats(wanted: str | Sequence[str]) -> list[str]:
    words = _words(wanted, "format", str.lower)
    for word in words:
        if word not in HOST_FORMATS:
            raise WishError(
                f"There is no format “{word}”; choose from: {', '.join(HOST_FORMATS)}.", "formats"
            )
    # WAV is the only format that is right on every player, so a pack is never without it.
    return [format_ for format_ in HOST_FORMATS if format_ == "wav" or format_ in words]


def _words(wanted: str | Sequence[str], what: str, change: Callable[[str], str] = str) -> list[str]:
    several = wanted.split(",") if isinstance(wanted, str) else wanted
    words = [change(word.strip()) for word in several if word.strip()]
    if not words:
        raise WishError(f"Name at least one {what}, or leave the option out.", f"{what}s")
    return words
