"""Themes, their variations, and hooks: presets as data that people may edit."""

from __future__ import annotations

from typing import Any, Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models

from sounds.brief import MAX_DURATION_S, MIN_DURATION_S
from sounds.prompts.specs import HookSpec, ThemeSpec, VariationSpec

SLUG = RegexValidator(
    r"^[a-z0-9]+([-_][a-z0-9]+)*$", "Use small letters and digits, joined by single - or _ signs."
)


class Preset(models.Model):
    """A row that may come from the presets that ship with the studio.

    `shipped` remembers the values as they were last loaded. Loading again changes a field only while it
    still holds what was shipped, so edits survive; see `load`.
    """

    SPEC: type[HookSpec] | type[ThemeSpec] | type[VariationSpec]
    FIELDS: tuple[str, ...]
    """What a spec is made of, and so what a preset ships."""

    name = models.CharField(max_length=80)
    description = models.TextField(blank=True)
    position = models.PositiveIntegerField(default=100)
    enabled = models.BooleanField(default=True)
    shipped = models.JSONField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True
        ordering = ["position", "slug"]

    def __str__(self) -> str:
        return self.name

    def spec(self) -> Any:
        """The preset as the plain data that prompts and engines work with; raises ``ValueError``."""
        return self.SPEC.from_dict({name: getattr(self, name) for name in ("slug", *self.FIELDS)})

    def clean(self) -> None:
        if self.shipped and self.edited_in("slug"):
            raise ValidationError(f"“{self.name}” is a preset and keeps its id; add one of your own instead.")
        try:
            self.spec()
        except ValueError as error:
            raise ValidationError(str(error)) from error

    @property
    def edited(self) -> bool:
        """Whether it differs from what was shipped; a preset of one's own never does."""
        return any(self.edited_in(name) for name in self.shipped or {})

    def edited_in(self, field: str) -> bool:
        return getattr(self, field) != (self.shipped or {}).get(field)

    @classmethod
    def load(cls, key: dict[str, Any], plain: dict[str, Any], *, position: int) -> Self:
        """Create or refresh the row of a shipped preset, keeping every field somebody has edited."""
        values = {name: plain[name] for name in ("slug", *cls.FIELDS)} | {"position": position}
        row, created = cls._default_manager.get_or_create(**key, defaults={**values, "shipped": values})
        if not created and row.shipped != values:
            before = row.shipped or {}
            for name, value in values.items():
                if name not in before or getattr(row, name) == before[name]:
                    setattr(row, name, value)
            row.shipped = values
            row.save()
        return row


class Theme(Preset):
    """A family of sounds: words for engines that read, an instrument for those that play."""

    SPEC = ThemeSpec
    FIELDS = ("name", "description", "style", "colour", "tempo", "tonic", "voice")

    slug = models.CharField(max_length=64, unique=True, validators=[SLUG])
    style = models.TextField(help_text="What the family sounds like, in words for a neural engine.")
    colour = models.CharField(max_length=7, default="#8888ff", help_text="Accent of its card, as #rrggbb.")
    tempo = models.FloatField(default=1.0, help_text="1 is a beat of 0.1 s, 2 twice as fast.")
    tonic = models.CharField(max_length=4, default="A4", help_text="The key, such as A4 or F#3.")
    voice = models.JSONField(default=dict, blank=True, help_text="The procedural engine's instrument.")


class Variation(Preset):
    """A member of the family: the same theme with a character of its own."""

    SPEC = VariationSpec
    FIELDS = ("name", "description", "style", "voice")

    slug = models.CharField(max_length=64, validators=[SLUG])
    theme = models.ForeignKey(Theme, models.CASCADE, related_name="variations")
    style = models.TextField(blank=True, help_text="Words for a neural engine, instead of the theme's.")
    voice = models.JSONField(default=dict, blank=True, help_text="What differs from the theme's instrument.")

    class Meta(Preset.Meta):
        constraints = [
            models.UniqueConstraint(fields=["theme", "slug"], name="one_variation_of_a_name_in_a_theme")
        ]


class Hook(Preset):
    """An event of a coding agent that can sound, and how it should."""

    SPEC = HookSpec
    FIELDS = (
        "name", "description", "claude_events", "ccbell_event", "cesp_category", "intent", "gesture",
        "motif", "length_s", "loudness_lufs",
    )  # fmt: skip

    slug = models.CharField("id", max_length=64, unique=True, validators=[SLUG])
    claude_events = models.JSONField(
        default=list, blank=True, help_text="Claude Code's names for it, the one to install first."
    )
    ccbell_event = models.CharField(max_length=40, blank=True)
    cesp_category = models.CharField("CESP category", max_length=40, blank=True)
    intent = models.CharField(max_length=40)
    gesture = models.TextField(help_text="What the sound does, in words for a neural engine.")
    motif = models.JSONField(default=list, help_text="The notes, for an engine that plays.")
    length_s = models.FloatField(
        "length", validators=[MinValueValidator(MIN_DURATION_S), MaxValueValidator(MAX_DURATION_S)]
    )
    loudness_lufs = models.FloatField("loudness", validators=[MinValueValidator(-40), MaxValueValidator(-8)])
