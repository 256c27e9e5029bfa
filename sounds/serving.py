"""Answering requests for part of a file (RFC 9110, section 14): Safari plays nothing without it."""

from __future__ import annotations

import re
from pathlib import Path

from django.http import HttpRequest, HttpResponse

ONE_RANGE = re.compile(r"^bytes=(\d{0,18})-(\d{0,18})$")


def partial(request: HttpRequest, path: Path, *, content_type: str) -> HttpResponse:
    """The file, or the one range of it that the request names; for files small enough for memory."""
    size = path.stat().st_size
    asked = ONE_RANGE.match(request.headers.get("Range", ""))
    if asked is None or not any(asked.groups()):
        response = HttpResponse(path.read_bytes(), content_type=content_type)
    else:
        first, last = _bounds(asked[1], asked[2], size)
        if first > last:
            return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
        with path.open("rb") as file:
            file.seek(first)
            body = file.read(last - first + 1)
        response = HttpResponse(body, status=206, content_type=content_type)
        response["Content-Range"] = f"bytes {first}-{last}/{size}"
    response["Accept-Ranges"] = "bytes"
    return response


def _bounds(first: str, last: str, size: int) -> tuple[int, int]:
    if not first:  # the last so many bytes
        return max(size - int(last), 0), size - 1
    return int(first), min(int(last), size - 1) if last else size - 1
