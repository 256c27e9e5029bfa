"""Giving out files, whole or in part (RFC 9110): Safari plays nothing without ranges.

Small files are sent from memory. Large ones go piece by piece, each read only when the one before is on
its way, so that a slow listener costs neither memory nor a thread.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import unicodedata
from collections.abc import AsyncIterator, Iterator
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

from django.db import close_old_connections
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.cache import get_conditional_response

from ccbell_site import problems

SMALL_BYTES = 1024 * 1024
PIECE_BYTES = 64 * 1024
FOR_EVER = "private, max-age=31536000, immutable"
"""A take never changes, so neither does what shows it."""

ONE_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})", re.IGNORECASE)
LONGEST_NAME = 60
_NOT_IN_NAMES = re.compile(r'[<>:"/\\|?*%;]')


def send(
    request: HttpRequest,
    path: Path,
    *,
    content_type: str,
    sha256: str,
    name: str = "",
    download: bool = False,
) -> HttpResponseBase:
    """The file at `path`, the one range of it that the request names, or that nothing changed.

    Parameters
    ----------
    sha256
        Of the file: the same bytes need not be sent twice.
    name
        What to call it when it is saved; `download` asks for that instead of playing it.

    Raises
    ------
    OSError
        When it cannot be opened.
    """
    etag = f'"{sha256}"'
    response = _unsent(request, etag) or _content(request, path, etag, content_type)
    response["Accept-Ranges"] = "bytes"
    if name:
        response["Content-Disposition"] = disposition(name, download=download)
    return _kept(response, etag)


def send_text(request: HttpRequest, text: str, *, content_type: str) -> HttpResponseBase:
    """Something short that never changes, or that the caller has it already."""
    etag = f'"{hashlib.sha256(text.encode()).hexdigest()}"'
    whole = HttpResponse(text, content_type=content_type)
    return _kept(_unsent(request, etag) or whole, etag)


def range_of(header: str, size: int) -> range | None:
    """The bytes that a Range header names, of a file of `size`.

    None where it names none that we understand, which is to be ignored; an empty range where it names
    some that the file does not have.
    """
    asked = ONE_RANGE.fullmatch(header.strip())
    if asked is None or not any(asked.groups()):
        return None
    first, last = asked.groups()
    if not first:  # the last so many
        return range(max(size - int(last), 0), size)
    if last and int(last) < int(first):
        return None
    return range(int(first), min(int(last) + 1, size) if last else size)


def file_name(title: str, suffix: str) -> str:
    """A name that every system can save a file by, made from what the sound is called."""
    plain = "".join(" " if unicodedata.category(sign)[0] == "C" else sign for sign in title)
    words = " ".join(_NOT_IN_NAMES.sub(" ", plain).split())[:LONGEST_NAME].strip(" .")
    return f"{words or 'sound'}.{suffix}"


def disposition(name: str, *, download: bool = False) -> str:
    """A Content-Disposition (RFC 6266): a name in ASCII, and the true one where it has other letters."""
    kind = "attachment" if download else "inline"
    stem, _, suffix = name.rpartition(".")
    ascii_ = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode()
    fallback = f"{' '.join(ascii_.split()).strip(' .') or 'sound'}.{suffix}"
    if fallback == name:
        return f'{kind}; filename="{name}"'
    return f"{kind}; filename=\"{fallback}\"; filename*=UTF-8''{quote(name, safe='!#$&+-.^_`|~')}"


def _kept(response: HttpResponseBase, etag: str) -> HttpResponseBase:
    response["ETag"] = etag
    if response.status_code < HTTPStatus.BAD_REQUEST:
        response["Cache-Control"] = FOR_EVER
    return response


def _unsent(request: HttpRequest, etag: str) -> HttpResponseBase | None:
    """The answer where the request has a condition by which the bytes are not to be sent."""
    response = get_conditional_response(request, etag=etag)
    if response is None or response.status_code != HTTPStatus.PRECONDITION_FAILED:
        return response
    detail = "These are other bytes than those that If-Match names; ask without it."
    return problems.plain(request, HTTPStatus.PRECONDITION_FAILED, detail)


def _content(request: HttpRequest, path: Path, etag: str, content_type: str) -> HttpResponseBase:
    file = path.open("rb")
    size = os.fstat(file.fileno()).st_size
    asked = range_of(request.headers.get("Range", ""), size) if _may_be_part(request, etag) else None
    if asked is not None and not asked:
        file.close()
        return _not_there(request, size)
    part = range(size) if asked is None else asked
    response = _body(request, file, part)
    response["Content-Type"] = content_type
    response["Content-Length"] = str(len(part))
    if asked is not None:
        response.status_code = HTTPStatus.PARTIAL_CONTENT
        response["Content-Range"] = f"bytes {part[0]}-{part[-1]}/{size}"
    return response


def _may_be_part(request: HttpRequest, etag: str) -> bool:
    """Whether a Range counts: for GET, and not where If-Range names other bytes than ours."""
    return request.method == "GET" and request.headers.get("If-Range", etag) == etag


def _not_there(request: HttpRequest, size: int) -> HttpResponse:
    detail = f"The file has {size} bytes and none where the range is; ask for a part that exists."
    response = problems.plain(request, HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, detail)
    response["Content-Range"] = f"bytes */{size}"
    return response


def _body(request: HttpRequest, file: BinaryIO, part: range) -> HttpResponseBase:
    if request.method == "HEAD" or len(part) <= SMALL_BYTES:
        with file:
            file.seek(part.start)
            return HttpResponse(b"" if request.method == "HEAD" else file.read(len(part)))
    if not hasattr(request, "scope"):
        return StreamingHttpResponse(Pieces(file, part))
    close_old_connections()  # this thread stays as long as the answer, and needs the database no more
    return StreamingHttpResponse(AsynchronousPieces(file, part))


class Pieces:
    """Part of an open file, piece by piece; closing it closes the file."""

    def __init__(self, file: BinaryIO, part: range) -> None:
        file.seek(part.start)
        self._file = file
        self._left = len(part)

    def __iter__(self) -> Iterator[bytes]:
        while piece := self._next():
            yield piece

    def close(self) -> None:
        self._file.close()

    def _next(self) -> bytes:
        piece = self._file.read(min(PIECE_BYTES, self._left))
        self._left -= len(piece)
        return piece


class AsynchronousPieces:
    """The same for an asynchronous server; a disk that is slow holds up nobody else."""

    def __init__(self, file: BinaryIO, part: range) -> None:
        self._pieces = Pieces(file, part)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        pieces = iter(self._pieces)
        while piece := await asyncio.to_thread(next, pieces, b""):
            yield piece

    def close(self) -> None:
        self._pieces.close()
