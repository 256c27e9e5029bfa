"""Messages between a worker and its render host: JSON behind four bytes of length, big-endian.

To the host      ``{"id", "op", …arguments}``
                 ``{"op": "cancel", "id", "index"}``: do without one sound, or without all (index null)
From the host    ``{"type": "progress", "id", "index", "fraction", "message"}``, index left out: all sounds
                 ``{"type": "note", "id", "index", "sentence"}``: something worth knowing about a sound
                 ``{"type": "made", "id", "index", "result"}``, ``{"type": "failed", "id", "index", …error}``
                 and at the end one of ``{"type": "done", "id", "result"}``, ``{"type": "cancelled", "id"}``
                 and ``{"type": "error", "id", …error}``; an error is ``{"errno", "sentence"}``
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import struct
from typing import IO, Any, BinaryIO

LENGTH = struct.Struct(">I")
LARGEST = 16 * 1024 * 1024

Message = dict[str, Any]


def send(stream: IO[bytes], message: Message) -> None:
    """Write one message; raises `BrokenPipeError` when nobody reads any more."""
    body = json.dumps(message, separators=(",", ":")).encode()
    stream.write(LENGTH.pack(len(body)) + body)
    stream.flush()


def receive(stream: IO[bytes]) -> Message | None:
    """Read one message; None at the end of the stream, even in the middle of a message."""
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (length,) = LENGTH.unpack(head)
    if length > LARGEST:
        return None  # not one of ours: whatever wrote it is no partner to go on with
    body = stream.read(length)
    return json.loads(body) if len(body) == length else None


def gather(stream: IO[bytes], inbox: queue.Queue[Message | None]) -> None:
    """Put every message into `inbox` as it comes, and None at the end; runs in a thread of its own."""
    with contextlib.suppress(OSError, ValueError):
        while message := receive(stream):
            inbox.put(message)
    inbox.put(None)


def take_stdout() -> BinaryIO:
    """A child's way to its parent; what libraries print goes to stderr from now on."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return out
