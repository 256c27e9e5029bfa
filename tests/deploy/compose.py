"""What a compose file means, with its variables and without an engine."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from tests.support.studio import ROOT

VARIABLE = re.compile(r"\$\{(\w+)(?:(:?-)((?:[^{}]|\$\{[^{}]*\})*))?\}")


def compose(name: str = "docker-compose.yml", **variables: str) -> dict[str, Any]:
    """A compose file as it is with these variables set."""
    return dict(_filled(yaml.safe_load(Path(ROOT, name).read_text()), variables))


def _filled(value: Any, variables: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _filled(one, variables) for key, one in value.items()}
    if isinstance(value, list):
        return [_filled(one, variables) for one in value]
    return _text(value, variables) if isinstance(value, str) else value


def _text(text: str, variables: dict[str, str]) -> str:
    def one(found: re.Match[str]) -> str:
        name, kind, default = found.groups()
        given = variables.get(name)
        takes_default = given is None or (kind == ":-" and not given)
        return _text(default or "", variables) if takes_default else str(given)

    return VARIABLE.sub(one, text)
