"""The child's side: ``python -m sounds.weights.fetch`` does one installation for the process that started it.

It reads ``{"model", "from"}`` and answers ``{"type": "progress", "fraction", "message"}`` many times, then
``{"type": "done", "result"}`` or ``{"type": "error", "sentence"}``. The hub's library, which is large and
talks a lot, is imported here and nowhere else; it takes the token from the environment or its own store.
"""

from __future__ import annotations

import argparse
import errno
import sys
import traceback
from pathlib import Path
from typing import Any, BinaryIO

from jobs.orphans import leave_with_parent
from sounds.engines.host.protocol import receive, send, take_stdout
from sounds.engines.stable_audio.files import model_cache
from sounds.weights.catalogue import model_of
from sounds.weights.errors import WeightsError
from sounds.weights.install import install


def answer(request: dict[str, Any], out: BinaryIO) -> dict[str, Any]:
    """Do what is asked for, and say how it ended."""

    def tell(fraction: float, message: str) -> None:
        send(out, {"type": "progress", "fraction": fraction, "message": message})

    try:
        source = Path(request["from"]) if request["from"] else None
        return {"type": "done", "result": install(model_of(request["model"]), source, tell)}
    except BrokenPipeError:
        raise
    except Exception as error:
        return {"type": "error", "sentence": sentence(error)}


def sentence(error: Exception) -> str:
    """What a person is told; faults of ours also leave a trace in the log."""
    if isinstance(error, WeightsError):
        return str(error)
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return f"The disk with {model_cache()} is full; make room and run it again, what was loaded stays."
    if isinstance(error, OSError) and error.errno and error.strerror:
        return f"{error.filename or model_cache()}: {error.strerror}."
    traceback.print_exc()
    return f"The installation failed ({type(error).__name__}: {error})."


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--parent", type=int, required=True)
    leave_with_parent(parser.parse_args().parent)
    out = take_stdout()
    try:
        if request := receive(sys.stdin.buffer):
            send(out, answer(request, out))
    except BrokenPipeError:
        pass


if __name__ == "__main__":
    main()
