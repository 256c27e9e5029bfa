"""The doctor as people call it, and what it says of one thing."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from jsonschema import validate

from studio.doctor.finding import Finding
from tests.support.studio import Studio

TEXT = {"type": "string"}
SCHEMA = {
    "type": "object",
    "required": ["ok", "checks"],
    "additionalProperties": False,
    "properties": {
        "ok": {"type": "boolean"},
        "checks": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["area", "name", "state", "fact", "todo"],
                "additionalProperties": False,
                "properties": {
                    "area": TEXT | {"minLength": 1},
                    "name": TEXT | {"minLength": 1},
                    "state": {"enum": ["ok", "note", "warn", "fail"]},
                    "fact": TEXT | {"minLength": 1, "pattern": "^[^\\n\\r]*$"},
                    "todo": TEXT | {"pattern": "^[^\\n\\r]*$"},
                },
                "allOf": [
                    {
                        "if": {"properties": {"state": {"enum": ["warn", "fail"]}}},
                        "then": {"properties": {"todo": {"minLength": 1}}},
                    }
                ],
            },
        },
    },
}
"""Of what ``--json`` prints; what is a trouble has something to do about it."""


class Told:
    """The JSON of one call, looked into."""

    def __init__(self, studio: Studio) -> None:
        ended = studio.manage("doctor", "--json", check=False, timeout=60)
        assert ended.stderr == "", ended.stderr
        self.text = ended.stdout
        self.code = ended.returncode
        told = json.loads(ended.stdout)
        validate(told, SCHEMA)
        self.ok: bool = told["ok"]
        self.checks: list[dict[str, Any]] = told["checks"]
        assert self.code == (0 if self.ok else 1)
        assert self.ok is not any(one["state"] == "fail" for one in self.checks)

    def of(self, area: str, name: str) -> dict[str, Any]:
        found = [one for one in self.checks if (one["area"], one["name"]) == (area, name)]
        assert len(found) == 1, self.checks
        return found[0]

    def states(self, state: str) -> set[str]:
        return {f"{one['area']}/{one['name']}" for one in self.checks if one["state"] == state}


def only(findings: Iterable[Finding]) -> Finding:
    """The one thing that was found."""
    (one,) = findings
    return one


def named(findings: Iterable[Finding], name: str) -> Finding:
    return only(one for one in findings if one.name == name)
