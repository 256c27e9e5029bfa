"""Fields of what people ask for when they ask for packs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rest_framework import serializers

from packs.versions import parse_version
from sounds.api.fields import Words
from sounds.formats import HOST_FORMATS

USUAL_FORMATS = ("wav", "mp3")


class Formats(serializers.ListField):
    """Audio formats of a pack; WAV is always among them."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("required", False)
        super().__init__(
            child=serializers.ChoiceField(choices=HOST_FORMATS), default=list(USUAL_FORMATS), **options
        )

    def to_internal_value(self, data: Any) -> list[str]:
        wanted: Sequence[str] = super().to_internal_value(data)
        return [format_ for format_ in HOST_FORMATS if format_ == "wav" or format_ in wanted]


class Version(Words):
    """X.Y.Z."""

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        try:
            parse_version(text)
        except ValueError as error:
            raise serializers.ValidationError(str(error)) from error
        return text
