"""Serializers that refuse what they do not know, so that a misspelt field is not silently ignored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework.serializers import BaseSerializer, ValidationError


class Strict(BaseSerializer):
    """Mix in first."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            known = self.fields  # type: ignore[attr-defined]
            writable = [name for name, field in known.items() if not field.read_only]
            unknown = [name for name in data if name not in known and name != "csrfmiddlewaretoken"]
            if unknown:
                choice = f"; there are: {', '.join(writable)}"
                raise ValidationError({str(name): f"There is no such field{choice}." for name in unknown})
        return super().to_internal_value(data)
