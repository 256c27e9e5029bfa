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
            there_are = f"; there are: {', '.join(writable)}."
            wrong = [str(name) for name in data if name not in writable and name != "csrfmiddlewaretoken"]
            if wrong:
                why = {name: "cannot be set" if name in known else "does not exist" for name in wrong}
                raise ValidationError({name: f"This field {why[name]}{there_are}" for name in wrong})
        return super().to_internal_value(data)
