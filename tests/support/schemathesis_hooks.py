"""What `schemathesis` loads before it asks a studio; `$THERE` names things that exist in it, as JSON."""

from __future__ import annotations

import json
import os
import zlib
from typing import Any

import schemathesis

THERE: dict[str, str] = json.loads(os.environ["THERE"])
"""Beginnings of paths, up to and with a parameter, to a value of it that exists."""
LONGEST_WAIT_S = 0.1


@schemathesis.hook
def map_path_parameters(context: schemathesis.HookContext, path_parameters: dict[str, Any]) -> dict[str, Any]:
    """Let most cases be about something that exists."""
    if not path_parameters or zlib.crc32(repr(path_parameters).encode()) % 4 == 0:
        return path_parameters
    known = {name: THERE.get(_beginning(context.operation.path, name)) for name in path_parameters}
    return path_parameters | {name: value for name, value in known.items() if value is not None}


@schemathesis.hook
def map_query(context: schemathesis.HookContext, query: dict[str, Any] | None) -> dict[str, Any] | None:
    """Let none wait for long, as most that could be waited for have much before them in the queue."""
    if not any(parameter.name == "wait" for parameter in context.operation.query):
        return query
    wait = (query or {}).get("wait", LONGEST_WAIT_S)
    is_long = isinstance(wait, int | float) and wait > LONGEST_WAIT_S
    return (query or {}) | {"wait": LONGEST_WAIT_S if is_long else wait}


def _beginning(path: str, name: str) -> str:
    parameter = f"{{{name}}}"
    return path[: path.index(parameter)] + parameter
