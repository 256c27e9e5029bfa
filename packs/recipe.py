"""What somebody asks for when he asks for a pack, checked word by word."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.text import slugify

from packs.models.pack import LONGEST_SLUG
from packs.versions import parse_version
from sounds.brief import Brief
from sounds.engines.base import EngineCard
from sounds.formats import HOST_FORMATS
from sounds.models import Collection, Hook, Theme, Variation
from sounds.prompts.seeds import derive_seed
from sounds.wish import Wish, WishError, drawn_seed, named

KEPT = ("engine", "quality")
"""What a collection's settings say of how it is made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """A whole pack, decided: which hooks of which theme, rendered by what, in which formats."""

    wish: Wish
    """What all its sounds have in common; its hook is not there, its theme or its prompt is."""
    hooks: Sequence[Hook]
    by_name: bool
    """Whether somebody named the hooks, instead of taking all."""
    fresh: bool
    version: str
    formats: Sequence[str]

    @classmethod
    def of(
        cls,
        theme: str = "",
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
        if not theme and not prompt:
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

    @classmethod
    def of_collection(cls, collection: Collection, hooks: Sequence[str] = (), **wish: Any) -> Recipe:
        """What a collection is made of, for the hooks named or for those of its enabled slots.

        Raises ``ValueError`` where it has neither theme nor prompt, or no enabled slot.
        """
        for part in (collection.theme, collection.variation):
            if part and not part.enabled:
                raise WishError(
                    f"{part.name} is switched off; an administrator can enable it again.", "collection"
                )
        if collection.theme is None and not collection.prompt:
            raise WishError("This collection has no theme to make sounds of.", "collection")
        slots = collection.slots.filter(enabled=True, hook__enabled=True)
        hooks = hooks or list(slots.values_list("hook__slug", flat=True))
        if not hooks:
            sentence = "This collection has no enabled slot; enable one, or name hooks."
            raise WishError(sentence, "collection")
        return cls.of(
            collection.theme.slug if collection.theme else "",
            variation=collection.variation.slug if collection.variation else "",
            prompt=collection.prompt or None,
            hooks=hooks,
            **({name: value for name, value in collection.settings.items() if name in KEPT} | wish),
        )

    @property
    def theme(self) -> Theme | None:
        """None where a prompt says it all."""
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
        family = "-".join(part.slug for part in (self.theme, self.variation) if part)
        if not self.prompt:
            return _as_slug(family, LONGEST_SLUG)
        if not family:
            return _as_slug(self.prompt, LONGEST_SLUG)
        return f"{family}-{_as_slug(self.prompt, LONGEST_SLUG - len(family) - 1)}"

    @property
    def other_slug(self) -> str:
        """The name where another pack has the first one: “wood echo” and “Wood, echo!” read alike."""
        theme = self.theme.slug if self.theme else ""
        digest = _digest(f"{theme} {self.variation and self.variation.slug} {self.prompt}")
        return f"{self.slug[: LONGEST_SLUG - 7].rstrip('-_')}-{digest}"

    def slug_of(self, owner: object) -> str:
        """The name where those packs are somebody else's."""
        digest = _digest(f"{owner} {self.other_slug}")
        return f"{self.slug[: LONGEST_SLUG - 7].rstrip('-_')}-{digest}"

    @property
    def title(self) -> str:
        family = [part.name for part in (self.theme, self.variation) if part]
        return " – ".join([*family, *([self.prompt] if self.prompt else [])])[:120]

    @property
    def description(self) -> str:
        """What the variation, the theme or the prompt says of itself."""
        said = [part.description for part in (self.variation, self.theme) if part]
        return (said[0] if said else self.prompt)[:256]

    def briefs(self, hook: Hook, own: Mapping[str, Any] | None = None) -> list[Brief]:
        """What to render for one hook: a Brief for each take; `own` is what its slot wants otherwise."""
        return replace(self.wish, hook=hook, **(own or {})).briefs(self._seeds(hook))

    def _seeds(self, hook: Hook) -> list[int]:
        """The wish's; where it has none, theme and hook decide, so that the same call finds its takes."""
        if self.fresh:
            return [drawn_seed() for _ in range(self.wish.takes)]
        if self.wish.seed is not None:
            return self.wish.seeds()
        theme, variation = (part.slug if part else "" for part in (self.theme, self.variation))
        return [derive_seed(theme, variation, hook.slug, take) for take in range(self.wish.takes)]


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
