"""Fields that say no to what JSON can say and a sound cannot be."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rest_framework import serializers

from sounds.api.errors import Locked
from sounds.brief import MAX_DURATION_S, MIN_DURATION_S
from sounds.engines.registry import EngineError
from sounds.errors import LockedError
from sounds.prompts.knobs import KNOBS
from sounds.prompts.seeds import MAX_SEED


@contextmanager
def refused() -> Iterator[None]:
    """Answer a wish that cannot be granted with its sentence: what is locked, or the field it is about."""
    try:
        yield
    except LockedError as error:
        raise Locked(str(error)) from error
    except ValueError as error:
        about = "engine" if isinstance(error, EngineError) else "non_field_errors"
        field = getattr(error, "field", "") or about
        raise serializers.ValidationError({field: str(error)}) from error


class Words(serializers.CharField):
    """Text, and only text: a number or a truth value is a mistake, not words."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        try:
            data.encode()
        except UnicodeEncodeError:
            raise serializers.ValidationError("This is not valid text; write it in UTF-8.") from None
        return super().to_internal_value(data)


class Number(serializers.FloatField):
    """A number that is one: JSON as Python reads it knows NaN and infinity."""

    def to_internal_value(self, data: Any) -> float:
        if isinstance(data, bool):
            self.fail("invalid")
        value = super().to_internal_value(data)
        if not math.isfinite(value):
            self.fail("invalid")
        return value


class Duration(Number):
    """Seconds, as long as a notification may be."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=MIN_DURATION_S, max_value=MAX_DURATION_S, **options)


class Whole(serializers.IntegerField):
    """A whole number; true and 1.0 are none."""

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool | float):
            self.fail("invalid")
        return super().to_internal_value(data)


class Seed(Whole):
    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=0, max_value=MAX_SEED, **options)


class Uuid(serializers.UUIDField):
    """A UUID as text: a number would be one too, and nobody means that."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str):
            self.fail("invalid", value=data)
        return super().to_internal_value(data)


class Knobs(serializers.DictField):
    """Knob to position."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("help_text", f"Each from -1 to 1: {', '.join(KNOBS)}.")
        super().__init__(child=Number(min_value=-1, max_value=1), **options)
